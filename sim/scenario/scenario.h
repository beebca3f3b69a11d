// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A scenario: from files and overrides to a validated model.
 *
 * What a file says goes over what it extends; --set goes over both. Under
 * /checkpoint the named strategy's fragment comes first, so that the scenario
 * may change each of its keys. Then the tree is read by scenario_fields[], which
 * fills in defaults, and the model checks what concerns several keys.
 *
 * Everything is constant afterwards. Loading is cheap with a text cache (no
 * file is read twice), so each point of a sweep loads its own.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/err.h"
#include "core/field.h"
#include "core/memory.h"
#include "model/model.h"
#include "scenario/axis.h"
#include "scenario/override.h"
#include "scenario/provenance.h"

enum { SCENARIO_FORMAT = 1 }; /* version of the scenario language */

struct text_cache;

struct scenario {
    uint64_t format;
    struct model model;
    const char *json;  /* the whole scenario with defaults filled in, on one line */
    struct axis *axes; /* of the key "sweep" */
    size_t n_axes;
    const char **warnings; /* "pointer: message; hint" */
    size_t n_warnings;
    struct provenances provenance; /* of the values that nobody has changed since */
    struct cJSON *tree;            /* owned: what `json` says */
    struct arena arena;            /* owns everything else */
};

/* The table of the top level, the root of all keys. */
extern const struct field scenario_fields[];

/* How to load a scenario; all borrowed for the call. */
struct scenario_request {
    const char *path;            /* "-": standard input */
    const char *text;            /* what the file says, when it need not be read; or NULL */
    const struct override *sets; /* in the order in which they apply */
    size_t n_sets;
    struct text_cache *texts; /* may be NULL */
    bool lenient;             /* do not open traces and other data files */
    bool model_only;          /* one more point of a sweep: leave json, axes and tree empty */
};

/*
 * Loads a scenario. Problems, with their places, are added to `err`; false
 * when there was an error, and then there is nothing to release.
 */
bool scenario_load_request(struct scenario *scenario, const struct scenario_request *request,
                           struct err *err);
/* The usual request. */
bool scenario_load(struct scenario *scenario, const char *path, const struct override *sets,
                   size_t n_sets, struct text_cache *texts, struct err *err);
void scenario_release(struct scenario *scenario);

/* Writes scenario->json for people, indented, with a line end. */
void scenario_write(const struct scenario *scenario, FILE *out);

#endif
