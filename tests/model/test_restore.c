// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Restores from recovery.sources: which source is used, and what it takes. All durations are
 * constant, so that they can be worked out by hand, as the comments do.
 */
#include <math.h>

#include "watched.h"

/*
 * A message comes each second, and writes 1 MB to a changelog that has 1 GB to begin with. Cuts at
 * 10.5, 21, 31.5 s, ...; a failure at 35.5 s goes back to 31 messages, and finds 4 MB beyond.
 */
static const char one[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}},"
    "   \"state\": {\"keys\": 1000, \"value\": \"1 MB\"}}]},"
    " \"checkpoint\": {\"strategy\": \"changelog\", \"interval\": \"10.5 s\", \"device\": \"log\"},"
    " \"storage\": {\"log\": {\"stream_write\": \"1 TB/s\", \"stream_read\": \"50 MB/s\"},"
    "   \"ssd\": {\"latency\": \"3 s\", \"stream_write\": \"1 TB/s\","
    "     \"stream_read\": \"100 MB/s\"}},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"35.5 s\"]}],"
    " \"recovery\": {\"sources\": ["
    "   {\"from\": \"local\", \"rate\": \"10 MB/s\"}, {\"from\": \"replay\", \"rate\": \"10 "
    "MB/s\"}]},"
    " \"run\": {\"duration\": \"500 s\"}}";

#define NODE_FAILS(at) "/failures/0={\"strikes\": \"node\", \"repair\": \"1 h\", \"at\": [" at "]}"
#define SOURCES(list) "/recovery/sources=[" list "]"
#define REPLAY "/recovery/sources/0={\"from\": \"replay\"}", "/recovery/sources/1=null"

enum { FOUR_MILLIONTHS = 4 };

/* Positions are some bytes of each checkpoint. */
static const double BYTES = 1e5;

/* One task was restored: how, for how long. */
static void check_one(const char *const *sets, enum metric from, double restore_s)
{
    struct watched w;
    watch(&w, one, sets);
    for (enum metric m = M_RESTORES_LOCAL; m <= M_RESTORES_REPLAY; m++)
        assert_near(value(&w, m), m == from, 0);
    assert_near(mean(&w, M_RESTORE), restore_s, FOUR_MILLIONTHS * 1e-6);
    check_budget(&w);
    unwatch(&w);
}

#define CHECK_ONE(from, restore_s, ...)                                                            \
    check_one((const char *[MAX_SETS]){__VA_ARGS__}, from, restore_s)

/* ---- replay ---- */

static void a_log_is_read_and_applied_at_the_slower_speed(void **state)
{
    (void)state;
    const char *reads = "/storage/log/stream_read=5 MB/s";
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, SOURCES("{\"from\": \"replay\", \"rate\": \"10 MB/s\"}"));
    CHECK_ONE(M_RESTORES_REPLAY, 207, SOURCES("{\"from\": \"replay\", \"rate\": \"10 MB/s\"}"),
              reads);
    CHECK_ONE(M_RESTORES_REPLAY, 20.7, SOURCES("\"replay\""));
    /* Of the device that is named; both parts wait for its latency. */
    CHECK_ONE(M_RESTORES_REPLAY, 10.35 + 2 * 3,
              SOURCES("{\"from\": \"replay\", \"device\": \"ssd\"}"));
}

static void a_target_is_the_checkpoint_or_the_newest_entry(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one, (const char *[MAX_SETS]){SOURCES("\"replay\"")});
    assert_near(value(&w, M_RESTORES_AHEAD), 0, 0);
    /* 500 messages; 4 of them twice, for which old values are written first. */
    double undone = value(&w, M_LOG_BYTES);
    assert_near(value(&w, M_RESTORE_BYTES), 1.035e9, BYTES);
    unwatch(&w);
    watch(&w, one,
          (const char *[MAX_SETS]){SOURCES("{\"from\": \"replay\", \"target\": \"newest\"}")});
    assert_near(value(&w, M_RESTORES_AHEAD), 1, 0);
    assert_near(undone - value(&w, M_LOG_BYTES), 4e6, BYTES);
    assert_near(value(&w, M_RESTORE_BYTES), 1.035e9, BYTES);
    unwatch(&w);
    /* The line is 4 s old: it may be gone back to up to an age of 5 s, not 3 s. */
    watch(&w, one,
          (const char *[MAX_SETS]){SOURCES("{\"from\": \"replay\", \"rollback_valid\": \"5 s\"}")});
    assert_near(value(&w, M_RESTORES_AHEAD), 0, 0);
    unwatch(&w);
    watch(&w, one,
          (const char *[MAX_SETS]){SOURCES("{\"from\": \"replay\", \"rollback_valid\": \"3 s\"}")});
    assert_near(value(&w, M_RESTORES_AHEAD), 1, 0);
    unwatch(&w);
}

