// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Random streams: known answers, and independence of neighbouring streams.
 *
 * Every statistical check has a fixed seed and fails by chance with a
 * probability of 1e-4: Kolmogorov-Smirnov distance above 2.225 / sqrt(n),
 * correlation above 3.9 / sqrt(n), chi-square beyond its 0.9999 quantile.
 */
#include "support.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"

/* ---- known answers: published vectors of the generators ---- */

static void xoshiro_gives_its_published_outputs(void **state)
{
    (void)state;
    const uint64_t expected[] = {
        UINT64_C(41943041),
        UINT64_C(58720359),
        UINT64_C(3588806011781223),
        UINT64_C(3591011842654386),
        UINT64_C(9228616714210784205),
        UINT64_C(9973669472204895162),
        UINT64_C(14011001112246962877),
        UINT64_C(12406186145184390807),
        UINT64_C(15849039046786891736),
        UINT64_C(10450023813501588000),
    };
    struct rng rng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < MEM_COUNT(expected); i++)
        assert_true(rng_next(&rng) == expected[i]);
}

static void splitmix_gives_its_published_outputs(void **state)
{
    (void)state;
    const uint64_t from_zero[] = {UINT64_C(16294208416658607535), UINT64_C(7960286522194355700),
                                  UINT64_C(487617019471545679), UINT64_C(17909611376780542444)};
    const uint64_t from_other[] = {UINT64_C(1985237415132408290), UINT64_C(2979275885539914483),
                                   UINT64_C(13511426838097143398), UINT64_C(8488337342461049707),
                                   UINT64_C(15141737807933549159)};
    uint64_t word = 0;
    for (size_t i = 0; i < MEM_COUNT(from_zero); i++)
        assert_true(rng_splitmix(&word) == from_zero[i]);
    word = UINT64_C(1477776061723855037);
    for (size_t i = 0; i < MEM_COUNT(from_other); i++)
        assert_true(rng_splitmix(&word) == from_other[i]);
}

static void seeding_by_splitmix_gives_its_published_outputs(void **state)
{
    (void)state;
    const uint64_t expected[] = {UINT64_C(15021278609987233951), UINT64_C(5881210131331364753),
                                 UINT64_C(18149643915985481100), UINT64_C(12933668939759105464)};
    struct rng rng = rng_from_splitmix(42);
    for (size_t i = 0; i < MEM_COUNT(expected); i++)
        assert_true(rng_next(&rng) == expected[i]);
}

/*
 * These vectors guard results: when they change, every simulation with a given
 * seed changes. They were computed by a second implementation.
 */
static void streams_are_the_same_in_every_version(void **state)
{
    (void)state;
    const struct {
        uint64_t seed;
        uint64_t replication;
        enum rng_purpose purpose;
        uint64_t index;
        uint64_t outputs[3];
    } cases[] = {
        {1,
         0,
         RNG_FAILURE,
         0,
         {UINT64_C(11359803800208896362), UINT64_C(10090213998640840432),
          UINT64_C(3006518392212435095)}},
        {1,
         0,
         RNG_FAILURE,
         1,
         {UINT64_C(8643218571771669757), UINT64_C(14891077324364030705),
          UINT64_C(13735297873640517189)}},
        {1,
         1,
         RNG_FAILURE,
         0,
         {UINT64_C(4163966275732949904), UINT64_C(13337172945940960831),
          UINT64_C(7068976277964577131)}},
        {2,
         0,
         RNG_FAILURE,
         0,
         {UINT64_C(10419559475710684222), UINT64_C(5677009925886754381),
          UINT64_C(4870137328164593686)}},
        {1,
         0,
         RNG_REPAIR,
         0,
         {UINT64_C(10967221109980608309), UINT64_C(8275744672600111570),
          UINT64_C(9300051518375613093)}},
        {UINT64_MAX,
         999,
         RNG_START,
         UINT64_C(1) << 40,
         {UINT64_C(3414781025116041614), UINT64_C(15692955584785288859),
          UINT64_C(3121717952795432834)}},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct rng rng =
            rng_stream(cases[i].seed, cases[i].replication, cases[i].purpose, cases[i].index);
        for (int k = 0; k < 3; k++)
            assert_true(rng_next(&rng) == cases[i].outputs[k]);
    }
}

