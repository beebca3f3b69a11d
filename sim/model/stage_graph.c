// SPDX-License-Identifier: GPL-3.0-or-later
/* The graph of a job's stages: checked, and spread out into tasks. */
#include <stdlib.h>
#include <string.h>

#include "model/job.h"
#include "model/stage.h"

enum { MOST_STAGES = 1000, MOST_TASKS = 1000000, MOST_INPUTS = 10000 };

static const uint32_t NO_STAGE = UINT32_MAX;

static const struct stage_params *stage_at(const struct job_params *job, size_t i)
{
    return &((const struct stage_params *)job->stages.items)[i];
}

static const struct stage_input_params *input_at(const struct stage_params *stage, size_t k)
{
    return &((const struct stage_input_params *)stage->inputs.items)[k];
}

/* The first stage of that name. */
static uint32_t find_stage(const struct job_params *job, const char *name)
{
    for (uint32_t i = 0; i < job->stages.n; i++)
        if (strcmp(stage_at(job, i)->name, name) == 0)
            return i;
    return NO_STAGE;
}

/* ---- checks ---- */

static void check_name(const struct job_params *job, uint32_t i, struct err *err)
{
    const char *name = stage_at(job, i)->name;
    char *pointer = mem_format("/job/stages/%u/name", i);
    if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(name))
        (void)err_add(err, pointer, "a name is made of small letters, digits, '_' and '-'");
    else if (find_stage(job, name) != i)
        (void)err_add(err, pointer, "stage %u has that name already: '%s'", find_stage(job, name),
                      name);
    free(pointer);
}

static void report_unknown(const struct job_params *job, uint32_t i, const char *name,
                           const char *pointer, struct err *err)
{
    if (find_stage(job, name) != NO_STAGE) {
        (void)err_add(err, pointer, "'%s' is not listed before '%s': stages read earlier ones",
                      name, stage_at(job, i)->name);
        return;
    }
    const char **names = mem_alloc(job->stages.n, sizeof *names);
    for (size_t k = 0; k < job->stages.n; k++)
        names[k] = stage_at(job, k)->name;
    const char *nearest = err_nearest(name, names, job->stages.n);
    (void)err_add(err, pointer, "no stage '%s'", name);
    if (nearest)
        err_hint(err, "did you mean '%s'?", nearest);
    free(names);
}

static void check_input(const struct job_params *job, uint32_t i, size_t k, struct err *err)
{
    const struct stage_params *stage = stage_at(job, i);
    const struct stage_input_params *input = input_at(stage, k);
    uint32_t from = find_stage(job, input->from);
    char *holder = mem_format("/job/stages/%u/inputs/%zu", i, k);
    char *pointer = mem_format("%s/from", holder);
    bool twice = false;
    for (size_t other = 0; other < k; other++)
        twice |= strcmp(input_at(stage, other)->from, input->from) == 0;
    if (from >= i)
        report_unknown(job, i, input->from, pointer, err);
    else if (twice)
        (void)err_add(err, pointer, "'%s' reads '%s' twice", stage->name, input->from);
    else if (input->by == STAGE_NARROW && stage_at(job, from)->tasks % stage->tasks != 0)
        (void)err_add(err, holder,
                      "by: narrow needs equally many tasks of '%s' for each of '%s': %llu are no "
                      "multiple of %llu",
                      input->from, stage->name, (unsigned long long)stage_at(job, from)->tasks,
                      (unsigned long long)stage->tasks);
    free(pointer);
    free(holder);
}

static void check_stage(const struct job_params *job, uint32_t i, struct err *err)
{
    const struct stage_params *stage = stage_at(job, i);
    check_name(job, i, err);
    for (size_t k = 0; k < stage->inputs.n; k++)
        check_input(job, i, k, err);
    if (stage->inputs.n == 0 && dist_mean(&stage->fetch) > 0) {
        char *pointer = mem_format("/job/stages/%u/fetch", i);
        (void)err_add(err, pointer, "'%s' has no inputs to fetch; reading the job's is its work",
                      stage->name);
        free(pointer);
    }
}

