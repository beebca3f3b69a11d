// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The control plane of stream jobs. Everything in these scenarios is constant: messages come at
 * whole seconds, failures are scripted, so that each instant and each count can be worked out by
 * hand; the comments do. Every scenario runs twice, watched and not: the results are the same bits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "watched.h"

/* ---- the scenarios ---- */

/* One task that takes 0.3 s for each message; they come at 1 s, 2 s, ... */
static const char one_task[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\", \"service\": \"0.3 s\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"27.15 s\"]}],"
    " \"recovery\": {\"detector\": \"2 s\", \"downtime\": \"1 s\","
    "   \"restart\": {\"delay\": \"1.25 s\"}, \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

/* Two tasks of one operator: messages for the first at 0.5 s, 1.5 s, ..., for the other at 1 s, ...
 */
#define TWO_TASKS                                                                                  \
    "/job/operators/0/tasks=2", "/job/operators/0/source/arrivals/rate=2/s",                       \
        "/failures/0/at/0={\"time\": \"27.15 s\", \"unit\": 0}"

/* ---- recovery ---- */

static void a_failed_task_goes_through_all_phases_and_catches_up(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){NULL});
    /* Message 10 is in service when the checkpoint is due. */
    assert_near(when(&w, "checkpoint_triggered", "op/0", 0), 10, SAME);
    assert_near(when(&w, "checkpoint_cut", "op/0", 0), 10.3, SAME);
    assert_near(when(&w, "checkpoint_committed", "op/0", 0), 10.8, SAME);
    assert_near(when(&w, "checkpoint_cut", "op/0", 1), 20.3, SAME);
    assert_near(when(&w, "failed", "all", 0), 27.15, SAME);
    assert_near(when(&w, "detected", "all", 0), 29.15, SAME);
    assert_near(when(&w, "downtime_over", "all", 0), 30.15, SAME);
    assert_near(when(&w, "started", "all", 0), 31.4, SAME);
    assert_near(when(&w, "restored", "all", 0), 32.15, SAME);
    /* It reads its j-th message at 32.15 + 0.3 (j - 1): j = 16 is the first with 20 + j arrived. */
    assert_near(when(&w, "caught_up", "all", 0), 36.65, SAME);
    assert_near(when(&w, "checkpoint_triggered", "op/0", 2), 42.15, SAME); /* armed anew */
    check_span(&w, "op/0", "checkpoint", 10.3, 10.8);
    check_span(&w, "op/0", "down", 27.15, 30.15);
    check_span(&w, "op/0", "recovery", 30.15, 32.15);
    /* Messages 21 to 26, and half of 27. */
    assert_near(mean(&w, M_LOST_WORK), 6 * 0.3 + 0.15, SAME);
    assert_near(mean(&w, M_ROLLBACK), 27.15 - 20.3, SAME);
    assert_near(value(&w, M_REPLAYED), 7, 0);
    assert_near(value(&w, M_REPROCESSED), 6, 0);
    assert_near(value(&w, M_DUPLICATES), 6, 0);
    assert_near(value(&w, M_PROCESSED), 59 + 6, 0); /* the 60th is in service at the end */
    assert_near(mean(&w, M_DETECT), 2, SAME);
    assert_near(mean(&w, M_RESTART), 1 + 1.25, SAME);
    assert_near(mean(&w, M_RESTORE), 0.75, SAME);
    assert_near(mean(&w, M_CATCH_UP), 4.5, SAME);
    assert_near(mean(&w, M_CATCH_UP_RATE), 16 / 4.5, SAME);
    assert_near(mean(&w, M_RECOVERY_TIME), 9.5, SAME);
    assert_near(mean(&w, M_DOWNTIME), 5, SAME);
    assert_near(value(&w, M_TIME_REWORK), 6 * 0.3, SAME);
    assert_near(value(&w, M_TIME_WORK), 59 * 0.3 + 0.15, SAME); /* and the half of 27 */
    assert_near(value(&w, M_WASTE), (4 * 0.5 + 5 + 6 * 0.3) / 60, SAME);
    assert_near(value(&w, M_OVERHEAD), 4 * 0.5 / 60, SAME);
    assert_near(value(&w, M_AVAILABILITY), 1 - 5.0 / 60, SAME);
    assert_near(value(&w, M_THROUGHPUT), 59.0 / 60, SAME);
    assert_near(count(&w, M_START_DELAY), 4, 0);
    assert_near(value(&w, M_START_DELAY), 2 * 0.3 + 2 * 0.15, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void survivors_run_until_the_failure_is_detected(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){TWO_TASKS});
    check_span(&w, "op/0", "down", 27.15, 30.15);
    check_span(&w, "op/1", "down", 29.15, 30.15);
    /* 20.5 to 26.5 of the first; 21 to 28 of the other, and half of 29. */
    assert_near(mean(&w, M_LOST_WORK), 7 * 0.3 + 8 * 0.3 + 0.15, SAME);
    assert_near(mean(&w, M_ROLLBACK), 27.15 - 20, SAME); /* the older of the two cuts */
    assert_near(value(&w, M_REPLAYED), 7 + 9, 0);
    assert_near(value(&w, M_REPROCESSED), 7 + 8, 0);
    /* The second has caught up at 36.65, the first reads 36.5 at 36.95. */
    assert_near(when(&w, "caught_up", "all", 0), 36.95, SAME);
    assert_near(value(&w, M_TIME_DOWN), (3 + 1) / 2.0, SAME);
    assert_near(element(&w, E_TASK_DOWN, 0), 3.0 / 60, SAME);
    assert_near(element(&w, E_TASK_DOWN, 1), 1.0 / 60, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void tasks_that_fail_together_may_have_more_or_fewer_partitions(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){TWO_TASKS, "/job/operators/0/source/partitions=5",
                                   "/job/operators/0/source/arrivals/rate=5/s",
                                   "/job/operators/0/service=0.1 s"});
    /* Each partition has a message a second; partitions 0, 2 and 4 are the first task's. */
    assert_near(element(&w, E_TASK_DOWN, 0), 3.0 / 60, SAME);
    assert_near(element(&w, E_TASK_DOWN, 1), 1.0 / 60, SAME);
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    assert_near(value(&w, M_LOST), 0, 0);
    check_budget(&w);
    unwatch(&w);
}

