// SPDX-License-Identifier: GPL-3.0-or-later
/* Contents: what a checkpoint holds, and so what it costs to write and to read back. */
#include <math.h>

#include "strategy/strategy.h"

/* Of a stream job's task whose content makes no use of the other members. */
static struct capture capture_of(enum capture_kind kind)
{
    return (struct capture){
        .kind = kind,
        .rebase_above = UINT64_MAX,
        .background_s = (double)INFINITY,
        .replication = 1,
    };
}

/* ---- offsets ---- */

struct offsets_params {
    double bytes;
};

static struct capture offsets_capture(const void *params)
{
    struct capture capture = capture_of(CAPTURE_POSITIONS);
    capture.position_bytes = ((const struct offsets_params *)params)->bytes;
    return capture;
}

static const struct field offsets_fields[] = {
    {
        .key = "bytes",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct offsets_params, bytes),
        .max = 1e15,
        .fallback = "\"0 B\"",
        .help = "Bytes that each task writes.",
        .witness = "stream-state.json /checkpoint/content={\"kind\":\"offsets\"} "
                   "/checkpoint/content/bytes=\"1 MB\"",
    },
    {0},
};

static const struct content_ops offsets = {
    .variant =
        {
            .name = "offsets",
            .help = "Only how far the input has been read: for tasks without state, or with state "
                    "that is kept elsewhere.",
            .size = sizeof(struct offsets_params),
            .fields = offsets_fields,
        },
    .capture = offsets_capture,
};

/* ---- full ---- */

static bool always(const void *params)
{
    (void)params;
    return true;
}

static bool always_base(const void *params, const struct chain *chain)
{
    (void)params;
    (void)chain;
    return true;
}

static uint64_t cycle_of_one(const void *params)
{
    (void)params;
    return 1;
}

static struct capture full_capture(const void *params)
{
    (void)params;
    return capture_of(CAPTURE_FULL);
}

static const struct content_ops full = {
    .variant = {.name = "full", .help = "The whole state."},
    .capture = full_capture,
    .in_batch = always,
    .next_is_base = always_base,
    .cycle = cycle_of_one,
};

/* ---- delta ---- */

struct rebase_params {
    uint64_t more_than;
    double every_s; /* 0: not given */
};

struct delta_params {
    uint64_t base_every; /* 0: the first checkpoint alone */
    struct dist cost;
    struct dist restore;
    struct rebase_params rebase;
};

static struct capture delta_capture(const void *params)
{
    const struct delta_params *delta = params;
    struct capture capture = capture_of(CAPTURE_DELTA);
    capture.base_every = delta->base_every;
    if (delta->rebase.every_s > 0) {
        capture.rebase_above = delta->rebase.more_than;
        capture.background_s = delta->rebase.every_s;
    }
    return capture;
}

static bool delta_in_batch(const void *params)
{
    const struct delta_params *delta = params;
    return delta->base_every > 0 && delta->rebase.every_s <= 0;
}

/* The first base_every - 1 checkpoints after a base are deltas, the next is a base again. */
static bool delta_next_is_base(const void *params, const struct chain *chain)
{
    return chain->deltas + 1 >= ((const struct delta_params *)params)->base_every;
}

static const struct dist *delta_cost(const void *params)
{
    return &((const struct delta_params *)params)->cost;
}

static const struct dist *delta_restore(const void *params)
{
    return &((const struct delta_params *)params)->restore;
}

static uint64_t delta_cycle(const void *params)
{
    return ((const struct delta_params *)params)->base_every;
}

static const struct field rebase_fields[] = {
    {
        .key = "more_than",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct rebase_params, more_than),
        .max = 1e9,
        .fallback = "10",
        .help = "Deltas on the last base that may be there without a new one.",
        .source = "Spark, spark.sql.streaming.stateStore.minDeltasForSnapshot",
        .witness = "stream-state.json /checkpoint/content/rebase/more_than=1",
    },
    {
        .key = "every",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct rebase_params, every_s),
        .max = 1e12,
        .above_min = true,
        .fallback = "\"60 s\"",
        .help = "Time from one look at the deltas to the next.",
        .source = "Spark, spark.sql.streaming.stateStore.maintenanceInterval",
        .witness = "stream-state.json /checkpoint/content/rebase/every=\"25 s\"",
    },
    {0},
};

static const struct field delta_fields[] = {
    {
        .key = "base_every",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct delta_params, base_every),
        .max = 1e9,
        .fallback = "10",
        .help = "Checkpoints from one full one to the next: 10 is a full one and nine deltas. "
                "Stream jobs: 0 is one at the start and never again.",
        .witness = "batch-incremental.json /checkpoint/content/base_every=2",
    },
    {
        .key = "cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delta_params, cost),
        .types = &dist_union,
        .help = "Time to take a delta; absent: checkpoint.cost, or the device decides.",
        .witness = "batch-incremental.json /checkpoint/content/cost=\"20 s\"",
    },
    {
        .key = "restore",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delta_params, restore),
        .types = &dist_union,
        .help = "Time to read one delta on top of recovery.restore; absent: 0, or the device "
                "decides.",
        .witness = "batch-incremental.json /checkpoint/content/restore=\"40 s\"",
    },
    {
        .key = "rebase",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct delta_params, rebase),
        .fields = rebase_fields,
        .optional = true,
        .help = "Stream jobs: bases that are made beside the checkpoints, when there are many "
                "deltas; absent: none.",
        .source = "Spark, maintenance of the HDFS-backed state store",
        .witness = "stream-state.json /checkpoint/content/rebase={\"more_than\":1}",
    },
    {0},
};

