// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text_reader.h"
#include "report/result_json.h"
#include "report/result_json_parts.h"
#include "report/setting.h"
#include "scenario/json.h"
#include "scenario/json_write.h"

#define LARGEST_COUNT 9007199254740992.0 /* 2^53: beyond it a double skips whole numbers */

/* Adds an error at a member of the object being read ("": the object itself). */
bool result_read_fail(struct result_reader *reader, const char *key, const char *expected)
{
    char pointer[sizeof reader->where + 64];
    (void)snprintf(pointer, sizeof pointer, "%s%s%.60s", reader->where, *key ? "/" : "", key);
    (void)err_add(reader->err, pointer, "expected %s", expected);
    err_place(reader->err, "%s", reader->name);
    err_hint(reader->err, "is it a results file?");
    return false;
}

bool result_read_real(struct result_reader *reader, const cJSON *object, const char *key,
                      double *value)
{
    const cJSON *item = json_member(object, key);
    *value = (double)NAN;
    if (!item || cJSON_IsNull(item))
        return true;
    if (!cJSON_IsNumber(item))
        return result_read_fail(reader, key, "a number or null");
    *value = item->valuedouble; /* finite, or json_parse() would have refused it */
    return true;
}

bool result_read_count(struct result_reader *reader, const cJSON *object, const char *key,
                       uint64_t *value)
{
    const cJSON *item = json_member(object, key);
    double number = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(number >= 0 && number <= LARGEST_COUNT && floor(number) >= number))
        return result_read_fail(reader, key, "a whole number");
    *value = (uint64_t)number;
    return true;
}

bool result_read_text(struct result_reader *reader, const cJSON *object, const char *key,
                      const char **value)
{
    const cJSON *item = json_member(object, key);
    if (!cJSON_IsString(item))
        return result_read_fail(reader, key, "a text");
    *value = arena_strdup(&reader->results->arena, item->valuestring);
    return true;
}

/* A member that must be an object; NULL, with an error, when it is not. */
static const cJSON *object_member(struct result_reader *reader, const cJSON *object,
                                  const char *key)
{
    const cJSON *item = json_member(object, key);
    if (cJSON_IsObject(item))
        return item;
    (void)result_read_fail(reader, key, "an object");
    return NULL;
}

size_t result_count_children(const cJSON *parent)
{
    size_t n = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, parent) n++;
    return n;
}

/* The name of a metric as the table spells it, which lives as long as the program. */
static const char *metric_name(const char *name)
{
    enum metric metric = metric_find(name);
    return metric < N_METRICS ? metric_rows[metric].name : NULL;
}

/* ---- estimates ---- */

static bool read_quantiles(struct result_reader *reader, const cJSON *item,
                           struct estimate *estimate)
{
    const cJSON *quantiles = json_member(item, "quantiles");
    const cJSON *intervals = json_member(item, "quantile_intervals");
    for (size_t i = 0; i < N_QUANTILES; i++) {
        char key[JSON_REAL_TEXT];
        (void)json_real_text(results_quantiles[i], key);
        if (!result_read_real(reader, quantiles, key, &estimate->quantile[i]))
            return false;
        estimate->quantile_low[i] = estimate->quantile_high[i] = (double)NAN;
        const cJSON *interval = json_member(intervals, key);
        if (!interval)
            continue;
        const cJSON *low = interval->child;
        const cJSON *high = low ? low->next : NULL;
        if (!cJSON_IsArray(interval) || !high || !cJSON_IsNumber(low) || !cJSON_IsNumber(high))
            return result_read_fail(reader, "quantile_intervals",
                                    "a list of two numbers for each quantile");
        estimate->quantile_low[i] = low->valuedouble;
        estimate->quantile_high[i] = high->valuedouble;
    }
    return true;
}

static bool read_cdf(struct result_reader *reader, const cJSON *item, struct estimate *estimate)
{
    const cJSON *cdf = json_member(item, "cdf");
    if (!cdf)
        return true;
    if (!cJSON_IsArray(cdf) || result_count_children(cdf) != CDF_POINTS)
        return result_read_fail(reader, "cdf", "a list of 101 numbers");
    estimate->cdf = arena_alloc(&reader->results->arena, CDF_POINTS, sizeof *estimate->cdf);
    size_t n = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, cdf)
    {
        if (!cJSON_IsNumber(child) && !cJSON_IsNull(child))
            return result_read_fail(reader, "cdf", "a list of 101 numbers");
        estimate->cdf[n++] = cJSON_IsNumber(child) ? child->valuedouble : (double)NAN;
    }
    return true;
}

