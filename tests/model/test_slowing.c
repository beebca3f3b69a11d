// SPDX-License-Identifier: GPL-3.0-or-later
/* Stragglers. All durations are constant, so that each instant can be worked out by hand. */
#include <math.h>

#include "watched.h"

/* ---- a batch job ---- */

static const char work[] =
    "{\"job\": {\"work\": \"100 s\", \"tasks\": 2},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"30 s\", \"cost\": \"2 s\","
    "   \"final\": false},"
    " \"cluster\": {\"nodes\": 3},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"10 s\"],"
    "   \"slows\": {\"to\": 0.5, \"for\": \"20 s\"}}],"
    " \"recovery\": {\"downtime\": \"1 s\"}}";

/* Runs it, jumping and walking. */
static void run_work(struct metrics *metrics, const char *const *sets)
{
    struct watched w;
    watch(&w, work, sets);
    *metrics = w.metrics;
    assert_near(w.metrics.value[M_FAILURES_IGNORED], 0, 0);
    check_budget(&w);
    unwatch(&w);
}

static void check(const struct metrics *metrics, double makespan_s, double slowdowns, double lost_s)
{
    assert_near(metrics->value[M_MAKESPAN], makespan_s, SAME);
    assert_near(metrics->value[M_SLOWDOWNS], slowdowns, 0);
    assert_near(metrics->value[M_TIME_LOST_TO_SLOWDOWNS], lost_s, SAME);
}

static void ranks_in_lock_step_go_as_the_slowest(void **state)
{
    (void)state;
    struct metrics m;
    /* 10 of 20 s are lost; cuts at 30, 60 and 90 s of work. */
    run_work(&m, (const char *[MAX_SETS]){NULL});
    check(&m, 100 + 3 * 2 + 10, 1, 10);
    assert_near(m.value[M_FAILURES], 0, 0);
    assert_near(m.value[M_WASTE], 16.0 / 116, SAME);
    /* The spare may be slow. */
    run_work(&m, (const char *[MAX_SETS]){"/failures/0/at/0={\"time\": \"10 s\", \"unit\": 2}"});
    check(&m, 106, 0, 0);
}

static void the_slowest_counts(void **state)
{
    (void)state;
    struct metrics m;
    /* To a half from 10 to 30 s, to a quarter from 14 to 18 s: 4 x 0.25 s more. */
    run_work(&m, (const char *[MAX_SETS]){
                     "/failures=[{\"strikes\": \"node\", \"at\": [\"10 s\"], \"slows\": {\"to\": "
                     "0.5, \"for\": \"20 s\"}}, {\"strikes\": \"process\", \"at\": [\"14 s\"], "
                     "\"slows\": {\"to\": 0.25, \"for\": \"4 s\"}}]"});
    check(&m, 106 + 11, 2, 11);
}

static void checkpoints_are_as_fast_as_ever(void **state)
{
    (void)state;
    struct metrics m;
    /* The first checkpoint is from 30 to 32 s: of 31 to 41 s it is slow for 9 s at work. */
    run_work(&m, (const char *[MAX_SETS]){"/failures/0/at/0=31 s", "/failures/0/slows/for=10 s"});
    check(&m, 106 + 4.5, 1, 4.5);
    /* Slow from then on to the end: 70 s of work are left. */
    run_work(&m, (const char *[MAX_SETS]){"/failures/0/at/0=31 s", "/failures/0/slows/for=1 h"});
    check(&m, 106 + 70, 1, 70);
    /* Over 26 to 36 s for 4 + x s at work: the checkpoint is cut at 34 s and ends at 36. */
    run_work(&m, (const char *[MAX_SETS]){"/failures/0/at/0=26 s", "/failures/0/slows/for=10 s"});
    check(&m, 106 + 4, 1, 4);
    /* Beside a write from 30 to 32 s half of the speed is left, and of that a half. */
    run_work(&m, (const char *[MAX_SETS]){"/checkpoint/mode=async", "/checkpoint/share=0.5",
                                          "/failures/0/at/0=30.5 s", "/failures/0/slows/for=1 s"});
    check(&m, 103 + 0.25, 1, 0.25);
}

static void a_restart_elsewhere_leaves_it_behind(void **state)
{
    (void)state;
    struct metrics m;
    static const char first[] =
        "/failures/1={\"strikes\": \"node\", \"at\": [\"20 s\"], \"repair\": \"1 h\"}";
    static const char second[] = "/failures/1={\"strikes\": \"node\", \"at\": [{\"time\": \"20 "
                                 "s\", \"unit\": 1}], \"repair\": \"1 h\"}";
    /* Back to the start at 20 s, where 5 s had been lost; on the spare from 21 s. */
    run_work(&m, (const char *[MAX_SETS]){first});
    check(&m, 21 + 106, 1, 5);
    /* The other one fails: it is slow up to 30 s still. */
    run_work(&m, (const char *[MAX_SETS]){second});
    check(&m, 21 + 106 + 4.5, 1, 5 + 4.5);
}

