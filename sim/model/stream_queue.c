// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stream_queue.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { FIRST_ROOM = 16 };

/* ---- queues ---- */

void queue_release(struct message_queue *queue)
{
    free(queue->slots);
    *queue = (struct message_queue){0};
}

/* Moves the messages to the start of a ring of `room` slots, a power of two. */
static void resize(struct message_queue *queue, uint32_t room)
{
    struct message *slots = mem_alloc(room, sizeof *slots);
    for (uint32_t i = 0; i < queue->n; i++)
        slots[i] = *queue_at(queue, i);
    free(queue->slots);
    queue->slots = slots;
    queue->first = 0;
    queue->mask = room - 1;
}

void queue_grow(struct message_queue *queue)
{
    resize(queue, queue->slots ? 2 * (queue->mask + 1) : FIRST_ROOM);
}

void queue_put_before(struct message_queue *queue, struct message_queue *aside)
{
    if (queue->n_fixed > 0)
        queue->n_fixed += aside->n;
    while (aside->n > 0) {
        (void)queue_extend(queue); /* room; the ring then turns back by one */
        queue->first = (queue->first - 1) & queue->mask;
        *queue_at(queue, 0) = *queue_at(aside, --aside->n);
    }
    queue_clear(aside);
}

uint32_t queue_drop_markers(struct message_queue *queue, uint64_t round)
{
    uint32_t n_kept = 0;
    uint32_t n_fixed = 0;
    for (uint32_t i = 0; i < queue->n; i++) {
        if (queue_at(queue, i)->id == (ID_MARKER | round))
            continue;
        n_fixed += i < queue->n_fixed;
        *queue_at(queue, n_kept++) = *queue_at(queue, i);
    }
    uint32_t n_dropped = queue->n - n_kept;
    queue->n = n_kept;
    queue->n_fixed = n_fixed;
    return n_dropped;
}

/* ---- logs ---- */

void log_release(struct message_log *log)
{
    free(log->slots);
    *log = (struct message_log){0};
}

void log_clear(struct message_log *log)
{
    *log = (struct message_log){.slots = log->slots, .mask = log->mask};
}

void log_grow(struct message_log *log)
{
    uint64_t room = log->slots ? 2 * (log->mask + 1) : FIRST_ROOM;
    struct message *slots = mem_alloc(room, sizeof *slots);
    for (uint64_t offset = log->first; offset < log->end; offset++)
        slots[offset & (room - 1)] = *log_at(log, offset);
    free(log->slots);
    log->slots = slots;
    log->mask = room - 1;
}

uint64_t log_lag(const struct message_log *log, double time_s)
{
    uint64_t low = log->position;
    uint64_t high = log->end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (log_at(log, middle)->entry_s <= time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low - log->position;
}
