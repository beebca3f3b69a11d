// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `task_segments`: tasks and the pieces in which they ran, indented
 * text (GloudSim, from the Google cluster trace of 2011). A line
 * "btMeanLength=..." begins a task; lines "task start end length", seconds from
 * the start of the task, are its segments. Each but the last of a task ended by
 * an interruption; the next one starts where it is over.
 *
 * The log has the tasks one after the other, in the order of the file: the
 * interruptions of one who runs them in turn.
 */
#include <math.h>
#include <string.h>

#include "model/fault_log_build.h"

struct segments_params {
    struct fault_log log; /* must be first */
    const char *priority; /* NULL: all */
};

static const struct field segments_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct segments_params, log.file),
        .required = true,
        .help = "File of the trace; \"-\" is standard input.",
        .witness = "batch-task-segments.json "
                   "/failures/0/trace/log/file=\"traces/made-up-tasks-spring.dat\"",
    },
    {
        .key = "priority",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct segments_params, priority),
        .help = "Only tasks of this priority; without it all.",
        .witness = "batch-task-segments.json /failures/0/trace/log/priority=\"9\"",
    },
    {0},
};

struct segments_reader {
    const struct segments_params *params;
    double start_s; /* of the task, in the log */
    double end_s;   /* of its last segment, from its start; NaN: it has none yet */
    bool is_wanted;
};

enum { SEGMENT_TASK, SEGMENT_START, SEGMENT_END, SEGMENT_LENGTH, SEGMENT_COLUMNS };

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Lines of other levels tell nothing but where a task or a priority begins. */
static void read_heading(struct segments_reader *reader, const struct text_fields *fields)
{
    static const char priority[] = "priority=";
    if (!isnan(reader->end_s))
        reader->start_s += reader->end_s;
    reader->end_s = (double)NAN;
    for (size_t i = 0; i < fields->n; i++) {
        const char *text = fields->items[i].text;
        if (reader->params->priority && starts_with(text, priority))
            reader->is_wanted = strcmp(text + strlen(priority), reader->params->priority) == 0;
    }
}

static void read_segment(const void *params, struct fault_log_builder *builder, size_t line,
                         const struct text_fields *fields)
{
    struct segments_reader *reader = *(struct segments_reader *const *)params;
    const struct text_field *items = fields->items;
    double start_s;
    double end_s;
    if (strchr(items[0].text, '=') || strchr(items[0].text, ':')) {
        read_heading(reader, fields);
        return;
    }
    if (!reader->is_wanted) {
        builder->n_excluded++;
        return;
    }
    if (fields->n < SEGMENT_COLUMNS) {
        fault_log_leave_out(builder, line, items[0].column, "no heading, and no segment of a task");
        return;
    }
    if (!fault_log_read_number(builder, line, &items[SEGMENT_START], 0, &start_s) ||
        !fault_log_read_number(builder, line, &items[SEGMENT_END], 0, &end_s))
        return;
    if (start_s > end_s || start_s < reader->end_s) {
        fault_log_leave_out(builder, line, items[SEGMENT_START].column,
                            "the segment starts after its end, or before that of the one before");
        return;
    }
    if (!isnan(reader->end_s))
        fault_log_add(builder, reader->start_s + reader->end_s, start_s - reader->end_s,
                      fault_log_node(builder, items[SEGMENT_TASK].text));
    reader->end_s = end_s;
}

static bool segments_prepare(void *params, const struct field_context *context)
{
    static const struct fault_log_table table = {.n_columns = 1, .read_record = read_segment};
    struct segments_params *p = params;
    struct segments_reader reader = {
        .params = p, .end_s = (double)NAN, .is_wanted = p->priority == NULL};
    struct segments_reader *state = &reader;
    return fault_log_read_table(&table, &state, &p->log, context);
}

const struct variant fault_log_segments = {
    .name = "task_segments",
    .help = "Indented text of tasks and the segments in which they ran, each but a task's last "
            "ended by an interruption.",
    .source = "GloudSim, from the Google cluster trace of 2011",
    .size = sizeof(struct segments_params),
    .fields = segments_fields,
    .prepare = segments_prepare,
};
