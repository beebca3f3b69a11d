// SPDX-License-Identifier: GPL-3.0-or-later
/* How the reference's tasks choose messages and start them. */
#include <math.h>

#include "stream_reference_state.h"

/* ---- what comes next ---- */

static bool is_forgotten(const struct reference *reference, uint64_t round)
{
    for (size_t i = 0; i < reference->n_forgotten; i++)
        if (reference->forgotten[i] == round)
            return true;
    return false;
}

uint32_t free_servers(const struct reference *reference, uint32_t task)
{
    const struct actor *actor = &reference->actors[task];
    if (actor->mode != TASK_RUNNING || actor->hold || !(actor->speed > 0) ||
        must_be_cut(reference, task))
        return 0;
    return (uint32_t)operator_of(reference, task)->params->in_flight - actor->n_services;
}

size_t overtaking_marker(const struct reference *reference, uint32_t task)
{
    const struct line *queue = &reference->actors[task].queue;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < queue->n && reference->overtaking; i++) {
        const struct message *marker = &queue->at[i].message;
        if (marker->id != (ID_MARKER | reference->overtaking) || marker->entry_s > reference->now_s)
            continue;
        const struct message *best = first == SIZE_MAX ? NULL : &queue->at[first].message;
        if (!best || marker->entry_s < best->entry_s ||
            (marker->entry_s <= best->entry_s && marker->channel < best->channel))
            first = i;
    }
    return first;
}

/*
 * When a task that could take something looks, markers of rounds that were given up go, and what is
 * held back by an alignment steps aside.
 */
static void clear_head(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    if (free_servers(reference, task) == 0)
        return;
    while (actor->queue.n > 0 && actor->queue.at[0].message.entry_s <= reference->now_s) {
        const struct message *head = &actor->queue.at[0].message;
        if ((head->id & ID_MARKER) && is_forgotten(reference, head->id & ~ID_MARKER))
            (void)line_take(&actor->queue, 0);
        else if (actor->round && head->channel != NO_CHANNEL &&
                 reference->channels[head->channel].marked)
            line_add(&actor->aside, actor->aside.n, line_take(&actor->queue, 0));
        else
            return;
    }
}

static bool goes_before(double entry_s, uint32_t channel, const struct next *next)
{
    if (next->from == FROM_NOWHERE || entry_s < next->entry_s)
        return true;
    return entry_s <= next->entry_s && channel < next->channel;
}

static void look_at_queue(const struct actor *actor, struct next *next)
{
    if (actor->queue.n == 0)
        return;
    const struct message *head = &actor->queue.at[0].message;
    *next = (struct next){
        .from = head->id & ID_MARKER ? FROM_MARKER : FROM_QUEUE,
        .there_s = head->entry_s,
        .entry_s = head->entry_s,
        .channel = head->channel,
    };
}

static void look_at_logs(const struct actor *actor, struct next *next)
{
    for (uint32_t i = 0; i < actor->n_logs; i++) {
        const struct shared_log *log = &actor->logs[i];
        if (log->position == log->messages.n)
            continue;
        const struct message *head = &log->messages.at[log->position].message;
        if (goes_before(head->entry_s, head->channel, next))
            *next = (struct next){
                .from = FROM_LOG,
                .there_s = head->entry_s,
                .entry_s = head->entry_s,
                .channel = head->channel,
                .index = i,
            };
    }
}

static void look_at_partitions(struct reference *reference, uint32_t task, struct next *next)
{
    const struct task_place *place = &reference->topology->tasks[task];
    for (uint32_t i = 0; i < place->n_partitions; i++) {
        struct durable_log *log = &reference->partitions[place->partitions[i]];
        if (durable_log_expire(log, reference->now_s) > 0)
            wake(reference, task); /* it waits for another message now */
        double ready_s = durable_log_ready_s(log);
        if (next->from == FROM_NOWHERE || ready_s < next->there_s)
            *next = (struct next){
                .from = FROM_PARTITION,
                .there_s = ready_s,
                .entry_s = durable_log_arrival_s(log),
                .channel = NO_CHANNEL,
                .index = place->partitions[i],
            };
    }
}

struct next next_of(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    struct next next = {.from = FROM_NOWHERE, .there_s = (double)INFINITY};
    size_t overtaking = overtaking_marker(reference, task);
    if (overtaking != SIZE_MAX) {
        next.from = FROM_MARKER;
        next.there_s = next.entry_s = actor->queue.at[overtaking].message.entry_s;
        return next;
    }
    clear_head(reference, task);
    look_at_queue(actor, &next);
    if (next.from != FROM_NOWHERE && next.channel == NO_CHANNEL)
        return next; /* a source's own, from its cut */
    look_at_logs(actor, &next);
    look_at_partitions(reference, task, &next);
    return next;
}

