// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of back-off, retries and requests, and what does not go together. */
#include <math.h>

#include "model/model.h"
#include "model/scheduler.h"

static const char *const rule_names[] = {"chain", "rate", NULL};
static const char *const per_names[] = {"scope", "job", NULL};

const struct field backoff_fields[] = {
    {
        .key = "initial",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct backoff_params, initial_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Wait before the first restart, and the shortest one.",
        .witness = "stream-scheduler.json /recovery/backoff/initial=\"4 s\"",
    },
    {
        .key = "factor",
        .kind = FIELD_REAL,
        .offset = offsetof(struct backoff_params, factor),
        .min = 1,
        .max = 1000,
        .fallback = "1",
        .help = "What the wait grows by from one restart to the next.",
        .source = "Flink: 1.5; Marathon: 1.15",
        .witness = "stream-scheduler.json /recovery/backoff/factor=3",
    },
    {
        .key = "max",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct backoff_params, max_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "The longest wait.",
        .source = "Flink: 1 min; Marathon: 5 min",
        .witness = "stream-scheduler.json /recovery/backoff/max=\"1.2 s\"",
    },
    {
        .key = "jitter",
        .kind = FIELD_REAL,
        .offset = offsetof(struct backoff_params, jitter),
        .max = 1,
        .fallback = "0",
        .help = "Share of the wait that is added or taken away at random, uniformly; never below "
                "initial, nor above max.",
        .source = "Flink: 0.1",
        .witness = "stream-scheduler.json /recovery/backoff/jitter=0.4",
    },
    {
        .key = "reset",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct backoff_params, reset_s),
        .max = 1e12,
        .help = "Time since the end of the last wait after which a failure counts as the first "
                "again. Absent: never.",
        .source = "Flink: 1 h",
        .witness = "stream-scheduler.json /recovery/backoff/reset=\"1 s\"",
    },
    {0},
};

const struct field retry_fields[] = {
    {
        .key = "max",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct retry_params, max),
        .max = 10000,
        .absent = RETRIES_UNLIMITED,
        .help = "Failures after which the job is restarted; one more is its end: a batch job stays "
                "unfinished, a stream job down. Absent: no failure is one too many.",
        .source = "Spark: spark.task.maxFailures; Samza: cluster-manager.container.retry.count",
        .witness = "stream-scheduler.json /recovery/retries/max=1",
    },
    {
        .key = "window",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct retry_params, window_s),
        .max = 1e12,
        .above_min = true,
        .help = "Failures that count lie less than this apart, as the rule says. Absent: all "
                "count.",
        .witness = "stream-scheduler.json /recovery/retries/max=1 "
                   "/recovery/retries/window=\"30 s\"",
    },
    {
        .key = "rule",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct retry_params, rule),
        .choices = rule_names,
        .fallback = "\"chain\"",
        .help = "chain: a failure counts while each one came within the window after the one "
                "before it; rate: those within the window before now.",
        .source = "chain: Samza; rate: Flink, failure-rate",
        .witness = "stream-scheduler.json /recovery/retries/max=2 "
                   "/recovery/retries/window=\"40 s\" /recovery/retries/rule=\"rate\"",
    },
    {
        .key = "per",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct retry_params, per),
        .choices = per_names,
        .fallback = "\"scope\"",
        .help = "Whether each restart scope has a budget of its own, or the job one for all.",
        .witness = "stream-scheduler.json /recovery/retries/max=3 "
                   "/recovery/retries/per=\"job\"",
    },
    {
        .key = "last_delay",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct retry_params, last_delay_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Least wait before the last restart that max allows, from the detection on: for "
                "what ails the job to pass. Of rule: chain.",
        .source = "Samza: cluster-manager.container.preferred-host.last.retry.delay.ms",
        .witness = "stream-scheduler.json /recovery/retries/max=1 "
                   "/recovery/retries/last_delay=\"1 min\"",
    },
    {0},
};

static const struct field poll_element = {
    .key = "polls",
    .kind = FIELD_REAL,
    .dimension = DIMENSION_TIME,
    .max = 1e9,
    .above_min = true,
    .help = "Period of a poll.",
};

static const struct field preferred_host_fields[] = {
    {
        .key = "wait",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct preferred_host_params, wait_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help = "Time from the request on after which any spare will do.",
        .source = "Samza: job.container.request.timeout.ms, 5 s",
        .witness = "stream-host-affinity.json /recovery/scheduler/preferred_host/wait=\"50 s\"",
    },
    {0},
};

