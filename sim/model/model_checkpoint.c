// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of checkpoints that concern several keys, and the plan of their interval. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/model_internal.h"
#include "model/theory.h"

void model_check_device(const struct model *model, const char *name, const char *pointer,
                        struct err *err)
{
    const struct device_params *device = model_device(model, name);
    if (!device) {
        model_miss_device(model, name, pointer, err);
        return;
    }
    if (!job_has_state(&model->job))
        (void)err_add(err, job_is_stream(&model->job) ? "/job/operators" : "/job/state",
                      "a checkpoint on device '%s' needs the size of the state", name);
    device_check(device, err);
}

static void prepare_device(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (model_device(model, checkpoint->device) && dist_is_given(&checkpoint->cost))
        (void)err_add(err, "/checkpoint/cost",
                      "cost is a direct time in place of writing to a device; "
                      "give cost or device, not both");
    model_check_device(model, checkpoint->device, "/checkpoint/device", err);
}

/* Whether there is more than a strategy and a device, which may be there for another one. */
static bool says_how_to_checkpoint(const struct checkpoint_params *checkpoint)
{
    return !isnan(checkpoint->interval_s) || dist_is_given(&checkpoint->cost) ||
           checkpoint->levels.n > 0 || checkpoint->mode == CHECKPOINT_ASYNC ||
           checkpoint->share > 0 || dist_mean(&checkpoint->sync) > 0 ||
           checkpoint->write_failures.probability > 0 ||
           checkpoint->usable_from == USABLE_FROM_CUT ||
           strcmp(checkpoint->trigger.variant->name, "fixed") != 0;
}

static void prepare_checkpoint_cost(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (!checkpoint_coordination(checkpoint)->takes_cuts) {
        if (says_how_to_checkpoint(checkpoint))
            err_warn(err, "/checkpoint",
                     "this strategy takes no checkpoints: its other keys have no effect");
        return;
    }
    if (!checkpoint->device && !dist_is_given(&checkpoint->cost) && checkpoint->levels.n == 0)
        (void)err_add(err, "/checkpoint",
                      "a checkpoint needs a cost, or a device and %s to write to it",
                      job_is_stream(&model->job) ? "operators with a state" : "a job.state");
    if (checkpoint->mode == CHECKPOINT_SYNC && checkpoint->share > 0)
        (void)err_add(err, "/checkpoint/share", "share belongs to mode: async");
    if (checkpoint->mode == CHECKPOINT_SYNC && dist_mean(&checkpoint->sync) > 0)
        (void)err_add(err, "/checkpoint/sync", "sync belongs to mode: async");
    if (checkpoint->share * (double)checkpoint->max_concurrent >= 1)
        (void)err_add(err, "/checkpoint/share",
                      "%" PRIu64 " concurrent checkpoints, each with a share of %g, leave nothing "
                      "for the work",
                      checkpoint->max_concurrent, checkpoint->share);
    if (checkpoint->device && checkpoint_delta_cost(checkpoint))
        (void)err_add(err, "/checkpoint/content/cost",
                      "the cost of a delta is a direct time; with a device, job.state.dirty says "
                      "how much is written");
    if (checkpoint->device && checkpoint_delta_restore(checkpoint) &&
        !dist_is_given(&model->recovery.restore))
        (void)err_add(err, "/checkpoint/content/restore",
                      "the time to read a delta comes on top of recovery.restore; with a device in "
                      "its place, job.state.dirty says how much is read");
}

static bool any_is_foretold(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (dist_is_given(&failures[i].prediction.lead))
            return true;
    return false;
}

static void prepare_alarms(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    bool none = checkpoint->on_alarm == ON_ALARM_NONE;
    if (checkpoint->on_alarm != ON_ALARM_CHECKPOINT && !any_is_foretold(model))
        err_warn(err, "/checkpoint/on_alarm", "no failure has a prediction: there are no alarms");
    if (!dist_is_given(&checkpoint->alarm_cost))
        return;
    if (none || !any_is_foretold(model))
        err_warn(err, "/checkpoint/alarm_cost",
                 "no alarm begins a checkpoint: that needs a failure with a prediction, and "
                 "on_alarm: checkpoint");
    if (job_is_stream(&model->job) || !dist_is_given(&checkpoint->cost))
        (void)err_add(err, "/checkpoint/alarm_cost",
                      "alarm_cost stands in for checkpoint.cost, of batch jobs");
}

