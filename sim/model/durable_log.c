// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/durable_log.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* Offset that no block starts at, and too far from all that are used to seem inside one. */
#define NOWHERE (UINT64_C(1) << 62)

/* ---- life ---- */

void durable_log_init(struct durable_log *log, const struct source_params *params,
                      struct arrivals_partition partition)
{
    memset(log, 0, sizeof *log);
    log->params = params;
    log->partition = partition;
    log->partition.even = skew_is_even(&params->skew);
    log->message = sampler_of(&params->message);
    double mean_bytes = log->message.mean;
    double mean_given = arrivals_mean_bytes(params);
    if (!dist_is_given(&params->message) && !isnan(mean_given)) {
        log->reading.bytes = mem_alloc(LOG_BLOCK, sizeof *log->reading.bytes);
        log->heading.bytes = mem_alloc(LOG_BLOCK, sizeof *log->heading.bytes);
        mean_bytes = mean_given;
    }
    bool limited = params->retention_bytes > 0 && mean_bytes > 0;
    log->retention_messages = limited ? params->retention_bytes / mean_bytes : (double)INFINITY;
    log->read_gap_s = params->read_rate_per_s > 0 ? 1 / params->read_rate_per_s : -(double)INFINITY;
    log->states = mem_alloc(LOG_STATES, sizeof *log->states);
}

void durable_log_release(struct durable_log *log)
{
    free(log->reading.bytes);
    free(log->heading.bytes);
    free(log->states);
    memset(log, 0, sizeof *log);
}

/* ---- blocks ---- */

/* Keeps the state at the start of a block, if it is the next one due. */
static void keep_state(struct durable_log *log, uint64_t block, const struct arrivals_state *state)
{
    if (block != log->first_kept + log->n_states * log->stride)
        return;
    if (log->n_states == LOG_STATES) {
        for (size_t i = 1; i < LOG_STATES / 2; i++)
            log->states[i] = log->states[2 * i];
        log->n_states = LOG_STATES / 2;
        log->stride *= 2;
    }
    log->states[log->n_states++] = *state;
}

/* Fills `block` from the state of the generator at its start. */
static void fill(struct durable_log *log, struct log_block *block, uint64_t number,
                 struct arrivals_state state)
{
    const struct arrivals_block room = {block->times_s, block->bytes, LOG_BLOCK};
    keep_state(log, number, &state);
    if (log->partition.share > 0)
        arrivals_type(log->params)
            ->fill(log->params->arrivals.params, &log->partition, &state, &room);
    else
        for (size_t i = 0; i < LOG_BLOCK; i++)
            block->times_s[i] = (double)INFINITY;
    block->first = number * LOG_BLOCK;
    block->after = state;
}

static void copy_block(struct log_block *to, const struct log_block *from)
{
    double *bytes = to->bytes;
    if (bytes)
        memcpy(bytes, from->bytes, LOG_BLOCK * sizeof *bytes);
    *to = *from;
    to->bytes = bytes;
}

/* Fills `block` by running the generator on from the nearest state before it. */
static void seek_block(struct durable_log *log, struct log_block *block, uint64_t number)
{
    assert(number >= log->first_kept);
    uint64_t i = (number - log->first_kept) / log->stride;
    if (i >= log->n_states)
        i = log->n_states - 1;
    uint64_t at = log->first_kept + i * log->stride;
    fill(log, block, at, log->states[i]);
    while (at < number)
        fill(log, block, ++at, block->after);
}

/* Brings a cursor's block to where `offset` is; `other` is that of the other cursor. */
static void load(struct durable_log *log, struct log_block *block, const struct log_block *other,
                 uint64_t offset)
{
    uint64_t number = offset / LOG_BLOCK;
    uint64_t first = number * LOG_BLOCK;
    if (other->first == first)
        copy_block(block, other);
    else if (block->first + LOG_BLOCK == first)
        fill(log, block, number, block->after);
    else if (other->first + LOG_BLOCK == first)
        fill(log, block, number, other->after);
    else
        seek_block(log, block, number);
}

void durable_log_load(struct durable_log *log)
{
    load(log, &log->reading, &log->heading, log->position);
}

