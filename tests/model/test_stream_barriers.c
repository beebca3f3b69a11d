// SPDX-License-Identifier: GPL-3.0-or-later
/* Barriers that count, and barriers that overtake, on small graphs with known times. */
#include <math.h>

#include "model/stream_state.h"
#include "stream_rig.h"

static const double at_once[] = {0, 0, 0, 0, 0};
static const struct stream_options counting = {.alignment = ALIGN_COUNTING};

/* Two sources, which send to one task at 0.1, 1.1, 2.1 and at 0.6, 1.6, 2.6. */
static uint32_t merge(struct rig *rig, double service_s, struct stream_options options)
{
    static const double times[] = {0, 0.5, 1, 1.5, 2, 2.5};
    rig_source(rig, "s", 2, 0.1, times, MEM_COUNT(times));
    rig_input(rig, rig_operator(rig, "t", 1, service_s), "s", ROUTE_HASH, 5);
    rig_start(rig, options);
    return rig_task(rig, "t", 0);
}

static void send_marker(struct rig *rig, uint32_t task, uint64_t round)
{
    assert_true(stream_hold(rig->stream, task, true));
    stream_send_markers(rig->stream, task, round);
    stream_release(rig->stream, task);
}

/* What a task does that a marker has overtaken: it is cut, passes the marker on, goes on. */
static void take_cut(struct rig *rig, uint32_t task, struct task_cut *cut)
{
    stream_cut_in_flight(rig->stream, task, 7, cut);
    stream_send_markers(rig->stream, task, 7);
    stream_release(rig->stream, task);
}

static struct task_counts counts_of(struct rig *rig, uint32_t task)
{
    struct task_counts counts;
    stream_counts(rig->stream, task, &counts);
    return counts;
}

/* ---- counting ---- */

static void counting_serves_on_behind_a_marker(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 0.1, counting);
    rig_advance(rig, 0.8);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 1.8);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.2, 1.7);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 1.8);
    assert_near(counts_of(rig, t).aligning_s, 0, 0);
    assert_near(counts_of(rig, t).idle_s, 1.4, 1e-12);
    stream_release(rig->stream, t);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.2, 1.7, 2.2, 2.7);
    rig_check(rig);
}

static void counting_takes_the_marker_in_its_turn(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 0.7, counting);
    rig_advance(rig, 0.7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 1.5); /* behind what came at 0.1 and 0.6 */
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 2.2); /* and behind what came at 1.1 */
    rig_check(rig);
}

/* ---- overtaking ---- */

static void marker_overtakes_what_waits_and_it_is_captured(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t t = merge(rig, 1, (struct stream_options){0});
    rig_advance(rig, 1.3);
    stream_let_overtake(rig->stream, 7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 2.1); /* what came at 0.6 is in service until then */
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 2.1);
    take_cut(rig, t, &cut);
    assert_int_equal(cut.n_messages, 2); /* of 1.1, before the marker, and of 1.6 */
    rig_advance(rig, 2.8);
    assert_int_equal(cut.n_messages, 3); /* of 2.6, before the other's marker; not of 2.1 */
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_CAPTURED, t, 3.1);
    assert_int_equal(cut.messages[0].id, id_of(0, 1));
    assert_int_equal(cut.messages[1].id, id_of(1, 1));
    assert_int_equal(cut.messages[2].id, id_of(1, 2));
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 1.1, 2.1, 3.1, 4.1, 5.1, 6.1);
    rig_check(rig);
    task_cut_release(&cut);
}

static void capture_goes_on_while_the_task_stands(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t t = merge(rig, 1, (struct stream_options){.always_passes = true});
    rig_advance(rig, 1.3);
    stream_let_overtake(rig->stream, 7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 2.1);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 2.1);
    stream_cut_in_flight(rig->stream, t, 7, &cut);
    rig_advance(rig, 2.8);
    assert_int_equal(cut.n_messages, 3);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_advance(rig, 4);
    stream_release(rig->stream, t);
    rig_notice(rig, 9, NOTICE_CAPTURED, t, 4);
    rig_check(rig);
    task_cut_release(&cut);
}

