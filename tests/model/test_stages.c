// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Jobs of stages, by hand and by closed forms. Where all durations are constant each instant can be
 * worked out, as the comments do: slot i is on node i mod nodes, the lowest free slot is taken
 * first, stages are served in their order and tasks in that of their numbers.
 */
#include <math.h>

#include "model/theory_stages.h"
#include "watched.h"

/* ---- by hand ---- */

/* Without failures: maps from 0 to 10 and 10 to 20 s, reduces from 20 to 40 s. */
static const char map_reduce[] =
    "{\"job\": {\"stages\": ["
    "   {\"name\": \"map\", \"tasks\": 4, \"work\": \"10 s\"},"
    "   {\"name\": \"reduce\", \"tasks\": 2, \"work\": \"20 s\", \"inputs\": [{\"from\": "
    "\"map\"}]}]},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [{\"time\": \"1e9 s\"}]}]}";

/* Each `b` reads one `a`; without failures all is done at 50 s. */
static const char lineage[] =
    "{\"job\": {\"stages\": ["
    "   {\"name\": \"a\", \"tasks\": 4, \"work\": \"10 s\"},"
    "   {\"name\": \"b\", \"tasks\": 4, \"work\": \"10 s\","
    "    \"inputs\": [{\"from\": \"a\", \"by\": \"narrow\"}]},"
    "   {\"name\": \"c\", \"work\": \"10 s\", \"inputs\": [{\"from\": \"b\"}]}]},"
    " \"cluster\": {\"nodes\": 2},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [{\"time\": \"1e9 s\"}]}]}";

static const char one_task[] = "{\"job\": {\"stages\": [{\"name\": \"t\", \"work\": \"10 s\"}]},"
                               " \"failures\": [{\"strikes\": \"process\", \"at\": [\"4 s\"]}]}";

#define AT(time, unit) "/failures/0/at=[{\"time\": \"" time "\", \"unit\": " unit "}]"

static void waves_follow_each_other(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce, (const char *[MAX_SETS]){NULL});
    assert_near(value(&w, M_MAKESPAN), 40, SAME);
    assert_near(value(&w, M_WASTE), 0, SAME);
    assert_near(value(&w, M_WORK_USEFUL), 80, SAME);
    assert_near(mean(&w, M_STAGE_TIME), 20, SAME);
    assert_near(mean(&w, M_TASK_TIME), (4 * 10 + 2 * 20) / 6.0, SAME);
    check_span(&w, "map/2", "work", 10, 20);
    check_budget(&w);
    unwatch(&w);
    /* ceil(25 / 8) waves of 10 s. */
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){
              "/job/stages=[{\"name\": \"m\", \"tasks\": 25, \"work\": \"10 s\"}]",
              "/cluster={\"nodes\": 4, \"slots_per_node\": 2}"});
    assert_near(value(&w, M_MAKESPAN), 40, SAME);
    /* Idle is not waste. */
    assert_near(value(&w, M_WASTE), 0, SAME);
    assert_near(value(&w, M_TIME_IDLE), 40 - 25 * 10 / 8.0, SAME);
    unwatch(&w);
}

