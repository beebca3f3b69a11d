// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The replications of one design point: a table with a row per metric and a
 * column per replication. Each replication fills its own column, so any number
 * of threads may work on a table, and reducing it in column order gives the
 * same result for all of them.
 */
#ifndef EXPERIMENT_REPLICATION_H
#define EXPERIMENT_REPLICATION_H

#include "core/err.h"
#include "model/element_metrics.h"
#include "model/metrics.h"
#include "model/model.h"
#include "model/trace_sink.h"

struct replications {
    const struct model *model; /* borrowed */
    uint64_t seed;
    size_t n;
    double *value[N_METRICS]; /* owned: n each */
    double *count[N_METRICS]; /* owned, PER_EVENT rows only; so is m2 */
    double *m2[N_METRICS];
    struct event_histograms histograms; /* of all replications */
    size_t n_outlived;                  /* replications that went past the end of a trace */

    /* Of stream jobs. */
    bool in_detail;     /* tasks and partitions are kept beside operators, and a story is told */
    size_t n_elements;  /* numbers in a column */
    double *elements;   /* owned: a column per replication, struct element_values */
    struct story story; /* of the first replication */
};

/* What a thread needs to simulate replications of a point. */
struct replicator {
    const struct replications *of; /* what run is set up for; NULL: nothing yet */
    struct run *run;               /* owned */
    struct event_histograms histograms;
    size_t n_outlived;
    struct element_values elements; /* of a replication */
    double *block;                  /* owned: where they lie; NULL: a batch job */
    size_t n_block;
};

void replications_init(struct replications *replications, const struct model *model, uint64_t seed,
                       size_t n, bool in_detail);
/* How many numbers of 8 bytes such a table takes at most. */
size_t replications_size(const struct model *model, size_t n, bool in_detail);
/* The column of a replication, as the run filled it. */
struct element_values replications_elements(const struct replications *replications, size_t index);
void replications_release(struct replications *replications);

void replicator_init(struct replicator *replicator);
/* Gives what was collected for the present point to its table; not safe beside other threads. */
void replicator_flush(struct replicator *replicator, struct replications *to);
void replicator_release(struct replicator *replicator);

/*
 * Simulates replication `index` into its column. Everything random follows
 * from (seed, index). False when an identity does not hold: a bug, and *why
 * says which.
 */
bool replicate(struct replicator *replicator, struct replications *replications, size_t index,
               char why[256]);

/* Simulates one replication while somebody watches; keeps no result. */
bool replicate_traced(const struct model *model, uint64_t seed, size_t index,
                      const struct trace_sink *trace, char why[256]);

#endif
