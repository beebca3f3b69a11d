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
 * are one transfer of that many streams; a stream of several connections shares
 * as that many.
 */
#ifndef MODEL_DEVICE_H
#define MODEL_DEVICE_H

#include "core/calendar.h"
#include "model/device_params.h"

struct device;

struct transfer {
    struct event latency_over; /* scheduled while the latency lasts */
    struct device *device;     /* borrowed, while the transfer is under way */
    enum direction direction;
    uint64_t streams;
    double bytes;          /* of each stream */
    uint64_t requests;     /* of all streams */
    uint64_t connections;  /* of each stream */
    double latency_s;      /* of each stream */
    bool is_queued;        /* its requests are not yet admitted */
    double requests_left;  /* while it is queued */
    struct transfer *next; /* in the queue */
    double end_volume;     /* the V at which it ends, while active */
    size_t place;          /* 1 + index among the active, 0: not active */
    void (*done)(void *context, struct transfer *transfer); /* called when the last byte moved */
    void *context;
};

/* Transfers whose requests wait for their turn, in order: the first of them has its turn. */
struct admission {
    struct transfer *first; /* borrowed, as all that follow */
    struct transfer *last;
    double since_s; /* the first has requests_left as of then */
    struct event admitted;
};

struct flow {
    struct admission admission;
    struct transfer **active; /* owned; binary heap by end_volume */
    size_t n;
    size_t capacity;
    uint64_t streams; /* connections, of all active transfers */
    double volume;    /* V, as of since_s */
    double since_s;
    struct event next_end;
    struct sum moved_bytes; /* of all streams so far, aborted ones included */
    uint64_t n_ended;       /* transfers that have moved all their bytes */
    double requests;        /* admitted so far, less what aborted transfers had yet to move */
};

/* What one writer keeps on a device. */
struct kept {
    double bytes; /* as of since_s */
    double since_s;
};

struct device {
    const struct device_params *params; /* borrowed */
    struct calendar *calendar;          /* borrowed */
    struct flow flows[DIRECTIONS];
    struct sum kept_byte_s; /* integral of what was kept on it over time */
    bool is_out;
    unsigned n_out;  /* outages under way, each with a cause of its own */
    bool has_outage; /* by its own law */
    double out_since_s;
    struct sum out_s;    /* of outages that are over */
    double lost_s;       /* when it lost its contents last; -infinity: it has all */
    struct event outage; /* the next begins, or the present one ends */
    struct rng outage_rng;
};

void device_init(struct device *device, const struct device_params *params,
                 struct calendar *calendar);
/* Forgets all transfers; keeps the memory. */
void device_reset(struct device *device);
/* A new replication begins: its outages come from a stream of their own. */
void device_begin(struct device *device, struct rng outage_rng);
void device_release(struct device *device);

/*
 * Starts a transfer: its requests are admitted, its latency passes, its bytes move. done() is
 * called from the calendar at the instant the last byte has moved.
 */
void device_start(struct device *device, struct transfer *transfer, const struct load *load,
                  void (*done)(void *context, struct transfer *transfer), void *context);
/* Ends it now; bytes already moved stay in the ledger. Nothing when not under way. */
void device_abort(struct transfer *transfer);
bool transfer_is_under_way(const struct transfer *transfer);

/* Bytes moved so far in one direction, up to the calendar's now. */
double device_moved_bytes(const struct device *device, enum direction direction);

/*
 * What one writer keeps on the device has come to `before` bytes by time_s, in proportion to the
 * time since its last change, and is `after` bytes from then on.
 */
void device_keep(struct device *device, struct kept *kept, double time_s, double before,
                 double after);
/* Nothing moves from now on, or again: what is under way waits, latencies pass. Each that goes out
 * comes back; the last one counts. */
void device_go_out(struct device *device);
void device_come_back(struct device *device);
/* All that is stored on it is gone; what is under way is the concern of those who move it. */
void device_lose_contents(struct device *device);
/* Whether what was stored on it at since_s has been there ever since. */
bool device_keeps(const struct device *device, double since_s);
/* Time in which it was out so far. */
double device_out_s(const struct device *device);
/* Requests made so far in one direction. */
double device_requests_made(const struct device *device, enum direction direction);

#endif
