// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrivals at a rate that changes in steps, by time rescaling: arrivals are laid
 * out on an axis that counts expected messages of the whole source, at
 * exponential or at equal distances, and the axis is mapped to time by the
 * inverse of the cumulated rate. Step functions, daily cycles and traces of
 * rates come to this.
 *
 * Equally spaced, message m of the source (from 0) is at m + 1/2: a step with a
 * whole number of messages has exactly these, with half a gap before the first
 * and after the last.
 */
#ifndef MODEL_RATE_STEPS_H
#define MODEL_RATE_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/arrivals.h"

struct rate_steps {
    size_t n;
    const double *sums;     /* n + 1: expected messages before each step; the last: of all */
    const double *starts_s; /* n + 1; NULL: step i starts at i * width_s */
    double width_s;
    double from_s; /* where in the steps time 0 lies */
    bool repeat;   /* from the first step again; otherwise nothing comes after the last */
    int spacing;   /* enum spacing */
};

/*
 * What struct arrivals_type asks for, of parameters that begin with a struct rate_steps. Mean and
 * peak are those over all steps.
 */
void rate_steps_start(const void *params, const struct arrivals_partition *partition,
                      struct arrivals_state *state);
void rate_steps_fill(const void *params, const struct arrivals_partition *partition,
                     struct arrivals_state *state, const struct arrivals_block *block);
double rate_steps_mean_per_s(const void *params);
double rate_steps_peak_per_s(const void *params);

#endif