static void a_shuffle_makes_all_lost_outputs_again(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce, (const char *[MAX_SETS]){AT("25 s", "0"), "/recovery/detector=3 s"});
    /*
     * At 28 s it is noticed that reduce/0 and the outputs of map/0 and map/2 are gone. The maps
     * take slot 0 from 28 to 48 s; reduce/1, which has read them, goes on to 40 s in slot 1.
     */
    check_span(&w, "map/0", "work", 28, 38);
    check_span(&w, "map/2", "work", 38, 48);
    check_span(&w, "reduce/1", "work", 20, 40);
    check_span(&w, "reduce/0", "work", 48, 68);
    assert_near(value(&w, M_MAKESPAN), 68, SAME);
    assert_near(value(&w, M_TASKS_RECOMPUTED), 2, 0);
    assert_near(value(&w, M_STAGE_OUTPUTS_LOST), 2, 0);
    assert_near(value(&w, M_WORK_LOST), 5, SAME);
    assert_near(value(&w, M_WORK_RECOMPUTED), 20, SAME);
    assert_near(value(&w, M_WORK_USEFUL), 80, SAME);
    assert_near(value(&w, M_LOST_WORK), 5 + 20, SAME);
    assert_near(value(&w, M_DETECT), 3, SAME);
    assert_near(value(&w, M_RESTART), 0, SAME);
    assert_near(value(&w, M_CATCH_UP), 40, SAME);
    assert_near(value(&w, M_RECOVERY_TIME), 43, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void outputs_that_nobody_needs_stay_lost(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, lineage, (const char *[MAX_SETS]){AT("45 s", "1")});
    /* Since 40 s the last task, on node 0, has read all. */
    assert_near(value(&w, M_MAKESPAN), 50, SAME);
    assert_near(value(&w, M_STAGE_OUTPUTS_LOST), 4, 0);
    assert_near(value(&w, M_TASKS_RECOMPUTED), 0, 0);
    assert_near(value(&w, M_TIME_REWORK), 0, 0);
    assert_near(value(&w, M_FAILURES), 1, 0);
    unwatch(&w);
}

static void a_narrow_input_makes_one_parent_again(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, lineage, (const char *[MAX_SETS]){AT("35 s", "1")});
    /*
     * b/3 is cut off, and wants a/3 again; c/0 wants b/1, which wants a/1. a/0 and a/2 are on
     * node 0. Slot 1 is up again at once, slot 0 is busy with b/2 until 40 s.
     */
    check_span(&w, "a/1", "work", 35, 45);
    check_span(&w, "a/3", "work", 40, 50);
    check_span(&w, "b/1", "work", 45, 55);
    check_span(&w, "b/3", "work", 50, 60);
    check_span(&w, "c/0", "work", 60, 70);
    assert_near(value(&w, M_TASKS_RECOMPUTED), 3, 0);
    assert_near(value(&w, M_STAGE_OUTPUTS_LOST), 3, 0);
    unwatch(&w);
}

static void durable_outputs_cut_the_lineage(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, lineage, (const char *[MAX_SETS]){AT("35 s", "1"), "/job/stages/1/output=durable"});
    /* b/1 is still there: only b/3, which was cut off, wants its parent again. */
    check_span(&w, "a/3", "work", 35, 45);
    check_span(&w, "b/3", "work", 45, 55);
    assert_near(value(&w, M_MAKESPAN), 65, SAME);
    assert_near(value(&w, M_TASKS_RECOMPUTED), 1, 0);
    assert_near(value(&w, M_STAGE_OUTPUTS_LOST), 2, 0);
    unwatch(&w);
    /* What that takes is no useful work. */
    watch(&w, lineage,
          (const char *[MAX_SETS]){"/job/stages/1/output=durable", "/job/stages/1/write=5 s"});
    assert_near(value(&w, M_MAKESPAN), 60, SAME);
    assert_near(value(&w, M_OVERHEAD), 20 / 120.0, SAME);
    assert_near(value(&w, M_WASTE), 20 / 120.0, SAME);
    unwatch(&w);
}

/* Maps from 0 to 10 s, then both reduces read until 16 s and work until 36 s. */
#define READING "/job/stages/0/tasks=2", "/job/stages/1/fetch=6 s", AT("12 s", "0")

static void readers_of_a_lost_node_stall_until_it_is_noticed(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce, (const char *[MAX_SETS]){READING, "/recovery/detector=30 s"});
    check_span(&w, "reduce/1", "fetch", 10, 12);
    check_span(&w, "reduce/1", "stall", 12, 42);
    check_span(&w, "map/0", "work", 42, 52);
    check_span(&w, "reduce/1", "fetch", 52, 58);
    assert_near(value(&w, M_MAKESPAN), 78, SAME);
    assert_near(value(&w, M_WORK_LOST), 2 + 2, SAME);
    unwatch(&w);
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){READING, "/recovery/detector=30 s",
                                   "/job/execution/fetch_timeout=5 s"});
    check_span(&w, "reduce/1", "stall", 12, 17);
    assert_near(value(&w, M_MAKESPAN), 53, SAME);
    assert_near(value(&w, M_DETECT), 5, SAME);
    unwatch(&w);
}

