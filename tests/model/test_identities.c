// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What holds whatever the scenario says: the identities that every run checks of itself, and that
 * neither watching a run nor repeating it changes a bit. Scenarios are put together at random from
 * all strategies, modes, timers, laws, devices, detectors and clusters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"
#include "strategy/strategy.h"

enum { SEED = 20240607, SCENARIOS = 200, REPLICATIONS = 3, TEXT = 4096 };

/* ---- random scenarios ---- */

struct writer {
    char text[TEXT];
    size_t length;
    struct rng rng;
};

static void put(struct writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct writer *writer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(writer->text + writer->length, TEXT - writer->length, format, args);
    va_end(args);
    assert_true(n >= 0 && writer->length + (size_t)n < TEXT);
    writer->length += (size_t)n;
}

static uint64_t below(struct writer *writer, uint64_t n)
{
    return rng_below(&writer->rng, n);
}

static bool chance(struct writer *writer, double p)
{
    return rng_uniform(&writer->rng) < p;
}

static double between(struct writer *writer, double low, double high)
{
    return low + (high - low) * rng_uniform(&writer->rng);
}

/* "key": one of the words that stand between bars in `words`. */
static void write_choice(struct writer *writer, const char *key, const char *words)
{
    uint64_t n = 1;
    for (const char *c = words; *c; c++)
        n += *c == '|';
    for (uint64_t skip = below(writer, n); skip > 0; skip--)
        words = strchr(words, '|') + 1;
    put(writer, "\"%s\": \"%.*s\", ", key, (int)strcspn(words, "|"), words);
}

static void write_law(struct writer *writer, double mean_s)
{
    static const struct {
        const char *dist, *key, *others;
        double scale; /* value of the key / mean */
    } laws[] = {
        {"constant", "value", "", 1},
        {"exponential", "mean", "", 1},
        {"weibull", "mean", ", \"shape\": 0.6", 1},
        {"weibull", "mean", ", \"shape\": 2.1", 1},
        {"gamma", "mean", ", \"shape\": 0.5", 1},
        {"lognormal", "mean", ", \"sigma\": 1.3", 1},
        {"hyperexponential", "mean", ", \"scv\": 4", 1},
        {"uniform", "high", ", \"low\": \"0 s\"", 2},
    };
    uint64_t law = below(writer, MEM_COUNT(laws));
    put(writer, "{\"dist\": \"%s\", \"%s\": \"%.6g s\"%s}", laws[law].dist, laws[law].key,
        laws[law].scale * mean_s, laws[law].others);
}

/* "key": a duration, constant as often as not. */
static void write_duration(struct writer *writer, const char *key, double mean_s)
{
    put(writer, "\"%s\": ", key);
    if (!(mean_s > 0) || chance(writer, 0.5))
        put(writer, "\"%.4g s\"", mean_s);
    else
        write_law(writer, mean_s);
    put(writer, ", ");
}

/* The same, up to `most_s` or nothing at all. */
static void write_short(struct writer *writer, const char *key, double most_s)
{
    write_duration(writer, key, chance(writer, 0.2) ? 0 : between(writer, 0, most_s));
}

static void write_bool(struct writer *writer, const char *key)
{
    put(writer, "\"%s\": %s, ", key, chance(writer, 0.5) ? "true" : "false");
}

static void close_object(struct writer *writer, const char *what)
{
    assert_true(writer->length >= 2 && writer->text[writer->length - 2] == ',');
    writer->length -= 2;
    put(writer, "%s", what);
}

/* Of the job, of one of its tasks or of a node. */
static void write_failure(struct writer *writer, uint64_t tasks, uint64_t nodes, double mtbf_s)
{
    static const char *const strikes[] = {"job", "process", "node"};
    const uint64_t n_units[] = {1, tasks, nodes};
    uint64_t level = below(writer, MEM_COUNT(strikes));
    uint64_t units = n_units[level];
    bool per_system = level > 0 && chance(writer, 0.3);
    bool scripted = chance(writer, 0.15);
    put(writer, "{\"strikes\": \"%s\", \"per\": \"%s\", ", strikes[level],
        per_system ? "system" : "unit");
    if (scripted) {
        put(writer, "\"at\": [");
        for (int i = 0; i < 6; i++)
            put(writer, "{\"time\": \"%.17g s\", \"unit\": %d}, ", between(writer, 0, 1500),
                (int)below(writer, units));
        close_object(writer, "], ");
    } else {
        put(writer, "\"time_to_failure\": ");
        write_law(writer, per_system ? mtbf_s : mtbf_s * (double)units);
        put(writer, ", ");
        write_choice(writer, "clock", "default|wall|exposed");
        write_choice(writer, "redraw", "failure|failure|failure|checkpoint");
    }
    write_choice(writer, "renew", "failed|all");
    if (level == 2 && chance(writer, 0.6))
        write_duration(writer, "repair", between(writer, 10, 200));
    if (chance(writer, 0.5)) {
        put(writer, "\"exposure\": [\"work\", ");
        put(writer, "%s", chance(writer, 0.7) ? "\"checkpoint\", " : "");
        put(writer, "%s", chance(writer, 0.7) ? "\"recovery\", " : "");
        put(writer, "%s", chance(writer, 0.5) ? "\"downtime\", " : "");
        close_object(writer, "], ");
    }
    close_object(writer, "}");
}

