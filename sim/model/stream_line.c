// SPDX-License-Identifier: GPL-3.0-or-later
/* Channels without capacity: who waits in line for a receiver, and whose turn it is. */
#include "model/stream_step.h"

uint32_t step_open_places(struct stream *stream, uint32_t rank)
{
    const struct task *task = &stream->tasks[rank];
    if (!task_may_start(task) || find_next(stream, rank, false).time_s <= stream->now_s)
        return 0;
    uint32_t n = task->in_flight - task->n_busy;
    if (stream->containers && container_of(stream, rank)->n_free < n)
        n = container_of(stream, rank)->n_free;
    return n;
}

/* The hand that is first in line for channel c, of a sender that runs; NULL: nobody waits. */
static const struct in_service *first_in_line(const struct stream *stream, uint32_t c)
{
    const struct task *sender = &stream->tasks[stream->topology->channels[c].from];
    const struct in_service *first = NULL;
    if (sender->mode != TASK_RUNNING || sender->n_blocked == 0)
        return NULL;
    for (uint32_t i = 0; i < sender->n_busy; i++) {
        const struct in_service *hand = &sender->hands[i];
        if (hand->blocked && hand->waits_for == c && (!first || hand_precedes(hand, first)))
            first = hand;
    }
    return first;
}

bool step_is_invited(struct stream *stream, const struct in_service *hand)
{
    uint32_t to = stream->channels[hand->waits_for].to;
    const struct task_place *receiver = &stream->topology->tasks[to];
    if (first_in_line(stream, hand->waits_for) != hand || stream->channels[hand->waits_for].marked)
        return false;
    uint32_t n_open = step_open_places(stream, to);
    for (uint32_t i = 0; i < receiver->n_in && n_open > 0; i++) {
        uint32_t c = receiver->in[i];
        if (stream->channels[c].log || stream->channels[c].marked ||
            edge_of(stream, c)->capacity > 0)
            continue;
        const struct in_service *other = first_in_line(stream, c);
        n_open -= other && (other->end_s < hand->end_s ||
                            (other->end_s == hand->end_s && c < hand->waits_for));
    }
    return n_open > 0;
}

void step_invite_senders(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    if (step_open_places(stream, rank) == 0)
        return;
    for (uint32_t i = 0; i < place->n_in; i++) {
        uint32_t c = place->in[i];
        uint32_t sender = stream->topology->channels[c].from;
        if (stream->tasks[sender].n_blocked > 0 && edge_of(stream, c)->capacity == 0)
            agenda_set_due(&stream->stepper->agenda, sender);
    }
}
