// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/metrics.h"

#include <math.h>

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

static bool stream_keeps_state(const struct model *model)
{
    return is_stream(model) && takes_cuts(model) && job_has_state(&model->job);
}

static bool stream_logs_state(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (!stream_keeps_state(model))
        return false;
    struct capture capture = checkpoint_content(checkpoint)->capture(checkpoint->content.params);
    return capture_has_log(&capture);
}

static bool stream_takes_cuts(const struct model *model)
{
    return is_stream(model) && takes_cuts(model);
}

static bool may_expire(const struct model *model)
{
    return stream_takes_cuts(model) && !isnan(model->checkpoint.timeout_s);
}

static bool may_decline(const struct model *model)
{
    return stream_takes_cuts(model) && model->checkpoint.write_failures.probability > 0;
}

static bool may_subsume(const struct model *model)
{
    return stream_takes_cuts(model) && model->checkpoint.max_concurrent > 1;
}

static bool may_restart(const struct model *model)
{
    return stream_takes_cuts(model) && checkpoint_may_restart(&model->checkpoint);
}

static bool writes_beside_work(const struct model *model)
{
    return stream_takes_cuts(model) && model->checkpoint.mode == CHECKPOINT_ASYNC;
}

static bool commits_outputs(const struct model *model)
{
    return is_stream(model) && model->job.guarantee == GUARANTEE_EXACTLY_ONCE_OUTPUT;
}

/* Tasks are asked to cut while messages flow. */
static bool asks_tasks_to_cut(const struct model *model)
{
    return stream_takes_cuts(model) && !checkpoint_batches(&model->checkpoint);
}

/* Of stopped worlds what waits in channels, of unaligned checkpoints what markers overtake. */
static bool saves_channels(const struct model *model)
{
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    return stream_takes_cuts(model) && (coordination->stops_world || coordination->overtaking);
}

static bool sends_markers(const struct model *model)
{
    return stream_takes_cuts(model) &&
           checkpoint_coordination(&model->checkpoint)->cut_by == CUT_BY_MARKERS;
}

static bool has_maximal_line(const struct model *model)
{
    return stream_takes_cuts(model) && checkpoint_line(&model->checkpoint) == LINE_MAXIMAL;
}

static bool forces_cuts(const struct model *model)
{
    return is_stream(model) && checkpoint_coordination(&model->checkpoint)->forces_cuts;
}

