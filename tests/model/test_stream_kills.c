// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure of a stream job at every instant that matters: just before, at and just after every
 * control event under both rules for ties, at random instants, and a second one at the events of
 * the run with the first.
 *
 * The arrivals end, and the run goes on until all is done. So whatever fails when, in the end every
 * message must have been processed and put out by identity: as many distinct outputs as without
 * failures, none lost, every recovery caught up, and all identities of the run hold. Transactional
 * sinks put none out twice; under at_most_once nothing is done twice, and what is not put out is
 * counted as lost.
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

enum { MAX_SETS = 10, RANDOM_INSTANTS = 1000, N_FAILURES = 2 };

struct setting {
    const char *name;
    const char *graph;
    const char *sets[MAX_SETS];
};

#define ASYNC "/checkpoint/mode=async", "/checkpoint/sync=40 ms", "/checkpoint/share=0.25"
#define DEVICE "/checkpoint/cost=null", "/checkpoint/device=dfs"
#define GUARANTEE(name) "/job/guarantee=" name
/* So that a lost message is a lost output, wherever it is lost. */
#define AT_MOST_ONCE GUARANTEE("at_most_once"), "/job/operators/1/selectivity=1"
/* No log between operators. */
#define ONE_OPERATOR                                                                               \
    "/job/operators=[{\"name\": \"alone\", \"tasks\": 3, \"service\": \"57 ms\", \"state\": "      \
    "\"90 MB\", \"source\": {\"partitions\": 4, \"arrivals\": {\"process\": \"piecewise\", "       \
    "\"spacing\": \"even\", \"points\": [{\"at\": \"0 s\", \"rate\": \"55/s\"}, {\"at\": \"6 "     \
    "s\", "                                                                                        \
    "\"rate\": \"0/s\"}]}}}]"
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
    {"containers, one task after the other",
     logged,
     {"/checkpoint/strategy=container_serial", "/recovery/restart/scope=container",
      STRIKES("container")}},
    {"several in progress, writes that fail",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.7 s", "/checkpoint/max_concurrent=3",
      "/checkpoint/queue=5", "/checkpoint/min_pause=50 ms", ASYNC,
      "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"0.2 s\", \"high\": \"2 s\"}",
      "/checkpoint/write_failures={\"probability\": 0.1, \"retries\": 1, \"delay\": \"90 ms\"}"}},
    {"several in progress that take no time",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/checkpoint/interval=null", DEVICE,
      "/checkpoint/trigger={\"kind\": \"random\", \"law\": {\"dist\": \"exponential\", \"mean\": "
      "\"60 ms\"}}",
      "/checkpoint/max_concurrent=4", "/job/operators/1/state=null"}},
    {"several in progress, calls that take different times",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.1 s", "/checkpoint/max_concurrent=3",
      "/checkpoint/coordination={\"latency\": {\"dist\": \"exponential\", \"mean\": \"80 ms\"}}",
      ASYNC}},
    {"inside messages, and the next one blocks",
     pipelined,
     {"/checkpoint/strategy=barrier", "/checkpoint/interval=0.2 s", "/checkpoint/cut=preempt",
      "/checkpoint/overrun=block", DEVICE}},
    {"at most once, a container restarts alone, some have acknowledged",
     pipelined,
     {"/checkpoint/strategy=barrier", AT_MOST_ONCE, DEVICE, "/checkpoint/interval=0.5 s",
      "/recovery/restart/scope=container", STRIKES("container")}},
    {"restarts because checkpoints expire",
     pipelined,
     {"/checkpoint/strategy=barrier", ASYNC, "/checkpoint/interval=null",
      "/checkpoint/trigger={\"kind\": \"planned\", \"at\": [\"1 s\", \"2.2 s\", \"4.5 s\", \"7 "
      "s\", "
      "\"9 s\"]}",
      "/checkpoint/cost={\"dist\": \"uniform\", \"low\": \"0.2 s\", \"high\": \"1.6 s\"}",
      "/checkpoint/timeout=1.5 s", "/checkpoint/tolerable_failures=0"}},
    {"adaptive",
     pipelined,
     {"/checkpoint/strategy=adaptive", "/checkpoint/trigger/mtbf=6 s",
      "/checkpoint/trigger/min=0.3 s"}},
    {"changelog",
     logged,
     {"/checkpoint/strategy=changelog", "/recovery/restart/scope=task", STRIKES("process"),
      DEVICE}},
    {"base and log",
     pipelined,
     {"/checkpoint/strategy=base_log", "/checkpoint/content/materialize=1.1 s", DEVICE,
      "/job/operators/1/state={\"kind\": \"keyed\", \"keys\": 1000, \"value\": \"90 kB\"}"}},
    {"unaligned", pipelined, {"/checkpoint/strategy=unaligned"}},
    {"unaligned, a task fails, deltas on a device",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/content=delta", DEVICE, STRIKES("process"),
      "/checkpoint/coordination/overdraft=false"}},
    {"aligned for a while",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/coordination/alignment_timeout=90 ms", ASYNC,
      "/job/guarantee=exactly_once_output", STRIKES("container")}},
    {"unaligned, interrupted",
     pipelined,
     {"/checkpoint/strategy=unaligned", "/checkpoint/coordination/alignment_timeout=40 ms",
      "/failures/0/loses=nothing", "/checkpoint/timeout=1.2 s"}},
    {"at least once",
     pipelined,
     {"/checkpoint/strategy=barrier", "/job/guarantee=at_least_once", ASYNC}},
    {"planned stops",
     pipelined,
     {"/checkpoint/strategy=barrier",
      "/checkpoint/trigger={\"kind\": \"any_of\", \"of\": [{\"kind\": \"fixed\"}, {\"kind\": "
      "\"count\", \"messages\": 45}, {\"kind\": \"planned\", \"at\": [\"2.3 s\", \"5 s\"], "
      "\"restart\": true}]}"}},
    {"barrier, transactional sinks, a task fails",
     pipelined,
     {"/checkpoint/strategy=barrier", GUARANTEE("exactly_once_output"), ASYNC, STRIKES("process")}},
    {"stop the world, transactional sinks",
     pipelined,
     {"/checkpoint/strategy=stop_world", GUARANTEE("exactly_once_output"), DEVICE}},
    {"independent transactional sinks, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=periodic", ONE_OPERATOR, GUARANTEE("exactly_once_output"),
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"at most once, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=periodic", AT_MOST_ONCE, "/recovery/restart/scope=task",
      STRIKES("process")}},
    {"at most once, logs, a container restarts alone",
     logged,
     {"/checkpoint/strategy=periodic", AT_MOST_ONCE, "/recovery/restart/scope=container",
      STRIKES("container"), ASYNC}},
    {"at most once, barrier, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=barrier", AT_MOST_ONCE, "/recovery/restart/scope=task",
      STRIKES("process")}},
    {"micro-batches",
     pipelined,
     {"/checkpoint/strategy=microbatch",
      "/checkpoint/coordination={\"log\": \"70 ms\", \"max_messages\": 60}"}},
    {"micro-batches, a task is interrupted",
     pipelined,
     {"/checkpoint/strategy=microbatch", DEVICE, STRIKES("process"), "/failures/0/loses=nothing"}},
    {"micro-batches, logs, deltas, a task restarts alone",
     logged,
     {"/checkpoint/strategy=microbatch", "/checkpoint/coordination={\"log\": \"70 ms\"}",
      "/checkpoint/content={\"kind\": \"delta\", \"base_every\": 3, \"cost\": \"30 ms\", "
      "\"restore\": \"70 ms\"}",
      "/recovery/restart/scope=task", STRIKES("process")}},
    {"senders log", pipelined, {"/checkpoint/strategy=message_logging"}},
    {"senders log, staggered, a task restarts alone",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/checkpoint/coordination/phase=staggered",
      "/recovery/restart/scope=task", STRIKES("process"), ASYNC}},
    {"senders log, a container restarts alone",
     pipelined,
     {"/checkpoint/strategy=message_logging", "/recovery/restart/scope=container",
      STRIKES("container"), DEVICE}},
    {"a maximal line, senders log",
     pipelined,
     {"/checkpoint/strategy=uncoordinated", "/checkpoint/coordination/phase=staggered",
      "/checkpoint/coordination/logging=sender", ASYNC}},
    {"communication-induced", pipelined, {"/checkpoint/strategy=communication_induced"}},
    {"communication-induced, staggered, async",
     pipelined,
     {"/checkpoint/strategy=communication_induced", "/checkpoint/coordination/phase=staggered",
      STRIKES("process"), ASYNC, DEVICE}},
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
    double lost;    /* in all runs */
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

