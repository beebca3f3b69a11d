// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure of a stream job at every instant that matters: just before, at and just after every
 * control event under both rules for ties, at random instants, and a second one at the events of
 * the run with the first.
 *
 * The arrivals end, and the run goes on until all is done. So whatever fails when, in the end every
 * message must have been processed and put out by identity: as many distinct outputs as without
 * failures, none lost, every recovery caught up, and all identities of the run hold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"
#include "strategy/strategy.h"

/* Skewed partitions and keys, channels so small that senders block, a slow operator. */
#define GRAPH(channel)                                                                             \
    "{\"job\": {\"containers\": 2, \"operators\": ["                                               \
    "{\"name\": \"lines\", \"tasks\": 2, \"service\": {\"dist\": \"exponential\", "                \
    "\"mean\": \"9 ms\"}, \"state\": \"30 MB\","                                                   \
    " \"source\": {\"partitions\": 3, \"message\": \"100 B\", \"skew\": {\"weights\": [5, 2, 1]}," \
    "  \"arrivals\": {\"process\": \"piecewise\", \"spacing\": \"even\", \"points\": ["            \
    "   {\"at\": \"0 s\", \"rate\": \"40/s\"}, {\"at\": \"6 s\", \"rate\": \"0/s\"}]}}},"          \
    "{\"name\": \"count\", \"tasks\": 3, \"service\": \"57 ms\", \"selectivity\": 1.5,"            \
    " \"state\": \"90 MB\", \"inputs\": [{\"from\": \"lines\", \"by\": \"hash\", "                 \
    "  \"skew\": {\"zipf\": 0.9, \"keys\": 40}, \"latency\": \"3 ms\", " channel "}]},"            \
    "{\"name\": \"out\", \"tasks\": 2, \"service\": \"21 ms\", "                                   \
    " \"inputs\": [{\"from\": \"count\", " channel "}]}]},"                                        \
    " \"checkpoint\": {\"interval\": \"1.7 s\", \"cost\": \"0.13 s\"},"                            \
    " \"storage\": {\"dfs\": {\"latency\": \"20 ms\", \"stream_write\": \"500 MB/s\","             \
    "   \"total_write\": \"800 MB/s\", \"stream_read\": \"700 MB/s\"}},"                           \
    " \"cluster\": {\"nodes\": 2},"                                                                \
    " \"failures\": [{\"at\": [\"1e9 s\", \"1e9 s\"]}],"                                           \
    " \"recovery\": {\"detector\": \"0.31 s\", \"downtime\": \"0.4 s\", \"restore\": \"0.25 s\","  \
    "   \"restart\": {\"delay\": \"0.2 s\"}},"                                                     \
    " \"run\": {\"duration\": \"120 s\"}}"

static const char pipelined[] = GRAPH("\"capacity\": 3");
static const char logged[] = GRAPH("\"channel\": \"log\"");

static const double NEVER_S = 1e9;
static const double BUSY_S = 12; /* what can fail lies before it */

enum { MAX_SETS = 8, RANDOM_INSTANTS = 1000, N_FAILURES = 2 };

struct setting {
    const char *name;
    const char *graph;
    const char *sets[MAX_SETS];
};

#define ASYNC "/checkpoint/mode=async", "/checkpoint/sync=40 ms", "/checkpoint/share=0.25"
#define DEVICE "/checkpoint/cost=null", "/checkpoint/device=dfs"
#define STRIKES(level)                                                                             \
    "/failures/0={\"strikes\": \"" level "\", \"at\": [{\"time\": \"1e9 s\", \"unit\": 0}, "       \
    "{\"time\": \"1e9 s\", \"unit\": 1}]}"

static const struct setting settings[] = {
    {"none", pipelined, {"/checkpoint/strategy=none"}},
    {"stop the world", pipelined, {"/checkpoint/strategy=stop_world"}},
    {"stop the world inside messages",
     pipelined,
     {"/checkpoint/strategy=stop_world", "/checkpoint/cut=preempt", DEVICE}},
    {"stop the world, async", pipelined, {"/checkpoint/strategy=stop_world", ASYNC}},
    {"barrier", pipelined, {"/checkpoint/strategy=barrier"}},
    {"barrier, async, a container fails",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, DEVICE, STRIKES("container")}},
    {"barrier, a task fails", pipelined, {"/checkpoint/strategy=barrier", STRIKES("process")}},
    {"interrupted", pipelined, {"/checkpoint/strategy=barrier", "/failures/0/loses=nothing"}},
    {"independent, logs", logged, {"/checkpoint/strategy=periodic"}},
    {"independent, staggered, a task restarts alone",
     logged,
     {"/checkpoint/strategy=periodic",
      "/checkpoint/coordination={\"kind\": \"independent\", \"phase\": \"staggered\"}",
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"independent, deltas",
     logged,
     {"/checkpoint/strategy=incremental",
      "/checkpoint/content={\"base_every\": 3, \"cost\": \"30 ms\", \"restore\": \"70 ms\"}"}},
    {"independent, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", "/recovery/restart/scope=container", STRIKES("container"),
      DEVICE}},
};

/* ---- watching ---- */

struct log {
    double *times_s; /* owned */
    size_t n, capacity;
};

static void note(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    (void)event;
    (void)values;
    (void)n;
    struct log *log = context;
    if (time_s > BUSY_S || (log->n > 0 && !(time_s > log->times_s[log->n - 1])))
        return;
    log->times_s = mem_grow(log->times_s, log->n, &log->capacity, sizeof *log->times_s);
    log->times_s[log->n++] = time_s;
}

