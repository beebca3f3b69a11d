// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What one replication yields: one row per metric. A row gives name, unit,
 * meaning, how replications combine and which scenarios have it; JSON, CSV,
 * text and plot axes follow from it.
 *
 * METRIC_PER_RUN is one value per replication (Student-t interval of the mean,
 * quantiles over replications). METRIC_PER_EVENT is a mean over events, sum
 * over replications / count, with the ratio estimator's half-width and
 * quantiles over events from a log-bucket histogram; null when there was none.
 */
#ifndef MODEL_METRICS_H
#define MODEL_METRICS_H

#include <stdbool.h>

#include "core/histogram.h"
#include "core/stats.h"
#include "core/units.h"

enum metric_kind { METRIC_PER_RUN, METRIC_PER_EVENT };
enum metric_better { METRIC_NEUTRAL, METRIC_LOWER, METRIC_HIGHER };

enum metric {
    M_MAKESPAN,
    M_WASTE,
    M_OVERHEAD,
    M_FAILURES,
    M_FAILURES_IGNORED,
    M_LOST_WORK,
    M_ROLLBACK,
    M_CHECKPOINTS_COMMITTED,
    M_CHECKPOINTS_ABORTED,
    M_CHECKPOINTS_SKIPPED,
    M_CHECKPOINTS_EXPIRED, /* of stream jobs, as the next three */
    M_CHECKPOINTS_DECLINED,
    M_CHECKPOINTS_SUBSUMED,
    M_CHECKPOINT_RESTARTS,
    M_CHECKPOINT_DURATION,
    M_CHECKPOINT_STALL,
    M_CHECKPOINT_ALIGNMENT,
    M_CHECKPOINT_BYTES,
    M_RESTORE_BYTES,
    M_RESTORES_LOCAL, /* tasks restored from each of recovery.sources */
    M_RESTORES_STANDBY,
    M_RESTORES_PEER,
    M_RESTORES_REMOTE,
    M_RESTORES_REPLAY,
    M_RESTORES_AHEAD, /* to a state newer than their positions */
    M_RETAINED_BYTES, /* of checkpoints and logs, at the end */
    M_LOG_BYTES,      /* written to logs of state changes */
    M_RECOVERY_TIME,
    M_DETECT,
    M_RESTART,
    M_CANCEL, /* parts of the restart, in the order of enum restart_part */
    M_BACKOFF,
    M_ALLOCATE,
    M_LOCALISE,
    M_START,
    M_RESTORE,
    M_CATCH_UP,
    M_DOWNTIME,
    M_AVAILABILITY,
    M_RECOVERIES_CENSORED,
    M_UNFINISHED,
    M_JOB_FAILURES,
    M_FALSE_ALARMS,
    M_COORDINATOR_FAILURES,
    /* of stream jobs */
    M_LATENCY,      /* per visible output: arrival at the source to departure from the sink */
    M_THROUGHPUT,   /* distinct visible outputs per s */
    M_ARRIVAL_RATE, /* messages per s, all sources */
    M_LAG,          /* messages arrived and not read, all sources; time average */
    M_UTILISATION,  /* share of the tasks' time spent serving */
    M_PROCESSED,    /* messages, all operators */
    M_REPROCESSED,
    M_DUPLICATES,     /* visible outputs that had been visible before */
    M_LOST,           /* messages lost for good: dropped, expired unread */
    M_COMMIT_LATENCY, /* per visible output of a transactional sink: departure to commit */
    M_OUTPUTS_PENDING,
    M_OUTPUTS_ABORTED,
    M_OUTPUTS_LOST,
    M_FORCED,       /* checkpoints */
    M_USELESS,      /* checkpoints */
    M_ORPHANS,      /* messages, that a recovery line has kept from being */
    M_DOMINO_DEPTH, /* per roll-back to a recovery line: checkpoints of the task that lost most */
    M_LOGGED_BYTES,
    M_LOG_PEAK_BYTES,
    M_START_DELAY,       /* per task and checkpoint: asked to cut */
    M_ALIGNMENT,         /* per task and round: first to last marker */
    M_SYNC,              /* per task and checkpoint: it stands for its own cost */
    M_FULL_SIZE,         /* per checkpoint: bytes of the state that it stands for */
    M_CHECKPOINTED_SIZE, /* per checkpoint: bytes that it writes */
    M_IN_FLIGHT_BYTES,   /* per checkpoint: of messages in channels that it holds */
    M_IN_FLIGHT,         /* their number */
    M_ASYNC,             /* per task and checkpoint: it writes beside its work */
    M_CATCH_UP_RATE,     /* per recovery: messages read per s of catch-up */
    M_REPLAYED,          /* per recovery: messages read again */
    M_WRITE_REQUESTS,    /* to devices */
    M_READ_REQUESTS,
    M_STORAGE_OUT, /* time */
    M_COST,
    M_COST_REQUESTS, /* its parts, as the next four */
    M_COST_STORAGE,
    M_COST_TRANSFER,
    M_COST_NODES,
    M_COST_ENERGY,
    M_ENERGY,
    /* of stages; work is in task-seconds, reading and writing included */
    M_STAGE_TIME, /* per stage: first attempt started to all tasks done */
    M_TASK_TIME,  /* per task done: of the attempt that did it */
    M_WORK_USEFUL,
    M_WORK_LOST,
    M_WORK_RECOMPUTED,
    M_WORK_SPECULATIVE,
    M_ATTEMPTS_FAILED,
    M_STAGE_OUTPUTS_LOST,
    M_TASKS_RECOMPUTED,
    M_COPIES,
    M_COPIES_WON,
    M_JOB_RESTARTS,
    M_GAVE_UP,
    M_TIME_START,
    M_TIME_WORK,
    M_TIME_REWORK,
    M_TIME_CHECKPOINT,
    M_TIME_DOWN,
    M_TIME_RECOVERY,
    /* of stream jobs; all parts are task-seconds over the number of tasks, or of stages
       slot-seconds over that of slots */
    M_TIME_IDLE,
    M_TIME_BLOCKED,
    M_TIME_ALIGNING,
    /* of failures that are foretold, and of capacity that comes and goes */
    M_ALARMS,
    M_ALARMS_UNFOUNDED,
    M_CHECKPOINTS_PROACTIVE,
    M_PREEMPTIONS,
    M_TIME_LACKING_NODES,
    /* of silent errors */
    M_SILENT_ERRORS,
    M_ERRORS_FOUND,
    /* of units that are slow for a time */
    M_RESCALES,
    M_TIME_RESCALED,
    M_CUTS_HEALED,
    M_SLOWDOWNS,
    M_TIME_LOST_TO_SLOWDOWNS,
    N_METRICS
};

