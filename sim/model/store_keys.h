// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The keys of a store, and which of them updates touch: each update is of key i with probability
 * p_i, all alike or by Zipf's law (p_i as i^-s).
 *
 * Of u updates, the expected number of distinct keys is the sum of 1 - (1 - p_i)^u. Sums over keys
 * are exact for the first thousand and an integral for the others, so that they cost the same for
 * a thousand keys and for 10^9; their relative error is below 1e-7.
 */
#ifndef MODEL_STORE_KEYS_H
#define MODEL_STORE_KEYS_H

#include "core/memory.h"
#include "core/rng.h"

struct key_weight;

struct store_keys {
    double n;                   /* keys of one task */
    double zipf;                /* exponent; 0: uniform */
    struct key_weight *weights; /* in the arena */
    size_t n_weights;
    double cached;        /* keys that a write-back cache holds; 0: there is none */
    double cache_updates; /* that fill it, in expectation */
    double miss;          /* share of the updates that it does not take, once it is full */
};

struct store_keys store_keys_of(double n, double zipf, uint64_t cached, struct arena *arena);

/* Distinct keys among so many updates: their expectation. */
double store_keys_distinct(const struct store_keys *keys, double updates);
/* Variance of that number. */
double store_keys_variance(const struct store_keys *keys, double updates);
/*
 * A draw of that number: exact, update by update, up to STORE_KEYS_EXACT updates; above, a normal
 * deviate of the expectation and variance, rounded.
 */
double store_keys_draw(const struct store_keys *keys, uint64_t updates, struct rng *rng);

enum { STORE_KEYS_EXACT = 1 << 16 };

/*
 * Updates that come out of the cache when it is flushed at the end: each distinct key once while
 * they fit; after that every miss of a least-recently-used cache puts one out (Che et al., JSAC
 * 2002: the cache holds the keys of as many last updates as fill it).
 */
double store_keys_logged(const struct store_keys *keys, double updates);
/* Of these, those that the flush puts out. */
double store_keys_flushed(const struct store_keys *keys, double updates);

#endif
