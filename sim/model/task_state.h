// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of a task of a stream job at work: where it is on its time line, what its checkpoints
 * hold of it (model/snapshot.h), and bases that are written beside them. Rounds and micro-batches
 * have one for each task.
 */
#ifndef MODEL_TASK_STATE_H
#define MODEL_TASK_STATE_H

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/device.h"
#include "model/snapshot.h"

struct run;

/* Bytes that were to be written to the device. */
struct write_ledger {
    struct sum written_bytes; /* by transfers that ended */
    struct sum aborted_bytes; /* that others would have written */
};

struct task_state {
    struct run *run; /* borrowed */
    uint32_t task;
    struct snapshots *snapshots; /* owned */
    uint64_t taken_back;         /* messages processed that are not on its time line */
    uint64_t cut_messages;       /* that it had processed at its last cut */
    uint64_t line_messages;      /* at its recovery line */
    struct event background;     /* owner: this; the next base that is made beside */
    struct transfer base_transfer;
    struct rng *device_rng;      /* borrowed: latencies of the device */
    struct write_ledger *ledger; /* borrowed */
    struct kept kept;            /* on the device, if keeping costs something */
};

/* Once per run structure. */
void task_state_init(struct task_state *state, struct run *run, uint32_t task);
void task_state_release(struct task_state *state);
/* At the start of a replication; both are borrowed. */
void task_state_start(struct task_state *state, struct rng *device_rng,
                      struct write_ledger *ledger);
/* As it is now it becomes that of checkpoint `number`. */
struct snapshot task_state_cut(struct task_state *state, uint64_t number);
/* The checkpoint, at whose cut it had processed so many messages, is its recovery line. */
void task_state_commit(struct task_state *state, uint64_t number, uint64_t messages);
/* The task stops; it is restarted from its line, or started first; the run is over. */
void task_state_stop(struct task_state *state);
void task_state_restart(struct task_state *state);
void task_state_end(struct task_state *state);
/* Bytes to read to restore it as it was at its line. */
double task_state_restore_bytes(struct task_state *state);

/* The same in parts; where it has no line, what there is to read counts as a base. */
struct restore_size task_state_restore_size(struct task_state *state);

/* What storage holds of the task now, and what was written to logs so far. */
struct storage_totals {
    double retained_bytes, log_bytes;
};
void task_state_add_storage(struct task_state *state, struct storage_totals *totals);

#endif
