// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/stream_kernels.h"

#include <stdlib.h>

#include "core/memory.h"
#include "core/rng.h"
#include "core/ziggurat.h"

static void record_start(struct latency_record *record)
{
    if (!record->histogram) {
        record->histogram = mem_alloc(1, sizeof *record->histogram);
        histogram_init(record->histogram, 1e-9, 70, 7); /* as the program's */
    }
    histogram_clear(record->histogram);
    *record = (struct latency_record){.histogram = record->histogram};
}

void kernel_results_start(struct kernel_results *results)
{
    record_start(&results->latency);
    results->processed = 0;
    results->lag_area = 0;
    for (int i = 0; i < KERNEL_STAGES; i++) {
        record_start(&results->stage_latency[i]);
        results->busy_s[i] = results->blocked_s[i] = 0;
    }
}

static void record_release(struct latency_record *record)
{
    if (record->histogram)
        histogram_release(record->histogram);
    free(record->histogram);
}

void kernel_results_release(struct kernel_results *results)
{
    record_release(&results->latency);
    for (int i = 0; i < KERNEL_STAGES; i++)
        record_release(&results->stage_latency[i]);
}

static inline double max(double a, double b)
{
    return a > b ? a : b;
}

void kernel_mm1(const struct kernel_params *params, struct kernel_results *results)
{
    const double gap_s = 1 / params->rate_per_s, service_s = params->service_s;
    struct rng gaps = rng_stream(params->seed, 0, RNG_ARRIVAL, 0);
    struct rng services = rng_stream(params->seed, 0, RNG_SERVICE, 0);
    double arrival = 0, departure = 0, lag_area = 0, busy_s = 0;
    for (;;) {
        arrival += gap_s * rng_exponential(&gaps);
        double start = max(arrival, departure);
        double service = service_s * rng_exponential(&services);
        departure = start + service;
        if (departure > params->duration_s)
            break;
        lag_area += start - arrival;
        busy_s += service;
        kernel_record(&results->stage_latency[0], departure - arrival);
        kernel_record(&results->latency, departure - arrival);
    }
    results->processed = results->latency.n;
    results->lag_area = lag_area;
    results->busy_s[0] = busy_s;
}

/* A stage, and the starts of its last messages, by number modulo the capacity. */
struct stage {
    struct rng services;
    double departure;
    double starts[KERNEL_CAPACITY];
};

/*
 * Takes message n, which arrived at `arrival`, through all stages, or as far as it comes in the
 * time.
 */
static inline void pass_message(const struct kernel_params *params, struct kernel_results *results,
                                struct stage *stages, uint64_t n, double arrival)
{
    const uint64_t slot = n % KERNEL_CAPACITY;
    double entry = arrival;
    for (int i = 0; i < KERNEL_STAGES; i++) {
        struct stage *stage = &stages[i];
        double start = max(entry, stage->departure);
        double service = params->service_s * rng_exponential(&stage->services);
        double end = start + service;
        double departure = max(end, stages[i + 1].starts[slot]);
        stage->starts[slot] = start;
        stage->departure = departure;
        if (departure > params->duration_s)
            return;
        results->lag_area += i == 0 ? start - entry : 0;
        results->busy_s[i] += service;
        results->blocked_s[i] += departure - end;
        kernel_record(&results->stage_latency[i], departure - entry);
        entry = departure;
    }
    kernel_record(&results->latency, entry - arrival);
}

void kernel_pipeline(const struct kernel_params *params, struct kernel_results *results)
{
    struct rng gaps = rng_stream(params->seed, 0, RNG_ARRIVAL, 0);
    /* What follows the last stage takes everything at once. */
    struct stage stages[KERNEL_STAGES + 1] = {0};
    for (uint32_t i = 0; i < KERNEL_STAGES; i++) /* tasks are numbered from the sink */
        stages[i].services = rng_stream(params->seed, 0, RNG_SERVICE, KERNEL_STAGES - 1 - i);
    double arrival = 0;
    for (uint64_t n = 0; arrival <= params->duration_s; n++) {
        arrival += rng_exponential(&gaps) / params->rate_per_s;
        pass_message(params, results, stages, n, arrival);
    }
    for (int i = 0; i < KERNEL_STAGES; i++)
        results->processed += results->stage_latency[i].n;
}
