// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * P11: what a run costs as it gets longer and wider, on chains of tasks with
 * aligned barriers, failures and replay. Targets: linear in messages (exponent
 * at most 1.05 over three decades), no more than n log n in tasks, and memory
 * that does not depend on the length of the run.
 *
 * The program is measured as a whole; what the smallest run takes, which is to
 * start and end, is taken off.
 * usage: bench_growth PROGRAM
 */
#include <math.h>
#include <stdio.h>

#include "bench/bench.h"

static const char *const chains_path = "tests/bench/scenarios/chains.json";
static const char *const failures_path = "tests/bench/scenarios/mm1-failures.json";

/* As the chains say: chains of four stages, and the rate of each chain. */
enum { STAGES = 4, CHAINS = 4 };
static const double RATE_PER_S = 6e3;

static struct bench_case make_case(double chains, double duration_s)
{
    struct bench_case bench_case = {.scenario = chains_path};
    static const char *const tasks[STAGES] = {"/job/operators/0/tasks", "/job/operators/1/tasks",
                                              "/job/operators/2/tasks", "/job/operators/3/tasks"};
    for (int i = 0; i < STAGES; i++)
        bench_case_set(&bench_case, tasks[i], chains, "");
    bench_case_set(&bench_case, "/job/operators/0/source/arrivals/rate", chains * RATE_PER_S, "/s");
    bench_case_set(&bench_case, "/run/duration", duration_s, " s");
    return bench_case;
}

/* Processor time of the median run. */
static double time_case(struct bench_program *program, const struct bench_case *bench_case,
                        size_t rounds)
{
    enum { MOST = 31 };
    double cpu_s[MOST];
    for (size_t i = 0; i < rounds && i < MOST; i++)
        cpu_s[i] = bench_program_run(program, bench_case);
    return bench_median(cpu_s, rounds);
}

/* Slope of the least squares line through n points. */
static double slope(const double *x, const double *y, int n)
{
    double mean_x = 0, mean_y = 0, xy = 0, xx = 0;
    for (int i = 0; i < n; i++) {
        mean_x += x[i] / n;
        mean_y += y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        xy += (x[i] - mean_x) * (y[i] - mean_y);
        xx += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return xy / xx;
}

static void in_messages(struct bench_program *program)
{
    enum { DECADES = 3 };
    static const size_t rounds[DECADES + 1] = {31, 15, 7, 3};
    double log_n[DECADES + 1], log_s[DECADES + 1];
    struct bench_case smallest = make_case(CHAINS, 1e-3);
    double start_s = time_case(program, &smallest, rounds[0]);
    printf("P11: ns a message:");
    for (int i = 0; i <= DECADES; i++) {
        double messages = 1e5 * pow(10, i);
        struct bench_case bench_case = make_case(CHAINS, messages / (RATE_PER_S * CHAINS * STAGES));
        double cpu_s = time_case(program, &bench_case, rounds[i]) - start_s;
        double processed = bench_program_mean(program, "messages_processed");
        log_n[i] = log(processed);
        log_s[i] = log(cpu_s);
        printf(" %.3g messages %.1f;", processed, 1e9 * cpu_s / processed);
    }
    printf(" smallest run %.2f ms\n", 1e3 * start_s);
    bench_at_most("P11", "exponent of the cost in messages", slope(log_n, log_s, DECADES + 1),
                  1.05);
}

static double n_log_n(double n)
{
    return n * log(n);
}

static void in_tasks(struct bench_program *program)
{
    const double duration_s = 1;
    static const int n_tasks[] = {16, 64, 256, 1024, 4096};
    enum { SIZES = sizeof n_tasks / sizeof n_tasks[0] };
    double cost_s[SIZES], worst = 0;
    printf("P11: ns a message:");
    for (int i = 0; i < SIZES; i++) {
        double tasks = n_tasks[i];
        struct bench_case smallest = make_case(tasks / STAGES, 1e-3);
        struct bench_case bench_case = make_case(tasks / STAGES, duration_s);
        size_t rounds = tasks <= 256 ? 9 : 3;
        cost_s[i] = time_case(program, &bench_case, rounds);
        double processed = bench_program_mean(program, "messages_processed");
        cost_s[i] -= time_case(program, &smallest, rounds);
        printf(" %g tasks %.1f;", tasks, 1e9 * cost_s[i] / processed);
        if (i > 0)
            worst = fmax(worst, cost_s[i] / cost_s[0] * n_log_n(n_tasks[0]) / n_log_n(tasks));
    }
    printf("\n");
    bench_at_most("P11", "growth with 16 to 4096 tasks against n log n", worst, 1);
}

/* Comes first, since peaks are of all runs so far. The rate is 7k/s; failures are 100 s apart. */
static void in_memory(struct bench_program *program)
{
    long peak_kib[2];
    for (int i = 0; i < 2; i++) {
        struct bench_case bench_case = {.scenario = failures_path};
        bench_case_set(&bench_case, "/run/duration", i == 0 ? 150 : 15000, " s");
        (void)bench_program_run(program, &bench_case);
        peak_kib[i] = bench_peak_kib();
    }
    printf("P11: peak memory for 1 M messages %ld KiB, for 100 M messages %ld KiB\n", peak_kib[0],
           peak_kib[1]);
    bench_at_most("P11", "memory of a run 100 times as long",
                  (double)peak_kib[1] / (double)peak_kib[0], 1.1);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_growth PROGRAM\n");
        return 2;
    }
    struct bench_program program;
    bench_program_open(&program, argv[1]);
    in_memory(&program);
    in_messages(&program);
    in_tasks(&program);
    bench_program_close(&program);
    return 0;
}
