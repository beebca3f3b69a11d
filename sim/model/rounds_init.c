// SPDX-License-Identifier: GPL-3.0-or-later
/* Which rounds a stream job has, and how they are at the start of a replication. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/microbatch.h"
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

static void init_member(struct run *run, struct member *member, uint32_t task)
{
    const struct topology *topology = run->model->topology;
    bool by_markers = checkpoint_coordination(&run->model->checkpoint)->cut_by == CUT_BY_MARKERS;
    member->task = task;
    member->starts = !by_markers || !takes_markers(topology, task);
    task_state_init(&member->state, run, task);
}

/* The group of a task, of the scenario's u-th. */
static size_t group_index(const struct run *run, uint32_t task)
{
    switch (checkpoint_coordination(&run->model->checkpoint)->group_by) {
    case GROUP_BY_TASK:
        return task;
    case GROUP_BY_CONTAINER:
        return run->model->topology->tasks[task].container;
    case GROUP_BY_JOB:
    default:
        return 0;
    }
}

static size_t count_groups(const struct run *run)
{
    const struct coordination_ops *ops = checkpoint_coordination(&run->model->checkpoint);
    const struct topology *topology = run->model->topology;
    switch (ops->group_by) {
    case GROUP_BY_TASK:
        return topology->n_tasks;
    case GROUP_BY_CONTAINER:
        return topology->n_containers;
    case GROUP_BY_JOB:
    default:
        return 1;
    }
}

static void init_round(struct group *group, struct round *round)
{
    round->group = group;
    round->parts = mem_alloc(group->n_members, sizeof *round->parts);
    for (size_t i = 0; i < group->n_members; i++) {
        round->parts[i].round = round;
        round->parts[i].member = group->members[i];
    }
}

/* Its tasks in the order of their ranks. */
static void init_members(struct rounds *rounds, const struct run *run)
{
    for (size_t task = 0; task < rounds->n_members; task++)
        rounds->groups[group_index(run, (uint32_t)task)].n_members++;
    for (size_t i = 0; i < rounds->n_groups; i++) {
        struct group *group = &rounds->groups[i];
        group->members = mem_alloc(group->n_members, sizeof *group->members);
        group->draws = mem_alloc(group->n_members, sizeof *group->draws);
        group->n_members = 0;
    }
    for (size_t task = 0; task < rounds->n_members; task++) {
        struct member *member = &rounds->members[task];
        member->group = &rounds->groups[group_index(run, (uint32_t)task)];
        member->place = (uint32_t)member->group->n_members;
        member->group->members[member->group->n_members++] = member;
    }
}

/* Staggered groups follow each other in the order of the scenario. */
static void init_phases(struct rounds *rounds, const struct streaming *streaming)
{
    for (uint32_t u = streaming->n_tasks; u-- > 0;)
        rounds->members[streaming->units[u]].group->phase = (double)u / streaming->n_tasks;
}

/* Copies that restores may use, which are written along with the checkpoints. */
static void init_targets(struct rounds *rounds, const struct run *run)
{
    const struct list *sources = &run->model->recovery.sources;
    const struct restore_source *source = sources->items;
    for (size_t i = 0; i < sources->n; i++) {
        uint64_t copies = restore_written(&source[i]);
        const char *device =
            copies > 0 ? restore_type_of(&source[i])->device(source[i].from.params) : NULL;
        if (device)
            rounds->targets[rounds->n_targets++] =
                (struct copy_target){.device = run_device(run, device), .copies = copies};
    }
}

struct rounds *rounds_new(struct run *run)
{
    const struct streaming *streaming = run->streaming;
    const struct checkpoint_params *params = &run->model->checkpoint;
    struct rounds *rounds = mem_alloc(1, sizeof *rounds);
    rounds->n_members = streaming->n_tasks;
    rounds->members = mem_alloc(rounds->n_members, sizeof *rounds->members);
    for (size_t task = 0; task < rounds->n_members; task++)
        init_member(run, &rounds->members[task], (uint32_t)task);
    if (!checkpoint_coordination(params)->takes_cuts || streaming->batches)
        return rounds;
    rounds_line_init(run, rounds);
    init_targets(rounds, run);
    rounds->n_groups = count_groups(run);
    rounds->groups = mem_alloc(rounds->n_groups, sizeof *rounds->groups);
    init_members(rounds, run);
    init_phases(rounds, streaming);
    for (size_t i = 0; i < rounds->n_groups; i++) {
        struct group *group = &rounds->groups[i];
        group->run = run;
        group->index = i;
        group->n_rounds = params->max_concurrent;
        group->rounds = mem_alloc(group->n_rounds, sizeof *group->rounds);
        for (size_t k = 0; k < group->n_rounds; k++)
            init_round(group, &group->rounds[k]);
    }
    return rounds;
}

