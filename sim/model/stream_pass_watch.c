// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lag watches under passes. The tasks of a window run one after the other, so
 * the instant at which the lag of several comes down is found when the window
 * is over, from the times of their reads.
 *
 * Between reads the lag can only grow. If it is above the mark by n messages
 * now, it cannot reach it before n more are read: nearly all windows are done
 * with by counting, and in the others few instants are looked at.
 */
#include <assert.h>

#include "core/stats.h"
#include "model/stream_pass.h"

bool pass_can_watch(const struct stream *stream)
{
    for (const struct lag_watch *watch = stream->watches; watch; watch = watch->next)
        for (size_t i = 0; i < watch->n; i++)
            if (stream->tasks[watch->tasks[i]].n_logs > 0)
                return false; /* at ties the lag of a log depends on the order of turns */
    return true;
}

void pass_begin_watching(struct passes *passes)
{
    const struct stream *stream = passes->stream;
    for (const struct lag_watch *watch = stream->watches; watch; watch = watch->next)
        for (size_t i = 0; i < watch->n; i++) {
            passes->tasks[watch->tasks[i]].watched = true;
            passes->tasks[watch->tasks[i]].n_reads = 0;
        }
}

/* All reads of watched tasks, in order; how many. */
static size_t collect_reads(struct passes *passes)
{
    size_t n = 0;
    bool ascend = true;
    for (size_t i = 0; i < passes->stream->topology->n_tasks; i++) {
        const struct pass_task *mine = &passes->tasks[i];
        for (size_t k = 0; mine->watched && k < mine->n_reads; k++) {
            passes->all_reads =
                mem_grow(passes->all_reads, n, &passes->all_reads_capacity, sizeof(double));
            ascend = ascend && (n == 0 || passes->all_reads[n - 1] <= mine->reads[k]);
            passes->all_reads[n++] = mine->reads[k];
        }
    }
    if (!ascend)
        stats_sort(passes->all_reads, n);
    return n;
}

/* How many of n ascending times are not after time_s. */
static size_t count_until(const double *times_s, size_t n, double time_s)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (times_s[middle] <= time_s)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

uint64_t pass_look_at_head(struct stream *stream, uint32_t partition, double time_s)
{
    struct durable_log *log = &stream->partitions[partition];
    struct lag_area *area = &stream->lag_areas[partition];
    uint64_t before = log->head;
    double arrived_after = 0;
    uint64_t head = durable_log_head_area(log, time_s, &arrived_after);
    area->base_lag += head - before;
    area->until_base += arrived_after - (double)(head - before) * (time_s - area->base_s);
    return head;
}

/* How many messages the watched tasks have read after time_s, in the window that is over. */
static uint64_t count_after(const struct passes *passes, const struct lag_watch *watch,
                            double time_s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < watch->n; i++) {
        const struct pass_task *mine = &passes->tasks[watch->tasks[i]];
        n += mine->n_reads - count_until(mine->reads, mine->n_reads, time_s);
    }
    return n;
}

/* Lag of the watched tasks as it was at time_s, in the window that is over. */
static uint64_t lag_at(struct passes *passes, const struct lag_watch *watch, double time_s)
{
    struct stream *stream = passes->stream;
    uint64_t lag = 0;
    for (size_t i = 0; i < watch->n; i++) {
        const struct task_place *place = &stream->topology->tasks[watch->tasks[i]];
        const struct pass_task *mine = &passes->tasks[watch->tasks[i]];
        for (uint32_t k = 0; k < place->n_partitions; k++) {
            uint32_t partition = place->partitions[k];
            lag += pass_look_at_head(stream, partition, time_s) -
                   stream->partitions[partition].position;
        }
        lag += mine->n_reads - count_until(mine->reads, mine->n_reads, time_s);
    }
    return lag;
}

/*
 * The watch that is to be looked at first, of those whose n_reads lie within the n reads of the
 * window, counted from its start.
 */
static struct lag_watch **soonest_look(struct stream *stream, size_t n)
{
    struct lag_watch **soonest = NULL;
    for (struct lag_watch **link = &stream->watches; *link; link = &(*link)->next)
        if ((*link)->n_reads <= n && (!soonest || (*link)->n_reads < (*soonest)->n_reads))
            soonest = link;
    return soonest;
}

void pass_end_watching(struct passes *passes)
{
    struct stream *stream = passes->stream;
    size_t n = collect_reads(passes);
    for (struct lag_watch **link; (link = soonest_look(stream, n)) != NULL;) {
        struct lag_watch *watch = *link;
        assert(watch->n_reads > 0);
        double time_s = passes->all_reads[watch->n_reads - 1];
        uint64_t lag = lag_at(passes, watch, time_s);
        if (lag <= watch->lag) {
            watch->time_s = time_s;
            watch->n_read = lag_watch_position(stream, watch) - watch->position -
                            count_after(passes, watch, time_s);
            *link = watch->next;
            continue;
        }
        watch->n_reads = count_until(passes->all_reads, n, time_s) + (lag - watch->lag);
    }
    for (struct lag_watch *watch = stream->watches; watch; watch = watch->next)
        watch->n_reads -= n;
    for (size_t i = 0; i < stream->topology->n_tasks; i++)
        passes->tasks[i].watched = false;
}
