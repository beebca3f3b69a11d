// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/fault_log_build.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const fault_log_units[] = {"s", "ms", "us", "ns", "min", "h", "d", NULL};

bool fault_log_seconds(double number, int unit, double *seconds)
{
    static const double in_seconds[] = {1, 1e-3, 1e-6, 1e-9, 60, 3600, 86400};
    const double limit_s = 1e15;
    assert(unit >= 0 && (size_t)unit < MEM_COUNT(in_seconds));
    *seconds = number * in_seconds[unit];
    return fabs(*seconds) <= limit_s;
}

struct fault_log_builder fault_log_start(struct fault_log *log, const struct field_context *context)
{
    return (struct fault_log_builder){
        .context = context,
        .log = log,
        .begin_s = (double)NAN,
        .end_s = (double)NAN,
    };
}

const char *fault_log_pointer(const struct field_context *context, const char *key)
{
    return arena_format(context->arena, "%s/%s", context->pointer, key);
}

bool fault_log_read_file(struct fault_log_builder *builder, struct text *text)
{
    return text_read_file(builder->context, fault_log_pointer(builder->context, "file"),
                          builder->log->file, text);
}

/* FNV-1a, 64 bits (Fowler, Noll and Vo). */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

/* The slot that holds `name`, or the free one where it belongs. */
static uint32_t *find_slot(const struct fault_log_builder *builder, const char *name)
{
    size_t mask = builder->n_slots - 1;
    size_t i = (size_t)hash_of(name) & mask;
    while (builder->slots[i] && strcmp(builder->names[builder->slots[i] - 1], name) != 0)
        i = (i + 1) & mask;
    return &builder->slots[i];
}

/* Keeps at least half of the slots free. */
static void make_slots(struct fault_log_builder *builder)
{
    if (builder->n_nodes < builder->n_slots / 2)
        return;
    free(builder->slots);
    builder->n_slots = builder->n_slots ? 2 * builder->n_slots : 64;
    builder->slots = mem_alloc(builder->n_slots, sizeof *builder->slots);
    for (size_t i = 0; i < builder->n_nodes; i++)
        *find_slot(builder, builder->names[i]) = (uint32_t)i + 1;
}

uint32_t fault_log_node(struct fault_log_builder *builder, const char *name)
{
    make_slots(builder);
    uint32_t *slot = find_slot(builder, name);
    if (*slot)
        return *slot - 1;
    builder->names = mem_grow(builder->names, builder->n_nodes, &builder->names_capacity,
                              sizeof *builder->names);
    builder->names[builder->n_nodes++] = arena_strdup(builder->context->arena, name);
    *slot = (uint32_t)builder->n_nodes;
    return *slot - 1;
}

void fault_log_add(struct fault_log_builder *builder, double time_s, double duration_s,
                   uint32_t node)
{
    assert(node < builder->n_nodes);
    builder->events = mem_grow(builder->events, builder->n_events, &builder->events_capacity,
                               sizeof *builder->events);
    builder->events[builder->n_events++] =
        (struct fault_event){.time_s = time_s, .duration_s = duration_s, .node = node};
}

void fault_log_leave_out(struct fault_log_builder *builder, size_t line, size_t column,
                         const char *format, ...)
{
    if (builder->n_unusable++ > 0)
        return;
    builder->first_line = line;
    builder->first_column = column;
    va_list args;
    va_start(args, format);
    char *cause = mem_vformat(format, args);
    va_end(args);
    builder->first_cause = arena_strdup(builder->context->arena, cause);
    free(cause);
}

bool fault_log_read_number(struct fault_log_builder *builder, size_t line,
                           const struct text_field *field, int unit, double *seconds)
{
    double number;
    if (text_read_number(field->text, &number) && fault_log_seconds(number, unit, seconds))
        return true;
    char excerpt[TEXT_EXCERPT];
    fault_log_leave_out(builder, line, field->column, "'%s' is no time in %s",
                        text_excerpt(field->text, excerpt), fault_log_units[unit]);
    return false;
}

/* Merges the sorted runs [low, middle) and [middle, high) of `from` into `to`. */
static void merge_runs(const struct fault_event *from, struct fault_event *to, size_t low,
                       size_t middle, size_t high)
{
    size_t left = low;
    size_t right = middle;
    for (size_t i = low; i < high; i++) {
        bool take_left =
            left < middle && (right == high || from[left].time_s <= from[right].time_s);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

void fault_log_sort(struct fault_event *events, size_t n)
{
    struct fault_event *scratch = mem_alloc(n, sizeof *scratch);
    struct fault_event *from = events;
    struct fault_event *to = scratch;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t low = 0; low < n; low += 2 * width) {
            size_t middle = low + width < n ? low + width : n;
            size_t high = middle + width < n ? middle + width : n;
            merge_runs(from, to, low, middle, high);
        }
        struct fault_event *swap = from;
        from = to;
        to = swap;
    }
    if (from != events)
        memcpy(events, from, n * sizeof *events);
    free(scratch);
}

