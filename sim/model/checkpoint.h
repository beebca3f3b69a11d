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
#include "model/job.h"
#include "model/level.h"
#include "model/snapshot.h"

enum cost_per { COST_PER_JOB, COST_PER_TASK };
enum checkpoint_mode { CHECKPOINT_SYNC, CHECKPOINT_ASYNC };
enum usable_from { USABLE_FROM_COMMIT, USABLE_FROM_CUT };
enum timer { TIMER_USEFUL, TIMER_WALL };
enum interval_from { INTERVAL_FROM_START, INTERVAL_FROM_END, INTERVAL_FROM_MULTIPLES };
enum on_alarm { ON_ALARM_CHECKPOINT, ON_ALARM_NONE, ON_ALARM_QUEUE };
enum overrun { OVERRUN_QUEUE, OVERRUN_SKIP, OVERRUN_BLOCK };
/* A failure while a checkpoint is written that is usable from its cut. */
enum interrupted { INTERRUPTED_KEPT, INTERRUPTED_RETAKEN };

/* Writes of a task's checkpoint that fail at their end. */
struct write_failures {
    double probability;
    uint64_t retries; /* of a write, before the task declines the checkpoint */
    double delay_s;   /* before each */
};

/* Looks for silent errors before checkpoints. */
struct verification {
    struct dist cost; /* not given: there is none */
    uint64_t every;   /* checkpoints */
};

#define TOLERATES_ALL UINT64_MAX

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
    int on_alarm;               /* enum on_alarm */
    struct dist alarm_cost;     /* of a checkpoint that an alarm begins; not given: as any other */
    uint64_t retain;            /* committed checkpoints that are kept; 0: one */
    /* Of stream jobs: */
    int cut_at;              /* enum cut_at */
    uint64_t queue;          /* requests that may wait while the timer goes on; 0: see overrun */
    double min_pause_s;      /* from a commit to the next trigger */
    double timeout_s;        /* a checkpoint that takes longer is given up; NaN: none does */
    uint64_t max_concurrent; /* checkpoints of the same tasks in progress */
    uint64_t tolerable_failures; /* given up in a row, before the job restarts */
    struct write_failures write_failures;
    int interrupted;    /* enum interrupted, of batch jobs */
    struct list levels; /* of struct level_params: of a batch job; none: one place */
    int writes;         /* enum level_writes */
    struct verification verification;
    double planned_interval_s; /* from model_prepare(): what the trigger decided */
};

struct analytic_job;
struct analytic_levels;

/* What a trigger may look at when it plans. */
struct plan_facts {
    double interval_s;              /* checkpoint.interval; NaN: not given */
    double cost_s;                  /* mean time that a full checkpoint takes from the work */
    double mtbf_s;                  /* of the job, in the long run; infinity: it never fails */
    const struct analytic_job *job; /* for closed forms; NULL: none covers this scenario */
    const struct analytic_levels *levels; /* for closed forms of two levels; NULL: they do not
                                             cover this scenario */
    uint64_t pattern;  /* with levels: of so many checkpoints one is at the second */
    bool is_stream;    /* a stream job, which asks next_s() */
    bool on_their_own; /* its tasks or containers checkpoint each on its own */
    bool by_batches;   /* whose messages come in batches: model/microbatch.h */
};

/* What a trigger may look at while a stream job runs, of the tasks that checkpoint together. */
struct trigger_view {
    double interval_s; /* that plan() found */
    bool first;        /* armed for the first time since the tasks started */
    uint64_t index;    /* of the tasks, among those that checkpoint on their own */
    double now_s;      /* since the start of the run */
    double since_s;    /* since the last trigger, or the start of the tasks */
    uint64_t messages; /* that they have processed since; of a whole job: its sources */
    double bytes;      /* of these */
    double cost_s;     /* smoothed mean of what a checkpoint took from a task; NaN: none yet */
    uint64_t failures; /* that have stopped them */
    double running_s;  /* in which all of them ran */
};

/* What a trigger says when it is asked. */
enum trigger_answer {
    TRIGGER_WAITS,
    TRIGGER_FIRES,
    TRIGGER_STOPS, /* fires, and the tasks stop and restart when the checkpoint commits */
};

struct trigger_ops {
    struct variant variant;
    /*
     * Seconds between checkpoints, in the scenario's timer; infinity: never. 0, of batches only:
     * the next one begins when the last has committed.
     * False, with an error at `pointer`, when the facts do not allow one.
     */
    bool (*plan)(void *params, const struct plan_facts *facts, const char *pointer, struct err *err,
                 double *interval_s);
    /*
     * Stream jobs: time from the last trigger, or the start, to when it is asked next; of one
     * that polls, from now. NULL: always the planned interval.
     */
    double (*next_s)(const void *params, const struct trigger_view *view, struct rng *rng);
    /* Stream jobs, asked at that time. NULL: it fires whenever it is asked. */
    enum trigger_answer (*ask)(const void *params, const struct trigger_view *view);
    bool takes_interval; /* needs checkpoint.interval; the others find one, and refuse it */
    bool polls;          /* looks at messages and bytes */
    bool learns;         /* looks at cost and failures */
    /* Whether it ever answers TRIGGER_STOPS; NULL: never. */
    bool (*stops)(const void *params);
    bool from_end; /* the interval counts from a commit, whatever interval_from says */
    /* Batch jobs: factor of the interval at each checkpoint, until the job falls back on one.
     * NULL: 1. */
    double (*growth)(const void *params);
};