static bool is_too_large(const struct job_params *job, struct err *err)
{
    uint64_t n_tasks = 0;
    size_t n_inputs = 0;
    for (size_t i = 0; i < job->stages.n; i++) {
        n_tasks += stage_at(job, i)->tasks;
        n_inputs += stage_at(job, i)->inputs.n;
    }
    if (job->stages.n <= MOST_STAGES && n_tasks <= MOST_TASKS && n_inputs <= MOST_INPUTS)
        return false;
    (void)err_add(err, "/job/stages",
                  "%zu stages with %llu tasks and %zu inputs; at most %d, %d and %d are simulated",
                  job->stages.n, (unsigned long long)n_tasks, n_inputs, MOST_STAGES, MOST_TASKS,
                  MOST_INPUTS);
    return true;
}

/* ---- the graph ---- */

static void add_edges(struct stage_graph *graph, const struct job_params *job, uint32_t i)
{
    const struct stage_params *params = stage_at(job, i);
    graph->stages[i].first_input = graph->n_edges;
    graph->stages[i].n_inputs = (uint32_t)params->inputs.n;
    for (size_t k = 0; k < params->inputs.n; k++) {
        const struct stage_input_params *input = input_at(params, k);
        uint32_t from = find_stage(job, input->from);
        graph->stages[from].is_last = false;
        graph->edges[graph->n_edges++] = (struct stage_edge){
            .from = from,
            .to = i,
            .by = (enum stage_route)input->by,
            .ratio = (uint32_t)(stage_at(job, from)->tasks / params->tasks),
        };
    }
}

static double mean_work_s(const struct stage_params *params)
{
    double slower = params->straggler.probability * (params->straggler.factor - 1);
    return (double)params->tasks *
           (dist_mean(&params->fetch) + dist_mean(&params->work) * (1 + slower) +
            dist_mean(&params->write));
}

static void add_stage(struct stage_graph *graph, const struct job_params *job, uint32_t i)
{
    const struct stage_params *params = stage_at(job, i);
    graph->stages[i] = (struct stage_place){
        .params = params,
        .first_task = graph->n_tasks,
        .n_tasks = (uint32_t)params->tasks,
        .is_last = true,
    };
    add_edges(graph, job, i);
    graph->n_tasks += (uint32_t)params->tasks;
    graph->mean_work_s += mean_work_s(params);
    if (params->tasks > graph->widest)
        graph->widest = (uint32_t)params->tasks;
}

const struct stage_graph *stage_graph_build(const struct job_params *job, struct arena *arena,
                                            struct err *err)
{
    size_t before = err->n_errors;
    if (is_too_large(job, err))
        return NULL;
    for (uint32_t i = 0; i < job->stages.n; i++)
        check_stage(job, i, err);
    if (err->n_errors > before)
        return NULL;
    struct stage_graph *graph = arena_alloc(arena, 1, sizeof *graph);
    size_t n_edges = 0;
    for (size_t i = 0; i < job->stages.n; i++)
        n_edges += stage_at(job, i)->inputs.n;
    graph->n_stages = (uint32_t)job->stages.n;
    graph->stages = arena_alloc(arena, graph->n_stages, sizeof *graph->stages);
    graph->edges = arena_alloc(arena, n_edges, sizeof *graph->edges);
    for (uint32_t i = 0; i < graph->n_stages; i++)
        add_stage(graph, job, i);
    for (uint32_t i = 0; i < graph->n_stages; i++)
        graph->stages[i].durable =
            graph->stages[i].is_last || graph->stages[i].params->output == OUTPUT_DURABLE;
    return graph;
}

bool stages_use_devices(const struct stage_graph *graph)
{
    for (uint32_t s = 0; s < graph->n_stages; s++)
        if (graph->stages[s].params->device)
            return true;
    return false;
}

uint32_t stage_edge_outputs(const struct stage_graph *graph, const struct stage_edge *edge)
{
    return edge->by == STAGE_NARROW ? edge->ratio : graph->stages[edge->from].n_tasks;
}

double stage_edge_bytes(const struct stage_graph *graph, const struct stage_edge *edge)
{
    double outputs = stage_edge_outputs(graph, edge);
    double share = edge->by == STAGE_NARROW ? 1 : 1.0 / graph->stages[edge->to].n_tasks;
    return outputs * share * graph->stages[edge->from].params->output_bytes;
}

uint32_t stage_of_task(const struct stage_graph *graph, uint32_t task)
{
    uint32_t low = 0;
    for (uint32_t high = graph->n_stages; high - low > 1;) {
        uint32_t middle = low + (high - low) / 2;
        if (graph->stages[middle].first_task <= task)
            low = middle;
        else
            high = middle;
    }
    return low;
}
