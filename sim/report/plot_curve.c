// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plot `curve`, see analysis/curve.gp. Blocks: labels and counts;
 * ticks; marks (reference intervals); one block per curve.
 */
#include <math.h>

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/plot_parts.h"
#include "report/quantity.h"
#include "report/setting.h"
#include "report/text_parts.h"

static enum metric default_metric(const struct results *results)
{
    if (results->recommendation.given)
        return metric_find(results->recommendation.metric);
    return results->points[0].estimates[M_WASTE].applies ? M_WASTE : M_MAKESPAN;
}

/* The axis of a numeric key by its values, that of names with a tick for each. */
static void init_axis(struct plot_axis *axis, const struct sweep *sweep)
{
    const struct sweep_key *key = &sweep->keys[sweep->axis];
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (size_t i = 0; i < sweep->results->n_points; i++) {
        low = fmin(low, sweep_place(sweep, i));
        high = fmax(high, sweep_place(sweep, i));
    }
    if (key->is_numeric) {
        plot_axis_init(axis, low, high, key->dimension, PLOT_TICKS);
        return;
    }
    *axis = (struct plot_axis){.factor = 1, .low = low - 0.5, .high = high + 0.5};
    for (size_t i = 0; i < key->n_values; i++) {
        struct buffer label = {0};
        const struct setting setting = {.value = key->values[i]};
        setting_add_text(&label, &setting);
        plot_axis_add_tick(axis, (double)i, label.data);
        buffer_release(&label);
    }
}

/* The values on the y axis. */
struct heights {
    double low, high; /* of the means */
    double lowest;    /* end of an interval */
};

static double half_width_of(const struct estimate *estimate)
{
    return isnan(estimate->half_width) ? 0 : estimate->half_width;
}

static struct heights find_heights(const struct sweep *sweep, enum metric metric)
{
    struct heights heights = {.low = HUGE_VAL, .lowest = HUGE_VAL};
    for (size_t i = 0; i < sweep->results->n_points; i++) {
        const struct estimate *estimate = &sweep->results->points[i].estimates[metric];
        heights.high = fmax(heights.high, estimate->mean);
        heights.low = fmin(heights.low, estimate->mean);
        heights.lowest = fmin(heights.lowest, estimate->mean - half_width_of(estimate));
    }
    return heights;
}

/* It makes sense to start the axis at zero. */
static bool starts_at_zero(const struct heights *heights)
{
    return heights->low >= 0 && heights->low < heights->high / 2;
}

/*
 * Of things that are compared by name, one is often out of proportion (no checkpoints at all):
 * beside it the others would lie on one line.
 */
static bool is_out_of_proportion(const struct heights *heights)
{
    const double too_much = 20;
    return heights->lowest > 0 && heights->high > too_much * heights->low;
}

static size_t add_marks(struct buffer *out, const struct sweep *sweep, const struct plot_axis *axis)
{
    size_t n = 0;
    const struct point *point = &sweep->results->points[0];
    for (size_t i = 0; i < point->n_references; i++) {
        char interval[QUANTITY_TEXT];
        double value = sweep_reference(sweep, point->references[i].name);
        double place = value / axis->factor;
        if (!(place >= axis->low && place <= axis->high)) /* NaN too */
            continue;
        struct buffer label = {0};
        buffer_addf(&label, "%s %s", point->references[i].name,
                    quantity_value(value, DIMENSION_TIME, 3, interval));
        if (label.data[0] >= 'a' && label.data[0] <= 'z')
            label.data[0] = (char)(label.data[0] - 'a' + 'A'); /* Young and Daly are names */
        plot_add_real(out, place);
        plot_add_text(out, label.data, PLOT_LEGEND);
        buffer_add(out, "\n");
        buffer_release(&label);
        n++;
    }
    return n;
}

