// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of stream checkpoints, and the triggers that look at the job. All durations are
 * constant, so that each instant can be worked out by hand, as the comments do.
 */
#include <math.h>

#include "watched.h"

/* Messages come at 1 s, 2 s, ... and take nothing; a checkpoint is written beside the work. */
static const char idle[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\","
    "   \"source\": {\"message\": \"100 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"1 s\","
    "   \"mode\": \"async\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"1 s\", \"restart\": {\"delay\": \"1.25 s\"},"
    "   \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"100 s\"}}";

/* The one message comes at 4 s and keeps the task busy until 53 s. */
static const char slow_spell[] =
    "{\"job\": {\"operators\": ["
    "  {\"name\": \"heavy\", \"service\": \"49 s\", \"source\": {\"arrivals\": "
    "    {\"process\": \"piecewise\", \"spacing\": \"even\", \"points\": ["
    "      {\"at\": \"0 s\", \"rate\": \"0.125/s\"}, {\"at\": \"9 s\", \"rate\": \"0/s\"}]}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"1 s\","
    "   \"mode\": \"async\"},"
    " \"run\": {\"duration\": \"100 s\"}}";

/* Whether the first rounds begin at these times, and no other follows. */
static void check_times(const struct watched *w, const char *event, const double *times_s,
                        int n_times)
{
    for (int i = 0; i < n_times; i++)
        assert_near(when(w, event, NULL, i), times_s[i], SAME);
    assert_true(isnan(when(w, event, NULL, n_times)));
}

#define CHECK_TIMES(w, event, ...)                                                                 \
    check_times(w, event, (const double[]){__VA_ARGS__},                                           \
                (int)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double)))

/* ---- what waits ---- */

static void without_a_queue_the_interval_counts_from_the_start(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, slow_spell, (const char *[MAX_SETS]){NULL});
    /* The request of 10 s begins then, though the task cuts at 53; that of 20 s waits. */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 54, 64, 74, 84, 94);
    assert_near(value(&w, M_CHECKPOINTS_SKIPPED), 0, 0);
    unwatch(&w);
}

static void queued_requests_are_worked_off_back_to_back(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, slow_spell, (const char *[MAX_SETS]){"/checkpoint/queue=1000"});
    /* 20, 30, 40 and 50 s have piled up; then the rate goes on. */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 54, 55, 56, 57, 60, 70, 80, 90, 100);
    unwatch(&w);
    watch(&w, slow_spell, (const char *[MAX_SETS]){"/checkpoint/queue=2"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 54, 55, 60, 70, 80, 90, 100);
    assert_near(value(&w, M_CHECKPOINTS_SKIPPED), 2, 0);
    unwatch(&w);
}

static void a_pause_drops_one_request_and_shifts_the_rate(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, slow_spell,
          (const char *[MAX_SETS]){"/checkpoint/queue=1000", "/checkpoint/min_pause=5 s"});
    /*
     * 20 to 50 s wait. At 54, too soon after the commit, one is dropped and the timer starts anew
     * at 59, where one begins; at its commit, 60, one is dropped; and so on until none waits.
     */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 59, 65, 71, 77, 87, 97);
    CHECK_TIMES(&w, "checkpoint_skipped", 54, 60, 66, 72);
    unwatch(&w);
}

static void the_period_is_that_of_the_slower_of_interval_and_duration(void **state)
{
    (void)state;
    struct watched w;
    /* max(T, d + min_pause) = max(10, 13 + 4). */
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/queue=1000", "/checkpoint/min_pause=4 s",
                                   "/checkpoint/cost=13 s"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 27, 44, 61, 78, 95);
    unwatch(&w);
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/queue=1000", "/checkpoint/min_pause=4 s",
                                   "/checkpoint/cost=3 s"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
    unwatch(&w);
    /* The interval is no shorter than the pause. */
    watch(&w, idle, (const char *[MAX_SETS]){"/checkpoint/min_pause=30 s"});
    CHECK_TIMES(&w, "checkpoint_triggered", 30, 61, 92);
    unwatch(&w);
}

