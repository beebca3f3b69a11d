// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `events`: delimiter-separated columns, chosen by name or number.
 */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "model/date.h"
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
    const char *time;     /* columns: a name of the header line, or a number from 1 */
    const char *node;     /* NULL: all events on one node */
    const char *end;      /* NULL: none */
    const char *duration; /* NULL: none */
    int duration_unit;    /* of fault_log_units */
    const char *separator;
    bool header;
    int time_unit;     /* of time_units */
    const char *date;  /* pattern; NULL: times are numbers */
    struct list where; /* of struct condition; all must hold */
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
        .choices = fault_log_units,
        .help = "Unit of the numbers in the duration column.",
        .witness = "batch-traces.json /failures/1/trace/log/duration_unit=\"h\"",
    },
    {
        .key = "separator",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, separator),
        .fallback = "\",\"",
        .help = "Character between columns, or \"tab\"; \"space\" is any run of blanks and tabs.",
        .witness = "batch-traces.json /failures/1/trace/log/separator=\"space\" "
                   "/failures/1/trace/log/file=\"traces/made-up-syslog.txt\" "
                   "/failures/1/trace/log/duration=null",
    },
    {
        .key = "header",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct events_params, header),
        .fallback = "true",
        .help = "Whether the first line names the columns.",
        .witness = "batch-traces.json /failures/1/trace/log/header=true",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct events_params, time_unit),
        .fallback = "\"s\"",
        .choices = time_units,
        .help = "Unit of times that are numbers; \"date\" for dates, which the key date implies.",
        .witness = "batch-traces.json /failures/1/trace/log/time_unit=\"d\"",
    },
    {
        .key = "date",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct events_params, date),
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
    char separator;
    struct date_pattern date;
    size_t time; /* columns from 0, or NO_COLUMN */
    size_t node;
    size_t end;
    size_t duration;
    size_t *where;             /* in the arena; one per condition */
    size_t n_columns;          /* that a line needs */
    struct text_fields fields; /* of the line being read */
};

/* The separator that `text` names; NUL when it is none. */
static char separator_of(const char *text)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\t") == 0)
        return '\t';
    if (strcmp(text, "space") == 0)
        return TEXT_BLANKS;
    bool allowed = strlen(text) == 1 && text[0] >= ' ' && text[0] < 0x7f && text[0] != '"';
    if (!allowed)
        return '\0';
    return text[0];
}

static bool check_separator(struct events_reader *reader, const struct field_context *context)
{
    const char *text = reader->params->separator;
    reader->separator = separator_of(text);
    return reader->separator ||
           err_add(context->err, fault_log_pointer(context, "separator"),
                   "'%s' is no separator; allowed are one ASCII character, \"tab\" and \"space\"",
                   text);
}

static bool check_time_format(struct events_reader *reader, const struct field_context *context)
{
    const struct events_params *p = reader->params;
    if (!p->date) {
        if (p->time_unit == UNIT_DATE)
            return err_add(context->err, fault_log_pointer(context, "date"),
                           "missing: \"time_unit\": \"date\" needs the pattern of the dates, "
                           "\"YYYY-MM-DD HH:MM:SS\" for instance");
        return true;
    }
    if (p->time_unit != UNIT_DATE && p->time_unit != UNIT_SECONDS)
        return err_add(context->err, fault_log_pointer(context, "time_unit"),
                       "\"%s\" is a unit of numbers, but \"date\" says that times are dates; "
                       "leave one of them out",
                       time_units[p->time_unit]);
    const char *why = NULL;
    if (date_pattern_read(p->date, &reader->date, &why))
        return true;
    return err_add(context->err, fault_log_pointer(context, "date"),
                   "'%s' is no pattern of dates: %s", p->date, why);
}

/* Checks that need no file; adds as many errors as there are. */
static bool check_events(struct events_reader *reader, const struct field_context *context)
{
    const struct events_params *p = reader->params;
    bool ok = check_separator(reader, context);
    ok = check_time_format(reader, context) && ok;
    if (p->end && p->duration)
        ok = err_add(context->err, fault_log_pointer(context, "duration"),
                     "the length of an outage is given twice, by \"end\" and by \"duration\"; "
                     "leave one of them out");
    return ok;
}

