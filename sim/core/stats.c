// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats.h"

#include <assert.h>
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static const double LEVEL = 0.95; /* of every interval */

void tally_add(struct tally *tally, double x)
{
    tally->n++;
    double deviation = x - tally->mean;
    tally->mean += deviation / (double)tally->n;
    tally->m2 += deviation * (x - tally->mean);
    tally->min = tally->n == 1 || x < tally->min ? x : tally->min;
    tally->max = tally->n == 1 || x > tally->max ? x : tally->max;
}

void tally_add_n(struct tally *tally, double x, uint64_t n)
{
    tally_merge(tally, &(struct tally){.n = n, .mean = x, .min = x, .max = x});
}

void tally_merge(struct tally *tally, const struct tally *other)
{
    if (other->n == 0)
        return;
    if (tally->n == 0) {
        *tally = *other;
        return;
    }
    double n = (double)(tally->n + other->n);
    double share = (double)other->n / n;
    double deviation = other->mean - tally->mean;
    tally->mean += deviation * share;
    tally->m2 += other->m2 + deviation * deviation * (double)tally->n * share;
    tally->n += other->n;
    tally->min = fmin(tally->min, other->min);
    tally->max = fmax(tally->max, other->max);
}

double tally_variance(const struct tally *tally)
{
    return tally->n < 2 ? (double)NAN : tally->m2 / (double)(tally->n - 1);
}

double tally_sd(const struct tally *tally)
{
    return sqrt(tally_variance(tally));
}

double tally_half_width(const struct tally *tally)
{
    if (tally->n < 2)
        return (double)NAN;
    double n = (double)tally->n;
    return stats_student_t(LEVEL, n - 1) * tally_sd(tally) / sqrt(n);
}

double stats_student_t(double level, double df)
{
    assert(level > 0 && level < 1 && df >= 1);
    return gsl_cdf_tdist_Qinv((1 - level) / 2, df);
}

void time_average_start(struct time_average *average, double now_s, double level)
{
    *average = (struct time_average){.since_s = now_s, .level = level, .start_s = now_s};
}

void time_average_set(struct time_average *average, double now_s, double level)
{
    assert(now_s >= average->since_s);
    sum_add(&average->area, average->level * (now_s - average->since_s));
    average->since_s = now_s;
    average->level = level;
}

/* Level times seconds from the start until now. */
static double area_until(const struct time_average *average, double now_s)
{
    return sum_value(&average->area) + average->level * (now_s - average->since_s);
}

double time_average_value(const struct time_average *average, double now_s)
{
    double span_s = now_s - average->start_s;
    return span_s > 0 ? area_until(average, now_s) / span_s : (double)NAN;
}

void time_average_merge(struct time_average *average, double now_s,
                        const struct time_average *other, double other_now_s)
{
    time_average_set(average, now_s, average->level);
    sum_add(&average->area, area_until(other, other_now_s));
    /* The other's span is put before our own. */
    average->start_s -= other_now_s - other->start_s;
}

void stats_ratio(const double *x, const double *n, size_t replications, double *ratio,
                 double *half_width)
{
    struct sum sum_x = {0};
    struct sum sum_n = {0};
    for (size_t i = 0; i < replications; i++) {
        sum_add(&sum_x, x[i]);
        sum_add(&sum_n, n[i]);
    }
    double events = sum_value(&sum_n);
    *ratio = events > 0 ? sum_value(&sum_x) / events : (double)NAN;
    *half_width = (double)NAN;
    if (!(events > 0) || replications < 2)
        return;
    /* Var r = Var(x - r n) / (R mean(n)^2); the residuals x - r n add up to zero. */
    struct sum squares = {0};
    for (size_t i = 0; i < replications; i++) {
        double residual = x[i] - *ratio * n[i];
        sum_add(&squares, residual * residual);
    }
    double r = (double)replications;
    double sd = sqrt(sum_value(&squares) / (r - 1));
    *half_width = stats_student_t(LEVEL, r - 1) * sd * sqrt(r) / events;
}

/*
 * Sorting is by radix: a double's bits, with the sign turned around, order as
 * the double does, so eight passes over nine bits each sort without a
 * comparison. Passes over bits that all values share (those of similar size
 * have the same exponent) are left out.
 */
enum { RADIX_BITS = 9, RADIX = 1 << RADIX_BITS, PASSES = 8, FEW = 96 };