/* The numbers of purposes are part of the key. */
static void purposes_keep_their_numbers(void **state)
{
    (void)state;
    const enum rng_purpose purposes[] = {
        RNG_FAILURE, RNG_REPAIR,  RNG_TRACE_OFFSET, RNG_TRACE_JITTER, RNG_DETECTION, RNG_DOWNTIME,
        RNG_RESTART, RNG_RESTORE, RNG_CHECKPOINT,   RNG_COORDINATION, RNG_DEVICE,    RNG_START,
    };
    for (size_t i = 0; i < MEM_COUNT(purposes); i++)
        assert_int_equal(purposes[i], i + 1);
}

/* ---- uniforms and whole numbers ---- */

static void uniform_is_never_zero_or_one(void **state)
{
    (void)state;
    struct rng zeros = {{0, 5, 5, 0}};
    assert_same_double(rng_uniform(&zeros), 0x1p-53);
    struct rng ones = {{0, 5, 5, UINT64_MAX}};
    assert_same_double(rng_uniform(&ones), 1 - 0x1p-53);
}

static void below_stays_below_and_is_uniform(void **state)
{
    (void)state;
    enum { SIDES = 7 };
    size_t counts[SIDES] = {0};
    size_t n = support_scale(100000);
    struct rng rng = rng_stream(2385, 0, RNG_DEVICE, 0);
    for (size_t i = 0; i < n; i++) {
        uint64_t k = rng_below(&rng, SIDES);
        assert_true(k < SIDES);
        counts[k]++;
    }
    double expected = (double)n / SIDES;
    double chi_square = 0;
    for (int k = 0; k < SIDES; k++)
        chi_square += ((double)counts[k] - expected) * ((double)counts[k] - expected) / expected;
    assert_true(gsl_cdf_chisq_Q(chi_square, SIDES - 1) > 1e-4);
    assert_int_equal(rng_below(&rng, 1), 0);
}

/* 3/4 of 2^64 sides: without rejection the lower half would come up too often. */
static void below_has_no_bias_for_huge_ranges(void **state)
{
    (void)state;
    uint64_t sides = UINT64_C(3) << 62;
    size_t n = support_scale(100000);
    size_t low = 0;
    struct rng rng = rng_stream(2385, 0, RNG_DEVICE, 1);
    for (size_t i = 0; i < n; i++) {
        uint64_t k = rng_below(&rng, sides);
        assert_true(k < sides);
        low += k % 3 == 0;
    }
    double share = (double)low / (double)n;
    assert_near(share, 1.0 / 3, 3.9 * sqrt(2.0 / 9 / (double)n));
}

/* ---- neighbouring streams ---- */

enum key_part { SEED, REPLICATION, PURPOSE, INDEX, KEY_PARTS };

/* Stream number i of those that differ in one part of the key only. */
static struct rng neighbour(enum key_part part, uint64_t i)
{
    return rng_stream(part == SEED ? i : 1, part == REPLICATION ? i : 0,
                      part == PURPOSE ? (enum rng_purpose)i : RNG_FAILURE, part == INDEX ? i : 0);
}

