// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrivals at recorded rates: a file with a rate, or the number of messages, for
 * each of many stretches of time ("bins"). Three layouts are read:
 *
 *   columns time and value: a bin lasts until the time of the next line;
 *   a column of values, without times: all bins are equally long;
 *   nothing but numbers, on as many lines as you please: likewise.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/stats.h"
#include "model/arrivals.h"
#include "model/column_file.h"
#include "model/rate_steps.h"

struct rate_trace_params {
    struct rate_steps steps; /* must be first */
    struct column_layout layout;
    const char *time;  /* columns; NULL: none */
    const char *value; /* NULL: the file is nothing but numbers */
    double per_s;      /* a value counts the messages of that time */
    double bin_s;      /* NaN: from the times */
    double scale;
};

/* ---- reading ---- */

/* Bins in the order of the file. */
struct bins {
    const struct rate_trace_params *params;
    double *values; /* owned */
    double *times;  /* owned; starts, where the file has times */
    size_t n;
    size_t values_capacity, times_capacity;
};

static void add_bin(struct bins *bins, double time_s, double value)
{
    bins->values = mem_grow(bins->values, bins->n, &bins->values_capacity, sizeof *bins->values);
    bins->values[bins->n] = value;
    if (bins->params->time) {
        bins->times = mem_grow(bins->times, bins->n, &bins->times_capacity, sizeof *bins->times);
        bins->times[bins->n] = time_s;
    }
    bins->n++;
}

static bool read_columns(struct bins *bins, struct column_file *file)
{
    const struct rate_trace_params *p = bins->params;
    size_t value_column;
    size_t time_column = 0;
    if (!column_file_find(file, "value", p->value, &value_column) ||
        (p->time && !column_file_find(file, "time", p->time, &time_column)))
        return false;
    while (column_file_next(file)) {
        double value;
        double time_s = 0;
        if (!column_file_number(file, value_column, &value) ||
            (p->time && !column_file_time(file, time_column, &time_s)))
            continue;
        if (!(value >= 0 && value <= 1e15))
            column_file_leave_out(file, value_column, value < 0 ? "is negative" : "is too large");
        else if (p->time && bins->n > 0 && !(time_s > bins->times[bins->n - 1]))
            column_file_leave_out(file, time_column, "is not later than the line before");
        else
            add_bin(bins, time_s, value);
    }
    return column_file_finish(file, bins->n, "rates");
}

