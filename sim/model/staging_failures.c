// SPDX-License-Identifier: GPL-3.0-or-later
/* Failures of a job of stages: what they cut off, when that is noticed, what is done then. */
#include "model/detector.h"
#include "model/run.h"
#include "model/staging_state.h"

double staging_detection_s(struct run *run, int strikes)
{
    return detector_draw_s(recovery_detector(&run->model->recovery, strikes),
                           &run->staging->detection_rng);
}

static double downtime_s(struct run *run)
{
    return dist_draw(&run->model->recovery.downtime, &run->staging->downtime_rng);
}

/* ---- attempts that fail ---- */

/* Whether another attempt at the task runs. */
static bool has_other(struct staging *staging, const struct slot *slot)
{
    const struct slot *other = staging_slot(staging, staging->tasks[slot->task].slots[!slot->side]);
    return other && slot_is_alive(other);
}

void staging_cut_off(struct run *run, struct slot *slot, enum slot_state state, uint32_t episode)
{
    struct staging *staging = run->staging;
    double spent_s = slot_spent_s(run, slot);
    staging_stop_attempt(run, slot);
    staging_tell_slot(run, "failed", slot);
    staging_enter(run, slot, state);
    sum_add(&staging->lost_s, spent_s);
    staging->episodes[episode].lost_s += spent_s;
    staging->cut++;
    slot->episode = episode;
    if (!has_other(staging, slot))
        staging_owe(run, slot->task, episode);
}

static void back_off_ends(void *context, struct event *event)
{
    struct run *run = context;
    struct task *task = event->owner;
    staging_queue(run->staging, (uint32_t)(task - run->staging->tasks));
    staging_dispatch(run);
}

static const struct event_type back_off_event = {"back_off", back_off_ends};

void staging_try_again(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    uint32_t index = slot->task;
    struct task *task = &staging->tasks[index];
    staging_release_slot(run, slot);
    if (task->slots[0] != NO_SLOT || task->slots[1] != NO_SLOT)
        return;
    double wait_s = downtime_s(run);
    if (wait_s > 0)
        calendar_schedule(&run->calendar, &task->back_off, &back_off_event,
                          run->calendar.now_s + wait_s, 0);
    else
        staging_queue(staging, index);
}

/* ---- the job ---- */

static void job_goes_on(void *context, struct event *event);

static const struct event_type job_event = {"job", job_goes_on};

void staging_begin(struct run *run)
{
    struct staging *staging = run->staging;
    staging->phase = JOB_STARTING;
    run_set_phase(run, EXPOSED_RECOVERY);
    staging_settle_all(run);
    calendar_schedule(&run->calendar, &staging->job, &job_event,
                      run->calendar.now_s + dist_draw(&run->model->job.start, &staging->start_rng),
                      0);
}

static void job_goes_on(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    struct staging *staging = run->staging;
    if (!staging->has_started && staging->phase == JOB_DOWN) {
        staging_begin(run);
        return;
    }
    staging->has_started = true;
    staging->phase = JOB_RUNS;
    run_set_phase(run, EXPOSED_WORK);
    staging_settle_all(run);
    staging_dispatch(run);
}

/* The slot went down with its node, which nobody has noticed: nor does the job's restart. */
static bool is_of_lost_node(const struct staging *staging, const struct slot *slot)
{
    const struct stage_node *node = &staging->nodes[slot->node];
    return node->is_lost && slot->episode == node->episode;
}

/* Every attempt ends; all tasks that are under way wait for the job to come up again. */
static void cut_all(struct run *run, uint32_t episode)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        if (slot->task == NO_TASK)
            continue;
        uint32_t task = slot->task;
        if (slot_is_alive(slot))
            staging_cut_off(run, slot, SLOT_DOWN, episode);
        else if (!is_of_lost_node(staging, slot))
            staging_episode_noticed(run, slot->episode, run->calendar.now_s);
        staging_release_slot(run, slot);
        staging_queue(staging, task);
    }
    for (uint32_t i = 0; i < staging->graph->n_tasks; i++) {
        if (!event_is_scheduled(&staging->tasks[i].back_off))
            continue;
        calendar_cancel(&run->calendar, &staging->tasks[i].back_off);
        staging_queue(staging, i);
    }
}

static void forget_outputs(struct run *run)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; i < staging->graph->n_tasks; i++) {
        bool durable = staging->graph->stages[stage_of_task(staging->graph, i)].durable;
        if (staging->tasks[i].done && !durable) {
            struct stage_state *state = &staging->stages[stage_of_task(staging->graph, i)];
            state->hidden -= staging->nodes[staging->tasks[i].node].is_lost;
            staging_lose_output(run, i);
        }
    }
}

static void one_too_many(void *context, struct event *event)
{
    (void)event;
    run_fail_job(context);
}

static const struct event_type last_failure_event = {"job_given_up", one_too_many};

