// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The checkpoint at work: its life cycle from cut to commit, and the recovery
 * line that it leaves. Part of struct run (model/run.h); parameters and the
 * strategy's operations are in model/checkpoint.h.
 */
#ifndef MODEL_CHECKPOINTING_H
#define MODEL_CHECKPOINTING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/checkpoint.h"
#include "model/levels.h"
#include "model/recovery_point.h"

struct run;

enum stage { STAGE_IDLE, STAGE_VERIFY, STAGE_COORDINATE, STAGE_SYNC, STAGE_WRITE, N_STAGES };

/* Random durations of one checkpoint, kept for its retries under on_retry: repeat. */
struct checkpoint_draw {
    bool valid;
    double verify_s;
    double coordinate_s;
    double sync_s;
    double write_s;
    double stall_s;
    double alignment_s;
};

struct checkpointing {
    enum stage stage;
    struct event stage_end;
    struct recovery_line cut; /* of the checkpoint in progress */
    bool cut_is_base;
    bool is_final;     /* the work was done at the cut */
    bool is_proactive; /* an alarm began it */
    struct recovery_line line;
    struct recovery_line *retained; /* owned: the last ones, oldest first; NULL: only `line` */
    uint64_t n_retained;
    uint64_t number; /* of the next checkpoint, from 1 */
    struct levels levels;
    double corrupt_since_s; /* when a silent error struck the present state; NaN: it is sound */
    bool error_found;
    uint64_t n_failed_writes; /* of the checkpoint in progress */
    uint64_t declined, silent_errors, errors_found;
    struct checkpoint_draw draw;
    bool is_prepared;           /* cut_is_base and draw are those of the next cut */
    bool needs_base;            /* what a delta would build on is lost */
    bool queued;                /* another is due as soon as this one has committed */
    bool alarm_queued;          /* and an alarm asked for it */
    bool retake;                /* a failure has interrupted it, and it begins again at once */
    bool has_stalls;            /* tasks write on their own: they may wait for each other */
    double slowed_since_s;      /* work goes on beside a write since then; NaN: it does not */
    struct transfer *transfers; /* owned: one per class of streams */
    uint64_t n_transfers;
    uint64_t transfers_left;
    double writing_bytes; /* of all of them */
    double first_written_s;
    double written_sum_s;
    /* Of the scenario: laws of direct costs, NULL for a device; times that never vary, else NaN. */
    const struct dist *base_cost, *delta_cost;
    double base_cost_s, delta_cost_s, coordinate_s, sync_s;
    struct rng cost_rng;
    struct rng coordination_rng;
    struct rng device_rng;
    struct rng alarm_rng;
    struct rng verification_rng;
    struct rng write_failure_rng;
    uint64_t committed, aborted, skipped;
    struct sum slowed_s; /* time that work went on beside a write, at 1 - share */
    struct sum committed_bytes;
    struct sum aborted_bytes; /* that aborted checkpoints would have written */
    struct kept kept;         /* the chain of the line, on the device */
    struct sum partial_bytes; /* that aborted checkpoints of fixed length did write */
};

/* What its device keeps is counted up to now. */
void checkpointing_count_kept(struct run *run);
/* Once per run structure; at the start of each replication. */
void checkpointing_init(struct run *run);
void checkpointing_start(struct run *run);
void checkpointing_release(struct run *run);
/* A checkpoint is due, or the work is done and the final one is. */
void checkpointing_due(struct run *run);
/* A failure is foretold: takes a checkpoint now if there is work to save. Whether it does. */
bool checkpointing_alarm(struct run *run);
/* A silent error strikes. */
void checkpointing_corrupt(struct run *run);
/* The last write of its levels to a device has ended. */
void checkpointing_written(struct run *run);
/*
 * A failure of that severity destroys checkpoints: finds the line that is left. Whether it is an
 * older one than before.
 */
bool checkpointing_lose(struct run *run, enum domain severity);
/*
 * A device loses what it holds, checkpoints of the job maybe: finds the line that is left. What is
 * being written to it begins anew. Whether a restore under way has lost what it reads.
 */
bool checkpointing_lose_device(struct run *run, const struct device *device);
/* A failure: what is being written is lost. */
void checkpointing_abort(struct run *run);
/* Whether there is a checkpoint to fall back on; else there is the input. */
bool checkpointing_has_line(const struct run *run);
/* Whether the job ends with a checkpoint (S4). */
bool checkpointing_takes_final(const struct run *run);
/* Time that each checkpoint stops the job, if it is always the same; NaN else. */
double checkpointing_fixed_s(const struct run *run);
/* Whether checkpoints stop the job for a time that is known at the cut. */
bool checkpointing_may_pass(const struct run *run);
/*
 * If the checkpoint that is cut at cut_s with that progress commits before
 * next_s, when something else is due, it has come and gone, and *commit_s says when it
 * committed. False: nothing but its random durations is settled.
 */
bool checkpointing_pass(struct run *run, double cut_s, double progress_s, double next_s,
                        double *commit_s);
/* k checkpoints of whole segments have come and gone; the last was cut as given. */
void checkpointing_commit_many(struct run *run, uint64_t k, double last_cut_s,
                               double last_progress_s);

/* Bytes written so far. */
double checkpointing_bytes(const struct run *run);
/* The end of the run: whether they agree with what the checkpoints say. */
void checkpointing_check(struct run *run);

#endif