static void early_reducers_read_while_they_wait(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){"/cluster/nodes=3", "/job/stages/1/fetch=8 s",
                                   "/job/execution/slow_start=0.5"});
    /* From 10 s on they have read three of four outputs; the last takes a quarter of 8 s. */
    check_span(&w, "reduce/0", "wait", 10, 20);
    check_span(&w, "reduce/0", "fetch", 20, 22);
    assert_near(value(&w, M_MAKESPAN), 42, SAME);
    assert_near(value(&w, M_TIME_BLOCKED), 20 / 3.0, SAME);
    unwatch(&w);
    watch(&w, map_reduce, (const char *[MAX_SETS]){"/cluster/nodes=3", "/job/stages/1/fetch=8 s"});
    assert_near(value(&w, M_MAKESPAN), 48, SAME);
    unwatch(&w);
}

static void early_reducers_make_room_for_maps(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){"/job/stages/0/tasks=3", "/job/stages/1/tasks=1",
                                   "/job/execution/slow_start=0.6", "/failures/0/repair=1000 s",
                                   AT("15 s", "0")});
    /* reduce/0 waits in slot 1 when node 0 takes map/2 and the output of map/0 with it. */
    check_span(&w, "reduce/0", "wait", 10, 15);
    check_span(&w, "map/0", "work", 15, 25);
    check_span(&w, "map/2", "work", 25, 35);
    check_span(&w, "reduce/0", "work", 35, 55);
    assert_near(value(&w, M_MAKESPAN), 55, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void a_task_is_tried_again(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/recovery/detector=1 s", "/recovery/downtime=2 s",
                                   "/recovery/restart/delay=3 s"});
    check_span(&w, "t/0", "start", 7, 10);
    check_span(&w, "t/0", "work", 10, 20);
    assert_near(value(&w, M_MAKESPAN), 20, SAME);
    assert_near(value(&w, M_DETECT), 1, SAME);
    assert_near(value(&w, M_RESTART), 5, SAME);
    assert_near(value(&w, M_CATCH_UP), 10, SAME);
    assert_near(value(&w, M_RECOVERY_TIME), 16, SAME);
    assert_near(value(&w, M_TIME_WORK), 4, SAME);
    assert_near(value(&w, M_TIME_REWORK), 10, SAME);
    assert_near(value(&w, M_TIME_RECOVERY), 3, SAME);
    assert_near(value(&w, M_TIME_DOWN), 1, SAME);
    check_budget(&w);
    unwatch(&w);
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/recovery/detector=1 s", "/job/execution/max_attempts=1"});
    assert_near(value(&w, M_MAKESPAN), 5, SAME);
    assert_near(value(&w, M_GAVE_UP), 1, 0);
    assert_near(value(&w, M_UNFINISHED), 1, 0);
    unwatch(&w);
    /* The first start costs a start-up too. */
    watch(&w, one_task,
          (const char *[MAX_SETS]){"/failures=[]", "/recovery/restart/delay=3 s",
                                   "/job/first_start=recovery"});
    assert_near(value(&w, M_MAKESPAN), 13, SAME);
    unwatch(&w);
}

static void bad_nodes_get_no_more_tasks(void **state)
{
    (void)state;
    static const char fails_twice[] = "/failures/0/at=[\"4 s\", \"8 s\"]";
    static const char *const sets[][MAX_SETS] = {
        {"/cluster/nodes=2", fails_twice},
        {"/cluster/nodes=2", fails_twice, "/job/execution/blacklist={\"failures\": 1}"},
        {"/cluster/nodes=2", fails_twice,
         "/job/execution/blacklist={\"failures\": 1, \"at_most\": 0.5}"},
    };
    /* Of two nodes a third may not be left out, but a half. */
    static const double makespan_s[] = {18, 18, 14};
    for (size_t i = 0; i < MEM_COUNT(sets); i++) {
        struct watched w;
        watch(&w, one_task, sets[i]);
        assert_near(value(&w, M_MAKESPAN), makespan_s[i], SAME);
        unwatch(&w);
    }
}

