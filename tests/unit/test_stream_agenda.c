// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "core/memory.h"
#include "core/rng.h"
#include "model/stream_agenda.h"
#include "support.h"

static void turns_come_by_time_then_rank(void **state)
{
    (void)state;
    struct agenda agenda;
    agenda_init(&agenda, 5);
    const double times[] = {2.385, 1, (double)INFINITY, 1, 2};
    for (uint32_t i = 0; i < 5; i++)
        agenda_set(&agenda, i, times[i]);
    const uint32_t order[] = {1, 3, 4, 0};
    double now_s = 0;
    for (size_t i = 0; i < MEM_COUNT(order); i++) {
        uint32_t task = agenda_next(&agenda, 3, &now_s);
        assert_int_equal(task, order[i]);
        assert_near(now_s, times[task], 0);
        agenda_set(&agenda, task, (double)INFINITY);
    }
    assert_int_equal(agenda_next(&agenda, 3, &now_s), 5);
    agenda_release(&agenda);
}

static void turns_after_the_end_do_not_come(void **state)
{
    (void)state;
    struct agenda agenda;
    agenda_init(&agenda, 1);
    agenda_set(&agenda, 0, 2.385);
    double now_s = 1;
    assert_int_equal(agenda_next(&agenda, 2, &now_s), 1);
    assert_near(now_s, 1, 0);
    assert_int_equal(agenda_next(&agenda, 2.385, &now_s), 0);
    agenda_release(&agenda);
}

static void turn_at_the_present_instant_stands_in_rank_order(void **state)
{
    (void)state;
    struct agenda agenda;
    agenda_init(&agenda, 200);
    double now_s = 1;
    agenda_set(&agenda, 70, 1);
    agenda_set(&agenda, 3, 2);
    agenda_set_due(&agenda, 150);
    agenda_set_due(&agenda, 64);
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 64);
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 70);
    agenda_set(&agenda, 70, 3);
    agenda_set_due(&agenda, 2); /* below what was already looked through */
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 2);
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 150);
    assert_near(now_s, 1, 0);
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 3);
    assert_near(now_s, 2, 0);
    agenda_clear(&agenda);
    assert_int_equal(agenda_next(&agenda, 9, &now_s), 200);
    agenda_release(&agenda);
}

/* The soonest of all, found by looking at each. */
static uint32_t soonest(const double *times, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        if (times[i] < times[best])
            best = i;
    return best;
}

static void tournament_agrees_with_looking_at_all(void **state)
{
    (void)state;
    enum { N = 37 };
    struct agenda agenda;
    agenda_init(&agenda, N);
    double times[N];
    for (uint32_t i = 0; i < N; i++)
        times[i] = (double)INFINITY;
    struct rng rng = rng_from_splitmix(2385);
    for (int k = 0; k < 20000; k++) {
        uint32_t i = (uint32_t)rng_below(&rng, N);
        /* Whole numbers: ties are frequent. */
        times[i] = rng_below(&rng, 8) == 0 ? (double)INFINITY : (double)rng_below(&rng, 50);
        agenda_set(&agenda, i, times[i]);
        double now_s = 0;
        uint32_t best = soonest(times, N);
        uint32_t expected = times[best] <= 49 ? best : N;
        assert_int_equal(agenda_next(&agenda, 49, &now_s), expected);
    }
    agenda_release(&agenda);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_come_by_time_then_rank),
        cmocka_unit_test(turns_after_the_end_do_not_come),
        cmocka_unit_test(turn_at_the_present_instant_stands_in_rank_order),
        cmocka_unit_test(tournament_agrees_with_looking_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
