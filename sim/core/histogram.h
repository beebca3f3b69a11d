// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Histogram with logarithmic buckets for positive values of unknown range
 * (the HdrHistogram idea of Gil Tene, over doubles): each power of two is cut into
 * 2^bits equal buckets, found from the bits of the double without a logarithm.
 * A quantile read from it is off by at most 2^-(bits+1) relative (the bucket's
 * midpoint is returned). Values below `smallest` (zero included) and above
 * 2^octaves * smallest are counted apart and reported as 0 and as the exact maximum. Merging
 * adds counts, so it does not depend on the order.
 */
#ifndef CORE_HISTOGRAM_H
#define CORE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct histogram {
    uint64_t *counts; /* owned: `size` of them, NULL before the first value in the range */
    size_t n_buckets; /* `size`, or 0 while there are no counts */
    size_t size;
    unsigned bits;
    uint64_t base; /* bits of `smallest`, shifted */
    uint64_t n;
    uint64_t below;
    uint64_t above;
    double max; /* exact, of all values; -infinity when empty */
    double min; /* infinity when empty */
};

/* smallest > 0 is rounded down to a power of two; bits 1 .. 12; octaves 1 .. 200. */
void histogram_init(struct histogram *histogram, double smallest, unsigned octaves, unsigned bits);
void histogram_release(struct histogram *histogram);
void histogram_clear(struct histogram *histogram);
void histogram_merge(struct histogram *histogram, const struct histogram *other);

/* Bucket of a positive value, before range checks. */
static inline uint64_t histogram_index(const struct histogram *histogram, double x)
{
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    return (word >> (52 - histogram->bits)) - histogram->base;
}

/* A value that no bucket is ready for. */
void histogram_add_outside(struct histogram *histogram, double x, uint64_t index, uint64_t n);

static inline void histogram_add_n(struct histogram *histogram, double x, uint64_t n)
{
    histogram->max = x > histogram->max ? x : histogram->max;
    histogram->min = x < histogram->min ? x : histogram->min;
    histogram->n += n;
    uint64_t index = histogram_index(histogram, x);
    if (index < histogram->n_buckets) /* one compare: below wraps to a huge index */
        histogram->counts[index] += n;
    else
        histogram_add_outside(histogram, x, index, n);
}

static inline void histogram_add(struct histogram *histogram, double x)
{
    histogram_add_n(histogram, x, 1);
}

/* Lower and upper edge of the bucket that holds x. */
double histogram_lower_edge(const struct histogram *histogram, double x);
double histogram_upper_edge(const struct histogram *histogram, double x);

/* Quantile p in [0, 1]; NaN when empty. */
double histogram_quantile(const struct histogram *histogram, double p);
/* Largest relative error of a quantile inside the range: 2^-(bits+1). */
double histogram_error(const struct histogram *histogram);

#endif
