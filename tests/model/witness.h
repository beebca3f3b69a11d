// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A witness: a shipped scenario and settings that show a key at work, from the row of a field
 * table. And what comes out of a scenario under settings, to be compared.
 */
#ifndef TESTS_MODEL_WITNESS_H
#define TESTS_MODEL_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/memory.h"
#include "experiment/replication.h"
#include "scenario/keys.h"
#include "scenario/override.h"
#include "scenario/scenario.h"

enum { OUTCOME_REPLICATIONS = 20, WITNESS_SETTINGS = 8 };

struct outcome {
    struct scenario scenario;
    struct replications results;
    char *error; /* owned: why it is no valid scenario; NULL: it is one */
};

/*
 * Simulates the scenario in `file` under the settings, OUTCOME_REPLICATIONS times or as often as it
 * says when that is less. Fails the running test when an identity does not hold.
 */
void outcome_init(struct outcome *outcome, const char *file, const struct override *sets,
                  size_t n_sets);
void outcome_release(struct outcome *outcome);

/*
 * Whether some metric of some replication differs by more than rounding, or the number of
 * replications or of samples in the time series does; or one of them is no valid scenario and the
 * other is.
 */
bool outcomes_differ(const struct outcome *a, const struct outcome *b);

struct witness {
    const char *file;
    struct override settings[WITNESS_SETTINGS];
    size_t n;
    size_t own; /* the setting of the key itself */
};

/*
 * Reads "FILE POINTER=VALUE ...", the witness of `key`; what it refers to lives in the arena. A row
 * that several variants share has one witness for all of them: a setting that chooses the key's
 * variant is added. Returns NULL, or what is wrong with the text.
 */
const char *witness_read(struct witness *witness, const struct key *key, const char *text,
                         struct arena *arena);

/* The outcome with all settings, or with all but the key's own. */
void witness_outcome(struct outcome *outcome, const struct witness *witness, bool with_own);

#endif
