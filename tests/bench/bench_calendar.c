// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Speed of the calendar: the hold model (take the soonest event, schedule it
 * anew after a random time) with 4, 64, 1 Ki and 64 Ki events pending, against
 * the two bare kernels that a simulator would be written with: a 4-ary heap
 * and a calendar queue of {time, payload}, without tie-breaks, cancellation or
 * event types.
 *
 * The three take turns in every round and the median of the rounds' ratios counts, so that
 * a noisy machine disturbs them alike. Target: no more than 1.3 times the better kernel.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/calendar.h"
#include "core/memory.h"
#include "core/rng.h"
#include "core/stats.h"

enum {
    ROUNDS = 31,
    HOLDS = 100000,
    WARM_UP = 6, /* holds per pending event before those that count: shapes have settled */
    N_DELAYS = 1 << 16,
    MOST = 1 << 16,
};

static const double TARGET = 1.3;

/* Drawn beforehand: the draw is not what is measured. */
static double delays[N_DELAYS];

static double delay(size_t i)
{
    return delays[i % N_DELAYS];
}

static double clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

/* ---- Kernel A: 4-ary heap ------------------------------------------------ */

struct item {
    double time;
    void *payload;
};

struct heap {
    struct item items[MOST];
    size_t n;
};

static void heap_push(struct heap *heap, struct item item)
{
    size_t at = heap->n++;
    while (at > 0) {
        size_t parent = (at - 1) / 4;
        if (!(item.time < heap->items[parent].time))
            break;
        heap->items[at] = heap->items[parent];
        at = parent;
    }
    heap->items[at] = item;
}

static struct item heap_pop(struct heap *heap)
{
    struct item top = heap->items[0];
    struct item last = heap->items[--heap->n];
    size_t at = 0;
    for (size_t first; (first = 4 * at + 1) < heap->n;) {
        size_t end = first + 4 < heap->n ? first + 4 : heap->n;
        size_t best = first;
        for (size_t child = first + 1; child < end; child++)
            if (heap->items[child].time < heap->items[best].time)
                best = child;
        if (!(heap->items[best].time < last.time))
            break;
        heap->items[at] = heap->items[best];
        at = best;
    }
    heap->items[at] = last;
    return top;
}

static void heap_holds(struct heap *heap, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct item item = heap_pop(heap);
        item.time += delay(i);
        heap_push(heap, item);
    }
}

static double heap_hold(size_t pending)
{
    static struct heap heap;
    heap.n = 0;
    for (size_t i = 0; i < pending; i++)
        heap_push(&heap, (struct item){delay(i), &delays[i]});
    heap_holds(&heap, WARM_UP * pending);
    double start_ns = clock_ns();
    heap_holds(&heap, HOLDS);
    return (clock_ns() - start_ns) / HOLDS;
}

/* ---- Kernel B: calendar queue (Brown, CACM 31(10), 1988), its width given --- */

struct node {
    double time;
    void *payload;
    struct node *next;
};

struct queue {
    struct node nodes[MOST];
    struct node *buckets[MOST];
    size_t n_buckets;
    double buckets_per_s;
    uint64_t current; /* number of the bucket whose turn it is; they count from time 0 */
};

static uint64_t queue_number(const struct queue *queue, double time)
{
    return (uint64_t)(time * queue->buckets_per_s);
}

/* In a bucket the nodes are sorted. */
static void queue_push(struct queue *queue, struct node *node)
{
    struct node **at = &queue->buckets[queue_number(queue, node->time) & (queue->n_buckets - 1)];
    while (*at && (*at)->time <= node->time)
        at = &(*at)->next;
    node->next = *at;
    *at = node;
}

/* Times are spread evenly here, so that no search for the first event of a later year is needed. */
static struct node *queue_pop(struct queue *queue)
{
    for (;; queue->current++) {
        struct node **head = &queue->buckets[queue->current & (queue->n_buckets - 1)];
        struct node *node = *head;
        if (node && queue_number(queue, node->time) == queue->current) {
            *head = node->next;
            return node;
        }
    }
}