static void a_task_restarts_alone_where_the_scope_says_so(void **state)
{
    (void)state;
    const char *const scopes[] = {"/recovery/restart/scope=task",
                                  "/recovery/restart/scope=container"};
    for (size_t i = 0; i < MEM_COUNT(scopes); i++) {
        struct watched w;
        watch(&w, one_task, (const char *[MAX_SETS]){TWO_TASKS, scopes[i]});
        const char *scope = i == 0 ? "op/0" : "container 0";
        check_span(&w, "op/0", "down", 27.15, 30.15);
        assert_near(element(&w, E_TASK_DOWN, 1), 0, 0);
        assert_near(mean(&w, M_LOST_WORK), 7 * 0.3, SAME);
        assert_near(value(&w, M_REPLAYED), 7, 0);
        assert_near(when(&w, "caught_up", scope, 0), 36.95, SAME);
        /* The other's checkpoints go on undisturbed. */
        assert_near(when(&w, "checkpoint_triggered", "op/1", 2), 30, SAME);
        assert_near(when(&w, "checkpoint_triggered", "op/0", 2), 42.15, SAME);
        check_budget(&w);
        unwatch(&w);
    }
}

static void a_failure_in_recovery_does_what_the_scenario_says(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        double restored_s, detect_s, restart_s, restore_s, rollback_s;
    } rows[] = {
        /* It strikes 0.5 s into the restore. */
        {"/recovery/on_failure=restart", 36.9, 4, 2.25 + 2.25, 0.5 + 0.75, 31.9 - 20.3},
        {"/recovery/on_failure=restore", 33.9, 2, 2.25 + 1.25, 0.5 + 0.75, 31.9 - 20.3},
        {"/recovery/on_failure=defer", 37.15, 4, 2.25 + 2.25, 0.75 + 0.75, 32.15 - 20.3},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct watched w;
        watch(&w, one_task,
              (const char *[MAX_SETS]){"/failures/0/at=[\"27.15 s\", \"31.9 s\"]", rows[i].rule});
        int nth = i == 2;
        assert_near(when(&w, "restored", "all", nth), rows[i].restored_s, SAME);
        assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
        assert_near(value(&w, M_DETECT), rows[i].detect_s, SAME);
        assert_near(value(&w, M_RESTART), rows[i].restart_s, SAME);
        assert_near(value(&w, M_RESTORE), rows[i].restore_s, SAME);
        assert_near(value(&w, M_FAILURES), 2, 0);
        assert_near(count(&w, M_LOST_WORK), 2, 0);
        assert_near(value(&w, M_LOST_WORK), 1.95, SAME);
        assert_near(value(&w, M_ROLLBACK), 6.85 + rows[i].rollback_s, SAME);
        check_budget(&w);
        unwatch(&w);
    }
}

