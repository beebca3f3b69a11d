// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Instances that come and go, as outages of the places that they take: what
 * the formats of capacity share.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/fault_log_build.h"

void capacity_add(struct capacity_changes *changes, struct capacity_change change)
{
    changes->items =
        mem_grow(changes->items, changes->n, &changes->capacity, sizeof *changes->items);
    changes->items[changes->n++] = change;
    if (change.instance >= changes->n_instances)
        changes->n_instances = change.instance + 1;
}

/* Equal times keep the order of the file. */
static int compare_changes(const void *a, const void *b)
{
    const struct capacity_change *x = a;
    const struct capacity_change *y = b;
    if (x->time_s < y->time_s || y->time_s < x->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* Leaves out what cannot be, and returns how many instances there are at the most. */
static size_t check_changes(struct capacity_changes *changes, struct fault_log_builder *builder)
{
    bool *is_there = mem_alloc(changes->n_instances, sizeof *is_there);
    size_t kept = 0;
    size_t present = 0;
    size_t most = 0;
    for (size_t i = 0; i < changes->n; i++) {
        struct capacity_change change = changes->items[i];
        if (is_there[change.instance] == change.comes) {
            fault_log_leave_out(builder, change.line, 1,
                                change.comes ? "an instance comes that is there already"
                                             : "an instance goes that is not there");
            continue;
        }
        is_there[change.instance] = change.comes;
        present = change.comes ? present + 1 : present - 1;
        most = present > most ? present : most;
        changes->items[kept++] = change;
    }
    changes->n = kept;
    free(is_there);
    return most;
}

struct place {
    uint32_t node;   /* of the log */
    double since_s;  /* since when it is empty */
    bool was_filled; /* it has lost an instance; else none has taken it yet */
};

struct places {
    struct fault_log_builder *builder;
    struct place *items; /* owned */
    size_t n;
    size_t *empty; /* owned: ring of those that are empty, the longest first */
    size_t first;
    size_t n_empty;
    size_t *of_instance; /* owned: where each is, while it is there */
};

static void vacate(struct places *places, size_t place)
{
    places->empty[(places->first + places->n_empty++) % places->n] = place;
}

/* The outage that ends then; a place that was never empty for any time had none. */
static void add_outage(struct places *places, const struct place *place, double end_s)
{
    double duration_s = end_s - place->since_s;
    if (!place->was_filled && !(duration_s > 0))
        return;
    places->builder->n_absent += !place->was_filled;
    fault_log_add(places->builder, place->since_s, duration_s, place->node);
}

static void move_instance(struct places *places, const struct capacity_change *change)
{
    size_t *of_instance = &places->of_instance[change->instance];
    if (change->comes) {
        *of_instance = places->empty[places->first];
        places->first = (places->first + 1) % places->n;
        places->n_empty--;
        add_outage(places, &places->items[*of_instance], change->time_s);
    } else {
        struct place *place = &places->items[*of_instance];
        place->since_s = change->time_s;
        place->was_filled = true;
        vacate(places, *of_instance);
    }
}

/* All places are empty when the recording begins. */
static void open_places(struct places *places, double begin_s)
{
    struct fault_log_builder *builder = places->builder;
    for (size_t i = 0; i < places->n; i++) {
        const char *name = arena_format(builder->context->arena, "%zu", i);
        places->items[i] = (struct place){
            .node = fault_log_node(builder, name),
            .since_s = begin_s,
        };
        vacate(places, i);
    }
}

static void fill_places(struct places *places, const struct capacity_changes *changes,
                        double begin_s, double end_s)
{
    open_places(places, begin_s);
    for (size_t i = 0; i < changes->n; i++)
        move_instance(places, &changes->items[i]);
    for (size_t i = 0; i < places->n_empty; i++)
        add_outage(places, &places->items[places->empty[(places->first + i) % places->n]], end_s);
}

bool capacity_finish(struct capacity_changes *changes, struct fault_log_builder *builder,
                     double begin_s, double end_s)
{
    if (changes->n > 0)
        qsort(changes->items, changes->n, sizeof *changes->items, compare_changes);
    size_t most = check_changes(changes, builder);
    struct places places = {
        .builder = builder,
        .n = most,
        .items = mem_alloc(most, sizeof *places.items),
        .empty = mem_alloc(most, sizeof *places.empty),
        .of_instance = mem_alloc(changes->n_instances, sizeof *places.of_instance),
    };
    fill_places(&places, changes, begin_s, end_s);
    free(places.items);
    free(places.empty);
    free(places.of_instance);
    builder->is_capacity = true;
    builder->begin_s = begin_s;
    builder->end_s = end_s;
    return fault_log_finish(builder);
}
