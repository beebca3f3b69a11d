// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The means of a stream job that Young and Daly ask for, seen from a task: how
 * long it stands still for a checkpoint of its own or of the job, and how
 * often it is rolled back.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
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
    if (n == 0)
        return device_mean_s(device, direction, 1, 0);
    double bytes = job_state_bytes(&model->job) / (double)n;
    return device_mean_s(device, direction, alone ? 1 : n, bytes);
}

double theory_stream_write_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct coordination_ops *coordination = checkpoint_coordination(checkpoint);
    bool slowest_counts =
        ((coordination->stops_world && !coordination->is_serial) || coordination->batches) &&
        checkpoint->cost_per == COST_PER_TASK;
    if (!dist_is_given(&checkpoint->cost))
        return device_s(model, DIRECTION_WRITE, coordination->group_by != GROUP_BY_JOB);
    return slowest_counts ? dist_mean_max(&checkpoint->cost, model->job.tasks)
                          : dist_mean(&checkpoint->cost);
}

double theory_stream_cost_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    double turns = checkpoint_coordination(checkpoint)->is_serial
                       ? (double)model->topology->n_tasks / model->topology->n_containers
                       : 1;
    double write_s = theory_stream_write_s(model);
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

/* Share of the tasks that restart with one of them, on the average. */
static double region_share(const struct topology *topology)
{
    size_t n = topology->n_tasks;
    uint32_t *region_of = mem_alloc(n, sizeof *region_of);
    uint32_t n_regions = topology_regions(topology, region_of);
    double *size = mem_alloc(n_regions, sizeof *size);
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        size[region_of[i]]++;
    for (uint32_t i = 0; i < n_regions; i++)
        squares += size[i] * size[i];
    free(size);
    free(region_of);
    return squares / ((double)n * (double)n);
}

/* Of units that hold several tasks each may be of a region of its own: at most so much. */
static double region_reach(const struct topology *topology, enum strikes strikes)
{
    double n = (double)topology->n_tasks;
    double struck = n;
    if (strikes == STRIKES_PROCESS)
        struck = 1;
    else if (strikes == STRIKES_CONTAINER)
        struck = n / topology->n_containers;
    else if (strikes == STRIKES_NODE)
        struck = n / topology->n_nodes;
    return fmin(struck * region_share(topology), 1);
}

double theory_stream_reach(const struct model *model, const struct failure_params *failure)
{
    const struct topology *topology = model->topology;
    double containers = topology->n_containers;
    double hosting = topology->n_nodes;
    if (model->recovery.restart.scope == SCOPE_ALL)
        return 1;
    if (model->recovery.restart.scope == SCOPE_REGION)
        return region_reach(topology, (enum strikes)failure->strikes);
    switch ((enum strikes)failure->strikes) {
    case STRIKES_PROCESS:
        return model->recovery.restart.scope == SCOPE_CONTAINER ? 1 / containers
                                                                : 1 / (double)topology->n_tasks;
    case STRIKES_CONTAINER:
        return 1 / containers;
    case STRIKES_NODE:
    case STRIKES_RACK:
    case STRIKES_ZONE:
    case STRIKES_SITE:
        return fmin((double)model_nodes_in(model, failure_domain(failure)) / hosting, 1);
    case STRIKES_DEVICE:
    case STRIKES_COORDINATOR:
    case STRIKES_JOB:
    default:
        return 1;
    }
}
