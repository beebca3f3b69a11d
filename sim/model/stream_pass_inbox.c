// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What is sent to a task, until the task takes it in.
 *
 * Senders run one after the other, so an inbox holds one sorted run after
 * the other, from each sender a few messages spread over the same stretch of
 * time. They are put into as many buckets of time as there are messages, with
 * one pass to count and one to place, and then at most a neighbour or two of
 * each has to be passed. Where times crowd together, a merge sort it is.
 */
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_pass.h"
#include "model/stream_route.h"

enum {
    CROWDED = 16,     /* messages in a bucket that are too many for insertion */
    FEW_MESSAGES = 8, /* not worth the buckets */
};
/* In place of a bucket: the message stays in the inbox. */
#define NOT_YET UINT32_MAX

void inbox_grow(struct inbox *inbox)
{
    inbox->capacity = inbox->capacity ? 2 * inbox->capacity : 64;
    inbox->slots = mem_resize(inbox->slots, inbox->capacity, sizeof *inbox->slots);
}

static void reserve(struct sorter *sorter, uint32_t n)
{
    if (n <= sorter->room)
        return;
    sorter->room = 2 * n;
    sorter->places = mem_resize(sorter->places, sorter->room, sizeof *sorter->places);
    sorter->counts = mem_resize(sorter->counts, sorter->room, sizeof *sorter->counts);
    sorter->messages = mem_resize(sorter->messages, sorter->room, sizeof *sorter->messages);
    sorter->spare = mem_resize(sorter->spare, sorter->room, sizeof *sorter->spare);
}

void sorter_release(struct sorter *sorter)
{
    free(sorter->places);
    free(sorter->counts);
    free(sorter->messages);
    free(sorter->spare);
    queue_release(&sorter->sent);
}

/* ---- what is taken in ---- */

/* Messages that enter by limit_s, and the stretch of time that they lie in. */
struct span {
    double limit_s;
    double first_s, last_s;
    uint32_t n;
};

static struct span look_at(const struct inbox *inbox, double limit_s)
{
    struct span span = {limit_s, (double)INFINITY, -(double)INFINITY, 0};
    for (uint32_t i = 0; i < inbox->n; i++) {
        double entry_s = inbox->slots[i].entry_s;
        if (entry_s > limit_s)
            continue;
        span.n++;
        span.first_s = entry_s < span.first_s ? entry_s : span.first_s;
        span.last_s = entry_s > span.last_s ? entry_s : span.last_s;
    }
    return span;
}

/* Sorts the last n messages of the queue, each of which is near its place. Stable. */
static void sort_by_insertion(struct message_queue *queue, uint32_t n)
{
    uint32_t first = queue->n - n;
    for (uint32_t i = first + 1; i < queue->n; i++) {
        const struct message *before = queue_at(queue, i - 1);
        if (!message_precedes(queue_at(queue, i), before))
            continue;
        struct message message = *queue_at(queue, i);
        uint32_t k = i;
        for (; k > first && message_precedes(&message, queue_at(queue, k - 1)); k--)
            *queue_at(queue, k) = *queue_at(queue, k - 1);
        *queue_at(queue, k) = message;
    }
}

/* Removes what has been taken in. */
static void keep_rest(struct inbox *inbox, const struct span *span)
{
    uint32_t n = 0;
    if (span->n < inbox->n)
        for (uint32_t i = 0; i < inbox->n; i++)
            if (inbox->slots[i].entry_s > span->limit_s)
                inbox->slots[n++] = inbox->slots[i];
    inbox->n = n;
}

/* Appends the messages of the span in any order that insertion can put right. */
static void append_as_they_are(struct message_queue *queue, const struct inbox *inbox,
                               const struct span *span)
{
    for (uint32_t i = 0; i < inbox->n; i++)
        if (inbox->slots[i].entry_s <= span->limit_s)
            *queue_extend(queue) = inbox->slots[i];
}

/* ---- sorting by buckets of time ---- */

