// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream_rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/arrivals.h"

/* ---- arrivals at given times ---- */

static void fill(const void *params, const struct arrivals_partition *partition,
                 struct arrivals_state *state, const struct arrivals_block *block)
{
    const struct rig_times *times = params;
    for (size_t i = 0; i < block->n; i++) {
        size_t k = partition->index + state->index++ * partition->n;
        block->times_s[i] = k < times->n ? times->times_s[k] : (double)INFINITY;
    }
}

static double no_rate(const void *params)
{
    (void)params;
    return 0;
}

static const struct arrivals_type at_given_times = {
    .variant = {.name = "given", .size = sizeof(struct rig_times)},
    .fill = fill,
    .mean_rate_per_s = no_rate,
    .peak_rate_per_s = no_rate,
};

/* ---- graphs ---- */

void rig_init(struct rig *rig)
{
    *rig = (struct rig){.cluster = {.slots_per_node = 1}};
    rig->job.operators.items = rig->operators;
}

void rig_release(struct rig *rig)
{
    stream_free(rig->stream);
    err_release(&rig->err);
    arena_release(&rig->arena);
}

int rig_set_up(void **state)
{
    struct rig *rig = mem_alloc(1, sizeof *rig);
    rig_init(rig);
    *state = rig;
    return 0;
}

int rig_tear_down(void **state)
{
    struct rig *rig = *state;
    rig_release(rig);
    free(rig);
    return 0;
}

struct dist rig_constant(struct rig *rig, double value)
{
    return dist_constant(&rig->arena, value);
}

struct operator_params *rig_operator(struct rig *rig, const char *name, uint64_t tasks,
                                     double service_s)
{
    assert_true(rig->job.operators.n < RIG_OPERATORS);
    struct operator_params *operator= & rig->operators[rig->job.operators.n++];
    *operator=(struct operator_params){
        .name = name,
        .tasks = tasks,
        .service = rig_constant(rig, service_s),
        .in_flight = 1,
        .selectivity = 1,
        .inputs.items = arena_alloc(&rig->arena, RIG_OPERATORS, sizeof(struct input_params)),
        .source =
            {
                .skew.zipf = (double)NAN,
                .read_rate_per_s = (double)NAN,
                .retention_s = (double)NAN,
                .retention_bytes = (double)NAN,
            },
    };
    return operator;
}

struct operator_params *rig_source(struct rig *rig, const char *name, uint64_t tasks,
                                   double service_s, const double *times_s, size_t n)
{
    struct operator_params *operator= rig_operator(rig, name, tasks, service_s);
    struct rig_times *times = arena_alloc(&rig->arena, 1, sizeof *times);
    *times = (struct rig_times){times_s, n};
    operator->source.arrivals =(struct tagged){&at_given_times.variant, times};
    return operator;
}

struct input_params *rig_input(struct rig *rig, struct operator_params *receiver, const char *from,
                               enum route by, uint64_t capacity)
{
    (void)rig;
    struct input_params *input = (struct input_params *)receiver->inputs.items;
    input += receiver->inputs.n++;
    *input = (struct input_params){
        .from = from,
        .by = (int)by,
        .skew.zipf = (double)NAN,
        .channel = CHANNEL_PIPELINED,
        .capacity = capacity,
        .capacity_bytes = (double)NAN,
        .on_full = ON_FULL_BLOCK,
    };
    return input;
}

/* ---- at work ---- */

static void note_departure(void *context, uint32_t task, uint64_t id, double start_s,
                           double departure_s)
{
    struct rig *rig = context;
    assert_true(rig->n_departures < RIG_DEPARTURES);
    rig->departures[rig->n_departures++] = (struct rig_departure){task, id, start_s, departure_s};
}

void rig_start(struct rig *rig, struct stream_options options)
{
    rig->topology = topology_build(&rig->job, &rig->cluster, &rig->arena, &rig->err);
    for (size_t i = 0; i < rig->err.n_errors; i++)
        print_error("%s\n", rig->err.problems[i].message);
    assert_non_null(rig->topology);
    rig->stream = stream_new(rig->topology, &options);
    stream_start(rig->stream, 1, 0, &rig->latency, rig->operator_latency);
    stream_observe(rig->stream, note_departure, rig);
}

uint32_t rig_task(const struct rig *rig, const char *name, uint32_t index)
{
    for (size_t i = 0; i < rig->job.operators.n; i++)
        if (strcmp(rig->operators[i].name, name) == 0)
            return rig->topology->operators[i].first_task + index;
    fail_msg("no operator %s", name);
    return 0;
}

void rig_advance(struct rig *rig, double to_s)
{
    struct notice notice;
    if (stream_advance(rig->stream, to_s, &notice))
        fail_msg("notice %d of task %u at %g s", (int)notice.kind, notice.task,
                 stream_now_s(rig->stream));
}

void rig_notice(struct rig *rig, double by_s, enum notice_kind kind, uint32_t task, double time_s)
{
    struct notice notice;
    if (!stream_advance(rig->stream, by_s, &notice))
        fail_msg("no notice by %g s", by_s);
    assert_int_equal(notice.kind, kind);
    assert_int_equal(notice.task, task);
    assert_near(stream_now_s(rig->stream), time_s, 1e-12);
}

void rig_check(struct rig *rig)
{
    char why[200] = "";
    if (!stream_check(rig->stream, why))
        fail_msg("%s", why);
}

const struct rig_departure *rig_departure(const struct rig *rig, uint32_t task, size_t i)
{
    for (size_t k = 0; k < rig->n_departures; k++)
        if (rig->departures[k].task == task && i-- == 0)
            return &rig->departures[k];
    fail_msg("task %u has only %zu departures", task, rig_n_departures(rig, task));
    return NULL;
}

size_t rig_n_departures(const struct rig *rig, uint32_t task)
{
    size_t n = 0;
    for (size_t k = 0; k < rig->n_departures; k++)
        n += rig->departures[k].task == task;
    return n;
}

void rig_expect(const struct rig *rig, uint32_t task, const double *times_s, size_t n)
{
    for (size_t i = 0; i < n && i < rig_n_departures(rig, task); i++)
        assert_near(rig_departure(rig, task, i)->departure_s, times_s[i], 1e-12);
    assert_int_equal(rig_n_departures(rig, task), n);
}
