// SPDX-License-Identifier: GPL-3.0-or-later
/* The trigger of stream jobs that learns cost and MTBF, and plans each interval anew. */
#include <math.h>

#include "model/analytic.h"
#include "strategy/trigger.h"

enum formula { FORMULA_YOUNG, FORMULA_DALY, FORMULA_OPTIMAL };

struct adaptive_params {
    int formula; /* enum formula */
    double mtbf_s;
    double min_s, max_s;
};

static const char *const formula_names[] = {"young", "daly", "optimal", NULL};

#define ADAPTIVE "stream-words.json /checkpoint/trigger={\"kind\":\"adaptive\"} "

static const struct field adaptive_fields[] = {
    {
        .key = "formula",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct adaptive_params, formula),
        .choices = formula_names,
        .fallback = "\"optimal\"",
        .help = "What turns cost and MTBF, as they are known by then, into an interval.",
        .witness = ADAPTIVE "/checkpoint/trigger/formula=\"young\"",
    },
    {
        .key = "mtbf",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct adaptive_params, mtbf_s),
        .max = 1e15,
        .above_min = true,
        .help = "MTBF to begin with, which counts as much as one failure; absent: "
                "checkpoint.interval is kept until the first failure.",
        .witness = ADAPTIVE "/checkpoint/trigger/mtbf=\"10 min\"",
    },
    {
        .key = "min",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct adaptive_params, min_s),
        .max = 1e12,
        .above_min = true,
        .fallback = "\"1 s\"",
        .help = "The shortest interval.",
        .witness = ADAPTIVE "/checkpoint/trigger/min=\"25 s\"",
    },
    {
        .key = "max",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct adaptive_params, max_s),
        .max = 1e12,
        .above_min = true,
        .fallback = "\"1 d\"",
        .help = "The longest interval.",
        .witness = ADAPTIVE "/checkpoint/trigger/max=\"2 s\"",
    },
    {0},
};

static bool plan_adaptive(void *params, const struct plan_facts *facts, const char *pointer,
                          struct err *err, double *interval_s)
{
    const struct adaptive_params *adaptive = params;
    if (!trigger_of_streams(facts, pointer, err))
        return false;
    if (adaptive->min_s > adaptive->max_s)
        return err_add(err, pointer, "min, %g s, is above max, %g s", adaptive->min_s,
                       adaptive->max_s);
    return trigger_take_interval(facts, pointer, err, interval_s);
}

/* MTBF as the job has seen it: time it ran over failures, the first guess counted as one; infinity:
 * none has come. */
static double learned_mtbf_s(const struct adaptive_params *adaptive,
                             const struct trigger_view *view)
{
    bool guessed = !isnan(adaptive->mtbf_s);
    double failures = (double)view->failures + (guessed ? 1 : 0);
    if (!(failures > 0))
        return (double)INFINITY;
    return (view->running_s + (guessed ? adaptive->mtbf_s : 0)) / failures;
}

static double adaptive_next_s(const void *params, const struct trigger_view *view, struct rng *rng)
{
    const struct adaptive_params *adaptive = params;
    double mtbf_s = learned_mtbf_s(adaptive, view);
    double cost_s = view->cost_s;
    double interval_s = 0;
    (void)rng;
    if (isnan(cost_s) || !isfinite(mtbf_s) || !(mtbf_s > 0))
        return view->interval_s;
    if (cost_s > 0 && adaptive->formula == FORMULA_YOUNG)
        interval_s = analytic_young_s(cost_s, mtbf_s);
    else if (cost_s > 0 && adaptive->formula == FORMULA_DALY)
        interval_s = analytic_daly_s(cost_s, mtbf_s);
    else if (cost_s > 0)
        interval_s = analytic_optimal_s(cost_s, mtbf_s);
    return fmin(fmax(interval_s, adaptive->min_s), adaptive->max_s);
}

const struct trigger_ops trigger_adaptive = {
    .variant =
        {
            .name = "adaptive",
            .help = "Stream jobs: begins with checkpoint.interval, learns from the run what a "
                    "checkpoint costs and how often failures come, and plans each interval anew.",
            .source = "Young 1974, Daly 2006 on running estimates",
            .size = sizeof(struct adaptive_params),
            .fields = adaptive_fields,
        },
    .plan = plan_adaptive,
    .takes_interval = true,
    .learns = true,
    .next_s = adaptive_next_s,
};

/* ---- each batch ---- */

static bool plan_each_batch(void *params, const struct plan_facts *facts, const char *pointer,
                            struct err *err, double *interval_s)
{
    (void)params;
    *interval_s = 0;
    if (!facts->by_batches)
        return err_add(err, pointer,
                       "there are batches under coordination: microbatch of stream jobs only");
    return trigger_find_interval(facts, pointer, err);
}

const struct trigger_ops trigger_each_batch = {
    .variant =
        {
            .name = "each_batch",
            .help = "Stream jobs in micro-batches: the next one begins as soon as the last has "
                    "committed and there is something for it.",
            .source = "Spark Structured Streaming, the default trigger",
        },
    .plan = plan_each_batch,
};
