// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/dist.h"

#include <assert.h>

#include "core/dist_laws.h"

static const struct variant *const variants[] = {
    &dist_constant_type.variant,    &dist_uniform_type.variant,
    &dist_exponential_type.variant, &dist_weibull_type.variant,
    &dist_gamma_type.variant,       &dist_lognormal_type.variant,
    &dist_pareto_type.variant,      &dist_normal_type.variant,
    &dist_erlang_type.variant,      &dist_hyperexponential_type.variant,
    &dist_mixture_type.variant,     &dist_empirical_type.variant,
    &dist_competing_type.variant,   NULL,
};

const struct union_type dist_union = {
    .name = "distribution",
    .tag = "dist",
    .variants = variants,
    .shorthand = &dist_constant_type.variant,
    .shorthand_key = "value",
};

bool dist_is_constant(const struct dist *dist, double *value)
{
    if (dist_variance(dist) > 0)
        return false;
    *value = dist_mean(dist);
    return true;
}

double dist_quantile(const struct dist *dist, double p)
{
    assert(p > 0 && p < 1);
    return dist_type(dist)->quantile(dist->of.params, p, 1 - p);
}

double dist_cdf(const struct dist *dist, double x)
{
    return dist_type(dist)->cdf(dist->of.params, x);
}

double dist_survival(const struct dist *dist, double x)
{
    return dist_type(dist)->survival(dist->of.params, x);
}

double dist_mean(const struct dist *dist)
{
    return dist_type(dist)->mean(dist->of.params);
}

double dist_variance(const struct dist *dist)
{
    return dist_type(dist)->variance(dist->of.params);
}

double dist_mean_below(const struct dist *dist, double a)
{
    assert(a >= 0);
    return isinf(a) ? dist_mean(dist) : dist_type(dist)->mean_below(dist->of.params, a);
}

struct dist dist_constant(struct arena *arena, double value)
{
    assert(value >= 0 && isfinite(value));
    struct dist_constant_params *params = arena_alloc(arena, 1, sizeof *params);
    params->value = value;
    return (struct dist){{&dist_constant_type.variant, params}};
}

struct dist dist_exponential(struct arena *arena, double mean)
{
    assert(mean > 0 && isfinite(mean));
    struct dist_exponential_params *params = arena_alloc(arena, 1, sizeof *params);
    params->mean = mean;
    return (struct dist){{&dist_exponential_type.variant, params}};
}
