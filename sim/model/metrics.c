// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/metrics.h"

#include <string.h>

#include "model/model.h"

/* ---- what a metric asks of a scenario ---- */

static bool is_stream(const struct model *model)
{
    return model->topology != NULL;
}

static bool is_batch(const struct model *model)
{
    return !is_stream(model);
}

static bool takes_cuts(const struct model *model)
{
    return checkpoint_coordination(&model->checkpoint)->takes_cuts;
}

static bool may_overrun(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    return takes_cuts(model) && (checkpoint->mode == CHECKPOINT_ASYNC ||
                                 checkpoint->timer == TIMER_WALL || is_stream(model));
}

static bool has_device(const struct model *model)
{
    return model->checkpoint.device != NULL;
}

static bool writes_to_device(const struct model *model)
{
    return takes_cuts(model) && has_device(model);
}

static bool stream_takes_cuts(const struct model *model)
{
    return is_stream(model) && takes_cuts(model);
}

static bool sends_markers(const struct model *model)
{
    return stream_takes_cuts(model) &&
           checkpoint_coordination(&model->checkpoint)->cut_by == CUT_BY_MARKERS;
}

/* Each task has a write of its own, and they wait for each other. */
static bool tasks_wait_for_writes(const struct model *model)
{
    return takes_cuts(model) &&
           (has_device(model) || model->checkpoint.cost_per == COST_PER_TASK) &&
           (is_batch(model) || checkpoint_coordination(&model->checkpoint)->stops_world);
}

/* Beside which stream jobs have alignment_s. */
static bool batch_tasks_wait_for_writes(const struct model *model)
{
    return is_batch(model) && tasks_wait_for_writes(model);
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
            .help =
                "Time from the start of the job to its end; of a stream job, the time measured.",
        },
    [M_WASTE] =
        {
            .name = "waste",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .of_time = true,
            .has_cdf = true,
            .help =
                "1 - useful work / elapsed time; of a stream job, the share of its tasks' time in "
                "which they are stopped, slowed, down or reprocessing. Idle is not waste.",
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
            .help = "Useful work (of a stream job, service) that a failure destroys and that must "
                    "be redone, per failure.",
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
            .help = "Checkpoints that were due and not taken: another was still being written (not "
                    "under overrun: queue), or a task was interrupted.",
        },
    [M_CHECKPOINT_DURATION] =
        {
            .name = "checkpoint_duration_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .help = "Time from cut to commit (of a stream job, from trigger to commit), per "
                    "committed checkpoint.",
        },
    [M_CHECKPOINT_STALL] =
        {
            .name = "checkpoint_stall_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = tasks_wait_for_writes,
            .help = "Time a task that has written waits for the slowest, per checkpoint.",
        },
    [M_CHECKPOINT_ALIGNMENT] =
        {
            .name = "checkpoint_alignment_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = batch_tasks_wait_for_writes,
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
            .help = "Part of the recovery: redoing the lost work; of a stream job, until the "
                    "backlog is "
                    "no larger than before the failure.",
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
            .help = "Share of the time in which the job is neither down nor recovering; of a "
                    "stream job, mean over its tasks.",
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
            .applies = is_batch,
            .help = "Share of the replications that met run.time_limit.",
        },
    [M_LATENCY] =
        {
            .name = "latency_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .has_cdf = true,
            .applies = is_stream,
            .help = "From the arrival of a message at the source to the departure of its output "
                    "from a sink, per output that is visible for the first time.",
        },
    [M_THROUGHPUT] =
        {
            .name = "throughput_per_s",
            .dimension = DIMENSION_RATE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_HIGHER,
            .applies = is_stream,
            .help = "Distinct outputs of the sinks.",
        },
    [M_ARRIVAL_RATE] =
        {
            .name = "arrival_rate_per_s",
            .dimension = DIMENSION_RATE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = is_stream,
            .help = "Messages that arrive at the sources.",
        },
    [M_LAG] =
        {
            .name = "lag_messages",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Messages that have arrived at the sources and were not read yet, averaged "
                    "over time.",
        },
    [M_UTILISATION] =
        {
            .name = "utilisation",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .of_time = true,
            .applies = is_stream,
            .help = "Share of the tasks' time in which they serve messages, for the first time or "
                    "again.",
        },
    [M_PROCESSED] =
        {
            .name = "messages_processed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = is_stream,
            .help = "Messages that tasks of all operators finished, again ones included.",
        },
    [M_REPROCESSED] =
        {
            .name = "messages_reprocessed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Messages that a task had finished before a failure and finished again.",
        },
    [M_DUPLICATES] =
        {
            .name = "duplicates",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Outputs of the sinks that had been visible before.",
        },
    [M_LOST] =
        {
            .name = "messages_lost",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Messages lost for good: dropped by full channels, or expired unread.",
        },
    [M_START_DELAY] =
        {
            .name = "start_delay_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = stream_takes_cuts,
            .help = "Time from the request for a checkpoint until a task cuts, or, where markers "
                    "ask it, until the first one comes, per task.",
        },
    [M_ALIGNMENT] =
        {
            .name = "alignment_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = sends_markers,
            .help = "Time from the first marker of a round at a task to the last.",
        },
    [M_REPLAYED] =
        {
            .name = "messages_replayed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help =
                "Messages read again from sources and from logs between operators, per recovery.",
        },
    [M_TIME_START] =
        {
            .name = "time_start_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help =
                "Time budget: the first start. Of a stream job all parts are means over its tasks.",
        },
    [M_TIME_WORK] =
        {
            .name = "time_work_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help =
                "Time budget: work, or service of messages, done for the first time, what is later "
                "lost included.",
        },
    [M_TIME_REWORK] =
        {
            .name = "time_rework_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .help = "Time budget: work, or service of messages, done again after failures.",
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
    [M_TIME_IDLE] =
        {
            .name = "time_idle_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = is_stream,
            .help = "Time budget: nothing to serve.",
        },
    [M_TIME_BLOCKED] =
        {
            .name = "time_blocked_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Time budget: waiting for room in a full channel.",
        },
    [M_TIME_ALIGNING] =
        {
            .name = "time_aligning_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_stream,
            .help = "Time budget: waiting for the markers of other channels.",
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
