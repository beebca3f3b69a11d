// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job.h"

#include "model/operator.h"

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
        .help = "Batch jobs: useful work of each task, the time the job takes without failures and "
                "checkpoints.",
        .witness = "batch-exponential.json /job/work=\"20 d\"",
    },
    {
        .key = "tasks",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct job_params, tasks),
        .min = 1,
        .max = 1e7,
        .help = "Batch jobs: ranks that run in lock-step; one that fails stops them all. Absent: "
                "1.",
        .witness = "batch-barrier.json /job/tasks=256",
    },
    {
        .key = "operators",
        .kind = FIELD_LIST,
        .offset = offsetof(struct job_params, operators),
        .element = &operator_element,
        .element_size = sizeof(struct operator_params),
        .help = "Stream jobs, in place of work: the operators that messages flow through.",
        .witness = "stream-queue.json /job/operators=[{\"name\":\"server\",\"service\":\"80 ms\","
                   "\"source\":{\"arrivals\":{\"process\":\"constant\",\"rate\":\"8/s\"}}}]",
    },
    {
        .key = "containers",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct job_params, containers),
        .min = 1,
        .max = 1e5,
        .help = "Stream jobs: containers, or processes, that tasks run in; container i has task i "
                "mod containers of each operator. Absent: as many as the widest operator has "
                "tasks.",
        .witness = "stream-words.json /job/containers=2",
    },
    {
        .key = "threads",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct job_params, threads),
        .min = 1,
        .max = 1e5,
        .help = "Stream jobs: threads of each container, which its tasks share: at most so many "
                "of them serve a message at a time. Absent: one for each task and message in "
                "flight.",
        .witness = "stream-words.json /job/threads=1",
    },
    {
        .key = "state",
        .kind = FIELD_UNION,
        .offset = offsetof(struct job_params, state),
        .types = &state_union,
        .help = "Batch jobs: what a checkpoint saves; a size alone is a constant state.",
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

/* The state of operator i of a stream job, or of a batch job as a whole; NULL: none. */
static const struct state_params *state_at(const struct job_params *job, size_t i)
{
    const struct operator_params *operators = job->operators.items;
    return job_is_stream(job) ? operators[i].state.params : job->state.params;
}

static size_t count_states(const struct job_params *job)
{
    return job_is_stream(job) ? job->operators.n : 1;
}

bool job_has_state(const struct job_params *job)
{
    for (size_t i = 0; i < count_states(job); i++)
        if (state_at(job, i))
            return true;
    return false;
}

double job_state_bytes(const struct job_params *job)
{
    double bytes = 0;
    for (size_t i = 0; i < count_states(job); i++) {
        const struct state_params *state = state_at(job, i);
        bytes += state ? state->size_bytes : 0;
    }
    return bytes;
}

double job_delta_bytes(const struct job_params *job)
{
    double bytes = 0;
    for (size_t i = 0; i < count_states(job); i++) {
        const struct state_params *state = state_at(job, i);
        bytes += state ? state->size_bytes * state->dirty_frac : 0;
    }
    return bytes;
}
