// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From the failure to the start of the processes: who notices when, back-off, retries, requests,
 * and false alarms. Durations are constant where instants are worked out by hand, as the comments
 * do; means of random ones are accepted at a two-sided level of 1e-4 (3.9 standard errors).
 */
#include <math.h>
#include <string.h>

#include "model/streaming_state.h"
#include "watched.h"

/* Two tasks in two containers; messages for the first at 0.5 s, 1.5 s, ..., for the other at 1 s,
 * ... */
#define TWO_TASKS(failures, recovery)                                                              \
    "{\"job\": {\"containers\": 2, \"operators\": [{\"name\": \"op\", \"tasks\": 2, \"service\": " \
    "\"0.3 s\", \"source\": {\"arrivals\": {\"process\": \"constant\", \"rate\": \"2/s\"}}}]},"    \
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"0.5 s\"},"  \
    " \"failures\": [" failures "],"                                                               \
    " \"recovery\": {" recovery "},"                                                               \
    " \"run\": {\"duration\": \"100 s\"}}"

static const char phases[] =
    TWO_TASKS("{\"strikes\": \"process\", \"at\": [\"27.15 s\"]}",
              "\"detector\": \"2 s\", \"downtime\": \"1 s\", \"restore\": \"0.75 s\","
              "\"backoff\": {\"initial\": \"4 s\", \"max\": \"60 s\", \"factor\": 2},"
              "\"restart\": {\"cancel\": \"9 s\", \"cancel_timeout\": \"0.5 s\","
              " \"allocate\": \"0.25 s\", \"localise\": \"3 s\", \"delay\": \"1.25 s\"}");

static const double LEVEL = 3.9;

/* ---- back-off and retries alone ---- */

/* The sum of the first n waits of failures that follow each other at once. */
static double sum_of_waits(const struct backoff_params *params, int n, struct rng *rng)
{
    struct backoff backoff = {0};
    double sum_s = 0;
    for (int i = 0; i < n; i++)
        sum_s += backoff_next_s(params, &backoff, backoff.until_s, rng);
    return sum_s;
}

static double wait_number(const struct backoff_params *params, int n, struct rng *rng)
{
    return sum_of_waits(params, n, rng) - sum_of_waits(params, n - 1, rng);
}

/* Section C2 of the engines reference. */
static void waits_add_up_as_those_of_the_engines(void **state)
{
    (void)state;
    struct rng rng = rng_stream(1, 0, RNG_BACKOFF, 0);
    const struct backoff_params flink = {1, 1.5, 60, 0, 3600};
    const struct backoff_params marathon = {1, 1.15, 300, 0, 300};
    assert_near(sum_of_waits(&flink, 5, &rng), 13.1875, 1e-12);
    assert_near(sum_of_waits(&flink, 10, &rng), 113.330078125, 1e-9);
    assert_near(wait_number(&flink, 11, &rng), pow(1.5, 10), 1e-9);
    assert_near(wait_number(&flink, 12, &rng), 60, 1e-9);
    assert_near(sum_of_waits(&marathon, 10, &rng), 20.30, 0.005);
    assert_true(wait_number(&marathon, 41, &rng) < 300);
    assert_near(wait_number(&marathon, 42, &rng), 300, 1e-9);
}

/* The first wait with jitter is 1 s half of the time, else uniform on [1, 1.1] s. */
static void jitter_never_shortens_the_first_wait(void **state)
{
    (void)state;
    enum { N = 100000 };
    const struct backoff_params flink = {1, 1.5, 60, 0.1, 3600};
    struct rng rng = rng_stream(2, 0, RNG_BACKOFF, 0);
    double sum_s = 0;
    double least_s = 2;
    for (int i = 0; i < N; i++) {
        double wait_s = sum_of_waits(&flink, 1, &rng);
        sum_s += wait_s - 1;
        least_s = fmin(least_s, wait_s);
    }
    double variance = 0.5 * 0.01 / 3 - 0.025 * 0.025;
    assert_near(sum_s / N, 0.025, LEVEL * sqrt(variance / N));
    assert_near(least_s, 1, 0);
}

static void a_quiet_time_makes_the_next_failure_the_first_again(void **state)
{
    (void)state;
    struct rng rng = rng_stream(3, 0, RNG_BACKOFF, 0);
    const struct backoff_params params = {2, 3, 100, 0, 50};
    struct backoff backoff = {0};
    assert_near(backoff_next_s(&params, &backoff, 10, &rng), 2, 0);
    assert_near(backoff_next_s(&params, &backoff, 61.9, &rng), 6, 1e-12); /* 49.9 s after 12 */
    assert_near(backoff_next_s(&params, &backoff, 117.9, &rng), 2, 0);    /* 50 s after 67.9 */
}

