// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/units.h"

/* Back to the first column, and what was there is erased. */
#define ERASE_LINE "\r\033[K"

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_start(struct progress *progress, bool quiet)
{
    const char *terminal = getenv("TERM");
    bool can_rewrite = terminal && strcmp(terminal, "dumb") != 0 && strcmp(terminal, "") != 0;
    *progress = (struct progress){.is_shown = !quiet && can_rewrite && isatty(STDERR_FILENO)};
    progress->start_s = now_s();
    progress->last_s = progress->start_s - 1;
}

void progress_update(void *context, size_t done, size_t total)
{
    const double pause_s = 0.1;
    struct progress *progress = context;
    double now = progress->is_shown ? now_s() : progress->last_s;
    if (now - progress->last_s < pause_s)
        return;
    progress->last_s = now;
    double elapsed_s = now - progress->start_s;
    (void)fprintf(stderr, ERASE_LINE "ckptsim: %zu of %zu replications", done, total);
    if (done > 0 && elapsed_s > 0) {
        char rate[UNITS_TEXT];
        char left[UNITS_TEXT];
        (void)fprintf(stderr, ", %s, %s left",
                      units_write((double)done / elapsed_s, DIMENSION_RATE, 2, rate),
                      units_write(elapsed_s * (double)(total - done) / (double)done, DIMENSION_TIME,
                                  2, left));
    }
    (void)fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->is_shown && progress->last_s >= progress->start_s)
        (void)fputs(ERASE_LINE, stderr);
}
