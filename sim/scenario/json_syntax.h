// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The text of JSON, before and after cJSON has made a tree of it.
 *
 * cJSON keeps no positions and takes more than RFC 8259 allows (007, raw line
 * ends in strings, 1e400 as infinity, texts cut off at \u0000). One walker
 * over the text does what is missing: it checks a text strictly and says
 * where and why it is wrong, and it finds the place of a JSON Pointer's value
 * in a text that has been checked. Nothing that passes here fails in cJSON.
 */
#ifndef SCENARIO_JSON_SYNTAX_H
#define SCENARIO_JSON_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

enum {
    JSON_DEPTH_MAX = 100, /* brackets within brackets */
    JSON_NUMBER_MAX = 63, /* characters of a number, cJSON's own limit */
    JSON_EXCERPT = 44,    /* room for what messages show of a text */
};

/*
 * Whether text[0..length) is one value of strict JSON in UTF-8 (a byte-order
 * mark may stand before it). The first mistake is added to `err` with its
 * place "name:line:column", or "line:column" when name is NULL.
 */
bool json_check(const char *name, const char *text, size_t length, struct err *err);

struct json_place {
    size_t matched; /* how many bytes of the pointer were found: all of it, or a prefix */
    bool may_merge; /* an object outside of lists: json_merge() leaves other keys beside its own */
    size_t line;    /* from 1 */
    size_t column;  /* from 1, in characters */
};

/*
 * Where the value at `pointer` starts in a text that json_check() accepted, or
 * else the value of its longest prefix that exists. Of keys given twice the
 * last counts.
 */
struct json_place json_locate(const char *text, size_t length, const char *pointer);

#endif