static void several_may_be_in_progress(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/max_concurrent=2", "/checkpoint/cost=25 s",
                                   "/checkpoint/share=0.25"});
    /* That of 30 s waits for the commit at 35 s, and the next is due 10 s after it begins. */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 20, 35, 45, 60, 70, 85, 95);
    CHECK_TIMES(&w, "checkpoint_committed", 35, 45, 60, 70, 85, 95);
    /* One is written from 10 to 20 s and in every gap of the other, two at all other times. */
    assert_near(value(&w, M_OVERHEAD), 0.25 * (10 + 2 * 80) / 100, SAME);
    unwatch(&w);
}

/* ---- what fails ---- */

static void a_checkpoint_that_takes_too_long_expires(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle, (const char *[MAX_SETS]){"/checkpoint/cost=25 s", "/checkpoint/timeout=17 s"});
    /* The request of 20 s waits until 27. */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 27, 44, 61, 78, 95);
    CHECK_TIMES(&w, "checkpoint_expired", 27, 44, 61, 78, 95);
    assert_near(value(&w, M_CHECKPOINTS_EXPIRED), 5, 0);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 0, 0);
    assert_near(value(&w, M_CHECKPOINTS_ABORTED), 1, 0);
    unwatch(&w);
}

static void too_many_that_fail_in_a_row_restart_the_job(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/cost=25 s", "/checkpoint/timeout=17 s",
                                   "/checkpoint/tolerable_failures=1"});
    /* The second expires at 44; it is known at once, and the tasks run again 3 s later. */
    CHECK_TIMES(&w, "checkpoint_expired", 27, 44, 74, 91);
    CHECK_TIMES(&w, "restored", 47, 94);
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 27, 57, 74);
    assert_near(value(&w, M_CHECKPOINT_RESTARTS), 2, 0);
    assert_near(mean(&w, M_DETECT), 0, 0);
    /* From the start again: 44 messages have been processed, then 91. */
    assert_near(value(&w, M_REPROCESSED), 44 + 91, 0);
    unwatch(&w);
}

static void a_write_that_fails_is_tried_again_and_then_declined(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/checkpoint/cost=2 s",
              "/checkpoint/write_failures={\"probability\": 1, \"retries\": 2, \"delay\": \"3 s\"}",
              "/run/duration=40 s"});
    CHECK_TIMES(&w, "checkpoint_write_failed", 12, 17, 24, 29, 36);
    CHECK_TIMES(&w, "checkpoint_declined", 22, 34);
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 22, 34);
    assert_near(value(&w, M_CHECKPOINTS_DECLINED), 2, 0);
    unwatch(&w);
    /* While the task stands for it, likewise. */
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/checkpoint/mode=sync", "/checkpoint/cost=2 s",
              "/checkpoint/write_failures={\"probability\": 1, \"retries\": 2, \"delay\": \"3 s\"}",
              "/run/duration=30 s"});
    CHECK_TIMES(&w, "checkpoint_declined", 22);
    check_span(&w, "op/0", "checkpoint", 10, 22);
    unwatch(&w);
}

/* With random durations a later checkpoint may be the first to commit. */
static void a_commit_subsumes_what_began_before(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/checkpoint/max_concurrent=3", "/run/duration=10000 s",
              "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"1 s\", \"high\": \"60 s\"}"});
    int triggered = 0;
    while (find(&w, "checkpoint_triggered", NULL, triggered))
        triggered++;
    assert_true(value(&w, M_CHECKPOINTS_SUBSUMED) > 50);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED) + value(&w, M_CHECKPOINTS_SUBSUMED) +
                    value(&w, M_CHECKPOINTS_ABORTED),
                triggered, 0);
    unwatch(&w);
}

/* ---- triggers ---- */

