// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What each guarantee does to the messages of a job in which everything is constant, so that all
 * counts and times can be worked out by hand; the comments do.
 */
#include <math.h>

#include "fixture.h"
#include "stream_rig.h"

static const double SAME = 1e-9;

enum { MAX_SETS = 6 };

/*
 * One task that takes 0.3 s for each message; they come at 1 s, 2 s, ... Cuts are at 10.3 s and
 * 20.3 s, their commits 0.5 s later. The failure is detected at 29.15 s, and the task runs again at
 * 32.15 s; the next cuts are at 42.3 s and 52.3 s.
 */
static const char one_task[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\", \"service\": \"0.3 s\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"27.15 s\"]}],"
    " \"recovery\": {\"detector\": \"2 s\", \"downtime\": \"1 s\","
    "   \"restart\": {\"delay\": \"1.25 s\"}, \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

/* The first takes 0.1 s, the second 0.5 s, and there is room for 3 between them. */
static const char two_operators[] =
    "{\"job\": {\"operators\": [{\"name\": \"first\", \"service\": \"0.1 s\","
    "   \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}},"
    "   {\"name\": \"second\", \"service\": \"0.5 s\","
    "    \"inputs\": [{\"from\": \"first\", \"capacity\": 3}]}]},"
    " \"checkpoint\": {\"strategy\": \"none\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [{\"time\": \"27.3 s\", \"unit\": 1}]}],"
    " \"recovery\": {\"detector\": \"2 s\", \"downtime\": \"1 s\","
    "   \"restart\": {\"delay\": \"1.25 s\", \"scope\": \"task\"}, \"restore\": \"0.75 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

static struct metrics metrics_of(const char *text, const char *const *sets)
{
    struct fixture fixture;
    struct metrics metrics;
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    assert_true(fixture_replicate(&fixture, 7, 0, &metrics));
    fixture_release(&fixture);
    return metrics;
}

/* ---- exactly_once_output ---- */

static void outputs_become_visible_at_the_commit_and_once(void **state)
{
    (void)state;
    struct metrics m =
        metrics_of(one_task, (const char *[MAX_SETS]){"/job/guarantee=exactly_once_output"});
    /* 1 to 10, 11 to 20, 21 to 42, 43 to 52; 53 to 59 are out, but not committed. */
    assert_near(m.value[M_THROUGHPUT], 52.0 / 60, SAME);
    assert_near(m.value[M_OUTPUTS_PENDING], 7, 0);
    assert_near(m.value[M_OUTPUTS_ABORTED], 6, 0); /* 21 to 26 */
    assert_near(m.value[M_OUTPUTS_LOST], 0, 0);
    assert_near(m.value[M_DUPLICATES], 0, 0);
    assert_near(m.value[M_REPROCESSED], 6, 0);
    /* From k + 0.3, but for 21 to 36: they leave at 32.15 + 0.3 j. */
    assert_near(m.count[M_COMMIT_LATENCY], 52, 0);
    assert_near(m.value[M_COMMIT_LATENCY], 50 + 50 + (129.6 + 18) + 50, SAME);
    assert_near(m.count[M_LATENCY], 52, 0);
    assert_near(m.value[M_LATENCY], 53 + 53 + (22 * 42.8 - 693) + 53, SAME);
}

static void what_is_committed_counts_from_the_end_of_the_warm_up(void **state)
{
    (void)state;
    struct metrics m =
        metrics_of(one_task, (const char *[MAX_SETS]){"/job/guarantee=exactly_once_output",
                                                      "/run/warmup=15 s"});
    assert_near(m.value[M_THROUGHPUT], 42.0 / 45, SAME);
    assert_near(m.count[M_LATENCY], 38, 0); /* of those that came from then on: 15 to 52 */
    assert_near(m.value[M_OUTPUTS_PENDING], 7, 0);
}

static void a_transaction_that_is_open_too_long_is_lost(void **state)
{
    (void)state;
    /* From 1.3 s to 10.8 s, 11.3 s to 20.8 s, 32.45 s to 42.8 s, 43.3 s to 52.8 s. */
    struct metrics m =
        metrics_of(one_task, (const char *[MAX_SETS]){"/job/guarantee=exactly_once_output",
                                                      "/job/transaction_timeout=10.2 s"});
    assert_near(m.value[M_OUTPUTS_LOST], 22, 0);
    assert_near(m.value[M_THROUGHPUT], 30.0 / 60, SAME);
    assert_near(m.count[M_COMMIT_LATENCY], 30, 0);
    assert_near(m.value[M_OUTPUTS_PENDING], 7, 0);
    assert_near(m.value[M_OUTPUTS_ABORTED], 6, 0);
    m = metrics_of(one_task, (const char *[MAX_SETS]){"/job/guarantee=exactly_once_output",
                                                      "/job/transaction_timeout=10.4 s"});
    assert_near(m.value[M_OUTPUTS_LOST], 0, 0);
}

/* The task stands at once, and is cut. */
static void cut_now(struct rig *rig, struct task_cut *cut)
{
    assert_true(stream_hold(rig->stream, 0, false));
    stream_cut(rig->stream, 0, false, cut);
    stream_release(rig->stream, 0);
}

static void a_sink_that_is_dead_at_the_commit_commits_when_it_is_back(void **state)
{
    (void)state;
    static const double times_s[] = {1, 2, 3};
    struct rig rig;
    struct task_cut cut = {0};
    struct task_counts counts;
    struct latency_record commits = {0};
    rig_init(&rig);
    (void)rig_source(&rig, "sink", 1, 0.5, times_s, MEM_COUNT(times_s));
    rig_start(&rig, (struct stream_options){.may_fail = true, .transactional = true});
    stream_record_commits(rig.stream, &commits);
    rig_advance(&rig, 2.6); /* out at 1.5 and 2.5 */
    cut_now(&rig, &cut);
    rig_advance(&rig, 3.6); /* at 3.5 */
    stream_kill(rig.stream, 0);
    stream_commit_outputs(rig.stream, 0, &cut);
    stream_counts(rig.stream, 0, &counts);
    assert_int_equal(counts.visible, 0);
    rig_advance(&rig, 5);
    stream_roll_back(rig.stream, (uint32_t[]){0}, 1, (const struct task_cut *[]){&cut});
    stream_counts(rig.stream, 0, &counts);
    assert_int_equal(counts.visible, 2);
    assert_int_equal(counts.thrown_away, 1);
    assert_near(rig.latency.sum, (5 - 1) + (5 - 2), SAME);
    assert_near(commits.sum, 3.5 + 2.5, SAME);
    rig_advance(&rig, 6); /* at 5.5, again */
    cut_now(&rig, &cut);
    stream_commit_outputs(rig.stream, 0, &cut);
    stream_counts(rig.stream, 0, &counts);
    assert_int_equal(counts.visible, 3);
    assert_int_equal(counts.duplicates, 0);
    assert_int_equal(counts.emitted, 4);
    assert_near(commits.sum, 3.5 + 2.5 + 0.5, SAME);
    rig_check(&rig);
    task_cut_release(&cut);
    rig_release(&rig);
}

static void the_transactions_of_cuts_that_never_commit_go_with_the_next(void **state)
{
    (void)state;
    static const double times_s[] = {1, 2, 3};
    struct rig rig;
    struct task_cut cut = {0};
    struct task_counts counts;
    rig_init(&rig);
    (void)rig_source(&rig, "sink", 1, 0.5, times_s, MEM_COUNT(times_s));
    rig_start(&rig, (struct stream_options){.transactional = true, .transaction_timeout_s = 2.2});
    rig_advance(&rig, 1.6);
    cut_now(&rig, &cut); /* of a round that is given up */
    rig_advance(&rig, 3.8);
    cut_now(&rig, &cut);
    rig_advance(&rig, 4);
    stream_commit_outputs(rig.stream, 0, &cut);
    stream_counts(rig.stream, 0, &counts);
    assert_int_equal(counts.timed_out, 1); /* open from 1.5 s; the other one from 2.5 s */
    assert_int_equal(counts.visible, 2);
    rig_check(&rig);
    task_cut_release(&cut);
    rig_release(&rig);
}

/* ---- at_most_once ---- */

static void reading_goes_on_where_it_was(void **state)
{
    (void)state;
    struct metrics m =
        metrics_of(one_task, (const char *[MAX_SETS]){"/job/guarantee=at_most_once"});
    /* 27 is lost in service. 28 to 32 wait; 33 is read at 33.65, before 34 comes. */
    assert_near(m.value[M_LOST], 1, 0);
    assert_near(m.value[M_PROCESSED], 58, 0);
    assert_near(m.value[M_REPROCESSED], 0, 0);
    assert_near(m.value[M_DUPLICATES], 0, 0);
    assert_near(m.value[M_REPLAYED], 0, 0);
    assert_near(m.value[M_THROUGHPUT], 58.0 / 60, SAME);
    assert_near(m.value[M_CATCH_UP], 33.65 - 32.15, SAME);
    assert_near(m.value[M_LOST_WORK], 0, 0);
    assert_near(m.value[M_ROLLBACK], 27.15 - 20.3, SAME); /* of the state */
}

static void a_task_restarts_alone_and_loses_what_comes_to_it(void **state)
{
    (void)state;
    struct metrics m =
        metrics_of(two_operators, (const char *[MAX_SETS]){"/job/guarantee=at_most_once"});
    /* 27 was being served, 28 to 30 are in the channel at 32.3, where 31 then follows. */
    assert_near(m.value[M_LOST], 4, 0);
    assert_near(m.value[M_THROUGHPUT], (59.0 - 4) / 60, SAME);
    assert_near(m.value[M_REPROCESSED], 0, 0);
    /* At 31.1 the first one is done with 31, for which there is no room until 32.3. */
    assert_near(m.value[M_TIME_BLOCKED], (32.3 - 31.1) / 2, SAME);
}

/* ---- what a job gives ---- */

static void expect_guarantee(const char *text, const char *const *sets, enum guarantee guarantee,
                             bool blocks)
{
    struct fixture fixture;
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    assert_int_equal(fixture.scenario.model.job.guarantee, guarantee);
    assert_int_equal(model_blocks_alignment(&fixture.scenario.model), blocks);
    fixture_release(&fixture);
}

#define LOG "/job/operators/1/inputs/0/channel=log", "/job/operators/1/inputs/0/capacity=null"
#define BARRIER "/checkpoint/strategy=barrier", "/checkpoint/interval=10 s", "/checkpoint/cost=1 s"
#define SCOPE_OF_ALL "/recovery/restart/scope=all"

static void coordination_and_channels_say_what_a_job_gives(void **state)
{
    (void)state;
    expect_guarantee(one_task, (const char *[MAX_SETS]){NULL}, GUARANTEE_EXACTLY_ONCE_STATE, true);
    expect_guarantee(two_operators, (const char *[MAX_SETS]){LOG}, GUARANTEE_AT_LEAST_ONCE, false);
    expect_guarantee(two_operators, (const char *[MAX_SETS]){BARRIER, SCOPE_OF_ALL},
                     GUARANTEE_EXACTLY_ONCE_STATE, true);
    expect_guarantee(
        two_operators,
        (const char *[MAX_SETS]){BARRIER, SCOPE_OF_ALL, "/job/guarantee=at_least_once"},
        GUARANTEE_AT_LEAST_ONCE, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_become_visible_at_the_commit_and_once),
        cmocka_unit_test(what_is_committed_counts_from_the_end_of_the_warm_up),
        cmocka_unit_test(a_transaction_that_is_open_too_long_is_lost),
        cmocka_unit_test(a_sink_that_is_dead_at_the_commit_commits_when_it_is_back),
        cmocka_unit_test(the_transactions_of_cuts_that_never_commit_go_with_the_next),
        cmocka_unit_test(reading_goes_on_where_it_was),
        cmocka_unit_test(a_task_restarts_alone_and_loses_what_comes_to_it),
        cmocka_unit_test(coordination_and_channels_say_what_a_job_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
