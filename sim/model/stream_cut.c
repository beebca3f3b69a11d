// SPDX-License-Identifier: GPL-3.0-or-later
/* Recovery points of the message plane: cuts, failures, roll-backs. */
#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_history.h"
#include "model/stream_message.h"
#include "model/stream_route.h"

/* ---- cuts ---- */

void task_cut_release(struct task_cut *cut)
{
    free(cut->positions);
    free(cut->messages);
    free(cut->counts);
    for (uint32_t i = 0; i < cut->n_owed; i++)
        id_set_release(&cut->owed[i]);
    free(cut->owed);
    *cut = (struct task_cut){0};
}

void task_cut_add(struct task_cut *cut, const struct message *message)
{
    cut->messages = mem_grow(cut->messages, cut->n_messages, &cut->capacity, sizeof *cut->messages);
    cut->messages[cut->n_messages++] = *message;
    cut->bytes += (double)message->bytes;
}

/* A cut of the task begins anew: its positions, the service it has done, and its outputs, whose
 * transaction ends. */
static void cut_begin(struct stream *stream, uint32_t rank, struct task_cut *cut)
{
    const struct task *task = &stream->tasks[rank];
    cut->n_outputs = output_close(stream, rank);
    cut->n_messages = 0;
    cut->bytes = 0;
    cut->service_s = task->measured_service_s;
    for (uint32_t i = 0; i < task->n_busy; i++)
        if (!task->hands[i].blocked)
            cut->service_s += (stream->now_s - task->hands[i].since_s) * task->speed;
    size_t n = task->n_sources + task->n_logs;
    cut->positions = mem_resize(cut->positions, n, sizeof *cut->positions);
    for (uint32_t i = 0; i < task->n_sources; i++)
        cut->positions[i] = task->sources[i]->position;
    for (uint32_t i = 0; i < task->n_logs; i++)
        cut->positions[task->n_sources + i] = task->logs[i].position;
}

/* Messages in service, which the positions and channels are already past. */
static void cut_hands(const struct stream *stream, const struct task *task, struct task_cut *cut)
{
    for (uint32_t i = 0; i < task->n_busy; i++) {
        struct message message = task->hands[i].message;
        if (task->hands[i].blocked)
            continue;
        if (message.channel != NO_CHANNEL && stream->channels[message.channel].log)
            message.channel = NO_CHANNEL;
        task_cut_add(cut, &message);
    }
}

static void cut_queue(const struct message_queue *queue, struct task_cut *cut)
{
    for (uint32_t i = 0; i < queue->n; i++)
        if (!(queue_at(queue, i)->id & ID_MARKER))
            task_cut_add(cut, queue_at(queue, i));
}

/*
 * A walk over the outputs that the hand still has to hand on: the next one, and the hand goes past
 * it. False when there are none left.
 */
static bool next_output(const struct stream *stream, uint32_t rank, struct in_service *hand,
                        struct message *output)
{
    const struct topology *topology = stream->topology;
    const struct operator_place *place = &topology->operators[stream->tasks[rank].operator];
    for (; hand->next_edge < place->n_out_edges; hand->next_edge++, hand->next_copy = 0) {
        const struct edge *edge = &topology->edges[place->out_edges[hand->next_edge]];
        if (hand->next_copy >= route_outputs(stream, edge, hand->message.id))
            continue;
        *output = route_output(stream, rank, &hand->message, hand->next_edge, hand->next_copy++);
        return true;
    }
    return false;
}

/* Outputs of finished messages that were not handed on. */
static void cut_outputs(const struct stream *stream, uint32_t rank, struct task_cut *cut)
{
    const struct task *task = &stream->tasks[rank];
    for (uint32_t i = 0; i < task->n_busy; i++) {
        struct in_service hand = task->hands[i];
        struct message output;
        while (hand.blocked && next_output(stream, rank, &hand, &output))
            task_cut_add(cut, &output);
    }
}

void stream_cut(struct stream *stream, uint32_t rank, bool channels, struct task_cut *cut)
{
    const struct task *task = &stream->tasks[rank];
    cut_begin(stream, rank, cut);
    cut_hands(stream, task, cut);
    if (stream->histories)
        histories_cut(stream, rank, cut);
    if (!channels)
        return;
    cut_queue(&task->aside, cut);
    cut_queue(&task->queue, cut);
    cut_outputs(stream, rank, cut);
}