struct model;

struct metric_row {
    const char *name; /* as in results.json, unit included: "recovery_time_s" */
    enum dimension dimension;
    enum metric_kind kind;
    enum metric_better better;
    bool of_time; /* a share of the elapsed time: its mean is over all simulated time (sum of
                     parts / sum of elapsed), not a mean of shares */
    bool has_cdf; /* results.json carries its distribution, for plots */
    bool (*applies)(const struct model *model); /* NULL: to every scenario */
    const char *help;                           /* one sentence */
};

extern const struct metric_row metric_rows[N_METRICS];

/* Index of a name, N_METRICS when there is none. */
enum metric metric_find(const char *name);
/* Whether the metric means anything for the model; others are left out of the results. */
bool metric_applies(enum metric metric, const struct model *model);
/* Whether it is a part of the time budget: those add up to the makespan. */
static inline bool metric_is_budget(enum metric metric)
{
    return metric >= M_TIME_START && metric <= M_TIME_ALIGNING;
}

/* One replication's values. */
struct metrics {
    double value[N_METRICS]; /* PER_RUN: the value; PER_EVENT: the sum over its events */
    double count[N_METRICS]; /* PER_EVENT: number of events */
    double m2[N_METRICS];    /* PER_EVENT: sum of squared deviations from their mean */
    bool outlived_trace;     /* the run went past the end of a trace that does not repeat */
};

/* Quantiles over events, collected over the replications of one worker; PER_EVENT rows only. */
struct event_histograms {
    struct histogram of[N_METRICS];
    struct histogram *operators; /* owned: latency of each operator of a stream job */
    size_t n_operators;
};

struct topology;

/* `topology` is NULL for a batch job. Only those of one topology can be merged. */
void event_histograms_init(struct event_histograms *histograms, const struct topology *topology);
void event_histograms_release(struct event_histograms *histograms);
void event_histograms_clear(struct event_histograms *histograms);
void event_histograms_merge(struct event_histograms *histograms,
                            const struct event_histograms *other);
/* How many numbers of 8 bytes they take at most. */
size_t event_histograms_size(const struct topology *topology);
/* Largest relative error of a quantile over events: 0.4 %. */
double event_histograms_error(void);

#endif
