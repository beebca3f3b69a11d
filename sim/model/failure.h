// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failures: who fails when. The scenario lists failure processes; each strikes
 * a level (the whole job, a process, a node, a rack) at instants that come from a law
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
#include "model/domain.h"
#include "model/prediction.h"

/* Of a stream job a process is a task, and a container holds tasks of several operators. */
enum strikes {
    STRIKES_JOB,
    STRIKES_PROCESS,
    STRIKES_CONTAINER,
    STRIKES_NODE,
    STRIKES_RACK,
    STRIKES_ZONE,
    STRIKES_SITE,
    STRIKES_DEVICE,
    STRIKES_COORDINATOR,
};

/* What a fault destroys; what loses nothing interrupts the service, which then goes on, and what
 * loses contact does either (model/contact.h). Of a device the contents are lost, or none. */
enum loses { LOSES_MEMORY, LOSES_NOTHING, LOSES_CONTACT, LOSES_CONTENTS };

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
/* How old units are at the start: new, or as old as those that have been renewed for ever. */
enum age { AGE_FRESH, AGE_EQUILIBRIUM };
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

/* Not all of what fails is hit: each part of it, on its own, with a probability of its day. */
struct burst_params {
    int of;            /* index of "node", "rack", "zone" */
    struct dist share; /* the probability; not given: there is no burst */
};

/* A failure brings others about, which may do the same. */
struct cascade_params {
    double probability;
    struct dist delay;
    int within; /* index of "rack", "zone", "site" */
    uint64_t depth;
};

/* It makes its unit slow for a time, in place of a failure. */
struct slows_params {
    double to;            /* share of its speed; 0: it fails */
    struct dist duration; /* not given: it fails */
};

struct failure_params {
    int strikes;                 /* enum strikes */
    const char *device;          /* name of the one that fails; NULL: no device does */
    struct dist time_to_failure; /* exactly one of these three is given */
    struct list at;              /* of struct scripted_failure */
    struct replay_params trace;
    int per;            /* enum per */
    int renew;          /* enum renew */
    int clock;          /* enum clock; CLOCK_DEFAULT is resolved by model_prepare() */
    int redraw;         /* enum redraw: S2 */
    unsigned exposure;  /* enum exposure: S1 */
    int loses;          /* enum loses */
    bool silent;        /* corrupts the state, unnoticed until it is verified */
    int severity;       /* 1 + enum domain; 0: that of what it strikes */
    struct dist repair; /* time a failed unit is down; not given: as a trace says, or none */
    int age;            /* enum age */
    struct dist first;  /* from model_prepare(): law of the first time to failure */
    struct burst_params burst;
    struct cascade_params cascade;
    bool counts;      /* among recovery.retries */
    double permanent; /* probability that it never comes up again */
    struct prediction_params prediction;
    struct slows_params slows;
};

struct scripted_failure {
    double time_s;
    uint64_t unit;
    size_t order; /* in the scenario; from model_prepare() */
};

/* "job", "process", ..., as in scenarios. */
const char *failure_strikes_name(const struct failure_params *failure);
/* The domain that it strikes; for the whole job its processes. */
enum domain failure_domain(const struct failure_params *failure);
/* Whether what it strikes holds tasks: not a device, nor the coordinator. */
bool failure_strikes_tasks(const struct failure_params *failure);
/* Whether units of it are nodes, or hold some. */
bool failure_strikes_nodes(const struct failure_params *failure);
/* Name i of enum strikes, of those that hold tasks; NULL past the last, before the device. */
const char *failure_strikes_at(size_t i);
/* Whether a failure may hit part of its unit only. */
bool failure_has_burst(const struct failure_params *failure);
/* Whether others of its kind may follow it, and the domain in which they are. */
bool failure_has_cascade(const struct failure_params *failure);
enum domain failure_cascade_domain(const struct failure_params *failure);
/* The domain whose units a burst hits or not. */
enum domain failure_burst_domain(const struct failure_params *failure);
/* The widest domain whose contents the failure destroys. */
enum domain failure_severity(const struct failure_params *failure);
/* Whether it fails nothing: its units are slow for a time. */
bool failure_slows(const struct failure_params *failure);
/* Whether what fails is down until it is repaired: nodes, devices, the coordinator, and what is cut
 * off. */
bool failure_is_repaired(const struct failure_params *failure);
/* Whether failed units are always up again at once. */
bool failure_repairs_at_once(const struct failure_params *failure);

/* Whether it cuts units off for a time (model/contact.h). */
bool failure_is_cut(const struct failure_params *failure);
/* Whether it is a log of capacity that comes and goes. */
bool failure_is_capacity(const struct failure_params *failure);

extern const struct field failure_fields[];
/* Rows of its objects `burst` and `cascade`, failure_related.c. */
extern const struct field burst_fields[], cascade_fields[];
/* Rows of its object `slows`, slowing_keys.c. */
extern const struct field slows_fields[];
/* The row for a list of failure processes. */
extern const struct field failure_element;

#endif
