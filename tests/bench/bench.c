// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/bench.h"

#include <assert.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/stats.h"

extern char **environ;

static double clock_s(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_cpu_ns(void)
{
    return 1e9 * clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_median(double *values, size_t n)
{
    stats_sort(values, n);
    return values[n / 2];
}

/* ---- commands ---- */

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

/* Of all children that were waited for. */
static double children_cpu_s(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long bench_peak_kib(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    return usage.ru_maxrss;
}

struct bench_cost bench_command(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double start_s = clock_s(CLOCK_MONOTONIC);
    double before_s = children_cpu_s();
    /* posix_spawn() leaves the texts alone, though its type does not say so. */
    char *const *unchanged = (char *const *)(uintptr_t)arguments;
    if (posix_spawn(&child, arguments[0], &actions, NULL, unchanged, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        (void)fprintf(stderr, "%s failed\n", arguments[0]);
        exit(1);
    }
    struct bench_cost cost = {.wall_s = clock_s(CLOCK_MONOTONIC) - start_s,
                              .cpu_s = children_cpu_s() - before_s};
    (void)posix_spawn_file_actions_destroy(&actions);
    return cost;
}

/* ---- the program ---- */

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

void bench_case_set(struct bench_case *bench_case, const char *pointer, double value,
                    const char *unit)
{
    assert(bench_case->n_sets < BENCH_SETS);
    char *set = bench_case->sets[bench_case->n_sets++];
    int n = snprintf(set, BENCH_PATH, "%s=%.17g%s", pointer, value, unit);
    assert(n > 0 && n < BENCH_PATH);
}

void bench_case_set_text(struct bench_case *bench_case, const char *pointer, const char *text)
{
    assert(bench_case->n_sets < BENCH_SETS);
    int n = snprintf(bench_case->sets[bench_case->n_sets++], BENCH_PATH, "%s=%s", pointer, text);
    assert(n > 0 && n < BENCH_PATH);
}

void bench_program_open(struct bench_program *program, const char *path)
{
    *program = (struct bench_program){.path = path, .results = "/tmp/ckptsim-bench-XXXXXX"};
    int descriptor = mkstemp(program->results);
    if (descriptor < 0)
        fail(program->results);
    (void)close(descriptor);
}

void bench_program_close(struct bench_program *program)
{
    (void)unlink(program->results);
    free(program->text);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail(path);
    long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        fail(path);
    char *text = mem_alloc((size_t)size + 1, 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size)
        fail(path);
    (void)fclose(file);
    return text;
}

double bench_program_run(struct bench_program *program, const struct bench_case *bench_case)
{
    const char *arguments[9 + 2 * BENCH_SETS] = {
        program->path, "run", bench_case->scenario, "--quiet", "-j", "1", "-o", program->results};
    for (size_t i = 0; i < bench_case->n_sets; i++) {
        arguments[8 + 2 * i] = "--set";
        arguments[9 + 2 * i] = bench_case->sets[i];
    }
    double cpu_s = bench_command(arguments).cpu_s;
    free(program->text);
    program->text = read_file(program->results);
    return cpu_s;
}

double bench_program_mean(const struct bench_program *program, const char *metric)
{
    char key[BENCH_PATH];
    (void)snprintf(key, sizeof key, "\"%s\": {", metric);
    const char *at = strstr(program->text, key);
    const char *mean = at ? strstr(at, "\"mean\": ") : NULL;
    if (!mean) {
        (void)fprintf(stderr, "no %s in the results\n", metric);
        exit(1);
    }
    return strtod(mean + strlen("\"mean\": "), NULL);
}

/* ---- targets ---- */

static void print_verdict(const char *name, const char *what, double measured, const char *bound,
                          double target, bool met)
{
    printf("%s: %s: %.3g, target %s %g: %s\n", name, what, measured, bound, target,
           met ? "met" : "missed");
    (void)fflush(stdout);
}

void bench_at_most(const char *name, const char *what, double measured, double target)
{
    print_verdict(name, what, measured, "at most", target, measured <= target);
}

void bench_at_least(const char *name, const char *what, double measured, double target)
{
    print_verdict(name, what, measured, "at least", target, measured >= target);
}
