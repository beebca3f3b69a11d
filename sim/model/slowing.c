// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slowing.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void slowdown_ends(void *context, struct event *event);

static const struct event_type slowdown_end = {"slowdown_end", slowdown_ends};

/* ---- whom it concerns ---- */

/* Whether the node that fills the place belongs to the slow unit. */
static bool is_on(const struct run *run, const struct slowdown *slowdown, uint32_t place)
{
    uint32_t node = nodes_host(run, place);
    uint64_t n_nodes = model_nodes_in(run->model, failure_domain(slowdown->params));
    return node != NO_NODE && node / n_nodes == slowdown->unit;
}

static bool concerns_task(const struct run *run, const struct slowdown *slowdown, uint32_t task)
{
    const struct streaming *streaming = run->streaming;
    switch ((enum strikes)slowdown->params->strikes) {
    case STRIKES_PROCESS:
        return streaming->units[slowdown->unit] == task;
    case STRIKES_CONTAINER:
        return streaming->topology->tasks[task].container == slowdown->unit;
    case STRIKES_NODE:
    case STRIKES_RACK:
    case STRIKES_ZONE:
    case STRIKES_SITE:
        return is_on(run, slowdown, streaming->tasks[task].place);
    case STRIKES_DEVICE:
    case STRIKES_COORDINATOR:
    case STRIKES_JOB:
    default:
        return true;
    }
}

/* Of a batch job; where all nodes host it nobody asks which of them is slow. */
static bool concerns_work(const struct run *run, const struct slowdown *slowdown)
{
    if (!failure_strikes_nodes(slowdown->params) || !run->nodes.followed)
        return true;
    uint64_t n_nodes = model_nodes_in(run->model, failure_domain(slowdown->params));
    uint64_t end = (slowdown->unit + 1) * n_nodes;
    for (uint64_t node = slowdown->unit * n_nodes; node < end && node < run->nodes.n; node++)
        if (nodes_place(run, node) != NO_PLACE)
            return true;
    return false;
}

static bool concerns_job(const struct run *run, const struct slowdown *slowdown)
{
    if (!run->streaming)
        return concerns_work(run, slowdown);
    for (uint32_t task = 0; task < run->streaming->n_tasks; task++)
        if (concerns_task(run, slowdown, task))
            return true;
    return false;
}

double slowing_of_task(const struct run *run, uint32_t task)
{
    const struct slowing *slowing = &run->slowing;
    double pace = 1;
    for (size_t i = 0; i < slowing->n; i++)
        if (concerns_task(run, slowing->slowdowns[i], task))
            pace = fmin(pace, slowing->slowdowns[i]->params->slows.to);
    return pace * rescale_pace(run);
}

void slowing_find_pace(struct run *run)
{
    struct slowing *slowing = &run->slowing;
    slowing->pace = 1;
    for (size_t i = 0; i < slowing->n; i++)
        if (concerns_work(run, slowing->slowdowns[i]))
            slowing->pace = fmin(slowing->pace, slowing->slowdowns[i]->params->slows.to);
    slowing->pace *= rescale_pace(run);
}

/* One slowdown more, or less: what runs changes its speed. */
static void set_paces(struct run *run)
{
    if (run->streaming) {
        streaming_set_paces(run);
        return;
    }
    double before = run->slowing.pace;
    slowing_find_pace(run);
    if (run->slowing.pace < before || run->slowing.pace > before)
        segment_change_pace(run);
}

/* ---- begin, end ---- */

static void tell(struct run *run, const char *event, const struct slowdown *slowdown)
{
    if (run->trace)
        run_trace(run, run->calendar.now_s, event,
                  (struct trace_value[]){
                      {"strikes", 0, failure_strikes_name(slowdown->params)},
                      {"unit", (double)slowdown->unit, NULL},
                  },
                  2);
}

static struct slowdown *add_slowdown(struct slowing *slowing)
{
    if (slowing->n == slowing->n_all) {
        slowing->slowdowns = mem_grow(slowing->slowdowns, slowing->n_all, &slowing->capacity,
                                      sizeof *slowing->slowdowns);
        slowing->slowdowns[slowing->n_all++] = mem_alloc(1, sizeof(struct slowdown));
    }
    struct slowdown *slowdown = slowing->slowdowns[slowing->n];
    *slowdown = (struct slowdown){.at = slowing->n++, .end = {.owner = slowdown}};
    return slowdown;
}

static void remove_slowdown(struct slowing *slowing, struct slowdown *slowdown)
{
    struct slowdown *last = slowing->slowdowns[--slowing->n];
    slowing->slowdowns[slowdown->at] = last;
    slowing->slowdowns[slowing->n] = slowdown;
    last->at = slowdown->at;
}

void slowing_begin(struct run *run, const struct failure_process *process, int64_t unit)
{
    struct slowing *slowing = &run->slowing;
    const struct failure_params *params = process->params;
    double duration_s = dist_draw(&params->slows.duration, &slowing->rngs[process->index]);
    if (unit == RUN_ANY_UNIT && run->streaming)
        unit = (int64_t)rng_below(&run->streaming->any_unit, process->n_units);
    if (unit != RUN_ANY_UNIT && (uint64_t)unit >= process->n_units)
        return;
    struct slowdown *slowdown = add_slowdown(slowing);
    slowdown->params = params;
    slowdown->unit = unit == RUN_ANY_UNIT ? 0 : (uint64_t)unit;
    calendar_schedule(&run->calendar, &slowdown->end, &slowdown_end,
                      run->calendar.now_s + duration_s, 0);
    slowing->n_hits += run->calendar.now_s >= run->measure_from_s && concerns_job(run, slowdown);
    tell(run, "slowed", slowdown);
    set_paces(run);
}

static void slowdown_ends(void *context, struct event *event)
{
    struct run *run = context;
    struct slowdown *slowdown = event->owner;
    tell(run, "fast_again", slowdown);
    remove_slowdown(&run->slowing, slowdown);
    set_paces(run);
}

/* ---- set-up ---- */

void slowing_init(struct run *run)
{
    const struct failure_params *failures = run->model->failures.items;
    run->slowing = (struct slowing){.pace = 1};
    for (size_t i = 0; i < run->n_failures; i++)
        if (failure_slows(&failures[i]) && !run->slowing.rngs)
            run->slowing.rngs = mem_alloc(run->n_failures, sizeof *run->slowing.rngs);
}

void slowing_start(struct run *run)
{
    struct slowing *slowing = &run->slowing;
    slowing->n = 0;
    slowing->n_hits = 0;
    slowing->pace = 1;
    for (size_t i = 0; slowing->rngs && i < run->n_failures; i++)
        slowing->rngs[i] = rng_stream(run->seed, run->replication, RNG_SLOWDOWN, i);
}

void slowing_release(struct run *run)
{
    struct slowing *slowing = &run->slowing;
    for (size_t i = 0; i < slowing->n_all; i++)
        free(slowing->slowdowns[i]);
    free(slowing->slowdowns);
    free(slowing->rngs);
}
