// SPDX-License-Identifier: GPL-3.0-or-later
/* A task's part in a round until it has cut: called, asked, aligned; and what makes it stand. */
#include <math.h>

#include "model/microbatch.h"
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void call_comes(void *context, struct event *event);

static const struct event_type call = {"checkpoint_call", call_comes};

static struct group *group_of(const struct part *part)
{
    return part->member->group;
}

static struct run *run_of(const struct part *part)
{
    return group_of(part)->run;
}

static double now_of(const struct part *part)
{
    return run_of(part)->calendar.now_s;
}

static struct stream_task *task_of(const struct member *member)
{
    return &member->group->run->streaming->tasks[member->task];
}

static struct stream *stream_of(const struct member *member)
{
    return member->group->run->streaming->stream;
}

void part_record(const struct part *part, enum metric metric, enum element_metric of_operator,
                 double duration_s)
{
    streaming_record(run_of(part), metric, duration_s);
    streaming_record_part(run_of(part), part->member->task, of_operator, duration_s);
}

void part_schedule(struct part *part, const struct event_type *type, double delay_s)
{
    calendar_schedule(&run_of(part)->calendar, &part->event, type, now_of(part) + delay_s, 0);
}

/* ---- to stand, and to go on ---- */

static void set_in_checkpoint(struct member *member, bool is_in)
{
    struct stream_task *task = task_of(member);
    task->in_checkpoint = is_in;
    if (!is_in)
        task->is_preempted = false;
    streaming_settle(member->group->run, member->task);
}

/* Whether the task is at a boundary even while its outputs wait for room. */
static bool may_stand_blocked(const struct member *member)
{
    const struct part *part = member->active;
    return group_coordination(member->group)->stops_world ||
           (part && part->round->overtakes &&
            checkpoint_overtaking(group_params(member->group))->overdraft);
}

void member_hold_blocked(struct member *member)
{
    if (member->stands || task_of(member)->interruptions > 0)
        return;
    member->is_held = true;
    member->stands = stream_hold(stream_of(member), member->task,
                                 checkpoint_overtaking(group_params(member->group))->overdraft);
    if (!member->stands)
        return;
    set_in_checkpoint(member, true);
    part_happens(member->active, PART_STANDS);
}

void member_hold(struct member *member)
{
    if (task_of(member)->interruptions > 0) {
        member->must_wait = true;
        return;
    }
    if (!member->is_held) {
        bool even_blocked = may_stand_blocked(member);
        member->is_held = true;
        member->stands = stream_hold(stream_of(member), member->task, even_blocked);
    }
    if (member->stands)
        set_in_checkpoint(member, true);
}

/* The part of the next round that has reached the task meanwhile, or NULL. */
static struct part *next_waiting(const struct member *member)
{
    struct part *next = NULL;
    for (size_t i = 0; i < member->group->n_rounds; i++) {
        struct part *part = &member->group->rounds[i].parts[member->place];
        if (part->waits && (!next || part->round->number < next->round->number))
            next = part;
    }
    return next;
}

void member_serve_next(struct member *member)
{
    bool may_serve = !member->active && !task_of(member)->is_dead;
    struct part *next = may_serve ? next_waiting(member) : NULL;
    if (next)
        part_ask(next);
}

void member_release(struct member *member)
{
    struct stream_task *task = task_of(member);
    member->must_wait = false;
    if (task->is_dead)
        return;
    if (member->is_held)
        stream_release(stream_of(member), member->task);
    if (member->is_held || task->is_preempted)
        set_in_checkpoint(member, false);
    member->is_held = member->stands = false;
}

void member_go_on(struct member *member)
{
    member_release(member);
    member_serve_next(member);
}

/* ---- called, asked, cut ---- */

void part_call(struct part *part)
{
    struct group *group = group_of(part);
    struct member *member = part->member;
    double latency_s = part->round->latency_s;
    part->n_failed_writes = 0;
    if (!member->starts) {
        if (!member->active)
            member_go_on(member); /* it may have been blocked */
        return;
    }
    if (isnan(latency_s))
        latency_s = dist_draw(checkpoint_latency(group_params(group)), &group->coordination_rng);
    /* Calls to the same task keep their order, as on one connection. */
    part->asked_s = member->called_s = fmax(now_of(part) + latency_s, member->called_s);
    if (part->asked_s > now_of(part))
        part_schedule(part, &call, part->asked_s - now_of(part));
    else
        part_happens(part, PART_IS_REACHED);
}

static void call_comes(void *context, struct event *event)
{
    (void)context;
    part_happens(event->owner, PART_IS_REACHED);
}

/*
 * Whether the task is to be stopped within its message. Outputs that wait for room would go out
 * behind its cut, and be in no checkpoint: only a stopped world writes them too.
 */
