// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JSON Pointer (RFC 6901): "/failures/0/repair" names a value within a JSON
 * text. In a token, ~1 stands for '/' and ~0 for '~'.
 */
#ifndef SCENARIO_JSON_POINTER_H
#define SCENARIO_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "core/memory.h"

/* Whether the text is a pointer at all; else *why says what is wrong with it. */
bool json_pointer_is_valid(const char *pointer, const char **why);

/* The pointer of a member, or an item, of the value at `pointer`; in the arena. */
const char *json_pointer_key(struct arena *arena, const char *pointer, const char *key);
const char *json_pointer_index(struct arena *arena, const char *pointer, size_t index);

/*
 * Walking along: `rest` is "" or "/token...". The first token without its
 * escapes, in a block that the caller frees, and what follows the token.
 */
char *json_pointer_token(const char *rest);
const char *json_pointer_skip(const char *rest);
/*
 * What follows the first token when that token names this key (`length` bytes
 * of JSON text, quotes included), or this index of a list; else NULL.
 */
const char *json_pointer_below(const char *rest, const char *key, size_t length);
const char *json_pointer_below_index(const char *rest, size_t index);

/* Whether `pointer` is `above`, or names something within the value at `above`. */
bool json_pointer_is_within(const char *pointer, const char *above);

/* The value at a valid pointer, or NULL. */
cJSON *json_get(cJSON *root, const char *pointer);

/*
 * Puts `value`, which it takes over, at a valid pointer other than "". What is
 * missing on the way is made: objects, and lists where the next token is 0; the
 * index behind the last item appends. NULL for value removes what is there. False, with an error,
 * when the way leads through a value that has no members, or past the end of a list.
 */
bool json_set(cJSON *root, const char *pointer, cJSON *value, struct err *err);

#endif