static void a_failure_before_it_has_caught_up_extends_the_episode(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){"/failures/0/at=[\"27.15 s\", \"34 s\"]"});
    /* 6 messages were served again since 32.15, and 0.05 s of a seventh. */
    assert_near(value(&w, M_LOST_WORK), 1.95 + 6 * 0.3 + 0.05, SAME);
    assert_near(value(&w, M_ROLLBACK), 6.85 + 34 - 20.3, SAME);
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    /* Again at 39 s, 19 messages behind; the 26th is read at 46.5 s, when 46 have come. */
    assert_near(when(&w, "caught_up", "all", 0), 46.5, SAME);
    assert_near(value(&w, M_RECOVERY_TIME), 46.5 - 27.15, SAME);
    assert_near(value(&w, M_CATCH_UP), (34 - 32.15) + (46.5 - 39), SAME);
    assert_near(value(&w, M_REPLAYED), 7 + 7, 0);
    /* The seventh was never finished before. */
    assert_near(value(&w, M_TIME_REWORK), 6 * 0.3 + 6 * 0.3, SAME);
    assert_int_equal(w.story.n_recoveries, 1);
    assert_near(w.story.recoveries[0].catch_up_s, 9.35, SAME);
    assert_near(w.story.recoveries[0].lost_work_s, value(&w, M_LOST_WORK), SAME);
    assert_int_equal(w.story.recoveries[0].replayed, 14);
    assert_int_equal(w.story.recoveries[0].lag_peak, 19);
    check_budget(&w);
    unwatch(&w);
}

static void a_survivor_that_fails_before_detection_joins_the_recovery(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){
              "/job/operators/0/tasks=2", "/job/operators/0/source/arrivals/rate=2/s",
              "/failures/0/at=[{\"time\": \"27.15 s\"}, {\"time\": \"28.1 s\", \"unit\": 1},"
              " {\"time\": \"28.2 s\", \"unit\": 1}]"});
    check_span(&w, "op/1", "down", 28.1, 30.15);
    assert_near(when(&w, "detected", "all", 0), 29.15, SAME);
    assert_near(value(&w, M_FAILURES), 2, 0);
    assert_near(value(&w, M_FAILURES_IGNORED), 1, 0); /* it was down already */
    assert_near(count(&w, M_LOST_WORK), 2, 0);
    assert_near(value(&w, M_LOST_WORK), 7 * 0.3 + 7 * 0.3 + 0.1, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void what_loses_nothing_goes_on_where_it_was(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){TWO_TASKS, "/failures/0/at/0={\"time\": \"27.6 s\"}",
                                   "/failures/0/loses=nothing"});
    /* 0.1 s of message 27.5 are served; there is nothing to restore. */
    assert_near(when(&w, "started", "op/0", 0), 31.85, SAME);
    check_span(&w, "op/0", "down", 27.6, 30.6);
    check_span(&w, "op/0", "recovery", 30.6, 31.85);
    assert_near(element(&w, E_TASK_DOWN, 1), 0, 0);
    assert_near(value(&w, M_REPROCESSED), 0, 0);
    assert_near(value(&w, M_LOST_WORK), 0, 0);
    assert_near(count(&w, M_LOST_WORK), 1, 0);
    assert_near(value(&w, M_REPLAYED), 0, 0);
    /* 27.5 ends at 32.05; 28.5, 29.5, ... follow every 0.3 s; at 33.55 the last that waits, 33.5.
     */
    assert_near(when(&w, "caught_up", "op/0", 0), 33.25, SAME);
    assert_near(value(&w, M_CATCH_UP), 33.25 - 31.85, SAME);
    assert_near(when(&w, "checkpoint_skipped", NULL, 0), 30, SAME);
    assert_near(when(&w, "checkpoint_triggered", "op/0", 2), 40, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void who_is_interrupted_cuts_when_it_goes_on(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/failures/0/at=[\"20.1 s\"]", "/failures/0/loses=nothing"});
    /* Asked at 20, message 20 ends 4.25 s later than it would; then it stands. */
    assert_near(when(&w, "checkpoint_cut", NULL, 1), 20.3 + 4.25, SAME);
    check_span(&w, "op/0", "checkpoint", 24.55, 25.05);
    assert_near(value(&w, M_START_DELAY), 0.3 + 4.55 + 0.3 + 0.3 + 0.3, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void two_interruptions_at_once_end_one_by_one(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){TWO_TASKS, "/checkpoint={\"strategy\": \"none\"}",
                                   "/failures/0={\"strikes\": \"process\", \"loses\": \"nothing\","
                                   " \"at\": [\"27 s\", {\"time\": \"28 s\", \"unit\": 1},"
                                   " {\"time\": \"28.5 s\", \"unit\": 1}]}"});
    check_span(&w, "op/0", "down", 27, 30);
    check_span(&w, "op/0", "recovery", 30, 31.25);
    check_span(&w, "op/1", "down", 28, 31);
    check_span(&w, "op/1", "recovery", 31, 32.25);
    assert_near(value(&w, M_FAILURES), 2, 0);
    assert_near(value(&w, M_FAILURES_IGNORED), 1, 0);
    check_budget(&w);
    unwatch(&w);
}

