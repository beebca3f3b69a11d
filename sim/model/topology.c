// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/topology.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "model/topology_internal.h"

/* ---- questions to the parameters ---- */

uint32_t topology_find(const struct job_params *job, const char *name)
{
    for (size_t i = 0; i < job->operators.n; i++)
        if (strcmp(operator_at(job, i)->name, name) == 0)
            return (uint32_t)i;
    return NO_OPERATOR;
}

uint64_t topology_partitions(const struct operator_params *operator)
{
    if (!operator_reads_source(operator))
        return 0;
    return operator->source.partitions ? operator->source.partitions : operator->tasks;
}

uint64_t topology_containers(const struct job_params *job)
{
    uint64_t widest = 0;
    for (size_t i = 0; i < job->operators.n; i++)
        if (operator_at(job, i)->tasks > widest)
            widest = operator_at(job, i)->tasks;
    return job->containers ? job->containers : widest;
}

uint64_t topology_nodes_needed(const struct job_params *job, const struct cluster_params *cluster)
{
    return (topology_containers(job) + cluster->slots_per_node - 1) / cluster->slots_per_node;
}

/* The operator's stage when those of its senders are known; NO_STAGE: not yet. */
static uint32_t stage_after(const uint32_t *stage, const uint32_t *senders, size_t n_senders)
{
    uint32_t longest = 0;
    for (size_t k = 0; k < n_senders; k++) {
        if (stage[senders[k]] == NO_STAGE)
            return NO_STAGE;
        if (stage[senders[k]] + 1 > longest)
            longest = stage[senders[k]] + 1;
    }
    return longest;
}

/* The sender of each input, operator by operator; the caller frees it. */
static uint32_t *find_senders(const struct job_params *job)
{
    size_t n = 0;
    for (size_t i = 0; i < job->operators.n; i++)
        n += operator_at(job, i)->inputs.n;
    uint32_t *senders = mem_alloc(n, sizeof *senders);
    n = 0;
    for (size_t i = 0; i < job->operators.n; i++)
        for (size_t k = 0; k < operator_at(job, i)->inputs.n; k++)
            senders[n++] = topology_find(job, input_at(operator_at(job, i), k)->from);
    return senders;
}

bool topology_stages(const struct job_params *job, uint32_t *stage)
{
    uint32_t *senders = find_senders(job);
    size_t n_left = job->operators.n;
    for (size_t i = 0; i < job->operators.n; i++)
        stage[i] = NO_STAGE;
    for (bool found = true; found;) {
        const uint32_t *own = senders;
        found = false;
        for (size_t i = 0; i < job->operators.n; i++) {
            size_t n_inputs = operator_at(job, i)->inputs.n;
            uint32_t known = stage[i] == NO_STAGE ? stage_after(stage, own, n_inputs) : NO_STAGE;
            own += n_inputs;
            if (known == NO_STAGE)
                continue;
            stage[i] = known;
            found = true;
            n_left--;
        }
    }
    free(senders);
    return n_left == 0;
}

/* ---- operators and their tasks ---- */

static void place_operators(const struct job_params *job, struct topology *topology,
                            struct arena *arena)
{
    size_t n = job->operators.n;
    uint32_t *stage = arena_alloc(arena, n, sizeof *stage);
    (void)topology_stages(job, stage);
    topology->operators = arena_alloc(arena, n, sizeof *topology->operators);
    topology->n_operators = n;
    for (size_t i = 0; i < n; i++) {
        const struct operator_params *params = operator_at(job, i);
        struct operator_place *place = &topology->operators[i];
        *place = (struct operator_place){
            .params = params,
            .stage = stage[i],
            .n_tasks = (uint32_t)params->tasks,
            .n_partitions = (uint32_t)topology_partitions(params),
            .is_source = operator_reads_source(params),
            .is_sink = true, /* until an edge goes out of it */
            .service = sampler_of(&params->service),
            .store = store_of(&params->state, params->tasks, arena),
            .state_bytes = state_size_bytes(&params->state) / (double)params->tasks,
        };
        topology->n_tasks += place->n_tasks;
        if (place->stage + 1 > topology->n_stages)
            topology->n_stages = place->stage + 1;
    }
}

/* Ranks: later stages first, then operators as they stand in the scenario, then task by task. */
static void place_tasks(struct topology *topology, struct arena *arena)
{
    uint32_t rank = 0;
    topology->tasks = arena_alloc(arena, topology->n_tasks, sizeof *topology->tasks);
    for (uint32_t stage = topology->n_stages; stage-- > 0;)
        for (uint32_t i = 0; i < topology->n_operators; i++) {
            struct operator_place *place = &topology->operators[i];
            if (place->stage != stage)
                continue;
            place->first_task = rank;
            for (uint32_t k = 0; k < place->n_tasks; k++, rank++) {
                uint32_t container = k % topology->n_containers;
                topology->tasks[rank] = (struct task_place){
                    .operator= i,
                    .index = k,
                    .container = container,
                    .node = container % topology->n_nodes,
                };
            }
        }
}

