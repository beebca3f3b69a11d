// SPDX-License-Identifier: GPL-3.0-or-later
/* The clock of the message plane, and the verbs that stop tasks and set them going. */
#include <assert.h>
#include <math.h>

#include "model/stream_message.h"
#include "model/stream_route.h"

/* ---- time ---- */

bool stream_advance(struct stream *stream, double to_s, struct notice *notice)
{
    assert(to_s >= stream->now_s && to_s < (double)INFINITY);
    /* What was changed now has its effects now, turn by turn; passes begin after this instant. */
    if (stepper_is_due(stream->stepper) && stepper_advance(stream, stream->now_s, notice))
        return true;
    if (!passes_may_run(stream) || !(stream->options.always_passes || passes_pay(stream, to_s)))
        return stepper_advance(stream, to_s, notice);
    passes_advance(stream, to_s);
    stepper_pass(stream->stepper);
    return stream_tell_drained(stream, notice);
}

double stream_now_s(const struct stream *stream)
{
    return stream->now_s;
}

void stream_move_to(struct stream *stream, double time_s)
{
    assert(time_s >= stream->now_s);
    stream->now_s = time_s;
    /* What falls on that instant comes turn by turn; any task will do to make steps due. */
    stepper_invalidate(stream->stepper, 0);
}

void stream_measure_from(struct stream *stream, double time_s)
{
    stream->measure_from_s = time_s;
}

void stream_record_commits(struct stream *stream, struct latency_record *commit_latency)
{
    stream->commit_latency = commit_latency;
}

void stream_observe(struct stream *stream, stream_observer *observer, void *context)
{
    stream->observer = observer;
    stream->observer_context = context;
}

/* ---- verbs ---- */

void task_changed(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    task_turn_to(task, task_use_now(task), stream->now_s);
    task_note_disturbance(stream, task);
    stepper_invalidate(stream->stepper, rank);
}

void stream_set_speed(struct stream *stream, uint32_t rank, double speed)
{
    struct task *task = &stream->tasks[rank];
    assert(speed >= 0 && speed < (double)INFINITY);
    if (speed == task->speed)
        return;
    for (uint32_t i = 0; i < task->n_busy; i++) {
        struct in_service *hand = &task->hands[i];
        if (hand->blocked)
            continue;
        hand_book(task, hand, stream->now_s);
        if (task->speed > 0)
            hand->left_s = (hand->end_s - stream->now_s) * task->speed;
        hand->end_s = speed > 0 ? stream->now_s + hand->left_s / speed : (double)INFINITY;
    }
    task->speed = speed;
    task_changed(stream, rank);
}

void task_leaves_line(struct stream *stream, uint32_t rank)
{
    const struct topology *topology = stream->topology;
    const struct task *task = &stream->tasks[rank];
    for (uint32_t i = 0; i < task->n_busy; i++) {
        uint32_t c = task->hands[i].waits_for;
        if (task->hands[i].blocked && topology->edges[topology->channels[c].edge].capacity == 0)
            stepper_invalidate(stream->stepper, topology->channels[c].to);
    }
}

bool stream_hold(struct stream *stream, uint32_t rank, bool even_blocked)
{
    struct task *task = &stream->tasks[rank];
    assert(task->mode != TASK_DEAD);
    if (task->mode == TASK_STANDING)
        return true;
    task->hold = true;
    task->hold_blocked = even_blocked;
    bool stands = task_is_at_boundary(task);
    if (stands) {
        task->mode = TASK_STANDING;
        task_leaves_line(stream, rank);
    }
    task_changed(stream, rank);
    return stands;
}

bool stream_is_blocked(const struct stream *stream, uint32_t rank)
{
    return stream->tasks[rank].n_blocked > 0;
}

void task_end_alignment(struct stream *stream, uint32_t rank)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    struct task *task = &stream->tasks[rank];
    queue_put_before(&task->queue, &task->aside);
    for (uint32_t i = 0; i < place->n_in; i++)
        stream->channels[place->in[i]].marked = false;
    task->round = 0;
    task->n_marked = 0;
}

void stream_release(struct stream *stream, uint32_t rank)
{
    struct task *task = &stream->tasks[rank];
    if (task->mode == TASK_DEAD)
        return;
    task->mode = TASK_RUNNING;
    task->hold = false;
    task->forced = 0;
    if (task_is_aligned(task))
        task_end_alignment(stream, rank);
    task_changed(stream, rank);
}

void stream_send_markers(struct stream *stream, uint32_t rank, uint64_t round)
{
    const struct task_place *place = &stream->topology->tasks[rank];
    const struct task *task = &stream->tasks[rank];
    assert(round > 0 && (task->mode == TASK_STANDING || !(task->speed > 0)));
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++) {
        struct channel *channel = &stream->channels[c];
        if (channel->log)
            continue;
        struct message marker = {.id = ID_MARKER | round, .channel = c};
        marker.entry_s = stream->now_s + route_marker_latency_s(stream, c, round);
        stream->markers[c].round = round;
        stream->markers[c].n_before = channel->sent;
        if (round == stream->overtaking)
            barrier_send(stream, c, marker.entry_s);
        else
            marker_put(stream, channel, &marker);
        task_changed(stream, channel->to);
    }
}

void stream_forget_round(struct stream *stream, uint64_t round)
{
    bool overtakes = stream->overtaking == round;
    if (overtakes)
        stream->overtaking = 0;
    for (uint32_t rank = 0; rank < stream->topology->n_tasks; rank++) {
        struct task *task = &stream->tasks[rank];
        uint32_t n = queue_drop_markers(&task->queue, round);
        n += queue_drop_markers(&task->aside, round);
        task->n_markers -= n;
        bool goes_on =
            task->round == round && !(task->mode == TASK_STANDING && task_is_aligned(task));
        if (overtakes)
            barrier_end(stream, rank);
        if (goes_on)
            task_end_alignment(stream, rank);
        if (n > 0 || goes_on || overtakes)
            task_changed(stream, rank);
    }
}
