// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of a job of stages: keys that mean nothing to it, and what follows from its graph. */
#include <math.h>
#include <stdlib.h>

#include "model/model_internal.h"

static bool redraws_at_checkpoints(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failures[i].redraw == REDRAW_CHECKPOINT)
            return true;
    return false;
}

static void check_checkpoint(const struct checkpoint_params *checkpoint, struct err *err)
{
    static const char none[] = "a job of stages takes no checkpoints, and none at alarms";
    const struct misplaced keys[] = {
        {checkpoint_coordination(checkpoint)->takes_cuts, "/checkpoint/strategy",
         "a job of stages takes no checkpoints but outputs: its strategy is none"},
        {checkpoint->device != NULL, "/checkpoint/device",
         "a job of stages takes no checkpoints; stages say how long their outputs take to write"},
        {checkpoint->levels.n > 0, "/checkpoint/levels",
         "a job of stages takes no checkpoints; stages say whether their outputs are durable"},
        {dist_is_given(&checkpoint->verification.cost), "/checkpoint/verification",
         "a job of stages takes no checkpoints to verify before"},
        {checkpoint->on_alarm != ON_ALARM_CHECKPOINT, "/checkpoint/on_alarm", none},
        {dist_is_given(&checkpoint->alarm_cost), "/checkpoint/alarm_cost", none},
        {checkpoint->interrupted != INTERRUPTED_KEPT, "/checkpoint/interrupted",
         "a job of stages takes no checkpoints that could be interrupted"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
}

/* Failures start the whole job again, at least some of them. */
static bool restarts_as_one(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    bool any = model->job.execution.restart == RESTART_JOB;
    for (size_t i = 0; i < model->failures.n; i++)
        any |= failures[i].strikes == STRIKES_JOB;
    return any;
}

/* A task that is tried again waits in a queue for a slot. */
static void check_restart(const struct model *model, struct err *err)
{
    static const char attempts[] = "an attempt waits for a slot and starts up in recovery.restart."
                                   "delay; a job of stages has no other phases of a restart";
    const struct recovery_params *recovery = &model->recovery;
    const struct misplaced keys[] = {
        {dist_is_given(&recovery->restart.cancel), "/recovery/restart/cancel", attempts},
        {dist_mean(&recovery->restart.allocate) > 0, "/recovery/restart/allocate", attempts},
        {dist_mean(&recovery->restart.localise) > 0, "/recovery/restart/localise", attempts},
        {recovery->scheduler.polls.n > 0, "/recovery/scheduler/polls", attempts},
        {coordinator_is_given(&recovery->coordinator), "/recovery/coordinator",
         "in a job of stages a failure that strikes the job is that of its coordinator"},
        {recovery->from_input != FROM_INPUT_RECOVER, "/recovery/from_input",
         "a job of stages takes no checkpoints, before the first of which that could matter"},
        {recovery_has_false_alarms(recovery), "/recovery/detectors",
         "a job of stages has no false alarms: false_alarm_every is for other jobs"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
}

static void check_retries(const struct model *model, struct err *err)
{
    static const char one_by_one[] = "this is for failures that start the whole job again, but "
                                     "here tasks are tried again one by one; it needs "
                                     "job.execution.restart: job, or failures that strike the job";
    const struct recovery_params *recovery = &model->recovery;
    bool as_one = restarts_as_one(model);
    const struct misplaced keys[] = {
        {recovery->backoff.initial_s > 0 && !as_one, "/recovery/backoff", one_by_one},
        {recovery->retries.max != RETRIES_UNLIMITED && !as_one, "/recovery/retries", one_by_one},
        {recovery->retries.last_delay_s > 0, "/recovery/retries/last_delay",
         "the restarts of a job of stages come as its back-off says"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
}

static bool has_severity(const struct failure_params *failure)
{
    return failure->severity > 0;
}

static bool names_device(const struct job_params *job)
{
    const struct stage_params *stages = job->stages.items;
    for (size_t i = 0; i < job->stages.n; i++)
        if (stages[i].device)
            return true;
    return false;
}

static void check_keys(const struct model *model, struct err *err)
{
    const struct recovery_params *recovery = &model->recovery;
    const struct misplaced keys[] = {
        {model->job.tasks > 0, "/job/tasks", "the tasks of stages are given stage by stage"},
        {model->job.state.variant != NULL, "/job/state",
         "tasks of stages keep no state: what they put out is their checkpoint"},
        {dist_is_given(&recovery->restore), "/recovery/restore",
         "a task that is tried again fetches its inputs again; there is nothing to restore"},
        {recovery->on_failure != RECOVERY_FAILURE_RESTART, "/recovery/on_failure",
         "each failure of an attempt is a new one; on_failure is for jobs that restart as one"},
        {recovery->restart.scope != SCOPE_ALL, "/recovery/restart/scope",
         "job.execution.restart says what a failure starts again in a job of stages"},
        {redraws_at_checkpoints(model), "/failures",
         "redraw: checkpoint has no checkpoints to draw at in a job of stages"},
        {model_any_failure(model, has_severity), "/failures",
         "severity is of what destroys checkpoints, which a job of stages does not have"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
    check_checkpoint(&model->checkpoint, err);
    check_restart(model, err);
    check_retries(model, err);
    if (model->storage.n > 0 && !names_device(&model->job))
        err_warn(err, "/storage",
                 "a job of stages uses no devices: its stages give the times to fetch and write");
}

static void check_execution(const struct model *model, struct err *err)
{
    const struct execution_params *execution = &model->job.execution;
    if (execution->speculation.multiplier > 0 && model->cluster.nodes == 1)
        (void)err_add(err, "/job/execution/speculation",
                      "copies run on other nodes than the slow task, and there is one node");
    double most = execution->blacklist.at_most * (double)model->cluster.nodes;
    if (execution->blacklist.failures > 0 && most < 1)
        err_warn(err, "/job/execution/blacklist",
                 "no node can be left out: %g of %llu nodes, by at_most, are less than one",
                 execution->blacklist.at_most, (unsigned long long)model->cluster.nodes);
}

/* ---- outputs on devices ---- */

static void say(struct err *err, size_t i, const char *key, const char *why)
{
    char *pointer = mem_format("/job/stages/%zu/%s", i, key);
    (void)err_add(err, pointer, "%s", why);
    free(pointer);
}

static void check_device(const struct model *model, const char *name, size_t i, struct err *err)
{
    const struct device_params *device = model_device(model, name);
    char *pointer = mem_format("/job/stages/%zu/device", i);
    if (device)
        device_check(device, err);
    else
        model_miss_device(model, name, pointer, err);
    free(pointer);
}

/* Outputs go to a device, or to where nobody else is. */
static void check_output(const struct model *model, size_t i, struct err *err)
{
    const struct stage_params *params = model->stages->stages[i].params;
    if (params->device)
        check_device(model, params->device, i, err);
    if (params->device && !(params->output_bytes > 0))
        say(err, i, "device", "outputs on a device need an output_size, above 0");
    if (!params->device && params->output_bytes > 0)
        say(err, i, "output_size", "this is about outputs on a device, and none is named");
    if (params->device && dist_mean(&params->write) > 0)
        say(err, i, "write",
            "write is a direct time in place of writing to a device; give write or device, not "
            "both");
}

static void check_inputs(const struct model *model, size_t i, struct err *err)
{
    const struct stage_place *stage = &model->stages->stages[i];
    bool from_device = false;
    for (uint32_t k = 0; k < stage->n_inputs; k++) {
        uint32_t from = model->stages->edges[stage->first_input + k].from;
        from_device |= model->stages->stages[from].params->device != NULL;
    }
    if (from_device && dist_mean(&stage->params->fetch) > 0)
        say(err, i, "fetch",
            "fetch is a direct time in place of reading inputs from a device, and some of these "
            "are on one");
}

static void check_outputs(const struct model *model, struct err *err)
{
    for (size_t i = 0; i < model->stages->n_stages; i++) {
        check_output(model, i, err);
        check_inputs(model, i, err);
    }
    if (stages_use_devices(model->stages) && model->job.execution.slow_start < 1)
        (void)err_add(err, "/job/execution/slow_start",
                      "outputs on devices are read when all are there: slow_start 1 is needed");
}

/* Task-seconds of all transfers, each with its device for itself. */
static double moving_s(const struct model *model)
{
    const struct stage_graph *graph = model->stages;
    double sum_s = 0;
    for (uint32_t s = 0; s < graph->n_stages; s++) {
        const struct stage_params *params = graph->stages[s].params;
        if (params->device)
            sum_s +=
                (double)params->tasks * device_mean_s(model_device(model, params->device),
                                                      DIRECTION_WRITE, 1, params->output_bytes);
    }
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        const struct stage_edge *edge = &graph->edges[e];
        const struct stage_params *from = graph->stages[edge->from].params;
        if (from->device)
            sum_s += graph->stages[edge->to].n_tasks *
                     device_mean_s(model_device(model, from->device), DIRECTION_READ, 1,
                                   stage_edge_bytes(graph, edge));
    }
    return sum_s;
}

/* Outputs are counted by stage and node. */
static void check_size(const struct model *model, struct err *err)
{
    static const double MOST_SLOTS = 1e6;
    static const double MOST_COUNTS = 1e7;
    double nodes = (double)model->cluster.nodes;
    double slots = nodes * (double)model->cluster.slots_per_node;
    if (slots > MOST_SLOTS)
        (void)err_add(err, "/cluster", "%.3g slots; at most %g are simulated for stages", slots,
                      MOST_SLOTS);
    else if (nodes * model->stages->n_stages > MOST_COUNTS)
        (void)err_add(err, "/cluster/nodes",
                      "%.3g nodes with outputs of %u stages; their product may be %g at most",
                      nodes, model->stages->n_stages, MOST_COUNTS);
}

void model_prepare_stages(struct model *model, struct arena *arena, struct err *err)
{
    check_keys(model, err);
    model->stages = stage_graph_build(&model->job, arena, err);
    if (!model->stages)
        return;
    struct cluster_params *cluster = &model->cluster;
    if (cluster->nodes == 0)
        cluster->nodes =
            (model->stages->widest + cluster->slots_per_node - 1) / cluster->slots_per_node;
    check_size(model, err);
    model->job.tasks = cluster->nodes * cluster->slots_per_node;
    check_outputs(model, err);
    if (isnan(model->run.time_limit_s) && err_ok(err))
        model->run.time_limit_s =
            1000 * (model->stages->mean_work_s + moving_s(model)) + dist_mean(&model->job.start);
    model->checkpoint.planned_interval_s = (double)INFINITY;
    check_execution(model, err);
}

bool model_has_execution(const struct execution_params *execution)
{
    return isnan(execution->fetch_timeout_s) || execution->fetch_timeout_s > 0 ||
           execution->slow_start > 0 || execution->keeps_outputs;
}
