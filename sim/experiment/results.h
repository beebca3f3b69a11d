// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The results of an experiment: what results.json holds, in memory. run and
 * sweep make it; report/ writes and reads it; text, CSV and plots start from it.
 */
#ifndef EXPERIMENT_RESULTS_H
#define EXPERIMENT_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/memory.h"
#include "model/element_metrics.h"
#include "model/metrics.h"

enum { RESULTS_SCHEMA = 1, N_QUANTILES = 3, CDF_POINTS = 101 };

extern const double results_quantiles[N_QUANTILES]; /* 0.5, 0.9, 0.99 */

/* One metric at one point. */
struct estimate {
    bool applies; /* false: the metric does not exist for this scenario; not written */
    uint64_t n;   /* replications, or events for METRIC_PER_EVENT; 0: all else is NaN (null) */
    double mean;
    double half_width; /* 95 %; NaN when it does not exist */
    double sd;
    double min;
    double max;
    double quantile[N_QUANTILES];
    double quantile_low[N_QUANTILES]; /* 95 % interval by order statistics; NaN: none */
    double quantile_high[N_QUANTILES];
    double *cdf; /* CDF_POINTS quantiles at 0, 1 %, .. 100 %, or NULL */
};

struct prediction {
    const char *metric; /* name of a metric */
    double value;       /* in the metric's unit */
    const char *source; /* formula and paper */
};

/* A key of the scenario that a point sets. */
struct setting {
    const char *pointer; /* JSON Pointer */
    const char *value;   /* JSON text: "\"60 s\"" */
    double number;       /* the value in base units for an axis; NaN when it is not a number */
};

/* Reference intervals of the theory, for the point's own C and MTBF; NaN when unknown. */
struct reference {
    const char *name; /* "planned", "young", "daly", "exponential", "renewal" */
    double value;     /* s */
    const char *source;
};

/* An operator, a task or a source partition of a stream job. */
struct element {
    const char *name;           /* "count", "count/3", "lines/7" */
    struct estimate *estimates; /* of the metrics of its level, in the order of their rows */
};

struct elements {
    struct element *items;
    size_t n;
};

struct point {
    struct setting *settings;
    size_t n_settings;
    uint64_t replications;
    struct estimate estimates[N_METRICS];
    struct prediction *predictions;
    size_t n_predictions;
    struct reference *references;
    size_t n_references;
    const char **warnings;
    size_t n_warnings;
    /*
     * Of stream jobs. Operators at every point; the rest, which may be long, at the first. Tasks
     * operator by operator; those of the story are indices into them.
     */
    struct elements elements[N_ELEMENT_LEVELS];
    const struct story *story; /* of the first replication; NULL: none */
};

/* Of a level that the point has, the estimate of a metric of that level. */
static inline struct estimate *point_element(const struct point *point, enum element_metric metric,
                                             size_t index)
{
    enum element_level level = element_metric_rows[metric].level;
    return &point->elements[level].items[index].estimates[metric - element_level_first(level)];
}

/*
 * What a sweep of one numeric key says about the best value: the point with
 * the best mean, and the span of neighbouring points whose paired difference
 * from it is not significant at 95 % (common random numbers) or below 1 %.
 */
struct recommendation {
    bool given;
    const char *pointer;
    const char *metric;
    size_t best;      /* index of the point */
    double low, high; /* of the key, base unit: values not told apart from the best */
    bool at_edge;     /* the best is the first or last value: widen the sweep */
    double fitted;    /* minimum of a quadratic in log(key) around the best; NaN: none */
    double fitted_low, fitted_high; /* its 95 % interval */
};

struct results {
    struct arena arena; /* owns every text and array below */
    const char *version;
    const char *scenario; /* JSON text of the whole scenario with defaults filled in */
    uint64_t seed;
    struct point *points;
    size_t n_points;
    struct recommendation recommendation;
};

void results_release(struct results *results);

#endif
