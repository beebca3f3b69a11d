// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A strict pull scanner for JSON (RFC 8259) data in files that are too long,
 * and too regular, to become a tree: the caller says what comes next.
 *
 *     json_scan_array(&scan);
 *     while (json_scan_next_item(&scan)) {
 *         json_scan_object(&scan);
 *         while (json_scan_next_member(&scan, &key)) ... read or skip its value
 *     }
 *     ok = json_scan_end(&scan);
 *
 * The first mistake stays in the scanner, with its place; from then on every
 * call fails, and the loops above end. Scenario files are not read by this.
 */
#ifndef MODEL_JSON_SCAN_H
#define MODEL_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/memory.h"
#include "core/text_reader.h"

struct json_scan {
    struct arena *arena; /* borrowed: keys and strings are kept there */
    const char *at;
    const char *end;
    const char *line_start;
    size_t line;     /* of `at`, from 1 */
    bool first;      /* no item or member of the innermost array or object was read yet */
    const char *why; /* static: the mistake, or NULL */
};

struct json_scan json_scan_start(struct text text, struct arena *arena);

/* Column of `at`, from 1: the place of the mistake, or of what comes next. */
size_t json_scan_column(const struct json_scan *scan);

/* First character of what comes next ('{', '[', '"', ...); NUL at the end of the text. */
char json_scan_peek(struct json_scan *scan);

/* Enter what comes next. */
bool json_scan_array(struct json_scan *scan);
bool json_scan_object(struct json_scan *scan);
/* Whether another item follows; false leaves the array. */
bool json_scan_next_item(struct json_scan *scan);
/* Whether another member follows, and its name; false leaves the object. */
bool json_scan_next_member(struct json_scan *scan, const char **key);

/* A string, decoded. "\u0000" is a mistake here. */
bool json_scan_string(struct json_scan *scan, const char **string);
bool json_scan_number(struct json_scan *scan, double *number);
/* Any value, nested up to 64 levels; *raw is its text, as it stands. */
bool json_scan_skip(struct json_scan *scan, struct text *raw);
/* True when nothing but blanks is left, and there was no mistake. */
bool json_scan_end(struct json_scan *scan);

#endif
