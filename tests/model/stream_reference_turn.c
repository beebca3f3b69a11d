// SPDX-License-Identifier: GPL-3.0-or-later
/* What the reference's tasks do in their turns: end services, hand on, stop, align, start. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "stream_reference_state.h"

/* ---- handing on ---- */

static const struct edge *edge_of(const struct reference *reference, uint32_t channel)
{
    return &reference->topology->edges[reference->topology->channels[channel].edge];
}

/*
 * Messages that the task would start, were they handed over now: what capacity 0 asks for. None
 * while anything else waits for it.
 */
static uint32_t open_places(struct reference *reference, uint32_t task)
{
    uint32_t servers = free_servers(reference, task);
    uint32_t threads = free_threads(reference, task);
    if (servers == 0 || next_of(reference, task).there_s <= reference->now_s)
        return 0;
    return servers < threads ? servers : threads;
}

static bool would_start_now(struct reference *reference, uint32_t channel)
{
    const struct sampler *latency = &edge_of(reference, channel)->latency;
    bool is_instant = latency->kind == SAMPLER_CONSTANT && !(latency->mean > 0);
    return is_instant && !reference->channels[channel].marked &&
           open_places(reference, reference->topology->channels[channel].to) > 0;
}

static bool is_full(struct reference *reference, const struct message *message)
{
    const struct edge *edge = edge_of(reference, message->channel);
    const struct channel *channel = &reference->channels[message->channel];
    if (edge->channel == CHANNEL_LOG)
        return false;
    if (edge->capacity == 0)
        return !would_start_now(reference, message->channel);
    if (channel->sent - channel->started >= edge->capacity)
        return true;
    return channel->sent > channel->started &&
           channel->bytes + (double)message->bytes > edge->capacity_bytes;
}

/* Behind what enters earlier, or at the same time by a lower channel. */
static size_t place_in_queue(const struct line *queue, const struct message *message)
{
    size_t at = queue->n;
    for (; at > 0; at--) {
        const struct waiting *before = &queue->at[at - 1];
        if (before->from_cut || before->message.entry_s < message->entry_s ||
            (before->message.entry_s <= message->entry_s &&
             before->message.channel <= message->channel))
            break;
    }
    return at;
}

void enqueue(struct reference *reference, uint32_t receiver, struct message message, bool from_cut)
{
    struct actor *actor = &reference->actors[receiver];
    if (message.channel != NO_CHANNEL && !(message.id & ID_MARKER)) {
        struct channel *channel = &reference->channels[message.channel];
        channel->sent++;
        channel->bytes += (double)message.bytes;
    }
    actor->counts.received += !(message.id & ID_MARKER);
    struct waiting waiting = {.message = message, .from_cut = from_cut};
    if (message.channel != NO_CHANNEL && !from_cut)
        waiting.after_round = reference->last_round[message.channel];
    size_t at = from_cut ? actor->queue.n : place_in_queue(&actor->queue, &message);
    line_add(&actor->queue, at, waiting);
    if (actor->cut_round > waiting.after_round && !(message.id & ID_MARKER))
        reference_cut_add(actor->cut, &message);
    set_alarm(reference, message.entry_s, receiver);
}

static struct shared_log *log_of(struct actor *actor, uint32_t edge)
{
    size_t i = 0;
    while (actor->logs[i].edge != edge)
        i++;
    assert(i < actor->n_logs);
    return &actor->logs[i];
}

static void append(struct reference *reference, uint32_t receiver, struct message message)
{
    uint32_t edge = reference->topology->channels[message.channel].edge;
    struct shared_log *log = log_of(&reference->actors[receiver], edge);
    if (log->messages.n > 0)
        message.entry_s =
            fmax(message.entry_s, log->messages.at[log->messages.n - 1].message.entry_s);
    line_add(&log->messages, log->messages.n, (struct waiting){.message = message});
    set_alarm(reference, message.entry_s, receiver);
}

static double latency_s(const struct reference *reference, const struct message *message)
{
    uint64_t salt = reference->edge_salts[reference->topology->channels[message->channel].edge] + 1;
    return sampler_quantile(&edge_of(reference, message->channel)->latency,
                            id_uniform(id_mix(message->id, salt)));
}

static void hand_on(struct reference *reference, uint32_t task, struct message message)
{
    struct channel *channel = &reference->channels[message.channel];
    uint32_t receiver = reference->topology->channels[message.channel].to;
    double entry_s = reference->now_s + latency_s(reference, &message);
    channel->last_entry_s = fmax(channel->last_entry_s, entry_s);
    message.entry_s = channel->last_entry_s;
    reference->actors[task].counts.emitted++;
    if (edge_of(reference, message.channel)->channel == CHANNEL_LOG)
        append(reference, receiver, message);
    else
        enqueue(reference, receiver, message, false);
}

static void drop(struct reference *reference, const struct message *message)
{
    struct actor *receiver = &reference->actors[reference->topology->channels[message->channel].to];
    receiver->counts.dropped++;
    if (reference->options.may_fail && !(message->id & ID_REPLAYED))
        id_set_add(&receiver->unfinished, message->id);
}

