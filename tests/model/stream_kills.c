// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream_kills.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"

static const double NEVER_S = 1e9;

enum { RANDOM_INSTANTS = 1000, N_FAILURES = 2 };

/* ---- watching ---- */

struct log {
    double *times_s; /* owned */
    size_t n, capacity;
    double until_s;
};

static void note(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    (void)event;
    (void)values;
    (void)n;
    struct log *log = context;
    if (time_s > log->until_s || (log->n > 0 && !(time_s > log->times_s[log->n - 1])))
        return;
    log->times_s = mem_grow(log->times_s, log->n, &log->capacity, sizeof *log->times_s);
    log->times_s[log->n++] = time_s;
}

struct trial {
    struct fixture fixture;
    const struct kill_setting *setting;
    double outputs; /* distinct, of the run without failures */
    double lost;    /* in all runs */
    struct log log; /* of that run */
    struct rng rng;
    double failure_s[N_FAILURES];
    size_t n_runs;
    double recovered_s;
    size_t effort; /* in all that is tried only here and there: one of so many */
};

/* How many of n are tried. */
static size_t share_of(const struct trial *trial, size_t n)
{
    size_t some = support_scale(n) / trial->effort;
    some = some > 0 ? some : 1;
    return some < n ? some : n;
}

/* The scripted failures may be moved in place: the run reads them, in order, from the model. */
static void place_failures(struct trial *trial, double first_s, double second_s)
{
    const struct failure_params *failures = trial->fixture.scenario.model.failures.items;
    struct scripted_failure *first = failures[0].at.items;
    struct scripted_failure *second = failures[0].at.n > 1 ? first + 1 : failures[1].at.items;
    first->time_s = trial->failure_s[0] = first_s;
    second->time_s = trial->failure_s[1] = second_s;
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
    size_t n = share_of(trial, trial->log.n);
    for (size_t i = 0; i < n; i++)
        fail_around(trial, -1, trial->log.times_s[i * trial->log.n / n]);
}

static void fail_anywhere(struct trial *trial)
{
    size_t n = share_of(trial, RANDOM_INSTANTS);
    for (size_t i = 0; i < n; i++)
        run_with(trial, KILL_BUSY_S * rng_uniform(&trial->rng), NEVER_S, NULL);
}

/* A second failure at events of the run with the first: those of its recovery among them. */
static void fail_twice(struct trial *trial)
{
    enum { FIRSTS = 12, SECONDS = 25 };
    struct log log = {.until_s = trial->recovered_s};
    size_t n = share_of(trial, FIRSTS);
    size_t seconds = share_of(trial, SECONDS);
    for (size_t i = 0; i < n; i++) {
        double first_s = 0.7 * KILL_BUSY_S * rng_uniform(&trial->rng);
        run_with(trial, first_s, NEVER_S, &log);
        size_t from = 0;
        while (from < log.n && log.times_s[from] < first_s)
            from++;
        for (size_t k = from; k < log.n && k < from + seconds; k++)
            fail_around(trial, first_s, log.times_s[k]);
    }
    free(log.times_s);
}

void kill_everywhere(const struct kill_setting *setting, const char *ties, double recovered_s,
                     size_t effort)
{
    char ties_set[64];
    (void)snprintf(ties_set, sizeof ties_set, "/run/ties=%s", ties);
    const char *sets[KILL_SETS + 1] = {ties_set};
    memcpy(sets + 1, setting->sets, sizeof setting->sets);
    struct trial trial = {.setting = setting,
                          .rng = rng_from_splitmix(20240607),
                          .recovered_s = recovered_s,
                          .effort = effort,
                          .log = {.until_s = KILL_BUSY_S}};
    assert_true(fixture_init(&trial.fixture, setting->graph, sets, KILL_SETS + 1));
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
