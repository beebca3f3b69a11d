// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calendar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/stats.h"

/*
 * Invariants between calls:
 * - every event in the heap belongs to a bucket numbered `current` or lower,
 *   every event in the buckets to a higher one;
 * - when no event is in the heap, none is in the buckets;
 * - there is no `latest` when there are buckets.
 *
 * What follows is tuned with tests/bench/bench_calendar.c; results do not
 * depend on it.
 */
enum {
    ARITY = 4,
    MANY = 256,         /* with fewer pending events the heap alone is faster */
    PER_BUCKET = 3,     /* events in a bucket when its turn comes */
    FIRST_CAPACITY = 6, /* of a bucket */
    SAMPLE = 64,        /* events looked at to choose the width */
    REVIEW = 32,        /* choose it anew after so many schedulings per pending event, */
    SOON = 2,           /* or after so many when their number is changing */
    CACHED = 1024,      /* buckets whose events are likely to be in the cache */
};

/* Where an event is: nowhere, in `latest`, at an index of the heap, or FAR | an index of its
 * bucket. */
enum { IDLE = 0, LATEST = 1, HEAP_BASE = 2 };
static const size_t FAR = ~(SIZE_MAX >> 1);

/* ---- The heap ------------------------------------------------------------ */

static inline bool has_hole(const struct calendar *calendar)
{
    return calendar->n_heap > 0 && !calendar->heap[0].event;
}

static inline bool heap_is_empty(const struct calendar *calendar)
{
    return calendar->n_heap == has_hole(calendar);
}

static inline struct calendar_entry entry_of(struct event *event)
{
    /* Bits of doubles that are not negative order as the doubles do; + 0.0 turns -0 into 0. */
    double time_s = event->time_s + 0.0;
    uint64_t bits;
    memcpy(&bits, &time_s, sizeof bits);
    return (struct calendar_entry){(calendar_key)bits << 64 | event->order, event};
}

static inline double time_of(struct calendar_entry entry)
{
    uint64_t bits = (uint64_t)(entry.key >> 64);
    double time_s;
    memcpy(&time_s, &bits, sizeof time_s);
    return time_s;
}

static inline void put(struct calendar *calendar, size_t at, struct calendar_entry entry)
{
    calendar->heap[at] = entry;
    entry.event->place = HEAP_BASE + at;
}

static void sift_up(struct calendar *calendar, size_t at, struct calendar_entry entry)
{
    while (at > 0) {
        size_t parent = (at - 1) / ARITY;
        if (entry.key >= calendar->heap[parent].key)
            break;
        put(calendar, at, calendar->heap[parent]);
        at = parent;
    }
    put(calendar, at, entry);
}

/*
 * The soonest of the children first .. first + 3, those that exist; first must.
 * Which child wins cannot be predicted, so indices are computed rather than
 * branched to.
 */
static inline size_t soonest_child(const struct calendar_entry *heap, size_t n, size_t first)
{
    if (first + ARITY <= n) {
        size_t a = first + (heap[first + 1].key < heap[first].key);
        size_t b = first + 2 + (heap[first + 3].key < heap[first + 2].key);
        return heap[b].key < heap[a].key ? b : a;
    }
    size_t best = first;
    for (size_t child = first + 1; child < n; child++)
        best = heap[child].key < heap[best].key ? child : best;
    return best;
}

static void sift_down(struct calendar *calendar, size_t at, struct calendar_entry entry)
{
    for (size_t first; (first = ARITY * at + 1) < calendar->n_heap;) {
        size_t best = soonest_child(calendar->heap, calendar->n_heap, first);
        if (calendar->heap[best].key >= entry.key)
            break;
        put(calendar, at, calendar->heap[best]);
        at = best;
    }
    put(calendar, at, entry);
}

static void heap_grow(struct calendar *calendar)
{
    calendar->heap = mem_grow(calendar->heap, calendar->n_heap, &calendar->heap_capacity,
                              sizeof *calendar->heap);
}

