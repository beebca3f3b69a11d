// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/theory.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/detector.h"
#include "model/fault_log.h"
#include "model/theory_internal.h"

/* ---- failures ---- */

/* Events per second of a trace; its rule for equal times may leave fewer than were recorded. */
static double trace_rate(const struct replay_params *replay)
{
    const struct fault_log *log = fault_log_of(&replay->log);
    double mtbf_s = fault_log_mtbf_s(log);
    if (!(mtbf_s > 0))
        return 0;
    struct fault_event *events = mem_alloc(log->n_events, sizeof *events);
    struct rng rng = rng_stream(0, 0, RNG_TRACE_JITTER, 0); /* moves events, and loses none */
    size_t n = fault_log_apply(&replay->equal_times, log->events, log->n_events, events, &rng);
    free(events);
    return (double)n / (double)log->n_events / mtbf_s;
}

/* Units of the domain, nodes or wider, that hold nodes on which the job starts. */
static double hosting_units(const struct model *model, enum domain domain)
{
    return ceil((double)model_nodes_needed(model) / (double)model_nodes_in(model, domain));
}

/* Probability that a failure of what hosts the job hits a part that does. */
static double burst_reach(const struct model *model, const struct failure_params *failure)
{
    if (!failure_has_burst(failure))
        return 1;
    double n_parts = hosting_units(model, failure_burst_domain(failure)) /
                     hosting_units(model, failure_domain(failure));
    return 1 - pow(1 - fmin(dist_mean(&failure->burst.share), 1), n_parts);
}

static double detection_s(const struct model *model, const struct failure_params *failure)
{
    return detector_mean_s(recovery_detector(&model->recovery, failure->strikes));
}

/* Failures per second of one process that concern the job, in the long run. */
static double failure_rate(const struct model *model, const struct failure_params *failure)
{
    if (failure_slows(failure) || !failure_strikes_tasks(failure))
        return 0;
    if (failure->trace.log.variant)
        return trace_rate(&failure->trace);
    if (!dist_is_given(&failure->time_to_failure))
        return 0;
    double rate = 1 / dist_mean(&failure->time_to_failure);
    if (failure_is_cut(failure) && dist_is_given(&failure->repair))
        rate *= dist_survival(&failure->repair, detection_s(model, failure));
    if (failure_has_cascade(failure))
        rate *= 1 + model_cascade_size(model, failure);
    double needed = hosting_units(model, failure_domain(failure));
    bool all_concern_it =
        failure->strikes == STRIKES_PROCESS || failure->strikes == STRIKES_CONTAINER;
    if (all_concern_it && failure->per == PER_UNIT)
        return rate * (double)model_units(model, failure);
    if (failure_strikes_nodes(failure) && failure->per == PER_UNIT)
        return rate * needed * burst_reach(model, failure);
    if (failure_strikes_nodes(failure))
        return rate * needed / (double)model_units(model, failure) * burst_reach(model, failure);
    return rate;
}

static double mtbf_s(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    double rate = 0;
    for (size_t i = 0; i < model->failures.n; i++)
        rate += failure_rate(model, &failures[i]) *
                (model->topology ? theory_stream_reach(model, &failures[i]) : 1);
    return rate > 0 ? 1 / rate : (double)INFINITY;
}

/* Nodes that are down, spare or passed over make the failures of the job depend on its history. */
static bool nodes_come_and_go(const struct model *model, const struct failure_params *failure)
{
    return failure_strikes_nodes(failure) &&
           (!failure_repairs_at_once(failure) || model->cluster.nodes > model_nodes_needed(model) ||
            failure_has_burst(failure) || failure_has_cascade(failure));
}

/* The clock as the closed forms have it: running in exposed phases only, fresh at a failure. */
static bool clock_is_the_textbooks(const struct failure_params *failure)
{
    bool is_exponential = analytic_is_exponential(&failure->time_to_failure);
    return (failure->clock == CLOCK_EXPOSED && (failure->age == AGE_FRESH || is_exponential)) ||
           (is_exponential && failure->redraw == REDRAW_FAILURE);
}

/*
 * The law of the time from a fresh start to the job's next failure, where the
 * failures are a renewal process of the job: one law for the job or system,
 * exponential units, or units that renew together. False: they are not.
 */
static bool failure_law(const struct model *model, struct arena *arena, struct dist *law)
{
    const struct failure_params *failure = model->failures.items;
    *law = (struct dist){0};
    if (model->failures.n == 0)
        return true;
    if (dist_is_given(&failure->prediction.lead) && model->checkpoint.on_alarm != ON_ALARM_NONE)
        return false;
    if (model->failures.n != 1 || !dist_is_given(&failure->time_to_failure) ||
        failure_slows(failure) || !failure_strikes_tasks(failure) || failure_is_cut(failure) ||
        nodes_come_and_go(model, failure) || !clock_is_the_textbooks(failure))
        return false;
    uint64_t n = model_units(model, failure);
    if (n == 1 || failure->per == PER_SYSTEM)
        *law = failure->time_to_failure;
    else if (analytic_is_exponential(&failure->time_to_failure))
        *law = dist_exponential(arena, dist_mean(&failure->time_to_failure) / (double)n);
    else if (failure->renew == RENEW_ALL)
        *law = dist_minimum(arena, &failure->time_to_failure, n);
    return dist_is_given(law);
}

