// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * When the rounds of a group begin: due times, what waits when one is due
 * while others are in progress, and the pause after a commit. With a queue the
 * timer keeps its rate and requests pile up, to be worked off back to back;
 * one that comes too soon after a commit is dropped, and the timer starts anew
 * where the pause ends (Flink, CheckpointRequestDecider). Without, the next
 * interval starts when a round does.
 */
#include <math.h>

#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void trigger_looks(void *context, struct event *event);

static const struct event_type look = {"checkpoint_due", trigger_looks};

static const struct trigger_ops *ops_of(const struct group *group)
{
    return (const struct trigger_ops *)group_params(group)->trigger.variant;
}

static bool counts_from_end(const struct group *group)
{
    return ops_of(group)->from_end || group_params(group)->interval_from == INTERVAL_FROM_END;
}

static bool keeps_rate(const struct group *group)
{
    return group_params(group)->queue > 0;
}

/* ---- what triggers look at ---- */

/*
 * Messages that the group has processed so far, and their bytes. Of several tasks only those count
 * that read sources, if there are any: a message counts once.
 */
static void count_messages(const struct group *group, uint64_t *messages, double *bytes)
{
    const struct streaming *streaming = group->run->streaming;
    const struct topology *topology = streaming->topology;
    *messages = 0;
    *bytes = 0;
    for (size_t i = 0; i < group->n_members; i++) {
        uint32_t task = group->members[i]->task;
        struct task_counts counts;
        if (group->n_members > 1 && topology->tasks[task].n_in > 0)
            continue;
        stream_counts(streaming->stream, task, &counts);
        *messages += counts.processed;
        *bytes += counts.bytes;
    }
}

static struct trigger_view view_of(const struct group *group, bool first)
{
    const struct group_trigger *trigger = &group->trigger;
    double now_s = group_now_s(group);
    struct trigger_view view = {
        .interval_s = group_params(group)->planned_interval_s,
        .first = first,
        .index = group->index,
        .now_s = now_s,
        .since_s = now_s - trigger->last_s,
        .cost_s = group->cost_s,
        .failures = group->n_failures,
        .running_s = group->running_s + (group->n_down > 0 ? 0 : now_s - group->runs_since_s),
    };
    if (!ops_of(group)->polls)
        return view;
    count_messages(group, &view.messages, &view.bytes);
    view.messages -= trigger->messages;
    view.bytes -= trigger->bytes;
    return view;
}

/* ---- due times ---- */

static bool is_same(double a, double b)
{
    return a >= b && a <= b;
}

static void schedule(struct group *group)
{
    struct calendar *calendar = &group->run->calendar;
    struct group_trigger *trigger = &group->trigger;
    calendar_cancel(calendar, &trigger->due);
    if (isfinite(trigger->due_s))
        calendar_schedule(calendar, &trigger->due, &look, fmax(trigger->due_s, group_now_s(group)),
                          0);
}

/* It is asked next some time after from_s, which is when it was last, or when tasks start. */
static void arm(struct group *group, double from_s, bool first)
{
    struct group_trigger *trigger = &group->trigger;
    const struct trigger_ops *ops = ops_of(group);
    struct trigger_view view = view_of(group, first);
    double interval_s = view.interval_s;
    double next_s = ops->next_s
                        ? ops->next_s(group_params(group)->trigger.params, &view, &trigger->rng)
                        : interval_s;
    if (first || !is_same(from_s, trigger->due_s) || !is_same(next_s, interval_s)) {
        trigger->anchor_s = from_s;
        trigger->k = 0;
    }
    if (is_same(next_s, interval_s)) {
        trigger->due_s = trigger->anchor_s + (double)++trigger->k * interval_s;
    } else {
        trigger->due_s = from_s + next_s;
        trigger->anchor_s = trigger->due_s;
    }
    schedule(group);
}

/* It is due then, and the rate starts anew from there. */
static void arm_at(struct group *group, double time_s)
{
    struct group_trigger *trigger = &group->trigger;
    trigger->due_s = trigger->anchor_s = time_s;
    trigger->k = 0;
    schedule(group);
}

/* Messages and time count from now on. */
static void mark(struct group *group)
{
    struct group_trigger *trigger = &group->trigger;
    trigger->last_s = group_now_s(group);
    if (ops_of(group)->polls)
        count_messages(group, &trigger->messages, &trigger->bytes);
}

void trigger_arm_first(struct group *group)
{
    const struct checkpoint_params *params = group_params(group);
    const struct coordination_ops *ops = group_coordination(group);
    double offset_s = 0;
    if (coordinator_blocks(group->run, BLOCKS_CHECKPOINTS))
        return; /* until it is up again */
    enum phase phase = ops->group_by != GROUP_BY_JOB && ops->phase
                           ? (enum phase)ops->phase(params->coordination.params)
                           : PHASE_TOGETHER;
    if (phase == PHASE_STAGGERED)
        offset_s = group->phase * params->planned_interval_s;
    else if (phase == PHASE_RANDOM)
        offset_s = rng_uniform(&group->trigger.rng) * params->planned_interval_s;
    mark(group);
    arm(group, group_now_s(group) + offset_s, true);
}

/* ---- tasks that stand until the next round begins ---- */

/* Whether a round in progress has not come to the task yet: it must go on to meet its markers. */
static bool is_to_cut(const struct group *group, const struct member *member)
{
    for (size_t i = 0; i < group->n_rounds; i++) {
        enum part_state state = group->rounds[i].parts[member->place].state;
        if (state == PART_CALLED || state == PART_ASKED)
            return true;
    }
    return false;
}

