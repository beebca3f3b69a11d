// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Standby copies at work: each task has some, the i-th on the i-th node after its own, around the
 * job's nodes. One that takes over, or whose node fails, is built anew: it reads and applies all of
 * the task's state from storage, beside everything else that reads there. Until then it is not
 * ready.
 */
#ifndef MODEL_STANDBY_H
#define MODEL_STANDBY_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct standbys;
struct standby_source;

/* NULL without a source. */
struct standbys *standbys_new(struct run *run, const struct standby_source *source);
void standbys_free(struct standbys *standbys);
/* At the start of a replication: all are ready. */
void standbys_start(struct standbys *standbys);
/* Whether the task has one that is ready; which takes over is up to standbys_take_over(). */
bool standbys_have_one(const struct standbys *standbys, uint32_t task);
/* It takes over, and the next one begins to be built. */
void standbys_take_over(struct standbys *standbys, uint32_t task);
/* The task's node, or the one in its place, is back: those that were on it are built anew. */
void standbys_node_is_back(struct standbys *standbys, uint32_t task);
/* The end of the run: no more is read. */
void standbys_end(struct standbys *standbys);

#endif