/* How many of the failures at these times are let pass, before one is too many. */
static int allowed(const struct retry_params *params, const double *times_s, int n)
{
    struct retries retries;
    int i = 0;
    retries_init(&retries, params);
    retries_start(&retries);
    while (i < n && retries_allow(&retries, params, times_s[i]))
        i++;
    retries_release(&retries);
    return i;
}

static void chains_and_rates_count_other_failures(void **state)
{
    (void)state;
    const double times_s[] = {0, 9, 18, 27, 40, 41, 42};
    struct retry_params chain = {.max = 3, .window_s = 10, .rule = RETRY_CHAIN};
    struct retry_params rate = {.max = 2, .window_s = 10, .rule = RETRY_RATE};
    struct retry_params all = {.max = 2, .window_s = (double)NAN, .rule = RETRY_CHAIN};
    struct retry_params none = {.max = 0, .window_s = 10, .rule = RETRY_RATE};
    assert_int_equal(allowed(&chain, times_s, 7),
                     3); /* 27 is the fourth, each 9 s after the last */
    chain.window_s = 9;  /* less than the window, not as much */
    assert_int_equal(allowed(&chain, times_s, 7), 7);
    chain.max = 2;
    assert_int_equal(allowed(&chain, times_s, 7), 6); /* 40, 41 and 42 */
    assert_int_equal(allowed(&rate, times_s, 7), 6);
    assert_int_equal(allowed(&all, times_s, 7), 2);
    assert_int_equal(allowed(&none, times_s, 7), 0);
}

/* ---- the phases of a stream job ---- */

static void every_phase_has_its_time(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases, (const char *[MAX_SETS]){NULL});
    assert_near(when(&w, "failed", "all", 0), 27.15, SAME);
    assert_near(when(&w, "detected", "all", 0), 29.15, SAME);
    assert_near(when(&w, "cancelled", "all", 0), 29.65, SAME);  /* the time-out */
    assert_near(when(&w, "backed_off", "all", 0), 33.15, SAME); /* from the detection */
    assert_near(when(&w, "downtime_over", "all", 0), 34.15, SAME);
    assert_near(when(&w, "granted", "all", 0), 34.4, SAME);
    assert_near(when(&w, "localised", "all", 0), 37.4, SAME);
    assert_near(when(&w, "started", "all", 0), 38.65, SAME);
    assert_near(when(&w, "restored", "all", 0), 39.4, SAME);
    check_span(&w, "op/0", "down", 27.15, 34.4);
    check_span(&w, "op/1", "down", 29.15, 34.4);
    check_span(&w, "op/0", "recovery", 34.4, 39.4);
    assert_near(mean(&w, M_DETECT), 2, SAME);
    assert_near(mean(&w, M_CANCEL), 0.5, SAME);
    assert_near(mean(&w, M_BACKOFF), 3.5 + 1, SAME);
    assert_near(mean(&w, M_ALLOCATE), 0.25, SAME);
    assert_near(mean(&w, M_LOCALISE), 3, SAME);
    assert_near(mean(&w, M_START), 1.25, SAME);
    assert_near(mean(&w, M_RESTART), 9.5, SAME);
    check_budget(&w);
    unwatch(&w);
}

static void who_restarts_alone_leaves_nobody_to_cancel(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases, (const char *[MAX_SETS]){"/recovery/restart/scope=task"});
    assert_near(when(&w, "cancelled", "op/0", 0), 29.15, SAME);
    assert_near(when(&w, "backed_off", "op/0", 0), 33.15, SAME);
    assert_near(mean(&w, M_CANCEL), 0, 0);
    assert_near(mean(&w, M_BACKOFF), 5, SAME);
    unwatch(&w);
}

static void the_second_wait_is_longer_until_all_was_quiet(void **state)
{
    (void)state;
    struct watched w;
    static const char at[] = "/failures/0/at=[\"27.15 s\", \"60 s\"]";
    watch(&w, phases, (const char *[MAX_SETS]){at});
    assert_near(when(&w, "backed_off", "all", 1), 62 + 8, SAME);
    unwatch(&w);
    /* From 33.15 s, the end of the wait, to the detection at 62 s. */
    watch(&w, phases, (const char *[MAX_SETS]){at, "/recovery/backoff/reset=28.8 s"});
    assert_near(when(&w, "backed_off", "all", 1), 62 + 4, SAME);
    unwatch(&w);
    watch(&w, phases, (const char *[MAX_SETS]){at, "/recovery/backoff/reset=28.9 s"});
    assert_near(when(&w, "backed_off", "all", 1), 62 + 8, SAME);
    unwatch(&w);
}

