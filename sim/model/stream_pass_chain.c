// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Chains: tasks with at most one channel in and one out, and the single task
 * with neither. Messages stay in order from the source to the sink, so there is
 * nothing to merge, and no windows or bounds are needed: a block of messages
 * goes through all stages before the next one leaves the source.
 *
 * A block has at most as many messages as the smallest channel has places. A
 * start that the sender of a block waits for is then one of an earlier block:
 * it is known, or it lies after the time to advance to.
 *
 * Between advances messages are in queues and hands, as everywhere; these go
 * first, those nearest to the sink before all others.
 */
#include <stdlib.h>

#include "model/stream_pass.h"

/* ---- life ---- */

static bool is_made_of_chains(const struct passes *passes)
{
    const struct topology *topology = passes->stream->topology;
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct pass_operator *operator= & passes->operators[i];
        if ((operator->output != TO_ONE && operator->output != TO_NOBODY) ||
            (topology->operators[i].n_in_edges > 0 && !operator->sole))
            return false;
    }
    return true;
}

/* Follows the channels from a source task to the sink. */
static void make_chain(const struct passes *passes, struct chain *chain, uint32_t rank)
{
    const struct topology *topology = passes->stream->topology;
    chain->ranks = mem_alloc(topology->n_stages, sizeof *chain->ranks);
    chain->room = BLOCK_SIZE;
    for (;;) {
        const struct task_place *place = &topology->tasks[rank];
        chain->ranks[chain->n++] = rank;
        if (place->n_out == 0)
            return;
        const struct channel_place *channel = &topology->channels[place->first_out];
        uint64_t capacity = topology->edges[channel->edge].capacity;
        if (capacity < chain->room)
            chain->room = (uint32_t)capacity;
        rank = channel->to;
    }
}

void pass_find_chains(struct passes *passes)
{
    const struct topology *topology = passes->stream->topology;
    if (!is_made_of_chains(passes))
        return;
    passes->chains = mem_alloc(topology->n_tasks, sizeof *passes->chains);
    for (uint32_t rank = 0; rank < topology->n_tasks; rank++)
        if (topology->operators[topology->tasks[rank].operator].is_source)
            make_chain(passes, &passes->chains[passes->n_chains++], rank);
}

void pass_free_chains(struct passes *passes)
{
    for (uint32_t i = 0; i < passes->n_chains; i++)
        free(passes->chains[i].ranks);
    free(passes->chains);
}

/* ---- blocks ---- */

void pass_queue_rest(struct passes *passes, uint32_t rank, uint32_t place)
{
    const struct block *block = &passes->block;
    struct message_queue *queue = &passes->stream->tasks[rank].queue;
    for (uint32_t i = place; i < block->end; i++)
        *queue_extend(queue) =
            (struct message){block->origin_s[i], block->entry_s[i], block->id[i],
                             passes->stream->topology->tasks[rank].in[0], block->bytes[i]};
}

void pass_queue_block(struct passes *passes, uint32_t rank)
{
    pass_queue_rest(passes, rank, passes->block.first);
    passes->block.first = passes->block.end = BLOCK_HEAD;
}

void pass_put_queue_first(struct passes *passes, uint32_t rank)
{
    struct block *block = &passes->block;
    struct message_queue *queue = &passes->stream->tasks[rank].queue;
    if (block_is_empty(block) || queue->n == 0)
        return;
    if (queue->n > block->first) {
        pass_queue_block(passes, rank);
        return;
    }
    block->first -= queue->n;
    for (uint32_t i = 0; i < queue->n; i++) {
        const struct message *message = queue_at(queue, i);
        block->entry_s[block->first + i] = message->entry_s;
        block->origin_s[block->first + i] = message->origin_s;
        block->id[block->first + i] = message->id;
        block->bytes[block->first + i] = message->bytes;
    }
    queue_clear(queue);
}

/* ---- at work ---- */

/* The block goes through the stages from the k-th on. */
static void flow(struct passes *passes, const struct chain *chain, uint32_t k)
{
    for (; k < chain->n && !block_is_empty(&passes->block); k++)
        pass_run_stage(passes, chain->ranks[k]);
}

/* What waits in the queue of the stage goes through. */
static void drain(struct passes *passes, const struct chain *chain, uint32_t k)
{
    uint32_t rank = chain->ranks[k];
    while (!passes->tasks[rank].closed && passes->stream->tasks[rank].queue.n > 0) {
        pass_run_stage(passes, rank);
        flow(passes, chain, k + 1);
    }
}

/*
 * From the source to the sink, each stage with all that it has. Most of the time this is all there
 * is to do up to the next control event; a stage that needs a start which is not known yet stalls.
 */
static void run_stages_once(struct passes *passes, const struct chain *chain)
{
    for (uint32_t k = 0; k < chain->n; k++) {
        uint32_t rank = chain->ranks[k];
        bool may_start = pass_may_start(passes, rank);
        if (may_start)
            pass_put_queue_first(passes, rank);
        else
            pass_queue_block(passes, rank);
        if (may_start &&
            (k == 0 || !block_is_empty(&passes->block) || passes->stream->tasks[rank].queue.n > 0))
            pass_run_stage(passes, rank);
    }
}

/* What is left in hands and queues goes through, nearest to the sink first. */
static void run_rest(struct passes *passes, const struct chain *chain)
{
    for (uint32_t k = chain->n; k-- > 0;) {
        if (passes->tasks[chain->ranks[k]].closed)
            continue;
        bool may_start = pass_may_start(passes, chain->ranks[k]);
        if (k + 1 < chain->n)
            drain(passes, chain, k + 1); /* what was in the hand */
        if (may_start)
            drain(passes, chain, k);
    }
}

static void run_chain(struct passes *passes, const struct chain *chain)
{
    passes->block.room = chain->room;
    passes->block.first = passes->block.end = BLOCK_HEAD;
    run_stages_once(passes, chain);
    run_rest(passes, chain);
    while (!passes->tasks[chain->ranks[0]].closed) {
        pass_run_stage(passes, chain->ranks[0]);
        flow(passes, chain, 1);
    }
}

void pass_run_chains(struct passes *passes)
{
    for (uint32_t i = 0; i < passes->n_chains; i++)
        run_chain(passes, &passes->chains[i]);
}
