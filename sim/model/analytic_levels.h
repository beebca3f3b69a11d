// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Two levels of checkpoints in closed form. A pattern has n segments of work; a checkpoint at level
 * 1 ends each, and one at level 2 follows the last. Failures of type 1 are recovered from level 1
 * and cost the segment, those of type 2 from level 2 and cost the pattern. Both are exponential and
 * strike work, checkpoints and recoveries, not downtimes. One that strikes a recovery from level 1
 * starts it again, or raises it to level 2; any that strikes one from level 2 starts that again.
 */
#ifndef MODEL_ANALYTIC_LEVELS_H
#define MODEL_ANALYTIC_LEVELS_H

#include <stdint.h>

/* Index 0 is level 1, and failures that it survives; index 1 level 2. */
struct analytic_levels {
    double rate[2]; /* failures per second */
    double cost_s[2];
    double restore_s[2]; /* restart delay included */
    double downtime_s;   /* detection included */
};

struct analytic_pattern {
    double n; /* segments; a whole number but in the first order */
    double interval_s;
    double overhead; /* mean time / work - 1 */
};

/*
 * Mean time of a pattern of n >= 1 segments of interval_s of work, but for the last, of last_s.
 * Exact; infinity beyond the largest double.
 */
double analytic_pattern_s(const struct analytic_levels *levels, uint64_t n, double interval_s,
                          double last_s);
/*
 * Benoit, Cavelan, Le Fevre, Robert, Sun 2017, for costs and rates above 0: n = sqrt(l1 C2 / (l2
 * C1)), W = sqrt(2 (n C1 + C2) / (l1 / n + l2)), overhead = sqrt(2 l1 C1) + sqrt(2 l2 C2).
 */
struct analytic_pattern analytic_first_order_pattern(const struct analytic_levels *levels);
/* The pattern with the least exact overhead, for costs and rates above 0; interval to 1e-7. */
struct analytic_pattern analytic_best_pattern(const struct analytic_levels *levels);
/* The best interval of patterns of n segments. */
double analytic_best_interval_of_pattern_s(const struct analytic_levels *levels, uint64_t n);

#endif
