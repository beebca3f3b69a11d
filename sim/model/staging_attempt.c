// SPDX-License-Identifier: GPL-3.0-or-later
/* The life of an attempt: start-up, inputs, work, output. */
#include <math.h>
#include <string.h>

#include "model/run.h"
#include "model/staging_state.h"

/* ---- inputs ---- */

static const struct stage_place *stage_of(const struct staging *staging, uint32_t task)
{
    return &staging->graph->stages[stage_of_task(staging->graph, task)];
}

/* The tasks of a narrow input, as a range. */
static uint32_t first_parent(const struct staging *staging, const struct stage_edge *edge,
                             uint32_t task)
{
    const struct stage_place *stages = staging->graph->stages;
    return stages[edge->from].first_task + (task - stages[edge->to].first_task) * edge->ratio;
}

static bool parents_are_done(const struct staging *staging, const struct stage_edge *edge,
                             uint32_t task)
{
    uint32_t first = first_parent(staging, edge, task);
    for (uint32_t parent = first; parent < first + edge->ratio; parent++)
        if (!staging->tasks[parent].done)
            return false;
    return true;
}

/* Whether so large a share of the input is done, or all of it where it is narrow. */
static bool input_is_there(const struct staging *staging, const struct stage_edge *edge,
                           uint32_t task, double share)
{
    if (edge->by == STAGE_NARROW)
        return parents_are_done(staging, edge, task);
    uint32_t n = staging->graph->stages[edge->from].n_tasks;
    uint32_t missing = staging->stages[edge->from].missing;
    return missing == 0 || (share < 1 && (double)(n - missing) >= share * (double)n);
}

static bool inputs_are_there(const struct staging *staging, uint32_t task, double share)
{
    const struct stage_place *stage = stage_of(staging, task);
    for (uint32_t k = 0; k < stage->n_inputs; k++)
        if (!input_is_there(staging, &staging->graph->edges[stage->first_input + k], task, share))
            return false;
    return true;
}

bool staging_has_inputs(const struct staging *staging, uint32_t task)
{
    return inputs_are_there(staging, task, 1);
}

bool staging_may_start(const struct run *run, uint32_t task)
{
    return inputs_are_there(run->staging, task, run->model->job.execution.slow_start);
}

bool staging_reads_node(const struct staging *staging, uint32_t task, uint32_t node)
{
    const struct stage_place *stage = stage_of(staging, task);
    for (uint32_t k = 0; k < stage->n_inputs; k++) {
        const struct stage_edge *edge = &staging->graph->edges[stage->first_input + k];
        if (staging->graph->stages[edge->from].durable)
            continue;
        if (edge->by == STAGE_SHUFFLE && staging->stages[edge->from].held[node] > 0)
            return true;
        uint32_t first = first_parent(staging, edge, task);
        for (uint32_t i = 0; edge->by == STAGE_NARROW && i < edge->ratio; i++)
            if (staging->tasks[first + i].done && staging->tasks[first + i].node == node)
                return true;
    }
    return false;
}

/* Whether some input is on a node that is lost. */
static bool is_stalled(const struct staging *staging, uint32_t task)
{
    const struct stage_place *stage = stage_of(staging, task);
    uint32_t hidden = 0;
    for (uint32_t k = 0; k < stage->n_inputs; k++)
        hidden += staging->stages[staging->graph->edges[stage->first_input + k].from].hidden;
    for (uint32_t n = 0; hidden > 0 && n < staging->n_nodes; n++)
        if (staging->nodes[n].is_lost && staging_reads_node(staging, task, n))
            return true;
    return false;
}

/* Tasks whose outputs it reads. */
static double count_parents(const struct staging *staging, uint32_t task)
{
    const struct stage_place *stage = stage_of(staging, task);
    double n = 0;
    for (uint32_t k = 0; k < stage->n_inputs; k++) {
        const struct stage_edge *edge = &staging->graph->edges[stage->first_input + k];
        n += edge->by == STAGE_NARROW ? edge->ratio : staging->graph->stages[edge->from].n_tasks;
    }
    return n;
}

/* ---- states ---- */

static void attempt_goes_on(void *context, struct event *event);

static const struct event_type attempt_event = {"attempt", attempt_goes_on};

static void stay(struct run *run, struct slot *slot, enum slot_state state, double duration_s)
{
    staging_enter(run, slot, state);
    calendar_schedule(&run->calendar, &slot->next, &attempt_event, run->calendar.now_s + duration_s,
                      0);
}

static void work(struct run *run, struct slot *slot)
{
    staging_task_runs(run, slot->task);
    stay(run, slot, SLOT_WORKING, slot->work_s);
}

