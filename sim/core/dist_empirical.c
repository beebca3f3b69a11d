// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The empirical distribution of measured values, read from a text file: each
 * value has probability 1/n, quantiles are the inverse of the step function.
 *
 * Lines that are blank or begin with '#' are skipped. A value is a number in
 * base units (seconds, bytes, ...) or carries its unit, "1.5 h".
 */
#include <stdlib.h>
#include <string.h>

#include "core/dist_laws.h"
#include "core/stats.h"
#include "core/text_reader.h"

struct empirical_params {
    const char *file;
    const char *column; /* NULL: a line is a value */
    double scale;
    double *values; /* in the arena, ascending, n > 0 of them */
    double *sums;   /* in the arena: sums[i] is the sum of the first i */
    size_t n;
    double mean;
    double variance;
};

/* ---- the law ---- */

static double empirical_quantile(const void *params, double p, double q)
{
    const struct empirical_params *e = params;
    double n = (double)e->n;
    /* The smallest i with i / n >= p, counted from the end that is known better. */
    double i = p <= q ? ceil(n * p) : n - floor(n * q);
    return e->values[(size_t)fmin(fmax(i, 1), n) - 1];
}

static size_t count_up_to(const struct empirical_params *e, double x)
{
    size_t low = 0;
    size_t high = e->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (e->values[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double empirical_cdf(const void *params, double x)
{
    const struct empirical_params *e = params;
    return (double)count_up_to(e, x) / (double)e->n;
}

static double empirical_survival(const void *params, double x)
{
    const struct empirical_params *e = params;
    return (double)(e->n - count_up_to(e, x)) / (double)e->n;
}

static double empirical_mean(const void *params)
{
    return ((const struct empirical_params *)params)->mean;
}

static double empirical_variance(const void *params)
{
    return ((const struct empirical_params *)params)->variance;
}

static double empirical_mean_below(const void *params, double a)
{
    const struct empirical_params *e = params;
    size_t i = count_up_to(e, a);
    return (e->sums[i] + a * (double)(e->n - i)) / (double)e->n;
}

/* ---- reading ---- */

struct reader {
    const struct field_context *context;
    const struct empirical_params *params;
    const char *pointer;       /* of the key "file" */
    char separator;            /* NUL before the first line */
    size_t column;             /* from 1; 0: the line that names it is still to come, or none is */
    struct text_fields fields; /* of the line being read */
    double *values;            /* owned */
    size_t n;
    size_t capacity;
};

static bool fail(const struct reader *reader, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* An error at a place in the file. */
static bool fail(const struct reader *reader, size_t line, size_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *message = mem_vformat(format, args);
    va_end(args);
    (void)err_add(reader->context->err, reader->pointer, "%s", message);
    err_place(reader->context->err, "%s:%zu:%zu", text_file_name(reader->params->file), line,
              column);
    free(message);
    return false;
}

/* The first of the characters that may part columns; a comma in a line without any. */
static char find_separator(const struct text_line *line)
{
    for (size_t i = 0; i < line->length; i++)
        if (line->start[i] == ',' || line->start[i] == ';' || line->start[i] == '\t')
            return line->start[i];
    return ',';
}

/* Finds the column in the line that names all of them. */
static bool read_header(struct reader *reader, size_t line)
{
    const struct text_fields *header = &reader->fields;
    const char *name = reader->params->column;
    const char **names = mem_alloc(header->n, sizeof *names);
    for (size_t i = header->n; i-- > 0;) { /* of equal names the first */
        names[i] = header->items[i].text;
        if (strcmp(names[i], name) == 0)
            reader->column = i + 1;
    }
    if (reader->column == 0) {
        const char *nearest = err_nearest(name, names, header->n);
        char excerpt[TEXT_EXCERPT];
        (void)fail(reader, line, 1, "the first line names no column '%s'", name);
        if (nearest)
            err_hint(reader->context->err, "did you mean '%s'?", text_excerpt(nearest, excerpt));
    }
    free(names);
    return reader->column > 0;
}

static bool read_value(struct reader *reader, size_t line)
{
    const struct text_fields *fields = &reader->fields;
    size_t column = reader->column ? reader->column : 1;
    if (reader->column == 0 && fields->n > 1)
        return fail(reader, line, fields->items[1].column,
                    "several columns; \"column\" says which one has the values");
    if (fields->n < column)
        return fail(reader, line, 1, "the line has %zu of the %zu columns needed", fields->n,
                    column);
    const struct text_field *cell = &fields->items[column - 1];
    char excerpt[TEXT_EXCERPT];
    /* A number that ends in a digit or a point carries no unit: it is in base units. */
    size_t length = strlen(cell->text);
    char last = '\0';
    if (length > 0)
        last = cell->text[length - 1];
    bool bare = (last >= '0' && last <= '9') || last == '.';
    double value;
    const char *why;
    if (!units_read(cell->text, bare ? DIMENSION_NONE : reader->context->dimension, &value, &why))
        return fail(reader, line, cell->column, "'%s': %s", text_excerpt(cell->text, excerpt), why);
    value *= reader->params->scale;
    if (!(value >= 0 && value <= 1e30))
        return fail(reader, line, cell->column, "'%s': %s", text_excerpt(cell->text, excerpt),
                    value < 0 ? "negative" : "too large");
    reader->values = mem_grow(reader->values, reader->n, &reader->capacity, sizeof *reader->values);
    reader->values[reader->n++] = value;
    return true;
}

static bool read_line(struct reader *reader, const struct text_line *line)
{
    struct text_mistake mistake;
    if (!reader->separator)
        reader->separator = find_separator(line);
    if (!text_split(line, reader->separator, &reader->fields, &mistake))
        return fail(reader, line->number, mistake.column, "%s", mistake.why);
    if (reader->params->column && reader->column == 0)
        return read_header(reader, line->number);
    return read_value(reader, line->number);
}

static bool read_lines(struct reader *reader)
{
    const struct field_context *context = reader->context;
    struct text text;
    if (!text_read_file(context, reader->pointer, reader->params->file, &text))
        return false;
    struct text_reader lines = text_reader_start(text);
    struct text_line line;
    while (text_next_line(&lines, &line))
        if (!text_line_is_blank(&line) && line.start[0] != '#' && !read_line(reader, &line))
            return false;
    return reader->n > 0 || err_add(context->err, reader->pointer, "%s has no values",
                                    text_file_quoted(context->arena, reader->params->file));
}

static bool read_file(struct empirical_params *e, const struct field_context *context)
{
    struct reader reader = {
        .context = context,
        .params = e,
        .pointer = arena_format(context->arena, "%s/file", context->pointer),
        .column = e->column ? text_column_number(e->column) : 0,
    };
    bool ok = read_lines(&reader);
    if (ok && reader.values) { /* a file without values is an error already */
        e->n = reader.n;
        e->values = arena_alloc(context->arena, e->n, sizeof *e->values);
        memcpy(e->values, reader.values, e->n * sizeof *e->values);
    }
    text_fields_release(&reader.fields);
    free(reader.values);
    return ok;
}

static void derive_moments(struct empirical_params *e, struct arena *arena)
{
    stats_sort(e->values, e->n);
    e->sums = arena_alloc(arena, e->n + 1, sizeof *e->sums);
    struct sum sum = {0};
    for (size_t i = 0; i < e->n; i++) {
        sum_add(&sum, e->values[i]);
        e->sums[i + 1] = sum_value(&sum);
    }
    /* Clamped, so that equal values have exactly variance 0 and are known as a constant. */
    e->mean = fmin(fmax(e->sums[e->n] / (double)e->n, e->values[0]), e->values[e->n - 1]);
    struct sum squares = {0};
    for (size_t i = 0; i < e->n; i++)
        sum_add(&squares, (e->values[i] - e->mean) * (e->values[i] - e->mean));
    e->variance = sum_value(&squares) / (double)e->n;
}

static bool empirical_prepare(void *params, const struct field_context *context)
{
    struct empirical_params *e = params;
    if (context->lenient) { /* any value will do for checks that open no files */
        e->n = 1;
        e->values = arena_alloc(context->arena, 1, sizeof *e->values);
        e->values[0] = e->scale;
    } else if (!read_file(e, context)) {
        return false;
    }
    derive_moments(e, context->arena);
    return true;
}

static const struct field empirical_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct empirical_params, file),
        .required = true,
        .help = "Text file with a value in each line, a number in base units or with its unit; "
                "lines that begin with # are skipped; \"-\" is standard input.",
        .witness = "batch-laws.json /failures/11/time_to_failure/file=\"traces/made-up-disks.csv\" "
                   "/failures/11/time_to_failure/column=\"1\"",
    },
    {
        .key = "column",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct empirical_params, column),
        .help = "Which column of a file separated by commas, semicolons or tabs: its name in the "
                "first line, or its number (\"2\") where no line has names.",
        .witness = "batch-laws.json /failures/11/time_to_failure/column=\"busy_hours\"",
    },
    {
        .key = "scale",
        .kind = FIELD_REAL,
        .offset = offsetof(struct empirical_params, scale),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .fallback = "1",
        .help = "Factor for every value: 0.001 for a file of milliseconds.",
        .witness = "batch-laws.json /failures/11/time_to_failure/scale=60",
    },
    {.key = NULL},
};

const struct dist_type dist_empirical_type = {
    .variant =
        {
            .name = "empirical",
            .help = "Measured values from a file, each as likely as any other.",
            .source = "Law, Simulation Modeling and Analysis, 5th edition, 2015, chapter 6",
            .size = sizeof(struct empirical_params),
            .fields = empirical_fields,
            .prepare = empirical_prepare,
        },
    .quantile = empirical_quantile,
    .cdf = empirical_cdf,
    .survival = empirical_survival,
    .mean = empirical_mean,
    .variance = empirical_variance,
    .mean_below = empirical_mean_below,
};
