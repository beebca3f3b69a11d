// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The calendar: clock and future event list of one replication.
 *
 * Events are members of their owners (no allocation, no handle, cancel in
 * place). Equal times are told apart by (time, priority, order of
 * scheduling): the lower priority number fires first, then the event that was
 * scheduled first. Nothing else (address, shape of the heap) decides.
 *
 * The events that are due next sit in a small 4-ary heap. When many are
 * pending, those further off wait unsorted in buckets of equal width, as in a
 * calendar queue (Brown, CACM 31(10), 1988), and enter the heap when their
 * bucket's turn comes. The heap alone decides the order, so buckets change the
 * speed and nothing else. Up to some 250 pending events there are none.
 *
 * pop leaves a hole at the top of the heap, and the next event that is
 * scheduled falls into it, so that pop and schedule in turn cost one descent.
 * Where there is no hole and no bucket, the event scheduled last stays outside
 * until another one is scheduled: a phase that is the next event of all, or is
 * cancelled at once, costs a comparison.
 *
 * schedule, pop and cancel cost O(1) on average where times spread, O(log n)
 * where many coincide; next costs O(1). `make bench` compares with bare kernels.
 */
#ifndef CORE_CALENDAR_H
#define CORE_CALENDAR_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;

struct event_type {
    const char *name; /* as in --trace: "checkpoint_committed" */
    void (*fire)(void *context, struct event *event);
};

/* Zeroed memory is an event that is not scheduled. */
struct event {
    const struct event_type *type;
    void *owner;    /* borrowed: what the event is about, set by whoever schedules it */
    double time_s;  /* valid while scheduled, and when popped */
    uint64_t order; /* priority in the upper 8 bits, sequence below */
    size_t place;   /* 0: not scheduled; else where the calendar keeps it */
};

__extension__ typedef unsigned __int128 calendar_key;

struct calendar_entry {
    calendar_key key;    /* bits of the time, then order: one comparison decides */
    struct event *event; /* NULL: the hole at the top that pop has left, with key 0 */
};

struct calendar_bucket {
    struct event **events; /* owned, in no particular order */
    uint32_t n;
    uint32_t capacity;
};

struct calendar {
    double now_s;
    uint64_t sequence;    /* events scheduled so far */
    struct event *latest; /* scheduled last and not in the heap yet, or NULL */

    struct calendar_entry *heap; /* owned */
    size_t n_heap;               /* entries, the hole included */
    size_t heap_capacity;

    struct calendar_bucket *buckets; /* owned, for events in buckets above `current` */
    size_t n_buckets;                /* a power of two; 0: all events are in the heap */
    size_t bucket_capacity;
    size_t n_far; /* events in buckets */
    double buckets_per_s;
    uint64_t current;   /* number of the bucket that is in the heap now, from time 0 */
    uint64_t review_at; /* value of `sequence` at which the buckets are made anew, */
    size_t crowded_at;  /* or number of pending events */
};

void calendar_init(struct calendar *calendar);
/*
 * Forgets every event and sets the clock to 0; keeps the memory. The events
 * that are still scheduled must exist: they are marked as not scheduled.
 */
void calendar_reset(struct calendar *calendar);
/* Gives the memory back; does not look at the events, which may be gone. */
void calendar_release(struct calendar *calendar);

/*
 * Schedules an event that is not scheduled, at time_s >= now (infinity is
 * allowed); priority is -128 .. 127, the lower fires first among equal times.
 */
void calendar_schedule(struct calendar *calendar, struct event *event,
                       const struct event_type *type, double time_s, int priority);
static inline bool event_is_scheduled(const struct event *event)
{
    return event->place != 0;
}

/* Takes out an event that is scheduled. */
void calendar_remove(struct calendar *calendar, struct event *event);

/* Takes the event out; nothing happens when it is not scheduled. */
static inline void calendar_cancel(struct calendar *calendar, struct event *event)
{
    if (event_is_scheduled(event))
        calendar_remove(calendar, event);
}

/* The soonest scheduled event without removing it, NULL when there is none. */
const struct event *calendar_next(const struct calendar *calendar);

/* Time of the soonest event, or infinity. */
static inline double calendar_next_s(const struct calendar *calendar)
{
    const struct event *next = calendar_next(calendar);
    return next ? next->time_s : (double)INFINITY;
}

/* Takes the soonest event out and moves the clock to it; NULL when there is none. */
struct event *calendar_pop(struct calendar *calendar);

/*
 * Moves the clock on to a time before all scheduled events: what an event
 * scheduled there would do may then be done at once. False, and nothing
 * happens, when something is scheduled at that time or before.
 */
static inline bool calendar_advance(struct calendar *calendar, double time_s)
{
    if (!(time_s < calendar_next_s(calendar)))
        return false;
    calendar->now_s = time_s;
    return true;
}

static inline int event_priority(const struct event *event)
{
    return (int)(event->order >> 56) - 128;
}

#endif
