// SPDX-License-Identifier: GPL-3.0-or-later
/* Jobs that go on with fewer nodes. All durations are constant and worked out by hand. */
#include <math.h>

#include "watched.h"

/* ---- a batch job ---- */

/* Two nodes, none to spare: noticed at 18 s, given up at 28 s, started at 31 s. */
static const char work[] =
    "{\"job\": {\"work\": \"100 s\", \"tasks\": 2},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"30 s\", \"cost\": \"2 s\","
    "   \"final\": false},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"10 s\"], \"repair\": \"200 s\"}],"
    " \"recovery\": {\"detector\": \"8 s\", \"restart\": {\"delay\": \"3 s\"},"
    "   \"scheduler\": {\"rescale_after\": \"10 s\"}}}";

static void check_work(const char *const *sets, double makespan_s, double rescales,
                       double rescaled_s)
{
    struct watched w;
    watch(&w, work, sets);
    assert_near(value(&w, M_MAKESPAN), makespan_s, SAME);
    assert_near(value(&w, M_RESCALES), rescales, 0);
    assert_near(value(&w, M_TIME_RESCALED), rescaled_s, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void a_batch_job_is_slower_by_the_nodes_that_it_lacks(void **state)
{
    (void)state;
    /* At half its speed: 30 s of work by 91 s, 60 by 153. Back at 210 s: from 60 s on, at 213. */
    check_work((const char *[MAX_SETS]){NULL}, 213 + 30 + 2 + 10, 1, 182);
    /* Never back: 3 checkpoints. */
    check_work((const char *[MAX_SETS]){"/failures/0/permanent=1"}, 31 + 200 + 6, 1, 31 + 206 - 28);
    /* Back before it gives up waiting, as if it had never been ready to. */
    check_work((const char *[MAX_SETS]){"/failures/0/repair=15 s"}, 25 + 3 + 106, 0, 0);
    /* Back while it starts: it starts anew. */
    check_work((const char *[MAX_SETS]){"/failures/0/repair=20 s"}, 31 + 106, 1, 2);
    /* A node of five. */
    check_work(
        (const char *[MAX_SETS]){"/failures/0/permanent=1", "/cluster/nodes=5", "/job/tasks=5"},
        31 + 125 + 6, 1, 31 + 131 - 28);
}

static void it_waits_while_there_is_nobody_left(void **state)
{
    (void)state;
    /* Both go; one is back at 210 s, alone, when it has waited for a multiple of 10 s. */
    check_work((const char *[MAX_SETS]){"/failures/0/at=[\"10 s\", {\"time\": \"10 s\", \"unit\": "
                                        "1}]",
                                        "/failures/0/exposure=[\"work\", \"downtime\"]"},
               210 + 3 + 106, 0, 0);
    check_work((const char *[MAX_SETS]){"/failures/1={\"strikes\": \"node\", \"at\": [{\"time\": "
                                        "\"10 s\", \"unit\": 1}], \"repair\": \"1 h\", "
                                        "\"exposure\": [\"work\", \"downtime\"]}"},
               218 + 3 + 206, 1, 3 + 206);
}

/* ---- a stream job ---- */

/* Messages of 4 s come to each of three tasks every 5 s. */
static const char stream[] =
    "{\"job\": {\"containers\": 3, \"operators\": ["
    "  {\"name\": \"a\", \"tasks\": 3, \"service\": \"4 s\", \"source\": {\"partitions\": 3,"
    "    \"arrivals\": {\"process\": \"constant\", \"rate\": \"0.6/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"cluster\": {\"nodes\": 3},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"12 s\"], \"repair\": \"40 s\"}],"
    " \"recovery\": {\"detector\": \"2 s\", \"restart\": {\"delay\": \"1 s\"},"
    "   \"scheduler\": {\"rescale_after\": \"6 s\"}},"
    " \"run\": {\"duration\": \"60 s\"}}";

static void tasks_share_the_nodes_that_are_left(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){NULL});
    assert_near(when(&w, "rescaled", NULL, 0), 20, SAME);
    assert_near(when(&w, "rescaled", NULL, 1), 52, SAME);
    assert_near(value(&w, M_RESCALES), 1, 0);
    assert_near(value(&w, M_TIME_RESCALED), 32, SAME);
    check_span(&w, "a/0", "recovery", 20, 21);
    check_span(&w, "a/2", "recovery", 52, 53);
    /* All have a backlog from 21 to 52 s, and two thirds of their speed. */
    assert_near(value(&w, M_TIME_LOST_TO_SLOWDOWNS), 31 / 3.0, SAME);
    unwatch(&w);
    /* What was before the warm-up has ended does not count. */
    watch(&w, stream, (const char *[MAX_SETS]){"/run/warmup=30 s"});
    assert_near(value(&w, M_RESCALES), 0, 0);
    assert_near(value(&w, M_TIME_RESCALED), 22, SAME);
    unwatch(&w);
}

static void who_fills_in_takes_along_what_it_has(void **state)
{
    (void)state;
    struct watched w;
    static const char second[] = "/failures/1={\"strikes\": \"node\", \"at\": [{\"time\": \"30 "
                                 "s\", \"unit\": 1}], \"repair\": \"1 h\"}";
    /* Each container for itself: at 30 s the tasks of two places are lost, and wait till 38 s. */
    watch(&w, stream,
          (const char *[MAX_SETS]){second, "/recovery/restart/scope=container",
                                   "/failures/0/repair=1 h"});
    check_span(&w, "a/0", "down", 30, 38);
    check_span(&w, "a/1", "down", 30, 38);
    check_span(&w, "a/1", "recovery", 38, 39);
    assert_true(isnan(when(&w, "failed", "container 2", 0)));
    assert_near(value(&w, M_RESCALES), 3, 0);
    assert_near(value(&w, M_TIME_RESCALED), 10 + 22, SAME);
    unwatch(&w);
}

static void only_what_moves_restarts_when_a_node_comes(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){"/recovery/restart/scope=container"});
    check_span(&w, "a/0", "recovery", 52, 53);
    assert_true(isnan(when(&w, "restored", "container 1", 0)));
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_job_is_slower_by_the_nodes_that_it_lacks),
        cmocka_unit_test(it_waits_while_there_is_nobody_left),
        cmocka_unit_test(tasks_share_the_nodes_that_are_left),
        cmocka_unit_test(who_fills_in_takes_along_what_it_has),
        cmocka_unit_test(only_what_moves_restarts_when_a_node_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
