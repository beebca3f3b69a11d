// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rounds: how one begins, what happens when its tasks have cut, finished and
 * acked, and how it ends. When rounds begin is decided in rounds_trigger.c,
 * what each task does meanwhile in rounds_task.c.
 */
#include "model/rounds.h"

#include <math.h>

#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void round_times_out(void *context, struct event *event);

static void markers_overtake(void *context, struct event *event);

static const struct event_type overtake = {"checkpoint_overtakes", markers_overtake};
static const struct event_type time_out = {"checkpoint_timeout", round_times_out};

const struct checkpoint_params *group_params(const struct group *group)
{
    return &group->run->model->checkpoint;
}

const struct coordination_ops *group_coordination(const struct group *group)
{
    return checkpoint_coordination(group_params(group));
}

double group_now_s(const struct group *group)
{
    return group->run->calendar.now_s;
}

static struct rounds *rounds_of(const struct run *run)
{
    return run->streaming->rounds;
}

void round_trace(const struct round *round, const struct part *part, const char *event)
{
    const struct group *group = round->group;
    struct run *run = group->run;
    if (!run->trace)
        return;
    char text[SCOPE_NAME_SIZE];
    bool is_of_task = part || group->n_members == 1;
    uint32_t task = part ? part->member->task : group->members[0]->task;
    struct trace_value values[] = {
        {"round", (double)round->number, NULL},
        is_of_task ? streaming_task_value(run, task, text) : (struct trace_value){0},
    };
    run_trace(run, run->calendar.now_s, event, values, is_of_task ? 2 : 1);
}

/* ---- begin ---- */

/* Until the call reaches all tasks; where each has a latency of its own, NaN. */
static double draw_latency(struct group *group)
{
    const struct dist *latency = checkpoint_latency(group_params(group));
    if (!latency)
        return 0;
    if (group_coordination(group)->latency_per == COST_PER_TASK)
        return (double)NAN;
    return dist_draw(latency, &group->coordination_rng);
}

/* The round's markers go before the messages in their way, from now on. */
static void let_overtake(struct round *round)
{
    round->overtakes = true;
    stream_let_overtake(round->group->run->streaming->stream, round->number);
}

static void schedule_overtaking(struct round *round)
{
    const struct overtaking *overtaking = checkpoint_overtaking(group_params(round->group));
    round->overtakes = false;
    if (overtaking && overtaking->after_s > 0)
        calendar_schedule(&round->group->run->calendar, &round->overtake, &overtake,
                          round->triggered_s + overtaking->after_s, 0);
    else if (overtaking)
        let_overtake(round);
}

/* It has been aligned for as long as it may be. */
static void markers_overtake(void *context, struct event *event)
{
    (void)context;
    struct round *round = event->owner;
    struct group *group = round->group;
    if (group->n_down > 0)
        return;
    round_trace(round, NULL, "checkpoint_overtakes");
    let_overtake(round);
    for (size_t i = 0; i < group->n_members; i++)
        if (group->members[i]->starts && round->parts[i].state == PART_ASKED)
            member_hold_blocked(group->members[i]);
}

/* Where nothing takes time, the round has committed when this returns. */
void round_begin(struct round *round, enum round_event why)
{
    (void)why;
    struct group *group = round->group;
    const struct checkpoint_params *params = group_params(group);
    struct run *run = group->run;
    group->n_pending++;
    round->is_usable = false;
    round->number = ++rounds_of(run)->n_started;
    round->triggered_s = group_now_s(group);
    round->n_cut = round->n_finished = round->n_acked = 0;
    rounds_of(run)->counts.forced += round->is_forced;
    round->is_base = snapshots_next_is_base(group->members[0]->state.snapshots);
    round_draw(round);
    round_trace(round, NULL, "checkpoint_triggered");
    if (params->timeout_s < (double)INFINITY)
        calendar_schedule(&run->calendar, &round->timeout, &time_out,
                          round->triggered_s + params->timeout_s, 0);
    trigger_round_begins(round);
    schedule_overtaking(round);
    round->latency_s = draw_latency(group);
    for (size_t i = 0; i < group->n_members; i++)
        part_happens(&round->parts[i], PART_IS_CALLED);
}

static void round_times_out(void *context, struct event *event)
{
    (void)context;
    round_happens(event->owner, ROUND_EXPIRES);
}

/* ---- cut, finished, acked ---- */

