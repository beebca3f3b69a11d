// SPDX-License-Identifier: GPL-3.0-or-later
/* The log-bucket histogram against sorted samples and row J16 of the known answers. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#include "core/histogram.h"
#include "core/memory.h"
#include "core/rng.h"
#include "core/stats.h"

static void buckets_have_the_known_edges(void **state) /* J16: values are whole numbers there */
{
    (void)state;
    static const struct {
        double value, lowest, highest;
    } rows[] = {
        {123456, 123456, 123519},
        {2047, 2047, 2047},
        {2048, 2048, 2049},
        {1000000007, 999817216, 1000341503},
    };
    struct histogram histogram;
    histogram_init(&histogram, 1024, 30, 10);
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        assert_same_double(histogram_lower_edge(&histogram, rows[i].value), rows[i].lowest);
        assert_same_double(histogram_upper_edge(&histogram, rows[i].value) - 1, rows[i].highest);
    }
    histogram_release(&histogram);
}

static void smallest_is_rounded_down_to_a_power_of_two(void **state)
{
    (void)state;
    struct histogram histogram;
    histogram_init(&histogram, 2.385e-3, 8, 3); /* from 2^-9 to 2^-1 */
    assert_int_equal(histogram.size, 64);
    histogram_add(&histogram, 0x1p-9);
    histogram_add(&histogram, nextafter(0x1p-1, 0));
    assert_int_equal(histogram.below + histogram.above, 0);
    assert_int_equal(histogram.counts[0], 1);
    assert_int_equal(histogram.counts[63], 1);
    histogram_add(&histogram, nextafter(0x1p-9, 0));
    histogram_add(&histogram, 0);
    histogram_add(&histogram, -0.0);
    histogram_add(&histogram, 0x1p-1000);
    assert_int_equal(histogram.below, 4);
    histogram_add(&histogram, 0x1p-1); /* above the range, yet below 1 */
    histogram_add(&histogram, 1e300);
    histogram_add(&histogram, (double)INFINITY);
    assert_int_equal(histogram.above, 3);
    assert_int_equal(histogram.n, 9);
    histogram_release(&histogram);
}

static void empty_histogram_has_no_quantile(void **state)
{
    (void)state;
    struct histogram histogram;
    histogram_init(&histogram, 1e-6, 60, 7);
    assert_true(isnan(histogram_quantile(&histogram, 0.5)));
    histogram_add(&histogram, 2.385);
    histogram_clear(&histogram);
    assert_true(isnan(histogram_quantile(&histogram, 0.5)));
    histogram_add(&histogram, 7.25);
    assert_same_double(histogram.min, 7.25);
    assert_same_double(histogram_quantile(&histogram, 0.99), 7.25);
    histogram_release(&histogram);
}

static void values_outside_the_range_keep_their_rank(void **state)
{
    (void)state;
    struct histogram histogram;
    histogram_init(&histogram, 1, 10, 12);
    histogram_add_n(&histogram, 1e-3, 3); /* below */
    histogram_add_n(&histogram, 2.385, 4);
    histogram_add_n(&histogram, 70000, 2); /* above */
    histogram_add_n(&histogram, 81234.5, 1);
    assert_same_double(histogram_quantile(&histogram, 0), 0);
    assert_same_double(histogram_quantile(&histogram, 0.3), 0);
    assert_near(histogram_quantile(&histogram, 0.31), 2.385, 2.385 * histogram_error(&histogram));
    assert_near(histogram_quantile(&histogram, 0.7), 2.385, 2.385 * histogram_error(&histogram));
    assert_same_double(histogram_quantile(&histogram, 0.71), 81234.5);
    assert_same_double(histogram_quantile(&histogram, 1), 81234.5);
    histogram_release(&histogram);
}

/* Log-uniform over twelve decades, and a heap of equal values. */
static double sample(struct rng *rng)
{
    double u = rng_uniform(rng);
    return u < 0.2 ? 2.385 : exp(27.6 * (rng_uniform(rng) - 0.5));
}

static void quantiles_keep_the_promised_error(void **state)
{
    (void)state;
    enum { N = 20000 };
    double *x = mem_alloc(N, sizeof *x);
    for (unsigned bits = 1; bits <= 12; bits++) {
        struct histogram histogram;
        histogram_init(&histogram, 1e-7, 50, bits);
        struct rng rng = rng_from_splitmix(31);
        for (size_t i = 0; i < N; i++) {
            x[i] = sample(&rng);
            histogram_add(&histogram, x[i]);
        }
        assert_int_equal(histogram.below + histogram.above, 0);
        assert_same_double(histogram_error(&histogram), pow(2, -(double)bits - 1));
        stats_sort(x, N);
        for (double p = 0; p <= 1; p += 0.0078125) {
            double exact = stats_quantile(x, N, p);
            assert_near(histogram_quantile(&histogram, p), exact,
                        exact * histogram_error(&histogram));
        }
        histogram_release(&histogram);
    }
    free(x);
}

static void merging_does_not_depend_on_the_order(void **state)
{
    (void)state;
    enum { PARTS = 3 };
    struct histogram parts[PARTS];
    struct histogram whole;
    struct histogram forward;
    struct histogram backward;
    histogram_init(&whole, 1e-4, 24, 5); /* some values fall below, some above */
    histogram_init(&forward, 1e-4, 24, 5);
    histogram_init(&backward, 1e-4, 24, 5);
    struct rng rng = rng_from_splitmix(32);
    for (size_t k = 0; k < PARTS; k++) {
        histogram_init(&parts[k], 1e-4, 24, 5);
        for (int i = 0; i < 500 && k != 1; i++) { /* one part stays empty */
            double x = sample(&rng);
            histogram_add(&parts[k], x);
            histogram_add(&whole, x);
        }
    }
    for (size_t k = 0; k < PARTS; k++) {
        histogram_merge(&forward, &parts[k]);
        histogram_merge(&backward, &parts[PARTS - 1 - k]);
    }
    assert_true(whole.below > 0 && whole.above > 0);
    const struct histogram *merged[] = {&forward, &backward};
    for (size_t k = 0; k < MEM_COUNT(merged); k++) {
        assert_int_equal(merged[k]->n, whole.n);
        assert_int_equal(merged[k]->below, whole.below);
        assert_int_equal(merged[k]->above, whole.above);
        assert_same_double(merged[k]->min, whole.min);
        assert_same_double(merged[k]->max, whole.max);
        assert_memory_equal(merged[k]->counts, whole.counts,
                            whole.n_buckets * sizeof *whole.counts);
    }
    for (size_t k = 0; k < PARTS; k++)
        histogram_release(&parts[k]);
    histogram_release(&whole);
    histogram_release(&forward);
    histogram_release(&backward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_have_the_known_edges),
        cmocka_unit_test(smallest_is_rounded_down_to_a_power_of_two),
        cmocka_unit_test(empty_histogram_has_no_quantile),
        cmocka_unit_test(values_outside_the_range_keep_their_rank),
        cmocka_unit_test(quantiles_keep_the_promised_error),
        cmocka_unit_test(merging_does_not_depend_on_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
