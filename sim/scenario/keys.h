// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The keys of the scenario language, as documentation: found by pointer,
 * enumerated, explained, tabulated. All of it comes from the field tables, so
 * it cannot differ from what the reader does.
 *
 * In a pointer, the token '*' stands for any index of a list or name of a member.
 */
#ifndef SCENARIO_KEYS_H
#define SCENARIO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/err.h"
#include "core/field.h"
#include "core/memory.h"

/* One row of a table, or the tag of a union, at one place. */
struct key {
    const char *pointer;           /* a pattern with '*' */
    const struct field *field;     /* the row; of a tag, the row that holds the union */
    const struct variant *variant; /* that the row belongs to; NULL: a key of an object */
    enum dimension dimension;      /* of its numbers */
    bool is_tag;
};

struct key_list {
    struct key *items; /* in the arena */
    size_t n;
};

/* A whole scenario as one row of kind OBJECT: where all walks begin. */
extern const struct field keys_root;

/*
 * Calls visit() for each row of each table, from the root down. A union's
 * variants are gone through once, at the first key that takes them: laws of
 * probability stand at many keys, and within each other.
 */
void keys_visit(const struct field *root, void (*visit)(void *context, const struct key *key),
                void *context);

/*
 * The keys that a pointer may name: several where variants of a union have a
 * key of one name. An index and '*' are one. False, with an error that
 * suggests what was meant, when there is none.
 */
bool keys_find(const struct field *root, const char *pointer, struct arena *arena,
               struct key_list *found, struct err *err);

/* The pattern of the key with that name that lies least deep, in the arena; NULL: there is none. */
const char *keys_named(const struct field *root, const char *name, struct arena *arena);

/*
 * Explains a key to people: what it takes, range, default, meaning, source,
 * and what stands below it. False, with an error, when there is no such key.
 */
bool keys_explain(const struct field *root, const char *pointer, FILE *out, struct err *err);

/* The tables of all keys in Markdown, one of each object, then one of each union. */
void keys_write_markdown(const struct field *root, FILE *out);

/*
 * A JSON Schema (draft 2020-12) for editors: completion, help, and warnings
 * while one types. It allows what may stand in a file; a file that extends
 * another may leave out what that one says, so only `check` knows what is
 * missing.
 */
void keys_write_schema(const struct field *root, FILE *out);

#endif
