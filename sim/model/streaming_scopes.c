// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which tasks a recovery deals with: those that restart together, and those
 * that a failure without loss interrupts together.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"
#include "model/streaming_state.h"

/* ---- units of failures ---- */

/* Whether the task belongs to a unit of what a failure strikes; a node is one of the topology's. */
static bool belongs(const struct streaming *streaming, enum strikes strikes, uint64_t unit,
                    uint32_t task)
{
    const struct task_place *place = &streaming->topology->tasks[task];
    switch (strikes) {
    case STRIKES_PROCESS:
        return streaming->units[unit] == task;
    case STRIKES_CONTAINER:
        return place->container == unit;
    case STRIKES_NODE:
        return place->node == unit;
    case STRIKES_RACK:
    case STRIKES_ZONE:
    case STRIKES_SITE:
    case STRIKES_DEVICE:
    case STRIKES_COORDINATOR:
    case STRIKES_JOB:
    default:
        return true;
    }
}

size_t streaming_find_struck(struct streaming *streaming, enum strikes strikes, uint64_t unit)
{
    size_t n = 0;
    if (strikes == STRIKES_PROCESS) {
        streaming->struck[0] = streaming->units[unit];
        return 1;
    }
    for (uint32_t task = 0; task < streaming->n_tasks; task++)
        if (belongs(streaming, strikes, unit, task))
            streaming->struck[n++] = task;
    return n;
}

/* ---- a scope ---- */

static bool reads(const struct topology *topology, uint32_t task)
{
    const struct task_place *place = &topology->tasks[task];
    if (place->n_partitions > 0)
        return true;
    for (uint32_t i = 0; i < place->n_in; i++)
        if (topology->edges[topology->channels[place->in[i]].edge].channel == CHANNEL_LOG)
            return true;
    return false;
}

uint64_t scope_lag(const struct run *run, const struct scope *scope)
{
    uint64_t lag = 0;
    for (size_t i = 0; i < scope->n_readers; i++)
        lag += stream_task_lag(run->streaming->stream, scope->readers[i]);
    return lag;
}

static void name_scope(const struct streaming *streaming, struct scope *scope, enum strikes strikes,
                       uint64_t unit)
{
    static const char *const words[] = {
        [STRIKES_JOB] = "all",
        [STRIKES_CONTAINER] = "container",
        [STRIKES_NODE] = "node",
    };
    if (strikes == STRIKES_JOB)
        (void)snprintf(scope->name, sizeof scope->name, "%s", words[strikes]);
    else if (strikes == STRIKES_PROCESS)
        (void)topology_task_name(streaming->topology, streaming->units[unit], scope->name,
                                 sizeof scope->name);
    else
        (void)snprintf(scope->name, sizeof scope->name, "%s %llu", words[strikes],
                       (unsigned long long)unit);
}

/* The next scope: the n tasks in streaming->struck. */
static struct scope *add_scope_of(struct streaming *streaming, size_t n)
{
    struct scope *scope = &streaming->scopes[streaming->n_scopes++];
    *scope = (struct scope){.n_tasks = n};
    scope->tasks = mem_alloc(n, sizeof *scope->tasks);
    scope->readers = mem_alloc(n, sizeof *scope->readers);
    scope->cuts = mem_alloc(n, sizeof *scope->cuts);
    for (size_t i = 0; i < n; i++) {
        scope->tasks[i] = streaming->struck[i];
        if (reads(streaming->topology, scope->tasks[i]))
            scope->readers[scope->n_readers++] = scope->tasks[i];
    }
    return scope;
}

/* The next scope: the tasks that belong to the unit. */
static struct scope *add_scope(struct streaming *streaming, enum strikes strikes, uint64_t unit)
{
    struct scope *scope = add_scope_of(streaming, streaming_find_struck(streaming, strikes, unit));
    name_scope(streaming, scope, strikes, unit);
    return scope;
}

static void restarts_as(struct streaming *streaming, struct scope *scope)
{
    for (size_t i = 0; i < scope->n_tasks; i++)
        streaming->tasks[scope->tasks[i]].scope = scope;
}

static size_t find_region(struct streaming *streaming, const uint32_t *region_of, uint32_t region)
{
    size_t n = 0;
    for (uint32_t task = 0; task < streaming->n_tasks; task++)
        if (region_of[task] == region)
            streaming->struck[n++] = task;
    return n;
}

