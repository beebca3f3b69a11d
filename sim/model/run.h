// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One run of the control plane over a data plane.
 *
 * Events move the job on: a failure strikes (failure_process.c), a recovery
 * goes through its life cycle (recovering.c). A batch job (data plane `work`) is
 * at every instant in one activity; a segment of its work comes to its
 * checkpoint or to its end (segment.c), a checkpoint goes through its life cycle
 * (checkpointing.c); one of stages does so slot by slot (staging.c). A stream job (data plane
 * `message`) does so task by task (streaming.c), and its checkpoints are rounds (rounds.c). Each
 * module has its struct and its verbs in a header of its own; the run owns them all, and every verb
 * is given the run.
 *
 * A run is set up once per design point and worker, and replayed for many
 * replications without further allocation.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "core/calendar.h"
#include "model/activity.h"
#include "model/alarms.h"
#include "model/checkpointing.h"
#include "model/contact.h"
#include "model/cost.h"
#include "model/element_metrics.h"
#include "model/failure_process.h"
#include "model/false_alarms.h"
#include "model/metrics.h"
#include "model/model.h"
#include "model/nodes.h"
#include "model/outages.h"
#include "model/recovering.h"
#include "model/rescale.h"
#include "model/segment.h"
#include "model/slowing.h"
#include "model/staging.h"
#include "model/streaming.h"
#include "model/struck.h"
#include "model/trace_sink.h"
#include "model/work.h"

enum { RUN_ANY_UNIT = -1 };

/* ---- time budget ---- */

/*
 * Whole segments between checkpoints are counted, all other pieces of time
 * are summed: a run that jumps over whole segments then gives the very same
 * bits as one that walks through them. The pieces of a segment that may still
 * become whole are kept apart.
 */
struct budget {
    enum activity activity;
    double since_s;
    double entered_s;   /* the activity */
    bool may_be_whole;  /* the segment in progress */
    double open_work_s; /* its pieces */
    double open_checkpoint_s;
    struct sum closed_s[N_ACTIVITIES];
    uint64_t whole_segments;
};

/* ---- statistics of events ---- */

/*
 * Moments of the events of one metric in this replication, about the first
 * value: a constant has a spread of exactly 0. Many durations come again and
 * again with the same value; such a series is counted, and booked when it ends.
 */
struct event_stat {
    double last;      /* value of the series; NaN: there is none */
    uint64_t repeats; /* its length */
    uint64_t n;       /* events booked */
    double pivot;
    double sum;    /* of value - pivot */
    double square; /* of (value - pivot)^2 */
};

struct run {
    const struct model *model; /* borrowed */
    uint64_t seed, replication;
    struct calendar calendar;
    int failure_priority; /* S8 */
    bool over, finished;
    double measure_from_s; /* events before it are not counted (warm-up of a stream job) */

    /* Of a batch job. */
    struct work work;
    struct budget budget;
    struct segment segment;
    struct checkpointing checkpointing;

    struct streaming *streaming; /* owned: a stream job; NULL: a batch job */
    struct staging *staging;     /* owned: a batch job of stages; else NULL */

    unsigned phase;                /* enum exposure: what the job is in */
    struct recovering *recoveries; /* owned: of whatever restarts together; of a batch job one */
    size_t n_recoveries;
    struct false_alarms false_alarms;
    struct coordinator coordinator;
    struct slowing slowing;
    struct contact contact;
    struct outages outages;
    struct retries retries; /* of the job */
    bool job_failed;        /* it does not restart any more */
    struct event job_fails;
    struct nodes nodes;
    struct rescale rescale;
    struct struck struck;
    struct failure_process *failures; /* owned */
    size_t n_failures;
    bool redraws;           /* some failure clock starts anew at checkpoints */
    struct device *devices; /* owned: one of each in the scenario */
    struct device *device;  /* borrowed: which checkpoints are written to; NULL: direct times */
    struct device_use *uses_before; /* owned: of each device, before what is measured */
    struct event time_limit;

