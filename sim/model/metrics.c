// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/metrics.h"

#include <string.h>

#define TIME DIMENSION_TIME
#define BYTES DIMENSION_BYTES
#define NONE DIMENSION_NONE
#define RUN METRIC_PER_RUN
#define EVENT METRIC_PER_EVENT

const struct metric_row metric_rows[N_METRICS] = {
    [M_MAKESPAN] = {"makespan_s", TIME, RUN, METRIC_LOWER, false, true,
                    "Time from the start of the job to its end."},
    [M_WASTE] = {"waste", NONE, RUN, METRIC_LOWER, true, true, "1 - useful work / elapsed time."},
    [M_OVERHEAD] = {"overhead", NONE, RUN, METRIC_LOWER, true, false,
                    "Share of the time that checkpoints take: stops, stalls, and the capacity that "
                    "asynchronous writes take; aborted ones included."},
    [M_FAILURES] = {"failures", NONE, RUN, METRIC_NEUTRAL, false, false,
                    "Failures that hit the job."},
    [M_FAILURES_IGNORED] = {"failures_ignored", NONE, RUN, METRIC_NEUTRAL, false, false,
                            "Failures without effect on the job: of idle or down units, or in a "
                            "phase that is not exposed."},
    [M_LOST_WORK] = {"lost_work_s", TIME, EVENT, METRIC_LOWER, false, false,
                     "Useful work that a failure destroys and that must be redone, per failure."},
    [M_ROLLBACK] = {"rollback_s", TIME, EVENT, METRIC_LOWER, false, false,
                    "Age of the recovery point at a failure."},
    [M_CHECKPOINTS_COMMITTED] = {"checkpoints_committed", NONE, RUN, METRIC_NEUTRAL, false, false,
                                 "Checkpoints that became usable."},
    [M_CHECKPOINTS_ABORTED] = {"checkpoints_aborted", NONE, RUN, METRIC_NEUTRAL, false, false,
                               "Checkpoints that a failure, or the end of the job, cut off."},
    [M_CHECKPOINTS_SKIPPED] = {"checkpoints_skipped", NONE, RUN, METRIC_NEUTRAL, false, false,
                               "Checkpoints that were due while another was still being written, "
                               "under overrun: skip."},
    [M_CHECKPOINT_DURATION] = {"checkpoint_duration_s", TIME, EVENT, METRIC_LOWER, false, false,
                               "Time from cut to commit, per committed checkpoint."},
    [M_CHECKPOINT_STALL] = {"checkpoint_stall_s", TIME, EVENT, METRIC_LOWER, false, false,
                            "Time a task that has written waits for the slowest, per checkpoint."},
    [M_CHECKPOINT_ALIGNMENT] = {"checkpoint_alignment_s", TIME, EVENT, METRIC_LOWER, false, false,
                                "Time from the first task that has written to the last, per "
                                "checkpoint."},
    [M_CHECKPOINT_BYTES] = {"checkpoint_bytes", BYTES, RUN, METRIC_LOWER, false, false,
                            "Bytes written to the device, aborted checkpoints included."},
    [M_RESTORE_BYTES] = {"restore_bytes", BYTES, RUN, METRIC_LOWER, false, false,
                         "Bytes read from the device, aborted restores included."},
    [M_RECOVERY_TIME] = {"recovery_time_s", TIME, EVENT, METRIC_LOWER, false, true,
                         "Time from a failure until its progress is regained, per episode."},
    [M_DETECT] = {"detect_s", TIME, EVENT, METRIC_LOWER, false, false,
                  "Part of the recovery: failed to detected."},
    [M_RESTART] = {"restart_s", TIME, EVENT, METRIC_LOWER, false, false,
                   "Part of the recovery: downtime, waiting for nodes, start of the processes."},
    [M_RESTORE] = {"restore_s", TIME, EVENT, METRIC_LOWER, false, false,
                   "Part of the recovery: reading the checkpoint."},
    [M_CATCH_UP] = {"catch_up_s", TIME, EVENT, METRIC_LOWER, false, false,
                    "Part of the recovery: redoing the lost work."},
    [M_DOWNTIME] = {"downtime_s", TIME, EVENT, METRIC_LOWER, false, false,
                    "Time without progress, failed to restored, per episode."},
    [M_AVAILABILITY] = {"availability", NONE, RUN, METRIC_HIGHER, true, false,
                        "Share of the time in which the job runs."},
    [M_RECOVERIES_CENSORED] = {"recoveries_censored", NONE, RUN, METRIC_NEUTRAL, false, false,
                               "Recoveries still going on at the end; they are in no mean."},
    [M_UNFINISHED] = {"unfinished", NONE, RUN, METRIC_LOWER, false, false,
                      "Share of the replications that met run.time_limit."},
    [M_TIME_START] = {"time_start_s", TIME, RUN, METRIC_LOWER, false, false,
                      "Time budget: the first start."},
    [M_TIME_WORK] = {"time_work_s", TIME, RUN, METRIC_NEUTRAL, false, false,
                     "Time budget: work done for the first time, what is later lost included."},
    [M_TIME_REWORK] = {"time_rework_s", TIME, RUN, METRIC_LOWER, false, false,
                       "Time budget: work done again after failures."},
    [M_TIME_CHECKPOINT] = {"time_checkpoint_s", TIME, RUN, METRIC_LOWER, false, false,
                           "Time budget: stopped for checkpoints, aborted ones included."},
    [M_TIME_DOWN] = {"time_down_s", TIME, RUN, METRIC_LOWER, false, false,
                     "Time budget: detection, downtime, waiting for nodes."},
    [M_TIME_RECOVERY] = {"time_recovery_s", TIME, RUN, METRIC_LOWER, false, false,
                         "Time budget: start of the processes and restore, aborted ones included."},
};

enum metric metric_find(const char *name)
{
    for (int m = 0; m < N_METRICS; m++)
        if (strcmp(metric_rows[m].name, name) == 0)
            return (enum metric)m;
    return N_METRICS;
}

/* 1 us to 2^60 us (36,000 years) in steps of 2^-7: quantiles are right to 0.4 %. */
static const double SMALLEST_S = 1e-6;
enum { OCTAVES = 60, BITS = 7 };

void event_histograms_init(struct event_histograms *histograms)
{
    *histograms = (struct event_histograms){0};
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_init(&histograms->of[m], SMALLEST_S, OCTAVES, BITS);
}

void event_histograms_release(struct event_histograms *histograms)
{
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_release(&histograms->of[m]);
}

void event_histograms_merge(struct event_histograms *histograms,
                            const struct event_histograms *other)
{
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_merge(&histograms->of[m], &other->of[m]);
}
