// SPDX-License-Identifier: GPL-3.0-or-later
/* The theory of queues: its closed forms, and which stream jobs they are said to describe. */
#include <math.h>
#include <stdlib.h>

#include "core/numerics.h"
#include "model/analytic_queue.h"
#include "model/theory.h"
#include "scenario/scenario.h"
#include "support.h"

/* ---- Closed forms -------------------------------------------------------------- */

static void waits_of_single_servers(void **state)
{
    (void)state;
    /* M/M/1: load / (1 - load) service times */
    assert_near(analytic_mg1_wait_s(1.5, 0.5, 0.25), 0.75 / 0.25 * 0.5, 1e-12);
    /* M/D/1: half of it */
    assert_near(analytic_mg1_wait_s(1.5, 0.5, 0), 0.75 / 0.25 * 0.25, 1e-12);
    assert_near(analytic_mg1_wait_s(0, 0.5, 3), 0, 0);
    assert_true(isinf(analytic_mg1_wait_s(2, 0.5, 0)));
    assert_true(isinf(analytic_mg1_wait_s(1, 0.5, (double)INFINITY)));
}

/* Steady state of the birth-death chain, by its balance equations up to where nothing is left. */
static void walk_chain(double rate, double service_s, uint64_t servers, double *empty,
                       double *wait_s)
{
    double weight = 1;
    double sum = 1;
    double waiting = 0;
    for (uint64_t n = 1; n < 20000; n++) {
        weight *= rate * service_s / (double)(n < servers ? n : servers);
        sum += weight;
        waiting += n > servers ? (double)(n - servers) * weight : 0;
    }
    *empty = 1 / sum;
    *wait_s = waiting / sum / rate;
}

static void waits_of_several_servers(void **state)
{
    (void)state;
    static const struct {
        double rate, service_s;
        uint64_t servers;
    } rows[] = {{1.5, 0.5, 1}, {3.1, 0.5, 2}, {8, 1, 10}, {39.2, 2.5, 100}};
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        double empty;
        double wait_s;
        walk_chain(rows[i].rate, rows[i].service_s, rows[i].servers, &empty, &wait_s);
        assert_near(analytic_mmc_wait_s(rows[i].rate, rows[i].service_s, rows[i].servers), wait_s,
                    1e-9 * wait_s);
        assert_near(analytic_mmc_empty(rows[i].rate, rows[i].service_s, rows[i].servers), empty,
                    1e-9 * empty);
    }
    /* 8 erlang on 10 servers: 40.92 % wait, as tables of Erlang's C say */
    assert_near(analytic_mmc_wait_s(8, 1, 10), 0.4092 / 2, 0.00005);
    assert_true(isinf(analytic_mmc_wait_s(4, 0.5, 2)));
}

/* ---- Jobs that they describe ----------------------------------------------------- */

static struct theory_queues theory_of_job(const char *job, const char *rest)
{
    struct scenario scenario;
    struct theory_queues theory;
    struct err err = {0};
    char *text = mem_format("{\"job\": %s, %s, \"run\": {\"duration\": \"90 s\"}}", job,
                            rest ? rest : "\"checkpoint\": {\"strategy\": \"none\"}");
    struct scenario_request request = {.path = "a.json", .text = text};
    if (!scenario_load_request(&scenario, &request, &err)) {
        char *problem = problem_text(&err.problems[0]);
        fail_msg("%s", problem);
    }
    theory_queues_of(&scenario.model, &theory);
    scenario_release(&scenario);
    err_release(&err);
    free(text);
    return theory;
}

#define POISSON(rate)                                                                              \
    "\"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": \"" rate "\"}}"
#define EXPONENTIAL(mean) "\"service\": {\"dist\": \"exponential\", \"mean\": \"" mean "\"}"

static void one_server_is_predicted(void **state)
{
    (void)state;
    struct theory_queues theory = theory_of_job(
        "{\"operators\": [{\"name\": \"a\", \"service\": \"0.3 s\", " POISSON("2/s") "}]}", NULL);
    assert_near(theory.latency_s, 0.3 + 2 * 0.09 / (2 * 0.4), 1e-12);
    assert_near(theory.lag_messages, 2 * 2 * 0.09 / (2 * 0.4), 1e-12);
    assert_near(theory.throughput_per_s, 2, 1e-12);
    assert_near(theory.arrival_rate_per_s, 2, 1e-12);
    assert_near(theory.utilisation, 0.6, 1e-12);
}

/* Three tasks of 1, 2 and 3 messages per s, two servers each: M/M/2, weighted by the messages. */
static void tasks_count_by_their_messages(void **state)
{
    (void)state;
    struct theory_queues theory = theory_of_job(
        "{\"operators\": [{\"name\": \"a\", \"tasks\": 3, \"in_flight\": 2, " EXPONENTIAL(
            "0.5 s") ", \"source\": {\"skew\": {\"weights\": [1, 2, 3]},"
                     " \"arrivals\": {\"process\": \"poisson\", \"rate\": \"6/s\"}}}]}",
        NULL);
    double latency_s = 0;
    double busy = 0;
    for (int k = 1; k <= 3; k++) {
        latency_s += k / 6.0 * (0.5 + analytic_mmc_wait_s(k, 0.5, 2));
        busy += (1 - analytic_mmc_empty(k, 0.5, 2)) / 3;
    }
    assert_near(theory.latency_s, latency_s, 1e-12);
    assert_near(theory.utilisation, busy, 1e-12);
}