static void place_partitions(struct topology *topology, struct arena *arena)
{
    for (size_t i = 0; i < topology->n_operators; i++) {
        struct operator_place *place = &topology->operators[i];
        place->first_partition = place->n_partitions ? (uint32_t)topology->n_partitions : 0;
        topology->n_partitions += place->n_partitions;
    }
    topology->partitions = arena_alloc(arena, topology->n_partitions, sizeof *topology->partitions);
    for (uint32_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        if (!place->is_source)
            continue;
        double *share = mem_alloc(place->n_partitions, sizeof *share);
        skew_shares(&place->params->source.skew, place->n_partitions, share);
        for (uint32_t p = 0; p < place->n_partitions; p++) {
            uint32_t rank = place->first_task + p % place->n_tasks;
            topology->partitions[place->first_partition + p] =
                (struct partition_place){.operator= i, .index = p, .task = rank, .share = share[p]};
            topology->tasks[rank].n_partitions++;
        }
        free(share);
    }
}

/* Each task's list of its partitions, ascending. */
static void list_partitions(struct topology *topology, struct arena *arena)
{
    for (size_t t = 0; t < topology->n_tasks; t++) {
        struct task_place *task = &topology->tasks[t];
        task->partitions = arena_alloc(arena, task->n_partitions, sizeof *task->partitions);
        task->n_partitions = 0;
    }
    for (uint32_t p = 0; p < topology->n_partitions; p++) {
        struct task_place *task = &topology->tasks[topology->partitions[p].task];
        task->partitions[task->n_partitions++] = p;
    }
}

/* ---- edges and their channels ---- */

/* Walker's tables, by Vose's method: each column has its own receiver up to `keep`, then another.
 */
static void fill_alias(struct alias *alias, double *share)
{
    uint32_t n = alias->n;
    uint32_t *small = mem_alloc(n, sizeof *small);
    uint32_t *large = mem_alloc(n, sizeof *large);
    size_t n_small = 0;
    size_t n_large = 0;
    for (uint32_t i = 0; i < n; i++) {
        alias->keep[i] = 1;
        alias->other[i] = i;
        share[i] *= n;
        if (share[i] < 1)
            small[n_small++] = i;
        else
            large[n_large++] = i;
    }
    while (n_small > 0 && n_large > 0) {
        uint32_t poor = small[--n_small];
        uint32_t rich = large[n_large - 1];
        alias->keep[poor] = share[poor];
        alias->other[poor] = rich;
        share[rich] -= 1 - share[poor];
        if (share[rich] < 1) {
            small[n_small++] = rich;
            n_large--;
        }
    }
    free(small);
    free(large);
}

static struct alias alias_of(const struct input_params *input, uint32_t n, struct arena *arena)
{
    struct alias alias = {.n = n};
    if (input->by != ROUTE_HASH || skew_is_even(&input->skew))
        return alias;
    alias.keep = arena_alloc(arena, n, sizeof *alias.keep);
    alias.other = arena_alloc(arena, n, sizeof *alias.other);
    double *share = mem_alloc(n, sizeof *share);
    skew_shares(&input->skew, n, share);
    fill_alias(&alias, share);
    free(share);
    return alias;
}

static void place_edges(const struct job_params *job, struct topology *topology,
                        struct arena *arena)
{
    for (size_t i = 0; i < job->operators.n; i++)
        topology->n_edges += operator_at(job, i)->inputs.n;
    topology->edges = arena_alloc(arena, topology->n_edges, sizeof *topology->edges);
    struct edge *edge = topology->edges;
    for (uint32_t i = 0; i < topology->n_operators; i++) {
        const struct operator_params *receiver = operator_at(job, i);
        for (size_t k = 0; k < receiver->inputs.n; k++, edge++) {
            const struct input_params *input = input_at(receiver, k);
            uint32_t from = topology_find(job, input->from);
            *edge = (struct edge){
                .from = from,
                .to = i,
                .by = (enum route)input->by,
                .channel = (enum channel_kind)input->channel,
                .on_full = (enum on_full)input->on_full,
                .capacity = input->capacity,
                .capacity_bytes =
                    isnan(input->capacity_bytes) ? (double)INFINITY : input->capacity_bytes,
                .latency = sampler_of(&input->latency),
                .alias = alias_of(input, topology->operators[i].n_tasks, arena),
                .from_source = topology->operators[from].is_source,
            };
            topology->operators[from].is_sink = false;
            topology->operators[from].n_out_edges++;
            topology->operators[i].n_in_edges++;
        }
    }
}

