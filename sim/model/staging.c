// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"
#include "model/staging_state.h"

/* ---- set-up ---- */

static void init_stage(const struct run *run, uint32_t s)
{
    const struct staging *staging = run->staging;
    struct stage_state *state = &staging->stages[s];
    uint32_t n_tasks = staging->graph->stages[s].n_tasks;
    state->held = mem_alloc(staging->n_nodes, sizeof *state->held);
    state->pending = mem_alloc(bits_words(n_tasks), sizeof *state->pending);
    state->durations_s = mem_alloc(n_tasks, sizeof *state->durations_s);
    const char *device = staging->graph->stages[s].params->device;
    state->device = device ? run_device(run, device) : NULL;
}

void staging_init(struct run *run)
{
    const struct model *model = run->model;
    struct staging *staging = run->staging = mem_alloc(1, sizeof *staging);
    staging->graph = model->stages;
    staging->n_nodes = (uint32_t)model->cluster.nodes;
    staging->n_slots = (uint32_t)model->job.tasks;
    staging->stages = mem_alloc(staging->graph->n_stages, sizeof *staging->stages);
    staging->tasks = mem_alloc(staging->graph->n_tasks, sizeof *staging->tasks);
    staging->wanted = mem_alloc(staging->graph->n_tasks, sizeof *staging->wanted);
    staging->slots = mem_alloc(staging->n_slots, sizeof *staging->slots);
    staging->nodes = mem_alloc(staging->n_nodes, sizeof *staging->nodes);
    staging->free_slots = mem_alloc(bits_words(staging->n_slots), sizeof *staging->free_slots);
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        init_stage(run, s);
}

void staging_release(struct run *run)
{
    struct staging *staging = run->staging;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++) {
        free(staging->stages[s].held);
        free(staging->stages[s].pending);
        free(staging->stages[s].durations_s);
    }
    free(staging->stages);
    free(staging->tasks);
    free(staging->wanted);
    free(staging->slots);
    free(staging->nodes);
    free(staging->free_slots);
    free(staging->episodes);
    free(staging);
}

/* ---- a replication ---- */

static void start_stage(struct staging *staging, uint32_t s)
{
    const struct stage_place *stage = &staging->graph->stages[s];
    struct stage_state *state = &staging->stages[s];
    state->missing = state->undone = stage->n_tasks;
    state->hidden = state->n_durations = 0;
    state->started_s = (double)NAN;
    state->kept = (struct kept){0};
    for (uint32_t n = 0; n < staging->n_nodes; n++)
        state->held[n] = 0;
    for (uint32_t i = 0; i < stage->n_tasks; i++) {
        struct task *task = &staging->tasks[stage->first_task + i];
        *task = (struct task){
            .slots = {NO_SLOT, NO_SLOT}, .episode = NO_EPISODE, .back_off = {.owner = task}};
        bits_put(state->pending, i, true);
    }
    staging->results_missing += stage->is_last ? stage->n_tasks : 0;
}

static void start_machines(struct staging *staging)
{
    for (uint32_t n = 0; n < staging->n_nodes; n++) {
        struct stage_node *node = &staging->nodes[n];
        *node = (struct stage_node){
            .episode = NO_EPISODE, .noticed = {.owner = node}, .repaired = {.owner = node}};
    }
    uint32_t node = 0;
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        *slot = (struct slot){.state = SLOT_HELD,
                              .node = node,
                              .task = NO_TASK,
                              .episode = NO_EPISODE,
                              .next = {.owner = slot}};
        node = node + 1 < staging->n_nodes ? node + 1 : 0;
    }
}

/* The numbers of a replication, without what staging_init() has set up. */
static void forget(struct staging *staging)
{
    *staging = (struct staging){
        .graph = staging->graph,
        .stages = staging->stages,
        .tasks = staging->tasks,
        .slots = staging->slots,
        .nodes = staging->nodes,
        .free_slots = staging->free_slots,
        .n_slots = staging->n_slots,
        .n_nodes = staging->n_nodes,
        .episodes = staging->episodes,
        .episode_capacity = staging->episode_capacity,
        .wanted = staging->wanted,
    };
}

void staging_start(struct run *run)
{
    struct staging *staging = run->staging;
    forget(staging);
    staging->detection_rng = rng_stream(run->seed, run->replication, RNG_DETECTION, 0);
    staging->downtime_rng = rng_stream(run->seed, run->replication, RNG_DOWNTIME, 0);
    staging->start_rng = rng_stream(run->seed, run->replication, RNG_START, 0);
    staging->struck_rng = rng_stream(run->seed, run->replication, RNG_STRUCK, 0);
    staging->backoff_rng = rng_stream(run->seed, run->replication, RNG_BACKOFF, 0);
    start_machines(staging);
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        start_stage(staging, s);
    staging_begin(run);
}

void staging_end(struct run *run)
{
    struct staging *staging = run->staging;
    staging_end_transfers(run);
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        if (slot_is_alive(slot))
            sum_add(&staging->lost_s, slot_spent_s(run, slot));
        staging_enter(run, slot, slot->state);
    }
    staging_check(run);
    staging_fill_metrics(run);
}
