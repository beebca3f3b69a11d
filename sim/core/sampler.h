// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Fast draws for quantities that are drawn once per message: service times,
 * gaps between arrivals.
 *
 * Control-plane variates are one uniform each, by inversion (core/dist.h).
 * Messages come by the million, so here a constant costs nothing and the
 * exponential is drawn by the ziggurat (core/ziggurat.h), five times as fast as
 * by a logarithm. All other laws are drawn by inversion. A sampler that is
 * copied gives the same draws from the same stream.
 */
#ifndef CORE_SAMPLER_H
#define CORE_SAMPLER_H

#include "core/dist.h"
#include "core/rng.h"
#include "core/ziggurat.h"

enum sampler_kind { SAMPLER_CONSTANT, SAMPLER_EXPONENTIAL, SAMPLER_DIST };

struct sampler {
    enum sampler_kind kind;
    double mean;             /* the value, of a constant */
    const struct dist *dist; /* borrowed */
};

/* A sampler of the law; the constant 0 when `dist` is not given. */
struct sampler sampler_of(const struct dist *dist);

static inline double sampler_draw(const struct sampler *sampler, struct rng *rng)
{
    switch (sampler->kind) {
    case SAMPLER_CONSTANT:
        return sampler->mean;
    case SAMPLER_EXPONENTIAL:
        return sampler->mean * rng_exponential(rng);
    case SAMPLER_DIST:
    default:
        return dist_draw(sampler->dist, rng);
    }
}

/* The value at probability u in (0, 1), for draws that belong to a message's identity. */
double sampler_quantile(const struct sampler *sampler, double u);

#endif