/* A failure while the image is fetched: all over, or from the request on. */
static void a_failure_in_the_restart_follows_the_rule(void **state)
{
    (void)state;
    struct watched w;
    static const char at[] = "/failures/0/at=[\"27.15 s\", \"35 s\"]";
    watch(&w, phases, (const char *[MAX_SETS]){at});
    assert_near(when(&w, "detected", "all", 1), 37, SAME);
    assert_near(when(&w, "cancelled", "all", 1), 37, SAME); /* nobody is left */
    assert_near(when(&w, "backed_off", "all", 1), 37 + 8, SAME);
    assert_near(mean(&w, M_LOCALISE), 0.6 + 3, SAME);
    unwatch(&w);
    watch(&w, phases, (const char *[MAX_SETS]){at, "/recovery/on_failure=restore"});
    assert_near(when(&w, "granted", "all", 1), 35.25, SAME);
    assert_near(when(&w, "localised", "all", 0), 38.25, SAME);
    assert_near(mean(&w, M_ALLOCATE), 0.25 + 0.25, SAME);
    unwatch(&w);
}

/* Two chains of a task each, and a log behind them. */
static void a_region_is_what_pipelined_channels_connect(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases,
          (const char *[MAX_SETS]){
              "/recovery/restart/scope=region", "/checkpoint/strategy=stop_world",
              "/job/operators/1={\"name\": \"next\", \"tasks\": 2, \"inputs\": [{\"from\": "
              "\"op\", \"by\": \"forward\"}]}",
              "/job/operators/2={\"name\": \"last\", \"inputs\": [{\"from\": \"next\", "
              "\"channel\": \"log\"}]}"});
    assert_int_equal(w.fixture.run.streaming->n_restarts, 3);
    assert_near(when(&w, "restored", "region 1", 0), 39.4, SAME);
    check_span(&w, "op/0", "down", 27.15, 34.4);
    check_span(&w, "next/0", "down", 29.15, 34.4);
    assert_near(value(&w, M_TIME_DOWN), (7.25 + 5.25) / 5, SAME); /* the other three run on */
    unwatch(&w);
}

/* ---- the last retry ---- */

static void a_stream_job_that_failed_too_often_stays_down(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases,
          (const char *[MAX_SETS]){"/failures/0/at=[\"27.15 s\", \"60 s\"]",
                                   "/recovery/retries/max=1"});
    assert_near(when(&w, "job_failed", NULL, 0), 62.5, SAME);
    assert_true(isnan(when(&w, "backed_off", "all", 1)));
    assert_near(value(&w, M_JOB_FAILURES), 1, 0);
    assert_near(value(&w, M_RECOVERIES_CENSORED), 1, 0);
    assert_near(element(&w, E_TASK_DOWN, 0), (7.25 + 40) / 100, SAME);
    assert_near(element(&w, E_TASK_DOWN, 1), (5.25 + 38) / 100, SAME);
    check_budget(&w);
    unwatch(&w);
}

/* Two failures, of which one may be retried; then three. */
static void some_failures_are_no_retries(void **state)
{
    (void)state;
    struct watched w;
    static const char uncounted[] =
        "/failures/1={\"strikes\": \"process\", \"at\": [\"60 s\"], \"counts\": false}";
    watch(&w, phases, (const char *[MAX_SETS]){uncounted, "/recovery/retries/max=1"});
    assert_near(value(&w, M_JOB_FAILURES), 0, 0);
    assert_near(when(&w, "backed_off", "all", 1), 70, SAME);
    unwatch(&w);
    watch(&w, phases,
          (const char *[MAX_SETS]){uncounted, "/failures/0/at=[\"27.15 s\", \"90 s\"]",
                                   "/recovery/retries/max=1"});
    assert_near(when(&w, "job_failed", NULL, 0), 92.5, SAME);
    unwatch(&w);
    /* One that counts strikes before the other is noticed. */
    watch(&w, phases,
          (const char *[MAX_SETS]){uncounted, "/failures/0/at=[\"27.15 s\", \"61 s\"]",
                                   "/recovery/retries/max=1",
                                   "/failures/0/exposure=[\"work\", \"recovery\", \"downtime\"]"});
    assert_near(value(&w, M_JOB_FAILURES), 1, 0);
    unwatch(&w);
}

