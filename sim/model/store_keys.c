// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store_keys.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* So many keys, each of probability p. */
struct key_weight {
    double p, count;
};

/* ---- sums over keys ---- */

enum { HEAD = 1024, NODES = 8 };

/* Gauss-Legendre on (-1, 1): the positive half. */
static const double NODE[NODES / 2] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                                       0.9602898564975363};
static const double NODE_WEIGHT[NODES / 2] = {0.3626837833783620, 0.3137066458778873,
                                              0.2223810344533745, 0.1012285362903763};

static void add_weight(struct store_keys *keys, double rank, double count)
{
    keys->weights[keys->n_weights++] =
        (struct key_weight){.p = pow(rank, -keys->zipf), .count = count};
}

/* Ranks from a to b, which lie within a factor of two, by the midpoint rule turned round: a sum
 * of f(i) is the integral of f from half a rank before the first to half a rank behind the last. */
static void add_panel(struct store_keys *keys, double a, double b)
{
    double middle = (a + b) / 2;
    double half = (b - a) / 2;
    for (size_t i = 0; i < NODES / 2; i++) {
        add_weight(keys, middle - half * NODE[i], half * NODE_WEIGHT[i]);
        add_weight(keys, middle + half * NODE[i], half * NODE_WEIGHT[i]);
    }
}

static void add_zipf(struct store_keys *keys)
{
    double end = floor(keys->n) + 0.5;
    for (size_t i = 1; i <= HEAD && (double)i < end; i++)
        add_weight(keys, (double)i, 1);
    double from = HEAD + 0.5;
    while (from < end) {
        add_panel(keys, from, fmin(2 * from, end));
        from *= 2;
    }
    double total = 0;
    for (size_t i = keys->n_weights; i-- > 0;)
        total += keys->weights[i].p * keys->weights[i].count;
    for (size_t i = 0; i < keys->n_weights; i++)
        keys->weights[i].p /= total;
}

static double missed(double p, double updates)
{
    return exp(updates * log1p(-p));
}

double store_keys_distinct(const struct store_keys *keys, double updates)
{
    double sum = 0;
    for (size_t i = keys->n_weights; updates > 0 && i-- > 0;)
        sum -= keys->weights[i].count * expm1(updates * log1p(-keys->weights[i].p));
    return sum;
}

/*
 * That of independent keys, each missed with probability e = (1 - p)^u, less what the fixed number
 * of updates takes away: sum e (1 - e) - u (sum p e)^2.
 */
double store_keys_variance(const struct store_keys *keys, double updates)
{
    double variance = 0;
    double rate = 0;
    for (size_t i = keys->n_weights; updates > 0 && i-- > 0;) {
        const struct key_weight *weight = &keys->weights[i];
        double e = missed(weight->p, updates);
        variance += weight->count * e * (1 - e);
        rate += weight->count * weight->p * e;
    }
    return fmax(variance - updates * rate * rate, 0);
}

/* ---- the cache ---- */

/* Updates among which so many distinct keys are expected. */
static double updates_of(const struct store_keys *keys, double distinct)
{
    double low = 0;
    double high = distinct;
    while (store_keys_distinct(keys, high) < distinct)
        high *= 2;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(store_keys_distinct(keys, middle) < distinct ? &low : &high) = middle;
    }
    return high;
}

struct store_keys store_keys_of(double n, double zipf, uint64_t cached, struct arena *arena)
{
    static const double ALL = 0.999; /* of the keys: such a cache never puts any out */
    struct store_keys keys = {.n = fmax(n, 1), .zipf = zipf, .cached = (double)cached};
    /* Each panel is a doubling: 64 of them are enough for any count. */
    keys.weights = arena_alloc(arena, zipf > 0 ? HEAD + NODES * 64 : 1, sizeof *keys.weights);
    if (zipf > 0)
        add_zipf(&keys);
    else
        keys.weights[keys.n_weights++] = (struct key_weight){.p = 1 / keys.n, .count = keys.n};
    keys.cache_updates = (double)INFINITY;
    if (cached > 0 && keys.cached < ALL * keys.n) {
        keys.cache_updates = updates_of(&keys, keys.cached);
        keys.miss = store_keys_distinct(&keys, keys.cache_updates + 1) - keys.cached;
    }
    return keys;
}

