// SPDX-License-Identifier: GPL-3.0-or-later
/* What micro-batches need for a job, and how they are at the start of a replication. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/microbatch_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

struct microbatch *microbatch_new(struct run *run)
{
    const struct topology *topology = run->model->topology;
    if (!checkpoint_batches(&run->model->checkpoint))
        return NULL;
    struct microbatch *batches = mem_alloc(1, sizeof *batches);
    batches->run = run;
    batches->n_tasks = topology->n_tasks;
    batches->parts = mem_alloc(topology->n_tasks, sizeof *batches->parts);
    batches->ends = mem_alloc(topology->n_partitions, sizeof *batches->ends);
    for (uint32_t task = 0; task < topology->n_tasks; task++) {
        struct batch_part *part = &batches->parts[task];
        part->batches = batches;
        part->task = task;
        part->event.owner = part;
        task_state_init(&part->state, run, task);
    }
    return batches;
}

static void release_cuts(struct batch_part *part)
{
    task_cut_release(&part->cut);
    task_cut_release(&part->line);
}

void microbatch_free(struct microbatch *batches)
{
    if (!batches)
        return;
    for (size_t i = 0; i < batches->n_tasks; i++) {
        release_cuts(&batches->parts[i]);
        task_state_release(&batches->parts[i].state);
    }
    free(batches->parts);
    free(batches->ends);
    free(batches);
}

void microbatch_start(struct run *run)
{
    struct microbatch *batches = run->streaming->batches;
    uint64_t seed = run->seed, replication = run->replication;
    *batches = (struct microbatch){
        .run = run,
        .parts = batches->parts,
        .n_tasks = batches->n_tasks,
        .stage = BATCH_DOWN,
        .n_down = batches->n_tasks,
        .timer = {.owner = batches},
        .ends = batches->ends,
        .trigger_rng = rng_stream(seed, replication, RNG_TRIGGER, 0),
        .cost_rng = rng_stream(seed, replication, RNG_CHECKPOINT, 0),
        .log_rng = rng_stream(seed, replication, RNG_COORDINATION, 0),
        .device_rng = rng_stream(seed, replication, RNG_DEVICE, DIRECTION_WRITE),
    };
    memset(batches->ends, 0, run->model->topology->n_partitions * sizeof *batches->ends);
    for (size_t i = 0; i < batches->n_tasks; i++) {
        struct batch_part *part = &batches->parts[i];
        release_cuts(part);
        task_state_start(&part->state, &batches->device_rng, &batches->ledger);
        part->stage = STORE_NONE;
        part->event = (struct event){.owner = part};
        part->transfer = (struct transfer){0};
    }
}