static void task_that_is_to_be_cut_invites_nobody(void **state)
{
    static const double times[] = {20, 0.5, 21, 0.6};
    struct rig *rig = *state;
    struct task_cut cut = {0};
    rig_source(rig, "s", 2, 0.1, times, MEM_COUNT(times));
    struct operator_params *operator= rig_operator(rig, "t", 1, 0.9);
    operator->in_flight = 2;
    rig_input(rig, operator, "s", ROUTE_HASH, 0);
    rig_start(rig, (struct stream_options){0});
    uint32_t t = rig_task(rig, "t", 0);
    rig_advance(rig, 0.3);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.3);
    rig_advance(rig, 0.65);
    stream_let_overtake(rig->stream, 7);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 1.5);
    take_cut(rig, t, &cut);
    rig_advance(rig, 5);
    RIG_EXPECT(rig, rig_task(rig, "s", 1), 0.6, 1.5); /* it has a second server, but waits */
    assert_int_equal(cut.n_messages, 1);
    rig_check(rig);
    task_cut_release(&cut);
}

static void switch_puts_back_what_an_alignment_held_back(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t t = merge(rig, 0.1, (struct stream_options){0});
    rig_advance(rig, 0.8);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 1.3);
    stream_let_overtake(rig->stream, 7);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 1.3);
    take_cut(rig, t, &cut);
    assert_int_equal(cut.n_messages, 0); /* what came at 1.1 came behind the marker */
    rig_advance(rig, 1.8);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.4, 1.7);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_CAPTURED, t, 1.8);
    assert_int_equal(cut.n_messages, 1);
    assert_near(counts_of(rig, t).aligning_s, 0.5, 1e-12);
    rig_check(rig);
    task_cut_release(&cut);
}

static void switch_frees_a_marker_from_the_queue(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t t = merge(rig, 1.3, (struct stream_options){0});
    rig_advance(rig, 1.2);
    send_marker(rig, rig_task(rig, "s", 0), 7); /* behind what came at 0.6 and 1.1 */
    rig_advance(rig, 1.25);
    stream_let_overtake(rig->stream, 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 1.4);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 1.4);
    take_cut(rig, t, &cut);
    assert_int_equal(cut.n_messages, 2);
    rig_check(rig);
    stream_forget_round(rig->stream, 7);
    rig_advance(rig, 20);
    assert_int_equal(cut.n_messages, 2); /* nothing is added when it is given up */
    assert_int_equal(rig_n_departures(rig, t), 6);
    rig_check(rig);
    task_cut_release(&cut);
}

static void aligned_task_is_told_so_after_the_switch(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "s", 1, 0.1, at_once, 5);
    rig_input(rig, rig_operator(rig, "t", 1, 0.1), "s", ROUTE_FORWARD, 5);
    rig_start(rig, (struct stream_options){0});
    uint32_t t = rig_task(rig, "t", 0);
    rig_advance(rig, 2);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 2);
    stream_let_overtake(rig->stream, 7);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 2);
    stream_release(rig->stream, t);
    rig_advance(rig, 9);
    rig_check(rig);
}

static void overtaking_marker_still_takes_its_latency(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    rig_source(rig, "s", 1, 0.1, at_once, 5);
    struct input_params *input =
        rig_input(rig, rig_operator(rig, "t", 1, 2), "s", ROUTE_FORWARD, 5);
    input->latency = rig_constant(rig, 3);
    rig_start(rig, (struct stream_options){0});
    uint32_t t = rig_task(rig, "t", 0);
    rig_advance(rig, 0.35);
    stream_let_overtake(rig->stream, 7);
    assert_false(stream_hold(rig->stream, rig_task(rig, "s", 0), true));
    rig_notice(rig, 9, NOTICE_BOUNDARY, rig_task(rig, "s", 0), 0.4);
    stream_send_markers(rig->stream, rig_task(rig, "s", 0), 7);
    stream_release(rig->stream, rig_task(rig, "s", 0));
    /* In service from 3.1 to 5.1; the marker is there at 3.4, with what was sent at 0.2 to 0.4. */
    rig_notice(rig, 9, NOTICE_MARKER, t, 5.1);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 5.1);
    take_cut(rig, t, &cut);
    assert_int_equal(cut.n_messages, 3);
    rig_notice(rig, 9, NOTICE_CAPTURED, t, 5.1);
    task_cut_release(&cut);
    rig_check(rig);
}