void staging_stall(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    double timeout_s = run->model->job.execution.fetch_timeout_s;
    staging_stop_attempt(run, slot);
    staging_enter(run, slot, SLOT_STALLED);
    for (uint32_t n = 0; !isnan(timeout_s) && n < staging->n_nodes; n++)
        if (staging->nodes[n].is_lost && staging_reads_node(staging, slot->task, n))
            staging_notice_by(run, n, run->calendar.now_s + timeout_s);
}

void staging_read_on(struct run *run, struct slot *slot)
{
    if (!staging_reads(run, slot)) {
        work(run, slot);
    } else if (slot->state != SLOT_FETCHING) {
        staging_task_runs(run, slot->task);
        staging_enter(run, slot, SLOT_FETCHING);
    }
}

static void fetch(struct run *run, struct slot *slot)
{
    slot->input = 0;
    if (is_stalled(run->staging, slot->task)) {
        staging_stall(run, slot);
    } else if (slot->fetch_s > 0) {
        staging_task_runs(run, slot->task);
        stay(run, slot, SLOT_FETCHING, slot->fetch_s);
    } else {
        staging_read_on(run, slot);
    }
}

void staging_give_back(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    uint32_t task = slot->task;
    sum_add(&staging->lost_s, slot_spent_s(run, slot));
    staging->given_back++;
    staging_release_slot(run, slot);
    if (staging->tasks[task].slots[0] == NO_SLOT && staging->tasks[task].slots[1] == NO_SLOT)
        staging_queue(staging, task);
}

/* Without its inputs it waits in its slot, or gives the slot back and waits in the queue. */
static void wait_for_inputs(struct run *run, struct slot *slot)
{
    staging_stop_attempt(run, slot);
    if (!staging_may_start(run, slot->task)) {
        staging_give_back(run, slot);
        return;
    }
    staging_enter(run, slot, SLOT_WAITING);
    sum_add(&run->staging->lost_s, slot->spent_s); /* it reads all over */
    slot->spent_s = 0;
}

static void read_inputs(struct run *run, struct slot *slot)
{
    if (staging_has_inputs(run->staging, slot->task))
        fetch(run, slot);
    else
        wait_for_inputs(run, slot);
}

void staging_review_fetches(struct run *run)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        bool fetching = slot->state == SLOT_FETCHING || slot->state == SLOT_STALLED;
        if (fetching && !staging_has_inputs(staging, slot->task))
            wait_for_inputs(run, slot);
        else if (slot->state == SLOT_STALLED && !is_stalled(staging, slot->task))
            fetch(run, slot);
    }
}

/* While it waited it has read what was there: all but the output that came last. */
static double still_to_fetch_s(const struct run *run, const struct slot *slot)
{
    double ahead_s = slot->fetch_s * (1 - 1 / count_parents(run->staging, slot->task));
    return slot->fetch_s - fmin(run->calendar.now_s - slot->since_s, ahead_s);
}

void staging_wake(struct run *run)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; staging->n_waiting > 0 && i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        if (slot->state != SLOT_WAITING || !staging_has_inputs(staging, slot->task))
            continue;
        slot->fetch_s = still_to_fetch_s(run, slot);
        fetch(run, slot);
    }
}

/* ---- the end ---- */

