// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stores: how much state a task has, and what of it changes as messages are processed.
 *
 * A store is constant data, one for each operator, that its tasks share: the state of the
 * operator is divided over them evenly (of keyed state each task has its part of the keys, whose
 * updates follow the same law). What a task knows of its own state is a point on its time line.
 * Only an LSM store has more, its files (store_files.h).
 */
#ifndef MODEL_STORE_H
#define MODEL_STORE_H

#include "core/field.h"
#include "core/rng.h"
#include "model/store_files.h"
#include "model/store_keys.h"

/* Parameters of the kinds, over all tasks of an operator. */

struct constant_state {
    double size_bytes;
    double dirty_frac; /* share changed between two checkpoints: the size of a delta */
};

struct growing_state {
    double size_bytes;  /* at the start */
    double per_message; /* bytes that each message adds */
    double rate;        /* bytes/s that time adds, over all tasks */
    double limit_bytes; /* infinity: none */
    double dirty_frac;  /* of what was there at the last checkpoint, share that changes as well */
};

struct zipf_updates {
    double exponent;
};

enum dirty_set { DIRTY_EXPECTED, DIRTY_SAMPLED };

struct keyed_state {
    uint64_t keys;
    double value_bytes, key_bytes; /* of each key */
    struct tagged updates;         /* struct zipf_updates; NULL: uniform */
    double updates_per_message;
    uint64_t cache;           /* keys that each task's write-back cache holds; 0: there is none */
    double flush_bytes_per_s; /* at which the cache is put out; NaN: at once */
    int dirty;                /* enum dirty_set */
};

struct lsm_state {
    double size_bytes;     /* of everything merged */
    double memtable_bytes; /* of each task */
    double record_bytes;   /* that each message writes */
    uint64_t merge_every, levels;
    double flush_bytes_per_s; /* at which the memtable is put out; NaN: at once */
};

/* Where a task is on its time line: what it has processed and how long it has run since the start,
 * without what failures took back. */
struct store_point {
    double messages, running_s;
};

struct store;

struct store_ops {
    struct variant variant;
    bool in_batch; /* whether a batch job may have it: its changes do not depend on messages */
    /* Bytes of one task's state. */
    double (*bytes)(const struct store *store, const struct store_point *at);
    /* Bytes of it that are not as they were at the earlier point. */
    double (*changed)(const struct store *store, const struct store_point *from,
                      const struct store_point *to, struct rng *rng);
    /* Bytes of changes that go to a log between two flushes of the store; *flushed_bytes of them
     * with the flush at the end. */
    double (*logged)(const struct store *store, const struct store_point *from,
                     const struct store_point *to, double *flushed_bytes);
    /* Bytes/s of a flush at a checkpoint; NaN: at once. NULL: it has nothing to flush. */
    double (*flush_rate)(const struct store *store);
    /* NULL: the state is not in files that checkpoints share. */
    struct files_shape (*files)(const struct store *store);
};

/* One task's part of an operator's state. */
struct store {
    const struct store_ops *ops; /* NULL: it has no state */
    const void *params;          /* borrowed */
    double tasks;                /* that share it */
    double flush_bytes_per_s;    /* of what it holds back until a checkpoint; infinity: at once */
    struct store_keys keys;      /* of keyed state */
};

extern const struct union_type state_union;

struct store store_of(const struct tagged *state, uint64_t tasks, struct arena *arena);

/* Bytes of one task at the point; 0 without state. */
double store_bytes(const struct store *store, const struct store_point *at);

/* Of all tasks, at the start; and of what changes between checkpoints, of constant state. */
double state_size_bytes(const struct tagged *state);
double state_delta_bytes(const struct tagged *state);

#endif