void member_move_line(struct member *member, struct line_cut *to)
{
    struct stream *stream = member->group->run->streaming->stream;
    struct task_cut older = member->line;
    member->line = to->cut;
    member->line_s = to->cut_s;
    to->cut = older;
    task_state_commit(&member->state, to->number, to->messages);
    stream_commit_outputs(stream, member->task, &member->line);
    stream_forget_before(stream, member->task, &member->line);
}

static void record_size(const struct round *round)
{
    struct run *run = round->group->run;
    struct checkpoint_size size = {0};
    for (size_t i = 0; i < round->group->n_members; i++)
        checkpoint_size_add(run, &size, round->group->members[i]->task, &round->parts[i].snapshot,
                            &round->parts[i].taken.cut);
    streaming_record_size(run, &size);
}

/* The recovery line of its tasks is this round's from now on. */
static void make_usable(struct round *round)
{
    struct group *group = round->group;
    struct run *run = group->run;
    round->is_usable = true;
    record_size(round);
    rounds_of(run)->counts.committed++;
    group->has_draw = false;
    group->n_given_up = 0;
    for (size_t i = 0; i < group->n_members; i++) {
        struct part *part = &round->parts[i];
        if (!rounds_line_takes(part->member, &part->taken))
            member_move_line(part->member, &part->taken);
    }
}

/* The cut of a stopped world is where all stand: a task that stood first may have been sent
 * messages by those that stood later. */
static void cut_world(struct round *round)
{
    for (size_t i = 0; i < round->group->n_members; i++)
        part_record_cut(&round->parts[i], true);
}

void round_has_cut(struct part *part)
{
    struct round *round = part->round;
    const struct group *group = round->group;
    const struct coordination_ops *ops = group_coordination(group);
    bool is_last = ++round->n_cut == group->n_members;
    if (ops->stops_world && is_last)
        cut_world(round);
    if (is_last && group_params(group)->usable_from == USABLE_FROM_CUT)
        make_usable(round);
    if (!ops->stops_world)
        part_happens(part, PART_MAY_STOP);
    else if (is_last && ops->is_serial)
        part_happens(&round->parts[0], PART_MAY_STOP);
    else if (is_last)
        for (size_t i = 0; i < group->n_members; i++)
            part_happens(&round->parts[i], PART_MAY_STOP);
}

/* A part's stop is over, unless the next round waits for it. */
static void end_stop(struct part *part)
{
    const struct group *group = part->round->group;
    part->member->active = NULL;
    if (!group->trigger.is_blocked && !part->round->stops_job)
        member_release(part->member);
    if (group_params(group)->mode == CHECKPOINT_ASYNC)
        part_proceed(part);
}

void group_serve_next(struct group *group)
{
    for (size_t i = 0; i < group->n_members && group->n_pending > 0; i++)
        member_serve_next(group->members[i]);
}

void round_has_finished(struct part *part)
{
    struct round *round = part->round;
    struct group *group = round->group;
    struct member *member = part->member;
    const struct coordination_ops *ops = group_coordination(group);
    bool is_last = ++round->n_finished == group->n_members;
    bool is_async = group_params(group)->mode == CHECKPOINT_ASYNC;
    round->released_s = group_now_s(group);
    if (!ops->stops_world)
        end_stop(part);
    else if (is_last)
        for (size_t i = 0; i < group->n_members; i++)
            end_stop(&round->parts[i]);
    else if (ops->is_serial)
        part_happens(part + 1, PART_MAY_STOP);
    if (!is_async)
        part_proceed(part);
    /* The round may be over by now. */
    if (!ops->stops_world)
        member_serve_next(member);
    else if (is_last)
        group_serve_next(group);
}

void round_has_acked(struct part *part)
{
    struct round *round = part->round;
    if (++round->n_acked == round->group->n_members)
        round_happens(round, ROUND_IS_ACKED);
}

/* ---- the end of a round ---- */

static void record_commit(const struct round *round)
{
    const struct group *group = round->group;
    struct run *run = group->run;
    const struct checkpoint_params *params = group_params(group);
    streaming_record(run, M_CHECKPOINT_DURATION, group_now_s(group) - round->triggered_s);
    if (!group_coordination(group)->stops_world ||
        !(run->device || params->cost_per == COST_PER_TASK))
        return;
    struct sum waits = {0};
    for (size_t i = 0; i < group->n_members; i++)
        sum_add(&waits, round->released_s - round->parts[i].finished_s);
    streaming_record(run, M_CHECKPOINT_STALL, sum_value(&waits) / (double)group->n_members);
}

