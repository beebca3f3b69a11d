// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What goes on with each task of a stream job: one activity at every instant,
 * and the speed that follows from what stops or slows it.
 */
#include <assert.h>

#include "model/run.h"
#include "model/streaming_state.h"

unsigned streaming_phase(const uint32_t n_in[N_ACTIVITIES])
{
    if (n_in[ACTIVITY_WORK] > 0)
        return EXPOSED_WORK;
    if (n_in[ACTIVITY_CHECKPOINT] > 0)
        return EXPOSED_CHECKPOINT;
    if (n_in[ACTIVITY_RECOVERY] > 0 || n_in[ACTIVITY_START] > 0)
        return EXPOSED_RECOVERY;
    return EXPOSED_DOWNTIME;
}

struct trace_value streaming_task_value(const struct run *run, uint32_t task, char *text)
{
    return (struct trace_value){
        "task", task, topology_task_name(run->model->topology, task, text, SCOPE_NAME_SIZE)};
}

/* Tells who listens of a stretch that was no plain running. */
static void tell_span(struct run *run, uint32_t task)
{
    const struct stream_task *control = &run->streaming->tasks[task];
    double now_s = run->calendar.now_s;
    const char *name = activity_names[control->activity];
    char text[SCOPE_NAME_SIZE];
    if (control->activity == ACTIVITY_WORK || !(now_s > control->entered_s))
        return;
    if (run->story)
        story_add_span(run->story, &(struct story_span){.task = task,
                                                        .activity = name,
                                                        .from_s = control->entered_s,
                                                        .to_s = now_s});
    if (run->trace)
        run_trace(run, now_s, "activity",
                  (struct trace_value[]){
                      streaming_task_value(run, task, text),
                      {"activity", 0, name},
                      {"from_s", control->entered_s, NULL},
                  },
                  3);
}

/* Books the time in which a write took a share of the task, or it was slow; one that stands has
 * nothing to share. */
static void book_share(struct stream_task *control, double now_s)
{
    double time_s = now_s - control->slowed_since_s;
    if (control->activity == ACTIVITY_WORK) {
        sum_add(&control->slowed_s, control->write_share * time_s);
        sum_add(&control->straggled_s, (1 - control->write_share) * (1 - control->pace) * time_s);
    }
    control->slowed_since_s = now_s;
}

void streaming_book(struct run *run, uint32_t task)
{
    struct stream_task *control = &run->streaming->tasks[task];
    double now_s = run->calendar.now_s;
    sum_add(&control->spent_s[control->activity], now_s - control->booked_s);
    control->booked_s = now_s;
    control->n_booked++;
    book_share(control, now_s);
}

void streaming_set_activity(struct run *run, uint32_t task, enum activity activity)
{
    struct streaming *streaming = run->streaming;
    struct stream_task *control = &streaming->tasks[task];
    if (activity == control->activity)
        return;
    streaming_book(run, task);
    tell_span(run, task);
    control->entered_s = run->calendar.now_s;
    streaming->n_in[control->activity]--;
    streaming->n_in[activity]++;
    control->activity = activity;
    run_set_phase(run, streaming_phase(streaming->n_in));
}

void streaming_end_task(struct run *run, uint32_t task)
{
    streaming_book(run, task);
    tell_span(run, task);
}

static void set_speed(struct run *run, uint32_t task, double speed)
{
    struct stream_task *control = &run->streaming->tasks[task];
    if (speed >= control->speed && speed <= control->speed)
        return;
    control->speed = speed;
    stream_set_speed(run->streaming->stream, task, speed);
}

void streaming_settle(struct run *run, uint32_t task)
{
    const struct stream_task *control = &run->streaming->tasks[task];
    bool is_stopped = control->interruptions > 0 || control->is_preempted;
    assert(!control->is_dead);
    set_speed(run, task, is_stopped ? 0 : (1 - control->write_share) * control->pace);
    if (control->interruptions > 0)
        streaming_set_activity(run, task, control->interrupted_as);
    else
        streaming_set_activity(run, task,
                               control->in_checkpoint ? ACTIVITY_CHECKPOINT : ACTIVITY_WORK);
}

