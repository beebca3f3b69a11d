// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stream jobs that are networks of queues with a known answer: without failures and checkpoints,
 * nothing full, nothing lost. Throughput and utilisation then follow from rates alone. Latencies
 * are known where each queue has Poisson arrivals, which in a tree of operators holds behind
 * exponential servers, and behind those that take no time.
 */
#include <math.h>
#include <stdlib.h>

#include "model/analytic.h"
#include "model/analytic_queue.h"
#include "model/arrivals.h"
#include "model/theory.h"

/* ---- what flows ---- */

static bool is_stationary(const struct source_params *source)
{
    const struct arrivals_type *type = arrivals_type(source);
    return type == &arrivals_constant || type == &arrivals_poisson || type == &arrivals_renewal ||
           type == &arrivals_mmpp;
}

/* All messages are read as they come, in the long run. */
static bool source_flows(const struct operator_place *place)
{
    const struct source_params *source = &place->params->source;
    return is_stationary(source) && isnan(source->read_rate_per_s) && isnan(source->retention_s) &&
           isnan(source->retention_bytes);
}

/* All messages flow through in the end, so that rates add up. */
static bool job_flows(const struct model *model)
{
    const struct topology *topology = model->topology;
    if (model->failures.n > 0 || checkpoint_coordination(&model->checkpoint)->takes_cuts ||
        topology->threads > 0)
        return false;
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        if (place->load >= 1 || (place->is_source && !source_flows(place)))
            return false;
    }
    for (size_t e = 0; e < topology->n_edges; e++)
        if (topology->edges[e].capacity != NO_CAPACITY ||
            isfinite(topology->edges[e].capacity_bytes))
            return false;
    return true;
}

/* ---- what is a Poisson process ---- */

static bool takes_no_time(const struct operator_place *place)
{
    return place->service.kind == SAMPLER_CONSTANT && place->service.mean <= 0;
}

static bool is_exponential(const struct operator_place *place)
{
    return analytic_is_exponential(&place->params->service);
}

/* Whether what goes out over the edge comes to each receiver as a Poisson process. */
static bool edge_is_poisson(const struct topology *topology, const struct edge *edge)
{
    const struct operator_place *from = &topology->operators[edge->from];
    const struct operator_place *to = &topology->operators[edge->to];
    bool is_split_at_random = edge->by == ROUTE_FORWARD || edge->by == ROUTE_HASH ||
                              (edge->by == ROUTE_REBALANCE && !edge->from_source);
    return (is_exponential(from) || takes_no_time(from)) && from->params->selectivity <= 1 &&
           edge->latency.kind == SAMPLER_CONSTANT && (is_split_at_random || to->n_tasks == 1);
}

/* Whether all arrivals are Poisson, and the wait behind them is known. */
static bool waits_are_known(const struct topology *topology)
{
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        bool has_formula =
            place->params->in_flight == 1 || is_exponential(place) || takes_no_time(place);
        if (!has_formula || place->n_in_edges > 1 ||
            (place->is_source && arrivals_type(&place->params->source) != &arrivals_poisson))
            return false;
    }
    for (size_t e = 0; e < topology->n_edges; e++)
        if (!edge_is_poisson(topology, &topology->edges[e]))
            return false;
    return true;
}

/* ---- answers ---- */

static double wait_s(const struct operator_place *place, double rate_per_s)
{
    const struct dist *service = &place->params->service;
    if (takes_no_time(place))
        return 0;
    if (place->params->in_flight > 1)
        return analytic_mmc_wait_s(rate_per_s, dist_mean(service), place->params->in_flight);
    return analytic_mg1_wait_s(rate_per_s, dist_mean(service), dist_variance(service));
}

/* Sum over the operator's tasks of messages that wait: by Little's law, rate x wait. */
static double waiting_messages(const struct operator_place *place, const double *rates)
{
    double sum = 0;
    for (uint32_t k = 0; k < place->n_tasks; k++) {
        double rate = rates[place->first_task + k];
        sum += rate > 0 ? rate * wait_s(place, rate) : 0;
    }
    return sum;
}

/* Share of its time in which a task is busy, on the mean over all tasks; NaN: not known. */
static double utilisation(const struct topology *topology, const double *rates, bool known)
{
    double busy = 0;
    for (size_t t = 0; t < topology->n_tasks; t++) {
        const struct operator_place *place = &topology->operators[topology->tasks[t].operator];
        double service_s = place->service.mean;
        uint64_t servers = place->params->in_flight;
        if (takes_no_time(place))
            continue;
        if (servers > 1 && !known)
            return (double)NAN;
        busy += servers > 1 ? 1 - analytic_mmc_empty(rates[t], service_s, servers)
                            : rates[t] * service_s;
    }
    return busy / (double)topology->n_tasks;
}

/* Latency at each operator from the sources on: senders stand at earlier stages. */
static void fill_latencies(const struct topology *topology, const double *rates,
                           struct theory_queues *theory)
{
    double *latency_s = mem_alloc(topology->n_operators, sizeof *latency_s);
    double sum = 0;
    theory->lag_messages = 0;
    for (uint32_t stage = 0; stage < topology->n_stages; stage++)
        for (size_t i = 0; i < topology->n_operators; i++) {
            const struct operator_place *place = &topology->operators[i];
            if (place->stage != stage)
                continue;
            double waiting = waiting_messages(place, rates);
            if (place->arrival_rate_per_s > 0)
                latency_s[i] = waiting / place->arrival_rate_per_s + place->service.mean;
            if (place->is_source)
                theory->lag_messages += waiting;
            else
                latency_s[i] += latency_s[topology->edges[place->in_edges[0]].from] +
                                topology->edges[place->in_edges[0]].latency.mean;
            if (place->is_sink)
                sum += latency_s[i] * place->arrival_rate_per_s;
        }
    theory->latency_s = sum / theory->throughput_per_s;
    free(latency_s);
}

static const char *source_of(const struct topology *topology)
{
    if (topology->n_operators > 1)
        return "Jackson 1957: a tree of queues, each as if alone";
    return topology->operators[0].params->in_flight > 1 ? "Erlang 1917: M/M/c"
                                                        : "Pollaczek-Khinchine: M/G/1";
}

void theory_queues_of(const struct model *model, struct theory_queues *theory)
{
    const struct topology *topology = model->topology;
    *theory = (struct theory_queues){
        .arrival_rate_per_s = (double)NAN,
        .throughput_per_s = (double)NAN,
        .utilisation = (double)NAN,
        .latency_s = (double)NAN,
        .lag_messages = (double)NAN,
    };
    if (!topology || !job_flows(model))
        return;
    theory->arrival_rate_per_s = 0;
    theory->throughput_per_s = 0;
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        theory->arrival_rate_per_s += place->is_source ? place->arrival_rate_per_s : 0;
        theory->throughput_per_s += place->is_sink ? place->arrival_rate_per_s : 0;
    }
    double *rates = topology_task_rates(topology);
    bool known = waits_are_known(topology);
    theory->utilisation = utilisation(topology, rates, known);
    theory->source = source_of(topology);
    if (known)
        fill_latencies(topology, rates, theory);
    free(rates);
}
