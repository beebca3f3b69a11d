// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fast draws: the tables of the ziggurat, its law in the body, near 0 and in the
 * tail, and what a sampler makes of a distribution.
 *
 * Statistical tests draw from fixed streams and fail by chance with a
 * probability of 1e-4 each (Kolmogorov-Smirnov distance above 2.225 / sqrt(n),
 * moments off by more than 3.89 standard errors).
 */
#include "core/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/stats.h"
#include "support.h"

/* ---- the ziggurat ---- */

static void layers_have_equal_areas_and_end_at_the_top(void **state)
{
    (void)state;
    double r = ziggurat_edges[1];
    double area = (r + 1) * exp(-r);
    assert_near(ziggurat_edges[0] * exp(-r), area, 1e-15 * area);
    for (int i = 1; i < ZIGGURAT_LAYERS; i++) {
        double height = ziggurat_heights[i + 1] - ziggurat_heights[i];
        /* The difference of heights has lost digits that they have. */
        assert_near(ziggurat_edges[i] * height, area, 2e-16 * ziggurat_edges[i]);
        assert_true(ziggurat_edges[i + 1] < ziggurat_edges[i]);
    }
    for (int i = 1; i <= ZIGGURAT_LAYERS; i++)
        assert_near(ziggurat_heights[i], exp(-ziggurat_edges[i]), 1e-15 * ziggurat_heights[i]);
    assert_same_double(ziggurat_edges[ZIGGURAT_LAYERS], 0);
    assert_same_double(ziggurat_heights[ZIGGURAT_LAYERS], 1);
}