/* Messages of the queue that were sent before the marker of the round on their channel. */
static void cut_before_markers(struct stream *stream, uint32_t rank, uint64_t round,
                               struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct message_queue *queue = &stream->tasks[rank].queue;
    for (uint32_t i = 0; i < place->n_in; i++) {
        struct channel_marker *marker = &stream->markers[place->in[i]];
        const struct channel *channel = &stream->channels[place->in[i]];
        uint64_t last = marker->round == round ? marker->n_before : channel->sent;
        /* After a roll-back `started` may be below 0, as it were. */
        int64_t n_left = (int64_t)(last - channel->started);
        marker->n_left = n_left > 0 ? (uint64_t)n_left : 0;
    }
    for (uint32_t i = 0; i < queue->n; i++) {
        const struct message *message = queue_at(queue, i);
        if (message->id & ID_MARKER)
            continue;
        if (message->channel != NO_CHANNEL) {
            struct channel_marker *marker = &stream->markers[message->channel];
            if (marker->n_left == 0)
                continue;
            marker->n_left--;
        }
        task_cut_add(cut, message);
    }
}

void stream_cut_in_flight(struct stream *stream, uint32_t rank, uint64_t round,
                          struct task_cut *cut)
{
    struct task *task = &stream->tasks[rank];
    assert(task->mode == TASK_STANDING && task->n_busy == task->n_blocked);
    assert(round == stream->overtaking && (task->n_pipelined == 0 || task->round == round));
    cut_begin(stream, rank, cut);
    barrier_begin_capture(stream, rank, round, cut);
    task_end_alignment(stream, rank);
    cut_before_markers(stream, rank, round, cut);
    cut_outputs(stream, rank, cut);
    task_changed(stream, rank);
}

void stream_forget_before(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    const struct task *task = &stream->tasks[rank];
    if (!cut->positions)
        return;
    for (uint32_t i = 0; i < task->n_sources; i++)
        durable_log_forget(task->sources[i], cut->positions[i]);
    for (uint32_t i = 0; i < task->n_logs; i++)
        log_forget(&task->logs[i], cut->positions[task->n_sources + i]);
    if (stream->histories)
        histories_forget_before(stream, rank, cut);
}

/* ---- failures ---- */

/* A message that the task had taken in is gone with it. */
static void lose(const struct stream *stream, struct task *task, const struct message *message)
{
    task->counts.lost++;
    task->counts.gone += message_is_lost(stream, task, message) && stream->options.keeps_positions;
}

/* Outputs that a finished message still had to hand on never reach their receivers. */
static void lose_outputs(struct stream *stream, uint32_t rank, struct in_service *hand)
{
    struct message output;
    while (next_output(stream, rank, hand, &output)) {
        struct task *receiver = &stream->tasks[stream->channels[output.channel].to];
        bool is_new = message_is_lost(stream, receiver, &output);
        receiver->fresh += is_new;
        receiver->counts.gone += is_new && stream->options.keeps_positions;
    }
    stream->channels[hand->waits_for].waiter = NO_TASK;
}

/* A thread of the container is free: its tasks look whose it is. */
static void free_thread(struct stream *stream, struct container *container)
{
    container->n_free++;
    for (uint32_t i = 0; i < container->n_tasks; i++)
        stepper_invalidate(stream->stepper, container->tasks[i]);
}

static void lose_hands(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    task_leaves_line(stream, rank);
    for (uint32_t i = 0; i < task->n_busy; i++) {
        struct in_service *hand = &task->hands[i];
        if (hand->blocked) {
            lose_outputs(stream, rank, hand);
            continue;
        }
        hand_book(task, hand, stream->now_s);
        lose(stream, task, &hand->message);
        if (stream->containers)
            free_thread(stream, container_of(stream, rank));
    }
    task->n_busy = task->n_blocked = 0;
}

static void lose_queue(const struct stream *stream, struct task *task, struct message_queue *queue)
{
    for (uint32_t i = 0; i < queue->n; i++)
        if (!(queue_at(queue, i)->id & ID_MARKER))
            lose(stream, task, queue_at(queue, i));
    queue_clear(queue);
}

