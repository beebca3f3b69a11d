// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A failure at every instant that matters to a job of stages. It is watched once without failures;
 * then each node and each process fails at the instant of each of its events, a step before and
 * after; and again at each event of the run with the first failure. Whatever happens, the job is
 * done, each task has run once, and the identities of a replication hold. Then random jobs, with
 * failures of all kinds at random.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"

static const char scenario_text[] =
    "{\"job\": {\"stages\": ["
    "   {\"name\": \"a\", \"tasks\": 6, \"work\": \"10 s\", \"write\": \"1 s\"},"
    "   {\"name\": \"b\", \"tasks\": 3, \"work\": \"7 s\","
    "    \"inputs\": [{\"from\": \"a\", \"by\": \"narrow\"}], \"fetch\": \"1.5 s\"},"
    "   {\"name\": \"side\", \"tasks\": 2, \"work\": \"13 s\"},"
    "   {\"name\": \"c\", \"tasks\": 4, \"work\": \"9 s\", \"fetch\": \"2.25 s\","
    "    \"inputs\": [{\"from\": \"b\"}, {\"from\": \"side\"}]},"
    "   {\"name\": \"d\", \"tasks\": 2, \"work\": \"8 s\","
    "    \"inputs\": [{\"from\": \"c\", \"by\": \"narrow\"}, {\"from\": \"a\"}], \"fetch\": \"1 "
    "s\"}]},"
    " \"cluster\": {\"nodes\": 3, \"slots_per_node\": 1},"
    " \"failures\": [{\"strikes\": \"node\", \"at\": [\"1e9 s\", \"1e9 s\"]}],"
    " \"recovery\": {\"restart\": {\"delay\": \"0.4 s\"}}}";

static const double USEFUL_S = 6 * 11 + 3 * 8.5 + 2 * 13 + 4 * 11.25 + 2 * 9;
static const double FETCH_S = 3 * 1.5 + 4 * 2.25 + 2 * 1; /* of that */
static const double NEVER_S = 1e9;

enum { MAX_SETS = 6, UNITS = 3, RANDOM_JOBS = 400 };

/* Outputs of `a`: written in 1 s, read in 1.5 s by `b`, and in 2.25 s by `d`. */
#define ON_DEVICE                                                                                  \
    "/job/stages/0={\"name\": \"a\", \"tasks\": 6, \"work\": \"10 s\", \"output_size\": \"4 "      \
    "GB\", "                                                                                       \
    "\"device\": \"disks\"}",                                                                      \
        "/job/stages/1/fetch=null", "/job/stages/4/fetch=null",                                    \
        "/storage={\"disks\": {\"stream_write\": \"4 GB/s\", \"stream_read\": \"5333333333 "       \
        "B/s\"}}"
#define SLOWER_S (2 * (2.25 - 1))

static const char *const settings[][MAX_SETS] = {
    {NULL},
    {"/recovery/detector=4.5 s", "/recovery/downtime=0.7 s"},
    {"/recovery/detector=4.5 s", "/failures/0/repair=3 s"},
    {"/recovery/detector=2 s", "/failures/0/repair=11 s", "/job/execution/fetch_timeout=0.5 s"},
    {"/recovery/detector=4.5 s", "/job/execution/slow_start=0.3"},
    {"/failures/0/repair=30 s", "/job/execution/slow_start=0"},
    {"/recovery/detector=3 s", "/job/execution/restart=job", "/job/start=2 s"},
    {"/recovery/downtime=3 s", "/job/execution/restart=job", "/job/execution/keeps_outputs=false",
     "/job/stages/1/output=durable"},
    {"/recovery/detector=5 s", "/failures/0/strikes=process"},
    {"/failures/0/strikes=process", "/recovery/downtime=2 s",
     "/job/execution/blacklist={\"failures\": 1}"},
    {"/failures/0/strikes=process", "/job/execution/restart=job", "/recovery/detector=1 s"},
    {"/recovery/detector=6 s", "/cluster/slots_per_node=2",
     "/job/execution/speculation={\"quantile\": 0.3, \"multiplier\": 1}"},
    {"/failures/0/strikes=process", "/recovery/detector=6 s", "/cluster/slots_per_node=2",
     "/job/execution/speculation={\"quantile\": 0.1, \"multiplier\": 1, \"interval\": \"1 s\"}",
     "/job/execution/slow_start=0.5"},
    {"/recovery/detector=2 s", "/cluster/slots_per_node=3", "/run/ties=failure_first"},
    {"/failures/0/strikes=rack", "/cluster={\"nodes\": 6, \"nodes_per_rack\": 2}",
     "/recovery/detector=4.5 s", "/failures/0/repair=3 s", "/job/execution/fetch_timeout=0.5 s"},
    {"/failures/0/strikes=rack", "/cluster={\"nodes\": 6, \"nodes_per_rack\": 2}",
     "/failures/0/repair=11 s", "/recovery/downtime=1 s"},
    {"/failures/0/strikes=rack", "/cluster={\"nodes\": 6, \"nodes_per_rack\": 2}",
     "/recovery/detector=2 s", "/job/execution/restart=job", "/job/execution/keeps_outputs=false",
     "/failures/0/repair=1 s"},
    {"/failures/0/strikes=node", "/recovery/detector=2 s", "/job/execution/restart=job",
     "/job/execution/keeps_outputs=false"},
    {ON_DEVICE, "/recovery/detector=2 s"},
    {ON_DEVICE, "/job/execution/restart=job"},
    {ON_DEVICE, "/failures/0/strikes=process"},
};

