// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `words`: lines "time node word", blanks between; a line that
 * starts with '#' is a comment.
 */
#include <math.h>
#include <string.h>

#include "model/fault_log_build.h"

struct words_params {
    struct fault_log log; /* must be first */
    int time_unit;        /* of fault_log_units */
    const char *word;     /* NULL: every line counts */
};

static const struct field words_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct words_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-traces.json /failures/3/trace/log/file=\"traces/made-up-console.txt\"",
    },
    {
        .key = "time_unit",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct words_params, time_unit),
        .fallback = "\"s\"",
        .choices = fault_log_units,
        .help = "Unit of the times.",
        .witness = "batch-traces.json /failures/3/trace/log/time_unit=\"s\"",
    },
    {
        .key = "word",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct words_params, word),
        .help = "Third word of the lines that are failures; without it every line is one.",
        .witness = "batch-traces.json /failures/3/trace/log/word=\"warning\"",
    },
    {0},
};

static void read_words(const void *params, struct fault_log_builder *builder, size_t line,
                       const struct text_fields *fields)
{
    const struct words_params *p = params;
    const struct text_field *items = fields->items;
    if (p->word && (fields->n < 3 || strcmp(items[2].text, p->word) != 0)) {
        builder->n_excluded++;
        return;
    }
    double time_s;
    if (fault_log_read_number(builder, line, &items[0], p->time_unit, &time_s))
        fault_log_add(builder, time_s, (double)NAN, fault_log_node(builder, items[1].text));
}

static bool words_prepare(void *params, const struct field_context *context)
{
    static const struct fault_log_table table = {.n_columns = 2, .read_record = read_words};
    struct words_params *p = params;
    return fault_log_read_table(&table, p, &p->log, context);
}

const struct variant fault_log_words = {
    .name = "words",
    .help = "Plain lines \"time node word\", blanks between; '#' starts a comment line.",
    .size = sizeof(struct words_params),
    .fields = words_fields,
    .prepare = words_prepare,
};