/* The error of a text that is no value, in a file of which every text must be one. */
static bool fail_number(const struct column_file *file, const struct text_line *line, size_t at,
                        const char *text)
{
    char excerpt[TEXT_EXCERPT];
    (void)err_add(file->context->err, column_file_pointer(file->context, "file"),
                  "'%s' is no number from 0 to 1e15; in a file with other columns \"value\" says "
                  "which one has the rates",
                  text_excerpt(text, excerpt));
    err_place(file->context->err, "%s:%zu:%zu", text_file_name(file->layout->file), line->number,
              at + 1);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A line may be as long as the file, so it is taken apart here and not by text_split(). */
static bool read_numbers_of_line(struct bins *bins, const struct column_file *file,
                                 const struct text_line *line)
{
    enum { LONGEST = 63 };
    for (size_t i = 0; i < line->length;) {
        if (is_blank(line->start[i])) {
            i++;
            continue;
        }
        size_t first = i;
        while (i < line->length && !is_blank(line->start[i]))
            i++;
        char text[LONGEST + 1] = {0};
        memcpy(text, line->start + first, i - first < LONGEST ? i - first : LONGEST);
        double value;
        if (i - first > LONGEST || !text_read_number(text, &value) ||
            !(value >= 0 && value <= 1e15))
            return fail_number(file, line, first, text);
        add_bin(bins, 0, value);
    }
    return true;
}

static bool read_numbers(struct bins *bins, struct column_file *file)
{
    struct text_line line;
    while (text_next_line(&file->lines, &line))
        if (!read_numbers_of_line(bins, file, &line))
            return false;
    return column_file_finish(file, bins->n, "rates");
}

/* ---- from bins to steps ---- */

/* Time from the start of bin i to the next; the last is as long as the one before. */
static double bin_width_s(const struct bins *bins, size_t i)
{
    if (i + 1 < bins->n)
        return bins->times[i + 1] - bins->times[i];
    return isnan(bins->params->bin_s) ? bins->times[i] - bins->times[i - 1] : bins->params->bin_s;
}

static double messages_in(const struct rate_trace_params *p, double value, double width_s)
{
    return p->scale * value * (width_s / p->per_s);
}

static void steps_of_equal_bins(struct rate_trace_params *p, const struct bins *bins,
                                struct arena *arena)
{
    double *sums = arena_alloc(arena, bins->n + 1, sizeof *sums);
    struct sum sum = {0};
    for (size_t i = 0; i < bins->n; i++) {
        sum_add(&sum, messages_in(p, bins->values[i], p->bin_s));
        sums[i + 1] = sum_value(&sum);
    }
    p->steps.n = bins->n;
    p->steps.sums = sums;
    p->steps.width_s = p->bin_s;
}

/* Where bins have a length of their own, nothing comes between the end of one and the next. */
static void steps_of_timed_bins(struct rate_trace_params *p, const struct bins *bins,
                                struct arena *arena)
{
    double *sums = arena_alloc(arena, 2 * bins->n + 1, sizeof *sums);
    double *starts_s = arena_alloc(arena, 2 * bins->n + 1, sizeof *starts_s);
    struct sum sum = {0};
    size_t n = 0;
    for (size_t i = 0; i < bins->n; i++) {
        double start_s = bins->times[i] - bins->times[0];
        double to_next_s = bin_width_s(bins, i);
        double width_s = p->bin_s < to_next_s ? p->bin_s : to_next_s;
        sum_add(&sum, messages_in(p, bins->values[i], width_s));
        starts_s[n + 1] = start_s + width_s;
        sums[++n] = sum_value(&sum);
        if (width_s < to_next_s) {
            starts_s[n + 1] = start_s + to_next_s;
            sums[n + 1] = sums[n];
            n++;
        }
    }
    p->steps.n = n;
    p->steps.sums = sums;
    p->steps.starts_s = starts_s;
}

static bool make_steps(struct rate_trace_params *p, const struct bins *bins,
                       const struct field_context *context)
{
    if (p->time && bins->n < 2 && isnan(p->bin_s))
        return err_add(context->err, column_file_pointer(context, "bin"),
                       "missing: %s has a single rate, and nothing says how long it holds",
                       text_file_quoted(context->arena, p->layout.file));
    if (p->time)
        steps_of_timed_bins(p, bins, context->arena);
    else
        steps_of_equal_bins(p, bins, context->arena);
    if (!(p->steps.sums[p->steps.n] > 0))
        return err_add(context->err, column_file_pointer(context, "file"),
                       "all rates of %s are 0, so that no message ever arrives",
                       text_file_quoted(context->arena, p->layout.file));
    double length_s =
        p->steps.starts_s ? p->steps.starts_s[p->steps.n] : (double)p->steps.n * p->steps.width_s;
    if (p->steps.from_s < length_s)
        return true;
    return err_add(context->err, column_file_pointer(context, "start"),
                   "%g s: must be before the end of the trace, %g s", p->steps.from_s, length_s);
}

static bool check_keys(const struct rate_trace_params *p, const struct field_context *context)
{
    if (p->time && !p->value)
        return err_add(context->err, column_file_pointer(context, "value"),
                       "missing: beside the column \"time\" one with the rates is needed");
    if (!p->time && isnan(p->bin_s))
        return err_add(context->err, column_file_pointer(context, "bin"),
                       "missing: without a column \"time\" the length of the bins must be given, "
                       "\"1 s\" for instance");
    return true;
}

/* Any rate will do for checks that open no files. */
static void pretend(struct bins *bins, const struct rate_trace_params *p)
{
    add_bin(bins, 0, 1);
    add_bin(bins, isnan(p->bin_s) ? 1 : p->bin_s, 1);
}

static bool rate_trace_prepare(void *params, const struct field_context *context)
{
    struct rate_trace_params *p = params;
    struct column_file file;
    struct bins bins = {.params = p};
    bool ok = check_keys(p, context);
    p->layout.header = p->layout.header && p->value;
    ok = column_file_open(&file, &p->layout, context) && ok;
    if (ok && context->lenient)
        pretend(&bins, p);
    else if (ok)
        ok = p->value ? read_columns(&bins, &file) : read_numbers(&bins, &file);
    ok = ok && make_steps(p, &bins, context);
    column_file_close(&file);
    free(bins.values);
    free(bins.times);
    return ok;
}

static const struct field rate_trace_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct rate_trace_params, layout.file),
        .required = true,
        .help = "File with the rates; \"-\" is standard input.",
        .witness = "stream-arrivals.json "
                   "/job/operators/8/source/arrivals/file=\"arrivals/made-up-seconds-b.txt\"",
    },
    {
        .key = "value",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct rate_trace_params, value),
        .help = "Column with the rates: a name of the header line, or a number from 1; without it "
                "the file is nothing but numbers, on any number of lines.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/value=\"errors\"",
    },
    {
        .key = "per",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct rate_trace_params, per_s),
        .max = 1e11,
        .above_min = true,
        .required = true,
        .help = "What a value counts the messages of: \"1 s\" for rates per second, \"5 min\" for "
                "counts in bins of that length.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/per=\"4 s\"",
    },
    {
        .key = "time",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct rate_trace_params, time),
        .help = "Column with the start of each bin, likewise; a bin lasts until the next, the last "
                "one as long as that before it.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/time=null "
                   "/job/operators/6/source/arrivals/bin=\"3 s\"",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct rate_trace_params, layout.time_unit),
        .fallback = "\"s\"",
        .choices = column_file_units,
        .help = "Unit of times that are numbers.",
        .witness = "stream-arrivals.json /job/operators/7/source/arrivals/time_unit=\"min\"",
    },
    {
        .key = "date",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct rate_trace_params, layout.date),
        .help = "How times are written if they are dates: \"YYYY-MM-DD HH:MM:SS\".",
        .witness = "stream-arrivals.json "
                   "/job/operators/6/source/arrivals/date=\"YYYY-MM-DD HH:SS:MM\"",
    },
    {
        .key = "bin",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct rate_trace_params, bin_s),
        .max = 1e11,
        .above_min = true,
        .help = "Length of a bin: needed without times; with times it cuts bins short, and nothing "
                "comes until the next.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/bin=\"1 s\"",
    },
    {
        .key = "scale",
        .kind = FIELD_REAL,
        .offset = offsetof(struct rate_trace_params, scale),
        .max = 1e15,
        .above_min = true,
        .fallback = "1",
        .help = "Factor for every rate.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/scale=2",
    },
    {
        .key = "start",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct rate_trace_params, steps.from_s),
        .max = 1e11,
        .fallback = "\"0 s\"",
        .help = "Time in the trace at which the run starts.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/start=\"11 s\"",
    },
    {
        .key = "repeat",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct rate_trace_params, steps.repeat),
        .fallback = "false",
        .help = "Whether the trace begins anew at its end; otherwise no more messages come.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/repeat=true",
    },
    {
        .key = "spacing",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct rate_trace_params, steps.spacing),
        .fallback = "\"poisson\"",
        .choices = arrivals_spacings,
        .help = "How messages lie in a bin: at random, their number too, or at equal distances.",
        .witness = "stream-arrivals.json /job/operators/6/source/arrivals/spacing=\"even\"",
    },
    {
        .key = "separator",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct rate_trace_params, layout.separator),
        .fallback = "\",\"",
        .help = "Character between columns, or \"tab\"; \"space\" is any run of blanks and tabs.",
        .witness = "stream-arrivals.json /job/operators/7/source/arrivals/separator=\"space\" "
                   "/job/operators/7/source/arrivals/file=\"arrivals/made-up-sale-b.txt\"",
    },
    {
        .key = "header",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct rate_trace_params, layout.header),
        .fallback = "true",
        .help = "Whether the first line names the columns.",
        .witness = "stream-arrivals.json /job/operators/7/source/arrivals/header=true",
    },
    {0},
};

const struct arrivals_type arrivals_rate_trace = {
    .variant =
        {
            .name = "rate_trace",
            .help = "Recorded rates, or counts of messages in bins, from a file.",
            .size = sizeof(struct rate_trace_params),
            .fields = rate_trace_fields,
            .prepare = rate_trace_prepare,
        },
    .start = rate_steps_start,
    .fill = rate_steps_fill,
    .mean_rate_per_s = rate_steps_mean_per_s,
    .peak_rate_per_s = rate_steps_peak_per_s,
};
