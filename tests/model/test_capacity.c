// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Capacity that comes and goes, and failures that are foretold. Where all durations are constant
 * each instant was worked out by hand, as the comments do; the rest are closed forms.
 */
#include <math.h>

#include "watched.h"

/*
 * Instances a and b are there; a goes at 100 s and c comes at 160, b goes at 420 and d comes at
 * 450. A checkpoint after every 50 s of work takes 5 s.
 */
static const char on_spot[] =
    "{\"job\": {\"work\": \"300 s\", \"tasks\": 2}, \"cluster\": {\"nodes\": 2},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"50 s\", \"cost\": \"5 s\","
    "   \"final\": false},"
    " \"failures\": [{\"strikes\": \"node\", \"trace\": {\"nodes\": \"same\","
    "   \"log\": {\"format\": \"add_remove\", \"time_unit\": \"s\","
    "     \"file\": \"tests/data/trace_spot.csv\"}}}],"
    " \"recovery\": {\"downtime\": \"10 s\", \"restore\": \"20 s\"}}";

static struct metrics run_once(const char *text, const char *const *sets, size_t n_sets)
{
    struct fixture fixture;
    struct metrics metrics;
    assert_true(fixture_init(&fixture, text, sets, n_sets));
    assert_true(fixture_replicate(&fixture, 1, 0, &metrics));
    fixture_release(&fixture);
    return metrics;
}

