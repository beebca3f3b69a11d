// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stream_history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/stream_message.h"

/* ---- life ---- */

void histories_make(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    const struct stream_options *options = &stream->options;
    assert(options->counts_channels || !(options->logs_messages || options->has_indexes));
    if (!options->counts_channels)
        return;
    stream->histories = mem_alloc(topology->n_channels, sizeof *stream->histories);
    for (size_t rank = 0; rank < topology->n_tasks; rank++)
        for (uint32_t i = 0; i < topology->tasks[rank].n_in; i++)
            stream->histories[topology->tasks[rank].in[i]].received_at = i;
    for (size_t c = 0; options->logs_messages && c < topology->n_channels; c++)
        if (!stream->channels[c].log)
            stream->channels[c].kept = mem_alloc(1, sizeof *stream->channels[c].kept);
}

void histories_free(struct stream *stream)
{
    for (size_t c = 0; stream->histories && c < stream->topology->n_channels; c++) {
        struct sender_log *kept = stream->channels[c].kept;
        free(stream->histories[c].steps);
        if (!kept)
            continue;
        log_release(&kept->log);
        id_set_release(&kept->owed);
        free(kept);
    }
    free(stream->histories);
}

void histories_start(struct stream *stream)
{
    stream->kept = (struct kept_bytes){0};
    for (size_t c = 0; stream->histories && c < stream->topology->n_channels; c++) {
        struct channel_history *history = &stream->histories[c];
        struct sender_log *kept = stream->channels[c].kept;
        *history = (struct channel_history){
            .received_at = history->received_at,
            .steps = history->steps,
            .room = history->room,
        };
        if (!kept)
            continue;
        log_clear(&kept->log);
        id_set_clear(&kept->owed);
    }
}

/* ---- counts ---- */

static bool is_counted(const struct stream *stream, uint32_t channel)
{
    return !stream->channels[channel].log;
}

static uint64_t sent(const struct stream *stream, uint32_t channel)
{
    return stream->channels[channel].sent - stream->histories[channel].sent_base;
}

static uint64_t received(const struct stream *stream, uint32_t channel)
{
    return stream->channels[channel].started - stream->histories[channel].received_base;
}

/* What the cut says of the channel, one out of its task or into it. */
static uint64_t sent_at(const struct stream *stream, uint32_t channel, const struct task_cut *cut)
{
    uint32_t from = stream->topology->channels[channel].from;
    return cut->counts ? cut->counts[channel - stream->topology->tasks[from].first_out] : 0;
}

static uint64_t received_at(const struct stream *stream, uint32_t channel,
                            const struct task_cut *cut)
{
    const struct channel_history *history = &stream->histories[channel];
    uint32_t to = stream->topology->channels[channel].to;
    uint32_t i = stream->topology->tasks[to].n_out + history->received_at;
    return cut->counts && cut->counts[i] > history->missed_up_to ? cut->counts[i]
                                                                 : history->missed_up_to;
}

/* ---- sender logs ---- */

static void keep_more(struct stream *stream, double bytes)
{
    stream->kept.now += bytes;
    if (stream->kept.now > stream->kept.peak)
        stream->kept.peak = stream->kept.now;
}

void history_keep(struct stream *stream, uint32_t rank, const struct message *output)
{
    struct message copy = *output;
    copy.id &= ~ID_REPLAYED;
    stream->tasks[rank].counts.logged_bytes += (double)copy.bytes;
    keep_more(stream, (double)copy.bytes);
    log_append(&stream->channels[copy.channel].kept->log, &copy);
}

/* The log keeps messages [from, end) for the receiver no longer. */
static void keep_less(struct stream *stream, const struct message_log *log, uint64_t from,
                      uint64_t end)
{
    for (uint64_t i = from; i < end; i++)
        stream->kept.now -= (double)log_at(log, i)->bytes;
}

/* What neither the receiver nor a roll-back of the sender can ask for is dropped. */
static void forget_kept(struct stream *stream, uint32_t channel)
{
    const struct channel_history *history = &stream->histories[channel];
    uint64_t first =
        history->sent_line < history->received_line ? history->sent_line : history->received_line;
    log_forget(&stream->channels[channel].kept->log, first);
}

