// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "report/escape.h"
#include "report/quantity.h"
#include "report/setting.h"
#include "report/table.h"
#include "report/text_parts.h"

enum { MAX_COLUMNS = 32 };

/* ---- the table of points ---- */

/* Metrics beside the one that the sweep is about. */
struct companions {
    enum metric metric[4];
    size_t n;
};

static struct companions companions_of(const struct sweep *sweep, enum metric metric)
{
    static const enum metric batch[] = {M_WASTE, M_MAKESPAN, M_FAILURES};
    static const enum metric stream[] = {M_WASTE, M_LATENCY, M_LAG, M_RECOVERY_TIME};
    bool is_stream = sweep->results->points[0].elements[ELEMENT_OPERATOR].n > 0;
    const enum metric *list = is_stream ? stream : batch;
    size_t n = is_stream ? MEM_COUNT(stream) : MEM_COUNT(batch);
    struct companions companions = {.n = 0};
    for (size_t i = 0; i < n; i++)
        if (list[i] != metric)
            companions.metric[companions.n++] = list[i];
    return companions;
}

static void add_header(struct table *table, const struct sweep *sweep, enum metric metric)
{
    struct buffer text = {0};
    table_add(table, "");
    for (size_t i = 0; i < sweep->n_keys; i++) {
        buffer_clear(&text);
        escape_terminal(&text, sweep->keys[i].label);
        table_add(table, text.data);
    }
    buffer_clear(&text);
    text_add_metric_name(&text, metric);
    table_add(table, text.data);
    if (sweep_has_predictions(sweep, metric))
        table_add(table, "predicted");
    struct companions companions = companions_of(sweep, metric);
    for (size_t i = 0; i < companions.n; i++) {
        buffer_clear(&text);
        text_add_metric_name(&text, companions.metric[i]);
        table_add(table, text.data);
    }
    buffer_release(&text);
}

static void add_point(struct table *table, const struct sweep *sweep, enum metric metric,
                      size_t index, const char *mark)
{
    const struct point *point = &sweep->results->points[index];
    const struct estimate *estimate = &point->estimates[metric];
    const enum dimension dimension = metric_rows[metric].dimension;
    char text[QUANTITY_TEXT];
    table_add(table, mark);
    for (size_t i = 0; i < sweep->n_keys; i++) {
        struct buffer raw = {0};
        struct buffer safe = {0};
        const struct setting *setting = setting_find(point, sweep->keys[i].pointer);
        buffer_add(&raw, "");
        buffer_add(&safe, "");
        if (setting)
            setting_add_text(&raw, setting);
        escape_terminal(&safe, raw.data);
        table_add(table, safe.data);
        buffer_release(&raw);
        buffer_release(&safe);
    }
    table_add(table, estimate->applies
                         ? quantity_estimate(estimate->mean, estimate->half_width, dimension, text)
                         : "-");
    const struct prediction *prediction = point_prediction(point, metric);
    if (prediction)
        table_add(table, quantity_like(prediction->value, estimate->mean, estimate->half_width,
                                       dimension, text));
    else if (sweep_has_predictions(sweep, metric))
        table_add(table, "-");
    struct companions companions = companions_of(sweep, metric);
    for (size_t i = 0; i < companions.n; i++) {
        enum metric other = companions.metric[i];
        table_add(table, quantity_estimate(point->estimates[other].mean,
                                           point->estimates[other].half_width,
                                           metric_rows[other].dimension, text));
    }
}

/* How many of the predictions lie inside their intervals. */
static void add_prediction_line(struct buffer *out, const struct sweep *sweep, enum metric metric)
{
    size_t n = 0;
    size_t inside = 0;
    const char *source = NULL;
    for (size_t i = 0; i < sweep->results->n_points; i++) {
        const struct point *point = &sweep->results->points[i];
        const struct prediction *prediction = point_prediction(point, metric);
        double half_width = point->estimates[metric].half_width;
        if (!prediction || !(half_width > 0) || point->estimates[M_UNFINISHED].mean > 0)
            continue;
        n++;
        inside += fabs(point->estimates[metric].mean - prediction->value) <= half_width;
        source = prediction->source;
    }
    if (n == 0)
        return;
    buffer_addf(
        out, "\n%zu of %zu predictions are inside the 95 %% interval; predicted by: ", inside, n);
    escape_terminal(out, source);
    buffer_add(out, "\n");
}

static void add_points(struct buffer *out, const struct sweep *sweep, enum metric metric,
                       size_t best)
{
    /* A mark, the keys, the metric, its prediction, the companions. */
    char align[MAX_COLUMNS] = "lrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr";
    size_t columns =
        2 + sweep->n_keys + sweep_has_predictions(sweep, metric) + companions_of(sweep, metric).n;
    align[columns < MAX_COLUMNS ? columns : MAX_COLUMNS - 1] = '\0';
    struct table table = {.align = align};
    add_header(&table, sweep, metric);
    for (size_t i = 0; i < sweep->results->n_points; i++)
        add_point(&table, sweep, metric, sweep->order[i], sweep->order[i] == best ? "*" : "");
    table_write(&table, out);
    add_prediction_line(out, sweep, metric);
}

