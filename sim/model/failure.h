// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failures: who fails when. The scenario lists failure processes; each strikes
 * a level (the whole job, a process, a node) at instants that come from a law
 * per unit or for the system, from a script, or from a trace.
 *
 * Clocks. A law's clock runs either in wall time (process, node) or only in the phases in which it
 * may strike (job: the textbook's clock, stopped in downtime). It renews at the repair of the
 * failed unit, or of all of them.
 */
#ifndef MODEL_FAILURE_H
#define MODEL_FAILURE_H

#include "core/dist.h"
#include "core/field.h"

/* Of a stream job a process is a task, and a container holds tasks of several operators. */
enum strikes { STRIKES_JOB, STRIKES_PROCESS, STRIKES_CONTAINER, STRIKES_NODE };

/* What a fault destroys; what loses nothing interrupts the service, which then goes on. */
enum loses { LOSES_MEMORY, LOSES_NOTHING };

/* Phases in which a failure may strike (S1), as bits. */
enum exposure {
    EXPOSED_WORK = 1u << 0,
    EXPOSED_CHECKPOINT = 1u << 1,
    EXPOSED_RECOVERY = 1u << 2, /* restart delay and restore */
    EXPOSED_DOWNTIME = 1u << 3, /* detection, downtime, waiting for nodes */
};

enum per { PER_UNIT, PER_SYSTEM };
enum renew { RENEW_FAILED, RENEW_ALL };
enum clock { CLOCK_DEFAULT, CLOCK_WALL, CLOCK_EXPOSED };
enum redraw { REDRAW_FAILURE, REDRAW_CHECKPOINT };
enum trace_nodes { TRACE_NODES_ANY, TRACE_NODES_MODULO, TRACE_NODES_SAME };

struct offset_params {
    double at_s;
};

struct replay_params {
    struct tagged log;         /* by fault_log_union; NULL variant: no trace */
    struct tagged equal_times; /* by equal_times_union */
    struct tagged offset;      /* struct offset_params, or random when params is NULL */
    bool repeat;
    int nodes; /* enum trace_nodes */
};

struct failure_params {
    int strikes;                 /* enum strikes */
    struct dist time_to_failure; /* exactly one of these three is given */
    struct list at;              /* of struct scripted_failure */
    struct replay_params trace;
    int per;            /* enum per */
    int renew;          /* enum renew */
    int clock;          /* enum clock; CLOCK_DEFAULT is resolved by model_prepare() */
    int redraw;         /* enum redraw: S2 */
    unsigned exposure;  /* enum exposure: S1 */
    int loses;          /* enum loses */
    struct dist repair; /* time a failed unit is down; not given: as a trace says, or none */
};

struct scripted_failure {
    double time_s;
    uint64_t unit;
    size_t order; /* in the scenario; from model_prepare() */
};

/* "job", "process", "container" or "node", as in scenarios. */
const char *failure_strikes_name(const struct failure_params *failure);
/* Whether failed units are always up again at once. */
bool failure_repairs_at_once(const struct failure_params *failure);

extern const struct field failure_fields[];
/* The row for a list of failure processes. */
extern const struct field failure_element;

#endif
