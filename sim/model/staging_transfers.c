// SPDX-License-Identifier: GPL-3.0-or-later
/* Inputs and outputs of tasks on their way through devices, which all tasks that move some share.
 */
#include "model/run.h"
#include "model/staging_state.h"

static double bytes_of(const struct transfer *transfer)
{
    return transfer->bytes * (double)transfer->streams;
}

static const struct stage_place *stage_of(const struct staging *staging, uint32_t task)
{
    return &staging->graph->stages[stage_of_task(staging->graph, task)];
}

static void read_ends(void *context, struct transfer *transfer)
{
    struct run *run = context;
    sum_add(&run->staging->read_bytes, bytes_of(transfer));
    staging_read_on(run, slot_of_transfer(transfer));
}

static void write_ends(void *context, struct transfer *transfer)
{
    struct run *run = context;
    struct slot *slot = slot_of_transfer(transfer);
    sum_add(&run->staging->written_bytes, bytes_of(transfer));
    slot->write_s = run->calendar.now_s - slot->since_s;
    staging_complete(run, slot);
}

bool staging_reads(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    const struct stage_place *stage = stage_of(staging, slot->task);
    while (slot->input < stage->n_inputs) {
        const struct stage_edge *edge = &staging->graph->edges[stage->first_input + slot->input++];
        struct device *device = staging->stages[edge->from].device;
        if (!device)
            continue;
        uint32_t n_outputs = stage_edge_outputs(staging->graph, edge);
        struct load load =
            device_load(device->params, DIRECTION_READ, 1, stage_edge_bytes(staging->graph, edge),
                        n_outputs, &slot->device_rng);
        device_start(device, &slot->transfer, &load, read_ends, run);
        return true;
    }
    return false;
}

bool staging_writes(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    struct device *device = staging->stages[stage_of_task(staging->graph, slot->task)].device;
    if (!device)
        return false;
    struct load load =
        device_load(device->params, DIRECTION_WRITE, 1,
                    stage_of(staging, slot->task)->params->output_bytes, 1, &slot->device_rng);
    device_start(device, &slot->transfer, &load, write_ends, run);
    return true;
}

void staging_stop_attempt(struct run *run, struct slot *slot)
{
    struct staging *staging = run->staging;
    calendar_cancel(&run->calendar, &slot->next);
    if (!transfer_is_under_way(&slot->transfer))
        return;
    bool reads = slot->transfer.direction == DIRECTION_READ;
    sum_add(reads ? &staging->aborted_read_bytes : &staging->aborted_written_bytes,
            bytes_of(&slot->transfer));
    device_abort(&slot->transfer);
}

void staging_keep(struct run *run, uint32_t s, double outputs)
{
    struct stage_state *state = &run->staging->stages[s];
    double bytes = outputs * run->staging->graph->stages[s].params->output_bytes;
    if (state->device)
        device_keep(state->device, &state->kept, run->calendar.now_s, state->kept.bytes,
                    state->kept.bytes + bytes);
}

void staging_end_transfers(struct run *run)
{
    struct staging *staging = run->staging;
    for (uint32_t i = 0; i < staging->n_slots; i++)
        staging_stop_attempt(run, &staging->slots[i]);
    for (uint32_t s = 0; s < staging->graph->n_stages; s++)
        staging_keep(run, s, 0);
    run_check_bytes(run, "read", run_moved_bytes(run, DIRECTION_READ),
                    sum_value(&staging->read_bytes), sum_value(&staging->aborted_read_bytes));
    run_check_bytes(run, "written", run_moved_bytes(run, DIRECTION_WRITE),
                    sum_value(&staging->written_bytes), sum_value(&staging->aborted_written_bytes));
}