/* ---- the end of a service ---- */

static void end_service(struct reference *reference, uint32_t task, struct service *service)
{
    struct task_counts *counts = &reference->actors[task].counts;
    service->ended = true;
    counts->processed++;
    counts->reprocessed += service->reprocessed;
    counts->bytes += (double)service->message.bytes;
    make_outputs(reference, task, service);
}

static void record(struct latency_record *record, double latency_s)
{
    record->n++;
    record->sum += latency_s;
    record->square += latency_s * latency_s;
}

static void depart(struct reference *reference, uint32_t task, const struct service *service)
{
    const struct message *message = &service->message;
    struct task_counts *counts = &reference->actors[task].counts;
    bool is_sink = operator_of(reference, task)->is_sink;
    if (reference->observer)
        reference->observer(reference->observer_context, task, message->id, service->start_s,
                            reference->now_s);
    double since_s = message->entry_s;
    if (service->reprocessed && since_s < reference->actors[task].rewound_s)
        since_s = reference->actors[task].rewound_s;
    counts->sojourn_s += reference->now_s - since_s;
    bool is_held = is_sink && reference->options.transactional;
    counts->emitted += is_sink;
    if (is_held)
        sink_write(reference, task, service);
    else if (is_sink)
        counts->duplicates += service->reprocessed;
    if (service->reprocessed || message->origin_s < reference->measure_from_s)
        return;
    record(&reference->operator_latency[reference->topology->tasks[task].operator],
           reference->now_s - message->entry_s);
    if (is_sink && !is_held)
        record(reference->latency, reference->now_s - message->origin_s);
}

/* Its output that waits for room; NULL: none does. */
static const struct message *waiting_output(const struct service *service)
{
    return service->ended ? &service->outputs[service->n_handed_on] : NULL;
}

/* Whether a message of the same task that ended before it waits for the same channel. */
static bool is_behind(const struct actor *actor, const struct service *service)
{
    for (uint32_t i = 0; i < actor->n_services; i++) {
        const struct service *other = &actor->services[i];
        bool first =
            other->end_s < service->end_s || (other->end_s <= service->end_s && other < service);
        if (first && other->ended &&
            waiting_output(other)->channel == waiting_output(service)->channel)
            return true;
    }
    return false;
}

/* Hands on what there is room for. */
static void go_on(struct reference *reference, uint32_t task, uint32_t slot)
{
    struct actor *actor = &reference->actors[task];
    struct service *service = &actor->services[slot];
    for (; service->n_handed_on < service->n_outputs; service->n_handed_on++) {
        const struct message *output = waiting_output(service);
        if (!is_behind(actor, service) && !is_full(reference, output))
            hand_on(reference, task, *output);
        else if (edge_of(reference, output->channel)->on_full == ON_FULL_DROP)
            drop(reference, output);
        else
            return;
    }
    depart(reference, task, service);
    service_release(service);
    actor->n_services--;
    for (uint32_t i = slot; i < actor->n_services; i++)
        actor->services[i] = actor->services[i + 1];
}

/* Of two that wait for one receiver over channels of capacity 0, the first blocked goes first. */
static bool is_served_before(const struct service *a, const struct service *b)
{
    if (a->end_s < b->end_s || b->end_s < a->end_s)
        return a->end_s < b->end_s;
    uint32_t channel = waiting_output(a)->channel;
    uint32_t other = waiting_output(b)->channel;
    return channel < other || (channel == other && a < b); /* slots of one task */
}

/* How many others are served before it by the receiver of its output. */
static uint32_t n_served_before(const struct reference *reference, const struct service *service)
{
    const struct channel_place *channels = reference->topology->channels;
    uint32_t receiver = channels[waiting_output(service)->channel].to;
    uint32_t n = 0;
    for (size_t t = 0; t < reference->topology->n_tasks; t++) {
        const struct actor *sender = &reference->actors[t];
        for (uint32_t i = 0; i < sender->n_services && sender->mode == TASK_RUNNING; i++) {
            const struct message *output = waiting_output(&sender->services[i]);
            n += output && channels[output->channel].to == receiver &&
                 edge_of(reference, output->channel)->capacity == 0 &&
                 !reference->channels[output->channel].marked &&
                 !is_behind(sender, &sender->services[i]) &&
                 is_served_before(&sender->services[i], service);
        }
    }
    return n;
}

static bool can_go_on(struct reference *reference, const struct actor *actor,
                      const struct service *service)
{
    const struct message *output = waiting_output(service);
    if (!output)
        return service->end_s <= reference->now_s;
    if (is_behind(actor, service) || is_full(reference, output))
        return false;
    uint32_t receiver = reference->topology->channels[output->channel].to;
    return edge_of(reference, output->channel)->capacity > 0 ||
           n_served_before(reference, service) < open_places(reference, receiver);
}

static const uint32_t NO_SLOT = UINT32_MAX;

