// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plots `phases` and `budget`, see analysis/stacked.gp. Blocks:
 * labels and counts; then a table, a row of names and one row per point.
 */
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"
#include "report/plot_parts.h"
#include "report/quantity.h"
#include "report/text_parts.h"

/* Parts of a bar: metrics, in the order in which they are stacked. */
struct parts {
    enum metric metric[N_METRICS];
    size_t n;
};

/* Adds the metric unless it is zero at every point. */
static void add_part(struct parts *parts, const struct results *results, enum metric metric)
{
    for (size_t i = 0; i < results->n_points; i++) {
        const struct estimate *estimate = &results->points[i].estimates[metric];
        if (estimate->applies && estimate->mean > 0) {
            parts->metric[parts->n++] = metric;
            return;
        }
    }
}

/* The table: its rows in the order of the sweep, values divided by what a point's scale says. */
static void add_table(struct buffer *out, const struct sweep *sweep, const struct parts *parts,
                      size_t skip, const double *scales)
{
    plot_add_gap(out);
    plot_add_text(out, "point", PLOT_LABEL);
    for (size_t j = 0; j < parts->n; j++) {
        struct buffer name = {0};
        text_add_metric_name(&name, parts->metric[j]);
        plot_add_text(out, name.data + skip, PLOT_LABEL);
        buffer_release(&name);
    }
    buffer_add(out, "\n");
    for (size_t i = 0; i < sweep->results->n_points; i++) {
        struct buffer label = {0};
        size_t point = sweep->order[i];
        buffer_add(&label, "");
        plot_add_point_label(&label, sweep, point);
        plot_add_text(out, label.data, PLOT_LABEL);
        buffer_release(&label);
        for (size_t j = 0; j < parts->n; j++) {
            double mean = sweep->results->points[point].estimates[parts->metric[j]].mean;
            plot_add_real(out, mean >= 0 ? mean / scales[point] : 0);
        }
        buffer_add(out, "\n");
    }
}

static void add_labels(struct buffer *out, const struct sweep *sweep, const char *y_label,
                       size_t n_parts)
{
    plot_add_title(out, sweep->results);
    struct buffer keys = {0};
    sweep_add_labels(&keys, sweep);
    plot_add_text(out, keys.data, PLOT_LEGEND);
    plot_add_text(out, y_label, PLOT_LEGEND);
    buffer_addf(out, "%zu %zu\n", n_parts, sweep->results->n_points);
    buffer_release(&keys);
}

bool plot_write_phases(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                       struct err *err)
{
    static const enum metric phases[] = {M_DETECT, M_RESTART, M_RESTORE, M_CATCH_UP};
    if (!plot_check_metric("phases", wish->metric, err))
        return false;
    const struct results *results = sweep->results;
    struct parts parts = {0};
    double high = 0;
    for (size_t j = 0; j < MEM_COUNT(phases); j++)
        add_part(&parts, results, phases[j]);
    for (size_t i = 0; i < results->n_points; i++)
        if (results->points[i].estimates[M_RECOVERY_TIME].mean > high)
            high = results->points[i].estimates[M_RECOVERY_TIME].mean;
    if (parts.n == 0)
        return err_add(err, NULL, "there is no recovery to plot: no failure was recovered from");
    struct scale scale = scale_for(high, DIMENSION_TIME);
    double *scales = mem_alloc(results->n_points, sizeof *scales);
    for (size_t i = 0; i < results->n_points; i++)
        scales[i] = scale.factor;
    struct buffer label = {0};
    buffer_addf(&label, "mean recovery (%s)", scale.unit);
    add_labels(out, sweep, label.data, parts.n);
    add_table(out, sweep, &parts, 0, scales);
    buffer_release(&label);
    free(scales);
    return true;
}

bool plot_write_budget(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                       struct err *err)
{
    if (!plot_check_metric("budget", wish->metric, err))
        return false;
    const struct results *results = sweep->results;
    struct parts parts = {0};
    double *percent = mem_alloc(results->n_points, sizeof *percent);
    for (enum metric m = 0; m < N_METRICS; m++) {
        if (!metric_is_budget(m))
            continue;
        for (size_t i = 0; i < results->n_points; i++)
            if (results->points[i].estimates[m].applies)
                percent[i] += results->points[i].estimates[m].mean / 100;
        /* Idle is not waste: a stream job waits for its messages. */
        if (m != M_TIME_WORK && m != M_TIME_IDLE)
            add_part(&parts, results, m);
    }
    bool ok = parts.n > 0 || err_add(err, NULL, "there is nothing to plot beside work");
    if (ok) {
        bool is_stream = results->points[0].elements[ELEMENT_OPERATOR].n > 0;
        add_labels(out, sweep,
                   is_stream ? "share of the tasks' time beside new work and idle (%)"
                             : "share of the time beside new work (%)",
                   parts.n);
        add_table(out, sweep, &parts, strlen("time "), percent);
    }
    free(percent);
    return ok;
}