static void remember_duration(struct stage_state *state, double duration_s)
{
    uint32_t at = state->n_durations++;
    uint32_t low = 0;
    for (uint32_t high = at; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (state->durations_s[middle] <= duration_s)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(&state->durations_s[low + 1], &state->durations_s[low],
            (at - low) * sizeof state->durations_s[0]);
    state->durations_s[low] = duration_s;
}

/* The other attempt at the same task has lost the race. */
static void stop_other(struct run *run, const struct slot *winner)
{
    struct staging *staging = run->staging;
    struct slot *other = staging_slot(staging, staging->tasks[winner->task].slots[!winner->side]);
    if (!other)
        return;
    if (slot_is_alive(other)) {
        sum_add(&staging->speculative_s, slot_spent_s(run, other));
        staging->beaten++;
    } else if (other->state == SLOT_DEAD) {
        staging_episode_noticed(run, other->episode, run->calendar.now_s);
    }
    staging_release_slot(run, other);
}

static void book(struct run *run, const struct slot *slot)
{
    struct staging *staging = run->staging;
    struct task *task = &staging->tasks[slot->task];
    struct stage_state *state = &staging->stages[stage_of_task(staging->graph, slot->task)];
    double took_s = run->calendar.now_s - slot->started_s;
    task->kept_s = slot_spent_s(run, slot);
    staging->completed++;
    staging->copies_won += slot->is_copy;
    run_record(run, M_TASK_TIME, took_s);
    if (task->ever_done) {
        staging->recomputed++;
        staging->n_lost--;
        sum_add(&staging->recomputed_s, task->kept_s);
        return;
    }
    sum_add(&staging->useful_s, task->kept_s);
    sum_add(&staging->kept_work_s, task->kept_s - slot->write_s);
    task->ever_done = true;
    remember_duration(state, took_s);
    if (--state->undone == 0)
        run_record(run, M_STAGE_TIME, run->calendar.now_s - state->started_s);
}

void staging_complete(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    uint32_t index = slot->task;
    uint32_t s = stage_of_task(staging->graph, index);
    struct task *task = &staging->tasks[index];
    stop_other(run, slot);
    book(run, slot);
    staging_tell_slot(run, "task_done", slot);
    task->done = true;
    staging->stages[s].missing--;
    staging_keep(run, s, 1);
    task->node = slot->node;
    staging->stages[s].held[slot->node] += !staging->graph->stages[s].durable;
    staging_release_slot(run, slot);
    staging_task_regained(run, index);
    staging->results_missing -= staging->graph->stages[s].is_last;
    if (staging->results_missing == 0) {
        run_finish(run);
        return;
    }
    staging_wake(run);
    staging_dispatch(run);
}

static void attempt_goes_on(void *context, struct event *event)
{
    struct run *run = context;
    struct slot *slot = event->owner;
    if (slot->state == SLOT_STARTING) {
        read_inputs(run, slot);
        staging_dispatch(run);
    } else if (slot->state == SLOT_FETCHING) {
        work(run, slot);
    } else if (slot->state == SLOT_WORKING && slot->write_s > 0) {
        stay(run, slot, SLOT_WRITING, slot->write_s);
    } else if (slot->state == SLOT_WORKING && staging_writes(run, slot)) {
        staging_enter(run, slot, SLOT_WRITING);
    } else {
        staging_complete(run, slot);
    }
}

/* ---- the beginning ---- */

/*
 * Draws all that an attempt needs from a stream of its own, always in the same order. The work of a
 * retry may be the first attempt's; that it is slow by chance is its own.
 */
static double draw(const struct run *run, struct slot *slot, uint32_t task, uint32_t attempt)
{
    const struct staging *staging = run->staging;
    const struct stage_params *params = stage_of(staging, task)->params;
    const struct recovery_params *recovery = &run->model->recovery;
    uint64_t index = task + (uint64_t)attempt * staging->graph->n_tasks;
    struct rng rng = rng_stream(run->seed, run->replication, RNG_TASK, index);
    struct rng work_rng = rng_stream(run->seed, run->replication, RNG_TASK_WORK,
                                     recovery->on_retry == ON_RETRY_REPEAT ? task : index);
    bool starts = attempt > 0 || run->model->job.first_start == FIRST_START_RECOVERY;
    slot->device_rng = rng_stream(run->seed, run->replication, RNG_TASK_DEVICE, index);
    double start_s = dist_draw(&recovery->restart.delay, &rng);
    slot->fetch_s = dist_draw(&params->fetch, &rng);
    slot->write_s = dist_draw(&params->write, &rng);
    slot->work_s = dist_draw(&params->work, &work_rng);
    if (rng_uniform(&rng) < params->straggler.probability)
        slot->work_s *= params->straggler.factor;
    return starts ? start_s : 0;
}

void staging_launch(struct run *run, uint32_t index, struct slot *slot, bool is_copy)
{
    struct staging *staging = run->staging;
    struct task *task = &staging->tasks[index];
    struct stage_state *state = &staging->stages[stage_of_task(staging->graph, index)];
    uint32_t attempt = task->attempts++;
    double start_s = draw(run, slot, index, attempt);
    slot->task = index;
    slot->is_copy = is_copy;
    slot->side = task->slots[0] != NO_SLOT;
    slot->is_first = attempt == 0;
    slot->started_s = run->calendar.now_s;
    slot->spent_s = 0;
    task->slots[slot->side] = (uint32_t)(slot - staging->slots);
    staging->attempts++;
    staging->n_running++;
    staging->n_copies += is_copy;
    staging->copies_made += is_copy;
    if (isnan(state->started_s))
        state->started_s = run->calendar.now_s;
    staging_tell_slot(run, is_copy ? "copy_started" : "attempt_started", slot);
    staging_enter(run, slot, SLOT_STARTING);
    if (start_s > 0)
        stay(run, slot, SLOT_STARTING, start_s);
    else
        read_inputs(run, slot);
}