/* ---- one run with two scripted failures ---- */

struct trial {
    struct fixture fixture;
    size_t setting;
    double *instants_s; /* owned: of the events of the last run that was watched */
    size_t n, capacity;
};

static void note(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    (void)event;
    (void)values;
    (void)n;
    struct trial *trial = context;
    if (trial->n > 0 && trial->instants_s[trial->n - 1] >= time_s)
        return;
    trial->instants_s = mem_grow(trial->instants_s, trial->n, &trial->capacity, sizeof(double));
    trial->instants_s[trial->n++] = time_s;
}

/* Inputs that are read while a task waits for the last of them take no time of their own. */
static bool is_all_useful(const struct trial *trial, double useful_s)
{
    const struct model *model = &trial->fixture.scenario.model;
    double most_s = USEFUL_S + (model->storage.n > 0 ? SLOWER_S : 0);
    double least_s = most_s - (model->job.execution.slow_start < 1 ? FETCH_S : 0);
    return useful_s <= most_s + 1e-8 && useful_s >= least_s - 1e-8;
}

static void run(struct trial *trial, const struct scripted_failure failures[2], bool watched)
{
    struct scripted_failure *at =
        ((struct failure_params *)trial->fixture.scenario.model.failures.items)->at.items;
    struct trace_sink sink = {.record = note, .context = trial};
    struct metrics metrics;
    at[0] = failures[0];
    at[1] = failures[1];
    trial->fixture.run.trace = watched ? &sink : NULL;
    trial->n = watched ? 0 : trial->n;
    bool ok = fixture_replicate(&trial->fixture, 1, 0, &metrics);
    trial->fixture.run.trace = NULL;
    if (!ok || metrics.value[M_UNFINISHED] > 0 ||
        !is_all_useful(trial, metrics.value[M_WORK_USEFUL]))
        fail_msg("setting %zu, failures at %.17g s of %llu, %.17g s of %llu: done in %g s, with "
                 "%g s of useful work",
                 trial->setting, at[0].time_s, (unsigned long long)at[0].unit, at[1].time_s,
                 (unsigned long long)at[1].unit, metrics.value[M_MAKESPAN],
                 metrics.value[M_WORK_USEFUL]);
}

/* Every second failure after the first one. */
static void fail_again(struct trial *trial, struct scripted_failure first)
{
    struct scripted_failure never = {.time_s = NEVER_S};
    run(trial, (struct scripted_failure[2]){first, never}, true);
    for (size_t i = 0; i < trial->n; i++)
        for (uint64_t unit = 0; unit < UNITS && trial->instants_s[i] >= first.time_s; unit++)
            run(trial,
                (struct scripted_failure[2]){first, {.time_s = trial->instants_s[i], .unit = unit}},
                false);
}

static void fail_everywhere(size_t setting)
{
    struct trial trial = {.setting = setting};
    struct scripted_failure never = {.time_s = NEVER_S};
    assert_true(fixture_init(&trial.fixture, scenario_text, settings[setting], MAX_SETS));
    run(&trial, (struct scripted_failure[2]){never, never}, true);
    size_t n = trial.n;
    double *instants_s = mem_alloc(n, sizeof *instants_s);
    for (size_t i = 0; i < n; i++)
        instants_s[i] = trial.instants_s[i];
    for (size_t i = 0; i < n; i++)
        for (uint64_t unit = 0; unit < UNITS; unit++) {
            struct scripted_failure at = {.time_s = nextafter(instants_s[i], 0), .unit = unit};
            run(&trial, (struct scripted_failure[2]){at, never}, false);
            at.time_s = nextafter(instants_s[i], (double)INFINITY);
            run(&trial, (struct scripted_failure[2]){at, never}, false);
            at.time_s = instants_s[i];
            fail_again(&trial, at);
        }
    free(instants_s);
    free(trial.instants_s);
    fixture_release(&trial.fixture);
}

static void a_failure_at_any_instant_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(settings); i++)
        fail_everywhere(i);
}

/* ---- random jobs ---- */

/* One of the texts, at random. */
static const char *any(struct rng *rng, const char *const *texts, size_t n)
{
    return texts[rng_below(rng, n)];
}

