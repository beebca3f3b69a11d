// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `fault_pairs`: a JSON array of objects {node_id, event_time,
 * event_type, fault_type}, where event_type is "fault_start" or "fault_end"
 * (InfiniteHBD-Trace, StepFun).
 *
 * Each start is an event, also one of a node that has another fault at the
 * time: the simulation knows what to do with a failure of a node that is down.
 * An end closes the latest open fault of its node, and among several the
 * latest with the same fault_type. A fault that is never closed has no
 * duration; an end without start is an unusable record.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/fault_log_build.h"
#include "model/json_scan.h"

struct pairs_params {
    struct fault_log log; /* must be first */
    int time_unit;        /* of fault_log_units */
};

static const struct field pairs_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct pairs_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness =
            "batch-traces.json /failures/4/trace/log/file=\"traces/made-up-gpus-spring.json\"",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct pairs_params, time_unit),
        .fallback = "\"d\"",
        .choices = fault_log_units,
        .help = "Unit of event_time.",
        .witness = "batch-traces.json /failures/4/trace/log/time_unit=\"h\"",
    },
    {0},
};

/* One object of the file. */
struct record {
    double time; /* in the file's unit; NaN while unknown */
    const char *node;
    const char *type;
    struct text fault_type; /* as it stands in the file; empty when absent */
    size_t line;            /* where it starts */
    size_t column;
    size_t order; /* in the file */
};

struct records {
    struct record *items; /* owned */
    size_t n;
    size_t capacity;
};

/* Reads the value of `key` into the record; a value of another type stays unknown. */
static void read_member(struct json_scan *scan, const char *key, struct record *record)
{
    struct text raw;
    char c = json_scan_peek(scan);
    if (strcmp(key, "node_id") == 0 && c == '"')
        (void)json_scan_string(scan, &record->node);
    else if (strcmp(key, "event_type") == 0 && c == '"')
        (void)json_scan_string(scan, &record->type);
    else if (strcmp(key, "event_time") == 0 && (c == '-' || (c >= '0' && c <= '9')))
        (void)json_scan_number(scan, &record->time);
    else if (strcmp(key, "fault_type") == 0)
        (void)json_scan_skip(scan, &record->fault_type);
    else
        (void)json_scan_skip(scan, &raw);
}

/* All objects of the file; false, and an error, when it is not an array of objects. */
static bool read_records(struct json_scan *scan, struct records *records)
{
    const char *key;
    (void)json_scan_array(scan);
    while (json_scan_next_item(scan)) {
        (void)json_scan_peek(scan);
        struct record record = {
            .time = (double)NAN,
            .line = scan->line,
            .column = json_scan_column(scan),
            .order = records->n,
        };
        (void)json_scan_object(scan);
        while (json_scan_next_member(scan, &key))
            read_member(scan, key, &record);
        records->items =
            mem_grow(records->items, records->n, &records->capacity, sizeof *records->items);
        records->items[records->n++] = record;
    }
    return json_scan_end(scan);
}

/* Why a record is no start or end of a fault; NULL when it is one. */
static const char *fault_of(const struct record *record)
{
    if (!record->node)
        return "the object has no node_id that is a string";
    if (!record->type ||
        (strcmp(record->type, "fault_start") != 0 && strcmp(record->type, "fault_end") != 0))
        return "the object has no event_type \"fault_start\" or \"fault_end\"";
    if (isnan(record->time))
        return "the object has no event_time that is a number";
    return NULL;
}

/* Keeps what can be used, with times in seconds, and names the nodes in order of appearance. */
static void check_records(struct fault_log_builder *builder, struct records *records, int unit)
{
    size_t kept = 0;
    for (size_t i = 0; i < records->n; i++) {
        struct record *record = &records->items[i];
        const char *why = fault_of(record);
        if (!why && !fault_log_seconds(record->time, unit, &record->time))
            why = "event_time is out of range";
        if (why) {
            fault_log_leave_out(builder, record->line, record->column, "%s", why);
            continue;
        }
        (void)fault_log_node(builder, record->node);
        records->items[kept++] = *record;
    }
    records->n = kept;
}

