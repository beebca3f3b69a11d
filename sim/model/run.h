// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One run of the control plane over the `work` data plane.
 *
 * The job is at every instant in one activity. Events move it on: a segment of
 * work comes to its checkpoint or to its end (segment.c), a checkpoint goes
 * through its life cycle (checkpointing.c), a failure strikes
 * (failure_process.c), a recovery goes through its own (recovering.c). Each
 * module has its struct here and its verbs below; the run owns them all.
 *
 * A run is set up once per design point and worker, and replayed for many
 * replications without further allocation.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "core/calendar.h"
#include "model/failure_process.h"
#include "model/metrics.h"
#include "model/model.h"
#include "model/trace_sink.h"
#include "model/work.h"

enum { RUN_ANY_UNIT = -1 };

/* ---- time budget ---- */

enum activity {
    ACTIVITY_START,
    ACTIVITY_WORK,
    ACTIVITY_REWORK,
    ACTIVITY_CHECKPOINT,
    ACTIVITY_DOWN,
    ACTIVITY_RECOVERY,
    N_ACTIVITIES
};

/*
 * Whole segments between checkpoints are counted, all other pieces of time
 * are summed: a run that jumps over whole segments then gives the very same
 * bits as one that walks through them. The pieces of a segment that may still
 * become whole are kept apart.
 */
struct budget {
    enum activity activity;
    double since_s;
    bool may_be_whole;  /* the segment in progress */
    double open_work_s; /* its pieces */
    double open_checkpoint_s;
    struct sum closed_s[N_ACTIVITIES];
    uint64_t whole_segments;
};

/* ---- work between checkpoints ---- */

struct segment {
    /* Constants of the scenario. */
    double last_due_s; /* a checkpoint due at this progress or later comes with the end */
    double interval_s; /* useful or wall time between checkpoints; infinity: none */
    double fixed_s;    /* what each checkpoint stops the job for, if always the same; else NaN */
    double work_s;     /* useful work of a whole segment, when fixed_s is known */
    double period_s;   /* work_s + fixed_s */
    double per_work_s, per_period_s; /* their inverses */
    bool may_pass; /* do a segment and its checkpoint at once when nothing disturbs them */
    bool may_jump; /* over all whole segments up to the next event */

    /* A stretch of whole segments starts at an anchor: segment `index` begins at
     * anchor_s + index * period_s with anchor_progress_s + index * work_s. */
    double anchor_s;
    double anchor_progress_s;
    uint64_t index;
    bool anchored;
    double target_s; /* progress at which the checkpoint is due (timer: useful) */
    double due_s;    /* wall time at which it is due (timer: wall) */
    bool completes;  /* the segment ends with the work, not with a due checkpoint */
    struct event end;
    struct event caught_up;
};

/* ---- checkpoints ---- */

enum stage { STAGE_IDLE, STAGE_COORDINATE, STAGE_SYNC, STAGE_WRITE, N_STAGES };

/* What can be restored: the state at the cut of the last usable checkpoint. */
struct recovery_line {
    double progress_s;
    double cut_s;
    struct chain chain;
};

/* Random durations of one checkpoint, kept for its retries under on_retry: repeat. */
struct checkpoint_draw {
    bool valid;
    double coordinate_s;
    double sync_s;
    double write_s;
    double stall_s;
    double alignment_s;
};

struct checkpointing {
    enum stage stage;
    struct event stage_end;
    struct recovery_line cut; /* of the checkpoint in progress */
    bool cut_is_base;
    bool is_final; /* the work was done at the cut */
    struct recovery_line line;
    struct checkpoint_draw draw;
    bool is_prepared;           /* cut_is_base and draw are those of the next cut */
    bool queued;                /* another is due as soon as this one has committed */
    bool has_stalls;            /* tasks write on their own: they may wait for each other */
    double slowed_since_s;      /* work goes on beside a write since then; NaN: it does not */
    struct transfer *transfers; /* owned: one per class of streams */
    uint64_t n_transfers;
    uint64_t transfers_left;
    double first_written_s;
    double written_sum_s;
    /* Of the scenario: laws of direct costs, NULL for a device; times that never vary, else NaN. */
    const struct dist *base_cost, *delta_cost;
    double base_cost_s, delta_cost_s, coordinate_s, sync_s;
    struct rng cost_rng;
    struct rng coordination_rng;
    struct rng device_rng;
    uint64_t committed, aborted, skipped;
    struct sum slowed_s; /* time that work went on beside a write, at 1 - share */
    struct sum committed_bytes;
    struct sum aborted_bytes; /* that aborted checkpoints would have written */
    struct sum partial_bytes; /* that aborted checkpoints of fixed length did write */
};

/* ---- recoveries ---- */

enum recovery_state {
    RECOVERY_NONE, /* the job runs */
    RECOVERY_LOADING,
    RECOVERY_DETECTING,
    RECOVERY_DOWN,
    RECOVERY_WAITING,
    RECOVERY_STARTING,
    RECOVERY_RESTORING,
    N_RECOVERY_STATES
};

/* From a failure until its progress is regained; further failures extend it. */
struct episode {
    bool open;
    double since_s;
    double progress_s; /* to be regained */
    double running_since_s;
    double detect_s, restart_s, restore_s, catch_up_s;
};

