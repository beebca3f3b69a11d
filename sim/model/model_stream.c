// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Batch or stream: which keys belong to which kind of job, and what must hold
 * between the parts of a stream job.
 */
#include <math.h>
#include <stdlib.h>

#include "model/element_metrics.h"
#include "model/model_internal.h"
#include "model/store.h"

/* ---- keys of the other kind ---- */

void model_report_misplaced(const struct misplaced *keys, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].given)
            (void)err_add(err, keys[i].pointer, "%s", keys[i].message);
}

static void check_batch_keys(const struct model *model, struct err *err)
{
    const struct job_params *job = &model->job;
    static const char of_streams[] = "this belongs to the life cycle of a stream job's checkpoints";
    const struct run_params *run = &model->run;
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct coordination_ops *coordination = checkpoint_coordination(checkpoint);
    const struct content_ops *content = checkpoint_content(checkpoint);
    const struct store_ops *store = (const struct store_ops *)job->state.variant;
    const struct misplaced keys[] = {
        {store && !store->in_batch, "/job/state",
         "only constant state is for batch jobs: they process no messages that would change it"},
        {!content->in_batch || !content->in_batch(model->checkpoint.content.params),
         "/checkpoint/content",
         "a batch job's checkpoints are full, or deltas on a base every so many of them"},
        {checkpoint->retain > 0 && !dist_is_given(&checkpoint->verification.cost),
         "/checkpoint/retain",
         "a batch job goes back to its last checkpoint, unless a verification finds it corrupt"},
        {checkpoint->retain > 0 && checkpoint->levels.n > 0, "/checkpoint/retain",
         "each level keeps its last checkpoint"},
        {checkpoint->write_failures.probability >= 1 && checkpoint->final,
         "/checkpoint/write_failures/probability",
         "if every write fails the job never gets its final checkpoint"},
        {checkpoint->write_failures.probability > 0 && checkpoint->usable_from == USABLE_FROM_CUT,
         "/checkpoint/usable_from", "writes may fail: a checkpoint is usable from its commit"},
        {dist_is_given(&checkpoint->verification.cost) && !checkpoint->final, "/checkpoint/final",
         "the end of the job must be verified: with verification there is a final checkpoint"},
        {dist_is_given(&checkpoint->verification.cost) &&
             checkpoint->usable_from == USABLE_FROM_CUT,
         "/checkpoint/usable_from", "a verification comes before the checkpoint is usable"},
        {job->containers > 0, "/job/containers",
         "containers hold the tasks of a stream job; this job has work"},
        {job->threads > 0, "/job/threads",
         "threads are shared by the tasks of a stream job; this job has work"},
        {job->guarantee != GUARANTEE_DEFAULT, "/job/guarantee",
         "guarantees are about messages; this job has work"},
        {!isnan(job->transaction_timeout_s), "/job/transaction_timeout",
         "transactions are of the sinks of a stream job; this job has work"},
        {!isnan(run->duration_s), "/run/duration",
         "a batch job ends when its work is done; duration is for stream jobs"},
        {!isnan(run->warmup_s), "/run/warmup",
         "a batch job is counted from its start; warmup is for stream jobs"},
        {!isnan(run->sample_s), "/run/sample", "time series are of stream jobs"},
        {model->recovery.restart.scope != SCOPE_ALL && !job_has_stages(job),
         "/recovery/restart/scope", "the ranks of a batch job restart together"},
        {model->recovery.sources.n > 0, "/recovery/sources",
         "sources are of the tasks of a stream job, each of which restores its own state"},
        {model->recovery.parallel > 0, "/recovery/parallel",
         "it is about recovery.sources, of stream jobs"},
        {checkpoint->cut_at != CUT_AT_BOUNDARY, "/checkpoint/cut",
         "a batch job serves no messages, so there is none to preempt"},
        {coordination->group_by != GROUP_BY_JOB, "/checkpoint/coordination",
         "the ranks of a batch job run in lock-step; independent cuts are for stream jobs"},
        {checkpoint->queue > 0, "/checkpoint/queue", of_streams},
        {checkpoint->min_pause_s > 0, "/checkpoint/min_pause", of_streams},
        {!isnan(checkpoint->timeout_s), "/checkpoint/timeout", of_streams},
        {checkpoint->max_concurrent > 1, "/checkpoint/max_concurrent", of_streams},
        {checkpoint->tolerable_failures != TOLERATES_ALL, "/checkpoint/tolerable_failures",
         of_streams},
        {coordination->overtaking, "/checkpoint/coordination",
         "a batch job has no messages that markers could overtake"},
        {coordination->batches, "/checkpoint/coordination",
         "a batch job has no messages to let in batch by batch"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
}

/* What batches have no part in: they follow each other, each when the last has committed. */
static void check_batched_keys(const struct checkpoint_params *checkpoint, struct err *err)
{
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    const struct misplaced keys[] = {
        {checkpoint->mode == CHECKPOINT_ASYNC, "/checkpoint/mode",
         "a batch waits for the commit of the one before it: its mode is sync"},
        {checkpoint->usable_from == USABLE_FROM_CUT, "/checkpoint/usable_from",
         "a batch that is not committed is run again: it is usable from its commit"},
        {checkpoint->interval_from == INTERVAL_FROM_END, "/checkpoint/interval_from",
         "batches are due from start to start"},
        {checkpoint->overrun != OVERRUN_QUEUE, "/checkpoint/overrun",
         "a batch that is late begins when the one before it has committed"},
        {checkpoint->cut_at == CUT_PREEMPT, "/checkpoint/cut",
         "no message is in service when a batch ends"},
        {checkpoint->queue > 0, "/checkpoint/queue",
         "batches that are late do not pile up: the next one takes all that has arrived"},
        {checkpoint->min_pause_s > 0, "/checkpoint/min_pause",
         "a batch that is late begins when the one before it has committed"},
        {!isnan(checkpoint->timeout_s), "/checkpoint/timeout",
         "a batch takes as long as its messages do, and does not expire"},
        {checkpoint->max_concurrent > 1, "/checkpoint/max_concurrent",
         "batches follow one another"},
        {checkpoint->tolerable_failures != TOLERATES_ALL, "/checkpoint/tolerable_failures",
         "batches neither expire nor are declined"},
        {checkpoint->write_failures.probability > 0, "/checkpoint/write_failures",
         "writes of batches do not fail"},
        {trigger->ask || trigger->polls || trigger->learns || trigger->from_end,
         "/checkpoint/trigger",
         "batches are due at an interval, or follow one another: fixed, random, young, daly, "
         "optimal or each_batch"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
}

static void check_stream_keys(const struct model *model, struct err *err)
{
    const struct job_params *job = &model->job;
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    bool counts_from_end = trigger->from_end || checkpoint->interval_from == INTERVAL_FROM_END;
    const struct misplaced keys[] = {
        {job->tasks > 0, "/job/tasks", "a stream job's tasks are given operator by operator"},
        {job->state.variant != NULL, "/job/state",
         "a stream job's state is given operator by operator"},
        {dist_is_given(&checkpoint->verification.cost), "/checkpoint/verification",
         "verification is for batch jobs"},
        {checkpoint->final, "/checkpoint/final", "a stream job has no end to checkpoint at"},
        {checkpoint->timer == TIMER_USEFUL, "/checkpoint/timer",
         "a stream job has no useful work to count: its timer is wall"},
        {checkpoint->queue > 0 && counts_from_end, "/checkpoint/queue",
         "with a queue the timer keeps its rate; here the interval counts from the end of a "
         "checkpoint"},
        {checkpoint->interval_from == INTERVAL_FROM_MULTIPLES, "/checkpoint/interval_from",
         "a stream job has no useful work whose multiples could be met: start or end"},
        {checkpoint->on_alarm == ON_ALARM_QUEUE, "/checkpoint/on_alarm",
         "a stream job answers an alarm at once or not at all; queue is for batch jobs"},
        {checkpoint->interrupted != INTERRUPTED_KEPT, "/checkpoint/interrupted",
         "a stream job recovers after each failure; interrupted is for batch jobs"},
        {model->recovery.from_input != FROM_INPUT_RECOVER, "/recovery/from_input",
         "a stream job recovers after each failure; from_input is for batch jobs"},
        {!isnan(model->run.time_limit_s), "/run/time_limit",
         "a stream job runs for run.duration; time_limit is for batch jobs"},
    };
    model_report_misplaced(keys, MEM_COUNT(keys), err);
    if (checkpoint_batches(checkpoint))
        check_batched_keys(checkpoint, err);
}

static void check_silent(const struct model *model, const struct failure_params *failure,
                         const char *pointer, struct err *err)
{
    if (job_is_stream(&model->job) || failure->strikes != STRIKES_JOB)
        (void)err_add(err, pointer, "silent errors strike batch jobs as a whole: strikes: job");
    else if (!dist_is_given(&model->checkpoint.verification.cost))
        (void)err_add(err, pointer, "nothing finds silent errors: checkpoint.verification would");
    if (failure->severity > 0)
        (void)err_add(err, pointer, "a silent error destroys no storage: it has no severity");
}

static void check_failure_kinds(const struct model *model, struct err *err)
{
    bool is_stream = job_is_stream(&model->job);
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        char *pointer = mem_format("/failures/%zu", i);
        if (!is_stream && failures[i].strikes == STRIKES_CONTAINER)
            (void)err_add(err, pointer, "containers are of stream jobs; a batch job has processes");
        if (!is_stream && failures[i].loses == LOSES_NOTHING)
            (void)err_add(err, pointer, "loses: nothing is for stream jobs");
        if (failures[i].loses == LOSES_NOTHING && failures[i].severity > 0)
            (void)err_add(err, pointer, "what loses nothing destroys nothing: it has no severity");
        if (failures[i].silent)
            check_silent(model, &failures[i], pointer, err);
        free(pointer);
    }
}

static void check_execution_keys(const struct model *model, struct err *err)
{
    if (!job_has_stages(&model->job) && model_has_execution(&model->job.execution))
        (void)err_add(err, "/job/execution",
                      "this is about the tasks of stages, and this job has none");
}

/* ---- the kinds ---- */

static void prepare_batch(struct model *model, struct arena *arena, struct err *err)
{
    check_batch_keys(model, err);
    if (job_has_stages(&model->job)) {
        model_prepare_stages(model, arena, err);
        return;
    }
    if (model->job.tasks == 0)
        model->job.tasks = 1;
    if (isnan(model->run.time_limit_s))
        model->run.time_limit_s = 1000 * model->job.work_s;
}

static void check_run(const struct run_params *run, struct err *err)
{
    if (isnan(run->duration_s))
        (void)err_add(err, "/run", "a stream job needs run.duration, the time to simulate");
    if (run->warmup_s >= run->duration_s)
        (void)err_add(err, "/run/warmup", "nothing is left to count: warmup takes %g s of %g s",
                      run->warmup_s, run->duration_s);
    if (run->sample_s > run->duration_s)
        (void)err_add(err, "/run/sample", "no sample in a run of %g s: a step of %g s is longer",
                      run->duration_s, run->sample_s);
    if (run->duration_s / run->sample_s > STORY_MOST_SAMPLES)
        (void)err_add(err, "/run/sample", "%.3g samples; at most %d are taken",
                      run->duration_s / run->sample_s, STORY_MOST_SAMPLES);
}

static void prepare_stream(struct model *model, struct arena *arena, struct err *err)
{
    check_stream_keys(model, err);
    check_run(&model->run, err);
    if (isnan(model->run.warmup_s))
        model->run.warmup_s = 0;
    model->topology = topology_build(&model->job, &model->cluster, arena, err);
    if (!model->topology)
        return;
    model->job.tasks = model->topology->n_tasks;
    model->job.containers = model->topology->n_containers;
}

bool model_prepare_kind(struct model *model, struct arena *arena, struct err *err)
{
    bool has_work = !isnan(model->job.work_s);
    bool has_stages = job_has_stages(&model->job);
    bool is_stream = job_is_stream(&model->job);
    if (has_work && is_stream)
        return err_add(err, "/job", "a job has either work or operators, not both");
    if (has_stages && (has_work || is_stream))
        return err_add(err, "/job", "a job has either stages or %s, not both",
                       has_work ? "work" : "operators");
    if (!has_work && !is_stream && !has_stages) {
        (void)err_add(err, "/job", "a job needs work, stages or operators");
        err_hint(err, "\"work\": \"10 h\" makes a batch job, \"operators\": [...] a stream job");
        return false;
    }
    check_failure_kinds(model, err);
    check_execution_keys(model, err);
    if (is_stream)
        prepare_stream(model, arena, err);
    else
        prepare_batch(model, arena, err);
    return is_stream ? model->topology != NULL : !has_stages || model->stages;
}
