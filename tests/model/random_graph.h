// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Random stream jobs, as scenario texts: for properties that must hold
 * whatever the graph.
 *
 * One to four stages of one or two operators of one to four tasks, with every
 * feature of operators and channels now and then. In half of them all times
 * are multiples of 1/64 s, so that events coincide all the time. Loads are
 * between a quarter and somewhat more than the capacity.
 */
#ifndef TESTS_MODEL_RANDOM_GRAPH_H
#define TESTS_MODEL_RANDOM_GRAPH_H

#include <stdbool.h>

#include "core/rng.h"

/*
 * A valid scenario, which the caller frees. Plain: in_flight 1, no shared threads, no drops, and
 * channels of one message or more.
 */
char *random_graph(struct rng *rng, bool plain);

#endif