/* The slot whose message can be handed on, the one that ended first before others. */
static uint32_t slot_to_go_on(struct reference *reference, const struct actor *actor)
{
    uint32_t best = NO_SLOT;
    if (actor->mode != TASK_RUNNING)
        return NO_SLOT;
    for (uint32_t i = 0; i < actor->n_services; i++)
        if ((best == NO_SLOT || actor->services[i].end_s < actor->services[best].end_s) &&
            can_go_on(reference, actor, &actor->services[i]))
            best = i;
    return best;
}

static bool service_goes_on(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    uint32_t slot = slot_to_go_on(reference, actor);
    if (slot == NO_SLOT)
        return false;
    bool ends = !actor->services[slot].ended;
    if (ends)
        end_service(reference, task, &actor->services[slot]);
    go_on(reference, task, slot);
    if (ends && reference->topology->threads > 0)
        give_away_threads(reference, task);
    return true;
}

void wake_unblocked(struct reference *reference)
{
    for (uint32_t t = 0; t < reference->topology->n_tasks; t++)
        if (slot_to_go_on(reference, &reference->actors[t]) != NO_SLOT)
            wake(reference, t);
}

/* ---- a turn ---- */

bool comes_to_stand(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    bool stands = actor->hold && actor->mode == TASK_RUNNING;
    for (uint32_t i = 0; i < actor->n_services; i++)
        stands &= actor->hold_blocked && actor->services[i].ended;
    if (!stands)
        return false;
    actor->mode = TASK_STANDING;
    actor->hold = false;
    return true;
}

bool must_be_cut(const struct reference *reference, uint32_t task)
{
    const struct actor *actor = &reference->actors[task];
    return actor->round && actor->round == reference->overtaking && actor->mode == TASK_RUNNING;
}

/* Whether it may be cut, or take a marker that overtakes. */
static bool is_at_overtaking_boundary(const struct reference *reference, const struct actor *actor)
{
    bool is = !actor->hold && actor->speed > 0;
    for (uint32_t i = 0; i < actor->n_services; i++)
        is &= reference->options.overtake_blocked && actor->services[i].ended;
    return is;
}

/* The cut in flight is complete. */
static bool is_captured(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    if (!actor->cut_round || actor->n_awaited > 0)
        return false;
    tell(reference, NOTICE_CAPTURED, task, actor->cut_round);
    actor->cut_round = 0;
    wake(reference, task);
    return true;
}

/* Whether it takes a marker that overtakes, or comes to stand for one. */
static bool is_overtaken(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    size_t at = overtaking_marker(reference, task);
    if (!is_at_overtaking_boundary(reference, actor) ||
        (at == SIZE_MAX && !must_be_cut(reference, task)))
        return false;
    if (!must_be_cut(reference, task)) {
        (void)line_take(&actor->queue, at);
        if (actor->cut_round) {
            actor->n_awaited--;
            return true;
        }
        actor->round = reference->overtaking;
        actor->n_marked = 1;
        tell(reference, NOTICE_MARKER, task, actor->round);
    }
    actor->mode = TASK_STANDING;
    tell(reference, NOTICE_OVERTAKEN, task, actor->round);
    wake(reference, task);
    return true;
}

/* Takes a marker that has come to the head of the queue of a task at a boundary. */
static bool takes_marker(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    struct next next = next_of(reference, task);
    if (next.from != FROM_MARKER || next.there_s > reference->now_s || actor->n_services > 0 ||
        !(actor->speed > 0))
        return false;
    struct message marker = line_take(&actor->queue, 0).message;
    uint64_t round = marker.id & ~ID_MARKER;
    if (actor->n_marked == 0) {
        actor->round = round;
        tell(reference, NOTICE_MARKER, task, round);
    }
    reference->channels[marker.channel].marked = reference->options.alignment == ALIGN_BLOCKING;
    actor->n_marked++;
    if (actor->n_marked == actor->n_pipelined) {
        actor->mode = TASK_STANDING;
        tell(reference, NOTICE_ALIGNED, task, round);
    }
    return true;
}

/* The source's next message is known before it is there. */
static void set_source_alarm(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    struct next next = next_of(reference, task);
    if (next.from != FROM_PARTITION || !(next.there_s > reference->now_s) || isinf(next.there_s) ||
        (actor->ready_s >= next.there_s && actor->ready_s <= next.there_s))
        return;
    actor->ready_s = next.there_s;
    set_alarm(reference, next.there_s, task);
}

void task_turn(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    actor->woken = false;
    if (is_captured(reference, task))
        return;
    while (actor->mode == TASK_RUNNING) {
        if (service_goes_on(reference, task))
            continue;
        if (comes_to_stand(reference, task)) {
            tell(reference, NOTICE_BOUNDARY, task, 0);
            return;
        }
        if (is_overtaken(reference, task)) {
            if (reference->n_notices > 0 || is_captured(reference, task))
                return;
            continue;
        }
        if (takes_marker(reference, task)) {
            wake(reference, task); /* it goes on when those who were told have acted */
            if (reference->n_notices > 0)
                return;
            continue;
        }
        if (!start_next(reference, task))
            break;
    }
    set_source_alarm(reference, task);
}