static void ties_are_decided_as_the_scenario_says(void **state)
{
    (void)state;
    /* Message 27 ends at 27.25. */
    for (int failure_first = 0; failure_first < 2; failure_first++) {
        struct watched w;
        watch(&w, one_task,
              (const char *[MAX_SETS]){
                  "/job/operators/0/service=0.25 s", "/failures/0/at=[\"27.25 s\"]",
                  failure_first ? "/run/ties=failure_first" : "/run/ties=completion_first"});
        assert_near(value(&w, M_LOST_WORK), 7 * 0.25, SAME);
        assert_near(value(&w, M_REPROCESSED), failure_first ? 6 : 7, 0);
        assert_near(value(&w, M_PROCESSED), 59 + (failure_first ? 6 : 7), 0);
        check_budget(&w);
        unwatch(&w);
    }
}

static void the_first_start_may_take_time_and_be_a_recovery(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){"/job/start=4.5 s", "/job/first_start=recovery"});
    check_span(&w, "op/0", "start", 0, 4.5);
    check_span(&w, "op/0", "recovery", 4.5, 6.5);
    assert_near(when(&w, "checkpoint_triggered", "op/0", 0), 16.5, SAME);
    assert_near(value(&w, M_TIME_START), 4.5, SAME);
    check_budget(&w);
    unwatch(&w);
}

/* ---- nodes ---- */

static void tasks_move_to_spare_nodes_and_wait_for_repaired_ones(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){
              TWO_TASKS, "/cluster={\"nodes\": 3, \"slots_per_node\": 1}",
              "/recovery/restart/scope=container",
              "/failures/0={\"strikes\": \"node\", \"repair\": \"12 s\", \"at\":"
              " [{\"time\": \"21 s\", \"unit\": 1}, {\"time\": \"25 s\", \"unit\": 0},"
              "  {\"time\": \"26 s\", \"unit\": 1}, {\"time\": \"45 s\", \"unit\": 0},"
              "  {\"time\": \"50 s\", \"unit\": 1}]}"});
    /* Node 1 fails: container 1 moves to node 2. Node 0 fails: node 1 is back at 33 s and takes it.
     */
    check_span(&w, "op/1", "down", 21, 24);
    check_span(&w, "op/0", "down", 25, 33);
    check_span(&w, "op/0", "recovery", 33, 35);
    /* Node 0, back at 37 s, is a spare at 45 s; at 50 s node 1 hosts container 0. */
    assert_near(value(&w, M_FAILURES), 3, 0);
    assert_near(value(&w, M_FAILURES_IGNORED), 2, 0);
    check_span(&w, "op/0", "down", 50, 57);
    check_budget(&w);
    unwatch(&w);
}

static void a_node_that_loses_nothing_is_waited_for(void **state)
{
    (void)state;
    struct watched w;
    watch(
        &w, one_task,
        (const char *[MAX_SETS]){
            TWO_TASKS, "/cluster={\"nodes\": 3, \"slots_per_node\": 1}",
            "/failures/0={\"strikes\": \"node\", \"repair\": \"12 s\", \"loses\": \"nothing\","
            " \"at\": [{\"time\": \"21.5 s\", \"unit\": 1}, {\"time\": \"22 s\", \"unit\": 2}]}"});
    check_span(&w, "op/1", "down", 21.5, 33.5);
    check_span(&w, "op/1", "recovery", 33.5, 34.75);
    assert_near(value(&w, M_FAILURES), 1, 0);
    assert_near(value(&w, M_FAILURES_IGNORED), 1, 0); /* the spare */
    check_budget(&w);
    unwatch(&w);
}

/* ---- rounds ---- */

/* A source of 0.2 s and a sink of 0.3 s. */
static const char chain[] =
    "{\"job\": {\"operators\": ["
    "   {\"name\": \"in\", \"service\": \"0.2 s\","
    "    \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "   {\"name\": \"out\", \"service\": \"0.3 s\", \"inputs\": [{\"from\": \"in\"}]}]},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"
    " \"failures\": [{\"strikes\": \"job\", \"at\": [\"13.05 s\"]}],"
    " \"recovery\": {\"detector\": \"2 s\", \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"30 s\"}}";

static void a_stopped_world_stands_until_all_have_cut_and_paid(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, chain, (const char *[MAX_SETS]){NULL});
    check_span(&w, "out/0", "checkpoint", 10, 10.7);
    check_span(&w, "in/0", "checkpoint", 10.2, 10.7);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 10.7, SAME);
    /* The other is due at 25.8, 10 s after the restart, when both are idle. */
    assert_near(value(&w, M_CHECKPOINT_DURATION), 0.7 + 0.5, SAME);
    /* Message 10 is in the channel at the cut: out has served it again, 11 and 12; in 11 and 12. */
    assert_near(mean(&w, M_LOST_WORK), 3 * 0.3 + 2 * 0.2 + 0.05, SAME);
    assert_near(mean(&w, M_ROLLBACK), 13.05 - 10.2, SAME);
    assert_near(value(&w, M_REPLAYED), 3, 0);
    assert_near(value(&w, M_REPROCESSED), 2 + 3, 0);
    assert_near(value(&w, M_DUPLICATES), 3, 0);
    assert_near(element(&w, E_OPERATOR_PROCESSED, 0), 29 + 2, 0);
    assert_near(element(&w, E_OPERATOR_PROCESSED, 1), 29 + 3, 0);
    check_budget(&w);
    unwatch(&w);
}