/* Tasks that are to cut stand from their cut on. */
static void block(struct group *group)
{
    group->trigger.is_blocked = true;
    for (size_t i = 0; i < group->n_members; i++)
        if (!group->members[i]->active && !is_to_cut(group, group->members[i]))
            member_hold(group->members[i]);
}

static void unblock(struct group *group)
{
    if (!group->trigger.is_blocked)
        return;
    group->trigger.is_blocked = false;
    for (size_t i = 0; i < group->n_members; i++)
        if (!group->members[i]->active)
            member_go_on(group->members[i]);
}

void trigger_disarm(struct group *group)
{
    struct group_trigger *trigger = &group->trigger;
    calendar_cancel(&group->run->calendar, &trigger->due);
    trigger->n_requests = 0;
    trigger->has_stop_request = trigger->has_force = false;
    unblock(group);
}

/* ---- requests ---- */

/* A round that was due does not take place. */
static void skip(struct group *group)
{
    struct run *run = group->run;
    char text[SCOPE_NAME_SIZE];
    run->streaming->rounds->counts.skipped++;
    if (!run->trace)
        return;
    struct trace_value task = streaming_task_value(run, group->members[0]->task, text);
    run_trace(run, run->calendar.now_s, "checkpoint_skipped", &task, group->n_members == 1);
}

struct round *group_free_round(struct group *group)
{
    for (size_t i = 0; i < group->n_rounds; i++)
        if (group->rounds[i].state == ROUND_FREE)
            return &group->rounds[i];
    return NULL;
}

/* When the pause after the last commit is over. */
static double pause_ends_s(const struct group *group)
{
    return group->trigger.completed_s + group_params(group)->min_pause_s;
}

static bool begin(struct group *group)
{
    struct group_trigger *trigger = &group->trigger;
    struct round *round = group_free_round(group);
    if (!round)
        return false;
    round->stops_job = trigger->has_stop_request;
    round->is_forced = trigger->has_force;
    trigger->has_stop_request = trigger->has_force = trigger->is_blocked = false;
    round_happens(round, ROUND_IS_TRIGGERED);
    return true;
}

/* The request at the head begins, waits for a place, or is dropped; whether it began. */
static bool decide(struct group *group)
{
    if (!group_free_round(group))
        return false;
    group->trigger.n_requests--;
    if (group->trigger.has_stop_request || group->trigger.has_force ||
        group_now_s(group) >= pause_ends_s(group))
        return begin(group);
    skip(group);
    arm_at(group, pause_ends_s(group));
    return false;
}

/* Another is due while as many as may be are in progress. */
static void overrun(struct group *group)
{
    const struct checkpoint_params *params = group_params(group);
    uint64_t room = keeps_rate(group) ? params->queue : 1;
    bool is_full = group->trigger.n_requests >= room;
    if (params->overrun == OVERRUN_SKIP || is_full) {
        skip(group);
        if (!keeps_rate(group))
            arm(group, group_now_s(group), false);
        return;
    }
    group->trigger.n_requests++;
    if (params->overrun == OVERRUN_BLOCK)
        block(group);
}

static bool is_interrupted(const struct group *group)
{
    const struct stream_task *tasks = group->run->streaming->tasks;
    for (size_t i = 0; i < group->n_members; i++)
        if (tasks[group->members[i]->task].interruptions > 0)
            return true;
    return false;
}

static void request(struct group *group, enum trigger_answer answer)
{
    group->trigger.has_stop_request |= answer == TRIGGER_STOPS;
    if (is_interrupted(group)) {
        skip(group);
        if (!keeps_rate(group))
            arm(group, group_now_s(group), false);
    } else if (!group_free_round(group)) {
        overrun(group);
    } else {
        group->trigger.n_requests++;
        (void)decide(group);
    }
}

static void trigger_looks(void *context, struct event *event)
{
    (void)context;
    struct group *group = event->owner;
    const struct trigger_ops *ops = ops_of(group);
    double now_s = group_now_s(group);
    struct trigger_view view = view_of(group, false);
    enum trigger_answer answer =
        ops->ask ? ops->ask(group_params(group)->trigger.params, &view) : TRIGGER_FIRES;
    if (answer != TRIGGER_WAITS)
        mark(group);
    if (answer == TRIGGER_WAITS || keeps_rate(group))
        arm(group, now_s, false);
    if (answer != TRIGGER_WAITS)
        request(group, answer);
}

void trigger_force(struct group *group)
{
    struct group_trigger *trigger = &group->trigger;
    /* A request that waits already will do as well. */
    trigger->has_force = trigger->n_requests == 0;
    if (trigger->has_force)
        trigger->n_requests++;
    if (!group_free_round(group))
        block(group);
    else
        (void)decide(group);
}

bool trigger_alarm(struct group *group)
{
    return group->n_down == 0 && !is_interrupted(group) &&
           !coordinator_blocks(group->run, BLOCKS_CHECKPOINTS) && begin(group);
}

/* ---- what rounds tell ---- */

void trigger_round_begins(struct round *round)
{
    struct group *group = round->group;
    if (!round->is_forced && !keeps_rate(group) && !counts_from_end(group))
        arm(group, group_now_s(group), false);
}

void trigger_round_ends(struct group *group, bool committed)
{
    bool began = false;
    if (committed)
        group->trigger.completed_s = group_now_s(group);
    if (group->n_down > 0)
        return;
    if (group->trigger.n_requests > 0)
        began = decide(group);
    if (!began && group->trigger.n_requests == 0)
        unblock(group);
    bool waits = event_is_scheduled(&group->trigger.due);
    if (!began && !waits && counts_from_end(group) && !keeps_rate(group))
        arm(group, group_now_s(group), false);
}
