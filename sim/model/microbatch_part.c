// SPDX-License-Identifier: GPL-3.0-or-later
/* What a task does at the end of a batch: it stands while it commits its state. */
#include "model/microbatch_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void cost_is_paid(void *context, struct event *event);

static const struct event_type paid = {"batch_stored", cost_is_paid};

static struct stream_task *task_of(const struct batch_part *part)
{
    return &part->batches->run->streaming->tasks[part->task];
}

static void set_in_checkpoint(struct batch_part *part, bool is_in)
{
    struct run *run = part->batches->run;
    if (is_in)
        (void)stream_hold(run->streaming->stream, part->task, false); /* nothing is in it */
    else
        stream_release(run->streaming->stream, part->task);
    task_of(part)->in_checkpoint = is_in;
    streaming_settle(run, part->task);
}

static void end(struct batch_part *part)
{
    struct microbatch *batches = part->batches;
    part->stage = STORE_NONE;
    set_in_checkpoint(part, false);
    batch_trace(batches, part, "checkpoint_acked");
    if (++batches->n_stored == batches->n_tasks)
        batch_happens(batches, BATCH_STORED);
}

static void transfer_ends(void *context, struct transfer *transfer)
{
    struct batch_part *part = context;
    sum_add(&part->batches->ledger.written_bytes, transfer->bytes);
    end(part);
}

/* Whether there is something to write to a device, which has begun then. */
static bool writes_to_device(struct batch_part *part)
{
    struct microbatch *batches = part->batches;
    struct run *run = batches->run;
    double bytes = part->snapshot.write_bytes;
    if (!run->device || checkpoint_direct_cost(&run->model->checkpoint, batches->is_base) ||
        bytes <= 0)
        return false;
    struct load load =
        device_load(run->device->params, DIRECTION_WRITE, 1, bytes, 1, &batches->device_rng);
    device_start(run->device, &part->transfer, &load, transfer_ends, part);
    return true;
}

static void cost_is_paid(void *context, struct event *event)
{
    (void)context;
    if (!writes_to_device(event->owner))
        end(event->owner);
}

void batch_part_begin(struct batch_part *part)
{
    struct run *run = part->batches->run;
    if (task_of(part)->interruptions > 0) {
        part->stage = STORE_WAITS;
        return;
    }
    part->stage = STORE_UNDER_WAY;
    set_in_checkpoint(part, true);
    double stop_s = part->cost_s + part->snapshot.sync_s;
    if (stop_s > 0)
        calendar_schedule(&run->calendar, &part->event, &paid, run->calendar.now_s + stop_s, 0);
    else if (!writes_to_device(part))
        end(part);
}

void batch_part_abort(struct batch_part *part)
{
    struct run *run = part->batches->run;
    bool stands = part->stage == STORE_UNDER_WAY && !task_of(part)->is_dead;
    part->stage = STORE_NONE;
    snapshots_abort(part->state.snapshots, part->batches->number);
    calendar_cancel(&run->calendar, &part->event);
    if (transfer_is_under_way(&part->transfer)) {
        sum_add(&part->batches->ledger.aborted_bytes, part->transfer.bytes);
        device_abort(&part->transfer);
    }
    if (stands)
        set_in_checkpoint(part, false);
}

void microbatch_task_resumes(struct run *run, uint32_t task)
{
    struct batch_part *part = &run->streaming->batches->parts[task];
    if (part->stage == STORE_WAITS)
        batch_part_begin(part);
}
