// SPDX-License-Identifier: GPL-3.0-or-later
/* Where the closed form of two levels covers a scenario. */
#include <math.h>

#include "model/detector.h"
#include "model/theory.h"

static bool is_constant(const struct dist *law)
{
    double value;
    return !dist_is_given(law) || dist_is_constant(law, &value);
}

static bool durations_are_covered(const struct model *model, const struct level_params *level)
{
    if (!is_constant(&level->cost) || !is_constant(&level->restore))
        return false;
    if (!level->device)
        return true;
    const struct device_params *device = model_device(model, level->device);
    double bytes = job_state_bytes(&model->job) / (double)model->job.tasks;
    return device_is_predictable(device, DIRECTION_WRITE, bytes) &&
           device_is_predictable(device, DIRECTION_READ, bytes);
}

/* Exponential failures of the job as the textbook has them. */
static bool failure_is_covered(const struct model *model, const struct failure_params *failure)
{
    unsigned exposure = EXPOSED_WORK | EXPOSED_CHECKPOINT | EXPOSED_RECOVERY;
    bool is_foretold = dist_is_given(&failure->prediction.lead) &&
                       model->checkpoint.on_alarm == ON_ALARM_CHECKPOINT;
    return !is_foretold && failure->strikes == STRIKES_JOB &&
           dist_is_given(&failure->time_to_failure) &&
           analytic_is_exponential(&failure->time_to_failure) && failure->exposure == exposure &&
           failure->clock == CLOCK_EXPOSED;
}

static bool recovery_is_covered(const struct model *model)
{
    const struct recovery_params *recovery = &model->recovery;
    return recovery->on_failure == RECOVERY_FAILURE_RESTART &&
           recovery->from_input == FROM_INPUT_RECOVER && recovery->detectors.n == 0 &&
           !recovery_has_phases(recovery) && is_constant(&recovery->restart.delay);
}

static bool semantics_are_covered(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct level_params *level = checkpoint->levels.items;
    const struct dist *latency = checkpoint_latency(checkpoint);
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    return checkpoint->levels.n == 2 && !dist_is_given(&checkpoint->verification.cost) &&
           !(checkpoint->write_failures.probability > 0) &&
           checkpoint_coordination(checkpoint)->takes_cuts && level[0].every == 1 &&
           !levels_drain(&checkpoint->levels) && checkpoint->writes == LEVEL_WRITES_ALL &&
           checkpoint->timer == TIMER_USEFUL && checkpoint->final &&
           (!latency || is_constant(latency)) && !trigger->growth && recovery_is_covered(model) &&
           model->job.first_start == FIRST_START_FREE && !(dist_mean(&model->job.start) > 0);
}

/* Adds up the failures by what they leave. False: one leaves nothing, or is not covered. */
static bool add_rates(const struct model *model, struct analytic_levels *levels)
{
    const struct failure_params *failures = model->failures.items;
    const struct level_params *level = model->checkpoint.levels.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        enum domain severity = failure_severity(&failures[i]);
        if (!failure_is_covered(model, &failures[i]) || severity > level_survives(model, &level[1]))
            return false;
        bool far = severity > level_survives(model, &level[0]);
        levels->rate[far] += 1 / dist_mean(&failures[i].time_to_failure);
    }
    return true;
}

bool theory_of_levels(const struct model *model, struct analytic_levels *levels)
{
    const struct level_params *level = model->checkpoint.levels.items;
    if (!semantics_are_covered(model))
        return false;
    const struct dist *latency = checkpoint_latency(&model->checkpoint);
    *levels = (struct analytic_levels){
        .downtime_s =
            detector_mean_s(&model->recovery.detector) + dist_mean(&model->recovery.downtime),
    };
    for (size_t i = 0; i < 2; i++) {
        if (!durations_are_covered(model, &level[i]))
            return false;
        levels->cost_s[i] = level_write_s(model, &level[i]);
        levels->restore_s[i] =
            level_read_s(model, &level[i]) + dist_mean(&model->recovery.restart.delay);
    }
    levels->cost_s[0] += latency ? dist_mean(latency) : 0;
    return add_rates(model, levels);
}

/* Whole patterns, and a shorter one at the end: the last checkpoint is at level 2 as well. */
double theory_levels_makespan_s(const struct model *model, const struct analytic_levels *levels)
{
    const struct level_params *level = model->checkpoint.levels.items;
    double interval_s = model->checkpoint.planned_interval_s;
    double work_s = model->job.work_s;
    double segments = analytic_segments(work_s, interval_s);
    double n = (double)level[1].every;
    double whole = floor((segments - 1) / n);
    double rest = segments - whole * n;
    double last_s = work_s - (segments - 1) * interval_s;
    double pattern_s =
        whole > 0 ? analytic_pattern_s(levels, level[1].every, interval_s, interval_s) : 0;
    return whole * pattern_s + analytic_pattern_s(levels, (uint64_t)rest, interval_s, last_s);
}
