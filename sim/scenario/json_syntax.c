// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/json_syntax.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "scenario/json_pointer.h"

struct scanner {
    const char *text;
    const char *end;
    const char *at;
    const char *open[JSON_DEPTH_MAX]; /* brackets not closed yet */
    size_t depth;
    const char *name;         /* of the text, for messages */
    struct err *err;          /* NULL while locating */
    const char *pointer;      /* sought, or NULL */
    struct json_place *place; /* of the longest prefix found so far */
    size_t lists;             /* how many the way from the top to here leads through */
};

/*
 * Scans one value. `rest` is what remains of the pointer sought below it:
 * "" at the value itself, NULL beside the path that leads there.
 */
static bool scan_value(struct scanner *s, const char *rest);

static void position(const struct scanner *s, const char *at, size_t *line, size_t *column)
{
    *line = 1;
    const char *start = s->text;
    for (const char *c = s->text; c < at; c++)
        if (*c == '\n') {
            start = c + 1;
            ++*line;
        }
    *column = 1 + utf8_count(start, (size_t)(at - start));
}

static bool fail(struct scanner *s, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct scanner *s, const char *at, const char *format, ...)
{
    assert(s->err); /* a text that is searched has been checked */
    va_list args;
    va_start(args, format);
    char *message = mem_vformat(format, args);
    va_end(args);
    size_t line = 0;
    size_t column = 0;
    position(s, at, &line, &column);
    (void)err_add(s->err, NULL, "%s", message);
    err_place(s->err, "%s%s%zu:%zu", s->name ? s->name : "", s->name ? ":" : "", line, column);
    free(message);
    return false;
}

/* The text ends at a point where it must not. */
static bool fail_end(struct scanner *s)
{
    if (s->depth == 0)
        return fail(s, s->end, "nothing here; a value is expected");
    const char *bracket = s->open[s->depth - 1];
    size_t line = 0;
    size_t column = 0;
    position(s, bracket, &line, &column);
    return fail(s, s->end, "the text ends, but the '%c' of line %zu, column %zu is still open",
                *bracket, line, column);
}

/* As it stands at s->at, for messages: a character in quotes, or the code of one not to be seen. */
static const char *found(const struct scanner *s, char buffer[JSON_EXCERPT])
{
    size_t n = utf8_length(s->at, (size_t)(s->end - s->at));
    if (n == 0 || (unsigned char)*s->at < ' ' || *s->at == 0x7f)
        (void)snprintf(buffer, JSON_EXCERPT, "byte 0x%02x", (unsigned)(unsigned char)*s->at);
    else
        (void)snprintf(buffer, JSON_EXCERPT, "'%.*s'", (int)n, s->at);
    return buffer;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether a number stands before s->at, as in the quantity of somebody who forgot the quotes. */
static bool follows_number(const struct scanner *s)
{
    const char *c = s->at;
    while (c > s->text && (c[-1] == ' ' || c[-1] == '\t'))
        c--;
    return c > s->text && is_digit(c[-1]);
}

static bool fail_expected(struct scanner *s, const char *expected)
{
    if (s->at == s->end)
        return fail_end(s);
    char buffer[JSON_EXCERPT];
    (void)fail(s, s->at, "found %s where %s is expected", found(s, buffer), expected);
    if (*s->at == '/' || *s->at == '#')
        err_hint(s->err, "JSON has no comments");
    else if (*s->at == '\'')
        err_hint(s->err, "strings stand in double quotes");
    else if (is_letter(*s->at) && follows_number(s))
        err_hint(s->err, "quantities stand in double quotes, \"60 s\"");
    return false;
}

static void skip_blanks(struct scanner *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
        s->at++;
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || c == '_' || c == '.' || c == '+' || c == '-';
}

/* Letters, digits and signs that stand together at s->at: how many. */
static size_t word_length(const struct scanner *s)
{
    const char *c = s->at;
    while (c < s->end && is_word(*c))
        c++;
    return (size_t)(c - s->at);
}

static const char *skip_digits(const char *c, const char *end)
{
    while (c < end && is_digit(*c))
        c++;
    return c;
}

/* End of the longest number by RFC 8259, section 6, that starts at c; NULL: none. */
static const char *number_end(const char *c, const char *end)
{
    c += c < end && *c == '-';
    if (c == end || !is_digit(*c))
        return NULL;
    c = *c == '0' ? c + 1 : skip_digits(c, end);
    if (c + 1 < end && c[0] == '.' && is_digit(c[1]))
        c = skip_digits(c + 1, end);
    if (c < end && (*c == 'e' || *c == 'E')) {
        const char *digits = c + 1;
        digits += digits < end && (*digits == '+' || *digits == '-');
        if (digits < end && is_digit(*digits))
            c = skip_digits(digits, end);
    }
    return c;
}

/* true, false, null, a number, or what somebody took for one of them. */
static bool scan_word(struct scanner *s)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t n = word_length(s);
    int shown = n < JSON_EXCERPT ? (int)n : JSON_EXCERPT;
    for (size_t i = 0; i < MEM_COUNT(words); i++)
        if (strlen(words[i]) == n && memcmp(s->at, words[i], n) == 0) {
            s->at += n;
            return true;
        }
    if (number_end(s->at, s->end) != s->at + n) {
        (void)fail(s, s->at, "%.*s is no JSON value", shown, s->at);
        if (is_digit(*s->at) || strchr("+-.", *s->at))
            err_hint(s->err, "numbers look like 60, -0.5 or 1e9, quantities like \"60 s\"");
        else
            err_hint(s->err, "strings stand in double quotes");
        return false;
    }
    if (n > JSON_NUMBER_MAX)
        return fail(s, s->at, "a number of %zu characters; at most %d are read", n,
                    JSON_NUMBER_MAX);
    char number[JSON_NUMBER_MAX + 1] = "";
    memcpy(number, s->at, n);
    if (!isfinite(strtod(number, NULL)))
        return fail(s, s->at, "%.*s is beyond the largest number, 1.8e308", shown, s->at);
    s->at += n;
    return true;
}

