// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "experiment/experiment.h"
#include "model/theory.h"
#include "model/theory_stages.h"

enum { MAX_PREDICTIONS = 8, MAX_REFERENCES = 6 };

static void add_prediction(struct point *point, enum metric metric, double value,
                           const char *source)
{
    if (!isfinite(value))
        return;
    point->predictions[point->n_predictions++] =
        (struct prediction){metric_rows[metric].name, value, source};
}

static void add_reference(struct point *point, const char *name, double value, const char *source)
{
    if (isfinite(value) && value > 0)
        point->references[point->n_references++] = (struct reference){name, value, source};
}

static void predict_metrics(const struct model *model, const struct theory *theory,
                            struct point *point)
{
    struct analytic_job job = theory->job;
    struct analytic_answer answer;
    job.interval_s = model->checkpoint.planned_interval_s;
    if (!theory->applies || !analytic_makespan(&job, &answer))
        return;
    if (model->job.first_start == FIRST_START_RECOVERY) /* then it is the whole start */
        answer.recovery_time_s += answer.start_time_s;
    add_prediction(point, M_MAKESPAN, answer.makespan_s, answer.source);
    add_prediction(point, M_WASTE, answer.waste, answer.source);
    add_prediction(point, M_FAILURES, answer.failures, answer.source);
    add_prediction(point, M_TIME_CHECKPOINT, answer.checkpoint_time_s, answer.source);
    add_prediction(point, M_TIME_RECOVERY, answer.recovery_time_s, answer.source);
    add_prediction(point, M_TIME_DOWN, answer.downtime_s, answer.source);
}

static void predict_levels(const struct model *model, struct point *point)
{
    static const char source[] = "exact for two levels and exponential failures (Markov chain)";
    struct analytic_levels levels;
    if (!theory_of_levels(model, &levels))
        return;
    double makespan_s = theory_levels_makespan_s(model, &levels);
    const struct level_params *level = model->checkpoint.levels.items;
    add_prediction(point, M_MAKESPAN, makespan_s, source);
    add_prediction(point, M_WASTE, 1 - model->job.work_s / makespan_s, source);
    if (levels.rate[0] + levels.rate[1] > 0 && levels.cost_s[0] + levels.cost_s[1] > 0)
        add_reference(point, "two levels",
                      analytic_best_interval_of_pattern_s(&levels, level[1].every),
                      "exact optimum for two levels, one checkpoint in so many at the second");
}

static void predict_queues(const struct model *model, struct point *point)
{
    static const char rates[] = "what comes in goes out";
    struct theory_queues theory;
    theory_queues_of(model, &theory);
    add_prediction(point, M_LATENCY, theory.latency_s, theory.source);
    add_prediction(point, M_THROUGHPUT, theory.throughput_per_s, rates);
    add_prediction(point, M_ARRIVAL_RATE, theory.arrival_rate_per_s, rates);
    add_prediction(point, M_LAG, theory.lag_messages, theory.source);
    add_prediction(point, M_UTILISATION, theory.utilisation, "rate x service");
}

static void predict_stages(const struct model *model, struct point *point)
{
    struct theory_stages theory;
    if (theory_stages_of(model, &theory))
        add_prediction(point, M_MAKESPAN, theory.makespan_s, theory.source);
}

static void predict_intervals(const struct model *model, const struct theory *theory,
                              struct point *point)
{
    double interval_s = model->checkpoint.planned_interval_s;
    add_reference(point, "planned", interval_s, "what this scenario uses");
    if (!(theory->cost_s > 0) || isinf(theory->mtbf_s))
        return;
    add_reference(point, "young", analytic_young_s(theory->cost_s, theory->mtbf_s),
                  "Young 1974: sqrt(2 C M)");
    add_reference(point, "daly", analytic_daly_s(theory->cost_s, theory->mtbf_s),
                  "Daly 2006, higher order");
    add_reference(point, "exponential", analytic_optimal_s(theory->cost_s, theory->mtbf_s),
                  "exact optimum for exponential failures of the same MTBF");
    double best_s;
    if (theory->applies && analytic_optimal_interval(&theory->job, &best_s))
        add_reference(point, "renewal", best_s,
                      "exact optimum of a long job for this law of failures");
}

void experiment_predict(const struct model *model, struct arena *arena, struct point *point)
{
    struct theory theory;
    theory_of(model, arena, &theory);
    point->predictions = arena_alloc(arena, MAX_PREDICTIONS, sizeof *point->predictions);
    point->references = arena_alloc(arena, MAX_REFERENCES, sizeof *point->references);
    predict_metrics(model, &theory, point);
    predict_queues(model, point);
    predict_stages(model, point);
    predict_intervals(model, &theory, point);
    predict_levels(model, point);
}
