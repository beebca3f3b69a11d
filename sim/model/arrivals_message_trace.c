// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrivals as recorded, message by message: a file with the time of each and, if
 * it has them, sizes. The first one comes at time 0.
 *
 * Messages go to the partitions in turn or, when these have unequal shares, each
 * by a random number of its own, which all generators of the source know.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/stats.h"
#include "model/arrivals.h"
#include "model/column_file.h"

struct recorded {
    double time_s;
    double bytes;
    size_t line; /* tells equal times apart */
};

struct message_trace_params {
    struct column_layout layout;
    const char *time;
    struct list size;  /* of const char *: columns, added up */
    double size_scale; /* bytes for each unit of their sum */
    double scale;
    double from_s; /* where in the trace time 0 lies */
    bool repeat;

    struct recorded *messages; /* in the arena, by time: seconds after the first, scaled */
    size_t n;
    size_t first;    /* message at or after from_s */
    double period_s; /* when it repeats */
    double mean_bytes;
    double peak_per_s;
};

/* ---- the process ---- */

/* index counts messages of the whole source over all rounds, segment is a salt of the source. */
static void message_trace_start(const void *params, const struct arrivals_partition *partition,
                                struct arrivals_state *state)
{
    (void)partition;
    state->index = ((const struct message_trace_params *)params)->first;
    state->segment = rng_next(&state->modulator);
}

/* Whether a message goes to the partition by its number; equal shares take turns instead. */
static bool is_of(const struct arrivals_partition *partition, const struct arrivals_state *state)
{
    uint64_t mixed = state->segment + state->index * UINT64_C(0x9e3779b97f4a7c15);
    double u = ((double)(rng_splitmix(&mixed) >> 12) + 0.5) * 0x1p-52;
    bool is_last = partition->index + 1 == partition->n;
    return u >= partition->before && (u < partition->before + partition->share || is_last);
}

/* Moves on to the partition's next message; false when there is none. */
static bool find_message(const struct message_trace_params *p,
                         const struct arrivals_partition *partition, struct arrivals_state *state)
{
    if (partition->even)
        state->index +=
            (partition->index + partition->n - state->index % partition->n) % partition->n;
    else
        while ((p->repeat || state->index < p->n) && !is_of(partition, state))
            state->index++;
    return p->repeat || state->index < p->n;
}

static void message_trace_fill(const void *params, const struct arrivals_partition *partition,
                               struct arrivals_state *state, const struct arrivals_block *block)
{
    const struct message_trace_params *p = params;
    for (size_t i = 0; i < block->n; i++) {
        bool found = find_message(p, partition, state);
        const struct recorded *message = &p->messages[state->index % p->n];
        uint64_t round = state->index / p->n;
        block->times_s[i] =
            found ? message->time_s + (double)round * p->period_s - p->from_s : (double)INFINITY;
        if (block->bytes)
            block->bytes[i] = message->bytes;
        state->index += found;
    }
}

static double message_trace_mean_per_s(const void *params)
{
    const struct message_trace_params *p = params;
    return (double)p->n / p->period_s;
}

static double message_trace_peak_per_s(const void *params)
{
    return ((const struct message_trace_params *)params)->peak_per_s;
}

static double message_trace_mean_bytes(const void *params)
{
    const struct message_trace_params *p = params;
    return p->size.n > 0 ? p->mean_bytes : (double)NAN;
}

/* ---- reading ---- */

struct messages {
    struct recorded *items; /* owned */
    size_t n, capacity;
};

/* Bytes of the message on the line: the sum of its size columns. */
static bool read_size(const struct message_trace_params *p, struct column_file *file,
                      const size_t *columns, double *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < p->size.n; i++) {
        double part;
        if (!column_file_number(file, columns[i], &part))
            return false;
        if (!(part >= 0 && part <= 1e15)) {
            column_file_leave_out(file, columns[i], part < 0 ? "is negative" : "is too large");
            return false;
        }
        *bytes += p->size_scale * part;
    }
    return true;
}

