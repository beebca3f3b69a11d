// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the benches share: clocks, medians, the program started as a user
 * starts it, and the line that says whether a target was met.
 *
 * Where one thread does the work, processor time is measured and not the
 * clock on the wall: other load on the machine then disturbs the figures less.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

/* Processor time of this process. */
double bench_cpu_ns(void);

/* Sorts the values. */
double bench_median(double *values, size_t n);

/* ---- commands ---- */

struct bench_cost {
    double wall_s;
    double cpu_s; /* user and system, all threads */
};

/* Most memory that any command so far had at once, in KiB; at least what this program has. */
long bench_peak_kib(void);

/* Runs the command; its output goes nowhere. Ends this program when it fails. */
struct bench_cost bench_command(const char *const *arguments);

/* ---- the program: a scenario in, results out, one thread ---- */

enum { BENCH_PATH = 64, BENCH_SETS = 8 };

struct bench_program {
    const char *path;
    char results[BENCH_PATH]; /* temporary file */
    char *text;               /* owned: the results of the last run */
};

/* A scenario file, and what is changed in it: arguments of --set, the first NULL ends them. */
struct bench_case {
    const char *scenario;
    char sets[BENCH_SETS][BENCH_PATH];
    size_t n_sets;
};

/* Adds "/pointer=value unit" to the case. */
void bench_case_set(struct bench_case *bench_case, const char *pointer, double value,
                    const char *unit);
/* Adds "/pointer=text". */
void bench_case_set_text(struct bench_case *bench_case, const char *pointer, const char *text);

void bench_program_open(struct bench_program *program, const char *path);
void bench_program_close(struct bench_program *program);
/* Processor time in seconds of one run, which is from JSON to JSON on one thread. */
double bench_program_run(struct bench_program *program, const struct bench_case *bench_case);
/* Mean of a metric in the results of the last run. */
double bench_program_mean(const struct bench_program *program, const char *metric);

/* ---- targets ---- */

/*
 * "P1: what: 1.43, target at most 1.60: met". With `at_least` the target is a floor.
 */
void bench_at_most(const char *name, const char *what, double measured, double target);
void bench_at_least(const char *name, const char *what, double measured, double target);

#endif
