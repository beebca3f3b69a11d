// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Axes of a sweep: a key, and the values to give it.
 *
 * A scenario says {"sweep": {"/checkpoint/interval": VALUES}}, the command line
 * --over /checkpoint/interval=VALUES. VALUES is a list, or a range
 * {"from": "10 min", "to": "8 h", "points": 15, "scale": "log"}; the command
 * line takes JSON for them too, and for short
 *
 *     10min,1h,2h      a list
 *     10min:8h:log15   a range of 15 points, log or linear
 *
 * Points within a range are rounded to few digits, by less than a hundredth of
 * the step, so that they read well: "23.7 min". A text is the point: what it
 * says is what is simulated.
 */
#ifndef SCENARIO_AXIS_H
#define SCENARIO_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"
#include "core/memory.h"

enum {
    AXIS_POINTS_MAX = 10000, /* of a range */
    AXIS_GRID_MAX = 100000,  /* of all axes together */
};

struct axis_value {
    const char *json; /* "\"60 s\"" */
    double number;    /* in base units; NaN when it is no number */
};

struct axis {
    const char *pointer; /* of the key */
    struct axis_value *values;
    size_t n_values; /* at least 1 */
};

/*
 * Reads "/pointer=VALUES" from the command line. All parts live in the arena.
 * False, with errors, when there is no such key, or the values cannot be its.
 */
bool axis_parse(struct axis *axis, const char *argument, struct arena *arena, struct err *err);

/*
 * Whether the axes make a grid of points: no key is swept twice, alone or
 * within another, and there are at most AXIS_GRID_MAX points. Errors are at `pointer`.
 */
bool axis_check_grid(const struct axis *axes, size_t n_axes, const char *pointer, struct err *err);

struct cJSON;

/*
 * Reads the object of a scenario's key "sweep" (NULL: there is none) into an
 * array of axes in the arena. False, with errors that point into /sweep.
 */
bool axis_read_sweep(const struct cJSON *sweep, struct arena *arena, struct axis **axes,
                     size_t *n_axes, struct err *err);

#endif
