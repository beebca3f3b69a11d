// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of a round: triggered, (queued | skipped | blocked), all cut,
 * all acked, committed; or aborted by a failure. What each task does meanwhile
 * is in rounds_task.c.
 */
#include "model/rounds.h"

#include <math.h>

#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void trigger_fires(void *context, struct event *event);

static const struct event_type trigger = {"checkpoint_due", trigger_fires};

const struct checkpoint_params *round_params(const struct round *round)
{
    return &round->run->model->checkpoint;
}

const struct coordination_ops *round_coordination(const struct round *round)
{
    return checkpoint_coordination(round_params(round));
}

static double now_of(const struct round *round)
{
    return round->run->calendar.now_s;
}

static struct rounds *rounds_of(const struct run *run)
{
    return run->streaming->rounds;
}

void round_trace(const struct round *round, const struct part *part, const char *event)
{
    struct run *run = round->run;
    if (!run->trace)
        return;
    char text[SCOPE_NAME_SIZE];
    bool is_of_task = part || round->n_parts == 1;
    uint32_t task = part ? part->task : round->parts->task;
    struct trace_value values[] = {
        {"round", (double)round->number, NULL},
        is_of_task ? streaming_task_value(run, task, text) : (struct trace_value){0},
    };
    run_trace(run, run->calendar.now_s, event, values, is_of_task ? 2 : 1);
}

/* ---- its trigger ---- */

static bool is_same(double a, double b)
{
    return a >= b && a <= b;
}

/* The next one is due some time after from_s, which is when this one was, or when tasks start. */
static void arm(struct round *round, double from_s, bool first)
{
    const struct checkpoint_params *params = round_params(round);
    const struct trigger_ops *ops = (const struct trigger_ops *)params->trigger.variant;
    double interval_s = params->planned_interval_s;
    double next_s =
        ops->next_s ? ops->next_s(params->trigger.params, interval_s, first, &round->trigger_rng)
                    : interval_s;
    if (first || !is_same(from_s, round->due_s) || !is_same(next_s, interval_s)) {
        round->anchor_s = from_s;
        round->k = 0;
    }
    if (is_same(next_s, interval_s)) {
        round->due_s = round->anchor_s + (double)++round->k * interval_s;
    } else {
        round->due_s = from_s + next_s;
        round->anchor_s = round->due_s;
    }
    calendar_cancel(&round->run->calendar, &round->trigger);
    if (isfinite(round->due_s))
        calendar_schedule(&round->run->calendar, &round->trigger, &trigger,
                          fmax(round->due_s, now_of(round)), 0);
}

/* All its tasks run, from now on: its first interval begins. */
static void arm_first(struct round *round)
{
    const struct checkpoint_params *params = round_params(round);
    const struct coordination_ops *ops = round_coordination(round);
    double offset_s = 0;
    enum phase phase = ops->per_task && ops->phase
                           ? (enum phase)ops->phase(params->coordination.params)
                           : PHASE_TOGETHER;
    if (phase == PHASE_STAGGERED)
        offset_s = round->phase * params->planned_interval_s;
    else if (phase == PHASE_RANDOM)
        offset_s = rng_uniform(&round->trigger_rng) * params->planned_interval_s;
    arm(round, now_of(round) + offset_s, true);
}

/* Calls the tasks that are asked directly; the others wait for markers. */
static void call_tasks(struct round *round)
{
    const struct dist *latency = checkpoint_latency(round_params(round));
    bool per_task = round_coordination(round)->latency_per == COST_PER_TASK;
    double latency_s = latency && !per_task ? dist_draw(latency, &round->coordination_rng) : 0;
    for (size_t i = 0; i < round->n_parts; i++)
        round->parts[i].stage = PART_CALLED;
    for (size_t i = 0; i < round->n_parts; i++) {
        struct part *part = &round->parts[i];
        if (!part->starts) {
            part_go_on(part); /* it may have been blocked */
            continue;
        }
        if (latency && per_task)
            latency_s = dist_draw(latency, &round->coordination_rng);
        part_call(part, latency_s);
    }
}