static void add_regions(struct streaming *streaming, const uint32_t *region_of)
{
    for (uint32_t region = 0; region < streaming->n_restarts; region++) {
        struct scope *scope = add_scope_of(streaming, find_region(streaming, region_of, region));
        (void)snprintf(scope->name, sizeof scope->name, "region %u", region);
        restarts_as(streaming, scope);
    }
}

/* ---- all of them ---- */

/* `region_of` is filled where regions restart. */
static uint64_t n_restart_scopes(const struct streaming *streaming, enum restart_scope restart,
                                 uint32_t *region_of)
{
    switch (restart) {
    case SCOPE_REGION:
        return topology_regions(streaming->topology, region_of);
    case SCOPE_TASK:
        return streaming->n_tasks;
    case SCOPE_CONTAINER:
        return streaming->topology->n_containers;
    case SCOPE_ALL:
    default:
        return 1;
    }
}

/* Units that a failure interrupts, or may, one by one: of nodes, be it all of a rack, the
 * places they fill. */
static uint64_t n_interrupted(const struct run *run, const struct failure_params *failure)
{
    if (failure->loses == LOSES_MEMORY || !failure_strikes_tasks(failure))
        return 0;
    return failure_strikes_nodes(failure) ? run->model->topology->n_nodes
                                          : model_units(run->model, failure);
}

static void find_scopes(struct run *run)
{
    static const enum strikes unit_of[] = {
        [SCOPE_ALL] = STRIKES_JOB,
        [SCOPE_CONTAINER] = STRIKES_CONTAINER,
        [SCOPE_TASK] = STRIKES_PROCESS,
    };
    struct streaming *streaming = run->streaming;
    const struct failure_params *failures = run->model->failures.items;
    enum restart_scope restart = (enum restart_scope)run->model->recovery.restart.scope;
    uint32_t *region_of = mem_alloc(streaming->n_tasks, sizeof *region_of);
    streaming->n_restarts = n_restart_scopes(streaming, restart, region_of);
    size_t n = streaming->n_restarts;
    for (size_t i = 0; i < run->n_failures; i++)
        n += n_interrupted(run, &failures[i]);
    streaming->scopes = mem_alloc(n, sizeof *streaming->scopes);
    streaming->watched = mem_alloc(n, sizeof(struct scope *));
    streaming->first_interrupted = mem_alloc(run->n_failures, sizeof *streaming->first_interrupted);
    if (restart == SCOPE_REGION)
        add_regions(streaming, region_of);
    else
        for (size_t u = 0; u < streaming->n_restarts; u++)
            restarts_as(streaming, add_scope(streaming, unit_of[restart], u));
    free(region_of);
    for (size_t i = 0; i < run->n_failures; i++) {
        streaming->first_interrupted[i] = streaming->n_scopes;
        enum strikes unit =
            failure_strikes_nodes(&failures[i]) ? STRIKES_NODE : (enum strikes)failures[i].strikes;
        for (uint64_t u = 0; u < n_interrupted(run, &failures[i]); u++)
            add_scope(streaming, unit, u)->is_unseen = failure_is_cut(&failures[i]);
    }
}

void streaming_init_scopes(struct run *run)
{
    struct streaming *streaming = run->streaming;
    find_scopes(run);
    run->n_recoveries = streaming->n_scopes;
    run->recoveries = mem_alloc(run->n_recoveries, sizeof *run->recoveries);
    for (size_t i = 0; i < run->n_recoveries; i++) {
        struct scope *scope = &streaming->scopes[i];
        bool restarts = i < streaming->n_restarts;
        scope->recovering = &run->recoveries[i];
        *scope->recovering = (struct recovering){
            .run = run,
            .plane = restarts ? &recovery_of_restart : &recovery_of_interruption,
            .name = scope->name,
            .scope = scope,
            .index = i,
            .is_unseen = scope->is_unseen,
            .may_wait = restarts ? run->nodes.followed : true,
            .restores = restarts,
            .n_transfers = restarts ? scope->n_tasks : 0,
            .streams = 1,
        };
        recovering_init(scope->recovering);
    }
}

void streaming_release_scopes(struct streaming *streaming)
{
    for (size_t i = 0; i < streaming->n_scopes; i++) {
        free(streaming->scopes[i].tasks);
        free(streaming->scopes[i].readers);
        free(streaming->scopes[i].cuts);
    }
    free(streaming->watched);
    free(streaming->scopes);
    free(streaming->first_interrupted);
}
