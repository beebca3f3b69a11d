// SPDX-License-Identifier: GPL-3.0-or-later
/* Nodes of a job of stages: lost with all they hold, noticed, and repaired. */
#include "model/run.h"
#include "model/staging_state.h"

static uint32_t index_of(const struct staging *staging, const struct stage_node *node)
{
    return (uint32_t)(node - staging->nodes);
}

static void settle_node(struct run *run, const struct stage_node *node)
{
    struct staging *staging = run->staging;
    for (uint32_t i = index_of(staging, node); i < staging->n_slots; i += staging->n_nodes)
        staging_settle(run, &staging->slots[i]);
}

static void lose_outputs(struct run *run, uint32_t node)
{
    struct staging *staging = run->staging;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++) {
        const struct stage_place *stage = &staging->graph->stages[s];
        struct stage_state *state = &staging->stages[s];
        state->hidden -= state->held[node];
        for (uint32_t i = stage->first_task; state->held[node] > 0; i++)
            if (staging->tasks[i].done && staging->tasks[i].node == node)
                staging_lose_output(run, i);
    }
}

/* The node, or the next one after it, that a failure took; NO_NODE: none. */
static uint32_t next_struck(const struct staging *staging, uint32_t node, uint32_t episode)
{
    while (node < staging->n_nodes && staging->nodes[node].episode != episode)
        node++;
    return node < staging->n_nodes ? node : NO_NODE;
}

/* Its slots let go of their attempts. */
static void release_node(struct run *run, uint32_t index)
{
    struct staging *staging = run->staging;
    struct stage_node *node = &staging->nodes[index];
    for (uint32_t i = index; i < staging->n_slots; i += staging->n_nodes) {
        struct slot *slot = &staging->slots[i];
        if (slot->task == NO_TASK)
            continue;
        uint32_t episode = slot->episode;
        staging_tell_slot(run, "detected", slot);
        staging_try_again(run, slot);
        if (episode != node->episode)
            staging_episode_noticed(run, episode, run->calendar.now_s);
    }
}

/* All nodes that the failure took are noticed together; the first of them has the event. */
static void nodes_are_noticed(struct run *run, uint32_t first)
{
    struct staging *staging = run->staging;
    uint32_t episode = staging->nodes[first].episode;
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode)) {
        staging->nodes[n].is_lost = false;
        lose_outputs(run, n);
    }
    staging_review_fetches(run);
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        release_node(run, n);
    staging_demand(run, episode);
    staging_episode_noticed(run, episode, run->calendar.now_s);
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        settle_node(run, &staging->nodes[n]);
    staging_dispatch(run);
}

static void lost_is_noticed(void *context, struct event *event)
{
    struct run *run = context;
    nodes_are_noticed(run, index_of(run->staging, event->owner));
}

static const struct event_type lost_event = {"node_detected", lost_is_noticed};

void staging_notice_by(struct run *run, uint32_t index, double time_s)
{
    struct stage_node *nodes = run->staging->nodes;
    struct stage_node *node = &nodes[nodes[index].first];
    if (!(time_s < node->noticed.time_s))
        return;
    calendar_cancel(&run->calendar, &node->noticed);
    calendar_schedule(&run->calendar, &node->noticed, &lost_event, time_s, 0);
}

static void repair_ends(void *context, struct event *event)
{
    struct run *run = context;
    struct stage_node *node = event->owner;
    node->is_down = false;
    settle_node(run, node);
    staging_dispatch(run);
}

static const struct event_type repaired_event = {"node_repaired", repair_ends};

/* Those who read from the node get no further. */
static void stall_readers(struct run *run, uint32_t node)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; i < staging->n_slots; i++) {
        struct slot *slot = &staging->slots[i];
        if (slot->state == SLOT_FETCHING && staging_reads_node(staging, slot->task, node))
            staging_stall(run, slot);
    }
}

static uint32_t count_held(const struct staging *staging, uint32_t node)
{
    uint32_t held = 0;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        held += staging->stages[s].held[node];
    return held;
}

