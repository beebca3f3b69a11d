// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "report/escape.h"
#include "report/quantity.h"
#include "report/table.h"
#include "report/text_parts.h"

/* Metrics, ending with N_METRICS: what comes first, and what the table then leaves out. */
static const enum metric batch_headlines[] = {M_WASTE, M_MAKESPAN, N_METRICS};
static const enum metric batch_omitted[] = {N_METRICS};
static const enum metric stream_headlines[] = {M_LATENCY, M_THROUGHPUT, M_LAG, M_WASTE, N_METRICS};
static const enum metric stream_omitted[] = {M_LATENCY,     M_THROUGHPUT,   M_LAG,
                                             M_WASTE,       M_ARRIVAL_RATE, M_MAKESPAN,
                                             M_UTILISATION, M_PROCESSED,    N_METRICS};
static const enum metric phases[] = {M_DETECT,   M_RESTART,       M_RESTORE,
                                     M_CATCH_UP, M_RECOVERY_TIME, N_METRICS};

static bool is_one_of(enum metric metric, const enum metric *list)
{
    for (; *list != N_METRICS; list++)
        if (*list == metric)
            return true;
    return false;
}

static bool is_stream(const struct point *point)
{
    return point->elements[ELEMENT_OPERATOR].n > 0;
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

/* What stands beside a metric for which theory has no word. */
static void add_remark_cell(struct table *table, const struct point *point, enum metric metric)
{
    const int few = 3;
    const struct estimate *estimate = &point->estimates[metric];
    const struct estimate *arrivals = &point->estimates[M_ARRIVAL_RATE];
    char text[3][QUANTITY_TEXT];
    if (metric == M_LATENCY && estimate->n > 0)
        table_addf(table, "p50 %s, p90 %s, p99 %s",
                   quantity_value(estimate->quantile[0], DIMENSION_TIME, few, text[0]),
                   quantity_value(estimate->quantile[1], DIMENSION_TIME, few, text[1]),
                   quantity_value(estimate->quantile[2], DIMENSION_TIME, few, text[2]));
    else if (metric == M_THROUGHPUT)
        table_addf(table, "%s arrive",
                   quantity_like(arrivals->mean, estimate->mean, estimate->half_width,
                                 DIMENSION_RATE, text[0]));
    else if (metric == M_LAG)
        table_add(table, "wait in the sources, on average");
    else
        table_add(table, "");
}

static void add_answer_row(struct table *table, const struct point *point, enum metric metric)
{
    const struct estimate *estimate = &point->estimates[metric];
    const struct prediction *prediction = point_prediction(point, metric);
    add_name_cell(table, metric);
    add_estimate_cell(table, estimate, metric);
    if (!prediction) {
        add_remark_cell(table, point, metric);
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
    const enum metric *headlines = is_stream(point) ? stream_headlines : batch_headlines;
    for (const enum metric *m = headlines; *m != N_METRICS; m++)
        if (point->estimates[*m].applies)
            add_answer_row(&table, point, *m);
    for (enum metric m = 0; m < N_METRICS; m++)
        if (point->estimates[m].applies && point_prediction(point, m) && !is_one_of(m, headlines))
            add_answer_row(&table, point, m);
    table_write(&table, out);
}

/* ---- operators ---- */

static void add_operator_header(struct table *table, bool any_lost)
{
    table_add(table, "operator");
    table_add(table, "utilisation");
    table_add(table, "latency");
    table_addf(table, "p%g", 100 * results_quantiles[0]);
    table_addf(table, "p%g", 100 * results_quantiles[N_QUANTILES - 1]);
    table_add(table, "in system");
    table_add(table, "throughput");
    if (any_lost)
        table_add(table, "lost");
}

static void add_cell(struct table *table, const struct estimate *estimate, enum dimension dimension)
{
    char text[QUANTITY_TEXT];
    table_add(table, quantity_estimate(estimate->mean, estimate->half_width, dimension, text));
}

static void add_operator(struct table *table, const struct point *point, size_t index,
                         bool any_lost)
{
    const int few = 3;
    const struct estimate *latency = point_element(point, E_OPERATOR_LATENCY, index);
    struct buffer name = {0};
    escape_terminal(&name, point->elements[ELEMENT_OPERATOR].items[index].name);
    table_add(table, name.data ? name.data : "");
    buffer_release(&name);
    add_cell(table, point_element(point, E_OPERATOR_UTILISATION, index), DIMENSION_NONE);
    add_cell(table, latency, DIMENSION_TIME);
    for (size_t q = 0; q < N_QUANTILES; q += N_QUANTILES - 1) {
        char text[QUANTITY_TEXT];
        table_add(table, quantity_value(latency->quantile[q], DIMENSION_TIME, few, text));
    }
    add_cell(table, point_element(point, E_OPERATOR_IN_SYSTEM, index), DIMENSION_NONE);
    add_cell(table, point_element(point, E_OPERATOR_THROUGHPUT, index), DIMENSION_RATE);
    if (any_lost)
        add_cell(table, point_element(point, E_OPERATOR_LOST, index), DIMENSION_NONE);
}

static void add_operators(struct buffer *out, const struct point *point)
{
    size_t n = point->elements[ELEMENT_OPERATOR].n;
    bool any_lost = false;
    for (size_t i = 0; i < n; i++)
        any_lost |= point_element(point, E_OPERATOR_LOST, i)->mean > 0;
    if (n == 0)
        return;
    struct table table = {.align = any_lost ? "llllllll" : "lllllll"};
    add_operator_header(&table, any_lost);
    for (size_t i = 0; i < n; i++)
        add_operator(&table, point, i, any_lost);
    buffer_add(out, "\n");
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
    const enum metric *omitted = is_stream(point) ? stream_omitted : batch_omitted;
    add_header(&table, "");
    for (enum metric m = 0; m < N_METRICS; m++)
        if (!is_silent(&point->estimates[m]) && !metric_is_budget(m) && !is_one_of(m, phases) &&
            !is_one_of(m, omitted))
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
    for (const enum metric *m = phases; *m != N_METRICS; m++)
        if (!is_silent(&point->estimates[*m]))
            add_row(&table, point, *m, *m == M_RECOVERY_TIME ? "total" : NULL);
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
    table_add(&table, is_stream(point) ? "time of the tasks" : "time budget");
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
    add_operators(out, point);
    add_metrics(out, point);
    add_recovery(out, point);
    add_budget(out, point);
    text_add_foot(out, sweep, M_WASTE, 0);
}
