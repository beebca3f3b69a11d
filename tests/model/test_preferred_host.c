// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Nodes that fail and come back, and what waits for them rather than take a spare. All durations
 * are constant; instants are worked out by hand, as the comments say.
 */
#include <math.h>

#include "watched.h"

/* Two tasks in two containers on two of three nodes. A node fails at 27.15 s, which is noticed, and
 * a node requested, at 29.15 s. */
static const char stream[] =
    "{\"job\": {\"containers\": 2, \"operators\": [{\"name\": \"op\", \"tasks\": 2, \"service\": "
    "\"0.3 s\", \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"2/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"
    " \"cluster\": {\"nodes\": 3},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"27.15 s\"], \"repair\": \"6 s\"}],"
    " \"recovery\": {\"detector\": \"2 s\", \"restart\": {\"delay\": \"1.25 s\"},"
    "   \"scheduler\": {\"preferred_host\": \"5 s\"}},"
    " \"run\": {\"duration\": \"100 s\"}}";

static uint32_t host(const struct watched *w, uint32_t place)
{
    return nodes_host(&w->fixture.run, place);
}

static void a_node_that_is_back_in_time_is_taken(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){NULL});
    assert_near(when(&w, "allocated", "all", 0), 33.15, SAME);
    assert_near(when(&w, "started", "all", 0), 34.4, SAME);
    check_span(&w, "op/0", "down", 27.15, 33.15);
    assert_int_equal(host(&w, 0), 0);
    check_budget(&w);
    unwatch(&w);
    /* Before anybody asks for it. */
    watch(&w, stream, (const char *[MAX_SETS]){"/failures/0/repair=1 s"});
    assert_near(when(&w, "allocated", "all", 0), 29.15, SAME);
    assert_int_equal(host(&w, 0), 0);
    unwatch(&w);
}

static void later_any_spare_will_do(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream, (const char *[MAX_SETS]){"/failures/0/repair=10 s"});
    assert_near(when(&w, "allocated", "all", 0), 34.15, SAME);
    assert_int_equal(host(&w, 0), 2);
    unwatch(&w);
    /* Nobody knows that a node will never come back. */
    watch(&w, stream, (const char *[MAX_SETS]){"/failures/0/permanent=1"});
    assert_near(when(&w, "allocated", "all", 0), 34.15, SAME);
    unwatch(&w);
    watch(&w, stream, (const char *[MAX_SETS]){"/recovery/scheduler/preferred_host=null"});
    assert_near(when(&w, "allocated", "all", 0), 29.15, SAME);
    assert_int_equal(host(&w, 0), 2);
    unwatch(&w);
}

/* Two places, one spare: the second place waits for the node that is repaired first. */
static void without_a_spare_the_next_node_will_do(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream,
          (const char *[MAX_SETS]){
              "/failures/0/at=[\"27.15 s\", {\"time\": \"27.65 s\", \"unit\": 1}]",
              "/failures/0/repair=20 s"});
    /* Both are requested when the first is noticed: the second failure is one of the survivors. */
    assert_near(when(&w, "allocated", "all", 0), 47.15, SAME);
    assert_int_equal(host(&w, 0), 2);
    assert_int_equal(host(&w, 1), 0);
    check_budget(&w);
    unwatch(&w);
}

/* Each container on its own: the one whose node is back does not wait for the other. */
static void scopes_wait_for_their_own_nodes(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream,
          (const char *[MAX_SETS]){
              "/recovery/restart/scope=container",
              "/failures/0/at=[\"27.15 s\", {\"time\": \"28 s\", \"unit\": 1}]"});
    assert_near(when(&w, "allocated", "container 0", 0), 33.15, SAME);
    assert_near(when(&w, "allocated", "container 1", 0), 34, SAME);
    assert_int_equal(host(&w, 0), 0);
    assert_int_equal(host(&w, 1), 1);
    unwatch(&w);
}

/* A second failure while it waits: the request stands, and its time runs on. */
static void the_time_runs_from_the_first_request(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, stream,
          (const char *[MAX_SETS]){
              "/failures/0/at=[\"27.15 s\", {\"time\": \"30 s\", \"unit\": 1}]",
              "/failures/0/repair=20 s", "/failures/0/exposure=[\"work\", \"downtime\"]"});
    /* Place 0 takes the spare at 34.15 s, place 1 is requested at 32 s: at 37 s it takes what comes
     * first, which is node 0 at 47.15 s. */
    assert_near(when(&w, "detected", "all", 1), 32, SAME);
    assert_near(when(&w, "allocated", "all", 0), 47.15, SAME);
    assert_int_equal(host(&w, 0), 2);
    assert_int_equal(host(&w, 1), 0);
    unwatch(&w);
}

static void a_batch_job_waits_for_its_nodes_too(void **state)
{
    (void)state;
    static const char batch[] =
        "{\"job\": {\"work\": \"100 s\", \"tasks\": 4}, \"cluster\": {\"nodes\": 5},"
        " \"checkpoint\": {\"interval\": \"10 s\", \"cost\": \"1 s\"},"
        " \"failures\": [{\"strikes\": \"node\", \"at\": [\"25 s\"], \"repair\": \"6 s\"}],"
        " \"recovery\": {\"detector\": \"2 s\", \"scheduler\": {\"preferred_host\": \"5 s\"}}}";
    static const struct {
        const char *repair;
        double restart_s;
        uint32_t host;
    } cases[] = {{"/failures/0/repair=6 s", 4, 0}, {"/failures/0/repair=8 s", 5, 4}};
    for (size_t i = 0; i < 2; i++) {
        struct fixture fixture;
        struct metrics m;
        assert_true(fixture_init(&fixture, batch, (const char *[]){cases[i].repair}, 1));
        assert_true(fixture_replicate(&fixture, 7, 0, &m));
        assert_near(m.value[M_RESTART], cases[i].restart_s, SAME);
        assert_int_equal(nodes_host(&fixture.run, 0), cases[i].host);
        fixture_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_is_back_in_time_is_taken),
        cmocka_unit_test(later_any_spare_will_do),
        cmocka_unit_test(without_a_spare_the_next_node_will_do),
        cmocka_unit_test(scopes_wait_for_their_own_nodes),
        cmocka_unit_test(the_time_runs_from_the_first_request),
        cmocka_unit_test(a_batch_job_waits_for_its_nodes_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
