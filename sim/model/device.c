// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/device.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

void device_init(struct device *device, const struct device_params *params,
                 struct calendar *calendar)
{
    *device = (struct device){.params = params, .calendar = calendar};
}

void device_reset(struct device *device)
{
    for (int d = 0; d < DIRECTIONS; d++) {
        struct flow *flow = &device->flows[d];
        for (size_t i = 0; i < flow->n; i++)
            flow->active[i]->place = 0;
        for (struct transfer *queued = flow->admission.first; queued; queued = queued->next)
            queued->is_queued = false;
        *flow = (struct flow){.active = flow->active, .capacity = flow->capacity};
    }
    device->is_out = device->has_outage = false;
    device->n_out = 0;
    device->kept_byte_s = device->out_s = (struct sum){0};
    device->outage = (struct event){.owner = device};
}

void device_release(struct device *device)
{
    for (int d = 0; d < DIRECTIONS; d++)
        free(device->flows[d].active);
}

static struct flow *flow_of(const struct transfer *transfer)
{
    return &transfer->device->flows[transfer->direction];
}

/* Whether what moves one way slows down what moves the other way. */
static bool shares_directions(const struct device *device)
{
    return !isnan(device->params->both_bytes_per_s);
}

/* Of each active connection, now. */
static double speed_now(const struct device *device, enum direction direction)
{
    const struct flow *flows = device->flows;
    if (device->is_out)
        return 0;
    if (!shares_directions(device))
        return device_speed(device->params, direction, flows[direction].streams);
    const uint64_t n[DIRECTIONS] = {[DIRECTION_WRITE] = flows[DIRECTION_WRITE].streams,
                                    [DIRECTION_READ] = flows[DIRECTION_READ].streams};
    return device_shared_speed(device->params, direction, n);
}

/* Brings V and the ledger up to now; to be called before the set of streams changes. */
static void flow_advance(struct device *device, enum direction direction)
{
    struct flow *flow = &device->flows[direction];
    double now_s = device->calendar->now_s;
    if (flow->streams > 0) {
        double moved = speed_now(device, direction) * (now_s - flow->since_s);
        flow->volume += moved;
        sum_add(&flow->moved_bytes, moved * (double)flow->streams);
    }
    flow->since_s = now_s;
}

static void place(struct flow *flow, size_t at, struct transfer *transfer)
{
    flow->active[at] = transfer;
    transfer->place = at + 1;
}

