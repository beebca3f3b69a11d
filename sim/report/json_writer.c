// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/escape.h"
#include "scenario/json_write.h"

static bool is_flat(const struct json_writer *writer)
{
    return writer->flat_depth && writer->depth >= writer->flat_depth;
}

static void add_newline(struct json_writer *writer)
{
    buffer_add(writer->out, "\n");
    for (unsigned i = 0; i < writer->depth; i++)
        buffer_add(writer->out, "    ");
}

/* Comma, line and key: what stands before every value. */
static void begin_value(struct json_writer *writer, const char *key)
{
    if (writer->has_items)
        buffer_add(writer->out, is_flat(writer) ? ", " : ",");
    if (writer->depth && !is_flat(writer))
        add_newline(writer);
    writer->has_items = true;
    if (key) {
        escape_json(writer->out, key);
        buffer_add(writer->out, ": ");
    }
}

void json_writer_open(struct json_writer *writer, const char *key, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    begin_value(writer, key);
    buffer_add_bytes(writer->out, &bracket, 1);
    writer->depth++;
    writer->has_items = false;
}

void json_writer_open_flat(struct json_writer *writer, const char *key, char bracket)
{
    json_writer_open(writer, key, bracket);
    if (!writer->flat_depth)
        writer->flat_depth = writer->depth;
}

void json_writer_close(struct json_writer *writer, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    assert(writer->depth > 0);
    bool on_line = is_flat(writer) || !writer->has_items;
    if (writer->flat_depth == writer->depth)
        writer->flat_depth = 0;
    writer->depth--;
    if (!on_line)
        add_newline(writer);
    buffer_add_bytes(writer->out, &bracket, 1);
    writer->has_items = true;
    if (!writer->depth)
        buffer_add(writer->out, "\n");
}

void json_writer_raw(struct json_writer *writer, const char *key, const char *json)
{
    begin_value(writer, key);
    while (*json) {
        size_t length = strcspn(json, "\n"); /* within a JSON string it would be escaped */
        buffer_add_bytes(writer->out, json, length);
        json += length;
        if (*json) {
            add_newline(writer);
            json++;
        }
    }
}

void json_writer_real(struct json_writer *writer, const char *key, double x)
{
    char text[JSON_REAL_TEXT];
    json_writer_raw(writer, key, json_real_text(x, text));
}

void json_writer_count(struct json_writer *writer, const char *key, uint64_t n)
{
    char text[JSON_REAL_TEXT];
    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    json_writer_raw(writer, key, text);
}

void json_writer_text(struct json_writer *writer, const char *key, const char *text)
{
    begin_value(writer, key);
    escape_json(writer->out, text);
}

void json_writer_bool(struct json_writer *writer, const char *key, bool value)
{
    json_writer_raw(writer, key, value ? "true" : "false");
}
