// SPDX-License-Identifier: GPL-3.0-or-later
/* What failures cost a job of stages, what a replication of it yields, and its identities. */
#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "core/memory.h"
#include "model/run.h"
#include "model/staging_state.h"

/* ---- episodes ---- */

uint32_t staging_open_episode(struct run *run)
{
    struct staging *staging = run->staging;
    staging->episodes = mem_grow(staging->episodes, staging->n_episodes, &staging->episode_capacity,
                                 sizeof *staging->episodes);
    staging->episodes[staging->n_episodes] = (struct stage_episode){
        .since_s = run->calendar.now_s,
        .noticed_s = (double)NAN,
        .running_s = (double)NAN,
        .hits = true,
    };
    return (uint32_t)staging->n_episodes++;
}

/* All that the failure has undone is done again. */
static void close_episode(struct run *run, struct stage_episode *episode)
{
    double now_s = run->calendar.now_s;
    double noticed_s = fmin(episode->noticed_s, now_s);
    double running_s = fmin(fmax(episode->running_s, noticed_s), now_s);
    if (episode->is_over)
        run_violation(run, "a recovery since %.17g s is over twice", episode->since_s);
    episode->is_over = true;
    run_record(run, M_RECOVERY_TIME, now_s - episode->since_s);
    run_record(run, M_DETECT, noticed_s - episode->since_s);
    run_record(run, M_RESTART, running_s - noticed_s);
    run_record(run, M_RESTORE, 0);
    run_record(run, M_CATCH_UP, now_s - running_s);
    run_record(run, M_DOWNTIME, running_s - episode->since_s);
    staging_tell(run, "caught_up", NO_TASK);
}

void staging_owe(struct run *run, uint32_t task, uint32_t episode)
{
    struct staging *staging = run->staging;
    if (staging->tasks[task].episode != NO_EPISODE)
        return;
    staging->tasks[task].episode = episode;
    staging->episodes[episode].owed++;
    staging->episodes[episode].has_owed = true;
}

void staging_episode_noticed(struct run *run, uint32_t index, double time_s)
{
    struct stage_episode *episode = &run->staging->episodes[index];
    if (!isnan(episode->noticed_s))
        return;
    episode->noticed_s = time_s;
    if (episode->hits)
        run_record(run, M_LOST_WORK, episode->lost_s);
    if (episode->owed == 0 && episode->has_owed)
        close_episode(run, episode);
}

void staging_task_runs(struct run *run, uint32_t task)
{
    struct staging *staging = run->staging;
    uint32_t index = staging->tasks[task].episode;
    if (index != NO_EPISODE && isnan(staging->episodes[index].running_s))
        staging->episodes[index].running_s = run->calendar.now_s;
}

void staging_task_regained(struct run *run, uint32_t task)
{
    struct staging *staging = run->staging;
    uint32_t index = staging->tasks[task].episode;
    if (index == NO_EPISODE)
        return;
    struct stage_episode *episode = &staging->episodes[index];
    staging->tasks[task].episode = NO_EPISODE;
    if (--episode->owed == 0 && !isnan(episode->noticed_s))
        close_episode(run, episode);
}

static double count_open(const struct staging *staging)
{
    double n = 0;
    for (size_t i = 0; i < staging->n_episodes; i++)
        n += staging->episodes[i].owed > 0;
    return n;
}

/* ---- metrics ---- */

static double budget_s(const struct staging *staging, enum metric metric)
{
    return sum_value(&staging->budget_s[metric - M_TIME_START]);
}

static void fill_shares(struct run *run)
{
    const struct staging *staging = run->staging;
    double *value = run->metrics->value;
    double all_s = run->calendar.now_s * (double)staging->n_slots;
    double fine_s = sum_value(&staging->kept_work_s) + budget_s(staging, M_TIME_IDLE);
    double away_s = budget_s(staging, M_TIME_DOWN) + budget_s(staging, M_TIME_RECOVERY);
    value[M_WASTE] = 1 - fine_s / all_s;
    value[M_OVERHEAD] = budget_s(staging, M_TIME_CHECKPOINT) / all_s;
    value[M_AVAILABILITY] = 1 - away_s / all_s;
    for (int m = M_TIME_START; m <= M_TIME_ALIGNING; m++)
        value[m] = budget_s(staging, (enum metric)m) / (double)staging->n_slots;
}