static bool is_busy(const struct staging *staging, uint32_t node)
{
    for (uint32_t i = node; i < staging->n_slots; i += staging->n_nodes)
        if (slot_is_alive(&staging->slots[i]))
            return true;
    return false;
}

/* Its attempts end, and its slots are gone. */
static void cut_node(struct run *run, uint32_t node, uint32_t episode)
{
    struct staging *staging = run->staging;
    for (uint32_t i = node; i < staging->n_slots; i += staging->n_nodes) {
        struct slot *slot = &staging->slots[i];
        if (slot_is_alive(slot)) {
            staging_cut_off(run, slot, SLOT_DOWN, episode);
        } else {
            calendar_cancel(&run->calendar, &slot->next);
            staging_enter(run, slot, SLOT_DOWN);
        }
    }
}

/* ---- nodes fail ---- */

static bool is_up(const struct stage_node *node)
{
    return !node->is_down && !node->is_lost;
}

static void go_down(struct run *run, struct stage_node *node, double repair_s)
{
    double up_s = run->calendar.now_s + repair_s;
    if (!(repair_s > 0) || (node->is_down && node->repaired.time_s >= up_s))
        return;
    node->is_down = true;
    calendar_cancel(&run->calendar, &node->repaired);
    calendar_schedule(&run->calendar, &node->repaired, &repaired_event, up_s, 0);
}

/* It is gone with its outputs, which nobody knows. */
static void hide(struct staging *staging, uint32_t node)
{
    staging->nodes[node].is_lost = true;
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        staging->stages[s].hidden += staging->stages[s].held[node];
}

/* Marks the nodes that fail now: those that are struck and up. The first one; NO_NODE: none is. */
static uint32_t mark_struck(struct run *run, bool is_wider, double repair_s)
{
    struct staging *staging = run->staging;
    uint32_t first = NO_NODE;
    for (size_t i = 0; i < run->struck.n; i++) {
        struct stage_node *node = &staging->nodes[run->struck.nodes[i]];
        bool fails = is_up(node);
        if (fails || is_wider)
            go_down(run, node, repair_s);
        if (!fails)
            continue;
        if (first == NO_NODE)
            first = run->struck.nodes[i];
        hide(staging, run->struck.nodes[i]);
        node->first = first;
        node->episode = (uint32_t)staging->n_episodes; /* to be opened */
    }
    return first;
}

static bool any_busy(const struct staging *staging, uint32_t first, uint32_t episode)
{
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        if (is_busy(staging, n))
            return true;
    return false;
}

static bool any_holds(const struct staging *staging, uint32_t first, uint32_t episode)
{
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        if (count_held(staging, n) > 0)
            return true;
    return false;
}

/* The loss of the nodes starts the whole job again; it is counted with their outputs. */
static void restart_job(struct run *run, int strikes, uint32_t episode)
{
    struct staging *staging = run->staging;
    uint32_t of_job = staging_open_episode(run);
    staging->episodes[of_job].hits = false;
    staging_job_fails(run, of_job, strikes);
    staging->episodes[episode].lost_s = staging->episodes[of_job].lost_s;
}

bool staging_nodes_fail(struct run *run, const struct failure_params *failure, double repair_s)
{
    struct staging *staging = run->staging;
    uint32_t first = mark_struck(run, failure_domain(failure) > DOMAIN_NODE, repair_s);
    if (first == NO_NODE)
        return false;
    uint32_t episode = staging_open_episode(run);
    bool busy = any_busy(staging, first, episode);
    if (busy && run->model->job.execution.restart == RESTART_JOB)
        restart_job(run, failure->strikes, episode);
    bool matters = busy || any_holds(staging, first, episode);
    staging->episodes[episode].hits = matters;
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        cut_node(run, n, episode);
    double delay_s = staging_detection_s(run, failure->strikes);
    if (!(delay_s > 0)) {
        nodes_are_noticed(run, first);
        return matters;
    }
    calendar_schedule(&run->calendar, &staging->nodes[first].noticed, &lost_event,
                      run->calendar.now_s + delay_s, 0);
    for (uint32_t n = first; n != NO_NODE; n = next_struck(staging, n + 1, episode))
        stall_readers(run, n);
    return matters;
}
