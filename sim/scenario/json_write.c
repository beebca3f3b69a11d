// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/utf8.h"

enum { INDENT = 4, WIDTH = 100 };

const char *json_real_text(double x, char *buffer)
{
    if (!isfinite(x))
        return "null";
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(buffer, JSON_REAL_TEXT, "%.*g", digits, x);
        if (strtod(buffer, NULL) == x)
            break;
    }
    return buffer;
}

cJSON *json_create_real(double x)
{
    char buffer[JSON_REAL_TEXT];
    return cJSON_CreateRaw(json_real_text(x, buffer));
}

void json_add_real(cJSON *object, const char *key, double x)
{
    (void)cJSON_AddItemToObject(object, key, json_create_real(x));
}

static void write_string(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        static const char plain[] = "\"\\\b\f\n\r\t";
        static const char letters[] = "\"\\bfnrt";
        const char *escape = strchr(plain, *text);
        if (escape)
            (void)fprintf(out, "\\%c", letters[escape - plain]);
        else if ((unsigned char)*text < ' ' || *text == 0x7f)
            (void)fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

static void write_scalar(FILE *out, const cJSON *value)
{
    char buffer[JSON_REAL_TEXT];
    if (cJSON_IsString(value))
        write_string(out, value->valuestring);
    else if (cJSON_IsRaw(value))
        (void)fputs(value->valuestring, out);
    else if (cJSON_IsNumber(value))
        (void)fputs(json_real_text(value->valuedouble, buffer), out);
    else if (cJSON_IsBool(value))
        (void)fputs(cJSON_IsTrue(value) ? "true" : "false", out);
    else
        (void)fputs("null", out);
}

static void write_key(FILE *out, const cJSON *parent, const cJSON *member, const char *colon)
{
    if (!cJSON_IsObject(parent))
        return;
    write_string(out, member->string);
    (void)fputs(colon, out);
}

/* All on one line, with these separators. */
static void write_line(FILE *out, const cJSON *value, const char *comma, const char *colon)
{
    bool object = cJSON_IsObject(value);
    if (!object && !cJSON_IsArray(value)) {
        write_scalar(out, value);
        return;
    }
    (void)fputc(object ? '{' : '[', out);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, value)
    {
        if (child != value->child)
            (void)fputs(comma, out);
        write_key(out, value, child, colon);
        write_line(out, child, comma, colon);
    }
    (void)fputc(object ? '}' : ']', out);
}

/* What write_line() writes to a stream, as text that the caller frees. */
static char *line_text(const cJSON *value, const char *comma, const char *colon)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert(stream);
    write_line(stream, value, comma, colon);
    (void)fclose(stream);
    return text;
}

static void write_pretty(FILE *out, const cJSON *value, int depth, size_t column)
{
    char *line = line_text(value, ", ", ": ");
    bool fits = column + utf8_count(line, strlen(line)) < WIDTH;
    if (fits || !value->child)
        (void)fputs(line, out);
    free(line);
    if (fits || !value->child)
        return;
    bool object = cJSON_IsObject(value);
    (void)fputc(object ? '{' : '[', out);
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, value)
    {
        int indent = INDENT * (depth + 1);
        (void)fprintf(out, "%s\n%*s", child == value->child ? "" : ",", indent, "");
        write_key(out, value, child, ": ");
        size_t key = object ? utf8_count(child->string, strlen(child->string)) + 4 : 0;
        write_pretty(out, child, depth + 1, (size_t)indent + key);
    }
    (void)fprintf(out, "\n%*s%c", INDENT * depth, "", object ? '}' : ']');
}

void json_write(FILE *out, const cJSON *value, enum json_style style)
{
    if (style == JSON_COMPACT)
        write_line(out, value, ",", ":");
    else
        write_pretty(out, value, 0, 0);
}

char *json_text(const cJSON *value, enum json_style style)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert(stream);
    json_write(stream, value, style);
    (void)fclose(stream);
    return text;
}