static void the_last_retry_waits_longer(void **state)
{
    (void)state;
    struct watched w;
    static const char at[] = "/failures/0/at=[\"27.15 s\", \"60 s\"]";
    watch(&w, phases,
          (const char *[MAX_SETS]){at, "/recovery/retries={\"max\": 2, \"last_delay\": \"20 s\"}"});
    assert_near(when(&w, "backed_off", "all", 0), 33.15, SAME);
    assert_near(when(&w, "backed_off", "all", 1), 82, SAME);
    check_budget(&w);
    unwatch(&w);
    /* Without a back-off, too; a longer one counts. */
    watch(&w, phases,
          (const char *[MAX_SETS]){at, "/recovery/backoff=null",
                                   "/recovery/retries={\"max\": 2, \"last_delay\": \"20 s\"}"});
    assert_near(when(&w, "backed_off", "all", 1), 82, SAME);
    unwatch(&w);
    watch(&w, phases,
          (const char *[MAX_SETS]){at, "/recovery/retries={\"max\": 2, \"last_delay\": \"5 s\"}"});
    assert_near(when(&w, "backed_off", "all", 1), 70, SAME);
    unwatch(&w);
}

static void each_scope_or_the_job_has_a_budget(void **state)
{
    (void)state;
    struct watched w;
    static const char at[] = "/failures/0/at=[\"27.15 s\", {\"time\": \"60 s\", \"unit\": 1}]";
    static const char alone[] = "/recovery/restart/scope=task";
    watch(&w, phases, (const char *[MAX_SETS]){at, alone, "/recovery/retries/max=1"});
    assert_near(value(&w, M_JOB_FAILURES), 0, 0);
    unwatch(&w);
    watch(&w, phases,
          (const char *[MAX_SETS]){at, alone, "/recovery/retries={\"max\": 1, \"per\": \"job\"}"});
    /* The first task runs again by then: it is cancelled, and does not come back. */
    assert_near(when(&w, "job_failed", NULL, 0), 62, SAME);
    assert_near(element(&w, E_TASK_DOWN, 0), (7.25 + 38) / 100, SAME);
    assert_near(element(&w, E_TASK_DOWN, 1), 40.0 / 100, SAME);
    assert_near(when(&w, "cancelled", "op/0", 1), 62.5, SAME);
    check_budget(&w);
    unwatch(&w);
}

static const char batch[] =
    "{\"job\": {\"work\": \"100 s\", \"tasks\": 4},"
    " \"checkpoint\": {\"interval\": \"10 s\", \"cost\": \"1 s\"},"
    " \"failures\": [{\"strikes\": \"process\", \"at\": [\"25 s\", \"50 s\"]}],"
    " \"recovery\": {\"detector\": \"1 s\", \"restore\": \"2 s\","
    "   \"backoff\": {\"initial\": \"3 s\", \"max\": \"60 s\", \"factor\": 2},"
    "   \"restart\": {\"cancel\": \"0.5 s\", \"localise\": \"1 s\", \"delay\": \"0.5 s\"}}}";

/* The metrics of one replication. */
static void simulate(const char *text, const char *const *sets, struct metrics *metrics)
{
    struct fixture fixture;
    assert_true(fixture_init(&fixture, text, sets, MAX_SETS));
    assert_true(fixture_replicate(&fixture, 7, 0, metrics));
    fixture_release(&fixture);
}

static void a_batch_job_goes_through_the_same_phases(void **state)
{
    (void)state;
    struct metrics m;
    simulate(batch, (const char *[MAX_SETS]){NULL}, &m);
    assert_near(m.count[M_RESTART], 2, 0);
    assert_near(m.value[M_CANCEL], 2 * 0.5, SAME);
    assert_near(m.value[M_BACKOFF], 2.5 + 5.5, SAME);
    assert_near(m.value[M_LOCALISE], 2, SAME);
    assert_near(m.value[M_START], 1, SAME);
    assert_near(m.value[M_RESTART], 2 * 0.5 + 8 + 2 + 1, SAME);
    assert_near(m.value[M_TIME_DOWN], 2 + 1 + 8, SAME);
    assert_near(m.value[M_TIME_RECOVERY], 2 + 1 + 4, SAME);
    /* A failure of the whole job leaves nobody to cancel: the back-off is all of the wait. */
    simulate(batch, (const char *[MAX_SETS]){"/failures/0/strikes=job"}, &m);
    assert_near(m.value[M_CANCEL], 0, 0);
    assert_near(m.value[M_BACKOFF], 3 + 6, SAME);
}

