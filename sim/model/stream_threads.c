// SPDX-License-Identifier: GPL-3.0-or-later
/* Threads that the tasks of a container share: who gets one when it is free. */
#include "model/stream_step.h"

/* The task of the container whose message has waited longest, by (entry, rank); NO_TASK: none. */
static uint32_t longest_waiting(struct stream *stream, const struct container *container,
                                struct next *next)
{
    uint32_t best = NO_TASK;
    for (uint32_t i = 0; i < container->n_tasks; i++) {
        if (!task_may_start(&stream->tasks[container->tasks[i]]))
            continue;
        struct next found = find_next(stream, container->tasks[i], false);
        if (found.kind == NEXT_MARKER || found.kind == NEXT_FORCE || found.time_s > stream->now_s)
            continue;
        if (best == NO_TASK || found.entry_s < next->entry_s) {
            best = container->tasks[i];
            *next = found;
        }
    }
    return best;
}

bool step_grant_thread(struct stream *stream, const struct container *container)
{
    struct next next = {0};
    uint32_t rank = container->n_free > 0 ? longest_waiting(stream, container, &next) : NO_TASK;
    if (rank == NO_TASK)
        return false;
    start_next(stream, rank, &next, false);
    agenda_set_due(&stream->stepper->agenda, rank);
    return true;
}

void step_grant_threads(struct stream *stream, const struct container *container)
{
    while (step_grant_thread(stream, container))
        continue;
    for (uint32_t i = 0; i < container->n_tasks && container->n_free > 0; i++)
        if (stream->tasks[container->tasks[i]].rendezvous)
            agenda_set_due(&stream->stepper->agenda, container->tasks[i]);
}
