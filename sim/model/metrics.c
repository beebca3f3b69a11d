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
    return takes_cuts(model) &&
           (checkpoint->mode == CHECKPOINT_ASYNC || checkpoint->timer == TIMER_WALL ||
            is_stream(model) || levels_drain(&checkpoint->levels));
}

static bool has_device(const struct model *model)
{
    return model->checkpoint.device != NULL || levels_use_devices(&model->checkpoint.levels);
}

static bool outputs_are_on_devices(const struct model *model)
{
    return model->stages && stages_use_devices(model->stages);
}

static bool restores_from_device(const struct model *model)
{
    return has_device(model) || outputs_are_on_devices(model) || model->recovery.sources.n > 0;
}

static bool has_sources(const struct model *model)
{
    return model->recovery.sources.n > 0;
}

static bool writes_to_device(const struct model *model)
{
    return (takes_cuts(model) && has_device(model)) || outputs_are_on_devices(model);
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
    return takes_cuts(model) && model->checkpoint.write_failures.probability > 0;
}

static bool has_silent_errors(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failures[i].silent)
            return true;
    return false;
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

static bool has_restart_parts(const struct model *model)
{
    return !model->stages && recovery_has_phases(&model->recovery);
}

static bool may_give_up(const struct model *model)
{
    return model->recovery.retries.max != RETRIES_UNLIMITED;
}

static bool coordinator_may_fail(const struct model *model)
{
    return coordinator_is_given(&model->recovery.coordinator);
}

static bool has_false_alarms(const struct model *model)
{
    return recovery_has_false_alarms(&model->recovery);
}

static bool foretells(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (dist_is_given(&failures[i].prediction.lead))
            return true;
    return false;
}

static bool may_rescale(const struct model *model)
{
    return !isnan(model->recovery.scheduler.rescale_after_s);
}

static bool has_cuts(const struct model *model)
{
    return model_any_failure(model, failure_is_cut);
}

static bool has_stragglers(const struct model *model)
{
    return model_any_failure(model, failure_slows);
}

static bool has_capacity(const struct model *model)
{
    return model_any_failure(model, failure_is_capacity);
}

/* A job of stages runs in the slots that there are. */
static bool lacks_capacity(const struct model *model)
{
    return has_capacity(model) && !model->stages;
}

static bool any_device(const struct model *model, bool (*says)(const struct device_params *device))
{
    const struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (says(&devices[i]))
            return true;
    return false;
}

static bool asks_for_requests(const struct device_params *device)
{
    const double *price = device->price.requests;
    const double *rate = device->requests_per_s;
    return !isnan(device->part_bytes) || !isnan(rate[DIRECTION_WRITE]) ||
           !isnan(rate[DIRECTION_READ]) || price[DIRECTION_WRITE] > 0 || price[DIRECTION_READ] > 0;
}

static bool charges_requests(const struct device_params *device)
{
    return device->price.requests[DIRECTION_WRITE] > 0 ||
           device->price.requests[DIRECTION_READ] > 0;
}

static bool charges_transfer(const struct device_params *device)
{
    return device->price.moved[DIRECTION_WRITE] > 0 || device->price.moved[DIRECTION_READ] > 0;
}

static bool charges_storage(const struct device_params *device)
{
    return device->price.storage > 0;
}

static bool counts_requests(const struct model *model)
{
    return any_device(model, asks_for_requests);
}

static bool storage_may_be_out(const struct model *model)
{
    return any_device(model, device_may_go_out);
}

static bool has_request_prices(const struct model *model)
{
    return any_device(model, charges_requests);
}

static bool has_transfer_prices(const struct model *model)
{
    return any_device(model, charges_transfer);
}

static bool has_storage_prices(const struct model *model)
{
    return any_device(model, charges_storage);
}

static bool has_node_prices(const struct model *model)
{
    return model->prices.node_hour > 0;
}

static bool has_energy_prices(const struct model *model)
{
    return model->prices.kwh > 0;
}

static bool has_prices(const struct model *model)
{
    return has_request_prices(model) || has_transfer_prices(model) || has_storage_prices(model) ||
           has_node_prices(model) || has_energy_prices(model);
}

static bool has_stages(const struct model *model)
{
    return model->stages != NULL;
}

static bool may_recompute(const struct model *model)
{
    for (uint32_t s = 0; has_stages(model) && s < model->stages->n_stages; s++)
        if (!model->stages->stages[s].durable)
            return true;
    return false;
}

static bool has_copies(const struct model *model)
{
    return has_stages(model) && model->job.execution.speculation.multiplier > 0;
}

static bool tasks_may_fail_the_job(const struct model *model)
{
    return has_stages(model) && model->job.execution.max_attempts > 0;
}

