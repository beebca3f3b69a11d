// SPDX-License-Identifier: GPL-3.0-or-later
/* What makes a graph of operators impossible. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/arrivals.h"
#include "model/model.h"
#include "model/topology_internal.h"

/* The most that is simulated of each; a partition's number has 22 bits of a message's identity. */
enum {
    MOST_OPERATORS = 1000,
    MOST_INPUTS = 10000,
    MOST_TASKS = 1000000,
    MOST_PARTITIONS = 1 << 22,
    MOST_CHANNELS = 4000000,
};

/* ---- an operator by itself ---- */

static void check_name(const struct job_params *job, size_t i, struct err *err)
{
    const char *name = operator_at(job, i)->name;
    char *pointer = mem_format("/job/operators/%zu/name", i);
    if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name))
        (void)err_add(err, pointer, "a name is made of small letters, digits, '_' and '-'");
    else if (topology_find(job, name) != i)
        (void)err_add(err, pointer, "operator %u has that name already: '%s'",
                      topology_find(job, name), name);
    free(pointer);
}

/* The skew at `holder`/skew, over n receivers. */
static void check_skew(const struct skew_params *skew, uint64_t n, const char *receivers,
                       const char *holder, struct err *err)
{
    const double *weights = skew->weights.items;
    char *pointer = mem_format("%s/skew", holder);
    double sum = 0;
    for (size_t i = 0; i < skew->weights.n; i++)
        sum += weights[i];
    if (skew->weights.n > 0 && skew->keys > 0 && !isnan(skew->zipf))
        (void)err_add(err, pointer, "shares follow from zipf or from weights, not from both");
    else if (skew->weights.n > 0 && skew->weights.n != n)
        (void)err_add(err, pointer, "%zu weights for %llu %s", skew->weights.n,
                      (unsigned long long)n, receivers);
    else if (skew->weights.n > 0 && !(sum > 0))
        (void)err_add(err, pointer, "one of the weights must be above 0");
    free(pointer);
}

static bool source_has_sizes(const struct operator_params *operator)
{
    return dist_is_given(&operator->source.message) ||
           !isnan(arrivals_mean_bytes(&operator->source));
}

static void check_source(const struct operator_params *operator, size_t i, struct err *err)
{
    char *pointer = mem_format("/job/operators/%zu/source", i);
    check_skew(&operator->source.skew, topology_partitions(operator), "partitions", pointer, err);
    if (!isnan(operator->source.retention_bytes) && !source_has_sizes(operator))
        (void)err_add(err, pointer, "retention_bytes needs the size of a message");
    free(pointer);
}

static bool is_sink(const struct job_params *job, const char *name)
{
    for (size_t i = 0; i < job->operators.n; i++)
        for (size_t k = 0; k < operator_at(job, i)->inputs.n; k++)
            if (strcmp(input_at(operator_at(job, i), k)->from, name) == 0)
                return false;
    return true;
}

static void check_operator(const struct job_params *job, size_t i, struct err *err)
{
    const struct operator_params *operator= operator_at(job, i);
    char *pointer = mem_format("/job/operators/%zu", i);
    bool reads_source = operator_reads_source(operator);
    check_name(job, i, err);
    if (reads_source && operator->inputs.n> 0)
        (void)err_add(err, pointer,
                      "'%s' has a source and inputs; let one operator read the source, and send to "
                      "this one",
                      operator->name);
    if (!reads_source && operator->inputs.n == 0)
        (void)err_add(err, pointer,
                      "no messages come to '%s': it needs a source or inputs", operator->name);
    if (operator->selectivity != 1 && is_sink(job, operator->name))
        (void)err_add(err, pointer,
                      "'%s' sends to nobody: its selectivity has no effect", operator->name);
    if (reads_source)
        check_source(operator, i, err);
    free(pointer);
}

/* ---- inputs ---- */