static bool may_preempt(const struct part *part)
{
    const struct group *group = group_of(part);
    const struct member *member = part->member;
    return group_params(group)->cut_at == CUT_PREEMPT && !member->stands &&
           (group_coordination(group)->stops_world ||
            !stream_is_blocked(stream_of(member), member->task));
}

/* Stops the task where it is, within a message. */
static void preempt(struct part *part)
{
    task_of(part->member)->is_preempted = true;
    set_in_checkpoint(part->member, true);
    part_happens(part, PART_STANDS);
}

void part_ask(struct part *part)
{
    struct member *member = part->member;
    part->waits = member->active && member->active != part;
    if (part->waits)
        return;
    member->active = part;
    if (!member->starts) /* it aligns */
        return;
    if (task_of(member)->interruptions > 0) {
        member->must_wait = true;
    } else if (may_preempt(part)) {
        preempt(part);
    } else {
        member_hold(member);
        if (member->stands)
            part_happens(part, PART_STANDS);
    }
}

void part_record_cut(struct part *part, bool channels)
{
    struct member *member = part->member;
    member_set_index(member);
    part->is_capturing = part->is_overtaken;
    if (part->is_overtaken)
        stream_cut_in_flight(stream_of(member), member->task, part->round->number,
                             &part->taken.cut);
    else
        stream_cut(stream_of(member), member->task, channels, &part->taken.cut);
    part->snapshot = task_state_cut(&member->state, part->round->number);
    part->taken.cut_s = now_of(part);
    part->taken.number = part->round->number;
    part->taken.messages = member->state.cut_messages;
}

void part_cut(struct part *part)
{
    const struct round *round = part->round;
    const struct member *member = part->member;
    const struct coordination_ops *ops = group_coordination(round->group);
    if (member->starts)
        part->is_overtaken = round->overtakes;
    if (!ops->stops_world)
        part_record_cut(part, false);
    if (member->starts)
        part_record(part, M_START_DELAY, E_OPERATOR_START_DELAY, now_of(part) - part->asked_s);
    round_trace(round, part, "checkpoint_cut");
    if (ops->cut_by == CUT_BY_MARKERS)
        stream_send_markers(stream_of(member), member->task, round->number);
    round_has_cut(part);
}

/* It has come to a boundary: for a cut, or because the next round blocks it. */
static void stand(struct member *member)
{
    member->is_held = member->stands = true;
    set_in_checkpoint(member, true);
    if (member->active && member->active->state == PART_ASKED)
        part_happens(member->active, PART_STANDS);
    else if (member->forced_index > 0)
        trigger_force(member->group);
}

/* The member's part in the round of that number, or NULL. */
static struct part *find_part(const struct member *member, uint64_t number)
{
    for (size_t i = 0; i < member->group->n_rounds; i++) {
        struct round *round = &member->group->rounds[i];
        if (round->state == ROUND_PENDING && round->number == number)
            return &round->parts[member->place];
    }
    return NULL;
}

void member_notice(struct member *member, const struct notice *notice)
{
    if (notice->kind == NOTICE_FORCE)
        member->forced_index = notice->round;
    if (notice->kind == NOTICE_BOUNDARY || notice->kind == NOTICE_FORCE) {
        stand(member);
        return;
    }
    struct part *part = find_part(member, notice->round);
    bool stands = notice->kind == NOTICE_ALIGNED || notice->kind == NOTICE_OVERTAKEN;
    if (!part && stands)
        stream_release(stream_of(member), member->task);
    if (!part)
        return;
    if (notice->kind == NOTICE_MARKER) {
        part->marked_s = now_of(part);
        part_happens(part, PART_IS_REACHED);
        part_record(part, M_START_DELAY, E_OPERATOR_START_DELAY,
                    part->marked_s - part->round->triggered_s);
        return;
    }
    part->is_overtaken |= notice->kind == NOTICE_OVERTAKEN;
    bool has_all_markers = notice->kind == NOTICE_ALIGNED || notice->kind == NOTICE_CAPTURED;
    if (has_all_markers && !member->starts)
        part_record(part, M_ALIGNMENT, E_OPERATOR_ALIGNMENT, now_of(part) - part->marked_s);
    if (notice->kind == NOTICE_CAPTURED) {
        part->is_capturing = false;
        part_proceed(part);
        return;
    }
    round_trace(part->round, part,
                part->is_overtaken ? "checkpoint_overtaken" : "checkpoint_aligned");
    stand(member);
}

void rounds_task_resumes(struct run *run, uint32_t task)
{
    if (run->streaming->batches) {
        microbatch_task_resumes(run, task);
        return;
    }
    struct member *member = &run->streaming->rounds->members[task];
    if (!member->must_wait)
        return;
    member->must_wait = false;
    if (member->active && member->active->state == PART_ASKED)
        part_ask(member->active);
    else
        member_hold(member);
}