static void a_job_restarts_with_or_without_its_outputs(void **state)
{
    (void)state;
    static const struct {
        const char *sets[MAX_SETS];
        double makespan_s, lost_s;
    } cases[] = {
        {{"/failures/0/strikes=process", "/job/execution/restart=job"}, 45, 10},
        {{"/failures/0/strikes=job", "/recovery/downtime=2 s"}, 47, 10},
        {{"/failures/0/strikes=job", "/job/execution/keeps_outputs=false"}, 65, 50},
        {{"/failures/0/strikes=job", "/job/execution/keeps_outputs=false",
          "/job/stages/0/output=durable"},
         45,
         10},
        /* Node 0 takes map/0 and map/2 with it; they are made again from 25 to 35 s. */
        {{"/job/execution/restart=job"}, 55, 10 + 20},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct watched w;
        const char *sets[MAX_SETS] = {AT("25 s", "0")};
        for (size_t k = 0; cases[i].sets[k]; k++)
            sets[k + 1] = cases[i].sets[k];
        watch(&w, map_reduce, sets);
        assert_near(value(&w, M_MAKESPAN), cases[i].makespan_s, SAME);
        assert_near(value(&w, M_JOB_RESTARTS), 1, 0);
        assert_near(value(&w, M_LOST_WORK), cases[i].lost_s, SAME);
        check_budget(&w);
        unwatch(&w);
    }
}

/* ---- racks, bursts, detectors, retries ---- */

static void a_rack_takes_its_nodes_at_once(void **state)
{
    (void)state;
    struct watched w;
    /*
     * Maps from 0 to 10 s, one on each of four nodes; the reduces on the nodes 0 and 1. The rack of
     * these fails at 15 s, which is noticed at 17 s; it is up again at 21 s.
     */
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){"/cluster={\"nodes\": 4, \"nodes_per_rack\": 2}",
                                   "/failures/0/strikes=rack", AT("15 s", "0"),
                                   "/failures/0/repair=6 s", "/recovery/detector=2 s"});
    check_span(&w, "map/0", "work", 17, 27);
    check_span(&w, "map/1", "work", 17, 27);
    check_span(&w, "reduce/0", "work", 27, 47);
    check_span(&w, "reduce/1", "work", 27, 47);
    assert_near(value(&w, M_MAKESPAN), 47, SAME);
    assert_near(value(&w, M_FAILURES), 1, 0);
    assert_near(value(&w, M_STAGE_OUTPUTS_LOST), 2, 0);
    assert_near(value(&w, M_WORK_LOST), 2 * 5, SAME);
    /* One failure, one recovery: the outputs of two maps and what two reduces had done. */
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    assert_near(value(&w, M_LOST_WORK), 2 * 5 + 2 * 10, SAME);
    assert_near(value(&w, M_RECOVERY_TIME), 47 - 15, SAME);
    assert_near(value(&w, M_DETECT), 2, SAME);
    assert_near(value(&w, M_TIME_DOWN), 2 * 6 / 4.0, SAME);
    check_budget(&w);
    unwatch(&w);
}

/* Nothing is tried again on a node of the rack that has not failed yet. */
static void a_rack_is_noticed_at_once(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){"/cluster={\"nodes\": 3, \"nodes_per_rack\": 2}",
                                   "/failures/0/strikes=rack", "/failures/0/repair=100 s",
                                   AT("5 s", "0")});
    /* map/2 goes on in slot 2; map/3, which waits, is after the maps that were cut off. */
    check_span(&w, "map/2", "work", 0, 10);
    check_span(&w, "map/0", "work", 10, 20);
    check_span(&w, "map/3", "work", 30, 40);
    assert_near(value(&w, M_ATTEMPTS_FAILED), 2, 0);
    assert_near(value(&w, M_MAKESPAN), 80, SAME);
    unwatch(&w);
}