static void each_task_of_a_stopped_world_pays_and_all_wait_for_the_slowest(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, chain,
          (const char *[MAX_SETS]){
              "/failures=[]", "/job/operators/0/state=3 MB", "/job/operators/1/state=1 MB",
              "/checkpoint/cost=null", "/checkpoint/device=disk", "/storage/disk/latency=0.25 s",
              "/storage/disk/stream_write=1 MB/s", "/storage/disk/stream_read=1 MB/s"});
    /* Both stand at 10.2; one has written at 11.45, the other at 13.45. */
    check_span(&w, "out/0", "checkpoint", 10, 13.45);
    check_span(&w, "in/0", "checkpoint", 10.2, 13.45);
    assert_near(when(&w, "checkpoint_acked", "out/0", 0), 11.45, SAME);
    assert_near(when(&w, "checkpoint_acked", "in/0", 0), 13.45, SAME);
    assert_near(value(&w, M_CHECKPOINT_BYTES), 2 * 4e6, 1);
    assert_near(mean(&w, M_CHECKPOINT_STALL), 1, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void a_marker_goes_with_the_messages(void **state)
{
    (void)state;
    struct watched w;
    watch(&w,
          "{\"job\": {\"operators\": ["
          "   {\"name\": \"a\", \"service\": \"0.2 s\","
          "    \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
          "   {\"name\": \"b\", \"service\": \"0.2 s\","
          "    \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
          "   {\"name\": \"join\", \"service\": \"0.3 s\","
          "    \"inputs\": [{\"from\": \"a\"}, {\"from\": \"b\"}]}]},"
          " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"10 s\","
          "   \"cost\": \"0.5 s\"},"
          " \"run\": {\"duration\": \"19 s\"}}",
          (const char *[MAX_SETS]){NULL});
    check_span(&w, "a/0", "checkpoint", 10.2, 10.7);
    check_span(&w, "b/0", "checkpoint", 10.2, 10.7);
    /* a's message is served to 10.5, b's to 10.8: each has its marker behind it. */
    assert_near(when(&w, "checkpoint_aligned", "join/0", 0), 10.8, SAME);
    check_span(&w, "join/0", "checkpoint", 10.8, 11.3);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 11.3, SAME);
    assert_near(count(&w, M_START_DELAY), 3, 0);
    assert_near(value(&w, M_START_DELAY), 0.2 + 0.2 + 0.5, SAME);
    assert_near(count(&w, M_ALIGNMENT), 1, 0);
    assert_near(value(&w, M_ALIGNMENT), 0.3, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void a_write_beside_the_work_slows_it(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/checkpoint/mode=async", "/checkpoint/sync=0.25 s",
                                   "/checkpoint/share=0.5", "/checkpoint/cost=2 s",
                                   "/run/duration=15 s"});
    /* Stopped from 10.3 to 10.55, at half speed to 12.55: message 11 takes 0.6 s, 12 0.575 s. */
    check_span(&w, "op/0", "checkpoint", 10.3, 10.55);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 12.55, SAME);
    assert_near(count(&w, M_LATENCY), 14, 0);
    assert_near(value(&w, M_LATENCY), 12 * 0.3 + 0.6 + 0.575, SAME);
    assert_near(value(&w, M_OVERHEAD), (0.25 + 0.5 * 2) / 15, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void a_round_that_is_due_too_early_does_what_the_scenario_says(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        double triggered_s[4];
        double cut_s[3];
        double committed, skipped, stopped_s;
    } rows[] = {
        /* Messages take 0.25 s, a write 5 s, one is due every 2 s. The last is cut off. */
        {"/checkpoint/overrun=queue", {2, 7.25, 12.25, 17.25}, {2.25, 7.25, 12.25}, 3, 0, 0},
        {"/checkpoint/overrun=skip", {2, 8, 14, 20}, {2.25, 8.25, 14.25}, 3, 6, 0},
        /* It stands from 4.25 to 7.25, when the next begins, from 9.25 to 12.25, 14.25 to 17.25,
         * 19.25 to the end. */
        {"/checkpoint/overrun=block", {2, 7.25, 12.25, 17.25}, {2.25, 7.25, 12.25}, 3, 0, 9.75},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct watched w;
        watch(&w, one_task,
              (const char *[MAX_SETS]){"/failures=[]", "/job/operators/0/service=0.25 s",
                                       "/checkpoint/mode=async", "/checkpoint/share=0",
                                       "/checkpoint/cost=5 s", "/checkpoint/interval=2 s",
                                       "/run/duration=20 s", rows[i].rule});
        for (int k = 0; k < 4; k++)
            assert_near(when(&w, "checkpoint_triggered", NULL, k), rows[i].triggered_s[k], SAME);
        for (int k = 0; k < 3; k++)
            assert_near(when(&w, "checkpoint_cut", NULL, k), rows[i].cut_s[k], SAME);
        assert_near(value(&w, M_CHECKPOINTS_COMMITTED), rows[i].committed, 0);
        assert_near(value(&w, M_CHECKPOINTS_SKIPPED), rows[i].skipped, 0);
        assert_near(value(&w, M_CHECKPOINTS_ABORTED), 1, 0);
        assert_near(value(&w, M_TIME_CHECKPOINT), rows[i].stopped_s, SAME);
        check_budget(&w);
        unwatch(&w);
    }
}

