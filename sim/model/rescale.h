// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A job goes on with the nodes that are left (recovery.scheduler.rescale_after): a recovery that
 * has waited that long for nodes shares out their places among the others, and all of the job is
 * slower in proportion. When a node comes for such a place, what the place holds restarts there.
 * Which node fills in for which is part of struct nodes (model/nodes.h); the rest, of struct run.
 */
#ifndef MODEL_RESCALE_H
#define MODEL_RESCALE_H

#include <stdint.h>

#include "core/stats.h"

struct event;
struct recovering;
struct run;

struct rescale {
    uint64_t n_rescales; /* recoveries that went on with fewer nodes, after the warm-up */
    double since_s;      /* since when some place is shared out; NaN: none is */
    struct sum time_s;   /* such times that are over, without those of the warm-up */
};

/* At the start of each replication. */
void rescale_start(struct run *run);
/* The recovery begins to wait for nodes. */
void rescale_wait(struct recovering *recovering);
/* It does not wait any more. */
void rescale_cancel(struct recovering *recovering);
/* A node has come for a place that others had shared: what it holds restarts, if it runs. */
void rescale_up(struct run *run, uint32_t place);
/* The share of its speed at which the job may work with the nodes that it has. */
double rescale_pace(const struct run *run);
/* Places have been shared out, or filled. */
void rescale_book(struct run *run);
/* Time so far with fewer nodes than the job should have; the warm-up does not count. */
double rescale_time_s(const struct run *run);

#endif
