// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/metrics.h"
#include "model/topology.h"

/* 1 ns to 2^70 ns (37,000 years) in steps of 2^-7: quantiles are right to 0.4 %. */
static const double SMALLEST_S = 1e-9;
enum { OCTAVES = 70, BITS = 7 };

void event_histograms_init(struct event_histograms *histograms, const struct topology *topology)
{
    *histograms = (struct event_histograms){.n_operators = topology ? topology->n_operators : 0};
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_init(&histograms->of[m], SMALLEST_S, OCTAVES, BITS);
    if (histograms->n_operators == 0)
        return;
    histograms->operators = mem_alloc(histograms->n_operators, sizeof *histograms->operators);
    for (size_t i = 0; i < histograms->n_operators; i++)
        histogram_init(&histograms->operators[i], SMALLEST_S, OCTAVES, BITS);
}

void event_histograms_release(struct event_histograms *histograms)
{
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_release(&histograms->of[m]);
    for (size_t i = 0; i < histograms->n_operators; i++)
        histogram_release(&histograms->operators[i]);
    free(histograms->operators);
}

void event_histograms_clear(struct event_histograms *histograms)
{
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_clear(&histograms->of[m]);
    for (size_t i = 0; i < histograms->n_operators; i++)
        histogram_clear(&histograms->operators[i]);
}

void event_histograms_merge(struct event_histograms *histograms,
                            const struct event_histograms *other)
{
    assert(histograms->n_operators == other->n_operators);
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            histogram_merge(&histograms->of[m], &other->of[m]);
    for (size_t i = 0; i < histograms->n_operators; i++)
        histogram_merge(&histograms->operators[i], &other->operators[i]);
}

size_t event_histograms_size(const struct topology *topology)
{
    size_t n = topology ? topology->n_operators : 0;
    for (int m = 0; m < N_METRICS; m++)
        n += metric_rows[m].kind == METRIC_PER_EVENT;
    return n * ((size_t)OCTAVES << BITS);
}

double event_histograms_error(void)
{
    struct histogram histogram;
    histogram_init(&histogram, SMALLEST_S, OCTAVES, BITS);
    return histogram_error(&histogram); /* it holds no memory before its first value */
}
