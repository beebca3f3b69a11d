// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Formats that tell of capacity: `add_remove`, lines "time,add|remove,instance"
 * (Bamboo's traces of spot instances); `instance_counts`, JSON {"metadata":
 * {"gap_seconds": g}, "data": [how many there are at each step]} (SkyPilot's
 * spot traces); `instance_lines`, lines "date, time, how many there are".
 *
 * Where only the number is recorded, nobody knows which instance goes: it is
 * one at random, the same at every reading of the file.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "model/date.h"
#include "model/fault_log_build.h"
#include "model/json_scan.h"

/* ---- lines of additions and removals ---- */

struct add_remove_params {
    struct fault_log log; /* must be first */
    int time_unit;        /* of fault_log_units */
};

static const struct field add_remove_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct add_remove_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-spot.json /failures/0/trace/log/file=\"traces/made-up-spot-spring.csv\"",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct add_remove_params, time_unit),
        .fallback = "\"ms\"",
        .choices = fault_log_units,
        .help = "Unit of the times.",
        .witness = "batch-spot.json /failures/0/trace/log/time_unit=\"h\" "
                   "/failures/0/trace/repeat=false /failures/0/trace/offset=\"0s\"",
    },
    {0},
};

struct add_remove_reader {
    const struct add_remove_params *params;
    struct capacity_changes *changes;
    struct fault_log_builder *instances; /* their names only */
};

static void read_change(const void *params, struct fault_log_builder *builder, size_t line,
                        const struct text_fields *fields)
{
    const struct add_remove_reader *reader = params;
    const struct text_field *items = fields->items;
    struct capacity_change change = {.line = line, .comes = strcmp(items[1].text, "add") == 0};
    if (!change.comes && strcmp(items[1].text, "remove") != 0) {
        char excerpt[TEXT_EXCERPT];
        fault_log_leave_out(builder, line, items[1].column, "'%s' is neither add nor remove",
                            text_excerpt(items[1].text, excerpt));
        return;
    }
    if (!fault_log_read_number(builder, line, &items[0], reader->params->time_unit, &change.time_s))
        return;
    change.instance = fault_log_node(reader->instances, items[2].text);
    capacity_add(reader->changes, change);
}

/* The recording lasts from the first line to the last, whatever their order. */
static bool finish_changes(const void *params, struct fault_log_builder *builder)
{
    const struct add_remove_reader *reader = params;
    struct capacity_changes *changes = reader->changes;
    double begin_s = (double)INFINITY;
    double end_s = -(double)INFINITY;
    for (size_t i = 0; i < changes->n; i++) {
        begin_s = fmin(begin_s, changes->items[i].time_s);
        end_s = fmax(end_s, changes->items[i].time_s);
    }
    return capacity_finish(changes, builder, begin_s, end_s);
}

static bool add_remove_prepare(void *params, const struct field_context *context)
{
    static const struct fault_log_table table = {
        .n_columns = 3,
        .separator = ',',
        .read_record = read_change,
        .finish = finish_changes,
    };
    struct add_remove_params *p = params;
    struct capacity_changes changes = {0};
    struct fault_log_builder instances = fault_log_start(&p->log, context);
    struct add_remove_reader reader = {p, &changes, &instances};
    bool ok = fault_log_read_table(&table, &reader, &p->log, context);
    fault_log_release(&instances);
    free(changes.items);
    return ok;
}

const struct variant fault_log_add_remove = {
    .name = "add_remove",
    .help = "Lines \"time,add,instance\" and \"time,remove,instance\": capacity that comes and "
            "goes.",
    .source = "Bamboo, traces of spot instances (NSDI 2023)",
    .size = sizeof(struct add_remove_params),
    .fields = add_remove_fields,
    .prepare = add_remove_prepare,
};

/* ---- how many there are ---- */

/* More than any fleet has; each instance takes memory. */
static const double MOST_INSTANCES = 1e6;

/* Follows a number of instances. */
struct counter {
    struct capacity_changes changes;
    uint32_t *there; /* owned: the instances, in no order */
    size_t n_there;
    size_t capacity;
    uint32_t n_seen;
    struct rng rng;
};

