// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * An experiment: design points times replications. A run has one point, a
 * sweep one per combination of the values of its axes. Every point meets the
 * same random streams. The result does not depend on the number of threads.
 */
#ifndef EXPERIMENT_EXPERIMENT_H
#define EXPERIMENT_EXPERIMENT_H

#include "core/err.h"
#include "experiment/results.h"
#include "model/trace_sink.h"
#include "scenario/axis.h"
#include "scenario/scenario.h"

struct experiment_options {
    uint64_t replications; /* 0: the scenario's */
    bool has_seed;         /* else the scenario's */
    uint64_t seed;
    unsigned threads;               /* 0: as many as there are processors */
    const char *metric;             /* that a sweep recommends by; NULL: waste */
    const struct trace_sink *trace; /* watches replication 0 of the first point; or NULL */
    const char *stream_option; /* an option that needs a stream job, for the message; or NULL */
    bool wants_series;         /* a time series is needed */
    /* Told now and then, from the calling thread; may be NULL. */
    void (*progress)(void *context, size_t done, size_t total);
    void *progress_context;
};

enum experiment_outcome {
    EXPERIMENT_DONE,
    EXPERIMENT_WRONG_INPUT, /* problems are in err */
    EXPERIMENT_BROKEN,      /* an identity does not hold: a bug, described in err */
};

/*
 * Loads the scenario once for each point, so that all mistakes are reported
 * before anything runs, then simulates. On EXPERIMENT_DONE the caller releases
 * the results.
 */
enum experiment_outcome experiment_run(const struct scenario_request *request,
                                       const struct axis *axes, size_t n_axes,
                                       const struct experiment_options *options,
                                       struct results *results, struct err *err);

/* Closed-form predictions and reference intervals for a scenario, into a point. */
void experiment_predict(const struct model *model, struct arena *arena, struct point *point);

#endif
