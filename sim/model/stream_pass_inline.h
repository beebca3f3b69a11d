// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the loops of the fast engine do for each message in local variables: a
 * compiler keeps those in registers only as long as no other function sees
 * their addresses.
 */
#ifndef MODEL_STREAM_PASS_INLINE_H
#define MODEL_STREAM_PASS_INLINE_H

#include <math.h>

#include "core/histogram.h"
#include "core/sampler.h"
#include "model/stream.h"

/* What each message goes through is part of the loop, however often the loop is instantiated. */
#define INLINE __attribute__((always_inline)) static inline

INLINE double later_of(double a, double b)
{
    return a > b ? a : b;
}

/* ---- latencies ---- */

/*
 * A latency record, held in registers while a task runs: opened before, closed after; in between
 * the record is out of date.
 */
struct tape {
    struct latency_record *record;
    double sum;
    struct histogram *histogram; /* NULL: moments only */
    double square;
    uint64_t *counts;
    double min;
    uint64_t n_buckets;
    double max;
    uint64_t base;
    unsigned shift;
};

static inline struct tape tape_open(struct latency_record *record)
{
    struct tape tape = {
        .record = record,
        .histogram = record->histogram,
        .min = (double)INFINITY,
        .max = -(double)INFINITY,
    };
    if (tape.histogram) {
        tape.counts = tape.histogram->counts;
        tape.n_buckets = tape.histogram->n_buckets;
        tape.base = tape.histogram->base;
        tape.shift = 52 - tape.histogram->bits;
    }
    return tape;
}

/* `n` latencies were added. */
static inline void tape_close(const struct tape *tape, uint64_t n)
{
    tape->record->n += n;
    tape->record->sum += tape->sum;
    tape->record->square += tape->square;
    if (!tape->histogram)
        return;
    tape->histogram->n += n;
    tape->histogram->min = tape->min < tape->histogram->min ? tape->min : tape->histogram->min;
    tape->histogram->max = tape->max > tape->histogram->max ? tape->max : tape->histogram->max;
}

INLINE void tape_add(struct tape *tape, double x)
{
    tape->sum += x;
    tape->square += x * x;
    tape->min = x < tape->min ? x : tape->min;
    tape->max = x > tape->max ? x : tape->max;
    uint64_t word;
    memcpy(&word, &x, sizeof word);
    uint64_t index = (word >> tape->shift) - tape->base;
    if (index < tape->n_buckets) {
        tape->counts[index]++;
    } else if (tape->histogram) {
        histogram_add_outside(tape->histogram, x, index, 1);
        tape->counts = tape->histogram->counts;
        tape->n_buckets = tape->histogram->n_buckets;
    }
}

/* ---- draws ---- */

/* rng_exponential() from a stream in a local variable. */
INLINE double draw_exponential(struct rng *rng)
{
    uint64_t layer;
    double x = ziggurat_point(rng, &layer);
    if (x < ziggurat_edges[layer + 1])
        return x;
    struct rng copy = *rng;
    x = ziggurat_overhang(&copy, layer, x);
    *rng = copy;
    return x;
}

#endif
