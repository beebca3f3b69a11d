// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/stream_events.h"

#include <assert.h>
#include <stdlib.h>

#include "core/calendar.h"
#include "core/memory.h"
#include "model/stream_state.h"

enum { SINKS = SHUFFLE_STAGES - 1 };

struct item {
    struct item *next;
    double origin_s, entry_s;
    uint64_t id;
    uint32_t sender;
    bool marker;
};

struct line {
    struct item *first, *last;
};

/* A task, and for a source the partition that it reads. */
struct actor {
    struct event end, arrival;
    uint32_t stage, index;
    struct rng services, arrivals;
    struct item *hand; /* in service, or blocked */
    double end_s;
    bool asked;               /* a source: to send markers after the message in hand */
    struct line queue, aside; /* aside: behind a marker */
    uint64_t n_arrived;
    uint32_t waiting[SHUFFLE_MOST];      /* messages in the channel of each sender */
    struct actor *blocked[SHUFFLE_MOST]; /* the sender, when it waits for room there */
    bool marked[SHUFFLE_MOST];
    uint32_t n_marked;
};

struct simulation {
    const struct shuffle_params *params;
    struct kernel_results *results;
    struct calendar calendar;
    struct event barrier;
    uint64_t salts[SHUFFLE_STAGES];
    struct actor actors[SHUFFLE_STAGES][SHUFFLE_MOST];
};

static void line_append(struct line *line, struct item *item)
{
    item->next = NULL;
    if (line->last)
        line->last->next = item;
    else
        line->first = item;
    line->last = item;
}

static struct item *line_take(struct line *line)
{
    struct item *item = line->first;
    if (item)
        line->first = item->next;
    if (!line->first)
        line->last = NULL;
    return item;
}

static void line_release(struct line *line)
{
    for (struct item *item; (item = line_take(line));)
        free(item);
}

static void take_next(struct simulation *simulation, struct actor *actor);

/* ---- messages ---- */

static void depart(struct simulation *simulation, struct actor *actor)
{
    struct kernel_results *results = simulation->results;
    struct item *item = actor->hand;
    double now_s = simulation->calendar.now_s;
    results->blocked_s[actor->stage] += now_s - actor->end_s;
    kernel_record(&results->stage_latency[actor->stage], now_s - item->entry_s);
    actor->hand = NULL;
    item->entry_s = now_s;
}

static struct actor *receiver_of(struct simulation *simulation, const struct actor *actor)
{
    uint64_t hash = id_mix(actor->hand->id, simulation->salts[actor->stage]);
    uint32_t index = (uint32_t)((hash >> 32) * simulation->params->width >> 32);
    return &simulation->actors[actor->stage + 1][index];
}

/* Hands on what is finished, or waits for room. */
// NOLINTNEXTLINE(misc-no-recursion): a release goes up no more than SHUFFLE_STAGES stages
static void hand_on(struct simulation *simulation, struct actor *actor)
{
    struct item *item = actor->hand;
    if (actor->stage == SINKS) {
        depart(simulation, actor);
        kernel_record(&simulation->results->latency, item->entry_s - item->origin_s);
        free(item);
        take_next(simulation, actor);
        return;
    }
    struct actor *receiver = receiver_of(simulation, actor);
    if (receiver->waiting[actor->index] == KERNEL_CAPACITY) {
        receiver->blocked[actor->index] = actor;
        return;
    }
    depart(simulation, actor);
    item->sender = actor->index;
    receiver->waiting[actor->index]++;
    line_append(&receiver->queue, item);
    if (!receiver->hand)
        take_next(simulation, receiver);
    take_next(simulation, actor);
}

static void service_ends(void *context, struct event *event)
{
    struct actor *actor = event->owner;
    actor->end_s = event->time_s;
    hand_on(context, actor);
}

static const struct event_type end_of_service = {.name = "end", .fire = service_ends};

// NOLINTNEXTLINE(misc-no-recursion)
static void start(struct simulation *simulation, struct actor *actor, struct item *item)
{
    double service_s =
        simulation->params->service_s[actor->stage] * rng_exponential(&actor->services);
    actor->hand = item;
    simulation->results->busy_s[actor->stage] += service_s;
    calendar_schedule(&simulation->calendar, &actor->end, &end_of_service,
                      simulation->calendar.now_s + service_s, 0);
    if (actor->stage == 0) {
        simulation->results->lag_area += simulation->calendar.now_s - item->entry_s;
        return;
    }
    struct actor *sender = actor->blocked[item->sender];
    actor->waiting[item->sender]--;
    actor->blocked[item->sender] = NULL;
    if (sender)
        hand_on(simulation, sender);
}

static void message_arrives(void *context, struct event *event);
static const struct event_type arrival = {.name = "arrival", .fire = message_arrives};

static void schedule_arrival(struct simulation *simulation, struct actor *source)
{
    double gap_s = simulation->params->width / simulation->params->rate_per_s *
                   rng_exponential(&source->arrivals);
    calendar_schedule(&simulation->calendar, &source->arrival, &arrival,
                      simulation->calendar.now_s + gap_s, 0);
}

