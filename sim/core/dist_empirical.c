// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The empirical distribution of measured values, read from a text file: each
 * value has probability 1/n, quantiles are the inverse of the step function.
 *
 * Lines that are blank or begin with '#' are skipped. A value is a number in
 * base units (seconds, bytes, ...) or carries its unit, "1.5 h".
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/dist_laws.h"
#include "core/stats.h"

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
    const char *pointer; /* of the key "file" */
    size_t line;
    size_t column;    /* counted from 1; 0: the whole line */
    bool header_next; /* the next line names the columns */
    double *values;   /* owned */
    size_t n;
    size_t capacity;
};

static const char separators[] = ",;\t";

/* An error at the current line; `text` is what the file says there, or NULL. */
static bool fail(const struct reader *reader, const char *cause, const char *text)
{
    struct err *err = reader->context->err;
    char excerpt[41];
    size_t length = 0;
    for (; text && text[length] && length < sizeof excerpt - 1; length++)
        excerpt[length] = text[length];
    excerpt[length] = '\0';
    for (char *at = excerpt; *at; at++)
        if (iscntrl((unsigned char)*at))
            *at = '?';
    if (text)
        err_add(err, reader->pointer, "\"%s\": %s", excerpt, cause);
    else
        err_add(err, reader->pointer, "%s", cause);
    err_place(err, "%s:%zu", reader->params->file, reader->line);
    return false;
}

/* Cuts the text at its next separator and returns what follows, or NULL at the end. */
static char *cut_cell(char *text)
{
    char *end = text + strcspn(text, separators);
    if (!*end)
        return NULL;
    *end = '\0';
    return end + 1;
}

/* The text without blanks around it; changes it in place. */
static char *trim(char *text)
{
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

static bool read_header(struct reader *reader, char *line)
{
    reader->header_next = false;
    size_t column = 1;
    for (char *cell = line, *next; cell; cell = next, column++) {
        next = cut_cell(cell);
        if (strcmp(trim(cell), reader->params->column) == 0) {
            reader->column = column;
            return true;
        }
    }
    return fail(reader, "the first line names no such column", reader->params->column);
}

static bool read_value(struct reader *reader, char *line)
{
    char *cell = trim(line);
    if (reader->column == 0 && cell[strcspn(cell, separators)] != '\0')
        return fail(reader, "several columns; \"column\" says which one has the values", cell);
    for (size_t column = 1; column < reader->column && cell; column++)
        cell = cut_cell(cell);
    if (!cell)
        return fail(reader, "the line has too few columns", NULL);
    if (reader->column > 0)
        (void)cut_cell(cell);
    cell = trim(cell);
    /* A number that ends in a digit or a point carries no unit: it is in base units. */
    size_t length = strlen(cell);
    bool bare = length > 0 && (isdigit((unsigned char)cell[length - 1]) || cell[length - 1] == '.');
    double value;
    const char *why;
    if (!units_read(cell, bare ? DIMENSION_NONE : reader->context->dimension, &value, &why))
        return fail(reader, why, cell);
    value *= reader->params->scale;
    if (!(value >= 0))
        return fail(reader, "negative", cell);
    if (!(value <= 1e30))
        return fail(reader, "too large", cell);
    reader->values = mem_grow(reader->values, reader->n, &reader->capacity, sizeof *reader->values);
    reader->values[reader->n++] = value;
    return true;
}

static bool read_lines(struct reader *reader, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    bool ok = true;
    while (ok && (length = getline(&line, &capacity, file)) >= 0) {
        reader->line++;
        if (strlen(line) != (size_t)length)
            ok = fail(reader, "not a text file", NULL);
        else if (line[strspn(line, " \t\r\n")] == '\0' || *line == '#')
            continue;
        else
            ok = reader->header_next ? read_header(reader, line) : read_value(reader, line);
    }
    free(line);
    if (ok && ferror(file)) {
        err_add(reader->context->err, reader->pointer, "cannot read \"%s\": %s",
                reader->params->file, strerror(errno));
        ok = false;
    } else if (ok && reader->n == 0) {
        err_add(reader->context->err, reader->pointer, "\"%s\" has no values",
                reader->params->file);
        ok = false;
    }
    return ok;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void derive_moments(struct empirical_params *e, struct arena *arena)
{
    qsort(e->values, e->n, sizeof *e->values, by_value);
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

static bool read_file(struct empirical_params *e, const struct field_context *context)
{
    struct reader reader = {
        .context = context,
        .params = e,
        .pointer = arena_format(context->arena, "%s/file", context->pointer),
    };
    if (e->column) {
        char *end;
        unsigned long number = strtoul(e->column, &end, 10);
        bool by_number = isdigit((unsigned char)*e->column) && *end == '\0' && number > 0;
        reader.column = by_number ? number : 0;
        reader.header_next = !by_number;
    }
    if (strcmp(e->file, "-") == 0)
        return err_add(context->err, reader.pointer,
                       "standard input is for scenarios and traces; values need a file");
    FILE *file = fopen(e->file, "r");
    if (!file)
        return err_add(context->err, reader.pointer, "cannot open \"%s\": %s", e->file,
                       strerror(errno));
    bool ok = read_lines(&reader, file);
    (void)fclose(file); /* nothing was written */
    if (ok) {
        e->n = reader.n;
        e->values = arena_alloc(context->arena, e->n, sizeof *e->values);
        memcpy(e->values, reader.values, e->n * sizeof *e->values);
    }
    free(reader.values);
    return ok;
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
        .help = "text file with a value in each line, a number in base units or with its unit; "
                "lines that begin with # are skipped",
        .witness = "batch-laws.json /failures/11/time_to_failure/file=\"traces/made-up-disks.csv\" "
                   "/failures/11/time_to_failure/column=\"1\"",
    },
    {
        .key = "column",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct empirical_params, column),
        .help = "which column of a file separated by commas, semicolons or tabs: its name in the "
                "first line, or its number (\"2\") where no line has names",
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
        .help = "factor for every value: 0.001 for a file of milliseconds",
        .witness = "batch-laws.json /failures/11/time_to_failure/scale=60",
    },
    {.key = NULL},
};

const struct dist_type dist_empirical_type = {
    .variant =
        {
            .name = "empirical",
            .help = "measured values from a file, each as likely as any other",
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
