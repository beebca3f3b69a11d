// SPDX-License-Identifier: GPL-3.0-or-later
/* Which rounds a stream job has, and how they are at the start of a replication. */
#include <stdlib.h>

#include "core/memory.h"
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static bool takes_markers(const struct topology *topology, uint32_t task)
{
    const struct task_place *place = &topology->tasks[task];
    for (uint32_t i = 0; i < place->n_in; i++)
        if (topology->edges[topology->channels[place->in[i]].edge].channel == CHANNEL_PIPELINED)
            return true;
    return false;
}

static void init_part(struct run *run, struct part *part, uint32_t task)
{
    const struct topology *topology = run->model->topology;
    const struct operator_place *place = &topology->operators[topology->tasks[task].operator];
    const struct state_params *state = place->params->state.params;
    bool by_markers = checkpoint_coordination(&run->model->checkpoint)->cut_by == CUT_BY_MARKERS;
    part->task = task;
    part->starts = !by_markers || !takes_markers(topology, task);
    part->state_bytes = place->state_bytes;
    part->delta_bytes = state ? state->dirty_frac * place->state_bytes : 0;
}

struct rounds *rounds_new(struct run *run)
{
    const struct streaming *streaming = run->streaming;
    const struct coordination_ops *ops = checkpoint_coordination(&run->model->checkpoint);
    struct rounds *rounds = mem_alloc(1, sizeof *rounds);
    uint32_t n = streaming->n_tasks;
    rounds->n_parts = n;
    rounds->parts = mem_alloc(n, sizeof *rounds->parts);
    for (uint32_t task = 0; task < n; task++)
        init_part(run, &rounds->parts[task], task);
    if (!ops->takes_cuts)
        return rounds;
    rounds->n_rounds = ops->per_task ? n : 1;
    rounds->rounds = mem_alloc(rounds->n_rounds, sizeof *rounds->rounds);
    for (uint32_t u = 0; u < n; u++) {
        uint32_t task = streaming->units[u];
        struct round *round = &rounds->rounds[ops->per_task ? task : 0];
        rounds->parts[task].round = round;
        round->phase = (double)u / n;
    }
    for (uint64_t i = 0; i < rounds->n_rounds; i++) {
        struct round *round = &rounds->rounds[i];
        round->run = run;
        round->index = i;
        round->parts = &rounds->parts[i];
        round->n_parts = ops->per_task ? 1 : n;
    }
    return rounds;
}

static void release_cuts(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->n_parts; i++) {
        task_cut_release(&rounds->parts[i].cut);
        task_cut_release(&rounds->parts[i].line);
    }
}

void rounds_free(struct rounds *rounds)
{
    release_cuts(rounds);
    free(rounds->parts);
    free(rounds->rounds);
    free(rounds);
}

static void start_part(struct part *part)
{
    *part = (struct part){
        .round = part->round,
        .task = part->task,
        .starts = part->starts,
        .state_bytes = part->state_bytes,
        .delta_bytes = part->delta_bytes,
        .event = {.owner = part},
    };
}

static void start_round(struct round *round)
{
    const struct run *run = round->run;
    uint64_t seed = run->seed;
    uint64_t replication = run->replication;
    uint64_t index = round->index;
    *round = (struct round){
        .run = round->run,
        .index = index,
        .parts = round->parts,
        .n_parts = round->n_parts,
        .phase = round->phase,
        .trigger = {.owner = round},
        .n_down = round->n_parts,
        .trigger_rng = rng_stream(seed, replication, RNG_TRIGGER, index),
        .cost_rng = rng_stream(seed, replication, RNG_CHECKPOINT, index),
        .coordination_rng = rng_stream(seed, replication, RNG_COORDINATION, index),
        .device_rng =
            rng_stream(seed, replication, RNG_DEVICE, DIRECTIONS * index + DIRECTION_WRITE),
    };
}

void rounds_start(struct run *run)
{
    struct rounds *rounds = run->streaming->rounds;
    release_cuts(rounds);
    for (size_t i = 0; i < rounds->n_parts; i++)
        start_part(&rounds->parts[i]);
    for (size_t i = 0; i < rounds->n_rounds; i++)
        start_round(&rounds->rounds[i]);
    rounds->n_started = 0;
    rounds->counts = (struct round_counts){0};
    rounds->written_bytes = rounds->aborted_bytes = (struct sum){0};
}
