// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_graph.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "core/memory.h"

/* Messages that come into a source per second, about. */
static const double source_rate_per_s = 24;

enum { MOST_OPERATORS = 8, MOST_TASKS = 4, TICKS_PER_S = 64 };

/* What an operator's messages amount to. */
struct shape {
    char *text; /* owned: what the scenario says of it, but for selectivity and the last brace */
    uint64_t stage, n_tasks;
    double selectivity;    /* if it sends to anybody */
    double out_rate_per_s; /* on each out edge */
    bool sends;
};

/* A graph in the making. */
struct graph {
    struct rng *rng;
    char *text; /* owned: so far, of one operator or of all */
    bool plain;
    bool lattice; /* all times are multiples of a tick */
    bool sizes;   /* messages have bytes */
    uint64_t most_tasks;
    bool same_tasks; /* all operators have most_tasks */
    struct shape shapes[MOST_OPERATORS];
    size_t n_operators;
};

/* ---- writing ---- */

__attribute__((format(printf, 2, 3))) static void say(struct graph *graph, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *more = mem_vformat(format, args);
    va_end(args);
    char *text = mem_format("%s%s", graph->text, more);
    free(more);
    free(graph->text);
    graph->text = text;
}

/* What was written since, in a block of its own. */
static char *take_text(struct graph *graph)
{
    char *text = graph->text;
    graph->text = mem_strdup("");
    return text;
}

static bool chance(struct graph *graph, double p)
{
    return rng_uniform(graph->rng) < p;
}

static uint64_t among(struct graph *graph, uint64_t lowest, uint64_t highest)
{
    return lowest + rng_below(graph->rng, highest - lowest + 1);
}

/* A time of about that mean: in ticks, or a law. */
static void say_time(struct graph *graph, double mean_s)
{
    if (graph->lattice) {
        say(graph, "\"%.6f s\"", round(mean_s * TICKS_PER_S) / TICKS_PER_S);
        return;
    }
    switch (among(graph, 0, 3)) {
    case 0:
        say(graph, "{\"dist\": \"exponential\", \"mean\": \"%.6f s\"}", mean_s);
        break;
    case 1:
        say(graph, "{\"dist\": \"lognormal\", \"mean\": \"%.6f s\", \"sigma\": 0.8}", mean_s);
        break;
    case 2:
        say(graph, "{\"dist\": \"weibull\", \"mean\": \"%.6f s\", \"shape\": 1.7}", mean_s);
        break;
    default:
        say(graph, "\"%.6f s\"", mean_s);
    }
}

/* ---- the elements ---- */

static void say_skew(struct graph *graph, uint64_t n)
{
    if (chance(graph, 0.5)) {
        say(graph, ", \"skew\": {\"zipf\": 0.9, \"keys\": 40}");
        return;
    }
    say(graph, ", \"skew\": {\"weights\": [");
    for (uint64_t i = 0; i < n; i++)
        say(graph, "%s%u", i ? ", " : "", (unsigned)among(graph, i == 0, 3));
    say(graph, "]}");
}

static void say_source(struct graph *graph, double rate_per_s)
{
    uint64_t partitions = among(graph, 1, 6);
    say(graph, ", \"source\": {\"partitions\": %u, \"arrivals\": {", (unsigned)partitions);
    if (graph->lattice && chance(graph, 0.8))
        say(graph, "\"process\": \"constant\", \"rate\": \"%.6f/s\"}", rate_per_s);
    else if (chance(graph, 0.4))
        say(graph,
            "\"process\": \"mmpp\", \"rates\": [\"%.6f/s\", \"0 /s\"], "
            "\"stay\": [\"2 s\", \"1 s\"]}",
            1.5 * rate_per_s);
    else
        say(graph, "\"process\": \"poisson\", \"rate\": \"%.6f/s\"}", rate_per_s);
    if (graph->sizes && chance(graph, 0.7))
        say(graph, ", \"message\": {\"dist\": \"exponential\", \"mean\": \"100 B\"}");
    else if (graph->sizes)
        say(graph, ", \"message\": \"100 B\"");
    if (chance(graph, 0.2))
        say_skew(graph, partitions);
    if (chance(graph, 0.15))
        say(graph, ", \"read_rate\": \"%.6f/s\"", 1.5 * rate_per_s / (double)partitions);
    if (!graph->plain && chance(graph, 0.15))
        say(graph, ", \"retention\": \"1.5 s\"");
    if (!graph->plain && graph->sizes && chance(graph, 0.15))
        say(graph, ", \"retention_bytes\": \"700 B\"");
    say(graph, "}");
}

/* The route of an input; the share of the sender's messages that a receiver's tasks get in all. */
static double say_route(struct graph *graph, const struct shape *from, const struct shape *to)
{
    double u = rng_uniform(graph->rng);
    if (u < 0.3 && from->n_tasks == to->n_tasks) {
        say(graph, ", \"by\": \"forward\"");
        return 1;
    }
    if (u < 0.4) {
        say(graph, ", \"by\": \"broadcast\"");
        return (double)to->n_tasks;
    }
    if (u < 0.7) {
        say(graph, ", \"by\": \"rebalance\"");
        return 1;
    }
    say(graph, ", \"by\": \"hash\"");
    if (chance(graph, 0.4))
        say_skew(graph, to->n_tasks);
    return 1;
}