bool result_read_estimate(struct result_reader *reader, const cJSON *item,
                          struct estimate *estimate)
{
    estimate->applies = true;
    return result_read_count(reader, item, "n", &estimate->n) &&
           result_read_real(reader, item, "mean", &estimate->mean) &&
           result_read_real(reader, item, "half_width", &estimate->half_width) &&
           result_read_real(reader, item, "sd", &estimate->sd) &&
           result_read_real(reader, item, "min", &estimate->min) &&
           result_read_real(reader, item, "max", &estimate->max) &&
           read_quantiles(reader, item, estimate) && read_cdf(reader, item, estimate);
}

/* ---- points ---- */

static bool read_metrics(struct result_reader *reader, size_t index, const cJSON *item,
                         struct point *point)
{
    const cJSON *metrics = object_member(reader, item, "metrics");
    if (!metrics)
        return false;
    for (size_t m = 0; m < N_METRICS; m++) {
        const cJSON *found = json_member(metrics, metric_rows[m].name);
        if (!found)
            continue;
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/metrics/%s", index,
                       metric_rows[m].name);
        if (!cJSON_IsObject(found))
            return result_read_fail(reader, "", "an object");
        if (!result_read_estimate(reader, found, &point->estimates[m]))
            return false;
    }
    return true;
}

static bool read_settings(struct result_reader *reader, const cJSON *item, struct point *point)
{
    const cJSON *set = object_member(reader, item, "set");
    if (!set)
        return false;
    struct arena *arena = &reader->results->arena;
    point->settings = arena_alloc(arena, result_count_children(set), sizeof *point->settings);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, set)
    {
        char *text = json_text(child, JSON_COMPACT);
        const char *value = arena_strdup(arena, text);
        free(text);
        point->settings[point->n_settings++] =
            (struct setting){.pointer = arena_strdup(arena, child->string),
                             .value = value,
                             .number = setting_number(value)};
    }
    return true;
}

static bool read_predictions(struct result_reader *reader, size_t index, const cJSON *item,
                             struct point *point)
{
    const cJSON *prediction = json_member(item, "prediction");
    point->predictions = arena_alloc(&reader->results->arena, result_count_children(prediction),
                                     sizeof *point->predictions);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, prediction)
    {
        struct prediction *entry = &point->predictions[point->n_predictions];
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/prediction/%.60s", index,
                       child->string ? child->string : "");
        entry->metric = child->string ? metric_name(child->string) : NULL;
        if (!entry->metric)
            continue;
        if (!result_read_real(reader, child, "value", &entry->value) ||
            !result_read_text(reader, child, "source", &entry->source))
            return false;
        point->n_predictions++;
    }
    return true;
}

static bool read_references(struct result_reader *reader, size_t index, const cJSON *item,
                            struct point *point)
{
    const cJSON *references = json_member(item, "references");
    point->references = arena_alloc(&reader->results->arena, result_count_children(references),
                                    sizeof *point->references);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, references)
    {
        struct reference *entry = &point->references[point->n_references++];
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/references/%.60s", index,
                       child->string ? child->string : "");
        entry->name = arena_strdup(&reader->results->arena, child->string ? child->string : "");
        if (!result_read_real(reader, child, "interval_s", &entry->value) ||
            !result_read_text(reader, child, "source", &entry->source))
            return false;
    }
    return true;
}

static bool read_warnings(struct result_reader *reader, const cJSON *item, struct point *point)
{
    const cJSON *warnings = json_member(item, "warnings");
    size_t n = result_count_children(warnings);
    const char **texts = arena_alloc(&reader->results->arena, n, sizeof *texts);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, warnings)
    {
        if (!cJSON_IsString(child))
            return result_read_fail(reader, "warnings", "a list of texts");
        texts[point->n_warnings++] = arena_strdup(&reader->results->arena, child->valuestring);
    }
    point->warnings = texts;
    return true;
}

