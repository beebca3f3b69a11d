// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The best value of a swept key, with its uncertainty. Points are compared in
 * pairs: all of them met the same failures (common random numbers), so their
 * differences are known far better than the values themselves.
 */
#ifndef EXPERIMENT_RECOMMEND_H
#define EXPERIMENT_RECOMMEND_H

#include "experiment/results.h"

/*
 * For points along one numeric axis: key[i] is the value at point i, ascending
 * or descending, above 0 for a logarithmic fit; paired[i] the n paired values of the metric there
 * (estimate_paired_values). Fills all but pointer and metric.
 */
void recommend(const double *key, double *const *paired, size_t n_points, size_t n,
               bool higher_is_better, struct recommendation *recommendation);

#endif
