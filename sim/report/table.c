// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/utf8.h"

static void add_owned(struct table *table, char *text)
{
    table->cells = mem_grow(table->cells, table->n_cells, &table->capacity, sizeof *table->cells);
    table->cells[table->n_cells++] = text;
}

void table_add(struct table *table, const char *text)
{
    add_owned(table, mem_strdup(text));
}

void table_addf(struct table *table, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_owned(table, mem_vformat(format, args));
    va_end(args);
}

static size_t width(const char *text)
{
    return utf8_count(text, strlen(text));
}

void table_write(struct table *table, struct buffer *out)
{
    size_t columns = strlen(table->align);
    assert(columns > 0 && table->n_cells % columns == 0);
    size_t *widths = mem_alloc(columns, sizeof *widths);
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t w = width(table->cells[i]);
        if (w > widths[i % columns])
            widths[i % columns] = w;
    }
    size_t end = 0;
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t column = i % columns;
        if (column == 0)
            end = 0;
        size_t start = end + 2;
        end = start + widths[column];
        if (*table->cells[i]) { /* an empty cell leaves no blanks at the end of a line */
            bool right = table->align[column] == 'r';
            buffer_pad_to(out, right ? end - width(table->cells[i]) : start);
            buffer_add(out, table->cells[i]);
        }
        if (column + 1 == columns)
            buffer_add(out, "\n");
    }
    for (size_t i = 0; i < table->n_cells; i++)
        free(table->cells[i]);
    free(table->cells);
    free(widths);
    *table = (struct table){.align = table->align};
}
