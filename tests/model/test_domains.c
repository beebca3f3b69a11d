// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failures of racks, zones and sites. Everything is scripted and constant, so that each instant can
 * be worked out by hand, as the comments do.
 */
#include <math.h>
#include <string.h>

#include "watched.h"

/* ---- batch jobs ---- */

/*
 * Three ranks on the nodes 0 to 2, with 3 to 5 to spare; racks {0, 1}, {2, 3}, {4, 5}, zones {0 ..
 * 3}, {4, 5}. Checkpoints are committed at 11, 22, ...; an outage takes 3 + 2 s.
 */
static const char cluster[] =
    "{\"job\": {\"work\": \"100 s\", \"tasks\": 3},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"1 s\"},"
    " \"cluster\": {\"nodes\": 6, \"nodes_per_rack\": 2, \"racks_per_zone\": 2},"
    " \"failures\": [],"
    " \"recovery\": {\"downtime\": \"3 s\", \"restore\": \"2 s\"},"
    " \"run\": {\"time_limit\": \"1000 s\"}}";

/* A failure of that unit then, repaired after so long. */
#define FAILS(level, unit, time, repair)                                                           \
    "{\"strikes\": \"" level "\", \"at\": [{\"time\": \"" time " s\", \"unit\": " unit             \
    "}], \"repair\": \"" repair " s\"}"
#define FOR_GOOD(level, unit, time)                                                                \
    "{\"strikes\": \"" level "\", \"at\": [{\"time\": \"" time " s\", \"unit\": " unit             \
    "}], \"permanent\": 1}"

static double makespan_with(const char *failures, struct metrics *metrics)
{
    struct fixture fixture;
    assert_true(fixture_init(&fixture, cluster, (const char *[]){failures}, 1));
    assert_true(fixture_replicate(&fixture, 1, 0, metrics));
    fixture_release(&fixture);
    return metrics->value[M_MAKESPAN];
}

static void all_nodes_of_a_rack_or_zone_fail_together(void **state)
{
    (void)state;
    static const struct {
        const char *failures;
        double late_s; /* behind the run without failures */
        double hits, ignored;
    } rows[] = {
        {"/failures=[" FAILS("rack", "2", "25", "50") "]", 0, 0, 1},
        /* From 22 back at 30: spares are there. */
        {"/failures=[" FAILS("rack", "0", "25", "50") "]", 8, 1, 0},
        {"/failures=[" FAILS("rack", "1", "25", "0") "]", 8, 1, 0},
        /* The spares 4 and 5 are not enough for three. */
        {"/failures=[" FAILS("zone", "0", "25", "50") "]", 77 - 22, 1, 0},
        {"/failures=[" FAILS("site", "0", "25", "50") "]", 77 - 22, 1, 0},
        /* Node 3 takes a place, and leaves it at 45 to node 4, as node 2 does to node 5. */
        {"/failures=[" FAILS("node", "0", "25", "50") ", " FAILS("rack", "1", "45", "99") "]",
         8 + 50 - 41, 2, 0},
        /* Nodes 3 and 4 have places from 25 on; at 45 node 5 takes that of node 3, none that of
         * node 2, until rack 0 comes at 75. */
        {"/failures=[" FAILS("rack", "0", "25", "50") ", " FAILS("rack", "1", "45", "99") "]",
         8 + 77 - 41, 2, 0},
        /* Rack 0 is down until 56, node 0 too, and only then is there a node for the place of 4. */
        {"/failures=[" FAILS("node", "0", "25", "10") ", " FAILS(
             "rack", "0", "26", "30") ", " FAILS("rack", "2", "45", "99") "]",
         8 + 58 - 41, 2, 1},
        /* Node 0 is down until 105, whatever its rack; of two places node 1 fills one at 56. */
        {"/failures=[" FAILS("node", "0", "25", "80") ", " FAILS(
             "rack", "0", "26", "30") ", " FAILS("zone", "1", "45",
                                                 "99") ", " FAILS("node", "3", "46", "99") "]",
         8 + 107 - 41, 2, 2},
        /* Node 3 replaces 0, for good. */
        {"/failures=[" FOR_GOOD("node", "0", "25") "]", 8, 1, 0},
    };
    struct metrics metrics;
    double free_s = makespan_with("/failures=[]", &metrics);
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        double late_s = makespan_with(rows[i].failures, &metrics) - free_s;
        if (fabs(late_s - rows[i].late_s) > SAME)
            fail_msg("row %zu: %.17g s late, not %.17g s", i, late_s, rows[i].late_s);
        assert_near(metrics.value[M_FAILURES], rows[i].hits, 0);
        assert_near(metrics.value[M_FAILURES_IGNORED], rows[i].ignored, 0);
    }
}

