// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text files: a whole file in memory, its lines, and the fields of a line.
 *
 * A file is read at once, and a `struct text_cache` keeps what it read for as
 * long as the command runs: the points of a sweep read the same trace many
 * times, and standard input ("-") can be read only once. Paths are compared as
 * text. A cache serves one thread at a time.
 *
 * Lines end with LF or CRLF, the last one also with the end of the file. A
 * byte-order mark before UTF-8 is skipped; compressed files and UTF-16 are
 * refused with the command that turns them into text.
 */
#ifndef CORE_TEXT_READER_H
#define CORE_TEXT_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/field.h"

struct text {
    const char *bytes; /* borrowed from the cache, or the arena; bytes[length] is a NUL */
    size_t length;
};

struct text_file;

/* Zeroed memory is an empty cache. */
struct text_cache {
    struct text_file *files; /* owned */
    size_t n_files;
    size_t capacity;
};

void text_cache_release(struct text_cache *cache);

/*
 * The content of the file at `path`, "-" for standard input: from
 * context->texts, which remembers it, or without a cache into the arena. A
 * file that cannot be read, is empty, has TEXT_FILE_MAX bytes or more or is no
 * text is an error at `pointer`; then returns false.
 */
bool text_read_file(const struct field_context *context, const char *pointer, const char *path,
                    struct text *text);

/* The path as messages show it: "standard input" for "-". */
const char *text_file_name(const char *path);
/* The same within a sentence: a path in quotes, standard input without. In the arena. */
const char *text_file_quoted(struct arena *arena, const char *path);

enum {
    TEXT_FILE_MAX = 1 << 30,
    TEXT_LINE_MAX = 1 << 16, /* bytes that text_split() takes */
};

/* What is left to read. */
struct text_reader {
    const char *at;
    const char *end;
    size_t line; /* number of the line read last, from 1 */
};

struct text_line {
    const char *start; /* borrowed; not ended by a NUL */
    size_t length;     /* without the line end */
    size_t number;     /* from 1 */
};

struct text_reader text_reader_start(struct text text);
/* False at the end of the text. */
bool text_next_line(struct text_reader *reader, struct text_line *line);
/* Whether the line holds nothing, or blanks only. */
bool text_line_is_blank(const struct text_line *line);

struct text_field {
    const char *text; /* without blanks around it */
    size_t column;    /* where it starts in the line, in bytes from 1 */
};

/* Room for the fields of one line, used again for the next. Zeroed memory is empty. */
struct text_fields {
    struct text_field *items; /* owned; the texts live in `buffer` */
    size_t n;
    size_t capacity;
    char *buffer; /* owned */
};

void text_fields_release(struct text_fields *fields);

/* The separator that stands for any run of blanks and tabs. */
#define TEXT_BLANKS ' '

/* Why a line or a field cannot be used. */
struct text_mistake {
    const char *why; /* static */
    size_t column;
};

/*
 * Splits a line at a separator. A field in double quotes may hold the
 * separator, and a quote written twice; it must end on its line. Split at
 * TEXT_BLANKS, quotes mean nothing and no field is empty. False, and *mistake,
 * for a line that is too long or holds a NUL byte, and for quotes in disorder.
 */
bool text_split(const struct text_line *line, char separator, struct text_fields *fields,
                struct text_mistake *mistake);

/*
 * Reads all of `text` as a finite decimal number: 12, -0.5, 1e9. Hexadecimal,
 * "inf" and "nan" are no numbers here.
 */
bool text_read_number(const char *text, double *value);

/* A number of a column, from 1; 0 when `text` is none (it is a name then). */
size_t text_column_number(const char *text);

/*
 * `text` for messages: cut to what fits, with '?' for control characters and
 * what is not UTF-8. Returns `buffer`.
 */
enum { TEXT_EXCERPT = 48 };
char *text_excerpt(const char *text, char buffer[TEXT_EXCERPT]);

#endif
