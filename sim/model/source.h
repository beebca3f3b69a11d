// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A source: partitions of a durable log (Kafka's topic), into which messages
 * arrive whatever the job does, and from which the tasks of one operator read.
 * Parameters only; the log at work is durable_log.h, the arrival processes are
 * arrivals.h.
 *
 * Partition p is read by task p mod tasks. Rates and sizes are those of the
 * whole source; `skew` says how it is shared out over the partitions.
 */
#ifndef MODEL_SOURCE_H
#define MODEL_SOURCE_H

#include "core/dist.h"
#include "core/field.h"

/* How something is shared out: evenly, by Zipf's law of a number of keys, or by weights. */
struct skew_params {
    double zipf;         /* exponent s: key k has weight k^-s; NaN: not given */
    uint64_t keys;       /* number of keys for `zipf`, hashed over the shares */
    struct list weights; /* of double: one per share, any positive scale; n = 0: not given */
};

struct source_params {
    uint64_t partitions;     /* 0: one per task */
    struct tagged arrivals;  /* struct arrivals_type */
    struct dist message;     /* bytes of a message; not given: as the trace says, else 0 */
    struct skew_params skew; /* share of each partition */
    double read_rate_per_s;  /* most messages read per second and partition; NaN: no limit */
    double retention_s;      /* what is older is gone; NaN: kept for ever */
    double retention_bytes;  /* of each partition: what lies further back is gone; NaN */
};

extern const struct field skew_fields[];
extern const struct field source_fields[];
extern const struct union_type arrivals_union;

/*
 * Shares of n receivers, summing to 1, into `share`. Even when the skew says nothing. For Zipf,
 * key k of `keys` belongs to receiver hash(k) mod n, so the shares are those of a hash partitioner.
 * Weights must be n, and not all 0.
 */
void skew_shares(const struct skew_params *skew, size_t n, double *share);
/* Whether nothing is said: all shares are the same. */
bool skew_is_even(const struct skew_params *skew);

#endif
