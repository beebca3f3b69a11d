// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Batch or stream: which keys belong to which kind of job, and what must hold
 * between the parts of a stream job.
 */
#include <math.h>
#include <stdlib.h>

#include "model/element_metrics.h"
#include "model/model_internal.h"

/* ---- keys of the other kind ---- */

/* A key that has no meaning for this kind of job. */
struct misplaced {
    bool given;
    const char *pointer;
    const char *message;
};

static void report_misplaced(const struct misplaced *keys, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].given)
            (void)err_add(err, keys[i].pointer, "%s", keys[i].message);
}

static void check_batch_keys(const struct model *model, struct err *err)
{
    const struct job_params *job = &model->job;
    const struct run_params *run = &model->run;
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    const struct misplaced keys[] = {
        {job->containers > 0, "/job/containers",
         "containers hold the tasks of a stream job; this job has work"},
        {job->threads > 0, "/job/threads",
         "threads are shared by the tasks of a stream job; this job has work"},
        {!isnan(run->duration_s), "/run/duration",
         "a batch job ends when its work is done; duration is for stream jobs"},
        {!isnan(run->warmup_s), "/run/warmup",
         "a batch job is counted from its start; warmup is for stream jobs"},
        {!isnan(run->sample_s), "/run/sample", "time series are of stream jobs"},
        {model->recovery.restart.scope != SCOPE_ALL, "/recovery/restart/scope",
         "the ranks of a batch job restart together"},
        {model->checkpoint.cut_at != CUT_AT_BOUNDARY, "/checkpoint/cut",
         "a batch job serves no messages, so there is none to preempt"},
        {coordination->per_task, "/checkpoint/coordination",
         "the ranks of a batch job run in lock-step; independent cuts are for stream jobs"},
    };
    report_misplaced(keys, MEM_COUNT(keys), err);
}

static void check_stream_keys(const struct model *model, struct err *err)
{
    const struct job_params *job = &model->job;
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct misplaced keys[] = {
        {job->tasks > 0, "/job/tasks", "a stream job's tasks are given operator by operator"},
        {job->state.variant != NULL, "/job/state",
         "a stream job's state is given operator by operator"},
        {checkpoint->final, "/checkpoint/final", "a stream job has no end to checkpoint at"},
        {checkpoint->timer == TIMER_USEFUL, "/checkpoint/timer",
         "a stream job has no useful work to count: its timer is wall"},
        {!isnan(model->run.time_limit_s), "/run/time_limit",
         "a stream job runs for run.duration; time_limit is for batch jobs"},
    };
    report_misplaced(keys, MEM_COUNT(keys), err);
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
        free(pointer);
    }
}

/* ---- the two kinds ---- */

static void prepare_batch(struct model *model, struct err *err)
{
    check_batch_keys(model, err);
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
    bool is_stream = job_is_stream(&model->job);
    if (has_work && is_stream)
        return err_add(err, "/job", "a job has either work or operators, not both");
    if (!has_work && !is_stream) {
        (void)err_add(err, "/job", "a job needs work, or operators");
        err_hint(err, "\"work\": \"10 h\" makes a batch job, \"operators\": [...] a stream job");
        return false;
    }
    check_failure_kinds(model, err);
    if (is_stream)
        prepare_stream(model, arena, err);
    else
        prepare_batch(model, err);
    return !is_stream || model->topology;
}

/* ---- strategies, scopes and channels ---- */

/* What a strategy or a restart scope asks of channels. */
struct channel_rule {
    enum channel_kind channel; /* that it needs */
    const char *why, *hint;
};

static const struct channel_rule markers = {
    CHANNEL_PIPELINED,
    "the markers of a barrier do not travel through logs",
    "\"channel\": \"pipelined\", or another strategy",
};
static const struct channel_rule independent_cuts = {
    CHANNEL_LOG,
    "where tasks checkpoint on their own, only a log keeps what was sent between two cuts",
    "\"channel\": \"log\", or strategy: barrier or stop_world",
};
static const struct channel_rule task_alone = {
    CHANNEL_LOG,
    "a task can restart alone only where logs keep what was sent to it",
    "\"channel\": \"log\", or scope: all",
};
static const struct channel_rule container_alone = {
    CHANNEL_LOG,
    "a container can restart alone only where logs keep what others sent to it",
    "\"channel\": \"log\", or scope: all",
};

static void refuse_edge(const struct topology *topology, size_t e, const struct channel_rule *rule,
                        struct err *err)
{
    const struct edge *edge = &topology->edges[e];
    const struct operator_place *to = &topology->operators[edge->to];
    size_t input = 0;
    while (to->in_edges[input] != e)
        input++;
    char *pointer = mem_format("/job/operators/%u/inputs/%zu/channel", edge->to, input);
    (void)err_add(err, pointer, "channels from '%s' to '%s' are %s: %s",
                  topology->operators[edge->from].params->name, to->params->name,
                  edge->channel == CHANNEL_LOG ? "logs" : "pipelined", rule->why);
    err_hint(err, "%s", rule->hint);
    free(pointer);
}

/* Whether some channel of the edge goes from one container to another. */
static bool leaves_container(const struct topology *topology, const struct edge *edge)
{
    return edge->by != ROUTE_FORWARD && topology->n_containers > 1;
}

/* The first rule that the edge breaks, or NULL. */
static const struct channel_rule *broken_rule(const struct model *model, const struct edge *edge)
{
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    bool by_markers = coordination->takes_cuts && coordination->cut_by == CUT_BY_MARKERS;
    bool per_task = coordination->takes_cuts && coordination->per_task;
    int scope = model->recovery.restart.scope;
    const struct channel_rule *rules[] = {
        by_markers ? &markers : NULL,
        per_task ? &independent_cuts : NULL,
        scope == SCOPE_TASK ? &task_alone : NULL,
        scope == SCOPE_CONTAINER && leaves_container(model->topology, edge) ? &container_alone
                                                                            : NULL,
    };
    for (size_t i = 0; i < MEM_COUNT(rules); i++)
        if (rules[i] && rules[i]->channel != edge->channel)
            return rules[i];
    return NULL;
}

void model_check_stream(const struct model *model, struct err *err)
{
    for (size_t e = 0; e < model->topology->n_edges; e++) {
        const struct channel_rule *rule = broken_rule(model, &model->topology->edges[e]);
        if (rule)
            refuse_edge(model->topology, e, rule, err);
    }
}
