// SPDX-License-Identifier: GPL-3.0-or-later
/* Outputs that are lost, and which of them must be made again. */
#include "model/run.h"
#include "model/staging_state.h"

void staging_lose_output(struct run *run, uint32_t index)
{
    struct staging *staging = run->staging;
    struct task *task = &staging->tasks[index];
    struct stage_state *state = &staging->stages[stage_of_task(staging->graph, index)];
    task->done = false;
    state->held[task->node]--;
    state->missing++;
    staging_keep(run, stage_of_task(staging->graph, index), -1);
    staging->n_lost++;
    staging->outputs_lost++;
    staging_tell(run, "output_lost", index);
}

/* Whether an attempt at the task has read its inputs, as far as is known. */
static bool has_read(const struct staging *staging, const struct task *task)
{
    for (int side = 0; side < 2; side++) {
        const struct slot *slot =
            task->slots[side] == NO_SLOT ? NULL : &staging->slots[task->slots[side]];
        if (slot && (slot->state == SLOT_WORKING || slot->state == SLOT_WRITING))
            return true;
    }
    return false;
}

/* Whether the task is to be done, or being done. */
static bool is_under_way(const struct staging *staging, uint32_t index)
{
    const struct task *task = &staging->tasks[index];
    return staging_is_queued(staging, index) || task->slots[0] != NO_SLOT ||
           task->slots[1] != NO_SLOT || event_is_scheduled(&task->back_off);
}

/* Marks the outputs of a stage that are lost and that tasks of another stage want. */
static void want_inputs(struct staging *staging, const struct stage_edge *edge)
{
    const struct stage_place *from = &staging->graph->stages[edge->from];
    const struct stage_place *to = &staging->graph->stages[edge->to];
    bool any = false;
    for (uint32_t i = 0; i < to->n_tasks; i++) {
        if (!staging->wanted[to->first_task + i])
            continue;
        any = true;
        for (uint32_t k = 0; edge->by == STAGE_NARROW && k < edge->ratio; k++)
            staging->wanted[from->first_task + i * edge->ratio + k] = true;
    }
    for (uint32_t i = 0; any && edge->by == STAGE_SHUFFLE && i < from->n_tasks; i++)
        staging->wanted[from->first_task + i] = true;
}

/*
 * At first `wanted` says of a task whether others want its output; in the end, whether it has
 * still to read its own inputs.
 */
static void demand_of_stage(struct run *run, uint32_t s, uint32_t episode)
{
    struct staging *staging = run->staging;
    const struct stage_place *stage = &staging->graph->stages[s];
    for (uint32_t i = stage->first_task; i < stage->first_task + stage->n_tasks; i++) {
        struct task *task = &staging->tasks[i];
        bool under_way = !task->done && is_under_way(staging, i);
        if (staging->wanted[i] && !task->done && !under_way) {
            staging->episodes[episode].lost_s += task->kept_s;
            staging_owe(run, i, episode);
            staging_queue(staging, i);
            under_way = true;
        }
        staging->wanted[i] = under_way && !has_read(staging, task);
    }
    for (uint32_t k = 0; k < stage->n_inputs; k++)
        want_inputs(staging, &staging->graph->edges[stage->first_input + k]);
}

void staging_demand(struct run *run, uint32_t episode)
{
    struct staging *staging = run->staging;
    if (staging->n_lost == 0)
        return;
    for (uint32_t i = 0; i < staging->graph->n_tasks; i++)
        staging->wanted[i] = false;
    for (uint32_t s = staging->graph->n_stages; s-- > 0;)
        demand_of_stage(run, s, episode);
}