static void a_batch_job_that_failed_too_often_ends(void **state)
{
    (void)state;
    struct metrics m;
    simulate(batch, (const char *[MAX_SETS]){"/recovery/retries/max=1"}, &m);
    assert_near(m.value[M_JOB_FAILURES], 1, 0);
    assert_near(m.value[M_UNFINISHED], 1, 0);
    assert_near(m.value[M_MAKESPAN], 50 + 1 + 0.5, SAME);
    simulate(batch, (const char *[MAX_SETS]){"/recovery/retries/max=2"}, &m);
    assert_near(m.value[M_JOB_FAILURES], 0, 0);
    assert_near(m.value[M_UNFINISHED], 0, 0);
}

/* ---- a coordinator that fails ---- */

static void nothing_starts_while_the_coordinator_is_down(void **state)
{
    (void)state;
    struct watched w;
    /* It is down from 30 to 40 s, and from 70 to 80 s. The downtime of the job is over at 34.15. */
    watch(&w, phases,
          (const char *[MAX_SETS]){"/recovery/coordinator={\"time_to_failure\": \"30 s\", "
                                   "\"detector\": \"4 s\", \"restart\": \"6 s\"}"});
    assert_near(when(&w, "downtime_over", "all", 0), 34.15, SAME);
    assert_near(when(&w, "admitted", "all", 0), 40, SAME);
    assert_near(when(&w, "granted", "all", 0), 40.25, SAME);
    assert_near(when(&w, "coordinator_failed", NULL, 1), 70, SAME);
    assert_near(mean(&w, M_ALLOCATE), 5.85 + 0.25, SAME);
    assert_near(value(&w, M_COORDINATOR_FAILURES), 2, 0);
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    check_budget(&w);
    unwatch(&w);
    /* Up again in time. */
    watch(&w, phases,
          (const char *[MAX_SETS]){"/recovery/coordinator={\"time_to_failure\": \"30 s\", "
                                   "\"restart\": \"4 s\"}"});
    assert_near(when(&w, "admitted", "all", 0), 34.15, SAME);
    unwatch(&w);
}

/* As above, by a script: detector and restart, or the repair in place of both. */
static void failures_strike_the_coordinator(void **state)
{
    (void)state;
    static const char strikes[] =
        "/failures/1={\"strikes\": \"coordinator\", \"at\": [\"30 s\", \"35 s\", \"70 s\"]}";
    static const char given[] =
        "/recovery/coordinator={\"detector\": \"4 s\", \"restart\": \"6 s\"}";
    struct watched w;
    watch(&w, phases, (const char *[MAX_SETS]){strikes, given});
    assert_near(when(&w, "admitted", "all", 0), 40, SAME);
    assert_near(when(&w, "coordinator_failed", NULL, 1), 70, SAME);
    assert_near(when(&w, "coordinator_up", NULL, 1), 80, SAME);
    assert_near(value(&w, M_COORDINATOR_FAILURES), 2, 0); /* at 35 s it is down already */
    assert_near(count(&w, M_RECOVERY_TIME), 1, 0);
    check_budget(&w);
    unwatch(&w);
    watch(&w, phases, (const char *[MAX_SETS]){strikes, given, "/failures/1/repair=7 s"});
    assert_near(when(&w, "admitted", "all", 0), 37, SAME);
    unwatch(&w);
    /* Its own law starts anew when it is up: at 55 s, 25 s after the script's outage. */
    watch(&w, phases,
          (const char *[MAX_SETS]){strikes, "/failures/1/at=[\"20 s\"]",
                                   "/recovery/coordinator={\"time_to_failure\": \"25 s\", "
                                   "\"detector\": \"4 s\", \"restart\": \"6 s\"}"});
    assert_near(when(&w, "coordinator_failed", NULL, 0), 20, SAME);
    assert_near(when(&w, "coordinator_failed", NULL, 1), 55, SAME);
    unwatch(&w);
}

/* The clock of a law stands still while the coordinator is down: from 30 to 40 s, 70 to 80 s. */
static void a_law_of_failures_strikes_the_coordinator(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases,
          (const char *[MAX_SETS]){
              "/failures/1={\"strikes\": \"coordinator\", \"time_to_failure\": \"30 s\"}",
              "/recovery/coordinator={\"detector\": \"4 s\", \"restart\": \"6 s\"}"});
    assert_near(when(&w, "coordinator_failed", NULL, 0), 30, SAME);
    assert_near(when(&w, "coordinator_failed", NULL, 1), 70, SAME);
    assert_near(value(&w, M_COORDINATOR_FAILURES), 2, 0);
    unwatch(&w);
}