static inline uint64_t key_of(double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return word ^ ((uint64_t) - (int64_t)(word >> 63) | UINT64_C(1) << 63);
}

static inline double of_key(uint64_t key)
{
    uint64_t word = key ^ (((key >> 63) - 1) | UINT64_C(1) << 63);
    double x;
    memcpy(&x, &word, sizeof x);
    return x;
}

static inline size_t digit(uint64_t key, int pass)
{
    return key >> (pass * RADIX_BITS) & (RADIX - 1);
}

static void insertion_sort(double *values, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double x = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > x; at--)
            values[at] = values[at - 1];
        values[at] = x;
    }
}

/* Moves the keys into `to` in the order of one digit, equal digits as they came. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t n, int pass)
{
    size_t place[RADIX] = {0};
    for (size_t i = 0; i < n; i++)
        place[digit(from[i], pass)]++;
    size_t before = 0;
    for (size_t d = 0; d < RADIX; d++) {
        size_t count = place[d];
        place[d] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++)
        to[place[digit(from[i], pass)]++] = from[i];
}

void stats_sort(double *values, size_t n)
{
    if (n <= FEW) {
        insertion_sort(values, n);
        return;
    }
    uint64_t *block = mem_resize(NULL, n, 2 * sizeof *block);
    uint64_t *keys = block;
    uint64_t *sorted = block + n;
    uint64_t varying = 0;
    for (size_t i = 0; i < n; i++) {
        keys[i] = key_of(values[i]);
        varying |= keys[i] ^ keys[0];
    }
    for (int pass = 0; pass < PASSES; pass++) {
        if (digit(varying, pass) == 0)
            continue;
        sort_by_digit(keys, sorted, n, pass);
        uint64_t *swap = keys;
        keys = sorted;
        sorted = swap;
    }
    for (size_t i = 0; i < n; i++)
        values[i] = of_key(keys[i]);
    free(block);
}

uint64_t stats_rank(uint64_t n, double p)
{
    assert(n > 0 && p >= 0 && p <= 1);
    /* 100 * 0.07 is a little more than 7 in doubles; it must not become rank 8. */
    double rank = ceil((double)n * p * (1 - 2 * DBL_EPSILON));
    return rank < 1 ? 1 : (uint64_t)rank;
}

double stats_quantile(const double *sorted, size_t n, double p)
{
    return sorted[stats_rank(n, p) - 1];
}

/* P(Bin(n, p) <= k) for 0 < p < 1, by the incomplete beta function. */
static double binomial_cdf(double k, double n, double p)
{
    if (k < 0)
        return 0;
    return k < n ? gsl_cdf_beta_Q(p, k + 1, n - k) : 1;
}

/* Smallest k with P(Bin(n, p) <= k) >= level: the Cornish-Fisher guess is a step or two away. */
static double binomial_quantile(double level, double n, double p)
{
    double z = gsl_cdf_ugaussian_Pinv(level);
    double guess = n * p + z * sqrt(n * p * (1 - p)) + (1 - 2 * p) * (z * z - 1) / 6;
    double k = fmin(fmax(round(guess), 0), n);
    while (binomial_cdf(k - 1, n, p) >= level)
        k--;
    while (binomial_cdf(k, n, p) < level)
        k++;
    return k;
}

bool stats_quantile_ranks(size_t n, double p, size_t *lower, size_t *upper)
{
    assert(p >= 0 && p <= 1);
    if (n == 0 || !(p > 0 && p < 1))
        return false;
    double l = binomial_quantile((1 - LEVEL) / 2, (double)n, p);
    double u = binomial_quantile((1 + LEVEL) / 2, (double)n, p) + 1;
    if (l < 1 || u > (double)n)
        return false;
    *lower = (size_t)l;
    *upper = (size_t)u;
    return true;
}

uint64_t stats_replications_for(double sd, double half_width)
{
    assert(sd >= 0 && half_width > 0);
    double root = gsl_cdf_ugaussian_Pinv((1 + LEVEL) / 2) * sd / half_width;
    double n = fmax(2, ceil(root * root));
    if (!(n < 0x1p63))
        return UINT64_MAX;
    /* Student's quantile asks for some two or three more; none is a lot of them. */
    const double many = 1e6;
    while (n < many && stats_student_t(LEVEL, n - 1) * sd > half_width * sqrt(n))
        n++;
    return (uint64_t)n;
}
