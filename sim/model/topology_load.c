// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How much work comes to each task, in the long run and at the peak rates of
 * the sources: what no strategy can change, and what makes a backlog grow
 * whatever one does. Rates are those that are asked for; what full channels
 * hold back or drop is not taken off.
 */
#include <math.h>
#include <stdlib.h>

#include "model/arrivals.h"
#include "model/topology_internal.h"

enum rate_kind { RATE_MEAN, RATE_PEAK };

static double source_rate(const struct source_params *source, enum rate_kind kind)
{
    const struct arrivals_type *type = arrivals_type(source);
    double rate = kind == RATE_MEAN ? type->mean_rate_per_s(source->arrivals.params)
                                    : type->peak_rate_per_s(source->arrivals.params);
    return rate > 0 ? rate : 0;
}

static const struct source_params *source_of(const struct topology *topology,
                                             const struct partition_place *partition)
{
    return &topology->operators[partition->operator].params->source;
}

/* A reader that is slower than its partition takes in no more than it reads. */
static void add_partitions(const struct topology *topology, enum rate_kind kind, double *rates)
{
    for (size_t p = 0; p < topology->n_partitions; p++) {
        const struct partition_place *partition = &topology->partitions[p];
        const struct source_params *source = source_of(topology, partition);
        double rate = source_rate(source, kind) * partition->share;
        rates[partition->task] += fmin(rate, source->read_rate_per_s); /* which may be NaN */
    }
}

static void warn_of_slow_readers(const struct topology *topology, struct err *err)
{
    for (size_t p = 0; p < topology->n_partitions; p++) {
        const struct partition_place *partition = &topology->partitions[p];
        const struct source_params *source = source_of(topology, partition);
        double rate = source_rate(source, RATE_MEAN) * partition->share;
        if (isnan(source->read_rate_per_s) || rate <= source->read_rate_per_s * (1 + 1e-9))
            continue;
        char *pointer = mem_format("/job/operators/%u/source/read_rate", partition->operator);
        err_warn(err, pointer,
                 "%.3g messages/s come into partition %u, but only %.3g are read; its backlog will "
                 "grow without end",
                 rate, partition->index, source->read_rate_per_s);
        free(pointer);
        return; /* one is enough */
    }
}

static void add_edge(const struct topology *topology, const struct edge *edge, double *rates)
{
    const struct operator_place *from = &topology->operators[edge->from];
    const struct operator_place *to = &topology->operators[edge->to];
    double *share = mem_alloc(to->n_tasks, sizeof *share);
    double out = 0;
    for (uint32_t k = 0; k < from->n_tasks; k++)
        out += rates[from->first_task + k];
    out *= from->params->selectivity;
    for (uint32_t k = 0; k < to->n_tasks; k++)
        share[k] = 1.0 / to->n_tasks;
    if (edge->alias.keep) {
        for (uint32_t k = 0; k < to->n_tasks; k++)
            share[k] = 0;
        for (uint32_t k = 0; k < to->n_tasks; k++) {
            share[k] += edge->alias.keep[k] / to->n_tasks;
            share[edge->alias.other[k]] += (1 - edge->alias.keep[k]) / to->n_tasks;
        }
    }
    for (uint32_t k = 0; k < to->n_tasks; k++) {
        double rate = out * share[k];
        if (edge->by == ROUTE_BROADCAST)
            rate = out;
        if (edge->by == ROUTE_FORWARD)
            rate = rates[from->first_task + k] * from->params->selectivity;
        rates[to->first_task + k] += rate;
    }
    free(share);
}

/* Servers that a task at that rate keeps busy. */
static double servers(const struct operator_place *place, double rate)
{
    return rate > 0 ? rate * dist_mean(&place->params->service) : 0;
}

/* Rates of all tasks, stage by stage: senders before receivers. */
static void fill_rates(const struct topology *topology, enum rate_kind kind, double *rates)
{
    add_partitions(topology, kind, rates);
    for (uint32_t stage = 0; stage < topology->n_stages; stage++)
        for (size_t e = 0; e < topology->n_edges; e++)
            if (topology->operators[topology->edges[e].from].stage == stage)
                add_edge(topology, &topology->edges[e], rates);
}

double *topology_task_rates(const struct topology *topology)
{
    double *rates = mem_alloc(topology->n_tasks, sizeof *rates);
    fill_rates(topology, RATE_MEAN, rates);
    return rates;
}

/* The operator's most loaded task. */
static uint32_t busiest(const struct operator_place *place, const double *rates)
{
    uint32_t found = place->first_task;
    for (uint32_t k = 1; k < place->n_tasks; k++)
        if (rates[place->first_task + k] > rates[found])
            found = place->first_task + k;
    return found;
}

static double load_of(const struct operator_place *place, const double *rates)
{
    return servers(place, rates[busiest(place, rates)]) / (double)place->params->in_flight;
}

/* Whether more is asked for than can be done; full use by messages like clockwork is none. */
static bool is_overload(double load)
{
    return load > 1 + 1e-9;
}

static void warn_of_operator(const struct topology *topology, size_t i, const double *rates,
                             struct err *err)
{
    const struct operator_place *place = &topology->operators[i];
    if (!is_overload(place->load))
        return;
    char name[128];
    uint32_t task = busiest(place, rates);
    char *pointer = mem_format("/job/operators/%zu", i);
    err_warn(err, pointer,
             "task %s is asked for %.3g times its capacity, %.3g messages/s; its backlog will grow "
             "without end",
             topology_task_name(topology, task, name, sizeof name), place->load, rates[task]);
    free(pointer);
}

static void warn_of_threads(const struct topology *topology, const double *rates, struct err *err)
{
    double *busy = mem_alloc(topology->n_containers, sizeof *busy); /* threads, of each container */
    for (size_t t = 0; t < topology->n_tasks; t++) {
        const struct task_place *task = &topology->tasks[t];
        busy[task->container] += servers(&topology->operators[task->operator], rates[t]);
    }
    uint32_t worst = 0;
    for (uint32_t c = 1; c < topology->n_containers; c++)
        if (busy[c] > busy[worst])
            worst = c;
    double load = topology->threads > 0 ? busy[worst] / topology->threads : 0;
    if (is_overload(load))
        err_warn(err, "/job/threads",
                 "container %u is asked for %.3g times what its threads can do; its backlog will "
                 "grow without end",
                 worst, load);
    free(busy);
}

void topology_load(struct topology *topology, struct err *err)
{
    double *mean = topology_task_rates(topology);
    double *peak = mem_alloc(topology->n_tasks, sizeof *peak);
    fill_rates(topology, RATE_PEAK, peak);
    warn_of_slow_readers(topology, err);
    for (size_t i = 0; i < topology->n_operators; i++) {
        struct operator_place *place = &topology->operators[i];
        for (uint32_t k = 0; k < place->n_tasks; k++)
            place->arrival_rate_per_s += mean[place->first_task + k];
        place->load = load_of(place, mean);
        place->peak_load = load_of(place, peak);
        warn_of_operator(topology, i, mean, err);
    }
    warn_of_threads(topology, mean, err);
    free(mean);
    free(peak);
}
