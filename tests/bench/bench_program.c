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
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/stats.h"

extern char **environ;

enum { ROUNDS = 9, STARTS = 40 };

static const char *const p5_text =
    "{\"job\": {\"work\": \"30 d\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"2 h\", \"cost\": \"10 min\"},"
    " \"failures\": [{\"strikes\": \"job\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"1 d\"}}],"
    " \"recovery\": {\"downtime\": \"1 min\", \"restore\": \"10 min\"}}";

static double clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Milliseconds that the command takes; its output goes nowhere. */
static double time_command(const char *const *arguments)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double start = clock_ms();
    /* posix_spawn() leaves the texts alone, though its type does not say so. */
    char *const *unchanged = (char *const *)(uintptr_t)arguments;
    if (posix_spawn(&child, arguments[0], &actions, NULL, unchanged, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
        (void)fprintf(stderr, "%s failed\n", arguments[0]);
        exit(1);
    }
    double elapsed_ms = clock_ms() - start;
    (void)posix_spawn_file_actions_destroy(&actions);
    return elapsed_ms;
}

static double median(double *values, size_t n)
{
    stats_sort(values, n);
    return values[n / 2];
}

static void write_scenario(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(p5_text, file) == EOF || fclose(file) == EOF) {
        perror(path);
        exit(1);
    }
}

static void two_threads(const char *program, const char *path)
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
    printf("P8: one thread %.0f ms, two threads %.0f ms: %.2f times as fast, target 1.8\n",
           median(one, ROUNDS), median(two, ROUNDS), median(ratio, ROUNDS));
}

static void smallest_run(const char *self, const char *program, const char *path)
{
    double empty[STARTS], run[STARTS];
    for (int i = 0; i < STARTS; i++) {
        empty[i] = time_command((const char *[]){self, "--empty", NULL});
        run[i] = time_command(
            (const char *[]){program, "run", path, "--replications", "1", "--quiet", NULL});
    }
    double empty_ms = median(empty, STARTS);
    double run_ms = median(run, STARTS);
    printf("P9: empty program %.2f ms, smallest run %.2f ms: ratio %.2f, target 3.0\n", empty_ms,
           run_ms, run_ms / empty_ms);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--empty") == 0)
        return 0;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_program PROGRAM\n");
        return 2;
    }
    char path[] = "/tmp/ckptsim-bench-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        perror(path);
        return 1;
    }
    (void)close(descriptor);
    write_scenario(path);
    two_threads(argv[1], path);
    smallest_run(argv[0], argv[1], path);
    (void)unlink(path);
    return 0;
}
