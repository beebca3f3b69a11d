// SPDX-License-Identifier: GPL-3.0-or-later
/* A task's part in a round: called, asked, cut, stopped, writing, acked. */
#include <math.h>

#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void call_comes(void *context, struct event *event);
static void stop_ends(void *context, struct event *event);
static void write_ends(void *context, struct event *event);

static const struct event_type call = {"checkpoint_call", call_comes};
static const struct event_type stop_end = {"checkpoint_stop_end", stop_ends};
static const struct event_type write_end = {"checkpoint_write_end", write_ends};

static struct run *run_of(const struct part *part)
{
    return part->round->run;
}

static double now_of(const struct part *part)
{
    return run_of(part)->calendar.now_s;
}

static struct stream *stream_of(const struct part *part)
{
    return run_of(part)->streaming->stream;
}

static struct stream_task *task_of(const struct part *part)
{
    return &run_of(part)->streaming->tasks[part->task];
}

/* ---- random durations ---- */

/* The law of a direct cost; NULL: written to a device. */
static const struct dist *cost_of(const struct round *round)
{
    const struct checkpoint_params *params = round_params(round);
    const struct dist *delta_cost = round->is_base ? NULL : checkpoint_delta_cost(params);
    if (delta_cost)
        return delta_cost;
    return dist_is_given(&params->cost) ? &params->cost : NULL;
}

static struct part_draw draw(struct round *round)
{
    const struct checkpoint_params *params = round_params(round);
    const struct dist *cost = cost_of(round);
    double cost_s = cost ? dist_draw(cost, &round->cost_rng) : 0;
    if (params->mode != CHECKPOINT_ASYNC)
        return (struct part_draw){.stop_s = cost_s};
    double sync_s =
        dist_is_given(&params->sync) ? dist_draw(&params->sync, &round->coordination_rng) : 0;
    return (struct part_draw){.stop_s = sync_s, .write_s = cost_s};
}

void round_draw(struct round *round)
{
    const struct checkpoint_params *params = round_params(round);
    if (round->has_draw && params->on_retry == ON_RETRY_REPEAT)
        return;
    round->has_draw = true;
    struct part_draw shared = draw(round);
    for (size_t i = 0; i < round->n_parts; i++)
        round->parts[i].draw = i > 0 && params->cost_per == COST_PER_TASK ? draw(round) : shared;
}

/* ---- to stand, and to go on ---- */

static void set_in_checkpoint(struct part *part, bool is_in)
{
    struct stream_task *task = task_of(part);
    task->in_checkpoint = is_in;
    if (!is_in)
        task->is_preempted = false;
    streaming_settle(run_of(part), part->task);
}

void part_hold(struct part *part)
{
    if (task_of(part)->interruptions > 0) {
        part->must_wait = true;
        return;
    }
    if (!part->is_held) {
        bool even_blocked = round_coordination(part->round)->stops_world;
        part->is_held = true;
        part->stands = stream_hold(stream_of(part), part->task, even_blocked);
    }
    if (part->stands)
        set_in_checkpoint(part, true);
}

void part_go_on(struct part *part)
{
    struct stream_task *task = task_of(part);
    part->must_wait = false;
    if (task->is_dead)
        return;
    if (part->is_held)
        stream_release(stream_of(part), part->task);
    if (part->is_held || task->is_preempted)
        set_in_checkpoint(part, false);
    part->is_held = part->stands = false;
}

/* ---- called, asked, cut ---- */

void part_cut(struct part *part, bool channels)
{
    part->cut_s = now_of(part);
    stream_cut(stream_of(part), part->task, channels, &part->cut);
}

static void cut(struct part *part)
{
    struct round *round = part->round;
    const struct coordination_ops *ops = round_coordination(round);
    part->stage = PART_CUT;
    if (!ops->stops_world)
        part_cut(part, false);
    if (part->starts)
        streaming_record(run_of(part), M_START_DELAY, now_of(part) - part->asked_s);
    round_trace(round, part, "checkpoint_cut");
    if (ops->cut_by == CUT_BY_MARKERS)
        stream_send_markers(stream_of(part), part->task, round->number);
    round_has_cut(part);
}

/* Stops the task where it is, within a message. */
static void preempt(struct part *part)
{
    task_of(part)->is_preempted = true;
    set_in_checkpoint(part, true);
    cut(part);
}

void part_ask(struct part *part)
{
    part->stage = PART_ASKED;
    if (task_of(part)->interruptions > 0) {
        part->must_wait = true;
    } else if (round_params(part->round)->cut_at == CUT_PREEMPT && !part->stands) {
        preempt(part);
    } else {
        part_hold(part);
        if (part->stands)
            cut(part);
    }
}

