// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/axis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/axis_range.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/json_write.h"
#include "scenario/keys.h"
#include "scenario/override.h"
#include "scenario/reader_internal.h"

/* An axis being read. */
struct work {
    struct axis *axis;
    struct arena *arena;
    struct err *err;
    const char *pointer; /* where problems are reported */
    struct key key;      /* what the swept key takes */
    struct number_kind kind;
};

/* The row whose number a scalar at the key becomes, through shorthands; NULL: none. */
static const struct field *number_row(const struct field *field, enum dimension *dimension)
{
    *dimension = field_dimension(field, *dimension);
    if (field->kind == FIELD_REAL || field->kind == FIELD_COUNT)
        return field;
    const struct field *value = NULL;
    if (field->kind == FIELD_UNION && field->types->shorthand)
        value = field_find(field->types->shorthand->fields, field->types->shorthand_key);
    else if (field->kind == FIELD_OBJECT && field->shorthand_key)
        value = field_find(field->fields, field->shorthand_key);
    return value ? number_row(value, dimension) : NULL;
}

/* Finds out what the swept key takes; of variants that share its name, one with numbers. */
static bool find_key(struct work *work)
{
    struct key_list found;
    if (!keys_find(&keys_root, work->axis->pointer, work->arena, &found, work->err)) {
        /* Within a scenario the problem stands at the sweep, not at the key it names. */
        struct problem *problem = &work->err->problems[work->err->n_problems - 1];
        free(problem->pointer);
        problem->pointer = mem_strdup(work->pointer);
        return false;
    }
    work->key = found.items[0];
    work->kind = (struct number_kind){.is_number = false};
    for (size_t i = 0; i < found.n && !work->kind.is_number; i++) {
        enum dimension dimension = found.items[i].dimension;
        const struct field *row =
            found.items[i].is_tag ? NULL : number_row(found.items[i].field, &dimension);
        if (!row)
            continue;
        work->key = found.items[i];
        work->kind = (struct number_kind){
            .is_number = true,
            .is_whole = row->kind == FIELD_COUNT,
            .dimension = row->kind == FIELD_COUNT ? DIMENSION_NONE : dimension,
        };
    }
    return true;
}

/* What the item says in base units; NaN when it is no number. */
static double number_of(const struct work *work, const cJSON *item)
{
    double value = (double)NAN;
    const char *why = NULL;
    if (!work->kind.is_number)
        return value;
    if (cJSON_IsNumber(item) && work->kind.dimension == DIMENSION_NONE)
        return item->valuedouble;
    if (cJSON_IsString(item) && units_read(item->valuestring, work->kind.dimension, &value, &why))
        return value;
    return (double)NAN;
}

/*
 * Checks a value as the reader would, where the key takes numbers only: then
 * all bad points of an axis are reported at once. Other kinds of values are
 * checked when the point is loaded.
 */
static bool check_item(const struct work *work, cJSON *item, const char *pointer)
{
    union {
        double real;
        uint64_t count;
    } unused;
    struct field row = *work->key.field;
    if (work->key.is_tag || (row.kind != FIELD_REAL && row.kind != FIELD_COUNT))
        return true;
    struct reader reader = {.arena = work->arena, .err = work->err};
    struct spot spot = {&reader, pointer, work->key.dimension};
    return reader_read_scalar(&spot, &row, item, &unused);
}

static bool read_list(struct work *work, cJSON *list)
{
    size_t n = (size_t)cJSON_GetArraySize(list);
    if (n == 0)
        return err_add(work->err, work->pointer, "an empty list; an axis needs a value");
    work->axis->values = arena_alloc(work->arena, n, sizeof *work->axis->values);
    bool ok = true;
    cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        ok = check_item(work, item, work->pointer) && ok;
        char *json = json_text(item, JSON_COMPACT);
        work->axis->values[work->axis->n_values++] = (struct axis_value){
            .json = arena_strdup(work->arena, json),
            .number = number_of(work, item),
        };
        free(json);
    }
    return ok;
}

/* Spells a range out as the list of its points. */
static bool read_range(struct work *work, cJSON *range)
{
    if (!work->kind.is_number) {
        (void)err_add(
            work->err, work->pointer, "a range is of numbers, and %s takes %s", work->axis->pointer,
            work->key.is_tag ? "names"
                             : describe_field(work->arena, work->key.field, work->key.dimension));
        err_hint(work->err, "list the values");
        return false;
    }
    struct reader reader = {
        .arena = work->arena, .err = work->err, .inherited = work->kind.dimension};
    cJSON *list = axis_range_points(&reader, range, work->pointer, &work->kind);
    bool ok = list && read_list(work, list);
    cJSON_Delete(list);
    return ok;
}

static bool read_values(struct work *work, cJSON *values)
{
    char buffer[JSON_EXCERPT];
    if (cJSON_IsArray(values))
        return read_list(work, values);
    if (cJSON_IsObject(values))
        return read_range(work, values);
    return err_add(work->err, work->pointer,
                   "needs a list, or {\"from\": ..., \"to\": ..., \"points\": ...}, not %s",
                   json_describe(values, buffer));
}

