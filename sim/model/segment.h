// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The segment at work: what the job does between two checkpoints, and when the
 * next one is due. Part of struct run (model/run.h).
 */
#ifndef MODEL_SEGMENT_H
#define MODEL_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"

struct run;

struct segment {
    /* Constants of the scenario; of an interval that grows, as at the start. */
    double last_due_s; /* a checkpoint due at this progress or later comes with the end */
    double interval_s; /* useful or wall time between checkpoints; infinity: none */
    double growth;     /* factor of interval_s at each checkpoint, until the work starts anew */
    double fixed_s;    /* what each checkpoint stops the job for, if always the same; else NaN */
    double work_s;     /* useful work of a whole segment, when fixed_s is known */
    double period_s;   /* work_s + fixed_s */
    double per_work_s, per_period_s; /* their inverses */
    bool may_pass; /* do a segment and its checkpoint at once when nothing disturbs them */
    bool may_jump; /* over all whole segments up to the next event */

    /* A stretch of whole segments starts at an anchor: segment `index` begins at
     * anchor_s + index * period_s with anchor_progress_s + index * work_s. */
    double anchor_s;
    double anchor_progress_s;
    uint64_t index;
    bool anchored;
    double share;    /* of its speed at which the job works: less than 1 beside a write */
    double target_s; /* progress at which the checkpoint is due (timer: useful) */
    double due_s;    /* wall time at which it is due (timer: wall) */
    bool completes;  /* the segment ends with the work, not with a due checkpoint */
    struct event end;
    struct event caught_up;
};

/* Once per run structure, after checkpointing_init(). */
void segment_init(struct run *run);
/* Work starts from the recovery line, after a start or a recovery. */
void segment_restart(struct run *run);
/* The ranks have lost contact, and stand, or have it again: the next checkpoint is due as it was,
 * and one that was being written is taken anew. */
void segment_contact_changes(struct run *run);
/* The coordinator, which blocks more than launches, has gone down or is up again. */
void segment_coordinator_changes(struct run *run);
/* Work goes on after a checkpoint that stopped it. */
void segment_continue(struct run *run);
/* Work goes on at a share of its speed beside the write of a checkpoint, or at all of it after. */
void segment_resume(struct run *run, double share);
/* Drains beside the work have begun or ended: it goes on at their share, if it runs. */
void segment_change_speed(struct run *run);
/* Ranks have become slow, or fast again: the work, if it runs, goes on at run->slowing.pace. */
void segment_change_pace(struct run *run);
/* The next checkpoint is due one interval after the progress and the time given. */
void segment_set_due(struct run *run, double progress_s, double time_s);
/* The next interval is longer, where it grows. */
void segment_grow(struct run *run);
/* Lets one interval pass by. */
void segment_skip_due(struct run *run);
/* No checkpoint is due until segment_set_due(). */
void segment_clear_due(struct run *run);
/* The segment ends before its checkpoint is due, with one that is cut now. */
void segment_interrupt(struct run *run);
/* Stops the work where it is; the plan is dropped. */
void segment_stop(struct run *run);
/* When a checkpoint of fixed length that is cut then will commit. */
double segment_commit_s(const struct run *run, double cut_s);
/* When the first of the last k whole segments, that were jumped over, committed its checkpoint. */
double segment_past_commit_s(const struct run *run, uint64_t k);

#endif