static void write_checkpoint(struct writer *writer, double interval_s, bool async, double write_s,
                             bool device)
{
    size_t n_strategies = 0;
    while (strategies[n_strategies].name)
        n_strategies++;
    const char *strategy = strategies[below(writer, n_strategies)].name;
    put(writer, "\"checkpoint\": {\"strategy\": \"%s\", \"interval\": \"%.17g s\", ", strategy,
        interval_s);
    if (device)
        put(writer, "\"device\": \"pfs\", ");
    else
        write_duration(writer, "cost", write_s);
    if (chance(writer, 0.3))
        put(writer, "\"content\": {\"kind\": \"delta\", \"base_every\": %d}, ",
            (int)below(writer, 5) + 1);
    if (chance(writer, 0.3)) {
        write_choice(writer, "cost_per", "job|task");
        put(writer, "\"coordination\": {");
        write_choice(writer, "kind", "stop_world|barrier");
        write_short(writer, "latency", 0.5);
        close_object(writer, "}, ");
    }
    if (async) {
        put(writer, "\"mode\": \"async\", \"share\": %.3g, ", between(writer, 0, 0.5));
        write_short(writer, "sync", 1);
        write_choice(writer, "overrun", "queue|skip|block");
    }
    write_bool(writer, "final");
    write_choice(writer, "usable_from", "commit|commit|cut");
    write_choice(writer, "on_retry", "resample|repeat");
    write_choice(writer, "timer", "useful|wall");
    write_choice(writer, "interval_from", "start|end");
    close_object(writer, "}, ");
}

static void write_storage(struct writer *writer, double bytes_per_s)
{
    put(writer, "\"storage\": {\"pfs\": {");
    write_short(writer, "latency", 0.5);
    put(writer, "\"total_write\": \"%.6g B/s\", \"total_read\": \"%.6g B/s\", ", bytes_per_s,
        bytes_per_s * between(writer, 0.5, 3));
    if (chance(writer, 0.5))
        put(writer, "\"stream_write\": \"%.6g B/s\", \"stream_read\": \"%.6g B/s\", ",
            bytes_per_s / 3, bytes_per_s / 2);
    close_object(writer, "}}, ");
}

static void write_recovery(struct writer *writer, bool device)
{
    put(writer, "\"recovery\": {");
    if (chance(writer, 0.4)) {
        put(writer,
            "\"detector\": {\"kind\": \"timeout\", \"interval\": \"1 s\", \"timeout\": "
            "\"%.3g s\", \"network_delay\": \"0.1 s\", \"poll\": \"%d s\"}, ",
            between(writer, 1.5, 5), (int)below(writer, 3));
    } else {
        put(writer, "\"detector\": {\"kind\": \"delay\", ");
        write_short(writer, "delay", 2);
        close_object(writer, "}, ");
    }
    write_short(writer, "downtime", 5);
    put(writer, "\"restart\": {");
    write_short(writer, "delay", 3);
    close_object(writer, "}, ");
    if (!device || chance(writer, 0.5))
        write_short(writer, "restore", 5);
    write_choice(writer, "on_failure", "restart|restore|defer");
    write_choice(writer, "on_retry", "resample|repeat");
    close_object(writer, "}, ");
}

/* Scenario number `index`, always the same. */
static void write_scenario(struct writer *writer, uint64_t index)
{
    *writer = (struct writer){.rng = rng_from_splitmix(SEED + index)};
    double interval_s = between(writer, 10, 40);
    /* Often a whole number of intervals: the cases in which an end and a checkpoint meet. */
    double work_s = chance(writer, 0.5) ? interval_s * (double)(5 + below(writer, 20))
                                        : between(writer, 100, 800);
    uint64_t tasks = chance(writer, 0.3) ? 1 : 1 + below(writer, 12);
    uint64_t slots = 1 + below(writer, 3);
    uint64_t nodes = (tasks + slots - 1) / slots + (chance(writer, 0.5) ? below(writer, 4) : 0);
    bool device = chance(writer, 0.4);
    bool async = chance(writer, 0.4);
    /* An asynchronous write may last longer than the interval: checkpoints overrun. */
    double write_s = between(writer, 0.5, (async ? 1.5 : 0.08) * interval_s);
    put(writer, "{\"job\": {\"work\": \"%.17g s\", \"tasks\": %d, ", work_s, (int)tasks);
    put(writer, "\"state\": {\"size\": \"1 GB\", \"dirty\": %.3g}, ", between(writer, 0, 1));
    if (chance(writer, 0.5))
        write_duration(writer, "start", between(writer, 0, 5));
    write_choice(writer, "first_start", "free|recovery");
    close_object(writer, "}, ");
    write_checkpoint(writer, interval_s, async, write_s, device);
    if (device)
        write_storage(writer, 1e9 / write_s);
    put(writer, "\"cluster\": {\"nodes\": %d, \"slots_per_node\": %d}, ", (int)nodes, (int)slots);
    put(writer, "\"failures\": [");
    for (uint64_t i = below(writer, 3) + 1; i > 0; i--) {
        write_failure(writer, tasks, nodes, between(writer, interval_s, 30 * interval_s));
        put(writer, ", ");
    }
    close_object(writer, "], ");
    write_recovery(writer, device);
    put(writer, "\"run\": {\"time_limit\": \"%.6g s\", ", 30 * work_s);
    write_choice(writer, "ties", "completion_first|failure_first");
    close_object(writer, "}}");
}

