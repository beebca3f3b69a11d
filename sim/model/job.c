// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/job.h"

#include "model/operator.h"
#include "model/store.h"

static const char *const guarantees[] = {
    "default", "at_most_once", "at_least_once", "exactly_once_state", "exactly_once_output", NULL,
};

const char *guarantee_name(enum guarantee guarantee)
{
    return guarantees[guarantee];
}

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
    {
        .key = "guarantee",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct job_params, guarantee),
        .choices = guarantees,
        .fallback = "\"default\"",
        .help =
            "Stream jobs: what failures may do to messages. at_most_once: reading goes on where "
            "it was, and what restarted tasks had taken in is lost; at_least_once: read again "
            "from the checkpoint; exactly_once_state: the same, and the state counts each "
            "message once; exactly_once_output: besides, an output becomes visible when the "
            "checkpoint that covers it commits; default: the strongest that coordination and "
            "channels give without such sinks.",
        .source = "Carbone et al. 2017; KIP-98; Kafka Streams processing.guarantee",
        .witness = "stream-guarantees.json /job/guarantee=\"at_most_once\"",
    },
    {
        .key = "transaction_timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct job_params, transaction_timeout_s),
        .max = 1e12,
        .above_min = true,
        .help =
            "guarantee: exactly_once_output: outputs whose transaction is open for longer, from "
            "its first output to its commit, are lost. Absent: never.",
        .source = "Kafka, transaction.timeout.ms",
        .witness = "stream-guarantees.json /job/transaction_timeout=\"12 s\"",
    },
    {
        .key = "stages",
        .kind = FIELD_LIST,
        .offset = offsetof(struct job_params, stages),
        .element = &stage_element,
        .element_size = sizeof(struct stage_params),
        .help = "Batch jobs, in place of work: the stages, each after those whose outputs it "
                "reads.",
        .source = "Dean and Ghemawat, MapReduce, OSDI 2004; Zaharia et al., NSDI 2012",
        .witness = "batch-stages.json /job/stages=[{\"name\":\"all\",\"work\":\"1 h\"}]",
    },
    {
        .key = "execution",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct job_params, execution),
        .fields = execution_fields,
        .optional = true,
        .help = "Stages: how their tasks are tried again, copied and kept from nodes.",
        .witness = "batch-speculation.json /job/execution={}",
    },
    {0},
};

/* The state of operator i of a stream job, or of a batch job as a whole. */
static const struct tagged *state_at(const struct job_params *job, size_t i)
{
    const struct operator_params *operators = job->operators.items;
    return job_is_stream(job) ? &operators[i].state : &job->state;
}

static size_t count_states(const struct job_params *job)
{
    return job_is_stream(job) ? job->operators.n : 1;
}

bool job_has_state(const struct job_params *job)
{
    for (size_t i = 0; i < count_states(job); i++)
        if (state_at(job, i)->variant)
            return true;
    return false;
}

double job_state_bytes(const struct job_params *job)
{
    double bytes = 0;
    for (size_t i = 0; i < count_states(job); i++)
        bytes += state_size_bytes(state_at(job, i));
    return bytes;
}

double job_delta_bytes(const struct job_params *job)
{
    double bytes = 0;
    for (size_t i = 0; i < count_states(job); i++)
        bytes += state_delta_bytes(state_at(job, i));
    return bytes;
}
