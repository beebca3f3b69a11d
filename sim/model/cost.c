// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static const double BYTES_PER_GB = 1e9;
static const double S_PER_MONTH = 30 * 86400.0;
static const double S_PER_HOUR = 3600;
static const double J_PER_KWH = 3.6e6;

void cost_init(struct run *run)
{
    run->uses_before = mem_alloc(run->model->storage.n, sizeof *run->uses_before);
}

void cost_release(struct run *run)
{
    free(run->uses_before);
}

/* Checkpoints of fixed length are counted, not moved. */
static void add_counted(const struct run *run, struct device_use *use)
{
    const struct job_params *job = &run->model->job;
    double tasks = (double)job->tasks;
    double bytes = job_state_bytes(job);
    double written_bytes = checkpointing_bytes(run);
    uint64_t requests = device_requests(run->device->params, bytes / tasks);
    use->moved_bytes[DIRECTION_WRITE] += written_bytes;
    use->requests[DIRECTION_WRITE] +=
        bytes > 0 ? written_bytes / bytes * (double)requests * tasks : 0;
}

static struct device_use use_of(const struct run *run, const struct device *device)
{
    struct device_use use = {
        .kept_byte_s = sum_value(&device->kept_byte_s),
        .out_s = device_out_s(device),
    };
    for (int d = 0; d < DIRECTIONS; d++) {
        use.moved_bytes[d] = device_moved_bytes(device, (enum direction)d);
        use.requests[d] = device_requests_made(device, (enum direction)d);
    }
    if (!run->streaming && device == run->device && !isnan(run->segment.fixed_s))
        add_counted(run, &use);
    return use;
}

void cost_start(struct run *run)
{
    for (size_t i = 0; i < run->model->storage.n; i++)
        run->uses_before[i] = (struct device_use){0};
}

void cost_end_warmup(struct run *run)
{
    for (size_t i = 0; i < run->model->storage.n; i++)
        run->uses_before[i] = use_of(run, &run->devices[i]);
}

static void add_device(struct run *run, size_t i)
{
    const struct device *device = &run->devices[i];
    const struct device_prices *price = &device->params->price;
    const struct device_use *before = &run->uses_before[i];
    struct device_use now = use_of(run, device);
    double *value = run->metrics->value;
    for (int d = 0; d < DIRECTIONS; d++) {
        double requests = now.requests[d] - before->requests[d];
        double moved_bytes = now.moved_bytes[d] - before->moved_bytes[d];
        value[d == DIRECTION_WRITE ? M_WRITE_REQUESTS : M_READ_REQUESTS] += requests;
        value[M_COST_REQUESTS] += requests / 1000 * price->requests[d];
        value[M_COST_TRANSFER] += moved_bytes / BYTES_PER_GB * price->moved[d];
    }
    double stored_byte_s =
        (now.kept_byte_s - before->kept_byte_s) * device_stored_per_byte(device->params);
    value[M_COST_STORAGE] += stored_byte_s / (BYTES_PER_GB * S_PER_MONTH) * price->storage;
    value[M_STORAGE_OUT] += now.out_s - before->out_s;
}

/* A node takes part in what its tasks do: busy while they work, down while they are. */
static double energy_kwh(const struct run *run, double measured_s)
{
    const struct power_params *power = &run->model->cluster.power;
    const double *value = run->metrics->value;
    double hosting = (double)model_nodes_needed(run->model);
    double spare = (double)run->model->cluster.nodes - hosting;
    double busy_s = value[M_TIME_WORK] + value[M_TIME_REWORK];
    double down_s = value[M_TIME_DOWN];
    double idle_s = measured_s - busy_s - down_s;
    double hosting_j = power->busy * busy_s + power->down * down_s + power->idle * idle_s;
    return (hosting * hosting_j + spare * power->idle * measured_s) / J_PER_KWH;
}

void cost_fill_metrics(struct run *run)
{
    const struct prices *prices = &run->model->prices;
    double *value = run->metrics->value;
    double measured_s = value[M_MAKESPAN];
    for (size_t i = 0; i < run->model->storage.n; i++)
        add_device(run, i);
    value[M_ENERGY] = energy_kwh(run, measured_s);
    value[M_COST_ENERGY] = value[M_ENERGY] * prices->kwh;
    value[M_COST_NODES] =
        (double)run->model->cluster.nodes * measured_s / S_PER_HOUR * prices->node_hour;
    value[M_COST] = value[M_COST_REQUESTS] + value[M_COST_STORAGE] + value[M_COST_TRANSFER] +
                    value[M_COST_NODES] + value[M_COST_ENERGY];
}
