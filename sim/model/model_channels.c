// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What strategies, restart scopes and guarantees of a stream job ask of its
 * channels and of each other.
 */
#include <math.h>
#include <stdlib.h>

#include "model/model_internal.h"

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
    "\"channel\": \"log\", or strategy: message_logging, uncoordinated, barrier or stop_world",
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

static bool cuts_by_markers(const struct model *model)
{
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    return coordination->takes_cuts && coordination->cut_by == CUT_BY_MARKERS;
}

/* The first rule that the edge breaks, or NULL. What may be lost needs no log to be kept in. */
static const struct channel_rule *broken_rule(const struct model *model, const struct edge *edge)
{
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    bool by_markers = cuts_by_markers(model);
    bool is_maximal = checkpoint_line(&model->checkpoint) == LINE_MAXIMAL;
    bool logs = checkpoint_logging(&model->checkpoint) == LOGGING_SENDER;
    bool on_their_own = coordination->takes_cuts && coordination->group_by != GROUP_BY_JOB;
    bool keeps = model->job.guarantee != GUARANTEE_AT_MOST_ONCE;
    int scope = logs && !is_maximal ? SCOPE_ALL : (int)model->recovery.restart.scope;
    bool leaves = leaves_container(model->topology, edge);
    bool inside = coordination->group_by == GROUP_BY_CONTAINER && !leaves;
    const struct channel_rule *rules[] = {
        by_markers ? &markers : NULL,
        keeps && on_their_own && !inside && !is_maximal && !logs ? &independent_cuts : NULL,
        keeps && scope == SCOPE_TASK ? &task_alone : NULL,
        keeps && scope == SCOPE_CONTAINER && leaves ? &container_alone : NULL,
    };
    for (size_t i = 0; i < MEM_COUNT(rules); i++)
        if (rules[i] && rules[i]->channel != edge->channel)
            return rules[i];
    return NULL;
}

/* A log between operators, or NULL. */
static const struct edge *find_log(const struct topology *topology)
{
    for (size_t e = 0; e < topology->n_edges; e++)
        if (topology->edges[e].channel == CHANNEL_LOG)
            return &topology->edges[e];
    return NULL;
}

/* What markers that overtake, or that are only counted, do not go with. */
static void check_markers(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    bool overtake = checkpoint_overtaking(checkpoint) != NULL;
    if (!cuts_by_markers(model) || (model_blocks_alignment(model) && !overtake))
        return;
    if (checkpoint->max_concurrent > 1)
        (void)err_add(err, "/checkpoint/max_concurrent",
                      "the markers of one checkpoint at a time may %s",
                      overtake ? "overtake messages" : "pass without blocking");
    /* Where a log lowers the guarantee, the error is about that. */
    if (overtake && !model_blocks_alignment(model) && !find_log(model->topology)) {
        (void)err_add(err, "/job/guarantee",
                      "unaligned checkpoints hold messages in flight, each once: they give "
                      "exactly_once_state and more");
        err_hint(err, "strategy: barrier");
    }
    if (overtake && checkpoint->device && checkpoint->mode == CHECKPOINT_SYNC)
        (void)err_add(err, "/checkpoint/mode",
                      "messages in flight come when a task works on already: unaligned "
                      "checkpoints are written async");
    if (overtake && checkpoint->usable_from == USABLE_FROM_CUT)
        (void)err_add(err, "/checkpoint/usable_from",
                      "a cut is complete only when the last message in flight has come: "
                      "unaligned checkpoints are usable from commit");
    if (overtake && checkpoint->cut_at == CUT_PREEMPT)
        (void)err_add(err, "/checkpoint/cut",
                      "a message in service at a cut is neither in the state nor in flight: "
                      "unaligned checkpoints need cut: boundary");
}