static void the_longest_repair_of_a_node_counts(void **state)
{
    (void)state;
    struct watched w;
    static const char failures[] =
        "/failures=[{\"strikes\": \"node\", \"at\": [\"2 s\"], \"repair\": \"3 s\"},"
        " {\"strikes\": \"site\", \"at\": [\"4 s\"], \"repair\": \"6 s\"}]";
    watch(&w, one_task, (const char *[MAX_SETS]){failures});
    check_span(&w, "t/0", "work", 10, 20);
    unwatch(&w);
    /* For good. */
    watch(&w, one_task,
          (const char *[MAX_SETS]){failures, "/failures/0/permanent=1", "/run/time_limit=1 h"});
    assert_near(value(&w, M_UNFINISHED), 1, 0);
    assert_near(value(&w, M_MAKESPAN), 3600, 0);
    unwatch(&w);
}

static void a_burst_spares_nodes(void **state)
{
    (void)state;
    struct watched w;
    static const char rack[] = "/failures/0/strikes=rack";
    /* Of no node it is no failure, of all of them the rack's. */
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){rack, AT("5 s", "0"), "/failures/0/burst={\"share\": 0}"});
    assert_near(value(&w, M_MAKESPAN), 40, SAME);
    assert_near(value(&w, M_FAILURES), 0, 0);
    assert_near(value(&w, M_FAILURES_IGNORED), 1, 0);
    unwatch(&w);
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){rack, AT("5 s", "0"), "/failures/0/burst={\"share\": 1}"});
    assert_near(value(&w, M_MAKESPAN), 45, SAME);
    assert_near(value(&w, M_ATTEMPTS_FAILED), 2, 0);
    unwatch(&w);
}

static void what_is_struck_has_its_detector(void **state)
{
    (void)state;
    static const char detectors[] =
        "/recovery/detectors=[{\"struck\": \"process\", \"detector\": \"1 s\"},"
        " {\"struck\": \"node\", \"detector\": \"3 s\"},"
        " {\"struck\": \"job\", \"detector\": \"7 s\"}]";
    static const struct {
        const char *strikes;
        double delay_s;
    } cases[] = {
        {"/failures/0/strikes=process", 1},
        {"/failures/0/strikes=node", 3},
        {"/failures/0/strikes=job", 7},
        {"/failures/0/strikes=site", 12},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct watched w;
        watch(&w, one_task,
              (const char *[MAX_SETS]){cases[i].strikes, detectors, "/recovery/detector=12 s"});
        assert_near(value(&w, M_DETECT), cases[i].delay_s, SAME);
        assert_near(value(&w, M_MAKESPAN), 4 + cases[i].delay_s + 10, SAME);
        unwatch(&w);
    }
}

/*
 * Node 0 goes down at 15 s with the output of map/0 and half of map/2, the job at 17 s. It restarts
 * at once, but that the node is lost is noticed at 45 s only: until then reduce/0 waits for it.
 */
static void a_job_that_restarts_has_not_noticed_its_nodes(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){
              "/job/stages/0/tasks=3", "/job/stages/1/tasks=1",
              "/failures=[{\"strikes\": \"node\", \"at\": [\"15 s\"]},"
              " {\"strikes\": \"job\", \"at\": [\"17 s\"]}]",
              "/recovery/detectors=[{\"struck\": \"node\", \"detector\": \"30 s\"}]"});
    check_span(&w, "map/2", "work", 17, 27);
    check_span(&w, "reduce/0", "stall", 27, 45);
    check_span(&w, "map/0", "work", 45, 55);
    check_span(&w, "reduce/0", "work", 55, 75);
    /* The node's recovery; the job's failure cut off nothing more. */
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    assert_near(value(&w, M_RECOVERY_TIME), 55 - 15, SAME);
    assert_near(value(&w, M_DETECT), 30, SAME);
    unwatch(&w);
}

