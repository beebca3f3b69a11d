// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plot `cdf`, see analysis/cdf.gp. Blocks: title and counts; then
 * for each panel: label and limits, ticks, one block per curve.
 */
#include <math.h>

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/plot_parts.h"
#include "report/text_parts.h"

enum { MOST_CURVES = 6 };

/* The points whose distributions are shown, in the order of the sweep. */
struct choice {
    size_t point[MOST_CURVES];
    size_t n;
};

/* All points when they are few, else the first, the last, the best and some between. */
static struct choice choose_points(const struct sweep *sweep)
{
    struct choice choice = {0};
    size_t n = sweep->results->n_points;
    size_t best = sweep_best(sweep, M_WASTE);
    if (n <= MOST_CURVES) {
        for (size_t i = 0; i < n; i++)
            choice.point[choice.n++] = sweep->order[i];
        return choice;
    }
    size_t place = 0;
    while (sweep->order[place] != best)
        place++;
    for (size_t k = 0; k < MOST_CURVES; k++) {
        size_t at = k * (n - 1) / (MOST_CURVES - 1);
        size_t next = (k + 1) * (n - 1) / (MOST_CURVES - 1);
        bool best_is_near = k > 0 && k + 1 < MOST_CURVES && place >= at && place < next;
        choice.point[choice.n++] = sweep->order[best_is_near ? place : at];
    }
    return choice;
}

static bool has_cdf(const struct sweep *sweep, const struct choice *choice, enum metric metric)
{
    for (size_t i = 0; i < choice->n; i++) {
        const double *cdf = sweep->results->points[choice->point[i]].estimates[metric].cdf;
        if (cdf && isfinite(cdf[0]) && isfinite(cdf[CDF_POINTS - 1]))
            return true;
    }
    return false;
}

static struct plot_axis find_axis(const struct sweep *sweep, const struct choice *choice,
                                  enum metric metric)
{
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (size_t i = 0; i < choice->n; i++) {
        const double *cdf = sweep->results->points[choice->point[i]].estimates[metric].cdf;
        low = cdf ? fmin(low, cdf[0]) : low;
        high = cdf ? fmax(high, cdf[CDF_POINTS - 1]) : high;
    }
    struct plot_axis axis;
    plot_axis_init(&axis, low, high, metric_rows[metric].dimension, PLOT_PANEL_TICKS);
    return axis;
}

static void add_curve(struct buffer *out, const struct sweep *sweep, size_t point,
                      enum metric metric, double factor)
{
    const double *cdf = sweep->results->points[point].estimates[metric].cdf;
    struct buffer label = {0};
    buffer_add(&label, "");
    plot_add_point_label(&label, sweep, point);
    plot_add_gap(out);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_add(out, "\n");
    for (size_t i = 0; i < CDF_POINTS; i++) {
        plot_add_real(out, cdf ? cdf[i] / factor : (double)NAN);
        plot_add_real(out, (double)i / (CDF_POINTS - 1));
        buffer_add(out, "\n");
    }
    buffer_release(&label);
}

static void add_panel(struct buffer *out, const struct sweep *sweep, const struct choice *choice,
                      enum metric metric)
{
    struct plot_axis axis = find_axis(sweep, choice, metric);
    struct buffer name = {0};
    struct buffer label = {0};
    text_add_metric_name(&name, metric);
    plot_axis_add_label(&label, &axis, name.data);
    plot_add_gap(out);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_addf(out, "%.17g %.17g %d\n", axis.low, axis.high, axis.is_log);
    plot_add_gap(out);
    buffer_add(out, axis.ticks.data);
    for (size_t i = 0; i < choice->n; i++)
        add_curve(out, sweep, choice->point[i], metric, axis.factor);
    buffer_release(&name);
    buffer_release(&label);
    plot_axis_release(&axis);
}

bool plot_write_cdf(const struct sweep *sweep, enum metric metric, struct buffer *out,
                    struct err *err)
{
    static const enum metric usual[] = {M_MAKESPAN, M_RECOVERY_TIME};
    struct choice choice = choose_points(sweep);
    enum metric panels[MEM_COUNT(usual)];
    size_t n = 0;
    if (metric != N_METRICS && !has_cdf(sweep, &choice, metric))
        return err_add(err, NULL, "the results hold no distribution of '%s'",
                       metric_rows[metric].name);
    if (metric != N_METRICS)
        panels[n++] = metric;
    for (size_t i = 0; i < MEM_COUNT(usual) && metric == N_METRICS; i++)
        if (has_cdf(sweep, &choice, usual[i]))
            panels[n++] = usual[i];
    if (n == 0)
        return err_add(err, NULL, "the results hold no distributions");
    struct buffer keys = {0};
    sweep_add_labels(&keys, sweep);
    plot_add_title(out, sweep->results);
    plot_add_text(out, keys.data, PLOT_LEGEND);
    buffer_addf(out, "%zu %zu\n", n, choice.n);
    buffer_release(&keys);
    for (size_t i = 0; i < n; i++)
        add_panel(out, sweep, &choice, panels[i]);
    return true;
}
