// SPDX-License-Identifier: GPL-3.0-or-later
/* What results.json says of stream jobs alone: elements, and the story of the first replication. */
#include "report/result_json_parts.h"

static void add_level(struct json_writer *writer, enum element_level level,
                      const struct elements *elements)
{
    enum element_metric first = element_level_first(level);
    size_t n_metrics = element_level_size(level);
    json_writer_open(writer, element_level_names[level], '[');
    for (size_t i = 0; i < elements->n; i++) {
        json_writer_open(writer, NULL, '{');
        json_writer_text(writer, "name", elements->items[i].name);
        json_writer_open(writer, "metrics", '{');
        for (size_t e = 0; e < n_metrics; e++) {
            const struct element_metric_row *row = &element_metric_rows[first + e];
            if (elements->items[i].estimates[e].applies)
                result_json_add_estimate(writer, row->name, row->dimension,
                                         &elements->items[i].estimates[e]);
        }
        json_writer_close(writer, '}');
        json_writer_close(writer, '}');
    }
    json_writer_close(writer, ']');
}

static void add_numbers(struct json_writer *writer, const char *name, const double *values,
                        size_t n)
{
    json_writer_open_flat(writer, name, '[');
    for (size_t i = 0; i < n; i++)
        json_writer_real(writer, NULL, values[i]);
    json_writer_close(writer, ']');
}

static void add_series(struct json_writer *writer, const struct story *story)
{
    json_writer_open(writer, "timeseries", '{');
    add_numbers(writer, "time_s", story->times_s, story->n_samples);
    for (int s = 0; s < N_SERIES; s++)
        add_numbers(writer, series_rows[s].name, story->series[s], story->n_samples);
    json_writer_close(writer, '}');
}

static void add_recovery(struct json_writer *writer, const struct story_recovery *recovery,
                         const struct elements *tasks)
{
    json_writer_open_flat(writer, NULL, '{');
    json_writer_real(writer, "failed_s", recovery->failed_s);
    json_writer_real(writer, "detect_s", recovery->detect_s);
    json_writer_real(writer, "restart_s", recovery->restart_s);
    json_writer_real(writer, "restore_s", recovery->restore_s);
    json_writer_real(writer, "catch_up_s", recovery->catch_up_s);
    json_writer_real(writer, "lost_work_s", recovery->lost_work_s);
    json_writer_real(writer, "rollback_s", recovery->rollback_s);
    json_writer_count(writer, "lag_before_messages", recovery->lag_before);
    json_writer_count(writer, "lag_peak_messages", recovery->lag_peak);
    json_writer_count(writer, "messages_replayed", recovery->replayed);
    json_writer_text(writer, "first_task", tasks->items[recovery->first_task].name);
    json_writer_count(writer, "tasks", recovery->n_tasks);
    json_writer_close(writer, '}');
}

static void add_span(struct json_writer *writer, const struct story_span *span,
                     const struct elements *tasks)
{
    json_writer_open_flat(writer, NULL, '{');
    json_writer_text(writer, "task", tasks->items[span->task].name);
    json_writer_text(writer, "activity", span->activity);
    json_writer_real(writer, "from_s", span->from_s);
    json_writer_real(writer, "to_s", span->to_s);
    json_writer_close(writer, '}');
}

void result_json_add_stream(struct json_writer *writer, const struct point *point)
{
    const struct elements *tasks = &point->elements[ELEMENT_TASK];
    const struct story *story = point->story;
    for (int level = 0; level < N_ELEMENT_LEVELS; level++)
        if (point->elements[level].n > 0)
            add_level(writer, (enum element_level)level, &point->elements[level]);
    if (!story)
        return;
    add_series(writer, story);
    json_writer_open(writer, "recoveries", '[');
    for (size_t i = 0; i < story->n_recoveries; i++)
        add_recovery(writer, &story->recoveries[i], tasks);
    json_writer_close(writer, ']');
    json_writer_open(writer, "timeline", '{');
    json_writer_open(writer, "spans", '[');
    for (size_t i = 0; i < story->n_spans; i++)
        add_span(writer, &story->spans[i], tasks);
    json_writer_close(writer, ']');
    json_writer_close(writer, '}');
}
