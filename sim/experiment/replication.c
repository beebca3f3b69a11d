// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/replication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/run.h"

static bool is_event(int metric)
{
    return metric_rows[metric].kind == METRIC_PER_EVENT;
}

/* ---- the table ---- */

static int levels(bool in_detail)
{
    return in_detail ? N_ELEMENT_LEVELS : ELEMENT_OPERATOR + 1;
}

void replications_init(struct replications *replications, const struct model *model, uint64_t seed,
                       size_t n, bool in_detail)
{
    *replications =
        (struct replications){.model = model, .seed = seed, .n = n, .in_detail = in_detail};
    for (int m = 0; m < N_METRICS; m++) {
        replications->value[m] = mem_alloc(n, sizeof(double));
        if (is_event(m)) {
            replications->count[m] = mem_alloc(n, sizeof(double));
            replications->m2[m] = mem_alloc(n, sizeof(double));
        }
    }
    replications->n_elements = element_values_size(model->topology, levels(in_detail));
    if (replications->n_elements)
        replications->elements = mem_alloc(n * replications->n_elements, sizeof(double));
    event_histograms_init(&replications->histograms, model->topology);
}

size_t replications_size(const struct model *model, size_t n, bool in_detail)
{
    size_t column = element_values_size(model->topology, levels(in_detail));
    for (int m = 0; m < N_METRICS; m++)
        column += is_event(m) ? 3 : 1;
    return n * column + event_histograms_size(model->topology);
}

struct element_values replications_elements(const struct replications *replications, size_t index)
{
    struct element_values values = {0};
    if (replications->elements)
        element_values_place(&values, replications->model->topology,
                             levels(replications->in_detail),
                             &replications->elements[index * replications->n_elements]);
    return values;
}

void replications_release(struct replications *replications)
{
    for (int m = 0; m < N_METRICS; m++) {
        free(replications->value[m]);
        free(replications->count[m]);
        free(replications->m2[m]);
    }
    free(replications->elements);
    event_histograms_release(&replications->histograms);
    story_release(&replications->story);
}

/* ---- a thread's means ---- */

void replicator_init(struct replicator *replicator)
{
    *replicator = (struct replicator){.run = mem_alloc(1, sizeof(struct run))};
    event_histograms_init(&replicator->histograms, NULL);
}

void replicator_flush(struct replicator *replicator, struct replications *to)
{
    event_histograms_merge(&to->histograms, &replicator->histograms);
    to->n_outlived += replicator->n_outlived;
    replicator->n_outlived = 0;
    event_histograms_clear(&replicator->histograms);
}

static void leave(struct replicator *replicator)
{
    if (replicator->of)
        run_release(replicator->run);
    free(replicator->block);
    replicator->block = NULL;
    replicator->of = NULL;
}

void replicator_release(struct replicator *replicator)
{
    leave(replicator);
    free(replicator->run);
    event_histograms_release(&replicator->histograms);
}

/* Sets the run, and what it fills, up for the table's model. */
static void move_to(struct replicator *replicator, const struct replications *replications)
{
    const struct topology *topology = replications->model->topology;
    leave(replicator);
    run_init(replicator->run, replications->model);
    replicator->of = replications;
    if (topology || replicator->histograms.n_operators) {
        event_histograms_release(&replicator->histograms);
        event_histograms_init(&replicator->histograms, topology);
    }
    replicator->n_block = element_values_size(topology, N_ELEMENT_LEVELS);
    if (replicator->n_block)
        replicator->block = mem_alloc(replicator->n_block, sizeof(double));
    element_values_place(&replicator->elements, topology, N_ELEMENT_LEVELS, replicator->block);
}

/* ---- one replication ---- */

static void keep_metrics(struct replications *replications, size_t index,
                         const struct metrics *metrics)
{
    for (int m = 0; m < N_METRICS; m++) {
        replications->value[m][index] = metrics->value[m];
        if (is_event(m)) {
            replications->count[m][index] = metrics->count[m];
            replications->m2[m][index] = metrics->m2[m];
        }
    }
}

bool replicate(struct replicator *replicator, struct replications *replications, size_t index,
               char why[256])
{
    if (replicator->of != replications)
        move_to(replicator, replications);
    struct run *run = replicator->run;
    struct metrics metrics;
    if (replicator->block) {
        memset(replicator->block, 0, replicator->n_block * sizeof(double));
        run->elements = &replicator->elements;
        run->story = index == 0 && replications->in_detail ? &replications->story : NULL;
    }
    bool holds = run_replicate(run, replications->seed, index, &replicator->histograms, &metrics);
    if (!holds)
        (void)snprintf(why, 256, "replication %zu: %s", index, run->violation);
    replicator->n_outlived += metrics.outlived_trace;
    keep_metrics(replications, index, &metrics);
    if (replications->elements) /* the levels that are kept come first in the block */
        memcpy(&replications->elements[index * replications->n_elements], replicator->block,
               replications->n_elements * sizeof(double));
    return holds;
}

bool replicate_traced(const struct model *model, uint64_t seed, size_t index,
                      const struct trace_sink *trace, char why[256])
{
    struct run *run = mem_alloc(1, sizeof *run);
    struct event_histograms histograms;
    struct metrics metrics;
    event_histograms_init(&histograms, model->topology);
    run_init(run, model);
    run->trace = trace;
    if (trace->start)
        trace->start(trace->context, model->topology);
    bool holds = run_replicate(run, seed, index, &histograms, &metrics);
    if (!holds)
        (void)snprintf(why, 256, "replication %zu: %s", index, run->violation);
    run_release(run);
    free(run);
    event_histograms_release(&histograms);
    return holds;
}