static struct counter counter_start(void)
{
    return (struct counter){.rng = rng_from_splitmix(0)};
}

static void counter_release(struct counter *counter)
{
    free(counter->changes.items);
    free(counter->there);
}

/* From then on there are n instances; `order` grows from call to call. */
static void counter_set(struct counter *counter, double time_s, size_t n, size_t order)
{
    struct capacity_change change = {.time_s = time_s, .line = order};
    while (counter->n_there > n) {
        size_t i = (size_t)rng_below(&counter->rng, counter->n_there);
        change.instance = counter->there[i];
        counter->there[i] = counter->there[--counter->n_there];
        capacity_add(&counter->changes, change);
    }
    change.comes = true;
    while (counter->n_there < n) {
        counter->there =
            mem_grow(counter->there, counter->n_there, &counter->capacity, sizeof *counter->there);
        change.instance = counter->n_seen++;
        counter->there[counter->n_there++] = change.instance;
        capacity_add(&counter->changes, change);
    }
}

static bool is_number_of_instances(double number)
{
    return number >= 0 && number <= MOST_INSTANCES && floor(number) >= number;
}

/* ---- the JSON of SkyPilot ---- */

struct counts_params {
    struct fault_log log; /* must be first */
};

static const struct field counts_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct counts_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-spot-counts.json "
                   "/failures/0/trace/log/file=\"traces/made-up-instances-spring.json\"",
    },
    {0},
};

struct samples {
    double *items; /* owned */
    size_t n;
    size_t capacity;
    double gap_s; /* NaN: unknown */
};

static void read_metadata(struct json_scan *scan, struct samples *samples)
{
    const char *key;
    struct text raw;
    (void)json_scan_object(scan);
    while (json_scan_next_member(scan, &key))
        if (strcmp(key, "gap_seconds") == 0)
            (void)json_scan_number(scan, &samples->gap_s);
        else
            (void)json_scan_skip(scan, &raw);
}

static void read_data(struct json_scan *scan, struct samples *samples)
{
    (void)json_scan_array(scan);
    while (json_scan_next_item(scan)) {
        double number = 0;
        if (!json_scan_number(scan, &number))
            return;
        samples->items =
            mem_grow(samples->items, samples->n, &samples->capacity, sizeof *samples->items);
        samples->items[samples->n++] = number;
    }
}

/* False, and why, when the file is no such object. */
static bool read_samples(struct json_scan *scan, struct samples *samples, const char **why)
{
    const char *key;
    struct text raw;
    (void)json_scan_object(scan);
    while (json_scan_next_member(scan, &key))
        if (strcmp(key, "metadata") == 0)
            read_metadata(scan, samples);
        else if (strcmp(key, "data") == 0)
            read_data(scan, samples);
        else
            (void)json_scan_skip(scan, &raw);
    *why = json_scan_end(scan) ? NULL : scan->why;
    if (!*why && !(samples->gap_s > 0))
        *why = "metadata has no gap_seconds above 0";
    return !*why;
}

static bool count_samples(struct fault_log_builder *builder, const struct samples *samples)
{
    struct counter counter = counter_start();
    for (size_t i = 0; i < samples->n; i++)
        if (is_number_of_instances(samples->items[i]))
            counter_set(&counter, (double)i * samples->gap_s, (size_t)samples->items[i], i);
        else
            fault_log_leave_out(builder, 1, 1, "%g is no number of instances", samples->items[i]);
    bool ok = capacity_finish(&counter.changes, builder, 0, (double)samples->n * samples->gap_s);
    counter_release(&counter);
    return ok;
}

static bool read_counts(struct fault_log_builder *builder, struct samples *samples,
                        struct arena *scratch)
{
    const struct field_context *context = builder->context;
    struct text text;
    const char *why;
    if (!fault_log_read_file(builder, &text))
        return false;
    struct json_scan scan = json_scan_start(text, scratch);
    if (read_samples(&scan, samples, &why))
        return count_samples(builder, samples);
    (void)err_add(context->err, fault_log_pointer(context, "file"),
                  "not a JSON object of instance counts: %s", why);
    err_place(context->err, "%s:%zu:%zu", text_file_name(builder->log->file), scan.line,
              json_scan_column(&scan));
    return false;
}

