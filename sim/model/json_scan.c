// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/json_scan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct json_scan json_scan_start(struct text text, struct arena *arena)
{
    return (struct json_scan){
        .arena = arena,
        .at = text_reader_start(text).at, /* behind a byte-order mark */
        .end = text.bytes + text.length,
        .line_start = text.bytes,
        .line = 1,
    };
}

size_t json_scan_column(const struct json_scan *scan)
{
    return (size_t)(scan->at - scan->line_start) + 1;
}

static bool fail(struct json_scan *scan, const char *why)
{
    if (!scan->why)
        scan->why = why;
    return false;
}

/* The character at `at`, NUL at the end of the text. (A NUL inside it fits nowhere.) */
static char here(const struct json_scan *scan)
{
    if (scan->at == scan->end)
        return '\0';
    return *scan->at;
}

static void skip_blanks(struct json_scan *scan)
{
    for (;; scan->at++) {
        char c = here(scan);
        if (c == '\n') {
            scan->line++;
            scan->line_start = scan->at + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return;
        }
    }
}

char json_scan_peek(struct json_scan *scan)
{
    if (scan->why)
        return '\0';
    skip_blanks(scan);
    return here(scan);
}

/* Takes the character `c`, after blanks; else the mistake `why`. */
static bool take(struct json_scan *scan, char c, const char *why)
{
    if (json_scan_peek(scan) != c)
        return fail(scan, scan->at == scan->end ? "the text ends early" : why);
    scan->at++;
    return true;
}

bool json_scan_array(struct json_scan *scan)
{
    scan->first = true;
    return take(scan, '[', "expected an array, '['");
}

bool json_scan_object(struct json_scan *scan)
{
    scan->first = true;
    return take(scan, '{', "expected an object, '{'");
}

/* Whether something follows in the array or object that `close` ends; takes the comma. */
static bool next(struct json_scan *scan, char close, const char *why)
{
    bool first = scan->first;
    scan->first = false;
    if (json_scan_peek(scan) == close) {
        scan->at++;
        return false;
    }
    return first ? !scan->why : take(scan, ',', why);
}

bool json_scan_next_item(struct json_scan *scan)
{
    return next(scan, ']', "expected ',' or ']'");
}

bool json_scan_next_member(struct json_scan *scan, const char **key)
{
    return next(scan, '}', "expected ',' or '}'") && json_scan_string(scan, key) &&
           take(scan, ':', "expected ':' after the name of a member");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_hex(struct json_scan *scan, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        char c = here(scan);
        char lower = (char)(c | 0x20);
        if (is_digit(c))
            *value = 16 * *value + (unsigned)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *value = 16 * *value + (unsigned)(lower - 'a' + 10);
        else
            return fail(scan, "\\u needs four hexadecimal digits");
    }
    return true;
}

/* Appends a code point as UTF-8 (RFC 3629); returns where the next one goes. */
static char *put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(lead[more] | code >> 6 * more);
    while (more-- > 0)
        *to++ = (char)(0x80 | (code >> 6 * more & 0x3f));
    return to;
}

/* What follows \u: one UTF-16 unit, or two that make a pair. */
static bool read_unicode(struct json_scan *scan, char **to)
{
    unsigned unit;
    unsigned second;
    if (!read_hex(scan, &unit))
        return false;
    uint32_t code = unit;
    if (unit >= 0xd800 && unit < 0xe000) {
        if (unit >= 0xdc00 || scan->end - scan->at < 6 || memcmp(scan->at, "\\u", 2) != 0)
            return fail(scan, "half of a surrogate pair");
        scan->at += 2;
        if (!read_hex(scan, &second))
            return false;
        if (second < 0xdc00 || second > 0xdfff)
            return fail(scan, "half of a surrogate pair");
        code = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
    }
    if (code == 0)
        return fail(scan, "a string with a NUL, \\u0000");
    *to = put_utf8(*to, code);
    return true;
}

/* What follows a backslash. */
static bool read_escape(struct json_scan *scan, char **to)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = here(scan);
    scan->at += c != '\0';
    if (c == 'u')
        return read_unicode(scan, to);
    const char *letter = c ? strchr(letters, c) : NULL;
    if (!letter)
        return fail(scan, "unknown escape after '\\'");
    *(*to)++ = meanings[letter - letters];
    return true;
}

