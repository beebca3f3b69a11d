// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which nodes the failure at hand strikes: those of a unit, be it a node, a rack, a zone or a site,
 * or those parts of it that a burst hits. Part of struct run (model/run.h).
 */
#ifndef MODEL_STRUCK_H
#define MODEL_STRUCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rng.h"

struct run;
struct failure_process;

struct struck {
    uint32_t *nodes; /* owned: the first n, in the order of their numbers */
    size_t n;
    bool *is;              /* owned: of each node, whether it is one of them */
    struct rng *burst_rng; /* owned: of each failure process */
};

/* Once per run structure; at the start of each replication. */
void struck_init(struct run *run);
void struck_start(struct run *run);
void struck_release(struct run *run);
/* They are from now on the nodes of the unit, or some of them. */
void struck_find(struct run *run, const struct failure_process *process, uint64_t unit);

#endif
