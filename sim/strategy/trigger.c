// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Triggers: what decides when a checkpoint is taken. They plan one interval
 * before the run, from what the scenario itself says; of a stream job some
 * also say how the times between triggers differ from it. Those that look at
 * the job while it runs are in trigger_watch.c.
 */
#include <math.h>

#include "model/analytic.h"
#include "model/analytic_levels.h"
#include "strategy/trigger.h"

struct fixed_params {
    struct dist first; /* not given: as all others */
};

static const struct field fixed_fields[] = {
    {
        .key = "first",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct fixed_params, first),
        .types = &dist_union,
        .help = "Stream jobs: law of the time from a start of the job to its first checkpoint; "
                "absent: checkpoint.interval.",
        .source = "Flink: uniform from min_pause to the interval",
        .witness = "stream-words.json /checkpoint/trigger={\"kind\":\"fixed\"} "
                   "/checkpoint/trigger/first=\"2 s\"",
    },
    {0},
};

struct random_params {
    struct dist law;
};

static const struct field random_fields[] = {
    {
        .key = "law",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct random_params, law),
        .types = &dist_union,
        .required = true,
        .help = "Law of the time from one checkpoint to the next.",
        .witness = "stream-words.json /checkpoint/interval=null "
                   "/checkpoint/trigger={\"kind\":\"random\",\"law\":\"20 s\"} "
                   "/checkpoint/trigger/law={\"dist\":\"exponential\",\"mean\":\"10 s\"}",
    },
    {0},
};

struct growing_params {
    double factor;
};

static const struct field growing_fields[] = {
    {
        .key = "factor",
        .kind = FIELD_REAL,
        .offset = offsetof(struct growing_params, factor),
        .min = 1,
        .above_min = true,
        .max = 1000,
        .required = true,
        .help = "Factor of the interval at each checkpoint.",
        .witness = "batch-growing.json /checkpoint/trigger/factor=3",
    },
    {0},
};

struct planned_params {
    double mtbf_s; /* NaN: the scenario's own */
};

static const struct field planned_fields[] = {
    {
        .key = "mtbf",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct planned_params, mtbf_s),
        .max = 1e15,
        .above_min = true,
        .help = "Mean time between failures to plan with; absent: what the failures of the "
                "scenario give.",
        .witness = "batch-young.json /checkpoint/trigger={\"kind\":\"young\"} "
                   "/checkpoint/trigger/mtbf=\"4 d\"",
    },
    {0},
};

bool trigger_of_streams(const struct plan_facts *facts, const char *pointer, struct err *err)
{
    return facts->is_stream ||
           err_add(err, pointer,
                   "this trigger looks at a stream job while it runs; a batch job "
                   "plans one interval: fixed, growing, young, daly or optimal");
}

bool trigger_take_interval(const struct plan_facts *facts, const char *pointer, struct err *err,
                           double *interval_s)
{
    *interval_s = facts->interval_s;
    if (!isnan(facts->interval_s))
        return true;
    err_add(err, pointer, "a fixed interval needs checkpoint.interval");
    err_hint(err, "or let \"trigger\": \"young\", \"daly\" or \"optimal\" find one");
    return false;
}

static bool plan_fixed(void *params, const struct plan_facts *facts, const char *pointer,
                       struct err *err, double *interval_s)
{
    const struct fixed_params *fixed = params;
    if (!facts->is_stream && dist_is_given(&fixed->first))
        return err_add(err, pointer, "first belongs to stream jobs");
    return trigger_take_interval(facts, pointer, err, interval_s);
}

static double fixed_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    const struct fixed_params *fixed = params;
    return view->first && dist_is_given(&fixed->first) ? dist_draw(&fixed->first, rng)
                                                       : view->interval_s;
}

bool trigger_find_interval(const struct plan_facts *facts, const char *pointer, struct err *err)
{
    return isnan(facts->interval_s) ||
           err_add(err, pointer,
                   "the trigger finds the interval itself, but checkpoint.interval says %g s; "
                   "remove one of them",
                   facts->interval_s);
}

static bool plan_random(void *params, const struct plan_facts *facts, const char *pointer,
                        struct err *err, double *interval_s)
{
    const struct random_params *random = params;
    *interval_s = dist_mean(&random->law);
    if (!facts->is_stream)
        return err_add(err, pointer, "random belongs to stream jobs");
    if (!(*interval_s > 0))
        return err_add(err, pointer, "the mean of the law must be above 0");
    return trigger_find_interval(facts, pointer, err);
}

static double random_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    (void)view;
    return dist_draw(&((const struct random_params *)params)->law, rng);
}

static bool plan_growing(void *params, const struct plan_facts *facts, const char *pointer,
                         struct err *err, double *interval_s)
{
    (void)params;
    if (facts->is_stream)
        return err_add(err, pointer, "growing belongs to batch jobs");
    return trigger_take_interval(facts, pointer, err, interval_s);
}

