// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What happens to a message, step by step: it is read or received, started,
 * served, handed on. Both engines of the message plane use these, so that they
 * count, draw and tell the same.
 */
#ifndef MODEL_STREAM_MESSAGE_H
#define MODEL_STREAM_MESSAGE_H

#include <math.h>

#include "model/stream_barrier.h"
#include "model/stream_queue.h"
#include "model/stream_state.h"

/* ---- the task's time ---- */

/* From time_s on the task's time goes into `use`. */
static inline void task_turn_to(struct task *task, enum task_use use, double time_s)
{
    if (task->use == use)
        return;
    task->use_s[task->use] += time_s - task->since_s;
    task->since_s = time_s;
    task->use = use;
}

/* What its time goes into, by its state. */
static inline enum task_use task_use_now(const struct task *task)
{
    if (task->mode != TASK_RUNNING || task->speed == 0)
        return USE_STOPPED;
    if (task->n_busy == task->n_blocked) {
        if (task->n_busy > 0)
            return USE_BLOCKED;
        return task->round != 0 && !task->counts_markers ? USE_ALIGNING : USE_IDLE;
    }
    for (uint32_t i = 0; i < task->n_busy; i++)
        if (!task->hands[i].blocked && !task->hands[i].reprocessed)
            return USE_NEW;
    return USE_REWORK;
}

/* Counts the task among those that are disturbed, or no longer. */
static inline void task_note_disturbance(struct stream *stream, struct task *task)
{
    bool disturbed = task->mode != TASK_RUNNING || task->hold || task->round != 0 ||
                     task->n_markers > 0 || task->cut_round != 0;
    if (disturbed == task->disturbed)
        return;
    task->disturbed = disturbed;
    stream->n_disturbed += disturbed ? 1U : UINT32_MAX;
}

/* Whether the markers of all its channels have come. */
static inline bool task_is_aligned(const struct task *task)
{
    return task->round != 0 && task->n_marked == task->n_pipelined;
}

/* Whether the task, which was asked to stop, has come to where it does. */
static inline bool task_is_at_boundary(const struct task *task)
{
    return task->n_busy == (task->hold_blocked ? task->n_blocked : 0);
}

/* Whether it could take one message more, if there was one and a thread. */
static inline bool task_may_start(const struct task *task)
{
    return task->n_busy < task->in_flight && task->mode == TASK_RUNNING && task->speed > 0 &&
           !task->hold && !task->to_cut && !task_is_aligned(task);
}

/* Service done by the hand up to time_s is booked. */
static inline void hand_book(struct task *task, struct in_service *hand, double time_s)
{
    double served_s = task->speed > 0 ? time_s - hand->since_s : 0;
    task->hands_s += served_s;
    task->measured_service_s += served_s * task->speed;
    hand->since_s = time_s;
}

/* Verbs have changed the state of the task, and it gets a turn. */
void task_changed(struct stream *stream, uint32_t rank);
/* The alignment of the task is over: what it held back goes before what came since. */
void task_end_alignment(struct stream *stream, uint32_t rank);
/* A message belongs to the cut. */
void task_cut_add(struct task_cut *cut, const struct message *message);
/*
 * The task does not take the place any more that was open for its blocked hands on channels without
 * capacity: the receivers look who else waits.
 */
void task_leaves_line(struct stream *stream, uint32_t rank);

/* A message of a cut goes back to where it waited: at the task, or at a receiver of the task. */
void message_put_back(struct stream *stream, uint32_t rank, const struct message *message);

/* ---- reading from partitions ---- */

/* Looks which partition of the task has the next message. */
static inline void source_choose(struct task *task)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < task->n_sources; i++)
        if (task->ready_s[i] < task->ready_s[best])
            best = i;
    task->next_source = best;
}

/* The reader of the task's i-th partition has moved. */
static inline void source_look(struct task *task, uint32_t i)
{
    struct durable_log *log = task->sources[i];
    bool is_open = log->position < task->limits[i];
    task->ready_s[i] = is_open ? durable_log_ready_s(log) : (double)INFINITY;
    source_choose(task);
}

/* When the task's next message may be read, n_sources > 0; infinity when no more will come. */
static inline double source_ready_s(const struct task *task)
{
    return task->ready_s[task->next_source];
}

/* The task has read a message, now: the lag of watched tasks may have come down. */
void lag_fell(struct stream *stream, uint32_t rank);

/* `n` messages of the partition are unread no longer from time_s on. */
static inline void partition_moved(struct stream *stream, uint32_t partition, uint64_t n,
                                   double time_s)
{
    struct lag_area *area = &stream->lag_areas[partition];
    area->n_read += n;
    area->read_after += (double)n * (time_s - area->base_s);
}

/* Messages of the partition that have arrived by time_s; what its lag was up to then is booked. */
uint64_t partition_head(struct stream *stream, uint32_t partition, double time_s);
/* The reader of the partition was put at an offset, now. */
void partition_seek(struct stream *stream, uint32_t partition, uint64_t offset);

/* Skips what retention has taken of the task's partitions by time_s. */
void source_expire(struct stream *stream, uint32_t rank, double time_s);

/* Reads the next message of the task's partitions, which is ready, at time_s. */
static inline void source_read(struct stream *stream, uint32_t rank, double time_s,
                               struct message *message)
{
    struct task *task = &stream->tasks[rank];
    uint32_t i = task->next_source;
    struct durable_log *log = task->sources[i];
    uint32_t partition = stream->topology->tasks[rank].partitions[i];
    uint64_t offset = log->position;
    double arrival_s = durable_log_arrival_s(log);
    *message = (struct message){
        .origin_s = arrival_s,
        .entry_s = arrival_s,
        .id = id_of(partition, offset),
        .channel = NO_CHANNEL,
        .bytes = stream->plans[task->operator].has_bytes ? (float)durable_log_bytes(log) : 0,
    };
    if (offset < stream->highest[partition]) {
        message->id |= ID_REPLAYED;
    } else {
        stream->highest[partition] = offset + 1;
        task->fresh++;
    }
    task->counts.received++;
    durable_log_take(log, time_s);
    partition_moved(stream, partition, 1, time_s);
    source_look(task, i);
    if (stream->watches)
        lag_fell(stream, rank);
}

