// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The time that a component whose age is in equilibrium has left: that of one which has been
 * renewed for ever, looked at now (Cox, Renewal Theory, 1962, section 5). Its survival function is
 * a difference to 1, exact to 1e-16 and no more.
 */
#include <assert.h>

#include "core/dist_laws.h"

struct equilibrium_params {
    struct dist of;
    double mean; /* of it */
};

static double equilibrium_cdf(const void *params, double x)
{
    const struct equilibrium_params *e = params;
    return fmin(dist_mean_below(&e->of, x) / e->mean, 1);
}

static double equilibrium_survival(const void *params, double x)
{
    return 1 - equilibrium_cdf(params, x);
}

static const struct dist_type equilibrium_type;

static double equilibrium_quantile(const void *params, double p, double q)
{
    const struct equilibrium_params *e = params;
    double to = e->mean;
    while (equilibrium_cdf(params, to) < p && to < 1e300)
        to *= 2;
    return dist_solve_quantile(&equilibrium_type, params, p, q, 0, to);
}

/* E[X^2] / (2 E[X]) */
static double equilibrium_mean(const void *params)
{
    const struct equilibrium_params *e = params;
    return (dist_variance(&e->of) + e->mean * e->mean) / (2 * e->mean);
}

static double equilibrium_variance(const void *params)
{
    double mean = equilibrium_mean(params);
    return isinf(mean) ? mean : dist_integrate_spread(&equilibrium_type, params, mean);
}

static double equilibrium_mean_below(const void *params, double a)
{
    return dist_integrate_survival(&equilibrium_type, params, a);
}

static const struct dist_type equilibrium_type = {
    .variant =
        {
            .name = "equilibrium",
            .help = "Time until the next of many renewals.",
            .size = sizeof(struct equilibrium_params),
        },
    .quantile = equilibrium_quantile,
    .cdf = equilibrium_cdf,
    .survival = equilibrium_survival,
    .mean = equilibrium_mean,
    .variance = equilibrium_variance,
    .mean_below = equilibrium_mean_below,
};

struct dist dist_equilibrium(struct arena *arena, const struct dist *dist)
{
    /* The exponential has no age. */
    if (dist_type(dist) == &dist_exponential_type)
        return *dist;
    struct equilibrium_params *params = arena_alloc(arena, 1, sizeof *params);
    params->of = *dist;
    params->mean = dist_mean(dist);
    assert(params->mean > 0 && isfinite(params->mean));
    return (struct dist){{&equilibrium_type.variant, params}};
}
