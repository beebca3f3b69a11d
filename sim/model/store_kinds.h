// SPDX-License-Identifier: GPL-3.0-or-later
/* The kinds of state, and the keys that each has. */
#ifndef MODEL_STORE_KINDS_H
#define MODEL_STORE_KINDS_H

#include "model/store.h"

extern const struct field constant_state_fields[];
extern const struct field growing_state_fields[];
extern const struct field keyed_state_fields[];
extern const struct field lsm_state_fields[];

extern const struct store_ops constant_store;
extern const struct store_ops growing_store;
extern const struct store_ops keyed_store;
extern const struct store_ops lsm_store;

#endif
