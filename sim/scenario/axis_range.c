// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/axis_range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/axis.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_write.h"
#include "scenario/override.h"

enum scale { SCALE_LINEAR, SCALE_LOG };

struct range_params {
    double from;
    double to;
    uint64_t points;
    int scale; /* enum scale */
};

static const char *const scales[] = {"linear", "log", NULL};

static const struct field range_fields[] = {
    {
        .key = "from",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct range_params, from),
        .required = true,
    },
    {
        .key = "to",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct range_params, to),
        .required = true,
    },
    {
        .key = "points",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct range_params, points),
        .min = 2,
        .max = AXIS_POINTS_MAX,
        .required = true,
    },
    {
        .key = "scale",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct range_params, scale),
        .choices = scales,
        .fallback = "\"linear\"",
    },
    {0},
};

/* A number where the text is one, else a text. */
static bool add_end(cJSON *range, const char *key, const struct override *spec, const char *start,
                    const char *stop, struct arena *arena, struct err *err)
{
    struct override end = *spec;
    end.value = arena_format(arena, "%.*s", (int)(stop - start), start);
    cJSON *value = override_value(&end, err);
    return value && cJSON_AddItemToObject(range, key, value);
}

cJSON *axis_range_from_text(const struct override *spec, struct arena *arena, struct err *err)
{
    const char *text = spec->value;
    const char *first = strchr(text, ':');
    const char *second = first ? strchr(first + 1, ':') : NULL;
    if (!second || strchr(second + 1, ':') || strchr(text, '"'))
        return NULL;
    const char *last = second + 1;
    size_t letters = strspn(last, "abcdefghijklmnopqrstuvwxyz");
    const char *scale = arena_format(arena, "%.*s", (int)letters, last);
    const char *digits = last + letters;
    bool known = strcmp(scale, "log") == 0 || strcmp(scale, "linear") == 0;
    if (!known || !*digits || strspn(digits, "0123456789") != strlen(digits)) {
        (void)err_add(err, spec->pointer, "'%s' says neither log nor linear and how many points",
                      last);
        err_hint(err, "write %.*s:log15, for instance", (int)(second - text), text);
        return NULL;
    }
    cJSON *range = cJSON_CreateObject();
    (void)cJSON_AddItemToObject(range, "points", cJSON_CreateNumber(strtod(digits, NULL)));
    (void)cJSON_AddStringToObject(range, "scale", scale);
    if (add_end(range, "from", spec, text, first, arena, err) &&
        add_end(range, "to", spec, first + 1, second, arena, err))
        return range;
    cJSON_Delete(range);
    return NULL;
}

static bool check_range(const struct reader *reader, const struct range_params *range,
                        const char *pointer)
{
    if (!(range->from < range->to || range->from > range->to))
        return err_add(reader->err, pointer, "from and to are the same");
    if (range->scale == SCALE_LOG && !(range->from > 0 && range->to > 0)) {
        (void)err_add(reader->err, pointer, "a logarithmic scale needs ends above 0");
        err_hint(reader->err, "scale \"linear\" takes any");
        return false;
    }
    return true;
}

static double point_at(const struct range_params *range, uint64_t i)
{
    double share = (double)i / (double)(range->points - 1);
    if (range->scale == SCALE_LOG)
        return range->from * pow(range->to / range->from, share);
    return range->from + (range->to - range->from) * share;
}

/*
 * Writes x with the fewest digits that are off by at most the tolerance: in
 * the unit that reads best, or in the base unit. False when no digits are
 * enough, which happens in other units only.
 */
static bool write_near(double x, enum dimension dimension, bool best_unit, double tolerance,
                       char text[UNITS_TEXT])
{
    enum { ALL_DIGITS = 17 };
    for (int digits = 1; digits <= ALL_DIGITS; digits++) {
        if (best_unit)
            (void)units_write(x, dimension, digits, text);
        else
            (void)snprintf(text, UNITS_TEXT, "%.*g %s", digits, x, describe_unit(dimension));
        double value = 0;
        const char *why = NULL;
        if (units_read(text, dimension, &value, &why) && fabs(value - x) <= tolerance)
            return true;
    }
    return false;
}

/* x as people write it, off by at most the tolerance. */
static cJSON *nice_number(double x, const struct number_kind *kind, double tolerance)
{
    char best[UNITS_TEXT];
    char base[UNITS_TEXT];
    bool reads = write_near(x, kind->dimension, true, tolerance, best);
    (void)write_near(x, kind->dimension, false, tolerance, base);
    if (kind->dimension == DIMENSION_NONE) {
        double value = reads ? strtod(best, NULL) : x;
        return cJSON_CreateNumber(kind->is_whole ? round(value) : value);
    }
    enum { NICE_LENGTH = sizeof "12.34 min" - 1 };
    bool shorter = strlen(base) < strlen(best) && strlen(best) > NICE_LENGTH;
    return cJSON_CreateString(reads && !shorter ? best : base);
}

/* Neighbouring points of a range of whole numbers may round to the same one. */
static void add_point(cJSON *list, cJSON *point)
{
    const cJSON *last = list->child ? list->child->prev : NULL; /* cJSON's first knows its last */
    if (last && cJSON_Compare(last, point, true))
        cJSON_Delete(point);
    else
        (void)cJSON_AddItemToArray(list, point);
}

cJSON *axis_range_points(const struct reader *reader, cJSON *range, const char *pointer,
                         const struct number_kind *kind)
{
    struct range_params params = {0};
    if (!reader_read(reader, range_fields, range, pointer, &params) ||
        !check_range(reader, &params, pointer))
        return NULL;
    cJSON *list = cJSON_CreateArray();
    add_point(list, cJSON_Duplicate(json_member(range, "from"), true));
    for (uint64_t i = 1; i + 1 < params.points; i++) {
        double x = point_at(&params, i);
        add_point(list, nice_number(x, kind, 0.005 * fabs(x - point_at(&params, i - 1))));
    }
    add_point(list, cJSON_Duplicate(json_member(range, "to"), true));
    return list;
}
