// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of checkpoints that concern several keys, and the plan of their interval. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "model/model_internal.h"
#include "model/theory.h"

static void prepare_device(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct device_params *device = model_device(model, checkpoint->device);
    if (!device) {
        (void)err_add(err, "/checkpoint/device", "no device '%s' in storage", checkpoint->device);
        return;
    }
    if (dist_is_given(&checkpoint->cost))
        (void)err_add(err, "/checkpoint/cost",
                      "cost is a direct time in place of writing to a device; "
                      "give cost or device, not both");
    if (!job_has_state(&model->job))
        (void)err_add(err, job_is_stream(&model->job) ? "/job/operators" : "/job/state",
                      "a checkpoint on device '%s' needs the size of the state",
                      checkpoint->device);
    static const char *const verbs[DIRECTIONS] = {"write", "read"};
    for (int d = 0; d < DIRECTIONS; d++)
        if (isnan(device->stream_bytes_per_s[d]) && isnan(device->total_bytes_per_s[d])) {
            char *pointer = mem_format("/storage/%s", device->name);
            (void)err_add(err, pointer, "a device needs stream_%s or total_%s", verbs[d], verbs[d]);
            free(pointer);
        }
}

static void prepare_checkpoint_cost(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (!checkpoint_coordination(checkpoint)->takes_cuts) {
        if (!isnan(checkpoint->interval_s) || dist_is_given(&checkpoint->cost))
            err_warn(err, "/checkpoint",
                     "this strategy takes no checkpoints: interval and cost "
                     "have no effect");
        return;
    }
    if (!checkpoint->device && !dist_is_given(&checkpoint->cost))
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

/*
 * More cuts than this come too close together: a clock of 53 bits that has run a thousand times
 * the work would not move from one to the next.
 */
static const double MOST_CHECKPOINTS = 1e12;
/* Those of a stream job are simulated one by one. */
static const double MOST_ROUNDS = 1e9;

static void check_interval(const struct model *model, double cost_s, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
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

static void plan_interval(struct model *model, struct arena *arena, struct err *err)
{
    struct checkpoint_params *checkpoint = &model->checkpoint;
    struct theory theory;
    theory_of(model, arena, &theory);
    checkpoint->planned_interval_s = (double)INFINITY;
    if (checkpoint_coordination(checkpoint)->takes_cuts) {
        struct plan_facts facts = {
            .interval_s = checkpoint->interval_s,
            .cost_s = theory.cost_s,
            .mtbf_s = theory.mtbf_s,
            .job = theory.applies ? &theory.job : NULL,
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
    if (model->checkpoint.device)
        prepare_device(model, err);
    if (job_is_stream(&model->job))
        model_prepare_guarantee(model, err);
    if (err_ok(err))
        plan_interval(model, arena, err);
    if (job_is_stream(&model->job))
        warn_of_timeouts(model, err);
}
