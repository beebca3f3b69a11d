// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The message in a task's hand when its loop begins or ends: one that is in
 * service for longer than the window, one that waits for room, one with
 * outputs of any kind. It comes once or twice per task and window, so here
 * nothing is done for speed.
 */
#include "model/stream_pass.h"
#include "model/stream_route.h"

/* ---- outputs ---- */

static void send_to_log(struct passes *passes, const struct channel *channel,
                        struct message *message, double at_s)
{
    const struct task *receiver = &passes->stream->tasks[channel->to];
    message->entry_s = at_s; /* for the order; the latency comes on top when it is appended */
    inbox_add(&passes->tasks[channel->to].log_inboxes[channel->log - receiver->logs].inbox,
              message);
}

static void send_output(struct passes *passes, uint32_t c, const struct message *parent,
                        uint64_t id, double at_s)
{
    struct stream *stream = passes->stream;
    struct channel *channel = &stream->channels[c];
    uint32_t e = stream->topology->channels[c].edge;
    struct message message = *parent;
    message.id = id;
    message.channel = c;
    channel->sent++;
    if (channel->log) {
        send_to_log(passes, channel, &message, at_s);
        return;
    }
    message.entry_s = later_of(at_s + route_latency_s(stream, e, id), channel->last_entry_s);
    channel->last_entry_s = message.entry_s;
    pass_send(passes, channel->to, passes->operators[stream->topology->edges[e].to].sole, &message);
}

/* As pass_hand_on(), where there is only one channel and each message goes on. */
static bool hand_on_by_one(struct passes *passes, uint32_t rank, struct in_service *hand,
                           double *at_s)
{
    struct stream *stream = passes->stream;
    uint32_t c = stream->topology->tasks[rank].first_out;
    const struct edge *edge = &stream->topology->edges[stream->topology->channels[c].edge];
    struct message message = hand->message;
    hand->waits_for = c;
    if (!pass_find_room(passes, c, edge->capacity, at_s))
        return false;
    message.entry_s = *at_s + edge->latency.mean;
    message.channel = c;
    stream->channels[c].sent++;
    pass_send(passes, stream->channels[c].to, passes->operators[edge->to].sole, &message);
    stream->tasks[rank].counts.emitted++;
    return true;
}

bool pass_hand_on(struct passes *passes, uint32_t rank, struct in_service *hand, double *at_s)
{
    struct stream *stream = passes->stream;
    const struct topology *topology = stream->topology;
    if (passes->operators[stream->tasks[rank].operator].output == TO_ONE)
        return hand_on_by_one(passes, rank, hand, at_s);
    const struct task_place *place = &topology->tasks[rank];
    const struct operator_place *operator= & topology->operators[place->operator];
    for (; hand->next_edge < operator->n_out_edges; hand->next_edge++, hand->next_copy = 0) {
        uint32_t e = operator->out_edges[hand->next_edge];
        const struct edge *edge = &topology->edges[e];
        uint64_t n = route_outputs(stream, edge, hand->message.id);
        for (; hand->next_copy < n; hand->next_copy++) {
            uint64_t id = route_output_id(stream, e, hand->message.id, hand->next_copy);
            uint32_t c =
                place->edge_base[hand->next_edge] + route_channel(stream, e, id, hand->next_copy);
            hand->waits_for = c;
            if (!pass_find_room(passes, c, edge->capacity, at_s))
                return false;
            send_output(passes, c, &hand->message, id, *at_s);
            stream->tasks[rank].counts.emitted++;
        }
    }
    return true;
}

/* ---- the end of a run ---- */

void pass_close(struct passes *passes, uint32_t rank)
{
    struct pass_task *mine = &passes->tasks[rank];
    mine->closed = true;
    mine->next_s = mine->send_s = (double)INFINITY;
    passes->n_open--;
    passes->moved = true;
}

/* The task does nothing before time_s, and if that is after the window, it is done with it. */
static void wait_until(struct passes *passes, uint32_t rank, double time_s)
{
    struct pass_task *mine = &passes->tasks[rank];
    if (time_s > passes->until_s)
        pass_close(passes, rank);
    else
        mine->next_s = mine->send_s = time_s;
}

void pass_wait_for_room(struct passes *passes, uint32_t rank, double handed_s)
{
    struct stream *stream = passes->stream;
    struct task *task = &stream->tasks[rank];
    struct channel *channel = &stream->channels[task->hands[0].waits_for];
    task->hands[0].blocked = true;
    task->n_blocked = 1;
    channel->waiter = rank;
    passes->tasks[rank].handed_s = handed_s;
    double released_s = passes->tasks[channel->to].next_s;
    wait_until(passes, rank, later_of(released_s, handed_s));
}

void pass_wait_for_input(struct passes *passes, uint32_t rank)
{
    const struct pass_task *mine = &passes->tasks[rank];
    wait_until(passes, rank, later_of(mine->wait_s, mine->since_s));
}

/* What the task's time goes into when nothing is in its hand. */
static enum task_use unused(const struct task *task)
{
    return task->mode == TASK_RUNNING && task->speed > 0 ? USE_IDLE : USE_STOPPED;
}

bool pass_finish_hand(struct passes *passes, uint32_t rank)
{
    struct stream *stream = passes->stream;
    struct task *task = &stream->tasks[rank];
    struct in_service *hand = &task->hands[0];
    struct pass_task *mine = &passes->tasks[rank];
    if (!hand->blocked) {
        if (hand->end_s > passes->until_s) {
            pass_close(passes, rank);
            return false;
        }
        hand_book(task, hand, hand->end_s);
        message_is_served(task, &hand->message);
        task_turn_to(task, USE_BLOCKED, hand->end_s);
        mine->handed_s = hand->end_s;
        passes->moved = true;
    } else if (stream->channels[hand->waits_for].waiter == rank) {
        stream->channels[hand->waits_for].waiter = NO_TASK;
    }
    double handed_s = mine->handed_s;
    if (!pass_hand_on(passes, rank, hand, &handed_s)) {
        pass_wait_for_room(passes, rank, handed_s);
        return false;
    }
    passes->moved = true;
    hand->blocked = false;
    task->n_blocked = task->n_busy = 0;
    task_turn_to(task, unused(task), handed_s);
    mine->since_s = handed_s;
    message_departs(stream, rank, &hand->message, hand->start_s, handed_s);
    return true;
}
