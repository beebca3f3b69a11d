// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job.h"

static const struct field constant_state_fields[] = {
    {
        .key = "size",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct state_params, size_bytes),
        .max = 1e21,
        .required = true,
        .help = "Bytes that a full checkpoint holds, over all tasks.",
        .witness = "batch-incremental-device.json /job/state/size=\"8 TiB\"",
    },
    {
        .key = "dirty",
        .kind = FIELD_REAL,
        .offset = offsetof(struct state_params, dirty_frac),
        .max = 1,
        .fallback = "1",
        .help = "Share of the state that changes between two checkpoints: the size of a delta.",
        .witness = "batch-incremental-device.json /job/state/dirty=\"50 %\"",
    },
    {0},
};

static const struct variant constant_state = {
    .name = "constant",
    .help = "The same size at all times.",
    .size = sizeof(struct state_params),
    .fields = constant_state_fields,
};

static const struct variant *const states[] = {&constant_state, NULL};

const struct union_type state_union = {
    .name = "state",
    .tag = "kind",
    .variants = states,
    .shorthand = &constant_state,
    .shorthand_key = "size",
};

static const char *const first_starts[] = {"free", "recovery", NULL};

const struct field job_fields[] = {
    {
        .key = "work",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct job_params, work_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help =
            "Useful work of each task: the time the job takes without failures and checkpoints.",
        .witness = "batch-exponential.json /job/work=\"20 d\"",
    },
    {
        .key = "tasks",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct job_params, tasks),
        .min = 1,
        .max = 1e7,
        .fallback = "1",
        .help = "Ranks that run in lock-step; one that fails stops them all.",
        .witness = "batch-barrier.json /job/tasks=256",
    },
    {
        .key = "state",
        .kind = FIELD_UNION,
        .offset = offsetof(struct job_params, state),
        .types = &state_union,
        .help = "What a checkpoint saves; a size alone is a constant state.",
        .witness = "batch-device.json /job/state=\"4 TiB\"",
    },
    {
        .key = "start",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct job_params, start),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time before the first work: launching, reading the input.",
        .witness = "batch-exponential.json /job/start=\"1 h\"",
    },
    {
        .key = "first_start",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct job_params, first_start),
        .choices = first_starts,
        .fallback = "\"free\"",
        .help = "Whether the first start costs a restart and a restore too (S6).",
        .source = "S6, scenarios/README.md",
        .witness = "batch-exponential.json /job/first_start=\"recovery\"",
    },
    {0},
};

double job_state_bytes(const struct job_params *job)
{
    const struct state_params *state = job->state.params;
    return state ? state->size_bytes : 0;
}

double job_delta_bytes(const struct job_params *job)
{
    const struct state_params *state = job->state.params;
    return state ? state->size_bytes * state->dirty_frac : 0;
}
