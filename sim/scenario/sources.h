// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where a scenario comes from: its file, what that extends, and the overrides.
 * The newest word on a key counts: an override over the file, a file over the
 * one it extends. The sources remember who said what, for messages, and
 * because the name of a file is meant from the folder of the file that says it.
 */
#ifndef SCENARIO_SOURCES_H
#define SCENARIO_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "core/field.h"
#include "scenario/override.h"

enum { SOURCES_MAX = 16 }; /* files that extend each other */

struct source {
    const char *name;   /* for messages */
    const char *path;   /* simplified; NULL for a preset and for standard input */
    const char *folder; /* seen from the main file's folder */
    const char *text;   /* borrowed from the cache, or the arena */
    size_t length;
    cJSON *tree;             /* owned; an object */
    const struct source *by; /* that extends it; NULL: the main file */
    bool is_preset;
};

struct sources {
    struct source items[SOURCES_MAX]; /* the newest word first: the main file, what it extends */
    size_t n;
    const char *folder;  /* of the main file, seen from the running folder */
    bool standard_input; /* whether the main file comes from there */
    const struct override *sets;
    const char **set_pointers; /* where the override did its work */
    size_t n_sets;
};

/*
 * Reads the file at `path` ("-": standard input), the preset of that name where there is no such
 * file, or `text` in its place, and all that it extends. False, with errors, when one of them
 * cannot be read, is no JSON object, or is of a newer format than SCENARIO_FORMAT.
 */
bool sources_load(struct sources *sources, const char *path, const char *text,
                  const struct field_context *context);

/*
 * All sources merged, and the overrides put in: a tree that the caller
 * deletes. NULL, with errors, when an override cannot be put in.
 */
cJSON *sources_merge(struct sources *sources, const struct override *sets, size_t n_sets,
                     struct arena *arena, struct err *err);

/* "file:line:column", or the override, that the value at `pointer` comes from; in the arena. */
const char *sources_place(const struct sources *sources, const char *pointer, struct arena *arena);

/* The source that the value at `pointer` comes from; NULL: from an override. */
const struct source *sources_origin(const struct sources *sources, const char *pointer);

/*
 * The file to open for a file name that stands at `pointer`: from the folder
 * of the source that says it (the running folder, for an override). *shown is
 * what the main file would have to say for it. "-" stays; it is NULL when the
 * scenario itself came from standard input.
 */
const char *sources_resolve(const struct sources *sources, const char *pointer, const char *path,
                            struct arena *arena, const char **shown);

void sources_release(struct sources *sources);

#endif
