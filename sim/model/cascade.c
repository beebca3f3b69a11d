// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cascade.h"

#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static void follower_fails(void *context, struct event *event);

static const struct event_type cascade_event = {"cascade", follower_fails};

/* ---- the heap ---- */

static bool comes_before(struct follower a, struct follower b)
{
    return a.at_s < b.at_s || (a.at_s <= b.at_s && a.order < b.order);
}

static void push(struct cascade *cascade, struct follower follower)
{
    cascade->followers =
        mem_grow(cascade->followers, cascade->n, &cascade->capacity, sizeof *cascade->followers);
    struct follower *heap = cascade->followers;
    size_t at = cascade->n++;
    for (; at > 0 && comes_before(follower, heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = follower;
}

static struct follower pop(struct cascade *cascade)
{
    struct follower *heap = cascade->followers;
    struct follower first = heap[0];
    struct follower last = heap[--cascade->n];
    size_t at = 0;
    for (size_t child = 1; child < cascade->n; child = 2 * at + 1) {
        if (child + 1 < cascade->n && comes_before(heap[child + 1], heap[child]))
            child++;
        if (comes_before(last, heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

/* ---- at work ---- */

static void schedule(struct cascade *cascade, struct run *run)
{
    calendar_cancel(&run->calendar, &cascade->next);
    if (cascade->n > 0)
        calendar_schedule(&run->calendar, &cascade->next, &cascade_event,
                          cascade->followers[0].at_s, run->failure_priority);
}

void cascade_spread(struct cascade *cascade, struct run *run, const struct failure_process *process,
                    uint32_t unit, uint32_t depth)
{
    const struct failure_params *failure = process->params;
    const struct cascade_params *params = &failure->cascade;
    if (!failure_has_cascade(failure) || depth >= params->depth || unit >= process->n_units)
        return;
    uint64_t n_nodes = model_nodes_in(run->model, failure_domain(failure));
    uint64_t n_around =
        (model_nodes_in(run->model, failure_cascade_domain(failure)) + n_nodes - 1) / n_nodes;
    uint64_t first = unit / n_around * n_around;
    uint64_t n = process->n_units - first < n_around ? process->n_units - first : n_around;
    struct rng *rng = &cascade->rng;
    /* All but itself: the last one stands in for it. */
    double at = rng_geometric(rng, params->probability);
    while (at < (double)(n - 1)) {
        uint64_t other = first + (uint64_t)at;
        push(cascade, (struct follower){
                          .at_s = run->calendar.now_s + dist_draw(&params->delay, rng),
                          .unit = (uint32_t)(other == unit ? first + n - 1 : other),
                          .depth = depth + 1,
                          .order = cascade->n_so_far++,
                      });
        at += 1 + rng_geometric(rng, params->probability);
    }
    schedule(cascade, run);
}

static void follower_fails(void *context, struct event *event)
{
    struct run *run = context;
    struct failure_process *process = event->owner;
    struct follower follower = pop(&process->cascade);
    cascade_spread(&process->cascade, run, process, follower.unit, follower.depth);
    schedule(&process->cascade, run);
    failure_process_follow(process, run, follower.unit);
}

void cascade_start(struct cascade *cascade, struct run *run, struct failure_process *process)
{
    cascade->next = (struct event){.owner = process};
    cascade->rng = rng_stream(run->seed, run->replication, RNG_CASCADE, process->index);
    cascade->n = 0;
    cascade->n_so_far = 0;
}

void cascade_release(struct cascade *cascade)
{
    free(cascade->followers);
}