static void a_job_that_lacks_nodes_for_good_ends_unfinished(void **state)
{
    (void)state;
    struct metrics metrics;
    assert_near(makespan_with("/failures=[" FOR_GOOD("zone", "0", "25") "]", &metrics), 1000, 0);
    assert_near(metrics.value[M_UNFINISHED], 1, 0);
    /* Node 3 was down for a while only, before its rack was lost. */
    (void)makespan_with("/failures=[" FAILS("node", "3", "5", "20") ", " FOR_GOOD(
                            "rack", "1", "10") ", " FOR_GOOD("zone", "1", "12") "]",
                        &metrics);
    assert_near(metrics.value[M_UNFINISHED], 1, 0);
}

/* ---- bursts ---- */

static void a_burst_hits_all_none_or_some_parts(void **state)
{
    (void)state;
    struct metrics metrics;
    double free_s = makespan_with("/failures=[]", &metrics);
#define BURST(level, share)                                                                        \
    "/failures=[{\"strikes\": \"" level                                                            \
    "\", \"at\": [\"25 s\"], \"repair\": \"50 s\", \"burst\": "                                    \
    "{\"share\": " share "}}]"
    assert_near(makespan_with(BURST("zone", "1"), &metrics) - free_s, 77 - 22, SAME);
    assert_near(makespan_with(BURST("rack", "1"), &metrics) - free_s, 8, SAME);
    assert_near(makespan_with(BURST("zone", "0"), &metrics) - free_s, 0, SAME);
    assert_near(metrics.value[M_FAILURES_IGNORED], 1, 0);
}

/* ---- cascades ---- */

#define CASCADE(level, repair, cascade)                                                            \
    "/failures=[{\"strikes\": \"" level "\", \"at\": [\"25 s\"], \"repair\": \"" repair            \
    " s\", \"cascade\": {" cascade "}}]"

static void a_failure_is_followed_by_others_of_its_domain(void **state)
{
    (void)state;
    static const struct {
        const char *failures;
        double late_s, hits, ignored;
    } rows[] = {
        /* Node 1 follows when the job has worked for 0.5 s since 30. */
        {CASCADE("node", "50", "\"probability\": 1, \"delay\": \"5.5 s\""), 13.5, 2, 0},
        /* And in the downtime, which it does not prolong. */
        {CASCADE("node", "50", "\"probability\": 1, \"delay\": \"2 s\""), 8, 1, 1},
        /* Node 0 would follow node 1, but is down; up again, it is a spare. */
        {CASCADE("node", "50", "\"probability\": 1, \"delay\": \"5.5 s\", \"depth\": 2"), 13.5, 2,
         1},
        {CASCADE("node", "6", "\"probability\": 1, \"delay\": \"5.5 s\", \"depth\": 2"), 13.5, 2,
         1},
        /* In the zone the nodes 2 and 3 follow too, at once: node 0 and the nodes that took the
         * places of 1 to 3 host, or wait until 80.5 for the first of them. */
        {CASCADE("node", "50", "\"probability\": 1, \"delay\": \"5.5 s\", \"within\": \"zone\""),
         8 + 77 - 30, 2, 2},
        /* Rack 1 follows rack 0: nothing but the spares 4 and 5 until 75. */
        {CASCADE("rack", "50", "\"probability\": 1, \"delay\": \"5.5 s\", \"within\": \"zone\""),
         8 + 77 - 30, 2, 0},
    };
    struct metrics metrics;
    double free_s = makespan_with("/failures=[]", &metrics);
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        double late_s = makespan_with(rows[i].failures, &metrics) - free_s;
        if (fabs(late_s - rows[i].late_s) > SAME ||
            fabs(metrics.value[M_FAILURES] - rows[i].hits) > 0 ||
            fabs(metrics.value[M_FAILURES_IGNORED] - rows[i].ignored) > 0)
            fail_msg("row %zu: %.17g s late, %g hits, %g ignored", i, late_s,
                     metrics.value[M_FAILURES], metrics.value[M_FAILURES_IGNORED]);
    }
}