static bool read_messages(const struct message_trace_params *p, struct column_file *file,
                          struct messages *messages)
{
    size_t time_column;
    size_t *columns = arena_alloc(file->context->arena, p->size.n, sizeof *columns);
    const char *const *names = p->size.items;
    bool ok = column_file_find(file, "time", p->time, &time_column);
    for (size_t i = 0; i < p->size.n; i++) {
        const char *key = arena_format(file->context->arena, "size/%zu", i);
        ok = column_file_find(file, key, names[i], &columns[i]) && ok;
    }
    while (ok && column_file_next(file)) {
        struct recorded message = {.line = file->line};
        if (!column_file_time(file, time_column, &message.time_s) ||
            !read_size(p, file, columns, &message.bytes))
            continue;
        messages->items =
            mem_grow(messages->items, messages->n, &messages->capacity, sizeof *messages->items);
        messages->items[messages->n++] = message;
    }
    return ok && column_file_finish(file, messages->n, "messages");
}

static int compare_messages(const void *left, const void *right)
{
    const struct recorded *a = left;
    const struct recorded *b = right;
    if (a->time_s < b->time_s || b->time_s < a->time_s)
        return a->time_s < b->time_s ? -1 : 1;
    return a->line < b->line ? -1 : 1;
}

/* Messages in the busiest second that begins with one of them. */
static double busiest_second(const struct recorded *messages, size_t n)
{
    size_t most = 0;
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        while (end < n && messages[end].time_s < messages[i].time_s + 1)
            end++;
        most = end - i > most ? end - i : most;
    }
    return (double)most;
}

/* Takes over the messages: sorted, scaled, with their first at time 0. */
static void fill_trace(struct message_trace_params *p, const struct messages *messages,
                       struct arena *arena)
{
    size_t n = messages->n;
    qsort(messages->items, n, sizeof *messages->items, compare_messages);
    p->messages = arena_alloc(arena, n, sizeof *p->messages);
    p->n = n;
    struct sum bytes = {0};
    for (size_t i = 0; i < n; i++) {
        p->messages[i] = messages->items[i];
        p->messages[i].time_s = (messages->items[i].time_s - messages->items[0].time_s) / p->scale;
        sum_add(&bytes, p->messages[i].bytes);
    }
    p->mean_bytes = sum_value(&bytes) / (double)n;
    /* The next round begins a mean gap after the last message. */
    p->period_s = p->messages[n - 1].time_s * (double)n / (double)(n - 1);
    while (p->first < n && p->messages[p->first].time_s < p->from_s)
        p->first++;
}

/* Any messages will do for checks that open no files. */
static void pretend(struct messages *messages)
{
    messages->items = mem_alloc(2, sizeof *messages->items);
    messages->items[1].time_s = 1;
    messages->n = 2;
}

static bool make_trace(struct message_trace_params *p, const struct messages *messages,
                       const struct field_context *context)
{
    const char *file = text_file_quoted(context->arena, p->layout.file);
    if (messages->n < 2)
        return err_add(context->err, column_file_pointer(context, "file"),
                       "%s has a single message; at least two are needed", file);
    fill_trace(p, messages, context->arena);
    if (!(p->period_s > 0))
        return err_add(context->err, column_file_pointer(context, "file"),
                       "all messages of %s come at the same time", file);
    p->peak_per_s = fmax(busiest_second(p->messages, p->n), (double)p->n / p->period_s);
    if (context->lenient || p->first < p->n)
        return true;
    return err_add(context->err, column_file_pointer(context, "start"),
                   "%g s: must not be after the last message, %g s", p->from_s,
                   p->messages[p->n - 1].time_s);
}

static bool message_trace_prepare(void *params, const struct field_context *context)
{
    struct message_trace_params *p = params;
    struct column_file file;
    struct messages messages = {0};
    bool ok = column_file_open(&file, &p->layout, context);
    if (ok && context->lenient)
        pretend(&messages);
    else if (ok)
        ok = read_messages(p, &file, &messages);
    ok = ok && make_trace(p, &messages, context);
    column_file_close(&file);
    free(messages.items);
    return ok;
}

static const struct field size_column = {
    .key = "column",
    .kind = FIELD_TEXT,
    .help = "A column: a name of the header line, or a number from 1.",
};