/* ---- a copy on the node ---- */

static void a_local_copy_lacks_what_came_after_its_marker(void **state)
{
    (void)state;
    /* The 4 MB beyond the checkpoint are undone. */
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, NULL);
    CHECK_ONE(M_RESTORES_LOCAL, 3.4, "/recovery/sources/0/device=ssd");
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, "/recovery/sources/0/target=newest");
    /* It is known to have 30 MB: 1 MB is applied, and then 4 MB are undone. */
    CHECK_ONE(M_RESTORES_LOCAL, 0.5, "/recovery/sources/0/marker_every=10 MB");
}

static void a_local_copy_may_be_of_no_use(void **state)
{
    (void)state;
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, "/recovery/sources/0/max_age=5 s");
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, "/recovery/sources/0/max_age=3 s");
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, "/recovery/sources/0/clean_close_only=true");
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, "/failures/0/strikes=container");
    /* A spare takes the place of the node. */
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, NODE_FAILS("{\"time\": \"35.5 s\", \"unit\": 0}"));
    /* Each look at a source takes its time. */
    CHECK_ONE(M_RESTORES_REPLAY, 2 + 1 + 103.5, "/recovery/sources/0/max_age=3 s",
              "/recovery/sources/0/check=2 s", "/recovery/sources/1/check=1 s");
    CHECK_ONE(M_RESTORES_LOCAL, 2 + 0.4, "/recovery/sources/0/check=2 s",
              "/recovery/sources/1/check=1 s");
}

/* What a node has on its disk outlives the node's failure, but does not move to a spare. */
static void a_local_copy_may_survive_the_failure_of_its_node(void **state)
{
    (void)state;
    static const char failure[] = "/failures/0={\"strikes\": \"node\", \"severity\": \"process\", "
                                  "\"repair\": \"100 s\", \"at\": [{\"time\": \"35.5 s\", "
                                  "\"unit\": 0}]}";
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, failure);
    /* The task waits for the repair of its node. */
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, failure, "/cluster/nodes=1");
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, failure, "/cluster/nodes=1", "/failures/0/severity=node");
}

/* Only its processes are lost: the copy is there as long as the node is waited for. */
static void a_node_that_comes_back_has_its_copy(void **state)
{
    (void)state;
    static const char fails[] = "/failures/0={\"strikes\": \"node\", \"repair\": \"9 s\", "
                                "\"severity\": \"container\", \"at\": [\"35.5 s\"]}";
    CHECK_ONE(M_RESTORES_LOCAL, 0.4, fails, "/recovery/scheduler/preferred_host=10 s");
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, fails, "/recovery/scheduler/preferred_host=8 s");
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, fails);
    CHECK_ONE(M_RESTORES_REPLAY, 103.5, fails, "/recovery/scheduler/preferred_host=10 s",
              "/failures/0/severity=node");
}

/* The task comes back on the spare at 35.5 + 103.5 = 139 s, and cuts there first at 149.5 s. */
static void a_node_has_a_copy_again_after_the_next_checkpoint(void **state)
{
    (void)state;
    struct watched w;
    static const char both[] = "/failures=[{\"strikes\": \"node\", \"repair\": \"1 h\", \"at\": "
                               "[{\"time\": \"35.5 s\", \"unit\": 0}]}, "
                               "{\"strikes\": \"process\", \"at\": [\"145.5 s\"]}]";
    watch(&w, one, (const char *[MAX_SETS]){both});
    assert_near(value(&w, M_RESTORES_REPLAY), 2, 0);
    unwatch(&w);
    watch(&w, one, (const char *[MAX_SETS]){both, "/failures/1/at=[\"155.5 s\"]"});
    assert_near(value(&w, M_RESTORES_REPLAY), 1, 0);
    assert_near(value(&w, M_RESTORES_LOCAL), 1, 0);
    unwatch(&w);
}

/* The local copy is opened, and what it has beyond the checkpoint undone, from 35.5 to 35.9 s. */
static void a_worse_failure_in_the_restore_takes_the_copy(void **state)
{
    (void)state;
    static const char both[] = "/failures=[{\"strikes\": \"process\", \"at\": [\"35.5 s\"]}, "
                               "{\"strikes\": \"node\", \"repair\": \"1 h\", \"at\": "
                               "[{\"time\": \"35.7 s\", \"unit\": 0}]}]";
    CHECK_ONE(M_RESTORES_REPLAY, 0.2 + 103.5, both);
    CHECK_ONE(M_RESTORES_LOCAL, 0.2 + 0.4, both, "/failures/1/strikes=container",
              "/failures/1/repair=null", "/failures/1/at=[{\"time\": \"35.7 s\", \"unit\": 0}]");
    CHECK_ONE(M_RESTORES_REPLAY, 0.2 + 103.5, both, "/recovery/on_failure=restore");
}