static bool logs_messages(const struct model *model)
{
    return is_stream(model) && checkpoint_logging(&model->checkpoint) == LOGGING_SENDER;
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
                    "under overrun: queue), too soon after another, or while a task was "
                    "interrupted.",
        },
    [M_CHECKPOINTS_EXPIRED] =
        {
            .name = "checkpoints_expired",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_expire,
            .help = "Checkpoints given up because they took longer than timeout.",
        },
    [M_CHECKPOINTS_DECLINED] =
        {
            .name = "checkpoints_declined",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_decline,
            .help = "Checkpoints given up because a task could not write its part.",
        },
    [M_CHECKPOINTS_SUBSUMED] =
        {
            .name = "checkpoints_subsumed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_subsume,
            .help = "Checkpoints given up because a later one had committed.",
        },
    [M_CHECKPOINT_RESTARTS] =
        {
            .name = "checkpoint_restarts",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_restart,
            .help = "Restarts that checkpoints brought about: too many in a row had failed, or a "
                    "stop was planned.",
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
    [M_RETAINED_BYTES] =
        {
            .name = "retained_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = stream_keeps_state,
            .help = "Bytes on storage at the end: state of the checkpoints that are retained, what "
                    "they share once, and logs of its changes.",
        },
    [M_LOG_BYTES] =
        {
            .name = "log_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = stream_logs_state,
            .help = "Bytes of state changes written to logs, all copies.",
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
            .help = "Messages lost for good: dropped by full channels, expired unread, in tasks "
                    "that failed under at_most_once, or in transit at a recovery line without a "
                    "log.",
        },
    [M_COMMIT_LATENCY] =
        {
            .name = "commit_latency_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .has_cdf = true,
            .applies = commits_outputs,
            .help = "Part of the latency: from the departure of an output from a sink until the "
                    "commit that makes it visible.",
        },
    [M_OUTPUTS_PENDING] =
        {
            .name = "outputs_pending",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = commits_outputs,
            .help = "Outputs that no checkpoint had made visible by the end of the run.",
        },
    [M_OUTPUTS_ABORTED] =
        {
            .name = "outputs_aborted",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = commits_outputs,
            .help =
                "Outputs that recoveries threw away before they were visible, to be made again.",
        },
    [M_OUTPUTS_LOST] =
        {
            .name = "outputs_lost",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = commits_outputs,
            .help = "Outputs that never become visible, since their transaction was open longer "
                    "than transaction_timeout.",
        },
    [M_FORCED] =
        {
            .name = "checkpoints_forced",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = forces_cuts,
            .help = "Checkpoints of tasks begun because a message came from a task that had taken "
                    "more.",
        },
    [M_USELESS] =
        {
            .name = "checkpoints_useless",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_maximal_line,
            .help = "Committed checkpoints that the recovery line passed over, or that a roll-back "
                    "undid: no failure would ever have gone back to them.",
        },
    [M_ORPHANS] =
        {
            .name = "orphan_messages",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_maximal_line,
            .help =
                "Messages that would have been received but never sent, had each task gone back "
                "to its last checkpoint: the recovery line has none.",
        },
    [M_DOMINO_DEPTH] =
        {
            .name = "domino_depth",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_maximal_line,
            .help = "Checkpoints beyond its last by which the task that lost most went back, per "
                    "recovery.",
        },
    [M_LOGGED_BYTES] =
        {
            .name = "logged_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = logs_messages,
            .help = "Bytes of messages that senders logged.",
        },
    [M_LOG_PEAK_BYTES] =
        {
            .name = "log_peak_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = logs_messages,
            .help = "Most bytes that the logs of all senders kept at a time, since the start.",
        },
    [M_START_DELAY] =
        {
            .name = "start_delay_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = asks_tasks_to_cut,
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
    [M_SYNC] =
        {
            .name = "sync_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = stream_takes_cuts,
            .help = "Time that a task stands while its own part of a checkpoint is made.",
        },
    [M_FULL_SIZE] =
        {
            .name = "full_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_NEUTRAL,
            .applies = stream_keeps_state,
            .help = "State that a committed checkpoint stands for.",
        },
    [M_CHECKPOINTED_SIZE] =
        {
            .name = "checkpointed_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = stream_keeps_state,
            .help = "What a committed checkpoint had to write, messages in flight included.",
        },
    [M_IN_FLIGHT_BYTES] =
        {
            .name = "in_flight_bytes",
            .dimension = DIMENSION_BYTES,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = saves_channels,
            .help = "Messages in channels that a committed checkpoint holds, bytes.",
        },
    [M_IN_FLIGHT] =
        {
            .name = "in_flight_messages",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = saves_channels,
            .help = "Messages in channels that a committed checkpoint holds.",
        },
    [M_ASYNC] =
        {
            .name = "async_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = writes_beside_work,
            .help = "Time in which a task's part of a checkpoint is written beside its work, "
                    "retries included.",
        },
    [M_CATCH_UP_RATE] =
        {
            .name = "catch_up_throughput_per_s",
            .dimension = DIMENSION_RATE,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_HIGHER,
            .applies = is_stream,
            .help = "Messages that a restarted scope reads per second until it has caught up, per "
                    "recovery that has to.",
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
            .help = "Time budget: the first start. Of a stream job all parts are means over its "
                    "tasks.",
        },
    [M_TIME_WORK] =
        {
            .name = "time_work_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .help = "Time budget: work, or service of messages, done for the first time, what is "
                    "later "
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
