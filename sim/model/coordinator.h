// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The process that starts others: job manager, application master, driver. While it is down, no
 * recovery gets past its request for resources; tasks that run go on, or stand still, with or
 * without their checkpoints. Part of struct run (model/run.h).
 */
#ifndef MODEL_COORDINATOR_H
#define MODEL_COORDINATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/dist.h"
#include "core/field.h"
#include "core/rng.h"

struct recovering;
struct run;

/* What stops while it is down; each includes those before it. */
enum coordinator_blocks { BLOCKS_LAUNCHES, BLOCKS_CHECKPOINTS, BLOCKS_EVERYTHING };

struct coordinator_params {
    struct dist time_to_failure; /* not given: it fails where failures strike it only */
    struct tagged detector;      /* by detector_union */
    struct dist restart;
    int blocks; /* enum coordinator_blocks */
};

struct coordinator {
    bool is_down;
    struct event changes; /* it fails, or is up again */
    struct rng failure_rng, outage_rng;
    uint64_t n_failures; /* after the warm-up */
};

extern const struct field coordinator_fields[];

/* Whether it may fail: the scenario speaks of it. */
bool coordinator_is_given(const struct coordinator_params *params);
/* At the start of each replication: it is up. */
void coordinator_start(struct run *run);
/* Whether that cannot go on now. */
bool coordinator_blocks(const struct run *run, enum coordinator_blocks what);
/* How long it will be down if it fails now. */
double coordinator_draw_outage_s(struct run *run);
/* It fails, for that time. False: it is down already. */
bool coordinator_fail(struct run *run, double outage_s);
/* How long a recovery waits for it; NaN: until recovering_admit(). */
double coordinator_wait_s(struct recovering *recovering);

#endif
