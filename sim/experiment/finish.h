// SPDX-License-Identifier: GPL-3.0-or-later
/* From the replications of a point to its part of the results. */
#ifndef EXPERIMENT_FINISH_H
#define EXPERIMENT_FINISH_H

#include "experiment/replication.h"
#include "experiment/results.h"
#include "scenario/scenario.h"

/* Fills everything but the settings. Arrays and texts come from the arena. */
void point_finish(struct point *point, const struct scenario *scenario,
                  const struct replications *table, struct arena *arena);
/* Adds a warning, which lies in the arena. */
void point_warn(struct point *point, struct arena *arena, const char *text);

#endif
