// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A set of message identities: open addressing with linear probing, sized by
 * what is in it. Zeroed memory is an empty set.
 */
#ifndef MODEL_ID_SET_H
#define MODEL_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_set {
    uint64_t *slots; /* owned; 0: free, so that the identity 0 is kept apart */
    size_t n, capacity;
    bool has_zero;
};

void id_set_release(struct id_set *set);
void id_set_clear(struct id_set *set);
/* Whether it was not in yet. */
bool id_set_add(struct id_set *set, uint64_t id);
bool id_set_has(const struct id_set *set, uint64_t id);
/* Whether it was in. */
bool id_set_remove(struct id_set *set, uint64_t id);

size_t id_set_count(const struct id_set *set);

static inline bool id_set_is_empty(const struct id_set *set)
{
    return set->n == 0 && !set->has_zero;
}

#endif
