// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Closed forms of queues into which messages come as a Poisson process: how
 * long a message waits in the long run, first come, first served.
 *
 * They add up to networks: what leaves an M/M/c queue is a Poisson process
 * again (Burke 1956), and so is each part of one that is split at random, so
 * that in a tree of such queues each stands as if it were alone (Jackson 1957).
 */
#ifndef MODEL_ANALYTIC_QUEUE_H
#define MODEL_ANALYTIC_QUEUE_H

#include <stdint.h>

/*
 * Mean wait before service in an M/G/1 queue, s (Pollaczek 1930, Khinchine 1932). Infinity when it
 * is not stable, or the variance of the service is infinite.
 */
double analytic_mg1_wait_s(double rate_per_s, double service_s, double service_variance);

/* Mean wait before service in an M/M/c queue, s (Erlang 1917). Infinity when it is not stable. */
double analytic_mmc_wait_s(double rate_per_s, double service_s, uint64_t servers);

/* Share of the time in which a stable M/M/c queue is empty. */
double analytic_mmc_empty(double rate_per_s, double service_s, uint64_t servers);

#endif