void part_call(struct part *part, double latency_s)
{
    part->asked_s = now_of(part) + latency_s;
    if (latency_s > 0)
        calendar_schedule(&run_of(part)->calendar, &part->event, &call, part->asked_s, 0);
    else
        part_ask(part);
}

static void call_comes(void *context, struct event *event)
{
    (void)context;
    part_ask(event->owner);
}

/* It has come to a boundary: for a cut, or because the next round blocks it. */
static void stand(struct part *part)
{
    part->is_held = part->stands = true;
    set_in_checkpoint(part, true);
    if (part->stage == PART_ASKED)
        cut(part);
}

void part_notice(struct part *part, const struct notice *notice)
{
    const struct round *round = part->round;
    if (notice->kind == NOTICE_BOUNDARY) {
        stand(part);
        return;
    }
    bool is_stale = !round->under_way || notice->round != round->number;
    if (is_stale && notice->kind == NOTICE_ALIGNED)
        stream_release(stream_of(part), part->task);
    if (is_stale)
        return;
    if (notice->kind == NOTICE_MARKER) {
        part->stage = PART_ASKED;
        part->marked_s = now_of(part);
        streaming_record(run_of(part), M_START_DELAY, part->marked_s - round->triggered_s);
    } else {
        streaming_record(run_of(part), M_ALIGNMENT, now_of(part) - part->marked_s);
        round_trace(round, part, "checkpoint_aligned");
        stand(part);
    }
}

void rounds_task_resumes(struct run *run, uint32_t task)
{
    struct part *part = &run->streaming->rounds->parts[task];
    if (!part->must_wait)
        return;
    part->must_wait = false;
    if (part->stage == PART_ASKED)
        part_ask(part);
    else
        part_hold(part);
}

/* ---- stopped, writing, acked ---- */

static double bytes_of(const struct part *part)
{
    return (part->round->is_base ? part->state_bytes : part->delta_bytes) + part->cut.bytes;
}

static void finish(struct part *part)
{
    part->stage = PART_FINISHED;
    part->finished_s = now_of(part);
    round_has_finished(part);
}

void part_ack(struct part *part)
{
    part->stage = PART_ACKED;
    round_trace(part->round, part, "checkpoint_acked");
    round_has_acked(part);
}

static void end_write(struct part *part)
{
    streaming_set_share(run_of(part), part->task, 0);
    part_ack(part);
}

static void stop_ends(void *context, struct event *event)
{
    (void)context;
    finish(event->owner);
}

static void write_ends(void *context, struct event *event)
{
    (void)context;
    end_write(event->owner);
}

static void transfer_ends(void *context, struct transfer *transfer)
{
    struct part *part = context;
    sum_add(&run_of(part)->streaming->rounds->written_bytes, transfer->bytes);
    if (part->stage == PART_STOPPED)
        finish(part);
    else
        end_write(part);
}

/* Whether there is something to write to a device, which has begun then. */
static bool writes_to_device(struct part *part)
{
    struct run *run = run_of(part);
    struct round *round = part->round;
    double bytes = bytes_of(part);
    if (!run->device || cost_of(round) || bytes <= 0)
        return false;
    device_start(run->device, &part->transfer, DIRECTION_WRITE, 1, bytes,
                 dist_draw(&run->device->params->latency, &round->device_rng), transfer_ends, part);
    return true;
}

void part_stop(struct part *part)
{
    bool is_async = round_params(part->round)->mode == CHECKPOINT_ASYNC;
    part->stage = PART_STOPPED;
    if (part->draw.stop_s > 0)
        calendar_schedule(&run_of(part)->calendar, &part->event, &stop_end,
                          now_of(part) + part->draw.stop_s, 0);
    else if (is_async || !writes_to_device(part))
        finish(part);
}

void part_write(struct part *part)
{
    struct run *run = run_of(part);
    part->stage = PART_WRITING;
    if (part->draw.write_s > 0)
        calendar_schedule(&run->calendar, &part->event, &write_end,
                          run->calendar.now_s + part->draw.write_s, 0);
    else if (!writes_to_device(part)) {
        part_ack(part);
        return;
    }
    streaming_set_share(run, part->task, round_params(part->round)->share);
}

void part_abort(struct part *part, bool goes_on)
{
    struct run *run = run_of(part);
    calendar_cancel(&run->calendar, &part->event);
    if (transfer_is_under_way(&part->transfer)) {
        sum_add(&run->streaming->rounds->aborted_bytes, part->transfer.bytes);
        device_abort(&part->transfer);
    }
    part->stage = PART_IDLE;
    if (!goes_on)
        return;
    streaming_set_share(run, part->task, 0);
    part_go_on(part);
}
