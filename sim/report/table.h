// SPDX-License-Identifier: GPL-3.0-or-later
/* Text in aligned columns. Cells are added from left to right, row by row. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stddef.h>

#include "report/buffer.h"

struct table {
    const char *align; /* borrowed: one letter per column, 'l' or 'r' */
    char **cells;      /* owned, row after row */
    size_t n_cells;
    size_t capacity;
};

/* Zeroed memory with `align` set is an empty table. The text is copied. */
void table_add(struct table *table, const char *text);
void table_addf(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes the rows, two spaces before each and between columns, and releases the table. */
void table_write(struct table *table, struct buffer *out);

#endif
