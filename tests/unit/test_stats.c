// SPDX-License-Identifier: GPL-3.0-or-later
/* Statistics against hand-made sums, GSL and the rows J01-J03, J08, J12, J13 of the known answers.
 */
#include "support.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "core/stats.h"

/* MRG32k3a (L'Ecuyer 1999), seed 12345 six times: the data of the known answers. */
struct mrg {
    int64_t a[3], b[3];
};

static const struct mrg MRG_START = {{12345, 12345, 12345}, {12345, 12345, 12345}};

static double mrg_uniform(struct mrg *mrg)
{
    const int64_t m1 = 4294967087;
    const int64_t m2 = 4294944443;
    int64_t p1 = (1403580 * mrg->a[1] - 810728 * mrg->a[0]) % m1;
    int64_t p2 = (527612 * mrg->b[2] - 1370589 * mrg->b[0]) % m2;
    p1 += p1 < 0 ? m1 : 0;
    p2 += p2 < 0 ? m2 : 0;
    *mrg = (struct mrg){{mrg->a[1], mrg->a[2], p1}, {mrg->b[1], mrg->b[2], p2}};
    return (double)(p1 > p2 ? p1 - p2 : p1 - p2 + m1) / (double)(m1 + 1);
}

static struct tally tally_of(const double *x, size_t n)
{
    struct tally tally = {0};
    for (size_t i = 0; i < n; i++)
        tally_add(&tally, x[i]);
    return tally;
}

/* Awkward data: a large offset, both signs, three decades. */
static void fill(double *x, size_t n, uint64_t seed, double offset)
{
    struct rng rng = rng_from_splitmix(seed);
    for (size_t i = 0; i < n; i++)
        x[i] = offset + (rng_uniform(&rng) - 0.3) * exp(7 * rng_uniform(&rng));
}

static void empty_tally_has_no_variance(void **state)
{
    (void)state;
    struct tally tally = {0};
    assert_true(isnan(tally_variance(&tally)));
    tally_add(&tally, 2.385);
    assert_true(isnan(tally_variance(&tally)));
    assert_true(isnan(tally_sd(&tally)));
    assert_true(isnan(tally_half_width(&tally)));
    assert_same_double(tally.mean, 2.385);
    assert_same_double(tally.min, 2.385);
    assert_same_double(tally.max, 2.385);
}

static void tally_agrees_with_two_passes(void **state)
{
    (void)state;
    const double offsets[] = {0, 2.385e6, -7.1e9};
    for (size_t k = 0; k < MEM_COUNT(offsets); k++) {
        double x[997];
        fill(x, MEM_COUNT(x), 17, offsets[k]);
        struct tally tally = tally_of(x, MEM_COUNT(x));
        double variance = gsl_stats_variance(x, 1, MEM_COUNT(x));
        assert_int_equal(tally.n, MEM_COUNT(x));
        assert_near(tally.mean, gsl_stats_mean(x, 1, MEM_COUNT(x)),
                    1e-15 * fabs(tally.mean) + 1e-12);
        /* The deviations themselves are known to the rounding of x - mean only. */
        assert_near(tally_variance(&tally), variance,
                    variance * (1e-13 + 1e-15 * fabs(offsets[k]) / sqrt(variance)));
        assert_same_double(tally.min, gsl_stats_min(x, 1, MEM_COUNT(x)));
        assert_same_double(tally.max, gsl_stats_max(x, 1, MEM_COUNT(x)));
    }
}

static void merged_tallies_equal_one_tally(void **state)
{
    (void)state;
    double x[101];
    fill(x, MEM_COUNT(x), 18, 2.385e3);
    struct tally whole = tally_of(x, MEM_COUNT(x));
    for (size_t cut = 0; cut <= MEM_COUNT(x); cut++) {
        struct tally left = tally_of(x, cut);
        struct tally right = tally_of(x + cut, MEM_COUNT(x) - cut);
        tally_merge(&left, &right);
        assert_int_equal(left.n, whole.n);
        assert_near(left.mean, whole.mean, 1e-13 * fabs(whole.mean));
        assert_near(left.m2, whole.m2, 1e-12 * whole.m2);
        assert_same_double(left.min, whole.min);
        assert_same_double(left.max, whole.max);
    }
}

