// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Speed of stream jobs on one server and on a pipeline, against kernels
 * written for one case each that record the same (stream_kernels.h).
 *
 * P1: M/M/1, load 0.9. P2: one server with checkpoints, failures and replay.
 * P3: four servers in a row, channels of 64; and the same when the plane is
 * stopped for a look every 10 messages, as events of the control plane do. P1 to
 * P4 once more with aligned barriers every second, against the same without.
 *
 * The program is measured as a whole, JSON in and JSON out on one thread, but
 * for the last: that is the plane alone. The alternatives take turns in every
 * round, and the medians count. The kernels draw from the same streams, so that
 * both sides simulate the same messages.
 * usage: bench_stream PROGRAM
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/stream_kernels.h"
#include "model/metrics.h"
#include "scenario/scenario.h"

enum { ROUNDS = 7, LOOK_EVERY = 10 };

static const double P1_MESSAGES = 1e7, P2_MESSAGES = 5e6, P3_MESSAGES = 2e6;
/* As the scenarios say. */
static const double P1_RATE_PER_S = 9e3, P2_RATE_PER_S = 7e3, SERVICE_S = 1e-4;

static struct bench_case make_case(const char *scenario, double duration_s)
{
    struct bench_case bench_case = {.scenario = scenario};
    bench_case_set(&bench_case, "/run/duration", duration_s, " s");
    return bench_case;
}

/* ---- kernels ---- */

typedef void kernel_run(const struct kernel_params *params, struct kernel_results *results);

/* Nanoseconds per message from the source. */
static double time_kernel(kernel_run *kernel, double duration_s, struct kernel_results *results)
{
    struct kernel_params params = {
        .rate_per_s = P1_RATE_PER_S, .service_s = SERVICE_S, .duration_s = duration_s, .seed = 1};
    kernel_results_start(results);
    double start_ns = bench_cpu_ns();
    kernel(&params, results);
    return (bench_cpu_ns() - start_ns) / (double)results->latency.n;
}

static double kernel_latency_s(const struct kernel_results *results)
{
    return results->latency.sum / (double)results->latency.n;
}

/* ---- the program ---- */

/* Nanoseconds per processed message and stage, replayed ones included. */
static double time_program(struct bench_program *program, const struct bench_case *bench_case)
{
    double cpu_s = bench_program_run(program, bench_case);
    return 1e9 * cpu_s / bench_program_mean(program, "messages_processed");
}

static void one_server(struct bench_program *program)
{
    double bare[ROUNDS], p1[ROUNDS], p2[ROUNDS], p1_ratio[ROUNDS], p2_ratio[ROUNDS];
    struct kernel_results results = {0};
    const double duration_s = P1_MESSAGES / P1_RATE_PER_S;
    struct bench_case p1_case = make_case("tests/bench/scenarios/mm1.json", duration_s);
    struct bench_case p2_case =
        make_case("tests/bench/scenarios/mm1-failures.json", P2_MESSAGES / P2_RATE_PER_S);
    double latency_s = 0, reprocessed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        bare[round] = time_kernel(kernel_mm1, duration_s, &results);
        p1[round] = time_program(program, &p1_case);
        latency_s = bench_program_mean(program, "latency_s");
        p2[round] = time_program(program, &p2_case);
        reprocessed = bench_program_mean(program, "messages_reprocessed") / P2_MESSAGES;
        p1_ratio[round] = p1[round] / bare[round];
        p2_ratio[round] = p2[round] / p1[round];
    }
    printf("P1: kernel %.2f ns, ckptsim %.2f ns a message; latency %.4g s and %.4g s\n",
           bench_median(bare, ROUNDS), bench_median(p1, ROUNDS), kernel_latency_s(&results),
           latency_s);
    bench_at_most("P1", "M/M/1 against its kernel", bench_median(p1_ratio, ROUNDS), 1.6);
    printf("P2: %.2f ns a message, %.0f %% of them replayed\n", bench_median(p2, ROUNDS),
           100 * reprocessed);
    bench_at_most("P2", "checkpoints, failures, replay against P1", bench_median(p2_ratio, ROUNDS),
                  1.4);
    kernel_results_release(&results);
}

/* ---- the plane alone, looked at every so often ---- */

struct looks {
    struct scenario scenario;
    struct stream *stream;
    struct event_histograms histograms;
};

static void looks_open(struct looks *looks, const char *path)
{
    struct err err = {0};
    if (!scenario_load(&looks->scenario, path, NULL, 0, NULL, &err)) {
        (void)fprintf(stderr, "%s: %s\n", path, err.problems[0].message);
        exit(1);
    }
    const struct topology *topology = looks->scenario.model.topology;
    struct stream_options options = {0};
    looks->stream = stream_new(topology, &options);
    event_histograms_init(&looks->histograms, topology);
}

static void looks_close(struct looks *looks)
{
    event_histograms_release(&looks->histograms);
    stream_free(looks->stream);
    scenario_release(&looks->scenario);
}