/* ---- reading from logs, receiving ---- */

/* Reads the message at the position of the log, which has entered. */
static inline void log_read(struct stream *stream, uint32_t rank, struct message_log *log,
                            struct message *message)
{
    struct task *task = &stream->tasks[rank];
    *message = *log_head(log);
    if (log->position < log->highest) {
        message->id |= ID_REPLAYED;
    } else {
        log->highest = log->position + 1;
        task->fresh += !(message->id & ID_REPLAYED);
    }
    log->position++;
    if (!stream_reads_again(stream))
        log_forget(log, log->position);
    task->counts.received++;
    if (stream->watches)
        lag_fell(stream, rank);
}

/*
 * The message, which is to enter at message->entry_s, is sent on the channel, where nothing enters
 * before what was sent earlier: message->entry_s says when it does.
 */
static inline void channel_put(struct stream *stream, struct channel *channel,
                               struct message *message)
{
    channel->sent++;
    if (channel->log) {
        log_append(channel->log, message);
        return;
    }
    if (message->entry_s < channel->last_entry_s)
        message->entry_s = channel->last_entry_s;
    channel->last_entry_s = message->entry_s;
    channel->bytes += (double)message->bytes;
    struct task *receiver = &stream->tasks[channel->to];
    receiver->counts.received++;
    receiver->fresh += !(message->id & ID_REPLAYED);
    if (__builtin_expect(receiver->captures, 0))
        barrier_capture(stream, receiver, message);
    queue_insert(&receiver->queue, message);
}

/* As channel_put() for a marker, which takes no room and is not counted. */
static inline void marker_put(struct stream *stream, struct channel *channel,
                              struct message *marker)
{
    struct task *receiver = &stream->tasks[channel->to];
    if (marker->entry_s < channel->last_entry_s)
        marker->entry_s = channel->last_entry_s;
    channel->last_entry_s = marker->entry_s;
    receiver->n_markers++;
    queue_insert(&receiver->queue, marker);
}

/* Its receiver has started a message of the channel. */
static inline void channel_take(struct channel *channel, const struct message *message)
{
    channel->started++;
    /* Exactly 0 when empty, whatever rounding there was. */
    channel->bytes =
        channel->sent == channel->started ? 0 : channel->bytes - (double)message->bytes;
}

/* ---- service ---- */

/*
 * Whether processing the message, which the task starts, is a repetition. One that was lost here
 * before it was ever finished is new, and so will its outputs be: its mark is taken off.
 */
static inline bool message_is_rework(struct task *task, struct message *message)
{
    if (!(message->id & ID_REPLAYED))
        return false;
    if (!id_set_remove(&task->unfinished, message->id & ~ID_REPLAYED))
        return true;
    message->id &= ~ID_REPLAYED;
    return false;
}

/* How long the message takes the task at speed 1. */
static inline double message_service_s(const struct stream *stream, struct task *task, uint64_t id)
{
    if (!stream->options.repeat_service)
        return sampler_draw(&task->service, &task->service_rng);
    /* Not the salt itself, which decides on the number of copies. */
    uint64_t salt = stream->copy_salts[task->operator] + 1;
    return sampler_quantile(&task->service, id_uniform(id_mix(id, salt)));
}

/* Service of the message has ended. */
static inline void message_is_served(struct task *task, const struct message *message)
{
    task->counts.processed++;
    task->counts.reprocessed += message->id >> 63;
    task->counts.bytes += (double)message->bytes;
}

/*
 * The message is lost, in the task or on the way to it, before the task has finished it. Whether
 * it will be known again as new there when it comes once more.
 */
static inline bool message_is_lost(const struct stream *stream, struct task *task,
                                   const struct message *message)
{
    if (!stream->options.may_fail || message->id & ID_REPLAYED)
        return false;
    return id_set_add(&task->unfinished, message->id);
}

/* ---- departure ---- */

static inline void latency_add(struct latency_record *record, double latency_s)
{
    record->n++;
    record->sum += latency_s;
    record->square += latency_s * latency_s;
    if (record->histogram)
        histogram_add(record->histogram, latency_s);
}

/* The task has handed on all outputs of the message, or put it out, if it is a sink. */
static inline void message_departs(struct stream *stream, uint32_t rank,
                                   const struct message *message, double start_s, double time_s)
{
    struct task *task = &stream->tasks[rank];
    bool is_new = !(message->id & ID_REPLAYED);
    bool is_sink = stream->plans[task->operator].is_sink;
    task->counts.sojourn_s +=
        time_s - (is_new ? message->entry_s : fmax(message->entry_s, task->rewound_s));
    bool is_held = is_sink && stream->options.transactional;
    task->counts.emitted += is_sink;
    if (is_held)
        output_hold(stream, rank, message, time_s);
    else if (is_sink)
        task->counts.duplicates += !is_new;
    if (is_new && message->origin_s >= stream->measure_from_s) {
        latency_add(&stream->operator_latency[task->operator], time_s - message->entry_s);
        if (is_sink && !is_held)
            latency_add(stream->latency, time_s - message->origin_s);
    }
    if (stream->observer)
        stream->observer(stream->observer_context, rank, message->id, start_s, time_s);
}

#endif
