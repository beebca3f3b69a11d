// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Network partitions: cuts that heal before they are noticed, and those that do not. All durations
 * are constant unless said otherwise, so that each instant can be worked out by hand.
 */
#include <math.h>

#include "watched.h"

/* ---- a batch job ---- */

/* What is missed is missed after 8 s. */
static const char work[] =
    "{\"job\": {\"work\": \"100 s\", \"tasks\": 2},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"30 s\", \"cost\": \"2 s\","
    "   \"final\": false},"
    " \"cluster\": {\"nodes\": 3},"
    " \"failures\": [{\"strikes\": \"node\", \"loses\": \"contact\", \"at\": [\"10 s\"],"
    "   \"repair\": \"5 s\"}],"
    " \"recovery\": {\"detector\": \"8 s\", \"restart\": {\"delay\": \"3 s\"}}}";

static void check_work(const char *const *sets, double makespan_s, double failures, double healed)
{
    struct watched w;
    watch(&w, work, sets);
    assert_near(value(&w, M_MAKESPAN), makespan_s, SAME);
    assert_near(value(&w, M_FAILURES), failures, 0);
    assert_near(value(&w, M_CUTS_HEALED), healed, 0);
    check_budget(&w);
    unwatch(&w);
}

static void a_cut_that_nobody_notices_is_a_pause(void **state)
{
    (void)state;
    /* Checkpoints at 30, 60 and 90 s of work, as ever. */
    check_work((const char *[MAX_SETS]){NULL}, 106 + 5, 1, 1);
    check_work((const char *[MAX_SETS]){"/checkpoint/timer=wall"}, 106 + 5, 1, 1);
    /* The first checkpoint, from 30 to 32 s, is cut off at 31 s and taken anew. */
    check_work((const char *[MAX_SETS]){"/failures/0/at/0=31 s"}, 106 + 5 + 1, 1, 1);
    /* A spare is cut off. */
    check_work((const char *[MAX_SETS]){"/failures/0/at/0={\"time\": \"10 s\", \"unit\": 2}"}, 106,
               0, 0);
}

static void cuts_may_overlap(void **state)
{
    (void)state;
    check_work((const char *[MAX_SETS]){"/failures/1={\"strikes\": \"process\", \"loses\": "
                                        "\"contact\", \"at\": [\"12 s\"], \"repair\": \"7 s\", "
                                        "\"exposure\": [\"work\", \"downtime\"]}"},
               106 + 9, 2, 2);
    check_work((const char *[MAX_SETS]){"/failures/1={\"strikes\": \"process\", \"loses\": "
                                        "\"contact\", \"at\": [\"12 s\"], \"repair\": \"1 s\", "
                                        "\"exposure\": [\"work\", \"downtime\"]}"},
               106 + 5, 2, 2);
}

static void a_cut_that_is_noticed_is_a_failure(void **state)
{
    (void)state;
    /* All is done again on the spare, from 10 + 8 + 3 s on. */
    check_work((const char *[MAX_SETS]){"/failures/0/repair=8.1 s"}, 21 + 106, 1, 0);
    check_work((const char *[MAX_SETS]){"/failures/0/repair=1 h"}, 21 + 106, 1, 0);
    /* Without a spare, the node is there again at 30 s. */
    check_work((const char *[MAX_SETS]){"/failures/0/repair=20 s", "/cluster/nodes=2"},
               10 + 20 + 3 + 106, 1, 0);
}

static void a_failure_in_a_cut_restarts_the_job_that_then_waits(void **state)
{
    (void)state;
    /* Down from 12 to 12 + 8 + 3 s; the cut is over at 17 s, or at 25 s. */
    static const char fails[] = "/failures/1={\"strikes\": \"process\", \"at\": [\"12 s\"], "
                                "\"exposure\": [\"work\", \"downtime\"]}";
    static const char detector[] = "/recovery/detectors=[{\"struck\": \"node\", \"detector\": \"20 "
                                   "s\"}]";
    check_work((const char *[MAX_SETS]){fails}, 23 + 106, 2, 1);
    check_work((const char *[MAX_SETS]){fails, detector, "/failures/0/repair=15 s"}, 25 + 106, 2,
               1);
}