static void adding_n_equals_adding_n_times(void **state)
{
    (void)state;
    struct tally at_once = {0};
    struct tally one_by_one = {0};
    const struct {
        double x;
        uint64_t n;
    } runs[] = {{2.385, 7}, {-41.7, 1}, {0.093, 0}, {88.01, 12}};
    for (size_t i = 0; i < MEM_COUNT(runs); i++) {
        tally_add_n(&at_once, runs[i].x, runs[i].n);
        for (uint64_t k = 0; k < runs[i].n; k++)
            tally_add(&one_by_one, runs[i].x);
    }
    assert_int_equal(at_once.n, one_by_one.n);
    assert_near(at_once.mean, one_by_one.mean, 1e-13);
    assert_near(at_once.m2, one_by_one.m2, 1e-10);
    assert_same_double(at_once.min, -41.7);
    assert_same_double(at_once.max, 88.01);
}

static void equal_observations_have_no_spread_at_all(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (int i = 0; i < 1000; i++)
        tally_add(&tally, 2.385e6);
    assert_same_double(tally.mean, 2.385e6);
    assert_same_double(tally_half_width(&tally), 0);
}

static void student_t_has_the_known_answers(void **state) /* J01 */
{
    (void)state;
    static const struct {
        int n;
        double level, t;
    } rows[] = {
        {2, 0.95, 12.7062047},  {2, 0.99, 63.6567412},   {5, 0.95, 2.77644511},
        {5, 0.99, 4.60409487},  {10, 0.95, 2.26215716},  {10, 0.99, 3.24983554},
        {20, 0.95, 2.09302405}, {20, 0.99, 2.86093461},  {30, 0.95, 2.04522964},
        {30, 0.99, 2.7563859},  {100, 0.95, 1.98421695}, {100, 0.99, 2.62640546},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++)
        assert_near(stats_student_t(rows[i].level, rows[i].n - 1), rows[i].t, 5e-9 * rows[i].t);
    for (double df = 1; df < 1e7; df *= 2.385)
        assert_near(gsl_cdf_tdist_Q(stats_student_t(0.95, df), df), 0.025, 1e-13);
}

static void ten_uniforms_have_the_known_interval(void **state) /* J02 */
{
    (void)state;
    struct mrg mrg = MRG_START;
    struct tally tally = {0};
    for (int i = 0; i < 10; i++)
        tally_add(&tally, mrg_uniform(&mrg));
    assert_near(tally.mean, 0.40637716, 5e-9);
    assert_near(tally_sd(&tally), 0.241474471, 5e-10);
    assert_near(tally_half_width(&tally), 0.17274043, 5e-9);
}

static void thousand_exponentials_have_the_known_order_statistic(void **state) /* J03, J08 */
{
    (void)state;
    struct mrg mrg = MRG_START;
    double x[1000];
    for (size_t i = 0; i < MEM_COUNT(x); i++)
        x[i] = -log(1 - mrg_uniform(&mrg));
    struct tally tally = tally_of(x, MEM_COUNT(x));
    assert_near(tally.mean, 0.960830297, 5e-10);
    assert_near(tally.max, 8.7020953, 5e-8);
    stats_sort(x, MEM_COUNT(x));
    assert_near(stats_quantile(x, MEM_COUNT(x), 0.95), 2.72509228, 5e-9);
    assert_same_double(stats_quantile(x, MEM_COUNT(x), 1), tally.max);
}

static void pairing_narrows_the_interval_of_a_difference(void **state) /* J13 */
{
    (void)state;
    struct mrg mrg = MRG_START;
    double u[110];
    for (size_t i = 0; i < MEM_COUNT(u); i++)
        u[i] = mrg_uniform(&mrg);
    struct tally difference = {0};
    struct tally a = {0};
    struct tally b = {0};
    for (size_t i = 0; i < 10; i++) {
        double x = 10 * u[i];
        double y = x + 0.5 + 0.1 * u[100 + i];
        tally_add(&a, x);
        tally_add(&b, y);
        tally_add(&difference, y - x);
    }
    assert_near(difference.mean, 0.55739758, 5e-9);
    assert_near(tally_half_width(&difference), 0.0202528532, 5e-11);
    double welch = sqrt((tally_variance(&a) + tally_variance(&b)) / 10);
    assert_near(stats_student_t(0.95, 17.9997) * welch, 2.27334676, 5e-7);
}

static void compensated_sum_keeps_what_plain_addition_loses(void **state)
{
    (void)state;
    struct sum sum = {0};
    sum_add(&sum, 1);
    sum_add(&sum, 1e100);
    sum_add(&sum, 1);
    sum_add(&sum, -1e100);
    assert_same_double(sum_value(&sum), 2);
    sum = (struct sum){0};
    for (int i = 0; i < 10000000; i++)
        sum_add(&sum, 0.1);
    assert_near(sum_value(&sum), 1e6, 2e-10);
}

