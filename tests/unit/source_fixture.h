// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Sources as a scenario gives them, for the tests of arrivals and of the durable log.
 */
#ifndef TESTS_UNIT_SOURCE_FIXTURE_H
#define TESTS_UNIT_SOURCE_FIXTURE_H

#include "core/text_reader.h"
#include "model/arrivals.h"
#include "model/source.h"

struct source_fixture {
    struct arena arena;
    struct err err;
    struct source_params source;
};

/*
 * Reads a source from JSON in which ' stands for ", with file names as they are. False when
 * that fails; the errors are in fixture->err either way.
 */
bool source_fixture_try(struct source_fixture *fixture, const char *json);
/* The same for a source that must be fine. */
void source_fixture_read(struct source_fixture *fixture, const char *json);
/* A source with this arrival process only. */
void source_fixture_arrivals(struct source_fixture *fixture, const char *json);
void source_fixture_release(struct source_fixture *fixture);

/* Partition `index` of n, with the share that the source's skew gives it. */
struct arrivals_partition source_fixture_partition(const struct source_fixture *fixture,
                                                   uint64_t index, uint64_t n);

#endif
