// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/theory_stages.h"

#include <math.h>

/* Whether every task of the stage waits for all of the one before it. */
static bool follows_the_last(const struct stage_graph *graph, uint32_t s)
{
    const struct stage_place *stage = &graph->stages[s];
    for (uint32_t k = 0; k < stage->n_inputs; k++) {
        const struct stage_edge *edge = &graph->edges[stage->first_input + k];
        bool reads_all = edge->by == STAGE_SHUFFLE || stage->n_tasks == 1;
        if (edge->from + 1 == s && reads_all)
            return true;
    }
    return s == 0;
}

/* A sum of which at most one part is random: that part, and the constant rest. */
struct duration {
    const struct dist *law; /* NULL: all is constant */
    double rest_s;
};

static bool add(struct duration *duration, const struct dist *part)
{
    double value_s;
    if (dist_is_constant(part, &value_s)) {
        duration->rest_s += value_s;
        return true;
    }
    if (duration->law)
        return false;
    duration->law = part;
    return true;
}

static bool start_up(const struct model *model, struct duration *duration)
{
    return model->job.first_start == FIRST_START_FREE ||
           add(duration, &model->recovery.restart.delay);
}

/* Mean time of a stage that has all slots to itself; NaN: there is no such form. */
static double stage_s(const struct model *model, const struct stage_place *stage)
{
    const struct stage_params *params = stage->params;
    struct duration task = {0};
    uint64_t n_slots = model->job.tasks;
    if (params->straggler.probability > 0 || !start_up(model, &task) ||
        !add(&task, &params->fetch) || !add(&task, &params->work) || !add(&task, &params->write))
        return (double)NAN;
    if (!task.law)
        return ceil((double)stage->n_tasks / (double)n_slots) * task.rest_s;
    return stage->n_tasks <= n_slots ? task.rest_s + dist_mean_max(task.law, stage->n_tasks)
                                     : (double)NAN;
}

static bool is_plain(const struct model *model)
{
    const struct execution_params *execution = &model->job.execution;
    return model->failures.n == 0 && !stages_use_devices(model->stages) &&
           execution->speculation.multiplier <= 0 && execution->slow_start >= 1;
}

bool theory_stages_of(const struct model *model, struct theory_stages *theory)
{
    const struct stage_graph *graph = model->stages;
    double makespan_s = dist_mean(&model->job.start);
    if (!graph || !is_plain(model))
        return false;
    for (uint32_t s = 0; s < graph->n_stages; s++)
        makespan_s += follows_the_last(graph, s) ? stage_s(model, &graph->stages[s]) : (double)NAN;
    *theory = (struct theory_stages){
        .makespan_s = makespan_s,
        .source = "stage after stage, each as long as its slowest task or its waves of equal ones",
    };
    return isfinite(makespan_s);
}