/* The string's end: its closing quote, or NULL. */
static const char *find_quote(const struct json_scan *scan)
{
    for (const char *at = scan->at; at < scan->end; at++) {
        if (*at == '"')
            return at;
        at += *at == '\\';
    }
    return NULL;
}

bool json_scan_string(struct json_scan *scan, const char **string)
{
    if (!take(scan, '"', "expected a string in double quotes"))
        return false;
    const char *quote = find_quote(scan);
    if (!quote)
        return fail(scan, "a string without closing quote");
    /* No escape decodes to more bytes than it has. */
    char *to = arena_alloc(scan->arena, (size_t)(quote - scan->at) + 1, 1);
    *string = to;
    while (scan->at < quote) {
        char c = *scan->at;
        if ((unsigned char)c < 0x20)
            return fail(scan, "a control character inside a string");
        scan->at++;
        if (c != '\\')
            *to++ = c;
        else if (!read_escape(scan, &to))
            return false;
    }
    scan->at++;
    return true;
}

/* One digit at least. */
static bool skip_digits(struct json_scan *scan)
{
    if (!is_digit(here(scan)))
        return fail(scan, "expected a digit");
    while (is_digit(here(scan)))
        scan->at++;
    return true;
}

/* Passes over what the grammar of RFC 8259 calls a number. */
static bool skip_number(struct json_scan *scan)
{
    scan->at += here(scan) == '-';
    if (here(scan) == '0')
        scan->at++; /* no digit may follow */
    else if (!skip_digits(scan))
        return false;
    if (here(scan) == '.') {
        scan->at++;
        if (!skip_digits(scan))
            return false;
    }
    if (here(scan) == 'e' || here(scan) == 'E') {
        scan->at++;
        scan->at += here(scan) == '+' || here(scan) == '-';
        return skip_digits(scan);
    }
    return true;
}

bool json_scan_number(struct json_scan *scan, double *number)
{
    char c = json_scan_peek(scan);
    if (c != '-' && !is_digit(c))
        return fail(scan, "expected a number");
    const char *start = scan->at;
    if (!skip_number(scan))
        return false;
    *number = strtod(start, NULL); /* a NUL ends every text */
    if (isfinite(*number))
        return true;
    scan->at = start;
    return fail(scan, "a number too large");
}

static bool skip_word(struct json_scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < MEM_COUNT(words); i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(scan->end - scan->at) >= length && memcmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return fail(scan, scan->at == scan->end ? "the text ends early" : "expected a value");
}

/* A value that holds no other. */
static bool skip_scalar(struct json_scan *scan)
{
    const char *string;
    double number;
    char c = json_scan_peek(scan);
    if (c == '"')
        return json_scan_string(scan, &string);
    if (c == '-' || is_digit(c))
        return json_scan_number(scan, &number);
    return skip_word(scan);
}

/* Whether another value follows in what `opening` began. */
static bool next_value(struct json_scan *scan, char opening)
{
    const char *key;
    return opening == '[' ? json_scan_next_item(scan) : json_scan_next_member(scan, &key);
}

bool json_scan_skip(struct json_scan *scan, struct text *raw)
{
    enum { DEPTH_MAX = 64 };
    char opening[DEPTH_MAX]; /* of the arrays and objects that are open, outermost first */
    size_t depth = 0;
    (void)json_scan_peek(scan);
    const char *start = scan->at;
    do {
        char c = json_scan_peek(scan);
        if (c == '[' || c == '{') {
            if (depth == DEPTH_MAX)
                return fail(scan, "values nested in more than 64 levels");
            opening[depth++] = c;
            (void)(c == '[' ? json_scan_array(scan) : json_scan_object(scan));
        } else if (!skip_scalar(scan)) {
            return false;
        }
        while (depth > 0 && !next_value(scan, opening[depth - 1]))
            depth--;
    } while (depth > 0);
    *raw = (struct text){start, (size_t)(scan->at - start)};
    return !scan->why;
}

bool json_scan_end(struct json_scan *scan)
{
    (void)json_scan_peek(scan);
    if (!scan->why && scan->at != scan->end)
        (void)fail(scan, "text follows the end of the data");
    return !scan->why;
}
