// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/column_file.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/err.h"
#include "core/memory.h"

const char *const column_file_units[] = {"s", "ms", "us", "ns", "min", "h", "d", NULL};

const char *column_file_pointer(const struct field_context *context, const char *key)
{
    return arena_format(context->arena, "%s/%s", context->pointer, key);
}

/* ---- the layout ---- */

/* The separator that `text` names; NUL when it is none. */
static char separator_of(const char *text)
{
    if (strcmp(text, "tab") == 0 || strcmp(text, "\t") == 0)
        return '\t';
    if (strcmp(text, "space") == 0)
        return TEXT_BLANKS;
    bool allowed = strlen(text) == 1 && text[0] >= ' ' && text[0] < 0x7f && text[0] != '"';
    if (!allowed)
        return '\0';
    return text[0];
}

static bool check_layout(struct column_file *file)
{
    const struct column_layout *layout = file->layout;
    struct err *err = file->context->err;
    bool ok = true;
    file->separator = separator_of(layout->separator);
    if (!file->separator)
        ok = err_add(err, column_file_pointer(file->context, "separator"),
                     "'%s' is no separator; allowed are one ASCII character, \"tab\" and \"space\"",
                     layout->separator);
    const char *why = NULL;
    if (!layout->date || date_pattern_read(layout->date, &file->date, &why))
        return ok;
    return err_add(err, column_file_pointer(file->context, "date"),
                   "'%s' is no pattern of dates: %s", layout->date, why);
}

/* ---- the header line ---- */

static bool read_header(struct column_file *file)
{
    struct text_line line = {0};
    if (!file->layout->header)
        return true;
    while (text_next_line(&file->lines, &line) && text_line_is_blank(&line))
        ;
    file->header_line = line.number;
    struct text_mistake mistake;
    if (text_split(&line, file->separator, &file->header, &mistake))
        return true;
    (void)err_add(file->context->err, column_file_pointer(file->context, "header"),
                  "the header line cannot be read: %s", mistake.why);
    err_place(file->context->err, "%s:%zu:%zu", text_file_name(file->layout->file), line.number,
              mistake.column);
    return false;
}

bool column_file_open(struct column_file *file, const struct column_layout *layout,
                      const struct field_context *context)
{
    *file = (struct column_file){.layout = layout, .context = context};
    if (!check_layout(file))
        return false;
    struct text text = {.bytes = ""};
    if (!context->lenient) {
        const char *pointer = column_file_pointer(context, "file");
        if (!text_read_file(context, pointer, layout->file, &text))
            return false;
    }
    file->lines = text_reader_start(text);
    return context->lenient || read_header(file);
}

void column_file_close(struct column_file *file)
{
    text_fields_release(&file->header);
    text_fields_release(&file->fields);
}

/* The error of a name that is not in the header line: what is there, and the nearest. */
static bool fail_column(const struct column_file *file, const char *pointer, const char *name)
{
    enum { SHOWN = 40 };
    const struct field_context *context = file->context;
    const struct text_fields *header = &file->header;
    const char **names = arena_alloc(context->arena, header->n, sizeof *names);
    const char *all = "";
    char excerpt[TEXT_EXCERPT];
    for (size_t i = 0; i < header->n; i++) {
        names[i] = arena_strdup(context->arena, text_excerpt(header->items[i].text, excerpt));
        if (i < SHOWN)
            all = arena_format(context->arena, "%s%s'%s'", all, i ? ", " : "", names[i]);
    }
    (void)err_add(context->err, pointer, "no column '%s'; %s has %zu columns: %s%s", name,
                  text_file_quoted(context->arena, file->layout->file), header->n, all,
                  header->n > SHOWN ? ", ..." : "");
    const char *nearest = err_nearest(name, names, header->n);
    if (nearest)
        err_hint(context->err, "did you mean '%s'?", nearest);
    err_place(context->err, "%s:%zu:1", text_file_name(file->layout->file), file->header_line);
    return false;
}

bool column_file_find(struct column_file *file, const char *key, const char *name, size_t *column)
{
    const char *pointer = column_file_pointer(file->context, key);
    size_t number = text_column_number(name);
    bool found = number > 0 && (file->header_line == 0 || number <= file->header.n);
    *column = found ? number - 1 : 0;
    for (size_t i = file->header.n; i-- > 0;) /* of equal names the first */
        if (strcmp(file->header.items[i].text, name) == 0) {
            *column = i;
            found = true;
        }
    if (*column >= file->n_columns)
        file->n_columns = *column + 1;
    if (found || file->context->lenient)
        return true;
    if (file->header_line > 0)
        return fail_column(file, pointer, name);
    return err_add(file->context->err, pointer,
                   "'%s' is no column number; without a header line columns are counted from 1",
                   name);
}