static int compare_records(const void *a, const void *b)
{
    const struct record *x = a;
    const struct record *y = b;
    if (x->time < y->time || y->time < x->time)
        return x->time < y->time ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

#define NO_FAULT SIZE_MAX

/* Faults that have begun and not ended: a list per node, latest first. */
struct open_faults {
    size_t *latest;    /* owned; per node: an event of the builder, or NO_FAULT */
    size_t *previous;  /* owned; per event: the one below it in its list */
    struct text *kind; /* owned; per event: its fault_type */
};

static void open_fault(struct open_faults *open, struct fault_log_builder *builder,
                       const struct record *record, uint32_t node)
{
    size_t event = builder->n_events;
    fault_log_add(builder, record->time, (double)NAN, node);
    open->kind[event] = record->fault_type;
    open->previous[event] = open->latest[node];
    open->latest[node] = event;
}

static bool same_text(const struct text *a, const struct text *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/* Takes time linear in the open faults of the node, which are few. */
static void close_fault(struct open_faults *open, struct fault_log_builder *builder,
                        const struct record *record, uint32_t node)
{
    size_t *link = &open->latest[node];
    while (*link != NO_FAULT && !same_text(&open->kind[*link], &record->fault_type))
        link = &open->previous[*link];
    if (*link == NO_FAULT)
        link = &open->latest[node];
    size_t event = *link;
    if (event == NO_FAULT) {
        fault_log_leave_out(builder, record->line, record->column,
                            "a fault_end without a fault_start of its node before it");
        return;
    }
    builder->events[event].duration_s = record->time - builder->events[event].time_s;
    *link = open->previous[event];
}

/* Turns sorted records into events with durations. */
static void pair_records(struct fault_log_builder *builder, const struct records *records)
{
    struct open_faults open = {
        .latest = mem_alloc(builder->n_nodes, sizeof *open.latest),
        .previous = mem_alloc(records->n, sizeof *open.previous),
        .kind = mem_alloc(records->n, sizeof *open.kind),
    };
    for (size_t i = 0; i < builder->n_nodes; i++)
        open.latest[i] = NO_FAULT;
    for (size_t i = 0; i < records->n; i++) {
        const struct record *record = &records->items[i];
        uint32_t node = fault_log_node(builder, record->node);
        if (strcmp(record->type, "fault_start") == 0)
            open_fault(&open, builder, record, node);
        else
            close_fault(&open, builder, record, node);
    }
    free(open.latest);
    free(open.previous);
    free(open.kind);
}

static bool read_pairs(const struct pairs_params *p, struct fault_log_builder *builder,
                       struct records *records, struct arena *scratch)
{
    struct text text;
    if (!fault_log_read_file(builder, &text))
        return false;
    struct json_scan scan = json_scan_start(text, scratch);
    if (!read_records(&scan, records)) {
        const struct field_context *context = builder->context;
        (void)err_add(context->err, fault_log_pointer(context, "file"),
                      "not a JSON array of faults: %s", scan.why);
        err_place(context->err, "%s:%zu:%zu", text_file_name(p->log.file), scan.line,
                  json_scan_column(&scan));
        return false;
    }
    check_records(builder, records, p->time_unit);
    if (records->n > 0)
        qsort(records->items, records->n, sizeof *records->items, compare_records);
    pair_records(builder, records);
    return fault_log_finish(builder);
}

static bool pairs_prepare(void *params, const struct field_context *context)
{
    struct pairs_params *p = params;
    if (context->lenient)
        return true;
    struct fault_log_builder builder = fault_log_start(&p->log, context);
    struct records records = {0};
    struct arena scratch = {0}; /* strings of the file */
    bool ok = read_pairs(p, &builder, &records, &scratch);
    arena_release(&scratch);
    free(records.items);
    fault_log_release(&builder);
    return ok;
}

const struct variant fault_log_pairs = {
    .name = "fault_pairs",
    .help = "JSON array of {node_id, event_time, event_type}: \"fault_start\" and \"fault_end\".",
    .source = "InfiniteHBD-Trace, arXiv 2502.03885",
    .size = sizeof(struct pairs_params),
    .fields = pairs_fields,
    .prepare = pairs_prepare,
};
