// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The general engine of the message plane: turns, one by one, in the order
 * (time, rank).
 *
 * In its turn a task lets hands go on whose service has ended or whose channel
 * has room again, the one with the earliest end first; when no more can, it
 * takes a message; and so on until nothing more can happen at this instant.
 * What it then waits for by itself (an end of service, a message under way, an
 * arrival) is its one entry in the agenda. What others do for it (a message
 * for an idle receiver, room for a sender, a thread) gives it a turn at that
 * instant.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_route.h"
#include "model/stream_step.h"

/* ---- life ---- */

struct stepper *stepper_new(struct stream *stream)
{
    struct stepper *stepper = mem_alloc(1, sizeof *stepper);
    agenda_init(&stepper->agenda, (uint32_t)stream->topology->n_tasks);
    stepper->aligned = NO_TASK;
    return stepper;
}

void stepper_free(struct stepper *stepper)
{
    if (!stepper)
        return;
    agenda_release(&stepper->agenda);
    free(stepper);
}

void stepper_invalidate(struct stepper *stepper, uint32_t task)
{
    stepper->is_due = true;
    if (task != STREAM_ALL) {
        agenda_set_due(&stepper->agenda, task);
        return;
    }
    stepper->aligned = NO_TASK;
    agenda_clear(&stepper->agenda);
    for (uint32_t i = 0; i < stepper->agenda.n_tasks; i++)
        agenda_set_due(&stepper->agenda, i);
}

void stepper_pass(struct stepper *stepper)
{
    stepper->is_due = false;
    stepper->is_stale = true;
}

bool stepper_is_due(const struct stepper *stepper)
{
    return stepper->is_due;
}

/* ---- room in channels ---- */

/* Whether the channel has no room for one message more, of that size. */
static inline bool channel_is_full(struct stream *stream, const struct channel *channel,
                                   const struct edge *edge, double bytes)
{
    if (edge->capacity == 0)
        return channel->marked || step_open_places(stream, channel->to) == 0;
    if (channel->sent - channel->started >= edge->capacity)
        return true;
    return channel->bytes > 0 && channel->bytes + bytes > edge->capacity_bytes;
}

/* Whether another hand of the task waits for the channel already: nothing overtakes there. */
static bool is_behind(const struct task *task, const struct in_service *hand, uint32_t channel)
{
    for (uint32_t i = 0; task->n_blocked > 0 && i < task->n_busy; i++) {
        const struct in_service *other = &task->hands[i];
        if (other->blocked && other->waits_for == channel && hand_precedes(other, hand))
            return true;
    }
    return false;
}

/* ---- outputs ---- */

/* A message that is there from entry_s on is new to the receiver. */
static inline void wake_receiver(struct stream *stream, uint32_t rank, double entry_s)
{
    struct agenda *agenda = &stream->stepper->agenda;
    const struct task *receiver = &stream->tasks[rank];
    if (receiver->n_busy == receiver->in_flight)
        return;
    if (entry_s <= stream->now_s)
        agenda_set_due(agenda, rank);
    else if (entry_s < agenda_time_s(agenda, rank))
        agenda_set(agenda, rank, entry_s);
}

/* A full channel loses an output. */
static void drop(struct stream *stream, const struct channel *channel,
                 const struct message *message)
{
    struct task *receiver = &stream->tasks[channel->to];
    receiver->counts.dropped++;
    receiver->fresh += message_is_lost(stream, receiver, message);
}

/* Hands on an output of the hand over edge e; false when its channel is full and the hand waits. */
static inline bool send_output(struct stream *stream, uint32_t rank, struct in_service *hand,
                               uint32_t e, struct message *output)
{
    const struct edge *edge = &stream->topology->edges[e];
    struct channel *channel = &stream->channels[output->channel];
    if (channel->kept && history_suppresses(channel->kept, output)) {
        stream->tasks[rank].counts.suppressed++;
        return true;
    }
    if (!channel->log && (is_behind(&stream->tasks[rank], hand, output->channel) ||
                          channel_is_full(stream, channel, edge, (double)output->bytes))) {
        if (edge->on_full == ON_FULL_DROP) {
            drop(stream, channel, output);
            return true;
        }
        if (edge->capacity > 0) /* without, it is invited */
            channel->waiter = rank;
        hand->waits_for = output->channel;
        return false;
    }
    output->entry_s = stream->now_s + route_latency_s(stream, e, output->id);
    channel_put(stream, channel, output);
    if (channel->kept)
        history_keep(stream, rank, output);
    stream->tasks[rank].counts.emitted++;
    wake_receiver(stream, channel->to, output->entry_s);
    return true;
}

