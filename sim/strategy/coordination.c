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

static const struct overtaking *overtaking_of(const void *params)
{
    return params;
}

static const struct field unaligned_fields[] = {
    {
        .key = "alignment_timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct overtaking, after_s),
        .max = 1e12,
        .fallback = "\"0 s\"",
        .help = "A checkpoint is aligned until this long after its trigger; then its markers "
                "overtake.",
        .source = "Flink, execution.checkpointing.aligned-checkpoint-timeout",
        .witness = "stream-unaligned.json /checkpoint/coordination/alignment_timeout=\"1 s\"",
    },
    {
        .key = "overdraft",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct overtaking, overdraft),
        .fallback = "true",
        .help = "Whether a task that waits for room to hand on its outputs cuts where it is, and "
                "saves them; else it hands them on first.",
        .source = "Flink 1.15, taskmanager.network.memory.max-overdraft-buffers-per-gate",
        .witness = "stream-unaligned.json /checkpoint/coordination/overdraft=false",
    },
    {0},
};

struct independent_params {
    int phase;         /* enum phase */
    int recovery_line; /* enum line_of */
    int logging;       /* enum logging */
};

static int phase_of(const void *params)
{
    return ((const struct independent_params *)params)->phase;
}

static int line_of(const void *params)
{
    return ((const struct independent_params *)params)->recovery_line;
}

static int logging_of(const void *params)
{
    return ((const struct independent_params *)params)->logging;
}

static const char *const line_names[] = {"own", "maximal", NULL};
static const char *const logging_names[] = {"none", "sender", NULL};
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
    {
        .key = "recovery_line",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, recovery_line),
        .choices = line_names,
        .fallback = "\"own\"",
        .help = "Where tasks go back to. own: each to its last checkpoint, which fits the others "
                "where logs keep what was sent; maximal: all to the latest line of checkpoints in "
                "which no message was received before it was sent (the domino effect); messages in "
                "transit there are lost unless logged.",
        .source = "Elnozahy et al. 2002, rollback propagation",
        .witness = "stream-uncoordinated.json /checkpoint/coordination/logging=\"sender\" "
                   "/checkpoint/coordination/recovery_line=\"own\"",
    },
    {
        .key = "logging",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, logging),
        .choices = logging_names,
        .fallback = "\"none\"",
        .help = "Whether senders keep what they sent on pipelined channels until the receiver's "
                "recovery line has passed it, and a receiver that goes back gets it again.",
        .source = "Johnson and Zwaenepoel 1987; CheckMate, ICDE 2024",
        .witness = "stream-uncoordinated.json /checkpoint/coordination/logging=\"sender\"",
    },
    {0},
};

/* Own lines are always maximal here: what forced checkpoints are for. */
static int maximal_line(const void *params)
{
    (void)params;
    return LINE_MAXIMAL;
}

static const struct field communication_induced_fields[] = {
    {
        .key = "phase",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, phase),
        .choices = phase_names,
        .fallback = "\"together\"",
        .help = "When the tasks' first intervals begin. together: all at the start; staggered: one "
                "after the other, evenly over an interval; random: each anywhere in an interval.",
        .witness = "stream-cic.json /checkpoint/coordination/phase=\"staggered\"",
    },
    {
        .key = "logging",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, logging),
        .choices = logging_names,
        .fallback = "\"sender\"",
        .help = "Whether senders keep what they sent on pipelined channels until the receiver's "
                "recovery line has passed it; without, messages in transit at the line are lost.",
        .source = "CheckMate, ICDE 2024",
        .witness = "stream-cic.json /checkpoint/coordination/logging=\"none\"",
    },
    {0},
};

static const struct field container_fields[] = {
    {
        .key = "phase",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct independent_params, phase),
        .choices = phase_names,
        .fallback = "\"together\"",
        .help = "When the containers' first intervals begin, as of independent tasks.",
        .witness = "stream-samza.json /checkpoint/coordination/phase=\"staggered\"",
    },
    {0},
};

