// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Inside of the general engine of the message plane: what a task takes next,
 * and how it starts it. The engine itself is stream_step.c; who gets a place
 * without capacity, stream_line.c; who gets a shared thread, stream_threads.c.
 */
#ifndef MODEL_STREAM_STEP_H
#define MODEL_STREAM_STEP_H

#include <math.h>

#include "model/stream_agenda.h"
#include "model/stream_history.h"
#include "model/stream_message.h"

/*
 * Turns are compiled twice. `plain` says what is known of nearly all of them: the task serves one
 * message at a time, from its queue or partitions, with a thread of its own, and nothing is asked
 * of it (see task_is_plain()). The compiler then leaves out most questions.
 */
#define COMPILED_TWICE static inline __attribute__((always_inline))

struct stepper {
    struct agenda agenda;
    bool is_due;      /* some task was invalidated since the last step */
    bool is_stale;    /* passes have run since: all that is pending is to be found anew */
    uint32_t aligned; /* task whose first marker was told, and which stands for its round at once:
                         the marker was the last one too, or overtakes; or NO_TASK */
};

/* ---- what a task takes next ---- */

enum next_kind {
    NEXT_NOTHING,
    NEXT_MARKER,
    NEXT_FORCE, /* a message before which the task is to cut */
    NEXT_QUEUED,
    NEXT_LOGGED,
    NEXT_UNREAD,
};

struct next {
    enum next_kind kind;
    double time_s;           /* from which on it can be taken */
    double entry_s;          /* since which it waits */
    struct message_log *log; /* NEXT_LOGGED */
};

/* Whether nothing is to be asked in a turn of the task but whether it serves a message. */
static inline bool task_is_plain(const struct task *task)
{
    return task->is_simple && !task->disturbed && task->speed > 0;
}

/* What the alignment holds back is set aside when it comes to the head of the queue. */
static inline void set_aside(struct stream *stream, struct task *task)
{
    while (task->queue.n > 0) {
        struct message *first = queue_at(&task->queue, 0);
        if (first->entry_s > stream->now_s || first->channel == NO_CHANNEL ||
            !stream->channels[first->channel].marked)
            return;
        *queue_extend(&task->aside) = *first;
        queue_pop(&task->queue);
    }
}

static inline struct next next_unread(struct stream *stream, uint32_t rank)
{
    const struct task *task = &stream->tasks[rank];
    if (stream->plans[task->operator].expires)
        source_expire(stream, rank, stream->now_s);
    return (struct next){
        .kind = NEXT_UNREAD,
        .time_s = source_ready_s(task),
        .entry_s = durable_log_arrival_s(task->sources[task->next_source]),
    };
}

/* The log whose next message precedes `first`, which may be NULL, and those of the others. */
static inline struct message_log *first_log(const struct task *task, const struct message *first)
{
    struct message_log *from = NULL;
    for (uint32_t i = 0; i < task->n_logs; i++) {
        const struct message *head = log_head(&task->logs[i]);
        if (!head || (first && !message_precedes(head, first)))
            continue;
        first = head;
        from = &task->logs[i];
    }
    return from;
}

/* The soonest by (entry, channel) of what waits for the task or is on its way. */
COMPILED_TWICE struct next find_next(struct stream *stream, uint32_t rank, const bool plain)
{
    struct task *task = &stream->tasks[rank];
    if (!plain && task->overtaken_s <= stream->now_s)
        return (struct next){NEXT_MARKER, task->overtaken_s, task->overtaken_s, NULL};
    if (!plain && task->round != 0)
        set_aside(stream, task);
    const struct message *first = task->queue.n > 0 ? queue_at(&task->queue, 0) : NULL;
    /* What a cut put there from a partition or log goes first. */
    if (!plain && task->n_logs > 0 && !(first && first->channel == NO_CHANNEL)) {
        struct message_log *log = first_log(task, first);
        if (log)
            return (struct next){NEXT_LOGGED, log_head(log)->entry_s, log_head(log)->entry_s, log};
    }
    if (first) {
        bool is_marker = !plain && first->id & ID_MARKER;
        bool forces = !plain && stream->options.has_indexes && history_forces(stream, rank, first);
        return (struct next){
            .kind = is_marker ? NEXT_MARKER
                    : forces  ? NEXT_FORCE
                              : NEXT_QUEUED,
            .time_s = first->entry_s,
            .entry_s = first->entry_s,
        };
    }
    if (task->n_sources > 0)
        return next_unread(stream, rank);
    return (struct next){.kind = NEXT_NOTHING, .time_s = (double)INFINITY};
}

