// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/histogram.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/stats.h"

enum { MANTISSA_BITS = 52 };

static double double_of(uint64_t word)
{
    double x;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* Lower edge of bucket `index`, which may be n_buckets for the end of the last one. */
static double edge(const struct histogram *histogram, uint64_t index)
{
    return double_of((index + histogram->base) << (MANTISSA_BITS - histogram->bits));
}

void histogram_init(struct histogram *histogram, double smallest, unsigned octaves, unsigned bits)
{
    assert(smallest >= 0x1p-1022 && isfinite(smallest)); /* subnormals have no even buckets */
    assert(bits >= 1 && bits <= 12 && octaves >= 1 && octaves <= 200);
    int exponent;
    (void)frexp(smallest, &exponent);
    assert(exponent - 1 + (int)octaves <= 1024);
    *histogram = (struct histogram){.bits = bits, .size = (size_t)octaves << bits};
    histogram->min = (double)INFINITY;
    histogram->max = -(double)INFINITY;
    histogram->base = histogram_index(histogram, ldexp(1, exponent - 1));
}

void histogram_add_outside(struct histogram *histogram, double x, uint64_t index, uint64_t n)
{
    if (index < histogram->size) {
        histogram->n_buckets = histogram->size;
        histogram->counts = mem_alloc(histogram->size, sizeof *histogram->counts);
        histogram->counts[index] += n;
    } else if (x > 0 && index < UINT64_C(1) << 63) {
        histogram->above += n;
    } else {
        histogram->below += n;
    }
}

/* The buckets that may hold something: from *first up to before *end. */
static void used_buckets(const struct histogram *histogram, size_t *first, size_t *end)
{
    uint64_t low = histogram_index(histogram, histogram->min);
    uint64_t high = histogram_index(histogram, histogram->max);
    *first = histogram->below == 0 && low < histogram->n_buckets ? low : 0;
    *end = histogram->above == 0 && high < histogram->n_buckets ? high + 1 : histogram->n_buckets;
}

void histogram_release(struct histogram *histogram)
{
    free(histogram->counts);
    *histogram = (struct histogram){0};
}

void histogram_clear(struct histogram *histogram)
{
    size_t first, end;
    used_buckets(histogram, &first, &end);
    if (histogram->n > 0 && first < end)
        memset(histogram->counts + first, 0, (end - first) * sizeof *histogram->counts);
    histogram->n = histogram->below = histogram->above = 0;
    histogram->min = (double)INFINITY;
    histogram->max = -(double)INFINITY;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
    assert(histogram->base == other->base && histogram->bits == other->bits &&
           histogram->size == other->size);
    if (other->n == 0)
        return;
    histogram->min = fmin(histogram->min, other->min);
    histogram->max = fmax(histogram->max, other->max);
    histogram->n += other->n;
    histogram->below += other->below;
    histogram->above += other->above;
    if (!other->counts)
        return;
    if (!histogram->counts) {
        histogram->counts = mem_alloc(histogram->size, sizeof *histogram->counts);
        histogram->n_buckets = histogram->size;
    }
    size_t first, end;
    used_buckets(other, &first, &end);
    for (size_t i = first; i < end; i++)
        histogram->counts[i] += other->counts[i];
}

double histogram_lower_edge(const struct histogram *histogram, double x)
{
    uint64_t index = histogram_index(histogram, x);
    assert(index < histogram->size);
    return edge(histogram, index);
}

double histogram_upper_edge(const struct histogram *histogram, double x)
{
    uint64_t index = histogram_index(histogram, x);
    assert(index < histogram->size);
    return edge(histogram, index + 1);
}

double histogram_quantile(const struct histogram *histogram, double p)
{
    if (histogram->n == 0)
        return (double)NAN;
    uint64_t rank = stats_rank(histogram->n, p);
    uint64_t seen = histogram->below;
    if (rank <= seen)
        return 0;
    size_t first, end;
    used_buckets(histogram, &first, &end);
    for (size_t i = first; i < end; i++) {
        seen += histogram->counts[i];
        if (rank <= seen) {
            double middle = (edge(histogram, i) + edge(histogram, i + 1)) / 2;
            return fmin(fmax(middle, histogram->min), histogram->max);
        }
    }
    return histogram->max;
}

double histogram_error(const struct histogram *histogram)
{
    return ldexp(1, -(int)histogram->bits - 1);
}
