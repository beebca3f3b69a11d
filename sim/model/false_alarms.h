// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * False alarms: healthy units that a detector declares failed, and that restart for nothing. Part
 * of struct run (model/run.h); parameters are in model/recovery.h. All units of a level together
 * have one exponential clock, which stands for as many independent ones.
 */
#ifndef MODEL_FALSE_ALARMS_H
#define MODEL_FALSE_ALARMS_H

#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"

struct run;
struct struck_detector;

struct false_alarm {
    const struct struck_detector *params; /* borrowed */
    uint64_t n_units;
    struct event next; /* owner: this */
    struct rng rng;
};

struct false_alarms {
    struct false_alarm *items; /* owned: one per level that has them */
    size_t n;
    uint64_t n_false; /* units that restarted for nothing, after the warm-up */
};

/* Once per run structure; at the start of each replication. */
void false_alarms_init(struct run *run);
void false_alarms_start(struct run *run);
void false_alarms_release(struct run *run);

#endif
