// SPDX-License-Identifier: GPL-3.0-or-later
/* A task's part in a round from its cut on: stopped, writing, acked; and how long that takes. */
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

static void stop_ends(void *context, struct event *event);
static void write_ends(void *context, struct event *event);
static void delay_ends(void *context, struct event *event);

static const struct event_type stop_end = {"checkpoint_stop_end", stop_ends};
static const struct event_type write_end = {"checkpoint_write_end", write_ends};
static const struct event_type retry_delay = {"checkpoint_retry", delay_ends};

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

/* ---- random durations ---- */

/* The law of a direct cost; NULL: written to a device. */
static const struct dist *cost_of(const struct round *round)
{
    return checkpoint_direct_cost(group_params(round->group), round->is_base);
}

static struct part_draw draw(const struct round *round)
{
    struct group *group = round->group;
    const struct checkpoint_params *params = group_params(group);
    const struct dist *cost = cost_of(round);
    double cost_s = cost ? dist_draw(cost, &group->cost_rng) : 0;
    if (params->mode != CHECKPOINT_ASYNC)
        return (struct part_draw){.stop_s = cost_s};
    double sync_s =
        dist_is_given(&params->sync) ? dist_draw(&params->sync, &group->coordination_rng) : 0;
    return (struct part_draw){.stop_s = sync_s, .write_s = cost_s};
}

void round_draw(struct round *round)
{
    struct group *group = round->group;
    const struct checkpoint_params *params = group_params(group);
    bool is_repeated = group->has_draw && params->on_retry == ON_RETRY_REPEAT;
    struct part_draw shared = is_repeated ? group->draws[0] : draw(round);
    for (size_t i = 0; i < group->n_members; i++) {
        if (!is_repeated)
            group->draws[i] = i > 0 && params->cost_per == COST_PER_TASK ? draw(round) : shared;
        round->parts[i].draw = group->draws[i];
    }
    group->has_draw = true;
}

/* ---- stopped, writing, acked ---- */

static double bytes_of(const struct part *part)
{
    return part->snapshot.write_bytes + part->taken.cut.bytes;
}

/* Whether the write that has come to its end has failed. */
static bool write_failed(const struct part *part)
{
    struct group *group = group_of(part);
    double probability = group_params(group)->write_failures.probability;
    return probability > 0 && rng_uniform(&group->failure_rng) < probability;
}

static void end_writing(struct part *part)
{
    struct member *member = part->member;
    const struct checkpoint_params *params = group_params(member->group);
    if (!part->is_writing)
        return;
    part->is_writing = false;
    member->n_writing--;
    streaming_set_share(run_of(part), member->task, params->share * (double)member->n_writing);
}

/* The ledger is that of the checkpoints' device, which copies may be on as well. */
static void count_bytes(const struct part *part, const struct transfer *transfer, struct sum *sum)
{
    const struct run *run = run_of(part);
    const struct rounds *rounds = run->streaming->rounds;
    bool is_copy = transfer != &part->transfer;
    if (!is_copy || rounds->targets[transfer - part->copies].device == run->device)
        sum_add(sum, transfer->bytes * (double)transfer->streams);
}

static void stop_moving(struct part *part, struct transfer *transfer)
{
    if (!transfer_is_under_way(transfer))
        return;
    count_bytes(part, transfer, &run_of(part)->streaming->rounds->ledger.aborted_bytes);
    device_abort(transfer);
}

/* The cost is paid, or the write has moved its last byte. */
static void end_cost(struct part *part, enum part_event success)
{
    bool failed = write_failed(part);
    end_writing(part);
    if (!failed)
        part_happens(part, success);
    else if (part->n_failed_writes++ < group_params(group_of(part))->write_failures.retries)
        part_happens(part, PART_WRITE_FAILS);
    else
        round_happens(part->round, ROUND_IS_DECLINED);
}

/* Whether what stops the task is the write, rather than a sync phase before it. */
static bool stop_is_write(const struct part *part)
{
    return group_params(group_of(part))->mode != CHECKPOINT_ASYNC;
}

static void write_ends(void *context, struct event *event)
{
    (void)context;
    end_cost(event->owner, PART_IS_DURABLE);
}

static void delay_ends(void *context, struct event *event)
{
    (void)context;
    part_happens(event->owner, PART_WRITES_AGAIN);
}