/* Of the five other nodes of the site each follows with probability 0.3. Level 1e-4. */
static void a_binomial_number_follows(void **state)
{
    (void)state;
    struct fixture fixture;
    struct metrics metrics;
    size_t n = support_scale(20000);
    double followers = 0;
    assert_true(fixture_init(
        &fixture, cluster,
        (const char *[]){CASCADE("node", "0", "\"probability\": 0.3, \"within\": \"site\"")}, 1));
    for (size_t i = 0; i < n; i++) {
        assert_true(fixture_replicate(&fixture, 13, i, &metrics));
        followers += metrics.value[M_FAILURES] + metrics.value[M_FAILURES_IGNORED] - 1;
    }
    assert_near(followers / (double)n, 1.5, 3.9 * sqrt(5 * 0.3 * 0.7 / (double)n));
    fixture_release(&fixture);
}

/* ---- common causes ---- */

/* What the first failure of a pair with a common cause has taken down. */
struct first_failure {
    const struct run *run;
    size_t n_down;
};

static void hear_first(void *context, double time_s, const char *event,
                       const struct trace_value *values, size_t n)
{
    (void)time_s, (void)values, (void)n;
    struct first_failure *first_failure = context;
    if (first_failure->n_down == 0 && strcmp(event, "failed") == 0)
        first_failure->n_down = first_failure->run->nodes.n_down;
}

/* I06: with l1 = l2 = 3 l12, P(both at once) = l12 / (l1 + l2 + l12) = 1/7. Level 1e-4. */
static void a_common_cause_takes_both_as_often_as_marshall_and_olkin_say(void **state)
{
    (void)state;
    struct fixture fixture;
    struct metrics metrics;
    size_t n = support_scale(40000);
    size_t both = 0;
    assert_true(fixture_init(
        &fixture, cluster,
        (const char *[]){
            "/job/tasks=2", "/cluster={\"nodes\": 2}", "/run/time_limit=1e9 s",
            "/recovery/downtime=1e9 s", "/job/work=1e6 s", "/checkpoint/strategy=none",
            "/failures=[{\"strikes\": \"node\", \"permanent\": 1, \"time_to_failure\": {\"dist\": "
            "\"exponential\", \"mean\": \"1000 s\"}}, {\"strikes\": \"site\", \"permanent\": 1, "
            "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"3000 s\"}}]"},
        7));
    for (size_t i = 0; i < n; i++) {
        struct first_failure first_failure = {.run = &fixture.run};
        struct trace_sink sink = {.record = hear_first, .context = &first_failure};
        fixture.run.trace = &sink;
        assert_true(fixture_replicate(&fixture, 11, i, &metrics));
        both += first_failure.n_down == 2;
    }
    assert_near((double)both / (double)n, 1 / 7.0, 3.9 * sqrt(6 / 49.0 / (double)n));
    fixture_release(&fixture);
}

/* I07: nodes hit per failure event. Level 1e-4; of one event the SD is 1.25. */
static void shocks_hit_a_binomial_number_of_nodes(void **state)
{
    (void)state;
    struct fixture fixture;
    struct metrics metrics;
    assert_true(fixture_init(
        &fixture, cluster,
        (const char *[]){
            "/job/tasks=100", "/cluster={}", "/run/time_limit=1e8 s", "/recovery/downtime=0 s",
            "/recovery/restore=0 s", "/job/work=1e12 s", "/checkpoint/strategy=none",
            "/failures=[{\"strikes\": \"node\", \"repair\": \"1 us\", \"time_to_failure\": "
            "{\"dist\": "
            "\"exponential\", \"mean\": \"1e5 s\"}}, {\"strikes\": \"site\", \"repair\": \"1 us\", "
            "\"burst\": {\"share\": 0.05}, \"time_to_failure\": {\"dist\": \"exponential\", "
            "\"mean\": \"1e4 s\"}}]"},
        8));
    assert_true(fixture_replicate(&fixture, 12, 0, &metrics));
    double events = metrics.value[M_FAILURES];
    assert_near((double)fixture.run.nodes.n_failed / events, 1.36437071, 3.9 * 1.25 / sqrt(events));
    fixture_release(&fixture);
}

