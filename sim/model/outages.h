// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Devices that failures strike: each is out until that failure is repaired, besides outages by its
 * own law; and it may lose what it holds. Part of struct run (model/run.h).
 */
#ifndef MODEL_OUTAGES_H
#define MODEL_OUTAGES_H

#include <stdbool.h>

#include "core/calendar.h"

struct run;
struct failure_process;

struct outages {
    struct event *repaired; /* owned: of each failure process; owner: the device; scheduled while
                               it is out by it */
};

/* Once per run structure; at the start of each replication. */
void outages_init(struct run *run);
void outages_start(struct run *run);
void outages_release(struct run *run);
/* The device fails. False: a failure of this process keeps it down already. */
bool outages_begin(struct run *run, const struct failure_process *process, double repair_s);

#endif