static void who_is_blocked_while_it_stands_stands_on(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/failures=[]", "/job/operators/0/service=0.25 s",
                                   "/checkpoint/mode=async", "/checkpoint/sync=3 s",
                                   "/checkpoint/cost=4 s", "/checkpoint/interval=null",
                                   "/checkpoint/trigger={\"kind\": \"random\", \"law\": \"2 s\"}",
                                   "/checkpoint/overrun=block", "/run/duration=20 s"});
    /* The next is due at 4, while it is stopped: it stands until that one is cut, and so on. */
    assert_near(when(&w, "checkpoint_cut", NULL, 0), 2.25, SAME);
    assert_near(when(&w, "checkpoint_cut", NULL, 1), 9.25, SAME);
    check_span(&w, "op/0", "checkpoint", 2.25, 20);
    unwatch(&w);
}

static void an_interval_may_begin_at_the_commit(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){"/failures=[]", "/checkpoint/interval_from=end"});
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 10.8, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 1), 20.8, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 2), 31.3, SAME);
    unwatch(&w);
}

static void independent_tasks_may_be_staggered(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){
              "/failures=[]", TWO_TASKS,
              "/checkpoint/coordination={\"kind\": \"independent\", \"phase\": \"staggered\"}"});
    assert_near(when(&w, "checkpoint_triggered", "op/0", 0), 10, SAME);
    assert_near(when(&w, "checkpoint_triggered", "op/0", 1), 20, SAME);
    assert_near(when(&w, "checkpoint_triggered", "op/1", 0), 15, SAME);
    assert_near(when(&w, "checkpoint_triggered", "op/1", 1), 25, SAME);
    unwatch(&w);
}

static void a_task_may_be_cut_within_a_message(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/checkpoint/cut=preempt", "/checkpoint/interval=10.1 s"});
    check_span(&w, "op/0", "checkpoint", 20.2, 20.7); /* 0.1 s of message 20 are left */
    assert_near(value(&w, M_START_DELAY), 0, 0);
    assert_near(mean(&w, M_ROLLBACK), 27.15 - 20.2, SAME);
    /* The rest of 20, 21 to 26, half of 27; 20 is served as a whole again. */
    assert_near(mean(&w, M_LOST_WORK), 0.1 + 6 * 0.3 + 0.15, SAME);
    assert_near(value(&w, M_REPROCESSED), 7, 0);
    check_budget(&w);
    unwatch(&w);
}

static void tasks_are_called_after_the_time_it_takes_to_agree(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, chain,
          (const char *[MAX_SETS]){
              "/failures=[]",
              "/checkpoint/coordination={\"kind\": \"stop_world\", \"latency\": \"0.6 s\"}"});
    check_span(&w, "in/0", "checkpoint", 10.6, 11.1);
    check_span(&w, "out/0", "checkpoint", 10.6, 11.1);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 11.1, SAME);
    unwatch(&w);
}