/* It was stopped, and did not fail. */
static void a_planned_stop_closes_cleanly(void **state)
{
    (void)state;
    CHECK_ONE(M_RESTORES_LOCAL, 0, "/recovery/sources/0/clean_close_only=true",
              "/failures/0/at=[\"1e9 s\"]", "/checkpoint/interval=null",
              "/checkpoint/trigger={\"kind\": \"planned\", \"at\": [\"20.5 s\"], "
              "\"restart\": true}");
}

/* ---- tasks that restore together ---- */

static const char two_tasks[] =
    "/job/operators/0={\"name\": \"op\", \"tasks\": 2, \"source\": {\"arrivals\": {\"process\": "
    "\"constant\", \"rate\": \"2/s\"}}, \"state\": {\"keys\": 2000, \"value\": \"1 MB\"}}";

static void tasks_share_the_device_or_take_turns(void **state)
{
    (void)state;
    struct watched w;
    const char *replay = SOURCES("\"replay\"");
    const char *together = "/job/containers=1";
    const char *fails = "/failures/0={\"strikes\": \"container\", \"at\": [\"35.5 s\"]}";
    watch(&w, one, (const char *[MAX_SETS]){two_tasks, together, replay, fails});
    double alone_s = value(&w, M_RESTORE);
    double bytes = value(&w, M_RESTORE_BYTES);
    assert_near(alone_s, bytes / 2 / 50e6, 0.05);
    unwatch(&w);
    watch(&w, one,
          (const char *[MAX_SETS]){two_tasks, together, replay, fails, "/recovery/parallel=1"});
    assert_near(value(&w, M_RESTORE), bytes / 50e6, 1e-6);
    unwatch(&w);
    watch(&w, one,
          (const char *[MAX_SETS]){two_tasks, together, replay, fails, "/recovery/parallel=2"});
    assert_near(value(&w, M_RESTORE), alone_s, SAME);
    unwatch(&w);
}

/* ---- copies on other nodes ---- */

/* The two tasks are on two nodes, each with 1 MB/s. */
#define ON_TWO_NODES                                                                               \
    two_tasks, "/job/containers=2", "/recovery/restart/scope=container", "/recovery/detector=1 s"
#define STANDBY                                                                                    \
    SOURCES("{\"from\": \"standby\", \"lag\": \"2 s\", \"rate\": \"10 MB/s\"}, "                   \
            "{\"from\": \"replay\", \"rate\": \"10 MB/s\"}")
#define TWO_FAILURES(first, second)                                                                \
    "/failures/0={\"strikes\": \"node\", \"at\": [{\"time\": \"35.75 s\", \"unit\": " first "}, "  \
    "{\"time\": \"" second "\", \"unit\": 0}]}"

static void check_standby(const char *failures, double from_standby, double from_replay)
{
    struct watched w;
    watch(&w, one, (const char *[MAX_SETS]){ON_TWO_NODES, STANDBY, failures});
    assert_near(value(&w, M_RESTORES_STANDBY), from_standby, 0);
    assert_near(value(&w, M_RESTORES_REPLAY), from_replay, 0);
    unwatch(&w);
}

