// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The calendar by hand for its promises, then against a naive list kept in
 * order: random schedulings, cancellations and pops, with many equal times and
 * with numbers of pending events on both sides of the change to buckets.
 */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#include "core/calendar.h"
#include "core/memory.h"
#include "core/rng.h"

static const struct event_type tick = {.name = "tick"};
static const struct event_type tock = {.name = "tock"};

static void schedule(struct calendar *calendar, struct event *event, double time_s, int priority)
{
    calendar_schedule(calendar, event, &tick, time_s, priority);
}

static void empty_calendar_has_no_next(void **state)
{
    (void)state;
    struct calendar calendar;
    calendar_init(&calendar);
    assert_null(calendar_next(&calendar));
    assert_true(isinf(calendar_next_s(&calendar)));
    assert_null(calendar_pop(&calendar));
    assert_same_double(calendar.now_s, 0);
    calendar_release(&calendar);
}

static void popping_moves_the_clock_to_the_event(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event a = {0};
    struct event b = {0};
    calendar_init(&calendar);
    calendar_schedule(&calendar, &a, &tick, 2.385, 0);
    calendar_schedule(&calendar, &b, &tock, 1.25, -3);
    assert_true(event_is_scheduled(&a) && event_is_scheduled(&b));
    assert_ptr_equal(calendar_next(&calendar), &b);
    assert_same_double(calendar_next_s(&calendar), 1.25);
    assert_same_double(calendar.now_s, 0);
    assert_ptr_equal(calendar_pop(&calendar), &b);
    assert_same_double(calendar.now_s, 1.25);
    assert_ptr_equal(b.type, &tock);
    assert_same_double(b.time_s, 1.25);
    assert_int_equal(event_priority(&b), -3);
    assert_false(event_is_scheduled(&b));
    assert_ptr_equal(calendar_next(&calendar), &a);
    assert_ptr_equal(calendar_pop(&calendar), &a);
    assert_same_double(calendar.now_s, 2.385);
    assert_null(calendar_pop(&calendar));
    assert_same_double(calendar.now_s, 2.385);
    calendar_release(&calendar);
}

static void equal_times_fire_by_priority_then_order_of_scheduling(void **state)
{
    (void)state;
    static const int priorities[] = {0, 127, -128, 0, -1, 1, -128, 0};
    static const size_t expected[] = {2, 6, 4, 0, 3, 7, 5, 1};
    struct calendar calendar;
    struct event events[MEM_COUNT(priorities)] = {{0}};
    calendar_init(&calendar);
    for (size_t i = 0; i < MEM_COUNT(events); i++)
        schedule(&calendar, &events[i], 2.385, priorities[i]);
    for (size_t i = 0; i < MEM_COUNT(events); i++) {
        assert_int_equal(event_priority(&events[expected[i]]), priorities[expected[i]]);
        assert_ptr_equal(calendar_next(&calendar), &events[expected[i]]);
        assert_ptr_equal(calendar_pop(&calendar), &events[expected[i]]);
    }
    calendar_release(&calendar);
}

static void event_scheduled_for_now_fires_after_those_already_waiting(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event events[4] = {{0}};
    calendar_init(&calendar);
    for (size_t i = 0; i < 3; i++)
        schedule(&calendar, &events[i], 2.385, 0);
    assert_ptr_equal(calendar_pop(&calendar), &events[0]);
    schedule(&calendar, &events[3], calendar.now_s, 0);  /* falls into the hole */
    schedule(&calendar, &events[0], calendar.now_s, -1); /* itself again, but first */
    assert_ptr_equal(calendar_pop(&calendar), &events[0]);
    assert_ptr_equal(calendar_pop(&calendar), &events[1]);
    assert_ptr_equal(calendar_pop(&calendar), &events[2]);
    assert_ptr_equal(calendar_pop(&calendar), &events[3]);
    assert_null(calendar_pop(&calendar));
    calendar_release(&calendar);
}

