// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The reader: fills a struct from a JSON object by its table of fields
 * (core/field.h).
 *
 * It is strict, and reports all that is wrong in one go: unknown keys with the
 * nearest known one, values of the wrong type, numbers without the unit they
 * need, values out of range, keys that are missing, keys of another variant.
 *
 * It also makes the tree complete. Defaults are filled in, shorthands are
 * spelt out where that shows a default, and keys stand in the order of the
 * table, so that the tree says all that was decided. Reading it again gives
 * the same struct. A null counts as absent.
 */
#ifndef SCENARIO_READER_H
#define SCENARIO_READER_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "core/field.h"
#include "core/memory.h"

struct reader {
    struct arena *arena;      /* borrowed: all that is read lives there */
    struct err *err;          /* borrowed */
    struct text_cache *texts; /* for prepare(); may be NULL */
    bool lenient;             /* for prepare(): open no files */
    enum dimension inherited; /* of the rows that inherit theirs, at the top */
    /*
     * Where files are: the path to open for the one that stands at `pointer`,
     * and in *shown what the tree is to say. It returns NULL for "-" when the
     * scenario has used up standard input. No function: paths are good as they
     * stand.
     */
    const char *(*resolve)(const void *context, const char *pointer, const char *path,
                           const char **shown);
    const void *context; /* borrowed, for resolve() */
};

enum { READER_COUNT_DIGITS = 53 }; /* whole numbers below 2^53 are exact in JSON */

/*
 * Reads `object`, which stands at `pointer`, into `target` (zeroed, of the
 * table's struct), and completes it. False when an error was added.
 */
bool reader_read(const struct reader *reader, const struct field *fields, cJSON *object,
                 const char *pointer, void *target);

#endif