static void say_bounds(struct graph *graph)
{
    bool instant = !chance(graph, 0.3);
    bool in_messages = chance(graph, 0.75);
    bool in_bytes = graph->sizes && chance(graph, 0.3);
    if (in_messages)
        say(graph, ", \"capacity\": %u", (unsigned)among(graph, graph->plain || !instant, 5));
    if (in_bytes)
        say(graph, ", \"capacity_bytes\": \"%u B\"", (unsigned)among(graph, 50, 600));
    if ((in_messages || in_bytes) && !graph->plain && chance(graph, 0.2))
        say(graph, ", \"on_full\": \"drop\"");
    if (!instant) {
        say(graph, ", \"latency\": ");
        say_time(graph, (double)among(graph, 1, 4) / TICKS_PER_S);
    }
}

/* An input of the operator; messages per s that come by it. */
static double say_input(struct graph *graph, size_t sender, const struct shape *to)
{
    struct shape *from = &graph->shapes[sender];
    from->sends = true;
    say(graph, "{\"from\": \"op%zu\"", sender);
    double rate_per_s = from->out_rate_per_s * say_route(graph, from, to);
    if (!chance(graph, 0.15)) {
        say_bounds(graph);
    } else {
        say(graph, ", \"channel\": \"log\"");
        if (chance(graph, 0.5)) {
            say(graph, ", \"latency\": ");
            say_time(graph, (double)among(graph, 1, 4) / TICKS_PER_S);
        }
    }
    say(graph, "}");
    return rate_per_s;
}

/* An operator of the stage before, or of any before. */
static size_t sender_for(struct graph *graph, uint64_t stage, bool any)
{
    size_t sender;
    do
        sender = (size_t)rng_below(graph->rng, graph->n_operators);
    while (graph->shapes[sender].stage + 1 != stage &&
           !(any && graph->shapes[sender].stage < stage));
    return sender;
}

static double say_inputs(struct graph *graph, const struct shape *to)
{
    say(graph, ", \"inputs\": [");
    double rate_per_s = say_input(graph, sender_for(graph, to->stage, false), to);
    if (chance(graph, 0.35)) {
        say(graph, ", ");
        rate_per_s += say_input(graph, sender_for(graph, to->stage, true), to);
    }
    say(graph, "]");
    return rate_per_s;
}

static double selectivity(struct graph *graph)
{
    static const double choices[] = {0.3, 0.5, 1.6, 2, 0};
    return chance(graph, 0.6) ? 1 : choices[rng_below(graph->rng, MEM_COUNT(choices))];
}

/* The service that makes a load of something between 0.25 and 1.2. */
static void say_service(struct graph *graph, const struct shape *shape, double rate_per_s)
{
    uint64_t in_flight = graph->plain || chance(graph, 0.7) ? 1 : among(graph, 2, 3);
    double load = 0.25 + 0.95 * rng_uniform(graph->rng);
    double mean_s = rate_per_s > 0 ? load * (double)(shape->n_tasks * in_flight) / rate_per_s : 0.1;
    say(graph, ", \"service\": ");
    say_time(graph, mean_s);
    say(graph, ", \"in_flight\": %u", (unsigned)in_flight);
}

static void make_operator(struct graph *graph, uint64_t stage)
{
    struct shape shape = {.stage = stage, .n_tasks = graph->most_tasks};
    if (!graph->same_tasks)
        shape.n_tasks = among(graph, 1, graph->most_tasks);
    shape.selectivity = selectivity(graph);
    double rate_per_s = source_rate_per_s / 2 * (double)among(graph, 1, 3);
    if (graph->lattice)
        rate_per_s = (double)(TICKS_PER_S >> among(graph, 1, 3));
    say(graph, "{\"name\": \"op%zu\", \"tasks\": %u", graph->n_operators, (unsigned)shape.n_tasks);
    if (stage == 0)
        say_source(graph, rate_per_s);
    else
        rate_per_s = say_inputs(graph, &shape);
    say_service(graph, &shape, rate_per_s);
    shape.out_rate_per_s = rate_per_s * shape.selectivity;
    shape.text = take_text(graph);
    graph->shapes[graph->n_operators++] = shape;
}

static void say_operators(struct graph *graph)
{
    for (size_t i = 0; i < graph->n_operators; i++) {
        struct shape *shape = &graph->shapes[i];
        say(graph, "%s\n  %s", i ? "," : "", shape->text);
        if (shape->sends)
            say(graph, ", \"selectivity\": %g", shape->selectivity);
        say(graph, "}");
        free(shape->text);
    }
}

char *random_graph(struct rng *rng, bool plain)
{
    struct graph graph = {.rng = rng, .plain = plain, .text = mem_strdup("")};
    graph.lattice = chance(&graph, 0.5);
    graph.sizes = chance(&graph, 0.4);
    graph.most_tasks = among(&graph, 1, MOST_TASKS);
    graph.same_tasks = chance(&graph, 0.5);
    uint64_t n_stages = among(&graph, 1, 4);
    for (uint64_t stage = 0; stage < n_stages; stage++)
        for (uint64_t i = among(&graph, 0, 2) / 2; i < 2; i++)
            make_operator(&graph, stage);
    say(&graph, "{\"job\": {\"operators\": [");
    say_operators(&graph);
    say(&graph, "]");
    if (!plain && chance(&graph, 0.3))
        say(&graph, ", \"threads\": %u", (unsigned)among(&graph, 1, 2));
    if (!graph.same_tasks && chance(&graph, 0.3))
        say(&graph, ", \"containers\": 1");
    say(&graph,
        "},\n \"checkpoint\": {\"strategy\": \"none\"}, \"run\": {\"duration\": \"1 min\"}}\n");
    return graph.text;
}
