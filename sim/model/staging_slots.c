// SPDX-License-Identifier: GPL-3.0-or-later
/* Slots of a job of stages: what they do, and how that is booked. */
#include <math.h>
#include <stdio.h>

#include "model/run.h"
#include "model/staging_state.h"

/* ---- the time budget ---- */

static enum metric budget_of(const struct slot *slot)
{
    switch (slot->state) {
    case SLOT_HELD:
        return M_TIME_START;
    case SLOT_STARTING:
        return slot->is_first ? M_TIME_START : M_TIME_RECOVERY;
    case SLOT_FETCHING:
    case SLOT_WORKING:
        return slot->is_first ? M_TIME_WORK : M_TIME_REWORK;
    case SLOT_WRITING:
        return M_TIME_CHECKPOINT;
    case SLOT_WAITING:
    case SLOT_STALLED:
        return M_TIME_BLOCKED;
    case SLOT_DEAD:
    case SLOT_DOWN:
        return M_TIME_DOWN;
    case SLOT_FREE:
    default:
        return M_TIME_IDLE;
    }
}

static bool is_spending(const struct slot *slot)
{
    return slot->state == SLOT_FETCHING || slot->state == SLOT_WORKING ||
           slot->state == SLOT_WRITING;
}

double slot_spent_s(const struct run *run, const struct slot *slot)
{
    return slot->spent_s + (is_spending(slot) ? run->calendar.now_s - slot->since_s : 0);
}

bool slot_is_alive(const struct slot *slot)
{
    return slot->state >= SLOT_STARTING && slot->state <= SLOT_WRITING;
}

static void tell_state(struct run *run, const struct slot *slot)
{
    static const char *const names[] = {
        [SLOT_STARTING] = "start", [SLOT_WAITING] = "wait", [SLOT_FETCHING] = "fetch",
        [SLOT_STALLED] = "stall",  [SLOT_WORKING] = "work", [SLOT_WRITING] = "write",
    };
    char name[64];
    if (!slot_is_alive(slot) || !(run->calendar.now_s > slot->since_s))
        return;
    run_trace(run, run->calendar.now_s, "activity",
              (struct trace_value[]){
                  {"activity", 0, names[slot->state]},
                  {"task", 0, staging_task_name(run->staging, slot->task, name)},
                  {"slot", (double)(slot - run->staging->slots), NULL},
                  {"from_s", slot->since_s, NULL},
              },
              4);
}

void staging_enter(struct run *run, struct slot *slot, enum slot_state state)
{
    struct staging *staging = run->staging;
    uint32_t index = (uint32_t)(slot - staging->slots);
    if (run->trace)
        tell_state(run, slot);
    sum_add(&staging->budget_s[budget_of(slot) - M_TIME_START],
            run->calendar.now_s - slot->since_s);
    slot->spent_s = slot_spent_s(run, slot);
    staging->n_waiting -= slot->state == SLOT_WAITING;
    staging->n_waiting += state == SLOT_WAITING;
    slot->state = state;
    slot->since_s = run->calendar.now_s;
    bits_put(staging->free_slots, index,
             state == SLOT_FREE && !staging->nodes[slot->node].is_excluded);
}

/* ---- attempts leave ---- */

static enum slot_state state_at_rest(const struct staging *staging, const struct slot *slot)
{
    const struct stage_node *node = &staging->nodes[slot->node];
    if (node->is_down || node->is_lost || staging->phase == JOB_DOWN)
        return SLOT_DOWN;
    return staging->phase == JOB_STARTING ? SLOT_HELD : SLOT_FREE;
}

void staging_settle(struct run *run, struct slot *slot)
{
    if (slot->task == NO_TASK)
        staging_enter(run, slot, state_at_rest(run->staging, slot));
}

void staging_settle_all(struct run *run)
{
    for (uint32_t i = 0; i < run->staging->n_slots; i++)
        staging_settle(run, &run->staging->slots[i]);
}

void staging_release_slot(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    struct task *task = &staging->tasks[slot->task];
    staging_stop_attempt(run, slot);
    task->slots[slot->side] = NO_SLOT;
    staging->n_running--;
    staging->n_copies -= slot->is_copy;
    enum slot_state rest = state_at_rest(staging, slot);
    staging_enter(run, slot, rest);
    slot->task = NO_TASK;
    slot->episode = NO_EPISODE;
    slot->spent_s = 0;
}

struct slot *staging_slot(struct staging *staging, uint32_t index)
{
    return index == NO_SLOT ? NULL : &staging->slots[index];
}

/* ---- who watches ---- */

const char *staging_task_name(const struct staging *staging, uint32_t task, char name[64])
{
    const struct stage_place *stage = &staging->graph->stages[stage_of_task(staging->graph, task)];
    (void)snprintf(name, 64, "%.48s/%u", stage->params->name, task - stage->first_task);
    return name;
}

void staging_tell(struct run *run, const char *event, uint32_t task)
{
    if (run->trace && task == NO_TASK) {
        run_trace(run, run->calendar.now_s, event, NULL, 0);
    } else if (run->trace) {
        char name[64];
        struct trace_value value = {"task", 0, staging_task_name(run->staging, task, name)};
        run_trace(run, run->calendar.now_s, event, &value, 1);
    }
}

void staging_tell_slot(struct run *run, const char *event, const struct slot *slot)
{
    char name[64];
    if (!run->trace)
        return;
    run_trace(run, run->calendar.now_s, event,
              (struct trace_value[]){
                  {"task", 0, staging_task_name(run->staging, slot->task, name)},
                  {"slot", (double)(slot - run->staging->slots), NULL},
                  {"node", (double)slot->node, NULL},
              },
              3);
}
