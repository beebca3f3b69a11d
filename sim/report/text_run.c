// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "report/quantity.h"
#include "report/table.h"
#include "report/text_parts.h"

static const enum metric headlines[] = {M_WASTE, M_MAKESPAN};
static const enum metric phases[] = {M_DETECT, M_RESTART, M_RESTORE, M_CATCH_UP, M_RECOVERY_TIME};

static bool is_one_of(enum metric metric, const enum metric *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == metric)
            return true;
    return false;
}

static void add_name_cell(struct table *table, enum metric metric)
{
    struct buffer name = {0};
    text_add_metric_name(&name, metric);
    table_add(table, name.data);
    buffer_release(&name);
}

static void add_estimate_cell(struct table *table, const struct estimate *estimate,
                              enum metric metric)
{
    char text[QUANTITY_TEXT];
    table_add(table, quantity_estimate(estimate->mean, estimate->half_width,
                                       metric_rows[metric].dimension, text));
}

/* ---- the answer, and what theory says ---- */

static void add_answer_row(struct table *table, const struct point *point, enum metric metric)
{
    const struct estimate *estimate = &point->estimates[metric];
    const struct prediction *prediction = point_prediction(point, metric);
    add_name_cell(table, metric);
    add_estimate_cell(table, estimate, metric);
    if (!prediction) {
        table_add(table, "");
        return;
    }
    char value[QUANTITY_TEXT];
    struct buffer verdict = {0};
    if (point->estimates[M_UNFINISHED].mean > 0)
        buffer_add(&verdict, "not compared: the time limit cut replications off");
    else
        text_add_verdict(&verdict, estimate, prediction->value);
    table_addf(table, "predicted %s, %s",
               quantity_like(prediction->value, estimate->mean, estimate->half_width,
                             metric_rows[metric].dimension, value),
               verdict.data);
    buffer_release(&verdict);
}

static void add_answer(struct buffer *out, const struct point *point)
{
    struct table table = {.align = "lll"};
    for (size_t i = 0; i < MEM_COUNT(headlines); i++)
        if (point->estimates[headlines[i]].applies)
            add_answer_row(&table, point, headlines[i]);
    for (enum metric m = 0; m < N_METRICS; m++)
        if (point->estimates[m].applies && point_prediction(point, m) &&
            !is_one_of(m, headlines, MEM_COUNT(headlines)))
            add_answer_row(&table, point, m);
    table_write(&table, out);
}

/* ---- all the rest ---- */

/* Counts are exact, and all sizes of a row in the unit of its mean. */
static void add_quantile_cell(struct table *table, double value, double mean,
                              enum dimension dimension)
{
    const int few = 3, all = 9;
    char text[QUANTITY_TEXT];
    bool is_count = dimension == DIMENSION_NONE && fabs(value - rint(value)) <= 0;
    if (dimension != DIMENSION_BYTES || !isfinite(value)) {
        table_add(table, quantity_value(value, dimension, is_count ? all : few, text));
        return;
    }
    struct scale scale = scale_for(mean, dimension);
    table_addf(table, "%s %s", quantity_value(value / scale.factor, DIMENSION_NONE, few, text),
               scale.unit);
}

static void add_row(struct table *table, const struct point *point, enum metric metric,
                    const char *name)
{
    const struct estimate *estimate = &point->estimates[metric];
    if (name)
        table_add(table, name);
    else
        add_name_cell(table, metric);
    add_estimate_cell(table, estimate, metric);
    for (size_t q = 0; q < N_QUANTILES; q++)
        add_quantile_cell(table, estimate->quantile[q], estimate->mean,
                          metric_rows[metric].dimension);
}

static void add_header(struct table *table, const char *title)
{
    table_add(table, title);
    table_add(table, "mean");
    for (size_t q = 0; q < N_QUANTILES; q++)
        table_addf(table, "p%g", 100 * results_quantiles[q]);
}

/* A metric that says nothing here: it never occurred, or was zero throughout. */
static bool is_silent(const struct estimate *estimate)
{
    return !estimate->applies || estimate->n == 0 || (estimate->min >= 0 && estimate->max <= 0);
}

static void add_metrics(struct buffer *out, const struct point *point)
{
    struct table table = {.align = "lllll"};
    add_header(&table, "");
    for (enum metric m = 0; m < N_METRICS; m++)
        if (!is_silent(&point->estimates[m]) && !metric_is_budget(m) &&
            !is_one_of(m, phases, MEM_COUNT(phases)))
            add_row(&table, point, m, NULL);
    buffer_add(out, "\n");
    table_write(&table, out);
}

static void add_recovery(struct buffer *out, const struct point *point)
{
    if (is_silent(&point->estimates[M_RECOVERY_TIME]))
        return;
    struct table table = {.align = "lllll"};
    add_header(&table, "recovery of a failure");
    for (size_t i = 0; i < MEM_COUNT(phases); i++)
        if (!is_silent(&point->estimates[phases[i]]))
            add_row(&table, point, phases[i], phases[i] == M_RECOVERY_TIME ? "total" : NULL);
    buffer_add(out, "\n");
    table_write(&table, out);
}

static void add_budget(struct buffer *out, const struct point *point)
{
    double total = 0;
    for (enum metric m = 0; m < N_METRICS; m++)
        if (metric_is_budget(m) && point->estimates[m].n > 0)
            total += point->estimates[m].mean;
    if (!(total > 0))
        return;
    struct table table = {.align = "lrl"};
    table_add(&table, "time budget");
    table_add(&table, "share");
    table_add(&table, "mean");
    for (enum metric m = 0; m < N_METRICS; m++) {
        if (!metric_is_budget(m) || is_silent(&point->estimates[m]))
            continue;
        struct buffer name = {0};
        text_add_metric_name(&name, m);
        table_add(&table, name.data + strlen("time "));
        table_addf(&table, "%.2f %%", 100 * point->estimates[m].mean / total);
        add_estimate_cell(&table, &point->estimates[m], m);
        buffer_release(&name);
    }
    buffer_add(out, "\n");
    table_write(&table, out);
}

void text_add_run(struct buffer *out, const struct sweep *sweep)
{
    const struct point *point = &sweep->results->points[0];
    add_answer(out, point);
    if (point->n_predictions) {
        buffer_add(out, "\n");
        text_add_sources(out, point);
    }
    add_metrics(out, point);
    add_recovery(out, point);
    add_budget(out, point);
    text_add_foot(out, sweep, M_WASTE, 0);
}