/* ---- the tests ---- */

/* All of them under the sanitizers too, where statistical tests run fewer replications. */
static uint64_t n_scenarios(void)
{
    size_t n = support_scale(SCENARIOS);
    return n > SCENARIOS ? n : SCENARIOS;
}

static void open_scenario(struct fixture *fixture, uint64_t index)
{
    struct writer writer;
    write_scenario(&writer, index);
    assert_true(fixture_init(fixture, writer.text, NULL, 0));
}

static void replicate(struct fixture *fixture, uint64_t replication, struct metrics *metrics)
{
    if (!fixture_replicate(fixture, SEED, replication, metrics))
        fail();
}

static void expect_same(const struct fixture *fixture, const struct metrics *a,
                        const struct metrics *b)
{
    if (fixture_same_metrics(a, b))
        return;
    fixture_print(fixture);
    fail();
}

static void identities_hold_in_every_scenario(void **state)
{
    (void)state;
    double seen[N_METRICS] = {0};
    bool applies[N_METRICS] = {false};
    for (uint64_t i = 0; i < n_scenarios(); i++) {
        struct fixture fixture;
        open_scenario(&fixture, i);
        for (uint64_t r = 0; r < REPLICATIONS; r++) {
            struct metrics metrics;
            replicate(&fixture, r, &metrics);
            for (int m = 0; m < N_METRICS; m++)
                seen[m] += metrics.value[m];
        }
        for (int m = 0; m < N_METRICS; m++)
            applies[m] |= metric_applies((enum metric)m, &fixture.scenario.model);
        fixture_release(&fixture);
    }
    /* The scenarios show something of everything that is measured of a batch job. */
    for (int m = 0; m < N_METRICS; m++)
        if (applies[m] && !(seen[m] > 0))
            fail_msg("no scenario has any %s", metric_rows[m].name);
}

static void watch_nothing(void *context, double time_s, const char *event,
                          const struct trace_value *values, size_t n)
{
    (void)context;
    (void)time_s;
    (void)event;
    (void)values;
    (void)n;
}

static bool same_histogram(const struct histogram *a, const struct histogram *b)
{
    return a->n == b->n && a->below == b->below && a->n_buckets == b->n_buckets &&
           (a->n_buckets == 0 ||
            memcmp(a->counts, b->counts, a->n_buckets * sizeof *a->counts) == 0);
}

static bool same_histograms(const struct event_histograms *a, const struct event_histograms *b)
{
    bool same = true;
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            same &= same_histogram(&a->of[m], &b->of[m]);
    return same;
}

static void a_watched_run_walks_to_the_same_bits(void **state)
{
    (void)state;
    const struct trace_sink sink = {.record = watch_nothing};
    for (uint64_t i = 0; i < n_scenarios(); i++) {
        struct fixture jumping;
        struct fixture walking;
        open_scenario(&jumping, i);
        open_scenario(&walking, i);
        walking.run.trace = &sink;
        for (uint64_t r = 0; r < REPLICATIONS; r++) {
            struct metrics jumped;
            struct metrics walked;
            replicate(&jumping, r, &jumped);
            replicate(&walking, r, &walked);
            expect_same(&jumping, &jumped, &walked);
        }
        if (!same_histograms(&jumping.histograms, &walking.histograms)) {
            fixture_print(&jumping);
            fail_msg("other quantiles over events");
        }
        fixture_release(&jumping);
        fixture_release(&walking);
    }
}

static void a_replication_does_not_depend_on_those_before_it(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < n_scenarios(); i++) {
        struct fixture used;
        struct fixture fresh;
        struct metrics first;
        struct metrics again;
        open_scenario(&used, i);
        open_scenario(&fresh, i);
        for (uint64_t r = 0; r < REPLICATIONS; r++)
            replicate(&used, r, &first);
        replicate(&fresh, REPLICATIONS - 1, &again);
        expect_same(&used, &first, &again);
        replicate(&used, REPLICATIONS - 1, &again);
        expect_same(&used, &first, &again);
        fixture_release(&used);
        fixture_release(&fresh);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_hold_in_every_scenario),
        cmocka_unit_test(a_watched_run_walks_to_the_same_bits),
        cmocka_unit_test(a_replication_does_not_depend_on_those_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