void streaming_set_share(struct run *run, uint32_t task, double share)
{
    struct stream_task *control = &run->streaming->tasks[task];
    book_share(control, run->calendar.now_s);
    control->write_share = share;
    if (!control->is_dead)
        streaming_settle(run, task);
}

void streaming_set_paces(struct run *run)
{
    for (uint32_t task = 0; task < run->streaming->n_tasks; task++) {
        struct stream_task *control = &run->streaming->tasks[task];
        book_share(control, run->calendar.now_s);
        control->pace = slowing_of_task(run, task);
        if (!control->is_dead)
            streaming_settle(run, task);
    }
}

static void hold(struct run *run, uint32_t task)
{
    struct stream_task *control = &run->streaming->tasks[task];
    control->interruptions++;
    control->interrupted_as = ACTIVITY_DOWN;
    if (!control->is_dead)
        streaming_settle(run, task);
}

static void go_on(struct run *run, uint32_t task)
{
    struct stream_task *control = &run->streaming->tasks[task];
    if (--control->interruptions > 0 || control->is_dead)
        return;
    streaming_settle(run, task);
    rounds_task_resumes(run, task);
}

void streaming_coordinator_changes(struct run *run)
{
    bool is_down = run->coordinator.is_down;
    bool all_stand = run->model->recovery.coordinator.blocks == BLOCKS_EVERYTHING;
    for (uint32_t task = 0; all_stand && task < run->streaming->n_tasks; task++)
        (is_down ? hold : go_on)(run, task);
    rounds_coordinator_changes(run);
}

void streaming_kill(struct run *run, const uint32_t *tasks, size_t n)
{
    struct streaming *streaming = run->streaming;
    for (size_t i = 0; i < n; i++)
        streaming->tasks[tasks[i]].is_dead = true;
    rounds_tasks_stop(run, tasks, n);
    for (size_t i = 0; i < n; i++) {
        struct stream_task *control = &streaming->tasks[tasks[i]];
        stream_kill(streaming->stream, tasks[i]);
        stream_cut(streaming->stream, tasks[i], false, &control->stop);
        control->is_preempted = control->in_checkpoint = false;
        streaming_set_share(run, tasks[i], 0);
        streaming_set_activity(run, tasks[i], ACTIVITY_DOWN);
    }
}

void streaming_record(struct run *run, enum metric metric, double value)
{
    if (run->calendar.now_s >= run->measure_from_s)
        run_record(run, metric, value);
}

void streaming_record_part(struct run *run, uint32_t task, enum element_metric metric, double value)
{
    struct streaming *streaming = run->streaming;
    struct part_means *means = &streaming->part_means[streaming->topology->tasks[task].operator];
    int i = (int)metric - E_OPERATOR_START_DELAY;
    if (run->calendar.now_s < run->measure_from_s)
        return;
    means->sum[i] += value;
    means->n[i]++;
}

void checkpoint_size_add(struct run *run, struct checkpoint_size *size, uint32_t task,
                         const struct snapshot *snapshot, const struct task_cut *cut)
{
    streaming_record_part(run, task, E_OPERATOR_CHECKPOINTED_BYTES,
                          snapshot->write_bytes + cut->bytes);
    streaming_record_part(run, task, E_OPERATOR_IN_FLIGHT_BYTES, cut->bytes);
    size->full_bytes += snapshot->full_bytes;
    size->written_bytes += snapshot->write_bytes + cut->bytes;
    size->in_flight_bytes += cut->bytes;
    size->n_in_flight += cut->n_messages;
}

void streaming_record_size(struct run *run, const struct checkpoint_size *size)
{
    streaming_record(run, M_FULL_SIZE, size->full_bytes);
    streaming_record(run, M_CHECKPOINTED_SIZE, size->written_bytes);
    streaming_record(run, M_IN_FLIGHT_BYTES, size->in_flight_bytes);
    streaming_record(run, M_IN_FLIGHT, (double)size->n_in_flight);
}