/* Position in a chain of deltas: how many follow the base. */
struct chain {
    uint64_t deltas;
};

struct content_ops {
    struct variant variant;
    /* What checkpoints of stream jobs write, keep and restore: model/snapshot.h. */
    struct capture (*capture)(const void *params);
    /* ---- of batch jobs ---- */
    /* Whether they can have it; NULL: no, nor has it the next two. */
    bool (*in_batch)(const void *params);
    /* Whether the checkpoint after `chain` is a base (a full image). */
    bool (*next_is_base)(const void *params, const struct chain *chain);
    /* The chain comes back to the same position after this many checkpoints. */
    uint64_t (*cycle)(const void *params);
    /* ---- of both ---- */
    /* Cost of writing or reading one delta in place of a device; NULL: has no deltas. */
    const struct dist *(*delta_cost)(const void *params);
    const struct dist *(*delta_restore)(const void *params);
};

/* How the cuts of a stream job's round come about. */
enum cut_by {
    CUT_DIRECTLY,   /* each task is asked, and cuts at its next boundary */
    CUT_BY_MARKERS, /* the sources are asked; markers travel through the channels, and are aligned
                     */
};
/* Markers that go before the messages in their way: unaligned checkpoints. */
struct overtaking {
    double after_s; /* the trigger; 0: from the start */
    bool overdraft; /* a task that waits for room to hand on its outputs cuts where it is */
};
/* Whether a message in service ends first. */
enum cut_at { CUT_AT_BOUNDARY, CUT_PREEMPT };
/* Where independent tasks go back to. */
enum line_of {
    LINE_OWN,     /* each to its own last checkpoint */
    LINE_MAXIMAL, /* all to the latest checkpoints that fit each other: model/recovery_line.h */
};
/* Who keeps messages on pipelined channels between independent tasks: model/stream_history.h. */
enum logging { LOGGING_NONE, LOGGING_SENDER };
/* When the first intervals of independent tasks start. */
enum phase { PHASE_TOGETHER, PHASE_STAGGERED, PHASE_RANDOM };

/* Which tasks of a stream job checkpoint together. */
enum group_by { GROUP_BY_JOB, GROUP_BY_CONTAINER, GROUP_BY_TASK };
/* How a job lets messages in by batches: see model/microbatch.h. */
struct batch_params {
    struct dist log;       /* law of a write of offsets or of a commit */
    double poll_s;         /* from a look at the sources that found nothing to the next */
    uint64_t max_messages; /* in a batch, of each source */
};

struct coordination_ops {
    struct variant variant;
    enum group_by group_by;
    bool stops_world; /* no task of a group goes on before all have cut and the cost is paid */
    bool is_serial;   /* the costs of the tasks of a group are paid one after the other */
    enum cut_by cut_by;
    /* Markers overtake, where they are what tasks cut by. NULL: they are aligned. */
    const struct overtaking *(*overtaking)(const void *params);
    /* Of groups smaller than the job: enum phase. NULL: together. */
    int (*phase)(const void *params);
    /* Of independent tasks: enum line_of, enum logging. NULL: own, none. */
    int (*recovery_line)(const void *params);
    int (*logging)(const void *params);
    bool forces_cuts; /* messages carry the index of their sender's checkpoints, and a task cuts
                         before it starts one with a higher index than its own */
    /* Time to agree on the cut, a law per job or per task (then the slowest counts). */
    const struct dist *(*latency)(const void *params);
    int latency_per; /* enum cost_per */
    bool takes_cuts; /* false: there are no checkpoints at all */
    /* Of stream jobs, where no log lies between operators; a weaker one can be had too. */
    enum guarantee gives;           /* by itself */
    enum guarantee gives_committed; /* where sinks hold their outputs until a commit */
    /* NULL: messages flow; else they come in batches, and each ends in a checkpoint. */
    const struct batch_params *(*batches)(const void *params);
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

/* Whether checkpoints may have the job restart: planned stops, or too many that failed. */
bool checkpoint_may_restart(const struct checkpoint_params *checkpoint);
/* How markers overtake messages; NULL: they do not. */
const struct overtaking *checkpoint_overtaking(const struct checkpoint_params *checkpoint);
/* How messages come in batches; NULL: they flow. */
const struct batch_params *checkpoint_batches(const struct checkpoint_params *checkpoint);
/* The law of what a base or a delta takes as a direct time; NULL: it is written to a device. */
const struct dist *checkpoint_direct_cost(const struct checkpoint_params *checkpoint, bool is_base);
static inline enum line_of checkpoint_line(const struct checkpoint_params *checkpoint)
{
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    return ops->recovery_line ? (enum line_of)ops->recovery_line(checkpoint->coordination.params)
                              : LINE_OWN;
}

static inline enum logging checkpoint_logging(const struct checkpoint_params *checkpoint)
{
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    return ops->logging ? (enum logging)ops->logging(checkpoint->coordination.params)
                        : LOGGING_NONE;
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
