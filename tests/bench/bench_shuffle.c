// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * P4: all-to-all channels. 16 x 16 x 16 tasks (and 4 x 4 x 4), hashed, channels
 * of 64, aligned barriers every 10 s, at loads 0.7 and 0.95 and with sinks that
 * cannot keep up, so that everything before them is blocked most of the time.
 *
 * The program as a whole against simulations with an event per message: one in
 * the conventional way on the calendar that the program has (stream_events.h),
 * and the reference that the tests hold the engines against.
 *
 * The alternatives take turns in every round, and the medians count.
 * usage: bench_shuffle PROGRAM
 */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/stream_events.h"

enum { ROUNDS = 7 };

static const double DURATION_S = 25, SERVICE_S = 1e-4, BARRIER_S = 10;

struct shuffle {
    const char *name;
    uint32_t width;
    double load;      /* of every stage but the last */
    double sink_s;    /* service time of the last stage */
    double target_ns; /* a message and stage; 0: none */
    double target_ratio;
};

static const struct shuffle shuffles[] = {
    {"16 x 16 x 16, load 0.7", 16, 0.7, 1e-4, 25, 6},
    {"16 x 16 x 16, load 0.95", 16, 0.95, 1e-4, 25, 6},
    {"16 x 16 x 16, saturated", 16, 0.95, 1.25e-4, 40, 6},
    {"4 x 4 x 4, load 0.95", 4, 0.95, 1e-4, 0, 4},
};

static struct shuffle_params make_params(const struct shuffle *shuffle)
{
    double rate_per_s = shuffle->load * shuffle->width / SERVICE_S;
    return (struct shuffle_params){
        .width = shuffle->width,
        .rate_per_s = rate_per_s,
        .service_s = {SERVICE_S, SERVICE_S, shuffle->sink_s},
        .barrier_s = BARRIER_S,
        .duration_s = DURATION_S,
        .seed = 1,
    };
}

static struct bench_case make_case(const struct shuffle_params *params)
{
    struct bench_case bench_case = {.scenario = "tests/bench/scenarios/shuffle.json"};
    bench_case_set(&bench_case, "/job/operators/0/tasks", params->width, "");
    bench_case_set(&bench_case, "/job/operators/1/tasks", params->width, "");
    bench_case_set(&bench_case, "/job/operators/2/tasks", params->width, "");
    bench_case_set(&bench_case, "/job/operators/2/service/mean", params->service_s[2], " s");
    bench_case_set(&bench_case, "/job/operators/0/source/arrivals/rate", params->rate_per_s, "/s");
    bench_case_set(&bench_case, "/run/duration", params->duration_s, " s");
    return bench_case;
}

/* All in nanoseconds per message and stage. */

static double time_program(struct bench_program *program, const struct bench_case *bench_case)
{
    double cpu_s = bench_program_run(program, bench_case);
    return 1e9 * cpu_s / bench_program_mean(program, "messages_processed");
}

static double time_events(const struct shuffle_params *params, struct kernel_results *results)
{
    kernel_results_start(results);
    double start_ns = bench_cpu_ns();
    events_shuffle(params, results);
    return (bench_cpu_ns() - start_ns) / (double)results->processed;
}

static void compare(struct bench_program *program, const struct shuffle *shuffle)
{
    double ours[ROUNDS], events[ROUNDS], ratio[ROUNDS];
    struct shuffle_params params = make_params(shuffle);
    struct bench_case bench_case = make_case(&params);
    struct kernel_results results = {0};
    double latency_s = 0;
    for (int round = 0; round < ROUNDS; round++) {
        events[round] = time_events(&params, &results);
        ours[round] = time_program(program, &bench_case);
        latency_s = bench_program_mean(program, "latency_s");
        ratio[round] = events[round] / ours[round];
    }
    printf("P4, %s: event by event %.1f ns, ckptsim %.1f ns a message and stage; latency %.4g s "
           "and %.4g s\n",
           shuffle->name, bench_median(events, ROUNDS), bench_median(ours, ROUNDS),
           results.latency.sum / (double)results.latency.n, latency_s);
    if (shuffle->target_ns > 0)
        bench_at_most("P4", "ns a message and stage", bench_median(ours, ROUNDS),
                      shuffle->target_ns);
    bench_at_least("P4", "against event by event, times as fast", bench_median(ratio, ROUNDS),
                   shuffle->target_ratio);
    kernel_results_release(&results);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_shuffle PROGRAM\n");
        return 2;
    }
    struct bench_program program;
    bench_program_open(&program, argv[1]);
    for (size_t i = 0; i < sizeof shuffles / sizeof shuffles[0]; i++)
        compare(&program, &shuffles[i]);
    bench_program_close(&program);
    return 0;
}
