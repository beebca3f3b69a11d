// SPDX-License-Identifier: GPL-3.0-or-later
/* Markers that overtake messages (unaligned checkpoints). */
#include "model/stream_barrier.h"

#include <assert.h>
#include <math.h>

#include "model/stream_message.h"

/* ---- markers under way ---- */

/* The channel into the task whose marker overtakes first, by (entry, channel). */
static uint32_t first_overtaking(const struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    uint32_t first = NO_CHANNEL;
    for (uint32_t i = 0; i < place->n_in; i++) {
        uint32_t c = place->in[i];
        double entry_s = stream->markers[c].entry_s;
        if (entry_s < (double)INFINITY &&
            (first == NO_CHANNEL || entry_s < stream->markers[first].entry_s ||
             (entry_s == stream->markers[first].entry_s && c < first)))
            first = c;
    }
    return first;
}

static void look_for_first(struct stream *stream, uint32_t rank)
{
    uint32_t c = first_overtaking(stream, rank);
    stream->tasks[rank].overtaken_s =
        c == NO_CHANNEL ? (double)INFINITY : stream->markers[c].entry_s;
}

void barrier_send(struct stream *stream, uint32_t c, double entry_s)
{
    struct channel *channel = &stream->channels[c];
    struct task *receiver = &stream->tasks[channel->to];
    stream->markers[c].entry_s = entry_s;
    /* What is sent after it must not enter before it. */
    channel->last_entry_s = fmax(channel->last_entry_s, entry_s);
    receiver->n_markers++;
    receiver->overtaken_s = fmin(receiver->overtaken_s, entry_s);
}

/* Markers of the round that wait in the queue overtake from now on. */
static void leave_queue(struct stream *stream, struct message_queue *queue, uint64_t round)
{
    for (uint32_t i = 0; i < queue->n; i++) {
        const struct message *marker = queue_at(queue, i);
        if (marker->id == (ID_MARKER | round))
            stream->markers[marker->channel].entry_s = marker->entry_s;
    }
    (void)queue_drop_markers(queue, round);
}

void stream_let_overtake(struct stream *stream, uint64_t round)
{
    assert(round > 0 && stream->options.alignment == ALIGN_BLOCKING);
    stream->overtaking = round;
    for (uint32_t rank = 0; rank < stream->topology->n_tasks; rank++) {
        struct task *task = &stream->tasks[rank];
        if (task->n_markers > 0) {
            leave_queue(stream, &task->queue, round);
            look_for_first(stream, rank);
        }
        /* One that has the markers of all its channels is cut as if nothing overtook. */
        if (task->round == round && !task_is_aligned(task))
            task->to_cut = true;
        if (task->n_markers > 0 || task->to_cut)
            task_changed(stream, rank);
    }
}

/* ---- taking them ---- */

bool barrier_tell_captured(struct stream *stream, uint32_t rank, struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    assert(barrier_is_captured(task));
    *notice = (struct notice){.kind = NOTICE_CAPTURED, .task = rank, .round = task->cut_round};
    task->cut_round = 0;
    task_note_disturbance(stream, task);
    return true;
}

bool barrier_take(struct stream *stream, uint32_t rank, struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    uint32_t c = first_overtaking(stream, rank);
    uint64_t round = stream->overtaking;
    assert(stream->markers[c].round == round && task->round == 0);
    stream->markers[c].entry_s = (double)INFINITY;
    task->n_markers--;
    look_for_first(stream, rank);
    if (task->cut_round == round) {
        task->n_awaited--;
        task->captures = task->n_awaited > 0;
        return !task->captures && barrier_tell_captured(stream, rank, notice);
    }
    task->round = round;
    task->n_marked = 1;
    task->to_cut = true;
    *notice = (struct notice){.kind = NOTICE_MARKER, .task = rank, .round = round};
    return true;
}

/* ---- cuts in flight ---- */

void barrier_begin_capture(struct stream *stream, uint32_t rank, uint64_t round,
                           struct task_cut *cut)
{
    struct task *task = &stream->tasks[rank];
    task->to_cut = false;
    task->cut_round = round;
    task->n_awaited = task->n_pipelined - task->n_marked;
    task->captures = task->n_awaited > 0;
    task->cut = cut;
}

void barrier_capture(struct stream *stream, const struct task *receiver,
                     const struct message *message)
{
    if (stream->markers[message->channel].round != receiver->cut_round)
        task_cut_add(receiver->cut, message);
}

void barrier_end(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    struct task *task = &stream->tasks[rank];
    if (task->overtaken_s < (double)INFINITY)
        for (uint32_t i = 0; i < place->n_in; i++) {
            struct channel_marker *marker = &stream->markers[place->in[i]];
            task->n_markers -= marker->entry_s < (double)INFINITY;
            marker->entry_s = (double)INFINITY;
        }
    task->overtaken_s = (double)INFINITY;
    task->to_cut = task->captures = false;
    task->cut_round = 0;
    task->n_awaited = 0;
    task->cut = NULL;
}
