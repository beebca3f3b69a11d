// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plots `cdf` and `latency`, see analysis/cdf.gp. Blocks: title and
 * counts; then for each panel: label and limits, ticks, one block per curve.
 */
#include <math.h>
#include <stdlib.h>

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/plot_parts.h"
#include "report/text_parts.h"

/* Along a scale, some curves show how it goes; of names, each says something else. */
enum { MOST_ALONG_A_SCALE = 6, MOST_CURVES = 12 };

/* The points whose distributions are shown, in the order of the sweep. */
struct choice {
    size_t point[MOST_CURVES];
    size_t n;
};

static size_t most_curves(const struct sweep *sweep)
{
    bool is_scale = sweep->axis < sweep->n_keys && sweep->keys[sweep->axis].is_numeric;
    return is_scale ? MOST_ALONG_A_SCALE : MOST_CURVES;
}

/* All points when they are few, else the first, the last, the best and some between. */
static struct choice choose_points(const struct sweep *sweep)
{
    struct choice choice = {0};
    size_t n = sweep->results->n_points;
    size_t best = sweep_best(sweep, M_WASTE);
    size_t most = most_curves(sweep);
    if (n <= most) {
        for (size_t i = 0; i < n; i++)
            choice.point[choice.n++] = sweep->order[i];
        return choice;
    }
    size_t place = 0;
    while (sweep->order[place] != best)
        place++;
    for (size_t k = 0; k < most; k++) {
        size_t at = k * (n - 1) / (most - 1);
        size_t next = (k + 1) * (n - 1) / (most - 1);
        bool best_is_near = k > 0 && k + 1 < most && place >= at && place < next;
        choice.point[choice.n++] = sweep->order[best_is_near ? place : at];
    }
    return choice;
}

/* ---- panels ---- */

/* Curves over one axis. */
struct panel {
    const char *name; /* of what is on the axis */
    enum dimension dimension;
    size_t lowest;                   /* the axis begins with this percentile of a curve */
    char *labels[MOST_CURVES];       /* owned */
    const double *cdfs[MOST_CURVES]; /* borrowed; NULL: nothing to show */
    size_t n;
};

static bool is_shown(const double *cdf)
{
    return cdf && isfinite(cdf[0]) && isfinite(cdf[CDF_POINTS - 1]);
}

static void add_to_panel(struct panel *panel, const char *label, const double *cdf)
{
    panel->labels[panel->n] = mem_strdup(label);
    panel->cdfs[panel->n++] = is_shown(cdf) ? cdf : NULL;
}

static bool panel_is_empty(const struct panel *panel)
{
    for (size_t i = 0; i < panel->n; i++)
        if (panel->cdfs[i])
            return false;
    return true;
}

static void panel_release(struct panel *panel)
{
    for (size_t i = 0; i < panel->n; i++)
        free(panel->labels[i]);
}

static struct plot_axis find_axis(const struct panel *panel)
{
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (size_t i = 0; i < panel->n; i++) {
        const double *cdf = panel->cdfs[i];
        low = cdf ? fmin(low, cdf[panel->lowest]) : low;
        high = cdf ? fmax(high, cdf[CDF_POINTS - 1]) : high;
    }
    struct plot_axis axis;
    plot_axis_init(&axis, low, high, panel->dimension, PLOT_PANEL_TICKS);
    return axis;
}

/* A curve without data lies outside the axis, so that it has its place in the legend. */
static void add_curve(struct buffer *out, const char *label, const double *cdf,
                      const struct plot_axis *axis)
{
    plot_add_gap(out);
    plot_add_text(out, label, PLOT_LEGEND);
    buffer_add(out, "\n");
    for (size_t i = 0; i < CDF_POINTS; i++) {
        plot_add_real(out, cdf ? cdf[i] / axis->factor : 2 * axis->high);
        plot_add_real(out, (double)i / (CDF_POINTS - 1));
        buffer_add(out, "\n");
    }
}

static void add_panel(struct buffer *out, const struct panel *panel)
{
    struct plot_axis axis = find_axis(panel);
    struct buffer name = {0};
    struct buffer label = {0};
    text_add_name(&name, panel->name);
    plot_axis_add_label(&label, &axis, name.data);
    plot_add_gap(out);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_addf(out, "%.17g %.17g %d\n", axis.low, axis.high, axis.is_log);
    plot_add_gap(out);
    buffer_add(out, axis.ticks.data);
    for (size_t i = 0; i < panel->n; i++)
        add_curve(out, panel->labels[i], panel->cdfs[i], &axis);
    buffer_release(&name);
    buffer_release(&label);
    plot_axis_release(&axis);
}