/* The sender of the input; NULL, with an error, when there is none of that name. */
static const struct operator_params *check_sender(const struct job_params *job,
                                                  const struct input_params *input,
                                                  const char *holder, struct err *err)
{
    uint32_t found = topology_find(job, input->from);
    if (found != NO_OPERATOR)
        return operator_at(job, found);
    char *pointer = mem_format("%s/from", holder);
    const char **names = mem_alloc(job->operators.n, sizeof *names);
    for (size_t i = 0; i < job->operators.n; i++)
        names[i] = operator_at(job, i)->name;
    const char *nearest = err_nearest(input->from, names, job->operators.n);
    (void)err_add(err, pointer, "no operator '%s'", input->from);
    if (nearest)
        err_hint(err, "did you mean '%s'?", nearest);
    free(names);
    free(pointer);
    return NULL;
}

static void check_bounds(const struct job_params *job, const struct input_params *input,
                         const char *holder, struct err *err)
{
    bool in_messages = input->capacity != NO_CAPACITY;
    bool in_bytes = !isnan(input->capacity_bytes);
    if (input->channel == CHANNEL_LOG &&
        (in_messages || in_bytes || input->on_full == ON_FULL_DROP))
        (void)err_add(err, holder,
                      "a log has no bounds: capacity, capacity_bytes and on_full belong to "
                      "channel: pipelined");
    else if (input->on_full == ON_FULL_DROP && !in_messages && !in_bytes)
        (void)err_add(err, holder, "on_full: drop needs a capacity");
    if (input->capacity == 0 && dist_is_given(&input->latency) && dist_mean(&input->latency) > 0)
        (void)err_add(
            err, holder,
            "a channel of capacity 0 hands over at once; with a latency it needs room for "
            "1 message at least");
    bool sizes = false;
    for (size_t i = 0; i < job->operators.n; i++)
        sizes |=
            operator_reads_source(operator_at(job, i)) && source_has_sizes(operator_at(job, i));
    if (in_bytes && !sizes)
        (void)err_add(err, holder, "capacity_bytes needs the size of a message: source.message");
}

static void check_input(const struct job_params *job, size_t i, size_t k, struct err *err)
{
    const struct operator_params *receiver = operator_at(job, i);
    const struct input_params *input = input_at(receiver, k);
    char *pointer = mem_format("/job/operators/%zu/inputs/%zu", i, k);
    const struct operator_params *sender = check_sender(job, input, pointer, err);
    if (sender && input->by == ROUTE_FORWARD && sender->tasks != receiver->tasks)
        (void)err_add(err, pointer,
                      "by: forward goes from task to task of the same number, but '%s' has %llu "
                      "and '%s' %llu",
                      sender->name, (unsigned long long)sender->tasks, receiver->name,
                      (unsigned long long)receiver->tasks);
    if (input->by == ROUTE_HASH)
        check_skew(&input->skew, receiver->tasks, "tasks", pointer, err);
    else if (!skew_is_even(&input->skew))
        (void)err_add(err, pointer, "skew belongs to by: hash");
    check_bounds(job, input, pointer, err);
    free(pointer);
}

/* ---- the graph ---- */

/* A sender of the operator that is on a cycle or behind one, as the operator itself is. */
static uint32_t endless_sender(const struct job_params *job, const uint32_t *stage, uint32_t i)
{
    const struct operator_params *operator= operator_at(job, i);
    for (size_t k = 0; k < operator->inputs.n; k++) {
        uint32_t from = topology_find(job, input_at(operator, k)->from);
        if (stage[from] == NO_STAGE)
            return from;
    }
    return NO_OPERATOR;
}