/* Kolmogorov-Smirnov: n values against a law on which `cdf` is uniform. */
static void assert_law(double *values, size_t n, double (*cdf)(double x, double scale),
                       double scale)
{
    assert_true(n > 1000);
    stats_sort(values, n);
    double distance = 0;
    for (size_t i = 0; i < n; i++) {
        double p = cdf(values[i], scale);
        distance = fmax(distance, fmax(p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
    assert_near(distance, 0, 2.225 / sqrt((double)n));
}

static double exponential_cdf(double x, double scale)
{
    return -expm1(-x / scale);
}

/* Of an exponential variate, given that it is below `end`. */
static double exponential_cdf_below(double x, double end)
{
    return expm1(-x) / expm1(-end);
}

static void the_body_has_the_exponential_law(void **state)
{
    (void)state;
    enum { N = 1000000 };
    struct rng rng = rng_stream(2385, 1, RNG_SERVICE, 0);
    double *values = mem_alloc(N, sizeof *values);
    double sums[4] = {0};
    for (size_t i = 0; i < N; i++) {
        values[i] = rng_exponential(&rng);
        assert_true(values[i] > 0);
        double power = 1;
        for (int k = 0; k < 4; k++)
            sums[k] += power *= values[i];
    }
    /* E X^k = k!, so the variance of X^k is (2k)! - k!^2. */
    static const double factorials[] = {1, 1, 2, 6, 24, 120, 720, 5040, 40320};
    for (int k = 1; k <= 4; k++) {
        double mean = factorials[k];
        double variance = factorials[2 * k] - mean * mean;
        assert_near(sums[k - 1] / N, mean, 3.89 * sqrt(variance / N));
    }
    assert_law(values, N, exponential_cdf, 1);
    free(values);
}

/* Values below `end`, or the excess of those above `start`, of many draws. */
static size_t collect(double *values, size_t capacity, size_t draws, double start, double end)
{
    struct rng rng = rng_stream(2385, 2, RNG_SERVICE, 0);
    size_t n = 0;
    for (size_t i = 0; i < draws; i++) {
        double x = rng_exponential(&rng);
        if (x > start && x < end && n < capacity)
            values[n++] = x - start;
    }
    return n;
}

static void assert_count(size_t n, double expected)
{
    assert_near((double)n, expected, 3.89 * sqrt(expected));
}

static void the_tail_has_no_memory(void **state)
{
    (void)state;
    enum { DRAWS = 20000000, CAPACITY = 20000, STARTED = 1000000 };
    double *values = mem_alloc(STARTED, sizeof *values);
    double r = ziggurat_edges[1];
    size_t n = collect(values, CAPACITY, DRAWS, r, (double)INFINITY);
    assert_count(n, DRAWS * exp(-r));
    assert_law(values, n, exponential_cdf, 1);
    /* From a point beyond the base, often enough to see the tail of the tail. */
    struct rng rng = rng_stream(2385, 3, RNG_SERVICE, 0);
    size_t far = 0;
    for (size_t i = 0; i < STARTED; i++) {
        values[i] = ziggurat_overhang(&rng, 0, r) - r;
        far += values[i] > r;
    }
    assert_count(far, STARTED * exp(-r));
    assert_law(values, STARTED, exponential_cdf, 1);
    free(values);
}

/* A point right of the next layer's edge stays with the probability that it is under the curve. */
static void overhangs_are_cut_along_the_curve(void **state)
{
    (void)state;
    enum { TRIALS = 100000 };
    struct rng rng = rng_stream(2385, 4, RNG_SERVICE, 0);
    for (uint64_t layer = 1; layer < ZIGGURAT_LAYERS; layer += 51) {
        double x = 0.4 * ziggurat_edges[layer] + 0.6 * ziggurat_edges[layer + 1];
        double low = ziggurat_heights[layer];
        double p = (exp(-x) - low) / (ziggurat_heights[layer + 1] - low);
        size_t n = 0;
        for (int i = 0; i < TRIALS; i++) {
            double end = ziggurat_overhang(&rng, layer, x);
            n += end >= x && end <= x;
        }
        assert_near((double)n / TRIALS, p, 3.89 * sqrt(p * (1 - p) / TRIALS));
    }
}

static void small_values_have_the_law_too(void **state)
{
    (void)state;
    enum { DRAWS = 20000000, CAPACITY = 30000 };
    double *values = mem_alloc(CAPACITY, sizeof *values);
    const double end = 0.001;
    size_t n = collect(values, CAPACITY, DRAWS, 0, end);
    assert_count(n, DRAWS * -expm1(-end));
    assert_law(values, n, exponential_cdf_below, end);
    free(values);
}

/* ---- samplers ---- */

static const struct dist_type *type_named(const char *name)
{
    for (const struct variant *const *v = dist_union.variants; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return (const struct dist_type *)*v;
    fail_msg("no distribution is called %s", name);
    return NULL;
}

static void a_constant_costs_no_draw(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct dist dist = dist_constant(&arena, 2.385);
    struct sampler sampler = sampler_of(&dist);
    struct rng rng = rng_stream(1, 2, RNG_SERVICE, 3);
    struct rng before = rng;
    assert_same_double(sampler_draw(&sampler, &rng), 2.385);
    assert_memory_equal(&rng, &before, sizeof rng);
    assert_same_double(sampler_quantile(&sampler, 0.3), 2.385);
    arena_release(&arena);
}

static void what_is_not_given_is_zero(void **state)
{
    (void)state;
    struct dist dist = {{NULL, NULL}};
    struct sampler sampler = sampler_of(&dist);
    struct rng rng = rng_stream(1, 2, RNG_SERVICE, 3);
    assert_same_double(sampler_draw(&sampler, &rng), 0);
    assert_same_double(sampler_quantile(&sampler, 0.3), 0);
}

static void an_exponential_is_drawn_by_the_ziggurat(void **state)
{
    (void)state;
    enum { N = 100000 };
    struct arena arena = {0};
    struct dist dist = dist_exponential(&arena, 2.385);
    struct sampler sampler = sampler_of(&dist);
    struct rng rng = rng_stream(1, 2, RNG_SERVICE, 3);
    struct rng same = rng;
    double *values = mem_alloc(N, sizeof *values);
    for (size_t i = 0; i < N; i++) {
        values[i] = sampler_draw(&sampler, &rng);
        assert_same_double(values[i], 2.385 * rng_exponential(&same));
    }
    assert_law(values, N, exponential_cdf, 2.385);
    assert_same_double(sampler_quantile(&sampler, 0.3), dist_quantile(&dist, 0.3));
    free(values);
    arena_release(&arena);
}

static void other_laws_are_drawn_by_inversion(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct dist_type *type = type_named("uniform");
    double *ends = arena_alloc(&arena, 1, type->variant.size); /* low, high */
    ends[0] = 1;
    ends[1] = 3.77;
    struct dist dist = {{&type->variant, ends}};
    struct sampler sampler = sampler_of(&dist);
    struct sampler copy = sampler;
    struct rng rng = rng_stream(1, 2, RNG_SERVICE, 3);
    struct rng same = rng;
    struct rng again = rng;
    for (int i = 0; i < 1000; i++) {
        double x = sampler_draw(&sampler, &rng);
        assert_same_double(x, dist_draw(&dist, &same));
        assert_same_double(x, sampler_draw(&copy, &again));
    }
    assert_near(sampler.mean, 2.385, 1e-15);
    assert_same_double(sampler_quantile(&sampler, 0.5), 2.385);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_have_equal_areas_and_end_at_the_top),
        cmocka_unit_test(the_body_has_the_exponential_law),
        cmocka_unit_test(the_tail_has_no_memory),
        cmocka_unit_test(small_values_have_the_law_too),
        cmocka_unit_test(overhangs_are_cut_along_the_curve),
        cmocka_unit_test(a_constant_costs_no_draw),
        cmocka_unit_test(what_is_not_given_is_zero),
        cmocka_unit_test(an_exponential_is_drawn_by_the_ziggurat),
        cmocka_unit_test(other_laws_are_drawn_by_inversion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
