// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tasks that must look at several inputs for each message: logs beside each
 * other or beside a queue, and channels some of which have a latency.
 *
 * The latter matters at ties. Of messages that enter at the same instant, a
 * task that is free then takes first what was under way, since it has its turn
 * before its senders have theirs; a task that is busy finds all of them, and
 * takes them in the order of channels.
 */
#include "model/stream_pass.h"

/* Whether the message enters when it is sent, in the turn of its sender. */
static bool enters_at_once(const struct stream *stream, const struct message *message)
{
    if (message->channel == NO_CHANNEL)
        return false;
    const struct topology *topology = stream->topology;
    const struct edge *edge = &topology->edges[topology->channels[message->channel].edge];
    return edge->latency.kind == SAMPLER_CONSTANT && edge->latency.mean == 0;
}

/* Whether a task that is free from since_s on takes `a` rather than `b`. */
static bool is_taken_before(const struct stream *stream, const struct message *a,
                            const struct message *b, double since_s)
{
    if (a->entry_s == b->entry_s && a->entry_s >= since_s) {
        bool a_late = enters_at_once(stream, a), b_late = enters_at_once(stream, b);
        if (a_late != b_late)
            return b_late;
    }
    return message_precedes(a, b);
}

/* Place in the queue of the message that the task takes first; n when there is none. */
static uint32_t first_of_queue(const struct stream *stream, const struct message_queue *queue,
                               double since_s)
{
    uint32_t best = 0;
    if (queue->n == 0 || queue->n_fixed > 0)
        return 0;
    double entry_s = queue_at(queue, 0)->entry_s;
    if (entry_s < since_s)
        return 0; /* in the order of the queue, which an alignment may have changed */
    for (uint32_t i = 1; i < queue->n && queue_at(queue, i)->entry_s == entry_s; i++)
        if (is_taken_before(stream, queue_at(queue, i), queue_at(queue, best), since_s))
            best = i;
    return best;
}

static void take_from_queue(struct passes *passes, uint32_t rank, uint32_t i, double start_s,
                            struct message *message)
{
    struct message_queue *queue = &passes->stream->tasks[rank].queue;
    *message = *queue_at(queue, i);
    for (; i > 0; i--)
        *queue_at(queue, i) = *queue_at(queue, i - 1);
    queue_pop(queue);
    passes->tasks[rank].n_taken++;
    if (message->channel != NO_CHANNEL)
        pass_note_start(passes, message->channel, start_s);
}

/* log_read(), but that lag watches are looked after when the window is over. */
static void take_from_log(struct passes *passes, uint32_t rank, struct message_log *log,
                          double start_s, struct message *message)
{
    struct task *task = &passes->stream->tasks[rank];
    *message = *log_head(log);
    if (log->position < log->highest) {
        message->id |= ID_REPLAYED;
    } else {
        log->highest = log->position + 1;
        task->fresh += !(message->id & ID_REPLAYED);
    }
    log->position++;
    if (!stream_reads_again(passes->stream))
        log_forget(log, log->position);
    task->counts.received++;
    pass_note_read(&passes->tasks[rank], start_s);
}

/* source_read(), but that lag watches are looked after when the window is over. */
static void take_from_source(struct passes *passes, uint32_t rank, double start_s,
                             struct message *message)
{
    struct stream *stream = passes->stream;
    struct lag_watch *watches = stream->watches;
    stream->watches = NULL;
    source_read(stream, rank, start_s, message);
    stream->watches = watches;
    pass_note_read(&passes->tasks[rank], start_s);
}

static enum stop next_of_sources(struct passes *passes, uint32_t rank, double since_s,
                                 struct message *message, double *start_s)
{
    double ready_s = source_ready_s(&passes->stream->tasks[rank]);
    *start_s = later_of(ready_s, since_s);
    if (!(*start_s <= passes->until_s)) /* infinity: no more will come */
        return STOP_LATER;
    take_from_source(passes, rank, *start_s, message);
    return STOP_NONE;
}

enum stop pass_next_of_any(struct passes *passes, uint32_t rank, double since_s,
                           struct message *message, double *start_s)
{
    const struct stream *stream = passes->stream;
    struct task *task = &passes->stream->tasks[rank];
    struct pass_task *mine = &passes->tasks[rank];
    if (task->n_sources > 0 && task->queue.n == 0)
        return next_of_sources(passes, rank, since_s, message, start_s);
    uint32_t place = first_of_queue(stream, &task->queue, since_s);
    const struct message *first = task->queue.n > 0 ? queue_at(&task->queue, place) : NULL;
    struct message_log *from = NULL;
    double known_to_s = first ? (double)INFINITY : mine->bound_s;
    /* What a cut put there from a partition or log goes first. */
    for (uint32_t i = 0; i < task->n_logs && !(first && first->channel == NO_CHANNEL); i++) {
        const struct message *head = log_head(&task->logs[i]);
        if (!head && mine->log_inboxes[i].bound_s < known_to_s)
            known_to_s = mine->log_inboxes[i].bound_s;
        if (head && (!first || is_taken_before(stream, head, first, since_s))) {
            first = head;
            from = &task->logs[i];
        }
    }
    mine->wait_s = first && first->entry_s < known_to_s ? first->entry_s : known_to_s;
    if (!first || (first->entry_s >= known_to_s && !mine->forced))
        return STOP_EMPTY;
    *start_s = later_of(first->entry_s, since_s);
    if (*start_s > passes->until_s)
        return STOP_LATER;
    mine->forced = false;
    if (from)
        take_from_log(passes, rank, from, *start_s, message);
    else
        take_from_queue(passes, rank, place, *start_s, message);
    return STOP_NONE;
}

