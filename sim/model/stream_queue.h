// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where messages wait: the queue of a task, in a ring that is sorted by (entry,
 * channel), and logs between operators. Nothing is allocated per message: rings
 * double when they are full.
 */
#ifndef MODEL_STREAM_QUEUE_H
#define MODEL_STREAM_QUEUE_H

#include "model/stream_state.h"

/* ---- queues ---- */

void queue_release(struct message_queue *queue);
/* Makes room for one message at least. */
void queue_grow(struct message_queue *queue);

static inline void queue_clear(struct message_queue *queue)
{
    queue->n = queue->n_fixed = queue->first = 0;
}

/* Room behind the last message, which becomes part of the queue. */
static inline struct message *queue_extend(struct message_queue *queue)
{
    if (!queue->slots || queue->n > queue->mask)
        queue_grow(queue);
    return queue_at(queue, queue->n++);
}

/* Whether `a` is taken before `b`. */
static inline bool message_precedes(const struct message *a, const struct message *b)
{
    return a->entry_s < b->entry_s || (a->entry_s == b->entry_s && a->channel < b->channel);
}

/* Puts the message where it belongs: at the end, nearly always. */
static inline void queue_insert(struct message_queue *queue, const struct message *message)
{
    struct message *slot = queue_extend(queue);
    for (uint32_t i = queue->n - 1; i > queue->n_fixed; i--) {
        const struct message *before = queue_at(queue, i - 1);
        if (!message_precedes(message, before))
            break;
        *slot = *before;
        slot = queue_at(queue, i - 1);
    }
    *slot = *message;
}

/* Puts the message behind all others, and there it stays whatever comes later. */
static inline void queue_append_fixed(struct message_queue *queue, const struct message *message)
{
    *queue_extend(queue) = *message;
    queue->n_fixed = queue->n;
}

/* Takes the first message away; queue->n > 0. */
static inline void queue_pop(struct message_queue *queue)
{
    queue->first = (queue->first + 1) & queue->mask;
    queue->n--;
    if (queue->n_fixed > 0)
        queue->n_fixed--;
}

/* Puts the messages of `aside` before those of the queue; `aside` is empty then. */
void queue_put_before(struct message_queue *queue, struct message_queue *aside);
/* Takes the markers of the round out; how many there were. */
uint32_t queue_drop_markers(struct message_queue *queue, uint64_t round);

/* ---- logs ---- */

void log_release(struct message_log *log);
void log_clear(struct message_log *log);
/* Makes room for one message at least. */
void log_grow(struct message_log *log);

static inline struct message *log_at(const struct message_log *log, uint64_t offset)
{
    return &log->slots[offset & log->mask];
}

/* Appends the message; message->entry_s becomes no less than that of the one before it. */
static inline void log_append(struct message_log *log, struct message *message)
{
    if (!log->slots || log->end - log->first > log->mask)
        log_grow(log);
    if (log->end > log->first && message->entry_s < log_at(log, log->end - 1)->entry_s)
        message->entry_s = log_at(log, log->end - 1)->entry_s;
    *log_at(log, log->end++) = *message;
}

/* The message at the position; NULL when all are read. */
static inline struct message *log_head(const struct message_log *log)
{
    return log->position < log->end ? log_at(log, log->position) : NULL;
}

/* Drops what lies before the offset. */
static inline void log_forget(struct message_log *log, uint64_t offset)
{
    if (offset > log->first)
        log->first = offset;
}

/* Messages at or after the position that have entered by `time_s`. */
uint64_t log_lag(const struct message_log *log, double time_s);

#endif
