// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Network partitions: units that are cut off from the rest, and stand still. Part of struct run
 * (model/run.h).
 *
 * Whoever is cut off is missed after as long as a failure of it takes to be detected. A cut that is
 * over before that interrupts the unit, which goes on where it was; any other is a failure. How
 * long a cut lasts is drawn when it begins, and so is the time to its detection, so that it is
 * known at once which of the two it will be.
 */
#ifndef MODEL_CONTACT_H
#define MODEL_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"

struct run;
struct failure_process;

struct contact {
    struct rng *rngs; /* owned: of each failure process; NULL: no cuts */
    /* Of the failure at hand: */
    bool heals;      /* it is a cut, and over before it is noticed */
    double unseen_s; /* of a cut: how long nobody does anything about it; NaN: it is none */

    uint64_t n_healed; /* such cuts that hit the job, after the warm-up */
    struct event back; /* of a batch job: the last cut under way that heals is over */
    double back_s;     /* then */
};

/* Once per run structure; at the start of each replication. */
void contact_init(struct run *run);
void contact_start(struct run *run);
void contact_release(struct run *run);
/* Around a failure of the process, by which its unit is down for that long: what is at hand. */
void contact_begin(struct run *run, const struct failure_process *process, double repair_s);
void contact_end(struct run *run);
/* The batch job stands still for that long. */
void contact_hold(struct run *run, double cut_s);
/* Whether the batch job stands still for a cut. */
bool contact_is_lost(const struct run *run);

#endif
