// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Overrides: one key of a scenario, given another value from outside the file:
 * --set /checkpoint/interval=2h, or a point of a sweep. They edit the tree
 * before it is read, so that each passes the same checks as the file.
 */
#ifndef SCENARIO_OVERRIDE_H
#define SCENARIO_OVERRIDE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "core/memory.h"

struct override {
    const char *pointer; /* JSON Pointer of the key */
    const char *value;   /* JSON, or else the text itself: 2h is "2h"; null removes */
    const char *origin;  /* for messages; NULL: "--set" */
};

/*
 * Splits "/pointer=value" at the first '='; the parts live in the arena. False,
 * with an error, when it is not of that form.
 */
bool override_parse(struct override *override, const char *argument, struct arena *arena,
                    struct err *err);

/*
 * The value as a tree that the caller deletes; NULL, with an error, when it
 * starts like JSON (with {, [ or ") and is none.
 */
cJSON *override_value(const struct override *override, struct err *err);

/* "--set /checkpoint/interval=2h", cut to a reasonable length; the place of problems. */
const char *override_place(const struct override *override, struct arena *arena);

/*
 * Puts the value into the tree. *pointer is where, with each "-" (behind the
 * last item of a list) replaced by the index it got. False, with an error.
 */
bool override_apply(const struct override *override, cJSON *tree, struct arena *arena,
                    const char **pointer, struct err *err);

#endif