const struct field scheduler_fields[] = {
    {
        .key = "polls",
        .kind = FIELD_LIST,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct scheduler_params, polls),
        .element = &poll_element,
        .element_size = sizeof(double),
        .help = "Periods of the polls by which a request for resources travels, one after the "
                "other: each adds a time between 0 and its period.",
        .source = "Samza on YARN: heartbeats of 1 s and the allocator's poll of 3.6 s",
        .witness = "stream-scheduler.json /recovery/scheduler/polls=[\"9 s\"]",
    },
    {
        .key = "preferred_host",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct scheduler_params, preferred_host),
        .fields = preferred_host_fields,
        .optional = true,
        .shorthand_key = "wait",
        .help = "What a node hosted waits for that node rather than a spare: until it is requested "
                "again, and some time more, in which the node may be repaired. Absent: a spare "
                "takes its place at once.",
        .source = "Samza: host affinity",
        .witness = "stream-host-affinity.json /recovery/scheduler/preferred_host=null",
    },
    {
        .key = "rescale_after",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct scheduler_params, rescale_after_s),
        .max = 1e9,
        .help = "Time of waiting for nodes after which the job goes on with those that it has, "
                "slower in proportion, until others come, for which it restarts once more. Absent: "
                "it waits until it has all.",
        .source = "Flink, adaptive scheduler: 10 s (resource-stabilization-timeout)",
        .witness = "stream-rescale.json /recovery/scheduler/rescale_after=null",
    },
    {0},
};

/* ---- what does not go together ---- */

static void check_backoff(const struct backoff_params *backoff, struct err *err)
{
    if (backoff->initial_s > backoff->max_s)
        (void)err_add(err, "/recovery/backoff/max",
                      "the longest wait, %g s, is below the first, %g s", backoff->max_s,
                      backoff->initial_s);
}

static void check_retries(const struct retry_params *retries, struct err *err)
{
    bool limited = retries->max != RETRIES_UNLIMITED;
    if (!limited && !isnan(retries->window_s))
        (void)err_add(err, "/recovery/retries/window", "a window needs retries.max");
    if (!limited && retries->per != RETRY_PER_SCOPE)
        (void)err_add(err, "/recovery/retries/per", "a budget of the job needs retries.max");
    if (retries->last_delay_s > 0 && (!limited || retries->rule != RETRY_CHAIN))
        (void)err_add(err, "/recovery/retries/last_delay",
                      "the last retry is known with retries.max, and rule: chain");
    if (retries->rule == RETRY_RATE && isnan(retries->window_s))
        (void)err_add(err, "/recovery/retries/rule", "a rate needs retries.window");
}

static void check_cancel(const struct model *model, struct err *err)
{
    const struct restart_params *restart = &model->recovery.restart;
    if (!dist_is_given(&restart->cancel) && !isnan(restart->cancel_timeout_s))
        (void)err_add(err, "/recovery/restart/cancel_timeout",
                      "nothing is cancelled: a time-out needs restart.cancel");
    if (dist_is_given(&restart->cancel) && !model->topology && model->job.tasks == 1)
        err_warn(err, "/recovery/restart/cancel",
                 "a job of one task leaves no survivors to cancel: this has no effect");
}

static bool any_node_is_repaired(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failure_strikes_nodes(&failures[i]) && failures[i].loses != LOSES_NOTHING &&
            !failure_repairs_at_once(&failures[i]) && !failure_is_capacity(&failures[i]))
            return true;
    return false;
}

static void check_preferred_host(const struct model *model, struct err *err)
{
    static const char pointer[] = "/recovery/scheduler/preferred_host";
    uint64_t needed = model->topology ? model->topology->n_nodes : model_nodes_needed(model);
    if (!(model->recovery.scheduler.preferred_host.wait_s > 0))
        return;
    if (!any_node_is_repaired(model))
        err_warn(err, pointer,
                 "no failure takes nodes down for a time (repair): this has no effect");
    else if (model->cluster.nodes <= needed)
        err_warn(err, pointer, "there are no spare nodes to take instead: this has no effect");
}

static void check_rescale(const struct model *model, struct err *err)
{
    static const char pointer[] = "/recovery/scheduler/rescale_after";
    if (isnan(model->recovery.scheduler.rescale_after_s))
        return;
    if (model->stages)
        (void)err_add(err, pointer,
                      "the tasks of stages go to the nodes that are there: this has no effect");
    else if (!any_node_is_repaired(model) && !model_any_failure(model, failure_is_capacity))
        err_warn(err, pointer,
                 "no failure takes nodes down for a time (repair): this has no effect");
}

void scheduler_prepare(const struct model *model, struct err *err)
{
    check_backoff(&model->recovery.backoff, err);
    check_retries(&model->recovery.retries, err);
    check_cancel(model, err);
    check_preferred_host(model, err);
    check_rescale(model, err);
}
