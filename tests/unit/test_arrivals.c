// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrival processes against the laws and the files that they stand for.
 *
 * Statistical tests draw from fixed streams and fail by chance with a
 * probability of 1e-4 each (Kolmogorov-Smirnov distance above 2.225 / sqrt(n),
 * counts off by more than 3.89 standard errors).
 */
#include "model/arrivals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/stats.h"
#include "source_fixture.h"
#include "support.h"

/* ---- what the partitions of a source generate ---- */

struct arrival {
    double time_s, bytes;
    uint64_t partition;
};

struct arrival_list {
    struct arrival *items; /* owned, by time */
    size_t n, capacity;
};

static int compare_arrivals(const void *left, const void *right)
{
    const struct arrival *a = left;
    const struct arrival *b = right;
    return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}

/* All arrivals up to end_s in partition `index` of n, filled by blocks of an odd size. */
static void add_partition(struct arrival_list *list, const struct source_fixture *fixture,
                          uint64_t index, uint64_t n, double end_s)
{
    enum { BLOCK = 37 };
    const struct arrivals_type *type = arrivals_type(&fixture->source);
    const void *params = fixture->source.arrivals.params;
    struct arrivals_partition partition = source_fixture_partition(fixture, index, n);
    struct arrivals_state state = {
        .rng = rng_stream(2385, 0, RNG_ARRIVAL, index),
        .modulator = rng_stream(2385, 0, RNG_ARRIVAL_MODULATOR, 0),
    };
    if (type->start)
        type->start(params, &partition, &state);
    double times_s[BLOCK] = {0};
    double bytes[BLOCK] = {0};
    const struct arrivals_block block = {times_s, bytes, BLOCK};
    while (times_s[BLOCK - 1] <= end_s) {
        type->fill(params, &partition, &state, &block);
        for (size_t i = 0; i < BLOCK && times_s[i] <= end_s && isfinite(times_s[i]); i++) {
            list->items = mem_grow(list->items, list->n, &list->capacity, sizeof *list->items);
            list->items[list->n++] = (struct arrival){times_s[i], bytes[i], index};
        }
    }
}

/* The same of all n partitions, merged. */
static struct arrival_list generate(const struct source_fixture *fixture, uint64_t n, double end_s)
{
    struct arrival_list list = {0};
    for (uint64_t p = 0; p < n; p++)
        add_partition(&list, fixture, p, n, end_s);
    if (n > 1)
        qsort(list.items, list.n, sizeof *list.items, compare_arrivals);
    return list;
}

/* How many arrivals lie in [from_s, to_s). */
static size_t count_between(const struct arrival_list *list, double from_s, double to_s)
{
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        n += list->items[i].time_s >= from_s && list->items[i].time_s < to_s;
    return n;
}

static void assert_rates(const struct source_fixture *fixture, double mean, double peak)
{
    const struct arrivals_type *type = arrivals_type(&fixture->source);
    const void *params = fixture->source.arrivals.params;
    assert_near(type->mean_rate_per_s(params), mean, 1e-12 * mean);
    assert_near(type->peak_rate_per_s(params), peak, 1e-12 * peak);
}

/* Kolmogorov-Smirnov: n values in [0, 1] against the uniform law. */
static void assert_uniform(double *values, size_t n)
{
    assert_true(n > 1000);
    stats_sort(values, n);
    double distance = 0;
    for (size_t i = 0; i < n; i++)
        distance = fmax(distance, fmax(values[i] - (double)i / (double)n,
                                       (double)(i + 1) / (double)n - values[i]));
    assert_near(distance, 0, 2.225 / sqrt((double)n));
}

/* Gaps between arrivals of the list against a law. */
static void assert_gaps(const struct arrival_list *list, double (*cdf)(double gap_s))
{
    double *values = mem_alloc(list->n, sizeof *values);
    for (size_t i = 1; i < list->n; i++)
        values[i - 1] = cdf(list->items[i].time_s - list->items[i - 1].time_s);
    assert_uniform(values, list->n - 1);
    free(values);
}

/* ---- constant, Poisson, renewal ---- */