static void first_intervals_have_a_law_of_their_own(void **state)
{
    (void)state;
    struct watched w;
    watch(
        &w, idle,
        (const char *[MAX_SETS]){"/checkpoint/trigger={\"kind\": \"fixed\", \"first\": "
                                 "{\"dist\": \"uniform\", \"low\": \"2 s\", \"high\": \"3 s\"}}"});
    double first_s = when(&w, "checkpoint_triggered", NULL, 0);
    assert_true(first_s > 2 && first_s < 3);
    assert_near(when(&w, "checkpoint_triggered", NULL, 7), first_s + 70, SAME);
    unwatch(&w);
}

static void an_interval_may_count_from_the_commit(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/checkpoint/interval=null",
              "/checkpoint/trigger={\"kind\": \"after_completion\", \"pause\": \"10 s\"}",
              "/checkpoint/cost=15 s"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 35, 60, 85);
    unwatch(&w);
    /* Of one that was given up too. */
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/checkpoint/interval=null",
              "/checkpoint/trigger={\"kind\": \"after_completion\", \"pause\": \"10 s\"}",
              "/checkpoint/cost=15 s", "/checkpoint/timeout=13 s"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 33, 56, 79);
    unwatch(&w);
}

static void messages_and_bytes_are_counted(void **state)
{
    (void)state;
    struct watched w;
    /* Message 7 has been processed when it is looked at 7 s, or the look of 8 s is the first. */
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/interval=null", "/run/duration=30 s",
                                   "/checkpoint/trigger={\"kind\": \"count\", \"messages\": 7, "
                                   "\"poll\": \"2 s\"}"});
    CHECK_TIMES(&w, "checkpoint_triggered", 8, 16, 24);
    unwatch(&w);
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/interval=null", "/run/duration=30 s",
                                   "/checkpoint/trigger={\"kind\": \"bytes\", \"bytes\": "
                                   "\"850 B\", \"poll\": \"0.5 s\"}"});
    CHECK_TIMES(&w, "checkpoint_triggered", 9, 18, 27);
    unwatch(&w);
}

static void the_soonest_of_several_triggers_decides(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/run/duration=40 s",
                                   "/checkpoint/trigger={\"kind\": \"any_of\", \"of\": ["
                                   "{\"kind\": \"fixed\"}, {\"kind\": \"planned\", \"at\": "
                                   "[\"14 s\"]}, {\"kind\": \"count\", \"messages\": 13, "
                                   "\"poll\": \"3 s\"}]}"});
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 14, 24, 34);
    unwatch(&w);
    watch(&w, idle,
          (const char *[MAX_SETS]){"/run/duration=40 s", "/checkpoint/interval=14 s",
                                   "/checkpoint/trigger={\"kind\": \"any_of\", \"of\": ["
                                   "{\"kind\": \"fixed\"}, {\"kind\": \"count\", \"messages\": 9, "
                                   "\"poll\": \"2.5 s\"}]}"});
    /* 9 messages by 10 s; then looks at 12.5, 15, 17.5 (7 so far), 20 (10). */
    CHECK_TIMES(&w, "checkpoint_triggered", 10, 20, 30, 40);
    unwatch(&w);
}

static void a_planned_stop_loses_nothing(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/interval=null",
                                   "/checkpoint/trigger={\"kind\": \"planned\", \"at\": "
                                   "[\"20.5 s\", \"60.5 s\"], \"restart\": true}"});
    CHECK_TIMES(&w, "checkpoint_triggered", 20.5, 60.5);
    CHECK_TIMES(&w, "checkpoint_committed", 21.5, 61.5);
    CHECK_TIMES(&w, "restored", 24.5, 64.5);
    /* It stands while it is written, so that nothing is done twice. */
    check_span(&w, "op/0", "checkpoint", 20.5, 21.5);
    assert_near(value(&w, M_REPROCESSED), 0, 0);
    assert_near(value(&w, M_CHECKPOINT_RESTARTS), 2, 0);
    unwatch(&w);
}