/* What the job guarantees. */
static void check_guarantee(const struct trial *trial, const struct metrics *metrics)
{
    const double *value = metrics->value;
    switch ((enum guarantee)trial->fixture.scenario.model.job.guarantee) {
    case GUARANTEE_EXACTLY_ONCE_OUTPUT:
        expect(trial, "duplicates", value[M_DUPLICATES], 0);
        expect(trial, "outputs pending", value[M_OUTPUTS_PENDING], 0);
        expect(trial, "outputs lost", value[M_OUTPUTS_LOST], 0);
        break;
    case GUARANTEE_AT_MOST_ONCE:
        expect(trial, "messages done again", value[M_REPROCESSED], 0);
        expect(trial, "duplicates", value[M_DUPLICATES], 0);
        return;
    case GUARANTEE_DEFAULT:
    case GUARANTEE_AT_LEAST_ONCE:
    case GUARANTEE_EXACTLY_ONCE_STATE:
        break;
    }
    expect(trial, "messages lost", value[M_LOST], 0);
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
    double all = outputs + metrics.value[M_LOST];
    if (trial->outputs > 0)
        expect(trial, "distinct outputs, or lost ones", all, trial->outputs);
    trial->outputs = all;
    trial->lost += metrics.value[M_LOST];
    check_guarantee(trial, &metrics);
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

/* Under a sanitizer around some of them, evenly. */
static void fail_around_every_event(struct trial *trial)
{
    size_t n = support_scale(trial->log.n);
    n = n < trial->log.n ? n : trial->log.n;
    for (size_t i = 0; i < n; i++)
        fail_around(trial, -1, trial->log.times_s[i * trial->log.n / n]);
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
    size_t seconds = support_scale(SECONDS);
    seconds = seconds < SECONDS ? seconds : SECONDS;
    for (size_t i = 0; i < n; i++) {
        double first_s = 0.7 * BUSY_S * rng_uniform(&trial->rng);
        run_with(trial, first_s, NEVER_S, &log);
        size_t from = 0;
        while (from < log.n && log.times_s[from] < first_s)
            from++;
        for (size_t k = from; k < log.n && k < from + seconds; k++)
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
    assert_true(trial.outputs > 200 && trial.lost <= 0);
    fail_around_every_event(&trial);
    fail_anywhere(&trial);
    fail_twice(&trial);
    print_message("%s, %s: %zu control events, %zu runs\n", setting->name, ties, trial.log.n,
                  trial.n_runs);
    bool may_lose = trial.fixture.scenario.model.job.guarantee == GUARANTEE_AT_MOST_ONCE;
    assert_int_equal(trial.lost > 0, may_lose);
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
