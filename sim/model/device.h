// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A storage device as a queueing resource: a transfer waits for a latency and
 * then moves its bytes at a bandwidth that all active streams share fairly
 * (egalitarian processor sharing, each stream capped at the speed of one).
 *
 * All active streams of one direction run at the same speed, so a single
 * "attained service" V(t), the bytes any stream active all along would have
 * moved, decides everything: a stream that starts at V0 with b bytes ends when
 * V reaches V0 + b (Kleinrock's virtual time). Starting or ending a transfer
 * costs O(log n) for n active transfers. Identical streams that start together
 * are one transfer of that many streams.
 */
#ifndef MODEL_DEVICE_H
#define MODEL_DEVICE_H

#include "core/calendar.h"
#include "core/dist.h"
#include "core/field.h"
#include "core/stats.h"

enum direction { DIRECTION_WRITE, DIRECTION_READ, DIRECTIONS };

struct device_params {
    const char *name;
    struct dist latency;                   /* before the first byte of each stream */
    double stream_bytes_per_s[DIRECTIONS]; /* of one stream */
    double total_bytes_per_s[DIRECTIONS];  /* of all together; NaN: no limit */
};

extern const struct field device_fields[];
/* The row for a map of devices by name. */
extern const struct field device_element;

struct device;

struct transfer {
    struct event latency_over; /* scheduled while the latency lasts */
    struct device *device;     /* borrowed, while the transfer is under way */
    enum direction direction;
    uint64_t streams;
    double bytes;      /* of each stream */
    double end_volume; /* the V at which it ends, while active */
    size_t place;      /* 1 + index among the active, 0: not active */
    void (*done)(void *context, struct transfer *transfer); /* called when the last byte moved */
    void *context;
};

struct flow {
    struct transfer **active; /* owned; binary heap by end_volume */
    size_t n;
    size_t capacity;
    uint64_t streams;
    double volume; /* V, as of since_s */
    double since_s;
    struct event next_end;
    struct sum moved_bytes; /* of all streams so far, aborted ones included */
    uint64_t n_ended;       /* transfers that have moved all their bytes */
};

struct device {
    const struct device_params *params; /* borrowed */
    struct calendar *calendar;          /* borrowed */
    struct flow flows[DIRECTIONS];
};

void device_init(struct device *device, const struct device_params *params,
                 struct calendar *calendar);
/* Forgets all transfers; keeps the memory. */
void device_reset(struct device *device);
void device_release(struct device *device);

/*
 * Starts `streams` equal streams of `bytes` each, after latency_s seconds
 * (the caller draws it, so that draws stay with their purpose). done() is
 * called from the calendar at the instant the last byte has moved.
 */
void device_start(struct device *device, struct transfer *transfer, enum direction direction,
                  uint64_t streams, double bytes, double latency_s,
                  void (*done)(void *context, struct transfer *transfer), void *context);
/* Ends it now; bytes already moved stay in the ledger. Nothing when not under way. */
void device_abort(struct transfer *transfer);
bool transfer_is_under_way(const struct transfer *transfer);

/* Bytes moved so far in one direction, up to the calendar's now. */
double device_moved_bytes(const struct device *device, enum direction direction);

/*
 * Duration of n equal streams that have the device for themselves, after a
 * constant latency: latency + bytes / min(stream, total / n). In seconds.
 */
double device_alone_s(const struct device_params *params, enum direction direction,
                      uint64_t streams, double bytes, double latency_s);

#endif
