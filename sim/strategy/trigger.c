// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Triggers: what decides when a checkpoint is taken. Those of this file plan
 * one interval before the run, from what the scenario itself says.
 */
#include <math.h>

#include "model/analytic.h"
#include "strategy/strategy.h"

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

static bool plan_fixed(const void *params, const struct plan_facts *facts, const char *pointer,
                       struct err *err, double *interval_s)
{
    (void)params;
    *interval_s = facts->interval_s;
    if (!isnan(facts->interval_s))
        return true;
    err_add(err, pointer, "a fixed interval needs checkpoint.interval");
    err_hint(err, "or let \"trigger\": \"young\", \"daly\" or \"optimal\" find one");
    return false;
}

/* The MTBF to plan with; false, with an error, when an interval is given beside the formula. */
static bool planning_mtbf(const struct planned_params *params, const struct plan_facts *facts,
                          const char *pointer, struct err *err, double *mtbf_s)
{
    *mtbf_s = isnan(params->mtbf_s) ? facts->mtbf_s : params->mtbf_s;
    if (!isnan(facts->interval_s))
        return err_add(err, pointer,
                       "the trigger finds the interval itself, but checkpoint.interval says %g s; "
                       "remove one of them",
                       facts->interval_s);
    if (facts->cost_s > 0)
        return true;
    return err_add(err, pointer,
                   "checkpoints that cost nothing have no best interval; use "
                   "trigger: fixed");
}

static bool plan_young(const void *params, const struct plan_facts *facts, const char *pointer,
                       struct err *err, double *interval_s)
{
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    *interval_s = analytic_young_s(facts->cost_s, mtbf_s);
    return true;
}

static bool plan_daly(const void *params, const struct plan_facts *facts, const char *pointer,
                      struct err *err, double *interval_s)
{
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    *interval_s = analytic_daly_s(facts->cost_s, mtbf_s);
    return true;
}

/* Exact for exponential failures; for another known law the best fixed interval of a long job. */
static bool plan_optimal(const void *params, const struct plan_facts *facts, const char *pointer,
                         struct err *err, double *interval_s)
{
    const struct planned_params *planned = params;
    double mtbf_s;
    if (!planning_mtbf(params, facts, pointer, err, &mtbf_s))
        return false;
    bool own_mtbf = isnan(planned->mtbf_s);
    if (!own_mtbf || !facts->job || !analytic_optimal_interval(facts->job, interval_s))
        *interval_s = analytic_optimal_s(facts->cost_s, mtbf_s);
    return true;
}

static const struct trigger_ops fixed = {
    .variant =
        {
            .name = "fixed",
            .help = "Every checkpoint.interval.",
        },
    .plan = plan_fixed,
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
    &fixed.variant, &young.variant, &daly.variant, &optimal.variant, NULL,
};

const struct union_type trigger_union = {.name = "trigger", .tag = "kind", .variants = triggers};
