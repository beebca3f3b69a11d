// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"

#include <inttypes.h>
#include <math.h>

#include "report/escape.h"
#include "report/setting.h"
#include "report/sweep.h"
#include "scenario/json_write.h"

static void add_text(struct buffer *out, const char *text)
{
    escape_csv(out, text);
    buffer_add(out, ",");
}

static void add_real(struct buffer *out, double x)
{
    char text[JSON_REAL_TEXT];
    buffer_addf(out, "%s,", isfinite(x) ? json_real_text(x, text) : "");
}

static void end_line(struct buffer *out)
{
    out->n--; /* the last comma */
    buffer_add(out, "\r\n");
}

static bool has_units(const struct sweep *sweep, const struct setting *setting)
{
    for (size_t i = 0; i < sweep->n_keys; i++)
        if (setting_is_for(setting, sweep->keys[i].pointer))
            return sweep->keys[i].is_numeric && sweep->keys[i].dimension != DIMENSION_NONE;
    return false;
}

/* The keys that are swept; each with units has a second column. */
static void add_key_columns(struct buffer *out, const struct sweep *sweep)
{
    const struct point *first = &sweep->results->points[0];
    for (size_t i = 0; i < first->n_settings; i++) {
        const struct setting *setting = &first->settings[i];
        add_text(out, setting->pointer);
        if (!has_units(sweep, setting))
            continue;
        struct buffer name = {0};
        buffer_addf(&name, "%s (%s)", setting->pointer, units_base(setting_dimension(setting)));
        add_text(out, name.data);
        buffer_release(&name);
    }
}

static void add_estimate_columns(struct buffer *out)
{
    static const char *const columns[] = {"metric", "unit", "mean", "half_width",
                                          "sd",     "n",    "min",  "max"};
    for (size_t i = 0; i < MEM_COUNT(columns); i++)
        add_text(out, columns[i]);
    for (size_t q = 0; q < N_QUANTILES; q++)
        buffer_addf(out, "q%g,", results_quantiles[q]);
}

static void add_header(struct buffer *out, const struct sweep *sweep)
{
    add_key_columns(out, sweep);
    add_text(out, "replications");
    add_estimate_columns(out);
    add_text(out, "prediction");
    add_text(out, "prediction_source");
    end_line(out);
}

static void add_settings(struct buffer *out, const struct sweep *sweep, const struct point *point)
{
    const struct point *first = &sweep->results->points[0];
    for (size_t i = 0; i < first->n_settings; i++) {
        const struct setting *setting = setting_find(point, first->settings[i].pointer);
        struct buffer text = {0};
        buffer_add(&text, "");
        if (setting)
            setting_add_text(&text, setting);
        /* A number is no formula, though it may begin with a minus. */
        if (setting && isfinite(setting->number) && setting->value[0] != '"')
            buffer_addf(out, "%s,", text.data);
        else
            add_text(out, text.data);
        if (has_units(sweep, &first->settings[i]))
            add_real(out, setting ? setting->number : (double)NAN);
        buffer_release(&text);
    }
}

static void add_estimate(struct buffer *out, const char *name, enum dimension dimension,
                         const struct estimate *estimate)
{
    add_text(out, name);
    add_text(out, units_base(dimension));
    add_real(out, estimate->mean);
    add_real(out, estimate->half_width);
    add_real(out, estimate->sd);
    buffer_addf(out, "%" PRIu64 ",", estimate->n);
    add_real(out, estimate->min);
    add_real(out, estimate->max);
    for (size_t q = 0; q < N_QUANTILES; q++)
        add_real(out, estimate->quantile[q]);
}

static void add_row(struct buffer *out, const struct sweep *sweep, const struct point *point,
                    enum metric metric)
{
    const struct prediction *prediction = point_prediction(point, metric);
    add_settings(out, sweep, point);
    buffer_addf(out, "%" PRIu64 ",", point->replications);
    add_estimate(out, metric_rows[metric].name, metric_rows[metric].dimension,
                 &point->estimates[metric]);
    add_real(out, prediction ? prediction->value : (double)NAN);
    add_text(out, prediction ? prediction->source : "");
    end_line(out);
}

void csv_write(const struct results *results, struct buffer *out)
{
    struct sweep sweep;
    sweep_init(&sweep, results);
    add_header(out, &sweep);
    for (size_t i = 0; i < results->n_points; i++)
        for (enum metric m = 0; m < N_METRICS; m++)
            if (results->points[i].estimates[m].applies)
                add_row(out, &sweep, &results->points[i], m);
    sweep_release(&sweep);
}

/* ---- stream jobs ---- */

static void add_element_rows(struct buffer *out, const struct sweep *sweep,
                             const struct point *point, enum element_level level)
{
    const struct elements *elements = &point->elements[level];
    enum element_metric first = element_level_first(level);
    for (size_t i = 0; i < elements->n; i++)
        for (size_t e = 0; e < element_level_size(level); e++) {
            const struct element_metric_row *row = &element_metric_rows[first + e];
            if (!elements->items[i].estimates[e].applies)
                continue;
            add_settings(out, sweep, point);
            add_text(out, element_level_names[level]);
            add_text(out, elements->items[i].name);
            add_estimate(out, row->name, row->dimension, &elements->items[i].estimates[e]);
            end_line(out);
        }
}

void csv_write_elements(const struct results *results, struct buffer *out)
{
    struct sweep sweep;
    sweep_init(&sweep, results);
    add_key_columns(out, &sweep);
    add_text(out, "level");
    add_text(out, "element");
    add_estimate_columns(out);
    end_line(out);
    for (size_t i = 0; i < results->n_points; i++)
        for (int level = 0; level < N_ELEMENT_LEVELS; level++)
            add_element_rows(out, &sweep, &results->points[i], (enum element_level)level);
    sweep_release(&sweep);
}

void csv_write_series(const struct results *results, struct buffer *out)
{
    const struct story *story = results->points[0].story;
    add_text(out, "time_s");
    for (int s = 0; s < N_SERIES; s++)
        add_text(out, series_rows[s].name);
    end_line(out);
    for (size_t i = 0; story && i < story->n_samples; i++) {
        add_real(out, story->times_s[i]);
        for (int s = 0; s < N_SERIES; s++)
            add_real(out, story->series[s][i]);
        end_line(out);
    }
}
