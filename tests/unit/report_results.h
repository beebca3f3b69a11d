// SPDX-License-Identifier: GPL-3.0-or-later
/* Results made by hand, for the tests of report/. */
#ifndef TESTS_UNIT_REPORT_RESULTS_H
#define TESTS_UNIT_REPORT_RESULTS_H

#include <math.h>
#include <stdbool.h>
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

static inline struct estimate estimate_of(double mean, double sd, uint64_t n)
{
    struct point point = {0};
    set_estimate(&point, M_WASTE, mean, sd, n);
    return point.estimates[M_WASTE];
}

/* A level whose elements are called "name" or "name/0", "name/1", ... */
static inline void add_elements(struct results *results, struct point *point,
                                enum element_level level, const char *name, size_t n)
{
    struct arena *arena = &results->arena;
    struct elements *elements = &point->elements[level];
    struct element *items = arena_alloc(arena, elements->n + n, sizeof *items);
    size_t n_metrics = element_level_size(level);
    for (size_t i = 0; i < elements->n + n; i++) {
        if (i < elements->n) {
            items[i] = elements->items[i];
            continue;
        }
        size_t number = i - elements->n;
        items[i].name = level == ELEMENT_OPERATOR ? arena_strdup(arena, name)
                                                  : arena_format(arena, "%s/%zu", name, number);
        items[i].estimates = arena_alloc(arena, n_metrics, sizeof *items[i].estimates);
        for (size_t e = 0; e < n_metrics; e++)
            items[i].estimates[e] =
                estimate_of(0.01 * (double)(e + 1) + 0.1 * (double)number, 0.002, 10);
    }
    *elements = (struct elements){items, elements->n + n};
}

/* An exponential law, as a distribution in the results has it. */
static inline void set_cdf(struct results *results, struct estimate *estimate, double mean)
{
    estimate->cdf = arena_alloc(&results->arena, CDF_POINTS, sizeof(double));
    for (size_t i = 0; i < CDF_POINTS; i++)
        estimate->cdf[i] = -mean * log(1 - (double)i / (CDF_POINTS + 6));
    for (size_t q = 0; q < N_QUANTILES; q++)
        estimate->quantile[q] = -mean * log(1 - results_quantiles[q]);
}

/* Four hours of 2,000 messages a second; all tasks are down from 1 h and from 3 h on. */
static inline struct story *make_story(struct results *results)
{
    enum { SAMPLES = 240 };
    struct arena *arena = &results->arena;
    struct story *story = arena_alloc(arena, 1, sizeof *story);
    story->n_samples = SAMPLES;
    story->times_s = arena_alloc(arena, SAMPLES, sizeof(double));
    for (int s = 0; s < N_SERIES; s++)
        story->series[s] = arena_alloc(arena, SAMPLES, sizeof(double));
    for (size_t i = 0; i < SAMPLES; i++) {
        double since_s = fmod((double)(i + 1) * 60, 7200) - 3630;
        bool down = since_s >= 0 && since_s < 90;
        double left = since_s < 0 ? 0 : down ? 2000 * since_s : fmax(0, 2.2e5 - 300 * since_s);
        story->times_s[i] = (double)(i + 1) * 60;
        story->series[SERIES_LAG][i] = left + 7;
        story->series[SERIES_LAG_S][i] = left / 2000 + 0.01;
        story->series[SERIES_ARRIVALS][i] = 2000 + 40 * sin((double)i);
        story->series[SERIES_THROUGHPUT][i] = down ? 0 : left > 0 ? 2300 : 2000;
        story->series[SERIES_LATENCY][i] = down ? (double)NAN : left / 2000 + 0.02;
        story->series[SERIES_BUSY][i] = down ? 0 : left > 0 ? 0.7 : 0.6;
        story->series[SERIES_DOWN][i] = down ? 14 : 0;
    }
    story->n_recoveries = 2;
    story->recoveries = arena_alloc(arena, 2, sizeof *story->recoveries);
    story->recoveries[0] = (struct story_recovery){.failed_s = 3630,
                                                   .detect_s = 50,
                                                   .restart_s = 5,
                                                   .restore_s = 35,
                                                   .catch_up_s = 640.5,
                                                   .lost_work_s = 31.25,
                                                   .rollback_s = 30,
                                                   .lag_before = 7,
                                                   .lag_peak = 220000,
                                                   .replayed = 60000,
                                                   .n_tasks = 14};
    story->recoveries[1] = story->recoveries[0];
    story->recoveries[1].failed_s = 10830;
    story->recoveries[1].catch_up_s = (double)NAN;
    story->n_spans = 2 * 14 * 3;
    story->spans = arena_alloc(arena, story->n_spans, sizeof *story->spans);
    for (size_t i = 0; i < story->n_spans; i++) {
        static const char *const activities[] = {"down", "recovery", "checkpoint"};
        static const double from_s[] = {0, 55, 1800}, to_s[] = {55, 90, 1802.5};
        double failed_s = story->recoveries[i / 42].failed_s;
        story->spans[i] = (struct story_span){.task = (uint32_t)(i % 14),
                                              .activity = activities[i / 14 % 3],
                                              .from_s = failed_s + from_s[i / 14 % 3],
                                              .to_s = failed_s + to_s[i / 14 % 3]};
    }
    return story;
}