static void constant_arrivals_of_equal_partitions_take_turns(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture, "{'process': 'constant', 'rate': '2.385 /s'}");
    assert_rates(&fixture, 2.385, 2.385);
    for (uint64_t n = 1; n <= 3; n++) {
        struct arrival_list list = generate(&fixture, n, 1000.1);
        assert_int_equal(list.n, 2385);
        for (size_t i = 0; i < list.n; i++) {
            assert_int_equal(list.items[i].partition, i % n);
            assert_near(list.items[i].time_s, (double)(i + 1) / 2.385, 1e-9);
        }
        free(list.items);
    }
    source_fixture_release(&fixture);
}

static void constant_arrivals_of_unequal_partitions_have_their_shares(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_read(&fixture, "{'arrivals': {'process': 'constant', 'rate': '4 /s'}, "
                                  "'skew': {'weights': [3, 1]}}");
    struct arrival_list list = {0};
    add_partition(&list, &fixture, 0, 2, 100);
    assert_int_equal(list.n, 300);
    assert_near(list.items[0].time_s, 0.5 / 3, 1e-15);
    add_partition(&list, &fixture, 1, 2, 100);
    assert_int_equal(list.n, 400);
    assert_near(list.items[300].time_s, 1, 1e-15);
    free(list.items);
    source_fixture_release(&fixture);
}

static double poisson_gap_cdf(double gap_s)
{
    return -expm1(-23.85 * gap_s);
}

static void poisson_arrivals_have_exponential_gaps(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_read(&fixture, "{'arrivals': {'process': 'poisson', 'rate': '23.85 /s'}, "
                                  "'skew': {'weights': [1, 2, 4]}}");
    assert_rates(&fixture, 23.85, 23.85);
    struct arrival_list list = generate(&fixture, 3, 2000);
    assert_near((double)list.n, 47700, 3.89 * sqrt(47700));
    assert_gaps(&list, poisson_gap_cdf);
    free(list.items);
    source_fixture_release(&fixture);
}

static double weibull_gap_cdf(double gap_s)
{
    double scale = 0.04 / tgamma(1 + 1 / 0.7);
    return -expm1(-pow(gap_s / scale, 0.7));
}

static double stretched_weibull_gap_cdf(double gap_s)
{
    return weibull_gap_cdf(gap_s / 4);
}

static void renewal_gaps_are_stretched_for_a_partition(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_read(&fixture, "{'arrivals': {'process': 'renewal', 'interval': "
                                  "{'dist': 'weibull', 'mean': '40 ms', 'shape': 0.7}}, "
                                  "'skew': {'weights': [1, 3]}}");
    assert_rates(&fixture, 25, 25);
    struct arrival_list list = {0};
    add_partition(&list, &fixture, 0, 2, 4000);
    assert_gaps(&list, stretched_weibull_gap_cdf);
    free(list.items);
    source_fixture_release(&fixture);
    source_fixture_arrivals(&fixture, "{'process': 'renewal', 'interval': "
                                      "{'dist': 'weibull', 'mean': '40 ms', 'shape': 0.7}}");
    list = generate(&fixture, 1, 1000);
    assert_gaps(&list, weibull_gap_cdf);
    free(list.items);
    source_fixture_release(&fixture);
}

/* ---- mmpp ---- */

/*
 * A Poisson process that is switched on and off is a renewal process whose gaps are
 * hyperexponential (Kuczura, Bell System Technical Journal 52(3), 1973).
 */
static double interrupted_gap_cdf(double gap_s)
{
    const double rate = 50;
    const double off = 1 / 0.3;
    const double on = 1 / 0.7;
    double sum = rate + off + on;
    double root = sqrt(sum * sum - 4 * rate * on);
    double fast = (sum + root) / 2;
    double slow = (sum - root) / 2;
    double p = (rate - slow) / (fast - slow);
    return -p * expm1(-fast * gap_s) - (1 - p) * expm1(-slow * gap_s);
}

static void bursts_come_to_all_partitions_at_once(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture, "{'process': 'mmpp', 'rates': ['50 /s', '0 /s'], "
                                      "'stay': ['0.3 s', '0.7 s']}");
    assert_rates(&fixture, 15, 50);
    for (uint64_t n = 1; n <= 3; n += 2) {
        struct arrival_list list = generate(&fixture, n, 3000);
        assert_gaps(&list, interrupted_gap_cdf);
        free(list.items);
    }
    source_fixture_release(&fixture);
}

