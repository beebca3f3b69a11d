// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/device.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

#define SPEED_ROW(name, member, text, example)                                                     \
    {                                                                                              \
        .key = (name), .kind = FIELD_REAL, .dimension = DIMENSION_BANDWIDTH,                       \
        .offset = offsetof(struct device_params, member), .max = 1e18, .above_min = true,          \
        .help = (text), .witness = (example),                                                      \
    }

const struct field device_fields[] = {
    {
        .key = "latency",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct device_params, latency),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time before the first byte of each stream moves.",
        .witness = "batch-device.json /storage/pfs/latency=\"1 min\"",
    },
    SPEED_ROW("stream_write", stream_bytes_per_s[DIRECTION_WRITE],
              "Speed of one stream that writes; absent: only the total limits it.",
              "batch-device.json /storage/pfs/stream_write=\"20 MB/s\""),
    SPEED_ROW("stream_read", stream_bytes_per_s[DIRECTION_READ],
              "Speed of one stream that reads; absent: only the total limits it.",
              "batch-device.json /storage/pfs/stream_read=\"20 MB/s\""),
    SPEED_ROW("total_write", total_bytes_per_s[DIRECTION_WRITE],
              "Speed of all writing streams together, shared fairly; absent: no limit.",
              "batch-device.json /storage/pfs/total_write=\"20 GB/s\""),
    SPEED_ROW("total_read", total_bytes_per_s[DIRECTION_READ],
              "Speed of all reading streams together, shared fairly; absent: no limit.",
              "batch-device.json /storage/pfs/total_read=\"20 GB/s\""),
    {0},
};

const struct field device_element = {
    .key = "device",
    .kind = FIELD_OBJECT,
    .fields = device_fields,
    .help = "A storage device; its name is what checkpoint.device says.",
};

/* Speed of each of n active streams. */
static double speed(const struct device_params *params, enum direction direction, uint64_t n)
{
    double stream = params->stream_bytes_per_s[direction];
    double share = params->total_bytes_per_s[direction] / (double)n;
    /* fmin ignores NaN, the mark of "no limit". */
    return fmin(isnan(stream) ? (double)INFINITY : stream, isnan(share) ? (double)INFINITY : share);
}

double device_alone_s(const struct device_params *params, enum direction direction,
                      uint64_t streams, double bytes, double latency_s)
{
    return bytes > 0 ? latency_s + bytes / speed(params, direction, streams) : latency_s;
}

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
        *flow = (struct flow){.active = flow->active, .capacity = flow->capacity};
    }
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

/* Brings V and the ledger up to now; to be called before the set of streams changes. */
static void flow_advance(struct device *device, enum direction direction)
{
    struct flow *flow = &device->flows[direction];
    double now_s = device->calendar->now_s;
    if (flow->streams > 0) {
        double moved = speed(device->params, direction, flow->streams) * (now_s - flow->since_s);
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
    flow->streams -= transfer->streams;
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
    if (flow->n == 0)
        return;
    double left = fmax(flow->active[0]->end_volume - flow->volume, 0);
    double end_s = flow->since_s;
    if (left > 0)
        end_s += left / speed(device->params, direction, flow->streams);
    calendar_schedule(device->calendar, &flow->next_end, &transfer_end, end_s, 0);
}

static struct device *device_of(struct event *event, enum direction *direction)
{
    struct device *device = event->owner;
    *direction =
        event == &device->flows[DIRECTION_WRITE].next_end ? DIRECTION_WRITE : DIRECTION_READ;
    return device;
}

static void transfer_ends(void *context, struct event *event)
{
    (void)context;
    enum direction direction;
    struct device *device = device_of(event, &direction);
    struct flow *flow = &device->flows[direction];
    flow_advance(device, direction);
    struct transfer *transfer = flow->active[0];
    /* The event was scheduled for this transfer's end: rounding must not leave it a rest. */
    double end_volume = transfer->end_volume;
    flow_remove(flow, transfer);
    if (flow->n > 0)
        flow->volume = fmax(flow->volume, end_volume);
    flow_reschedule(device, direction);
    flow->n_ended++;
    transfer->done(transfer->context, transfer);
}

static void transfer_activate(struct transfer *transfer)
{
    struct device *device = transfer->device;
    struct flow *flow = flow_of(transfer);
    flow_advance(device, transfer->direction);
    flow->active = mem_grow(flow->active, flow->n, &flow->capacity, sizeof(struct transfer *));
    transfer->end_volume = flow->volume + transfer->bytes;
    flow->streams += transfer->streams;
    place(flow, flow->n++, transfer);
    sift(flow, transfer->place - 1);
    flow_reschedule(device, transfer->direction);
}

static void latency_ends(void *context, struct event *event)
{
    (void)context;
    transfer_activate(event->owner);
}

void device_start(struct device *device, struct transfer *transfer, enum direction direction,
                  uint64_t streams, double bytes, double latency_s,
                  void (*done)(void *context, struct transfer *transfer), void *context)
{
    assert(!transfer_is_under_way(transfer));
    assert(streams > 0 && bytes >= 0 && latency_s >= 0);
    transfer->device = device;
    transfer->direction = direction;
    transfer->streams = streams;
    transfer->bytes = bytes;
    transfer->done = done;
    transfer->context = context;
    transfer->latency_over.owner = transfer;
    device->flows[direction].next_end.owner = device;
    if (latency_s > 0)
        calendar_schedule(device->calendar, &transfer->latency_over, &latency_end,
                          device->calendar->now_s + latency_s, 0);
    else
        transfer_activate(transfer);
}

bool transfer_is_under_way(const struct transfer *transfer)
{
    return transfer->place > 0 || event_is_scheduled(&transfer->latency_over);
}

void device_abort(struct transfer *transfer)
{
    if (!transfer_is_under_way(transfer))
        return;
    struct device *device = transfer->device;
    calendar_cancel(device->calendar, &transfer->latency_over);
    if (transfer->place == 0)
        return;
    flow_advance(device, transfer->direction);
    flow_remove(flow_of(transfer), transfer);
    flow_reschedule(device, transfer->direction);
}

double device_moved_bytes(const struct device *device, enum direction direction)
{
    const struct flow *flow = &device->flows[direction];
    double moved = sum_value(&flow->moved_bytes);
    if (flow->streams > 0)
        moved += speed(device->params, direction, flow->streams) * (double)flow->streams *
                 (device->calendar->now_s - flow->since_s);
    return moved;
}