/* Cuts of exponential length, of mean m, outlast a detection after d with probability e^(-d/m). */
static void as_many_heal_as_are_short(void **state)
{
    (void)state;
    static const char text[] =
        "{\"job\": {\"work\": \"2000 h\", \"tasks\": 8},"
        " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"20 min\","
        "   \"cost\": \"10 s\"},"
        " \"failures\": [{\"strikes\": \"node\", \"loses\": \"contact\","
        "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"40 h\"},"
        "   \"repair\": {\"dist\": \"exponential\", \"mean\": \"60 s\"}}],"
        " \"recovery\": {\"detector\": \"45 s\"}}";
    struct fixture fixture;
    struct metrics m;
    double failures = 0;
    double healed = 0;
    assert_true(fixture_init(&fixture, text, NULL, 0));
    for (uint64_t i = 0; i < 20; i++) {
        assert_true(fixture_replicate(&fixture, 11, i, &m));
        failures += m.value[M_FAILURES];
        healed += m.value[M_CUTS_HEALED];
    }
    fixture_release(&fixture);
    double p = 1 - exp(-45.0 / 60);
    assert_true(failures > 5000);
    assert_near(healed / failures, p, 4 * sqrt(p * (1 - p) / failures));
}

/* ---- a stream job ---- */

/* Messages at 10, 20, ... take 4 s each at both tasks, one after the other. */
static const char stream[] =
    "{\"job\": {\"containers\": 2, \"operators\": ["
    "  {\"name\": \"a\", \"tasks\": 2, \"service\": \"4 s\", \"source\": {\"partitions\": 2,"
    "    \"arrivals\": {\"process\": \"constant\", \"rate\": \"0.2/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"cluster\": {\"nodes\": 3},"
    " \"failures\": [{\"strikes\": \"node\", \"loses\": \"contact\", \"at\": [\"12 s\"],"
    "   \"repair\": \"3 s\"}],"
    " \"recovery\": {\"detector\": \"5 s\", \"restart\": {\"delay\": \"1 s\"}},"
    " \"run\": {\"duration\": \"60 s\"}}";

static void a_task_that_is_cut_off_goes_on_where_it_was(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){NULL});
    check_span(&w, "a/0", "down", 12, 15);
    assert_near(when(&w, "contact", "node 0", 0), 15, SAME);
    assert_true(isnan(when(&w, "detected", NULL, 0)));
    assert_near(value(&w, M_CUTS_HEALED), 1, 0);
    assert_near(value(&w, M_DUPLICATES), 0, 0);
    assert_near(value(&w, M_LOST_WORK), 0, 0);
    assert_near(value(&w, M_DETECT), 3, SAME);
    assert_near(value(&w, M_RESTART), 0, 0);
    unwatch(&w);
}

static void others_run_on_until_it_is_missed(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){"/failures/0/repair=1 h"});
    assert_true(isnan(when(&w, "contact", NULL, 0)));
    assert_near(when(&w, "detected", "all", 0), 17, SAME);
    check_span(&w, "a/0", "down", 12, 17);
    check_span(&w, "a/1", "recovery", 17, 18);
    assert_near(value(&w, M_CUTS_HEALED), 0, 0);
    assert_near(value(&w, M_FAILURES), 1, 0);
    unwatch(&w);
}

static void each_kind_of_unit_has_its_detector(void **state)
{
    (void)state;
    struct watched w;
    static const char detectors[] =
        "/recovery/detectors=[{\"struck\": \"container\", \"detector\": \"2 s\"}]";
    watch(&w, stream, (const char *[MAX_SETS]){detectors});
    assert_near(value(&w, M_CUTS_HEALED), 1, 0);
    unwatch(&w);
    watch(&w, stream, (const char *[MAX_SETS]){detectors, "/failures/0/strikes=container"});
    assert_near(value(&w, M_CUTS_HEALED), 0, 0);
    assert_near(when(&w, "detected", "all", 0), 14, SAME);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_that_nobody_notices_is_a_pause),
        cmocka_unit_test(cuts_may_overlap),
        cmocka_unit_test(a_cut_that_is_noticed_is_a_failure),
        cmocka_unit_test(a_failure_in_a_cut_restarts_the_job_that_then_waits),
        cmocka_unit_test(as_many_heal_as_are_short),
        cmocka_unit_test(a_task_that_is_cut_off_goes_on_where_it_was),
        cmocka_unit_test(others_run_on_until_it_is_missed),
        cmocka_unit_test(each_kind_of_unit_has_its_detector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