static void time_average_weighs_levels_by_time(void **state)
{
    (void)state;
    struct time_average queue;
    time_average_start(&queue, 2.385, 3);
    assert_true(isnan(time_average_value(&queue, 2.385)));
    assert_same_double(time_average_value(&queue, 7.5), 3);
    time_average_set(&queue, 4.385, 0); /* 3 for 2 s */
    time_average_set(&queue, 5.385, 8); /* 0 for 1 s */
    time_average_set(&queue, 5.385, 1); /* 8 for no time */
    assert_near(time_average_value(&queue, 12.385), (3 * 2 + 0 * 1 + 1 * 7) / 10.0, 1e-15);
}

static void merged_time_averages_add_areas_and_spans(void **state)
{
    (void)state;
    struct time_average a;
    struct time_average b;
    time_average_start(&a, 1.5, 4);
    time_average_set(&a, 3.5, 1);
    time_average_start(&b, 100, 0.25);
    time_average_merge(&a, 4.5, &b, 117); /* 9 over 3 s, 4.25 over 17 s */
    assert_near(time_average_value(&a, 4.5), (9 + 4.25) / 20, 1e-15);
    assert_near(time_average_value(&a, 14.5), (9 + 4.25 + 10) / 30, 1e-15);
}

static void ratio_by_hand(void **state)
{
    (void)state;
    /* r = 12/6 = 2; residuals 1, -1, 0; sd = 1; half-width = t sd / (sqrt 3 mean n) */
    const double x[] = {3, 5, 4};
    const double n[] = {1, 3, 2};
    double ratio;
    double half_width;
    stats_ratio(x, n, 3, &ratio, &half_width);
    assert_near(ratio, 2, 1e-15);
    assert_near(half_width, stats_student_t(0.95, 2) / (sqrt(3) * 2), 1e-14);
}

static void ratio_with_one_event_each_is_a_mean(void **state)
{
    (void)state;
    double x[41];
    double n[41];
    fill(x, 41, 19, 2.385e3);
    for (size_t i = 0; i < 41; i++)
        n[i] = 1;
    struct tally tally = tally_of(x, 41);
    double ratio;
    double half_width;
    stats_ratio(x, n, 41, &ratio, &half_width);
    assert_near(ratio, tally.mean, 1e-12);
    assert_near(half_width, tally_half_width(&tally), 1e-11);
}

static void ratio_is_undefined_without_events_or_replications(void **state)
{
    (void)state;
    const double x[] = {0, 0, 2.385};
    const double n[] = {0, 0, 3};
    double ratio;
    double half_width;
    stats_ratio(x, n, 2, &ratio, &half_width);
    assert_true(isnan(ratio) && isnan(half_width));
    stats_ratio(x, n, 0, &ratio, &half_width);
    assert_true(isnan(ratio) && isnan(half_width));
    stats_ratio(x + 2, n + 2, 1, &ratio, &half_width);
    assert_near(ratio, 0.795, 1e-15);
    assert_true(isnan(half_width));
}

/*
 * Events per replication vary and go together with their size, so that the mean of the
 * replications' means is biased and the ratio is not. 2000 intervals; the share that holds the
 * truth must be within 3.9 standard errors (error level 1e-4) of 95 %, and 0.5 % for the bias
 * of the ratio at 60 replications.
 */