static void containers_may_restart_one_after_the_other(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/interval=null", "/job/operators/0/tasks=3",
                                   "/job/operators/0/source/partitions=3",
                                   "/checkpoint/strategy=container_serial",
                                   "/recovery/restart/scope=container",
                                   "/checkpoint/trigger={\"kind\": \"planned\", \"at\": "
                                   "[\"20.5 s\"], \"restart\": true, \"spacing\": \"7 s\"}"});
    CHECK_TIMES(&w, "checkpoint_triggered", 20.5, 27.5, 34.5);
    CHECK_TIMES(&w, "restored", 24.5, 31.5, 38.5);
    assert_near(value(&w, M_REPROCESSED), 0, 0);
    unwatch(&w);
}

static void an_adaptive_trigger_learns_cost_and_mtbf(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/checkpoint/mode=sync", "/failures/0/at=[\"27.5 s\"]",
                                   "/checkpoint/trigger={\"kind\": \"adaptive\", \"formula\": "
                                   "\"young\", \"mtbf\": \"100 s\"}"});
    /* The first two were armed when nothing was known of the cost, with the scenario's interval. */
    assert_near(when(&w, "checkpoint_triggered", NULL, 0), 10, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 1), 20, SAME);
    /* sqrt(2 C M): C is 1 s, M the time that the job has run and the guess, over two failures, one
     * of which stands for the guess. */
    double third_s = 27.5 + 3 + sqrt(2 * 1 * (100 + 27.5) / 2);
    assert_near(when(&w, "checkpoint_triggered", NULL, 2), third_s, SAME);
    double fourth_s = third_s + sqrt(2 * 1 * (100 + 27.5 + (third_s - 27.5 - 3)) / 2);
    assert_near(when(&w, "checkpoint_triggered", NULL, 3), fourth_s, SAME);
    unwatch(&w);
}

/* ---- markers that overtake ---- */

/* Ten messages a second, read at once, for a task that takes 1 s for each. */
static const char backlog[] =
    "{\"job\": {\"operators\": [{\"name\": \"in\", \"source\": {\"message\": \"1 kB\","
    "   \"arrivals\": {\"process\": \"constant\", \"rate\": \"10/s\"}}},"
    "  {\"name\": \"out\", \"service\": \"1 s\", \"inputs\": [{\"from\": \"in\","
    "   \"capacity\": 1000}]}]},"
    " \"checkpoint\": {\"strategy\": \"unaligned\", \"interval\": \"10.05 s\", \"cost\": \"2 s\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"1e9 s\"]}],"
    " \"recovery\": {\"downtime\": \"1 s\"},"
    " \"run\": {\"duration\": \"16 s\"}}";

static void markers_overtake_what_waits(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, backlog, (const char *[MAX_SETS]){NULL});
    /* The messages of 0.1 s to 10 s are sent by then. The sink ends one at 1.1, 2.1, ..., 10.1 s,
     * where it takes the marker; it has taken ten, and ninety are in flight. */
    assert_near(when(&w, "checkpoint_cut", "in/0", 0), 10.05, SAME);
    assert_near(when(&w, "checkpoint_cut", "out/0", 0), 10.1, SAME);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 12.1, SAME);
    assert_near(mean(&w, M_IN_FLIGHT), 90, 0);
    assert_near(mean(&w, M_IN_FLIGHT_BYTES), 90e3, 0);
    unwatch(&w);
    /* Aligned, the marker has its turn after those ninety. */
    watch(&w, backlog,
          (const char *[MAX_SETS]){"/checkpoint/strategy=barrier", "/checkpoint/mode=async",
                                   "/run/duration=110 s"});
    assert_near(when(&w, "checkpoint_cut", "out/0", 0), 100.1, SAME);
    unwatch(&w);
}

