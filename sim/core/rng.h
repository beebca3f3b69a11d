// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Random-number streams: xoshiro256++ (Blackman and Vigna, ACM TOMS 47(4),
 * 2021), keyed by meaning.
 *
 * A stream belongs to one purpose in one replication and is named by (seed,
 * replication, purpose, index). Two strategies that run the same scenario meet
 * the same failures (common random numbers), and a new consumer of randomness
 * shifts nobody else's draws. The key is mixed word by word with the finaliser
 * of splitmix64, so neighbouring seeds, replications and indices give
 * unrelated states. Plain data: copy it freely.
 */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct rng {
    uint64_t s[4]; /* never all zero */
};

/*
 * What a stream is for. The numbers are part of the results: append, never
 * renumber.
 */
enum rng_purpose {
    RNG_FAILURE = 1,
    RNG_REPAIR,
    RNG_TRACE_OFFSET,
    RNG_TRACE_JITTER,
    RNG_DETECTION,
    RNG_DOWNTIME,
    RNG_RESTART,
    RNG_RESTORE,
    RNG_CHECKPOINT,
    RNG_COORDINATION,
    RNG_DEVICE,
    RNG_START,
    RNG_ARRIVAL,
    RNG_ARRIVAL_MODULATOR,
    RNG_SERVICE,
    RNG_IDENTITY,
    RNG_TRIGGER,
    RNG_WRITE_FAILURE,
    RNG_STATE,
    RNG_RESTORE_SOURCE,
    RNG_FALSE_ALARM,
    RNG_CANCEL,
    RNG_BACKOFF,
    RNG_REQUEST,
    RNG_ALLOCATE,
    RNG_LOCALISE,
    RNG_PREDICTION,
    RNG_UNFOUNDED_ALARM,
    RNG_ALARM_COST,
    RNG_OUTAGE,
    RNG_BURST,
    RNG_CASCADE,
    RNG_COORDINATOR,
    RNG_TASK,      /* an attempt at a task of a stage */
    RNG_TASK_WORK, /* its work, which attempts may share */
    RNG_STRUCK,    /* which unit a failure without one strikes */
    RNG_LEVEL,
    RNG_VERIFICATION,
    RNG_SLOWDOWN,
    RNG_CONTACT,
    RNG_TASK_DEVICE,
};

struct rng rng_stream(uint64_t seed, uint64_t replication, enum rng_purpose purpose,
                      uint64_t index);

static inline uint64_t rng_rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* 64 random bits. */
static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t *s = rng->s;
    const uint64_t result = rng_rotl(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rng_rotl(s[3], 45);
    return result;
}

/*
 * Uniform on (0, 1): 52 bits, never 0 or 1, symmetric (1 - u is as exact as
 * u), so log() and quantile functions are safe at both ends.
 */
static inline double rng_uniform(struct rng *rng)
{
    return ((double)(rng_next(rng) >> 12) + 0.5) * 0x1p-52;
}

/* Uniform on 0 .. n-1, without bias (Lemire, ACM TOMACS 29(1), 2019). n > 0. */
uint64_t rng_below(struct rng *rng, uint64_t n);

/* How many of independent trials fail before the first that succeeds, each with probability p > 0.
 */
double rng_geometric(struct rng *rng, double p);

/* The state reached from a seed by four outputs of splitmix64, as its authors advise. */
struct rng rng_from_splitmix(uint64_t seed);
/* Next output of splitmix64 (Steele, Lea and Flood, 2014). */
uint64_t rng_splitmix(uint64_t *state);

/* A view of the stream for gsl_ran_*(): it draws from `rng` and owns nothing. */
gsl_rng rng_gsl(struct rng *rng);

#endif