/* ---- durations ---- */

/* Time to read or write the state with the device for oneself. */
static double device_s(const struct model *model, enum direction direction, double bytes)
{
    const struct device_params *device = model_device(model, model->checkpoint.device);
    uint64_t n = model->job.tasks;
    return device_mean_s(device, direction, n, bytes / (double)n);
}

/* Whether the closed forms may take that for a constant. */
static bool device_is_constant(const struct model *model, enum direction direction)
{
    return device_is_predictable(model_device(model, model->checkpoint.device), direction,
                                 job_state_bytes(&model->job) / (double)model->job.tasks);
}

static double mean_of(const struct dist *law, int per, uint64_t tasks)
{
    return per == COST_PER_TASK ? dist_mean_max(law, tasks) : dist_mean(law);
}

static double latency_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct dist *latency = checkpoint_latency(checkpoint);
    return latency ? mean_of(latency, checkpoint_coordination(checkpoint)->latency_per,
                             model->job.tasks)
                   : 0;
}

static double mean_write_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (checkpoint->levels.n > 0)
        return 0;
    return dist_is_given(&checkpoint->cost)
               ? mean_of(&checkpoint->cost, checkpoint->cost_per, model->job.tasks)
               : device_s(model, DIRECTION_WRITE, job_state_bytes(&model->job));
}

static double mean_cost_s(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (checkpoint->levels.n > 0)
        return levels_mean_cost_s(model) + latency_s(model);
    double write_s = mean_write_s(model);
    if (checkpoint->mode == CHECKPOINT_ASYNC)
        write_s = checkpoint->share * write_s + dist_mean(&checkpoint->sync);
    return write_s + latency_s(model);
}

static double mean_restore_s(const struct model *model)
{
    if (model->checkpoint.levels.n > 0)
        return level_read_s(model, model->checkpoint.levels.items);
    if (dist_is_given(&model->recovery.restore))
        return dist_mean(&model->recovery.restore);
    return model->checkpoint.device ? device_s(model, DIRECTION_READ, job_state_bytes(&model->job))
                                    : 0;
}

static bool is_constant(const struct dist *law)
{
    double value;
    return dist_is_constant(law, &value);
}

/* A phase that is the sum of `part` and a constant. False: the sum of two random parts. */
static bool add_constant(struct analytic_duration *duration, double constant_s)
{
    if (constant_s <= 0)
        return true;
    if (duration->law)
        return false;
    duration->mean_s += constant_s;
    return true;
}

static bool cost_duration(const struct model *model, struct analytic_duration *cost)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct dist *latency = checkpoint_latency(checkpoint);
    if (!dist_is_given(&checkpoint->cost)) {
        if (!device_is_constant(model, DIRECTION_WRITE))
            return false;
        *cost = analytic_constant(device_s(model, DIRECTION_WRITE, job_state_bytes(&model->job)));
    } else {
        uint64_t n = checkpoint->cost_per == COST_PER_TASK ? model->job.tasks : 1;
        *cost = analytic_random(&checkpoint->cost, n, checkpoint->on_retry);
    }
    if (!latency || is_constant(latency))
        return add_constant(cost, latency_s(model));
    if (cost->law || cost->mean_s > 0)
        return false;
    uint64_t n =
        checkpoint_coordination(checkpoint)->latency_per == COST_PER_TASK ? model->job.tasks : 1;
    *cost = analytic_random(latency, n, checkpoint->on_retry);
    return true;
}

static bool restore_duration(const struct model *model, struct analytic_duration *restore)
{
    const struct recovery_params *recovery = &model->recovery;
    const struct dist *delay = &recovery->restart.delay;
    if (dist_is_given(&recovery->restore)) {
        *restore = analytic_random(&recovery->restore, 1, recovery->on_retry);
    } else {
        if (model->checkpoint.device && !device_is_constant(model, DIRECTION_READ))
            return false;
        *restore = analytic_constant(mean_restore_s(model));
    }
    return is_constant(delay) && add_constant(restore, dist_mean(delay));
}

/* The mean alone counts unless failures strike in the downtime: then it must be constant. */
static struct analytic_duration downtime_duration(const struct model *model)
{
    return analytic_constant(detector_mean_s(&model->recovery.detector) +
                             dist_mean(&model->recovery.downtime));
}

static bool downtime_is_covered(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    const struct detector_type *detector =
        (const struct detector_type *)model->recovery.detector.variant;
    bool exposed = model->failures.n > 0 && (failures[0].exposure & EXPOSED_DOWNTIME);
    return !exposed || (is_constant(&model->recovery.downtime) &&
                        detector->is_constant(model->recovery.detector.params));
}