/* When the next task has the markers of all its channels; it goes on. */
static double next_alignment_s(struct rig *rig)
{
    struct notice notice;
    do
        assert_true(stream_advance(rig->stream, 200, &notice));
    while (notice.kind != NOTICE_ALIGNED);
    stream_release(rig->stream, notice.task);
    return stream_now_s(rig->stream);
}

/* Four channels, on which four markers and, a round later, four more come at eight times. */
static void each_channel_delays_its_marker_by_a_time_of_its_own(void **state)
{
    struct rig *rig = *state;
    static const double late[] = {1000};
    double delays_s[8];
    rig_source(rig, "s", 1, 0.1, late, MEM_COUNT(late));
    rig_input(rig, rig_operator(rig, "t", 4, 0.1), "s", ROUTE_HASH, 5)->latency =
        dist_exponential(&rig->arena, 1);
    rig_start(rig, (struct stream_options){0});
    for (size_t i = 0; i < MEM_COUNT(delays_s); i++) {
        double sent_s = i < 4 ? 0 : 100;
        if (i % 4 == 0) {
            stream_move_to(rig->stream, sent_s);
            send_marker(rig, rig_task(rig, "s", 0), i < 4 ? 7 : 8);
        }
        delays_s[i] = next_alignment_s(rig) - sent_s;
        for (size_t j = 0; j < i; j++)
            assert_true(fabs(delays_s[i] - delays_s[j]) > 1e-6);
    }
    rig_check(rig);
}

static void head_is_captured_at_once(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    rig_source(rig, "s", 1, 1, at_once, 2);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.5);
    stream_let_overtake(rig->stream, 7);
    assert_false(stream_hold(rig->stream, 0, true));
    rig_notice(rig, 9, NOTICE_BOUNDARY, 0, 1);
    stream_cut_in_flight(rig->stream, 0, 7, &cut);
    assert_int_equal(cut.positions[0], 1);
    rig_notice(rig, 9, NOTICE_CAPTURED, 0, 1); /* though it stands */
    stream_release(rig->stream, 0);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, 0, 1, 2);
    task_cut_release(&cut);
    rig_check(rig);
}

/*
 * The middle one of three sends at 1.1 and 2.1, and its third output is blocked from 3.1 until the
 * last one has served its first message, at 11.1. The last has one waiting.
 */
static uint32_t blocked_middle(struct rig *rig, bool overtake_blocked)
{
    rig_source(rig, "a", 1, 0.1, at_once, 5);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_FORWARD, 5);
    rig_input(rig, rig_operator(rig, "c", 1, 10), "b", ROUTE_FORWARD, 1);
    rig_start(rig, (struct stream_options){.may_fail = true, .overtake_blocked = overtake_blocked});
    rig_advance(rig, 4);
    return rig_task(rig, "b", 0);
}

static void blocked_task_hands_on_before_it_is_cut(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t b = blocked_middle(rig, false);
    stream_let_overtake(rig->stream, 7);
    send_marker(rig, rig_task(rig, "a", 0), 7);
    rig_notice(rig, 20, NOTICE_MARKER, b, 11.1);
    rig_notice(rig, 20, NOTICE_OVERTAKEN, b, 11.1);
    take_cut(rig, b, &cut);
    assert_int_equal(cut.n_messages, 2);
    task_cut_release(&cut);
    rig_check(rig);
}

