// SPDX-License-Identifier: GPL-3.0-or-later
/* What a message becomes: copies, their identities, and who receives them. */
#include <assert.h>
#include <math.h>

#include "core/memory.h"
#include "stream_reference_state.h"

/* Tell the outputs of a message apart in their identities: copies, and receivers of a broadcast. */
static const uint64_t COPY_STEP = UINT64_C(0x9e3779b97f4a7c15);
static const uint64_t RECEIVER_STEP = UINT64_C(0xbf58476d1ce4e5b9);

static uint64_t number_of_copies(const struct reference *reference, uint32_t task, uint64_t id)
{
    double selectivity = operator_of(reference, task)->params->selectivity;
    uint64_t salt = reference->copy_salts[reference->topology->tasks[task].operator];
    double whole = floor(selectivity);
    return (uint64_t)whole + (id_uniform(id_mix(id, salt)) < selectivity - whole);
}

/* Whether outputs are known by the identity of the message: no two of them can meet again. */
static bool keeps_id(const struct reference *reference, uint32_t task)
{
    const struct operator_place *operator= operator_of(reference, task);
    return operator->n_out_edges == 1 && operator->params->selectivity <= 1 &&
        reference->topology->edges[operator->out_edges[0]].by != ROUTE_BROADCAST;
}

/* Identity of the copy on the edge; receiver_salt: 0, or what a broadcast adds for a receiver. */
static uint64_t output_id(const struct reference *reference, uint32_t task, uint64_t id,
                          uint32_t edge, uint64_t copy, uint64_t receiver_salt)
{
    if (keeps_id(reference, task))
        return id;
    uint64_t salt = reference->edge_salts[edge] + (copy + 1) * COPY_STEP + receiver_salt;
    return (id_mix(id, salt) & (ID_MARKER - 1)) | (id & ID_REPLAYED);
}

/* Which of n receivers. */
static uint32_t evenly(uint64_t bits, uint64_t n)
{
    return (uint32_t)(((bits >> 32) * n) >> 32);
}

static uint32_t by_hash(const struct alias *alias, uint64_t bits, uint32_t n)
{
    uint32_t column = evenly(bits, n);
    if (!alias->keep || id_uniform(id_mix(bits, 1)) < alias->keep[column])
        return column;
    return alias->other[column];
}

/* Index of the receiving task, except for broadcast. */
static uint32_t receiver_of(const struct reference *reference, uint32_t task, uint32_t e,
                            uint64_t id)
{
    const struct edge *edge = &reference->topology->edges[e];
    uint32_t n = reference->topology->operators[edge->to].n_tasks;
    if (edge->by == ROUTE_FORWARD)
        return reference->topology->tasks[task].index;
    uint64_t bits = id_mix(id, reference->edge_salts[e]);
    if (edge->by == ROUTE_HASH)
        return by_hash(&edge->alias, bits, n);
    if (edge->from_source && keeps_id(reference, task)) {
        uint64_t raw = id & ~ID_REPLAYED;
        uint64_t partition = raw >> ID_OFFSET_BITS;
        uint64_t offset = raw & ((UINT64_C(1) << ID_OFFSET_BITS) - 1);
        return (uint32_t)((offset + partition) % n);
    }
    return evenly(bits, n);
}

static void add_output(struct reference *reference, uint32_t task, struct service *service,
                       uint32_t edge, uint32_t receiver, uint64_t id)
{
    const struct task_place *place = &reference->topology->tasks[task];
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++) {
        const struct channel_place *channel = &reference->topology->channels[c];
        if (channel->edge != edge || reference->topology->tasks[channel->to].index != receiver)
            continue;
        size_t n = service->n_outputs++;
        service->outputs = mem_resize(service->outputs, n + 1, sizeof *service->outputs);
        service->outputs[n] = service->message;
        service->outputs[n].id = id;
        service->outputs[n].channel = c;
        return;
    }
    assert(false);
}

void make_outputs(struct reference *reference, uint32_t task, struct service *service)
{
    const struct operator_place *operator= operator_of(reference, task);
    uint64_t parent = service->message.id;
    uint64_t copies = number_of_copies(reference, task, parent);
    for (uint32_t i = 0; i < operator->n_out_edges; i++) {
        uint32_t e = operator->out_edges[i];
        const struct edge *edge = &reference->topology->edges[e];
        uint32_t n = reference->topology->operators[edge->to].n_tasks;
        for (uint64_t k = 0; k < copies && edge->by != ROUTE_BROADCAST; k++) {
            uint64_t id = output_id(reference, task, parent, e, k, 0);
            add_output(reference, task, service, e, receiver_of(reference, task, e, id), id);
        }
        for (uint64_t k = 0; k < copies && edge->by == ROUTE_BROADCAST; k++)
            for (uint32_t r = 0; r < n; r++)
                add_output(reference, task, service, e, r,
                           output_id(reference, task, parent, e, k, (r + 1) * RECEIVER_STEP));
    }
}