/* What stands between commas, as a list of JSON values or texts. */
static cJSON *split_list(const struct override *spec, struct arena *arena, struct err *err)
{
    cJSON *list = cJSON_CreateArray();
    for (const char *at = spec->value;; at++) {
        size_t n = strcspn(at, ",");
        struct override item = *spec;
        item.value = arena_format(arena, "%.*s", (int)n, at);
        cJSON *value = override_value(&item, err);
        if (!value) {
            cJSON_Delete(list);
            return NULL;
        }
        (void)cJSON_AddItemToArray(list, value);
        at += n;
        if (!*at)
            return list;
    }
}

/* The values of the command line as the scenario would have them; NULL, with an error. */
static cJSON *spec_values(const struct override *spec, struct arena *arena, struct err *err)
{
    const char *text = spec->value;
    if (*text == '[' || *text == '{')
        return override_value(spec, err);
    cJSON *range = axis_range_from_text(spec, arena, err);
    if (range || !err_ok(err))
        return range;
    if (*text)
        return split_list(spec, arena, err);
    (void)err_add(err, spec->pointer, "no values");
    err_hint(err, "write %s=A,B,C or %s=FROM:TO:log15", spec->pointer, spec->pointer);
    return NULL;
}

static bool parse_spec(struct axis *axis, const struct override *spec, struct arena *arena,
                       struct err *err)
{
    struct work work = {.axis = axis, .arena = arena, .err = err, .pointer = spec->pointer};
    axis->pointer = spec->pointer;
    if (!find_key(&work))
        return false;
    cJSON *values = spec_values(spec, arena, err);
    bool ok = values && read_values(&work, values);
    cJSON_Delete(values);
    return ok;
}

bool axis_parse(struct axis *axis, const char *argument, struct arena *arena, struct err *err)
{
    *axis = (struct axis){0};
    struct override spec = {.origin = "--over"};
    if (!override_parse(&spec, argument, arena, err))
        return false;
    struct err own = {0};
    bool ok = parse_spec(axis, &spec, arena, &own);
    for (size_t i = 0; i < own.n_problems; i++) {
        const struct problem *problem = &own.problems[i];
        (void)err_add(err, problem->pointer, "%s", problem->message);
        if (problem->hint)
            err_hint(err, "%s", problem->hint);
        err_place(err, "%s", problem->place ? problem->place : override_place(&spec, arena));
    }
    err_release(&own);
    return ok;
}

/* All points are compared on the same replications, whatever their scenarios say. */
static bool check_can_vary(const char *swept, const char *pointer, struct err *err)
{
    if (strcmp(swept, "/run/seed") != 0 && strcmp(swept, "/run/replications") != 0)
        return true;
    (void)err_add(err, pointer, "%s is the same for all points of a sweep", swept);
    err_hint(err, "use %s", strcmp(swept, "/run/seed") == 0 ? "--seed" : "--replications");
    return false;
}

/* Whether two axes change the same thing. */
static bool check_apart(const char *one, const char *other, const char *pointer, struct err *err)
{
    if (strcmp(one, other) == 0)
        return err_add(err, pointer, "%s is swept twice", one);
    const char *inner = json_pointer_is_within(one, other) ? one : other;
    const char *outer = inner == one ? other : one;
    return !json_pointer_is_within(inner, outer) ||
           err_add(err, pointer, "%s is a part of %s, which is swept, too", inner, outer);
}

bool axis_check_grid(const struct axis *axes, size_t n_axes, const char *pointer, struct err *err)
{
    double n_points = 1;
    bool ok = true;
    for (size_t a = 0; a < n_axes; a++) {
        n_points *= (double)axes[a].n_values;
        ok = check_can_vary(axes[a].pointer, pointer, err) && ok;
        for (size_t b = 0; b < a; b++)
            ok = check_apart(axes[b].pointer, axes[a].pointer, pointer, err) && ok;
    }
    if (n_points > AXIS_GRID_MAX)
        ok = err_add(err, pointer, "the axes make %.0f points; at most %d are simulated", n_points,
                     AXIS_GRID_MAX);
    return ok;
}

static bool read_axis(struct axis *axis, const cJSON *member, struct arena *arena, struct err *err)
{
    struct work work = {
        .axis = axis,
        .arena = arena,
        .err = err,
        .pointer = json_pointer_key(arena, "/sweep", member->string),
    };
    axis->pointer = arena_strdup(arena, member->string);
    if (*axis->pointer != '/') {
        (void)err_add(err, work.pointer, "'%s' is no JSON Pointer of a key", axis->pointer);
        err_hint(err, "write it as \"/checkpoint/interval\"");
        return false;
    }
    cJSON *values = cJSON_Duplicate(member, true);
    bool ok = find_key(&work) && read_values(&work, values);
    cJSON_Delete(values);
    return ok;
}

bool axis_read_sweep(const struct cJSON *sweep, struct arena *arena, struct axis **axes,
                     size_t *n_axes, struct err *err)
{
    *axes = NULL;
    *n_axes = 0;
    if (!sweep)
        return true;
    if (!cJSON_IsObject(sweep))
        return err_add(err, "/sweep", "needs an object {\"/checkpoint/interval\": [...]}");
    *axes = arena_alloc(arena, (size_t)cJSON_GetArraySize(sweep), sizeof **axes);
    bool ok = true;
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, sweep)
    {
        ok = read_axis(&(*axes)[(*n_axes)++], member, arena, err) && ok;
    }
    return ok && axis_check_grid(*axes, *n_axes, "/sweep", err);
}