/* Its tasks, or slots, do different things at a time. */
static bool is_parallel(const struct model *model)
{
    return is_stream(model) || has_stages(model);
}

/* ---- the table ---- */

/* Tasks restored, of a run. */
#define RESTORES(metric, from, what_is_better, text)                                               \
    [metric] = {                                                                                   \
        .name = "restores_" from,                                                                  \
        .dimension = DIMENSION_NONE,                                                               \
        .kind = METRIC_PER_RUN,                                                                    \
        .better = (what_is_better),                                                                \
        .applies = has_sources,                                                                    \
        .help = "Tasks restored " text,                                                            \
    }

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
            .help = "Bytes written to devices, aborted checkpoints included; in a job of stages "
                    "outputs.",
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
            .applies = restores_from_device,
            .help = "Bytes read from devices, aborted restores included.",
        },
    RESTORES(M_RESTORES_LOCAL, "local", METRIC_NEUTRAL, "from a copy on their own node."),
    RESTORES(M_RESTORES_STANDBY, "standby", METRIC_NEUTRAL, "by a standby copy that took over."),
    RESTORES(M_RESTORES_PEER, "peer", METRIC_NEUTRAL, "from the memory of another node."),
    RESTORES(M_RESTORES_REMOTE, "remote", METRIC_NEUTRAL, "from their checkpoint on storage."),
    RESTORES(M_RESTORES_REPLAY, "replay", METRIC_NEUTRAL, "from all of their changelog."),
    RESTORES(M_RESTORES_AHEAD, "ahead", METRIC_LOWER,
             "to a state that has seen messages which are processed again."),
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
    [M_CANCEL] =
        {
            .name = "cancel_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_restart_parts,
            .help = "Part of the restart: survivors are cancelled.",
        },
    [M_BACKOFF] =
        {
            .name = "backoff_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_restart_parts,
            .help = "Part of the restart: back-off after survivors are cancelled, and downtime.",
        },
    [M_ALLOCATE] =
        {
            .name = "allocate_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_restart_parts,
            .help = "Part of the restart: polls, the grant of resources, waiting for nodes.",
        },
    [M_LOCALISE] =
        {
            .name = "localise_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_restart_parts,
            .help = "Part of the restart: the image is fetched.",
        },
    [M_START] =
        {
            .name = "start_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_restart_parts,
            .help = "Part of the restart: start of the processes.",
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
    [M_JOB_FAILURES] =
        {
            .name = "job_failures",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_give_up,
            .help = "Whether a failure was one too many: the job is not restarted any more.",
        },
    [M_COORDINATOR_FAILURES] =
        {
            .name = "coordinator_failures",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = coordinator_may_fail,
            .help = "Failures of the process that starts others.",
        },
    [M_FALSE_ALARMS] =
        {
            .name = "false_alarms",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_false_alarms,
            .help = "Restarts of units that were healthy.",
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
            .help = "Messages read again from sources and from logs between operators, per "
                    "recovery.",
        },
    [M_WRITE_REQUESTS] =
        {
            .name = "write_requests",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = counts_requests,
            .help = "Requests to write that devices have admitted.",
        },
    [M_READ_REQUESTS] =
        {
            .name = "read_requests",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = counts_requests,
            .help = "Requests to read that devices have admitted.",
        },
    [M_STORAGE_OUT] =
        {
            .name = "storage_out_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = storage_may_be_out,
            .help = "Time in which devices were out.",
        },
    [M_COST] =
        {
            .name = "cost",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_prices,
            .help = "What the run cost, in the currency of the prices.",
        },
    [M_COST_REQUESTS] =
        {
            .name = "cost_requests",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_request_prices,
            .help = "Part of the cost: requests to devices.",
        },
    [M_COST_STORAGE] =
        {
            .name = "cost_storage",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_storage_prices,
            .help = "Part of the cost: what checkpoints keep on devices, over time.",
        },
    [M_COST_TRANSFER] =
        {
            .name = "cost_transfer",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_transfer_prices,
            .help = "Part of the cost: bytes written to and read from devices.",
        },
    [M_COST_NODES] =
        {
            .name = "cost_nodes",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_node_prices,
            .help = "Part of the cost: hours of nodes, spare ones included.",
        },
    [M_COST_ENERGY] =
        {
            .name = "cost_energy",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_energy_prices,
            .help = "Part of the cost: energy of the nodes.",
        },
    [M_ENERGY] =
        {
            .name = "energy_kwh",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = model_has_power,
            .help = "Energy that the nodes used, in kWh.",
        },
    [M_STAGE_TIME] =
        {
            .name = "stage_time_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_stages,
            .help = "Time from the first attempt of a stage to the end of its last task, per "
                    "stage.",
        },
    [M_TASK_TIME] =
        {
            .name = "task_time_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_EVENT,
            .better = METRIC_LOWER,
            .applies = has_stages,
            .help = "Time in a slot of an attempt that was done, start-up and waiting included.",
        },
    [M_WORK_USEFUL] =
        {
            .name = "work_useful_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = has_stages,
            .help = "Task-seconds (reading, working, writing) of the attempts by which tasks were "
                    "done first.",
        },
    [M_WORK_LOST] =
        {
            .name = "work_lost_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_stages,
            .help = "Task-seconds of attempts that failures, lost inputs or the end cut off.",
        },
    [M_WORK_RECOMPUTED] =
        {
            .name = "work_recomputed_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_recompute,
            .help = "Task-seconds of attempts that made lost outputs again.",
        },
    [M_WORK_SPECULATIVE] =
        {
            .name = "work_speculative_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_copies,
            .help = "Task-seconds of attempts that were beaten by another at the same task.",
        },
    [M_ATTEMPTS_FAILED] =
        {
            .name = "attempts_failed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_stages,
            .help = "Attempts that failures cut off.",
        },
    [M_STAGE_OUTPUTS_LOST] =
        {
            .name = "stage_outputs_lost",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_recompute,
            .help = "Outputs of tasks that were lost with their nodes.",
        },
    [M_TASKS_RECOMPUTED] =
        {
            .name = "tasks_recomputed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_recompute,
            .help = "Tasks done again because their outputs were lost and still needed.",
        },
    [M_COPIES] =
        {
            .name = "copies_started",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = has_copies,
            .help = "Speculative copies of slow attempts.",
        },
    [M_COPIES_WON] =
        {
            .name = "copies_won",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_HIGHER,
            .applies = has_copies,
            .help = "Speculative copies that were done before the attempt they copied.",
        },
    [M_JOB_RESTARTS] =
        {
            .name = "job_restarts",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_stages,
            .help = "Restarts of the job as a whole.",
        },
    [M_GAVE_UP] =
        {
            .name = "gave_up",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = tasks_may_fail_the_job,
            .help = "Share of the replications in which a task failed too often, and the job with "
                    "it; they are unfinished too.",
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
            .applies = is_parallel,
            .help = "Time budget: nothing to serve.",
        },
    [M_TIME_BLOCKED] =
        {
            .name = "time_blocked_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = is_parallel,
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
    [M_ALARMS] =
        {
            .name = "alarms",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = foretells,
            .help = "Alarms that were raised, false ones included.",
        },
    [M_ALARMS_UNFOUNDED] =
        {
            .name = "alarms_unfounded",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = foretells,
            .help = "Alarms that no failure follows.",
        },
    [M_CHECKPOINTS_PROACTIVE] =
        {
            .name = "checkpoints_proactive",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_NEUTRAL,
            .applies = foretells,
            .help = "Alarms that began a checkpoint, whether it commits in time or not.",
        },
    [M_PREEMPTIONS] =
        {
            .name = "preemptions",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_capacity,
            .help = "Failures that hit the job because a spot instance was taken back.",
        },
    [M_TIME_LACKING_NODES] =
        {
            .name = "lacking_nodes_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = lacks_capacity,
            .help = "Time in which fewer nodes were there than the job needs.",
        },
    [M_SILENT_ERRORS] =
        {
            .name = "silent_errors",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_silent_errors,
            .help = "Errors that corrupted the state of the job unnoticed.",
        },
    [M_ERRORS_FOUND] =
        {
            .name = "errors_found",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_silent_errors,
            .help = "Verifications that found the state corrupt, by one error or several.",
        },
    [M_RESCALES] =
        {
            .name = "rescales",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_rescale,
            .help = "Recoveries that went on with fewer nodes than the job should have.",
        },
    [M_TIME_RESCALED] =
        {
            .name = "rescaled_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = may_rescale,
            .help = "Time in which other nodes had a part of the job besides their own.",
        },
    [M_CUTS_HEALED] =
        {
            .name = "cuts_healed",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_cuts,
            .help = "Network partitions, counted among the failures, that were over before anybody "
                    "noticed.",
        },
    [M_SLOWDOWNS] =
        {
            .name = "slowdowns",
            .dimension = DIMENSION_NONE,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_stragglers,
            .help = "Slowdowns that concerned the job when they began.",
        },
    [M_TIME_LOST_TO_SLOWDOWNS] =
        {
            .name = "lost_to_slowdowns_s",
            .dimension = DIMENSION_TIME,
            .kind = METRIC_PER_RUN,
            .better = METRIC_LOWER,
            .applies = has_stragglers,
            .help = "Time that slow units have cost: what was missing of their speed, times the "
                    "time at work; of a stream job the mean over its tasks, idle or not.",
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
