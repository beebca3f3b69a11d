// SPDX-License-Identifier: GPL-3.0-or-later
/* Numbers, texts, choices: values that hold no others. */
#include <math.h>
#include <string.h>

#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/reader_internal.h"

bool reader_wrong_type(const struct spot *spot, const struct field *field, const cJSON *item)
{
    char buffer[JSON_EXCERPT];
    struct arena scratch = {0};
    (void)err_add(spot->reader->err, spot->pointer, "needs %s, not %s",
                  describe_field(&scratch, field, spot->inherited), json_describe(item, buffer));
    arena_release(&scratch);
    return false;
}

bool reader_bad_name(const struct spot *spot, const cJSON *item, const char *allowed,
                     const char *const *names, size_t n)
{
    char buffer[JSON_EXCERPT];
    (void)err_add(spot->reader->err, spot->pointer, "%s is not %s", json_describe(item, buffer),
                  allowed);
    const char *nearest = err_nearest(item->valuestring, names, n);
    if (nearest)
        err_hint(spot->reader->err, "did you mean \"%s\"?", nearest);
    return false;
}

static bool bare_number(const struct spot *spot, const cJSON *item, const char *number,
                        enum dimension dimension)
{
    char buffer[JSON_EXCERPT];
    (void)err_add(spot->reader->err, spot->pointer, "%s has no unit", json_describe(item, buffer));
    err_hint(spot->reader->err, "write \"%s %s\"", number, describe_unit(dimension));
    return false;
}

/* Whether a text is a number and nothing else. */
static bool is_bare(const char *text)
{
    double value = 0;
    const char *why = NULL;
    return strspn(text, "0123456789.eE+-") == strlen(text) &&
           units_read(text, DIMENSION_NONE, &value, &why);
}

/* Whether a text begins as a number does; what does not was never meant to be a quantity. */
static bool begins_with_number(const char *text)
{
    text += strspn(text, " \t");
    text += *text == '+' || *text == '-';
    text += *text == '.';
    return *text >= '0' && *text <= '9';
}

/* A number or a quantity, in base units. */
static bool read_number(const struct spot *spot, const struct field *field, const cJSON *item,
                        double *value)
{
    char buffer[JSON_EXCERPT];
    enum dimension dimension =
        field->kind == FIELD_COUNT ? DIMENSION_NONE : field_dimension(field, spot->inherited);
    if (cJSON_IsNumber(item) && dimension == DIMENSION_NONE) {
        *value = item->valuedouble;
        return true;
    }
    if (cJSON_IsNumber(item))
        return bare_number(spot, item, json_describe(item, buffer), dimension);
    if (!cJSON_IsString(item) || !begins_with_number(item->valuestring))
        return reader_wrong_type(spot, field, item);
    const char *why = NULL;
    if (units_read(item->valuestring, dimension, value, &why))
        return true;
    if (dimension != DIMENSION_NONE && is_bare(item->valuestring))
        return bare_number(spot, item, item->valuestring, dimension);
    return err_add(spot->reader->err, spot->pointer, "%s: %s", json_describe(item, buffer), why);
}

/* Written so that it is false for NaN, too. */
static bool is_in_range(const struct field *field, double value)
{
    if (!field_has_range(field))
        return isfinite(value);
    return value <= field->max && (field->above_min ? value > field->min : value >= field->min);
}

static bool check_range(const struct spot *spot, const struct field *field, const cJSON *item,
                        double value)
{
    if (is_in_range(field, value))
        return true;
    char buffer[JSON_EXCERPT];
    struct arena scratch = {0};
    (void)err_add(spot->reader->err, spot->pointer, "%s is outside %s", json_describe(item, buffer),
                  describe_range(&scratch, field, spot->inherited));
    arena_release(&scratch);
    return false;
}

static bool read_real(const struct spot *spot, const struct field *field, const cJSON *item,
                      double *target)
{
    double value = 0;
    if (!read_number(spot, field, item, &value) || !check_range(spot, field, item, value))
        return false;
    *target = value;
    return true;
}

