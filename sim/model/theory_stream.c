// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The means of a stream job that Young and Daly ask for, seen from a task: how
 * long it stands still for a checkpoint of its own or of the job, and how
 * often it is rolled back.
 */
#include <math.h>

#include "model/theory_internal.h"

/* ---- durations ---- */

/* Tasks that hold state, of all operators. */
static uint64_t tasks_with_state(const struct topology *topology)
{
    uint64_t n = 0;
    for (size_t i = 0; i < topology->n_operators; i++)
        if (topology->operators[i].state_bytes > 0)
            n += topology->operators[i].n_tasks;
    return n;
}

/* Time to move the state: of all tasks at the same time, or of one that is on its own. */
static double device_s(const struct model *model, enum direction direction, bool alone)
{
    const struct device_params *device = model_device(model, model->checkpoint.device);
    uint64_t n = tasks_with_state(model->topology);
    double latency_s = dist_mean(&device->latency);
    if (n == 0)
        return latency_s;
    double bytes = job_state_bytes(&model->job) / (double)n;
    return device_alone_s(device, direction, alone ? 1 : n, bytes, latency_s);
}

double theory_stream_cost_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct coordination_ops *coordination = checkpoint_coordination(checkpoint);
    bool slowest_counts =
        ((coordination->stops_world && !coordination->is_serial) || coordination->batches) &&
        checkpoint->cost_per == COST_PER_TASK;
    double turns = coordination->is_serial
                       ? (double)model->topology->n_tasks / model->topology->n_containers
                       : 1;
    double write_s;
    if (!dist_is_given(&checkpoint->cost))
        write_s = device_s(model, DIRECTION_WRITE, coordination->group_by != GROUP_BY_JOB);
    else
        write_s = slowest_counts ? dist_mean_max(&checkpoint->cost, model->job.tasks)
                                 : dist_mean(&checkpoint->cost);
    return checkpoint->mode == CHECKPOINT_ASYNC
               ? checkpoint->share * write_s + turns * dist_mean(&checkpoint->sync)
               : turns * write_s;
}

double theory_stream_restore_s(const struct model *model)
{
    if (dist_is_given(&model->recovery.restore))
        return dist_mean(&model->recovery.restore);
    bool alone = model->recovery.restart.scope != SCOPE_ALL;
    return model->checkpoint.device ? device_s(model, DIRECTION_READ, alone) : 0;
}

/* ---- failures ---- */

double theory_stream_reach(const struct model *model, const struct failure_params *failure)
{
    const struct topology *topology = model->topology;
    double containers = topology->n_containers;
    double hosting = topology->n_nodes;
    if (model->recovery.restart.scope == SCOPE_ALL)
        return 1;
    switch ((enum strikes)failure->strikes) {
    case STRIKES_PROCESS:
        return model->recovery.restart.scope == SCOPE_CONTAINER ? 1 / containers
                                                                : 1 / (double)topology->n_tasks;
    case STRIKES_CONTAINER:
        return 1 / containers;
    case STRIKES_NODE:
        return 1 / hosting;
    case STRIKES_JOB:
    default:
        return 1;
    }
}
