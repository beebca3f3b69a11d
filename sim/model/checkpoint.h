// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Checkpoints: their parameters, and the interface through which a strategy
 * decides. The life cycle is in checkpointing.c.
 *
 * A strategy is a point in trigger x content x coordination. The model offers
 * the mechanism and calls the operations below; their rows live one layer up,
 * in strategy/.
 */
#ifndef MODEL_CHECKPOINT_H
#define MODEL_CHECKPOINT_H

#include "core/dist.h"
#include "core/field.h"
#include "core/rng.h"

enum cost_per { COST_PER_JOB, COST_PER_TASK };
enum checkpoint_mode { CHECKPOINT_SYNC, CHECKPOINT_ASYNC };
enum usable_from { USABLE_FROM_COMMIT, USABLE_FROM_CUT };
enum timer { TIMER_USEFUL, TIMER_WALL };
enum interval_from { INTERVAL_FROM_START, INTERVAL_FROM_END };
enum overrun { OVERRUN_QUEUE, OVERRUN_SKIP, OVERRUN_BLOCK };

struct checkpoint_params {
    int strategy;               /* row of strategies[]; its fragment is in the other members */
    double interval_s;          /* as the scenario says; NaN when the trigger finds it */
    struct tagged trigger;      /* struct trigger_ops */
    struct tagged content;      /* struct content_ops */
    struct tagged coordination; /* struct coordination_ops */
    struct dist cost;           /* the textbook's C, in place of writing to a device */
    int cost_per;               /* enum cost_per */
    const char *device;         /* name in storage */
    int mode;                   /* enum checkpoint_mode: S10 */
    double share;               /* of the capacity that an asynchronous write takes */
    struct dist sync;           /* stop before an asynchronous write */
    bool final;                 /* S4 */
    int usable_from;            /* enum usable_from: S5 */
    int on_retry;               /* enum on_retry: S3 */
    int timer;                  /* enum timer: S9 */
    int interval_from;          /* enum interval_from */
    int overrun;                /* enum overrun */
    int cut_at;                 /* enum cut_at; of stream jobs */
    double planned_interval_s;  /* from model_prepare(): what the trigger decided */
};

struct analytic_job;

/* What a trigger may look at when it plans. */
struct plan_facts {
    double interval_s;              /* checkpoint.interval; NaN: not given */
    double cost_s;                  /* mean time that a full checkpoint takes from the work */
    double mtbf_s;                  /* of the job, in the long run; infinity: it never fails */
    const struct analytic_job *job; /* for closed forms; NULL: none covers this scenario */
    bool is_stream;                 /* a stream job, which asks next_s() */
};

struct trigger_ops {
    struct variant variant;
    /*
     * Seconds between checkpoints, in the scenario's timer; infinity: never.
     * False, with an error at `pointer`, when the facts do not allow one.
     */
    bool (*plan)(const void *params, const struct plan_facts *facts, const char *pointer,
                 struct err *err, double *interval_s);
    /*
     * Stream jobs: time to the next trigger, after a start (`first`) or from one to the next, when
     * the planned interval is interval_s. NULL: always interval_s.
     */
    double (*next_s)(const void *params, double interval_s, bool first, struct rng *rng);
};

/* Position in a chain of deltas: how many follow the base. */
struct chain {
    uint64_t deltas;
};

struct content_ops {
    struct variant variant;
    /* Whether the checkpoint after `chain` is a base (a full image). */
    bool (*next_is_base)(const void *params, const struct chain *chain);
    /* Cost of writing or reading one delta in place of a device; NULL: has no deltas. */
    const struct dist *(*delta_cost)(const void *params);
    const struct dist *(*delta_restore)(const void *params);
    /* The chain comes back to the same position after this many checkpoints. */
    uint64_t (*cycle)(const void *params);
};

/* How the cuts of a stream job's round come about. */
enum cut_by {
    CUT_DIRECTLY,   /* each task is asked, and cuts at its next boundary */
    CUT_BY_MARKERS, /* the sources are asked; markers travel through the channels, and are aligned
                     */
};
/* Whether a message in service ends first. */
enum cut_at { CUT_AT_BOUNDARY, CUT_PREEMPT };
/* When the first intervals of independent tasks start. */
enum phase { PHASE_TOGETHER, PHASE_STAGGERED, PHASE_RANDOM };

struct coordination_ops {
    struct variant variant;
    bool per_task;    /* each task has rounds of its own */
    bool stops_world; /* no task goes on before all have cut and the cost is paid */
    enum cut_by cut_by;
    /* Of independent tasks: enum phase. NULL: together. */
    int (*phase)(const void *params);
    /* Time to agree on the cut, a law per job or per task (then the slowest counts). */
    const struct dist *(*latency)(const void *params);
    int latency_per; /* enum cost_per */
    bool takes_cuts; /* false: there are no checkpoints at all */
};

/* The rows that the scenario has chosen. */
static inline const struct content_ops *
checkpoint_content(const struct checkpoint_params *checkpoint)
{
    return (const struct content_ops *)checkpoint->content.variant;
}

static inline const struct coordination_ops *
checkpoint_coordination(const struct checkpoint_params *checkpoint)
{
    return (const struct coordination_ops *)checkpoint->coordination.variant;
}

/* The law of the time to agree on the cut; NULL: it takes none. */
const struct dist *checkpoint_latency(const struct checkpoint_params *checkpoint);
/*
 * Laws of what one delta takes to write and to read back, as direct times. NULL:
 * the strategy has no deltas, or the scenario gives no such time.
 */
const struct dist *checkpoint_delta_cost(const struct checkpoint_params *checkpoint);
const struct dist *checkpoint_delta_restore(const struct checkpoint_params *checkpoint);
/* The chain of deltas comes back to the same position after so many checkpoints; 1: no deltas. */
uint64_t checkpoint_cycle(const struct checkpoint_params *checkpoint);

#endif