static void sift(struct flow *flow, size_t at)
{
    struct transfer *transfer = flow->active[at];
    while (at > 0 && transfer->end_volume < flow->active[(at - 1) / 2]->end_volume) {
        place(flow, at, flow->active[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= flow->n)
            break;
        if (child + 1 < flow->n &&
            flow->active[child + 1]->end_volume < flow->active[child]->end_volume)
            child++;
        if (transfer->end_volume <= flow->active[child]->end_volume)
            break;
        place(flow, at, flow->active[child]);
        at = child;
    }
    place(flow, at, transfer);
}

static void flow_remove(struct flow *flow, struct transfer *transfer)
{
    size_t at = transfer->place - 1;
    struct transfer *last = flow->active[--flow->n];
    transfer->place = 0;
    flow->streams -= transfer->streams * transfer->connections;
    if (last != transfer) {
        place(flow, at, last);
        sift(flow, at);
    }
    if (flow->n == 0)
        flow->volume = 0; /* nothing refers to it: keeps V small, and its digits */
}

static void transfer_ends(void *context, struct event *event);
static void latency_ends(void *context, struct event *event);

static const struct event_type transfer_end = {"transfer_end", transfer_ends};
static const struct event_type latency_end = {"latency_end", latency_ends};

static void flow_reschedule(struct device *device, enum direction direction)
{
    struct flow *flow = &device->flows[direction];
    calendar_cancel(device->calendar, &flow->next_end);
    if (flow->n == 0 || device->is_out)
        return;
    double left = fmax(flow->active[0]->end_volume - flow->volume, 0);
    double end_s = flow->since_s;
    if (left > 0)
        end_s += left / speed_now(device, direction);
    calendar_schedule(device->calendar, &flow->next_end, &transfer_end, end_s, 0);
}

static struct device *device_of(struct event *event, enum direction *direction)
{
    struct device *device = event->owner;
    *direction =
        event == &device->flows[DIRECTION_WRITE].next_end ? DIRECTION_WRITE : DIRECTION_READ;
    return device;
}

/* Around a change of the streams of one direction: of all flows whose speed it changes. */
static void advance(struct device *device, enum direction direction)
{
    flow_advance(device, direction);
    if (shares_directions(device))
        flow_advance(device, direction == DIRECTION_WRITE ? DIRECTION_READ : DIRECTION_WRITE);
}

static void reschedule(struct device *device, enum direction direction)
{
    flow_reschedule(device, direction);
    if (shares_directions(device))
        flow_reschedule(device, direction == DIRECTION_WRITE ? DIRECTION_READ : DIRECTION_WRITE);
}

static void transfer_ends(void *context, struct event *event)
{
    (void)context;
    enum direction direction;
    struct device *device = device_of(event, &direction);
    struct flow *flow = &device->flows[direction];
    advance(device, direction);
    struct transfer *transfer = flow->active[0];
    /* The event was scheduled for this transfer's end: rounding must not leave it a rest. */
    double end_volume = transfer->end_volume;
    flow_remove(flow, transfer);
    if (flow->n > 0)
        flow->volume = fmax(flow->volume, end_volume);
    reschedule(device, direction);
    flow->n_ended++;
    transfer->done(transfer->context, transfer);
}

static void transfer_activate(struct transfer *transfer)
{
    struct device *device = transfer->device;
    struct flow *flow = flow_of(transfer);
    advance(device, transfer->direction);
    flow->active = mem_grow(flow->active, flow->n, &flow->capacity, sizeof(struct transfer *));
    transfer->end_volume = flow->volume + transfer->bytes / (double)transfer->connections;
    flow->streams += transfer->streams * transfer->connections;
    place(flow, flow->n++, transfer);
    sift(flow, transfer->place - 1);
    reschedule(device, transfer->direction);
}

static void latency_ends(void *context, struct event *event)
{
    (void)context;
    transfer_activate(event->owner);
}

/* ---- admission ---- */

static void requests_are_admitted(void *context, struct event *event);

static const struct event_type admitted = {"requests_admitted", requests_are_admitted};

/* The first in the queue has its turn from now on. */
static void admission_proceed(struct device *device, enum direction direction)
{
    struct admission *admission = &device->flows[direction].admission;
    double now_s = device->calendar->now_s;
    calendar_cancel(device->calendar, &admission->admitted);
    admission->since_s = now_s;
    if (admission->first && !device->is_out)
        calendar_schedule(
            device->calendar, &admission->admitted, &admitted,
            now_s + admission->first->requests_left / device->params->requests_per_s[direction], 0);
}

/* Takes the requests that have been admitted by now off those of the first. */
static void admission_advance(struct device *device, enum direction direction)
{
    struct flow *flow = &device->flows[direction];
    struct transfer *first = flow->admission.first;
    double now_s = device->calendar->now_s;
    double rate = device->params->requests_per_s[direction];
    double done = fmin((now_s - flow->admission.since_s) * rate, first->requests_left);
    first->requests_left -= device->is_out ? 0 : done;
    flow->admission.since_s = now_s;
}

static void admission_join(struct transfer *transfer)
{
    struct admission *admission = &flow_of(transfer)->admission;
    transfer->is_queued = true;
    transfer->requests_left = (double)transfer->requests;
    transfer->next = NULL;
    if (admission->first)
        admission->last->next = transfer;
    else
        admission->first = transfer;
    admission->last = transfer;
    if (admission->first == transfer)
        admission_proceed(transfer->device, transfer->direction);
}

static void admission_leave(struct transfer *transfer)
{
    struct admission *admission = &flow_of(transfer)->admission;
    struct transfer *before = NULL;
    for (struct transfer *at = admission->first; at != transfer; at = at->next)
        before = at;
    if (before)
        before->next = transfer->next;
    else
        admission->first = transfer->next;
    if (admission->last == transfer)
        admission->last = before;
    transfer->is_queued = false;
    if (!before)
        admission_proceed(transfer->device, transfer->direction);
}

/* All its requests have been admitted: now its latency passes, and its bytes move. */
static void transfer_begin(struct transfer *transfer)
{
    struct calendar *calendar = transfer->device->calendar;
    if (transfer->latency_s > 0)
        calendar_schedule(calendar, &transfer->latency_over, &latency_end,
                          calendar->now_s + transfer->latency_s, 0);
    else
        transfer_activate(transfer);
}

static void requests_are_admitted(void *context, struct event *event)
{
    (void)context;
    struct device *device = event->owner;
    enum direction direction = event == &device->flows[DIRECTION_WRITE].admission.admitted
                                   ? DIRECTION_WRITE
                                   : DIRECTION_READ;
    struct flow *flow = &device->flows[direction];
    struct transfer *transfer = flow->admission.first;
    flow->requests += (double)transfer->requests;
    admission_leave(transfer);
    transfer_begin(transfer);
}

/* ---- verbs ---- */

void device_start(struct device *device, struct transfer *transfer, const struct load *load,
                  void (*done)(void *context, struct transfer *transfer), void *context)
{
    assert(!transfer_is_under_way(transfer));
    assert(load->streams > 0 && load->bytes >= 0 && load->latency_s >= 0);
    struct flow *flow = &device->flows[load->direction];
    transfer->device = device;
    transfer->direction = load->direction;
    transfer->streams = load->streams;
    transfer->bytes = load->bytes;
    transfer->requests = load->streams * load->requests;
    transfer->connections = device_connections(device->params, load->requests);
    transfer->latency_s = load->latency_s;
    transfer->done = done;
    transfer->context = context;
    transfer->latency_over.owner = transfer;
    flow->next_end.owner = flow->admission.admitted.owner = device;
    if (!isnan(device->params->requests_per_s[load->direction])) {
        admission_join(transfer);
        return;
    }
    flow->requests += (double)transfer->requests;
    transfer_begin(transfer);
}

bool transfer_is_under_way(const struct transfer *transfer)
{
    return transfer->place > 0 || transfer->is_queued ||
           event_is_scheduled(&transfer->latency_over);
}

/* Requests of an admitted transfer for which nothing has moved yet. */
static double requests_not_made(const struct transfer *transfer)
{
    const struct flow *flow = flow_of(transfer);
    double left_bytes = (transfer->end_volume - flow->volume) * (double)transfer->connections;
    return transfer->bytes > 0
               ? floor((double)transfer->requests * fmax(left_bytes, 0) / transfer->bytes)
               : 0;
}

/* Of a transfer that is the first, some requests have been admitted. */
static void abandon_queue(struct transfer *transfer)
{
    struct flow *flow = flow_of(transfer);
    if (flow->admission.first == transfer)
        admission_advance(transfer->device, transfer->direction);
    flow->requests += floor((double)transfer->requests - transfer->requests_left);
    admission_leave(transfer);
}

void device_abort(struct transfer *transfer)
{
    if (!transfer_is_under_way(transfer))
        return;
    struct device *device = transfer->device;
    struct flow *flow = flow_of(transfer);
    if (transfer->is_queued)
        abandon_queue(transfer);
    calendar_cancel(device->calendar, &transfer->latency_over);
    if (transfer->place == 0)
        return;
    advance(device, transfer->direction);
    flow->requests -= requests_not_made(transfer);
    flow_remove(flow, transfer);
    reschedule(device, transfer->direction);
}

double device_moved_bytes(const struct device *device, enum direction direction)
{
    const struct flow *flow = &device->flows[direction];
    double moved = sum_value(&flow->moved_bytes);
    if (flow->streams > 0)
        moved += speed_now(device, direction) * (double)flow->streams *
                 (device->calendar->now_s - flow->since_s);
    return moved;
}

void device_keep(struct device *device, struct kept *kept, double time_s, double before,
                 double after)
{
    sum_add(&device->kept_byte_s, (kept->bytes + before) / 2 * (time_s - kept->since_s));
    *kept = (struct kept){.bytes = after, .since_s = time_s};
}

/* ---- outages ---- */

static void outage_changes(void *context, struct event *event);

static const struct event_type outage_change = {"outage", outage_changes};

/* Counts what has happened up to now, before it changes whether things move. */
static void settle(struct device *device)
{
    for (int d = 0; d < DIRECTIONS; d++) {
        flow_advance(device, (enum direction)d);
        if (device->flows[d].admission.first)
            admission_advance(device, (enum direction)d);
    }
}

static void proceed(struct device *device)
{
    for (int d = 0; d < DIRECTIONS; d++) {
        flow_reschedule(device, (enum direction)d);
        admission_proceed(device, (enum direction)d);
    }
}

void device_go_out(struct device *device)
{
    if (device->n_out++ > 0)
        return;
    settle(device);
    device->is_out = true;
    device->out_since_s = device->calendar->now_s;
    proceed(device);
}

void device_come_back(struct device *device)
{
    assert(device->n_out > 0);
    if (--device->n_out > 0)
        return;
    settle(device);
    device->is_out = false;
    sum_add(&device->out_s, device->calendar->now_s - device->out_since_s);
    proceed(device);
}

void device_lose_contents(struct device *device)
{
    device->lost_s = device->calendar->now_s;
}

bool device_keeps(const struct device *device, double since_s)
{
    return since_s >= device->lost_s;
}

double device_out_s(const struct device *device)
{
    double open_s = device->is_out ? device->calendar->now_s - device->out_since_s : 0;
    return sum_value(&device->out_s) + open_s;
}

static void plan_outage(struct device *device)
{
    const struct outage_params *outage = &device->params->outage;
    const struct dist *law = device->has_outage ? &outage->repair : &outage->time_to_failure;
    calendar_schedule(device->calendar, &device->outage, &outage_change,
                      device->calendar->now_s + dist_draw(law, &device->outage_rng), 0);
}

static void outage_changes(void *context, struct event *event)
{
    (void)context;
    struct device *device = event->owner;
    if (device->has_outage)
        device_come_back(device);
    else
        device_go_out(device);
    device->has_outage = !device->has_outage;
    plan_outage(device);
}

void device_begin(struct device *device, struct rng outage_rng)
{
    device_reset(device);
    device->lost_s = -(double)INFINITY;
    device->outage_rng = outage_rng;
    if (dist_is_given(&device->params->outage.time_to_failure))
        plan_outage(device);
}

double device_requests_made(const struct device *device, enum direction direction)
{
    return device->flows[direction].requests;
}
