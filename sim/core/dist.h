// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Probability distributions of times and sizes, all non-negative.
 *
 * A scenario gives every distribution by its *mean* and a shape, never by a
 * scale: peers get Weibull and gamma scales wrong. (A lognormal may instead be
 * given by median and p99.) Draws are by inversion, one uniform each, so that
 * streams stay in step under common random numbers.
 *
 * A `struct dist` is a tagged value filled by the field tables; its parameters
 * hold the constants that prepare() derived. The table is dist_union. GSL's
 * error handler must be off, as main() leaves it.
 */
#ifndef CORE_DIST_H
#define CORE_DIST_H

#include "core/field.h"
#include "core/rng.h"

struct dist {
    struct tagged of; /* of.variant is the first member of a struct dist_type */
};

struct dist_type {
    struct variant variant;
    /*
     * The smallest x with P(X <= x) >= p, where q = 1 - p is given too so that
     * neither tail loses digits: the smaller of the two, above 0, is what
     * counts, and the other may have been rounded to 1.
     */
    double (*quantile)(const void *params, double p, double q);
    double (*cdf)(const void *params, double x);      /* P(X <= x), x >= 0 */
    double (*survival)(const void *params, double x); /* P(X > x) to full relative precision */
    double (*mean)(const void *params);
    double (*variance)(const void *params); /* may be infinite */
    /* E[min(X, a)], a >= 0: closed form where there is one. */
    double (*mean_below)(const void *params, double a);
};

/* All distributions. Shorthand: a quantity is a constant. */
extern const struct union_type dist_union;

static inline const struct dist_type *dist_type(const struct dist *dist)
{
    return (const struct dist_type *)dist->of.variant;
}

/* Whether the scenario gave one at all. */
static inline bool dist_is_given(const struct dist *dist)
{
    return dist->of.variant != NULL;
}

/* One draw: exactly one uniform, whatever the distribution. */
static inline double dist_draw(const struct dist *dist, struct rng *rng)
{
    double u = rng_uniform(rng);
    return dist_type(dist)->quantile(dist->of.params, u, 1 - u);
}

/* A constant needs no draw: true, and *value, when all the mass is in one point. */
bool dist_is_constant(const struct dist *dist, double *value);

double dist_quantile(const struct dist *dist, double p);
double dist_cdf(const struct dist *dist, double x);
double dist_survival(const struct dist *dist, double x);
double dist_mean(const struct dist *dist);
double dist_variance(const struct dist *dist);
double dist_mean_below(const struct dist *dist, double a);

/*
 * The largest of n independent draws, by one uniform: the quantile at u^(1/n).
 * And the smallest: at 1 - (1-u)^(1/n). n >= 1.
 */
double dist_draw_max(const struct dist *dist, uint64_t n, struct rng *rng);
double dist_draw_min(const struct dist *dist, uint64_t n, struct rng *rng);
/* E[max of n], by quadrature of 1 - F^n; relative error below 1e-9. */
double dist_mean_max(const struct dist *dist, uint64_t n);

/* Constant and exponential distributions made by the program itself, not by a scenario. */
struct dist dist_constant(struct arena *arena, double value);
struct dist dist_exponential(struct arena *arena, double mean);
/* The law of the smallest of n independent X: survival(x)^n. Used for "renew: all". */
struct dist dist_minimum(struct arena *arena, const struct dist *dist, uint64_t n);

/*
 * The law of the time from an instant that has nothing to do with them until the next of many
 * renewals of X: survival(x) = E[max(X - x, 0)] / E[X]. The mean of X is positive and finite.
 */
struct dist dist_equilibrium(struct arena *arena, const struct dist *dist);

#endif
