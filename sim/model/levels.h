// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Levels of storage at work: what each of them holds, which of them the next checkpoint goes to,
 * and drains that copy checkpoints to some of them while the job works on. Part of struct
 * checkpointing; parameters are in model/level.h.
 *
 * At the start every level holds the job's input, as if it were a checkpoint; the last level never
 * loses it. A checkpoint commits when all levels that the job waits for are written. A failure
 * empties the levels that do not survive its severity, and ends drains of checkpoints that no other
 * level holds any more. A restore reads the newest checkpoint that is left, from the first level
 * that has it, and brings it back to the levels before that one.
 */
#ifndef MODEL_LEVELS_H
#define MODEL_LEVELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/device.h"
#include "model/domain.h"
#include "model/level.h"
#include "model/recovery_point.h"

struct run;

struct level {
    const struct level_params *params; /* borrowed */
    struct device *device;             /* borrowed; NULL: direct times */
    enum domain survives;
    bool is_written;               /* by the job itself, in the checkpoint in progress */
    bool is_drained;               /* from that checkpoint, once it has committed */
    bool is_empty;                 /* a failure has destroyed what it held */
    struct recovery_line line;     /* what it holds */
    bool drains;                   /* a copy is under way */
    struct recovery_line draining; /* of this checkpoint */
    const struct level *source;    /* borrowed: the one that survives most, of those that hold it;
                                      NULL: the job itself */
    bool waits;                    /* another drain begins when that one ends */
    struct recovery_line waiting;
    const struct level *waiting_source;
    struct kept kept;         /* on its device */
    struct event drained;     /* owner: this */
    struct transfer transfer; /* of a write or a drain */
};

struct levels {
    struct level *items;   /* owned */
    size_t n;              /* 0: checkpoints have one place, which none of this concerns */
    size_t next;           /* the level that is looked at next, while the job writes to devices */
    size_t source;         /* the level that the recovery reads */
    double speed;          /* of the work beside the drains under way */
    double slowed_since_s; /* work goes on at less than full speed since then; NaN: it does not */
    struct sum taken_s;    /* useful time that drains took from the work */
    struct rng device_rng;
    struct rng drain_rng;
};

/* Once per run structure, when its devices are there; at the start of each replication. */
void levels_init(struct run *run);
void levels_start(struct run *run);
void levels_release(struct run *run);
/* Whether all times of writes are known at the cut, and nothing goes on beside the work. */
bool levels_may_pass(const struct run *run);

/* Finds the levels that the next checkpoint goes to. False: none is due. */
bool levels_plan(struct run *run, bool is_final);
/* Adds up what direct writes of the planned checkpoint take, from draw() for each law. */
double levels_draw(struct run *run, double (*draw)(struct run *run, const struct dist *law));
/* Before the writes of a checkpoint, direct or to devices. */
void levels_begin_write(struct run *run);
/* Starts the next write to a device, if there is one; checkpointing_written() follows. */
bool levels_write(struct run *run);
/* The planned checkpoint has committed; drains begin. */
void levels_commit(struct run *run, const struct recovery_line *line);
/* What is being written is given up. Drains go on. */
void levels_abort(struct run *run);
/* A failure empties levels. Returns what is left to go back to. */
struct recovery_line levels_lose(struct run *run, enum domain severity);
/* Throws away what was cut after a time: it is corrupt. levels_lose() follows. */
void levels_distrust(struct run *run, double since_s);
/*
 * A device loses what it holds: what was copied from it ends, what is being written to it begins
 * anew. Finds what is left to go back to; whether that is read from another level than before.
 */
bool levels_lose_device(struct run *run, const struct device *device, struct recovery_line *line);
/* The state has been read back from the source. */
void levels_restored(struct run *run);
/* What devices keep of them is counted up to now. */
void levels_count_kept(struct run *run);
/* The end of the run: drains are given up. */
void levels_end(struct run *run);

/* The work begins to run at levels.speed, or stops. */
void levels_work_starts(struct run *run);
void levels_work_stops(struct run *run);

#endif