static bool counts_prepare(void *params, const struct field_context *context)
{
    struct counts_params *p = params;
    if (context->lenient)
        return true;
    struct fault_log_builder builder = fault_log_start(&p->log, context);
    struct samples samples = {.gap_s = (double)NAN};
    struct arena scratch = {0}; /* strings of the file */
    bool ok = read_counts(&builder, &samples, &scratch);
    arena_release(&scratch);
    free(samples.items);
    fault_log_release(&builder);
    return ok;
}

const struct variant fault_log_counts = {
    .name = "instance_counts",
    .help = "JSON {\"metadata\": {\"gap_seconds\": ...}, \"data\": [...]}: how many instances "
            "there are, step by step.",
    .source = "SkyPilot spot traces (NSDI 2024)",
    .size = sizeof(struct counts_params),
    .fields = counts_fields,
    .prepare = counts_prepare,
};

/* ---- lines of date, time and number ---- */

static const struct field count_lines_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct counts_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-spot-lines.json "
                   "/failures/0/trace/log/file=\"traces/made-up-instances-spring.txt\"",
    },
    {0},
};

struct count_lines_reader {
    struct date_pattern pattern;
    struct counter *counter;
    double *begin_s;
    double *end_s; /* time of the line before */
};

static bool read_date(const struct count_lines_reader *reader, struct fault_log_builder *builder,
                      size_t line, const struct text_fields *fields, double *time_s)
{
    const char *why;
    char *date = mem_format("%s %s", fields->items[0].text, fields->items[1].text);
    bool ok = date_read(&reader->pattern, date, time_s, &why);
    free(date);
    if (!ok)
        fault_log_leave_out(builder, line, 1, "no date and time: %s", why);
    else if (*time_s < *reader->end_s)
        fault_log_leave_out(builder, line, 1, "the time is before that of the line before");
    return ok && !(*time_s < *reader->end_s);
}

static void read_count_line(const void *params, struct fault_log_builder *builder, size_t line,
                            const struct text_fields *fields)
{
    const struct count_lines_reader *reader = params;
    double number;
    double time_s;
    if (!text_read_number(fields->items[2].text, &number) || !is_number_of_instances(number)) {
        char excerpt[TEXT_EXCERPT];
        fault_log_leave_out(builder, line, fields->items[2].column,
                            "'%s' is no number of instances",
                            text_excerpt(fields->items[2].text, excerpt));
        return;
    }
    if (!read_date(reader, builder, line, fields, &time_s))
        return;
    if (isnan(*reader->begin_s))
        *reader->begin_s = time_s;
    *reader->end_s = time_s;
    counter_set(reader->counter, time_s, (size_t)number, line);
}

static bool finish_count_lines(const void *params, struct fault_log_builder *builder)
{
    const struct count_lines_reader *reader = params;
    return capacity_finish(&reader->counter->changes, builder, *reader->begin_s, *reader->end_s);
}

static bool count_lines_prepare(void *params, const struct field_context *context)
{
    static const struct fault_log_table table = {
        .n_columns = 3,
        .separator = ',',
        .read_record = read_count_line,
        .finish = finish_count_lines,
    };
    struct counts_params *p = params;
    struct counter counter = counter_start();
    double begin_s = (double)NAN;
    double end_s = (double)NAN;
    const char *why;
    struct count_lines_reader reader = {.counter = &counter, .begin_s = &begin_s, .end_s = &end_s};
    (void)date_pattern_read("YYYY-MM-DD HH:MM:SS", &reader.pattern, &why);
    bool ok = fault_log_read_table(&table, &reader, &p->log, context);
    counter_release(&counter);
    return ok;
}

const struct variant fault_log_count_lines = {
    .name = "instance_lines",
    .help = "Lines \"YYYY-MM-DD, HH:MM:SS, n\": how many instances there are from then on.",
    .source = "Bamboo, traces of spot instances (NSDI 2023)",
    .size = sizeof(struct counts_params),
    .fields = count_lines_fields,
    .prepare = count_lines_prepare,
};