static void add_curve(struct buffer *out, const struct sweep *sweep,
                      const struct sweep_series *series, enum metric metric,
                      const struct plot_axis *axis, double factor)
{
    plot_add_gap(out);
    plot_add_text(out, *series->name ? series->name : "simulated, with its 95 % interval",
                  PLOT_LEGEND);
    buffer_add(out, "\n");
    for (size_t i = series->first; i < series->first + series->n; i++) {
        const struct point *point = &sweep->results->points[sweep->order[i]];
        const struct estimate *estimate = &point->estimates[metric];
        const struct prediction *prediction = point_prediction(point, metric);
        double half_width = half_width_of(estimate);
        plot_add_real(out, sweep_place(sweep, sweep->order[i]) / axis->factor);
        plot_add_real(out, estimate->mean / factor);
        plot_add_real(out, (estimate->mean - half_width) / factor);
        plot_add_real(out, (estimate->mean + half_width) / factor);
        plot_add_real(out, prediction ? prediction->value / factor : (double)NAN);
        buffer_add(out, "\n");
    }
}

static bool has_predictions(const struct sweep *sweep, const struct sweep_series *series,
                            enum metric metric)
{
    for (size_t i = series->first; i < series->first + series->n; i++)
        if (point_prediction(&sweep->results->points[sweep->order[i]], metric))
            return true;
    return false;
}

/* The curves that have predictions, counted from 1, quoted: "1 3". */
static void add_predicted(struct buffer *out, const struct sweep *sweep, enum metric metric)
{
    buffer_add(out, "\"");
    for (size_t i = 0, n = 0; i < sweep->n_series; i++)
        if (has_predictions(sweep, &sweep->series[i], metric))
            buffer_addf(out, "%s%zu", n++ ? " " : "", i + 1);
    buffer_add(out, "\" ");
}

/* "checkpoint interval (h)" and "makespan (d)", quoted. */
static void add_axis_labels(struct buffer *out, const struct sweep *sweep, enum metric metric,
                            const struct plot_axis *x, const struct plot_axis *y)
{
    struct buffer name = {0};
    struct buffer label = {0};
    plot_axis_add_label(&label, x, sweep->keys[sweep->axis].label);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_clear(&label);
    text_add_metric_name(&name, metric);
    plot_axis_add_label(&label, y, name.data);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_release(&name);
    buffer_release(&label);
}

/* The values that are as good as the best, when the advice is about this metric. */
static void add_span(struct buffer *out, const struct sweep *sweep, enum metric metric,
                     double factor)
{
    const struct recommendation *advice = &sweep->results->recommendation;
    bool shown = advice->given && metric_find(advice->metric) == metric;
    plot_add_real(out, shown ? advice->low / factor : 0);
    plot_add_real(out, shown ? advice->high / factor : 0);
    buffer_add(out, "\n");
}

bool plot_write_curve(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                      struct err *err)
{
    if (sweep->axis == sweep->n_keys)
        return err_add(err, NULL, "the plot 'curve' needs results of a sweep, of several points");
    enum metric metric = wish->metric;
    if (metric == N_METRICS)
        metric = default_metric(sweep->results);
    struct heights heights = find_heights(sweep, metric);
    bool is_names = !sweep->keys[sweep->axis].is_numeric;
    struct plot_axis y = {0};
    plot_axis_init(&y, heights.high, heights.high, metric_rows[metric].dimension, PLOT_TICKS);
    struct plot_axis x = {0};
    init_axis(&x, sweep);
    struct buffer marks = {0};
    size_t n_marks = add_marks(&marks, sweep, &x);
    plot_add_title(out, sweep->results);
    add_axis_labels(out, sweep, metric, &x, &y);
    buffer_addf(out, "%.17g %.17g %d %d %d %d %zu %zu ", x.low, x.high, x.is_log, is_names,
                starts_at_zero(&heights), is_names && is_out_of_proportion(&heights), n_marks,
                sweep->n_series);
    add_predicted(out, sweep, metric);
    add_span(out, sweep, metric, x.factor);
    plot_add_gap(out);
    buffer_add(out, x.ticks.data);
    plot_add_gap(out);
    buffer_add(out, n_marks ? marks.data : "nan \"\"\n");
    for (size_t i = 0; i < sweep->n_series; i++)
        add_curve(out, sweep, &sweep->series[i], metric, &x, y.factor);
    plot_axis_release(&x);
    plot_axis_release(&y);
    buffer_release(&marks);
    return true;
}
