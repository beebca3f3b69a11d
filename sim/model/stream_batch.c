// SPDX-License-Identifier: GPL-3.0-or-later
/* Batches of the message plane: limits to what is read, and when all of it has gone through. */
#include <assert.h>
#include <math.h>

#include "model/stream_message.h"

/* ---- limits ---- */

void stream_limit(struct stream *stream, const uint64_t *ends)
{
    const struct topology *topology = stream->topology;
    assert(stream->options.batched);
    for (uint32_t rank = 0; rank < topology->n_tasks; rank++) {
        struct task *task = &stream->tasks[rank];
        for (uint32_t i = 0; i < task->n_sources; i++) {
            task->limits[i] = ends[topology->tasks[rank].partitions[i]];
            source_look(task, i);
        }
        if (task->n_sources > 0)
            task_changed(stream, rank);
    }
    stream->owes_drained = true;
}

/* So many of `most` messages go to a partition in which n of `total` wait. */
static uint64_t share_of(uint64_t most, uint64_t n, uint64_t total)
{
    if (total <= most)
        return n;
    double share = (double)most * ((double)n / (double)total);
    uint64_t whole = (uint64_t)(share < 1 ? ceil(share) : floor(share));
    return whole < n ? whole : n;
}

uint64_t stream_available(struct stream *stream, uint32_t source, uint64_t most, uint64_t *ends)
{
    const struct topology *topology = stream->topology;
    uint64_t total = 0;
    uint64_t n = 0;
    for (uint32_t p = 0; p < topology->n_partitions; p++)
        if (topology->partitions[p].operator== source)
            total += stream_partition_lag(stream, p);
    for (uint32_t p = 0; p < topology->n_partitions; p++) {
        if (topology->partitions[p].operator!= source)
            continue;
        uint64_t share = share_of(most, stream_partition_lag(stream, p), total);
        ends[p] = stream->partitions[p].position + share;
        n += share;
    }
    return n;
}

/* ---- when all has gone through ---- */

static bool is_drained(const struct task *task)
{
    if (task->mode == TASK_DEAD || task->n_busy > 0 || task->queue.n > 0 || task->aside.n > 0)
        return false;
    for (uint32_t i = 0; i < task->n_logs; i++)
        if (task->logs[i].position < task->logs[i].end)
            return false;
    for (uint32_t i = 0; i < task->n_sources; i++)
        if (task->sources[i]->position < task->limits[i])
            return false;
    return true;
}

bool stream_is_drained(const struct stream *stream)
{
    for (size_t rank = 0; rank < stream->topology->n_tasks; rank++)
        if (!is_drained(&stream->tasks[rank]))
            return false;
    return true;
}

bool stream_tell_drained(struct stream *stream, struct notice *notice)
{
    if (!stream->owes_drained || !stream_is_drained(stream))
        return false;
    stream->owes_drained = false;
    *notice = (struct notice){.kind = NOTICE_DRAINED, .task = NO_TASK};
    return true;
}