static void a_standby_copy_lags_and_is_built_anew(void **state)
{
    (void)state;
    struct watched w;
    watch(
        &w, one,
        (const char *[MAX_SETS]){
            ON_TWO_NODES, STANDBY,
            "/failures/0={\"strikes\": \"node\", \"at\": [{\"time\": \"35.75 s\", \"unit\": 0}]}"});
    /* Of 35 messages in 35.75 s, those of 2 s. */
    assert_near(mean(&w, M_RESTORE), 35 * 2 / 35.75 / 10, 0.01);
    assert_near(value(&w, M_RESTORES_AHEAD), 1, 0);
    /* The next copy of this task, and the one of the other that was on this node: all of a log. */
    assert_near(value(&w, M_RESTORE_BYTES), 2e6 + 2 * 1035e6, 3e6);
    unwatch(&w);
    /* They slow each other where they share: each is read at 12.5 MB/s, and the rest then. */
    const char *shared = "/storage/log/total_read=25 MB/s";
    const char *fast = "/recovery/sources/0/rate=1 GB/s";
    watch(
        &w, one,
        (const char *[MAX_SETS]){ON_TWO_NODES, STANDBY, shared, fast, TWO_FAILURES("0", "110 s")});
    assert_near(value(&w, M_RESTORES_STANDBY), 1, 0);
    unwatch(&w);
    watch(
        &w, one,
        (const char *[MAX_SETS]){ON_TWO_NODES, STANDBY, shared, fast, TWO_FAILURES("0", "130 s")});
    assert_near(value(&w, M_RESTORES_STANDBY), 2, 0);
    unwatch(&w);
    /* The next copy takes 103.5 s. */
    check_standby(TWO_FAILURES("0", "90 s"), 1, 1);
    check_standby(TWO_FAILURES("0", "190 s"), 2, 0);
    /* The first node had the copy of the second's task, and of its own there is one there. */
    check_standby(TWO_FAILURES("1", "90 s"), 1, 1);
    check_standby(TWO_FAILURES("1", "190 s"), 2, 0);
    check_standby(TWO_FAILURES("1", "35.75 s"), 0, 2);
}

/* 2 GB, of which each task has one. */
static const char copies[] =
    "{\"job\": {\"containers\": 2, \"operators\": [{\"name\": \"op\", \"tasks\": 2,"
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"2/s\"}},"
    "   \"state\": \"2 GB\"}]},"
    " \"checkpoint\": {\"strategy\": \"barrier\", \"interval\": \"10.5 s\", \"device\": \"dfs\"},"
    " \"storage\": {\"dfs\": {\"stream_write\": \"1 TB/s\", \"stream_read\": \"50 MB/s\","
    "     \"total_read\": \"500 MB/s\"},"
    "   \"ssd\": {\"stream_write\": \"1 TB/s\", \"stream_read\": \"200 MB/s\"},"
    "   \"peers\": {\"stream_write\": \"1 TB/s\", \"stream_read\": \"100 MB/s\"}},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"35.5 s\"]}],"
    " \"recovery\": {\"sources\": [{\"from\": \"local\", \"device\": \"ssd\", \"copy\": \"read\"},"
    "   {\"from\": \"peer\", \"device\": \"peers\"}, {\"from\": \"remote\"}]},"
    " \"run\": {\"duration\": \"300 s\"}}";

static void check_copies(const char *set, double local, double peer, double remote, double bytes,
                         double restore_s)
{
    struct watched w;
    watch(&w, copies, (const char *[MAX_SETS]){set});
    assert_near(value(&w, M_RESTORES_LOCAL), local, 0);
    assert_near(value(&w, M_RESTORES_PEER), peer, 0);
    assert_near(value(&w, M_RESTORES_REMOTE), remote, 0);
    assert_near(value(&w, M_RESTORE_BYTES), bytes, BYTES);
    assert_near(value(&w, M_RESTORE), restore_s, 1e-4);
    check_budget(&w);
    unwatch(&w);
}

static void the_nearest_copy_that_is_left_is_read(void **state)
{
    (void)state;
    check_copies(NULL, 2, 0, 0, 2e9, 5);
    check_copies("/recovery/sources/0/copy=link", 2, 0, 0, 0, 0);
    /* The task on the other node has its local copy still. */
    check_copies(TWO_FAILURES("0", "1e9 s"), 1, 1, 0, 2e9, 10);
    check_copies(TWO_FAILURES("1", "35.75 s"), 0, 0, 2, 2e9, 20);
    /* Two tasks with 4 streams each: 200 MB/s; with 8 streams they share 500 MB/s. */
    check_copies(SOURCES("{\"from\": \"remote\", \"streams\": 4}"), 0, 0, 2, 2e9, 5);
    check_copies(SOURCES("{\"from\": \"remote\", \"streams\": 8}"), 0, 0, 2, 2e9, 4);
    check_copies("/recovery/sources=null", 0, 0, 0, 2e9, 20);
}

/* E11: recovery with host affinity does not depend on the size of the state. */
static void recovery_from_a_local_copy_does_not_depend_on_the_size(void **state)
{
    (void)state;
    check_copies("/recovery/sources/0/copy=link", 2, 0, 0, 0, 0);
    struct watched w;
    watch(&w, copies,
          (const char *[MAX_SETS]){"/recovery/sources/0/copy=link", "/job/operators/0/state=6 GB"});
    assert_near(value(&w, M_RESTORE), 0, 0);
    unwatch(&w);
    watch(&w, copies,
          (const char *[MAX_SETS]){SOURCES("\"remote\""), "/job/operators/0/state=6 GB"});
    assert_near(value(&w, M_RESTORE), 3 * 20.0, 1e-4);
    unwatch(&w);
}

