// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading what results.json says of stream jobs alone. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/result_json_parts.h"
#include "scenario/json.h"

/* ---- elements ---- */

static bool read_element(struct result_reader *reader, enum element_level level, const cJSON *item,
                         struct element *element)
{
    struct arena *arena = &reader->results->arena;
    size_t n_metrics = element_level_size(level);
    size_t length = strlen(reader->where);
    if (!cJSON_IsObject(item))
        return result_read_fail(reader, "", "an object");
    if (!result_read_text(reader, item, "name", &element->name))
        return false;
    element->estimates = arena_alloc(arena, n_metrics, sizeof *element->estimates);
    for (size_t e = 0; e < n_metrics; e++) {
        const char *name = element_metric_rows[(size_t)element_level_first(level) + e].name;
        const cJSON *found = json_member(json_member(item, "metrics"), name);
        if (!found)
            continue;
        (void)snprintf(reader->where + length, sizeof reader->where - length, "/metrics/%s", name);
        if (!cJSON_IsObject(found))
            return result_read_fail(reader, "", "an object");
        if (!result_read_estimate(reader, found, &element->estimates[e]))
            return false;
        reader->where[length] = '\0';
    }
    return true;
}

static bool read_level(struct result_reader *reader, size_t index, enum element_level level,
                       const cJSON *item, struct elements *elements)
{
    const cJSON *list = json_member(item, element_level_names[level]);
    size_t n = result_count_children(list);
    elements->items = arena_alloc(&reader->results->arena, n, sizeof *elements->items);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, list)
    {
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/%s/%zu", index,
                       element_level_names[level], elements->n);
        if (!read_element(reader, level, child, &elements->items[elements->n]))
            return false;
        elements->n++;
    }
    return true;
}

/* ---- the story ---- */

/* The index of the task with that name. */
static bool read_task(struct result_reader *reader, const cJSON *item, const char *key,
                      const struct elements *tasks, uint32_t *task)
{
    const char *name = json_member_text(item, key);
    for (size_t i = 0; name && i < tasks->n; i++)
        if (strcmp(tasks->items[i].name, name) == 0) {
            *task = (uint32_t)i;
            return true;
        }
    return result_read_fail(reader, key, "the name of a task of this point");
}

/* n numbers. */
static bool read_numbers(struct result_reader *reader, const cJSON *series, const char *key,
                         size_t n, double **values)
{
    const cJSON *list = json_member(series, key);
    if (!cJSON_IsArray(list) || result_count_children(list) != n)
        return result_read_fail(reader, key, "a list of numbers, one for each time");
    *values = arena_alloc(&reader->results->arena, n, sizeof **values);
    size_t i = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, list)
    {
        if (!cJSON_IsNumber(child) && !cJSON_IsNull(child))
            return result_read_fail(reader, key, "a list of numbers, one for each time");
        (*values)[i++] = cJSON_IsNumber(child) ? child->valuedouble : (double)NAN;
    }
    return true;
}

static bool read_series(struct result_reader *reader, const cJSON *series, struct story *story)
{
    story->n_samples = result_count_children(json_member(series, "time_s"));
    if (!read_numbers(reader, series, "time_s", story->n_samples, &story->times_s))
        return false;
    for (int s = 0; s < N_SERIES; s++)
        if (!read_numbers(reader, series, series_rows[s].name, story->n_samples, &story->series[s]))
            return false;
    return true;
}

static bool read_recovery(struct result_reader *reader, const cJSON *item,
                          const struct elements *tasks, struct story_recovery *recovery)
{
    uint64_t n_tasks = 0;
    bool ok = result_read_real(reader, item, "failed_s", &recovery->failed_s) &&
              result_read_real(reader, item, "detect_s", &recovery->detect_s) &&
              result_read_real(reader, item, "restart_s", &recovery->restart_s) &&
              result_read_real(reader, item, "restore_s", &recovery->restore_s) &&
              result_read_real(reader, item, "catch_up_s", &recovery->catch_up_s) &&
              result_read_real(reader, item, "lost_work_s", &recovery->lost_work_s) &&
              result_read_real(reader, item, "rollback_s", &recovery->rollback_s) &&
              result_read_count(reader, item, "lag_before_messages", &recovery->lag_before) &&
              result_read_count(reader, item, "lag_peak_messages", &recovery->lag_peak) &&
              result_read_count(reader, item, "messages_replayed", &recovery->replayed) &&
              read_task(reader, item, "first_task", tasks, &recovery->first_task) &&
              result_read_count(reader, item, "tasks", &n_tasks);
    if (ok && n_tasks > tasks->n)
        return result_read_fail(reader, "tasks", "no more than there are tasks");
    recovery->n_tasks = (uint32_t)n_tasks;
    return ok;
}

static bool read_span(struct result_reader *reader, const cJSON *item, const struct elements *tasks,
                      struct story_span *span)
{
    return read_task(reader, item, "task", tasks, &span->task) &&
           result_read_text(reader, item, "activity", &span->activity) &&
           result_read_real(reader, item, "from_s", &span->from_s) &&
           result_read_real(reader, item, "to_s", &span->to_s);
}

static bool read_story(struct result_reader *reader, size_t index, const cJSON *item,
                       const struct elements *tasks, struct story *story)
{
    struct arena *arena = &reader->results->arena;
    const cJSON *recoveries = json_member(item, "recoveries");
    const cJSON *spans = json_member(json_member(item, "timeline"), "spans");
    (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/timeseries", index);
    if (!read_series(reader, json_member(item, "timeseries"), story))
        return false;
    story->recoveries =
        arena_alloc(arena, result_count_children(recoveries), sizeof *story->recoveries);
    story->spans = arena_alloc(arena, result_count_children(spans), sizeof *story->spans);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, recoveries)
    {
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/recoveries/%zu", index,
                       story->n_recoveries);
        if (!read_recovery(reader, child, tasks, &story->recoveries[story->n_recoveries++]))
            return false;
    }
    cJSON_ArrayForEach(child, spans)
    {
        (void)snprintf(reader->where, sizeof reader->where, "/points/%zu/timeline/spans/%zu", index,
                       story->n_spans);
        if (!read_span(reader, child, tasks, &story->spans[story->n_spans++]))
            return false;
    }
    return true;
}

bool result_read_stream(struct result_reader *reader, size_t index, const cJSON *item,
                        struct point *point)
{
    for (int level = 0; level < N_ELEMENT_LEVELS; level++)
        if (!read_level(reader, index, (enum element_level)level, item, &point->elements[level]))
            return false;
    if (!json_member(item, "timeseries"))
        return true;
    struct story *story = arena_alloc(&reader->results->arena, 1, sizeof *story);
    point->story = story;
    return read_story(reader, index, item, &point->elements[ELEMENT_TASK], story);
}
