// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text_reader.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/utf8.h"

struct text_file {
    char *path;  /* owned */
    char *bytes; /* owned */
    size_t length;
};

const char *text_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

const char *text_file_quoted(struct arena *arena, const char *path)
{
    return strcmp(path, "-") == 0 ? text_file_name(path) : arena_format(arena, "'%s'", path);
}

void text_cache_release(struct text_cache *cache)
{
    for (size_t i = 0; i < cache->n_files; i++) {
        free(cache->files[i].path);
        free(cache->files[i].bytes);
    }
    free(cache->files);
    *cache = (struct text_cache){0};
}

/* All bytes of `stream` with a NUL behind them; NULL, and errno, when they cannot be read. */
static char *read_stream(FILE *stream, size_t *length)
{
    size_t capacity = 1 << 16;
    char *bytes = mem_alloc(capacity, 1);
    *length = 0;
    for (;;) {
        *length += fread(bytes + *length, 1, capacity - 1 - *length, stream);
        if (*length < capacity - 1)
            break;
        capacity *= 2;
        if (capacity > TEXT_FILE_MAX) {
            errno = EFBIG;
            free(bytes);
            return NULL;
        }
        bytes = mem_resize(bytes, capacity, 1);
    }
    if (ferror(stream)) {
        free(bytes);
        return NULL;
    }
    bytes = mem_resize(bytes, *length + 1, 1);
    bytes[*length] = '\0';
    return bytes;
}

static char *read_path(const char *path, size_t *length)
{
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, length);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = read_stream(file, length);
    int cause = errno; /* fclose() may change it */
    (void)fclose(file);
    errno = cause;
    return bytes;
}

/* Files that look like a trace but are none: how they start, and what to do about it. */
static const struct {
    const char *start;
    size_t length;
    const char *what;
    const char *command;
} not_text[] = {
    {"\x1f\x8b", 2, "compressed by gzip", "gzip -dc"},
    {"\xfd"
     "7zXZ",
     5, "compressed by xz", "xz -dc"},
    {"BZh", 3, "compressed by bzip2", "bzip2 -dc"},
    {"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "zstd -dc"},
    {"\xff\xfe", 2, "UTF-16 text", "iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff", 2, "UTF-16 text", "iconv -f UTF-16 -t UTF-8"},
};

/* Whether the content is worth reading; else an error. */
static bool check_content(const struct field_context *context, const char *pointer,
                          const char *path, const struct text *text)
{
    struct err *err = context->err;
    const char *name = text_file_quoted(context->arena, path);
    if (text->length == 0)
        return err_add(err, pointer, "%s is empty", name);
    for (size_t i = 0; i < MEM_COUNT(not_text); i++) {
        if (text->length < not_text[i].length ||
            memcmp(text->bytes, not_text[i].start, not_text[i].length) != 0)
            continue;
        (void)err_add(err, pointer, "%s is %s", name, not_text[i].what);
        err_hint(err, "%s: %s FILE | ckptsim ...",
                 strcmp(path, "-") == 0 ? "turn it into text on the way"
                                        : "write \"-\" for the file and pipe it in",
                 not_text[i].command);
        return false;
    }
    return true;
}

static const struct text_file *find_cached(const struct text_cache *cache, const char *path)
{
    for (size_t i = 0; cache && i < cache->n_files; i++)
        if (strcmp(cache->files[i].path, path) == 0)
            return &cache->files[i];
    return NULL;
}

/* Hands `bytes` over to the cache, or moves them to the arena. */
static struct text keep(const struct field_context *context, const char *path, char *bytes,
                        size_t length)
{
    struct text_cache *cache = context->texts;
    if (cache) {
        cache->files =
            mem_grow(cache->files, cache->n_files, &cache->capacity, sizeof *cache->files);
        cache->files[cache->n_files++] =
            (struct text_file){.path = mem_strdup(path), .bytes = bytes, .length = length};
        return (struct text){bytes, length};
    }
    char *copy = arena_alloc(context->arena, length + 1, 1);
    memcpy(copy, bytes, length);
    free(bytes);
    return (struct text){copy, length};
}

bool text_read_file(const struct field_context *context, const char *pointer, const char *path,
                    struct text *text)
{
    const struct text_file *cached = find_cached(context->texts, path);
    if (cached) {
        *text = (struct text){cached->bytes, cached->length};
        return check_content(context, pointer, path, text);
    }
    size_t length = 0;
    char *bytes = read_path(path, &length);
    if (!bytes)
        return err_add(context->err, pointer, "cannot read %s: %s",
                       text_file_quoted(context->arena, path), strerror(errno));
    *text = keep(context, path, bytes, length);
    return check_content(context, pointer, path, text);
}

struct text_reader text_reader_start(struct text text)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t skip = text.length >= 3 && memcmp(text.bytes, mark, 3) == 0 ? 3 : 0;
    return (struct text_reader){.at = text.bytes + skip, .end = text.bytes + text.length};
}

