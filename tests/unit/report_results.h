// SPDX-License-Identifier: GPL-3.0-or-later
/* Results made by hand, for the tests of report/. */
#ifndef TESTS_UNIT_REPORT_RESULTS_H
#define TESTS_UNIT_REPORT_RESULTS_H

#include <math.h>
#include <string.h>

#include "experiment/results.h"

/* Nothing is known yet: every member NaN, as the experiment leaves what does not exist. */
static inline struct estimate unknown_estimate(void)
{
    struct estimate estimate = {.mean = (double)NAN,
                                .half_width = (double)NAN,
                                .sd = (double)NAN,
                                .min = (double)NAN,
                                .max = (double)NAN};
    for (size_t i = 0; i < N_QUANTILES; i++)
        estimate.quantile[i] = estimate.quantile_low[i] = estimate.quantile_high[i] = (double)NAN;
    return estimate;
}

/* n observations between mean - sd and mean + sd. */
static inline void set_estimate(struct point *point, enum metric metric, double mean, double sd,
                                uint64_t n)
{
    struct estimate *estimate = &point->estimates[metric];
    *estimate = unknown_estimate();
    estimate->applies = true;
    estimate->n = n;
    if (n == 0)
        return;
    estimate->mean = mean;
    estimate->half_width = n > 1 ? 1.96 * sd / sqrt((double)n) : (double)NAN;
    estimate->sd = n > 1 ? sd : (double)NAN;
    estimate->min = mean - sd;
    estimate->max = mean + sd;
    for (size_t i = 0; i < N_QUANTILES; i++)
        estimate->quantile[i] = mean + (results_quantiles[i] - 0.5) * sd;
}

/* The shortest results there are: one point without settings or metrics. */
static inline void make_results(struct results *results, size_t n_points, const char *scenario)
{
    *results = (struct results){.version = "0.1.0", .scenario = scenario, .seed = 9007199254740991};
    results->points = arena_alloc(&results->arena, n_points, sizeof *results->points);
    results->n_points = n_points;
    for (size_t i = 0; i < n_points; i++)
        results->points[i].replications = 30;
}

/* One setting per point. */
static inline void set_setting(struct results *results, size_t index, const char *pointer,
                               const char *value, double number)
{
    struct point *point = &results->points[index];
    struct setting *settings =
        arena_alloc(&results->arena, point->n_settings + 1, sizeof *settings);
    if (point->n_settings)
        memcpy(settings, point->settings, point->n_settings * sizeof *settings);
    settings[point->n_settings++] = (struct setting){pointer, value, number};
    point->settings = settings;
}

static inline void add_prediction(struct results *results, size_t index, const char *metric,
                                  double value, const char *source)
{
    struct point *point = &results->points[index];
    struct prediction *predictions =
        arena_alloc(&results->arena, point->n_predictions + 1, sizeof *predictions);
    if (point->n_predictions)
        memcpy(predictions, point->predictions, point->n_predictions * sizeof *predictions);
    predictions[point->n_predictions++] = (struct prediction){metric, value, source};
    point->predictions = predictions;
}

static inline void add_reference(struct results *results, size_t index, const char *name,
                                 double value, const char *source)
{
    struct point *point = &results->points[index];
    struct reference *references =
        arena_alloc(&results->arena, point->n_references + 1, sizeof *references);
    if (point->n_references)
        memcpy(references, point->references, point->n_references * sizeof *references);
    references[point->n_references++] = (struct reference){name, value, source};
    point->references = references;
}

/*
 * A sweep of the checkpoint interval with its best point in the middle: waste
 * C/T + T/2M for C = 10 min and M = 1 d, at 15 min, 1 h, 3 h, 8 h and 1 d.
 */
static inline void make_sweep(struct results *results)
{
    static const char *const values[] = {"\"15 min\"", "\"1 h\"", "\"3 h\"", "\"8 h\"", "\"1 d\""};
    static const double numbers[] = {900, 3600, 10800, 28800, 86400};
    const double cost_s = 600;
    const double mtbf_s = 86400;
    make_results(results, 5,
                 "{\"description\":\"A sweep\",\"checkpoint\":{\"strategy\":\"periodic\"}}");
    for (size_t i = 0; i < 5; i++) {
        double waste = cost_s / numbers[i] + numbers[i] / (2 * mtbf_s);
        set_setting(results, i, "/checkpoint/interval", values[i], numbers[i]);
        set_estimate(&results->points[i], M_WASTE, waste, 0.0273, 30);
        set_estimate(&results->points[i], M_MAKESPAN, 864000 / (1 - waste), 7321, 30);
        set_estimate(&results->points[i], M_FAILURES, 10 / (1 - waste), 3.2, 30);
        add_prediction(results, i, "waste", waste + (i == 4 ? 0.1 : 0.001), "by hand");
        add_reference(results, i, "planned", numbers[i], "what this scenario uses");
        add_reference(results, i, "young", sqrt(2 * cost_s * mtbf_s), "Young 1974");
        add_reference(results, i, "far", 864000, "nowhere near");
    }
    results->recommendation = (struct recommendation){
        .given = true,
        .pointer = "/checkpoint/interval",
        .metric = "waste",
        .best = 2,
        .low = 3600,
        .high = 28800,
        .fitted = 10100.5,
        .fitted_low = 8700.25,
        .fitted_high = 11900.75,
    };
}

#endif
