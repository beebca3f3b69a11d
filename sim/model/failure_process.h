// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure process at work: the instants at which its units fail.
 *
 * N units under one law cost the failures that happen, not N: units that have
 * not failed yet are a pool, of which only the next order statistic is drawn
 * (by one uniform, from the survival of those left: Renyi's representation);
 * units that failed wait in a heap with the time their renewed clock runs out.
 */
#ifndef MODEL_FAILURE_PROCESS_H
#define MODEL_FAILURE_PROCESS_H

#include "core/calendar.h"
#include "core/rng.h"
#include "model/alarms.h"
#include "model/cascade.h"
#include "model/failure.h"
#include "model/fault_log.h"

struct run;

struct renewed_unit {
    double at; /* on the process' clock */
    uint32_t unit;
};

/* Clocks of n units under a law. All times are on the process' clock. */
struct unit_clocks {
    const struct dist *law;  /* borrowed */
    const struct dist *pool; /* borrowed: that of units which have not failed yet */
    uint64_t n;
    uint64_t n_fresh;
    double fresh_since;
    double log_survival;          /* at the order statistic that was drawn last */
    double next_fresh;            /* when the next unit of the pool fails; infinity: pool empty */
    struct renewed_unit *renewed; /* owned: binary heap by `at`; renew: all: of those in repair */
    size_t n_renewed;
    size_t capacity;
    uint32_t *units; /* owned: the pool's units in a random order found as it is needed; NULL
                        when nobody asks which unit failed */
    uint32_t *swaps; /* owned: positions to swap back before the next replication */
    size_t n_swaps;
    size_t swaps_capacity;
};

struct failure_process {
    const struct failure_params *params; /* borrowed */
    uint64_t index;
    uint64_t n_units;
    struct event next; /* owner: this process */
    struct rng rng;
    struct rng repair_rng;
    double repair_s; /* if it is always the same; NaN else */

    bool wall;        /* the clock is the calendar's; else it stops outside its exposure */
    bool running;     /* an exposed clock that runs */
    double shift_s;   /* calendar - clock, while it runs */
    double clock_s;   /* where an exposed clock stands, while it is stopped */
    double changed_s; /* when it was started or stopped last; -1: not yet */

    struct unit_clocks clocks;  /* of a law */
    size_t position;            /* in a script or a trace: the event that comes next */
    struct fault_event *events; /* of a trace, under its rule for equal times; owned */
    size_t n_events;
    double cycle_s;         /* start of the trace's current repetition, calendar time */
    double period_s;        /* length of a repetition */
    struct cascade cascade; /* failures that are to follow */
    bool outlived;          /* the run went past the end of the trace */
    struct alarms alarms;
};

/* For one run structure; `units_matter` when somebody asks which unit failed. */
void failure_process_init(struct failure_process *process, const struct failure_params *params,
                          uint64_t index, uint64_t n_units, bool units_matter);
void failure_process_release(struct failure_process *process);

/* Draws the first failures of a replication; an exposed clock is stopped at first. */
void failure_process_start(struct failure_process *process, struct run *run);
/* The unit fails by a cascade; its clock runs on. */
void failure_process_follow(struct failure_process *process, struct run *run, uint32_t unit);
/* Starts or stops an exposed clock as the phase asks; schedules or cancels. */
void failure_process_phase(struct failure_process *process, struct run *run, unsigned phase);
/* Ages of all units to zero (redraw: checkpoint). */
void failure_process_redraw(struct failure_process *process, struct run *run);

/* Whether the next failure may hit the job as its nodes are now: not that of a node, known ahead by
 * a script or a trace, that hosts none of it. */
bool failure_process_may_hit(const struct failure_process *process, const struct run *run);

/* Whether whole intervals may be jumped over while this process is pending. */
bool failure_process_allows_jumps(const struct failure_process *process);

#endif
