// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/device_params.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

/* ---- requests and connections ---- */

uint64_t device_requests(const struct device_params *params, double bytes)
{
    return bytes > params->part_bytes ? (uint64_t)ceil(bytes / params->part_bytes) : 1;
}

uint64_t device_connections(const struct device_params *params, uint64_t requests)
{
    return requests < params->connections ? requests : params->connections;
}

double device_stored_per_byte(const struct device_params *params)
{
    double group = (double)params->group;
    double coded = group > 0 ? group / (group - (double)params->redundancy) : 1;
    return (double)params->replication * coded;
}

double device_speed(const struct device_params *params, enum direction direction, uint64_t n)
{
    double stream = params->stream_bytes_per_s[direction];
    double stored = direction == DIRECTION_WRITE ? device_stored_per_byte(params) : 1;
    double share = params->total_bytes_per_s[direction] / (stored * (double)n);
    double share_of_both = params->both_bytes_per_s / (stored * (double)n);
    /* fmin ignores NaN, the mark of "no limit". */
    return fmin(fmin(isnan(stream) ? (double)INFINITY : stream, share), share_of_both);
}

double device_shared_speed(const struct device_params *params, enum direction direction,
                           const uint64_t n[DIRECTIONS])
{
    double stored = device_stored_per_byte(params) * (double)n[DIRECTION_WRITE];
    double share = params->both_bytes_per_s / (stored + (double)n[DIRECTION_READ]);
    return fmin(device_speed(params, direction, n[direction]), share);
}

/* ---- latencies ---- */

/* Hops of a pipeline that a request goes through. */
static uint64_t hops(const struct device_params *params, enum direction direction)
{
    return direction == DIRECTION_WRITE ? params->replication : 0;
}

static bool request_latency_is_constant(const struct device_params *params,
                                        enum direction direction, double *latency_s)
{
    double hop_s = 0;
    uint64_t n_hops = hops(params, direction);
    if (!dist_is_constant(&params->latency, latency_s) ||
        (n_hops > 0 && !dist_is_constant(&params->hop_latency, &hop_s)))
        return false;
    *latency_s += (double)n_hops * hop_s;
    return true;
}

static double draw_request_latency_s(const struct device_params *params, enum direction direction,
                                     struct rng *rng)
{
    double latency_s = dist_draw(&params->latency, rng);
    double hop_s;
    uint64_t n_hops = hops(params, direction);
    if (dist_is_constant(&params->hop_latency, &hop_s))
        return latency_s + (double)n_hops * hop_s;
    for (uint64_t i = 0; i < n_hops; i++)
        latency_s += dist_draw(&params->hop_latency, rng);
    return latency_s;
}

/* Time to make redundant parts of a stream. */
static double encode_s(const struct device_params *params, double bytes)
{
    return isnan(params->encode_bytes_per_s) ? 0 : bytes / params->encode_bytes_per_s;
}

double device_rebuild_s(const struct device_params *params, double bytes, enum domain severity)
{
    return severity >= DOMAIN_NODE ? encode_s(params, bytes) : 0;
}

/* Requests that the busiest of its connections makes, one after the other. */
static uint64_t requests_in_series(const struct device_params *params, uint64_t requests)
{
    uint64_t connections = device_connections(params, requests);
    return (requests + connections - 1) / connections;
}

/*
 * The connections take the requests in turn, and the stream waits for the one whose latencies add
 * up to the most.
 */
static double draw_latency_s(const struct device_params *params, enum direction direction,
                             uint64_t requests, struct rng *rng)
{
    double constant_s;
    if (request_latency_is_constant(params, direction, &constant_s))
        return (double)requests_in_series(params, requests) * constant_s;
    uint64_t connections = device_connections(params, requests);
    double longest_s = 0;
    for (uint64_t first = 0; first < connections; first++) {
        double sum_s = 0;
        for (uint64_t i = first; i < requests; i += connections)
            sum_s += draw_request_latency_s(params, direction, rng);
        longest_s = fmax(longest_s, sum_s);
    }
    return longest_s;
}

struct load device_load(const struct device_params *params, enum direction direction,
                        uint64_t streams, double bytes, uint64_t objects, struct rng *rng)
{
    uint64_t parts = device_requests(params, bytes);
    uint64_t requests = parts > objects ? parts : objects;
    double latency_s = draw_latency_s(params, direction, requests, rng);
    if (direction == DIRECTION_WRITE)
        latency_s += encode_s(params, bytes);
    if (params->slow.probability > 0 && rng_uniform(rng) < params->slow.probability)
        latency_s +=
            (params->slow.factor - 1) * device_alone_s(params, direction, 1, bytes, latency_s);
    return (struct load){
        .direction = direction,
        .streams = streams,
        .bytes = bytes,
        .requests = requests,
        .latency_s = latency_s,
    };
}

