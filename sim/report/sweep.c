// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sweep.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "report/setting.h"

/* Position of the text among the key's values, n_values when it is new. */
static size_t find_value(const struct sweep_key *key, const char *value)
{
    size_t i = 0;
    while (i < key->n_values && strcmp(key->values[i], value) != 0)
        i++;
    return i;
}

/* The key as all points see it: its distinct values, and whether they are numbers. */
static struct sweep_key read_key(const struct results *results, const char *pointer)
{
    struct sweep_key key = {.pointer = pointer, .is_numeric = true};
    key.values = mem_alloc(results->n_points, sizeof *key.values);
    for (size_t i = 0; i < results->n_points; i++) {
        const struct setting *setting = setting_find(&results->points[i], pointer);
        const char *value = setting ? setting->value : "null";
        if (find_value(&key, value) == key.n_values)
            key.values[key.n_values++] = value;
        key.is_numeric = key.is_numeric && setting && isfinite(setting->number);
        if (setting && key.n_values == 1)
            key.dimension = setting_dimension(setting);
    }
    return key;
}

static void find_keys(struct sweep *sweep)
{
    const struct point *first = &sweep->results->points[0];
    sweep->keys = mem_alloc(first->n_settings, sizeof *sweep->keys);
    for (size_t i = 0; i < first->n_settings; i++) {
        struct sweep_key key = read_key(sweep->results, first->settings[i].pointer);
        /* Points may also differ in nothing, when one value was tried twice. */
        bool is_last_resort = sweep->n_keys == 0 && i + 1 == first->n_settings;
        if (key.n_values > 1 || (is_last_resort && sweep->results->n_points > 1))
            sweep->keys[sweep->n_keys++] = key;
        else
            free(key.values);
    }
}

static char *short_label(const char *pointer)
{
    struct buffer label = {0};
    buffer_add(&label, "");
    setting_add_label(&label, pointer);
    return label.data;
}

/* Short labels, but the whole pointers where two keys would look alike. */
static void label_keys(struct sweep *sweep)
{
    bool ambiguous = false;
    for (size_t i = 0; i < sweep->n_keys; i++) {
        sweep->keys[i].label = short_label(sweep->keys[i].pointer);
        for (size_t j = 0; j < i; j++)
            ambiguous |= strcmp(sweep->keys[i].label, sweep->keys[j].label) == 0;
    }
    for (size_t i = 0; i < sweep->n_keys && ambiguous; i++) {
        free(sweep->keys[i].label);
        sweep->keys[i].label = mem_strdup(sweep->keys[i].pointer);
    }
}

static bool is_better_axis(const struct sweep_key *a, const struct sweep_key *b)
{
    if (a->is_numeric != b->is_numeric)
        return a->is_numeric;
    return a->n_values > b->n_values;
}

static void choose_axis(struct sweep *sweep)
{
    const struct recommendation *advice = &sweep->results->recommendation;
    sweep->axis = sweep->n_keys;
    for (size_t i = 0; i < sweep->n_keys; i++) {
        if (advice->given && strcmp(sweep->keys[i].pointer, advice->pointer) == 0) {
            sweep->axis = i;
            return;
        }
        if (sweep->axis == sweep->n_keys ||
            is_better_axis(&sweep->keys[i], &sweep->keys[sweep->axis]))
            sweep->axis = i;
    }
}

static const char *value_at(const struct sweep *sweep, size_t key, size_t point)
{
    const struct setting *setting =
        setting_find(&sweep->results->points[point], sweep->keys[key].pointer);
    return setting ? setting->value : "null";
}

double sweep_place(const struct sweep *sweep, size_t point)
{
    if (sweep->axis == sweep->n_keys)
        return 0;
    const struct sweep_key *key = &sweep->keys[sweep->axis];
    if (key->is_numeric)
        return setting_find(&sweep->results->points[point], key->pointer)->number;
    return (double)find_value(key, value_at(sweep, sweep->axis, point));
}

static void add_setting(struct buffer *out, const struct sweep *sweep, size_t key, size_t point)
{
    const struct setting *setting =
        setting_find(&sweep->results->points[point], sweep->keys[key].pointer);
    buffer_add(out, sweep->keys[key].label);
    buffer_add(out, " ");
    if (setting)
        setting_add_text(out, setting);
}

void sweep_add_labels(struct buffer *out, const struct sweep *sweep)
{
    buffer_add(out, "");
    for (size_t i = 0; i < sweep->n_keys; i++)
        buffer_addf(out, "%s%s", i ? ", " : "", sweep->keys[i].label);
}

void sweep_add_point_name(struct buffer *out, const struct sweep *sweep, size_t point)
{
    buffer_add(out, "");
    for (size_t i = 0; i < sweep->n_keys; i++) {
        buffer_add(out, i ? ", " : "");
        add_setting(out, sweep, i, point);
    }
}

/* ---- series ---- */

static bool in_same_series(const struct sweep *sweep, size_t a, size_t b)
{
    for (size_t i = 0; i < sweep->n_keys; i++)
        if (i != sweep->axis && strcmp(value_at(sweep, i, a), value_at(sweep, i, b)) != 0)
            return false;
    return true;
}

static char *series_name(const struct sweep *sweep, size_t point)
{
    struct buffer name = {0};
    buffer_add(&name, "");
    for (size_t i = 0; i < sweep->n_keys; i++) {
        if (i == sweep->axis)
            continue;
        buffer_add(&name, name.n ? ", " : "");
        add_setting(&name, sweep, i, point);
    }
    return name.data;
}

