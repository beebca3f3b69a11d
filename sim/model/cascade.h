// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Cascades: a failure is followed by failures of its neighbours, each with a probability and after
 * a delay, and so on. Part of struct failure_process.
 */
#ifndef MODEL_CASCADE_H
#define MODEL_CASCADE_H

#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"

struct run;
struct failure_process;

struct follower {
    double at_s;
    uint32_t unit;
    uint32_t depth; /* how many failures led to it */
    uint64_t order; /* those at one time come in it */
};

struct cascade {
    struct event next; /* owner: the failure process */
    struct rng rng;
    struct follower *followers; /* owned: binary heap by at_s, then order */
    size_t n, capacity;
    uint64_t n_so_far;
};

/* At the start of each replication. */
void cascade_start(struct cascade *cascade, struct run *run, struct failure_process *process);
void cascade_release(struct cascade *cascade);
/* The unit fails now, and so many failures led to it: draws those that follow. */
void cascade_spread(struct cascade *cascade, struct run *run, const struct failure_process *process,
                    uint32_t unit, uint32_t depth);

#endif
