// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Checkpoint strategies. A strategy that users name is a row of strategies[]:
 * a fragment of JSON, a point in trigger x content x coordination, that is
 * merged under /checkpoint before the scenario's own keys. It has no code of
 * its own; code lives in the rows of the three families. What a name means may
 * differ between batch and stream jobs: so do the systems in which it is used.
 */
#ifndef STRATEGY_STRATEGY_H
#define STRATEGY_STRATEGY_H

#include "model/checkpoint.h"

struct strategy {
    const char *name;
    const char *help;
    const char *source; /* paper or engine, or NULL */
    /* JSON objects: {"trigger": {"kind": "fixed"}, ...}. */
    const char *batch_fragment;
    const char *stream_fragment;
};

extern const struct strategy strategies[]; /* ends with name == NULL */

/* The row of that name, or NULL. */
const struct strategy *strategy_find(const char *name);

/* Name of row i; NULL past the end. */
const char *strategy_name_at(size_t i);

extern const struct union_type trigger_union;
extern const struct union_type content_union;
extern const struct union_type coordination_union;
extern const struct field checkpoint_fields[];

#endif
