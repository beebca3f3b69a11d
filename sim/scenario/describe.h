// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a key takes, in words: for error messages, `explain` and the key tables.
 */
#ifndef SCENARIO_DESCRIBE_H
#define SCENARIO_DESCRIBE_H

#include "core/field.h"
#include "core/memory.h"

/*
 * In all of this, `inherited` is the dimension of the key that holds the row,
 * or DIMENSION_INHERIT where that may be any: then limits carry no unit.
 */

/* The dimension of a row where the value that holds it has dimension `inherited`. */
static inline enum dimension field_dimension(const struct field *field, enum dimension inherited)
{
    return field->dimension == DIMENSION_INHERIT ? inherited : field->dimension;
}

/* Name i of a CHOICE or FLAGS row, NULL past the end. */
const char *field_choice(const struct field *field, size_t i);
/* The row with that key, or NULL; NULL for `fields` is an empty table. */
const struct field *field_find(const struct field *fields, const char *key);
const struct variant *variant_find(const struct union_type *types, const char *name);

/* Whether the row limits its numbers at all. */
static inline bool field_has_range(const struct field *field)
{
    return field->min < 0 || field->min > 0 || field->max > 0;
}

/* The base unit as it is written behind a number: "s", "/s"; "" for plain numbers. */
const char *describe_unit(enum dimension dimension);
/* What stands for the row's value: `a time such as "60 s"`, `true or false`. */
const char *describe_field(struct arena *arena, const struct field *field,
                           enum dimension inherited);
/* The range of its numbers, "[0 s, 30 d]" or "(0, 1]"; for a row that has one. */
const char *describe_range(struct arena *arena, const struct field *field,
                           enum dimension inherited);
/* "a, b or c" */
const char *describe_choices(struct arena *arena, const struct field *field);
/* "a, b or c": the names of the variants, all those for which keep() is true, or of all of them. */
const char *describe_variants(struct arena *arena, const struct union_type *types,
                              bool (*keep)(const struct variant *variant, const void *context),
                              const void *context);
/* "'a', 'b'": the keys of a table. */
const char *describe_keys(struct arena *arena, const struct field *fields);

#endif