static double growth(const void *params)
{
    return ((const struct growing_params *)params)->factor;
}

/* The MTBF to plan with; false, with an error, when an interval is given beside the formula. */
static bool planning_mtbf(const struct planned_params *params, const struct plan_facts *facts,
                          const char *pointer, struct err *err, double *mtbf_s)
{
    *mtbf_s = isnan(params->mtbf_s) ? facts->mtbf_s : params->mtbf_s;
    if (!trigger_find_interval(facts, pointer, err))
        return false;
    if (facts->cost_s > 0)
        return true;
    return err_add(err, pointer,
                   "checkpoints that cost nothing have no best interval; use "
                   "trigger: fixed");
}

static bool plan_young(void *params, const struct plan_facts *facts, const char *pointer,
                       struct err *err, double *interval_s)
{
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    *interval_s = analytic_young_s(facts->cost_s, mtbf_s);
    return true;
}

static bool plan_daly(void *params, const struct plan_facts *facts, const char *pointer,
                      struct err *err, double *interval_s)
{
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    *interval_s = analytic_daly_s(facts->cost_s, mtbf_s);
    return true;
}

/* Exact for exponential failures; for another known law the best fixed interval of a long job. */
static bool plan_optimal(void *params, const struct plan_facts *facts, const char *pointer,
                         struct err *err, double *interval_s)
{
    const struct planned_params *planned = params;
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    bool own_mtbf = isnan(planned->mtbf_s);
    if (own_mtbf && facts->levels) {
        *interval_s = analytic_best_interval_of_pattern_s(facts->levels, facts->pattern);
        return true;
    }
    if (!own_mtbf || !facts->job || !analytic_optimal_interval(facts->job, interval_s))
        *interval_s = analytic_optimal_s(facts->cost_s, mtbf_s);
    return true;
}

static const struct trigger_ops fixed = {
    .variant =
        {
            .name = "fixed",
            .help = "Every checkpoint.interval.",
            .size = sizeof(struct fixed_params),
            .fields = fixed_fields,
        },
    .plan = plan_fixed,
    .takes_interval = true,
    .next_s = fixed_next_s,
};

static const struct trigger_ops growing = {
    .variant =
        {
            .name = "growing",
            .help = "Batch jobs: checkpoint.interval at first, and longer by a factor with each "
                    "checkpoint, until the job falls back on one: the longer it has run, the more "
                    "it is trusted.",
            .source = "OpenDC, checkpointIntervalScaling",
            .size = sizeof(struct growing_params),
            .fields = growing_fields,
        },
    .plan = plan_growing,
    .takes_interval = true,
    .growth = growth,
};

static const struct trigger_ops random_intervals = {
    .variant =
        {
            .name = "random",
            .help = "Intervals drawn from a law: of stream jobs, for models in which checkpoints "
                    "form a renewal or Poisson process.",
            .size = sizeof(struct random_params),
            .fields = random_fields,
        },
    .plan = plan_random,
    .next_s = random_next_s,
};

static const struct trigger_ops young = {
    .variant =
        {
            .name = "young",
            .help = "Young's interval, sqrt(2 C M).",
            .source = "Young 1974",
            .size = sizeof(struct planned_params),
            .fields = planned_fields,
        },
    .plan = plan_young,
};

static const struct trigger_ops daly = {
    .variant =
        {
            .name = "daly",
            .help = "Daly's higher-order interval.",
            .source = "Daly 2006",
            .size = sizeof(struct planned_params),
            .fields = planned_fields,
        },
    .plan = plan_daly,
};

static const struct trigger_ops optimal = {
    .variant =
        {
            .name = "optimal",
            .help = "The interval that minimises the expected run time: exact for exponential "
                    "failures; for another law that renews at failures, the best fixed interval "
                    "of a long job; else the exponential answer for the same MTBF.",
            .source = "Daly 2006, exact condition; renewal argument for other laws",
            .size = sizeof(struct planned_params),
            .fields = planned_fields,
        },
    .plan = plan_optimal,
};

static const struct variant *const triggers[] = {
    &fixed.variant,
    &trigger_after_completion.variant,
    &young.variant,
    &daly.variant,
    &optimal.variant,
    &random_intervals.variant,
    &trigger_adaptive.variant,
    &trigger_count.variant,
    &trigger_bytes.variant,
    &trigger_planned.variant,
    &trigger_any_of.variant,
    &trigger_each_batch.variant,
    &growing.variant,
    NULL,
};

const struct union_type trigger_union = {.name = "trigger", .tag = "kind", .variants = triggers};

static const struct variant *const parts[] = {
    &fixed.variant,
    &young.variant,
    &daly.variant,
    &optimal.variant,
    &trigger_count.variant,
    &trigger_bytes.variant,
    &trigger_planned.variant,
    NULL,
};

const struct union_type trigger_part_union = {
    .name = "part of any_of", .tag = "kind", .variants = parts};