bool text_next_line(struct text_reader *reader, struct text_line *line)
{
    if (reader->at == reader->end)
        return false;
    const char *start = reader->at;
    const char *newline = memchr(start, '\n', (size_t)(reader->end - start));
    const char *stop = newline ? newline : reader->end;
    reader->at = newline ? newline + 1 : reader->end;
    if (stop > start && stop[-1] == '\r')
        stop--;
    *line = (struct text_line){start, (size_t)(stop - start), ++reader->line};
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool text_line_is_blank(const struct text_line *line)
{
    for (size_t i = 0; i < line->length; i++)
        if (!is_blank(line->start[i]))
            return false;
    return true;
}

void text_fields_release(struct text_fields *fields)
{
    free(fields->items);
    free(fields->buffer);
    *fields = (struct text_fields){0};
}

/* Appends the field between start and stop, in the buffer, without blanks around it. */
static void add_field(struct text_fields *fields, char *start, char *stop, size_t column)
{
    for (; start < stop && is_blank(*start); start++)
        column++;
    while (stop > start && is_blank(stop[-1]))
        stop--;
    *stop = '\0';
    fields->items = mem_grow(fields->items, fields->n, &fields->capacity, sizeof *fields->items);
    fields->items[fields->n++] = (struct text_field){start, column};
}

static void split_blanks(struct text_fields *fields)
{
    char *at = fields->buffer;
    for (;;) {
        while (is_blank(*at))
            at++;
        if (!*at)
            return;
        char *start = at;
        while (*at && !is_blank(*at))
            at++;
        bool last = !*at;
        add_field(fields, start, at, (size_t)(start - fields->buffer) + 1);
        if (last)
            return;
        at++;
    }
}

/*
 * Removes the quotes of the field that starts with one at `open`, in place:
 * *stop is where its text ends. Returns where the field ends, at a separator
 * or the NUL; NULL, and *why, for quotes in disorder.
 */
static char *unquote(char *open, char separator, char **stop, const char **why)
{
    char *to = open;
    char *from = open + 1;
    for (; *from && (*from != '"' || from[1] == '"'); from++) {
        from += *from == '"';
        *to++ = *from;
    }
    if (*from != '"') {
        *why = "a field in quotes does not end on its line";
        return NULL;
    }
    for (from++; is_blank(*from) && *from != separator; from++)
        ;
    if (*from && *from != separator) {
        *why = "text follows a closing quote; write a quote inside quotes twice";
        return NULL;
    }
    *stop = to;
    return from;
}

static bool split_quoted(struct text_fields *fields, char separator, struct text_mistake *mistake)
{
    for (char *at = fields->buffer;; at++) {
        while (is_blank(*at) && *at != separator)
            at++;
        char *start = at;
        char *stop = at;
        mistake->column = (size_t)(start - fields->buffer) + 1;
        if (*at == '"') {
            at = unquote(start, separator, &stop, &mistake->why);
            if (!at)
                return false;
        } else {
            while (*at && *at != separator)
                at++;
            stop = at;
        }
        bool last = !*at;
        add_field(fields, start, stop, mistake->column);
        if (last)
            return true;
    }
}

bool text_split(const struct text_line *line, char separator, struct text_fields *fields,
                struct text_mistake *mistake)
{
    fields->n = 0;
    if (line->length > TEXT_LINE_MAX) {
        *mistake = (struct text_mistake){"the line is longer than 64 KiB", TEXT_LINE_MAX + 1};
        return false;
    }
    const char *nul = memchr(line->start, '\0', line->length);
    if (nul) {
        *mistake =
            (struct text_mistake){"the line holds a NUL byte", (size_t)(nul - line->start) + 1};
        return false;
    }
    if (!fields->buffer)
        fields->buffer = mem_alloc(TEXT_LINE_MAX + 1, 1);
    memcpy(fields->buffer, line->start, line->length);
    fields->buffer[line->length] = '\0';
    if (separator == TEXT_BLANKS) {
        split_blanks(fields);
        return true;
    }
    return split_quoted(fields, separator, mistake);
}

bool text_read_number(const char *text, double *value)
{
    if (!*text || text[strspn(text, "0123456789+-.eE")])
        return false;
    char *end = NULL;
    *value = strtod(text, &end);
    return end != text && !*end && isfinite(*value);
}

size_t text_column_number(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > 6 || text[strspn(text, "0123456789")])
        return 0;
    return (size_t)strtoul(text, NULL, 10);
}

char *text_excerpt(const char *text, char buffer[TEXT_EXCERPT])
{
    static const char more[] = "...";
    const char *last = strlen(text) < TEXT_EXCERPT ? "" : more;
    size_t room = TEXT_EXCERPT - 1 - strlen(last);
    char *to = buffer;
    size_t rest = strlen(text);
    for (size_t bytes; rest > 0; text += bytes, rest -= bytes) {
        bytes = utf8_length(text, rest);
        bool shown = bytes > 1 || (*text >= 0x20 && *text < 0x7f);
        bytes = bytes ? bytes : 1;
        if ((size_t)(to - buffer) + bytes > room)
            break;
        memcpy(to, shown ? text : "?", bytes);
        to += bytes;
    }
    memcpy(to, last, strlen(last) + 1);
    return buffer;
}