#define RUN(text, ...)                                                                             \
    run_once(text, (const char *const[]){__VA_ARGS__},                                             \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void check(const struct metrics *metrics, enum metric metric, double expected)
{
    double value = metrics->value[metric];
    if (!(fabs(value - expected) <= SAME * fmax(expected, 1)))
        fail_msg("%s: %.17g, not %.17g", metric_rows[metric].name, value, expected);
}

/* ---- capacity ---- */

/*
 * 45 s of work are lost at 100 s, and the job waits for c; 270 s are done at 420, 20 are lost, and
 * it waits for d. Restored at 180 and 470 s.
 */
static void a_job_waits_until_another_instance_comes(void **state)
{
    (void)state;
    struct metrics m = RUN(on_spot, NULL);
    check(&m, M_MAKESPAN, 520);
    check(&m, M_PREEMPTIONS, 2);
    check(&m, M_FAILURES, 2);
    check(&m, M_LOST_WORK, 65);
    check(&m, M_TIME_DOWN, 90);
    check(&m, M_TIME_RECOVERY, 40);
    check(&m, M_TIME_LACKING_NODES, 90);
}

/* At 120 s one instance is there: the job starts 40 s later, and nothing has failed. */
static void a_job_starts_when_there_are_enough(void **state)
{
    (void)state;
    struct metrics m = RUN(on_spot, "/failures/0/trace/offset=120 s");
    /* 240 s are done at 300, when b goes; 200 are restored at 350. */
    check(&m, M_MAKESPAN, 455);
    check(&m, M_FAILURES, 1);
    check(&m, M_PREEMPTIONS, 1);
    check(&m, M_LOST_WORK, 40);
    check(&m, M_TIME_DOWN, 40 + 10 + 20);
    check(&m, M_TIME_LACKING_NODES, 70);
    assert_near(m.count[M_RECOVERY_TIME], 1, 0);
}

/* A job that needs one of the two goes on with the other: only the place of its node matters. */
static void an_instance_that_hosts_nothing_is_not_missed(void **state)
{
    (void)state;
    struct metrics m = RUN(on_spot, "/job/tasks=1");
    /* Place 0 loses a at 100: 45 s of work are lost; the job restarts on b at once, which goes at
     * 420, when c is there. 50 s are restored at 130, 270 s done at 370. */
    check(&m, M_PREEMPTIONS, 1);
    check(&m, M_TIME_LACKING_NODES, 0);
    check(&m, M_MAKESPAN, 130 + 250 + 4 * 5);
}

/* ---- warnings ---- */

/* The checkpoint that the warning of 92 s begins commits at 97; 3 s of work are lost. */
static void a_warning_saves_all_work_but_that_after_its_cut(void **state)
{
    (void)state;
    struct metrics m = RUN(on_spot, "/failures/0/prediction=8 s");
    /* 87 s are restored at 180, 287 s done at 395; that of 412 is cut at 299 s. */
    check(&m, M_MAKESPAN, 418);
    check(&m, M_LOST_WORK, 3);
    check(&m, M_ALARMS, 2);
    check(&m, M_ALARMS_UNFOUNDED, 0);
    check(&m, M_CHECKPOINTS_PROACTIVE, 2);
    check(&m, M_CHECKPOINTS_ABORTED, 0);
}

static void a_warning_that_comes_too_late_saves_nothing(void **state)
{
    (void)state;
    /* 42 and 17 s of work are lost, as the last seconds before the failures go into checkpoints. */
    struct metrics m = RUN(on_spot, "/failures/0/prediction=3 s");
    check(&m, M_MAKESPAN, 520);
    check(&m, M_LOST_WORK, 42 + 17);
    check(&m, M_CHECKPOINTS_ABORTED, 2);
    /* A fast one commits at 99 s: 92 s of work are restored at 180, and 292 done at 395. */
    m = RUN(on_spot, "/failures/0/prediction=3 s", "/checkpoint/alarm_cost=2 s");
    check(&m, M_MAKESPAN, 408);
    check(&m, M_LOST_WORK, 1);
    check(&m, M_ALARMS, 1);
    check(&m, M_TIME_CHECKPOINT, 5 + 2 + 4 * 5);
    /* Nobody listens. */
    m = RUN(on_spot, "/failures/0/prediction=8 s", "/checkpoint/on_alarm=none");
    check(&m, M_MAKESPAN, 520);
    check(&m, M_LOST_WORK, 65);
    check(&m, M_ALARMS, 2);
    check(&m, M_CHECKPOINTS_PROACTIVE, 0);
}

/* The work goes on beside the write; the interval counts from the cut at 92 s. */
static void a_warning_begins_an_asynchronous_checkpoint(void **state)
{
    (void)state;
    struct metrics m = RUN(on_spot, "/failures/0/prediction=8 s", "/checkpoint/mode=async");
    /* Cut at 50 and 92, 100 s done at 100. */
    check(&m, M_LOST_WORK, 8);
    check(&m, M_CHECKPOINTS_PROACTIVE, 1);
    /* 92 s restored at 180: 300 s are done at 388, before the second warning. */
    check(&m, M_MAKESPAN, 388);
}

/* By hand, of a job that cuts every 50 s of work, for 5 s. */
static void regular_checkpoints_may_keep_to_their_marks(void **state)
{
    (void)state;
    static const char multiples[] = "/checkpoint/interval_from=multiples";
    /* Cut at 50 and, at 92 s, at 87 s of work; then at 137, which is not reached, or at 100. */
    static const char once[] = "/failures/0={\"at\": [\"140 s\"], \"prediction\": \"48 s\"}";
    struct metrics m = RUN(on_spot, once);
    check(&m, M_LOST_WORK, 130 - 87);
    m = RUN(on_spot, once, multiples);
    check(&m, M_LOST_WORK, 125 - 100);
    /* Cut at 87 as before; from there on again at 135 s, and then at 137 or 100. */
    static const char twice[] = "/failures=[{\"at\": [\"105 s\"], \"prediction\": \"13 s\"},"
                                " {\"at\": [\"195 s\"]}]";
    m = RUN(on_spot, twice);
    check(&m, M_LOST_WORK, 95 - 87 + 142 - 137);
    m = RUN(on_spot, twice, multiples);
    check(&m, M_LOST_WORK, 95 - 87 + 142 - 100);
}

/* That of 50 s is being written at 52: another one is cut when it has committed, at 55. */
static void an_alarm_may_wait_for_the_checkpoint_in_progress(void **state)
{
    (void)state;
    static const char script[] = "/failures/0={\"at\": [\"62 s\"], \"prediction\": \"10 s\"}";
    static const char queue[] = "/checkpoint/on_alarm=queue";
    struct metrics m = RUN(on_spot, script, "/checkpoint/mode=async");
    check(&m, M_LOST_WORK, 12);
    check(&m, M_CHECKPOINTS_PROACTIVE, 0);
    m = RUN(on_spot, script, "/checkpoint/mode=async", queue);
    check(&m, M_LOST_WORK, 7);
    check(&m, M_CHECKPOINTS_PROACTIVE, 1);
    /* Of a job that stood still meanwhile there is nothing new in it. */
    m = RUN(on_spot, script, queue);
    check(&m, M_LOST_WORK, 2);
    check(&m, M_CHECKPOINTS_PROACTIVE, 1);
    /* A failure in the first one takes the second along. */
    m = RUN(on_spot, "/failures/0={\"at\": [\"54 s\"], \"prediction\": \"2 s\"}", queue);
    check(&m, M_LOST_WORK, 50);
    check(&m, M_CHECKPOINTS_PROACTIVE, 0);
}

/* An alarm is of no use while nothing runs, while a checkpoint is written, and for idle nodes. */
static void alarms_that_save_nothing_begin_nothing(void **state)
{
    (void)state;
    static const char *const script = "/failures/0={\"strikes\": \"node\", \"repair\": \"30 s\","
                                      " \"at\": [{\"time\": \"60 s\", \"unit\": 2}],"
                                      " \"prediction\": \"8 s\"}";
    struct metrics m = RUN(on_spot, script, "/cluster/nodes=3");
    check(&m, M_ALARMS, 1);
    check(&m, M_FAILURES, 0);
    check(&m, M_CHECKPOINTS_PROACTIVE, 0);
    check(&m, M_MAKESPAN, 325);
    /* At 52 s the checkpoint of 50 s is being written. */
    m = RUN(on_spot, "/failures/0={\"at\": [\"60 s\"], \"prediction\": \"8 s\"}");
    check(&m, M_CHECKPOINTS_PROACTIVE, 0);
    check(&m, M_LOST_WORK, 5);
    /* The second failure is foretold when the first strikes, at once. */
    m = RUN(on_spot, "/failures/0={\"at\": [\"20 s\", \"25 s\"], \"prediction\": \"8 s\"}");
    check(&m, M_ALARMS, 2);
    check(&m, M_CHECKPOINTS_PROACTIVE, 1);
    check(&m, M_LOST_WORK, 3);
}

/* ---- predictors ---- */

static const char foretold[] =
    "{\"job\": {\"work\": \"4e5 h\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"1e6 h\", \"cost\": \"300 s\"},"
    " \"failures\": [{\"strikes\": \"job\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"10 h\"},"
    "   \"prediction\": {\"lead\": \"301 s\"}}],"
    " \"recovery\": {\"downtime\": \"20 min\", \"restore\": \"10 min\"}}";

/*
 * All failures are foretold by L = 301 s, just longer than the checkpoint, and there are no others:
 * of X from the end of a downtime to the next failure, max(X - R - L, 0) is useful, which is
 * mu exp(-(R + L) / mu) on the average, of mu + D. Its variance over that of cycles gives the
 * error.
 */
static void the_waste_with_a_perfect_predictor_is_its_closed_form(void **state)
{
    (void)state;
    struct metrics m = RUN(foretold, NULL);
    double mu_s = 36000;
    double useful = mu_s * exp(-(600 + 301) / mu_s) / (mu_s + 1200);
    double n = m.value[M_FAILURES];
    /* Nearly (R + L + D) / (mu + D): fixed times over the mean of n exponential ones. */
    double sd = (1 - useful) / sqrt(n);
    print_message("waste %.6f, closed form %.6f, %.0f failures\n", m.value[M_WASTE], 1 - useful, n);
    assert_near(m.value[M_WASTE], 1 - useful, 4 * sd);
}

static void recall_and_precision_are_those_of_the_scenario(void **state)
{
    (void)state;
    static const char *const laws[] = {
        "/failures/0/clock=exposed",
        "/failures/0/clock=wall",
        "/failures/0/time_to_failure={\"dist\": \"weibull\", \"mean\": \"10 h\", \"shape\": 0.7}",
    };
    for (size_t i = 0; i < MEM_COUNT(laws); i++) {
        struct metrics m =
            RUN(foretold, laws[i], "/checkpoint/interval=2 h", "/failures/0/prediction/recall=0.7",
                "/failures/0/prediction/precision=0.6",
                "/failures/0/prediction/lead={\"dist\": \"exponential\", \"mean\": \"1 min\"}");
        double failures = m.value[M_FAILURES] + m.value[M_FAILURES_IGNORED];
        double predicted = m.value[M_ALARMS] - m.value[M_ALARMS_UNFOUNDED];
        double recall = predicted / failures;
        double precision = predicted / m.value[M_ALARMS];
        print_message("%.0f failures: recall %.4f, precision %.4f\n", failures, recall, precision);
        assert_near(recall, 0.7, 4 * sqrt(0.7 * 0.3 / failures));
        /* Of a Weibull law of this shape failures vary with a CV of 1.46. */
        assert_near(precision, 0.6, 4 * 1.5 * sqrt(0.6 * 0.4 / m.value[M_ALARMS]));
    }
}

/* ---- stream jobs ---- */

/* Messages come at 1 s, 2 s, ... and take nothing; a checkpoint is written beside the work. */
static const char idle[] =
    "{\"job\": {\"operators\": [{\"name\": \"op\","
    "   \"source\": {\"message\": \"100 B\","
    "     \"arrivals\": {\"process\": \"constant\", \"rate\": \"1/s\"}}}]},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"1 s\","
    "   \"mode\": \"async\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"25.5 s\"], \"prediction\": \"3 s\"}],"
    " \"recovery\": {\"downtime\": \"1 s\", \"restore\": \"0.5 s\"},"
    " \"run\": {\"duration\": \"60 s\"}}";

static void an_alarm_begins_a_round(void **state)
{
    (void)state;
    struct watched w;
    static const double times_s[] = {10, 20, 22.5, 37, 47, 57};
    watch(&w, idle, (const char *[MAX_SETS]){NULL});
    for (int i = 0; i < (int)MEM_COUNT(times_s); i++)
        assert_near(when(&w, "checkpoint_triggered", NULL, i), times_s[i], SAME);
    assert_near(value(&w, M_CHECKPOINTS_PROACTIVE), 1, 0);
    /* Messages of 23, 24 and 25 s are read again. */
    assert_near(value(&w, M_REPROCESSED), 3, 0);
    unwatch(&w);
    /* One is in progress, from 22 to 23 s. */
    watch(&w, idle, (const char *[MAX_SETS]){"/checkpoint/interval=22 s"});
    assert_near(value(&w, M_CHECKPOINTS_PROACTIVE), 0, 0);
    assert_near(value(&w, M_ALARMS), 1, 0);
    unwatch(&w);
}

/* The tasks of a place without instance start late; they have nothing to recover from. */
static void a_stream_job_starts_when_there_are_enough(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, idle,
          (const char *[MAX_SETS]){
              "/failures/0={\"strikes\": \"node\", \"trace\": {\"nodes\": \"same\","
              " \"offset\": \"120 s\", \"log\": {\"format\": \"add_remove\", \"time_unit\": \"s\","
              " \"file\": \"tests/data/trace_spot.csv\"}}}",
              "/job/operators/0/tasks=2", "/cluster={\"nodes\": 2}",
              "/job/operators/0/source/partitions=2"});
    assert_near(value(&w, M_FAILURES), 0, 0);
    assert_near(value(&w, M_TIME_LACKING_NODES), 40, SAME);
    assert_near(count(&w, M_RECOVERY_TIME), 0, 0);
    check_budget(&w);
    unwatch(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_waits_until_another_instance_comes),
        cmocka_unit_test(a_job_starts_when_there_are_enough),
        cmocka_unit_test(an_instance_that_hosts_nothing_is_not_missed),
        cmocka_unit_test(a_warning_saves_all_work_but_that_after_its_cut),
        cmocka_unit_test(a_warning_that_comes_too_late_saves_nothing),
        cmocka_unit_test(a_warning_begins_an_asynchronous_checkpoint),
        cmocka_unit_test(regular_checkpoints_may_keep_to_their_marks),
        cmocka_unit_test(an_alarm_may_wait_for_the_checkpoint_in_progress),
        cmocka_unit_test(alarms_that_save_nothing_begin_nothing),
        cmocka_unit_test(the_waste_with_a_perfect_predictor_is_its_closed_form),
        cmocka_unit_test(recall_and_precision_are_those_of_the_scenario),
        cmocka_unit_test(an_alarm_begins_a_round),
        cmocka_unit_test(a_stream_job_starts_when_there_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
