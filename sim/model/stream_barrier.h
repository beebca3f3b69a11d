// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Markers that overtake, and cuts that messages are still added to: the inside
 * of stream_let_overtake() and stream_cut_in_flight().
 *
 * A marker that overtakes is in no queue. It stands beside its channel, with
 * the number of messages that were sent before it: as a channel is first in,
 * first out, these are the first of those that wait. A task that has taken its
 * first marker starts nothing more until it was cut. From then on, what is sent
 * to it on a channel without marker goes into the cut too.
 */
#ifndef MODEL_STREAM_BARRIER_H
#define MODEL_STREAM_BARRIER_H

#include "model/stream_state.h"

/* The task is at a boundary where markers overtake, and may be cut there. */
static inline bool barrier_finds_boundary(const struct stream *stream, const struct task *task)
{
    return task->mode == TASK_RUNNING && task->speed > 0 && !task->hold &&
           task->n_busy == (stream->options.overtake_blocked ? task->n_blocked : 0);
}

/* A marker of the round that overtakes is sent on channel c; it may be taken from entry_s on. */
void barrier_send(struct stream *stream, uint32_t c, double entry_s);
/*
 * The task, at a boundary, takes the marker that overtakes and is there, of several the first by
 * (entry, channel). True: it came to a notice, NOTICE_MARKER or NOTICE_CAPTURED.
 */
bool barrier_take(struct stream *stream, uint32_t rank, struct notice *notice);
/* Whether the cut of the task is complete, which was not told yet. */
static inline bool barrier_is_captured(const struct task *task)
{
    return task->cut_round != 0 && task->n_awaited == 0;
}
/* Tells it; true. */
bool barrier_tell_captured(struct stream *stream, uint32_t rank, struct notice *notice);
/* A message is sent to the task, which captures: it belongs to its cut, or not. */
void barrier_capture(struct stream *stream, const struct task *receiver,
                     const struct message *message);
/* The task was cut for the round, now: which messages will be added. */
void barrier_begin_capture(struct stream *stream, uint32_t rank, uint64_t round,
                           struct task_cut *cut);
/* Whatever of a round that overtakes concerns the task is over. */
void barrier_end(struct stream *stream, uint32_t rank);

#endif