/* Hands on the outputs of the hand, from where it was; false when it has to wait for room. */
static bool hand_on(struct stream *stream, uint32_t rank, struct in_service *hand)
{
    const struct topology *topology = stream->topology;
    const struct operator_place *place = &topology->operators[stream->tasks[rank].operator];
    for (; hand->next_edge < place->n_out_edges; hand->next_edge++, hand->next_copy = 0) {
        uint32_t e = place->out_edges[hand->next_edge];
        uint64_t n = route_outputs(stream, &topology->edges[e], hand->message.id);
        for (; hand->next_copy < n; hand->next_copy++) {
            struct message output =
                route_output(stream, rank, &hand->message, hand->next_edge, hand->next_copy);
            if (!send_output(stream, rank, hand, e, &output))
                return false;
        }
    }
    return true;
}

/* ---- turns ---- */

/* Whether the hand, which is blocked, still waits for room. */
static inline bool still_waits(struct stream *stream, uint32_t rank, const struct in_service *hand)
{
    if (stream->channels[hand->waits_for].waiter == rank)
        return true;
    return edge_of(stream, hand->waits_for)->capacity == 0 && !step_is_invited(stream, hand);
}

/*
 * The hand that goes on next: of those in service and those whose channel has room again, the one
 * with the earliest end, of equals the one that started first. NULL: none will by itself.
 */
static struct in_service *next_hand(struct stream *stream, uint32_t rank)
{
    const struct task *task = &stream->tasks[rank];
    struct in_service *best = NULL;
    for (uint32_t i = 0; i < task->n_busy; i++) {
        struct in_service *hand = &task->hands[i];
        if ((!best || hand->end_s < best->end_s) &&
            !(hand->blocked && still_waits(stream, rank, hand)))
            best = hand;
    }
    return best;
}

/* The hand's message has left the task. */
static inline void remove_hand(struct task *task, struct in_service *hand)
{
    task->n_busy--;
    for (const struct in_service *end = task->hands + task->n_busy; hand < end; hand++)
        hand[0] = hand[1];
}

/* The hand's service ends, or there is room for its output: it hands on what it can. */
COMPILED_TWICE void go_on(struct stream *stream, uint32_t rank, struct in_service *hand,
                          const bool plain)
{
    struct task *task = &stream->tasks[rank];
    struct container *container = NULL;
    if (hand->blocked) {
        hand->blocked = false;
        task->n_blocked--;
    } else {
        hand_book(task, hand, stream->now_s);
        message_is_served(task, &hand->message);
        if (!plain && stream->containers) {
            container = container_of(stream, rank);
            container->n_free++;
        }
    }
    if (!hand_on(stream, rank, hand)) {
        hand->blocked = true;
        task->n_blocked++;
    } else {
        message_departs(stream, rank, &hand->message, hand->start_s, stream->now_s);
        if (plain)
            task->n_busy = 0;
        else
            remove_hand(task, hand);
    }
    if (container)
        step_grant_threads(stream, container);
}

/* A notice: the task stands at a boundary, because it was asked to or its next message asks it. */
static void stand(struct stream *stream, uint32_t rank, enum notice_kind kind,
                  struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    task->mode = TASK_STANDING;
    task_turn_to(task, task_use_now(task), stream->now_s);
    task_note_disturbance(stream, task);
    *notice = (struct notice){.kind = kind, .task = rank, .round = task->round};
    if (kind == NOTICE_BOUNDARY || kind == NOTICE_FORCE)
        notice->round = task->forced;
}

/* The marker at the head of the queue has come to the task; true: it is the first of its round. */
static bool take_marker(struct stream *stream, uint32_t rank, struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    struct message marker = *queue_at(&task->queue, 0);
    uint64_t round = marker.id & ~ID_MARKER;
    assert(task->round == 0 || task->round == round);
    queue_pop(&task->queue);
    task->n_markers--;
    stream->channels[marker.channel].marked = !task->counts_markers;
    task->n_marked++;
    if (task->round != 0)
        return false;
    task->round = round;
    if (task_is_aligned(task))
        stream->stepper->aligned = rank;
    *notice = (struct notice){.kind = NOTICE_MARKER, .task = rank, .round = round};
    return true;
}

enum taken { TOOK_NOTHING, TOOK_SOMETHING, TOOK_NOTICE };

/* The task is to be cut, or a marker that overtakes has come to it: nothing else is taken. */
static enum taken take_overtaking(struct stream *stream, uint32_t rank, struct notice *notice)
{
    const struct task *task = &stream->tasks[rank];
    if (!barrier_finds_boundary(stream, task))
        return TOOK_NOTHING;
    if (task->to_cut) {
        stand(stream, rank, NOTICE_OVERTAKEN, notice);
        return TOOK_NOTICE;
    }
    if (!barrier_take(stream, rank, notice))
        return TOOK_SOMETHING;
    if (task->to_cut)
        stream->stepper->aligned = rank;
    return TOOK_NOTICE;
}

/*
 * Takes one message or marker. When there is none to take, *start_s is when there will be, as far
 * as it is known; infinity: not by itself.
 */
