// SPDX-License-Identifier: GPL-3.0-or-later
/* What the parts of the reader share; for reader*.c and axis.c. */
#ifndef SCENARIO_READER_INTERNAL_H
#define SCENARIO_READER_INTERNAL_H

#include "scenario/reader.h"

/* A value that is being read: where it stands, and the dimension its holder gives it. */
struct spot {
    const struct reader *reader;
    const char *pointer;
    enum dimension inherited;
};

/*
 * Reads a value that is there into the row's struct at `base`. May put another
 * item in the place of *item. False when an error was added.
 */
bool reader_read_value(const struct spot *spot, const struct field *field, cJSON **item,
                       void *base);
/* The parts of it. `target` is the member itself. */
bool reader_read_scalar(const struct spot *spot, const struct field *field, cJSON *item,
                        void *target);
bool reader_read_union(const struct spot *spot, const struct field *field, cJSON **item,
                       struct tagged *target);

/*
 * Reads an object's members by a table and completes the object. `tag` is a
 * key that belongs to it beside the table's, or NULL. The value at the key
 * `shorthand` stands at the object's own pointer, because the user did not
 * write that key; NULL: none is left out.
 */
bool reader_read_fields(const struct spot *spot, const struct field *fields, const char *tag,
                        const char *shorthand, cJSON *object, void *target);

/* "needs X, not Y". Returns false. */
bool reader_wrong_type(const struct spot *spot, const struct field *field, const cJSON *item);
/* `"x" is none of a, b or c`, with the nearest as hint. Returns false. */
bool reader_bad_name(const struct spot *spot, const cJSON *item, const char *allowed,
                     const char *const *names, size_t n);

#endif