static void a_job_backs_off_and_gives_up(void **state)
{
    (void)state;
    struct watched w;
    static const char failures[] =
        "/failures/0={\"strikes\": \"job\", \"at\": [\"4 s\", \"14 s\", \"34 s\"]}";
    static const char backoff[] = "/recovery/backoff={\"initial\": \"2 s\", \"factor\": 3,"
                                  " \"max\": \"1 min\", \"jitter\": 0}";
    /* Noticed at 5, 15 and 35 s; it waits for 2, 6 and 18 s. */
    watch(&w, one_task, (const char *[MAX_SETS]){failures, backoff, "/recovery/detector=1 s"});
    check_span(&w, "t/0", "work", 7, 14);
    check_span(&w, "t/0", "work", 21, 31);
    unwatch(&w);
    watch(&w, one_task,
          (const char *[MAX_SETS]){failures, backoff, "/recovery/detector=1 s",
                                   "/job/stages/0/work=20 s", "/recovery/retries={\"max\": 2}"});
    check_span(&w, "t/0", "work", 21, 34);
    assert_near(value(&w, M_MAKESPAN), 35, SAME);
    assert_near(value(&w, M_JOB_FAILURES), 1, 0);
    assert_near(value(&w, M_JOB_RESTARTS), 2, 0);
    assert_near(value(&w, M_UNFINISHED), 1, 0);
    check_budget(&w);
    unwatch(&w);
}

static void nodes_and_energy_cost(void **state)
{
    (void)state;
    struct watched w;
    static const double J_PER_KWH = 3.6e6;
    watch(&w, map_reduce,
          (const char *[MAX_SETS]){"/cluster/power={\"idle\": 100, \"busy\": 300, \"down\": 40}",
                                   "/prices={\"node_hour\": 9, \"kwh\": 2}", AT("25 s", "0"),
                                   "/recovery/detector=3 s"});
    /* As above: 68 s, in which slots work for 40 + 5 + 20 + 20 + 20 s, and are down for 3 s. */
    double busy_s = 4 * 10 + 5 + 20 + 20 + 20;
    double joules = 300 * busy_s + 40 * 3 + 100 * (2 * 68 - busy_s - 3);
    assert_near(value(&w, M_ENERGY), joules / J_PER_KWH, SAME);
    assert_near(value(&w, M_COST_NODES), 9 * 2 * 68 / 3600.0, SAME);
    assert_near(value(&w, M_COST), 9 * 2 * 68 / 3600.0 + 2 * joules / J_PER_KWH, SAME);
    unwatch(&w);
}

/* ---- closed forms ---- */

/* Runs replications; mean of the makespan, and how far chance at a level of 1e-4 takes it. */
static void check_makespan(const char *text, const char *const *sets, size_t n, double expected_s)
{
    struct fixture fixture;
    struct tally tally = {0};
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    n = support_scale(n);
    for (size_t i = 0; i < n; i++) {
        struct metrics metrics;
        assert_true(fixture_replicate(&fixture, 11, i, &metrics));
        tally_add(&tally, metrics.value[M_MAKESPAN]);
    }
    double slack_s = 3.9 * tally_sd(&tally) / sqrt((double)n);
    if (!(fabs(tally.mean - expected_s) <= slack_s))
        fail_msg("makespan %g s, but %g s is expected, by %g s at most", tally.mean, expected_s,
                 slack_s);
    fixture_release(&fixture);
}

static void the_slowest_of_n_exponential_tasks_takes_a_harmonic_sum(void **state)
{
    (void)state;
    double harmonic = 0;
    for (int i = 1; i <= 10; i++)
        harmonic += 1.0 / i;
    check_makespan("{\"job\": {\"stages\": [{\"name\": \"m\", \"tasks\": 10, \"work\":"
                   " {\"dist\": \"exponential\", \"mean\": \"60 s\"}}]}}",
                   (const char *[MAX_SETS]){NULL}, 4000, 60 * harmonic);
}

/* (e^(L/M) - 1) (M + D): Daly 2006, without checkpoints. */
static void a_task_that_starts_anew_takes_exponentially_long(void **state)
{
    (void)state;
    static const char text[] =
        "{\"job\": {\"stages\": [{\"name\": \"t\", \"work\": \"100 s\"}]},"
        " \"failures\": [{\"strikes\": \"process\","
        "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"80 s\"}}],"
        " \"recovery\": {\"detector\": \"4 s\", \"downtime\": \"6 s\"}}";
    check_makespan(text, (const char *[MAX_SETS]){NULL}, 8000, (exp(100.0 / 80) - 1) * (80 + 10));
}

