// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files that make a topology: checks before, loads after. */
#ifndef MODEL_TOPOLOGY_INTERNAL_H
#define MODEL_TOPOLOGY_INTERNAL_H

#include "model/job.h"
#include "model/topology.h"

#define NO_OPERATOR UINT32_MAX
#define NO_STAGE UINT32_MAX

static inline const struct operator_params *operator_at(const struct job_params *job, size_t i)
{
    return (const struct operator_params *)job->operators.items + i;
}

static inline const struct input_params *input_at(const struct operator_params *operator, size_t i)
{
    return (const struct input_params *)operator->inputs.items + i;
}

/* Number of the operator with that name, or NO_OPERATOR. */
uint32_t topology_find(const struct job_params *job, const char *name);

/* Partitions of the operator's source; 0: it has none. */
uint64_t topology_partitions(const struct operator_params *operator);

/* Containers of the job: as many as the widest operator has tasks when the scenario is silent. */
uint64_t topology_containers(const struct job_params *job);
/* Nodes that host them: each has slots_per_node containers. */
uint64_t topology_nodes_needed(const struct job_params *job, const struct cluster_params *cluster);

/*
 * Length of the longest path from a source to each operator. All inputs must be known. False when
 * there is a cycle: operators on cycles, and those behind them, then have NO_STAGE.
 */
bool topology_stages(const struct job_params *job, uint32_t *stage);

/* Everything that makes a graph impossible; false, with errors, when something does. */
bool topology_check(const struct job_params *job, const struct cluster_params *cluster,
                    struct err *err);

/* Fills in rates and loads of the operators, and warns of what is above capacity. */
void topology_load(struct topology *topology, struct err *err);

#endif
