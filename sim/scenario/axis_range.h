// SPDX-License-Identifier: GPL-3.0-or-later
/* Ranges of an axis: two ends, and points between them; for axis.c only. */
#ifndef SCENARIO_AXIS_RANGE_H
#define SCENARIO_AXIS_RANGE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "core/memory.h"
#include "core/units.h"
#include "scenario/override.h"
#include "scenario/reader.h"

/* What numbers a key takes. */
struct number_kind {
    bool is_number; /* false: none */
    bool is_whole;
    enum dimension dimension;
};

/*
 * The range object for the value "FROM:TO:log15"; NULL when the value is not of that form
 * (it may be a list). With an error when it nearly is.
 */
cJSON *axis_range_from_text(const struct override *spec, struct arena *arena, struct err *err);

/*
 * The points of a range object {"from", "to", "points", "scale"} as a list; the
 * ends as they are written. NULL, with errors, when it is none.
 */
cJSON *axis_range_points(const struct reader *reader, cJSON *range, const char *pointer,
                         const struct number_kind *kind);

#endif