/* ---- taking a message ---- */

static struct message read_partition(struct reference *reference, uint32_t partition)
{
    struct durable_log *log = &reference->partitions[partition];
    struct message message = {
        .origin_s = durable_log_arrival_s(log),
        .entry_s = durable_log_arrival_s(log),
        .id = id_of(partition, log->position),
        .channel = NO_CHANNEL,
        .bytes = (float)durable_log_bytes(log),
    };
    if (log->position < reference->highest[partition])
        message.id |= ID_REPLAYED;
    else
        reference->highest[partition] = log->position + 1;
    durable_log_take(log, reference->now_s);
    return message;
}

static struct message read_log(struct shared_log *log)
{
    struct message message = log->messages.at[log->position].message;
    if (log->position < log->highest)
        message.id |= ID_REPLAYED;
    else
        log->highest = log->position + 1;
    log->position++;
    return message;
}

static struct message take(struct reference *reference, uint32_t task, const struct next *next)
{
    struct actor *actor = &reference->actors[task];
    if (next->from == FROM_QUEUE) {
        struct message message = line_take(&actor->queue, 0).message;
        if (message.channel != NO_CHANNEL) {
            struct channel *channel = &reference->channels[message.channel];
            channel->started++;
            channel->bytes -= (double)message.bytes;
        }
        return message;
    }
    actor->counts.received++;
    struct message message = next->from == FROM_PARTITION ? read_partition(reference, next->index)
                                                          : read_log(&actor->logs[next->index]);
    look_at_watches(reference, task);
    return message;
}

/* Service time at speed 1. */
static double service_time_s(struct reference *reference, uint32_t task, uint64_t id)
{
    const struct sampler *law = &operator_of(reference, task)->service;
    if (!reference->options.repeat_service)
        return sampler_draw(law, &reference->actors[task].service_rng);
    uint64_t salt = reference->copy_salts[reference->topology->tasks[task].operator] + 1;
    return sampler_quantile(law, id_uniform(id_mix(id, salt)));
}

static void start(struct reference *reference, uint32_t task, const struct next *next)
{
    struct actor *actor = &reference->actors[task];
    struct service service = {.start_s = reference->now_s};
    service.message = take(reference, task, next);
    if (id_set_remove(&actor->unfinished, service.message.id & ~ID_REPLAYED))
        service.message.id &= ~ID_REPLAYED;
    service.reprocessed = service.message.id & ID_REPLAYED;
    double service_s = service_time_s(reference, task, service.message.id);
    service.end_s = reference->now_s + service_s / actor->speed;
    actor->services[actor->n_services++] = service;
    set_alarm(reference, service.end_s, task);
}

/* ---- threads ---- */

uint32_t free_threads(const struct reference *reference, uint32_t task)
{
    const struct topology *topology = reference->topology;
    if (topology->threads == 0)
        return UINT32_MAX;
    uint32_t n = 0;
    for (size_t t = 0; t < topology->n_tasks; t++)
        if (topology->tasks[t].container == topology->tasks[task].container)
            for (uint32_t i = 0; i < reference->actors[t].n_services; i++)
                n += !reference->actors[t].services[i].ended;
    return topology->threads - n;
}

/* But for a thread, the task can start a message now: it fills in which. */
static bool could_start(struct reference *reference, uint32_t task, struct next *next)
{
    if (free_servers(reference, task) == 0)
        return false;
    *next = next_of(reference, task);
    return next->from > FROM_MARKER && next->there_s <= reference->now_s;
}

/* Starts the message that has waited longest in the task's container, then by rank. */
static bool start_longest(struct reference *reference, uint32_t task)
{
    const struct topology *topology = reference->topology;
    struct next best = {.entry_s = (double)INFINITY};
    uint32_t best_task = NO_TASK;
    for (uint32_t t = 0; t < topology->n_tasks; t++) {
        struct next next;
        if (topology->tasks[t].container == topology->tasks[task].container &&
            could_start(reference, t, &next) && next.entry_s < best.entry_s) {
            best = next;
            best_task = t;
        }
    }
    if (best_task == NO_TASK)
        return false;
    start(reference, best_task, &best);
    wake(reference, best_task); /* it looks for what comes next */
    return true;
}

void give_away_threads(struct reference *reference, uint32_t task)
{
    while (free_threads(reference, task) > 0 && start_longest(reference, task))
        continue;
}

bool start_next(struct reference *reference, uint32_t task)
{
    struct next next;
    if (free_threads(reference, task) == 0 || !could_start(reference, task, &next))
        return false;
    if (reference->topology->threads > 0)
        return start_longest(reference, task);
    start(reference, task, &next);
    return true;
}
