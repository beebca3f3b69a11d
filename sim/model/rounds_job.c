// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the job asks of its checkpoints, whichever life cycle they have: that of rounds, or where
 * messages come in batches that of model/microbatch.h.
 */
#include "model/rounds.h"

#include "model/microbatch.h"
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static struct rounds *rounds_of(const struct run *run)
{
    return run->streaming->rounds;
}

/* ---- tasks stop and restart ---- */

/*
 * Rounds that still need the task cannot commit any more; those that capture need all, and of a
 * task that restarts none can.
 */
static void abort_rounds(struct member *member, bool even_acked)
{
    struct group *group = member->group;
    for (size_t i = 0; i < group->n_rounds; i++) {
        struct round *round = &group->rounds[i];
        bool is_needed = round->overtakes || round->parts[member->place].state != PART_ACKED;
        if (round->state == ROUND_PENDING && (even_acked || is_needed))
            round_happens(round, ROUND_IS_ABORTED);
    }
}

void rounds_tasks_stop(struct run *run, const uint32_t *tasks, size_t n)
{
    if (run->streaming->batches) {
        microbatch_tasks_stop(run, tasks, n);
        return;
    }
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < n && rounds->n_groups > 0; i++) {
        struct member *member = &rounds->members[tasks[i]];
        struct group *group = member->group;
        if (group->n_down++ == 0) {
            group->n_failures++;
            group->running_s += group_now_s(group) - group->runs_since_s;
        }
        trigger_disarm(group);
        abort_rounds(member, false);
        member->active = NULL;
        member->is_held = member->stands = member->must_wait = false;
        member->called_s = 0;
        task_state_stop(&member->state);
    }
    for (size_t i = 0; i < n && rounds->n_groups > 0; i++)
        group_serve_next(rounds->members[tasks[i]].group);
}

void rounds_tasks_restart(struct run *run, const uint32_t *tasks, size_t n)
{
    if (run->streaming->batches) {
        microbatch_tasks_restart(run, tasks, n);
        return;
    }
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < n && rounds->n_groups > 0; i++) {
        struct member *member = &rounds->members[tasks[i]];
        struct group *group = member->group;
        abort_rounds(member, true); /* as Flink does before it restores */
        task_state_restart(&member->state);
        if (--group->n_down > 0)
            continue;
        group->runs_since_s = group_now_s(group);
        trigger_arm_first(group);
    }
}

/* ---- the coordinator ---- */

static void abort_all(struct group *group)
{
    trigger_disarm(group);
    for (size_t i = 0; i < group->n_rounds; i++)
        if (group->rounds[i].state == ROUND_PENDING)
            round_happens(&group->rounds[i], ROUND_IS_ABORTED);
    group_serve_next(group);
}

void rounds_coordinator_changes(struct run *run)
{
    struct rounds *rounds = rounds_of(run);
    if (run->streaming->batches)
        return; /* a batch stands with its tasks */
    for (size_t i = 0; i < rounds->n_groups; i++) {
        struct group *group = &rounds->groups[i];
        if (run->coordinator.is_down)
            abort_all(group);
        else if (group->n_down == 0)
            trigger_arm_first(group);
    }
}

/* ---- alarms ---- */

bool rounds_alarm(struct run *run)
{
    bool any = false;
    struct rounds *rounds = rounds_of(run);
    /* Each batch ends in a checkpoint as it is. */
    if (run->streaming->batches)
        return false;
    for (size_t i = 0; i < rounds->n_groups; i++)
        any |= trigger_alarm(&rounds->groups[i]);
    return any;
}

/* ---- notices ---- */

void rounds_notice(struct run *run, const struct notice *notice)
{
    if (run->streaming->batches)
        microbatch_notice(run, notice);
    else
        member_notice(&rounds_of(run)->members[notice->task], notice);
}

/* ---- recovery lines ---- */

const struct task_cut *rounds_line(const struct run *run, uint32_t task, double *cut_s)
{
    if (run->streaming->batches)
        return microbatch_line(run, task, cut_s);
    const struct member *member = &rounds_of(run)->members[task];
    *cut_s = member->line_s;
    return &member->line;
}

uint64_t rounds_line_deltas(const struct run *run, uint32_t task)
{
    if (run->streaming->batches)
        return microbatch_line_deltas(run);
    return snapshots_restore_deltas(rounds_of(run)->members[task].state.snapshots);
}

double rounds_line_bytes(const struct run *run, uint32_t task)
{
    if (run->streaming->batches)
        return microbatch_line_bytes(run, task);
    struct member *member = &rounds_of(run)->members[task];
    return task_state_restore_bytes(&member->state) + member->line.bytes;
}

struct task_state *rounds_task_state(const struct run *run, uint32_t task)
{
    return run->streaming->batches ? microbatch_task_state(run, task)
                                   : &rounds_of(run)->members[task].state;
}

struct storage_totals rounds_storage(const struct run *run)
{
    struct storage_totals totals = {0};
    struct rounds *rounds = rounds_of(run);
    if (run->streaming->batches)
        return microbatch_storage(run);
    for (size_t i = 0; i < rounds->n_members && rounds->n_groups > 0; i++)
        task_state_add_storage(&rounds->members[i].state, &totals);
    return totals;
}

/* ---- the end ---- */

void rounds_end(struct run *run)
{
    if (run->streaming->batches) {
        microbatch_end(run);
        return;
    }
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < rounds->n_groups; i++)
        for (size_t k = 0; k < rounds->groups[i].n_rounds; k++)
            if (rounds->groups[i].rounds[k].state == ROUND_PENDING)
                round_happens(&rounds->groups[i].rounds[k], ROUND_IS_ABORTED);
    for (size_t i = 0; i < rounds->n_members; i++)
        task_state_end(&rounds->members[i].state);
    if (run->device)
        run_check_bytes(run, "written", device_moved_bytes(run->device, DIRECTION_WRITE),
                        sum_value(&rounds->ledger.written_bytes),
                        sum_value(&rounds->ledger.aborted_bytes));
}