static const struct content_ops delta = {
    .variant =
        {
            .name = "delta",
            .help = "What changed since the last checkpoint, and now and then the whole state. "
                    "A restore reads the base and all deltas after it. Of lsm state, the files "
                    "that the last checkpoint does not have.",
            .source = "Plank et al. 1995, incremental checkpointing",
            .size = sizeof(struct delta_params),
            .fields = delta_fields,
        },
    .capture = delta_capture,
    .in_batch = delta_in_batch,
    .next_is_base = delta_next_is_base,
    .cycle = delta_cycle,
    .delta_cost = delta_cost,
    .delta_restore = delta_restore,
};

/* ---- changelog ---- */

struct changelog_params {
    double replication;
    struct log_params compaction;
};

static struct capture changelog_capture(const void *params)
{
    const struct changelog_params *changelog = params;
    struct capture capture = capture_of(CAPTURE_CHANGELOG);
    capture.replication = changelog->replication;
    capture.log = &changelog->compaction;
    return capture;
}

static bool prepare_changelog(void *params, const struct field_context *context)
{
    (void)context;
    struct changelog_params *changelog = params;
    if (isnan(changelog->compaction.segment_s))
        changelog->compaction.segment_s = (double)INFINITY;
    return true;
}

static const struct field compaction_fields[] = {
    {
        .key = "cleanable_ratio",
        .kind = FIELD_REAL,
        .offset = offsetof(struct log_params, cleanable_ratio),
        .max = 1,
        .fallback = "0.5",
        .help = "Share of the log, without its head, that is not cleaned yet when it is cleaned "
                "again.",
        .source = "Kafka, min.cleanable.dirty.ratio",
        .witness = "stream-changelog.json /checkpoint/content/compaction/cleanable_ratio=0.1",
    },
    {
        .key = "min_lag",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct log_params, min_lag_s),
        .max = 1e12,
        .fallback = "\"0 s\"",
        .help = "Age before which a record is not cleaned.",
        .source = "Kafka, min.compaction.lag.ms; Samza's transactional restore sets 4 h",
        .witness = "stream-changelog.json /checkpoint/content/compaction/min_lag=\"2 min\"",
    },
    {
        .key = "segment",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct log_params, segment_bytes),
        .min = 1,
        .max = 1e15,
        .fallback = "\"1 GiB\"",
        .help = "Bytes at which a segment is full; the one that is written is not cleaned.",
        .source = "Kafka, segment.bytes; Samza sets 512 MiB",
        .witness = "stream-changelog.json /checkpoint/content/compaction/segment=\"20 MB\"",
    },
    {
        .key = "segment_age",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct log_params, segment_s),
        .max = 1e12,
        .above_min = true,
        .help = "Age at which a segment is closed although it is not full. Absent: never.",
        .source = "Kafka, segment.ms",
        .witness = "stream-changelog.json /checkpoint/content/compaction/segment_age=\"10 s\"",
    },
    {0},
};

static const struct field changelog_fields[] = {
    {
        .key = "replication",
        .kind = FIELD_REAL,
        .offset = offsetof(struct changelog_params, replication),
        .min = 1,
        .max = 100,
        .fallback = "1",
        .help = "Copies that are kept of the log.",
        .source = "Samza, changelog.replication.factor",
        .witness = "stream-changelog.json /checkpoint/content/replication=3",
    },
    {
        .key = "compaction",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct changelog_params, compaction),
        .fields = compaction_fields,
        .help = "How the log is kept short.",
        .witness = "stream-changelog.json /checkpoint/content/compaction={\"min_lag\":\"2 min\"}",
    },
    {0},
};

static const struct content_ops changelog = {
    .variant =
        {
            .name = "changelog",
            .help = "Nothing: changes of the state are written to a compacted log as they are "
                    "made. A restore reads all of the log.",
            .source = "Samza and Kafka Streams, changelog topics",
            .size = sizeof(struct changelog_params),
            .fields = changelog_fields,
            .prepare = prepare_changelog,
        },
    .capture = changelog_capture,
};

/* ---- base+log ---- */

struct base_log_params {
    double materialize_s;
    double replication;
};

static struct capture base_log_capture(const void *params)
{
    const struct base_log_params *base_log = params;
    struct capture capture = capture_of(CAPTURE_BASE_LOG);
    capture.background_s = base_log->materialize_s;
    capture.replication = base_log->replication;
    return capture;
}

static const struct field base_log_fields[] = {
    {
        .key = "materialize",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct base_log_params, materialize_s),
        .max = 1e12,
        .above_min = true,
        .fallback = "\"10 min\"",
        .help = "Time from one base to the next, whatever checkpoints there are.",
        .source = "Flink, state.changelog.periodic-materialize.interval",
        .witness = "stream-base-log.json /checkpoint/content/materialize=\"1 min\"",
    },
    {
        .key = "replication",
        .kind = FIELD_REAL,
        .offset = offsetof(struct base_log_params, replication),
        .min = 1,
        .max = 100,
        .fallback = "1",
        .help = "Copies that are kept of the log.",
        .witness = "stream-base-log.json /checkpoint/content/replication=3",
    },
    {0},
};

static const struct content_ops base_log = {
    .variant =
        {
            .name = "base_log",
            .help = "The end of a log of all changes; the whole state is written now and then "
                    "beside the checkpoints. A restore reads the last such base and the log since "
                    "it was begun.",
            .source = "Flink, changelog state backend (DSTL)",
            .size = sizeof(struct base_log_params),
            .fields = base_log_fields,
        },
    .capture = base_log_capture,
};

static const struct variant *const contents[] = {
    &offsets.variant, &full.variant, &delta.variant, &changelog.variant, &base_log.variant, NULL,
};

const struct union_type content_union = {.name = "content", .tag = "kind", .variants = contents};
