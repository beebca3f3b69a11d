// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/results.h"

const double results_quantiles[N_QUANTILES] = {0.5, 0.9, 0.99};

void results_release(struct results *results)
{
    arena_release(&results->arena);
    *results = (struct results){0};
}
