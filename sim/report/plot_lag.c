// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plot `lag`, see analysis/lag.gp. Blocks: labels and limits; ticks;
 * failures; samples.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/plot_parts.h"
#include "report/quantity.h"
#include "report/text_parts.h"

/* Samples that a picture shows side by side; of more, neighbours are put together. */
enum { MOST_PLACES = 1500 };
/* A sample, or several put together: the highest lag, the means of the rates. */
struct place {
    double time_s, lag, arrivals, throughput;
};

static struct place place_of(const struct story *story, size_t first, size_t end)
{
    struct place place = {.time_s = story->times_s[end - 1]};
    for (size_t i = first; i < end; i++) {
        place.lag = fmax(place.lag, story->series[SERIES_LAG][i]);
        place.arrivals += story->series[SERIES_ARRIVALS][i] / (double)(end - first);
        place.throughput += story->series[SERIES_THROUGHPUT][i] / (double)(end - first);
    }
    return place;
}

/* The places in the window; the caller frees them. */
static struct place *find_places(const struct story *story, const struct plot_window *window,
                                 size_t *n)
{
    size_t first = 0;
    size_t end = story->n_samples;
    while (first < end && story->times_s[first] < window->from_s)
        first++;
    while (end > first && story->times_s[end - 1] > window->to_s)
        end--;
    size_t stride = (end - first + MOST_PLACES - 1) / MOST_PLACES;
    struct place *places = mem_alloc(MOST_PLACES, sizeof *places);
    *n = 0;
    for (size_t i = first; i < end; i += stride)
        places[(*n)++] = place_of(story, i, i + stride < end ? i + stride : end);
    return places;
}

/* What a number of messages is counted in on an axis. */
struct count_scale {
    double factor;
    const char *name;
};

static struct count_scale count_scale_for(double high)
{
    return high >= 1e7   ? (struct count_scale){1e6, "million messages"}
           : high >= 1e4 ? (struct count_scale){1e3, "thousand messages"}
                         : (struct count_scale){1, "messages"};
}

/* When the job had caught up after the failure; the end of the window when it had not. */
static double caught_up_s(const struct story_recovery *recovery, const struct plot_window *window)
{
    double total_s =
        recovery->detect_s + recovery->restart_s + recovery->restore_s + recovery->catch_up_s;
    return isnan(total_s) ? window->to_s : fmin(recovery->failed_s + total_s, window->to_s);
}

static size_t add_failures(struct buffer *out, const struct story *story,
                           const struct plot_window *window, double factor)
{
    size_t n = 0;
    for (size_t i = 0; i < story->n_recoveries; i++) {
        double failed_s = story->recoveries[i].failed_s;
        if (!(failed_s >= window->from_s && failed_s <= window->to_s))
            continue;
        plot_add_real(out, failed_s / factor);
        plot_add_real(out, caught_up_s(&story->recoveries[i], window) / factor);
        buffer_add(out, "\n");
        n++;
    }
    if (n == 0)
        buffer_add(out, "nan nan\n");
    return n;
}

static void add_places(struct buffer *out, const struct place *places, size_t n, double time,
                       double lag, double rate)
{
    for (size_t i = 0; i < n; i++) {
        plot_add_real(out, places[i].time_s / time);
        plot_add_real(out, places[i].lag / lag);
        plot_add_real(out, places[i].arrivals / rate);
        plot_add_real(out, places[i].throughput / rate);
        buffer_add(out, "\n");
    }
}

static void write_lag(struct buffer *out, const struct sweep *sweep,
                      const struct plot_window *window, const struct place *places, size_t n)
{
    const double margin = 1.05;
    const double few = 5; /* messages: an axis for fewer would have ticks between them */
    struct plot_axis axis;
    struct place high = {0};
    for (size_t i = 0; i < n; i++) {
        high.lag = fmax(high.lag, places[i].lag);
        high.throughput = fmax(high.throughput, fmax(places[i].arrivals, places[i].throughput));
    }
    plot_axis_init_time(&axis, window->from_s, window->to_s, PLOT_TICKS);
    struct count_scale lag = count_scale_for(high.lag);
    struct scale rate = scale_for(high.throughput, DIMENSION_RATE);
    struct buffer failures = {0};
    size_t n_failures =
        add_failures(&failures, sweep->results->points[0].story, window, axis.factor);
    struct buffer label = {0};
    plot_add_title(out, sweep->results);
    plot_label_time(&label, &axis, sweep);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_clear(&label);
    buffer_addf(&label, "lag (%s)", lag.name);
    plot_add_text(out, label.data, PLOT_LABEL);
    buffer_clear(&label);
    buffer_addf(&label, "messages (%s)", rate.unit);
    plot_add_text(out, label.data, PLOT_LABEL);
    buffer_addf(out, "%.17g %.17g %.17g %.17g %zu\n", axis.low, axis.high,
                margin * fmax(high.lag, few) / lag.factor,
                high.throughput > 0 ? margin * high.throughput / rate.factor : 1, n_failures);
    plot_add_gap(out);
    buffer_add(out, axis.ticks.data);
    plot_add_gap(out);
    buffer_add(out, failures.data);
    plot_add_gap(out);
    add_places(out, places, n, axis.factor, lag.factor, rate.factor);
    buffer_release(&label);
    buffer_release(&failures);
    plot_axis_release(&axis);
}

bool plot_write_lag(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                    struct err *err)
{
    const struct story *story = sweep->results->points[0].story;
    if (!plot_check_metric("lag", wish->metric, err))
        return false;
    if (!story || story->n_samples < 2)
        return err_add(err, NULL,
                       "the results hold no time series: those are of stream jobs with run.sample");
    struct plot_window window =
        plot_window_of(wish, story->times_s[0], story->times_s[story->n_samples - 1]);
    if (!plot_check_window(&window, err))
        return false;
    size_t n = 0;
    struct place *places = find_places(story, &window, &n);
    bool ok = n >= 2 || err_add(err, NULL, "there are no samples between --from and --to");
    if (ok)
        write_lag(out, sweep, &window, places, n);
    free(places);
    return ok;
}
