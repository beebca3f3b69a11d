// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Random damage to JSON texts, for tests of what reads them: tokens are lost,
 * doubled, swapped, values and members replaced by others. Most mutants are
 * still JSON, so that they reach what lies behind the parser.
 */
#ifndef TESTS_UNIT_MUTATION_H
#define TESTS_UNIT_MUTATION_H

#include <stddef.h>

#include "core/rng.h"

/* A part of a text, which outlives it. */
struct span {
    const char *start;
    size_t length;
};

struct spans {
    struct span *items; /* owned */
    size_t n;
    size_t capacity;
};

/* What may be put into a text. Zeroed memory has nothing. */
struct mutation_stock {
    struct spans keys; /* in their quotes */
    struct spans values;
};

/* Values of every kind, few of them sensible anywhere; ends with NULL. */
extern const char *const mutation_odd_values[];

/* Both borrow: the texts must stay as long as the stock. */
void mutation_add_key(struct mutation_stock *stock, const char *quoted);
/* All values of a JSON text but the whole, and with the first text the odd ones. */
void mutation_add_values(struct mutation_stock *stock, const char *text);
void mutation_release(struct mutation_stock *stock);

/* One mutation of a text that may have been mutated before; the caller frees the result. */
char *mutation_of(const struct mutation_stock *stock, const char *text, struct rng *rng);

#endif