static inline void heap_add(struct calendar *calendar, struct event *event)
{
    if (has_hole(calendar)) {
        sift_down(calendar, 0, entry_of(event));
        return;
    }
    if (calendar->n_heap == calendar->heap_capacity)
        heap_grow(calendar);
    sift_up(calendar, calendar->n_heap++, entry_of(event));
}

/* Closes the gap at an index with the last entry. A hole at the top has the lowest key, so
 * that nothing rises into it. */
static void heap_close(struct calendar *calendar, size_t at)
{
    struct calendar_entry last = calendar->heap[--calendar->n_heap];
    if (at == calendar->n_heap)
        return;
    if (at > 0 && last.key < calendar->heap[(at - 1) / ARITY].key)
        sift_up(calendar, at, last);
    else
        sift_down(calendar, at, last);
}

/* ---- The buckets --------------------------------------------------------- */

/* Number of the bucket that a time belongs to; never falls as time grows. */
static inline uint64_t number_of(const struct calendar *calendar, double time_s)
{
    static const double LAST = 0x1p62; /* also for infinity */
    double number = time_s * calendar->buckets_per_s;
    return (uint64_t)(int64_t)(number < LAST ? number : LAST);
}

/* Buckets that are a multiple of n_buckets apart share their place: events of a later round wait
 * in the same one. */
static inline struct calendar_bucket *bucket_at(const struct calendar *calendar, uint64_t number)
{
    return &calendar->buckets[number & (calendar->n_buckets - 1)];
}

static void bucket_grow(struct calendar_bucket *bucket)
{
    bucket->capacity = bucket->capacity ? 2 * bucket->capacity : FIRST_CAPACITY;
    bucket->events = mem_resize(bucket->events, bucket->capacity, sizeof(struct event *));
}

static inline void bucket_add(struct calendar *calendar, struct event *event, uint64_t number)
{
    struct calendar_bucket *bucket = bucket_at(calendar, number);
    if (bucket->n == bucket->capacity)
        bucket_grow(bucket);
    event->place = FAR | bucket->n;
    bucket->events[bucket->n++] = event;
    calendar->n_far++;
}

static void bucket_remove(struct calendar *calendar, struct event *event)
{
    struct calendar_bucket *bucket = bucket_at(calendar, number_of(calendar, event->time_s));
    struct event *last = bucket->events[--bucket->n];
    last->place = event->place;
    bucket->events[event->place & ~FAR] = last;
    calendar->n_far--;
}

/* Moves the events of the current round into the heap, the others stay; returns how many moved. */
static inline size_t bucket_enter(struct calendar *calendar, struct calendar_bucket *bucket)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < bucket->n; i++) {
        struct event *event = bucket->events[i];
        if (number_of(calendar, event->time_s) == calendar->current) {
            heap_add(calendar, event);
        } else {
            event->place = FAR | kept;
            bucket->events[kept++] = event;
        }
    }
    uint32_t moved = bucket->n - kept;
    bucket->n = kept;
    calendar->n_far -= moved;
    return moved;
}

/* Puts an event where its time belongs; it takes its bucket's turn along into an empty heap. */
static inline void add(struct calendar *calendar, struct event *event)
{
    if (calendar->n_buckets) {
        uint64_t number = number_of(calendar, event->time_s);
        if (number > calendar->current) {
            if (!heap_is_empty(calendar)) {
                bucket_add(calendar, event, number);
                return;
            }
            calendar->current = number;
        }
    }
    heap_add(calendar, event);
}