static void zero_and_minus_zero_are_the_same_time(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event events[3] = {{0}};
    calendar_init(&calendar);
    schedule(&calendar, &events[0], 0.0, 0);
    schedule(&calendar, &events[1], -0.0, 0);
    schedule(&calendar, &events[2], 5e-324, 0);
    for (size_t i = 0; i < MEM_COUNT(events); i++)
        assert_ptr_equal(calendar_pop(&calendar), &events[i]);
    calendar_release(&calendar);
}

static void infinity_is_the_last_time(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event events[3] = {{0}};
    calendar_init(&calendar);
    schedule(&calendar, &events[2], (double)INFINITY, -5);
    schedule(&calendar, &events[1], 1.7e308, 0);
    schedule(&calendar, &events[0], 2.385, 0);
    for (size_t i = 0; i < MEM_COUNT(events); i++)
        assert_ptr_equal(calendar_pop(&calendar), &events[i]);
    assert_true(isinf(calendar.now_s));
    calendar_release(&calendar);
}

static void cancelled_event_never_fires(void **state)
{
    (void)state;
    enum { N = 9 };
    /* Every event is cancelled once, before and after a pop has left a hole. */
    for (size_t popped = 0; popped < 2; popped++)
        for (size_t victim = popped; victim < N; victim++) {
            struct calendar calendar;
            struct event events[N] = {{0}};
            calendar_init(&calendar);
            for (size_t i = 0; i < N; i++)
                schedule(&calendar, &events[(i * 4 + 1) % N], 2.385 * (double)((i * 4 + 1) % N), 0);
            if (popped)
                assert_ptr_equal(calendar_pop(&calendar), &events[0]);
            calendar_cancel(&calendar, &events[victim]);
            assert_false(event_is_scheduled(&events[victim]));
            for (size_t i = popped; i < N; i++) {
                if (i == victim)
                    continue;
                assert_same_double(calendar_next_s(&calendar), 2.385 * (double)i);
                assert_ptr_equal(calendar_pop(&calendar), &events[i]);
            }
            assert_null(calendar_pop(&calendar));
            calendar_release(&calendar);
        }
}

static void cancelling_an_idle_event_does_nothing(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event a = {0};
    struct event b = {0};
    calendar_init(&calendar);
    schedule(&calendar, &a, 2.385, 0);
    calendar_cancel(&calendar, &b);
    assert_ptr_equal(calendar_pop(&calendar), &a);
    calendar_cancel(&calendar, &a);
    assert_null(calendar_pop(&calendar));
    schedule(&calendar, &a, 7.5, 0);
    calendar_cancel(&calendar, &a);
    calendar_cancel(&calendar, &a);
    assert_null(calendar_next(&calendar));
    calendar_release(&calendar);
}

static void clock_advances_only_to_before_the_next_event(void **state)
{
    (void)state;
    struct calendar calendar;
    struct event a = {0};
    calendar_init(&calendar);
    schedule(&calendar, &a, 2.385, 0);
    assert_true(calendar_advance(&calendar, 1.5));
    assert_same_double(calendar.now_s, 1.5);
    assert_false(calendar_advance(&calendar, 2.385)); /* the event comes first */
    assert_false(calendar_advance(&calendar, 3));
    assert_same_double(calendar.now_s, 1.5);
    assert_ptr_equal(calendar_pop(&calendar), &a);
    assert_true(calendar_advance(&calendar, 1e300));
    calendar_release(&calendar);
}

/* ---- Against a list in order --------------------------------------------- */

enum { MOST = 3000 };

struct model {
    struct calendar calendar;
    struct event events[MOST];
    struct event *pending[MOST]; /* in the order in which they must fire */
    size_t n_pending;
    struct rng rng;
};

static bool must_fire_before(const struct event *a, const struct event *b)
{
    if (a->time_s < b->time_s || a->time_s > b->time_s)
        return a->time_s < b->time_s;
    if (event_priority(a) != event_priority(b))
        return event_priority(a) < event_priority(b);
    return a->order < b->order;
}