/* The error of a name that is not in the header line: what is there, and the nearest. */
static void fail_column(const struct events_reader *reader, const char *pointer, const char *name,
                        size_t header_line)
{
    const struct field_context *context = reader->builder->context;
    const struct text_fields *header = &reader->fields;
    const char **names = arena_alloc(context->arena, header->n, sizeof *names);
    const char *all = "";
    char excerpt[TEXT_EXCERPT];
    enum { SHOWN = 40 };
    for (size_t i = 0; i < header->n; i++) {
        names[i] = arena_strdup(context->arena, text_excerpt(header->items[i].text, excerpt));
        if (i < SHOWN)
            all = arena_format(context->arena, "%s%s'%s'", all, i ? ", " : "", names[i]);
    }
    const char *file = reader->params->log.file;
    (void)err_add(context->err, pointer, "no column '%s'; %s has %zu columns: %s%s", name,
                  text_file_quoted(context->arena, file), header->n, all,
                  header->n > SHOWN ? ", ..." : "");
    const char *nearest = err_nearest(name, names, header->n);
    if (nearest)
        err_hint(context->err, "did you mean '%s'?", nearest);
    err_place(context->err, "%s:%zu:1", text_file_name(file), header_line);
}

/*
 * Index of a column by its name in the header line, which reader->fields
 * holds when header_line > 0, or by its number; NO_COLUMN after an error, and
 * when name is NULL.
 */
static size_t find_column(struct events_reader *reader, const char *pointer, const char *name,
                          size_t header_line)
{
    if (!name)
        return NO_COLUMN;
    size_t number = text_column_number(name);
    size_t column = number > 0 ? number - 1 : NO_COLUMN;
    if (header_line > 0) {
        const struct text_fields *header = &reader->fields;
        if (column >= header->n)
            column = NO_COLUMN;
        for (size_t i = header->n; i-- > 0;) /* of equal names the first */
            if (strcmp(header->items[i].text, name) == 0)
                column = i;
        if (column == NO_COLUMN)
            fail_column(reader, pointer, name, header_line);
    } else if (column == NO_COLUMN) {
        (void)err_add(reader->builder->context->err, pointer,
                      "'%s' is no column number; without a header line columns are counted from 1",
                      name);
    }
    if (column != NO_COLUMN && column >= reader->n_columns)
        reader->n_columns = column + 1;
    return column;
}

/* Finds all columns; false, and an error for each, when some are not there. */
static bool find_columns(struct events_reader *reader, size_t header_line)
{
    const struct events_params *p = reader->params;
    const struct field_context *context = reader->builder->context;
    size_t errors = context->err->n_errors;
    reader->time = find_column(reader, fault_log_pointer(context, "time"), p->time, header_line);
    reader->node = find_column(reader, fault_log_pointer(context, "node"), p->node, header_line);
    reader->end = find_column(reader, fault_log_pointer(context, "end"), p->end, header_line);
    reader->duration =
        find_column(reader, fault_log_pointer(context, "duration"), p->duration, header_line);
    const struct condition *conditions = p->where.items;
    reader->where = arena_alloc(context->arena, p->where.n, sizeof *reader->where);
    for (size_t i = 0; i < p->where.n; i++) {
        const char *pointer =
            arena_format(context->arena, "%s/where/%zu/column", context->pointer, i);
        reader->where[i] = find_column(reader, pointer, conditions[i].column, header_line);
    }
    return context->err->n_errors == errors;
}

/* Whether the line that reader->fields holds meets every condition. */
static bool meets_conditions(const struct events_reader *reader)
{
    const struct condition *conditions = reader->params->where.items;
    for (size_t i = 0; i < reader->params->where.n; i++)
        if (strcmp(reader->fields.items[reader->where[i]].text, conditions[i].equals) != 0)
            return false;
    return true;
}

/* A time in seconds; false, and the line left out, when the field has none. */
static bool read_time(struct events_reader *reader, size_t line, size_t column, double *time_s)
{
    const struct text_field *field = &reader->fields.items[column];
    if (!reader->params->date)
        return fault_log_read_number(reader->builder, line, field, reader->params->time_unit,
                                     time_s);
    const char *why = NULL;
    if (date_read(&reader->date, field->text, time_s, &why))
        return true;
    char excerpt[TEXT_EXCERPT];
    fault_log_leave_out(reader->builder, line, field->column, "'%s' is no date: %s",
                        text_excerpt(field->text, excerpt), why);
    return false;
}