/* ---- service ---- */

/* The receiver has started a message of the channel: who waits for room may try again. */
static inline void make_room(struct stream *stream, const struct message *message)
{
    struct channel *channel = &stream->channels[message->channel];
    channel_take(channel, message);
    if (channel->waiter == NO_TASK)
        return;
    agenda_set_due(&stream->stepper->agenda, channel->waiter);
    channel->waiter = NO_TASK;
}

COMPILED_TWICE void begin_service(struct stream *stream, uint32_t rank,
                                  const struct message *message, const bool plain)
{
    struct task *task = &stream->tasks[rank];
    struct in_service *hand = &task->hands[plain ? 0 : task->n_busy];
    task->n_busy++;
    *hand = (struct in_service){
        .message = *message,
        .start_s = stream->now_s,
        .since_s = stream->now_s,
    };
    hand->reprocessed = message_is_rework(task, &hand->message);
    double service_s = message_service_s(stream, task, hand->message.id);
    hand->end_s = stream->now_s + (task->speed == 1 ? service_s : service_s / task->speed);
    if (!plain && stream->containers)
        container_of(stream, rank)->n_free--;
}

/* Takes what find_next() found, which is a message that is there, and starts it. */
COMPILED_TWICE void start_next(struct stream *stream, uint32_t rank, const struct next *next,
                               const bool plain)
{
    struct task *task = &stream->tasks[rank];
    struct message message;
    switch (next->kind) {
    case NEXT_LOGGED:
        log_read(stream, rank, next->log, &message);
        break;
    case NEXT_UNREAD:
        source_read(stream, rank, stream->now_s, &message);
        break;
    case NEXT_NOTHING:
    case NEXT_MARKER:
    case NEXT_FORCE:
    case NEXT_QUEUED:
    default:
        message = *queue_at(&task->queue, 0);
        queue_pop(&task->queue);
        if (message.channel != NO_CHANNEL)
            make_room(stream, &message);
    }
    begin_service(stream, rank, &message, plain);
}

/* ---- channels without capacity ---- */

static inline const struct edge *edge_of(const struct stream *stream, uint32_t channel)
{
    const struct topology *topology = stream->topology;
    return &topology->edges[topology->channels[channel].edge];
}

/* Whether one of two hands of a task has its turn before the other. */
static inline bool hand_precedes(const struct in_service *a, const struct in_service *b)
{
    return a->end_s < b->end_s || (a->end_s == b->end_s && a < b);
}

/*
 * Messages that the task would start now, were they handed over: what capacity 0 asks for. None
 * while anything waits for it.
 */
uint32_t step_open_places(struct stream *stream, uint32_t rank);
/*
 * Whether the receiver would start the message of the hand, which waits for a channel of capacity
 * 0, at once. Of those that are first in line for such channels of the receiver it takes as many
 * as it has places, those that have waited longest, by (end of service, channel).
 */
bool step_is_invited(struct stream *stream, const struct in_service *hand);
/* Who waits for the task on a channel without capacity has a turn, if it could start a message. */
void step_invite_senders(struct stream *stream, uint32_t rank);

/* ---- shared threads ---- */

/* A free thread goes to the task that has waited longest; false: there is none of either. */
bool step_grant_thread(struct stream *stream, const struct container *container);
/* Threads have become free: they go to tasks that wait, or let senders be invited. */
void step_grant_threads(struct stream *stream, const struct container *container);

#endif
