// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Alarms of one failure process: those that foretell its next failure, and
 * false ones. Part of struct failure_process; parameters are in
 * model/prediction.h.
 *
 * The next failure of a process is known ahead, so it is predicted or not when
 * it becomes the next, and its alarm is raised `lead` before it is due, at once
 * if that is past. When the clock of the process stops in between, the failure
 * comes that much later than the alarm said. False alarms run on the same
 * clock, at recall (1 - precision) / precision per mean time to failure.
 */
#ifndef MODEL_ALARMS_H
#define MODEL_ALARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "model/prediction.h"

struct run;
struct failure_process;

struct alarms {
    const struct prediction_params *params; /* borrowed; NULL: nothing is predicted */
    double mean_gap_s;                      /* between false alarms; infinity: there are none */
    struct rng rng;
    struct rng false_rng;
    bool is_pending;      /* the next failure is predicted, and the alarm is not raised yet */
    double lead_s;        /* of it */
    double failure_at_s;  /* when it is due, calendar time */
    double next_false_at; /* on the process' clock */
    struct event event;   /* owner: the process */
};

/* Over all processes, since the end of the warm-up. */
struct alarm_counts {
    uint64_t raised;    /* false ones included */
    uint64_t unfounded; /* no failure follows */
    uint64_t proactive; /* checkpoints that they began */
};

/* For one run structure, after the rest of the process. */
void alarms_init(struct failure_process *process);
/* At the start of a replication. */
void alarms_start(struct failure_process *process, struct run *run);
/* Another failure is the next of the process, whose clock stands at clock_s. */
void alarms_foresee(struct failure_process *process, double clock_s);
/* The next failure is in the calendar for failure_at_s, and the clock runs. */
void alarms_schedule(struct failure_process *process, struct run *run, double failure_at_s);
/* The clock stops. */
void alarms_stop(struct failure_process *process, struct run *run);

#endif
