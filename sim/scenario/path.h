// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Names of files, as text: a scenario names files from its own folder, the
 * program opens them from the folder it runs in. A folder is "" where that is
 * the folder itself. Nothing here looks at the disk.
 */
#ifndef SCENARIO_PATH_H
#define SCENARIO_PATH_H

#include "core/memory.h"

/* The folder of a file: "" for "a.json", "x/y" for "x/y/a.json", "/" for "/a.json". */
const char *path_folder(struct arena *arena, const char *path);
/* What `path` means in that folder; an absolute path stays. */
const char *path_join(struct arena *arena, const char *folder, const char *path);
/* Without "." and "x/..": two names of a file that differ in those only become the same. */
const char *path_simplify(struct arena *arena, const char *path);
/*
 * The inverse of path_join: what to write in `folder` for a path that is seen
 * from the running folder. Where the folder leads upwards or is absolute, that
 * is an absolute path.
 */
const char *path_seen_from(struct arena *arena, const char *folder, const char *path);

#endif