/* Over many streams, the first second has as many arrivals as any other. */
static void mmpp_starts_in_its_long_run(void **state)
{
    (void)state;
    enum { RUNS = 20000, MOST = 200 };
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture, "{'process': 'mmpp', 'rates': ['1 /s', '9 /s', '2 /s'], "
                                      "'stay': ['5 s', '1 s', '2 s']}");
    assert_rates(&fixture, 18.0 / 8, 9);
    struct arrivals_partition partition = source_fixture_partition(&fixture, 0, 1);
    struct tally first = {0};
    for (uint64_t i = 0; i < RUNS; i++) {
        struct arrivals_state at = {.rng = rng_stream(1, i, RNG_ARRIVAL, 0),
                                    .modulator = rng_stream(1, i, RNG_ARRIVAL_MODULATOR, 0)};
        double times_s[MOST];
        const struct arrivals_block block = {times_s, NULL, MOST};
        arrivals_mmpp.start(fixture.source.arrivals.params, &partition, &at);
        arrivals_mmpp.fill(fixture.source.arrivals.params, &partition, &at, &block);
        size_t n = 0;
        while (times_s[n] < 1)
            n++;
        tally_add(&first, (double)n);
    }
    assert_near(first.mean, 18.0 / 8, 3.89 * tally_sd(&first) / sqrt(RUNS));
    source_fixture_release(&fixture);
}

/* ---- rates that vary ---- */

static void even_steps_have_the_times_that_their_rates_say(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture,
                            "{'process': 'piecewise', 'spacing': 'even', 'period': '10 s', "
                            "'points': [{'at': '0 s', 'rate': '2 /s'}, "
                            "{'at': '4 s', 'rate': '0 /s'}, {'at': '6 s', 'rate': '0.5 /s'}]}");
    assert_rates(&fixture, 1, 2);
    static const double expected[] = {0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 7, 9};
    for (uint64_t n = 1; n <= 5; n += 4) {
        struct arrival_list list = generate(&fixture, n, 1000);
        assert_int_equal(list.n, 1000);
        for (size_t i = 0; i < list.n; i++) {
            assert_int_equal(list.items[i].partition, i % n);
            assert_near(list.items[i].time_s, expected[i % 10] + (double)(i / 10 * 10), 1e-9);
        }
        free(list.items);
    }
    source_fixture_release(&fixture);
}

static void random_steps_are_poisson_at_their_rates(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_read(&fixture,
                        "{'arrivals': {'process': 'piecewise', 'points': "
                        "[{'at': '0 s', 'rate': '50 /s'}, {'at': '200 s', 'rate': '0 /s'}, "
                        "{'at': '300 s', 'rate': '10 /s'}]}, 'skew': {'weights': [1, 3]}}");
    assert_rates(&fixture, 10, 50);
    struct arrival_list list = generate(&fixture, 2, 2300);
    size_t first = count_between(&list, 0, 200);
    assert_near((double)first, 10000, 3.89 * 100);
    assert_int_equal(count_between(&list, 200, 300), 0);
    assert_near((double)(list.n - first), 20000, 3.89 * sqrt(20000));
    /* Rescaled by the cumulated rate they are uniform. */
    double *values = mem_alloc(list.n, sizeof *values);
    for (size_t i = 0; i < list.n; i++) {
        double t = list.items[i].time_s;
        values[i] = (t < 200 ? 50 * t : 10000 + 10 * (t - 300)) / 30000;
    }
    assert_uniform(values, list.n);
    free(values);
    free(list.items);
    source_fixture_release(&fixture);
}

static void a_daily_cycle_is_a_sine_wave(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_arrivals(&fixture, "{'process': 'diurnal', 'rate': '20 /s', 'peak': '35 /s', "
                                      "'period': '100 s', 'peak_at': '30 s', 'spacing': 'even'}");
    assert_rates(&fixture, 20, 35);
    struct arrival_list list = generate(&fixture, 2, 300);
    assert_int_equal(list.n, 6000);
    const double omega = 2 * acos(-1) / 100;
    for (size_t i = 0; i < list.n; i++) {
        double t = list.items[i].time_s;
        double expected = 20 * t + 15 / omega * (sin(omega * (t - 30)) + sin(omega * 30));
        /* A step of the staircase is 0.07 s; its rate is off by at most 15 omega 0.035 /s. */
        assert_near(expected, (double)i + 0.5, 0.002);
    }
    assert_near((double)count_between(&list, 25, 35), 347.5, 1);
    free(list.items);
    source_fixture_release(&fixture);
}