/* ---- what follows from it ---- */

static void add_best(struct buffer *out, const struct sweep *sweep, enum metric metric, size_t best)
{
    const struct estimate *estimate = &sweep->results->points[best].estimates[metric];
    char text[QUANTITY_TEXT];
    struct buffer name = {0};
    sweep_add_point_name(&name, sweep, best);
    buffer_add(out, "\n* ");
    text_add_metric_name(out, metric);
    buffer_addf(out, " is %s, %s%s",
                metric_rows[metric].better == METRIC_HIGHER ? "highest" : "lowest",
                quantity_estimate(estimate->mean, estimate->half_width,
                                  metric_rows[metric].dimension, text),
                sweep->n_keys ? ", at " : "");
    escape_terminal(out, name.data);
    buffer_add(out, "\n");
    buffer_release(&name);
}

static void add_recommendation(struct buffer *out, const struct sweep *sweep)
{
    const struct recommendation *advice = &sweep->results->recommendation;
    if (!advice->given || sweep->axis == sweep->n_keys)
        return;
    enum dimension dimension = sweep->keys[sweep->axis].dimension;
    char low[QUANTITY_TEXT];
    char high[QUANTITY_TEXT];
    char fitted[QUANTITY_TEXT];
    bool has_pairs = sweep->results->points[advice->best].replications > 1;
    if (advice->high > advice->low)
        buffer_addf(out, "  any value from %s to %s does as well: within 1 %%%s\n",
                    quantity_value(advice->low, dimension, 4, low),
                    quantity_value(advice->high, dimension, 4, high),
                    has_pairs ? ", or not told apart at 95 % (paired)" : "");
    else
        buffer_addf(out, "  every other value is worse by 1 %% or more%s\n",
                    has_pairs ? ", at 95 % (paired)" : "");
    if (isfinite(advice->fitted))
        buffer_addf(out, "  a fit to the points around it is best at %s (95 %%: %s to %s)\n",
                    quantity_value(advice->fitted, dimension, 3, fitted),
                    quantity_value(advice->fitted_low, dimension, 3, low),
                    quantity_value(advice->fitted_high, dimension, 3, high));
    if (advice->at_edge)
        buffer_add(out, "  it is the edge of the sweep: the best value may lie beyond; widen it\n");
}

/* One line per reference interval of the theory: what the simulation says of it. */
static bool add_reference(struct table *table, const struct sweep *sweep, enum metric metric,
                          size_t best, const struct reference *reference)
{
    double interval_s = sweep_reference(sweep, reference->name);
    if (isnan(interval_s))
        return false;
    char text[QUANTITY_TEXT];
    struct sweep_reading reading;
    table_add(table, reference->name);
    table_add(table, quantity_value(interval_s, DIMENSION_TIME, 4, text));
    if (!sweep_read_at(sweep, metric, interval_s, &reading)) {
        table_add(table, "outside");
        table_add(table, "");
        table_add(table, reference->source);
        return false;
    }
    const struct estimate *estimate = &sweep->results->points[best].estimates[metric];
    bool between = reading.left != reading.right;
    table_addf(table, "%s%s",
               quantity_like(reading.mean, estimate->mean, estimate->half_width,
                             metric_rows[metric].dimension, text),
               between ? " ~" : "");
    struct buffer percent = {0};
    if (fabs(estimate->mean) > 0) /* nothing is a share of nothing */
        text_add_percent(&percent, "", 100 * (reading.mean / estimate->mean - 1));
    table_add(table, percent.data ? percent.data : "");
    buffer_release(&percent);
    table_add(table, reference->source);
    return between;
}

static void add_references(struct buffer *out, const struct sweep *sweep, enum metric metric,
                           size_t best)
{
    const struct point *point = &sweep->results->points[best];
    struct table table = {.align = "lrlrl"};
    struct buffer name = {0};
    text_add_metric_name(&name, metric);
    table_add(&table, "theory");
    table_add(&table, "interval");
    table_add(&table, name.data);
    table_add(&table, "against *");
    table_add(&table, "");
    size_t header = table.n_cells;
    bool between = false;
    for (size_t i = 0; i < point->n_references; i++)
        between |= add_reference(&table, sweep, metric, best, &point->references[i]);
    struct buffer lines = {0};
    bool any = table.n_cells > header;
    table_write(&table, &lines);
    if (any)
        buffer_addf(out, "\n%s", lines.data);
    if (between)
        buffer_add(out, "  ~ between two points: interpolated linearly in the logarithm of the "
                        "interval\n");
    buffer_release(&lines);
    buffer_release(&name);
}

void text_add_sweep(struct buffer *out, const struct sweep *sweep, enum metric metric)
{
    size_t best = sweep_best(sweep, metric);
    add_points(out, sweep, metric, best);
    add_best(out, sweep, metric, best);
    add_recommendation(out, sweep);
    add_references(out, sweep, metric, best);
    text_add_foot(out, sweep, metric, best);
}
