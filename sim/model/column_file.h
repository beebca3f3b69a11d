// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text files with columns, read line by line: columns are chosen by their name
 * in the header line or by number, times are numbers of a unit or dates.
 *
 * Lines that cannot be used (too few columns, not a number) are left out,
 * counted and reported as one warning with the first place; a file of which
 * nothing stays is an error.
 */
#ifndef MODEL_COLUMN_FILE_H
#define MODEL_COLUMN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text_reader.h"
#include "model/date.h"

/* Units of times that are numbers: "s", "ms", "us", "ns", "min", "h", "d"; ends with NULL. */
extern const char *const column_file_units[];

/* What a scenario says of a file: the keys file, separator, header, time_unit, date. */
struct column_layout {
    const char *file;
    const char *separator; /* one character, "tab", or "space" for any run of blanks and tabs */
    bool header;           /* the first line names the columns */
    int time_unit;         /* of column_file_units */
    const char *date;      /* pattern of model/date.h; NULL: times are numbers */
};

/* A file being read. */
struct column_file {
    const struct column_layout *layout;  /* borrowed */
    const struct field_context *context; /* borrowed */
    char separator;
    struct date_pattern date;
    struct text_reader lines;
    struct text_fields header; /* owned */
    size_t header_line;        /* its number; 0: none */
    struct text_fields fields; /* owned; of the line read last */
    size_t line;               /* its number */
    size_t n_columns;          /* that a line needs: the last of those found, counted from 1 */
    size_t n_unusable;
    size_t first_line; /* place and cause of the first unusable line */
    size_t first_column;
    const char *first_cause; /* in the arena */
};

/*
 * Checks the layout and reads the file up to its header line. In a lenient
 * context it is not opened. False after an error.
 */
bool column_file_open(struct column_file *file, const struct column_layout *layout,
                      const struct field_context *context);
void column_file_close(struct column_file *file);

/*
 * The column, from 0, that `name` names: by its name in the header line, or by its number from 1.
 * False, and an error at the key with what there is, when it is not there.
 */
bool column_file_find(struct column_file *file, const char *key, const char *name, size_t *column);

/* The next line that has all columns; false at the end. */
bool column_file_next(struct column_file *file);

/* A value of the line; when it is none, the line is left out, and false. */
bool column_file_number(struct column_file *file, size_t column, double *value);
bool column_file_time(struct column_file *file, size_t column, double *time_s);
/* A number of column_file_units[unit], in seconds; within 30 million years. */
bool column_file_seconds(struct column_file *file, size_t column, int unit, double *seconds);
/* Leaves the line out because of the text in a column. */
void column_file_leave_out(struct column_file *file, size_t column, const char *why);

/*
 * Ends the reading: warns of lines left out; an error and false when nothing stayed. `things`
 * names in messages what the lines hold, "messages" for instance.
 */
bool column_file_finish(struct column_file *file, size_t n_kept, const char *things);

/* Pointer to a key of the layout, for messages; in the arena. */
const char *column_file_pointer(const struct field_context *context, const char *key);

#endif