/* ---- rate traces ---- */

/* A file of its own for a test. */
static char *write_file(const char *text)
{
    char *path = mem_strdup("/tmp/ckptsim-rates-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    size_t length = strlen(text);
    assert_int_equal(write(descriptor, text, length), length);
    assert_int_equal(close(descriptor), 0);
    return path;
}

static void remove_file(char *path)
{
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* Reads an arrival process that names the file %s. */
static bool read_with_file(struct source_fixture *fixture, const char *path, const char *rest)
{
    char *json = mem_format("{'arrivals': {'file': '%s', %s}}", path, rest);
    bool ok = source_fixture_try(fixture, json);
    free(json);
    return ok;
}

/* The counts that a file says, in each of n bins of width_s, however many partitions there are. */
static void assert_counts(const struct source_fixture *fixture, const size_t *expected, size_t n,
                          double width_s)
{
    for (uint64_t partitions = 1; partitions <= 3; partitions++) {
        struct arrival_list list = generate(fixture, partitions, (double)n * width_s);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(count_between(&list, (double)i * width_s, (double)(i + 1) * width_s),
                             expected[i]);
        free(list.items);
    }
}

static void a_rate_trace_gives_the_counts_of_its_bins(void **state)
{
    (void)state;
    static const size_t counts[] = {3, 0, 0, 17, 1};
    static const struct {
        const char *text, *keys;
        double mean, peak, width_s;
    } cases[] = {
        {"3 0 0 17 1\n", "'per': '2 s', 'bin': '2 s'", 2.1, 8.5, 2},
        {"3\t0\n\n0 \r\n 17 1", "'per': '2 s', 'bin': '2 s'", 2.1, 8.5, 2},
        {"n;x\n3;\n0;\n0;9\n17;9\n1;9\n",
         "'per': '7 s', 'bin': '7 s', 'value': 'n', "
         "'separator': ';'",
         0.6, 17.0 / 7, 7},
        {"minute,n\n5,3\n6,0\n7,0\n8,17\n9,1\n",
         "'time': 'minute', 'time_unit': 'min', "
         "'per': '1 min', 'value': 'n'",
         0.07, 17.0 / 60, 60},
        {"5 3\n6 0\n8 17\n9 1\n",
         "'time': '1', 'value': '2', 'header': false, "
         "'separator': 'space', 'per': '1 s'",
         21.0 / 5, 17, 1},
        {"at|rate\n1661724000|1.5\n1661724002|0\n1661724006|8.5\n1661724008|0.5\n",
         "'time': 'at', 'value': 'rate', 'separator': '|', 'per': '1 s'", 2.1, 8.5, 2},
        {"at,n\n2024-02-29 23:59:58,1.5\n2024-03-01 00:00:00,0\n2024-03-01 00:00:04,8.5\n"
         "2024-03-01 00:00:06,0.5\n",
         "'time': 'at', 'date': 'YYYY-MM-DD HH:MM:SS', 'value': 'n', 'per': '2 s', 'scale': 2", 2.1,
         8.5, 2},
        {"at,n\n0,3\n6,17\n8,1\n", "'time': 'at', 'value': 'n', 'per': '2 s', 'bin': '2 s'", 2.1,
         8.5, 2},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct source_fixture fixture;
        char *path = write_file(cases[i].text);
        char *keys = mem_format("'process': 'rate_trace', 'spacing': 'even', %s", cases[i].keys);
        assert_true(read_with_file(&fixture, path, keys));
        assert_int_equal(fixture.err.n_problems, 0);
        assert_rates(&fixture, cases[i].mean, cases[i].peak);
        assert_counts(&fixture, counts, MEM_COUNT(counts), cases[i].width_s);
        struct arrival_list list = generate(&fixture, 1, 1e9);
        assert_int_equal(list.n, 21); /* and no more */
        free(list.items);
        free(keys);
        source_fixture_release(&fixture);
        remove_file(path);
    }
}

static void a_rate_trace_starts_where_it_is_told_and_repeats(void **state)
{
    (void)state;
    struct source_fixture fixture;
    char *path = write_file("3 0 0 17 1");
    assert_true(read_with_file(&fixture, path,
                               "'process': 'rate_trace', 'spacing': 'even', 'per': '2 s', "
                               "'bin': '2 s', 'repeat': true, 'start': '6 s'"));
    static const size_t counts[] = {17, 1, 3, 0, 0, 17, 1, 3, 0, 0, 17};
    assert_counts(&fixture, counts, MEM_COUNT(counts), 2);
    source_fixture_release(&fixture);
    assert_true(read_with_file(&fixture, path,
                               "'process': 'rate_trace', 'spacing': 'even', 'per': '2 s', "
                               "'bin': '2 s', 'start': '7 s'"));
    static const size_t rest[] = {9, 0, 1}; /* the first at once: it is in the middle of 17 */
    assert_counts(&fixture, rest, MEM_COUNT(rest), 1);
    source_fixture_release(&fixture);
    assert_true(read_with_file(&fixture, path,
                               "'process': 'rate_trace', 'per': '2 s', 'bin': '2 s', "
                               "'repeat': true, 'start': '7 s', 'scale': 10"));
    struct arrival_list list = generate(&fixture, 2, 10000);
    assert_near((double)list.n, 210000, 3.89 * sqrt(210000));
    assert_true(count_between(&list, 0, 1) > 0);
    assert_int_equal(count_between(&list, 5, 9), 0);
    free(list.items);
    source_fixture_release(&fixture);
    remove_file(path);
}

/* ---- message traces ---- */

static const char requests[] = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                               "2023-11-16 18:17:03.9799600,4808,10\r\n"
                               "2023-11-16 18:17:04.0319600,3180,8\r\n"
                               "2023-11-16 18:17:04.0781490,110,27\r\n"
                               "2023-11-16 18:17:05.9799600,7433,14\r\n"
                               "2023-11-16 18:17:05.9799600,34,12";

#define REQUESTS_KEYS                                                                              \
    "'process': 'message_trace', 'time': 'TIMESTAMP', 'date': 'YYYY-MM-DD HH:MM:SS'"

static void a_message_trace_gives_times_and_sizes(void **state)
{
    (void)state;
    struct source_fixture fixture;
    char *path = write_file(requests);
    assert_true(read_with_file(&fixture, path,
                               REQUESTS_KEYS ", 'size': ['ContextTokens', 'GeneratedTokens'], "
                                             "'size_scale': 4"));
    assert_rates(&fixture, 2, 3);
    assert_near(arrivals_mean_bytes(&fixture.source), 4 * 15636 / 5.0, 1e-9);
    static const double times_s[] = {0, 0.052, 0.098189, 2, 2};
    static const double sizes[] = {4818, 3188, 137, 7447, 46};
    for (uint64_t n = 1; n <= 2; n++) {
        struct arrival_list list = generate(&fixture, n, 1e9);
        assert_int_equal(list.n, 5);
        for (size_t i = 0; i < 5; i++) {
            size_t k = n == 2 && list.items[i].partition != i % n ? 7 - i : i; /* the tie */
            assert_int_equal(list.items[i].partition, k % n);
            assert_near(list.items[i].time_s, times_s[k], 1e-6);
            assert_near(list.items[i].bytes, 4 * sizes[k], 1e-9);
        }
        free(list.items);
    }
    source_fixture_release(&fixture);
    remove_file(path);
}

static void a_message_trace_starts_where_it_is_told_and_repeats(void **state)
{
    (void)state;
    struct source_fixture fixture;
    char *path = write_file("4 x\n0 x\n1 x\n"); /* sorted, and 6 s from round to round */
    assert_true(read_with_file(&fixture, path,
                               "'process': 'message_trace', 'time': '1', 'header': false, "
                               "'separator': 'space', 'repeat': true, 'scale': 2, "
                               "'start': '0.4 s'"));
    assert_true(isnan(arrivals_mean_bytes(&fixture.source)));
    assert_rates(&fixture, 1, 2);
    static const double expected[] = {0.1, 1.6, 2.6, 3.1, 4.6, 5.6, 6.1};
    for (uint64_t n = 1; n <= 3; n++) {
        struct arrival_list list = generate(&fixture, n, 7);
        assert_int_equal(list.n, MEM_COUNT(expected));
        for (size_t i = 0; i < list.n; i++) {
            assert_near(list.items[i].time_s, expected[i], 1e-12);
            assert_int_equal(list.items[i].partition, (i + 1) % n);
        }
        free(list.items);
    }
    source_fixture_release(&fixture);
    remove_file(path);
}

static void recorded_messages_go_to_partitions_by_their_shares(void **state)
{
    (void)state;
    struct source_fixture fixture;
    source_fixture_read(
        &fixture,
        "{'arrivals': {'process': 'message_trace', 'time': 'TIMESTAMP', 'repeat': true, "
        "'date': 'YYYY-MM-DD HH:MM:SS', 'file': 'scenarios/arrivals/made-up-requests.csv'}, "
        "'skew': {'weights': [1, 0, 6, 3]}}");
    const double mean =
        arrivals_type(&fixture.source)->mean_rate_per_s(fixture.source.arrivals.params);
    enum { N = 100000 };
    struct arrival_list list = {0};
    size_t before = 0;
    static const double shares[] = {0.1, 0, 0.6, 0.3};
    for (uint64_t p = 0; p < 4; p++) {
        if (shares[p] > 0)
            add_partition(&list, &fixture, p, 4, N / mean);
        double expected = N * shares[p];
        assert_near((double)(list.n - before), expected,
                    3.89 * sqrt(expected * (1 - shares[p])) + 1);
        before = list.n;
    }
    /* Each message in one partition: together they are the trace. */
    struct source_fixture whole;
    source_fixture_arrivals(
        &whole,
        "{'process': 'message_trace', 'time': 'TIMESTAMP', 'repeat': true, "
        "'date': 'YYYY-MM-DD HH:MM:SS', 'file': 'scenarios/arrivals/made-up-requests.csv'}");
    struct arrival_list all = generate(&whole, 1, N / mean);
    qsort(list.items, list.n, sizeof *list.items, compare_arrivals);
    assert_int_equal(list.n, all.n);
    for (size_t i = 0; i < all.n; i++)
        assert_same_double(list.items[i].time_s, all.items[i].time_s);
    free(list.items);
    free(all.items);
    source_fixture_release(&whole);
    source_fixture_release(&fixture);
}

/* ---- mistakes ---- */

/* Asserts that the source cannot be read, with this text somewhere in the first error. */
static void assert_message(const struct source_fixture *fixture, const char *expected)
{
    for (size_t i = 0; i < fixture->err.n_problems; i++) {
        char *text = problem_text(&fixture->err.problems[i]);
        bool found = strstr(text, expected);
        if (!found)
            print_error("%s\n", text);
        free(text);
        if (found)
            return;
    }
    fail_msg("no problem says '%s'", expected);
}

static void mistakes_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"{'process': 'renewal', 'interval': '0 s'}",
         "/arrivals/interval: mean gap of 0 s: must be at least 1e-12 s"},
        {"{'process': 'mmpp', 'rates': [], 'stay': []}", "/arrivals/rates: no rates; list"},
        {"{'process': 'mmpp', 'rates': ['1 /s'], 'stay': ['1 s', '2 s']}",
         "/arrivals/stay: 2 mean stays for 1 rates; one for each is needed"},
        {"{'process': 'mmpp', 'rates': ['0 /s', '0 /s'], 'stay': ['1 s', '2 s']}",
         "/arrivals/rates: all rates are 0, so that no message ever arrives"},
        {"{'process': 'piecewise', 'points': []}",
         "/arrivals/points: no rate above 0, so that no message ever arrives"},
        {"{'process': 'piecewise', 'points': [{'at': '1 s', 'rate': '1 /s'}]}",
         "/arrivals/points/0/at: 1 s: the first rate must begin at 0 s"},
        {"{'process': 'piecewise', 'points': [{'at': '0 s', 'rate': '1 /s'}, "
         "{'at': '0 s', 'rate': '2 /s'}]}",
         "/arrivals/points/1/at: 0 s: must be later than the point before, 0 s"},
        {"{'process': 'piecewise', 'period': '3 s', 'points': [{'at': '0 s', 'rate': '1 /s'}, "
         "{'at': '3 s', 'rate': '2 /s'}]}",
         "/arrivals/period: 3 s: must be later than the last point, 3 s"},
        {"{'process': 'diurnal', 'rate': '10 /s', 'peak': '21 /s'}",
         "/arrivals/peak: 21 /s: must be from the mean rate, 10 /s, to twice that"},
        {"{'process': 'rate_trace', 'file': 'none', 'per': '1 s', 'time': 'a'}",
         "/arrivals/value: missing: beside the column"},
        {"{'process': 'rate_trace', 'file': 'none', 'per': '1 s'}",
         "/arrivals/bin: missing: without a column"},
        {"{'process': 'rate_trace', 'file': 'none', 'per': '1 s', 'bin': '1 s'}",
         "/arrivals/file: cannot read 'none'"},
        {"{'process': 'message_trace', 'file': 'none', 'time': 'a', 'separator': '::', "
         "'date': 'YYYY'}",
         "/arrivals/separator: '::' is no separator"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct source_fixture fixture;
        char *json = mem_format("{'arrivals': %s}", cases[i].json);
        assert_false(source_fixture_try(&fixture, json));
        assert_message(&fixture, cases[i].message);
        free(json);
        source_fixture_release(&fixture);
    }
}