/* Two jobs in one: a writes for 1 s, b for 3 s, both from 10.25 on. */
static const char two_writers[] =
    "{\"job\": {\"operators\": ["
    "   {\"name\": \"a\", \"service\": \"0.25 s\", \"state\": \"1 MB\","
    "    \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "   {\"name\": \"b\", \"service\": \"0.25 s\", \"state\": \"3 MB\","
    "    \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"storage\": {\"disk\": {\"latency\": \"0 s\", \"stream_write\": \"1 MB/s\","
    "   \"stream_read\": \"2 MB/s\"}},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"interval\": \"10 s\", \"mode\": \"async\","
    "   \"device\": \"disk\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [{\"time\": \"12.25 s\", \"unit\": 0}]}],"
    " \"recovery\": {\"detector\": \"2 s\"},"
    " \"run\": {\"duration\": \"30 s\"}}";

static void a_round_outlives_the_failure_of_a_task_that_has_acked(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, two_writers, (const char *[MAX_SETS]){NULL});
    assert_near(when(&w, "checkpoint_acked", "a/0", 0), 11.25, SAME);
    assert_near(when(&w, "checkpoint_committed", NULL, 0), 13.25, SAME);
    assert_near(value(&w, M_CHECKPOINTS_ABORTED), 0, 0);
    /* The recovery line at the detection, 14.25, is of 10.25. */
    assert_near(mean(&w, M_ROLLBACK), 2, SAME);
    assert_near(value(&w, M_RESTORE_BYTES), 4e6, 1);
    assert_near(mean(&w, M_RESTORE), 1.5, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 1), 25.75, SAME);
    unwatch(&w);
}

static void a_round_is_aborted_by_the_failure_of_a_task_that_has_not(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, two_writers,
          (const char *[MAX_SETS]){"/failures/0/at/0={\"time\": \"12.25 s\", \"unit\": 1}"});
    assert_near(when(&w, "checkpoint_aborted", NULL, 0), 12.25, SAME);
    assert_near(mean(&w, M_ROLLBACK), 12.25, SAME); /* to the start, where there is no state */
    assert_near(value(&w, M_RESTORE_BYTES), 0, 0);
    /* a's megabyte, two of b's three; then again all from 24.5 on: 1 + 3. */
    assert_near(when(&w, "checkpoint_triggered", NULL, 1), 24.25, SAME);
    assert_near(value(&w, M_CHECKPOINT_BYTES), 1e6 + 2e6 + 4e6, 10);
    unwatch(&w);
}

static void a_round_may_count_from_its_cut(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, two_writers,
          (const char *[MAX_SETS]){"/failures/0/at/0={\"time\": \"12.25 s\", \"unit\": 1}",
                                   "/checkpoint/usable_from=cut"});
    assert_near(value(&w, M_CHECKPOINTS_ABORTED), 0, 0);
    assert_near(mean(&w, M_ROLLBACK), 2, SAME);
    unwatch(&w);
}

static void deltas_follow_a_base_and_are_read_after_it(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, two_writers,
          (const char *[MAX_SETS]){
              "/checkpoint/content={\"kind\": \"delta\", \"base_every\": 3}",
              "/job/operators/0/state={\"size\": \"1 MB\", \"dirty\": \"50 %\"}",
              "/job/operators/1/state={\"size\": \"3 MB\", \"dirty\": \"10 %\"}",
              "/failures/0/at/0={\"time\": \"31.75 s\", \"unit\": 1}", "/run/duration=39 s"});
    /* Base at 10, deltas at 20 and 30: both have written the last at 30.75. */
    assert_near(when(&w, "checkpoint_committed", NULL, 1), 20.75, SAME);
    assert_near(value(&w, M_CHECKPOINT_BYTES), 4e6 + 2 * (0.5e6 + 0.3e6), 1);
    assert_near(value(&w, M_RESTORE_BYTES), 4e6 + 2 * (0.5e6 + 0.3e6), 1);
    assert_near(mean(&w, M_RESTORE), 3.6 / 2, SAME);
    unwatch(&w);
}

/* ---- what is counted ---- */

static void warm_up_is_simulated_but_not_counted(void **state)
{
    (void)state;
    struct watched whole, w;
    const char *failures = "/failures/0/at=[\"27.15 s\", \"45.15 s\"]";
    watch(&whole, one_task, (const char *[MAX_SETS]){failures});
    watch(&w, one_task, (const char *[MAX_SETS]){failures, "/run/warmup=30 s"});
    assert_near(when(&w, "caught_up", "all", 0), when(&whole, "caught_up", "all", 0), 0);
    assert_near(value(&w, M_MAKESPAN), 30, 0);
    assert_near(value(&w, M_FAILURES), 1, 0);
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0); /* the one of 45.15 */
    assert_near(count(&w, M_REPLAYED), 1, 0);
    assert_near(count(&w, M_LOST_WORK), 1, 0);
    assert_near(value(&w, M_TIME_DOWN), 0.15 + 3, SAME);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 1, 0); /* of 42.15 */
    assert_near(count(&w, M_CHECKPOINT_DURATION), 1, 0);
    assert_near(count(&w, M_START_DELAY), 1, 0);
    assert_near(value(&w, M_ARRIVAL_RATE), 1, SAME); /* 31 s to 60 s */
    check_budget(&w);
    unwatch(&w);
    unwatch(&whole);
}

