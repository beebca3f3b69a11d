// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The format `fta`: event_trace.tab of the Failure Trace Archive (Javadi,
 * Kondo, Iosup and Epema, JPDC 73(8), 2013). A line is an interval in which a
 * node was available (event_type 1) or not (0); the latter are the events.
 * Columns, by tabs or blanks: event_id component_id node_id platform_id
 * node_name event_type event_start_time event_stop_time event_end_reason.
 * Lines that start with '#' are comments, the header among them.
 */
#include <string.h>

#include "model/fault_log_build.h"

enum fta_column {
    FTA_PLATFORM = 3,
    FTA_NODE = 4,
    FTA_TYPE = 5,
    FTA_START = 6,
    FTA_STOP = 7,
    FTA_COLUMNS_NEEDED = 8, /* not all of the archive's files have a reason */
};

enum { UNIT_SECONDS = 0 };

struct fta_params {
    struct fault_log log;    /* must be first */
    const char *platform;    /* NULL: all */
    const char *node_prefix; /* NULL: all */
};

static const struct field fta_fields[] = {
    {
        .key = "file",
        .kind = FIELD_PATH,
        .offset = offsetof(struct fta_params, log.file),
        .required = true,
        .help = "File of the trace (event_trace.tab); \"-\" is standard input.",
        .witness = "batch-traces.json /failures/2/trace/log/file=\"traces/made-up-desktops.tab\"",
    },
    {
        .key = "platform",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct fta_params, platform),
        .help = "Only lines with this platform_id; without it all.",
        .witness = "batch-traces.json /failures/2/trace/log/platform=\"5\"",
    },
    {
        .key = "node_prefix",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct fta_params, node_prefix),
        .help = "Only nodes whose name starts with this, \"18.\" for instance; without it all.",
        .witness = "batch-traces.json /failures/2/trace/log/node_prefix=\"7.\"",
    },
    {0},
};

static bool is_wanted(const struct fta_params *p, const struct text_fields *fields)
{
    if (p->platform && strcmp(fields->items[FTA_PLATFORM].text, p->platform) != 0)
        return false;
    const char *node = fields->items[FTA_NODE].text;
    return !p->node_prefix || strncmp(node, p->node_prefix, strlen(p->node_prefix)) == 0;
}

static void read_interval(const void *params, struct fault_log_builder *builder, size_t line,
                          const struct text_fields *fields)
{
    const struct text_field *items = fields->items;
    if (!is_wanted(params, fields)) {
        builder->n_excluded++;
        return;
    }
    const char *type = items[FTA_TYPE].text;
    bool down = strcmp(type, "0") == 0;
    if (!down && strcmp(type, "1") != 0) {
        char excerpt[TEXT_EXCERPT];
        fault_log_leave_out(builder, line, items[FTA_TYPE].column,
                            "event_type '%s' is neither 0 nor 1", text_excerpt(type, excerpt));
        return;
    }
    double start_s;
    double stop_s;
    if (!fault_log_read_number(builder, line, &items[FTA_START], UNIT_SECONDS, &start_s) ||
        !fault_log_read_number(builder, line, &items[FTA_STOP], UNIT_SECONDS, &stop_s))
        return;
    if (stop_s < start_s) {
        fault_log_leave_out(builder, line, items[FTA_STOP].column,
                            "the interval stops before it starts");
        return;
    }
    /* A node that was only seen up is a node of the system all the same. */
    uint32_t node = fault_log_node(builder, items[FTA_NODE].text);
    if (down)
        fault_log_add(builder, start_s, stop_s - start_s, node);
}

static bool fta_prepare(void *params, const struct field_context *context)
{
    static const struct fault_log_table table = {.n_columns = FTA_COLUMNS_NEEDED,
                                                 .read_record = read_interval};
    struct fta_params *p = params;
    return fault_log_read_table(&table, p, &p->log, context);
}

const struct variant fault_log_fta = {
    .name = "fta",
    .help = "event_trace.tab of the Failure Trace Archive: intervals in which nodes were down.",
    .source = "Javadi, Kondo, Iosup and Epema, JPDC 73(8), 2013",
    .size = sizeof(struct fta_params),
    .fields = fta_fields,
    .prepare = fta_prepare,
};