static bool read_count(const struct spot *spot, const struct field *field, const cJSON *item,
                       uint64_t *target)
{
    double value = 0;
    char buffer[JSON_EXCERPT];
    if (!read_number(spot, field, item, &value) || !check_range(spot, field, item, value))
        return false;
    if (value < 0 || value > floor(value))
        return err_add(spot->reader->err, spot->pointer, "%s is not a whole number",
                       json_describe(item, buffer));
    if (value >= ldexp(1, READER_COUNT_DIGITS))
        return err_add(spot->reader->err, spot->pointer,
                       "%s is not below 2^53, up to which JSON numbers are exact",
                       json_describe(item, buffer));
    *target = (uint64_t)value;
    return true;
}

static bool read_path(const struct spot *spot, cJSON *item, const char **target)
{
    const struct reader *reader = spot->reader;
    const char *path = item->valuestring;
    if (!*path)
        return err_add(reader->err, spot->pointer, "an empty file name");
    const char *shown = path;
    const char *found =
        reader->resolve ? reader->resolve(reader->context, spot->pointer, path, &shown) : path;
    if (!found)
        return err_add(reader->err, spot->pointer, "standard input has already given the scenario");
    *target = arena_strdup(reader->arena, found);
    if (shown != path)
        (void)cJSON_SetValuestring(item, shown);
    return true;
}

/* Index of a name among the row's choices; -1 when it is none. */
static int choice_index(const struct field *field, const char *name)
{
    for (size_t i = 0; field_choice(field, i); i++)
        if (strcmp(field_choice(field, i), name) == 0)
            return (int)i;
    return -1;
}

static bool read_choice(const struct spot *spot, const struct field *field, const cJSON *item,
                        int *target)
{
    if (!cJSON_IsString(item))
        return reader_wrong_type(spot, field, item);
    int index = choice_index(field, item->valuestring);
    if (index >= 0) {
        *target = index;
        return true;
    }
    struct arena scratch = {0};
    size_t n = 0;
    while (field_choice(field, n))
        n++;
    const char **names = arena_alloc(&scratch, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = field_choice(field, i);
    (void)reader_bad_name(spot, item, describe_choices(&scratch, field), names, n);
    arena_release(&scratch);
    return false;
}

static bool read_flags(const struct spot *spot, const struct field *field, const cJSON *item,
                       unsigned *target)
{
    if (!cJSON_IsArray(item))
        return reader_wrong_type(spot, field, item);
    struct field choice = *field; /* as each of its items is one */
    choice.kind = FIELD_CHOICE;
    unsigned flags = 0;
    bool ok = true;
    size_t i = 0;
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, item)
    {
        struct spot here = *spot;
        here.pointer = json_pointer_index(spot->reader->arena, spot->pointer, i++);
        int index = 0;
        if (!read_choice(&here, &choice, name, &index)) {
            ok = false;
        } else if (flags & 1u << index) {
            ok = err_add(spot->reader->err, here.pointer, "\"%s\" is listed twice",
                         name->valuestring);
        } else {
            flags |= 1u << index;
        }
    }
    *target = flags;
    return ok;
}

bool reader_read_scalar(const struct spot *spot, const struct field *field, cJSON *item,
                        void *target)
{
    bool text = field->kind == FIELD_TEXT || field->kind == FIELD_PATH;
    bool truth = field->kind == FIELD_BOOL;
    if ((text && !cJSON_IsString(item)) || (truth && !cJSON_IsBool(item)))
        return reader_wrong_type(spot, field, item);
    if (field->kind == FIELD_REAL)
        return read_real(spot, field, item, target);
    if (field->kind == FIELD_COUNT)
        return read_count(spot, field, item, target);
    if (field->kind == FIELD_CHOICE)
        return read_choice(spot, field, item, target);
    if (field->kind == FIELD_FLAGS)
        return read_flags(spot, field, item, target);
    if (field->kind == FIELD_PATH)
        return read_path(spot, item, target);
    if (text)
        *(const char **)target = arena_strdup(spot->reader->arena, item->valuestring);
    else if (truth)
        *(bool *)target = cJSON_IsTrue(item);
    return true;
}