static void mistakes_in_files_have_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *keys, *message;
        bool ok;
    } cases[] = {
        {"1 2\n3 four", "'process': 'rate_trace', 'per': '1 s', 'bin': '1 s'",
         ":2:3: /arrivals/file: 'four' is no number from 0 to 1e15; in a file with other", false},
        {"1 -2", "'process': 'rate_trace', 'per': '1 s', 'bin': '1 s'", ":1:3:", false},
        {"0 0 0", "'process': 'rate_trace', 'per': '1 s', 'bin': '1 s'", "are 0, so that no",
         false},
        {"1 2", "'process': 'rate_trace', 'per': '1 s', 'bin': '1 s', 'start': '2 s'",
         "/arrivals/start: 2 s: must be before the end of the trace, 2 s", false},
        {"t,v\n1,2\n", "'process': 'rate_trace', 'per': '1 s', 'time': 't', 'value': 'v'",
         "/arrivals/bin: missing:", false},
        {"t,value\n1,2\n", "'process': 'rate_trace', 'per': '1 s', 'time': 't', 'value': 'valeu'",
         ":1:1: /arrivals/value: no column 'valeu'; ", false},
        {"t,v\n1,2\n3,x\n1,2\n4\n5,-2\n6,1\n",
         "'process': 'rate_trace', 'per': '1 s', 'time': 't', 'value': 'v'",
         ":3:3: /arrivals/file: 4 lines are unusable and left out, 2 rates stay; the first: 'x' is "
         "no number",
         true},
        {"t,v\n1,2\n", "'process': 'message_trace', 'time': 't'",
         "has a single message; at least two are needed", false},
        {"t,v\n1,2\n1,3\n", "'process': 'message_trace', 'time': 't'", "come at the same time",
         false},
        {"t,v\n2024-01-01,2\n", "'process': 'message_trace', 'time': 't'",
         ":2:1: /arrivals/file: ", false},
        {"t,v\n", "'process': 'message_trace', 'time': 't'", "has no messages", false},
        {"t,v\n1,2\n2,-3\n3,4\n", "'process': 'message_trace', 'time': 't', 'size': ['v']",
         ":3:3: /arrivals/file: 1 line is unusable and left out, 2 messages stay; the first: '-3' "
         "is negative",
         true},
        {"t,v\n1,2\n2,3\n", "'process': 'message_trace', 'time': 't', 'start': '2 s'",
         "/arrivals/start: 2 s: must not be after the last message, 1 s", false},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct source_fixture fixture;
        char *path = write_file(cases[i].text);
        assert_int_equal(read_with_file(&fixture, path, cases[i].keys), cases[i].ok);
        assert_message(&fixture, cases[i].message);
        source_fixture_release(&fixture);
        remove_file(path);
    }
}

