// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `events`: delimiter-separated columns, chosen by name or number.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "model/column_file.h"
#include "model/fault_log_build.h"

/* `time_unit` of events: the units of numbers, then dates. */
static const char *const time_units[] = {"s", "ms", "us", "ns", "min", "h", "d", "date", NULL};
enum { UNIT_SECONDS = 0, UNIT_DATE = 7 };

/* Name of the node of events that name none. */
static const char no_node[] = "?";

struct condition {
    const char *column;
    const char *equals;
};

struct events_params {
    struct fault_log log; /* must be first */
    struct column_layout layout;
    const char *time;     /* columns: a name of the header line, or a number from 1 */
    const char *node;     /* NULL: all events on one node */
    const char *end;      /* NULL: none */
    const char *duration; /* NULL: none */
    int duration_unit;    /* of column_file_units */
    struct list where;    /* of struct condition; all must hold */
};

static const struct field condition_fields[] = {
    {
        .key = "column",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct condition, column),
        .required = true,
        .help = "Column to look at: a name of the header line, or a number from 1.",
        .witness = "batch-trace.json /failures/0/trace/log/where/0/column=\"node\" "
                   "/failures/0/trace/log/where/0/equals=\"n11\"",
    },
    {
        .key = "equals",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct condition, equals),
        .required = true,
        .help = "Text that must stand in it; blanks around it do not count.",
        .witness = "batch-trace.json /failures/0/trace/log/where/0/equals=\"software\"",
    },
    {0},
};

static const struct field condition_element = {
    .key = "condition",
    .kind = FIELD_OBJECT,
    .fields = condition_fields,
    .help = "A column and the text that must stand in it.",
};

static const struct field events_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct events_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-traces.json /failures/1/trace/log/file=\"traces/made-up-syslog.txt\" "
                   "/failures/1/trace/log/separator=\"space\" /failures/1/trace/log/duration=null",
    },
    {
        .key = "time",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, time),
        .required = true,
        .help = "Column with the start of the outage: a name of the header line, or a number "
                "from 1.",
        .witness = "batch-traces.json /failures/0/trace/log/time=\"fixed\"",
    },
    {
        .key = "node",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, node),
        .help = "Column that names the node; without one all events are on one node.",
        .witness = "batch-traces.json /failures/1/trace/log/node=\"4\"",
    },
    {
        .key = "end",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, end),
        .help = "Column with the end of the outage, written as the start is.",
        .witness = "batch-traces.json /failures/0/trace/log/end=null",
    },
    {
        .key = "duration",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, duration),
        .help = "Column with the length of the outage; instead of its end.",
        .witness = "batch-traces.json /failures/1/trace/log/duration=null",
    },
    {
        .key = "duration_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct events_params, duration_unit),
        .fallback = "\"s\"",
        .choices = column_file_units,
        .help = "Unit of the numbers in the duration column.",
        .witness = "batch-traces.json /failures/1/trace/log/duration_unit=\"h\"",
    },
    {
        .key = "separator",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, layout.separator),
        .fallback = "\",\"",
        .help = "Character between columns, or \"tab\"; \"space\" is any run of blanks and tabs.",
        .witness = "batch-traces.json /failures/1/trace/log/separator=\"space\" "
                   "/failures/1/trace/log/file=\"traces/made-up-syslog.txt\" "
                   "/failures/1/trace/log/duration=null",
    },
    {
        .key = "header",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct events_params, layout.header),
        .fallback = "true",
        .help = "Whether the first line names the columns.",
        .witness = "batch-traces.json /failures/1/trace/log/header=true",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct events_params, layout.time_unit),
        .fallback = "\"s\"",
        .choices = time_units,
        .help = "Unit of times that are numbers; \"date\" for dates, which the key date implies.",
        .witness = "batch-traces.json /failures/1/trace/log/time_unit=\"d\"",
    },
    {
        .key = "date",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, layout.date),
        .help = "How dates are written: \"M/D/YYYY H:MM\", \"YYYY-MM-DD HH:MM:SS\", "
                "\"YYYY-MM-DDTHH:MM:SSZ\".",
        .witness = "batch-traces.json /failures/0/trace/log/date=\"YYYY-DD-MM HH:MM\"",
    },
    {
        .key = "where",
        .kind = FIELD_LIST,
        .offset = offsetof(struct events_params, where),
        .element = &condition_element,
        .element_size = sizeof(struct condition),
        .help = "Conditions that a line must meet to count, all of them.",
        .witness = "batch-trace.json /failures/0/trace/log/where=[]",
    },
    {0},
};

#define NO_COLUMN SIZE_MAX

/* What the parameters come to. */
struct events_reader {
    const struct events_params *params;
    struct fault_log_builder *builder;
    struct column_file file;
    size_t time; /* columns from 0, or NO_COLUMN */
    size_t node;
    size_t end;
    size_t duration;
    size_t *where; /* in the arena; one per condition */
};