struct kept_bytes stream_kept_bytes(const struct stream *stream)
{
    return stream->kept;
}

/* ---- indexes ---- */

/* Messages of the channel carry the index from its next message on. */
static void step_to(struct stream *stream, uint32_t channel, uint64_t index)
{
    struct channel_history *history = &stream->histories[channel];
    uint64_t from = sent(stream, channel);
    while (history->n_steps > 0 && history->steps[history->n_steps - 1].from >= from)
        history->n_steps--;
    history->steps =
        mem_grow(history->steps, history->n_steps, &history->room, sizeof *history->steps);
    history->steps[history->n_steps++] = (struct index_step){from, index};
}

void stream_set_index(struct stream *stream, uint32_t rank, uint64_t index)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    struct task *task = &stream->tasks[rank];
    assert(stream->options.has_indexes && index >= task->index);
    task->index = index;
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++)
        if (is_counted(stream, c))
            step_to(stream, c, index);
}

uint64_t stream_index(const struct stream *stream, uint32_t rank)
{
    return stream->tasks[rank].index;
}

/* The index of the next message that the channel's receiver takes of it. */
static uint64_t next_index(const struct stream *stream, uint32_t channel)
{
    const struct channel_history *history = &stream->histories[channel];
    uint64_t number = received(stream, channel);
    size_t i = history->n_steps;
    while (i > 0 && history->steps[i - 1].from > number)
        i--;
    return i > 0 ? history->steps[i - 1].index : 0;
}

bool history_forces(const struct stream *stream, uint32_t rank, const struct message *message)
{
    return message->channel != NO_CHANNEL && !(message->id & ID_MARKER) &&
           next_index(stream, message->channel) > stream->tasks[rank].index;
}

void history_force(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    task->forced = next_index(stream, queue_at(&task->queue, 0)->channel);
    task->hold = true;
    task->hold_blocked = false;
    task_note_disturbance(stream, task);
}

/* The receiver's line has passed messages up to received_line: their indexes are not asked for. */
static void forget_steps(struct channel_history *history)
{
    size_t n = 0;
    while (n + 1 < history->n_steps && history->steps[n + 1].from <= history->received_line)
        n++;
    history->n_steps -= n;
    if (n > 0)
        memmove(history->steps, history->steps + n, history->n_steps * sizeof *history->steps);
}

/* ---- cuts ---- */

static void copy_set(struct id_set *to, const struct id_set *from)
{
    id_set_clear(to);
    if (from->has_zero)
        (void)id_set_add(to, 0);
    for (size_t i = 0; i < from->capacity; i++)
        if (from->slots[i] != 0)
            (void)id_set_add(to, from->slots[i]);
}

static void cut_owed(const struct stream *stream, uint32_t rank, struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    bool owes = cut->n_owed > 0; /* of an older cut */
    for (uint32_t i = 0; i < place->n_out; i++) {
        const struct sender_log *kept = stream->channels[place->first_out + i].kept;
        owes = owes || (kept && !id_set_is_empty(&kept->owed));
    }
    if (!owes)
        return;
    if (cut->n_owed == 0)
        cut->owed = mem_alloc(place->n_out, sizeof *cut->owed);
    cut->n_owed = place->n_out;
    for (uint32_t i = 0; i < place->n_out; i++)
        if (stream->channels[place->first_out + i].kept)
            copy_set(&cut->owed[i], &stream->channels[place->first_out + i].kept->owed);
}

void histories_cut(const struct stream *stream, uint32_t rank, struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    cut->counts =
        mem_resize(cut->counts, (size_t)place->n_out + place->n_in + 1, sizeof *cut->counts);
    for (uint32_t i = 0; i < place->n_out; i++) {
        uint32_t c = place->first_out + i;
        cut->counts[i] = is_counted(stream, c) ? sent(stream, c) : 0;
    }
    for (uint32_t i = 0; i < place->n_in; i++) {
        uint32_t c = place->in[i];
        cut->counts[place->n_out + i] = is_counted(stream, c) ? received(stream, c) : 0;
    }
    cut->index = stream->tasks[rank].index;
    cut_owed(stream, rank, cut);
}

