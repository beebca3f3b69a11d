// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Small graphs of operators made by hand, for tests of the message plane by
 * itself: arrivals at given times, constant services, and a record of what
 * departed when.
 */
#ifndef TESTS_MODEL_STREAM_RIG_H
#define TESTS_MODEL_STREAM_RIG_H

#include "model/model.h"
#include "model/stream.h"
#include "model/topology.h"
#include "support.h"

enum { RIG_OPERATORS = 8, RIG_DEPARTURES = 4096 };

struct rig_departure {
    uint32_t task;
    uint64_t id; /* mark of replayed messages included */
    double start_s, departure_s;
};

/* Arrival times of a source; partition p of n gets times p, p + n, ... */
struct rig_times {
    const double *times_s;
    size_t n;
};

struct rig {
    struct arena arena;
    struct err err;
    struct job_params job;
    struct cluster_params cluster;
    struct operator_params operators[RIG_OPERATORS];
    const struct topology *topology;
    struct stream *stream;
    struct latency_record latency, operator_latency[RIG_OPERATORS];
    struct rig_departure departures[RIG_DEPARTURES];
    size_t n_departures;
};

/* An empty graph. */
void rig_init(struct rig *rig);
void rig_release(struct rig *rig);

/* For cmocka: each test has a rig of its own, which is large. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

/* Adds an operator that reads arrivals at these times, one partition per task. */
struct operator_params *rig_source(struct rig *rig, const char *name, uint64_t tasks,
                                   double service_s, const double *times_s, size_t n);
/* Adds an operator without inputs, which rig_input() gives it. */
struct operator_params *rig_operator(struct rig *rig, const char *name, uint64_t tasks,
                                     double service_s);
/* Adds an input: pipelined, blocking, without latency, until the caller says otherwise. */
struct input_params *rig_input(struct rig *rig, struct operator_params *receiver, const char *from,
                               enum route by, uint64_t capacity);
struct dist rig_constant(struct rig *rig, double value);

/* The graph is complete: a plane of it, at time 0. The test fails when it is impossible. */
void rig_start(struct rig *rig, struct stream_options options);
/* Rank of task `index` of the operator. */
uint32_t rig_task(const struct rig *rig, const char *name, uint32_t index);

/* Advances to to_s; the test fails when a notice comes before. */
void rig_advance(struct rig *rig, double to_s);
/* Advances until a notice comes, not later than by_s; the test fails when it is another one. */
void rig_notice(struct rig *rig, double by_s, enum notice_kind kind, uint32_t task, double time_s);
/* Fails the test when the plane's accounts do not add up. */
void rig_check(struct rig *rig);

/* The i-th departure from the task so far; the test fails when there is none. */
const struct rig_departure *rig_departure(const struct rig *rig, uint32_t task, size_t i);
size_t rig_n_departures(const struct rig *rig, uint32_t task);
/* Fails the test unless exactly these were the times of departure from the task. */
void rig_expect(const struct rig *rig, uint32_t task, const double *times_s, size_t n);
#define RIG_EXPECT(rig, task, ...)                                                                 \
    rig_expect(rig, task, (const double[]){__VA_ARGS__},                                           \
               sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

#endif
