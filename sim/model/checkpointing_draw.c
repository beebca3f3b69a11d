// SPDX-License-Identifier: GPL-3.0-or-later
/* What checkpoints take: constant, or drawn. */
#include <math.h>

#include "model/checkpointing_internal.h"

double checkpointing_fixed_s(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    if (!checkpoint_coordination(params_of(run))->takes_cuts || is_async(run) || verifies(run) ||
        writes_may_fail(run) || checkpointing->levels.n > 0 ||
        checkpoint_cycle(params_of(run)) != 1)
        return (double)NAN;
    if (checkpointing->base_cost)
        return checkpointing->coordinate_s + checkpointing->base_cost_s;
    const struct device_params *device = run->device->params;
    uint64_t n = run->model->job.tasks;
    double bytes = bytes_of(run, true) / (double)n;
    double latency_s;
    if (!device_is_predictable(device, DIRECTION_WRITE, bytes) ||
        !device_latency_is_constant(device, DIRECTION_WRITE, bytes, &latency_s))
        return (double)NAN;
    return checkpointing->coordinate_s +
           device_alone_s(device, DIRECTION_WRITE, n, bytes, latency_s);
}

/*
 * The slowest of n independent writes, and what the others wait for it. Three uniforms serve any
 * n: given the largest m, the others are independent below m, so one of them at random and the
 * smallest of them can be drawn exactly.
 */
static double draw_slowest(const struct dist *cost, uint64_t n, struct rng *rng,
                           struct checkpoint_draw *draw)
{
    double log_p = log(rng_uniform(rng)) / (double)n; /* log F(m) */
    double u_rank = rng_uniform(rng);
    double u_least = rng_uniform(rng);
    double slowest_p = exp(log_p);
    double write_s = dist_type(cost)->quantile(cost->of.params, slowest_p, -expm1(log_p));
    double share = u_rank * (double)n; /* the first n-th: the rank is the slowest itself */
    double rank_p = slowest_p * (share - 1) / (double)(n - 1);
    draw->stall_s += share <= 1 ? 0 : fmax(write_s - dist_quantile(cost, rank_p), 0);
    double least_p = slowest_p * -expm1(log1p(-u_least) / (double)(n - 1));
    draw->alignment_s += fmax(write_s - dist_quantile(cost, least_p), 0);
    return write_s;
}

/* One write as a direct time. */
static double draw_cost(struct run *run, const struct dist *cost)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    uint64_t n = run->model->job.tasks;
    double constant_s;
    if (dist_is_constant(cost, &constant_s))
        return constant_s;
    return params_of(run)->cost_per == COST_PER_TASK && n > 1
               ? draw_slowest(cost, n, &checkpointing->cost_rng, &checkpointing->draw)
               : dist_draw(cost, &checkpointing->cost_rng);
}

void checkpointing_draw_write(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    struct checkpoint_draw *draw = &checkpointing->draw;
    bool is_base = checkpointing->cut_is_base;
    const struct dist *cost = cost_of(run, is_base);
    draw->stall_s = draw->alignment_s = 0;
    if (checkpointing->levels.n > 0) {
        draw->write_s = levels_draw(run, draw_cost);
        return;
    }
    draw->write_s = is_base ? checkpointing->base_cost_s : checkpointing->delta_cost_s;
    if (cost && isnan(draw->write_s))
        draw->write_s = draw_cost(run, cost);
}

static double draw_latency(struct run *run)
{
    struct rng *rng = &run->checkpointing.coordination_rng;
    const struct dist *latency = checkpoint_latency(params_of(run));
    return checkpoint_coordination(params_of(run))->latency_per == COST_PER_TASK
               ? dist_draw_max(latency, run->model->job.tasks, rng)
               : dist_draw(latency, rng);
}

static double draw_verification(struct run *run)
{
    return is_verified(run)
               ? dist_draw(&params_of(run)->verification.cost, &run->checkpointing.verification_rng)
               : 0;
}

void checkpointing_draw_durations(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    struct checkpoint_draw *draw = &checkpointing->draw;
    if (draw->valid && params_of(run)->on_retry == ON_RETRY_REPEAT)
        return;
    draw->valid = true;
    draw->verify_s = draw_verification(run);
    checkpointing_draw_write(run);
    draw->coordinate_s = checkpointing->coordinate_s;
    if (isnan(draw->coordinate_s))
        draw->coordinate_s = draw_latency(run);
    draw->sync_s = checkpointing->sync_s;
    if (isnan(draw->sync_s))
        draw->sync_s = dist_draw(&params_of(run)->sync, &checkpointing->coordination_rng);
}

/* Costs and latencies of the scenario, and those among them that never vary. */
void checkpointing_find_costs(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    const struct checkpoint_params *params = params_of(run);
    const struct dist *delta_cost = checkpoint_delta_cost(params);
    const struct dist *latency = checkpoint_latency(params);
    checkpointing->base_cost = dist_is_given(&params->cost) ? &params->cost : NULL;
    checkpointing->delta_cost = delta_cost ? delta_cost : checkpointing->base_cost;
    checkpointing->base_cost_s = checkpointing->delta_cost_s = (double)NAN;
    checkpointing->coordinate_s = checkpointing->sync_s = 0;
    if (checkpointing->base_cost)
        (void)dist_is_constant(checkpointing->base_cost, &checkpointing->base_cost_s);
    if (checkpointing->delta_cost)
        (void)dist_is_constant(checkpointing->delta_cost, &checkpointing->delta_cost_s);
    if (latency && !dist_is_constant(latency, &checkpointing->coordinate_s))
        checkpointing->coordinate_s = (double)NAN;
    if (is_async(run) && !dist_is_constant(&params->sync, &checkpointing->sync_s))
        checkpointing->sync_s = (double)NAN;
}