static void a_batch_job_waits_for_the_coordinator_too(void **state)
{
    (void)state;
    struct metrics m;
    simulate(batch,
             (const char *[MAX_SETS]){"/recovery/coordinator={\"time_to_failure\": "
                                      "\"27 s\", \"restart\": \"6 s\"}"},
             &m);
    /* The first failure is noticed at 26 s and backed off at 29 s: 4 s more. The coordinator fails
     * again at 60 s and later, when the second has started. */
    assert_near(m.value[M_ALLOCATE], 4, SAME);
}

/* Down from 30 to 40 s, and from 70 to 80 s; a checkpoint is in progress from 30 s on. */
#define BLOCKS(what)                                                                               \
    "/recovery/coordinator={\"time_to_failure\": \"30 s\", \"detector\": \"4 s\", "                \
    "\"restart\": \"6 s\", \"blocks\": \"" what "\"}"

static void checkpoints_wait_for_the_coordinator(void **state)
{
    (void)state;
    struct watched w;
    static const char *const common[] = {"/failures/0/at=[\"99 s\"]",
                                         "/checkpoint/strategy=stop_world"};
    watch(&w, phases, (const char *[MAX_SETS]){common[0], common[1], BLOCKS("launches")});
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 9, 0);
    unwatch(&w);
    /* At 10, 20, (30), 50, 60, (70) and 90 s: the interval begins anew when it is up. */
    watch(&w, phases, (const char *[MAX_SETS]){common[0], common[1], BLOCKS("checkpoints")});
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 5, 0);
    assert_near(value(&w, M_CHECKPOINTS_ABORTED), 2, 0);
    assert_near(when(&w, "checkpoint_aborted", NULL, 0), 30, SAME);
    check_span(&w, "op/0", "checkpoint", 50, 50.8); /* op/1 is at a message until 50.3 s */
    assert_near(value(&w, M_TIME_DOWN), 0.5, SAME); /* from 99 s on, half of the tasks */
    check_budget(&w);
    unwatch(&w);
}

static void everything_stands_without_the_coordinator(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases,
          (const char *[MAX_SETS]){"/failures/0/at=[\"99 s\"]", "/checkpoint/strategy=stop_world",
                                   BLOCKS("everything")});
    check_span(&w, "op/0", "down", 30, 40);
    check_span(&w, "op/1", "down", 70, 80);
    assert_near(value(&w, M_CHECKPOINTS_COMMITTED), 5, 0);
    assert_near(value(&w, M_TIME_DOWN), 20.5, SAME);
    check_budget(&w);
    unwatch(&w);
    /* What is past its request restarts meanwhile, and stands: a task fails at 19.65 s, has its
     * resources at 26.9 s and its state at 31.9 s. */
    watch(&w, phases,
          (const char *[MAX_SETS]){"/failures/0/at=[\"19.65 s\"]", BLOCKS("everything")});
    assert_near(when(&w, "restored", "all", 0), 31.9, SAME);
    check_span(&w, "op/0", "down", 31.9, 40);
    check_budget(&w);
    unwatch(&w);
}

/* A task that runs again at 31.9 s, in the outage: no checkpoint begins at 36.9 s, but at 45 s. */
static void tasks_that_restart_wait_with_their_checkpoints(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, phases,
          (const char *[MAX_SETS]){"/failures/0/at=[\"19.65 s\"]", "/checkpoint/interval=5 s",
                                   "/checkpoint/strategy=stop_world", BLOCKS("checkpoints")});
    assert_near(when(&w, "restored", "all", 0), 31.9, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 2), 15, SAME);
    assert_near(when(&w, "checkpoint_triggered", NULL, 3), 45, SAME);
    unwatch(&w);
}

