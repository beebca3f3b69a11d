// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Micro-batches of a stream job, where the coordination lets messages in batch by batch (Spark
 * Structured Streaming).
 *
 *   idle -> (trigger, new data) logging -> running -> storing -> committing -> idle
 *
 * A batch that is due takes what has arrived, as offsets of the partitions; where that is nothing
 * it is skipped, and the sources are looked at again after a while. The offsets are written ahead
 * to a log. The sources read up to them. When all of that has gone through, every task commits its
 * state, and when the slowest has, the commit is written to a log: from then on the recovery line
 * of all tasks is the end of this batch. Only then the next one may begin: at its time, or at once
 * if that has passed.
 *
 * A failure aborts the batch. Once all tasks run again, from the last line, a batch whose offsets
 * were in the log is run again with these very offsets; else a new one begins when it is due.
 *
 * The functions are those of model/rounds.h.
 */
#ifndef MODEL_MICROBATCH_H
#define MODEL_MICROBATCH_H

#include "model/rounds.h"

struct microbatch;

/* NULL when the coordination of the job does not make batches. */
struct microbatch *microbatch_new(struct run *run);
void microbatch_free(struct microbatch *batches);
void microbatch_start(struct run *run);
void microbatch_notice(struct run *run, const struct notice *notice);
void microbatch_tasks_stop(struct run *run, const uint32_t *tasks, size_t n);
void microbatch_tasks_restart(struct run *run, const uint32_t *tasks, size_t n);
void microbatch_task_resumes(struct run *run, uint32_t task);
const struct task_cut *microbatch_line(const struct run *run, uint32_t task, double *cut_s);
uint64_t microbatch_line_deltas(const struct run *run);
double microbatch_line_bytes(const struct run *run, uint32_t task);
struct task_state *microbatch_task_state(const struct run *run, uint32_t task);
void microbatch_end(struct run *run);
struct storage_totals microbatch_storage(const struct run *run);
struct round_counts microbatch_counts(const struct run *run);

#endif
