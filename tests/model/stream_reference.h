// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A plain reference of the message plane (model/stream.h), to hold its engines
 * against: made to be obvious, not fast. It shares with them what is drawn
 * (topology, durable logs, random streams, identities) and nothing of how they
 * work: no rings, no winner tree, no passes.
 *
 * Whenever something may become possible for a task (a service ends, a message
 * enters its queue, room is made), an alarm for (time, task) goes into a heap:
 * one or more per message. An alarm is no more than a reason to look: the task
 * then does all that its state allows at that time, so that an alarm too many
 * changes nothing. Times are booked for all tasks whenever the clock moves, by
 * what each is doing.
 *
 * The functions promise what those of the same name in model/stream.h promise.
 */
#ifndef TESTS_MODEL_STREAM_REFERENCE_H
#define TESTS_MODEL_STREAM_REFERENCE_H

#include "model/stream.h"

struct reference;

struct reference *reference_new(const struct topology *topology,
                                const struct stream_options *options);
void reference_free(struct reference *reference);
void reference_start(struct reference *reference, uint64_t seed, uint64_t replication,
                     struct latency_record *latency, struct latency_record *operator_latency);

bool reference_advance(struct reference *reference, double to_s, struct notice *notice);
double reference_now_s(const struct reference *reference);
void reference_move_to(struct reference *reference, double time_s);

void reference_set_speed(struct reference *reference, uint32_t task, double speed);
bool reference_hold(struct reference *reference, uint32_t task, bool even_blocked);
void reference_release(struct reference *reference, uint32_t task);
void reference_send_markers(struct reference *reference, uint32_t task, uint64_t round);
void reference_forget_round(struct reference *reference, uint64_t round);
/* Rounds have ascending numbers. */
void reference_let_overtake(struct reference *reference, uint64_t round);

/* The positions are those of the task's partitions, then of its logs in the order of in edges. */
void reference_cut(struct reference *reference, uint32_t task, bool channels, struct task_cut *cut);
void reference_cut_in_flight(struct reference *reference, uint32_t task, uint64_t round,
                             struct task_cut *cut);
void reference_record_commits(struct reference *reference, struct latency_record *commit_latency);
void reference_commit_outputs(struct reference *reference, uint32_t task,
                              const struct task_cut *cut);
void reference_kill(struct reference *reference, uint32_t task);
void reference_roll_back(struct reference *reference, const uint32_t *tasks, size_t n,
                         const struct task_cut *const *cuts);

uint64_t reference_task_lag(struct reference *reference, uint32_t task);
double reference_task_lag_s(struct reference *reference, uint32_t task);
uint64_t reference_partition_lag(struct reference *reference, uint32_t partition);
double reference_partition_lag_s(struct reference *reference, uint32_t partition);
void reference_watch(struct reference *reference, struct lag_watch *watch);
void reference_unwatch(struct reference *reference, struct lag_watch *watch);

void reference_counts(struct reference *reference, uint32_t task, struct task_counts *counts);
void reference_partition_counts(struct reference *reference, uint32_t partition,
                                struct partition_counts *counts);
void reference_measure_from(struct reference *reference, double time_s);
bool reference_check(struct reference *reference, char why[200]);
void reference_observe(struct reference *reference, stream_observer *observer, void *context);

#endif