bool device_latency_is_constant(const struct device_params *params, enum direction direction,
                                double bytes, double *latency_s)
{
    if (params->slow.probability > 0 || !request_latency_is_constant(params, direction, latency_s))
        return false;
    *latency_s *= (double)requests_in_series(params, device_requests(params, bytes));
    if (direction == DIRECTION_WRITE)
        *latency_s += encode_s(params, bytes);
    return true;
}

bool device_tells_streams_apart(const struct device_params *params, enum direction direction,
                                double bytes)
{
    double latency_s;
    return !isnan(params->requests_per_s[direction]) ||
           !device_latency_is_constant(params, direction, bytes, &latency_s);
}

bool device_may_go_out(const struct device_params *params)
{
    return params->may_fail || dist_is_given(&params->outage.time_to_failure);
}

bool device_is_predictable(const struct device_params *params, enum direction direction,
                           double bytes)
{
    bool may_rebuild = direction == DIRECTION_READ && !isnan(params->encode_bytes_per_s);
    return !may_rebuild && !device_may_go_out(params) &&
           !device_tells_streams_apart(params, direction, bytes);
}

/* ---- durations ---- */

double device_alone_s(const struct device_params *params, enum direction direction,
                      uint64_t streams, double bytes, double latency_s)
{
    if (bytes <= 0)
        return latency_s;
    double connections = (double)device_connections(params, device_requests(params, bytes));
    double speed = connections * device_speed(params, direction, streams * (uint64_t)connections);
    return latency_s + bytes / speed;
}

/* Of the slowest connection, where each makes one request; else in the mean of each. */
static double mean_latency_s(const struct device_params *params, enum direction direction,
                             double bytes)
{
    uint64_t requests = device_requests(params, bytes);
    uint64_t in_series = requests_in_series(params, requests);
    double hops_s = (double)hops(params, direction) * dist_mean(&params->hop_latency);
    double own_s = in_series == 1 && requests > 1 ? dist_mean_max(&params->latency, requests)
                                                  : (double)in_series * dist_mean(&params->latency);
    double encoding_s = direction == DIRECTION_WRITE ? encode_s(params, bytes) : 0;
    return own_s + (double)in_series * hops_s + encoding_s;
}

double device_mean_s(const struct device_params *params, enum direction direction, uint64_t streams,
                     double bytes)
{
    uint64_t requests = device_requests(params, bytes);
    double rate = params->requests_per_s[direction];
    double admission_s = isnan(rate) ? 0 : (double)(streams * requests) / rate;
    double slow = 1 + params->slow.probability * (params->slow.factor - 1);
    return admission_s + slow * device_alone_s(params, direction, streams, bytes,
                                               mean_latency_s(params, direction, bytes));
}

/* ---- checks ---- */

void device_check(const struct device_params *params, struct err *err)
{
    static const char *const verbs[DIRECTIONS] = {"write", "read"};
    char *pointer = mem_format("/storage/%s", params->name);
    for (int d = 0; d < DIRECTIONS; d++)
        if (isnan(params->stream_bytes_per_s[d]) && isnan(params->total_bytes_per_s[d]) &&
            isnan(params->both_bytes_per_s))
            (void)err_add(err, pointer, "a device needs stream_%s or total_%s", verbs[d], verbs[d]);
    if (params->connections > 1 && isnan(params->part_bytes))
        (void)err_add(err, pointer,
                      "connections move parts: without part there is nothing for "
                      "more than one to do");
    if ((params->group > 0) != (params->redundancy > 0))
        (void)err_add(err, pointer,
                      "group and redundancy go together: nodes of a group, and how "
                      "many of its parts are redundant");
    else if (params->group > 0 && params->redundancy >= params->group)
        (void)err_add(err, pointer,
                      "a group of %llu nodes cannot have %llu redundant parts: one at least must "
                      "hold data",
                      (unsigned long long)params->group, (unsigned long long)params->redundancy);
    if (params->group == 0 && !isnan(params->encode_bytes_per_s))
        (void)err_add(err, pointer, "encode makes redundant parts: it needs group and redundancy");
    free(pointer);
}