/*
 * Reference E7: a job of 15 min in 24 stages, whose processes fail. Stage by stage it doubles at
 * a failure every 30 s; started again as a whole it takes far more than an hour at one every 3 min.
 */
static void stages_limit_what_a_failure_costs(void **state)
{
    (void)state;
    char text[4096];
    int n = snprintf(text, sizeof text, "{\"job\": {\"stages\": [");
    for (int i = 0; i < 24; i++)
        n += i == 0 ? snprintf(text + n, sizeof text - (size_t)n,
                               "{\"name\": \"s0\", \"work\": \"38 s\"}")
                    : snprintf(text + n, sizeof text - (size_t)n,
                               ", {\"name\": \"s%d\", \"work\": \"38 s\","
                               " \"inputs\": [{\"from\": \"s%d\"}]}",
                               i, i - 1);
    (void)snprintf(text + n, sizeof text - (size_t)n,
                   "]}, \"failures\": [{\"strikes\": \"process\", \"time_to_failure\":"
                   " {\"dist\": \"exponential\", \"mean\": \"30 s\"}}]}");
    double by_stage_s = 24 * 30 * (exp(38.0 / 30) - 1);
    double as_a_whole_s = 600 * (exp(24 * 38.0 / 600) - 1);
    check_makespan(text, (const char *[MAX_SETS]){NULL}, 1000, by_stage_s);
    check_makespan(text,
                   (const char *[MAX_SETS]){"/failures/0/time_to_failure/mean=10 min",
                                            "/job/execution/restart=job",
                                            "/job/execution/keeps_outputs=false"},
                   3000, as_a_whole_s);
    assert_true(by_stage_s > 28 * 60 && by_stage_s < 32 * 60);
    assert_true(180 * (exp(24 * 38.0 / 180) - 1) > 60 * 60);
}

/*
 * Five tasks of 10 s, of which each attempt is slow with probability p and takes 100 s. Once one
 * is done, the slow ones get a copy at 15 s, which is done at 25 s if it is not slow itself.
 */
static void copies_shorten_the_tail(void **state)
{
    (void)state;
    static const char text[] =
        "{\"job\": {\"stages\": [{\"name\": \"m\", \"tasks\": 5, \"work\": \"10 s\","
        "   \"straggler\": {\"probability\": 0.2, \"factor\": 10}}],"
        "   \"execution\": {\"speculation\": {\"quantile\": 0.2, \"multiplier\": 1.5}}},"
        " \"cluster\": {\"nodes\": 10}}";
    static const double choose[] = {1, 5, 10, 10, 5, 1};
    const double p = 0.2;
    double mean_s = pow(1 - p, 5) * 10 + pow(p, 5) * 100;
    for (int slow = 1; slow < 5; slow++) {
        double saved = pow(1 - p, slow);
        mean_s +=
            choose[slow] * pow(p, slow) * pow(1 - p, 5 - slow) * (saved * 25 + (1 - saved) * 100);
    }
    check_makespan(text, (const char *[MAX_SETS]){NULL}, 6000, mean_s);
}

/* ---- what is predicted ---- */

/* NaN: nothing. */
static double predicted_s(const char *text, const char *const *sets)
{
    struct fixture fixture;
    struct theory_stages theory;
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    bool applies = theory_stages_of(&fixture.scenario.model, &theory);
    fixture_release(&fixture);
    return applies ? theory.makespan_s : (double)NAN;
}

