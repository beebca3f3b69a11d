// SPDX-License-Identifier: GPL-3.0-or-later
/* Life of the message plane: what is the same in all replications, and the start of each. */
#include "model/stream.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/stream_history.h"
#include "model/stream_message.h"

/* ---- life: what is the same in all replications ---- */

static void plan_operators(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    stream->plans = mem_alloc(topology->n_operators, sizeof *stream->plans);
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        const struct source_params *source = &place->params->source;
        double selectivity = place->params->selectivity;
        bool one_output = place->n_out_edges == 1 && selectivity <= 1 &&
                          topology->edges[place->out_edges[0]].by != ROUTE_BROADCAST;
        stream->plans[i] = (struct operator_plan){
            .copies = (uint64_t)selectivity,
            .one_more = selectivity - floor(selectivity),
            .keeps_id = one_output,
            .is_sink = place->is_sink,
            .expires =
                place->is_source && !(isnan(source->retention_s) && isnan(source->retention_bytes)),
            .has_bytes = place->is_source &&
                         (dist_is_given(&source->message) || !isnan(arrivals_mean_bytes(source))),
        };
    }
}

static void make_partitions(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    stream->partitions = mem_alloc(topology->n_partitions, sizeof *stream->partitions);
    double before = 0;
    for (size_t i = 0; i < topology->n_partitions; i++) {
        const struct partition_place *place = &topology->partitions[i];
        const struct operator_place *operator= & topology->operators[place->operator];
        before = place->index == 0 ? 0 : before;
        struct arrivals_partition partition = {
            .index = place->index,
            .n = operator->n_partitions,
            .share = place->share,
            .before = before,
        };
        durable_log_init(&stream->partitions[i], &operator->params->source, partition);
        before += place->share;
    }
}

static void make_channels(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    stream->channels = mem_alloc(topology->n_channels, sizeof *stream->channels);
    stream->markers = mem_alloc(topology->n_channels, sizeof *stream->markers);
    for (size_t c = 0; c < topology->n_channels; c++)
        stream->channels[c].to = topology->channels[c].to;
}

/* What comes into the task: its log inputs, and its pipelined channels by number and kind. */
static void make_inputs(struct stream *stream, uint32_t rank)
{
    const struct topology *topology = stream->topology;
    const struct task_place *place = &topology->tasks[rank];
    const struct operator_place *operator= & topology->operators[place->operator];
    struct task *task = &stream->tasks[rank];
    task->logs = mem_alloc(operator->n_in_edges, sizeof *task->logs);
    for (uint32_t k = 0; k < operator->n_in_edges; k++) {
        uint32_t e = operator->in_edges[k];
        if (topology->edges[e].channel != CHANNEL_LOG)
            continue;
        for (uint32_t i = 0; i < place->n_in; i++)
            if (topology->channels[place->in[i]].edge == e)
                stream->channels[place->in[i]].log = &task->logs[task->n_logs];
        task->n_logs++;
    }
    for (uint32_t i = 0; i < place->n_in; i++) {
        if (stream->channels[place->in[i]].log)
            continue;
        task->n_pipelined++;
        if (topology->edges[topology->channels[place->in[i]].edge].capacity == 0)
            task->rendezvous = true;
    }
}

static bool sends_by_rendezvous(const struct topology *topology,
                                const struct operator_place *operator)
{
    for (uint32_t k = 0; k < operator->n_out_edges; k++)
        if (topology->edges[operator->out_edges[k]].capacity == 0)
            return true;
    return false;
}

static void make_tasks(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    stream->tasks = mem_alloc(topology->n_tasks, sizeof *stream->tasks);
    for (uint32_t rank = 0; rank < topology->n_tasks; rank++) {
        const struct task_place *place = &topology->tasks[rank];
        const struct operator_place *operator= & topology->operators[place->operator];
        struct task *task = &stream->tasks[rank];
        task->operator= place->operator;
        task->in_flight = (uint32_t) operator->params->in_flight;
        task->service = operator->service;
        task->hands = mem_alloc(task->in_flight, sizeof *task->hands);
        task->counts_markers = stream->options.alignment == ALIGN_COUNTING;
        task->n_sources = place->n_partitions;
        task->sources = mem_alloc(place->n_partitions, sizeof *task->sources);
        task->ready_s = mem_alloc(place->n_partitions, sizeof *task->ready_s);
        task->limits = mem_alloc(place->n_partitions, sizeof *task->limits);
        for (uint32_t i = 0; i < place->n_partitions; i++)
            task->sources[i] = &stream->partitions[place->partitions[i]];
        make_inputs(stream, rank);
        task->is_simple = task->in_flight == 1 && task->n_logs == 0 && topology->threads == 0 &&
                          !stream->options.has_indexes && !task->rendezvous &&
                          !sends_by_rendezvous(topology, operator);
    }
}

/* Lists the tasks of each container, when they share its threads. */
static void make_containers(struct stream *stream)
{
    const struct topology *topology = stream->topology;
    if (topology->threads == 0)
        return;
    stream->containers = mem_alloc(topology->n_containers, sizeof *stream->containers);
    stream->container_tasks = mem_alloc(topology->n_tasks, sizeof *stream->container_tasks);
    uint32_t *next = stream->container_tasks;
    for (uint32_t i = 0; i < topology->n_containers; i++) {
        struct container *container = &stream->containers[i];
        container->tasks = next;
        for (uint32_t rank = 0; rank < topology->n_tasks; rank++)
            if (topology->tasks[rank].container == i)
                container->tasks[container->n_tasks++] = rank;
        next += container->n_tasks;
    }
}