/* A run of a stream job: three operators, 14 tasks, 8 partitions, two failures. */
static inline void make_stream(struct results *results)
{
    make_results(results, 1,
                 "{\"description\":\"A stream\",\"checkpoint\":{\"strategy\":\"barrier\","
                 "\"interval\":\"60 s\"}}");
    struct point *point = &results->points[0];
    static const char *const operators[] = {"lines", "count", "out"};
    static const size_t tasks[] = {4, 8, 2};
    for (size_t i = 0; i < 3; i++) {
        add_elements(results, point, ELEMENT_OPERATOR, operators[i], 1);
        add_elements(results, point, ELEMENT_TASK, operators[i], tasks[i]);
        *point_element(point, E_OPERATOR_LATENCY, i) =
            estimate_of(0.002 + 0.011 * (double)(i == 1), 0.0005, 28800000);
        set_cdf(results, point_element(point, E_OPERATOR_LATENCY, i), i == 1 ? 0.013 : 0.002);
        *point_element(point, E_OPERATOR_THROUGHPUT, i) = estimate_of(1999.25, 3, 10);
        *point_element(point, E_OPERATOR_UTILISATION, i) =
            estimate_of(0.05 + 0.325 * (double)(i == 1), 0.0025, 10);
        *point_element(point, E_OPERATOR_LOST, i) = estimate_of(0, 0, 10);
    }
    add_elements(results, point, ELEMENT_PARTITION, "lines", 8);
    set_estimate(point, M_MAKESPAN, 14400, 0, 10);
    set_estimate(point, M_WASTE, 0.0417, 0.0031, 10);
    set_estimate(point, M_FAILURES, 2.1, 1.2, 10);
    set_estimate(point, M_LATENCY, 3.1416, 1.2, 28800000);
    set_cdf(results, &point->estimates[M_LATENCY], 0.016);
    set_estimate(point, M_THROUGHPUT, 1999.25, 3, 10);
    set_estimate(point, M_ARRIVAL_RATE, 2000.75, 2.5, 10);
    set_estimate(point, M_LAG, 5321.5, 400, 10);
    set_estimate(point, M_UTILISATION, 0.31, 0.002, 10);
    set_estimate(point, M_LOST, 0, 0, 10);
    set_estimate(point, M_DETECT, 50, 3, 21);
    set_estimate(point, M_RESTART, 5, 0, 21);
    set_estimate(point, M_RESTORE, 35, 2, 21);
    set_estimate(point, M_CATCH_UP, 640, 80, 21);
    set_estimate(point, M_RECOVERY_TIME, 730, 80, 21);
    set_cdf(results, &point->estimates[M_RECOVERY_TIME], 730);
    set_estimate(point, M_TIME_WORK, 4400, 20, 10);
    set_estimate(point, M_TIME_REWORK, 60, 20, 10);
    set_estimate(point, M_TIME_CHECKPOINT, 120, 1, 10);
    set_estimate(point, M_TIME_DOWN, 115, 60, 10);
    set_estimate(point, M_TIME_RECOVERY, 80, 40, 10);
    set_estimate(point, M_TIME_IDLE, 9500, 20, 10);
    set_estimate(point, M_TIME_BLOCKED, 100, 5, 10);
    set_estimate(point, M_TIME_ALIGNING, 25, 5, 10);
    add_reference(results, 0, "planned", 60, "what this scenario uses");
    point->story = make_story(results);
}

#endif