/* Where nothing takes time, the round has committed when this returns. */
static void begin(struct round *round)
{
    const struct checkpoint_params *params = round_params(round);
    double now_s = now_of(round);
    round->under_way = true;
    round->is_queued = round->is_blocked = round->is_usable = false;
    round->number = ++rounds_of(round->run)->n_started;
    round->triggered_s = now_s;
    round->n_cut = round->n_finished = round->n_acked = 0;
    round->is_base = !round->has_line || checkpoint_content(params)->next_is_base(
                                             params->content.params, &round->chain);
    round_draw(round);
    round_trace(round, NULL, "checkpoint_triggered");
    if (params->interval_from == INTERVAL_FROM_START)
        arm(round, now_s, false);
    call_tasks(round);
}

/* The round that is due now does not take place. */
static void skip(struct round *round)
{
    rounds_of(round->run)->counts.skipped++;
    round_trace(round, NULL, "checkpoint_skipped");
    arm(round, now_of(round), false);
}

/* Another is due while this one is under way. */
static void overrun(struct round *round)
{
    switch ((enum overrun)round_params(round)->overrun) {
    case OVERRUN_SKIP:
        skip(round);
        return;
    case OVERRUN_BLOCK:
        round->is_queued = round->is_blocked = true;
        for (size_t i = 0; i < round->n_parts; i++)
            if (round->parts[i].stage >= PART_WRITING)
                part_hold(&round->parts[i]);
        return;
    case OVERRUN_QUEUE:
    default:
        round->is_queued = true;
        return;
    }
}

static bool is_interrupted(const struct round *round)
{
    const struct stream_task *tasks = round->run->streaming->tasks;
    for (size_t i = 0; i < round->n_parts; i++)
        if (tasks[round->parts[i].task].interruptions > 0)
            return true;
    return false;
}

static void trigger_fires(void *context, struct event *event)
{
    (void)context;
    struct round *round = event->owner;
    if (round->under_way)
        overrun(round);
    else if (is_interrupted(round))
        skip(round);
    else
        begin(round);
}

/* ---- cut, finished, acked ---- */

/* The recovery line of its tasks is this round's from now on. */
static void make_usable(struct round *round)
{
    struct run *run = round->run;
    round->is_usable = true;
    rounds_of(run)->counts.committed++;
    round->chain.deltas = round->is_base ? 0 : round->chain.deltas + 1;
    round->has_line = true;
    round->has_draw = false;
    for (size_t i = 0; i < round->n_parts; i++) {
        struct part *part = &round->parts[i];
        struct task_cut older = part->line;
        part->line = part->cut;
        part->line_s = part->cut_s;
        part->cut = older;
        stream_forget_before(run->streaming->stream, part->task, &part->line);
    }
}

void round_has_cut(struct part *part)
{
    struct round *round = part->round;
    bool stops_world = round_coordination(round)->stops_world;
    bool is_last = ++round->n_cut == round->n_parts;
    /* The cut of a stopped world is where all stand: a task that stood first may have been sent
     * messages by those that stood later. */
    for (size_t i = 0; stops_world && is_last && i < round->n_parts; i++)
        part_cut(&round->parts[i], true);
    if (is_last && round_params(round)->usable_from == USABLE_FROM_CUT)
        make_usable(round);
    if (!stops_world)
        part_stop(part);
    for (size_t i = 0; stops_world && is_last && i < round->n_parts; i++)
        part_stop(&round->parts[i]);
}

/* A part's stop is over, unless the next round waits for it. */
static void end_stop(struct part *part)
{
    if (!part->round->is_blocked)
        part_go_on(part);
    if (round_params(part->round)->mode == CHECKPOINT_ASYNC)
        part_write(part);
}

void round_has_finished(struct part *part)
{
    struct round *round = part->round;
    bool is_last = ++round->n_finished == round->n_parts;
    bool is_async = round_params(round)->mode == CHECKPOINT_ASYNC;
    round->released_s = now_of(round);
    if (!round_coordination(round)->stops_world)
        end_stop(part);
    else if (is_last)
        for (size_t i = 0; i < round->n_parts; i++)
            end_stop(&round->parts[i]);
    if (!is_async)
        part_ack(part);
}