void histories_forget_before(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++) {
        stream->histories[c].sent_line = sent_at(stream, c, cut);
        if (stream->channels[c].kept)
            forget_kept(stream, c);
    }
    for (uint32_t i = 0; i < place->n_in; i++) {
        uint32_t c = place->in[i];
        struct channel_history *history = &stream->histories[c];
        uint64_t line = received_at(stream, c, cut);
        const struct sender_log *kept = stream->channels[c].kept;
        if (kept)
            keep_less(stream, &kept->log, history->received_line, line);
        history->received_line = line;
        if (kept)
            forget_kept(stream, c);
        forget_steps(history);
    }
}

/* ---- roll-backs ---- */

/*
 * The log of the channel, whose sender goes back: it ends where the sender had sent or the receiver
 * has received more, and of that the sender owes what it will send again.
 */
static void rewind_log(struct stream *stream, uint32_t channel, const struct task_cut *cut)
{
    const struct task_place *from =
        &stream->topology->tasks[stream->topology->channels[channel].from];
    const struct task_cut *receiver = stream->tasks[stream->channels[channel].to].goes_back_to;
    struct sender_log *kept = stream->channels[channel].kept;
    uint64_t had_sent = sent_at(stream, channel, cut);
    uint64_t has = receiver ? received_at(stream, channel, receiver) : kept->log.end;
    uint64_t end = has > had_sent ? has : had_sent;
    if (cut->n_owed > 0)
        copy_set(&kept->owed, &cut->owed[channel - from->first_out]);
    else
        id_set_clear(&kept->owed);
    for (uint64_t i = had_sent; i < end; i++)
        (void)id_set_add(&kept->owed, log_at(&kept->log, i)->id);
    keep_less(stream, &kept->log, end, kept->log.end);
    kept->log.end = end;
}

static void rewind_sender(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    stream->tasks[rank].index = cut->index;
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++) {
        struct sender_log *kept = stream->channels[c].kept;
        if (!is_counted(stream, c))
            continue;
        if (kept)
            rewind_log(stream, c, cut);
        stream->histories[c].sent_base =
            stream->channels[c].sent - (kept ? kept->log.end : sent_at(stream, c, cut));
        if (stream->options.has_indexes)
            step_to(stream, c, cut->index);
    }
}

/*
 * The receiver gets what the log has and its cut has not. Without a log that is missed, for good:
 * its numbers are taken, as if the cut had received it.
 */
static void rewind_receiver(struct stream *stream, uint32_t channel, const struct task_cut *cut)
{
    struct channel *at = &stream->channels[channel];
    uint64_t had_received = received_at(stream, channel, cut);
    for (uint64_t i = had_received; at->kept && i < at->kept->log.end; i++)
        message_put_back(stream, at->to, log_at(&at->kept->log, i));
    uint64_t to_come = at->sent - at->started;
    uint64_t position = sent(stream, channel) - to_come;
    stream->histories[channel].received_base = at->started - position;
    if (position <= had_received)
        return;
    stream->tasks[at->to].counts.missed += position - had_received;
    stream->histories[channel].missed_up_to = position;
}

void histories_roll_back(struct stream *stream, const uint32_t *tasks, size_t n,
                         const struct task_cut *const *cuts)
{
    for (size_t i = 0; i < n; i++)
        stream->tasks[tasks[i]].goes_back_to = cuts[i];
    for (size_t i = 0; i < n; i++)
        rewind_sender(stream, tasks[i], cuts[i]);
    for (size_t i = 0; i < n; i++) {
        const struct task_place *place = &stream->topology->tasks[tasks[i]];
        for (uint32_t k = 0; k < place->n_in; k++)
            if (is_counted(stream, place->in[k]))
                rewind_receiver(stream, place->in[k], cuts[i]);
        stream->tasks[tasks[i]].goes_back_to = NULL;
    }
}