/* Takes all events out, in no particular order; the caller frees the array. */
static struct event **gather(struct calendar *calendar, size_t *n)
{
    struct event **all = mem_alloc(calendar->n_heap + calendar->n_far + 1, sizeof *all);
    *n = 0;
    for (size_t i = has_hole(calendar); i < calendar->n_heap; i++)
        all[(*n)++] = calendar->heap[i].event;
    if (calendar->latest)
        all[(*n)++] = calendar->latest;
    for (size_t i = 0; i < calendar->n_buckets; i++) {
        struct calendar_bucket *bucket = &calendar->buckets[i];
        for (size_t k = 0; k < bucket->n; k++)
            all[(*n)++] = bucket->events[k];
        bucket->n = 0;
    }
    calendar->latest = NULL;
    calendar->n_heap = 0;
    calendar->n_far = 0;
    calendar->n_buckets = 0;
    return all;
}

/*
 * Buckets per second such that PER_BUCKET of n events fall into one, judged by
 * the sooner quarter of a sample; 0 when there is no such number, because too
 * many of the times are equal or infinite.
 */
static double choose_rate(struct event *const *all, size_t n)
{
    double times[SAMPLE];
    for (size_t i = 0; i < SAMPLE; i++)
        times[i] = all[i * n / SAMPLE]->time_s;
    stats_sort(times, SAMPLE);
    double quarter_s = times[SAMPLE / 4] - times[0];
    double rate = quarter_s > 0 ? (double)n / 4 / (quarter_s * PER_BUCKET) : 0;
    return isfinite(rate) ? rate : 0;
}

/* One per pending event: one round is then so long that few events wait for a later one. */
static void make_buckets(struct calendar *calendar, size_t n)
{
    size_t n_buckets = 1;
    while (n_buckets < n)
        n_buckets *= 2;
    calendar->n_buckets = n_buckets;
    if (n_buckets <= calendar->bucket_capacity)
        return;
    calendar->buckets = mem_resize(calendar->buckets, n_buckets, sizeof *calendar->buckets);
    memset(calendar->buckets + calendar->bucket_capacity, 0,
           (n_buckets - calendar->bucket_capacity) * sizeof *calendar->buckets);
    calendar->bucket_capacity = n_buckets;
}

/* The sooner, the more the number of pending events has changed since the last review. */
static void plan_review(struct calendar *calendar, size_t pending)
{
    size_t n = pending > MANY ? pending : MANY;
    size_t before = calendar->crowded_at / 2;
    bool settled = n > before - before / 8 && n < before + before / 8;
    calendar->review_at = calendar->sequence + (settled ? REVIEW : SOON) * n;
    calendar->crowded_at = 2 * n;
}

/* Makes buckets that fit the events pending now, none when these are few, and deals them out. */
static void rebuild(struct calendar *calendar)
{
    size_t n;
    struct event **all = gather(calendar, &n);
    plan_review(calendar, n);
    calendar->buckets_per_s = n > MANY ? choose_rate(all, n) : 0;
    if (calendar->buckets_per_s > 0) {
        make_buckets(calendar, n);
        double soonest_s = all[0]->time_s;
        for (size_t i = 1; i < n; i++)
            soonest_s = all[i]->time_s < soonest_s ? all[i]->time_s : soonest_s;
        calendar->current = number_of(calendar, soonest_s);
    }
    for (size_t i = 0; i < n; i++)
        add(calendar, all[i]);
    free(all);
}

/* Asks for the memory of events before they are needed: they come in random order. */
static inline void prefetch(const struct calendar *calendar, uint64_t number)
{
    const struct calendar_bucket *bucket = bucket_at(calendar, number);
    for (uint32_t i = 0; i < bucket->n; i++)
        __builtin_prefetch(bucket->events[i]);
    __builtin_prefetch(bucket_at(calendar, number + 1)->events);
}

/*
 * Fills the empty heap from the next bucket that has events of its round. Too
 * long a walk means that the width no longer fits.
 */
static void refill(struct calendar *calendar)
{
    for (size_t patience = calendar->n_far + MANY; patience > 0; patience--) {
        calendar->current++;
        if (calendar->n_buckets > CACHED)
            prefetch(calendar, calendar->current + 1);
        if (bucket_enter(calendar, bucket_at(calendar, calendar->current)) > 0)
            return;
    }
    rebuild(calendar);
}

