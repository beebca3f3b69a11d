// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A stream scenario that runs twice, watched and not: the results are the same bits, and what was
 * traced can be asked for.
 */
#ifndef TESTS_MODEL_WATCHED_H
#define TESTS_MODEL_WATCHED_H

#include "fixture.h"

/* Times that were worked out by hand differ by rounding only. */
#define SAME 1e-9

enum { NAME_SIZE = 64, MAX_SETS = 16 };

struct heard {
    double time_s;
    char event[NAME_SIZE];
    char of[NAME_SIZE]; /* task, or scope */
    char activity[NAME_SIZE];
    double from_s, replayed;
};

struct watched {
    struct fixture fixture;
    struct metrics metrics;
    struct element_values elements;
    struct story story;
    struct heard *heard; /* owned */
    size_t n, capacity;
};

/* Runs it, with the settings, and again with somebody listening; unwatch() releases it. */
void watch(struct watched *watched, const char *text, const char *const *sets);
void unwatch(struct watched *watched);
/* The nth event of that name, of a task or scope (NULL: any); NULL when there is none. */
const struct heard *find(const struct watched *watched, const char *event, const char *of, int nth);
/* When that was; NaN when there is none. */
double when(const struct watched *watched, const char *event, const char *of, int nth);
/* Of a metric: its value, or the sum over its events; their mean; their number. */
double value(const struct watched *watched, enum metric metric);
double mean(const struct watched *watched, enum metric metric);
double count(const struct watched *watched, enum metric metric);
double element(const struct watched *watched, enum element_metric metric, size_t i);
/* The parts of the time budget are the time measured. */
void check_budget(const struct watched *watched);
/* The task did that from then to then. */
void check_span(const struct watched *watched, const char *task, const char *activity,
                double from_s, double to_s);

#endif