void durable_log_start(struct durable_log *log, uint64_t seed, uint64_t replication,
                       uint64_t source)
{
    uint64_t stream = source << 32 | log->partition.index;
    struct arrivals_state state = {
        .rng = rng_stream(seed, replication, RNG_ARRIVAL, 2 * stream),
        .modulator = rng_stream(seed, replication, RNG_ARRIVAL_MODULATOR, source),
    };
    struct rng sizes = rng_stream(seed, replication, RNG_ARRIVAL, 2 * stream + 1);
    log->size_salt = rng_next(&sizes);
    const struct arrivals_type *type = arrivals_type(log->params);
    if (type->start)
        type->start(log->params->arrivals.params, &log->partition, &state);
    log->position = log->highest = log->head = log->keep_from = log->expired = 0;
    log->head_s = log->last_read_s = -(double)INFINITY;
    log->n_states = 0;
    log->first_kept = 0;
    log->stride = 1;
    log->heading.first = NOWHERE;
    fill(log, &log->reading, 0, state);
}

/* ---- the reader ---- */

double durable_log_bytes(struct durable_log *log)
{
    if (log->reading.bytes) {
        (void)durable_log_arrival_s(log);
        return log->reading.bytes[log->position - log->reading.first];
    }
    if (log->message.kind == SAMPLER_CONSTANT)
        return log->message.mean;
    /* The offset-th number of a splitmix64 sequence: a stream that can be read anywhere. */
    uint64_t state = log->size_salt + log->position * UINT64_C(0x9e3779b97f4a7c15);
    double u = ((double)(rng_splitmix(&state) >> 12) + 0.5) * 0x1p-52;
    return sampler_quantile(&log->message, u);
}

/* Moves the reader forward; what it passes for the first time has expired unread. */
static void expire_to(struct durable_log *log, uint64_t offset)
{
    if (log->position > log->highest)
        log->highest = log->position;
    log->position = offset;
    if (offset <= log->highest)
        return;
    log->expired += offset - log->highest;
    log->highest = offset;
}

/* Offset of the first message at or after the position that arrived at `time_s` or later. */
static uint64_t first_since(struct durable_log *log, double time_s)
{
    uint64_t position = log->position;
    while (durable_log_arrival_s(log) < time_s)
        log->position++;
    uint64_t found = log->position;
    log->position = position;
    return found;
}

uint64_t durable_log_expire(struct durable_log *log, double time_s)
{
    uint64_t position = log->position;
    uint64_t to = position;
    if (log->params->retention_s > 0)
        to = first_since(log, time_s - log->params->retention_s);
    if (isfinite(log->retention_messages)) {
        double first = floor((double)durable_log_head(log, time_s) - log->retention_messages);
        if (first > (double)to)
            to = (uint64_t)first;
    }
    if (to > position)
        expire_to(log, to);
    return to - position;
}

void durable_log_seek(struct durable_log *log, uint64_t offset)
{
    assert(offset >= log->keep_from);
    if (log->position > log->highest)
        log->highest = log->position;
    log->position = offset;
}

void durable_log_forget(struct durable_log *log, uint64_t offset)
{
    if (offset <= log->keep_from)
        return;
    log->keep_from = offset;
    uint64_t block = offset / LOG_BLOCK;
    /* The last state at or before the block stays. */
    uint64_t n = block > log->first_kept ? (block - log->first_kept) / log->stride : 0;
    if (n >= log->n_states)
        n = log->n_states - 1;
    if (n == 0)
        return;
    log->n_states -= n;
    log->first_kept += n * log->stride;
    memmove(log->states, log->states + n, log->n_states * sizeof *log->states);
}

/* ---- the head ---- */

uint64_t durable_log_head_area(struct durable_log *log, double time_s, double *area)
{
    assert(time_s >= log->head_s);
    double sum = 0;
    for (;;) {
        if (log->head - log->heading.first >= LOG_BLOCK)
            load(log, &log->heading, &log->reading, log->head);
        double arrival_s = log->heading.times_s[log->head - log->heading.first];
        if (arrival_s > time_s)
            break;
        sum += time_s - arrival_s;
        log->head++;
    }
    *area += sum;
    log->head_s = time_s;
    return log->head;
}

uint64_t durable_log_head(struct durable_log *log, double time_s)
{
    double area = 0;
    return durable_log_head_area(log, time_s, &area);
}

double durable_log_time_of(struct durable_log *log, uint64_t offset)
{
    assert(offset >= log->keep_from);
    uint64_t first = offset - offset % LOG_BLOCK;
    if (log->reading.first == first)
        return log->reading.times_s[offset - first];
    if (log->heading.first == first)
        return log->heading.times_s[offset - first];
    struct log_block block = {.first = NOWHERE};
    load(log, &block, &log->reading, offset);
    return block.times_s[offset - first];
}