/* Outage from start_s; NaN where the field is empty. False when the line is left out. */
static bool read_outage(struct events_reader *reader, size_t line, double start_s,
                        double *duration_s)
{
    *duration_s = (double)NAN;
    size_t column = reader->end != NO_COLUMN ? reader->end : reader->duration;
    if (column == NO_COLUMN || reader->fields.items[column].text[0] == '\0')
        return true;
    const struct text_field *field = &reader->fields.items[column];
    if (column == reader->end) {
        double end_s;
        if (!read_time(reader, line, column, &end_s))
            return false;
        *duration_s = end_s - start_s;
    } else if (!fault_log_read_number(reader->builder, line, field, reader->params->duration_unit,
                                      duration_s)) {
        return false;
    }
    if (*duration_s >= 0)
        return true;
    fault_log_leave_out(reader->builder, line, field->column, "the outage ends before it starts");
    return false;
}

static const char *node_name(const struct events_reader *reader)
{
    if (reader->node == NO_COLUMN)
        return no_node;
    const char *name = reader->fields.items[reader->node].text;
    return *name ? name : no_node;
}

static void read_event(struct events_reader *reader, const struct text_line *line)
{
    struct text_mistake mistake;
    if (!text_split(line, reader->separator, &reader->fields, &mistake)) {
        fault_log_leave_out(reader->builder, line->number, mistake.column, "%s", mistake.why);
        return;
    }
    if (reader->fields.n < reader->n_columns) {
        fault_log_leave_out(reader->builder, line->number, line->length + 1,
                            "the line has %zu of the %zu columns needed", reader->fields.n,
                            reader->n_columns);
        return;
    }
    if (!meets_conditions(reader)) {
        reader->builder->n_excluded++;
        return;
    }
    double time_s;
    double duration_s;
    if (read_time(reader, line->number, reader->time, &time_s) &&
        read_outage(reader, line->number, time_s, &duration_s))
        fault_log_add(reader->builder, time_s, duration_s,
                      fault_log_node(reader->builder, node_name(reader)));
}

/*
 * Reads the line that names the columns, the first that is not blank, into
 * reader->fields. *header_line is its number, 0 when there is none.
 */
static bool read_header(struct events_reader *reader, struct text_reader *lines,
                        size_t *header_line)
{
    struct text_line line = {0};
    *header_line = 0;
    if (!reader->params->header)
        return true;
    while (text_next_line(lines, &line) && text_line_is_blank(&line))
        ;
    *header_line = line.number;
    struct text_mistake mistake;
    if (text_split(&line, reader->separator, &reader->fields, &mistake))
        return true;
    const struct field_context *context = reader->builder->context;
    (void)err_add(context->err, fault_log_pointer(context, "header"),
                  "the header line cannot be read: %s", mistake.why);
    err_place(context->err, "%s:%zu:%zu", text_file_name(reader->params->log.file), line.number,
              mistake.column);
    return false;
}

static bool read_events(struct events_reader *reader)
{
    struct text text;
    if (!fault_log_read_file(reader->builder, &text))
        return false;
    struct text_reader lines = text_reader_start(text);
    size_t header_line;
    if (!read_header(reader, &lines, &header_line) || !find_columns(reader, header_line))
        return false;
    struct text_line line;
    while (text_next_line(&lines, &line))
        if (!text_line_is_blank(&line))
            read_event(reader, &line);
    if (fault_log_finish(reader->builder))
        return true;
    if (!reader->params->date && reader->builder->n_unusable > 0)
        err_hint(reader->builder->context->err, "if the times are dates, say how they are written: "
                                                "\"date\": \"YYYY-MM-DD HH:MM:SS\"");
    return false;
}

static bool events_prepare(void *params, const struct field_context *context)
{
    struct events_params *p = params;
    struct fault_log_builder builder = fault_log_start(&p->log, context);
    struct events_reader reader = {.params = p, .builder = &builder};
    bool ok = check_events(&reader, context) && (context->lenient || read_events(&reader));
    text_fields_release(&reader.fields);
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
