// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/replication.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static bool is_event(int metric)
{
    return metric_rows[metric].kind == METRIC_PER_EVENT;
}

void replications_init(struct replications *replications, const struct model *model, uint64_t seed,
                       size_t n)
{
    *replications = (struct replications){.model = model, .seed = seed, .n = n};
    for (int m = 0; m < N_METRICS; m++) {
        replications->value[m] = mem_alloc(n, sizeof(double));
        if (is_event(m)) {
            replications->count[m] = mem_alloc(n, sizeof(double));
            replications->m2[m] = mem_alloc(n, sizeof(double));
        }
    }
    event_histograms_init(&replications->histograms);
}

void replications_release(struct replications *replications)
{
    for (int m = 0; m < N_METRICS; m++) {
        free(replications->value[m]);
        free(replications->count[m]);
        free(replications->m2[m]);
    }
    event_histograms_release(&replications->histograms);
}

void replicator_init(struct replicator *replicator)
{
    *replicator = (struct replicator){.run = mem_alloc(1, sizeof(struct run))};
    event_histograms_init(&replicator->histograms);
}

void replicator_flush(struct replicator *replicator, struct replications *to)
{
    event_histograms_merge(&to->histograms, &replicator->histograms);
    to->n_outlived += replicator->n_outlived;
    replicator->n_outlived = 0;
    for (int m = 0; m < N_METRICS; m++)
        if (is_event(m))
            histogram_clear(&replicator->histograms.of[m]);
}

void replicator_release(struct replicator *replicator)
{
    if (replicator->of)
        run_release(replicator->run);
    free(replicator->run);
    event_histograms_release(&replicator->histograms);
}

bool replicate(struct replicator *replicator, struct replications *replications, size_t index,
               char why[256])
{
    struct run *run = replicator->run;
    if (replicator->of != replications) {
        if (replicator->of)
            run_release(run);
        run_init(run, replications->model);
        replicator->of = replications;
    }
    struct metrics metrics;
    bool holds = run_replicate(run, replications->seed, index, &replicator->histograms, &metrics);
    if (!holds)
        (void)snprintf(why, 256, "replication %zu: %s", index, run->violation);
    replicator->n_outlived += metrics.outlived_trace;
    for (int m = 0; m < N_METRICS; m++) {
        replications->value[m][index] = metrics.value[m];
        if (is_event(m)) {
            replications->count[m][index] = metrics.count[m];
            replications->m2[m][index] = metrics.m2[m];
        }
    }
    return holds;
}

bool replicate_traced(const struct model *model, uint64_t seed, size_t index,
                      const struct trace_sink *trace, char why[256])
{
    struct replicator replicator;
    replicator_init(&replicator);
    struct run *run = replicator.run;
    run_init(run, model);
    run->trace = trace;
    struct metrics metrics;
    bool holds = run_replicate(run, seed, index, &replicator.histograms, &metrics);
    if (!holds)
        (void)snprintf(why, 256, "replication %zu: %s", index, run->violation);
    run_release(run);
    replicator_release(&replicator);
    return holds;
}
