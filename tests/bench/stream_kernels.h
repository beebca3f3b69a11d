// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Bare kernels of streams: loops written for one case each, that draw from
 * the same streams as the program and record what it records. A FIFO server's
 * departures follow from each other without events:
 *
 *     start = max(arrival, departure of the one before), departure = start + service
 */
#ifndef BENCH_STREAM_KERNELS_H
#define BENCH_STREAM_KERNELS_H

#include <stdint.h>

#include "model/stream.h"

enum { KERNEL_STAGES = 4, KERNEL_CAPACITY = 64 };

/* What a run of either kernel yields. */
struct kernel_results {
    uint64_t processed; /* by all stages */
    struct latency_record latency, stage_latency[KERNEL_STAGES];
    double busy_s[KERNEL_STAGES], blocked_s[KERNEL_STAGES];
    double lag_area; /* waiting for the first stage, message-seconds */
};

/* Empties the results; their histograms are made when they have none. */
void kernel_results_start(struct kernel_results *results);
void kernel_results_release(struct kernel_results *results);

static inline void kernel_record(struct latency_record *record, double latency_s)
{
    record->n++;
    record->sum += latency_s;
    record->square += latency_s * latency_s;
    histogram_add(record->histogram, latency_s);
}

struct kernel_params {
    double rate_per_s; /* Poisson arrivals */
    double service_s;  /* mean of the exponential service of each stage */
    double duration_s;
    uint64_t seed;
};

/* P1: M/M/1. */
void kernel_mm1(const struct kernel_params *params, struct kernel_results *results);
/*
 * P3: stages in a row, each with one server, and channels of KERNEL_CAPACITY between them. A
 * finished message waits in its server for room: it leaves when the one that many places before it
 * starts at the next stage.
 */
void kernel_pipeline(const struct kernel_params *params, struct kernel_results *results);

#endif