static void markers_may_overtake_after_a_while(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, backlog,
          (const char *[MAX_SETS]){"/checkpoint/coordination/alignment_timeout=2.2 s"});
    assert_near(when(&w, "checkpoint_overtakes", NULL, 0), 12.25, SAME);
    /* The sink has taken twelve by then, and takes a 13th at 13.1 s no more. */
    assert_near(when(&w, "checkpoint_cut", "out/0", 0), 13.1, SAME);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 15.1, SAME);
    /* All that were sent before the marker and not begun: 100 - 13. */
    assert_near(mean(&w, M_IN_FLIGHT), 87, 0);
    unwatch(&w);
}

static void messages_in_flight_come_back_after_a_failure(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, backlog,
          (const char *[MAX_SETS]){
              "/failures/0/at=[\"13.5 s\"]", "/run/duration=200 s", "/checkpoint/interval=100.05 s",
              "/job/operators/0/source/"
              "arrivals={\"process\": \"piecewise\", \"spacing\": \"even\", "
              "\"points\": [{\"at\": \"0 s\", \"rate\": \"10/s\"}, {\"at\": "
              "\"10 s\", \"rate\": \"0/s\"}]}",
              "/checkpoint/trigger={\"kind\": \"fixed\", \"first\": \"10.02 s\"}"});
    /* Messages 11, 12 and 13 were finished after the cut, at the end of the tenth: only they are
     * done again. */
    assert_near(value(&w, M_REPROCESSED), 3, 0);
    assert_near(value(&w, M_REPLAYED), 0, 0); /* nothing is read again */
    assert_near(value(&w, M_THROUGHPUT), 100 / 200.0, SAME);
    assert_near(value(&w, M_DUPLICATES), 3, 0);
    unwatch(&w);
}

/* ---- containers ---- */

static void tasks_of_a_container_pay_one_after_the_other(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){"/job/operators/0/tasks=4", "/job/containers=2",
                                   "/job/operators/0/source/partitions=4",
                                   "/checkpoint/strategy=container_serial", "/checkpoint/mode=sync",
                                   "/run/duration=19 s"});
    /* Two tasks of 1 s each in either container. */
    for (int task = 0; task < 4; task++) {
        char name[NAME_SIZE];
        (void)snprintf(name, sizeof name, "op/%d", task);
        check_span(&w, name, "checkpoint", 10, 12);
    }
    CHECK_TIMES(&w, "checkpoint_committed", 12, 12);
    assert_near(mean(&w, M_SYNC), 1, SAME);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_queue_the_interval_counts_from_the_start),
        cmocka_unit_test(queued_requests_are_worked_off_back_to_back),
        cmocka_unit_test(a_pause_drops_one_request_and_shifts_the_rate),
        cmocka_unit_test(the_period_is_that_of_the_slower_of_interval_and_duration),
        cmocka_unit_test(several_may_be_in_progress),
        cmocka_unit_test(a_checkpoint_that_takes_too_long_expires),
        cmocka_unit_test(too_many_that_fail_in_a_row_restart_the_job),
        cmocka_unit_test(a_write_that_fails_is_tried_again_and_then_declined),
        cmocka_unit_test(a_commit_subsumes_what_began_before),
        cmocka_unit_test(first_intervals_have_a_law_of_their_own),
        cmocka_unit_test(an_interval_may_count_from_the_commit),
        cmocka_unit_test(messages_and_bytes_are_counted),
        cmocka_unit_test(the_soonest_of_several_triggers_decides),
        cmocka_unit_test(a_planned_stop_loses_nothing),
        cmocka_unit_test(containers_may_restart_one_after_the_other),
        cmocka_unit_test(an_adaptive_trigger_learns_cost_and_mtbf),
        cmocka_unit_test(markers_overtake_what_waits),
        cmocka_unit_test(markers_may_overtake_after_a_while),
        cmocka_unit_test(messages_in_flight_come_back_after_a_failure),
        cmocka_unit_test(tasks_of_a_container_pay_one_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