/* The four digits after \u; -1 when they are none. */
static long hex4(const char *c, const char *end)
{
    long code = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = c + i < end && c[i] ? strchr(digits, c[i]) : NULL;
        if (!digit)
            return -1;
        code = 16 * code + (digit - digits) % 16;
    }
    return code;
}

static bool scan_unicode_escape(struct scanner *s)
{
    long code = hex4(s->at + 2, s->end);
    if (code < 0)
        return fail(s, s->at, "\\u needs four hexadecimal digits");
    if (code == 0)
        return fail(s, s->at, "\\u0000 cannot stand in a string");
    size_t n = 6;
    if (code >= 0xd800 && code < 0xe000) { /* half of a character beyond U+FFFF */
        bool pair = code < 0xdc00 && s->end - s->at >= 12 && s->at[6] == '\\' && s->at[7] == 'u';
        long low = pair ? hex4(s->at + 8, s->end) : -1;
        if (low < 0xdc00 || low >= 0xe000)
            return fail(s, s->at, "%.6s is half of a surrogate pair", s->at);
        n = 12;
    }
    s->at += n;
    return true;
}

static bool scan_escape(struct scanner *s)
{
    if (s->end - s->at < 2)
        return fail_end(s);
    char c = s->at[1];
    if (c == 'u')
        return scan_unicode_escape(s);
    if (!c || !strchr("\"\\/bfnrt", c))
        return fail(s, s->at, "unknown escape in a string; a backslash itself is \\\\");
    s->at += 2;
    return true;
}

static bool scan_string(struct scanner *s)
{
    const char *start = s->at++;
    while (s->at < s->end && *s->at != '"') {
        size_t n = utf8_length(s->at, (size_t)(s->end - s->at));
        if (*s->at == '\n' || *s->at == '\r')
            return fail(s, start, "no closing quote on this line");
        if (*s->at == '\\') {
            if (!scan_escape(s))
                return false;
        } else if (n == 0) {
            return fail(s, s->at, "byte 0x%02x is not UTF-8", (unsigned)(unsigned char)*s->at);
        } else if ((unsigned char)*s->at < ' ') {
            return fail(s, s->at, "control character 0x%02x in a string",
                        (unsigned)(unsigned char)*s->at);
        } else {
            s->at += n;
        }
    }
    if (s->at == s->end)
        return fail(s, start, "no closing quote on this line");
    s->at++;
    return true;
}