static void message_arrives(void *context, struct event *event)
{
    struct simulation *simulation = context;
    struct actor *source = event->owner;
    struct item *item = mem_alloc(1, sizeof *item);
    item->origin_s = item->entry_s = event->time_s;
    item->id = id_of(source->index, source->n_arrived++);
    line_append(&source->queue, item);
    schedule_arrival(simulation, source);
    if (!source->hand)
        take_next(simulation, source);
}

/* ---- barriers ---- */

// NOLINTNEXTLINE(misc-no-recursion)
static void send_markers(struct simulation *simulation, const struct actor *actor)
{
    if (actor->stage == SINKS)
        return;
    for (uint32_t i = 0; i < simulation->params->width; i++) {
        struct actor *receiver = &simulation->actors[actor->stage + 1][i];
        struct item *marker = mem_alloc(1, sizeof *marker);
        marker->marker = true;
        marker->sender = actor->index;
        line_append(&receiver->queue, marker);
        if (!receiver->hand)
            take_next(simulation, receiver);
    }
}

/* Takes in a marker; the last one goes on to the next stage, and ends the alignment. */
// NOLINTNEXTLINE(misc-no-recursion)
static void align(struct simulation *simulation, struct actor *actor, struct item *marker)
{
    actor->marked[marker->sender] = true;
    free(marker);
    if (++actor->n_marked < simulation->params->width)
        return;
    send_markers(simulation, actor);
    actor->n_marked = 0;
    for (uint32_t i = 0; i < simulation->params->width; i++)
        actor->marked[i] = false;
    if (!actor->aside.first)
        return;
    actor->aside.last->next = actor->queue.first;
    actor->queue.first = actor->aside.first;
    if (!actor->queue.last)
        actor->queue.last = actor->aside.last;
    actor->aside = (struct line){0};
}

static void barrier_comes(void *context, struct event *event)
{
    struct simulation *simulation = context;
    for (uint32_t i = 0; i < simulation->params->width; i++) {
        struct actor *source = &simulation->actors[0][i];
        source->asked = true;
        if (!source->hand)
            take_next(simulation, source);
    }
    calendar_schedule(&simulation->calendar, event, event->type,
                      event->time_s + simulation->params->barrier_s, 0);
}

static const struct event_type barrier = {.name = "barrier", .fire = barrier_comes};

/* The task is at a message boundary: what comes next. */
// NOLINTNEXTLINE(misc-no-recursion)
static void take_next(struct simulation *simulation, struct actor *actor)
{
    if (actor->asked)
        send_markers(simulation, actor);
    actor->asked = false;
    for (struct item *item; (item = line_take(&actor->queue));) {
        if (item->marker) {
            align(simulation, actor, item);
        } else if (actor->marked[item->sender]) {
            line_append(&actor->aside, item);
        } else {
            start(simulation, actor, item);
            return;
        }
    }
}

/* ---- a run ---- */

static void prepare(struct simulation *simulation)
{
    const struct shuffle_params *params = simulation->params;
    for (uint32_t stage = 0; stage < SHUFFLE_STAGES; stage++) {
        struct rng salt = rng_stream(params->seed, 0, RNG_IDENTITY, UINT64_C(2) * stage);
        simulation->salts[stage] = rng_next(&salt);
        for (uint32_t i = 0; i < params->width; i++) {
            struct actor *actor = &simulation->actors[stage][i];
            actor->stage = stage;
            actor->index = i;
            actor->end.owner = actor->arrival.owner = actor;
            /* Tasks are numbered from the sinks. */
            actor->services =
                rng_stream(params->seed, 0, RNG_SERVICE, (SINKS - stage) * params->width + i);
            actor->arrivals = rng_stream(params->seed, 0, RNG_ARRIVAL, UINT64_C(2) * i);
            if (stage == 0)
                schedule_arrival(simulation, actor);
        }
    }
    calendar_schedule(&simulation->calendar, &simulation->barrier, &barrier, params->barrier_s, 0);
}

static void clean_up(struct simulation *simulation)
{
    for (uint32_t stage = 0; stage < SHUFFLE_STAGES; stage++)
        for (uint32_t i = 0; i < simulation->params->width; i++) {
            struct actor *actor = &simulation->actors[stage][i];
            line_release(&actor->queue);
            line_release(&actor->aside);
            free(actor->hand);
        }
    calendar_release(&simulation->calendar);
    free(simulation);
}

void events_shuffle(const struct shuffle_params *params, struct kernel_results *results)
{
    assert(params->width <= SHUFFLE_MOST);
    struct simulation *simulation = mem_alloc(1, sizeof *simulation);
    simulation->params = params;
    simulation->results = results;
    calendar_init(&simulation->calendar);
    prepare(simulation);
    while (calendar_next_s(&simulation->calendar) <= params->duration_s) {
        struct event *event = calendar_pop(&simulation->calendar);
        event->type->fire(simulation, event);
    }
    results->processed = 0;
    for (int stage = 0; stage < SHUFFLE_STAGES; stage++)
        results->processed += results->stage_latency[stage].n;
    clean_up(simulation);
}
