// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of micro-batches, shared by microbatch.c (the life of a batch) and
 * microbatch_part.c (a task's part in its end).
 */
#ifndef MODEL_MICROBATCH_STATE_H
#define MODEL_MICROBATCH_STATE_H

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/checkpoint.h"
#include "model/device.h"
#include "model/microbatch.h"
#include "model/stream.h"
#include "model/task_state.h"

enum batch_part_stage {
    STORE_NONE,
    STORE_WAITS,     /* until an interruption of its task is over */
    STORE_UNDER_WAY, /* the task stands */
};

/* What a task has to do with batches, and its part in the end of one. */
struct batch_part {
    struct microbatch *batches; /* borrowed */
    uint32_t task;
    struct task_state state;
    struct snapshot snapshot; /* that it commits */
    enum batch_part_stage stage;
    double cost_s; /* of its commit, where that is no write to a device */
    struct event event;
    struct transfer transfer;
    struct task_cut cut;
    struct task_cut line; /* the recovery line */
};

enum batch_stage {
    BATCH_DOWN, /* some task does not run */
    BATCH_IDLE, /* until the next trigger */
    BATCH_LOGGING,
    BATCH_RUNNING,
    BATCH_STORING,
    BATCH_COMMITTING,
    N_BATCH_STAGES
};

enum batch_event {
    BATCH_DUE,
    BATCH_DATA, /* there is something for a batch */
    BATCH_NO_DATA,
    BATCH_WRITTEN, /* to the log of offsets, or of commits */
    BATCH_DRAINED,
    BATCH_STORED,    /* by all tasks */
    BATCH_STOPPED,   /* some task */
    BATCH_RESTARTED, /* all tasks run; no offsets are in the log that were not committed */
    BATCH_RERUN,     /* all tasks run; some are */
    N_BATCH_EVENTS
};

enum { LOG_OF_OFFSETS, LOG_OF_COMMITS, N_BATCH_LOGS };

struct microbatch {
    struct run *run;          /* borrowed */
    struct batch_part *parts; /* owned: by task */
    size_t n_tasks;
    enum batch_stage stage;
    size_t n_down; /* tasks that do not run */

    /* Triggers are due k intervals after the anchor. */
    struct event timer; /* owner: this */
    double anchor_s, due_s;
    uint64_t k;

    uint64_t number;    /* of all batches that began, from 1: of the last one */
    uint64_t *ends;     /* owned: of each partition, what the batch goes up to */
    bool is_logged;     /* they are in the log, and the batch is not committed */
    bool is_base;       /* what is stored at its end */
    double triggered_s; /* when it began, the last time */
    double drained_s;
    size_t n_stored;
    bool has_draw;
    double log_s[N_BATCH_LOGS]; /* time of the writes to the logs */

    double line_s;
    struct round_counts counts;
    struct write_ledger ledger;
    struct rng trigger_rng, cost_rng, log_rng, device_rng;
};

/* Something has happened to the batch. */
void batch_happens(struct microbatch *batches, enum batch_event event);
/* Tells who watches; of the whole batch when `part` is NULL. */
void batch_trace(const struct microbatch *batches, const struct batch_part *part,
                 const char *event);

/* The task commits its state; told by BATCH_STORED when all have. */
void batch_part_begin(struct batch_part *part);
/* The batch is given up. */
void batch_part_abort(struct batch_part *part);

#endif