void staging_fill_metrics(struct run *run)
{
    const struct staging *staging = run->staging;
    double *value = run->metrics->value;
    fill_shares(run);
    value[M_MAKESPAN] = run->calendar.now_s;
    value[M_FAILURES] = (double)run->failures_hit;
    value[M_FAILURES_IGNORED] = (double)run->failures_ignored;
    value[M_RECOVERIES_CENSORED] = count_open(staging);
    value[M_UNFINISHED] = !run->finished;
    value[M_WORK_USEFUL] = sum_value(&staging->useful_s);
    value[M_WORK_LOST] = sum_value(&staging->lost_s);
    value[M_WORK_RECOMPUTED] = sum_value(&staging->recomputed_s);
    value[M_WORK_SPECULATIVE] = sum_value(&staging->speculative_s);
    value[M_ATTEMPTS_FAILED] = (double)staging->cut;
    value[M_STAGE_OUTPUTS_LOST] = (double)staging->outputs_lost;
    value[M_TASKS_RECOMPUTED] = (double)staging->recomputed;
    value[M_COPIES] = (double)staging->copies_made;
    value[M_COPIES_WON] = (double)staging->copies_won;
    value[M_JOB_RESTARTS] = (double)staging->job_restarts;
    value[M_JOB_FAILURES] = run->job_failed;
    value[M_GAVE_UP] = staging->gave_up;
    value[M_CHECKPOINT_BYTES] = run_moved_bytes(run, DIRECTION_WRITE);
    value[M_RESTORE_BYTES] = run_moved_bytes(run, DIRECTION_READ);
}

/* ---- identities ---- */

static void check(struct run *run, const char *what, double is, double should_be)
{
    const struct staging *staging = run->staging;
    double readings = (double)staging->attempts + (double)staging->n_slots;
    double slack = 1e-9 * fmax(fabs(should_be), 1) + DBL_EPSILON * run->calendar.now_s * readings;
    if (!(fabs(is - should_be) <= slack))
        run_violation(run, "%s: %.17g, but the parts say %.17g", what, should_be, is);
}

static void check_counts(struct run *run, uint32_t running)
{
    const struct staging *staging = run->staging;
    uint32_t n_done = 0;
    for (uint32_t i = 0; i < staging->graph->n_tasks; i++)
        n_done += staging->tasks[i].ever_done;
    uint64_t ended = staging->completed + staging->cut + staging->beaten + staging->given_back;
    if (staging->attempts != ended + running)
        run_violation(run, "%" PRIu64 " attempts, but %" PRIu64 " have ended and %u run",
                      staging->attempts, ended, running);
    if (staging->completed != n_done + staging->recomputed)
        run_violation(run, "%" PRIu64 " tasks done, but %u distinct and %" PRIu64 " again",
                      staging->completed, n_done, staging->recomputed);
    if (run->finished && n_done != staging->graph->n_tasks)
        run_violation(run, "the job has finished, with %u of %u tasks done", n_done,
                      staging->graph->n_tasks);
}

static void check_times(struct run *run)
{
    const struct staging *staging = run->staging;
    struct sum all = {0};
    for (int m = 0; m < N_BUDGET; m++)
        sum_add(&all, sum_value(&staging->budget_s[m]));
    check(run, "slot-seconds", sum_value(&all), run->calendar.now_s * (double)staging->n_slots);
    double spent_s = budget_s(staging, M_TIME_WORK) + budget_s(staging, M_TIME_REWORK) +
                     budget_s(staging, M_TIME_CHECKPOINT);
    double parts_s = sum_value(&staging->useful_s) + sum_value(&staging->lost_s) +
                     sum_value(&staging->recomputed_s) + sum_value(&staging->speculative_s);
    check(run, "task-seconds = useful + lost + recomputed + of copies that lost", parts_s, spent_s);
}

/* Its outputs on nodes that are lost, which nobody has noticed. */
static void check_hidden(struct run *run, const struct stage_state *state)
{
    const struct staging *staging = run->staging;
    uint32_t hidden = 0;
    for (uint32_t n = 0; n < staging->n_nodes; n++)
        hidden += staging->nodes[n].is_lost ? state->held[n] : 0;
    if (hidden != state->hidden)
        run_violation(run, "%u outputs are on lost nodes, but %u were counted", hidden,
                      state->hidden);
}

/* Outputs and tasks, counted one by one, are what the counters say. */
static void check_stages(struct run *run)
{
    const struct staging *staging = run->staging;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++) {
        const struct stage_place *stage = &staging->graph->stages[s];
        uint32_t missing = 0;
        uint32_t held = 0;
        for (uint32_t i = stage->first_task; i < stage->first_task + stage->n_tasks; i++)
            missing += !staging->tasks[i].done;
        for (uint32_t n = 0; n < staging->n_nodes; n++)
            held += staging->stages[s].held[n];
        check_hidden(run, &staging->stages[s]);
        if (missing != staging->stages[s].missing ||
            held != (stage->durable ? 0 : stage->n_tasks - missing))
            run_violation(run,
                          "stage '%s': %u tasks are missing and %u outputs on nodes, but %u "
                          "are not done",
                          stage->params->name, staging->stages[s].missing, held, missing);
    }
}

void staging_check(struct run *run)
{
    struct staging *staging = run->staging;
    uint32_t running = 0;
    for (uint32_t i = 0; i < staging->n_slots; i++)
        running += slot_is_alive(&staging->slots[i]);
    check_counts(run, running);
    check_times(run);
    check_stages(run);
}
