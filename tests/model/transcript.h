// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What was seen of a message plane, to be compared with what was seen of
 * another: all departures, by task, and named observations in order.
 */
#ifndef TESTS_MODEL_TRANSCRIPT_H
#define TESTS_MODEL_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct departure {
    uint64_t id;
    double start_s, departure_s;
};

/* Of one task. */
struct departures {
    struct departure *at; /* owned */
    size_t n, capacity;
};

struct observation {
    const char *what; /* constant */
    uint32_t of;      /* task, partition, ... */
    uint64_t n;
    double x;
    double tolerance; /* for x, relative to 1 or to x, whichever is more; 0: to the last bit */
};

struct transcript {
    struct departures *departures; /* owned */
    size_t n_tasks;
    struct observation *observations; /* owned */
    size_t n, capacity;
};

void transcript_init(struct transcript *transcript, size_t n_tasks);
void transcript_release(struct transcript *transcript);

/* A stream_observer whose context is the transcript. */
void transcript_depart(void *context, uint32_t task, uint64_t id, double start_s,
                       double departure_s);
void transcript_count(struct transcript *transcript, const char *what, uint32_t of, uint64_t n);
void transcript_time(struct transcript *transcript, const char *what, uint32_t of, double x);
/* A sum that may have been added up in another order. */
void transcript_sum(struct transcript *transcript, const char *what, uint32_t of, double x);

/* Whether both tell the same; prints the first differences if not. */
bool transcript_same(const struct transcript *a, const struct transcript *b, const char *name_a,
                     const char *name_b);

#endif