static bool start_duration(const struct model *model, struct analytic_duration *start)
{
    *start = analytic_random(&model->job.start, 1, ON_RETRY_RESAMPLE);
    if (model->job.first_start == FIRST_START_FREE)
        return true;
    if (start->law || start->mean_s > 0 || !restore_duration(model, start))
        return false;
    return !start->law || start->on_retry == ON_RETRY_RESAMPLE;
}

static bool delta_durations(const struct model *model, struct analytic_job *job)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    job->cycle = checkpoint_cycle(checkpoint);
    if (job->cycle <= 1)
        return true;
    if (checkpoint->device) {
        double bytes = job_delta_bytes(&model->job);
        job->delta_cost =
            analytic_constant(device_s(model, DIRECTION_WRITE, bytes) + latency_s(model));
        job->delta_restore = analytic_constant(device_s(model, DIRECTION_READ, bytes));
        return !dist_is_given(&model->recovery.restore);
    }
    const struct dist *cost = checkpoint_delta_cost(checkpoint);
    const struct dist *restore = checkpoint_delta_restore(checkpoint);
    if (!cost)
        return false;
    uint64_t n = checkpoint->cost_per == COST_PER_TASK ? model->job.tasks : 1;
    job->delta_cost = analytic_random(cost, n, checkpoint->on_retry);
    if (!add_constant(&job->delta_cost, latency_s(model)))
        return false;
    if (restore)
        job->delta_restore = analytic_random(restore, 1, model->recovery.on_retry);
    return !job->delta_restore.law;
}

/* ---- all ---- */

/* Whether some failure is beyond what the checkpoints' device survives. */
static bool may_lose_checkpoints(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    const struct device_params *device =
        model->checkpoint.device ? model_device(model, model->checkpoint.device) : NULL;
    for (size_t i = 0; device && i < model->failures.n; i++)
        if (failure_severity(&failures[i]) > (enum domain)device->survives)
            return true;
    return false;
}

/* Semantics that the closed forms do not have. */
static bool semantics_are_covered(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    bool cost_inside = checkpoint->timer == TIMER_WALL;
    return checkpoint->mode == CHECKPOINT_SYNC && !cost_inside && !trigger->growth &&
           model->recovery.from_input == FROM_INPUT_RECOVER && checkpoint->levels.n == 0 &&
           !dist_is_given(&checkpoint->verification.cost) &&
           !(checkpoint->write_failures.probability > 0) && !may_lose_checkpoints(model) &&
           checkpoint->usable_from == USABLE_FROM_COMMIT &&
           model->recovery.on_failure == RECOVERY_FAILURE_RESTART && downtime_is_covered(model) &&
           model->recovery.detectors.n == 0 && !recovery_has_phases(&model->recovery);
}

static bool describe(const struct model *model, struct arena *arena, struct analytic_job *job)
{
    const struct failure_params *failures = model->failures.items;
    bool takes_cuts = checkpoint_coordination(&model->checkpoint)->takes_cuts;
    struct dist *law = arena_alloc(arena, 1, sizeof *law);
    *job = (struct analytic_job){
        .work_s = model->job.work_s,
        .interval_s = (double)INFINITY,
        .final_checkpoint = takes_cuts && model->checkpoint.final,
        .downtime = downtime_duration(model),
        .failure_first = model->run.ties == TIES_FAILURE_FIRST,
    };
    if (!semantics_are_covered(model) || !failure_law(model, arena, law))
        return false;
    if (dist_is_given(law)) {
        job->law = law;
        job->exposure = failures[0].exposure;
        job->redraw = failures[0].redraw;
    }
    return (!takes_cuts || cost_duration(model, &job->cost)) &&
           restore_duration(model, &job->restore) && start_duration(model, &job->start) &&
           (!takes_cuts || delta_durations(model, job));
}

void theory_of(const struct model *model, struct arena *arena, struct theory *theory)
{
    bool takes_cuts = checkpoint_coordination(&model->checkpoint)->takes_cuts;
    if (model->topology) {
        *theory = (struct theory){
            .cost_s = takes_cuts ? theory_stream_cost_s(model) : 0,
            .write_s = takes_cuts ? theory_stream_write_s(model) : 0,
            .restore_s = theory_stream_restore_s(model) + recovery_start_mean_s(&model->recovery),
            .mtbf_s = mtbf_s(model),
        };
        return;
    }
    *theory = (struct theory){
        .cost_s = takes_cuts ? mean_cost_s(model) : 0,
        .write_s = takes_cuts ? mean_write_s(model) : 0,
        .restore_s = mean_restore_s(model) + recovery_start_mean_s(&model->recovery),
        .mtbf_s = mtbf_s(model),
    };
    theory->applies = !model->stages && describe(model, arena, &theory->job);
}