/* Draw number `draw` (from 0) of n neighbouring streams. */
static double *draw_across(enum key_part part, size_t n, int draw)
{
    double *values = mem_alloc(n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        struct rng rng = neighbour(part, i);
        for (int k = 0; k <= draw; k++)
            values[i] = rng_uniform(&rng);
    }
    return values;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double kolmogorov_smirnov(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    double distance = 0;
    for (size_t i = 0; i < n; i++)
        distance = fmax(distance, fmax(values[i] - (double)i / (double)n,
                                       (double)(i + 1) / (double)n - values[i]));
    return distance * sqrt((double)n);
}

static void first_draws_of_neighbours_are_uniform(void **state)
{
    (void)state;
    size_t n = support_scale(10000);
    for (enum key_part part = 0; part < KEY_PARTS; part++)
        for (int draw = 0; draw < 3; draw++) {
            double *values = draw_across(part, n, draw);
            assert_true(kolmogorov_smirnov(values, n) < 2.225);
            free(values);
        }
}

static void first_draws_of_neighbours_are_uncorrelated(void **state)
{
    (void)state;
    size_t n = support_scale(10000);
    for (enum key_part part = 0; part < KEY_PARTS; part++) {
        double *first = draw_across(part, n + 5, 0);
        double *second = draw_across(part, n + 5, 1);
        for (size_t lag = 1; lag <= 5; lag++) {
            double same_draw = gsl_stats_correlation(first, 1, first + lag, 1, n);
            double next_draw = gsl_stats_correlation(first, 1, second + lag, 1, n);
            assert_near(same_draw, 0, 3.9 / sqrt((double)n));
            assert_near(next_draw, 0, 3.9 / sqrt((double)n));
        }
        free(first);
        free(second);
    }
}

static void neighbouring_streams_are_uncorrelated_draw_by_draw(void **state)
{
    (void)state;
    size_t n = support_scale(1000);
    double *a = mem_alloc(n, sizeof *a);
    double *b = mem_alloc(n, sizeof *b);
    for (enum key_part part = 0; part < KEY_PARTS; part++)
        for (uint64_t i = 0; i < 40; i++) {
            struct rng one = neighbour(part, i);
            struct rng next = neighbour(part, i + 1);
            for (size_t k = 0; k < n; k++) {
                a[k] = rng_uniform(&one);
                b[k] = rng_uniform(&next);
            }
            assert_near(gsl_stats_correlation(a, 1, b, 1, n), 0, 3.9 / sqrt((double)n));
        }
    free(a);
    free(b);
}

/*
 * A published simulator's first failures over 1000 neighbouring seeds had a
 * standard deviation of a tenth of their mean; exponential times have their mean.
 */
static void first_failures_scatter_as_they_should(void **state)
{
    (void)state;
    size_t n = support_scale(10000);
    double *times = draw_across(SEED, n, 0);
    for (size_t i = 0; i < n; i++)
        times[i] = -3600 * log(times[i]);
    double mean = gsl_stats_mean(times, 1, n);
    double sd = gsl_stats_sd(times, 1, n);
    assert_near(mean, 3600, 3.9 * 3600 / sqrt((double)n));
    assert_near(sd, 3600, 3.9 * 3600 * sqrt(2 / (double)n)); /* Var(s) is 2 sigma^2 / n */
    free(times);
}

/* ---- the view for GSL ---- */

static void gsl_draws_from_the_stream_itself(void **state)
{
    (void)state;
    struct rng rng = rng_stream(2385, 7, RNG_CHECKPOINT, 3);
    struct rng copy = rng;
    gsl_rng view = rng_gsl(&rng);
    assert_true(gsl_rng_get(&view) == rng_next(&copy));
    assert_same_double(gsl_rng_uniform(&view), rng_uniform(&copy));
    assert_same_double(gsl_ran_exponential(&view, 60), -60 * log1p(-rng_uniform(&copy)));
    assert_memory_equal(&rng, &copy, sizeof rng);
    gsl_rng_set(&view, 42);
    copy = rng_from_splitmix(42);
    assert_memory_equal(&rng, &copy, sizeof rng);
}

static void gsl_variates_have_their_moments(void **state)
{
    (void)state;
    size_t n = support_scale(20000);
    struct rng rng = rng_stream(2385, 8, RNG_CHECKPOINT, 3);
    gsl_rng view = rng_gsl(&rng);
    double normal = 0;
    double poisson = 0;
    double dice = 0;
    for (size_t i = 0; i < n; i++) {
        normal += gsl_ran_gaussian_ziggurat(&view, 1);
        poisson += gsl_ran_poisson(&view, 2.385);
        dice += (double)gsl_rng_uniform_int(&view, 6);
    }
    double root = sqrt((double)n);
    assert_near(normal / (double)n, 0, 3.9 / root);
    assert_near(poisson / (double)n, 2.385, 3.9 * sqrt(2.385) / root);
    assert_near(dice / (double)n, 2.5, 3.9 * sqrt(35.0 / 12) / root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xoshiro_gives_its_published_outputs),
        cmocka_unit_test(splitmix_gives_its_published_outputs),
        cmocka_unit_test(seeding_by_splitmix_gives_its_published_outputs),
        cmocka_unit_test(streams_are_the_same_in_every_version),
        cmocka_unit_test(purposes_keep_their_numbers),
        cmocka_unit_test(uniform_is_never_zero_or_one),
        cmocka_unit_test(below_stays_below_and_is_uniform),
        cmocka_unit_test(below_has_no_bias_for_huge_ranges),
        cmocka_unit_test(first_draws_of_neighbours_are_uniform),
        cmocka_unit_test(first_draws_of_neighbours_are_uncorrelated),
        cmocka_unit_test(neighbouring_streams_are_uncorrelated_draw_by_draw),
        cmocka_unit_test(first_failures_scatter_as_they_should),
        cmocka_unit_test(gsl_draws_from_the_stream_itself),
        cmocka_unit_test(gsl_variates_have_their_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
