// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats.h"

static void clear(struct estimate *estimate)
{
    *estimate = (struct estimate){.mean = (double)NAN,
                                  .half_width = (double)NAN,
                                  .sd = (double)NAN,
                                  .min = (double)NAN,
                                  .max = (double)NAN};
    for (int q = 0; q < N_QUANTILES; q++)
        estimate->quantile[q] = estimate->quantile_low[q] = estimate->quantile_high[q] =
            (double)NAN;
}

static double *elapsed_of(const struct replications *replications)
{
    return replications->value[M_MAKESPAN];
}

/* The part of the elapsed time that a share stands for, per replication. */
static double *parts_of(const struct replications *replications, enum metric metric)
{
    double *parts = mem_alloc(replications->n, sizeof *parts);
    for (size_t i = 0; i < replications->n; i++)
        parts[i] = replications->value[metric][i] * elapsed_of(replications)[i];
    return parts;
}

static void estimate_quantiles(struct estimate *estimate, const double *sorted, size_t n)
{
    for (int q = 0; q < N_QUANTILES; q++) {
        double p = results_quantiles[q];
        size_t low, high;
        estimate->quantile[q] = stats_quantile(sorted, n, p);
        if (stats_quantile_ranks(n, p, &low, &high)) {
            estimate->quantile_low[q] = sorted[low - 1];
            estimate->quantile_high[q] = sorted[high - 1];
        }
    }
    if (estimate->cdf)
        for (int i = 0; i < CDF_POINTS; i++)
            estimate->cdf[i] = stats_quantile(sorted, n, (double)i / (CDF_POINTS - 1));
}

static void estimate_run(const struct replications *replications, enum metric metric,
                         struct estimate *estimate)
{
    size_t n = replications->n;
    const double *values = replications->value[metric];
    struct tally tally = {0};
    bool ascending = true;
    for (size_t i = 0; i < n; i++) {
        tally_add(&tally, values[i]);
        ascending &= i == 0 || values[i] >= values[i - 1];
    }
    estimate->n = n;
    estimate->mean = tally.mean;
    estimate->half_width = tally_half_width(&tally);
    estimate->sd = tally_sd(&tally);
    estimate->min = tally.min;
    estimate->max = tally.max;
    if (metric_rows[metric].of_time) {
        double *parts = parts_of(replications, metric);
        stats_ratio(parts, elapsed_of(replications), n, &estimate->mean, &estimate->half_width);
        free(parts);
    }
    double *sorted = mem_alloc(n, sizeof *sorted);
    memcpy(sorted, values, n * sizeof *sorted);
    if (!ascending)
        stats_sort(sorted, n);
    estimate_quantiles(estimate, sorted, n);
    free(sorted);
}

static void estimate_events(const struct replications *replications, enum metric metric,
                            struct estimate *estimate)
{
    const double *sum = replications->value[metric];
    const double *count = replications->count[metric];
    struct tally all = {0};
    for (size_t i = 0; i < replications->n; i++) {
        if (count[i] <= 0)
            continue;
        struct tally one = {
            .n = (uint64_t)count[i],
            .mean = sum[i] / count[i],
            .m2 = replications->m2[metric][i],
        };
        one.min = one.max = one.mean; /* the true ones are the histogram's */
        tally_merge(&all, &one);
    }
    estimate->n = all.n;
    if (all.n == 0)
        return;
    const struct histogram *histogram = &replications->histograms.of[metric];
    stats_ratio(sum, count, replications->n, &estimate->mean, &estimate->half_width);
    estimate->sd = tally_sd(&all);
    estimate->min = histogram->min;
    estimate->max = histogram->max;
    for (int q = 0; q < N_QUANTILES; q++)
        estimate->quantile[q] = histogram_quantile(histogram, results_quantiles[q]);
    if (estimate->cdf)
        for (int i = 0; i < CDF_POINTS; i++)
            estimate->cdf[i] = histogram_quantile(histogram, (double)i / (CDF_POINTS - 1));
}

void estimate_all(const struct replications *replications, struct point *point, struct arena *arena)
{
    for (int m = 0; m < N_METRICS; m++) {
        struct estimate *estimate = &point->estimates[m];
        clear(estimate);
        estimate->applies = metric_applies((enum metric)m, replications->model);
        if (!estimate->applies)
            continue;
        if (metric_rows[m].has_cdf)
            estimate->cdf = arena_alloc(arena, CDF_POINTS, sizeof *estimate->cdf);
        if (metric_rows[m].kind == METRIC_PER_EVENT)
            estimate_events(replications, (enum metric)m, estimate);
        else
            estimate_run(replications, (enum metric)m, estimate);
        if (estimate->n == 0)
            estimate->cdf = NULL;
    }
}

bool estimate_paired_values(const struct replications *replications, enum metric metric,
                            double *out)
{
    size_t n = replications->n;
    if (metric_rows[metric].kind == METRIC_PER_EVENT)
        return false;
    memcpy(out, replications->value[metric], n * sizeof *out);
    if (!metric_rows[metric].of_time)
        return true;
    double *parts = parts_of(replications, metric);
    double ratio, half_width;
    stats_ratio(parts, elapsed_of(replications), n, &ratio, &half_width);
    double total_s = 0;
    for (size_t i = 0; i < n; i++)
        total_s += elapsed_of(replications)[i];
    for (size_t i = 0; i < n; i++)
        out[i] = ratio + (parts[i] - ratio * elapsed_of(replications)[i]) * (double)n / total_s;
    free(parts);
    return true;
}
