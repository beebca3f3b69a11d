// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The laws behind core/dist.h, for the files dist_*.c alone: everybody else
 * meets them through dist_union.
 *
 * Each law is one struct dist_type. Its parameters begin with what the
 * scenario gives and end with the constants that prepare() derives from it.
 * Quantile functions trust whichever of p and q = 1 - p is the smaller: that
 * one has all its digits.
 */
#ifndef CORE_DIST_LAWS_H
#define CORE_DIST_LAWS_H

#include <math.h>

#include "core/dist.h"

extern const struct dist_type dist_constant_type;
extern const struct dist_type dist_uniform_type;
extern const struct dist_type dist_exponential_type;
extern const struct dist_type dist_weibull_type;
extern const struct dist_type dist_gamma_type;
extern const struct dist_type dist_lognormal_type;
extern const struct dist_type dist_pareto_type;
extern const struct dist_type dist_normal_type;
extern const struct dist_type dist_erlang_type;
extern const struct dist_type dist_hyperexponential_type;
extern const struct dist_type dist_mixture_type;
extern const struct dist_type dist_empirical_type;
extern const struct dist_type dist_competing_type;

struct dist_constant_params {
    double value;
};

struct dist_exponential_params {
    double mean;
};

struct dist_weibull_params {
    double mean;
    double shape;
    double scale;
    double inverse_shape;
};

/*
 * The smallest double at which the law reaches p, to be found in [from, to]: by its cdf in the
 * lower half, its survival function in the upper.
 */
double dist_solve_quantile(const struct dist_type *type, const void *params, double p, double q,
                           double from, double to);
/* The quantile of the smallest of n independent values. */
double dist_quantile_of_min(const struct dist *dist, uint64_t n, double p, double q);
/* E[min(X, to)] and E[(X - centre)^2] by quadrature, from quantile, cdf and survival. */
double dist_integrate_survival(const struct dist_type *type, const void *params, double to);
double dist_integrate_spread(const struct dist_type *type, const void *params, double centre);

/* log(1 - p), given p and q = 1 - p, to full relative precision at both ends. */
static inline double dist_log_q(double p, double q)
{
    return p < 0x1p-4 ? log1p(-p) : log(q);
}

/* log(p), likewise. */
static inline double dist_log_p(double p, double q)
{
    return dist_log_q(q, p);
}

#endif