static bool open_bracket(struct scanner *s)
{
    if (s->depth == JSON_DEPTH_MAX)
        return fail(s, s->at, "more than %d brackets within each other", JSON_DEPTH_MAX);
    s->open[s->depth++] = s->at++;
    skip_blanks(s);
    return true;
}

/* After a value in brackets: true at the closing one, or behind a comma. */
static bool scan_separator(struct scanner *s, char close)
{
    skip_blanks(s);
    if (s->at < s->end && *s->at == close)
        return true;
    if (s->at == s->end || *s->at != ',')
        return fail_expected(s, close == '}' ? "',' or '}'" : "',' or ']'");
    const char *comma = s->at++;
    skip_blanks(s);
    if (s->at < s->end && *s->at == close)
        return fail(s, comma, "a comma before '%c'; remove it", close);
    return true;
}

static void close_bracket(struct scanner *s)
{
    s->depth--;
    s->at++;
}

static bool scan_member(struct scanner *s, const char *rest)
{
    const char *key = s->at;
    if (s->at == s->end || *key != '"')
        return fail_expected(s, "a key in double quotes");
    if (!scan_string(s))
        return false;
    size_t length = (size_t)(s->at - key);
    skip_blanks(s);
    if (s->at == s->end || *s->at != ':')
        return fail_expected(s, "':' after a key");
    s->at++;
    skip_blanks(s);
    return scan_value(s, rest ? json_pointer_below(rest, key, length) : NULL);
}

static bool scan_object(struct scanner *s, const char *rest)
{
    if (!open_bracket(s))
        return false;
    while (s->at == s->end || *s->at != '}')
        if (!scan_member(s, rest) || !scan_separator(s, '}'))
            return false;
    close_bracket(s);
    return true;
}

static bool scan_array(struct scanner *s, const char *rest)
{
    if (!open_bracket(s))
        return false;
    s->lists++;
    for (size_t i = 0; s->at == s->end || *s->at != ']'; i++)
        if (!scan_value(s, rest ? json_pointer_below_index(rest, i) : NULL) ||
            !scan_separator(s, ']'))
            return false;
    s->lists--;
    close_bracket(s);
    return true;
}

static void note_place(const struct scanner *s, const char *rest)
{
    size_t matched = (size_t)(rest - s->pointer);
    if (matched < s->place->matched)
        return;
    *s->place = (struct json_place){
        .matched = matched,
        .may_merge = *s->at == '{' && s->lists == 0,
    };
    position(s, s->at, &s->place->line, &s->place->column);
}

static bool scan_value(struct scanner *s, const char *rest)
{
    if (s->at == s->end)
        return fail_end(s);
    if (rest)
        note_place(s, rest);
    switch (*s->at) {
    case '{':
        return scan_object(s, rest);
    case '[':
        return scan_array(s, rest);
    case '"':
        return scan_string(s);
    default:
        return is_word(*s->at) ? scan_word(s) : fail_expected(s, "a value");
    }
}

static struct scanner scanner_start(const char *text, size_t length)
{
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct scanner s = {.text = text + mark, .end = text + length, .at = text + mark};
    skip_blanks(&s);
    return s;
}

bool json_check(const char *name, const char *text, size_t length, struct err *err)
{
    struct scanner s = scanner_start(text, length);
    s.name = name;
    s.err = err;
    if (!scan_value(&s, NULL))
        return false;
    skip_blanks(&s);
    char buffer[JSON_EXCERPT];
    return s.at == s.end ||
           fail(&s, s.at, "found %s after the end of the JSON value", found(&s, buffer));
}

struct json_place json_locate(const char *text, size_t length, const char *pointer)
{
    struct json_place place = {.line = 1, .column = 1};
    struct scanner s = scanner_start(text, length);
    s.pointer = pointer;
    s.place = &place;
    (void)scan_value(&s, pointer);
    return place;
}
