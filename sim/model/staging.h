// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A batch job of stages at work. Attempts of tasks run in the slots of the
 * nodes: start up, read their inputs, work, write. Stages are served in the
 * order of the list, tasks in that of their numbers, as soon as their inputs
 * are there and a slot is free.
 *
 * What is known and what is true differ between a failure and its detection:
 * the outputs of a lost node are thought to be there, and those who read them
 * wait. Then lost outputs that somebody still needs are made again, along the
 * lineage: the one parent of a narrow input, all that a shuffle has lost.
 */
#ifndef MODEL_STAGING_H
#define MODEL_STAGING_H

#include <stdbool.h>
#include <stdint.h>

struct run;
struct failure_process;

/* Once per run structure. */
void staging_init(struct run *run);
void staging_release(struct run *run);
/* At the start of each replication, and at its end: books, checks, and fills the metrics. */
void staging_start(struct run *run);
void staging_end(struct run *run);

/*
 * A slot (strikes: process), nodes, be it by a rack or a burst, or the whole job fails; nodes are
 * down for repair_s. False when that does nothing to the job.
 */
bool staging_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                        double repair_s);

#endif