    uint64_t failures_hit, failures_ignored;
    uint64_t preemptions; /* of the failures that hit: capacity that went */
    struct alarm_counts alarms;
    struct event_stat events[N_METRICS];
    enum metric event_metrics[N_METRICS]; /* the metrics of events that the model has */
    size_t n_event_metrics;
    struct metrics *metrics;             /* borrowed: of this replication */
    struct event_histograms *histograms; /* borrowed */
    struct element_values *elements;     /* borrowed: of this replication; NULL: not asked for */
    struct story *story;                 /* borrowed; NULL: nobody listens */
    const struct trace_sink *trace;      /* borrowed; NULL: nobody watches */
    char violation[200];                 /* an identity that does not hold; "" normally */
};

/* Sets up for a model that model_prepare() accepted. */
void run_init(struct run *run, const struct model *model);
void run_release(struct run *run);
/*
 * Simulates one replication. Everything random follows from (seed,
 * replication). False when an identity is violated (a bug): run->violation
 * says which.
 */
bool run_replicate(struct run *run, uint64_t seed, uint64_t replication,
                   struct event_histograms *histograms, struct metrics *metrics);

/* ---- verbs that the modules use ---- */

/* The job is in another phase, an enum exposure: failure clocks stop or run on. */
void run_set_phase(struct run *run, unsigned phase);
/* Changes the activity now: books the time since the last change, moves the failure clocks. */
void run_set_activity(struct run *run, enum activity activity);
/* Books the time up to an instant that is now, or known in advance to come undisturbed. */
static inline void run_book_until(struct run *run, double time_s)
{
    struct budget *budget = &run->budget;
    double piece_s = time_s - budget->since_s;
    if (piece_s <= 0)
        return;
    budget->since_s = time_s;
    if (!budget->may_be_whole)
        sum_add(&budget->closed_s[budget->activity], piece_s);
    else if (budget->activity == ACTIVITY_WORK)
        budget->open_work_s += piece_s;
    else
        budget->open_checkpoint_s += piece_s;
}
/* Tells who watches of the activity that ends then. */
void run_trace_activity(struct run *run, double time_s);
/* Changes the activity at an instant that is now, or known in advance to come undisturbed; the
 * clocks stay as they are. */
static inline void run_change_activity(struct run *run, enum activity activity, double time_s)
{
    run_book_until(run, time_s);
    if (run->trace && activity != run->budget.activity)
        run_trace_activity(run, time_s);
    run->budget.activity = activity;
}
/* The segment in progress has come to its end, at its commit: it counts as whole if it may. */
void run_close_segment(struct run *run);
/* The segment in progress will not be a whole one. */
void run_break_segment(struct run *run);

/* An event of a metric. */
static inline void run_record(struct run *run, enum metric metric, double value)
{
    struct event_stat *stat = &run->events[metric];
    if (stat->n++ == 0)
        stat->pivot = value;
    double off = value - stat->pivot;
    stat->sum += off;
    stat->square += off * off;
    histogram_add(&run->histograms->of[metric], value);
}

/* Books the series of a metric and starts another, of n events so far. */
void run_end_series(struct run *run, enum metric metric, double value, uint64_t n);

/* n events of a metric that mostly has the same value, one event after the other. */
static inline void run_record_series(struct run *run, enum metric metric, double value, uint64_t n)
{
    struct event_stat *stat = &run->events[metric];
    if (value >= stat->last && value <= stat->last)
        stat->repeats += n;
    else
        run_end_series(run, metric, value, n);
}

/* Whether bytes moved lie between what finished transfers say and that plus the aborted ones. */
void run_check_bytes(struct run *run, const char *what, double moved, double finished,
                     double aborted);
/* Bytes that all devices have moved so far, whoever it was for. */
double run_moved_bytes(const struct run *run, enum direction direction);
/* Tells who watches; only while run->trace is not NULL. */
void run_trace(struct run *run, double time_s, const char *event, const struct trace_value *values,
               size_t n);
/* The device of that name in the scenario; NULL: there is none. */
struct device *run_device(const struct run *run, const char *name);
/* A unit of a failure process fails: decides whether that hits the job. */
void run_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                    double repair_s);
/* A failure was one too many: the job ends now, a stream job stays down. */
void run_fail_job(struct run *run);
/* An alarm; a false one, or one that concerns the job or not. */
void run_alarm(struct run *run, bool is_false, bool concerns_job);
/* The work is done. */
void run_finish(struct run *run);
/* An identity does not hold: the first one said is kept, and ends the run with an error. */
void run_violation(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