struct stream *stream_new(const struct topology *topology, const struct stream_options *options)
{
    struct stream *stream = mem_alloc(1, sizeof *stream);
    stream->topology = topology;
    stream->options = *options;
    plan_operators(stream);
    make_partitions(stream);
    make_channels(stream);
    make_tasks(stream);
    make_containers(stream);
    histories_make(stream);
    stream->highest = mem_alloc(topology->n_partitions, sizeof *stream->highest);
    stream->lag_areas = mem_alloc(topology->n_partitions, sizeof *stream->lag_areas);
    stream->edge_salts = mem_alloc(topology->n_edges, sizeof *stream->edge_salts);
    stream->copy_salts = mem_alloc(topology->n_operators, sizeof *stream->copy_salts);
    stream->stepper = stepper_new(stream);
    if (!options->stepwise && !options->logs_messages && !options->has_indexes)
        stream->passes = passes_new(stream);
    return stream;
}

static void free_task(struct task *task)
{
    for (uint32_t i = 0; i < task->n_logs; i++)
        log_release(&task->logs[i]);
    free(task->logs);
    free(task->hands);
    free(task->sources);
    free(task->ready_s);
    free(task->limits);
    queue_release(&task->queue);
    queue_release(&task->aside);
    id_set_release(&task->unfinished);
    held_outputs_release(&task->held);
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    passes_free(stream->passes);
    histories_free(stream);
    stepper_free(stream->stepper);
    for (size_t i = 0; i < stream->topology->n_tasks; i++)
        free_task(&stream->tasks[i]);
    for (size_t i = 0; i < stream->topology->n_partitions; i++)
        durable_log_release(&stream->partitions[i]);
    free(stream->plans);
    free(stream->tasks);
    free(stream->channels);
    free(stream->markers);
    free(stream->partitions);
    free(stream->highest);
    free(stream->lag_areas);
    free(stream->edge_salts);
    free(stream->copy_salts);
    free(stream->containers);
    free(stream->container_tasks);
    free(stream);
}

/* ---- life: one replication ---- */

static uint64_t salt(const struct stream *stream, uint64_t index)
{
    struct rng rng = rng_stream(stream->seed, stream->replication, RNG_IDENTITY, index);
    return rng_next(&rng);
}

static void start_partitions(struct stream *stream)
{
    for (uint32_t i = 0; i < stream->topology->n_partitions; i++) {
        durable_log_start(&stream->partitions[i], stream->seed, stream->replication,
                          stream->topology->partitions[i].operator);
        stream->highest[i] = 0;
        stream->lag_areas[i] = (struct lag_area){0};
    }
}

static void start_task(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    task->service_rng = rng_stream(stream->seed, stream->replication, RNG_SERVICE, rank);
    task->mode = TASK_RUNNING;
    task->hold = task->hold_blocked = task->disturbed = false;
    task->speed = 1;
    task->rewound_s = 0;
    task->n_busy = task->n_blocked = task->n_markers = task->n_marked = 0;
    task->round = 0;
    task->overtaken_s = (double)INFINITY;
    task->to_cut = task->captures = false;
    task->cut_round = 0;
    queue_clear(&task->queue);
    queue_clear(&task->aside);
    for (uint32_t i = 0; i < task->n_logs; i++)
        log_clear(&task->logs[i]);
    for (uint32_t i = 0; i < task->n_sources; i++) {
        task->limits[i] = stream->options.batched ? 0 : UINT64_MAX;
        source_look(task, i);
    }
    task->use = USE_IDLE;
    task->since_s = task->hands_s = task->measured_service_s = 0;
    for (int use = 0; use < N_TASK_USES; use++)
        task->use_s[use] = 0;
    task->counts = (struct task_counts){0};
    task->fresh = task->restored = 0;
    task->index = task->forced = 0;
    id_set_clear(&task->unfinished);
    held_outputs_clear(&task->held);
}

void stream_start(struct stream *stream, uint64_t seed, uint64_t replication,
                  struct latency_record *latency, struct latency_record *operator_latency)
{
    const struct topology *topology = stream->topology;
    stream->seed = seed;
    stream->replication = replication;
    stream->latency = latency;
    stream->operator_latency = operator_latency;
    stream->commit_latency = NULL;
    stream->now_s = stream->measure_from_s = 0;
    stream->watches = NULL;
    stream->n_disturbed = 0;
    stream->overtaking = 0;
    stream->owes_drained = false;
    for (uint64_t e = 0; e < topology->n_edges; e++)
        stream->edge_salts[e] = salt(stream, 2 * e);
    for (uint64_t i = 0; i < topology->n_operators; i++)
        stream->copy_salts[i] = salt(stream, 2 * i + 1);
    start_partitions(stream);
    for (uint32_t rank = 0; rank < topology->n_tasks; rank++)
        start_task(stream, rank);
    for (size_t c = 0; c < topology->n_channels; c++) {
        stream->channels[c] = (struct channel){
            .log = stream->channels[c].log,
            .to = stream->channels[c].to,
            .kept = stream->channels[c].kept,
            .waiter = NO_TASK,
        };
        stream->markers[c] = (struct channel_marker){.entry_s = (double)INFINITY};
    }
    histories_start(stream);
    for (uint32_t i = 0; stream->containers && i < topology->n_containers; i++)
        stream->containers[i].n_free = topology->threads;
    stepper_invalidate(stream->stepper, STREAM_ALL);
}
