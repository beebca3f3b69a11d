// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stragglers: units that are slow for a time, and do not fail. Part of struct run (model/run.h).
 *
 * A slow process or container is slow wherever it runs; what is on a slow node, and so on, is slow
 * until it restarts elsewhere. Of a batch job, whose ranks run in lock-step, the slowest decides;
 * of a stream job each task for itself. Checkpoints and restores are as fast as ever.
 */
#ifndef MODEL_SLOWING_H
#define MODEL_SLOWING_H

#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"

struct run;
struct failure_params;
struct failure_process;

struct slowdown {
    struct event end;                    /* owner: this */
    const struct failure_params *params; /* borrowed */
    uint64_t unit;
    size_t at; /* its index */
};

struct slowing {
    struct slowdown **slowdowns; /* owned, and each of them: the first n are under way */
    size_t n, n_all, capacity;
    struct rng *rngs; /* owned: of each failure process; NULL: none slows */
    double pace;      /* of a batch job: the share of its speed at which it may work now */
    uint64_t n_hits;  /* slowdowns that concerned the job when they began */
};

/* Once per run structure; at the start of each replication. */
void slowing_init(struct run *run);
void slowing_start(struct run *run);
void slowing_release(struct run *run);
/* A unit of the failure process is slow from now on. */
void slowing_begin(struct run *run, const struct failure_process *process, int64_t unit);
/* The share of its speed at which a task of a stream job may work now. */
double slowing_of_task(const struct run *run, uint32_t task);
/* The nodes of a batch job may be others than before: sets slowing.pace. */
void slowing_find_pace(struct run *run);

#endif