static const struct field message_trace_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct message_trace_params, layout.file),
        .required = true,
        .help = "File with one message in a line; \"-\" is standard input.",
        .witness = "stream-arrivals.json "
                   "/job/operators/9/source/arrivals/file=\"arrivals/made-up-requests-b.csv\"",
    },
    {
        .key = "time",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct message_trace_params, time),
        .required = true,
        .help = "Column with the times: a name of the header line, or a number from 1.",
        .witness = "stream-arrivals.json /job/operators/9/source/arrivals/time=\"done\"",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct message_trace_params, layout.time_unit),
        .fallback = "\"s\"",
        .choices = column_file_units,
        .help = "Unit of times that are numbers.",
        .witness = "stream-arrivals.json /job/operators/10/source/arrivals/time_unit=\"s\"",
    },
    {
        .key = "date",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct message_trace_params, layout.date),
        .help = "How times are written if they are dates: \"YYYY-MM-DD HH:MM:SS\".",
        .witness = "stream-arrivals.json "
                   "/job/operators/9/source/arrivals/date=\"YYYY-DD-MM HH:MM:SS\"",
    },
    {
        .key = "size",
        .kind = FIELD_LIST,
        .offset = offsetof(struct message_trace_params, size),
        .element = &size_column,
        .element_size = sizeof(const char *),
        .help = "Columns with sizes; the sum of them is that of the message.",
        .witness =
            "stream-arrivals.json /job/operators/9/source/arrivals/size=[\"GeneratedTokens\"]",
    },
    {
        .key = "size_scale",
        .kind = FIELD_REAL,
        .offset = offsetof(struct message_trace_params, size_scale),
        .max = 1e15,
        .above_min = true,
        .fallback = "1",
        .help = "Bytes for each unit of the sizes: 1 for bytes, 4 for tokens say.",
        .witness = "stream-arrivals.json /job/operators/9/source/arrivals/size_scale=4",
    },
    {
        .key = "scale",
        .kind = FIELD_REAL,
        .offset = offsetof(struct message_trace_params, scale),
        .min = 1e-9,
        .max = 1e9,
        .fallback = "1",
        .help = "Factor for the rate: all times are divided by it.",
        .witness = "stream-arrivals.json /job/operators/9/source/arrivals/scale=2",
    },
    {
        .key = "start",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct message_trace_params, from_s),
        .max = 1e11,
        .fallback = "\"0 s\"",
        .help =
            "Time in the trace, scaled, at which the run starts; 0 is that of the first message.",
        .witness = "stream-arrivals.json /job/operators/9/source/arrivals/start=\"5 s\"",
    },
    {
        .key = "repeat",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct message_trace_params, repeat),
        .fallback = "false",
        .help =
            "Whether the trace begins anew a mean gap after its last message; otherwise no more "
            "messages come.",
        .witness = "stream-arrivals.json /job/operators/9/source/arrivals/repeat=true",
    },
    {
        .key = "separator",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct message_trace_params, layout.separator),
        .fallback = "\",\"",
        .help = "Character between columns, or \"tab\"; \"space\" is any run of blanks and tabs.",
        .witness = "stream-arrivals.json /job/operators/10/source/arrivals/separator=\";\" "
                   "/job/operators/10/source/arrivals/file=\"arrivals/made-up-clicks-b.txt\"",
    },
    {
        .key = "header",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct message_trace_params, layout.header),
        .fallback = "true",
        .help = "Whether the first line names the columns.",
        .witness = "stream-arrivals.json /job/operators/10/source/arrivals/header=true",
    },
    {0},
};

const struct arrivals_type arrivals_message_trace = {
    .variant =
        {
            .name = "message_trace",
            .help = "Recorded messages from a file, each at its time and with its size.",
            .size = sizeof(struct message_trace_params),
            .fields = message_trace_fields,
            .prepare = message_trace_prepare,
        },
    .start = message_trace_start,
    .fill = message_trace_fill,
    .mean_rate_per_s = message_trace_mean_per_s,
    .peak_rate_per_s = message_trace_peak_per_s,
    .mean_bytes = message_trace_mean_bytes,
};