/* What was in the channel is gone, and its sender may go on. */
static void empty_channel(struct stream *stream, uint32_t c)
{
    const struct topology *topology = stream->topology;
    struct channel *channel = &stream->channels[c];
    channel->started = channel->sent;
    channel->bytes = 0;
    channel->last_entry_s = 0;
    channel->marked = false;
    if (channel->waiter == NO_TASK || topology->edges[topology->channels[c].edge].capacity == 0)
        return;
    stepper_invalidate(stream->stepper, channel->waiter);
    channel->waiter = NO_TASK;
}

/* The task loses everything that was in it or on the way to it, and stands. */
static void lose_all(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    struct task *task = &stream->tasks[rank];
    lose_hands(stream, rank);
    lose_queue(stream, task, &task->aside);
    lose_queue(stream, task, &task->queue);
    for (uint32_t i = 0; i < place->n_in; i++)
        if (!stream->channels[place->in[i]].log)
            empty_channel(stream, place->in[i]);
    barrier_end(stream, rank);
    task->n_markers = task->n_marked = 0;
    task->round = 0;
    task->hold = false;
    task->forced = 0;
    task->mode = TASK_DEAD;
    task_changed(stream, rank);
}

void stream_kill(struct stream *stream, uint32_t rank)
{
    assert(stream->options.may_fail);
    if (stream->tasks[rank].mode != TASK_DEAD)
        lose_all(stream, rank);
}

/* ---- roll-backs ---- */

/* The readers of the task go to where they were at the cut. */
static void seek(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    struct task *task = &stream->tasks[rank];
    for (uint32_t i = 0; i < task->n_sources; i++) {
        partition_seek(stream, place->partitions[i], cut->positions ? cut->positions[i] : 0);
        source_look(task, i);
    }
    for (uint32_t i = 0; i < task->n_logs; i++) {
        struct message_log *log = &task->logs[i];
        log->position = cut->positions ? cut->positions[task->n_sources + i] : 0;
        assert(log->position >= log->first && log->position <= log->end);
    }
}

/* The task runs again. */
static void restart(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    task->mode = TASK_RUNNING;
    task->speed = 1;
    task->rewound_s = stream->now_s;
    task_changed(stream, rank);
}

void message_put_back(struct stream *stream, uint32_t rank, const struct message *message)
{
    struct message again = *message;
    again.id |= ID_REPLAYED;
    again.entry_s = stream->now_s;
    if (again.channel != NO_CHANNEL) {
        struct channel *channel = &stream->channels[again.channel];
        channel->started--;
        channel->bytes += (double)again.bytes;
        rank = channel->to;
    }
    struct task *receiver = &stream->tasks[rank];
    receiver->counts.received++;
    receiver->restored++;
    queue_append_fixed(&receiver->queue, &again);
    stepper_invalidate(stream->stepper, rank);
}

/* Those of the cut's messages that waited for the task, or its outputs. */
static void put_back_all(struct stream *stream, uint32_t rank, const struct task_cut *cut,
                         bool outputs)
{
    for (size_t k = 0; k < cut->n_messages; k++) {
        uint32_t c = cut->messages[k].channel;
        bool is_output = c != NO_CHANNEL && stream->channels[c].to != rank;
        if (is_output == outputs)
            message_put_back(stream, rank, &cut->messages[k]);
    }
}

/* On each channel, what had been sent goes before what its sender had not handed on yet. */
void stream_roll_back(struct stream *stream, const uint32_t *tasks, size_t n,
                      const struct task_cut *const *cuts)
{
    assert(stream->options.may_fail);
    for (size_t i = 0; i < n; i++)
        lose_all(stream, tasks[i]);
    for (size_t i = 0; i < n; i++) {
        restart(stream, tasks[i]);
        if (stream->options.keeps_positions)
            continue;
        output_roll_back(stream, tasks[i], cuts[i]);
        seek(stream, tasks[i], cuts[i]);
        put_back_all(stream, tasks[i], cuts[i], false);
    }
    for (size_t i = 0; i < n && !stream->options.keeps_positions; i++)
        put_back_all(stream, tasks[i], cuts[i], true);
    stream->owes_drained = stream->options.batched;
    if (stream->histories)
        histories_roll_back(stream, tasks, n, cuts);
}
