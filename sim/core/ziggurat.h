// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The exponential distribution by the ziggurat (Marsaglia and Tsang, J. Stat.
 * Software 5(8), 2000).
 *
 * The area under exp(-x) is covered by 256 layers of equal area: rectangles
 * that reach from the axis to the edge of the curve, above a base that includes
 * the tail. A point in a random layer is under the curve for certain when it
 * lies left of the next layer's edge, which is so for 97.8 % of them and costs
 * one draw of 64 bits: the low 8 choose the layer, the high 52 the place. What
 * sticks out is tried against the curve; the tail beyond the base is the whole
 * law again, moved (it has no memory).
 *
 * The law is exact but for rounding: no value is 0, and values have 52 random
 * bits in proportion to the edge of their layer.
 */
#ifndef CORE_ZIGGURAT_H
#define CORE_ZIGGURAT_H

#include "core/rng.h"

enum { ZIGGURAT_LAYERS = 256 };

/*
 * Right edges of the layers, from the base up; the base's is its area over its
 * height, and one more stands for the top of the curve. And the heights exp(-x) there.
 */
extern const double ziggurat_edges[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_heights[ZIGGURAT_LAYERS + 1];

/* A uniform point of a random layer. */
static inline double ziggurat_point(struct rng *rng, uint64_t *layer)
{
    uint64_t bits = rng_next(rng);
    *layer = bits % ZIGGURAT_LAYERS;
    /* Signed, since processors convert signed integers in one step. */
    return ((double)(int64_t)(bits >> 12) + 0.5) * 0x1p-52 * ziggurat_edges[*layer];
}

/* The variate that comes of a point which is not certainly under the curve. */
double ziggurat_overhang(struct rng *rng, uint64_t layer, double x);

/* A standard exponential variate (mean 1), above 0. */
static inline double rng_exponential(struct rng *rng)
{
    uint64_t layer;
    double x = ziggurat_point(rng, &layer);
    return x < ziggurat_edges[layer + 1] ? x : ziggurat_overhang(rng, layer, x);
}

#endif
