// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sampler.h"

#include <assert.h>

#include "core/dist_laws.h"

struct sampler sampler_of(const struct dist *dist)
{
    double value = 0;
    if (!dist_is_given(dist) || dist_is_constant(dist, &value))
        return (struct sampler){.kind = SAMPLER_CONSTANT, .mean = value};
    bool exponential = dist->of.variant == &dist_exponential_type.variant;
    return (struct sampler){
        .kind = exponential ? SAMPLER_EXPONENTIAL : SAMPLER_DIST,
        .mean = dist_mean(dist),
        .dist = dist,
    };
}

double sampler_quantile(const struct sampler *sampler, double u)
{
    assert(u > 0 && u < 1);
    return sampler->kind == SAMPLER_CONSTANT ? sampler->mean : dist_quantile(sampler->dist, u);
}
