// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the scenario says of a storage device, and what follows from it alone: how many requests a
 * transfer makes, how long its latency is, how long it takes with the device for itself.
 *
 * A stream is what one client moves: one object after the other, or the parts of one. Each part is
 * a request with a latency of its own; the connections of a stream take its parts in turn.
 */
#ifndef MODEL_DEVICE_PARAMS_H
#define MODEL_DEVICE_PARAMS_H

#include "core/dist.h"
#include "core/err.h"
#include "core/field.h"
#include "core/stats.h"
#include "model/domain.h"
#include "model/prices.h"

enum direction { DIRECTION_WRITE, DIRECTION_READ, DIRECTIONS };

/* Times in which nothing moves. */
struct outage_params {
    struct dist time_to_failure; /* not given: there are none */
    struct dist repair;
};

/* Transfers that take longer than they should. */
struct slow_params {
    double probability;
    double factor;
};

struct device_params {
    const char *name;
    int kind;                              /* row of device_kinds[] */
    struct dist latency;                   /* before the first byte of each request */
    double stream_bytes_per_s[DIRECTIONS]; /* of one connection */
    double total_bytes_per_s[DIRECTIONS];  /* of all together; NaN: no limit */
    double both_bytes_per_s;               /* of both directions together; NaN: no limit */
    double requests_per_s[DIRECTIONS];     /* NaN: no limit */
    double part_bytes;                     /* NaN: a transfer is one request */
    uint64_t connections;                  /* that one stream has open at a time */
    uint64_t replication;                  /* copies, written in a pipeline */
    struct dist hop_latency;               /* that each copy adds to a write */
    uint64_t group;                        /* nodes that share redundant parts; 0: none do */
    uint64_t redundancy;                   /* redundant parts in each group */
    double encode_bytes_per_s;             /* of one stream; NaN: takes no time */
    struct outage_params outage;
    bool may_fail; /* from model_prepare(): by a failure process that strikes it */
    struct slow_params slow;
    struct device_prices price;
    int survives; /* enum domain: the widest whose loss its contents survive */
};

extern const struct field device_fields[];
/* The row for a map of devices by name. */
extern const struct field device_element;

/* What is to be moved: equal streams that start together. */
struct load {
    enum direction direction;
    uint64_t streams;
    double bytes;      /* of each stream */
    uint64_t requests; /* of each stream */
    double latency_s;  /* of each stream */
};

/*
 * The load of one transfer: its latency is drawn, so that draws stay with the caller's purpose.
 * `objects` are read or written one after the other, each with a request or more.
 */
struct load device_load(const struct device_params *params, enum direction direction,
                        uint64_t streams, double bytes, uint64_t objects, struct rng *rng);

/* Whether all streams of that size have one latency, and which. */
bool device_latency_is_constant(const struct device_params *params, enum direction direction,
                                double bytes, double *latency_s);
/* Whether it may be out at times. */
bool device_may_go_out(const struct device_params *params);
/* Whether streams of that size that start together, with nothing beside them, always take the same
 * time and end together. */
bool device_is_predictable(const struct device_params *params, enum direction direction,
                           double bytes);
/* Whether equal streams that start together may end at different times. */
bool device_tells_streams_apart(const struct device_params *params, enum direction direction,
                                double bytes);

/* Bytes that are stored for each byte of a checkpoint: copies, and redundant parts. */
double device_stored_per_byte(const struct device_params *params);
/* Time to make lost parts anew out of the rest of the group, where a failure has destroyed nodes.
 */
double device_rebuild_s(const struct device_params *params, double bytes, enum domain severity);

/* Checks that concern several keys; errors go to `err`. */
void device_check(const struct device_params *params, struct err *err);

/* Connections that a stream of that many requests uses. */
uint64_t device_connections(const struct device_params *params, uint64_t requests);
/* Requests that a stream of one object makes. */
uint64_t device_requests(const struct device_params *params, double bytes);
/* Speed of each of n active connections, in bytes per second, while nothing moves the other way. */
double device_speed(const struct device_params *params, enum direction direction, uint64_t n);
/* The same with n of each direction; they must not be 0 in the one asked for. */
double device_shared_speed(const struct device_params *params, enum direction direction,
                           const uint64_t n[DIRECTIONS]);

/*
 * Duration of n equal streams that have the device for themselves, after a constant latency:
 * latency + bytes / min(connections * stream, total / n); of writes, totals are of all that is
 * stored. In seconds.
 */
double device_alone_s(const struct device_params *params, enum direction direction,
                      uint64_t streams, double bytes, double latency_s);
/* The same with the mean latency, and after all requests have been admitted. */
double device_mean_s(const struct device_params *params, enum direction direction, uint64_t streams,
                     double bytes);

#endif
