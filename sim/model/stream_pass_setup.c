// SPDX-License-Identifier: GPL-3.0-or-later
/* Which topologies passes can do, and what they need for one. */
#include <stdlib.h>

#include "model/stream_pass.h"

enum { MAX_STARTS = 1 << 24 }; /* in all rings: 128 MiB */

/* ---- what passes can do ---- */

/* Whether a draw is never 0: then an instant in which a task does something comes to an end. */
static bool is_positive(const struct sampler *sampler)
{
    return sampler_quantile(sampler, 0x1p-53) > 0;
}

/* Ties are told apart by (entry, channel) alone when latencies are all or nothing. */
static bool edge_allows(const struct edge *edge)
{
    bool constant = edge->latency.kind == SAMPLER_CONSTANT;
    if (!constant && !is_positive(&edge->latency))
        return false;
    if (edge->channel == CHANNEL_LOG)
        return true;
    bool limited = edge->capacity != NO_CAPACITY;
    return edge->capacity > 0 && isinf(edge->capacity_bytes) &&
           !(limited && edge->on_full == ON_FULL_DROP);
}

static bool operator_allows(const struct operator_place *operator, bool merges)
{
    const struct operator_params *params = operator->params;
    const struct source_params *source = &params->source;
    if (params->in_flight != 1)
        return false;
    if (operator->is_source && !(isnan(source->read_rate_per_s) && isnan(source->retention_s) &&
                                 isnan(source->retention_bytes)))
        return false;
    /* In the middle of a graph, a message that takes no time may overtake others of its instant. */
    return operator->is_source || operator->is_sink || !merges || is_positive(&operator->service);
}

static bool topology_allows(const struct topology *topology)
{
    bool merges = false;
    for (size_t i = 0; i < topology->n_tasks; i++)
        merges |= topology->tasks[i].n_in > 1;
    for (size_t i = 0; i < topology->n_operators; i++)
        if (!operator_allows(&topology->operators[i], merges))
            return false;
    for (size_t i = 0; i < topology->n_edges; i++)
        if (!edge_allows(&topology->edges[i]))
            return false;
    return topology->threads == 0;
}

/* ---- life ---- */

/* Slots of the ring of a channel of the edge; 0: there is no limit. */
static uint64_t ring_size(const struct edge *edge)
{
    if (edge->channel == CHANNEL_LOG || edge->capacity == NO_CAPACITY)
        return 0;
    uint64_t size = 1;
    while (size < edge->capacity && size <= MAX_STARTS)
        size *= 2;
    return size;
}

/* False when the rings would need too much memory. */
static bool make_rings(struct passes *passes, const struct topology *topology)
{
    uint64_t n = 0;
    for (size_t i = 0; i < topology->n_channels && n <= MAX_STARTS; i++)
        n += ring_size(&topology->edges[topology->channels[i].edge]);
    if (n > MAX_STARTS)
        return false;
    passes->n_starts = n;
    passes->starts = mem_alloc(n + 1, sizeof *passes->starts);
    passes->rings = mem_alloc(topology->n_channels + 1, sizeof *passes->rings);
    double *starts = passes->starts;
    for (size_t i = 0; i < topology->n_channels; i++) {
        uint64_t size = ring_size(&topology->edges[topology->channels[i].edge]);
        if (size == 0)
            continue;
        passes->rings[i] = (struct pass_ring){starts, size - 1};
        starts += size;
    }
    return true;
}

static enum pass_output output_of(const struct stream *stream, const struct operator_place *place)
{
    if (place->is_sink)
        return TO_NOBODY;
    const struct operator_plan *plan = &stream->plans[place - stream->topology->operators];
    const struct edge *edge = &stream->topology->edges[place->out_edges[0]];
    if (place->n_out_edges > 1 || !plan->keeps_id || plan->copies != 1 ||
        edge->by == ROUTE_BROADCAST || edge->channel == CHANNEL_LOG ||
        edge->latency.kind != SAMPLER_CONSTANT)
        return TO_MANY;
    bool one = edge->by == ROUTE_FORWARD || stream->topology->operators[edge->to].n_tasks == 1;
    return one ? TO_ONE : TO_HASHED;
}