/*
 * More cuts than this come too close together: a clock of 53 bits that has run a thousand times
 * the work would not move from one to the next.
 */
static const double MOST_CHECKPOINTS = 1e12;
/* Those of a stream job are simulated one by one. */
static const double MOST_ROUNDS = 1e9;

/* Whether each checkpoint holds the full state. */
static bool is_full(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct content_ops *content = checkpoint_content(checkpoint);
    if (!job_is_stream(&model->job))
        return checkpoint_cycle(checkpoint) == 1;
    return content->capture(checkpoint->content.params).kind == CAPTURE_FULL;
}

/* What a checkpoint takes at least: one of changes perhaps nothing, unless a law says otherwise. */
static double least_cost_s(const struct model *model, double cost_s)
{
    const struct dist *delta = checkpoint_delta_cost(&model->checkpoint);
    if (is_full(model))
        return cost_s;
    return delta ? fmin(dist_mean(delta), cost_s) : 0;
}

static void check_interval(const struct model *model, double full_cost_s, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    double cost_s = least_cost_s(model, full_cost_s);
    double interval_s = checkpoint->planned_interval_s;
    bool is_stream = job_is_stream(&model->job);
    double span_s = is_stream ? model->run.duration_s : model->job.work_s;
    /* With an interval of 0 each begins when the last has ended. */
    double n = interval_s > 0 ? span_s / interval_s : 0;
    double most = is_stream ? MOST_ROUNDS : MOST_CHECKPOINTS;
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    /* One that polls is asked more often than it fires; batches that take longer are late. */
    bool cost_inside = checkpoint->timer == TIMER_WALL && !trigger->polls &&
                       !checkpoint_batches(checkpoint) &&
                       checkpoint->interval_from == INTERVAL_FROM_START;
    if (cost_inside && checkpoint->mode == CHECKPOINT_SYNC && interval_s <= cost_s)
        (void)err_add(err, "/checkpoint/interval",
                      "%g s from start to start leaves no time to work: a checkpoint takes %g s",
                      interval_s, cost_s);
    if (checkpoint_batches(checkpoint) && !isfinite(interval_s))
        (void)err_add(err, "/checkpoint/trigger",
                      "where nothing fails no checkpoint is worth its cost, but without batches no "
                      "message is let in: give an interval, or trigger: each_batch");
    if (!(n <= most))
        (void)err_add(err, "/checkpoint/interval",
                      "a checkpoint every %g s makes %g of them in %g s%s; at most %g are "
                      "simulated",
                      interval_s, n, span_s, is_stream ? "" : " of work", most);
}

/* Work that must be got through in one piece, many times the MTBF, is hardly ever got through. */
static void warn_of_hopeless_jobs(const struct model *model, const struct theory *theory,
                                  struct err *err)
{
    static const double HOPELESS = 14; /* e^-14: one attempt in a million */
    double piece_s = fmin(model->checkpoint.planned_interval_s, model->job.work_s);
    double attempts = (piece_s + theory->cost_s) / theory->mtbf_s;
    if (attempts > HOPELESS)
        err_warn(err, "/job",
                 "%g s of work and checkpoint must pass without a failure, but one comes every "
                 "%g s; the job will hardly ever finish",
                 piece_s + theory->cost_s, theory->mtbf_s);
}

/* A write is cut off by what comes before its end. */
static void warn_of_hopeless_writes(const struct model *model, const struct theory *theory,
                                    struct err *err)
{
    if (is_full(model) && theory->write_s > theory->mtbf_s)
        err_warn(err, "/checkpoint",
                 "a checkpoint takes %g s to write, but a failure comes every %g s: most are cut "
                 "off before they commit",
                 theory->write_s, theory->mtbf_s);
}

/* A failure of a node takes what waits for another to replace it. */
static bool nodes_fail(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failures[i].strikes == STRIKES_NODE)
            return true;
    return false;
}

static void check_multiples(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    if (checkpoint->interval_from != INTERVAL_FROM_MULTIPLES)
        return;
    if (checkpoint->timer != TIMER_USEFUL || trigger->growth)
        (void)err_add(err, "/checkpoint/interval_from",
                      "multiples are of useful work, and of one interval: this needs timer: "
                      "useful, and a trigger whose interval does not grow");
    else if (checkpoint->mode == CHECKPOINT_SYNC &&
             (checkpoint->on_alarm == ON_ALARM_NONE || !any_is_foretold(model)))
        err_warn(err, "/checkpoint/interval_from",
                 "no alarm begins a checkpoint between the multiples: this is the same as start");
}

