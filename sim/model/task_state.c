// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/task_state.h"

#include <math.h>

#include "model/run.h"
#include "model/streaming_state.h"

static void background_is_due(void *context, struct event *event);

static const struct event_type background_due = {"base_due", background_is_due};

static double now_of(const struct task_state *state)
{
    return state->run->calendar.now_s;
}

static uint64_t processed(const struct task_state *state)
{
    struct task_counts counts;
    stream_counts(state->run->streaming->stream, state->task, &counts);
    return counts.processed;
}

/* Messages that it has processed on its present time line. */
static double messages_of(const struct task_state *state)
{
    return (double)(processed(state) - state->taken_back);
}

static const struct store *state_store(const struct task_state *state)
{
    const struct topology *topology = state->run->model->topology;
    return &topology->operators[topology->tasks[state->task].operator].store;
}

/* ---- life ---- */

void task_state_init(struct task_state *state, struct run *run, uint32_t task)
{
    const struct checkpoint_params *params = &run->model->checkpoint;
    struct capture capture = checkpoint_content(params)->capture(params->content.params);
    state->run = run;
    state->task = task;
    state->snapshots =
        snapshots_new(state_store(state), &capture, params->retain > 0 ? params->retain : 1);
}

void task_state_release(struct task_state *state)
{
    snapshots_free(state->snapshots);
}

void task_state_start(struct task_state *state, struct rng *device_rng, struct write_ledger *ledger)
{
    const struct run *run = state->run;
    snapshots_start(state->snapshots, run->seed, run->replication, state->task);
    *state = (struct task_state){
        .run = state->run,
        .task = state->task,
        .snapshots = state->snapshots,
        .background = {.owner = state},
        .device_rng = device_rng,
        .ledger = ledger,
    };
}

/* ---- its checkpoints ---- */

static bool keeping_costs(const struct task_state *state)
{
    return state->run->device && state->run->device->params->price.storage > 0;
}

struct snapshot task_state_cut(struct task_state *state, uint64_t number)
{
    double messages = messages_of(state);
    state->cut_messages = (uint64_t)messages;
    return snapshots_cut(state->snapshots, messages, now_of(state), number);
}

void task_state_commit(struct task_state *state, uint64_t number, uint64_t messages)
{
    state->line_messages = messages;
    if (!keeping_costs(state)) {
        snapshots_commit(state->snapshots, number);
        return;
    }
    snapshots_advance(state->snapshots, messages_of(state), now_of(state));
    double before = snapshots_retained_bytes(state->snapshots);
    snapshots_commit(state->snapshots, number);
    device_keep(state->run->device, &state->kept, now_of(state), before,
                snapshots_retained_bytes(state->snapshots));
}

double task_state_restore_bytes(struct task_state *state)
{
    const struct store_point start = {0};
    if (snapshots_has_line(state->snapshots)) {
        /* The log is as long as it is now: it may have been cleaned meanwhile. */
        snapshots_advance(state->snapshots, messages_of(state), now_of(state));
        return snapshots_restore_bytes(state->snapshots);
    }
    /* Before its first checkpoint a job has nothing to read, unless it goes on from an older run.
     */
    return state->run->model->job.first_start == FIRST_START_FREE
               ? 0
               : store_bytes(state_store(state), &start);
}

struct restore_size task_state_restore_size(struct task_state *state)
{
    double bytes = task_state_restore_bytes(state);
    struct restore_size size = snapshots_restore_size(state->snapshots);
    if (!size.has_line)
        size.base_bytes = bytes;
    return size;
}

void task_state_add_storage(struct task_state *state, struct storage_totals *totals)
{
    snapshots_advance(state->snapshots, messages_of(state), now_of(state));
    double retained_bytes = snapshots_retained_bytes(state->snapshots);
    if (keeping_costs(state))
        device_keep(state->run->device, &state->kept, now_of(state), retained_bytes,
                    retained_bytes);
    totals->retained_bytes += retained_bytes;
    totals->log_bytes += snapshots_log_volume_bytes(state->snapshots);
}

/* ---- bases that are made beside ---- */

static void abort_background(struct task_state *state)
{
    if (!transfer_is_under_way(&state->base_transfer))
        return;
    sum_add(&state->ledger->aborted_bytes, state->base_transfer.bytes);
    device_abort(&state->base_transfer);
}

/* One that is late, since the last took long, is looked at now. */
static void wait_for_background(struct task_state *state)
{
    double at_s = snapshots_background_s(state->snapshots);
    if (isfinite(at_s))
        calendar_schedule(&state->run->calendar, &state->background, &background_due,
                          fmax(at_s, now_of(state)), 0);
}

void task_state_stop(struct task_state *state)
{
    snapshots_advance(state->snapshots, messages_of(state), now_of(state));
    calendar_cancel(&state->run->calendar, &state->background);
    abort_background(state);
}

void task_state_restart(struct task_state *state)
{
    state->taken_back = processed(state) - state->line_messages;
    snapshots_roll_back(state->snapshots, now_of(state));
    wait_for_background(state);
}

void task_state_end(struct task_state *state)
{
    abort_background(state);
}

static void end_background(struct task_state *state)
{
    snapshots_background_end(state->snapshots, now_of(state));
    wait_for_background(state);
}

static void base_is_written(void *context, struct transfer *transfer)
{
    struct task_state *state = context;
    sum_add(&state->ledger->written_bytes, transfer->bytes);
    end_background(state);
}

/* Without a device to write to, it takes no time. */
static void background_is_due(void *context, struct event *event)
{
    (void)context;
    struct task_state *state = event->owner;
    struct device *device = state->run->device;
    double bytes = snapshots_background_start(state->snapshots, messages_of(state), now_of(state));
    if (bytes > 0 && device) {
        struct load load =
            device_load(device->params, DIRECTION_WRITE, 1, bytes, 1, state->device_rng);
        device_start(device, &state->base_transfer, &load, base_is_written, state);
    } else if (bytes > 0)
        end_background(state);
    else
        wait_for_background(state);
}
