// SPDX-License-Identifier: GPL-3.0-or-later
/* Backlogs of the message plane: how far readers are behind what has arrived. */
#include <assert.h>
#include <math.h>

#include "model/stream_message.h"

/* ---- partitions ---- */

uint64_t partition_head(struct stream *stream, uint32_t partition, double time_s)
{
    struct durable_log *log = &stream->partitions[partition];
    struct lag_area *area = &stream->lag_areas[partition];
    double since_s = time_s - area->base_s;
    double arrived_after = 0;
    uint64_t head = durable_log_head_area(log, time_s, &arrived_after);
    double read_after = (double)area->n_read * since_s - area->read_after;
    *area = (struct lag_area){
        .until_base =
            area->until_base + (double)area->base_lag * since_s + arrived_after - read_after,
        .base_s = time_s,
        .base_lag = head - log->position,
    };
    return head;
}

void partition_seek(struct stream *stream, uint32_t partition, uint64_t offset)
{
    struct durable_log *log = &stream->partitions[partition];
    uint64_t head = partition_head(stream, partition, stream->now_s);
    durable_log_seek(log, offset);
    stream->lag_areas[partition].base_lag = head - log->position;
}

void source_expire(struct stream *stream, uint32_t rank, double time_s)
{
    struct task *task = &stream->tasks[rank];
    for (uint32_t i = 0; i < task->n_sources; i++) {
        struct durable_log *log = task->sources[i];
        uint32_t partition = stream->topology->tasks[rank].partitions[i];
        /* First, since retention by size asks for the head as well. */
        (void)partition_head(stream, partition, time_s);
        uint64_t n = durable_log_expire(log, time_s);
        if (n == 0)
            continue;
        if (stream->highest[partition] < log->position)
            stream->highest[partition] = log->position;
        partition_moved(stream, partition, n, time_s);
        source_look(task, i);
        /* It may have waited for a thread, and now waits for an arrival. */
        stepper_invalidate(stream->stepper, rank);
    }
}

uint64_t stream_partition_lag(struct stream *stream, uint32_t partition)
{
    const struct partition_place *place = &stream->topology->partitions[partition];
    if (stream->plans[place->operator].expires)
        source_expire(stream, place->task, stream->now_s);
    uint64_t head = partition_head(stream, partition, stream->now_s);
    return head - stream->partitions[partition].position;
}

double stream_partition_lag_s(struct stream *stream, uint32_t partition)
{
    if (stream_partition_lag(stream, partition) == 0)
        return 0;
    return stream->now_s - durable_log_arrival_s(&stream->partitions[partition]);
}

void stream_partition_counts(struct stream *stream, uint32_t partition,
                             struct partition_counts *counts)
{
    uint64_t lag = stream_partition_lag(stream, partition);
    const struct durable_log *log = &stream->partitions[partition];
    *counts = (struct partition_counts){
        .arrived = log->position + lag,
        .position = stream->highest[partition],
        .expired = log->expired,
        .lag_area = stream->lag_areas[partition].until_base,
    };
}

/* ---- tasks ---- */

uint64_t stream_task_lag(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct task *task = &stream->tasks[rank];
    uint64_t lag = 0;
    for (uint32_t i = 0; i < place->n_partitions; i++)
        lag += stream_partition_lag(stream, place->partitions[i]);
    for (uint32_t i = 0; i < task->n_logs; i++)
        lag += log_lag(&task->logs[i], stream->now_s);
    return lag;
}

double stream_task_lag_s(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct task *task = &stream->tasks[rank];
    double oldest_s = 0;
    for (uint32_t i = 0; i < place->n_partitions; i++)
        oldest_s = fmax(oldest_s, stream_partition_lag_s(stream, place->partitions[i]));
    for (uint32_t i = 0; i < task->n_logs; i++) {
        const struct message *head = log_head(&task->logs[i]);
        if (head)
            oldest_s = fmax(oldest_s, stream->now_s - head->entry_s);
    }
    return oldest_s;
}

/* ---- watches ---- */

uint64_t lag_watch_position(const struct stream *stream, const struct lag_watch *watch)
{
    uint64_t position = 0;
    for (size_t i = 0; i < watch->n; i++) {
        const struct task *task = &stream->tasks[watch->tasks[i]];
        for (uint32_t k = 0; k < task->n_sources; k++)
            position += task->sources[k]->position;
        for (uint32_t k = 0; k < task->n_logs; k++)
            position += task->logs[k].position;
    }
    return position;
}

/*
 * Whether the lag that the watch waits for is reached, now. If not, it will not be before so many
 * more messages were read: arrivals only put it off. What expires does not, so that where there is
 * retention every read is looked at.
 */
static bool is_found(struct stream *stream, struct lag_watch *watch)
{
    uint64_t lag = 0;
    bool expires = false;
    for (size_t i = 0; i < watch->n; i++) {
        lag += stream_task_lag(stream, watch->tasks[i]);
        expires |= stream->plans[stream->tasks[watch->tasks[i]].operator].expires;
    }
    if (lag > watch->lag) {
        watch->n_reads = expires ? 1 : lag - watch->lag;
        return false;
    }
    watch->time_s = stream->now_s;
    watch->n_read = lag_watch_position(stream, watch) - watch->position;
    return true;
}

static bool watches(const struct lag_watch *watch, uint32_t rank)
{
    for (size_t i = 0; i < watch->n; i++)
        if (watch->tasks[i] == rank)
            return true;
    return false;
}

void lag_fell(struct stream *stream, uint32_t rank)
{
    for (struct lag_watch **link = &stream->watches; *link;) {
        struct lag_watch *watch = *link;
        /* Reads of other tasks count as well, which only makes it look too early. */
        if (watch->n_reads > 1)
            watch->n_reads--;
        else if (watches(watch, rank) && is_found(stream, watch)) {
            *link = watch->next;
            continue;
        }
        link = &watch->next;
    }
}

void stream_watch(struct stream *stream, struct lag_watch *watch)
{
    watch->time_s = (double)NAN;
    watch->position = lag_watch_position(stream, watch);
    if (is_found(stream, watch))
        return;
    watch->next = stream->watches;
    stream->watches = watch;
}

void stream_unwatch(struct stream *stream, struct lag_watch *watch)
{
    for (struct lag_watch **link = &stream->watches; *link; link = &(*link)->next)
        if (*link == watch) {
            *link = watch->next;
            return;
        }
}