/* Slow for a share of the time that follows from M/M/infinity: P(none) = exp(-n for / mean). */
static void slow_as_often_as_an_infinite_queue_is_busy(void **state)
{
    (void)state;
    static const char text[] =
        "{\"job\": {\"work\": \"10000 h\", \"tasks\": 8},"
        " \"checkpoint\": {\"strategy\": \"none\"},"
        " \"failures\": [{\"strikes\": \"process\","
        "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"40 h\"},"
        "   \"slows\": {\"to\": 0.5, \"for\": {\"dist\": \"exponential\", \"mean\": \"3 h\"}}}]}";
    struct fixture fixture;
    struct metrics m;
    double n = 40;
    struct sum lost = {0};
    struct sum square = {0};
    assert_true(fixture_init(&fixture, text, NULL, 0));
    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        assert_true(fixture_replicate(&fixture, 7, i, &m));
        double share = m.value[M_TIME_LOST_TO_SLOWDOWNS] / m.value[M_MAKESPAN];
        sum_add(&lost, share);
        sum_add(&square, share * share);
    }
    fixture_release(&fixture);
    double is = sum_value(&lost) / n;
    double error = sqrt((sum_value(&square) / n - is * is) / (n - 1));
    assert_near(is, 0.5 * (1 - exp(-8 * 3 / 40.0)), 4 * error);
    assert_true(error < 0.002);
}

/* ---- a stream job ---- */

/* Messages at 10, 20, ... take 4 s each at both tasks, one after the other. */
static const char stream[] =
    "{\"job\": {\"containers\": 2, \"operators\": ["
    "  {\"name\": \"a\", \"service\": \"4 s\", \"source\": {"
    "    \"arrivals\": {\"process\": \"constant\", \"rate\": \"0.1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"12 s\"],"
    "   \"slows\": {\"to\": 0.25, \"for\": \"4 s\"}}],"
    " \"recovery\": {\"restart\": {\"delay\": \"1 s\"}},"
    " \"run\": {\"duration\": \"40 s\"}}";

static void a_message_in_service_is_slowed_at_once(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){"/job/containers=1", "/cluster/nodes=1"});
    /* Of the first message 2 s are left at 12 s: 1 s is done by 16 s, the rest by 17. */
    assert_near(value(&w, M_SLOWDOWNS), 1, 0);
    assert_near(value(&w, M_TIME_LOST_TO_SLOWDOWNS), 3, SAME);
    assert_near(value(&w, M_TIME_WORK), 7 + 4 + 4, SAME);
    assert_near(value(&w, M_WASTE), 3.0 / 40, SAME);
    assert_near(when(&w, "slowed", NULL, 0), 12, SAME);
    assert_near(when(&w, "fast_again", NULL, 0), 16, SAME);
    unwatch(&w);
}

static void tasks_leave_a_slow_node_as_they_restart(void **state)
{
    (void)state;
    struct watched w;
    static const char *const fails =
        "/failures/1={\"strikes\": \"node\", \"at\": [\"13 s\"], \"repair\": \"1 h\"}";
    static const char *const task_fails = "/failures/1={\"strikes\": \"process\", \"at\": [\"13 "
                                          "s\"]}";
    /* At 13 s it goes to the spare; slow for 1 s. All is done again from 14 s, fast. */
    watch(&w, stream, (const char *[MAX_SETS]){"/job/containers=1", fails});
    assert_near(value(&w, M_TIME_LOST_TO_SLOWDOWNS), 0.75, SAME);
    unwatch(&w);
    /* Its process restarts on the slow node: slow from 14 to 16 s again. */
    watch(&w, stream, (const char *[MAX_SETS]){"/job/containers=1", task_fails});
    assert_near(value(&w, M_TIME_LOST_TO_SLOWDOWNS), 0.75 * 3, SAME);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_in_lock_step_go_as_the_slowest),
        cmocka_unit_test(the_slowest_counts),
        cmocka_unit_test(checkpoints_are_as_fast_as_ever),
        cmocka_unit_test(a_restart_elsewhere_leaves_it_behind),
        cmocka_unit_test(slow_as_often_as_an_infinite_queue_is_busy),
        cmocka_unit_test(a_message_in_service_is_slowed_at_once),
        cmocka_unit_test(tasks_leave_a_slow_node_as_they_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