static enum taken take_one(struct stream *stream, uint32_t rank, double *start_s,
                           struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    if (task->to_cut || task->overtaken_s <= stream->now_s)
        return take_overtaking(stream, rank, notice);
    *start_s = task->overtaken_s;
    if (task_is_aligned(task)) {
        stand(stream, rank, NOTICE_ALIGNED, notice);
        return TOOK_NOTICE;
    }
    if (!task_may_start(task))
        return TOOK_NOTHING;
    struct next next = find_next(stream, rank, false);
    if (next.time_s > stream->now_s) {
        if (next.time_s < *start_s)
            *start_s = next.time_s;
        return TOOK_NOTHING;
    }
    if (next.kind == NEXT_MARKER) {
        if (task->n_busy > 0) /* it waits for the boundary, and nothing overtakes it */
            return TOOK_NOTHING;
        return take_marker(stream, rank, notice) ? TOOK_NOTICE : TOOK_SOMETHING;
    }
    if (next.kind == NEXT_FORCE) {
        history_force(stream, rank);
        return TOOK_SOMETHING;
    }
    if (stream->containers)
        return step_grant_thread(stream, container_of(stream, rank)) ? TOOK_SOMETHING
                                                                     : TOOK_NOTHING;
    start_next(stream, rank, &next, false);
    return TOOK_SOMETHING;
}

/*
 * Everything that the task, which runs, does at this instant. True when it came to a notice; else
 * *next_s is when it will go on by itself.
 */
static bool act(struct stream *stream, uint32_t rank, double *next_s, struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    enum taken taken = TOOK_SOMETHING;
    struct in_service *hand = NULL;
    while (taken == TOOK_SOMETHING) {
        hand = next_hand(stream, rank);
        if (hand && hand->end_s <= stream->now_s) {
            go_on(stream, rank, hand, false);
        } else if (task->hold && task_is_at_boundary(task)) {
            stand(stream, rank, task->forced > 0 ? NOTICE_FORCE : NOTICE_BOUNDARY, notice);
            taken = TOOK_NOTICE;
        } else {
            taken = take_one(stream, rank, next_s, notice);
        }
    }
    if (hand && hand->end_s < *next_s)
        *next_s = hand->end_s;
    if (task->rendezvous)
        step_invite_senders(stream, rank);
    return taken == TOOK_NOTICE;
}

/* act() for a plain task, which comes to no notice; when it will go on by itself. */
static inline double act_plainly(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    struct in_service *hand = task->hands;
    for (;;) {
        if (task->n_busy > 0) {
            if (hand->end_s > stream->now_s)
                return hand->end_s;
            if (hand->blocked && stream->channels[hand->waits_for].waiter == rank)
                return (double)INFINITY;
            go_on(stream, rank, hand, true);
            continue;
        }
        struct next next = find_next(stream, rank, true);
        if (next.time_s > stream->now_s)
            return next.time_s;
        start_next(stream, rank, &next, true);
    }
}

/* The turn of a task. True when it came to a notice. */
static inline bool take_turn(struct stream *stream, uint32_t rank, struct notice *notice)
{
    struct task *task = &stream->tasks[rank];
    double next_s = (double)INFINITY;
    bool noticed = false;
    if (task_is_plain(task))
        next_s = act_plainly(stream, rank);
    else if (barrier_is_captured(task))
        noticed = barrier_tell_captured(stream, rank, notice);
    else if (task->mode == TASK_RUNNING)
        noticed = act(stream, rank, &next_s, notice);
    task_turn_to(task, task_use_now(task), stream->now_s);
    agenda_set(&stream->stepper->agenda, rank, next_s);
    return noticed;
}

/*
 * Of a single channel the first marker is the last, and one that overtakes has the task stand: the
 * two notices follow each other, and nothing else happens between them but what the control plane
 * does.
 */
static bool tell_alignment(struct stream *stream, struct notice *notice)
{
    uint32_t rank = stream->stepper->aligned;
    stream->stepper->aligned = NO_TASK;
    const struct task *task = rank == NO_TASK ? NULL : &stream->tasks[rank];
    if (!task || task->mode != TASK_RUNNING || !(task->to_cut || task_is_aligned(task)))
        return false;
    stand(stream, rank, task->to_cut ? NOTICE_OVERTAKEN : NOTICE_ALIGNED, notice);
    return true;
}

bool stepper_advance(struct stream *stream, double to_s, struct notice *notice)
{
    struct agenda *agenda = &stream->stepper->agenda;
    if (tell_alignment(stream, notice))
        return true;
    if (stream->stepper->is_stale)
        stepper_invalidate(stream->stepper, STREAM_ALL);
    stream->stepper->is_due = stream->stepper->is_stale = false;
    for (;;) {
        uint32_t rank = agenda_next(agenda, to_s, &stream->now_s);
        if (rank == agenda->n_tasks)
            break;
        if (take_turn(stream, rank, notice)) {
            /* What else it does at this instant comes after the notice. */
            agenda_set_due(agenda, rank);
            stream->stepper->is_due = true;
            return true;
        }
    }
    if (stream_tell_drained(stream, notice))
        return true;
    stream->now_s = to_s;
    return false;
}
