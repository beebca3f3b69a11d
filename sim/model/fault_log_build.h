// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the readers of failure traces share: they add events in the order of
 * the file, number the nodes, leave records out, and finish with a sorted log or
 * an error. Private to the fault_log_*.c files.
 */
#ifndef MODEL_FAULT_LOG_BUILD_H
#define MODEL_FAULT_LOG_BUILD_H

#include "core/field.h"
#include "core/text_reader.h"
#include "model/fault_log.h"

/* The rows of fault_log_union. */
extern const struct variant fault_log_events;
extern const struct variant fault_log_words;
extern const struct variant fault_log_fta;
extern const struct variant fault_log_pairs;
extern const struct variant fault_log_add_remove;
extern const struct variant fault_log_counts;
extern const struct variant fault_log_count_lines;
extern const struct variant fault_log_segments;

/* Units of numeric times: "s", "ms", "us", "ns", "min", "h", "d"; ends with NULL. */
extern const char *const fault_log_units[];
/* A number of fault_log_units[unit] in seconds; false beyond +-1e15 s (30 million years). */
bool fault_log_seconds(double number, int unit, double *seconds);

struct fault_log_builder {
    const struct field_context *context; /* borrowed */
    struct fault_log *log;               /* borrowed; filled by fault_log_finish() */

    struct fault_event *events; /* owned; times as the file counts them */
    size_t n_events;
    size_t events_capacity;

    const char **names; /* owned; the texts in the arena */
    size_t n_nodes;
    size_t names_capacity;
    uint32_t *slots; /* owned: hash table over names, node + 1, 0 when free */
    size_t n_slots;  /* a power of two, or 0 */

    double begin_s; /* of the recording, as the file counts; NaN: from its first event */
    double end_s;   /* to its last */
    bool is_capacity;
    size_t n_absent; /* events of places that are empty when the recording begins */

    size_t n_excluded; /* records that a filter of the scenario left out */
    size_t n_unusable;
    size_t first_line; /* place and cause of the first unusable record */
    size_t first_column;
    const char *first_cause; /* in the arena */
};

/* Starts with no event. `log` holds the file's name. */
struct fault_log_builder fault_log_start(struct fault_log *log,
                                         const struct field_context *context);

/* Pointer to a key of the trace, for messages; in the arena. */
const char *fault_log_pointer(const struct field_context *context, const char *key);

/* The content of log->file; false after an error. */
bool fault_log_read_file(struct fault_log_builder *builder, struct text *text);

/* Index of the node with this name, a new one at its first appearance. */
uint32_t fault_log_node(struct fault_log_builder *builder, const char *name);

/* Adds an event; duration_s >= 0 or NaN. */
void fault_log_add(struct fault_log_builder *builder, double time_s, double duration_s,
                   uint32_t node);

/* Counts an unusable record; place and cause matter for the first one only. */
void fault_log_leave_out(struct fault_log_builder *builder, size_t line, size_t column,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Reads a field as a number of fault_log_units[unit], in seconds. When it is
 * no number, or out of range, false: the line is left out.
 */
bool fault_log_read_number(struct fault_log_builder *builder, size_t line,
                           const struct text_field *field, int unit, double *seconds);

/*
 * Sorts, moves the first event to time 0, fills *log, warns of unusable records.
 * Without one event it is an error, and false.
 */
bool fault_log_finish(struct fault_log_builder *builder);
/* Gives back what the builder owns; the log stays. */
void fault_log_release(struct fault_log_builder *builder);

/* A file of lines with columns, where '#' starts a comment line. */
struct fault_log_table {
    size_t n_columns; /* that a line needs */
    char separator;   /* NUL: columns are aligned by blanks */
    void (*read_record)(const void *params, struct fault_log_builder *builder, size_t line,
                        const struct text_fields *fields);
    /* After the last line. NULL: fault_log_finish(). */
    bool (*finish)(const void *params, struct fault_log_builder *builder);
};

/*
 * Reads log->file from its first line to fault_log_finish(). In a lenient
 * context nothing happens.
 */
bool fault_log_read_table(const struct fault_log_table *table, const void *params,
                          struct fault_log *log, const struct field_context *context);

/* Sorts by time; equal times keep their order. */
void fault_log_sort(struct fault_event *events, size_t n);

/* ---- capacity: instances that come and go ---- */

struct capacity_change {
    double time_s; /* as the file counts */
    size_t line;
    uint32_t instance;
    bool comes; /* else it goes */
};

/* What a file says of instances, in its order; zeroed memory is empty. */
struct capacity_changes {
    struct capacity_change *items; /* owned */
    size_t n;
    size_t capacity;
    uint32_t n_instances;
};

void capacity_add(struct capacity_changes *changes, struct capacity_change change);
/*
 * Turns changes into events and finishes the log. The nodes of the log are places, as many as there
 * are instances at the most; whoever comes takes the place that has been empty for longest. An
 * event is a place that loses its instance, and lasts until another takes it, or the recording
 * ends.
 */
bool capacity_finish(struct capacity_changes *changes, struct fault_log_builder *builder,
                     double begin_s, double end_s);

#endif