static void model_insert(struct model *model, struct event *event)
{
    size_t at = model->n_pending++;
    for (; at > 0 && must_fire_before(event, model->pending[at - 1]); at--)
        model->pending[at] = model->pending[at - 1];
    model->pending[at] = event;
}

static void model_remove(struct model *model, const struct event *event)
{
    size_t at = 0;
    while (model->pending[at] != event)
        at++;
    model->n_pending--;
    for (; at < model->n_pending; at++)
        model->pending[at] = model->pending[at + 1];
}

/* Delays of one of several kinds: lattice (ties), spread, far apart, never. */
static double delay_s(struct rng *rng, int kind)
{
    double u = rng_uniform(rng);
    switch (kind) {
    case 0:
        return floor(5 * u);
    case 1:
        return -2.385 * log(u);
    case 2:
        return exp(60 * u - 30);
    case 3:
        return u < 0.5 ? 0 : u < 0.9 ? 1e6 : u < 0.95 ? (double)INFINITY : u;
    default:
        return 0;
    }
}

static void model_schedule(struct model *model, int kind)
{
    struct event *event = &model->events[rng_below(&model->rng, MOST)];
    if (event_is_scheduled(event))
        return;
    double time_s = model->calendar.now_s + delay_s(&model->rng, kind);
    schedule(&model->calendar, event, time_s, (int)rng_below(&model->rng, 3) - 1);
    model_insert(model, event);
}

static void model_cancel(struct model *model)
{
    struct event *event = &model->events[rng_below(&model->rng, MOST)];
    if (event_is_scheduled(event))
        model_remove(model, event);
    calendar_cancel(&model->calendar, event);
    assert_false(event_is_scheduled(event));
}

static void model_pop(struct model *model)
{
    struct event *expected = model->n_pending ? model->pending[0] : NULL;
    assert_ptr_equal(calendar_next(&model->calendar), expected);
    assert_ptr_equal(calendar_pop(&model->calendar), expected);
    if (!expected)
        return;
    model_remove(model, expected);
    assert_same_double(model->calendar.now_s, expected->time_s);
    assert_false(event_is_scheduled(expected));
}

/* A number of operations with the given odds out of ten; the rest are pops. */
static void model_run(struct model *model, size_t operations, int kind, uint64_t schedules,
                      uint64_t cancels)
{
    for (size_t i = 0; i < operations; i++) {
        /* After an event at infinity nothing can follow. */
        bool never = model->n_pending && isinf(model->pending[0]->time_s);
        uint64_t odds = rng_below(&model->rng, 10);
        if (odds < schedules)
            model_schedule(model, kind);
        else if (odds < schedules + cancels || never)
            model_cancel(model);
        else
            model_pop(model);
    }
    assert_ptr_equal(calendar_next(&model->calendar), model->n_pending ? model->pending[0] : NULL);
}

static void random_operations_agree_with_a_sorted_list(void **state)
{
    (void)state;
    struct model *model = mem_alloc(1, sizeof *model);
    for (int kind = 0; kind < 5; kind++) {
        model->rng = rng_from_splitmix(41 + (uint64_t)kind);
        calendar_init(&model->calendar);
        model_run(model, 20000, kind, 4, 2); /* few pending */
        model_run(model, 6000, kind, 8, 1);  /* filling: buckets appear, and again */
        model_run(model, 10000, kind, 5, 1); /* many pending */
        model_run(model, 6000, kind, 1, 2);  /* draining to nothing */
        model_run(model, 3000, 1, 5, 1);     /* the width no longer fits */
        while (model->n_pending)
            model_pop(model);
        model_run(model, 2000, kind, 6, 1);
        calendar_reset(&model->calendar); /* with whatever is pending */
        for (size_t i = 0; i < MOST; i++)
            assert_false(event_is_scheduled(&model->events[i]));
        model->n_pending = 0;
        assert_null(calendar_next(&model->calendar));
        assert_same_double(model->calendar.now_s, 0);
        model_run(model, 5000, kind, 7, 1);
        while (model->n_pending)
            model_pop(model);
        calendar_release(&model->calendar);
    }
    free(model);
}

