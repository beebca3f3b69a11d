// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of the kinds of state. */
#include "model/store_kinds.h"

const struct field constant_state_fields[] = {
    {
        .key = "size",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct constant_state, size_bytes),
        .max = 1e21,
        .required = true,
        .help = "Bytes that a full checkpoint holds, over all tasks.",
        .witness = "batch-incremental-device.json /job/state/size=\"8 TiB\"",
    },
    {
        .key = "dirty",
        .kind = FIELD_REAL,
        .offset = offsetof(struct constant_state, dirty_frac),
        .max = 1,
        .fallback = "1",
        .help = "Share of the state that changes between two checkpoints: the size of a delta.",
        .witness = "batch-incremental-device.json /job/state/dirty=\"50 %\"",
    },
    {0},
};

const struct field growing_state_fields[] = {
    {
        .key = "size",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct growing_state, size_bytes),
        .max = 1e21,
        .fallback = "\"0 B\"",
        .help = "Bytes at the start, over all tasks.",
        .witness = "stream-state.json /job/operators/3/state/size=\"40 MB\"",
    },
    {
        .key = "per_message",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct growing_state, per_message),
        .max = 1e15,
        .fallback = "\"0 B\"",
        .help = "Bytes that each message adds.",
        .witness = "stream-state.json /job/operators/3/state/per_message=\"20 kB\"",
    },
    {
        .key = "rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BANDWIDTH,
        .offset = offsetof(struct growing_state, rate),
        .max = 1e15,
        .fallback = "\"0 B/s\"",
        .help = "Bytes that time adds while tasks run, over all of them.",
        .witness = "stream-state.json /job/operators/3/state/rate=\"1 MB/s\"",
    },
    {
        .key = "limit",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct growing_state, limit_bytes),
        .max = 1e21,
        .help = "Bytes at which it stops to grow, over all tasks. Absent: none.",
        .witness = "stream-state.json /job/operators/3/state/limit=\"22 MB\"",
    },
    {
        .key = "dirty",
        .kind = FIELD_REAL,
        .offset = offsetof(struct growing_state, dirty_frac),
        .max = 1,
        .fallback = "0",
        .help = "Share of what was there at the last checkpoint that is in a delta again.",
        .witness = "stream-state.json /job/operators/3/state/dirty=\"20 %\"",
    },
    {0},
};

static const struct field zipf_fields[] = {
    {
        .key = "zipf",
        .kind = FIELD_REAL,
        .offset = offsetof(struct zipf_updates, exponent),
        .max = 10,
        .required = true,
        .help = "Exponent s of Zipf's law: key k is updated in proportion to k^-s.",
        .source = "Zipf 1949; Gray et al. 1994",
        .witness = "stream-state.json /job/operators/2/state/updates/zipf=1.5",
    },
    {0},
};

static const struct variant uniform_updates = {
    .name = "uniform",
    .help = "Every key is updated as often.",
};

static const struct variant zipf_updates = {
    .name = "zipf",
    .help = "Few keys are updated often, many seldom.",
    .size = sizeof(struct zipf_updates),
    .fields = zipf_fields,
};

static const struct variant *const updates[] = {&uniform_updates, &zipf_updates, NULL};

static const struct union_type updates_union = {
    .name = "updates",
    .tag = "kind",
    .variants = updates,
    .shorthand = &zipf_updates,
    .shorthand_key = "zipf",
};

static const char *const dirty_sets[] = {"expected", "sampled", NULL};