#define ANY(rng, ...)                                                                              \
    any(rng, (const char *const[]){__VA_ARGS__},                                                   \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Stages of 1, 2, 4 or 8 tasks, no more than the one before; each reads up to two earlier ones. */
static size_t write_stages(struct rng *rng, char *text, size_t size)
{
    size_t length = 0;
    uint32_t n_stages = 1 + (uint32_t)rng_below(rng, 6);
    uint32_t shift = 3;
    for (uint32_t s = 0; s < n_stages; s++) {
        shift -= (uint32_t)rng_below(rng, shift + 1) / 2;
        length += (size_t)snprintf(
            text + length, size - length,
            "%s{\"name\": \"s%u\", \"tasks\": %u, \"work\": %s, \"output\": \"%s\"%s",
            s ? ", " : "", s, 1u << shift,
            ANY(rng, "\"5 s\"", "{\"dist\": \"exponential\", \"mean\": \"9 s\"}"),
            ANY(rng, "node", "node", "durable"),
            ANY(rng, "", ", \"write\": \"2 s\"",
                ", \"straggler\": {\"probability\": 0.2, \"factor\": 5}"));
        uint32_t first = s ? (uint32_t)rng_below(rng, s) : 0;
        if (s > 0)
            length += (size_t)snprintf(text + length, size - length,
                                       ", \"inputs\": [{\"from\": \"s%u\", \"by\": \"%s\"}", first,
                                       ANY(rng, "narrow", "shuffle"));
        if (s > first + 1)
            length +=
                (size_t)snprintf(text + length, size - length, ", {\"from\": \"s%u\"}", s - 1);
        length += (size_t)snprintf(text + length, size - length, "%s%s}", s ? "]" : "",
                                   s ? ANY(rng, "", ", \"fetch\": \"3 s\"") : "");
    }
    return length;
}

static void write_job(struct rng *rng, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "{\"job\": {\"stages\": [");
    length += write_stages(rng, text + length, size - length);
    (void)snprintf(
        text + length, size - length,
        "], \"execution\": {\"restart\": \"%s\", \"keeps_outputs\": %s%s%s%s%s%s}},"
        " \"cluster\": {\"nodes\": %s, \"slots_per_node\": %s, \"nodes_per_rack\": 2},"
        " \"failures\": ["
        "   {\"strikes\": \"node\", \"repair\": \"%s\","
        "    \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"%s\"}},"
        "   {\"strikes\": \"process\","
        "    \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"%s\"}},"
        "   {\"strikes\": \"rack\", \"repair\": \"5 s\"%s,"
        "    \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"300 s\"}},"
        "   {\"strikes\": \"job\","
        "    \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"500 s\"}}],"
        " \"recovery\": {\"detector\": \"%s\"%s, \"downtime\": \"%s\", \"on_retry\": \"%s\","
        "   \"restart\": {\"delay\": \"%s\"}}, \"run\": {\"time_limit\": \"1 h\"}}",
        ANY(rng, "task", "task", "job"), ANY(rng, "true", "false"),
        ANY(rng, "", ", \"slow_start\": 0.3"), ANY(rng, "", ", \"fetch_timeout\": \"1 s\""),
        ANY(rng, "", ", \"max_attempts\": 9"),
        ANY(rng, "", ", \"blacklist\": {\"failures\": 1, \"at_most\": 0.5}"),
        ANY(rng, "", ", \"speculation\": {\"quantile\": 0.3, \"multiplier\": 1.2}"),
        ANY(rng, "2", "3", "5"), ANY(rng, "1", "2"), ANY(rng, "0 s", "7 s"),
        ANY(rng, "60 s", "300 s"), ANY(rng, "40 s", "200 s"),
        ANY(rng, "", ", \"burst\": {\"share\": 0.5}"), ANY(rng, "0 s", "4 s", "30 s"),
        ANY(rng, "", ", \"detectors\": [{\"struck\": \"job\", \"detector\": \"0.5 s\"}]"),
        ANY(rng, "0 s", "1.5 s"), ANY(rng, "resample", "repeat"), ANY(rng, "0 s", "0.8 s"));
}

static void random_jobs_keep_their_identities(void **state)
{
    (void)state;
    for (uint64_t job = 0; job < RANDOM_JOBS; job++) {
        char text[8192];
        struct fixture fixture;
        struct metrics metrics;
        struct rng rng = rng_from_splitmix(job);
        write_job(&rng, text, sizeof text);
        assert_true(fixture_init(&fixture, text, NULL, 0));
        for (uint64_t i = 0; i < 5; i++) {
            bool ok = fixture_replicate(&fixture, job, i, &metrics);
            bool may_fail = metrics.value[M_GAVE_UP] > 0 || metrics.value[M_MAKESPAN] >= 3600;
            if (!ok || (metrics.value[M_UNFINISHED] > 0 && !may_fail))
                fail_msg("job %llu, replication %llu: %s", (unsigned long long)job,
                         (unsigned long long)i, text);
        }
        fixture_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_at_any_instant_is_survived),
        cmocka_unit_test(random_jobs_keep_their_identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
