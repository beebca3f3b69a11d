// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/describe.h"

#include <math.h>
#include <string.h>

const char *field_choice(const struct field *field, size_t i)
{
    return field->choice_at ? field->choice_at(i) : field->choices[i];
}

const struct field *field_find(const struct field *fields, const char *key)
{
    for (; fields && fields->key; fields++)
        if (strcmp(fields->key, key) == 0)
            return fields;
    return NULL;
}

const char *describe_unit(enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_TIME:
        return "s";
    case DIMENSION_BYTES:
        return "B";
    case DIMENSION_RATE:
        return "/s";
    case DIMENSION_BANDWIDTH:
        return "B/s";
    case DIMENSION_NONE:
    case DIMENSION_INHERIT:
        break;
    }
    return "";
}

const struct variant *variant_find(const struct union_type *types, const char *name)
{
    for (size_t i = 0; types->variants[i]; i++)
        if (strcmp(types->variants[i]->name, name) == 0)
            return types->variants[i];
    return NULL;
}

/* Appends a name to an enumeration; the caller knows whether it is the last one. */
static const char *enumerate(struct arena *arena, const char *list, const char *name, bool last)
{
    if (!list)
        return name;
    return arena_format(arena, "%s%s%s", list, last ? " or " : ", ", name);
}

const char *describe_choices(struct arena *arena, const struct field *field)
{
    const char *list = NULL;
    for (size_t i = 0; field_choice(field, i); i++)
        list = enumerate(arena, list, field_choice(field, i), !field_choice(field, i + 1));
    return list;
}

/* The next variant from `at` on that is to be named, or NULL. */
static const struct variant *const *next_kept(const struct variant *const *at,
                                              bool (*keep)(const struct variant *, const void *),
                                              const void *context)
{
    while (*at && keep && !keep(*at, context))
        at++;
    return *at ? at : NULL;
}

const char *describe_variants(struct arena *arena, const struct union_type *types,
                              bool (*keep)(const struct variant *variant, const void *context),
                              const void *context)
{
    const char *list = NULL;
    const struct variant *const *at = next_kept(types->variants, keep, context);
    while (at) {
        const struct variant *const *next = next_kept(at + 1, keep, context);
        list = enumerate(arena, list, (*at)->name, !next);
        at = next;
    }
    return list;
}

const char *describe_keys(struct arena *arena, const struct field *fields)
{
    const char *list = "";
    for (; fields && fields->key; fields++)
        list = arena_format(arena, "%s%s'%s'", list, *list ? ", " : "", fields->key);
    return list;
}

/* "1e12 s" for a power of ten, as most limits are; else all digits. */
static const char *bound_in_base_unit(struct arena *arena, double value, enum dimension dimension)
{
    const char *unit = describe_unit(dimension);
    const char *space = *unit ? " " : "";
    double exponent = floor(log10(fmax(value, 1)));
    if (!(value < pow(10, exponent) || value > pow(10, exponent)))
        return arena_format(arena, "1e%.0f%s%s", exponent, space, unit);
    return arena_format(arena, "%.16g%s%s", value, space, unit);
}

/* A limit in the unit that reads best where that is exact. */
static const char *bound(struct arena *arena, double value, enum dimension dimension)
{
    enum { NICE_DIGITS = 4 };
    if (isinf(value))
        return "inf";
    bool long_number = dimension == DIMENSION_NONE && value >= 1e6;
    char text[UNITS_TEXT];
    for (int digits = 1; digits <= NICE_DIGITS && !long_number; digits++) {
        double back = 0;
        const char *why = NULL;
        (void)units_write(value, dimension, digits, text);
        if (units_read(text, dimension, &back, &why) && !(back < value || back > value))
            return arena_strdup(arena, text);
    }
    return bound_in_base_unit(arena, value, dimension);
}

const char *describe_range(struct arena *arena, const struct field *field, enum dimension inherited)
{
    enum dimension dimension = field_dimension(field, inherited);
    bool open_above = isinf(field->max);
    if (dimension == DIMENSION_INHERIT)
        dimension = DIMENSION_NONE;
    return arena_format(arena, "%c%s, %s%c", field->above_min ? '(' : '[',
                        bound(arena, field->min, dimension), bound(arena, field->max, dimension),
                        open_above ? ')' : ']');
}

/* "a distribution: a time such as "60 s", or {"dist": "exponential", ...}" */
static const char *describe_union(struct arena *arena, const struct field *field,
                                  enum dimension inherited)
{
    const struct union_type *types = field->types;
    const char *object =
        arena_format(arena, "{\"%s\": \"%s\", ...}", types->tag, types->variants[0]->name);
    if (!types->shorthand)
        return object;
    const struct field *value = field_find(types->shorthand->fields, types->shorthand_key);
    const char *name = types->variants[0] == types->shorthand && types->variants[1]
                           ? types->variants[1]->name
                           : types->variants[0]->name;
    return arena_format(arena, "%s, or {\"%s\": \"%s\", ...}",
                        describe_field(arena, value, field_dimension(field, inherited)), types->tag,
                        name);
}

const char *describe_field(struct arena *arena, const struct field *field, enum dimension inherited)
{
    switch (field->kind) {
    case FIELD_REAL:
        if (field_dimension(field, inherited) == DIMENSION_INHERIT)
            return "a quantity of the kind that the key takes";
        return units_example(field_dimension(field, inherited));
    case FIELD_COUNT:
        return "a whole number such as 8 or \"5M\"";
    case FIELD_BOOL:
        return "true or false";
    case FIELD_TEXT:
        return "a text in quotes";
    case FIELD_PATH:
        return "the name of a file";
    case FIELD_CHOICE:
        return describe_choices(arena, field);
    case FIELD_FLAGS:
        return arena_format(arena, "a list of %s", describe_choices(arena, field));
    case FIELD_OBJECT:
        return "an object {...}";
    case FIELD_UNION:
        return describe_union(arena, field, inherited);
    case FIELD_LIST:
        return "a list [...]";
    case FIELD_MAP:
        return "an object of named members {\"name\": ..., ...}";
    case FIELD_RAW:
        break;
    }
    return "a value";
}