static struct pass_operator pass_operator_of(const struct stream *stream,
                                             const struct operator_place *place)
{
    const struct topology *topology = stream->topology;
    struct pass_operator operator= {.output = output_of(stream, place)};
    bool some_at_once = false, some_later = false, logs = false;
    for (uint32_t i = 0; i < place->n_in_edges; i++) {
        const struct edge *edge = &topology->edges[place->in_edges[i]];
        bool at_once = edge->latency.kind == SAMPLER_CONSTANT && edge->latency.mean == 0;
        some_at_once |= at_once;
        some_later |= !at_once;
        logs |= edge->channel == CHANNEL_LOG;
    }
    operator.sole = !logs && topology->tasks[place->first_task].n_in == 1;
    operator.takes_any = logs ||(some_at_once &&some_later);
    return operator;
}

/* Operators by stage, so that each comes after all that send to it. */
static void make_order(struct passes *passes, const struct topology *topology)
{
    uint32_t n = 0;
    for (uint32_t stage = 0; stage < topology->n_stages; stage++)
        for (uint32_t i = 0; i < topology->n_operators; i++)
            if (topology->operators[i].stage == stage)
                passes->order[n++] = i;
}

/*
 * In services that a task does: below, an advance costs more by passes than by steps. Where a
 * channel holds one message a task stalls at nearly every message, unless it is part of a chain.
 */
static double least_services(const struct passes *passes)
{
    const struct topology *topology = passes->stream->topology;
    if (passes->chains)
        return 2;
    for (size_t i = 0; i < topology->n_edges; i++)
        if (topology->edges[i].channel == CHANNEL_PIPELINED && topology->edges[i].capacity == 1)
            return (double)INFINITY;
    return 4;
}

/* Length of a window to begin with, from the rates in the long run; 1 s if they are not known. */
static double first_span_s(const struct topology *topology)
{
    double rate_per_s = 0; /* of a task */
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        double mine_per_s = place->arrival_rate_per_s / (double)place->n_tasks;
        rate_per_s = mine_per_s > rate_per_s ? mine_per_s : rate_per_s;
    }
    return rate_per_s > 0 ? WINDOW_MESSAGES / rate_per_s : 1;
}

struct passes *passes_new(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    if (!topology_allows(topology))
        return NULL;
    struct passes *passes = mem_alloc(1, sizeof *passes);
    if (!make_rings(passes, topology)) {
        free(passes);
        return NULL;
    }
    passes->stream = stream;
    passes->tasks = mem_alloc(topology->n_tasks, sizeof *passes->tasks);
    passes->operators = mem_alloc(topology->n_operators, sizeof *passes->operators);
    passes->order = mem_alloc(topology->n_operators, sizeof *passes->order);
    make_order(passes, topology);
    for (size_t i = 0; i < topology->n_operators; i++)
        passes->has_bytes |= stream->plans[i].has_bytes;
    for (size_t i = 0; i < topology->n_operators; i++)
        passes->operators[i] = pass_operator_of(stream, &topology->operators[i]);
    for (size_t i = 0; i < topology->n_tasks; i++)
        if (stream->tasks[i].n_logs > 0)
            passes->tasks[i].log_inboxes =
                mem_alloc(stream->tasks[i].n_logs, sizeof *passes->tasks[i].log_inboxes);
    if (!stream->options.batched) /* they do not look at limits */
        pass_find_chains(passes);
    passes->span_s = first_span_s(topology);
    double rate_per_s = 0; /* of services, in the long run */
    for (size_t i = 0; i < topology->n_operators; i++)
        rate_per_s += topology->operators[i].arrival_rate_per_s;
    passes->least_s =
        rate_per_s > 0 ? least_services(passes) * (double)topology->n_tasks / rate_per_s : 0;
    return passes;
}

void passes_free(struct passes *passes)
{
    if (!passes)
        return;
    for (size_t i = 0; i < passes->stream->topology->n_tasks; i++) {
        struct pass_task *mine = &passes->tasks[i];
        for (uint32_t k = 0; mine->log_inboxes && k < passes->stream->tasks[i].n_logs; k++)
            free(mine->log_inboxes[k].inbox.slots);
        free(mine->log_inboxes);
        free(mine->inbox.slots);
        free(mine->reads);
    }
    free(passes->all_reads);
    pass_free_chains(passes);
    sorter_release(&passes->sorter);
    free(passes->tasks);
    free(passes->operators);
    free(passes->order);
    free(passes->rings);
    free(passes->starts);
    free(passes);
}
