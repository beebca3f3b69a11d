// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where the outputs of a message go: how many there are, what they are called,
 * who receives them and after which latency. All of it is a function of the
 * message's identity and of salts drawn once per replication, so that a
 * message that is processed again sends the same outputs to the same tasks.
 *
 * Outputs are numbered per out edge: number i is copy i; on a broadcast edge
 * with n receivers, copy i / n for receiver i % n.
 */
#ifndef MODEL_STREAM_ROUTE_H
#define MODEL_STREAM_ROUTE_H

#include "model/stream_state.h"

/* Tell outputs of one message apart: odd constants, of splitmix64. */
#define ID_COPY_STEP UINT64_C(0x9e3779b97f4a7c15)
#define ID_RECEIVER_STEP UINT64_C(0xbf58476d1ce4e5b9)

/* Copies of the message that go to every out edge of the operator. */
static inline uint64_t route_copies(const struct stream *stream, uint32_t operator, uint64_t id)
{
    const struct operator_plan *plan = &stream->plans[operator];
    if (plan->one_more == 0)
        return plan->copies;
    return plan->copies +
           (id_uniform(id_mix(id, stream->copy_salts[operator])) < plan->one_more ? 1 : 0);
}

/* Outputs of the message on one edge. */
static inline uint64_t route_outputs(const struct stream *stream, const struct edge *edge,
                                     uint64_t id)
{
    uint64_t copies = route_copies(stream, edge->from, id);
    return edge->by == ROUTE_BROADCAST ? copies * edge->alias.n : copies;
}

/* Identity of output i on edge e (its number in the topology), replayed if the message is. */
static inline uint64_t route_output_id(const struct stream *stream, uint32_t e, uint64_t id,
                                       uint64_t i)
{
    const struct edge *edge = &stream->topology->edges[e];
    if (stream->plans[edge->from].keeps_id)
        return id;
    uint64_t salt = stream->edge_salts[e];
    if (edge->by == ROUTE_BROADCAST)
        salt += (i / edge->alias.n + 1) * ID_COPY_STEP + (i % edge->alias.n + 1) * ID_RECEIVER_STEP;
    else
        salt += (i + 1) * ID_COPY_STEP;
    return (id_mix(id, salt) & (ID_MARKER - 1)) | (id & ID_REPLAYED);
}

/* A receiver by a hash of the identity, according to the shares of the receivers. */
static inline uint32_t route_hash(const struct alias *alias, uint64_t salt, uint64_t output_id)
{
    uint64_t hash = id_mix(output_id, salt);
    uint32_t column = (uint32_t)((hash >> 32) * alias->n >> 32);
    if (!alias->keep || id_uniform(id_mix(hash, 1)) < alias->keep[column])
        return column;
    return alias->other[column];
}

/* Messages of each partition go round the receivers, each partition from a receiver of its own. */
static inline uint32_t route_round_robin(uint32_t n, uint64_t id)
{
    uint64_t offset = id & ((UINT64_C(1) << ID_OFFSET_BITS) - 1);
    uint64_t partition = (id & (ID_MARKER - 1)) >> ID_OFFSET_BITS;
    return (uint32_t)((offset + partition) % n);
}

/*
 * Channel of output i with the identity `output_id`, counted from the first that the sender has on
 * edge e: the index of the receiving task, or 0 on a forward edge.
 */
static inline uint32_t route_channel(const struct stream *stream, uint32_t e, uint64_t output_id,
                                     uint64_t i)
{
    const struct edge *edge = &stream->topology->edges[e];
    switch (edge->by) {
    case ROUTE_FORWARD:
        return 0;
    case ROUTE_BROADCAST:
        return (uint32_t)(i % edge->alias.n);
    case ROUTE_REBALANCE:
        if (edge->from_source && stream->plans[edge->from].keeps_id)
            return route_round_robin(edge->alias.n, output_id);
        return route_hash(&edge->alias, stream->edge_salts[e], output_id);
    case ROUTE_HASH:
    default:
        return route_hash(&edge->alias, stream->edge_salts[e], output_id);
    }
}

/* Time that the output is under way on edge e. */
static inline double route_latency_s(const struct stream *stream, uint32_t e, uint64_t output_id)
{
    const struct sampler *latency = &stream->topology->edges[e].latency;
    if (latency->kind == SAMPLER_CONSTANT)
        return latency->mean;
    return sampler_quantile(latency, id_uniform(id_mix(output_id, stream->edge_salts[e] + 1)));
}

/* Time that the marker of the round is under way on channel c: the channels of an edge delay it by
 * times that are independent of each other, as of one round and the next. */
static inline double route_marker_latency_s(const struct stream *stream, uint32_t c, uint64_t round)
{
    return route_latency_s(stream, stream->topology->channels[c].edge, id_mix(round, id_mix(c, 0)));
}

/* Output i of the message on the sender's k-th out edge: its identity and channel. */
static inline struct message route_output(const struct stream *stream, uint32_t rank,
                                          const struct message *message, uint32_t k, uint64_t i)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    uint32_t e = stream->topology->operators[place->operator].out_edges[k];
    struct message output = *message;
    output.id = route_output_id(stream, e, message->id, i);
    output.channel = place->edge_base[k] + route_channel(stream, e, output.id, i);
    return output;
}

#endif