static void ratio_interval_covers_the_truth(void **state)
{
    (void)state;
    enum { REPLICATIONS = 60 };
    size_t trials = support_scale(2000);
    struct rng rng = rng_from_splitmix(20);
    size_t hits = 0;
    for (size_t trial = 0; trial < trials; trial++) {
        double x[REPLICATIONS];
        double n[REPLICATIONS];
        for (size_t i = 0; i < REPLICATIONS; i++) {
            n[i] = floor(1 + 5 * rng_uniform(&rng)); /* 1 .. 5, mean 3 */
            x[i] = 0;
            for (int k = 0; k < (int)n[i]; k++) /* mean n each: sum n^2, mean 11 */
                x[i] -= n[i] * log(rng_uniform(&rng));
        }
        double ratio;
        double half_width;
        stats_ratio(x, n, REPLICATIONS, &ratio, &half_width);
        hits += fabs(ratio - 11.0 / 3) <= half_width;
    }
    double share = (double)hits / (double)trials;
    assert_near(share, 0.95, 3.9 * sqrt(0.95 * 0.05 / (double)trials) + 0.005);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Value i of one of several kinds of data that sorts meet, or stumble over. */
static double awkward_value(int kind, struct rng *rng, size_t i)
{
    uint64_t word = rng_next(rng);
    double u = rng_uniform(rng);
    double x;
    switch (kind) {
    case 0: /* makespans: one exponent */
        return 3e6 - 1e5 * log(u);
    case 1: /* an atom with rounding noise */
        return u < 0.9 ? 2.385e6 * (1 + (double)(word % 4) * 0x1p-52) : 2.385e6 - log(u);
    case 2: /* few values */
        return (double)(word % 7) - 3;
    case 3: /* any finite bits: subnormals, both signs, zeros */
        memcpy(&x, &word, sizeof x);
        return isfinite(x) ? x : 0;
    case 4: /* sorted already */
        return (double)i;
    case 5: /* the wrong way round */
        return -(double)i;
    default: /* the ends of the line */
        return word % 3 == 0 ? (double)INFINITY : word % 3 == 1 ? (double)-INFINITY : u - 0.5;
    }
}

static void sort_agrees_with_qsort(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 10, 95, 96, 97, 98, 500, 1000, 50000};
    for (size_t k = 0; k < MEM_COUNT(sizes); k++)
        for (int kind = 0; kind < 7; kind++) {
            size_t n = sizes[k];
            double *x = mem_alloc(n, sizeof *x);
            double *expected = mem_alloc(n, sizeof *x);
            struct rng rng = rng_from_splitmix(21 + (uint64_t)kind);
            for (size_t i = 0; i < n; i++)
                x[i] = expected[i] = awkward_value(kind, &rng, i);
            stats_sort(x, n);
            qsort(expected, n, sizeof *expected, by_value);
            for (size_t i = 0; i < n; i++)
                assert_false(x[i] < expected[i] || x[i] > expected[i]);
            free(x);
            free(expected);
        }
}

static void quantile_is_an_order_statistic(void **state)
{
    (void)state;
    static const double x[] = {1.1, 2.2, 3.3, 4.4, 5.5, 6.6, 7.7, 8.8, 9.9, 10.1};
    assert_same_double(stats_quantile(x, 10, 0), 1.1);
    assert_same_double(stats_quantile(x, 10, 0.05), 1.1);
    assert_same_double(stats_quantile(x, 10, 0.1), 1.1);
    assert_same_double(stats_quantile(x, 10, 0.11), 2.2);
    assert_same_double(stats_quantile(x, 10, 0.5), 5.5);
    assert_same_double(stats_quantile(x, 10, 0.9), 9.9);
    assert_same_double(stats_quantile(x, 10, 0.91), 10.1);
    assert_same_double(stats_quantile(x, 10, 1), 10.1);
    assert_same_double(stats_quantile(x, 1, 0.3), 1.1);
}

static void rounding_does_not_lift_a_rank(void **state)
{
    (void)state;
    for (uint64_t n = 100; n <= 100000000; n *= 10)
        for (uint64_t percent = 1; percent <= 100; percent++) {
            assert_int_equal(stats_rank(n, (double)percent / 100), n / 100 * percent);
            assert_int_equal(stats_rank(n + 1, (double)percent / 100),
                             (n + 1) * percent / 100 + ((n + 1) * percent % 100 != 0));
        }
}

static void quantile_ranks_have_the_known_answers(void **state) /* J12 */
{
    (void)state;
    static const struct {
        size_t n;
        double p;
        size_t lower, upper;
        double coverage;
    } rows[] = {
        {100, 0.5, 40, 61, 0.9647998},
        {1000, 0.95, 936, 964, 0.958095268},
        {1000, 0.99, 983, 997, 0.976094763},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        size_t l = 0;
        size_t u = 0;
        assert_true(stats_quantile_ranks(rows[i].n, rows[i].p, &l, &u));
        assert_int_equal(l, rows[i].lower);
        assert_int_equal(u, rows[i].upper);
        unsigned n = (unsigned)rows[i].n;
        assert_near(gsl_cdf_binomial_P((unsigned)u - 1, rows[i].p, n) -
                        gsl_cdf_binomial_P((unsigned)l - 1, rows[i].p, n),
                    rows[i].coverage, 5e-10);
    }
}