/*
 * 4/s through an exponential server; half of it goes by hash to two tasks of constant service, all
 * of it straight to a second sink, 50 ms later.
 */
static void trees_are_predicted_queue_by_queue(void **state)
{
    (void)state;
    struct theory_queues theory = theory_of_job(
        "{\"operators\": [{\"name\": \"a\", " EXPONENTIAL("0.2 s") ", " POISSON(
            "4/s") "},"
                   " {\"name\": \"half\", \"selectivity\": 0.5, \"inputs\": [{\"from\": \"a\"}]},"
                   " {\"name\": \"b\", \"tasks\": 2, \"service\": \"0.6 s\","
                   "  \"inputs\": [{\"from\": \"half\", \"by\": \"hash\"}]},"
                   " {\"name\": \"c\", " EXPONENTIAL(
                       "0.1 s") ","
                                "  \"inputs\": [{\"from\": \"a\", \"by\": \"forward\", "
                                "\"latency\": \"50 ms\"}]}]}",
        NULL);
    double at_a = 0.2 / (1 - 0.8);
    double at_b = 0.6 + 1 * 0.36 / (2 * 0.4);
    double at_c = 0.05 + 0.1 / (1 - 0.4);
    assert_near(theory.latency_s, at_a + (2 * at_b + 4 * at_c) / 6, 1e-12);
    assert_near(theory.throughput_per_s, 6, 1e-12);
    assert_near(theory.lag_messages, 4 * (at_a - 0.2), 1e-12);
    assert_near(theory.utilisation, (0.8 + 0 + 0.6 + 0.6 + 0.4) / 5, 1e-12);
}

static void what_is_not_covered_is_not_predicted(void **state)
{
    (void)state;
    static const struct {
        const char *job, *rest; /* NULL: no checkpoints */
        bool rates;             /* known all the same */
    } rows[] = {
        /* behind a server that is no exponential one, arrivals are not Poisson */
        {"{\"operators\": [{\"name\": \"a\", \"service\": \"0.1 s\", " POISSON(
             "4/s") "}, {\"name\": \"b\", \"inputs\": [{\"from\": \"a\"}]}]}",
         NULL, true},
        /* nor are they, when a source is dealt out in turn */
        {"{\"operators\": [{\"name\": \"a\", " POISSON(
             "4/s") "}, {\"name\": \"b\", \"tasks\": 2, \"inputs\": [{\"from\": \"a\"}]}]}",
         NULL, true},
        /* or several come out at once */
        {"{\"operators\": [{\"name\": \"a\", \"selectivity\": 2, " POISSON(
             "4/s") "}, {\"name\": \"b\", \"inputs\": [{\"from\": \"a\"}]}]}",
         NULL, true},
        {"{\"operators\": [{\"name\": \"a\", \"source\":"
         " {\"arrivals\": {\"process\": \"constant\", \"rate\": \"4/s\"}}}]}",
         NULL, true},
        {"{\"operators\": [{\"name\": \"a\", \"in_flight\": 2, \"service\": \"0.1 s\", " POISSON(
             "4/s") "}]}",
         NULL, true},
        /* two ways that part may meet again: then arrivals depend on each other */
        {"{\"operators\": [{\"name\": \"a\", " POISSON(
             "4/s") "},"
                    " {\"name\": \"b\", " EXPONENTIAL(
                        "0.1 s") ", \"inputs\": [{\"from\": \"a\"}]},"
                                 " {\"name\": \"c\", \"inputs\": [{\"from\": \"a\"}, {\"from\": "
                                 "\"b\"}]}]}",
         NULL, true},
        /* full channels, failures, checkpoints, overload */
        {"{\"operators\": [{\"name\": \"a\", " POISSON(
             "4/s") "}, {\"name\": \"b\", \"inputs\": [{\"from\": \"a\", \"capacity\": 9}]}]}",
         NULL, false},
        {"{\"operators\": [{\"name\": \"a\", " POISSON("4/s") "}]}",
         "\"checkpoint\": {\"strategy\": \"none\"}, \"failures\": [{\"at\": [\"5 s\"]}]", false},
        {"{\"operators\": [{\"name\": \"a\", " POISSON("4/s") "}]}",
         "\"checkpoint\": {\"interval\": \"9 s\", \"cost\": \"1 s\"}", false},
        {"{\"operators\": [{\"name\": \"a\", \"service\": \"0.25 s\", " POISSON("4/s") "}]}", NULL,
         false},
        {"{\"threads\": 1, \"operators\": [{\"name\": \"a\", " POISSON("4/s") "}]}", NULL, false},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct theory_queues theory = theory_of_job(rows[i].job, rows[i].rest);
        if (!isnan(theory.latency_s) || isnan(theory.throughput_per_s) == rows[i].rates)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_of_single_servers),
        cmocka_unit_test(waits_of_several_servers),
        cmocka_unit_test(one_server_is_predicted),
        cmocka_unit_test(tasks_count_by_their_messages),
        cmocka_unit_test(trees_are_predicted_queue_by_queue),
        cmocka_unit_test(what_is_not_covered_is_not_predicted),
    };
    numerics_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
