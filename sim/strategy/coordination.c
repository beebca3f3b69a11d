// SPDX-License-Identifier: GPL-3.0-or-later
/* Coordinations: how the cuts of different tasks relate. */
#include "strategy/strategy.h"

struct latency_params {
    struct dist latency;
};

static const struct dist *latency_of(const void *params)
{
    return &((const struct latency_params *)params)->latency;
}

static const struct field stop_world_fields[] = {
    {
        .key = "latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct latency_params, latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time for the job to agree on the cut, before anything is written.",
        .witness = "batch-exponential.json /checkpoint/coordination/latency=\"5 min\"",
    },
    {0},
};

static const struct field barrier_fields[] = {
    {
        .key = "latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct latency_params, latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time for the barrier to reach a task; the cut waits for the last one.",
        .witness = "batch-barrier.json /checkpoint/coordination/latency=\"1 min\"",
    },
    {0},
};

struct independent_params {
    int phase; /* enum phase */
};

static int phase_of(const void *params)
{
    return ((const struct independent_params *)params)->phase;
}

static const char *const phase_names[] = {"together", "staggered", "random", NULL};

static const struct field independent_fields[] = {
    {
        .key = "phase",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, phase),
        .choices = phase_names,
        .fallback = "\"together\"",
        .help = "When the tasks' first intervals begin. together: all at the start; staggered: one "
                "after the other, evenly over an interval; random: each anywhere in an interval.",
        .witness = "stream-logs.json /checkpoint/coordination/phase=\"staggered\"",
    },
    {0},
};

static const struct coordination_ops none = {
    .variant = {.name = "none", .help = "No cuts at all."},
};

static const struct coordination_ops stop_world = {
    .variant =
        {
            .name = "stop_world",
            .help = "All tasks stop at the same instant.",
            .size = sizeof(struct latency_params),
            .fields = stop_world_fields,
        },
    .latency = latency_of,
    .latency_per = COST_PER_JOB,
    .stops_world = true,
    .cut_by = CUT_DIRECTLY,
    .takes_cuts = true,
};

static const struct coordination_ops barrier = {
    .variant =
        {
            .name = "barrier",
            .help = "A barrier reaches each task after a time of its own; the cut is complete when "
                    "it has reached all. In a stream job it is a marker that flows with the "
                    "messages: a task cuts when it has come on all its channels.",
            .source = "Elnozahy et al. 2002; Carbone et al. 2015",
            .size = sizeof(struct latency_params),
            .fields = barrier_fields,
        },
    .latency = latency_of,
    .latency_per = COST_PER_TASK,
    .cut_by = CUT_BY_MARKERS,
    .takes_cuts = true,
};

static const struct coordination_ops independent = {
    .variant =
        {
            .name = "independent",
            .help = "Each task of a stream job takes checkpoints of its own, whatever the others "
                    "do.",
            .source = "Elnozahy et al. 2002, uncoordinated checkpointing; Samza",
            .size = sizeof(struct independent_params),
            .fields = independent_fields,
        },
    .per_task = true,
    .cut_by = CUT_DIRECTLY,
    .phase = phase_of,
    .takes_cuts = true,
};

static const struct variant *const coordinations[] = {
    &none.variant, &stop_world.variant, &barrier.variant, &independent.variant, NULL,
};

const struct union_type coordination_union = {
    .name = "coordination",
    .tag = "kind",
    .variants = coordinations,
};
