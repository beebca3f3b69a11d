// SPDX-License-Identifier: GPL-3.0-or-later
/* Sets of small numbers as bits, of which the lowest member is found quickly. */
#ifndef CORE_BITS_H
#define CORE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_BIT UINT32_MAX

/* Words of 64 bits for the numbers below n. */
static inline size_t bits_words(uint32_t n)
{
    return ((size_t)n + 63) / 64;
}

static inline bool bits_has(const uint64_t *bits, uint32_t i)
{
    return (bits[i / 64] >> (i % 64)) & 1;
}

static inline void bits_put(uint64_t *bits, uint32_t i, bool member)
{
    uint64_t bit = UINT64_C(1) << (i % 64);
    bits[i / 64] = member ? bits[i / 64] | bit : bits[i / 64] & ~bit;
}

/* The lowest member from `from` on, of those below n; NO_BIT: there is none. */
static inline uint32_t bits_next(const uint64_t *bits, uint32_t n, uint32_t from)
{
    for (uint32_t i = from; i < n; i = (i / 64 + 1) * 64) {
        uint64_t word = bits[i / 64] >> (i % 64);
        if (word)
            return i + (uint32_t)__builtin_ctzll(word);
    }
    return NO_BIT;
}

#endif
