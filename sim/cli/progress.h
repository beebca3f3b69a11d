// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The one line of progress, on standard error and only when that is a terminal
 * that can rewrite a line: "ckptsim: 1200 of 3000 replications, 410/s, 4 s left".
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    bool is_shown;
    double start_s; /* of the wall clock */
    double last_s;  /* when the line was last written; below start: never */
};

void progress_start(struct progress *progress, bool quiet);
/* Rewrites the line, at most ten times a second. `context` is a struct progress. */
void progress_update(void *context, size_t done, size_t total);
/* Takes the line away. */
void progress_end(struct progress *progress);

#endif
