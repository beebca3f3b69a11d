// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A shuffle simulated the conventional way: an event in the calendar per
 * arrival and per end of service, a function called through each, memory for
 * every message. It draws from the same streams as the program and records what it
 * records, so that both simulate the same messages.
 *
 * Three stages of `width` tasks, each with one server; every task sends to all
 * tasks of the next stage, by a hash of the message, over channels of
 * KERNEL_CAPACITY. A finished message waits in its server for room. Every
 * barrier_s the sources send markers, which later tasks align: what comes behind
 * a marker is set aside until the markers of all senders have come.
 */
#ifndef BENCH_STREAM_EVENTS_H
#define BENCH_STREAM_EVENTS_H

#include "bench/stream_kernels.h"

enum { SHUFFLE_STAGES = 3, SHUFFLE_MOST = 16 };

struct shuffle_params {
    uint32_t width;    /* tasks of each stage, at most SHUFFLE_MOST */
    double rate_per_s; /* Poisson arrivals, all sources */
    double service_s[SHUFFLE_STAGES];
    double barrier_s;
    double duration_s;
    uint64_t seed;
};

void events_shuffle(const struct shuffle_params *params, struct kernel_results *results);

#endif