static const struct coordination_ops none = {
    .variant = {.name = "none", .help = "No cuts at all."},
    .gives = GUARANTEE_EXACTLY_ONCE_STATE, /* all over again */
    .gives_committed = GUARANTEE_EXACTLY_ONCE_STATE,
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
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
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
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

static const struct coordination_ops barrier_unaligned = {
    .variant =
        {
            .name = "barrier_unaligned",
            .help = "Markers overtake the messages of a stream job: a task cuts when the first one "
                    "comes, and what is on its way in the channels is saved with its state.",
            .source = "Carbone et al. 2015 on graphs with cycles; Flink, "
                      "execution.checkpointing.unaligned",
            .size = sizeof(struct overtaking),
            .fields = unaligned_fields,
        },
    .cut_by = CUT_BY_MARKERS,
    .overtaking = overtaking_of,
    .takes_cuts = true,
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
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
    .group_by = GROUP_BY_TASK,
    .cut_by = CUT_DIRECTLY,
    .phase = phase_of,
    .recovery_line = line_of,
    .logging = logging_of,
    .takes_cuts = true,
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

static const struct coordination_ops communication_induced = {
    .variant =
        {
            .name = "communication_induced",
            .help = "Each task takes checkpoints of its own, and one more before a message from a "
                    "task that has taken more than it: their latest always fit each other.",
            .source = "Briatico, Ciuffoletti and Simoncini 1984; CheckMate, ICDE 2024",
            .size = sizeof(struct independent_params),
            .fields = communication_induced_fields,
        },
    .group_by = GROUP_BY_TASK,
    .cut_by = CUT_DIRECTLY,
    .phase = phase_of,
    .recovery_line = maximal_line,
    .logging = logging_of,
    .forces_cuts = true,
    .takes_cuts = true,
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

static const struct coordination_ops container_serial = {
    .variant =
        {
            .name = "container_serial",
            .help = "The tasks of a container of a stream job stop together and pay their costs "
                    "one after the other, on its one thread; containers do so on their own.",
            .source = "Samza, job.container.thread.pool.size 0",
            .size = sizeof(struct independent_params),
            .fields = container_fields,
        },
    .group_by = GROUP_BY_CONTAINER,
    .stops_world = true,
    .is_serial = true,
    .cut_by = CUT_DIRECTLY,
    .phase = phase_of,
    .takes_cuts = true,
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

static const struct batch_params *batches_of(const void *params)
{
    return params;
}

static const struct field microbatch_fields[] = {
    {
        .key = "log",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct batch_params, log),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time of the write of a batch's offsets before it runs, and of its commit after "
                "the tasks have committed.",
        .source = "Spark 4.1, MicroBatchExecution: walCommit, commitOffsets",
        .witness = "stream-microbatch.json /checkpoint/coordination/log=\"0.4 s\"",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct batch_params, poll_s),
        .max = 1e12,
        .above_min = true,
        .fallback = "\"10 ms\"",
        .help = "Least time from a look at the sources that found nothing new to the next.",
        .source = "Spark 4.1, spark.sql.streaming.pollingDelay",
        .witness = "stream-microbatch.json /checkpoint/coordination/poll=\"15 s\"",
    },
    {
        .key = "max_messages",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct batch_params, max_messages),
        .min = 1,
        .max = 1e15,
        .absent = UINT64_MAX,
        .help = "Most messages in a batch, of each source, shared among its partitions by what "
                "waits in them, of which each gets one at least; absent: all that have arrived.",
        .source = "Spark 4.1, maxOffsetsPerTrigger",
        .witness = "stream-microbatch.json /checkpoint/interval=null "
                   "/checkpoint/trigger=\"each_batch\" /checkpoint/coordination/max_messages=150",
    },
    {0},
};

static const struct coordination_ops microbatch = {
    .variant =
        {
            .name = "microbatch",
            .help = "A stream job lets messages in batch by batch: what has arrived when one is "
                    "due. Its tasks commit when all of it has gone through, and only then the "
                    "next batch begins; after a failure, the same messages are a batch again.",
            .source = "Zaharia et al. 2013, Armbrust et al. 2018; Spark Structured Streaming",
            .size = sizeof(struct batch_params),
            .fields = microbatch_fields,
        },
    .cut_by = CUT_DIRECTLY,
    .takes_cuts = true,
    .batches = batches_of,
    .gives = GUARANTEE_EXACTLY_ONCE_STATE,
    .gives_committed = GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

static const struct variant *const coordinations[] = {
    &none.variant,
    &stop_world.variant,
    &barrier.variant,
    &barrier_unaligned.variant,
    &independent.variant,
    &container_serial.variant,
    &microbatch.variant,
    &communication_induced.variant,
    NULL,
};

const struct union_type coordination_union = {
    .name = "coordination",
    .tag = "kind",
    .variants = coordinations,
};