/*
 * What the round took from its tasks, on average: the time that they stood, and the share of the
 * writes beside their work. Smoothed, for triggers that learn.
 */
static void learn_cost(const struct round *round)
{
    static const double WEIGHT = 0.25; /* of the newest */
    struct group *group = round->group;
    const struct checkpoint_params *params = group_params(group);
    bool is_async = params->mode == CHECKPOINT_ASYNC;
    double taken_s = 0;
    for (size_t i = 0; i < group->n_members; i++) {
        const struct part *part = &round->parts[i];
        double released_s =
            group_coordination(group)->stops_world ? round->released_s : part->finished_s;
        taken_s += released_s - part->taken.cut_s;
        taken_s += is_async ? params->share * (part->acked_s - released_s) : 0;
    }
    taken_s /= (double)group->n_members;
    group->cost_s =
        isnan(group->cost_s) ? taken_s : group->cost_s + WEIGHT * (taken_s - group->cost_s);
}

static void drop_parts(struct round *round)
{
    for (size_t i = 0; i < round->group->n_members; i++)
        if (round->parts[i].state != PART_IDLE)
            part_happens(&round->parts[i], PART_IS_DROPPED);
    calendar_cancel(&round->group->run->calendar, &round->timeout);
    calendar_cancel(&round->group->run->calendar, &round->overtake);
    round->group->n_pending--;
}

/* Rounds of the same tasks that began before. */
static void subsume_older(const struct round *round)
{
    const struct group *group = round->group;
    for (size_t i = 0; i < group->n_rounds; i++)
        if (group->rounds[i].state == ROUND_PENDING && group->rounds[i].number < round->number)
            round_happens(&group->rounds[i], ROUND_IS_SUBSUMED);
}

static void restart_job(struct group *group)
{
    rounds_of(group->run)->counts.restarts++;
    streaming_restart(group->run, group->members, group->n_members);
}

void round_commit(struct round *round, enum round_event why)
{
    (void)why;
    struct group *group = round->group;
    struct run *run = group->run;
    bool stops_job = round->stops_job;
    record_commit(round);
    learn_cost(round);
    if (!round->is_usable)
        make_usable(round);
    round_trace(round, NULL, "checkpoint_committed");
    drop_parts(round);
    for (size_t i = 0; run->redraws && i < run->n_failures; i++)
        failure_process_redraw(&run->failures[i], run);
    subsume_older(round);
    if (stops_job) {
        restart_job(group);
    } else {
        group_serve_next(group);
        trigger_round_ends(group, true);
    }
}

/* Why rounds end without a commit. */
static const struct ending {
    const char *event; /* in the trace */
    size_t count;      /* offset in struct round_counts */
    bool fails;        /* counts against tolerable_failures */
} endings[N_ROUND_EVENTS] = {
    [ROUND_IS_ABORTED] = {"checkpoint_aborted", offsetof(struct round_counts, aborted), false},
    [ROUND_EXPIRES] = {"checkpoint_expired", offsetof(struct round_counts, expired), true},
    [ROUND_IS_DECLINED] = {"checkpoint_declined", offsetof(struct round_counts, declined), true},
    [ROUND_IS_SUBSUMED] = {"checkpoint_subsumed", offsetof(struct round_counts, subsumed), false},
};

static void count_ending(const struct round *round, const struct ending *ending)
{
    struct round_counts *counts = &rounds_of(round->group->run)->counts;
    uint64_t *count = (uint64_t *)(void *)((char *)counts + ending->count);
    *count += !round->is_usable;
    round_trace(round, NULL, ending->event);
}

void round_give_up(struct round *round, enum round_event why)
{
    struct group *group = round->group;
    struct run *run = group->run;
    const struct ending *ending = &endings[why];
    count_ending(round, ending);
    if (group_coordination(group)->cut_by == CUT_BY_MARKERS)
        stream_forget_round(run->streaming->stream, round->number);
    drop_parts(round);
    group->n_given_up += ending->fails;
    if (run->over)
        return;
    if (ending->fails && group->n_given_up > group_params(group)->tolerable_failures) {
        group->n_given_up = 0;
        restart_job(group);
    } else if (ending->fails) {
        group_serve_next(group);
        trigger_round_ends(group, false);
    }
}