static void record_commit(struct round *round)
{
    struct run *run = round->run;
    const struct checkpoint_params *params = round_params(round);
    streaming_record(run, M_CHECKPOINT_DURATION, now_of(round) - round->triggered_s);
    if (!round_coordination(round)->stops_world ||
        !(run->device || params->cost_per == COST_PER_TASK))
        return;
    struct sum waits = {0};
    for (size_t i = 0; i < round->n_parts; i++)
        sum_add(&waits, round->released_s - round->parts[i].finished_s);
    streaming_record(run, M_CHECKPOINT_STALL, sum_value(&waits) / (double)round->n_parts);
}

static void commit(struct round *round)
{
    struct run *run = round->run;
    record_commit(round);
    if (!round->is_usable)
        make_usable(round);
    round_trace(round, NULL, "checkpoint_committed");
    round->under_way = false;
    for (size_t i = 0; i < round->n_parts; i++)
        round->parts[i].stage = PART_IDLE;
    for (size_t i = 0; run->redraws && i < run->n_failures; i++)
        failure_process_redraw(&run->failures[i], run);
    if (round->is_queued) {
        begin(round);
        return;
    }
    for (size_t i = 0; i < round->n_parts; i++)
        part_go_on(&round->parts[i]);
    if (round->n_down == 0 && round_params(round)->interval_from == INTERVAL_FROM_END)
        arm(round, now_of(round), false);
}

void round_has_acked(struct part *part)
{
    struct round *round = part->round;
    if (++round->n_acked == round->n_parts)
        commit(round);
}

/* ---- abort ---- */

static void abort_round(struct round *round, bool tasks_go_on)
{
    struct run *run = round->run;
    round->under_way = false;
    rounds_of(run)->counts.aborted += !round->is_usable;
    round_trace(round, NULL, "checkpoint_aborted");
    if (round_coordination(round)->cut_by == CUT_BY_MARKERS)
        stream_forget_round(run->streaming->stream, round->number);
    for (size_t i = 0; i < round->n_parts; i++)
        part_abort(&round->parts[i], tasks_go_on);
}

void rounds_tasks_stop(struct run *run, const uint32_t *tasks, size_t n)
{
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < n && rounds->n_rounds > 0; i++) {
        struct part *part = &rounds->parts[tasks[i]];
        struct round *round = part->round;
        round->n_down++;
        round->is_queued = round->is_blocked = false;
        calendar_cancel(&run->calendar, &round->trigger);
        if (round->under_way && part->stage != PART_ACKED)
            abort_round(round, true);
        part->is_held = part->stands = part->must_wait = false;
    }
}

void rounds_tasks_restart(struct run *run, const uint32_t *tasks, size_t n)
{
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < n && rounds->n_rounds > 0; i++) {
        struct round *round = rounds->parts[tasks[i]].round;
        if (--round->n_down == 0)
            arm_first(round);
    }
}

void rounds_notice(struct run *run, const struct notice *notice)
{
    part_notice(&rounds_of(run)->parts[notice->task], notice);
}

/* ---- recovery lines ---- */

const struct task_cut *rounds_line(const struct run *run, uint32_t task, double *cut_s)
{
    const struct part *part = &rounds_of(run)->parts[task];
    *cut_s = part->line_s;
    return &part->line;
}

uint64_t rounds_line_deltas(const struct run *run, uint32_t task)
{
    const struct round *round = rounds_of(run)->parts[task].round;
    return round ? round->chain.deltas : 0;
}

double rounds_line_bytes(const struct run *run, uint32_t task)
{
    const struct part *part = &rounds_of(run)->parts[task];
    bool has_line = part->round && part->round->has_line;
    /* Before its first checkpoint a job has nothing to read, unless it goes on from an older run.
     */
    if (!has_line && run->model->job.first_start == FIRST_START_FREE)
        return 0;
    return part->state_bytes + (double)rounds_line_deltas(run, task) * part->delta_bytes +
           part->line.bytes;
}

struct round_counts rounds_counts(const struct run *run)
{
    return rounds_of(run)->counts;
}

/* ---- the end ---- */

void rounds_end(struct run *run)
{
    struct rounds *rounds = rounds_of(run);
    for (size_t i = 0; i < rounds->n_rounds; i++)
        if (rounds->rounds[i].under_way)
            abort_round(&rounds->rounds[i], false);
    if (run->device)
        run_check_bytes(run, "written", device_moved_bytes(run->device, DIRECTION_WRITE),
                        sum_value(&rounds->written_bytes), sum_value(&rounds->aborted_bytes));
}
