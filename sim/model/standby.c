// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/standby.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/restore.h"
#include "model/restoring.h"
#include "model/rounds.h"
#include "model/run.h"
#include "model/streaming_state.h"

struct copy {
    bool is_ready;
    struct restore_flow build;
};

struct standbys {
    struct run *run;                     /* borrowed */
    const struct standby_source *source; /* borrowed */
    uint32_t n_tasks;
    struct copy *copies; /* owned: source->copies of each task */
    struct rng rng;      /* of latencies */
};

struct standbys *standbys_new(struct run *run, const struct standby_source *source)
{
    if (!source)
        return NULL;
    struct standbys *standbys = mem_alloc(1, sizeof *standbys);
    *standbys = (struct standbys){
        .run = run,
        .source = source,
        .n_tasks = run->streaming->n_tasks,
    };
    standbys->copies = mem_alloc(standbys->n_tasks * source->copies, sizeof *standbys->copies);
    return standbys;
}

void standbys_free(struct standbys *standbys)
{
    if (!standbys)
        return;
    free(standbys->copies);
    free(standbys);
}

static struct copy *copy_of(const struct standbys *standbys, uint32_t task, uint64_t i)
{
    return &standbys->copies[task * standbys->source->copies + i];
}

static void is_built(void *context)
{
    struct copy *copy = context;
    copy->is_ready = true;
}

void standbys_start(struct standbys *standbys)
{
    if (!standbys)
        return;
    struct run *run = standbys->run;
    standbys->rng = rng_stream(run->seed, run->replication, RNG_RESTORE_SOURCE, standbys->n_tasks);
    for (uint32_t task = 0; task < standbys->n_tasks; task++)
        for (uint64_t i = 0; i < standbys->source->copies; i++) {
            struct copy *copy = copy_of(standbys, task, i);
            struct recovering *recovering = run->streaming->tasks[task].scope->recovering;
            *copy = (struct copy){
                .is_ready = true,
                .build =
                    {
                        .calendar = &run->calendar,
                        .read_bytes = &recovering->read_bytes,
                        .aborted_bytes = &recovering->aborted_bytes,
                        .done = is_built,
                        .context = copy,
                    },
            };
        }
}

static void build(struct standbys *standbys, uint32_t task, struct copy *copy)
{
    struct run *run = standbys->run;
    struct restore_size size = task_state_restore_size(rounds_task_state(run, task));
    double bytes = size.base_bytes + size.log_bytes;
    double rate = standbys->source->bytes_per_s;
    restore_flow_abort(&copy->build);
    restore_flow_add(&copy->build,
                     &(struct restore_step){
                         .device = run->device,
                         .pieces = 1,
                         .streams = 1,
                         .bytes = bytes,
                         .apply_s = isnan(rate) ? 0 : bytes / rate,
                     },
                     &standbys->rng);
    copy->is_ready = !restore_flow_takes_time(&copy->build);
    if (!copy->is_ready)
        restore_flow_begin(&copy->build);
}

/* The first that is ready, on a node that has not failed; NULL: none is. */
static struct copy *find(const struct standbys *standbys, uint32_t task)
{
    const struct run *run = standbys->run;
    for (uint64_t i = 0; i < standbys->source->copies; i++) {
        uint32_t other = restoring_neighbour(run, task, i + 1);
        if (copy_of(standbys, task, i)->is_ready &&
            run->streaming->tasks[other].severity < DOMAIN_NODE)
            return copy_of(standbys, task, i);
    }
    return NULL;
}

bool standbys_have_one(const struct standbys *standbys, uint32_t task)
{
    return find(standbys, task) != NULL;
}

void standbys_take_over(struct standbys *standbys, uint32_t task)
{
    build(standbys, task, find(standbys, task));
}

void standbys_node_is_back(struct standbys *standbys, uint32_t task)
{
    if (!standbys)
        return;
    for (uint32_t other = 0; other < standbys->n_tasks; other++)
        for (uint64_t i = 0; i < standbys->source->copies; i++)
            if (restoring_neighbour(standbys->run, other, i + 1) == task)
                build(standbys, other, copy_of(standbys, other, i));
}

void standbys_end(struct standbys *standbys)
{
    if (!standbys)
        return;
    for (uint32_t task = 0; task < standbys->n_tasks; task++)
        for (uint64_t i = 0; i < standbys->source->copies; i++)
            restore_flow_abort(&copy_of(standbys, task, i)->build);
}