static void release_cuts(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->n_members; i++)
        task_cut_release(&rounds->members[i].line);
    for (size_t i = 0; i < rounds->n_groups; i++) {
        struct group *group = &rounds->groups[i];
        for (size_t k = 0; k < group->n_rounds; k++)
            for (size_t m = 0; m < group->n_members; m++)
                task_cut_release(&group->rounds[k].parts[m].taken.cut);
    }
}

void rounds_free(struct rounds *rounds)
{
    release_cuts(rounds);
    rounds_line_free(rounds);
    for (size_t i = 0; i < rounds->n_groups; i++) {
        struct group *group = &rounds->groups[i];
        for (size_t k = 0; k < group->n_rounds; k++)
            free(group->rounds[k].parts);
        free(group->rounds);
        free(group->members);
        free(group->draws);
    }
    for (size_t i = 0; i < rounds->n_members; i++)
        task_state_release(&rounds->members[i].state);
    free(rounds->groups);
    free(rounds->members);
    free(rounds);
}

static void start_member(struct rounds *rounds, struct member *member)
{
    struct rng *device_rng = member->group ? &member->group->device_rng : NULL;
    task_state_start(&member->state, device_rng, &rounds->ledger);
    *member = (struct member){
        .group = member->group,
        .task = member->task,
        .place = member->place,
        .starts = member->starts,
        .state = member->state,
        .later = member->later,
        .later_room = member->later_room,
    };
}

static void start_round(struct round *round)
{
    struct group *group = round->group;
    struct part *parts = round->parts;
    *round = (struct round){
        .group = group, .parts = parts, .timeout = {.owner = round}, .overtake = {.owner = round}};
    for (size_t i = 0; i < group->n_members; i++)
        parts[i] = (struct part){
            .round = round,
            .member = group->members[i],
            .event = {.owner = &parts[i]},
        };
}

static void start_group(struct group *group)
{
    const struct run *run = group->run;
    uint64_t seed = run->seed;
    uint64_t replication = run->replication;
    uint64_t index = group->index;
    for (size_t k = 0; k < group->n_rounds; k++)
        start_round(&group->rounds[k]);
    group->n_pending = 0;
    group->n_down = group->n_members;
    group->trigger = (struct group_trigger){
        .due = {.owner = group},
        .completed_s = -(double)INFINITY,
        .rng = rng_stream(seed, replication, RNG_TRIGGER, index),
    };
    group->n_given_up = group->n_failures = 0;
    group->running_s = group->runs_since_s = 0;
    group->cost_s = (double)NAN;
    group->has_draw = false;
    group->cost_rng = rng_stream(seed, replication, RNG_CHECKPOINT, index);
    group->coordination_rng = rng_stream(seed, replication, RNG_COORDINATION, index);
    group->device_rng =
        rng_stream(seed, replication, RNG_DEVICE, DIRECTIONS * index + DIRECTION_WRITE);
    group->failure_rng = rng_stream(seed, replication, RNG_WRITE_FAILURE, index);
}

void rounds_start(struct run *run)
{
    if (run->streaming->batches) {
        microbatch_start(run);
        return;
    }
    struct rounds *rounds = run->streaming->rounds;
    release_cuts(rounds);
    rounds_line_start(rounds);
    for (size_t i = 0; i < rounds->n_members; i++)
        start_member(rounds, &rounds->members[i]);
    for (size_t i = 0; i < rounds->n_groups; i++)
        start_group(&rounds->groups[i]);
    rounds->n_started = 0;
    rounds->counts = (struct round_counts){0};
    rounds->ledger = (struct write_ledger){0};
}