/* Moves the last point of the series to its place: ascending, equal ones as they came. */
static void sink_last(const struct sweep *sweep, const struct sweep_series *series)
{
    size_t *order = sweep->order + series->first;
    for (size_t i = series->n - 1; i > 0; i--) {
        if (sweep_place(sweep, order[i - 1]) <= sweep_place(sweep, order[i]))
            break;
        size_t swap = order[i];
        order[i] = order[i - 1];
        order[i - 1] = swap;
    }
}

static void make_series(struct sweep *sweep)
{
    size_t n = sweep->results->n_points;
    size_t filled = 0;
    bool *taken = mem_alloc(n, sizeof *taken);
    sweep->order = mem_alloc(n, sizeof *sweep->order);
    sweep->series = mem_alloc(n, sizeof *sweep->series);
    for (size_t i = 0; i < n; i++) {
        if (taken[i])
            continue;
        struct sweep_series *series = &sweep->series[sweep->n_series++];
        *series = (struct sweep_series){.name = series_name(sweep, i), .first = filled};
        for (size_t j = i; j < n; j++) {
            if (taken[j] || !in_same_series(sweep, i, j))
                continue;
            taken[j] = true;
            sweep->order[filled++] = j;
            series->n++;
            sink_last(sweep, series);
        }
    }
    free(taken);
}

void sweep_init(struct sweep *sweep, const struct results *results)
{
    assert(results->n_points > 0);
    *sweep = (struct sweep){.results = results};
    find_keys(sweep);
    label_keys(sweep);
    choose_axis(sweep);
    make_series(sweep);
}

void sweep_release(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->n_keys; i++) {
        free(sweep->keys[i].values);
        free(sweep->keys[i].label);
    }
    for (size_t i = 0; i < sweep->n_series; i++)
        free(sweep->series[i].name);
    free(sweep->keys);
    free(sweep->order);
    free(sweep->series);
    *sweep = (struct sweep){0};
}

/* ---- questions ---- */

size_t sweep_best(const struct sweep *sweep, enum metric metric)
{
    const struct results *results = sweep->results;
    const struct recommendation *advice = &results->recommendation;
    if (advice->given && metric_find(advice->metric) == metric)
        return advice->best;
    double sign = metric_rows[metric].better == METRIC_HIGHER ? -1 : 1;
    size_t best = 0;
    for (size_t i = 1; i < results->n_points; i++) {
        double mean = results->points[i].estimates[metric].mean;
        double least = results->points[best].estimates[metric].mean;
        if (isnan(least) || sign * mean < sign * least)
            best = i;
    }
    return best;
}

static const struct sweep_series *series_of(const struct sweep *sweep, size_t point)
{
    size_t i = 0;
    while (!in_same_series(sweep, sweep->order[sweep->series[i].first], point))
        i++;
    return &sweep->series[i];
}

bool sweep_read_at(const struct sweep *sweep, enum metric metric, double place,
                   struct sweep_reading *reading)
{
    const double near = 0.01;
    if (sweep->axis == sweep->n_keys || !sweep->keys[sweep->axis].is_numeric || !(place > 0))
        return false;
    const struct sweep_series *series = series_of(sweep, sweep_best(sweep, metric));
    for (size_t i = 0; i < series->n; i++) {
        const size_t *order = sweep->order + series->first;
        size_t right = order[i];
        size_t left = order[i ? i - 1 : 0];
        double x = sweep_place(sweep, right);
        double mean = sweep->results->points[right].estimates[metric].mean;
        if (fabs(x / place - 1) <= near) {
            *reading = (struct sweep_reading){mean, right, right};
            return true;
        }
        double x_left = sweep_place(sweep, left);
        if (!(x_left > 0 && x_left < place && place < x))
            continue;
        double share = log(place / x_left) / log(x / x_left);
        double mean_left = sweep->results->points[left].estimates[metric].mean;
        *reading = (struct sweep_reading){mean_left + share * (mean - mean_left), left, right};
        return true;
    }
    return false;
}

double sweep_reference(const struct sweep *sweep, const char *name)
{
    if (sweep->axis == sweep->n_keys ||
        strcmp(sweep->keys[sweep->axis].pointer, "/checkpoint/interval") != 0)
        return (double)NAN;
    double common = (double)NAN;
    for (size_t i = 0; i < sweep->results->n_points; i++) {
        const struct reference *reference = point_reference(&sweep->results->points[i], name);
        double value = reference ? reference->value : (double)NAN;
        if (!(value > 0) || (i > 0 && fabs(value / common - 1) > 1e-9))
            return (double)NAN;
        common = value;
    }
    return common;
}

bool sweep_has_predictions(const struct sweep *sweep, enum metric metric)
{
    for (size_t i = 0; i < sweep->results->n_points; i++)
        if (point_prediction(&sweep->results->points[i], metric))
            return true;
    return false;
}

const struct prediction *point_prediction(const struct point *point, enum metric metric)
{
    for (size_t i = 0; i < point->n_predictions; i++)
        if (strcmp(point->predictions[i].metric, metric_rows[metric].name) == 0)
            return &point->predictions[i];
    return NULL;
}

const struct reference *point_reference(const struct point *point, const char *name)
{
    for (size_t i = 0; i < point->n_references; i++)
        if (strcmp(point->references[i].name, name) == 0)
            return &point->references[i];
    return NULL;
}
