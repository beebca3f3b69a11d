// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JSON out of trees. Numbers survive a round trip: each is the shortest text
 * of 15 to 17 digits that reads back as the same double. What is no number
 * (NaN, infinity: an undefined result) becomes null, as JSON has no other word.
 */
#ifndef SCENARIO_JSON_WRITE_H
#define SCENARIO_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cjson/cJSON.h>

enum { JSON_REAL_TEXT = 32 };

/* The text of x, in `buffer` of at least JSON_REAL_TEXT bytes where one is needed. */
const char *json_real_text(double x, char *buffer);
/* A member, or an item of its own, that json_write() and cJSON print as such a text. */
void json_add_real(cJSON *object, const char *key, double x);
cJSON *json_create_real(double x);

enum json_style {
    JSON_COMPACT, /* one line, no blanks */
    JSON_PRETTY,  /* indented; what fits on a line of 100 characters stays on one */
};

/* Writes a tree, without a line end behind it. */
void json_write(FILE *out, const cJSON *value, enum json_style style);
/* The same as text that the caller frees. */
char *json_text(const cJSON *value, enum json_style style);

#endif
