// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/restore_flow.h"

#include <assert.h>

static void timer_ends(void *context, struct event *event);

static const struct event_type timer_over = {"restore_step", timer_ends};

static double bytes_of(const struct transfer *transfer)
{
    return transfer->bytes * (double)transfer->streams;
}

void restore_flow_add(struct restore_flow *flow, const struct restore_step *step, struct rng *rng)
{
    struct load load = {0};
    if (step->device)
        load = device_load(step->device->params, DIRECTION_READ, step->streams,
                           step->bytes / (double)step->streams, step->pieces, rng);
    bool takes_time = load.latency_s > 0 || step->apply_s > 0 || (step->device && step->bytes > 0);
    if (!takes_time)
        return;
    assert(flow->n < MOST_RESTORE_STEPS);
    flow->loads[flow->n] = load;
    flow->steps[flow->n++] = *step;
}

static void transfer_ends(void *context, struct transfer *transfer);

static void begin_step(struct restore_flow *flow)
{
    const struct restore_step *step = &flow->steps[flow->at];
    const struct load *load = &flow->loads[flow->at];
    bool reads = step->device && step->bytes > 0;
    bool is_timed = !reads || step->apply_s > 0;
    flow->n_awaited = (unsigned)reads + (unsigned)is_timed;
    flow->timer.owner = flow;
    if (is_timed)
        calendar_schedule(flow->calendar, &flow->timer, &timer_over,
                          flow->calendar->now_s + load->latency_s + step->apply_s, 0);
    if (reads)
        device_start(step->device, &flow->transfer, load, transfer_ends, flow);
}

static void step_part_ends(struct restore_flow *flow)
{
    if (--flow->n_awaited > 0)
        return;
    if (++flow->at < flow->n) {
        begin_step(flow);
        return;
    }
    flow->n = flow->at = 0;
    flow->done(flow->context);
}

static void timer_ends(void *context, struct event *event)
{
    (void)context;
    step_part_ends(event->owner);
}

static void transfer_ends(void *context, struct transfer *transfer)
{
    struct restore_flow *flow = context;
    sum_add(flow->read_bytes, bytes_of(transfer));
    step_part_ends(flow);
}

bool restore_flow_reads(const struct restore_flow *flow, const struct device *device)
{
    for (size_t i = flow->at; i < flow->n; i++)
        if (flow->steps[i].device == device)
            return true;
    return false;
}

void restore_flow_begin(struct restore_flow *flow)
{
    assert(flow->n > 0 && flow->n_awaited == 0);
    begin_step(flow);
}

void restore_flow_abort(struct restore_flow *flow)
{
    flow->n = flow->at = 0;
    if (flow->n_awaited == 0)
        return;
    flow->n_awaited = 0;
    calendar_cancel(flow->calendar, &flow->timer);
    if (transfer_is_under_way(&flow->transfer)) {
        sum_add(flow->aborted_bytes, bytes_of(&flow->transfer));
        device_abort(&flow->transfer);
    }
}
