// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/escape.h"

#include <string.h>

#include "core/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* A control character: ASCII's below the space, DEL, and those of Latin-1 (U+0080 .. U+009F). */
static int is_control(const char *s)
{
    unsigned char c = (unsigned char)*s;
    return c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0);
}

/* Walks over `text` character by character; what to add for each is the medium's business. */
static void each_character(struct buffer *out, const char *text,
                           void (*add)(struct buffer *out, const char *s, size_t length))
{
    for (size_t rest = strlen(text); rest > 0;) {
        size_t length = utf8_length(text, rest);
        if (length)
            add(out, text, length);
        else
            buffer_add(out, REPLACEMENT);
        text += length ? length : 1;
        rest -= length ? length : 1;
    }
}

static void add_json(struct buffer *out, const char *s, size_t length)
{
    if (*s == '"' || *s == '\\')
        buffer_addf(out, "\\%c", *s);
    else if (*s == '\n')
        buffer_add(out, "\\n");
    else if (*s == '\t')
        buffer_add(out, "\\t");
    else if (is_control(s))
        buffer_addf(out, "\\u%04x", length == 1 ? (unsigned char)s[0] : (unsigned char)s[1]);
    else
        buffer_add_bytes(out, s, length);
}

void escape_json(struct buffer *out, const char *text)
{
    buffer_add(out, "\"");
    each_character(out, text, add_json);
    buffer_add(out, "\"");
}

static void add_csv(struct buffer *out, const char *s, size_t length)
{
    if (*s == '"')
        buffer_add(out, "\"\"");
    else
        buffer_add_bytes(out, s, length);
}

void escape_csv(struct buffer *out, const char *text)
{
    int formula = *text && strchr("=+-@\t\r", *text) != NULL;
    int quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    buffer_add(out, quoted ? "\"" : "");
    buffer_add(out, formula ? "'" : "");
    each_character(out, text, add_csv);
    buffer_add(out, quoted ? "\"" : "");
}

static void add_gnuplot(struct buffer *out, const char *s, size_t length)
{
    if (*s == '"')
        buffer_add(out, "'");
    else if (*s == '\\')
        buffer_add(out, "\\\\");
    else if (is_control(s))
        buffer_add(out, " ");
    else
        buffer_add_bytes(out, s, length);
}

void escape_gnuplot(struct buffer *out, const char *text)
{
    buffer_add(out, "\"");
    each_character(out, text, add_gnuplot);
    buffer_add(out, "\"");
}

static void add_terminal(struct buffer *out, const char *s, size_t length)
{
    if (is_control(s))
        buffer_add(out, " ");
    else
        buffer_add_bytes(out, s, length);
}

void escape_terminal(struct buffer *out, const char *text)
{
    each_character(out, text, add_terminal);
}

void escape_shell(struct buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./+,:@%";
    if (*text && text[strspn(text, plain)] == '\0') {
        buffer_add(out, text);
        return;
    }
    buffer_add(out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buffer_add(out, "'\\''");
        else
            buffer_add_bytes(out, text, 1);
    }
    buffer_add(out, "'");
}
