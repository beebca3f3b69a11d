// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "report/json_writer.h"
#include "report/result_json.h"
#include "report/result_json_parts.h"
#include "report/setting.h"
#include "scenario/json_write.h"

static const char *quantile_name(size_t i, char text[JSON_REAL_TEXT])
{
    return json_real_text(results_quantiles[i], text);
}

static void add_quantiles(struct json_writer *writer, const struct estimate *estimate)
{
    char name[JSON_REAL_TEXT];
    json_writer_open(writer, "quantiles", '{');
    for (size_t i = 0; i < N_QUANTILES; i++)
        json_writer_real(writer, quantile_name(i, name), estimate->quantile[i]);
    json_writer_close(writer, '}');
}

static void add_quantile_intervals(struct json_writer *writer, const struct estimate *estimate)
{
    char name[JSON_REAL_TEXT];
    bool opened = false;
    for (size_t i = 0; i < N_QUANTILES; i++) {
        if (isnan(estimate->quantile_low[i]) || isnan(estimate->quantile_high[i]))
            continue;
        if (!opened)
            json_writer_open(writer, "quantile_intervals", '{');
        opened = true;
        json_writer_open(writer, quantile_name(i, name), '[');
        json_writer_real(writer, NULL, estimate->quantile_low[i]);
        json_writer_real(writer, NULL, estimate->quantile_high[i]);
        json_writer_close(writer, ']');
    }
    if (opened)
        json_writer_close(writer, '}');
}

static void add_cdf(struct json_writer *writer, const double *cdf)
{
    json_writer_open(writer, "cdf", '[');
    for (size_t i = 0; i < CDF_POINTS; i++)
        json_writer_real(writer, NULL, cdf[i]);
    json_writer_close(writer, ']');
}

void result_json_add_estimate(struct json_writer *writer, const char *name,
                              enum dimension dimension, const struct estimate *estimate)
{
    json_writer_open_flat(writer, name, '{');
    json_writer_text(writer, "unit", units_base(dimension));
    json_writer_real(writer, "mean", estimate->mean);
    json_writer_real(writer, "half_width", estimate->half_width);
    json_writer_real(writer, "sd", estimate->sd);
    json_writer_count(writer, "n", estimate->n);
    json_writer_real(writer, "min", estimate->min);
    json_writer_real(writer, "max", estimate->max);
    add_quantiles(writer, estimate);
    add_quantile_intervals(writer, estimate);
    if (estimate->cdf)
        add_cdf(writer, estimate->cdf);
    json_writer_close(writer, '}');
}

static void add_theory(struct json_writer *writer, const struct point *point)
{
    json_writer_open(writer, "prediction", '{');
    for (size_t i = 0; i < point->n_predictions; i++) {
        const struct prediction *prediction = &point->predictions[i];
        json_writer_open_flat(writer, prediction->metric, '{');
        json_writer_real(writer, "value", prediction->value);
        json_writer_text(writer, "source", prediction->source);
        json_writer_close(writer, '}');
    }
    json_writer_close(writer, '}');
    json_writer_open(writer, "references", '{');
    for (size_t i = 0; i < point->n_references; i++) {
        const struct reference *reference = &point->references[i];
        json_writer_open_flat(writer, reference->name, '{');
        json_writer_real(writer, "interval_s", reference->value);
        json_writer_text(writer, "source", reference->source);
        json_writer_close(writer, '}');
    }
    json_writer_close(writer, '}');
}

static void add_point(struct json_writer *writer, const struct point *point)
{
    json_writer_open(writer, NULL, '{');
    json_writer_open_flat(writer, "set", '{');
    for (size_t i = 0; i < point->n_settings; i++)
        json_writer_raw(writer, point->settings[i].pointer, point->settings[i].value);
    json_writer_close(writer, '}');
    json_writer_count(writer, "replications", point->replications);
    json_writer_open(writer, "metrics", '{');
    for (size_t m = 0; m < N_METRICS; m++)
        if (point->estimates[m].applies)
            result_json_add_estimate(writer, metric_rows[m].name, metric_rows[m].dimension,
                                     &point->estimates[m]);
    json_writer_close(writer, '}');
    add_theory(writer, point);
    json_writer_open(writer, "warnings", '[');
    for (size_t i = 0; i < point->n_warnings; i++)
        json_writer_text(writer, NULL, point->warnings[i]);
    json_writer_close(writer, ']');
    result_json_add_stream(writer, point);
    json_writer_close(writer, '}');
}

static void add_recommendation(struct json_writer *writer, const struct results *results)
{
    const struct recommendation *advice = &results->recommendation;
    enum dimension dimension = DIMENSION_NONE;
    for (size_t i = 0; i < results->points[advice->best].n_settings; i++)
        if (setting_is_for(&results->points[advice->best].settings[i], advice->pointer))
            dimension = setting_dimension(&results->points[advice->best].settings[i]);
    json_writer_open(writer, "recommendation", '{');
    json_writer_text(writer, "pointer", advice->pointer);
    json_writer_text(writer, "unit", units_base(dimension));
    json_writer_text(writer, "metric", advice->metric);
    json_writer_count(writer, "best_point", advice->best);
    json_writer_real(writer, "low", advice->low);
    json_writer_real(writer, "high", advice->high);
    json_writer_bool(writer, "at_edge", advice->at_edge);
    json_writer_real(writer, "fitted", advice->fitted);
    json_writer_real(writer, "fitted_low", advice->fitted_low);
    json_writer_real(writer, "fitted_high", advice->fitted_high);
    json_writer_close(writer, '}');
}

void result_json_write(const struct results *results, struct buffer *out)
{
    cJSON *scenario = cJSON_Parse(results->scenario);
    assert(cJSON_IsObject(scenario)); /* the program made this text itself */
    char *text = json_text(scenario, JSON_PRETTY);
    struct json_writer writer = {.out = out};
    json_writer_open(&writer, NULL, '{');
    json_writer_count(&writer, "schema", RESULTS_SCHEMA);
    json_writer_text(&writer, "version", results->version);
    json_writer_raw(&writer, "scenario", text);
    json_writer_count(&writer, "seed", results->seed);
    json_writer_text(&writer, "identities", "held");
    json_writer_open(&writer, "points", '[');
    for (size_t i = 0; i < results->n_points; i++)
        add_point(&writer, &results->points[i]);
    json_writer_close(&writer, ']');
    if (results->recommendation.given)
        add_recommendation(&writer, results);
    json_writer_close(&writer, '}');
    free(text);
    cJSON_Delete(scenario);
}
