// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Data of the plot `timeline`, see analysis/timeline.gp. Blocks: labels and
 * limits; ticks; tasks; one block per activity.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/plot_parts.h"

/* Rows that can be told apart; few enough that all tasks may have one. */
enum { MOST_ROWS = 120, FEW_ROWS = 40 };

/* Kinds of activities, in the order in which they first occur. */
enum { MOST_KINDS = 12 };

struct timeline {
    const struct story *story; /* borrowed */
    struct plot_window window;
    size_t *row; /* owned: of each task, from 1 on; 0: none */
    size_t n_rows;
    const char *kinds[MOST_KINDS];
    size_t n_kinds;
};

static bool is_seen(const struct timeline *timeline, const struct story_span *span)
{
    return span->to_s >= timeline->window.from_s && span->from_s <= timeline->window.to_s;
}

static size_t kind_of(struct timeline *timeline, const char *activity)
{
    size_t k = 0;
    while (k < timeline->n_kinds && strcmp(timeline->kinds[k], activity) != 0)
        k++;
    if (k == timeline->n_kinds && k < MOST_KINDS)
        timeline->kinds[timeline->n_kinds++] = activity;
    return k;
}

/* A row for each task; of many tasks, for those that something happens to. */
static void find_rows(struct timeline *timeline, const struct elements *tasks)
{
    const struct story *story = timeline->story;
    bool all = tasks->n <= FEW_ROWS;
    bool *has_spans = mem_alloc(tasks->n, sizeof *has_spans);
    timeline->row = mem_alloc(tasks->n, sizeof *timeline->row);
    for (size_t i = 0; i < story->n_spans; i++)
        if (is_seen(timeline, &story->spans[i])) {
            has_spans[story->spans[i].task] = true;
            (void)kind_of(timeline, story->spans[i].activity);
        }
    for (size_t i = 0; i < tasks->n && timeline->n_rows < MOST_ROWS; i++)
        if (all || has_spans[i])
            timeline->row[i] = ++timeline->n_rows;
    free(has_spans);
}

static void add_rows(struct buffer *out, const struct timeline *timeline,
                     const struct elements *tasks)
{
    for (size_t i = 0; i < tasks->n; i++) {
        if (!timeline->row[i])
            continue;
        buffer_addf(out, "%zu ", timeline->row[i]);
        plot_add_text(out, tasks->items[i].name, PLOT_LABEL);
        buffer_add(out, "\n");
    }
}

/* Activities have colours of their own, whatever else occurs. */
static int colour_of(const char *activity)
{
    static const char *const activities[] = {"checkpoint", "down",    "aligning", "recovery",
                                             "rework",     "blocked", "start"};
    for (size_t i = 0; i < MEM_COUNT(activities); i++)
        if (strcmp(activities[i], activity) == 0)
            return (int)i + 1;
    return (int)MEM_COUNT(activities);
}

static void add_kind(struct buffer *out, const struct timeline *timeline, size_t kind,
                     double factor)
{
    plot_add_gap(out);
    plot_add_text(out, timeline->kinds[kind], PLOT_LABEL);
    buffer_addf(out, "%d\n", colour_of(timeline->kinds[kind]));
    for (size_t i = 0; i < timeline->story->n_spans; i++) {
        const struct story_span *span = &timeline->story->spans[i];
        size_t row = timeline->row[span->task];
        if (!row || !is_seen(timeline, span) || strcmp(span->activity, timeline->kinds[kind]) != 0)
            continue;
        plot_add_real(out, fmax(span->from_s, timeline->window.from_s) / factor);
        plot_add_real(out, fmin(span->to_s, timeline->window.to_s) / factor);
        buffer_addf(out, "%zu\n", row);
    }
}

static void write_timeline(struct buffer *out, const struct sweep *sweep,
                           const struct timeline *timeline)
{
    const struct elements *tasks = &sweep->results->points[0].elements[ELEMENT_TASK];
    struct plot_axis axis;
    struct buffer label = {0};
    plot_axis_init_time(&axis, timeline->window.from_s, timeline->window.to_s, PLOT_TICKS);
    plot_add_title(out, sweep->results);
    plot_label_time(&label, &axis, sweep);
    if (timeline->n_rows == MOST_ROWS)
        buffer_addf(&label, "; %zu of %zu tasks", timeline->n_rows, tasks->n);
    plot_add_text(out, label.data, PLOT_LEGEND);
    buffer_addf(out, "%.17g %.17g %zu %zu\n", axis.low, axis.high, timeline->n_rows,
                timeline->n_kinds);
    plot_add_gap(out);
    buffer_add(out, axis.ticks.data);
    plot_add_gap(out);
    add_rows(out, timeline, tasks);
    for (size_t k = 0; k < timeline->n_kinds; k++)
        add_kind(out, timeline, k, axis.factor);
    buffer_release(&label);
    plot_axis_release(&axis);
}

/* From the start to the end of all spans and samples. */
static struct plot_window extent(const struct story *story)
{
    struct plot_window window = {0, 0};
    for (size_t i = 0; i < story->n_spans; i++)
        window.to_s = fmax(window.to_s, story->spans[i].to_s);
    if (story->n_samples > 0)
        window.to_s = fmax(window.to_s, story->times_s[story->n_samples - 1]);
    return window;
}

bool plot_write_timeline(const struct sweep *sweep, const struct plot_wish *wish,
                         struct buffer *out, struct err *err)
{
    const struct story *story = sweep->results->points[0].story;
    if (!plot_check_metric("timeline", wish->metric, err))
        return false;
    if (!story)
        return err_add(err, NULL, "the results hold no time line: those are of stream jobs");
    struct plot_window whole = extent(story);
    struct timeline timeline = {.story = story,
                                .window = plot_window_of(wish, whole.from_s, whole.to_s)};
    if (!plot_check_window(&timeline.window, err))
        return false;
    find_rows(&timeline, &sweep->results->points[0].elements[ELEMENT_TASK]);
    bool ok = timeline.n_kinds > 0 ||
              err_add(err, NULL, "all tasks ran all the time: there is nothing to show");
    if (ok)
        write_timeline(out, sweep, &timeline);
    free(timeline.row);
    return ok;
}