static void waves_are_predicted(void **state)
{
    (void)state;
    static const char *const sets[][MAX_SETS] = {
        {"/failures=[]"},
        {"/failures=[]", "/job/stages/0/tasks=7", "/job/stages/1/fetch=3 s"},
        {"/failures=[]", "/cluster/nodes=3", "/job/start=5 s", "/job/stages/0/write=1 s"},
        {"/failures=[]", "/job/first_start=recovery", "/recovery/restart/delay=2 s"},
        {"/failures=[]", "/job/stages/1/tasks=1", "/job/stages/1/inputs/0/by=narrow"},
    };
    static const double makespan_s[] = {40, 4 * 10 + 23, 5 + 2 * 11 + 20, 2 * 12 + 22, 40};
    for (size_t i = 0; i < MEM_COUNT(sets); i++) {
        struct watched w;
        watch(&w, map_reduce, sets[i]);
        assert_near(predicted_s(map_reduce, sets[i]), makespan_s[i], SAME);
        assert_near(value(&w, M_MAKESPAN), makespan_s[i], SAME);
        unwatch(&w);
    }
}

static void the_slowest_task_is_predicted(void **state)
{
    (void)state;
    static const char text[] =
        "{\"job\": {\"stages\": ["
        "   {\"name\": \"map\", \"tasks\": 8, \"work\":"
        "    {\"dist\": \"gamma\", \"mean\": \"60 s\", \"shape\": 2}, \"write\": \"4 s\"},"
        "   {\"name\": \"reduce\", \"tasks\": 3, \"inputs\": [{\"from\": \"map\"}], \"work\":"
        "    {\"dist\": \"exponential\", \"mean\": \"30 s\"}, \"fetch\": \"6 s\"}]}}";
    const char *const none[MAX_SETS] = {NULL};
    check_makespan(text, none, 4000, predicted_s(text, none));
}

static void nothing_else_is_predicted(void **state)
{
    (void)state;
    static const char *const sets[][MAX_SETS] = {
        {NULL}, /* failures */
        {"/failures=[]", "/job/execution/slow_start=0.5"},
        {"/failures=[]", "/job/execution/speculation={}"},
        {"/failures=[]", "/job/stages/0/straggler={\"probability\": 0.1, \"factor\": 3}"},
        {"/failures=[]", "/job/stages/1/inputs=[]"},
        {"/failures=[]", "/job/stages/0/tasks=2", "/job/stages/1/inputs/0/by=narrow"},
        {"/failures=[]", "/job/stages/0/work={\"dist\": \"exponential\", \"mean\": \"1 s\"}"},
    };
    for (size_t i = 0; i < MEM_COUNT(sets); i++)
        assert_true(isnan(predicted_s(map_reduce, sets[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_follow_each_other),
        cmocka_unit_test(a_shuffle_makes_all_lost_outputs_again),
        cmocka_unit_test(outputs_that_nobody_needs_stay_lost),
        cmocka_unit_test(a_narrow_input_makes_one_parent_again),
        cmocka_unit_test(durable_outputs_cut_the_lineage),
        cmocka_unit_test(readers_of_a_lost_node_stall_until_it_is_noticed),
        cmocka_unit_test(early_reducers_read_while_they_wait),
        cmocka_unit_test(early_reducers_make_room_for_maps),
        cmocka_unit_test(a_task_is_tried_again),
        cmocka_unit_test(bad_nodes_get_no_more_tasks),
        cmocka_unit_test(a_job_restarts_with_or_without_its_outputs),
        cmocka_unit_test(a_rack_takes_its_nodes_at_once),
        cmocka_unit_test(a_rack_is_noticed_at_once),
        cmocka_unit_test(the_longest_repair_of_a_node_counts),
        cmocka_unit_test(a_burst_spares_nodes),
        cmocka_unit_test(what_is_struck_has_its_detector),
        cmocka_unit_test(a_job_that_restarts_has_not_noticed_its_nodes),
        cmocka_unit_test(a_job_backs_off_and_gives_up),
        cmocka_unit_test(nodes_and_energy_cost),
        cmocka_unit_test(the_slowest_of_n_exponential_tasks_takes_a_harmonic_sum),
        cmocka_unit_test(a_task_that_starts_anew_takes_exponentially_long),
        cmocka_unit_test(stages_limit_what_a_failure_costs),
        cmocka_unit_test(copies_shorten_the_tail),
        cmocka_unit_test(waves_are_predicted),
        cmocka_unit_test(the_slowest_task_is_predicted),
        cmocka_unit_test(nothing_else_is_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