/* Work of 30 s, a checkpoint each 10 s that takes 1 s; down from 25 to 31 s. */
static void a_batch_job_stands_or_works_without_checkpoints(void **state)
{
    (void)state;
    static const char outage[] = "/recovery/coordinator={\"time_to_failure\": \"25 s\", "
                                 "\"restart\": \"6 s\", \"blocks\": \"launches\"}";
    static const struct {
        const char *blocks, *work;
        double makespan_s, down_s, checkpoints;
    } cases[] = {
        {"launches", "30 s", 33, 0, 3},
        /* At 31 s 29 s of work are done; 1 s more, then the final checkpoint. */
        {"checkpoints", "30 s", 33, 0, 3},
        /* The work is done at 29 s, its checkpoint begins at 31 s. */
        {"checkpoints", "27 s", 32, 0, 3},
        /* 23 s are done at 25 s; 7 s from 31 s on, then the final checkpoint. */
        {"everything", "30 s", 39, 6, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct metrics m;
        char blocks[NAME_SIZE];
        char work[NAME_SIZE];
        (void)snprintf(blocks, sizeof blocks, "/recovery/coordinator/blocks=%s", cases[i].blocks);
        (void)snprintf(work, sizeof work, "/job/work=%s", cases[i].work);
        simulate(batch, (const char *[MAX_SETS]){outage, blocks, work, "/failures=[]"}, &m);
        assert_near(m.value[M_MAKESPAN], cases[i].makespan_s, SAME);
        assert_near(m.value[M_TIME_DOWN], cases[i].down_s, SAME);
        assert_near(m.value[M_CHECKPOINTS_COMMITTED], cases[i].checkpoints, 0);
    }
}

/* ---- polls ---- */

/* Three polls in series: U(0, 1) + U(0, 1) + U(0, 3.6), mean 2.8 s. */
static void a_request_waits_for_one_poll_after_the_other(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct fixture fixture;
    struct metrics m;
    const char *sets[MAX_SETS] = {"/recovery/scheduler/polls=[\"1 s\", \"1 s\", \"3.6 s\"]"};
    double sum_s = 0;
    double square = 0;
    double most_s = 0;
    assert_true(fixture_init(&fixture, batch, sets, MAX_SETS));
    for (uint64_t r = 0; r < N; r++) {
        assert_true(fixture_replicate(&fixture, 11, r, &m));
        double wait_s = m.value[M_ALLOCATE];
        sum_s += wait_s;
        square += (wait_s - 5.6) * (wait_s - 5.6);
        most_s = fmax(most_s, wait_s);
    }
    fixture_release(&fixture);
    double variance = 2 * (1 + 1 + 3.6 * 3.6) / 12; /* of two requests */
    assert_near(sum_s / N, 2 * 2.8, LEVEL * sqrt(variance / N));
    assert_near(square / N, variance, LEVEL * 1.2 * variance / sqrt(N));
    assert_true(most_s < 2 * 5.6);
}

/* ---- detectors by what is struck ---- */

static const char struck[] =
    TWO_TASKS("{\"strikes\": \"process\", \"at\": [\"27.15 s\"]},"
              "{\"strikes\": \"container\", \"at\": [{\"time\": \"60 s\", \"unit\": 1}]}",
              "\"detector\": \"5 s\", \"restart\": {\"delay\": \"1 s\"},"
              "\"detectors\": [{\"struck\": \"process\", \"detector\": \"1 s\"}]");

static void each_level_has_its_detector(void **state)
{
    (void)state;
    struct watched w;
    watch(&w, struck, (const char *[MAX_SETS]){NULL});
    assert_near(when(&w, "detected", "all", 0), 28.15, SAME);
    assert_near(when(&w, "detected", "all", 1), 65, SAME);
    unwatch(&w);
}

static void the_sooner_detection_brings_both_failures_to_light(void **state)
{
    (void)state;
    struct watched w;
    /* The container at 60 s would be noticed at 65 s, a process in between at 1 s after it. */
    watch(&w, struck,
          (const char *[MAX_SETS]){"/failures/0/at=[{\"time\": \"62 s\", \"unit\": 0}]"});
    assert_near(when(&w, "detected", "all", 0), 63, SAME);
    assert_near(mean(&w, M_DETECT), 3, SAME);
    check_budget(&w);
    unwatch(&w);
    watch(&w, struck,
          (const char *[MAX_SETS]){"/failures/0/at=[{\"time\": \"64.5 s\", \"unit\": 0}]"});
    assert_near(when(&w, "detected", "all", 0), 65, SAME);
    unwatch(&w);
    /* Likewise where it strikes what is down already. */
    watch(&w, struck,
          (const char *[MAX_SETS]){"/failures/0/at=[{\"time\": \"62 s\", \"unit\": 1}]",
                                   "/failures/0/exposure=[\"work\", \"downtime\"]"});
    assert_near(when(&w, "detected", "all", 0), 63, SAME);
    assert_near(mean(&w, M_DETECT), 3, SAME);
    unwatch(&w);
}

/* ---- false alarms ---- */

/* Two units with a false alarm every 50 s each, in 100 s: 4 on the average, as nothing takes time.
 */
static void healthy_units_restart_for_nothing(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct fixture fixture;
    struct metrics m;
    const char *sets[MAX_SETS] = {"/failures=[]",
                                  "/recovery={\"restart\": {\"scope\": \"task\"}, \"detectors\": [{"
                                  "\"struck\": \"process\", \"detector\": \"1 s\", "
                                  "\"false_alarm_every\": \"50 s\"}]}"};
    double sum = 0;
    assert_true(fixture_init(&fixture, struck, sets, MAX_SETS));
    for (uint64_t r = 0; r < N; r++) {
        assert_true(fixture_replicate(&fixture, 5, r, &m));
        sum += m.value[M_FALSE_ALARMS];
        assert_near(m.value[M_FAILURES], 0, 0);
        assert_true(m.value[M_FALSE_ALARMS] < 1 || m.count[M_LOST_WORK] > 0);
        assert_near(m.value[M_DETECT], 0, 0);
    }
    fixture_release(&fixture);
    assert_near(sum / N, 4, LEVEL * sqrt(4.0 / N));
}

#define ALARMS                                                                                     \
    "/recovery={\"restart\": {\"delay\": \"1 s\"}, \"detectors\": [{"                              \
    "\"struck\": \"process\", \"detector\": \"1 s\", \"false_alarm_every\": \"40 s\"}]}"

static void a_batch_job_has_false_alarms_too(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct fixture fixture;
    struct metrics m;
    /* Nothing is checkpointed and restarts take 1 s: the first run of 10 s without an alarm ends
     * it. Four ranks with one every 40 s each: a rate of 0.1/s, so e - 1 alarms on the average. */
    const char *sets[MAX_SETS] = {"/failures=[]", "/job/work=10 s",
                                  "/checkpoint={\"strategy\": \"none\"}", ALARMS};
    double sum = 0;
    assert_true(fixture_init(&fixture, batch, sets, MAX_SETS));
    for (uint64_t r = 0; r < N; r++) {
        assert_true(fixture_replicate(&fixture, 5, r, &m));
        sum += m.value[M_FALSE_ALARMS];
        assert_near(m.value[M_TIME_RECOVERY], m.value[M_FALSE_ALARMS], SAME);
    }
    fixture_release(&fixture);
    double e = exp(1);
    assert_near(sum / N, e - 1, LEVEL * sqrt(e * (e - 1) / N)); /* geometric */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_add_up_as_those_of_the_engines),
        cmocka_unit_test(jitter_never_shortens_the_first_wait),
        cmocka_unit_test(a_quiet_time_makes_the_next_failure_the_first_again),
        cmocka_unit_test(chains_and_rates_count_other_failures),
        cmocka_unit_test(every_phase_has_its_time),
        cmocka_unit_test(who_restarts_alone_leaves_nobody_to_cancel),
        cmocka_unit_test(the_second_wait_is_longer_until_all_was_quiet),
        cmocka_unit_test(a_failure_in_the_restart_follows_the_rule),
        cmocka_unit_test(a_region_is_what_pipelined_channels_connect),
        cmocka_unit_test(a_stream_job_that_failed_too_often_stays_down),
        cmocka_unit_test(some_failures_are_no_retries),
        cmocka_unit_test(the_last_retry_waits_longer),
        cmocka_unit_test(each_scope_or_the_job_has_a_budget),
        cmocka_unit_test(a_batch_job_goes_through_the_same_phases),
        cmocka_unit_test(a_batch_job_that_failed_too_often_ends),
        cmocka_unit_test(nothing_starts_while_the_coordinator_is_down),
        cmocka_unit_test(failures_strike_the_coordinator),
        cmocka_unit_test(a_law_of_failures_strikes_the_coordinator),
        cmocka_unit_test(a_batch_job_waits_for_the_coordinator_too),
        cmocka_unit_test(checkpoints_wait_for_the_coordinator),
        cmocka_unit_test(everything_stands_without_the_coordinator),
        cmocka_unit_test(tasks_that_restart_wait_with_their_checkpoints),
        cmocka_unit_test(a_batch_job_stands_or_works_without_checkpoints),
        cmocka_unit_test(a_request_waits_for_one_poll_after_the_other),
        cmocka_unit_test(each_level_has_its_detector),
        cmocka_unit_test(the_sooner_detection_brings_both_failures_to_light),
        cmocka_unit_test(healthy_units_restart_for_nothing),
        cmocka_unit_test(a_batch_job_has_false_alarms_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