static double time_looks(struct looks *looks, double duration_s)
{
    struct latency_record latency = {.histogram = &looks->histograms.of[M_LATENCY]};
    struct latency_record operators[KERNEL_STAGES] = {0};
    for (int i = 0; i < KERNEL_STAGES; i++)
        operators[i].histogram = &looks->histograms.operators[i];
    double start_ns = bench_cpu_ns();
    struct notice notice;
    stream_start(looks->stream, 1, 0, &latency, operators);
    const double step_s = LOOK_EVERY / P1_RATE_PER_S;
    for (int k = 1; k * step_s < duration_s; k++)
        (void)stream_advance(looks->stream, k * step_s, &notice);
    (void)stream_advance(looks->stream, duration_s, &notice);
    return (bench_cpu_ns() - start_ns) / (double)latency.n;
}

static void pipeline(struct bench_program *program)
{
    static const char *const path = "tests/bench/scenarios/pipeline.json";
    double bare[ROUNDS], ours[ROUNDS], looked_at[ROUNDS], ratio[ROUNDS], looks_ratio[ROUNDS];
    const double duration_s = P3_MESSAGES / P1_RATE_PER_S;
    struct bench_case bench_case = make_case(path, duration_s);
    struct kernel_results results = {0};
    struct looks looks = {0};
    looks_open(&looks, path);
    double latency_s = 0;
    for (int round = 0; round < ROUNDS; round++) {
        bare[round] = time_kernel(kernel_pipeline, duration_s, &results);
        ours[round] = KERNEL_STAGES * time_program(program, &bench_case);
        latency_s = bench_program_mean(program, "latency_s");
        looked_at[round] = time_looks(&looks, duration_s);
        ratio[round] = ours[round] / bare[round];
        looks_ratio[round] = looked_at[round] / bare[round];
    }
    printf("P3: kernel %.1f ns, ckptsim %.1f ns, plane alone with a look every %d messages %.1f ns "
           "a message; latency %.4g s and %.4g s\n",
           bench_median(bare, ROUNDS), bench_median(ours, ROUNDS), LOOK_EVERY,
           bench_median(looked_at, ROUNDS), kernel_latency_s(&results), latency_s);
    bench_at_most("P3", "pipeline against its kernel", bench_median(ratio, ROUNDS), 1.6);
    bench_at_most("P3", "the same with a look every 10 messages", bench_median(looks_ratio, ROUNDS),
                  2);
    looks_close(&looks);
    kernel_results_release(&results);
}

/* ---- with barriers on ---- */

struct barrier_case {
    const char *name;
    const char *scenario;
    double messages, rate_per_s;
    const char *without; /* strategy */
    const char *cost;
};

/* Barriers are free where the other strategy is, so that they cost simulation alone. */
static const struct barrier_case barrier_cases[] = {
    {"P1", "tests/bench/scenarios/mm1.json", 5e6, 9e3, "none", "0 s"},
    {"P2", "tests/bench/scenarios/mm1-failures.json", 2e6, 7e3, "periodic", "10 ms"},
    {"P3", "tests/bench/scenarios/pipeline.json", 1e6, 9e3, "none", "0 s"},
    {"P4", "tests/bench/scenarios/shuffle.json", 2e6, 112e3, "none", "0 s"},
};

static struct bench_case make_barrier_case(const struct barrier_case *row, const char *strategy)
{
    struct bench_case bench_case = make_case(row->scenario, row->messages / row->rate_per_s);
    bench_case_set_text(&bench_case, "/checkpoint/strategy", strategy);
    bench_case_set_text(&bench_case, "/checkpoint/interval", "1 s");
    bench_case_set_text(&bench_case, "/checkpoint/cost", row->cost);
    return bench_case;
}

static void with_barriers(struct bench_program *program, const struct barrier_case *row)
{
    double off[ROUNDS], on[ROUNDS], ratio[ROUNDS];
    struct bench_case without = make_barrier_case(row, row->without);
    struct bench_case with = make_barrier_case(row, "barrier");
    double rounds = 0;
    for (int round = 0; round < ROUNDS; round++) {
        off[round] = time_program(program, &without);
        on[round] = time_program(program, &with);
        rounds = bench_program_mean(program, "checkpoints_committed");
        ratio[round] = on[round] / off[round];
    }
    printf("%s: %s %.2f ns, with %.0f barriers %.2f ns a message and stage\n", row->name,
           row->without, bench_median(off, ROUNDS), rounds, bench_median(on, ROUNDS));
    bench_at_most(row->name, "barriers every second against none of them",
                  bench_median(ratio, ROUNDS), 1.15);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_stream PROGRAM\n");
        return 2;
    }
    struct bench_program program;
    bench_program_open(&program, argv[1]);
    one_server(&program);
    pipeline(&program);
    for (size_t i = 0; i < sizeof barrier_cases / sizeof *barrier_cases; i++)
        with_barriers(&program, &barrier_cases[i]);
    bench_program_close(&program);
    return 0;
}