/* Its checkpoint or a copy of it; the last to end counts. */
static void transfer_ends(void *context, struct transfer *transfer)
{
    struct part *part = context;
    count_bytes(part, transfer, &run_of(part)->streaming->rounds->ledger.written_bytes);
    if (--part->n_moving == 0)
        end_cost(part, part->state == PART_STOPPED ? PART_STOP_ENDS : PART_IS_DURABLE);
}

static void write_copies(struct part *part, double bytes)
{
    struct rounds *rounds = run_of(part)->streaming->rounds;
    for (size_t i = 0; i < rounds->n_targets; i++) {
        const struct copy_target *target = &rounds->targets[i];
        struct load load = device_load(target->device->params, DIRECTION_WRITE, target->copies,
                                       bytes, 1, &group_of(part)->device_rng);
        part->n_moving++;
        device_start(target->device, &part->copies[i], &load, transfer_ends, part);
    }
}

/* Whether there is something to write to a device, which has begun then. */
static bool writes_to_device(struct part *part)
{
    struct run *run = run_of(part);
    struct round *round = part->round;
    double bytes = bytes_of(part);
    if (!run->device || cost_of(round) || bytes <= 0)
        return false;
    struct load load =
        device_load(run->device->params, DIRECTION_WRITE, 1, bytes, 1, &round->group->device_rng);
    part->n_moving = 1;
    device_start(run->device, &part->transfer, &load, transfer_ends, part);
    write_copies(part, bytes);
    return true;
}

/*
 * What was held back is flushed and, where a cost is given, that is paid: what may remain is the
 * write to a device.
 */
static void stop_ends(void *context, struct event *event)
{
    (void)context;
    struct part *part = event->owner;
    if (!stop_is_write(part))
        part_happens(part, PART_STOP_ENDS);
    else if (!writes_to_device(part))
        end_cost(part, PART_STOP_ENDS);
}

void part_stop(struct part *part)
{
    double stop_s = part->draw.stop_s + part->snapshot.sync_s;
    if (part->n_failed_writes == 0)
        part->stopped_s = now_of(part);
    if (stop_s > 0)
        part_schedule(part, &stop_end, stop_s);
    else if (!stop_is_write(part) || !writes_to_device(part))
        part_happens(part, PART_STOP_ENDS); /* there was nothing to write, and so to fail */
}

void part_finish(struct part *part)
{
    part->finished_s = now_of(part);
    part_record(part, M_SYNC, E_OPERATOR_SYNC, part->finished_s - part->stopped_s);
    round_has_finished(part);
}

void part_proceed(struct part *part)
{
    if (part->is_capturing || part->state != PART_FINISHED)
        return;
    part_happens(part, stop_is_write(part) ? PART_IS_DURABLE : PART_MAY_WRITE);
}

void part_write(struct part *part)
{
    struct member *member = part->member;
    double share = group_params(group_of(part))->share;
    if (part->draw.write_s > 0) {
        part_schedule(part, &write_end, part->draw.write_s);
    } else if (!writes_to_device(part)) {
        part_happens(part, PART_IS_DURABLE);
        return;
    }
    part->is_writing = true;
    member->n_writing++;
    streaming_set_share(run_of(part), member->task, share * (double)member->n_writing);
}

void part_retry(struct part *part)
{
    round_trace(part->round, part, "checkpoint_write_failed");
    part_schedule(part, &retry_delay, group_params(group_of(part))->write_failures.delay_s);
}

void part_ack(struct part *part)
{
    part->acked_s = now_of(part);
    if (part->acked_s > part->finished_s && !stop_is_write(part))
        part_record(part, M_ASYNC, E_OPERATOR_ASYNC, part->acked_s - part->finished_s);
    round_trace(part->round, part, "checkpoint_acked");
    round_has_acked(part);
}

void part_drop(struct part *part)
{
    struct run *run = run_of(part);
    struct member *member = part->member;
    bool stood = member->active == part || part->round->stops_job;
    calendar_cancel(&run->calendar, &part->event);
    stop_moving(part, &part->transfer);
    for (size_t i = 0; i < run->streaming->rounds->n_targets; i++)
        stop_moving(part, &part->copies[i]);
    part->waits = part->is_overtaken = part->is_capturing = false;
    if (!part->round->is_usable)
        snapshots_abort(member->state.snapshots, part->round->number);
    if (member->active == part)
        member->active = NULL;
    if (run->over)
        return;
    end_writing(part);
    if (stood && !member->active)
        member_release(member);
}