/* ---- recorded data, where it stands beside the checkout ---- */

static void recorded_rates_are_as_their_authors_say(void **state)
{
    (void)state;
    static const struct {
        const char *file, *keys;
        double mean, peak, tolerance;
    } cases[] = {
        {"arrivals-1s/ADS_3D_1S_4_sub_30K_max.csv.gz",
         "'process': 'rate_trace', 'time': 'timestamp', 'value': 'value', 'per': '1 s', "
         "'separator': '|'",
         14256, 29225, 0.5},
        {"arrivals-1s/CARS_3D_1S_4_sub_35K_max.csv.gz",
         "'process': 'rate_trace', 'time': 'timestamp', 'value': 'value', 'per': '1 s', "
         "'separator': '|'",
         18361, 37563, 0.5},
        {"arrivals-dsp-5min/google_5min.csv.gz",
         "'process': 'rate_trace', 'time': 'date', 'date': 'YYYY-MM-DD HH:MM:SS', "
         "'value': 'messages', 'per': '5 min', 'scale': 300",
         112060, 1.96 * 112060, 600},
        {"arrivals-dsp-5min/taxi_5min.csv.gz",
         "'process': 'rate_trace', 'time': 'date', 'date': 'YYYY-MM-DD HH:MM:SS', "
         "'value': 'messages', 'per': '5 min', 'scale': 300",
         112060, 1.27 * 112060, 600},
        {"arrivals-nasa-http/nasa_rpm.csv.gz",
         "'process': 'rate_trace', 'time': 'minute', 'time_unit': 'min', 'value': 'requests', "
         "'per': '1 min', 'scale': 60",
         41.0, 409, 0.05},
        {"arrivals-llm-messages/AzureLLMInferenceTrace_code.csv.gz",
         "'process': 'message_trace', 'time': 'TIMESTAMP', 'date': 'YYYY-MM-DD HH:MM:SS', "
         "'size': ['ContextTokens']",
         2.567, 69.5, 2.51}, /* 67 in the busiest second of the clock, 72 in any */
    };
    if (access("../shared/data", R_OK) != 0) {
        print_message("skipped: no ../shared/data beside the checkout\n");
        skip();
    }
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char *path = write_file("");
        char *command = mem_format("gzip -dc ../shared/data/%s > %s", cases[i].file, path);
        assert_int_equal(system(command), 0);
        struct source_fixture fixture;
        assert_true(read_with_file(&fixture, path, cases[i].keys));
        const struct arrivals_type *type = arrivals_type(&fixture.source);
        const void *params = fixture.source.arrivals.params;
        assert_near(type->mean_rate_per_s(params), cases[i].mean, cases[i].tolerance);
        assert_near(type->peak_rate_per_s(params), cases[i].peak, 2 * cases[i].tolerance);
        source_fixture_release(&fixture);
        free(command);
        remove_file(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_arrivals_of_equal_partitions_take_turns),
        cmocka_unit_test(constant_arrivals_of_unequal_partitions_have_their_shares),
        cmocka_unit_test(poisson_arrivals_have_exponential_gaps),
        cmocka_unit_test(renewal_gaps_are_stretched_for_a_partition),
        cmocka_unit_test(bursts_come_to_all_partitions_at_once),
        cmocka_unit_test(mmpp_starts_in_its_long_run),
        cmocka_unit_test(even_steps_have_the_times_that_their_rates_say),
        cmocka_unit_test(random_steps_are_poisson_at_their_rates),
        cmocka_unit_test(a_daily_cycle_is_a_sine_wave),
        cmocka_unit_test(a_rate_trace_gives_the_counts_of_its_bins),
        cmocka_unit_test(a_rate_trace_starts_where_it_is_told_and_repeats),
        cmocka_unit_test(a_message_trace_gives_times_and_sizes),
        cmocka_unit_test(a_message_trace_starts_where_it_is_told_and_repeats),
        cmocka_unit_test(recorded_messages_go_to_partitions_by_their_shares),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(mistakes_in_files_have_their_place),
        cmocka_unit_test(recorded_rates_are_as_their_authors_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
