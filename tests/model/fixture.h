// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A scenario under test, from its text to results: read and checked as the
 * program reads it, then simulated replication by replication.
 */
#ifndef TESTS_MODEL_FIXTURE_H
#define TESTS_MODEL_FIXTURE_H

#include "model/run.h"
#include "scenario/scenario.h"
#include "support.h"

struct fixture {
    struct scenario scenario;
    struct run run;
    struct event_histograms histograms;
};

/*
 * Reads `text` with sets[0..n_sets) in force ("/pointer=value", up to the first NULL), and sets
 * up a run. False when it is no valid scenario: prints why, and there is nothing to release.
 */
bool fixture_init(struct fixture *fixture, const char *text, const char *const *sets,
                  size_t n_sets);
void fixture_release(struct fixture *fixture);

/* The whole scenario, for the reader of a failure. */
void fixture_print(const struct fixture *fixture);

/* Simulates one replication. Prints the identity that does not hold, and says false. */
bool fixture_replicate(struct fixture *fixture, uint64_t seed, uint64_t replication,
                       struct metrics *metrics);

/* Whether two replications gave the same bits; prints where not. */
bool fixture_same_metrics(const struct metrics *a, const struct metrics *b);

#endif