static const uint32_t forth[] = {0, 1, 2};
static const uint32_t back[] = {2, 1, 0};

/* Cuts all three with b blocked, lets b go on, and rolls back; c then has all in order. */
static void cut_blocked_and_roll_back(struct rig *rig, const uint32_t *order)
{
    struct task_cut cuts[3] = {{0}};
    uint32_t b = blocked_middle(rig, true);
    uint32_t a = rig_task(rig, "a", 0);
    uint32_t c = rig_task(rig, "c", 0);
    stream_let_overtake(rig->stream, 7);
    assert_true(stream_hold(rig->stream, a, true));
    take_cut(rig, a, &cuts[a]);
    rig_notice(rig, 4, NOTICE_MARKER, b, 4);
    rig_notice(rig, 4, NOTICE_OVERTAKEN, b, 4);
    take_cut(rig, b, &cuts[b]);
    assert_int_equal(cuts[b].n_messages, 3); /* two that wait, and an output */
    rig_notice(rig, 4, NOTICE_CAPTURED, b, 4);
    rig_notice(rig, 4, NOTICE_CAPTURED, a, 4);
    rig_notice(rig, 20, NOTICE_MARKER, c, 11.1);
    rig_notice(rig, 20, NOTICE_OVERTAKEN, c, 11.1);
    take_cut(rig, c, &cuts[c]);
    assert_int_equal(cuts[c].n_messages, 1);
    rig_notice(rig, 20, NOTICE_CAPTURED, c, 11.1);
    rig_advance(rig, 12);
    const struct task_cut *in_order[3];
    for (size_t i = 0; i < 3; i++)
        in_order[i] = &cuts[order[i]];
    stream_roll_back(rig->stream, order, 3, in_order);
    rig_advance(rig, 100);
    RIG_EXPECT(rig, c, 11.1, 22, 32, 42, 52);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(rig_departure(rig, c, i)->id & ~ID_REPLAYED, i);
    rig_check(rig);
    for (size_t i = 0; i < 3; i++)
        task_cut_release(&cuts[i]);
}

static void outputs_go_back_behind_what_was_sent_before(void **state)
{
    cut_blocked_and_roll_back(*state, forth);
}

static void whatever_the_order_of_tasks(void **state)
{
    cut_blocked_and_roll_back(*state, back);
}

static void failure_ends_a_capture(void **state)
{
    struct rig *rig = *state;
    struct task_cut cut = {0};
    uint32_t t = merge(rig, 1, (struct stream_options){.may_fail = true});
    rig_advance(rig, 1.3);
    stream_let_overtake(rig->stream, 7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 2.1);
    rig_notice(rig, 9, NOTICE_OVERTAKEN, t, 2.1);
    take_cut(rig, t, &cut);
    stream_kill(rig->stream, t);
    rig_advance(rig, 2.8);
    assert_int_equal(cut.n_messages, 2);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_advance(rig, 9);
    rig_check(rig);
    task_cut_release(&cut);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counting_serves_on_behind_a_marker),
        TEST(counting_takes_the_marker_in_its_turn),
        TEST(marker_overtakes_what_waits_and_it_is_captured),
        TEST(capture_goes_on_while_the_task_stands),
        TEST(task_that_is_to_be_cut_invites_nobody),
        TEST(switch_puts_back_what_an_alignment_held_back),
        TEST(switch_frees_a_marker_from_the_queue),
        TEST(aligned_task_is_told_so_after_the_switch),
        TEST(overtaking_marker_still_takes_its_latency),
        TEST(each_channel_delays_its_marker_by_a_time_of_its_own),
        TEST(head_is_captured_at_once),
        TEST(blocked_task_hands_on_before_it_is_cut),
        TEST(outputs_go_back_behind_what_was_sent_before),
        TEST(whatever_the_order_of_tasks),
        TEST(failure_ends_a_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
