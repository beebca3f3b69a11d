// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Checkpoints of stream jobs at work. A round is one checkpoint of the tasks
 * that checkpoint together: of the whole job under coordinated strategies, of
 * a container or a single task under others.
 *
 *   task:  due -> asked -> cut -> sync -> write -> acked
 *   round: triggered -> all acked -> committed, or expired, declined, aborted, subsumed
 *
 * A task cuts at its next message boundary (the wait is its start delay), or where it is under
 * cut: preempt. How the cuts of a round relate is data (struct coordination_ops): tasks are asked
 * one by one, or a marker goes from the sources through the channels and a task cuts when it has
 * come on all of them (aligned). Stop-the-world rounds keep every task standing until the last has
 * cut and the cost is paid; in all others a task goes on when its own stop is over. The recovery
 * line of a task is its cut in the last committed round.
 *
 * A round is triggered only while all its tasks run: the timer stands while one of them recovers,
 * and a round that is due while one is interrupted is skipped. It needs an ack of each, so it is
 * aborted when one stops before; one that has acked may stop, and the round still commits. It
 * expires when it takes longer than the time-out; it is declined when a task cannot write its
 * part; a round that commits subsumes those of the same tasks that were triggered before it. When
 * too many in a row expire or are declined, the job restarts (Flink's CheckpointCoordinator,
 * CheckpointRequestDecider and CheckpointFailureManager).
 */
#ifndef MODEL_ROUNDS_H
#define MODEL_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/task_state.h"

struct notice;
struct run;
struct rounds;
struct task_cut;

struct rounds *rounds_new(struct run *run);
void rounds_free(struct rounds *rounds);
/* At the start of each replication: no task runs yet. */
void rounds_start(struct run *run);
/* The plane has come to what a round asked for. */
void rounds_notice(struct run *run, const struct notice *notice);
/* The tasks failed or are stopped: rounds that still need an ack of one of them are aborted. */
void rounds_tasks_stop(struct run *run, const uint32_t *tasks, size_t n);
/*
 * The tasks have gone back to the cuts that rounds_line() says. With recovery_line: maximal these
 * are all tasks of the job, and what they had cut since the line is of no use any more.
 */
void rounds_tasks_rolled_back(struct run *run, const uint32_t *tasks, size_t n);
/* The tasks run again from their recovery lines: their timers are armed anew. */
void rounds_tasks_restart(struct run *run, const uint32_t *tasks, size_t n);
/* The task goes on after an interruption, in which it could not be asked. */
void rounds_task_resumes(struct run *run, uint32_t task);
/* The coordinator of the checkpoints has gone down: those in progress are aborted; or is up again:
 * intervals begin anew. */
void rounds_coordinator_changes(struct run *run);
/* A failure is foretold: all who may begin a checkpoint do. Whether any does. */
bool rounds_alarm(struct run *run);
/* The cut that a roll-back of the task goes to, and when it was taken. */
const struct task_cut *rounds_line(const struct run *run, uint32_t task, double *cut_s);
/* Deltas to read after the base, of the task's recovery line. */
uint64_t rounds_line_deltas(const struct run *run, uint32_t task);
/* Bytes to read to restore the task's recovery line. */
double rounds_line_bytes(const struct run *run, uint32_t task);
/* Its state. */
struct task_state *rounds_task_state(const struct run *run, uint32_t task);
/* The end of the run: rounds in progress are aborted; ledgers are checked. */
void rounds_end(struct run *run);

struct round_counts {
    uint64_t committed;
    uint64_t aborted;  /* by a failure, or by the end of the run */
    uint64_t expired;  /* timed out */
    uint64_t declined; /* by a task that could not write */
    uint64_t subsumed; /* overtaken by a later one */
    uint64_t skipped;  /* were due and did not begin */
    uint64_t restarts; /* of the job, because too many failed in a row */
    uint64_t forced;   /* begun because of a message's index */
    uint64_t useless;  /* committed, and never on a recovery line */
    uint64_t orphans;  /* messages that would have been, had all gone back to their last cuts */
};
struct round_counts rounds_counts(const struct run *run);

struct storage_totals rounds_storage(const struct run *run);

#endif
