// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From replications to estimates: means with intervals, spreads, quantiles.
 *
 * Per-run metrics get the Student-t interval of their mean; shares of time and
 * per-event means are ratios of sums over replications, with the ratio
 * estimator's interval. Quantiles of per-run metrics are order statistics,
 * those over events come from the histograms, right to event_histograms_error().
 */
#ifndef EXPERIMENT_ESTIMATE_H
#define EXPERIMENT_ESTIMATE_H

#include "experiment/replication.h"
#include "experiment/results.h"

/* Fills estimates[] of the point; arrays come from the arena. */
void estimate_all(const struct replications *replications, struct point *point,
                  struct arena *arena);

/* Likewise the elements of a stream job, as far as the table keeps them. */
void estimate_elements(const struct replications *replications, struct point *point,
                       struct arena *arena);

/*
 * What each replication says of a metric's mean, about which paired differences can be formed: the
 * values themselves, or for a ratio (a share of the time, a mean per event) the linearised values
 * r + (x_i - r n_i) / mean(n), whose mean is r. `out` has room for n. False when there is no mean,
 * since no event occurred.
 */
bool estimate_paired_values(const struct replications *replications, enum metric metric,
                            double *out);

#endif