const struct field keyed_state_fields[] = {
    {
        .key = "keys",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct keyed_state, keys),
        .min = 1,
        .max = 1e12,
        .required = true,
        .help = "Keys that have a value, over all tasks, from the start.",
        .witness = "stream-state.json /job/operators/2/state/keys=\"1M\"",
    },
    {
        .key = "value",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct keyed_state, value_bytes),
        .max = 1e12,
        .required = true,
        .help = "Bytes of each value.",
        .witness = "stream-state.json /job/operators/2/state/value=\"400 B\"",
    },
    {
        .key = "key",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct keyed_state, key_bytes),
        .max = 1e12,
        .fallback = "\"0 B\"",
        .help = "Bytes of each key, wherever its value goes.",
        .witness = "stream-state.json /job/operators/2/state/key=\"100 B\"",
    },
    {
        .key = "updates",
        .kind = FIELD_UNION,
        .offset = offsetof(struct keyed_state, updates),
        .types = &updates_union,
        .fallback = "\"uniform\"",
        .help = "Which keys are updated.",
        .witness = "stream-state.json /job/operators/2/state/updates=\"uniform\"",
    },
    {
        .key = "updates_per_message",
        .kind = FIELD_REAL,
        .offset = offsetof(struct keyed_state, updates_per_message),
        .max = 1e6,
        .fallback = "1",
        .help = "Updates that each message makes.",
        .witness = "stream-state.json /job/operators/2/state/updates_per_message=3",
    },
    {
        .key = "cache",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct keyed_state, cache),
        .max = 1e12,
        .fallback = "0",
        .help = "Keys that the write-back cache of each task holds: what it takes does not go to a "
                "log before the next checkpoint. 0: there is none.",
        .source = "Samza, stores.*.object.cache.size; Kafka Streams, statestore.cache.max.bytes",
        .witness = "stream-changelog.json /job/operators/1/state/cache=20000",
    },
    {
        .key = "flush",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BANDWIDTH,
        .offset = offsetof(struct keyed_state, flush_bytes_per_s),
        .max = 1e15,
        .above_min = true,
        .help = "Bytes/s at which the cache is put out at a checkpoint, while the task stands. "
                "Absent: at once.",
        .witness = "stream-changelog.json /job/operators/1/state/flush=\"1 MB/s\"",
    },
    {
        .key = "dirty",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct keyed_state, dirty),
        .fallback = "\"expected\"",
        .choices = dirty_sets,
        .help = "Distinct keys of a delta: their expectation, or a draw (exact up to 65536 "
                "updates, above from the normal law of the same mean and variance).",
        .witness = "stream-state.json /job/operators/2/state/dirty=\"sampled\"",
    },
    {0},
};

const struct field lsm_state_fields[] = {
    {
        .key = "size",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct lsm_state, size_bytes),
        .max = 1e21,
        .required = true,
        .help = "Bytes of the whole state when all files are merged, over all tasks.",
        .witness = "stream-incremental.json /job/operators/1/state/size=\"8 GB\"",
    },
    {
        .key = "memtable",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct lsm_state, memtable_bytes),
        .min = 1,
        .max = 1e15,
        .fallback = "\"64 MiB\"",
        .help = "Bytes that each task gathers in memory before it flushes them to a file; a "
                "checkpoint flushes what there is.",
        .source = "RocksDB, write_buffer_size",
        .witness = "stream-incremental.json /job/operators/1/state/memtable=\"4 MB\"",
    },
    {
        .key = "record",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BYTES,
        .offset = offsetof(struct lsm_state, record_bytes),
        .max = 1e15,
        .required = true,
        .help = "Bytes that each message writes.",
        .witness = "stream-incremental.json /job/operators/1/state/record=\"4 kB\"",
    },
    {
        .key = "merge_every",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct lsm_state, merge_every),
        .min = 2,
        .max = 1e6,
        .fallback = "4",
        .help = "Files of a level that are merged into one of the next; those of the last with the "
                "whole state.",
        .source = "RocksDB, level0_file_num_compaction_trigger",
        .witness = "stream-incremental.json /job/operators/1/state/merge_every=8",
    },
    {
        .key = "levels",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct lsm_state, levels),
        .min = 1,
        .max = STORE_MOST_LEVELS,
        .fallback = "1",
        .help = "Levels of files above the merged state.",
        .witness = "stream-incremental.json /job/operators/1/state/levels=1",
    },
    {
        .key = "flush",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_BANDWIDTH,
        .offset = offsetof(struct lsm_state, flush_bytes_per_s),
        .max = 1e15,
        .above_min = true,
        .help = "Bytes/s at which the memtable is flushed at a checkpoint, while the task stands. "
                "Absent: at once.",
        .witness = "stream-incremental.json /job/operators/1/state/flush=\"10 MB/s\"",
    },
    {0},
};

static const struct variant *const states[] = {
    &constant_store.variant, &growing_store.variant, &keyed_store.variant, &lsm_store.variant, NULL,
};

const struct union_type state_union = {
    .name = "state",
    .tag = "kind",
    .variants = states,
    .shorthand = &constant_store.variant,
    .shorthand_key = "size",
    .by_keys = true,
};
