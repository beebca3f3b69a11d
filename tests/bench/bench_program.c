// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Speed of the program as a whole, started as a user starts it.
 *
 * P8: two threads against one on the 30-day batch job of P5, same bytes.
 * Target: at least 1.8 times as fast.
 * P9: the smallest run against an empty program linked with the same
 * libraries (this one, told to do nothing). Target: at most 3 times as long.
 *
 * Alternatives take turns, and the medians count.
 * usage: bench_program PROGRAM
 */
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"

enum { ROUNDS = 9, STARTS = 40 };

static const char *const path = "tests/bench/scenarios/batch.json";

/* Milliseconds on the wall: threads are to shorten them. */
static double time_command(const char *const *arguments)
{
    return 1e3 * bench_command(arguments).wall_s;
}

static void two_threads(const char *program)
{
    double one[ROUNDS], two[ROUNDS], ratio[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        const char *arguments[] = {program, "run", path, "--replications", "200000", "--quiet",
                                   "-j",    "1",   NULL};
        one[round] = time_command(arguments);
        arguments[7] = "2";
        two[round] = time_command(arguments);
        ratio[round] = one[round] / two[round];
    }
    printf("P8: one thread %.0f ms, two threads %.0f ms\n", bench_median(one, ROUNDS),
           bench_median(two, ROUNDS));
    bench_at_least("P8", "two threads, times as fast", bench_median(ratio, ROUNDS), 1.8);
}

static void smallest_run(const char *self, const char *program)
{
    double empty[STARTS], run[STARTS];
    for (int i = 0; i < STARTS; i++) {
        empty[i] = time_command((const char *[]){self, "--empty", NULL});
        run[i] = time_command(
            (const char *[]){program, "run", path, "--replications", "1", "--quiet", NULL});
    }
    double empty_ms = bench_median(empty, STARTS);
    double run_ms = bench_median(run, STARTS);
    printf("P9: empty program %.2f ms, smallest run %.2f ms\n", empty_ms, run_ms);
    bench_at_most("P9", "smallest run against the empty program", run_ms / empty_ms, 3);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--empty") == 0)
        return 0;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_program PROGRAM\n");
        return 2;
    }
    two_threads(argv[1]);
    smallest_run(argv[0], argv[1]);
    return 0;
}