static void queue_holds(struct queue *queue, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct node *node = queue_pop(queue);
        node->time += delay(i);
        queue_push(queue, node);
    }
}

static double queue_hold(size_t pending)
{
    enum { PER_BUCKET = 3 }; /* as Brown advises, and the fastest here */
    static struct queue queue;
    for (queue.n_buckets = 1; queue.n_buckets < pending;)
        queue.n_buckets *= 2;
    for (size_t i = 0; i < queue.n_buckets; i++)
        queue.buckets[i] = NULL;
    queue.buckets_per_s = (double)pending / PER_BUCKET;
    queue.current = 0;
    for (size_t i = 0; i < pending; i++) {
        queue.nodes[i] = (struct node){.time = delay(i), .payload = &delays[i]};
        queue_push(&queue, &queue.nodes[i]);
    }
    queue_holds(&queue, WARM_UP * pending);
    double start_ns = clock_ns();
    queue_holds(&queue, HOLDS);
    return (clock_ns() - start_ns) / HOLDS;
}

/* ---- Ours ---------------------------------------------------------------- */

static const struct event_type hold = {.name = "hold"};

static void calendar_holds(struct calendar *calendar, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct event *event = calendar_pop(calendar);
        calendar_schedule(calendar, event, &hold, calendar->now_s + delay(i), 0);
    }
}

static double calendar_hold(size_t pending)
{
    struct event *events = mem_alloc(pending, sizeof *events);
    struct calendar calendar;
    calendar_init(&calendar);
    for (size_t i = 0; i < pending; i++)
        calendar_schedule(&calendar, &events[i], &hold, delay(i), 0);
    calendar_holds(&calendar, WARM_UP * pending);
    double start_ns = clock_ns();
    calendar_holds(&calendar, HOLDS);
    double hold_ns = (clock_ns() - start_ns) / HOLDS;
    calendar_release(&calendar);
    free(events);
    return hold_ns;
}

/* ---- Rounds -------------------------------------------------------------- */

enum { HEAP, QUEUE, OURS, N_KERNELS };
/* Each fills itself and returns nanoseconds per hold. */
static double (*const kernels[N_KERNELS])(size_t pending) = {heap_hold, queue_hold, calendar_hold};

static double median(const double *x)
{
    double sorted[ROUNDS];
    memcpy(sorted, x, sizeof sorted);
    stats_sort(sorted, ROUNDS);
    return stats_quantile(sorted, ROUNDS, 0.5);
}

static void compare(size_t pending)
{
    double ns[N_KERNELS][ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t k = 0; k < N_KERNELS; k++)
            ns[k][round] = kernels[k](pending);
    const double *better = median(ns[HEAP]) < median(ns[QUEUE]) ? ns[HEAP] : ns[QUEUE];
    double ratios[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++)
        ratios[round] = ns[OURS][round] / better[round];
    double ratio = median(ratios);
    printf("  %7zu  %10.1f  %14.1f  %8.1f  %6.2f  %s\n", pending, median(ns[HEAP]),
           median(ns[QUEUE]), median(ns[OURS]), ratio, ratio <= TARGET ? "met" : "missed");
}

int main(void)
{
    struct rng rng = rng_from_splitmix(1);
    for (size_t i = 0; i < N_DELAYS; i++)
        delays[i] = -log(rng_uniform(&rng));
    printf("P7: hold, ns (medians of %d rounds); target %.1f times the better kernel\n", ROUNDS,
           TARGET);
    printf("  pending  4-ary heap  calendar queue  ckptsim   ratio\n");
    static const size_t sizes[] = {4, 64, 1024, 65536};
    for (size_t i = 0; i < MEM_COUNT(sizes); i++)
        compare(sizes[i]);
    return 0;
}
