// SPDX-License-Identifier: GPL-3.0-or-later
/* What the message plane counted, and whether it adds up. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_message.h"

/* Seconds that the task spent in `use`, up to now. */
static double used_s(const struct stream *stream, const struct task *task, enum task_use use)
{
    return task->use_s[use] + (use == task->use ? stream->now_s - task->since_s : 0);
}

void stream_counts(struct stream *stream, uint32_t rank, struct task_counts *counts)
{
    const struct task *task = &stream->tasks[rank];
    *counts = task->counts;
    counts->busy_new_s = used_s(stream, task, USE_NEW);
    counts->busy_rework_s = used_s(stream, task, USE_REWORK);
    counts->blocked_s = used_s(stream, task, USE_BLOCKED);
    counts->idle_s = used_s(stream, task, USE_IDLE);
    counts->aligning_s = used_s(stream, task, USE_ALIGNING);
    counts->stopped_s = used_s(stream, task, USE_STOPPED);
    if (!stream->options.transactional && stream->plans[task->operator].is_sink)
        counts->visible = counts->emitted;
}

/* ---- identities ---- */

/* An audit: the first thing that does not add up is told in `why`. */
struct audit {
    struct stream *stream;
    char *why;
    uint64_t *inside; /* owned: messages found in each channel */
};

enum { WHY_SIZE = 200 };

/* Two counts of a task or partition that must be the same. */
static bool same(const struct audit *audit, const char *of, uint32_t number, const char *what,
                 uint64_t found, uint64_t expected)
{
    if (found == expected)
        return true;
    (void)snprintf(audit->why, WHY_SIZE, "%s %" PRIu32 ": %s: %" PRIu64 ", not %" PRIu64, of,
                   number, what, found, expected);
    return false;
}

static bool same_time(const struct audit *audit, uint32_t rank, const char *what, double found_s,
                      double expected_s)
{
    if (fabs(found_s - expected_s) <= 1e-9 * expected_s)
        return true;
    (void)snprintf(audit->why, WHY_SIZE, "task %" PRIu32 ": %s: %.17g s, not %.17g s", rank, what,
                   found_s, expected_s);
    return false;
}

/* What is in a task, found by counting. */
struct found {
    uint64_t waiting, serving; /* messages */
    uint64_t fresh;            /* of them not marked as replayed */
    uint64_t markers;
};

static void count_queue(const struct audit *audit, const struct message_queue *queue,
                        struct found *found)
{
    for (uint32_t i = 0; i < queue->n; i++) {
        const struct message *message = queue_at(queue, i);
        if (message->id & ID_MARKER) {
            found->markers++;
            continue;
        }
        found->waiting++;
        found->fresh += !(message->id & ID_REPLAYED);
        if (message->channel != NO_CHANNEL)
            audit->inside[message->channel]++;
    }
}

static struct found count_task(const struct audit *audit, const struct task *task)
{
    struct found found = {0};
    count_queue(audit, &task->queue, &found);
    count_queue(audit, &task->aside, &found);
    for (uint32_t i = 0; i < task->n_busy; i++) {
        if (task->hands[i].blocked)
            continue;
        found.serving++;
        found.fresh += !(task->hands[i].message.id & ID_REPLAYED);
    }
    return found;
}

static uint64_t count_overtaking(const struct stream *stream, const struct task_place *place)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < place->n_in; i++)
        n += stream->markers[place->in[i]].entry_s < (double)INFINITY;
    return n;
}

/* Messages that were ever sent on the pipelined channels into the task, or out of it on any. */
static uint64_t sent_to(const struct stream *stream, const struct task_place *place)
{
    uint64_t sent = 0;
    for (uint32_t i = 0; i < place->n_in; i++)
        if (!stream->channels[place->in[i]].log)
            sent += stream->channels[place->in[i]].sent;
    return sent;
}

static uint64_t sent_by(const struct stream *stream, const struct task_place *place)
{
    uint64_t sent = 0;
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++)
        sent += stream->channels[c].sent;
    return sent;
}

static bool check_messages(const struct audit *audit, uint32_t rank)
{
    const struct stream *stream = audit->stream;
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct task *task = &stream->tasks[rank];
    const struct task_counts *counts = &task->counts;
    struct found found = count_task(audit, task);
    bool piped_only = task->n_sources == 0 && task->n_logs == 0;
    bool is_sink = stream->plans[task->operator].is_sink;
    return same(audit, "task", rank, "processed, inside and lost",
                counts->processed + found.waiting + found.serving + counts->lost,
                counts->received) &&
           same(audit, "task", rank, "identities processed, inside and unfinished",
                counts->processed - counts->reprocessed + found.fresh +
                    id_set_count(&task->unfinished),
                task->fresh) &&
           same(audit, "task", rank, "markers", task->n_markers,
                found.markers + count_overtaking(stream, place)) &&
           (!piped_only || same(audit, "task", rank, "received", counts->received,
                                sent_to(stream, place) + task->restored)) &&
           (is_sink || same(audit, "task", rank, "sent", sent_by(stream, place), counts->emitted));
}