/* All panels have the same curves; `keys` says what tells those apart. */
static void add_panels(struct buffer *out, const struct results *results, const char *keys,
                       const struct panel *panels, size_t n)
{
    plot_add_title(out, results);
    plot_add_text(out, keys, PLOT_LEGEND);
    buffer_addf(out, "%zu %zu\n", n, panels[0].n);
    for (size_t i = 0; i < n; i++)
        add_panel(out, &panels[i]);
}

/* Of millions of latencies the very least lies orders of magnitude below the others. */
static size_t lowest_shown(enum metric metric)
{
    return metric == M_LATENCY ? 1 : 0;
}

/* ---- a metric at several points ---- */

static struct panel panel_of(const struct sweep *sweep, const struct choice *choice,
                             enum metric metric)
{
    struct panel panel = {.name = metric_rows[metric].name,
                          .dimension = metric_rows[metric].dimension,
                          .lowest = lowest_shown(metric)};
    for (size_t i = 0; i < choice->n; i++) {
        const struct point *point = &sweep->results->points[choice->point[i]];
        struct buffer label = {0};
        buffer_add(&label, "");
        plot_add_point_label(&label, sweep, choice->point[i]);
        add_to_panel(&panel, label.data, point->estimates[metric].cdf);
        buffer_release(&label);
    }
    return panel;
}

bool plot_write_cdf(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                    struct err *err)
{
    struct choice choice = choose_points(sweep);
    enum metric first = wish->metric;
    if (first == N_METRICS) /* the makespan of a stream job is no news */
        first = sweep->results->points[0].estimates[M_LATENCY].applies ? M_LATENCY : M_MAKESPAN;
    struct panel panels[2];
    size_t n = 0;
    panels[n++] = panel_of(sweep, &choice, first);
    if (panel_is_empty(&panels[0]))
        panel_release(&panels[--n]);
    if (wish->metric == N_METRICS) {
        panels[n++] = panel_of(sweep, &choice, M_RECOVERY_TIME);
        if (panel_is_empty(&panels[n - 1]))
            panel_release(&panels[--n]);
    }
    struct buffer keys = {0};
    sweep_add_labels(&keys, sweep);
    if (n > 0)
        add_panels(out, sweep->results, keys.data, panels, n);
    else if (wish->metric != N_METRICS)
        (void)err_add(err, NULL, "the results hold no distribution of '%s'",
                      metric_rows[wish->metric].name);
    else
        (void)err_add(err, NULL, "the results hold no distributions");
    for (size_t i = 0; i < n; i++)
        panel_release(&panels[i]);
    buffer_release(&keys);
    return n > 0;
}

/* ---- latency at one point ---- */

/* The operators by mean latency, highest first, as many as there are colours beside the first. */
static size_t slowest_operators(const struct point *point, size_t *chosen)
{
    size_t n = 0;
    for (size_t i = 0; i < point->elements[ELEMENT_OPERATOR].n; i++) {
        const struct estimate *latency = point_element(point, E_OPERATOR_LATENCY, i);
        if (!is_shown(latency->cdf))
            continue;
        size_t at = n < MOST_CURVES - 1 ? n++ : n;
        for (; at > 0 &&
               point_element(point, E_OPERATOR_LATENCY, chosen[at - 1])->mean < latency->mean;
             at--)
            if (at < n)
                chosen[at] = chosen[at - 1];
        if (at < n)
            chosen[at] = i;
    }
    return n;
}

bool plot_write_latency(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                        struct err *err)
{
    if (!plot_check_metric("latency", wish->metric, err))
        return false;
    size_t best = sweep_best(sweep, M_WASTE);
    const struct point *point = &sweep->results->points[best];
    struct panel panel = {.name = metric_rows[M_LATENCY].name,
                          .dimension = DIMENSION_TIME,
                          .lowest = lowest_shown(M_LATENCY)};
    size_t chosen[MOST_CURVES];
    size_t n = slowest_operators(point, chosen);
    if (point->estimates[M_LATENCY].applies)
        add_to_panel(&panel, "end to end", point->estimates[M_LATENCY].cdf);
    for (size_t i = 0; i < n; i++)
        add_to_panel(&panel, point->elements[ELEMENT_OPERATOR].items[chosen[i]].name,
                     point_element(point, E_OPERATOR_LATENCY, chosen[i])->cdf);
    bool ok = !panel_is_empty(&panel);
    struct buffer name = {0};
    sweep_add_point_name(&name, sweep, best);
    if (ok)
        add_panels(out, sweep->results, name.data, &panel, 1);
    else
        (void)err_add(err, NULL, "the results hold no latencies: those are of stream jobs");
    buffer_release(&name);
    panel_release(&panel);
    return ok;
}