static inline void refill_if_empty(struct calendar *calendar)
{
    if (calendar->n_far > 0 && heap_is_empty(calendar))
        refill(calendar);
}

/* ---- The verbs ----------------------------------------------------------- */

void calendar_init(struct calendar *calendar)
{
    *calendar = (struct calendar){0};
    plan_review(calendar, 0);
}

void calendar_reset(struct calendar *calendar)
{
    size_t n;
    struct event **all = gather(calendar, &n);
    for (size_t i = 0; i < n; i++)
        all[i]->place = IDLE;
    free(all);
    calendar->now_s = 0;
    calendar->sequence = 0;
    plan_review(calendar, 0);
}

void calendar_release(struct calendar *calendar)
{
    for (size_t i = 0; i < calendar->bucket_capacity; i++)
        free(calendar->buckets[i].events);
    free(calendar->buckets);
    free(calendar->heap);
    *calendar = (struct calendar){0};
}

void calendar_schedule(struct calendar *calendar, struct event *event,
                       const struct event_type *type, double time_s, int priority)
{
    assert(event->place == IDLE);
    assert(time_s >= calendar->now_s);
    assert(priority >= -128 && priority <= 127);
    event->type = type;
    event->time_s = time_s;
    event->order = ((uint64_t)(priority + 128) << 56) | calendar->sequence++;
    if (calendar->n_buckets || has_hole(calendar)) {
        add(calendar, event);
    } else {
        struct event *earlier = calendar->latest;
        calendar->latest = event;
        event->place = LATEST;
        if (!earlier)
            return;
        heap_add(calendar, earlier);
    }
    if (calendar->sequence >= calendar->review_at ||
        calendar->n_heap + calendar->n_far > calendar->crowded_at)
        rebuild(calendar);
}

void calendar_remove(struct calendar *calendar, struct event *event)
{
    assert(event->place != IDLE);
    if (event->place == LATEST)
        calendar->latest = NULL;
    else if (event->place & FAR)
        bucket_remove(calendar, event);
    else if (event->place == HEAP_BASE)
        calendar->heap[0] = (struct calendar_entry){0, NULL};
    else
        heap_close(calendar, event->place - HEAP_BASE);
    event->place = IDLE;
    refill_if_empty(calendar);
}

static inline bool latest_fires_before(const struct calendar *calendar,
                                       const struct calendar_entry *entry)
{
    return calendar->latest && entry_of(calendar->latest).key < entry->key;
}

const struct event *calendar_next(const struct calendar *calendar)
{
    if (heap_is_empty(calendar))
        return calendar->latest;
    const struct calendar_entry *first = calendar->heap;
    if (has_hole(calendar))
        first = &calendar->heap[soonest_child(calendar->heap, calendar->n_heap, 1)];
    return latest_fires_before(calendar, first) ? calendar->latest : first->event;
}

/* Closes the hole at the top with the latest event, or with the last of the heap. */
static inline void fill_hole(struct calendar *calendar)
{
    if (calendar->latest) {
        heap_add(calendar, calendar->latest);
        calendar->latest = NULL;
    } else {
        heap_close(calendar, 0);
    }
}

struct event *calendar_pop(struct calendar *calendar)
{
    if (has_hole(calendar))
        fill_hole(calendar);
    struct event *event;
    if (calendar->n_heap == 0 || latest_fires_before(calendar, calendar->heap)) {
        event = calendar->latest;
        if (!event)
            return NULL;
        calendar->latest = NULL;
        calendar->now_s = event->time_s;
    } else {
        event = calendar->heap[0].event;
        calendar->now_s = time_of(calendar->heap[0]);
        calendar->heap[0] = (struct calendar_entry){0, NULL};
        refill_if_empty(calendar);
    }
    event->place = IDLE;
    return event;
}