/*
 * Every output of a transactional sink is somewhere, and that of every message in one place only,
 * but for those that were written again.
 */
static bool check_outputs(const struct audit *audit, uint32_t rank)
{
    const struct stream *stream = audit->stream;
    const struct task *task = &stream->tasks[rank];
    const struct task_counts *counts = &task->counts;
    if (!stream->options.transactional || !stream->plans[task->operator].is_sink)
        return true;
    uint64_t held = task->held.end - task->held.first;
    uint64_t remembered = id_set_count(&task->held.thrown_away);
    return same(audit, "task", rank, "outputs visible, held, thrown away and timed out",
                counts->visible + held + counts->thrown_away + counts->timed_out,
                counts->emitted) &&
           same(audit, "task", rank, "identities visible, held, thrown away and timed out",
                counts->visible + held + remembered + counts->timed_out - task->held.n_again,
                counts->processed - counts->reprocessed);
}

static bool check_times(const struct audit *audit, uint32_t rank)
{
    const struct stream *stream = audit->stream;
    const struct task *task = &stream->tasks[rank];
    double total_s = 0;
    for (int use = 0; use < N_TASK_USES; use++)
        total_s += used_s(stream, task, (enum task_use)use);
    double hands_s = task->hands_s;
    for (uint32_t i = 0; i < task->n_busy; i++)
        if (!task->hands[i].blocked && task->speed > 0)
            hands_s += stream->now_s - task->hands[i].since_s;
    double busy_s = used_s(stream, task, USE_NEW) + used_s(stream, task, USE_REWORK);
    return same_time(audit, rank, "times add up to", total_s, stream->now_s) &&
           same(audit, "task", rank, "use of time", task->use, task_use_now(task)) &&
           /* Booked apart: once per task, once per hand. */
           (task->in_flight > 1 || same_time(audit, rank, "time in service", hands_s, busy_s));
}

/* The logs of a task hold what was sent to them. */
static bool check_logs(const struct audit *audit, uint32_t rank)
{
    const struct stream *stream = audit->stream;
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct task *task = &stream->tasks[rank];
    for (uint32_t k = 0; k < task->n_logs; k++) {
        uint64_t sent = 0;
        for (uint32_t i = 0; i < place->n_in; i++)
            if (stream->channels[place->in[i]].log == &task->logs[k])
                sent += stream->channels[place->in[i]].sent;
        if (!same(audit, "task", rank, "messages in its log", task->logs[k].end, sent))
            return false;
    }
    return true;
}

/* What was read from its partitions is what the task had for the first time. */
static bool check_partitions(const struct audit *audit, uint32_t rank)
{
    struct stream *stream = audit->stream;
    const struct task_place *place = &stream->topology->tasks[rank];
    uint64_t n_read = 0;
    for (uint32_t i = 0; i < place->n_partitions; i++) {
        uint32_t partition = place->partitions[i];
        struct partition_counts counts;
        stream_partition_counts(stream, partition, &counts);
        n_read += counts.position - counts.expired;
        uint64_t unread = counts.arrived - counts.position;
        if (counts.arrived < counts.position)
            return same(audit, "partition", partition, "arrived", counts.arrived, counts.position);
        if (stream->partitions[partition].position == counts.position &&
            !same(audit, "partition", partition, "lag", stream_partition_lag(stream, partition),
                  unread))
            return false;
    }
    return place->n_partitions == 0 ||
           same(audit, "task", rank, "read", n_read, stream->tasks[rank].fresh);
}

static bool check_channels(const struct audit *audit)
{
    const struct stream *stream = audit->stream;
    for (uint32_t c = 0; c < stream->topology->n_channels; c++) {
        const struct channel *channel = &stream->channels[c];
        if (!channel->log && !same(audit, "channel", c, "sent and not started",
                                   channel->sent - channel->started, audit->inside[c]))
            return false;
    }
    return true;
}

bool stream_check(struct stream *stream, char why[WHY_SIZE])
{
    struct audit audit = {
        .stream = stream,
        .why = why,
        .inside = mem_alloc(stream->topology->n_channels, sizeof *audit.inside),
    };
    why[0] = '\0';
    bool ok = true;
    for (uint32_t rank = 0; ok && rank < stream->topology->n_tasks; rank++)
        ok = check_messages(&audit, rank) && check_outputs(&audit, rank) &&
             check_times(&audit, rank) && check_logs(&audit, rank) &&
             check_partitions(&audit, rank);
    ok = ok && check_channels(&audit);
    free(audit.inside);
    return ok;
}
