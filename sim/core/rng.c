// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rng.h"

#include <math.h>

#include <assert.h>
#include <limits.h>

_Static_assert(ULONG_MAX == UINT64_MAX, "gsl_rng's get() must be able to return 64 bits");

/* Finaliser of splitmix64: a bijection in which every input bit reaches every output bit. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static const uint64_t GOLDEN = UINT64_C(0x9e3779b97f4a7c15);

uint64_t rng_splitmix(uint64_t *state)
{
    return mix(*state += GOLDEN);
}

struct rng rng_from_splitmix(uint64_t seed)
{
    struct rng rng;
    for (int i = 0; i < 4; i++)
        rng.s[i] = rng_splitmix(&seed);
    return rng;
}

struct rng rng_stream(uint64_t seed, uint64_t replication, enum rng_purpose purpose, uint64_t index)
{
    /* Each word is mixed into the whole of the key before the next joins, so keys that differ
     * in one word differ in half of the bits, whatever the others are. */
    uint64_t key = mix(seed + GOLDEN);
    key = mix(key ^ (replication + 2 * GOLDEN));
    key = mix(key ^ ((uint64_t)purpose + 3 * GOLDEN));
    key = mix(key ^ (index + 4 * GOLDEN));
    return rng_from_splitmix(key);
}

__extension__ typedef unsigned __int128 uint128;

uint64_t rng_below(struct rng *rng, uint64_t n)
{
    assert(n > 0);
    uint128 product = (uint128)rng_next(rng) * n;
    if ((uint64_t)product < n) {
        uint64_t threshold = -n % n;
        while ((uint64_t)product < threshold)
            product = (uint128)rng_next(rng) * n;
    }
    return (uint64_t)(product >> 64);
}

double rng_geometric(struct rng *rng, double p)
{
    return p >= 1 ? 0 : floor(log(rng_uniform(rng)) / log1p(-p));
}

static void gsl_set(void *state, unsigned long seed)
{
    *(struct rng *)state = rng_from_splitmix(seed);
}

static unsigned long gsl_get(void *state)
{
    return rng_next(state);
}

static double gsl_get_double(void *state)
{
    return rng_uniform(state);
}

gsl_rng rng_gsl(struct rng *rng)
{
    static const gsl_rng_type type = {
        .name = "xoshiro256++",
        .max = UINT64_MAX,
        .min = 0,
        .size = sizeof(struct rng),
        .set = gsl_set,
        .get = gsl_get,
        .get_double = gsl_get_double,
    };
    return (gsl_rng){.type = &type, .state = rng};
}