/* What independent cuts of tasks with pipelined channels do not go with. */
static void check_pipelined_cuts(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    bool is_maximal = checkpoint_line(checkpoint) == LINE_MAXIMAL;
    bool logs = checkpoint_logging(checkpoint) == LOGGING_SENDER;
    if (!is_maximal && !logs)
        return;
    if (logs && model->job.guarantee == GUARANTEE_AT_MOST_ONCE)
        (void)err_add(err, "/job/guarantee",
                      "at_most_once: senders keep messages so that they are processed again after "
                      "a failure: logging needs at_least_once or more");
    if (checkpoint->cut_at == CUT_PREEMPT)
        (void)err_add(err, "/checkpoint/cut",
                      "a message in service at a cut is neither received nor not: recovery lines "
                      "and logging need cut: boundary");
    if (is_maximal && model->recovery.restart.scope != SCOPE_ALL)
        (void)err_add(err, "/recovery/restart/scope",
                      "all tasks go back to a recovery line together: scope: all");
    for (size_t e = 0; logs && e < model->topology->n_edges; e++)
        if (model->topology->edges[e].on_full == ON_FULL_DROP)
            (void)err_add(err, "/checkpoint/coordination",
                          "channels to '%s' drop messages when they are full, which a replay "
                          "would not repeat: logging needs on_full: block",
                          model->topology->operators[model->topology->edges[e].to].params->name);
}

/* ---- guarantees ---- */

/* The guarantee asks for more than what lies between operators allows. */
static void refuse_log(const struct model *model, const struct edge *log, struct err *err)
{
    const struct operator_place *operators = model->topology->operators;
    (void)err_add(err, "/job/guarantee",
                  "%s: the channels from '%s' to '%s' are logs, into which a sender that goes back "
                  "writes again what is in them already, so that this job gives at_least_once",
                  guarantee_name((enum guarantee)model->job.guarantee),
                  operators[log->from].params->name, operators[log->to].params->name);
    err_hint(err,
             "\"channel\": \"pipelined\" with strategy: barrier or stop_world, or a job of one "
             "operator");
}

static void refuse_coordination(const struct coordination_ops *coordination, struct err *err)
{
    (void)err_add(
        err, "/job/guarantee",
        "exactly_once_output: outputs become visible when a checkpoint commits, and there "
        "are none under coordination: %s, which gives %s",
        coordination->variant.name, guarantee_name(coordination->gives));
    err_hint(err, "strategy: barrier or stop_world");
}

/* Messages in transit at a recovery line are lost, unless somebody keeps them. */
static bool loses_transit(const struct model *model)
{
    return checkpoint_line(&model->checkpoint) == LINE_MAXIMAL &&
           checkpoint_logging(&model->checkpoint) == LOGGING_NONE;
}

static void refuse_lossy_line(const struct model *model, struct err *err)
{
    (void)err_add(err, "/job/guarantee",
                  "%s: messages in transit at a maximal recovery line are lost where nobody logs "
                  "them",
                  guarantee_name((enum guarantee)model->job.guarantee));
    err_hint(err, "\"logging\": \"sender\"");
}

static void settle_guarantee(struct model *model, struct err *err)
{
    const struct coordination_ops *coordination = checkpoint_coordination(&model->checkpoint);
    const struct edge *log = find_log(model->topology);
    enum guarantee gives = log ? GUARANTEE_AT_LEAST_ONCE : coordination->gives;
    struct job_params *job = &model->job;
    if (job->guarantee == GUARANTEE_DEFAULT)
        job->guarantee = (int)gives;
    else if (job->guarantee > GUARANTEE_AT_MOST_ONCE && loses_transit(model))
        refuse_lossy_line(model, err);
    else if (job->guarantee > (int)gives && log)
        refuse_log(model, log, err);
    else if (job->guarantee > (int)coordination->gives_committed)
        refuse_coordination(coordination, err);
    if (!isnan(job->transaction_timeout_s) && job->guarantee != GUARANTEE_EXACTLY_ONCE_OUTPUT) {
        (void)err_add(
            err, "/job/transaction_timeout",
            "there are transactions under guarantee: exactly_once_output only; this is %s",
            guarantee_name((enum guarantee)job->guarantee));
        err_hint(err, "\"guarantee\": \"exactly_once_output\"");
    }
}

bool model_blocks_alignment(const struct model *model)
{
    return model->job.guarantee >= GUARANTEE_EXACTLY_ONCE_STATE;
}

void model_prepare_guarantee(struct model *model, struct err *err)
{
    settle_guarantee(model, err);
    check_pipelined_cuts(model, err);
    check_markers(model, err);
    for (size_t e = 0; e < model->topology->n_edges; e++) {
        const struct channel_rule *rule = broken_rule(model, &model->topology->edges[e]);
        if (rule)
            refuse_edge(model->topology, e, rule, err);
    }
}