/* ---- stream jobs ---- */

/* Four tasks on the nodes 0 to 3, two to spare; each has a message a second, of 0.3 s. */
static const char racks[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\", \"tasks\": 4, \"service\": \"0.3 s\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"4/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"
    " \"cluster\": {\"nodes\": 6, \"nodes_per_rack\": 2},"
    " \"failures\": [{\"strikes\": \"rack\", \"at\": [\"27.15 s\"]}],"
    " \"recovery\": {\"detector\": \"2 s\", \"downtime\": \"1 s\","
    "   \"restart\": {\"delay\": \"1.25 s\"}, \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

static void tasks_on_a_rack_fail_together(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, racks, (const char *[MAX_SETS]){NULL});
    check_span(&w, "op/0", "down", 27.15, 30.15);
    check_span(&w, "op/1", "down", 27.15, 30.15);
    check_span(&w, "op/2", "down", 29.15, 30.15);
    check_span(&w, "op/3", "down", 29.15, 30.15);
    check_budget(&w);
    unwatch(&w);
}

static void tasks_wait_for_nodes_of_a_lost_rack(void **state)
{
    (void)state;
    struct watched w;
    const char *repair = "/failures/0/repair=10 s";
    /* The spare rack takes the first in, nothing the second until 37.15. */
    const char *at = "/failures/0/at=[\"27.15 s\", {\"time\": \"33 s\", \"unit\": 1}]";
    watch(&w, racks, (const char *[MAX_SETS]){repair, at});
    assert_near(when(&w, "allocated", "all", 0), 30.15, SAME);
    assert_near(when(&w, "allocated", "all", 1), 37.15, SAME);
    check_budget(&w);
    unwatch(&w);
    /* A task alone waits for its place only. */
    watch(&w, racks,
          (const char *[MAX_SETS]){repair, at, "/recovery/restart/scope=task", "/cluster/nodes=5"});
    assert_near(when(&w, "allocated", "op/0", 0), 30.15, SAME);
    assert_near(when(&w, "allocated", "op/1", 0), 37.15, SAME);
    assert_near(when(&w, "allocated", "op/2", 0), 37.15, SAME);
    assert_near(when(&w, "allocated", "op/3", 0), 43, SAME);
    unwatch(&w);
}

static void a_rack_that_loses_nothing_interrupts_its_tasks(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, racks,
          (const char *[MAX_SETS]){"/failures/0/loses=nothing", "/failures/0/repair=10 s"});
    check_span(&w, "op/0", "down", 27.15, 37.15);
    check_span(&w, "op/1", "down", 27.15, 37.15);
    assert_near(value(&w, M_REPLAYED), 0, 0);
    assert_near(element(&w, E_TASK_DOWN, 2), 0, 0);
    check_budget(&w);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_nodes_of_a_rack_or_zone_fail_together),
        cmocka_unit_test(a_job_that_lacks_nodes_for_good_ends_unfinished),
        cmocka_unit_test(a_burst_hits_all_none_or_some_parts),
        cmocka_unit_test(a_failure_is_followed_by_others_of_its_domain),
        cmocka_unit_test(a_binomial_number_follows),
        cmocka_unit_test(a_common_cause_takes_both_as_often_as_marshall_and_olkin_say),
        cmocka_unit_test(shocks_hit_a_binomial_number_of_nodes),
        cmocka_unit_test(tasks_on_a_rack_fail_together),
        cmocka_unit_test(tasks_wait_for_nodes_of_a_lost_rack),
        cmocka_unit_test(a_rack_that_loses_nothing_interrupts_its_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
