// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stream_pass_run.h"

void run_open_reader(const struct passes *passes, uint32_t rank, struct reader *reader)
{
    const struct stream *stream = passes->stream;
    struct durable_log *log = stream->tasks[rank].sources[0];
    uint32_t partition = stream->topology->tasks[rank].partitions[0];
    (void)durable_log_arrival_s(log);
    *reader = (struct reader){
        .log = log,
        .times_s = log->reading.times_s,
        .next = log->position - log->reading.first,
        .first = log->reading.first,
        .id = id_of(partition, log->reading.first),
        .highest = stream->highest[partition],
        .has_bytes = stream->plans[stream->tasks[rank].operator].has_bytes,
        .base_s = stream->lag_areas[partition].base_s,
        .begin = log->position,
    };
}

void run_close_reader(struct passes *passes, uint32_t rank, const struct reader *reader)
{
    struct stream *stream = passes->stream;
    struct task *task = &stream->tasks[rank];
    uint32_t partition = stream->topology->tasks[rank].partitions[0];
    uint64_t end = reader->first + reader->next;
    uint64_t n = end - reader->begin;
    reader->log->position = end;
    task->counts.received += n;
    if (end > reader->highest) {
        task->fresh += end - (reader->begin > reader->highest ? reader->begin : reader->highest);
        stream->highest[partition] = end;
    }
    stream->lag_areas[partition].n_read += n;
    stream->lag_areas[partition].read_after += reader->after_s;
    task->ready_s[0] = durable_log_arrival_s(reader->log);
}

/* Rings of channels without limit: no start delays anything. */
static const double never[1] = {-(double)INFINITY};

void run_open_outlet(const struct passes *passes, uint32_t rank, struct outlet *outlet)
{
    const struct topology *topology = passes->stream->topology;
    const struct task_place *place = &topology->tasks[rank];
    uint32_t e = topology->operators[place->operator].out_edges[0];
    const struct edge *edge = &topology->edges[e];
    const struct pass_ring *ring = &passes->rings[place->first_out];
    const struct channel *channel = &passes->stream->channels[place->first_out];
    *outlet = (struct outlet){
        .capacity = edge->capacity,
        .latency_s = edge->latency.mean,
        .channel = place->first_out,
        .sole = passes->operators[edge->to].sole,
        .hashes = edge->by == ROUTE_HASH || !edge->from_source,
        .alias = &edge->alias,
        .salt = passes->stream->edge_salts[e],
        .starts = ring->starts ? ring->starts : never,
        .mask = ring->mask,
        .needed = (int64_t)(channel->sent - edge->capacity),
        .started = ring->starts ? (int64_t)channel->started : INT64_MAX,
    };
}

void run_open_inlet(struct passes *passes, uint32_t rank, struct inlet *inlet)
{
    uint32_t c = passes->stream->topology->tasks[rank].in[0];
    const struct pass_ring *ring = &passes->rings[c];
    *inlet = (struct inlet){
        .place = passes->block.first,
        .channel = c,
        .starts = ring->starts ? ring->starts : &passes->unused_start,
        .mask = ring->mask,
        .started = passes->stream->channels[c].started,
    };
}

enum law run_law(const struct stream *stream, const struct task *task)
{
    if (stream->options.repeat_service || task->speed != 1 || task->service.kind == SAMPLER_DIST)
        return LAW_OTHER;
    return task->service.kind == SAMPLER_CONSTANT ? LAW_CONSTANT : LAW_EXPONENTIAL;
}

/* The task's time goes into `use` from since_s on. */
static void add_totals(struct passes *passes, uint32_t rank, const struct totals *totals,
                       enum task_use use, double since_s)
{
    struct task *task = &passes->stream->tasks[rank];
    double served_s = totals->new_s + totals->rework_s;
    task->hands_s += served_s;
    task->measured_service_s += served_s * task->speed;
    task->use_s[USE_NEW] += totals->new_s;
    task->use_s[USE_REWORK] += totals->rework_s;
    task->use_s[USE_BLOCKED] += totals->blocked_s;
    task->use_s[USE_IDLE] += totals->idle_s;
    task->use = use;
    task->since_s = since_s;
    task->counts.processed += totals->n;
    task->counts.reprocessed += totals->n_rework;
    passes->tasks[rank].since_s = since_s;
    passes->n_done += totals->n;
    passes->moved |= totals->n > 0;
}

const double *run_next_block(struct passes *passes, uint32_t rank, uint64_t offset)
{
    struct stream *stream = passes->stream;
    struct durable_log *log = stream->tasks[rank].sources[0];
    double last_s = log->reading.times_s[LOG_BLOCK - 1];
    if (last_s > log->head_s && !passes->tasks[rank].watched)
        (void)pass_look_at_head(stream, stream->topology->tasks[rank].partitions[0], last_s);
    log->position = offset;
    (void)durable_log_arrival_s(log);
    return log->reading.times_s;
}

double run_other_service_s(struct passes *passes, uint32_t rank, uint64_t id, struct rng *rng)
{
    struct task *task = &passes->stream->tasks[rank];
    task->service_rng = *rng;
    double service_s = message_service_s(passes->stream, task, id);
    *rng = task->service_rng;
    return task->speed == 1 ? service_s : service_s / task->speed;
}

static void into_hand(struct task *task, const struct served *served)
{
    task->n_busy = 1;
    task->hands[0] = (struct in_service){
        .message = served->message,
        .start_s = served->start_s,
        .end_s = served->end_s,
        .since_s = served->start_s,
        .reprocessed = is_rework(served),
    };
}

bool run_depart_by_many(struct passes *passes, uint32_t rank, const struct served *served,
                        double *at_s, uint32_t *c)
{
    struct task *task = &passes->stream->tasks[rank];
    into_hand(task, served);
    bool done = pass_hand_on(passes, rank, &task->hands[0], at_s);
    *c = task->hands[0].waits_for;
    task->n_busy = !done;
    return done;
}

void run_note_departure(const struct passes *passes, uint32_t rank, const struct served *served,
                        double departure_s)
{
    const struct stream *stream = passes->stream;
    stream->tasks[rank].counts.bytes += (double)served->message.bytes;
    if (stream->options.transactional && stream->plans[stream->tasks[rank].operator].is_sink)
        output_hold(passes->stream, rank, &served->message, departure_s);
    if (stream->observer)
        stream->observer(stream->observer_context, rank, served->message.id, served->start_s,
                         departure_s);
}

void run_wait_for_room(struct passes *passes, uint32_t rank, struct totals *totals,
                       const struct served *served, uint32_t c, double handed_s)
{
    struct task *task = &passes->stream->tasks[rank];
    if (task->n_busy == 0)
        into_hand(task, served);
    task->hands[0].waits_for = c;
    task->counts.bytes += (double)served->message.bytes;
    count_service(totals, served);
    add_totals(passes, rank, totals, USE_BLOCKED, served->end_s);
    pass_wait_for_room(passes, rank, handed_s);
}

void run_stay_in_service(struct passes *passes, uint32_t rank, const struct totals *totals,
                         const struct served *served)
{
    into_hand(&passes->stream->tasks[rank], served);
    add_totals(passes, rank, totals, is_rework(served) ? USE_REWORK : USE_NEW, served->start_s);
    pass_close(passes, rank);
}

void run_stay_idle(struct passes *passes, uint32_t rank, const struct totals *totals,
                   double since_s, enum stop stop)
{
    add_totals(passes, rank, totals, USE_IDLE, since_s);
    if (stop == STOP_EMPTY)
        pass_wait_for_input(passes, rank);
    else if (stop == STOP_LATER)
        pass_close(passes, rank);
}