/* From the detection on: downtime and back-off, unless the job starts no more. */
static void restart_from(struct run *run, double noticed_s)
{
    struct staging *staging = run->staging;
    const struct recovery_params *recovery = &run->model->recovery;
    double wait_s = downtime_s(run);
    if (recovery->backoff.initial_s > 0)
        wait_s +=
            backoff_next_s(&recovery->backoff, &staging->backoff, noticed_s, &staging->backoff_rng);
    bool restarts = retries_allow(&run->retries, &recovery->retries, noticed_s);
    staging->job_restarts += restarts;
    if (restarts)
        calendar_schedule(&run->calendar, &staging->job, &job_event, noticed_s + wait_s, 0);
    else
        calendar_schedule(&run->calendar, &staging->job, &last_failure_event, noticed_s, 0);
}

void staging_job_fails(struct run *run, uint32_t episode, int strikes)
{
    struct staging *staging = run->staging;
    staging->phase = JOB_DOWN;
    staging_tell(run, "job_failed", NO_TASK);
    calendar_cancel(&run->calendar, &staging->look);
    calendar_cancel(&run->calendar, &staging->job);
    cut_all(run, episode);
    if (!run->model->job.execution.keeps_outputs)
        forget_outputs(run);
    staging_demand(run, episode);
    staging_settle_all(run);
    double noticed_s = run->calendar.now_s + staging_detection_s(run, strikes);
    staging_episode_noticed(run, episode, noticed_s);
    restart_from(run, noticed_s);
    run_set_phase(run, EXPOSED_DOWNTIME);
}

/* ---- a process ---- */

/* Counts the failure of an attempt; true when its task has failed too often, which ends the job. */
static bool count_failure(struct run *run, const struct slot *slot)
{
    struct staging *staging = run->staging;
    staging->nodes[slot->node].failures++;
    if (++staging->tasks[slot->task].failures != run->model->job.execution.max_attempts)
        return false;
    staging->gave_up = true;
    run->over = true;
    return true;
}

static void exclude(struct run *run, struct stage_node *node)
{
    struct staging *staging = run->staging;
    const struct blacklist_params *params = &run->model->job.execution.blacklist;
    bool may = (double)(staging->n_excluded + 1) <= params->at_most * (double)staging->n_nodes;
    if (params->failures == 0 || node->is_excluded || node->failures < params->failures || !may)
        return;
    node->is_excluded = true;
    staging->n_excluded++;
    staging_settle_all(run);
}

static void process_is_noticed(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    struct stage_node *node = &staging->nodes[slot->node];
    uint32_t episode = slot->episode;
    staging_tell_slot(run, "detected", slot);
    if (count_failure(run, slot))
        return;
    staging_try_again(run, slot);
    exclude(run, node);
    staging_demand(run, episode);
    staging_episode_noticed(run, episode, run->calendar.now_s);
    staging_dispatch(run);
}

static void dead_is_noticed(void *context, struct event *event)
{
    process_is_noticed(context, event->owner);
}

static const struct event_type dead_event = {"detected", dead_is_noticed};

static bool process_fails(struct run *run, struct slot *slot, unsigned exposure)
{
    static const unsigned phase_of[] = {
        [SLOT_STARTING] = EXPOSED_RECOVERY, [SLOT_WAITING] = EXPOSED_WORK,
        [SLOT_FETCHING] = EXPOSED_WORK,     [SLOT_STALLED] = EXPOSED_WORK,
        [SLOT_WORKING] = EXPOSED_WORK,      [SLOT_WRITING] = EXPOSED_CHECKPOINT,
    };
    if (!slot_is_alive(slot) || !(phase_of[slot->state] & exposure))
        return false;
    uint32_t episode = staging_open_episode(run);
    if (run->model->job.execution.restart == RESTART_JOB) {
        if (count_failure(run, slot))
            return true;
        exclude(run, &run->staging->nodes[slot->node]);
        staging_job_fails(run, episode, STRIKES_PROCESS);
        return true;
    }
    staging_cut_off(run, slot, SLOT_DEAD, episode);
    double delay_s = staging_detection_s(run, STRIKES_PROCESS);
    if (delay_s > 0)
        calendar_schedule(&run->calendar, &slot->next, &dead_event, run->calendar.now_s + delay_s,
                          0);
    else
        process_is_noticed(run, slot);
    return true;
}

/* ---- any unit ---- */

bool staging_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                        double repair_s)
{
    struct staging *staging = run->staging;
    const struct failure_params *params = process->params;
    bool exposed = (params->exposure & run->phase) != 0;
    if (unit == RUN_ANY_UNIT)
        unit = (int64_t)rng_below(&staging->struck_rng, process->n_units);
    if ((uint64_t)unit >= process->n_units)
        return false;
    if (params->strikes == STRIKES_PROCESS)
        return process_fails(run, &staging->slots[unit], params->exposure);
    if (!exposed)
        return false;
    if (failure_strikes_nodes(params)) {
        struck_find(run, process, (uint64_t)unit);
        return staging_nodes_fail(run, params, repair_s);
    }
    staging_job_fails(run, staging_open_episode(run), STRIKES_JOB);
    return true;
}