/* Says which bucket each message belongs to, and counts; false when a bucket is crowded. */
static bool fill_buckets(struct sorter *sorter, const struct inbox *inbox, const struct span *span)
{
    double width_s = span->last_s - span->first_s;
    if (!(width_s > 0))
        return false; /* all enter at the same instant */
    double scale = (double)(span->n - 1) / width_s;
    if (!isfinite(scale))
        return false;
    memset(sorter->counts, 0, span->n * sizeof *sorter->counts);
    uint32_t most = 0;
    for (uint32_t i = 0; i < inbox->n; i++) {
        double entry_s = inbox->slots[i].entry_s;
        if (entry_s > span->limit_s) {
            sorter->places[i] = NOT_YET;
            continue;
        }
        uint32_t bucket = (uint32_t)((entry_s - span->first_s) * scale);
        sorter->places[i] = bucket;
        uint32_t n = ++sorter->counts[bucket];
        most = n > most ? n : most;
    }
    return most <= CROWDED;
}

/* Appends the messages bucket by bucket. */
static void append_by_buckets(struct message_queue *queue, struct sorter *sorter,
                              const struct inbox *inbox, const struct span *span)
{
    while (!queue->slots || queue->n + span->n > queue->mask + 1)
        queue_grow(queue);
    uint32_t place = queue->n;
    for (uint32_t i = 0; i < span->n; i++) {
        uint32_t n = sorter->counts[i];
        sorter->counts[i] = place;
        place += n;
    }
    for (uint32_t i = 0; i < inbox->n; i++)
        if (sorter->places[i] != NOT_YET)
            *queue_at(queue, sorter->counts[sorter->places[i]]++) = inbox->slots[i];
    queue->n += span->n;
}

/* ---- sorting by merging ---- */

/* Stable. The result is in messages. */
static void merge_sort(struct message *messages, struct message *spare, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t first = 0; first < n; first += 2 * width) {
            size_t middle = first + width < n ? first + width : n;
            size_t end = first + 2 * width < n ? first + 2 * width : n;
            size_t a = first, b = middle;
            for (size_t k = first; k < end; k++) {
                bool left =
                    b == end || (a < middle && !message_precedes(&messages[b], &messages[a]));
                spare[k] = left ? messages[a++] : messages[b++];
            }
        }
        memcpy(messages, spare, n * sizeof *messages);
    }
}

static void append_by_merging(struct message_queue *queue, struct sorter *sorter,
                              const struct inbox *inbox, const struct span *span)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < inbox->n; i++)
        if (inbox->slots[i].entry_s <= span->limit_s)
            sorter->messages[n++] = inbox->slots[i];
    merge_sort(sorter->messages, sorter->spare, n);
    for (uint32_t i = 0; i < n; i++)
        *queue_extend(queue) = sorter->messages[i];
}

/* ---- into the queue, into logs ---- */

bool pass_take_in(struct inbox *inbox, struct message_queue *queue, struct sorter *sorter,
                  double limit_s)
{
    struct span span = look_at(inbox, limit_s);
    if (span.n == 0)
        return false;
    reserve(sorter, inbox->n);
    if (span.n <= FEW_MESSAGES) {
        append_as_they_are(queue, inbox, &span);
        sort_by_insertion(queue, span.n);
    } else if (fill_buckets(sorter, inbox, &span)) {
        append_by_buckets(queue, sorter, inbox, &span);
        sort_by_insertion(queue, span.n);
    } else {
        append_by_merging(queue, sorter, inbox, &span);
    }
    keep_rest(inbox, &span);
    return true;
}

double pass_log_latency_s(const struct passes *passes, const struct message *message)
{
    uint32_t e = passes->stream->topology->channels[message->channel].edge;
    return route_latency_s(passes->stream, e, message->id);
}

void pass_append_to_log(struct log_inbox *from, struct message_log *log, struct message *message)
{
    /* The message in front of it may have been read, and forgotten, at a later time already. */
    message->entry_s = later_of(message->entry_s, from->last_entry_s);
    from->last_entry_s = message->entry_s;
    log_append(log, message);
}

bool pass_take_in_log(struct passes *passes, uint32_t rank, uint32_t i, double limit_s)
{
    struct log_inbox *from = &passes->tasks[rank].log_inboxes[i];
    struct message_queue *sent = &passes->sorter.sent;
    if (!pass_take_in(&from->inbox, sent, &passes->sorter, limit_s))
        return false;
    for (; sent->n > 0; queue_pop(sent)) {
        struct message message = *queue_at(sent, 0);
        message.entry_s += pass_log_latency_s(passes, &message);
        pass_append_to_log(from, &passes->stream->tasks[rank].logs[i], &message);
    }
    return true;
}