/* ---- from the failure until it has caught up ---- */

/*
 * C5: with O until the task runs again and a recovery point of age X, (O + rho X) / (1 - rho).
 * 100 messages per second of 2.5 ms each; the last of a backlog may be one message early or late.
 */
static void check_catch_up(const char *const *sets, double restore_s)
{
    const double rho = 0.25;
    const double service_s = 2.5e-3;
    struct watched w;
    watch(&w, one, sets);
    double down_s = mean(&w, M_DETECT) + mean(&w, M_RESTART) + mean(&w, M_RESTORE);
    double age_s = mean(&w, M_ROLLBACK);
    if (!isnan(restore_s))
        assert_near(mean(&w, M_RESTORE), restore_s, 0.02 * restore_s);
    assert_near(mean(&w, M_RECOVERY_TIME), (down_s + rho * age_s) / (1 - rho),
                4 * service_s / (1 - rho));
    unwatch(&w);
}

#define BUSY                                                                                       \
    "/job/operators/0/source/arrivals/rate=100/s", "/job/operators/0/service=2.5 ms",              \
        "/job/operators/0/state/value=10 kB", "/recovery/detector=7 s"

static void every_path_catches_up_as_a_fluid_does(void **state)
{
    (void)state;
    /* 10 MB, and 3550 messages of 10 kB: 45.5 MB at 2 MB/s. */
    check_catch_up((const char *[MAX_SETS]){BUSY, SOURCES("{\"from\": \"replay\", \"rate\": "
                                                          "\"2 MB/s\"}")},
                   45.5 / 2);
    check_catch_up((const char *[MAX_SETS]){BUSY}, 0.4);
    check_catch_up((const char *[MAX_SETS]){BUSY, SOURCES("\"remote\""), "/checkpoint/content=full",
                                            "/storage/log/stream_read=1 MB/s"},
                   10);
    check_catch_up((const char *[MAX_SETS]){BUSY,
                                            SOURCES("{\"from\": \"local\", \"copy\": "
                                                    "\"read\", \"device\": \"ssd\"}, "
                                                    "\"remote\""),
                                            "/checkpoint/content=full"},
                   3.1);
}

/* What is not given as a source is what remote does. */
static void remote_is_what_there_is_without_sources(void **state)
{
    (void)state;
    static const char *const sets[][2] = {{"/checkpoint/content=full", NULL},
                                          {"/storage/log/latency={\"dist\": \"exponential\", "
                                           "\"mean\": \"2 s\"}",
                                           "/checkpoint/strategy=incremental"}};
    for (size_t i = 0; i < MEM_COUNT(sets); i++) {
        struct watched w;
        watch(&w, one, (const char *[MAX_SETS]){"/recovery/sources=null", sets[i][0], sets[i][1]});
        double restore_s = value(&w, M_RESTORE);
        double bytes = value(&w, M_RESTORE_BYTES);
        unwatch(&w);
        watch(&w, one, (const char *[MAX_SETS]){SOURCES("\"remote\""), sets[i][0], sets[i][1]});
        assert_true(restore_s > 0 && bytes > 0);
        assert_near(value(&w, M_RESTORE), restore_s, 0);
        assert_near(value(&w, M_RESTORE_BYTES), bytes, 0);
        unwatch(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_is_read_and_applied_at_the_slower_speed),
        cmocka_unit_test(a_target_is_the_checkpoint_or_the_newest_entry),
        cmocka_unit_test(a_local_copy_lacks_what_came_after_its_marker),
        cmocka_unit_test(a_local_copy_may_be_of_no_use),
        cmocka_unit_test(a_local_copy_may_survive_the_failure_of_its_node),
        cmocka_unit_test(a_node_that_comes_back_has_its_copy),
        cmocka_unit_test(a_node_has_a_copy_again_after_the_next_checkpoint),
        cmocka_unit_test(a_worse_failure_in_the_restore_takes_the_copy),
        cmocka_unit_test(a_planned_stop_closes_cleanly),
        cmocka_unit_test(tasks_share_the_device_or_take_turns),
        cmocka_unit_test(a_standby_copy_lags_and_is_built_anew),
        cmocka_unit_test(the_nearest_copy_that_is_left_is_read),
        cmocka_unit_test(recovery_from_a_local_copy_does_not_depend_on_the_size),
        cmocka_unit_test(every_path_catches_up_as_a_fluid_does),
        cmocka_unit_test(remote_is_what_there_is_without_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