static bool read_point(struct result_reader *reader, size_t index, const cJSON *item,
                       struct point *point)
{
    (void)snprintf(reader->where, sizeof reader->where, "/points/%zu", index);
    if (!cJSON_IsObject(item))
        return result_read_fail(reader, "", "an object");
    return read_settings(reader, item, point) &&
           result_read_count(reader, item, "replications", &point->replications) &&
           read_warnings(reader, item, point) && read_metrics(reader, index, item, point) &&
           read_predictions(reader, index, item, point) &&
           read_references(reader, index, item, point) &&
           result_read_stream(reader, index, item, point);
}

static bool read_points(struct result_reader *reader, const cJSON *root)
{
    const cJSON *points = json_member(root, "points");
    size_t n = result_count_children(points);
    if (!cJSON_IsArray(points) || n == 0)
        return result_read_fail(reader, "points", "a list of points");
    struct results *results = reader->results;
    results->points = arena_alloc(&results->arena, n, sizeof *results->points);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, points)
    {
        if (!read_point(reader, results->n_points, child, &results->points[results->n_points]))
            return false;
        results->n_points++;
    }
    return true;
}

/* ---- the whole file ---- */

static bool read_recommendation(struct result_reader *reader, const cJSON *root)
{
    const cJSON *item = json_member(root, "recommendation");
    if (!item)
        return true;
    (void)snprintf(reader->where, sizeof reader->where, "/recommendation");
    struct recommendation *advice = &reader->results->recommendation;
    const char *metric = NULL;
    uint64_t best = 0;
    if (!result_read_text(reader, item, "pointer", &advice->pointer) ||
        !result_read_text(reader, item, "metric", &metric) ||
        !result_read_count(reader, item, "best_point", &best) ||
        !result_read_real(reader, item, "low", &advice->low) ||
        !result_read_real(reader, item, "high", &advice->high) ||
        !result_read_real(reader, item, "fitted", &advice->fitted) ||
        !result_read_real(reader, item, "fitted_low", &advice->fitted_low) ||
        !result_read_real(reader, item, "fitted_high", &advice->fitted_high))
        return false;
    if (best >= reader->results->n_points)
        return result_read_fail(reader, "best_point", "the index of a point");
    advice->best = (size_t)best;
    advice->at_edge = cJSON_IsTrue(json_member(item, "at_edge"));
    advice->metric = metric_name(metric);
    advice->given = advice->metric != NULL; /* a metric of a newer version: no advice */
    return true;
}

static bool read_scenario(struct result_reader *reader, const cJSON *root)
{
    const cJSON *scenario = object_member(reader, root, "scenario");
    if (!scenario)
        return false;
    char *text = json_text(scenario, JSON_COMPACT);
    reader->results->scenario = arena_strdup(&reader->results->arena, text);
    free(text);
    return true;
}

static bool read_root(struct result_reader *reader, const cJSON *root)
{
    uint64_t schema = 0;
    if (!cJSON_IsObject(root))
        return result_read_fail(reader, "", "an object");
    if (!result_read_count(reader, root, "schema", &schema))
        return false;
    if (schema > RESULTS_SCHEMA) {
        (void)err_add(reader->err, "/schema",
                      "results of schema %.0f, written by a newer version; this one reads up to %d",
                      (double)schema, RESULTS_SCHEMA);
        err_place(reader->err, "%s", reader->name);
        return false;
    }
    return result_read_text(reader, root, "version", &reader->results->version) &&
           read_scenario(reader, root) &&
           result_read_count(reader, root, "seed", &reader->results->seed) &&
           read_points(reader, root) && read_recommendation(reader, root);
}

bool result_json_read(const char *text, size_t n, const char *name, struct results *results,
                      struct err *err)
{
    *results = (struct results){0};
    cJSON *root = json_parse(name, text, n, err);
    if (!root)
        return false;
    struct result_reader reader = {.results = results, .err = err, .name = name};
    bool ok = read_root(&reader, root);
    cJSON_Delete(root);
    if (!ok)
        results_release(results);
    return ok;
}

bool result_json_read_file(const char *name, struct results *results, struct err *err)
{
    struct arena scratch = {0};
    struct text_cache texts = {0};
    struct field_context context = {.arena = &scratch, .err = err, .texts = &texts};
    struct text text;
    bool ok = text_read_file(&context, NULL, name, &text) &&
              result_json_read(text.bytes, text.length, text_file_name(name), results, err);
    text_cache_release(&texts);
    arena_release(&scratch);
    return ok;
}
