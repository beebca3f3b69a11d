// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/id_set.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { FIRST_CAPACITY = 16 };

void id_set_release(struct id_set *set)
{
    free(set->slots);
    *set = (struct id_set){0};
}

void id_set_clear(struct id_set *set)
{
    if (set->n > 0)
        memset(set->slots, 0, set->capacity * sizeof *set->slots);
    set->n = 0;
    set->has_zero = false;
}

/* Where the probe for an identity starts: offsets of a partition follow each other, so mix. */
static size_t home(const struct id_set *set, uint64_t id)
{
    id ^= id >> 32;
    id *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(id >> 20) & (set->capacity - 1);
}

/* Slot that holds the identity, or the free one where it would go. */
static size_t find(const struct id_set *set, uint64_t id)
{
    size_t i = home(set, id);
    while (set->slots[i] != 0 && set->slots[i] != id)
        i = (i + 1) & (set->capacity - 1);
    return i;
}

static void grow(struct id_set *set)
{
    struct id_set larger = {
        .capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY,
        .n = set->n,
        .has_zero = set->has_zero,
    };
    larger.slots = mem_alloc(larger.capacity, sizeof *larger.slots);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i] != 0)
            larger.slots[find(&larger, set->slots[i])] = set->slots[i];
    free(set->slots);
    *set = larger;
}

bool id_set_add(struct id_set *set, uint64_t id)
{
    if (id == 0) {
        bool is_new = !set->has_zero;
        set->has_zero = true;
        return is_new;
    }
    if (2 * set->n >= set->capacity)
        grow(set);
    size_t i = find(set, id);
    if (set->slots[i] == id)
        return false;
    set->slots[i] = id;
    set->n++;
    return true;
}

bool id_set_has(const struct id_set *set, uint64_t id)
{
    if (id == 0)
        return set->has_zero;
    return set->capacity > 0 && set->slots[find(set, id)] == id;
}

bool id_set_remove(struct id_set *set, uint64_t id)
{
    if (!id_set_has(set, id))
        return false;
    if (id == 0) {
        set->has_zero = false;
        return true;
    }
    /* Those behind the gap move up, unless they would come to lie before their home. */
    size_t mask = set->capacity - 1;
    size_t gap = find(set, id);
    for (size_t i = (gap + 1) & mask; set->slots[i] != 0; i = (i + 1) & mask) {
        size_t distance_home = (i - home(set, set->slots[i])) & mask;
        size_t distance_gap = (i - gap) & mask;
        if (distance_home < distance_gap)
            continue;
        set->slots[gap] = set->slots[i];
        gap = i;
    }
    set->slots[gap] = 0;
    set->n--;
    return true;
}

size_t id_set_count(const struct id_set *set)
{
    return set->n + set->has_zero;
}
