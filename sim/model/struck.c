// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/struck.h"

#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

void struck_init(struct run *run)
{
    const struct failure_params *failures = run->model->failures.items;
    bool any = false;
    for (size_t i = 0; i < run->model->failures.n; i++)
        any |= failure_strikes_nodes(&failures[i]);
    if (!any)
        return;
    run->struck.nodes = mem_alloc(run->model->cluster.nodes, sizeof *run->struck.nodes);
    run->struck.is = mem_alloc(run->model->cluster.nodes, sizeof *run->struck.is);
    run->struck.burst_rng = mem_alloc(run->n_failures, sizeof *run->struck.burst_rng);
}

void struck_start(struct run *run)
{
    for (size_t i = 0; run->struck.burst_rng && i < run->n_failures; i++)
        run->struck.burst_rng[i] = rng_stream(run->seed, run->replication, RNG_BURST, i);
}

void struck_release(struct run *run)
{
    free(run->struck.nodes);
    free(run->struck.is);
    free(run->struck.burst_rng);
}

static void forget(struct struck *struck)
{
    for (size_t i = 0; i < struck->n; i++)
        struck->is[struck->nodes[i]] = false;
    struck->n = 0;
}

/* The nodes of a unit of the domain. */
static void add_unit(struct run *run, enum domain domain, uint64_t unit)
{
    struct struck *struck = &run->struck;
    uint64_t n_nodes = model_nodes_in(run->model, domain);
    for (uint64_t i = 0; i < n_nodes; i++) {
        uint64_t node = unit * n_nodes + i;
        if (node >= run->model->cluster.nodes)
            break;
        struck->nodes[struck->n++] = (uint32_t)node;
        struck->is[node] = true;
    }
}

/* Of the parts of the unit, each on its own. */
static void add_burst(struct run *run, const struct failure_process *process, uint64_t unit)
{
    const struct failure_params *failure = process->params;
    struct rng *rng = &run->struck.burst_rng[process->index];
    enum domain of = failure_burst_domain(failure);
    uint64_t n_nodes = model_nodes_in(run->model, failure_domain(failure));
    uint64_t part_nodes = model_nodes_in(run->model, of);
    uint64_t first = unit * n_nodes / part_nodes;
    uint64_t end_node = (unit + 1) * n_nodes;
    if (end_node > run->model->cluster.nodes)
        end_node = run->model->cluster.nodes;
    uint64_t n_parts = (end_node - unit * n_nodes + part_nodes - 1) / part_nodes;
    double share = dist_draw(&failure->burst.share, rng);
    if (!(share > 0))
        return;
    double at = rng_geometric(rng, share);
    while (at < (double)n_parts) {
        add_unit(run, of, first + (uint64_t)at);
        at += 1 + rng_geometric(rng, share);
    }
}

void struck_find(struct run *run, const struct failure_process *process, uint64_t unit)
{
    forget(&run->struck);
    if (failure_has_burst(process->params))
        add_burst(run, process, unit);
    else
        add_unit(run, failure_domain(process->params), unit);
}