struct trial {
    struct fixture fixture;
    const struct setting *setting;
    double outputs; /* distinct, of the run without failures */
    struct log log; /* of that run */
    struct rng rng;
    double failure_s[N_FAILURES];
    size_t n_runs;
};

/* The scripted failures may be moved in place: the run reads them, in order, from the model. */
static void place_failures(struct trial *trial, double first_s, double second_s)
{
    const struct failure_params *failures = trial->fixture.scenario.model.failures.items;
    struct scripted_failure *at = failures[0].at.items;
    at[0].time_s = trial->failure_s[0] = first_s;
    at[1].time_s = trial->failure_s[1] = second_s;
}

static void expect(const struct trial *trial, const char *what, double is, double should_be)
{
    if (is >= should_be && is <= should_be)
        return;
    fixture_print(&trial->fixture);
    fail_msg("%s, failures at %.17g s and %.17g s: %s: %.17g, not %.17g", trial->setting->name,
             trial->failure_s[0], trial->failure_s[1], what, is, should_be);
}

static void run_with(struct trial *trial, double first_s, double second_s, struct log *log)
{
    struct metrics metrics;
    struct trace_sink sink = {.record = note, .context = log};
    place_failures(trial, first_s, second_s);
    if (log)
        log->n = 0;
    trial->fixture.run.trace = log ? &sink : NULL;
    bool ok = fixture_replicate(&trial->fixture, 1, 0, &metrics);
    trial->fixture.run.trace = NULL;
    if (!ok)
        fail_msg("%s: failures at %.17g s and %.17g s", trial->setting->name, first_s, second_s);
    trial->n_runs++;
    double outputs =
        round(metrics.value[M_THROUGHPUT] * trial->fixture.scenario.model.run.duration_s);
    if (trial->outputs > 0)
        expect(trial, "distinct outputs", outputs, trial->outputs);
    trial->outputs = outputs;
    expect(trial, "messages lost", metrics.value[M_LOST], 0);
    expect(trial, "recoveries that did not catch up", metrics.value[M_RECOVERIES_CENSORED], 0);
}

/* ---- where failures are put ---- */

static void fail_around(struct trial *trial, double first_s, double time_s)
{
    double instants[] = {time_s, nextafter(time_s, NEVER_S), nextafter(time_s, 0)};
    for (size_t i = 0; i < MEM_COUNT(instants); i++) {
        if (first_s < 0)
            run_with(trial, fmax(instants[i], 0), NEVER_S, NULL);
        else if (instants[i] >= first_s)
            run_with(trial, first_s, instants[i], NULL);
    }
}

static void fail_around_every_event(struct trial *trial)
{
    for (size_t i = 0; i < trial->log.n; i++)
        fail_around(trial, -1, trial->log.times_s[i]);
}

static void fail_anywhere(struct trial *trial)
{
    size_t n = support_scale(RANDOM_INSTANTS);
    for (size_t i = 0; i < n; i++)
        run_with(trial, BUSY_S * rng_uniform(&trial->rng), NEVER_S, NULL);
}

/* A second failure at events of the run with the first: those of its recovery among them. */
static void fail_twice(struct trial *trial)
{
    enum { FIRSTS = 12, SECONDS = 25 };
    struct log log = {0};
    size_t n = support_scale(FIRSTS);
    for (size_t i = 0; i < n; i++) {
        double first_s = 0.7 * BUSY_S * rng_uniform(&trial->rng);
        run_with(trial, first_s, NEVER_S, &log);
        size_t from = 0;
        while (from < log.n && log.times_s[from] < first_s)
            from++;
        for (size_t k = from; k < log.n && k < from + SECONDS; k++)
            fail_around(trial, first_s, log.times_s[k]);
    }
    free(log.times_s);
}

static void try_setting(const struct setting *setting, const char *ties)
{
    char ties_set[64];
    (void)snprintf(ties_set, sizeof ties_set, "/run/ties=%s", ties);
    const char *sets[MAX_SETS + 1] = {ties_set};
    memcpy(sets + 1, setting->sets, sizeof setting->sets);
    struct trial trial = {.setting = setting, .rng = rng_from_splitmix(20240607)};
    assert_true(fixture_init(&trial.fixture, setting->graph, sets, MAX_SETS + 1));
    run_with(&trial, NEVER_S, NEVER_S, &trial.log);
    assert_true(trial.outputs > 300);
    fail_around_every_event(&trial);
    fail_anywhere(&trial);
    fail_twice(&trial);
    print_message("%s, %s: %zu control events, %zu runs\n", setting->name, ties, trial.log.n,
                  trial.n_runs);
    free(trial.log.times_s);
    fixture_release(&trial.fixture);
}

static void streams_lose_nothing_whatever_fails_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(settings); i++) {
        try_setting(&settings[i], "completion_first");
        try_setting(&settings[i], "failure_first");
    }
}

static bool is_tried(const char *name)
{
    for (size_t i = 0; i < MEM_COUNT(settings); i++) {
        const char *strategy = settings[i].sets[0];
        if (strcmp(strrchr(strategy, '=') + 1, name) == 0)
            return true;
    }
    return false;
}

static void every_strategy_is_among_the_settings(void **state)
{
    (void)state;
    for (const struct strategy *strategy = strategies; strategy->name; strategy++)
        if (!is_tried(strategy->name))
            fail_msg("no setting tries the strategy %s", strategy->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_strategy_is_among_the_settings),
        cmocka_unit_test(streams_lose_nothing_whatever_fails_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