/* ---- lines ---- */

/* Counts an unusable line; place and cause matter for the first one only. */
static void leave_out(struct column_file *file, size_t column, const char *cause)
{
    if (file->n_unusable++ > 0)
        return;
    file->first_line = file->line;
    file->first_column = column;
    file->first_cause = arena_strdup(file->context->arena, cause);
}

/* Splits a line; false, and left out, when it is too short or in disorder. */
static bool take_line(struct column_file *file, const struct text_line *line)
{
    struct text_mistake mistake;
    file->line = line->number;
    if (!text_split(line, file->separator, &file->fields, &mistake)) {
        leave_out(file, mistake.column, mistake.why);
        return false;
    }
    if (file->fields.n >= file->n_columns)
        return true;
    leave_out(file, line->length + 1,
              arena_format(file->context->arena, "the line has %zu of the %zu columns needed",
                           file->fields.n, file->n_columns));
    return false;
}

bool column_file_next(struct column_file *file)
{
    struct text_line line;
    while (text_next_line(&file->lines, &line))
        if (!text_line_is_blank(&line) && take_line(file, &line))
            return true;
    return false;
}

void column_file_leave_out(struct column_file *file, size_t column, const char *why)
{
    if (file->n_unusable > 0) {
        file->n_unusable++;
        return;
    }
    const struct text_field *field = &file->fields.items[column];
    char excerpt[TEXT_EXCERPT];
    leave_out(
        file, field->column,
        arena_format(file->context->arena, "'%s' %s", text_excerpt(field->text, excerpt), why));
}

bool column_file_number(struct column_file *file, size_t column, double *value)
{
    if (text_read_number(file->fields.items[column].text, value))
        return true;
    column_file_leave_out(file, column, "is no number");
    return false;
}

bool column_file_seconds(struct column_file *file, size_t column, int unit, double *seconds)
{
    static const double in_seconds[] = {1, 1e-3, 1e-6, 1e-9, 60, 3600, 86400};
    const double limit_s = 1e15;
    assert(unit >= 0 && (size_t)unit < MEM_COUNT(in_seconds));
    if (text_read_number(file->fields.items[column].text, seconds)) {
        *seconds *= in_seconds[unit];
        if (fabs(*seconds) <= limit_s)
            return true;
    }
    column_file_leave_out(
        file, column,
        arena_format(file->context->arena, "is no time in %s", column_file_units[unit]));
    return false;
}

bool column_file_time(struct column_file *file, size_t column, double *time_s)
{
    if (!file->layout->date)
        return column_file_seconds(file, column, file->layout->time_unit, time_s);
    const char *why = NULL;
    if (date_read(&file->date, file->fields.items[column].text, time_s, &why))
        return true;
    column_file_leave_out(file, column, arena_format(file->context->arena, "is no date: %s", why));
    return false;
}

/* ---- the end ---- */

static bool fail_empty(const struct column_file *file, const char *things)
{
    const struct field_context *context = file->context;
    const char *pointer = column_file_pointer(context, "file");
    const char *name = text_file_quoted(context->arena, file->layout->file);
    if (file->n_unusable == 0)
        return err_add(context->err, pointer, "%s has no %s", name, things);
    (void)err_add(context->err, pointer, "%s has no usable %s; of %zu lines the first: %s", name,
                  things, file->n_unusable, file->first_cause);
    err_place(context->err, "%s:%zu:%zu", text_file_name(file->layout->file), file->first_line,
              file->first_column);
    if (!file->layout->date)
        err_hint(context->err, "if the times are dates, say how they are written: "
                               "\"date\": \"YYYY-MM-DD HH:MM:SS\"");
    return false;
}

bool column_file_finish(struct column_file *file, size_t n_kept, const char *things)
{
    if (n_kept == 0)
        return fail_empty(file, things);
    if (file->n_unusable == 0)
        return true;
    size_t n = file->n_unusable;
    err_warn(file->context->err, column_file_pointer(file->context, "file"),
             "%zu %s unusable and left out, %zu %s stay; the first: %s", n,
             n == 1 ? "line is" : "lines are", n_kept, things, file->first_cause);
    err_place(file->context->err, "%s:%zu:%zu", text_file_name(file->layout->file),
              file->first_line, file->first_column);
    return true;
}