/* The hold model, far from the heap's comfort: n constant, thousands pending, drifting delays. */
static void many_pending_events_fire_in_order(void **state)
{
    (void)state;
    enum { N = 20000, HOLDS = 300000 };
    struct event *events = mem_alloc(N, sizeof *events);
    struct calendar calendar;
    struct rng rng = rng_from_splitmix(46);
    calendar_init(&calendar);
    for (size_t i = 0; i < N; i++)
        schedule(&calendar, &events[i], rng_uniform(&rng), 0);
    double before_s = 0;
    for (size_t i = 0; i < HOLDS; i++) {
        struct event *event = calendar_pop(&calendar);
        assert_non_null(event);
        assert_true(event->time_s >= before_s);
        before_s = event->time_s;
        double scale_s = i < HOLDS / 2 ? 1 : 1000; /* the buckets must adapt */
        schedule(&calendar, event, calendar.now_s - scale_s * log(rng_uniform(&rng)), 0);
    }
    size_t left = 0;
    while (calendar_pop(&calendar))
        left++;
    assert_int_equal(left, N);
    calendar_release(&calendar);
    free(events);
}

static void cancelling_the_next_event_reveals_the_one_after(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct event *events = mem_alloc(N, sizeof *events);
    struct calendar calendar;
    struct rng rng = rng_from_splitmix(47);
    calendar_init(&calendar);
    for (size_t i = 0; i < N; i++)
        schedule(&calendar, &events[i], rng_uniform(&rng), 0);
    double before_s = 0;
    for (size_t left = N; left > 0; left--) {
        const struct event *next = calendar_next(&calendar);
        assert_non_null(next);
        assert_true(next->time_s >= before_s);
        before_s = next->time_s;
        calendar_cancel(&calendar, &events[next - events]);
    }
    assert_null(calendar_next(&calendar));
    calendar_release(&calendar);
    free(events);
}

/* As when all ranks checkpoint at once: 5000 equal times, then none, then again. */
static void crowds_at_one_instant_fire_in_order_of_scheduling(void **state)
{
    (void)state;
    enum { N = 5000, ROUNDS = 4 };
    struct event *events = mem_alloc(N, sizeof *events);
    struct calendar calendar;
    calendar_init(&calendar);
    for (size_t round = 1; round <= ROUNDS; round++) {
        for (size_t i = 0; i < N; i++)
            schedule(&calendar, &events[i], 2.385 * (double)round, 0);
        for (size_t i = 0; i < N; i++)
            assert_ptr_equal(calendar_pop(&calendar), &events[i]);
        assert_null(calendar_pop(&calendar));
    }
    calendar_release(&calendar);
    free(events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_calendar_has_no_next),
        cmocka_unit_test(popping_moves_the_clock_to_the_event),
        cmocka_unit_test(equal_times_fire_by_priority_then_order_of_scheduling),
        cmocka_unit_test(event_scheduled_for_now_fires_after_those_already_waiting),
        cmocka_unit_test(zero_and_minus_zero_are_the_same_time),
        cmocka_unit_test(infinity_is_the_last_time),
        cmocka_unit_test(cancelled_event_never_fires),
        cmocka_unit_test(cancelling_an_idle_event_does_nothing),
        cmocka_unit_test(clock_advances_only_to_before_the_next_event),
        cmocka_unit_test(random_operations_agree_with_a_sorted_list),
        cmocka_unit_test(many_pending_events_fire_in_order),
        cmocka_unit_test(cancelling_the_next_event_reveals_the_one_after),
        cmocka_unit_test(crowds_at_one_instant_fire_in_order_of_scheduling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
