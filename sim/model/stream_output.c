// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stream_output.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_message.h"

/* Bits of held_output.id. */
#define HELD_AGAIN ID_REPLAYED /* it was written before, and not thrown away */
#define HELD_OPENS ID_MARKER   /* it is the first of its transaction */

static struct held_output *held_at(const struct held_outputs *held, uint64_t number)
{
    return &held->slots[number & held->mask];
}

static uint64_t id_in(const struct held_output *output)
{
    return output->id & ~(HELD_AGAIN | HELD_OPENS);
}

void held_outputs_release(struct held_outputs *held)
{
    free(held->slots);
    id_set_release(&held->thrown_away);
}

void held_outputs_clear(struct held_outputs *held)
{
    held->first = held->end = held->n_again = 0;
    held->opens = true;
    id_set_clear(&held->thrown_away);
}

static void make_room(struct held_outputs *held)
{
    enum { FIRST_SIZE = 64 };
    uint64_t size = held->slots ? held->mask + 1 : 0;
    if (held->end - held->first < size)
        return;
    struct held_outputs old = *held;
    held->mask = (size > 0 ? 2 * size : FIRST_SIZE) - 1;
    held->slots = mem_alloc(held->mask + 1, sizeof *held->slots);
    for (uint64_t i = old.first; i < old.end; i++)
        *held_at(held, i) = *held_at(&old, i);
    free(old.slots);
}

void output_hold(struct stream *stream, uint32_t rank, const struct message *message, double time_s)
{
    struct held_outputs *held = &stream->tasks[rank].held;
    uint64_t id = message->id & ~ID_REPLAYED;
    if (message->id & ID_REPLAYED && !id_set_remove(&held->thrown_away, id)) {
        id |= HELD_AGAIN;
        held->n_again++;
    }
    if (held->opens)
        id |= HELD_OPENS;
    held->opens = false;
    make_room(held);
    *held_at(held, held->end++) = (struct held_output){message->origin_s, time_s, id};
}

uint64_t output_close(struct stream *stream, uint32_t rank)
{
    struct held_outputs *held = &stream->tasks[rank].held;
    held->opens = true;
    return held->end;
}

static void make_visible(struct stream *stream, struct task *task, const struct held_output *output)
{
    task->counts.visible++;
    task->counts.duplicates += (output->id & HELD_AGAIN) != 0;
    if (output->id & HELD_AGAIN || output->origin_s < stream->measure_from_s)
        return;
    latency_add(stream->latency, stream->now_s - output->origin_s);
    if (stream->commit_latency)
        latency_add(stream->commit_latency, stream->now_s - output->departure_s);
}

/* Transactions before the output of that number are committed, or found to be too old for it. */
static void commit_before(struct stream *stream, struct task *task, uint64_t number)
{
    struct held_outputs *held = &task->held;
    double timeout_s = stream->options.transaction_timeout_s;
    bool is_too_old = false;
    for (; held->first < number; held->first++) {
        const struct held_output *output = held_at(held, held->first);
        if (output->id & HELD_OPENS)
            is_too_old = timeout_s > 0 && stream->now_s - output->departure_s > timeout_s;
        if (is_too_old)
            task->counts.timed_out++;
        else
            make_visible(stream, task, output);
    }
}

void stream_commit_outputs(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    struct task *task = &stream->tasks[rank];
    if (task->mode != TASK_DEAD)
        commit_before(stream, task, cut->n_outputs);
}

void output_roll_back(struct stream *stream, uint32_t rank, const struct task_cut *cut)
{
    struct task *task = &stream->tasks[rank];
    struct held_outputs *held = &task->held;
    assert(cut->n_outputs >= held->first && cut->n_outputs <= held->end);
    commit_before(stream, task, cut->n_outputs);
    for (uint64_t i = held->first; i < held->end; i++) {
        const struct held_output *output = held_at(held, i);
        if (output->id & HELD_AGAIN)
            held->n_again--;
        else
            (void)id_set_add(&held->thrown_away, id_in(output));
    }
    task->counts.thrown_away += held->end - held->first;
    held->end = held->first;
    held->opens = true;
}
