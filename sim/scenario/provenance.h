// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where the values of a scenario come from: under "provenance" a file, most of all a preset, says
 * by JSON Pointer which paper, or which engine and key, a value is taken from. A word of provenance
 * holds as long as nobody newer has said something else of its value.
 */
#ifndef SCENARIO_PROVENANCE_H
#define SCENARIO_PROVENANCE_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "scenario/sources.h"

struct provenance {
    const char *pointer;
    const char *text;
    const char *by; /* the source that says so, as in messages */
};

struct provenances {
    struct provenance *items; /* in the arena */
    size_t n;
};

/*
 * Checks the provenance of one source against the tree of it and all that it extends: pointers must
 * name values there, texts must be texts. Errors go to `err`.
 */
void provenance_check(const cJSON *source, cJSON *tree, struct err *err);
/* What still holds, oldest source first; texts are copied to the arena. */
void provenance_collect(const struct sources *sources, struct arena *arena,
                        struct provenances *provenances);
/* "pointer  value  text" of each, under a heading; nothing when there is none. */
void provenance_write(const struct provenances *provenances, cJSON *tree, FILE *out);

#endif
