// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rescale.h"

#include <math.h>

#include "model/run.h"
#include "model/streaming_state.h"

static void waited_long_enough(void *context, struct event *event);

static const struct event_type share_out = {"rescale", waited_long_enough};

static double after_s(const struct run *run)
{
    return run->model->recovery.scheduler.rescale_after_s;
}

static double counted_s(const struct run *run, double since_s)
{
    return fmax(run->calendar.now_s - fmax(since_s, run->measure_from_s), 0);
}

void rescale_start(struct run *run)
{
    run->rescale = (struct rescale){.since_s = (double)NAN};
}

void rescale_book(struct run *run)
{
    struct rescale *rescale = &run->rescale;
    bool was_shared = !isnan(rescale->since_s);
    if (was_shared == (run->nodes.n_shared > 0))
        return;
    if (was_shared)
        sum_add(&rescale->time_s, counted_s(run, rescale->since_s));
    rescale->since_s = was_shared ? (double)NAN : run->calendar.now_s;
}

double rescale_time_s(const struct run *run)
{
    struct sum sum = run->rescale.time_s;
    if (!isnan(run->rescale.since_s))
        sum_add(&sum, counted_s(run, run->rescale.since_s));
    return sum_value(&sum);
}

double rescale_pace(const struct run *run)
{
    const struct nodes *nodes = &run->nodes;
    return nodes->n_shared > 0 ? 1 - (double)nodes->n_shared / (double)nodes->needed : 1;
}

/* Of a stream job each task on its own; a batch job finds its pace as it starts. */
static void set_paces(struct run *run)
{
    if (run->streaming)
        streaming_set_paces(run);
}

void rescale_wait(struct recovering *recovering)
{
    struct run *run = recovering->run;
    if (isnan(after_s(run)))
        return;
    calendar_schedule(&run->calendar, &recovering->rescale, &share_out,
                      run->calendar.now_s + after_s(run), 0);
}

void rescale_cancel(struct recovering *recovering)
{
    calendar_cancel(&recovering->run->calendar, &recovering->rescale);
}

/* The places that the recovery lacks go to nodes that host others; whether there are any. */
static bool share_places(struct recovering *recovering)
{
    struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    bool any = false;
    if (!scope)
        for (uint32_t place = 0; place < run->nodes.needed; place++)
            any |= nodes_share(run, place);
    for (size_t i = 0; scope && i < scope->n_tasks; i++)
        any |= nodes_share(run, run->streaming->tasks[scope->tasks[i]].place);
    return any;
}

/* When nobody is left, it waits for as long again. */
static void waited_long_enough(void *context, struct event *event)
{
    struct run *run = context;
    struct recovering *recovering = event->owner;
    if (!share_places(recovering)) {
        rescale_wait(recovering);
        return;
    }
    rescale_book(run);
    run->rescale.n_rescales += run->calendar.now_s >= run->measure_from_s;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "rescaled",
                  &(struct trace_value){"share", rescale_pace(run), NULL}, 1);
    set_paces(run);
    recovering_nodes_ready(recovering);
}

void rescale_up(struct run *run, uint32_t place)
{
    rescale_book(run);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "rescaled",
                  &(struct trace_value){"share", rescale_pace(run), NULL}, 1);
    set_paces(run);
    if (run->streaming)
        streaming_restart_place(run, place);
    else if (run->recoveries->state == RECOVERY_NONE)
        recovering_restart(run->recoveries);
}