/* ---- when bounds are not enough ---- */

/*
 * What a task would start next if nothing else came, and when: by time, then what is there by
 * itself in the order of receivers, then what enters in the turn of its sender in that order.
 */
struct candidate {
    double start_s;
    bool at_once;
    uint32_t turn;
    uint32_t rank;
    struct message message;
    struct inbox *inbox; /* NULL: taken in already */
    uint32_t place;      /* in the inbox */
};

static bool comes_first(const struct candidate *a, const struct candidate *b)
{
    if (a->start_s != b->start_s)
        return a->start_s < b->start_s;
    if (a->at_once != b->at_once)
        return b->at_once;
    return a->turn < b->turn;
}

/* Replaces the candidate by a message of the same task if the task would take that first. */
static void consider(const struct passes *passes, struct candidate *best,
                     const struct message *message, struct inbox *inbox, uint32_t place)
{
    double since_s = passes->tasks[best->rank].since_s;
    if (best->turn != NO_TASK && !is_taken_before(passes->stream, message, &best->message, since_s))
        return;
    best->message = *message;
    best->inbox = inbox;
    best->place = place;
    best->start_s = later_of(message->entry_s, since_s);
    best->at_once = message->entry_s >= since_s && enters_at_once(passes->stream, message);
    best->turn = best->at_once ? message->channel : best->rank;
}

/* The first message of what was sent to a log, as it will enter the log. */
static void consider_sent(const struct passes *passes, struct candidate *best,
                          struct log_inbox *from)
{
    struct inbox *inbox = &from->inbox;
    uint32_t first = 0;
    for (uint32_t i = 1; i < inbox->n; i++)
        if (message_precedes(&inbox->slots[i], &inbox->slots[first]))
            first = i;
    if (inbox->n == 0)
        return;
    struct message message = inbox->slots[first];
    message.entry_s =
        later_of(message.entry_s + pass_log_latency_s(passes, &message), from->last_entry_s);
    consider(passes, best, &message, inbox, first);
}

/* False when there is none. */
static bool find_candidate(struct passes *passes, uint32_t rank, struct candidate *best)
{
    const struct stream *stream = passes->stream;
    const struct task *task = &stream->tasks[rank];
    struct pass_task *mine = &passes->tasks[rank];
    *best = (struct candidate){.rank = rank, .turn = NO_TASK};
    if (mine->closed || task->n_busy > 0)
        return false;
    if (task->queue.n > 0) {
        uint32_t place = first_of_queue(stream, &task->queue, mine->since_s);
        consider(passes, best, queue_at(&task->queue, place), NULL, 0);
    }
    for (uint32_t i = 0; i < mine->inbox.n; i++)
        consider(passes, best, &mine->inbox.slots[i], &mine->inbox, i);
    for (uint32_t i = 0; i < task->n_logs; i++) {
        const struct message *head = log_head(&task->logs[i]);
        if (head)
            consider(passes, best, head, NULL, 0);
        else
            consider_sent(passes, best, &mine->log_inboxes[i]);
    }
    return best->turn != NO_TASK && best->start_s <= passes->until_s;
}

bool pass_force(struct passes *passes)
{
    struct candidate best = {.rank = NO_TASK};
    for (uint32_t rank = 0; rank < passes->stream->topology->n_tasks; rank++) {
        struct candidate candidate;
        if (find_candidate(passes, rank, &candidate) &&
            (best.rank == NO_TASK || comes_first(&candidate, &best)))
            best = candidate;
    }
    if (best.rank == NO_TASK)
        return false;
    struct task *task = &passes->stream->tasks[best.rank];
    passes->tasks[best.rank].forced = true;
    if (!best.inbox)
        return true;
    for (uint32_t i = best.place + 1; i < best.inbox->n; i++)
        best.inbox->slots[i - 1] = best.inbox->slots[i];
    best.inbox->n--;
    struct message_log *log = passes->stream->channels[best.message.channel].log;
    if (log)
        pass_append_to_log(&passes->tasks[best.rank].log_inboxes[log - task->logs], log,
                           &best.message);
    else
        queue_insert(&task->queue, &best.message);
    return true;
}
