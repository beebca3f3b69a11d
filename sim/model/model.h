// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A validated scenario as plain constant data: what one replication reads.
 * The structs of the elements live with their modules; here they meet.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "core/err.h"
#include "core/field.h"
#include "model/checkpoint.h"
#include "model/device.h"
#include "model/failure.h"
#include "model/job.h"
#include "model/prices.h"
#include "model/recovery.h"
#include "model/topology.h"

struct cluster_params {
    uint64_t nodes; /* 0 in the scenario: as many as the tasks need */
    uint64_t slots_per_node;
    uint64_t nodes_per_rack, racks_per_zone, zones_per_site; /* 0: all of them */
    struct power_params power;
};

/* S8: which of a completion and a failure at the same instant comes first. */
enum ties { TIES_COMPLETION_FIRST, TIES_FAILURE_FIRST };

struct run_params {
    uint64_t replications;
    uint64_t seed;
    double time_limit_s; /* a replication that is not done by then is cut off */
    int ties;            /* enum ties */
    double duration_s;   /* of a stream job's run; NaN for a batch job */
    double warmup_s;     /* what happens before it is simulated, but not counted */
    double sample_s;     /* step of the time series; NaN: none */
};

struct model {
    const char *description; /* NULL: none */
    struct job_params job;
    struct checkpoint_params checkpoint;
    struct list storage; /* of struct device_params */
    struct cluster_params cluster;
    struct list failures; /* of struct failure_params */
    struct recovery_params recovery;
    struct prices prices;
    struct run_params run;
    const struct topology *topology;  /* from model_prepare(): of a stream job; NULL: a batch job */
    const struct stage_graph *stages; /* likewise: of a batch job of stages; else NULL */
};

extern const struct field cluster_fields[];
extern const struct field run_fields[];

/*
 * Checks that concern several keys, and fills in what follows from others
 * (number of nodes, planned checkpoint interval). Errors and warnings go to
 * `err`; false when there was an error.
 */
bool model_prepare(struct model *model, struct arena *arena, struct err *err);

/* Nodes that host tasks: ceil(tasks / slots_per_node). */
uint64_t model_nodes_needed(const struct model *model);
/* Nodes of a domain from DOMAIN_NODE on, which are neighbours; those of the last may be fewer. */
uint64_t model_nodes_in(const struct model *model, enum domain domain);
/* How many units the failure process strikes: one job, all tasks, all nodes, all racks, ... */
uint64_t model_units(const struct model *model, const struct failure_params *failure);
/* Whether that holds of any failure process. */
bool model_any_failure(const struct model *model, bool (*is)(const struct failure_params *failure));
/* Failures that follow one by its cascade on the average, if none of them finds its unit down. */
double model_cascade_size(const struct model *model, const struct failure_params *failure);
/*
 * Whether a task that aligns on a barrier holds messages back until all its markers have come. It
 * need not where messages may be processed twice.
 */
bool model_blocks_alignment(const struct model *model);
/* Whether the nodes take electric power. */
bool model_has_power(const struct model *model);
/* Says of a device that checkpoints are to be written to, as the key says, what it lacks. */
void model_check_device(const struct model *model, const char *name, const char *pointer,
                        struct err *err);
/* The device of that name, or NULL. */
const struct device_params *model_device(const struct model *model, const char *name);
/* Says that there is none of that name, and which one may be meant. */
void model_miss_device(const struct model *model, const char *name, const char *pointer,
                       struct err *err);

#endif