/* Against a search over all ranks, for every n up to 300 and some large ones. */
static void quantile_ranks_cover_and_are_the_closest(void **state)
{
    (void)state;
    static const double ps[] = {0.01, 0.1, 0.5, 0.9, 0.95, 0.99};
    for (size_t k = 0; k < MEM_COUNT(ps); k++)
        for (unsigned n = 1; n <= 300; n++) {
            size_t expected_l = 0;
            while (gsl_cdf_binomial_P((unsigned)expected_l, ps[k], n) < 0.025)
                expected_l++;
            size_t expected_u = expected_l + 1;
            while (gsl_cdf_binomial_P((unsigned)expected_u - 1, ps[k], n) < 0.975)
                expected_u++;
            size_t l;
            size_t u;
            bool exists = stats_quantile_ranks(n, ps[k], &l, &u);
            assert_int_equal(exists, expected_l >= 1 && expected_u <= n);
            if (exists) {
                assert_int_equal(l, expected_l);
                assert_int_equal(u, expected_u);
            }
        }
    size_t l;
    size_t u;
    assert_true(stats_quantile_ranks(1000000000, 0.5, &l, &u));
    assert_near((double)l, 5e8 - 1.959964 * sqrt(2.5e8), 1);
    assert_near((double)u, 5e8 + 1.959964 * sqrt(2.5e8) + 1, 1);
}

static void too_few_values_give_no_interval(void **state)
{
    (void)state;
    size_t l = 77;
    size_t u = 77;
    assert_false(stats_quantile_ranks(0, 0.5, &l, &u));
    assert_false(stats_quantile_ranks(5, 0.5, &l, &u));
    assert_false(stats_quantile_ranks(59, 0.95, &l, &u)); /* one-sided only: 1 - 0.95^59 = 0.9515 */
    assert_false(stats_quantile_ranks(50, 0, &l, &u));
    assert_false(stats_quantile_ranks(50, 1, &l, &u));
    assert_int_equal(l, 77);
    assert_int_equal(u, 77);
    assert_true(stats_quantile_ranks(6, 0.5, &l, &u));
    assert_int_equal(l, 1);
    assert_int_equal(u, 6);
}

static void replications_follow_from_the_spread(void **state)
{
    (void)state;
    assert_int_equal(stats_replications_for(0, 2.385), 2);
    /* Few replications have Student's wider interval: of 6, t = 2.571, of 7, 2.447. */
    assert_int_equal(stats_replications_for(1, 1), 7);
    assert_int_equal(stats_replications_for(1, 12.7062 / sqrt(2) * 1.001), 2);
    assert_int_equal(stats_replications_for(1, 12.7062 / sqrt(2) * 0.999), 3);
    /* (1.959964 x 12 / 0.6)^2 = 1536.6, and with t of 1538 degrees of freedom, 1.961504, 1539.0 */
    assert_int_equal(stats_replications_for(12, 0.6), 1540);
    assert_true(stats_replications_for(1e300, 1e-300) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_tally_has_no_variance),
        cmocka_unit_test(tally_agrees_with_two_passes),
        cmocka_unit_test(merged_tallies_equal_one_tally),
        cmocka_unit_test(adding_n_equals_adding_n_times),
        cmocka_unit_test(equal_observations_have_no_spread_at_all),
        cmocka_unit_test(student_t_has_the_known_answers),
        cmocka_unit_test(ten_uniforms_have_the_known_interval),
        cmocka_unit_test(thousand_exponentials_have_the_known_order_statistic),
        cmocka_unit_test(pairing_narrows_the_interval_of_a_difference),
        cmocka_unit_test(compensated_sum_keeps_what_plain_addition_loses),
        cmocka_unit_test(time_average_weighs_levels_by_time),
        cmocka_unit_test(merged_time_averages_add_areas_and_spans),
        cmocka_unit_test(ratio_by_hand),
        cmocka_unit_test(ratio_with_one_event_each_is_a_mean),
        cmocka_unit_test(ratio_is_undefined_without_events_or_replications),
        cmocka_unit_test(ratio_interval_covers_the_truth),
        cmocka_unit_test(sort_agrees_with_qsort),
        cmocka_unit_test(quantile_is_an_order_statistic),
        cmocka_unit_test(rounding_does_not_lift_a_rank),
        cmocka_unit_test(quantile_ranks_have_the_known_answers),
        cmocka_unit_test(quantile_ranks_cover_and_are_the_closest),
        cmocka_unit_test(too_few_values_give_no_interval),
        cmocka_unit_test(replications_follow_from_the_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