struct recovering {
    enum recovery_state state;
    double since_s;    /* when the state was entered */
    double duration_s; /* how long it lasts undisturbed; NaN: until somebody says so */
    double constant_s[N_RECOVERY_STATES]; /* how long a state always lasts; NaN: it varies */
    bool may_skip[N_RECOVERY_STATES];     /* a state that never takes time */
    struct event state_end;
    struct episode episode;
    bool deferred; /* a failure that takes effect when the recovery has ended */
    bool has_restore_draw;
    double restore_draw_s;
    struct transfer *transfers; /* owned */
    uint64_t n_transfers;
    uint64_t transfers_left;
    struct rng detection_rng, downtime_rng, restart_rng, restore_rng, start_rng, device_rng;
    uint64_t censored;
    struct sum read_bytes;    /* by restores that ended */
    struct sum aborted_bytes; /* that aborted restores would have read */
};

/* ---- nodes ---- */

struct down_node {
    double up_s;
    uint32_t node;
    uint32_t order; /* of the failures: nodes that are up again at one time come in it */
};

enum node_state { NODE_HOSTING, NODE_SPARE, NODE_DOWN };

/* Neighbours in the stack of spares, from which a spare that fails leaves at any height. */
struct spare {
    uint32_t above, below; /* nodes, or NO_NODE */
};

/* Which nodes host the job; only followed when there are spares or repairs. */
struct nodes {
    bool followed;
    uint64_t n, needed;
    uint64_t missing;       /* nodes the job lacks */
    unsigned char *state;   /* owned: enum node_state of each */
    struct spare *spares;   /* owned: of each node, its place among the spares while it is one */
    uint32_t top_spare;     /* the next to be taken, or NO_NODE */
    struct down_node *down; /* owned: binary heap by up_s, then order */
    size_t n_down;
    uint32_t n_failed; /* nodes that went down so far */
    struct event repaired;
};

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

    struct work work;
    struct budget budget;
    unsigned phase; /* enum exposure: of the activity */
    struct segment segment;
    struct checkpointing checkpointing;
    struct recovering recovering;
    struct nodes nodes;
    struct failure_process *failures; /* owned */
    size_t n_failures;
    bool redraws;          /* some failure clock starts anew at checkpoints */
    struct device *device; /* owned; NULL: direct times */
    struct event time_limit;

    uint64_t failures_hit, failures_ignored;
    struct event_stat events[N_METRICS];
    struct metrics *metrics;             /* borrowed: of this replication */
    struct event_histograms *histograms; /* borrowed */
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
void run_trace(struct run *run, double time_s, const char *event, const struct trace_value *values,
               size_t n);
/* A unit of a failure process fails: decides whether that hits the job. */
void run_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                    double repair_s);
void run_finish(struct run *run);
/* An identity does not hold: the first one said is kept, and ends the run with an error. */
void run_violation(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* segment.c */
void segment_init(struct run *run);
/* Work starts from the recovery line, after a start or a recovery. */
void segment_restart(struct run *run);
/* Work goes on after a checkpoint that stopped it. */
void segment_continue(struct run *run);
/* Work goes on beside the write of a checkpoint, or at full speed after it. */
void segment_resume(struct run *run, double speed);
/* The next checkpoint is due one interval after the progress and the time given. */
void segment_set_due(struct run *run, double progress_s, double time_s);
/* Lets one interval pass by. */
void segment_skip_due(struct run *run);
/* No checkpoint is due until segment_set_due(). */
void segment_clear_due(struct run *run);
/* Stops the work where it is; the plan is dropped. */
void segment_stop(struct run *run);
/* When a checkpoint of fixed length that is cut then will commit. */
double segment_commit_s(const struct run *run, double cut_s);

/* checkpointing.c */
void checkpointing_init(struct run *run);
void checkpointing_start(struct run *run);
void checkpointing_release(struct run *run);
/* A checkpoint is due, or the work is done and the final one is. */
void checkpointing_due(struct run *run);
/* A failure: what is being written is lost. */
void checkpointing_abort(struct run *run);
/* Whether the job ends with a checkpoint (S4). */
bool checkpointing_takes_final(const struct run *run);
/* Time that each checkpoint stops the job, if it is always the same; NaN else. */
double checkpointing_fixed_s(const struct run *run);
/* Whether checkpoints stop the job for a time that is known at the cut. */
bool checkpointing_may_pass(const struct run *run);
/*
 * If the checkpoint that is cut at cut_s with that progress commits before
 * next_s, when something else is due, it has come and gone, and *commit_s says when it
 * committed. False: nothing but its random durations is settled.
 */
bool checkpointing_pass(struct run *run, double cut_s, double progress_s, double next_s,
                        double *commit_s);
/* k checkpoints of whole segments have come and gone; the last was cut as given. */
void checkpointing_commit_many(struct run *run, uint64_t k, double last_cut_s,
                               double last_progress_s);

/* Bytes written, and whether they agree with what the checkpoints say. */
double checkpointing_bytes(const struct run *run);
void checkpointing_check(struct run *run);

/* recovering.c */
void recovering_init(struct run *run);
void recovering_start(struct run *run);
void recovering_release(struct run *run);
/* The job has failed now. */
void recovering_fail(struct run *run);
/* The progress at the episode's first failure is regained at time_s. */
void recovering_caught_up(struct run *run, double time_s);
void recovering_nodes_ready(struct run *run);
/* The end of the run: an episode that is still open is counted as censored. */
void recovering_end(struct run *run);
double recovering_bytes(const struct run *run);

/* nodes.c */
void nodes_init(struct run *run);
void nodes_start(struct run *run);
void nodes_release(struct run *run);
/* Whether a failure of that node concerns the job; the node goes down for repair_s, unless it hosts
 * the job and is spared. */
bool nodes_fail(struct run *run, uint64_t node, double repair_s, bool hosts_are_spared);

#endif
