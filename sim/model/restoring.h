// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Restores at work: each task of a scope that restarts reads and applies its state from the first
 * of recovery.sources that can be used. At most recovery.parallel tasks of a container do so at a
 * time; the others wait for their turn.
 */
#ifndef MODEL_RESTORING_H
#define MODEL_RESTORING_H

#include <stdbool.h>
#include <stdint.h>

#include "model/domain.h"
#include "model/recovering.h"

struct restores;
struct standbys;

/* NULL when the scenario has no sources. */
struct restores *restores_new(struct run *run);
void restores_free(struct restores *restores);
/* At the start of a replication. */
void restores_start(struct run *run);

/*
 * The tasks of a scope begin to restore. 0: that takes no time; NaN: recovering_restored() is
 * called when the last has its state.
 */
double restores_begin(struct recovering *recovering);
/* A failure cuts that off. */
void restores_abort(struct recovering *recovering);
/* A device loses its contents: tasks that are reading it look for another source. */
void restores_lose_device(struct run *run, const struct device *device);
/* The task runs again, on the node where it is now. */
void restores_task_runs(struct run *run, uint32_t task);

/* The end of the run: no more is read. */
void restores_end(struct run *run);
/* How many tasks have been restored from what. */
void restores_fill_metrics(const struct run *run);

/* ---- what sources ask ---- */

/* Whether what was stored where the task is hosted, and survives the loss of a domain, has been
 * there since. */
bool restoring_keeps(const struct run *run, uint32_t task, enum domain survives, double since_s);
/* Whether the task is on another node than before. */
bool restoring_has_moved(const struct run *run, uint32_t task);
/* A task on the i-th node after that of the task, around the job's nodes. */
uint32_t restoring_neighbour(const struct run *run, uint32_t task, uint64_t i);
/* Copies on other nodes, of a scenario that has them. */
struct standbys *restoring_standbys(const struct run *run);

#endif