double store_keys_logged(const struct store_keys *keys, double updates)
{
    if (keys->cached <= 0)
        return updates;
    if (updates <= keys->cache_updates)
        return store_keys_distinct(keys, updates);
    return keys->cached + (updates - keys->cache_updates) * keys->miss;
}

double store_keys_flushed(const struct store_keys *keys, double updates)
{
    if (keys->cached <= 0)
        return 0;
    return updates <= keys->cache_updates ? store_keys_distinct(keys, updates) : keys->cached;
}

/* ---- draws ---- */

/* The d-th distinct key is followed by another new one with probability 1 - d / n. */
static double draw_uniform(double n, uint64_t updates, struct rng *rng)
{
    double distinct = 0;
    for (uint64_t i = 0; i < updates && distinct < n; i++)
        distinct += rng_uniform(rng) * n >= distinct;
    return fmin(distinct, n);
}

/*
 * Ranks by Zipf's law, by rejection-inversion (Hoermann and Derflinger, ACM TOMACS 6(3), 1996): no
 * table, about one uniform each, any exponent.
 */
struct zipf {
    double s, n, low, high, near;
};

static double ratio_expm1(double x)
{
    return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2;
}

static double ratio_log1p(double x)
{
    return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2;
}

/* The integral of x^-s, 0 at 1; and its inverse. */
static double zipf_integral(double s, double x)
{
    double log_x = log(x);
    return ratio_expm1((1 - s) * log_x) * log_x;
}

static double zipf_inverse(double s, double y)
{
    return exp(ratio_log1p(fmax(y * (1 - s), -1)) * y);
}

static struct zipf zipf_of(double s, double n)
{
    return (struct zipf){
        .s = s,
        .n = n,
        .low = zipf_integral(s, n + 0.5),
        .high = zipf_integral(s, 1.5) - 1,
        .near = 2 - zipf_inverse(s, zipf_integral(s, 2.5) - pow(2, -s)),
    };
}

static uint64_t zipf_draw(const struct zipf *zipf, struct rng *rng)
{
    for (;;) {
        double y = zipf->low + rng_uniform(rng) * (zipf->high - zipf->low);
        double x = zipf_inverse(zipf->s, y);
        double rank = fmin(fmax(floor(x + 0.5), 1), zipf->n);
        if (rank - x <= zipf->near || y >= zipf_integral(zipf->s, rank + 0.5) - pow(rank, -zipf->s))
            return (uint64_t)rank;
    }
}

/* Puts the rank, which is not 0, into a table of a power of two places; whether it is new. */
static bool insert(uint64_t *table, uint64_t mask, uint64_t rank)
{
    uint64_t at = (rank * 0x9e3779b97f4a7c15u >> 20) & mask;
    while (table[at] != 0 && table[at] != rank)
        at = (at + 1) & mask;
    bool is_new = table[at] == 0;
    table[at] = rank;
    return is_new;
}

static double draw_zipf(const struct store_keys *keys, uint64_t updates, struct rng *rng)
{
    struct zipf zipf = zipf_of(keys->zipf, floor(keys->n));
    uint64_t places = 2;
    while (places < 2 * updates)
        places *= 2;
    uint64_t *table = mem_alloc(places, sizeof *table);
    uint64_t distinct = 0;
    for (uint64_t i = 0; i < updates; i++)
        distinct += insert(table, places - 1, zipf_draw(&zipf, rng));
    free(table);
    return (double)distinct;
}

/* Box and Muller (1958). */
static double draw_normal(struct rng *rng)
{
    static const double TURN = 6.283185307179586;
    double radius = sqrt(-2 * log(rng_uniform(rng)));
    return radius * cos(TURN * rng_uniform(rng));
}

double store_keys_draw(const struct store_keys *keys, uint64_t updates, struct rng *rng)
{
    if (updates <= STORE_KEYS_EXACT)
        return keys->zipf > 0 ? draw_zipf(keys, updates, rng) : draw_uniform(keys->n, updates, rng);
    double u = (double)updates;
    double sd = sqrt(store_keys_variance(keys, u));
    double distinct = floor(store_keys_distinct(keys, u) + sd * draw_normal(rng) + 0.5);
    return fmin(fmax(distinct, 1), fmin(u, keys->n));
}