/* Each operator's lists of the edges into and out of it, ascending. */
static void list_edges(struct topology *topology, struct arena *arena)
{
    for (size_t i = 0; i < topology->n_operators; i++) {
        struct operator_place *place = &topology->operators[i];
        place->in_edges = arena_alloc(arena, place->n_in_edges, sizeof *place->in_edges);
        place->out_edges = arena_alloc(arena, place->n_out_edges, sizeof *place->out_edges);
        place->n_in_edges = 0;
        place->n_out_edges = 0;
    }
    for (uint32_t e = 0; e < topology->n_edges; e++) {
        struct operator_place *from = &topology->operators[topology->edges[e].from];
        struct operator_place *to = &topology->operators[topology->edges[e].to];
        from->out_edges[from->n_out_edges++] = e;
        to->in_edges[to->n_in_edges++] = e;
    }
}

/* Channels that one task sends on over the edge. */
static uint32_t edge_fan_out(const struct topology *topology, const struct edge *edge)
{
    return edge->by == ROUTE_FORWARD ? 1 : topology->operators[edge->to].n_tasks;
}

/* Numbers the channels, by sender, then edge, then receiver. */
static void place_channels(struct topology *topology, struct arena *arena)
{
    for (size_t t = 0; t < topology->n_tasks; t++) {
        struct task_place *task = &topology->tasks[t];
        const struct operator_place *place = &topology->operators[task->operator];
        task->first_out = (uint32_t)topology->n_channels;
        task->edge_base = arena_alloc(arena, place->n_out_edges, sizeof *task->edge_base);
        for (uint32_t k = 0; k < place->n_out_edges; k++) {
            task->edge_base[k] = (uint32_t)topology->n_channels;
            topology->n_channels += edge_fan_out(topology, &topology->edges[place->out_edges[k]]);
        }
        task->n_out = (uint32_t)topology->n_channels - task->first_out;
    }
    topology->channels = arena_alloc(arena, topology->n_channels, sizeof *topology->channels);
    for (uint32_t t = 0; t < topology->n_tasks; t++) {
        const struct task_place *task = &topology->tasks[t];
        const struct operator_place *place = &topology->operators[task->operator];
        for (uint32_t k = 0; k < place->n_out_edges; k++) {
            uint32_t e = place->out_edges[k];
            const struct edge *edge = &topology->edges[e];
            const struct operator_place *to = &topology->operators[edge->to];
            uint32_t first = edge->by == ROUTE_FORWARD ? task->index : 0;
            for (uint32_t r = 0; r < edge_fan_out(topology, edge); r++) {
                uint32_t receiver = to->first_task + first + r;
                topology->channels[task->edge_base[k] + r] =
                    (struct channel_place){.edge = e, .from = t, .to = receiver};
                topology->tasks[receiver].n_in++;
            }
        }
    }
}

/* Each task's list of the channels into it, ascending. */
static void list_channels(struct topology *topology, struct arena *arena)
{
    for (size_t t = 0; t < topology->n_tasks; t++) {
        struct task_place *task = &topology->tasks[t];
        task->in = arena_alloc(arena, task->n_in, sizeof *task->in);
        task->n_in = 0;
    }
    for (uint32_t c = 0; c < topology->n_channels; c++) {
        struct task_place *receiver = &topology->tasks[topology->channels[c].to];
        receiver->in[receiver->n_in++] = c;
    }
}

/* ---- all ---- */

const struct topology *topology_build(const struct job_params *job,
                                      const struct cluster_params *cluster, struct arena *arena,
                                      struct err *err)
{
    if (!topology_check(job, cluster, err))
        return NULL;
    struct topology *topology = arena_alloc(arena, 1, sizeof *topology);
    topology->n_containers = (uint32_t)topology_containers(job);
    topology->n_nodes = (uint32_t)topology_nodes_needed(job, cluster);
    topology->threads = (uint32_t)job->threads;
    place_operators(job, topology, arena);
    place_tasks(topology, arena);
    place_partitions(topology, arena);
    list_partitions(topology, arena);
    place_edges(job, topology, arena);
    list_edges(topology, arena);
    place_channels(topology, arena);
    list_channels(topology, arena);
    topology_load(topology, err);
    return topology;
}

bool topology_reads_logs_only(const struct topology *topology, uint32_t operator)
{
    const struct operator_place *place = &topology->operators[operator];
    for (uint32_t k = 0; k < place->n_in_edges; k++)
        if (topology->edges[place->in_edges[k]].channel != CHANNEL_LOG)
            return false;
    return true;
}

const char *topology_task_name(const struct topology *topology, uint32_t task, char *text,
                               size_t size)
{
    const struct task_place *place = &topology->tasks[task];
    (void)snprintf(text, size, "%s/%u", topology->operators[place->operator].params->name,
                   place->index);
    return text;
}
