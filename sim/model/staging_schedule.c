// SPDX-License-Identifier: GPL-3.0-or-later
/* Who gets a slot: tasks in the order of the stages, then copies of the slow ones. */
#include <math.h>

#include "model/run.h"
#include "model/staging_state.h"

/* ---- the queue ---- */

static uint32_t place_of(const struct staging *staging, uint32_t task, uint32_t *stage)
{
    *stage = stage_of_task(staging->graph, task);
    return task - staging->graph->stages[*stage].first_task;
}

void staging_queue(struct staging *staging, uint32_t task)
{
    uint32_t stage;
    uint32_t place = place_of(staging, task, &stage);
    bits_put(staging->stages[stage].pending, place, true);
}

bool staging_is_queued(const struct staging *staging, uint32_t task)
{
    uint32_t stage;
    uint32_t place = place_of(staging, task, &stage);
    return bits_has(staging->stages[stage].pending, place);
}

/* ---- slots for tasks ---- */

/* Attempts of later stages that wait for their inputs make room, the last slot first. */
static bool make_room(struct run *run, uint32_t stage)
{
    struct staging *staging = run->staging;
    uint32_t after =
        staging->graph->stages[stage].first_task + staging->graph->stages[stage].n_tasks;
    for (uint32_t i = staging->n_slots; staging->n_waiting > 0 && i-- > 0;) {
        struct slot *slot = &staging->slots[i];
        if (slot->state != SLOT_WAITING || slot->task < after ||
            staging->nodes[slot->node].is_excluded)
            continue;
        staging_give_back(run, slot);
        return true;
    }
    return false;
}

static struct slot *free_slot(struct run *run, uint32_t stage, bool is_needed)
{
    struct staging *staging = run->staging;
    uint32_t found = bits_next(staging->free_slots, staging->n_slots, 0);
    if (found == NO_BIT && is_needed && make_room(run, stage))
        found = bits_next(staging->free_slots, staging->n_slots, 0);
    return found == NO_BIT ? NULL : &staging->slots[found];
}

/* False when no slot is left. */
static bool serve_stage(struct run *run, uint32_t s)
{
    struct staging *staging = run->staging;
    const struct stage_place *stage = &staging->graph->stages[s];
    struct stage_state *state = &staging->stages[s];
    uint32_t next = 0;
    for (;;) {
        uint32_t place = bits_next(state->pending, stage->n_tasks, next);
        if (place == NO_BIT)
            return true;
        uint32_t task = stage->first_task + place;
        next = place + 1;
        if (!staging_may_start(run, task))
            continue;
        struct slot *slot = free_slot(run, s, staging_has_inputs(staging, task));
        if (!slot)
            return staging->n_waiting > 0;
        bits_put(state->pending, place, false);
        staging_launch(run, task, slot, false);
    }
}

void staging_dispatch(struct run *run)
{
    struct staging *staging = run->staging;
    if (staging->phase != JOB_RUNS || run->over)
        return;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        if (!serve_stage(run, s))
            break;
    if (run->model->job.execution.speculation.multiplier > 0)
        staging_copy_slow(run);
}

/* ---- copies ---- */

static void look_again(void *context, struct event *event)
{
    (void)event;
    staging_dispatch(context);
}

static const struct event_type look_event = {"look", look_again};

/* From how long on an attempt of the stage is slow; infinity: not enough of it is done. */
static double slow_after_s(const struct run *run, uint32_t s)
{
    const struct speculation_params *params = &run->model->job.execution.speculation;
    const struct stage_state *state = &run->staging->stages[s];
    uint32_t n = state->n_durations;
    if (n == 0 || (double)n < params->quantile * run->staging->graph->stages[s].n_tasks)
        return (double)INFINITY;
    double median_s = (state->durations_s[(n - 1) / 2] + state->durations_s[n / 2]) / 2;
    return params->multiplier * median_s;
}

/* A slot on another node than the attempt's. */
static struct slot *slot_elsewhere(struct staging *staging, const struct slot *from)
{
    uint32_t i = bits_next(staging->free_slots, staging->n_slots, 0);
    while (i != NO_BIT && staging->slots[i].node == from->node)
        i = bits_next(staging->free_slots, staging->n_slots, i + 1);
    return i == NO_BIT ? NULL : &staging->slots[i];
}

static void copy(struct run *run, const struct slot *slow)
{
    struct staging *staging = run->staging;
    double share = run->model->job.execution.speculation.share;
    struct slot *slot = slot_elsewhere(staging, slow);
    bool too_many =
        staging->n_copies > 0 && staging->n_copies + 1 > share * (double)(staging->n_running + 1);
    if (slot && !too_many && staging_has_inputs(staging, slow->task))
        staging_launch(run, slow->task, slot, true);
}

/* An attempt that is the only one at its task, and thought to run. */
static bool may_have_copy(const struct staging *staging, const struct slot *slot)
{
    if (slot->task == NO_TASK || slot->state == SLOT_WAITING)
        return false;
    const struct task *task = &staging->tasks[slot->task];
    return task->slots[0] == NO_SLOT || task->slots[1] == NO_SLOT;
}

/* The first look that finds it slow; looks are at multiples of the interval. */
static double found_slow_s(const struct run *run, const struct slot *slot, double slow_s)
{
    double interval_s = run->model->job.execution.speculation.interval_s;
    return ceil((slot->started_s + slow_s) / interval_s) * interval_s;
}

void staging_copy_slow(struct run *run)
{
    struct staging *staging = run->staging;
    double next_s = (double)INFINITY;
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        if (!may_have_copy(staging, slot))
            continue;
        double slow_s = slow_after_s(run, stage_of_task(staging->graph, slot->task));
        double found_s = isinf(slow_s) ? slow_s : found_slow_s(run, slot, slow_s);
        if (found_s <= run->calendar.now_s)
            copy(run, slot);
        else
            next_s = fmin(next_s, found_s);
    }
    calendar_cancel(&run->calendar, &staging->look);
    if (isfinite(next_s))
        calendar_schedule(&run->calendar, &staging->look, &look_event, next_s, 0);
}