static const char *records_are(size_t n)
{
    return n == 1 ? "record is" : "records are";
}

static void place_first(const struct fault_log_builder *builder)
{
    if (builder->n_unusable > 0)
        err_place(builder->context->err, "%s:%zu:%zu", text_file_name(builder->log->file),
                  builder->first_line, builder->first_column);
}

/* The error of a file without one event. */
static bool fail_empty(const struct fault_log_builder *builder)
{
    struct err *err = builder->context->err;
    const char *pointer = fault_log_pointer(builder->context, "file");
    const char *name = text_file_quoted(builder->context->arena, builder->log->file);
    size_t n = builder->n_unusable;
    if (n > 0)
        (void)err_add(err, pointer, "%s has no usable event; %zu %s unusable, the first: %s", name,
                      n, records_are(n), builder->first_cause);
    else if (builder->n_excluded > 0)
        (void)err_add(err, pointer,
                      "%s has no usable event; the filter leaves out all of %zu records", name,
                      builder->n_excluded);
    else
        (void)err_add(err, pointer, "%s has no usable event", name);
    place_first(builder);
    return false;
}

static void warn_unusable(const struct fault_log_builder *builder)
{
    size_t n = builder->n_unusable;
    if (n == 0)
        return;
    err_warn(builder->context->err, fault_log_pointer(builder->context, "file"),
             "%zu %s unusable and left out, %zu events stay; the first: %s", n, records_are(n),
             builder->n_events, builder->first_cause);
    place_first(builder);
}

/* Copies the sorted events with the beginning at time 0, and counts. */
static void fill_log(const struct fault_log_builder *builder)
{
    struct fault_log *log = builder->log;
    struct arena *arena = builder->context->arena;
    size_t n = builder->n_events;
    double begin_s = isnan(builder->begin_s) ? builder->events[0].time_s : builder->begin_s;
    double end_s = isnan(builder->end_s) ? builder->events[n - 1].time_s : builder->end_s;
    log->events = arena_alloc(arena, n, sizeof *log->events);
    log->n_events = n;
    log->n_equal = 0;
    for (size_t i = 0; i < n; i++) {
        log->events[i] = builder->events[i];
        log->events[i].time_s -= begin_s;
        log->n_equal += i > 0 && builder->events[i].time_s <= builder->events[i - 1].time_s;
    }
    log->span_s = end_s - begin_s;
    log->is_capacity = builder->is_capacity;
    log->n_absent = builder->n_absent;
    log->n_unusable = builder->n_unusable;
    log->n_nodes = builder->n_nodes;
    log->names = arena_alloc(arena, builder->n_nodes, sizeof *log->names);
    memcpy(log->names, builder->names, builder->n_nodes * sizeof *log->names);
}

bool fault_log_finish(struct fault_log_builder *builder)
{
    if (builder->n_events == 0)
        return fail_empty(builder);
    fault_log_sort(builder->events, builder->n_events);
    fill_log(builder);
    warn_unusable(builder);
    return true;
}

void fault_log_release(struct fault_log_builder *builder)
{
    free(builder->events);
    free(builder->names);
    free(builder->slots);
}

/* A line of the table, or why it is none. */
static void read_line(const struct fault_log_table *table, const void *params,
                      struct fault_log_builder *builder, const struct text_line *line,
                      struct text_fields *fields)
{
    struct text_mistake mistake;
    char separator = TEXT_BLANKS;
    if (table->separator)
        separator = table->separator;
    if (!text_split(line, separator, fields, &mistake))
        fault_log_leave_out(builder, line->number, mistake.column, "%s", mistake.why);
    else if (fields->n < table->n_columns)
        fault_log_leave_out(builder, line->number, line->length + 1,
                            "the line has %zu of the %zu columns needed", fields->n,
                            table->n_columns);
    else
        table->read_record(params, builder, line->number, fields);
}

static bool read_lines(const struct fault_log_table *table, const void *params,
                       struct fault_log_builder *builder, struct text_fields *fields)
{
    struct text text;
    if (!fault_log_read_file(builder, &text))
        return false;
    struct text_reader lines = text_reader_start(text);
    struct text_line line;
    while (text_next_line(&lines, &line))
        if (!text_line_is_blank(&line) && line.start[0] != '#')
            read_line(table, params, builder, &line, fields);
    return table->finish ? table->finish(params, builder) : fault_log_finish(builder);
}

bool fault_log_read_table(const struct fault_log_table *table, const void *params,
                          struct fault_log *log, const struct field_context *context)
{
    if (context->lenient)
        return true;
    struct fault_log_builder builder = fault_log_start(log, context);
    struct text_fields fields = {0};
    bool ok = read_lines(table, params, &builder, &fields);
    text_fields_release(&fields);
    fault_log_release(&builder);
    return ok;
}
