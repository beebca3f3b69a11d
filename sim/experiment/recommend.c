// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/recommend.h"

#include <math.h>
#include <stdlib.h>

#include "core/stats.h"

/* Points this close to the best, relatively, are as good for any purpose. */
static const double AS_GOOD = 0.01;
/* The fit takes five points, and all others this close to the best, in the logarithm. */
enum { FIT_POINTS = 5 };
static const double FIT_REACH = 0.5;

static double mean(const double *values, size_t n)
{
    struct sum sum = {0};
    for (size_t i = 0; i < n; i++)
        sum_add(&sum, values[i]);
    return sum_value(&sum) / (double)n;
}

/* Whether point a cannot be told from the best, or is within 1 % of it. */
static bool as_good(const double *a, const double *best, size_t n)
{
    struct tally difference = {0};
    for (size_t i = 0; i < n; i++)
        tally_add(&difference, a[i] - best[i]);
    double gap = fabs(difference.mean);
    if (gap <= AS_GOOD * fabs(mean(best, n)))
        return true;
    return n > 1 && gap <= tally_half_width(&difference);
}

/*
 * Least squares of a quadratic in x, by weights: linear and quadratic
 * coefficient are sum_i w1[i] y[i] and sum_i w2[i] y[i]. Orthogonal
 * polynomials keep it exact for any spacing.
 */
static void quadratic_weights(const double *x, size_t n, double *w1, double *w2)
{
    double m = mean(x, n);
    double s2 = 0, s3 = 0;
    for (size_t i = 0; i < n; i++) {
        s2 += (x[i] - m) * (x[i] - m);
        s3 += (x[i] - m) * (x[i] - m) * (x[i] - m);
    }
    double norm = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - m;
        w2[i] = d * d - s3 / s2 * d - s2 / (double)n;
        norm += w2[i] * w2[i];
    }
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - m;
        w2[i] /= norm;
        w1[i] = d / s2 - s3 / s2 * w2[i];
    }
}

/*
 * The points around the best: where they lie close together, five of them would show the noise
 * they share and not the curve.
 */
static void find_fit_points(const double *key, size_t n_points, size_t best, size_t *first,
                            size_t *points)
{
    *points = n_points < FIT_POINTS ? n_points : FIT_POINTS;
    *first = best < *points / 2 ? 0 : best - *points / 2;
    if (*first + *points > n_points)
        *first = n_points - *points;
    while (*first > 0 && fabs(log(key[*first - 1] / key[best])) <= FIT_REACH) {
        (*first)--;
        (*points)++;
    }
    while (*first + *points < n_points && fabs(log(key[*first + *points] / key[best])) <= FIT_REACH)
        (*points)++;
}

/*
 * Minimum of the quadratic in log(key) through the points around the best. Both coefficients are
 * linear in the values, so each replication has its own, and the vertex -b/(2c) is a ratio of
 * means over replications: its interval is the ratio estimator's.
 */
static void fit_optimum(const double *key, double *const *paired, size_t n_points, size_t n,
                        bool higher_is_better, struct recommendation *r)
{
    size_t first, points;
    if (!(key[r->best] > 0))
        return;
    find_fit_points(key, n_points, r->best, &first, &points);
    if (points < 3 || r->at_edge || n < 2)
        return;
    for (size_t p = 0; p < points; p++)
        if (!(key[first + p] > 0))
            return;
    double *x = mem_alloc(points, sizeof *x);
    double *w1 = mem_alloc(points, sizeof *w1);
    double *w2 = mem_alloc(points, sizeof *w2);
    for (size_t p = 0; p < points; p++)
        x[p] = log(key[first + p]);
    quadratic_weights(x, points, w1, w2);
    double *b = mem_alloc(n, sizeof *b);
    double *c = mem_alloc(n, sizeof *c);
    double sign = higher_is_better ? -1 : 1; /* the curve with the best value at its bottom */
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < points; p++) {
            b[i] -= sign * w1[p] * paired[first + p][i];
            c[i] += sign * 2 * w2[p] * paired[first + p][i];
        }
    double vertex, half_width;
    stats_ratio(b, c, n, &vertex, &half_width);
    vertex += mean(x, points);
    bool bends = mean(c, n) > 0;
    bool inside = vertex >= fmin(x[0], x[points - 1]) && vertex <= fmax(x[0], x[points - 1]);
    if (bends && inside) {
        r->fitted = exp(vertex);
        r->fitted_low = exp(vertex - half_width);
        r->fitted_high = exp(vertex + half_width);
    }
    free(b);
    free(c);
    free(x);
    free(w1);
    free(w2);
}

void recommend(const double *key, double *const *paired, size_t n_points, size_t n,
               bool higher_is_better, struct recommendation *r)
{
    r->given = true;
    r->best = 0;
    double best = mean(paired[0], n);
    for (size_t p = 1; p < n_points; p++) {
        double value = mean(paired[p], n);
        if (higher_is_better ? value > best : value < best) {
            best = value;
            r->best = p;
        }
    }
    size_t low = r->best, high = r->best;
    while (low > 0 && as_good(paired[low - 1], paired[r->best], n))
        low--;
    while (high + 1 < n_points && as_good(paired[high + 1], paired[r->best], n))
        high++;
    r->low = fmin(key[low], key[high]);
    r->high = fmax(key[low], key[high]);
    r->at_edge = r->best == 0 || r->best + 1 == n_points;
    r->fitted = r->fitted_low = r->fitted_high = (double)NAN;
    fit_optimum(key, paired, n_points, n, higher_is_better, r);
}