/* Going back from sender to sender, one comes round: "a -> b -> a". */
static void report_cycle(const struct job_params *job, const uint32_t *stage, struct err *err)
{
    uint32_t at = 0;
    while (stage[at] != NO_STAGE)
        at++;
    for (size_t n = 0; n < job->operators.n; n++) /* then it is on the cycle, not behind it */
        at = endless_sender(job, stage, at);
    char *cycle = mem_strdup(operator_at(job, at)->name);
    uint32_t from = at;
    do {
        from = endless_sender(job, stage, from);
        char *longer = mem_format("%s -> %s", operator_at(job, from)->name, cycle);
        free(cycle);
        cycle = longer;
    } while (from != at);
    char *pointer = mem_format("/job/operators/%u", at);
    (void)err_add(err, pointer, "messages would go round for ever: %s", cycle);
    free(pointer);
    free(cycle);
}

static void check_cycles(const struct job_params *job, struct err *err)
{
    uint32_t *stage = mem_alloc(job->operators.n, sizeof *stage);
    if (!topology_stages(job, stage))
        report_cycle(job, stage, err);
    free(stage);
}

static void check_most(const char *what, uint64_t n, uint64_t most, struct err *err)
{
    if (n > most)
        (void)err_add(err, "/job/operators", "%llu %s; at most %llu are simulated",
                      (unsigned long long)n, what, (unsigned long long)most);
}

static void check_counts(const struct job_params *job, struct err *err)
{
    uint64_t inputs = 0;
    uint64_t tasks = 0;
    uint64_t partitions = 0;
    for (size_t i = 0; i < job->operators.n; i++) {
        inputs += operator_at(job, i)->inputs.n;
        tasks += operator_at(job, i)->tasks;
        partitions += topology_partitions(operator_at(job, i));
    }
    check_most("operators", job->operators.n, MOST_OPERATORS, err);
    check_most("inputs", inputs, MOST_INPUTS, err);
    check_most("tasks", tasks, MOST_TASKS, err);
    check_most("partitions", partitions, MOST_PARTITIONS, err);
}

static void check_channels(const struct job_params *job, struct err *err)
{
    uint64_t channels = 0;
    for (size_t i = 0; i < job->operators.n; i++) {
        const struct operator_params *receiver = operator_at(job, i);
        for (size_t k = 0; k < receiver->inputs.n; k++) {
            const struct input_params *input = input_at(receiver, k);
            uint64_t fan_out = input->by == ROUTE_FORWARD ? 1 : receiver->tasks;
            channels += operator_at(job, topology_find(job, input->from))->tasks * fan_out;
        }
    }
    check_most("channels between tasks", channels, MOST_CHANNELS, err);
}

static void check_placement(const struct job_params *job, const struct cluster_params *cluster,
                            struct err *err)
{
    struct job_params silent = *job;
    silent.containers = 0;
    uint64_t widest = topology_containers(&silent);
    uint64_t containers = topology_containers(job);
    uint64_t needed = topology_nodes_needed(job, cluster);
    if (containers > widest)
        (void)err_add(err, "/job/containers",
                      "%llu containers for operators of at most %llu tasks: some would be empty",
                      (unsigned long long)containers, (unsigned long long)widest);
    if (cluster->nodes > 0 && cluster->nodes < needed)
        (void)err_add(err, "/cluster/nodes",
                      "%llu nodes of %llu slots cannot host %llu containers; at least %llu are "
                      "needed",
                      (unsigned long long)cluster->nodes,
                      (unsigned long long)cluster->slots_per_node, (unsigned long long)containers,
                      (unsigned long long)needed);
}

bool topology_check(const struct job_params *job, const struct cluster_params *cluster,
                    struct err *err)
{
    size_t before = err->n_errors;
    check_counts(job, err);
    if (err->n_errors > before)
        return false;
    for (size_t i = 0; i < job->operators.n; i++) {
        check_operator(job, i, err);
        for (size_t k = 0; k < operator_at(job, i)->inputs.n; k++)
            check_input(job, i, k, err);
    }
    check_placement(job, cluster, err);
    if (err->n_errors > before)
        return false;
    check_cycles(job, err);
    check_channels(job, err);
    return err->n_errors == before;
}
