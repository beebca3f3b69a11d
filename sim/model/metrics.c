// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/metrics.h"

#include <string.h>

#include "model/model.h"

/* ---- what a metric asks of a scenario ---- */

static bool takes_cuts(const struct model *model)
{
    return checkpoint_coordination(&model->checkpoint)->takes_cuts;
}

static bool may_overrun(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    return takes_cuts(model) &&
           (checkpoint->mode == CHECKPOINT_ASYNC || checkpoint->timer == TIMER_WALL);
}

static bool has_device(const struct model *model)
{
    return model->checkpoint.device != NULL;
}

static bool writes_to_device(const struct model *model)
{
    return takes_cuts(model) && has_device(model);
}

/* Each task has a write of its own, so that they may wait for each other. */
static bool tasks_write_alone(const struct model *model)
{
    return takes_cuts(model) && (has_device(model) || model->checkpoint.cost_per == COST_PER_TASK);
}

/* ---- the table ---- */

const struct metric_row metric_rows[N_METRICS] = {
    [M_MAKESPAN] =
        {
            .name = "makespan_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .has_cdf = true,
            .help = "Time from the start of the job to its end.",
        },
    [M_WASTE] =
        {
            .name = "waste",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .of_time = true,
            .has_cdf = true,
            .help = "1 - useful work / elapsed time.",
        },
    [M_OVERHEAD] =
        {
            .name = "overhead",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .of_time = true,
            .help = "Share of the time that checkpoints take: stops, stalls, and the capacity "
                    "that asynchronous writes take; aborted ones included.",
        },
    [M_FAILURES] =
        {
            .name = "failures",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Failures that hit the job.",
        },
    [M_FAILURES_IGNORED] =
        {
            .name = "failures_ignored",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Failures without effect on the job: of idle or down units, or in a phase "
                    "that is not exposed.",
        },
    [M_LOST_WORK] =
        {
            .name = "lost_work_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Useful work that a failure destroys and that must be redone, per failure.",
        },
    [M_ROLLBACK] =
        {
            .name = "rollback_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Age of the recovery point at a failure.",
        },
    [M_CHECKPOINTS_COMMITTED] =
        {
            .name = "checkpoints_committed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Checkpoints that became usable.",
        },
    [M_CHECKPOINTS_ABORTED] =
        {
            .name = "checkpoints_aborted",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Checkpoints that a failure, or the end of the job, cut off.",
        },
    [M_CHECKPOINTS_SKIPPED] =
        {
            .name = "checkpoints_skipped",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = may_overrun,
            .help = "Checkpoints that were due while another was still being written, under "
                    "overrun: skip.",
        },
    [M_CHECKPOINT_DURATION] =
        {
            .name = "checkpoint_duration_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Time from cut to commit, per committed checkpoint.",
        },
    [M_CHECKPOINT_STALL] =
        {
            .name = "checkpoint_stall_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = tasks_write_alone,
            .help = "Time a task that has written waits for the slowest, per checkpoint.",
        },
    [M_CHECKPOINT_ALIGNMENT] =
        {
            .name = "checkpoint_alignment_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = tasks_write_alone,
            .help = "Time from the first task that has written to the last, per checkpoint.",
        },
    [M_CHECKPOINT_BYTES] =
        {
            .name = "checkpoint_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = writes_to_device,
            .help = "Bytes written to the device, aborted checkpoints included.",
        },
    [M_RESTORE_BYTES] =
        {
            .name = "restore_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_device,
            .help = "Bytes read from the device, aborted restores included.",
        },
    [M_RECOVERY_TIME] =
        {
            .name = "recovery_time_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .has_cdf = true,
            .help = "Time from a failure until its progress is regained, per episode.",
        },
    [M_DETECT] =
        {
            .name = "detect_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Part of the recovery: failed to detected.",
        },
    [M_RESTART] =
        {
            .name = "restart_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Part of the recovery: downtime, waiting for nodes, start of the processes.",
        },
    [M_RESTORE] =
        {
            .name = "restore_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Part of the recovery: reading the checkpoint.",
        },
    [M_CATCH_UP] =
        {
            .name = "catch_up_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Part of the recovery: redoing the lost work.",
        },
    [M_DOWNTIME] =
        {
            .name = "downtime_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Time without progress, failed to restored, per episode.",
        },
    [M_AVAILABILITY] =
        {
            .name = "availability",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_HIGHER,
            .of_time = true,
            .help = "Share of the time in which the job runs.",
        },
    [M_RECOVERIES_CENSORED] =
        {
            .name = "recoveries_censored",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Recoveries still going on at the end; they are in no mean.",
        },
    [M_UNFINISHED] =
        {
            .name = "unfinished",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Share of the replications that met run.time_limit.",
        },
    [M_TIME_START] =
        {
            .name = "time_start_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: the first start.",
        },
    [M_TIME_WORK] =
        {
            .name = "time_work_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Time budget: work done for the first time, what is later lost included.",
        },
    [M_TIME_REWORK] =
        {
            .name = "time_rework_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: work done again after failures.",
        },
    [M_TIME_CHECKPOINT] =
        {
            .name = "time_checkpoint_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: stopped for checkpoints, aborted ones included.",
        },
    [M_TIME_DOWN] =
        {
            .name = "time_down_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: detection, downtime, waiting for nodes.",
        },
    [M_TIME_RECOVERY] =
        {
            .name = "time_recovery_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: start of the processes and restore, aborted ones included.",
        },
};

bool metric_applies(enum metric metric, const struct model *model)
{
    return !metric_rows[metric].applies || metric_rows[metric].applies(model);
}

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