static void episodes_that_are_open_at_the_end_are_censored(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){"/run/duration=31 s"});
    assert_near(value(&w, M_RECOVERIES_CENSORED), 1, 0);
    assert_near(count(&w, M_RECOVERY_TIME), 0, 0);
    assert_int_equal(w.story.n_recoveries, 1);
    assert_near(w.story.recoveries[0].detect_s, 2, SAME);
    assert_true(isnan(w.story.recoveries[0].restart_s));
    assert_true(isnan(w.story.recoveries[0].catch_up_s));
    check_span(&w, "op/0", "recovery", 30.15, 31);
    check_budget(&w);
    unwatch(&w);
}

static void samples_tell_what_happened_since_the_last(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task, (const char *[MAX_SETS]){"/run/sample=10 s", "/run/duration=33 s"});
    assert_int_equal(w.story.n_samples, 3);
    const double *const *series = (const double *const *)w.story.series;
    assert_near(w.story.times_s[2], 30, 0);
    /* 20 s: 10 messages came, 19 are out, the 20th is being served. */
    assert_near(series[SERIES_ARRIVALS][1], 1, SAME);
    assert_near(series[SERIES_THROUGHPUT][1], 1, SAME);
    assert_near(series[SERIES_BUSY][1], 0.3, SAME);
    assert_near(series[SERIES_DOWN][1], 0, 0);
    assert_near(series[SERIES_LAG][1], 0, 0);
    /* 30 s: down; 28, 29 and 30 wait, and so does 27, which was being read. */
    assert_near(series[SERIES_LAG][2], 3, 0);
    assert_near(series[SERIES_LAG_S][2], 2, SAME);
    assert_near(series[SERIES_THROUGHPUT][2], 0.7, SAME);
    assert_near(series[SERIES_DOWN][2], 1, 0);
    assert_near(element(&w, E_PARTITION_LAG_S, 0), 2.0 / 3, SAME);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_task_goes_through_all_phases_and_catches_up),
        cmocka_unit_test(survivors_run_until_the_failure_is_detected),
        cmocka_unit_test(tasks_that_fail_together_may_have_more_or_fewer_partitions),
        cmocka_unit_test(a_task_restarts_alone_where_the_scope_says_so),
        cmocka_unit_test(a_failure_in_recovery_does_what_the_scenario_says),
        cmocka_unit_test(a_failure_before_it_has_caught_up_extends_the_episode),
        cmocka_unit_test(a_survivor_that_fails_before_detection_joins_the_recovery),
        cmocka_unit_test(what_loses_nothing_goes_on_where_it_was),
        cmocka_unit_test(who_is_interrupted_cuts_when_it_goes_on),
        cmocka_unit_test(two_interruptions_at_once_end_one_by_one),
        cmocka_unit_test(ties_are_decided_as_the_scenario_says),
        cmocka_unit_test(the_first_start_may_take_time_and_be_a_recovery),
        cmocka_unit_test(tasks_move_to_spare_nodes_and_wait_for_repaired_ones),
        cmocka_unit_test(a_node_that_loses_nothing_is_waited_for),
        cmocka_unit_test(a_stopped_world_stands_until_all_have_cut_and_paid),
        cmocka_unit_test(each_task_of_a_stopped_world_pays_and_all_wait_for_the_slowest),
        cmocka_unit_test(a_marker_goes_with_the_messages),
        cmocka_unit_test(a_write_beside_the_work_slows_it),
        cmocka_unit_test(a_round_that_is_due_too_early_does_what_the_scenario_says),
        cmocka_unit_test(who_is_blocked_while_it_stands_stands_on),
        cmocka_unit_test(an_interval_may_begin_at_the_commit),
        cmocka_unit_test(independent_tasks_may_be_staggered),
        cmocka_unit_test(a_task_may_be_cut_within_a_message),
        cmocka_unit_test(tasks_are_called_after_the_time_it_takes_to_agree),
        cmocka_unit_test(a_round_outlives_the_failure_of_a_task_that_has_acked),
        cmocka_unit_test(a_round_is_aborted_by_the_failure_of_a_task_that_has_not),
        cmocka_unit_test(a_round_may_count_from_its_cut),
        cmocka_unit_test(deltas_follow_a_base_and_are_read_after_it),
        cmocka_unit_test(warm_up_is_simulated_but_not_counted),
        cmocka_unit_test(episodes_that_are_open_at_the_end_are_censored),
        cmocka_unit_test(samples_tell_what_happened_since_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
