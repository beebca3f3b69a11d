// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/estimate.h"

#include <inttypes.h>
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

/* Of one value per replication; what is not a number does not exist there. */
static void estimate_values(const double *values, size_t n, struct estimate *estimate)
{
    double *sorted = mem_alloc(n, sizeof *sorted);
    struct tally tally = {0};
    bool ascending = true;
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        ascending &= tally.n == 0 || values[i] >= sorted[tally.n - 1];
        sorted[tally.n] = values[i];
        tally_add(&tally, values[i]);
    }
    estimate->n = tally.n;
    if (tally.n > 0) {
        estimate->mean = tally.mean;
        estimate->half_width = tally_half_width(&tally);
        estimate->sd = tally_sd(&tally);
        estimate->min = tally.min;
        estimate->max = tally.max;
        if (!ascending)
            stats_sort(sorted, tally.n);
        estimate_quantiles(estimate, sorted, tally.n);
    }
    free(sorted);
}

static void estimate_run(const struct replications *replications, enum metric metric,
                         struct estimate *estimate)
{
    estimate_values(replications->value[metric], replications->n, estimate);
    if (!metric_rows[metric].of_time)
        return;
    double *parts = parts_of(replications, metric);
    stats_ratio(parts, elapsed_of(replications), replications->n, &estimate->mean,
                &estimate->half_width);
    free(parts);
}

/* What each replication says of its events: sum, number, squared deviations. */
struct moments {
    const double *sum, *count, *m2;
};

static void estimate_events(const struct moments *moments, size_t n,
                            const struct histogram *histogram, struct estimate *estimate)
{
    struct tally all = {0};
    for (size_t i = 0; i < n; i++) {
        if (moments->count[i] <= 0)
            continue;
        struct tally one = {
            .n = (uint64_t)moments->count[i],
            .mean = moments->sum[i] / moments->count[i],
            .m2 = moments->m2[i],
        };
        one.min = one.max = one.mean; /* the true ones are the histogram's */
        tally_merge(&all, &one);
    }
    estimate->n = all.n;
    if (all.n == 0)
        return;
    stats_ratio(moments->sum, moments->count, n, &estimate->mean, &estimate->half_width);
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
            estimate_events(&(struct moments){.sum = replications->value[m],
                                              .count = replications->count[m],
                                              .m2 = replications->m2[m]},
                            replications->n, &replications->histograms.of[m], estimate);
        else
            estimate_run(replications, (enum metric)m, estimate);
        if (estimate->n == 0)
            estimate->cdf = NULL;
    }
}

/* ---- elements of a stream job ---- */

/* One value of each replication's column, so many numbers from its start. */
static double *gather(const struct replications *replications, size_t offset)
{
    double *values = mem_alloc(replications->n, sizeof *values);
    for (size_t i = 0; i < replications->n; i++)
        values[i] = replications->elements[i * replications->n_elements + offset];
    return values;
}

static void estimate_element(const struct replications *replications, enum element_metric metric,
                             size_t index, struct estimate *estimate, struct arena *arena)
{
    struct element_values first = replications_elements(replications, 0);
    size_t offset = (size_t)(first.value[metric] - first.block) + index;
    double *values = gather(replications, offset);
    clear(estimate);
    estimate->applies = true;
    if (element_metric_rows[metric].kind == METRIC_PER_RUN) {
        estimate_values(values, replications->n, estimate);
        estimate->applies = estimate->n > 0 || !element_metric_is_optional(metric);
    } else {
        double *count = gather(replications, (size_t)(first.count[metric] - first.block) + index);
        double *m2 = gather(replications, (size_t)(first.m2[metric] - first.block) + index);
        estimate->cdf = arena_alloc(arena, CDF_POINTS, sizeof *estimate->cdf);
        estimate_events(&(struct moments){.sum = values, .count = count, .m2 = m2}, replications->n,
                        &replications->histograms.operators[index], estimate);
        free(count);
        free(m2);
    }
    if (estimate->n == 0)
        estimate->cdf = NULL;
    free(values);
}

static const char *element_name(const struct topology *topology, enum element_level level,
                                size_t index, struct arena *arena)
{
    const struct operator_place *operators = topology->operators;
    if (level == ELEMENT_OPERATOR)
        return arena_strdup(arena, operators[index].params->name);
    uint32_t of = level == ELEMENT_TASK
        ? topology->tasks[index].operator: topology->partitions[index].operator;
    uint32_t number =
        level == ELEMENT_TASK ? topology->tasks[index].index : topology->partitions[index].index;
    return arena_format(arena, "%s/%" PRIu32, operators[of].params->name, number);
}

static void estimate_level(const struct replications *replications, enum element_level level,
                           struct elements *elements, struct arena *arena)
{
    const struct topology *topology = replications->model->topology;
    size_t n_metrics = element_level_size(level);
    elements->n = element_count(topology, level);
    elements->items = arena_alloc(arena, elements->n, sizeof *elements->items);
    for (size_t i = 0; i < elements->n; i++) {
        struct element *element = &elements->items[i];
        size_t index = level == ELEMENT_TASK ? element_task_at(topology, i) : i;
        element->name = element_name(topology, level, index, arena);
        element->estimates = arena_alloc(arena, n_metrics, sizeof *element->estimates);
        for (size_t e = 0; e < n_metrics; e++)
            estimate_element(replications, element_level_first(level) + (enum element_metric)e,
                             index, &element->estimates[e], arena);
    }
}

void estimate_elements(const struct replications *replications, struct point *point,
                       struct arena *arena)
{
    if (!replications->elements)
        return;
    int n_levels = replications->in_detail ? N_ELEMENT_LEVELS : ELEMENT_OPERATOR + 1;
    for (int level = 0; level < n_levels; level++)
        estimate_level(replications, (enum element_level)level, &point->elements[level], arena);
}

/* ---- paired comparison ---- */

/* r + (x_i - r n_i) / mean(n), whose mean is the ratio r; false when there is none. */
static bool linearise(const double *x, const double *n, size_t replications, double *out)
{
    double ratio, half_width;
    stats_ratio(x, n, replications, &ratio, &half_width);
    double total = 0;
    for (size_t i = 0; i < replications; i++)
        total += n[i];
    if (!(total > 0))
        return false;
    for (size_t i = 0; i < replications; i++)
        out[i] = ratio + (x[i] - ratio * n[i]) * (double)replications / total;
    return true;
}

bool estimate_paired_values(const struct replications *replications, enum metric metric,
                            double *out)
{
    size_t n = replications->n;
    if (metric_rows[metric].kind == METRIC_PER_EVENT)
        return linearise(replications->value[metric], replications->count[metric], n, out);
    memcpy(out, replications->value[metric], n * sizeof *out);
    if (!metric_rows[metric].of_time)
        return true;
    double *parts = parts_of(replications, metric);
    bool ok = linearise(parts, elapsed_of(replications), n, out);
    free(parts);
    return ok;
}
