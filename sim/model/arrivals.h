// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrival processes: when messages come into the partitions of a source.
 *
 * Each partition has a generator of its own whose state is plain data: copying
 * it and filling again gives the same arrivals, so a log that is read twice is
 * regenerated instead of stored. Generators work in blocks, which keeps the
 * choice of the process out of the loop over messages.
 *
 * The partitions of a source have a stream of random numbers each and one,
 * the modulator, that is the same for all of them: what bursts, bursts
 * everywhere at once.
 */
#ifndef MODEL_ARRIVALS_H
#define MODEL_ARRIVALS_H

#include "core/rng.h"
#include "core/sampler.h"
#include "model/source.h"

/* Plain data; zeroed, then set by start(). What the members mean is the process' own affair. */
struct arrivals_state {
    struct rng rng;       /* of this partition's points */
    struct rng modulator; /* of what all partitions of the source share, such as bursts */
    double time_s;        /* of the last arrival */
    double level;
    uint64_t index;
    uint64_t segment;
};

/* Which partition a generator is for. */
struct arrivals_partition {
    uint64_t index;
    uint64_t n;
    double share;  /* of the source's messages */
    double before; /* sum of the shares of the partitions before it, added up in their order */
    bool even;     /* all partitions have the same share; durable_log_init() sets it */
};

/* Where generated arrivals go. */
struct arrivals_block {
    double *times_s;
    double *bytes; /* NULL: sizes are not wanted */
    size_t n;
};

struct arrivals_type {
    struct variant variant;
    /* Sets state for time 0; its two streams are set already. NULL: there is no more to it. */
    void (*start)(const void *params, const struct arrivals_partition *partition,
                  struct arrivals_state *state);
    /*
     * The next arrival times, not decreasing; infinity when there are no more. Where the process
     * says sizes (a trace), these too. The partition's share is above 0.
     */
    void (*fill)(const void *params, const struct arrivals_partition *partition,
                 struct arrivals_state *state, const struct arrivals_block *block);
    double (*mean_rate_per_s)(const void *params); /* of the whole source, in the long run */
    double (*peak_rate_per_s)(const void *params); /* highest rate that lasts; the mean if flat */
    /* Of a message, where the process says sizes; NaN where it does not. NULL: it never does. */
    double (*mean_bytes)(const void *params);
};

static inline const struct arrivals_type *arrivals_type(const struct source_params *source)
{
    return (const struct arrivals_type *)source->arrivals.variant;
}

/* Mean size of a message that the arrival process itself gives; NaN: it gives none. */
double arrivals_mean_bytes(const struct source_params *source);

/* How messages lie within a stretch of constant rate. */
enum spacing { SPACING_POISSON, SPACING_EVEN };
extern const char *const arrivals_spacings[];

/* The processes, one struct arrivals_type each; everybody else meets them through arrivals_union.
 */
extern const struct arrivals_type arrivals_constant;
extern const struct arrivals_type arrivals_poisson;
extern const struct arrivals_type arrivals_renewal;
extern const struct arrivals_type arrivals_mmpp;
extern const struct arrivals_type arrivals_piecewise;
extern const struct arrivals_type arrivals_diurnal;
extern const struct arrivals_type arrivals_rate_trace;
extern const struct arrivals_type arrivals_message_trace;

#endif
