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
    M_CHECKPOINT_DURATION,
    M_CHECKPOINT_STALL,
    M_CHECKPOINT_ALIGNMENT,
    M_CHECKPOINT_BYTES,
    M_RESTORE_BYTES,
    M_RECOVERY_TIME,
    M_DETECT,
    M_RESTART,
    M_RESTORE,
    M_CATCH_UP,
    M_DOWNTIME,
    M_AVAILABILITY,
    M_RECOVERIES_CENSORED,
    M_UNFINISHED,
    M_TIME_START,
    M_TIME_WORK,
    M_TIME_REWORK,
    M_TIME_CHECKPOINT,
    M_TIME_DOWN,
    M_TIME_RECOVERY,
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
    return metric >= M_TIME_START && metric <= M_TIME_RECOVERY;
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
};

void event_histograms_init(struct event_histograms *histograms);
void event_histograms_release(struct event_histograms *histograms);
void event_histograms_merge(struct event_histograms *histograms,
                            const struct event_histograms *other);

#endif