static void check_short_cuts(const struct model *model, struct err *err)
{
    static const char of_nodes[] = "a job that has lost a node must wait for it: this needs "
                                   "failures that strike the job or its processes";
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    bool retakes = checkpoint->interrupted == INTERRUPTED_RETAKEN;
    if (retakes &&
        (checkpoint->usable_from != USABLE_FROM_CUT || checkpoint->mode != CHECKPOINT_SYNC))
        (void)err_add(err, "/checkpoint/interrupted",
                      "only a checkpoint that is usable_from: cut, in mode: sync, is there to be "
                      "retaken without a recovery");
    check_multiples(model, err);
    if (retakes && nodes_fail(model))
        (void)err_add(err, "/checkpoint/interrupted", "%s", of_nodes);
    if (model->recovery.from_input == FROM_INPUT_AT_ONCE && nodes_fail(model))
        (void)err_add(err, "/recovery/from_input", "%s", of_nodes);
}

/* Without failures none is worth its cost; those without a cost cannot be too many. */
static bool levels_have_best(const struct analytic_levels *levels)
{
    return levels->rate[0] + levels->rate[1] > 0 && levels->cost_s[0] + levels->cost_s[1] > 0;
}

static void plan_interval(struct model *model, struct arena *arena, struct err *err)
{
    struct checkpoint_params *checkpoint = &model->checkpoint;
    struct theory theory;
    theory_of(model, arena, &theory);
    checkpoint->planned_interval_s = (double)INFINITY;
    if (checkpoint_coordination(checkpoint)->takes_cuts) {
        struct analytic_levels levels;
        bool by_levels = theory_of_levels(model, &levels) && levels_have_best(&levels);
        const struct level_params *level = checkpoint->levels.items;
        struct plan_facts facts = {
            .interval_s = checkpoint->interval_s,
            .cost_s = theory.cost_s,
            .mtbf_s = theory.mtbf_s,
            .job = theory.applies ? &theory.job : NULL,
            .levels = by_levels ? &levels : NULL,
            .pattern = by_levels ? level[1].every : 0,
            .is_stream = job_is_stream(&model->job),
            .on_their_own = checkpoint_coordination(checkpoint)->group_by != GROUP_BY_JOB,
            .by_batches = checkpoint_batches(checkpoint) != NULL,
        };
        const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
        if (!trigger->plan(checkpoint->trigger.params, &facts, "/checkpoint/trigger", err,
                           &checkpoint->planned_interval_s))
            return;
        checkpoint->planned_interval_s =
            fmax(checkpoint->planned_interval_s, checkpoint->min_pause_s);
        check_interval(model, facts.cost_s, err);
        warn_of_hopeless_writes(model, &theory, err);
    }
    if (!job_is_stream(&model->job))
        warn_of_hopeless_jobs(model, &theory, err);
}

/* A transaction is open from a cut to the commit of the next. */
static void warn_of_timeouts(const struct model *model, struct err *err)
{
    double open_s = model->checkpoint.planned_interval_s;
    double timeout_s = model->job.transaction_timeout_s;
    if (timeout_s <= open_s)
        err_warn(err, "/job/transaction_timeout",
                 "a transaction is open from one checkpoint to the commit of the next, for more "
                 "than %g s: with a time-out of %g s outputs are lost",
                 open_s, timeout_s);
}

void model_prepare_checkpoint(struct model *model, struct arena *arena, struct err *err)
{
    prepare_checkpoint_cost(model, err);
    if (model->stages) /* they take no checkpoints */
        return;
    prepare_alarms(model, err);
    if (!job_is_stream(&model->job))
        check_short_cuts(model, err);
    model_prepare_levels(model, err);
    if (model->checkpoint.device)
        prepare_device(model, err);
    if (job_is_stream(&model->job)) {
        model_prepare_restore(model, err);
        model_prepare_guarantee(model, err);
    }
    if (err_ok(err)) {
        model_warn_of_severity(model, err);
        plan_interval(model, arena, err);
    }
    if (job_is_stream(&model->job))
        warn_of_timeouts(model, err);
}