static bool check_time_unit(const struct column_layout *layout, const struct field_context *context)
{
    if (!layout->date && layout->time_unit == UNIT_DATE)
        return err_add(context->err, fault_log_pointer(context, "date"),
                       "missing: \"time_unit\": \"date\" needs the pattern of the dates, "
                       "\"YYYY-MM-DD HH:MM:SS\" for instance");
    if (layout->date && layout->time_unit != UNIT_DATE && layout->time_unit != UNIT_SECONDS)
        return err_add(context->err, fault_log_pointer(context, "time_unit"),
                       "\"%s\" is a unit of numbers, but \"date\" says that times are dates; "
                       "leave one of them out",
                       time_units[layout->time_unit]);
    return true;
}

/* Checks that need no file; adds as many errors as there are. */
static bool check_events(const struct events_params *p, const struct field_context *context)
{
    bool ok = check_time_unit(&p->layout, context);
    if (p->end && p->duration)
        ok = err_add(context->err, fault_log_pointer(context, "duration"),
                     "the length of an outage is given twice, by \"end\" and by \"duration\"; "
                     "leave one of them out");
    return ok;
}

/* The column that the key names; NO_COLUMN after an error, and when it names none. */
static size_t find_column(struct events_reader *reader, const char *key, const char *name)
{
    size_t column;
    return name && column_file_find(&reader->file, key, name, &column) ? column : NO_COLUMN;
}

/* Finds all columns; false, and an error for each, when some are not there. */
static bool find_columns(struct events_reader *reader)
{
    const struct events_params *p = reader->params;
    const struct field_context *context = reader->builder->context;
    size_t errors = context->err->n_errors;
    reader->time = find_column(reader, "time", p->time);
    reader->node = find_column(reader, "node", p->node);
    reader->end = find_column(reader, "end", p->end);
    reader->duration = find_column(reader, "duration", p->duration);
    const struct condition *conditions = p->where.items;
    reader->where = arena_alloc(context->arena, p->where.n, sizeof *reader->where);
    for (size_t i = 0; i < p->where.n; i++) {
        const char *key = arena_format(context->arena, "where/%zu/column", i);
        reader->where[i] = find_column(reader, key, conditions[i].column);
    }
    return context->err->n_errors == errors;
}

static const char *text_at(const struct events_reader *reader, size_t column)
{
    return reader->file.fields.items[column].text;
}

/* Whether the line that was read last meets every condition. */
static bool meets_conditions(const struct events_reader *reader)
{
    const struct condition *conditions = reader->params->where.items;
    for (size_t i = 0; i < reader->params->where.n; i++)
        if (strcmp(text_at(reader, reader->where[i]), conditions[i].equals) != 0)
            return false;
    return true;
}

/* Outage from start_s; NaN where the field is empty. False when the line is left out. */
static bool read_outage(struct events_reader *reader, double start_s, double *duration_s)
{
    struct column_file *file = &reader->file;
    *duration_s = (double)NAN;
    size_t column = reader->end != NO_COLUMN ? reader->end : reader->duration;
    if (column == NO_COLUMN || text_at(reader, column)[0] == '\0')
        return true;
    if (column == reader->end) {
        double end_s;
        if (!column_file_time(file, column, &end_s))
            return false;
        *duration_s = end_s - start_s;
    } else if (!column_file_seconds(file, column, reader->params->duration_unit, duration_s)) {
        return false;
    }
    if (*duration_s >= 0)
        return true;
    column_file_leave_out(file, column, "ends the outage before it starts");
    return false;
}

static const char *node_name(const struct events_reader *reader)
{
    if (reader->node == NO_COLUMN)
        return no_node;
    const char *name = text_at(reader, reader->node);
    return *name ? name : no_node;
}

static void read_event(struct events_reader *reader)
{
    if (!meets_conditions(reader)) {
        reader->builder->n_excluded++;
        return;
    }
    double time_s;
    double duration_s;
    if (column_file_time(&reader->file, reader->time, &time_s) &&
        read_outage(reader, time_s, &duration_s))
        fault_log_add(reader->builder, time_s, duration_s,
                      fault_log_node(reader->builder, node_name(reader)));
}

static bool read_events(struct events_reader *reader)
{
    struct fault_log_builder *builder = reader->builder;
    struct column_file *file = &reader->file;
    if (!find_columns(reader))
        return false;
    while (column_file_next(file))
        read_event(reader);
    builder->n_unusable = file->n_unusable;
    builder->first_line = file->first_line;
    builder->first_column = file->first_column;
    builder->first_cause = file->first_cause;
    if (fault_log_finish(builder))
        return true;
    if (!file->layout->date && file->n_unusable > 0)
        err_hint(builder->context->err, "if the times are dates, say how they are written: "
                                        "\"date\": \"YYYY-MM-DD HH:MM:SS\"");
    return false;
}

static bool events_prepare(void *params, const struct field_context *context)
{
    struct events_params *p = params;
    struct fault_log_builder builder = fault_log_start(&p->log, context);
    struct events_reader reader = {.params = p, .builder = &builder};
    bool ok = check_events(p, context);
    p->layout.file = p->log.file;
    ok = column_file_open(&reader.file, &p->layout, context) && ok;
    ok = ok && (context->lenient || read_events(&reader));
    column_file_close(&reader.file);
    fault_log_release(&builder);
    return ok;
}

const struct variant fault_log_events = {
    .name = "events",
    .help = "Text with one event per line and columns that are chosen here.",
    .size = sizeof(struct events_params),
    .fields = events_fields,
    .prepare = events_prepare,
};
