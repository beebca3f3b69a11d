// SPDX-License-Identifier: GPL-3.0-or-later
/* The verbs of the message plane on small graphs: stops, markers, cuts, failures, roll-backs. */
#include <math.h>

#include "model/stream_state.h"
#include "stream_rig.h"

static const double at_once[] = {0, 0, 0, 0, 0};

static struct task_counts counts_of(struct rig *rig, uint32_t task)
{
    struct task_counts counts;
    stream_counts(rig->stream, task, &counts);
    return counts;
}

/* ---- stops ---- */

static void hold_waits_for_the_boundary(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0.5}, 2);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.5);
    assert_false(stream_hold(rig->stream, 0, false));
    rig_notice(rig, 9, NOTICE_BOUNDARY, 0, 1);
    rig_advance(rig, 3);
    assert_int_equal(stream_task_lag(rig->stream, 0), 1);
    stream_release(rig->stream, 0);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, 0, 1, 4);
    assert_near(counts_of(rig, 0).stopped_s, 2, 1e-12);
    rig_check(rig);
}

static void idle_task_stands_at_once(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){2}, 1);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 1);
    assert_true(stream_hold(rig->stream, 0, false));
    assert_true(stream_hold(rig->stream, 0, false));
    rig_advance(rig, 3);
    stream_release(rig->stream, 0);
    rig_advance(rig, 5);
    RIG_EXPECT(rig, 0, 4);
    rig_check(rig);
}

static void hold_with_two_in_flight_waits_for_both(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0.4, 0.5}, 3)->in_flight = 2;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.6);
    assert_false(stream_hold(rig->stream, 0, false));
    rig_notice(rig, 9, NOTICE_BOUNDARY, 0, 1.4);
    RIG_EXPECT(rig, 0, 1, 1.4);
    rig_check(rig);
}

static void release_takes_back_a_hold(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.6);
    assert_false(stream_hold(rig->stream, 0, false));
    stream_release(rig->stream, 0);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, 0, 1, 2);
    rig_check(rig);
}

/* A sender whose second message is blocked from 2 until the receiver starts its second at 3.385. */
static void blocked_pair(struct rig *rig, struct stream_options options)
{
    rig_source(rig, "a", 1, 1, at_once, 5);
    rig_input(rig, rig_operator(rig, "b", 1, 2.385), "a", ROUTE_FORWARD, 1);
    rig_start(rig, options);
}

static void blocked_task_is_at_no_boundary(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){0});
    uint32_t a = rig_task(rig, "a", 0);
    rig_advance(rig, 3.2);
    assert_false(stream_hold(rig->stream, a, false));
    rig_notice(rig, 9, NOTICE_BOUNDARY, a, 3.385);
    rig_check(rig);
}

static void task_may_be_held_where_it_is_blocked(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){0});
    uint32_t a = rig_task(rig, "a", 0);
    rig_advance(rig, 3.2);
    assert_true(stream_hold(rig->stream, a, true));
    rig_advance(rig, 4);
    RIG_EXPECT(rig, a, 1, 2); /* there is room from 3.385 on, but it stands */
    stream_release(rig->stream, a);
    rig_advance(rig, 20);
    RIG_EXPECT(rig, a, 1, 2, 4, 5.77, 8.155);
    assert_near(counts_of(rig, a).stopped_s, 0.8, 1e-12);
    rig_check(rig);
}

static void service_that_ends_blocked_is_a_boundary_when_told_so(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){0});
    uint32_t a = rig_task(rig, "a", 0);
    rig_advance(rig, 2.5);
    assert_false(stream_hold(rig->stream, a, true));
    rig_notice(rig, 9, NOTICE_BOUNDARY, a, 3);
    rig_check(rig);
}

static void speed_changes_split_a_message(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.25);
    stream_set_speed(rig->stream, 0, 0.5); /* 0.75 left */
    rig_advance(rig, 1);
    stream_set_speed(rig->stream, 0, 0); /* 0.375 left */
    rig_advance(rig, 2);
    rig_check(rig);
    stream_set_speed(rig->stream, 0, 1);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, 0, 2.375, 3.375);
    struct task_counts counts = counts_of(rig, 0);
    assert_near(counts.stopped_s, 1, 1e-12);
    assert_near(counts.busy_new_s, 2.375, 1e-12);
    rig_check(rig);
    struct task_cut cut = {0};
    stream_cut(rig->stream, 0, false, &cut);
    assert_near(cut.service_s, 2, 1e-12);
    task_cut_release(&cut);
}

static void clock_can_stand_before_what_happens_at_an_instant(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_start(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, nextafter(1, 0));
    stream_move_to(rig->stream, 1);
    stream_kill(rig->stream, 0); /* a moment before the end of service */
    rig_advance(rig, 2);
    assert_int_equal(counts_of(rig, 0).processed, 0);
    assert_int_equal(counts_of(rig, 0).lost, 1);
    rig_check(rig);
}

/* ---- markers ---- */

/* Two sources that send to one task; message by message each, at 0, 1, 2 and at 0.5, 1.5, 2.5. */
static uint32_t merge(struct rig *rig, uint64_t capacity, double service_s)
{
    static const double times[] = {0, 0.5, 1, 1.5, 2, 2.5};
    rig_source(rig, "s", 2, 0.1, times, MEM_COUNT(times));
    rig_input(rig, rig_operator(rig, "t", 1, service_s), "s", ROUTE_HASH, capacity);
    rig_start(rig, (struct stream_options){0});
    return rig_task(rig, "t", 0);
}

static void send_marker(struct rig *rig, uint32_t task, uint64_t round)
{
    assert_true(stream_hold(rig->stream, task, false));
    stream_send_markers(rig->stream, task, round);
    stream_release(rig->stream, task);
}

static void alignment_holds_back_what_comes_behind_a_marker(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 5, 0.1);
    rig_advance(rig, 0.8);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 1.8);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.7); /* what came at 1.1 is set aside */
    assert_near(counts_of(rig, t).aligning_s, 0.9, 1e-12);
    rig_check(rig);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    struct notice notice;
    assert_true(stream_advance(rig->stream, 9, &notice));
    assert_int_equal(notice.kind, NOTICE_ALIGNED);
    assert_int_equal(notice.round, 7);
    assert_near(stream_now_s(rig->stream), 1.8, 0);
    struct task_cut cut = {0};
    stream_cut(rig->stream, t, true, &cut);
    assert_int_equal(cut.n_messages, 1);
    assert_int_equal(cut.messages[0].id, 1);
    task_cut_release(&cut);
    rig_advance(rig, 1.9);
    stream_release(rig->stream, t);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.7, 2, 2.2, 2.7);
    assert_int_equal(rig_departure(rig, t, 3)->id, 1);
    assert_near(counts_of(rig, t).stopped_s, 0.1, 1e-12);
    rig_check(rig);
}

static void what_is_set_aside_takes_room(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 1, 0.1);
    uint32_t s = rig_task(rig, "s", 0);
    rig_advance(rig, 0.8);
    send_marker(rig, s, 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 3);
    RIG_EXPECT(rig, s, 0.1, 1.1);
    assert_near(counts_of(rig, s).blocked_s, 0.9, 1e-12);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 3);
    stream_release(rig->stream, t);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, s, 0.1, 1.1, 3);
    rig_check(rig);
}

static void marker_waits_for_the_boundary(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 5, 0.7);
    rig_advance(rig, 0.7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    /* In front of it: one in service until 0.8, one that came at 0.6. */
    rig_notice(rig, 9, NOTICE_MARKER, t, 1.5);
    rig_check(rig);
}

static void marker_waits_for_all_in_service_and_nothing_overtakes_it(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "s", 1, 0.1, (const double[]){0, 0.3, 0.6}, 3);
    struct operator_params *t = rig_operator(rig, "t", 1, 1);
    t->in_flight = 2;
    rig_input(rig, t, "s", ROUTE_FORWARD, 5);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.5);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    /* Two are in service until 1.1 and 1.4; a third comes behind the marker at 0.7. */
    rig_notice(rig, 9, NOTICE_MARKER, rig_task(rig, "t", 0), 1.4);
    rig_notice(rig, 9, NOTICE_ALIGNED, rig_task(rig, "t", 0), 1.4);
    stream_release(rig->stream, rig_task(rig, "t", 0));
    rig_advance(rig, 9);
    RIG_EXPECT(rig, rig_task(rig, "t", 0), 1.1, 1.4, 2.4);
    rig_check(rig);
}

static void markers_of_two_rounds_may_lie_on_one_channel(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 5, 0.1);
    rig_advance(rig, 0.8);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 1.3);
    send_marker(rig, rig_task(rig, "s", 0), 8);
    rig_advance(rig, 1.9);
    send_marker(rig, rig_task(rig, "s", 1), 7);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 1.9);
    stream_release(rig->stream, t);
    /* The message from before the second marker is served first. */
    rig_notice(rig, 9, NOTICE_MARKER, t, 2);
    rig_advance(rig, 3);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.7, 2, 2.7);
    send_marker(rig, rig_task(rig, "s", 1), 8);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 3);
    stream_release(rig->stream, t);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.7, 2, 2.7, 3.1);
    rig_check(rig);
}

static void marker_on_a_single_channel_aligns_at_once(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "s", 1, 0.1, at_once, 2);
    struct input_params *input =
        rig_input(rig, rig_operator(rig, "t", 1, 0.3), "s", ROUTE_FORWARD, 1);
    input->latency = rig_constant(rig, 0.25);
    rig_start(rig, (struct stream_options){0});
    uint32_t t = rig_task(rig, "t", 0);
    rig_advance(rig, 1);
    send_marker(rig, rig_task(rig, "s", 0), 1);
    rig_notice(rig, 9, NOTICE_MARKER, t, 1.25);
    rig_notice(rig, 9, NOTICE_ALIGNED, t, 1.25);
    rig_check(rig);
}

static void forgotten_round_lets_aligning_tasks_go_on(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 5, 0.1);
    rig_advance(rig, 0.8);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    rig_notice(rig, 9, NOTICE_MARKER, t, 0.8);
    rig_advance(rig, 1.3);
    stream_forget_round(rig->stream, 7);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 0.2, 0.7, 1.4, 1.7, 2.2, 2.7);
    rig_check(rig);
}

static void markers_of_a_forgotten_round_are_nowhere(void **state)
{
    struct rig *rig = *state;
    uint32_t t = merge(rig, 5, 0.7);
    rig_advance(rig, 0.7);
    send_marker(rig, rig_task(rig, "s", 0), 7);
    stream_forget_round(rig->stream, 7);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, t, 0.8, 1.5, 2.2, 2.9, 3.6, 4.3);
    rig_check(rig);
}

/* ---- failures and roll-backs ---- */

/* A chain of two with a message per second, which fails as a whole at 2.5. */
static void chain_fails(struct rig *rig)
{
    rig_source(rig, "a", 1, 1, at_once, 4);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_FORWARD, 5);
    rig_start(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, 2.5);
    stream_kill(rig->stream, 0);
    stream_kill(rig->stream, 1);
    rig_check(rig);
}

static void roll_back_to_the_start_repeats_what_was_finished(void **state)
{
    struct rig *rig = *state;
    chain_fails(rig);
    rig_advance(rig, 4);
    const struct task_cut start = {0};
    const uint32_t tasks[] = {0, 1};
    stream_roll_back(rig->stream, tasks, 2, (const struct task_cut *const[]){&start, &start});
    rig_check(rig);
    rig_advance(rig, 20);
    uint32_t a = rig_task(rig, "a", 0);
    uint32_t b = rig_task(rig, "b", 0);
    RIG_EXPECT(rig, a, 1, 2, 5, 6, 7, 8);
    RIG_EXPECT(rig, b, 2, 6, 7, 8, 9);
    struct task_counts counts = counts_of(rig, a);
    assert_int_equal(counts.processed, 6);
    assert_int_equal(counts.reprocessed, 2);
    assert_int_equal(counts.lost, 1);
    assert_near(counts.busy_rework_s, 2, 1e-12);
    counts = counts_of(rig, b);
    assert_int_equal(counts.processed, 5);
    assert_int_equal(counts.reprocessed, 1); /* the second was lost in service: it is new */
    assert_int_equal(counts.lost, 1);
    assert_int_equal(counts.emitted, 5);
    assert_int_equal(counts.duplicates, 1);
    assert_int_equal(rig->latency.n, 4);
    struct partition_counts partition;
    stream_partition_counts(rig->stream, 0, &partition);
    assert_int_equal(partition.position, 4);
    /* Read at 0, 1, 2, and again from 4 on, one a second. */
    assert_near(partition.lag_area, 3 + 2 + 2 + 3 + 2 + 1, 1e-12);
    rig_check(rig);
}

static void what_is_unread_again_adds_to_the_lag(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_start(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, 2.5);
    const uint32_t task = 0;
    const struct task_cut start = {0};
    stream_roll_back(rig->stream, &task, 1, (const struct task_cut *const[]){&start});
    rig_advance(rig, 9);
    struct partition_counts counts;
    stream_partition_counts(rig->stream, 0, &counts);
    assert_near(counts.lag_area, 1 + 1, 1e-12); /* until 1, and from 2.5 until 3.5 */
}

static void failing_twice_counts_each_identity_once(void **state)
{
    struct rig *rig = *state;
    chain_fails(rig);
    const struct task_cut start = {0};
    const uint32_t tasks[] = {0, 1};
    const struct task_cut *const cuts[] = {&start, &start};
    stream_roll_back(rig->stream, tasks, 2, cuts);
    /* From 2.5: the second message is new to b from 4.5 to 5.5, and lost again. */
    rig_advance(rig, 5);
    rig_check(rig);
    stream_roll_back(rig->stream, tasks, 2, cuts);
    rig_advance(rig, 30);
    for (uint32_t task = 0; task < 2; task++) {
        struct task_counts counts = counts_of(rig, task);
        assert_int_equal(counts.processed - counts.reprocessed, 4);
    }
    assert_int_equal(rig->latency.n, 4);
    rig_check(rig);
}

static void cut_with_channels_keeps_what_is_under_way(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){.may_fail = true});
    uint32_t a = rig_task(rig, "a", 0);
    uint32_t b = rig_task(rig, "b", 0);
    rig_advance(rig, 3.2);
    /* One waits in the channel, one in the hand of the sender; b is in the middle of the first. */
    assert_true(stream_hold(rig->stream, a, true));
    stream_set_speed(rig->stream, b, 0);
    struct task_cut cuts[2] = {0};
    stream_cut(rig->stream, a, true, &cuts[0]);
    stream_cut(rig->stream, b, true, &cuts[1]);
    assert_int_equal(cuts[0].n_messages, 1);
    assert_int_equal(cuts[1].n_messages, 2);
    assert_int_equal(cuts[0].positions[0], 3);
    stream_release(rig->stream, a);
    stream_set_speed(rig->stream, b, 1);
    rig_advance(rig, 6); /* b has finished two */
    const uint32_t tasks[] = {a, b};
    stream_roll_back(rig->stream, tasks, 2, (const struct task_cut *const[]){&cuts[0], &cuts[1]});
    rig_check(rig);
    rig_advance(rig, 30);
    /* Three messages are with b at once; a is behind them until two are started. */
    RIG_EXPECT(rig, b, 3.385, 5.77, 8.385, 10.77, 13.155, 15.54, 17.925);
    struct task_counts counts = counts_of(rig, b);
    assert_int_equal(counts.reprocessed, 2);
    assert_int_equal(counts.processed, 7);
    rig_check(rig);
    task_cut_release(&cuts[0]);
    task_cut_release(&cuts[1]);
}

static void message_of_a_source_cut_in_service_is_served_again_first(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 3);
    rig_start(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, 1.25);
    stream_set_speed(rig->stream, 0, 0);
    struct task_cut cut = {0};
    stream_cut(rig->stream, 0, false, &cut);
    assert_int_equal(cut.n_messages, 1);
    assert_near(cut.service_s, 1.25, 1e-12);
    stream_set_speed(rig->stream, 0, 1);
    rig_advance(rig, 1.75);
    const uint32_t task = 0;
    stream_roll_back(rig->stream, &task, 1, (const struct task_cut *const[]){&cut});
    rig_advance(rig, 9);
    RIG_EXPECT(rig, 0, 1, 2.75, 3.75);
    assert_int_equal(rig_departure(rig, 0, 1)->id, 1);
    assert_int_equal(counts_of(rig, 0).reprocessed, 0);
    rig_check(rig);
    task_cut_release(&cut);
}

static void sender_fills_the_channel_of_a_dead_receiver(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){.may_fail = true});
    uint32_t a = rig_task(rig, "a", 0);
    uint32_t b = rig_task(rig, "b", 0);
    rig_advance(rig, 3.2);
    stream_kill(rig->stream, b);
    rig_advance(rig, 9);
    RIG_EXPECT(rig, a, 1, 2, 3.2); /* the next is blocked again */
    rig_check(rig);
    const struct task_cut start = {0};
    stream_roll_back(rig->stream, &b, 1, (const struct task_cut *const[]){&start});
    rig_advance(rig, 30);
    RIG_EXPECT(rig, b, 9 + 2.385, 9 + 2 * 2.385);
    assert_int_equal(counts_of(rig, b).lost, 3);
    rig_check(rig);
}

static void outputs_lost_in_a_blocked_hand_are_new_when_they_come_again(void **state)
{
    struct rig *rig = *state;
    blocked_pair(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, 3.2); /* the third is finished by a, and was never with b */
    const struct task_cut start = {0};
    const uint32_t tasks[] = {0, 1};
    stream_roll_back(rig->stream, tasks, 2, (const struct task_cut *const[]){&start, &start});
    rig_advance(rig, 30);
    struct task_counts counts = counts_of(rig, rig_task(rig, "b", 0));
    assert_int_equal(counts.processed, 5);
    assert_int_equal(counts.reprocessed, 0);
    assert_int_equal(counts_of(rig, rig_task(rig, "a", 0)).reprocessed, 3);
    rig_check(rig);
}

static void reader_of_a_log_restarts_alone(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.1, at_once, 5);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_FORWARD, NO_CAPACITY)->channel =
        CHANNEL_LOG;
    rig_start(rig, (struct stream_options){.may_fail = true});
    uint32_t b = rig_task(rig, "b", 0);
    rig_advance(rig, 1.1);
    struct task_cut cut = {0};
    assert_false(stream_hold(rig->stream, b, false));
    rig_notice(rig, 9, NOTICE_BOUNDARY, b, 2.1);
    stream_cut(rig->stream, b, false, &cut);
    stream_forget_before(rig->stream, b, &cut);
    stream_release(rig->stream, b);
    rig_advance(rig, 3.5);
    stream_kill(rig->stream, b);
    rig_advance(rig, 4);
    assert_int_equal(stream_task_lag(rig->stream, b), 1);
    stream_roll_back(rig->stream, &b, 1, (const struct task_cut *const[]){&cut});
    assert_int_equal(stream_task_lag(rig->stream, b), 3);
    rig_advance(rig, 20);
    RIG_EXPECT(rig, b, 1.1, 2.1, 3.1, 5, 6, 7);
    assert_int_equal(counts_of(rig, b).reprocessed, 1);
    rig_check(rig);
    task_cut_release(&cut);
}

static void message_of_a_log_cut_in_service_is_served_again_first(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.1, at_once, 4);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_FORWARD, NO_CAPACITY)->channel =
        CHANNEL_LOG;
    rig_start(rig, (struct stream_options){.may_fail = true});
    uint32_t b = rig_task(rig, "b", 0);
    rig_advance(rig, 1.5);
    struct task_cut cut = {0};
    stream_set_speed(rig->stream, b, 0);
    stream_cut(rig->stream, b, false, &cut);
    assert_int_equal(cut.n_messages, 1);
    rig_advance(rig, 2);
    stream_roll_back(rig->stream, &b, 1, (const struct task_cut *const[]){&cut});
    rig_check(rig);
    rig_advance(rig, 9); /* at speed 1 again */
    RIG_EXPECT(rig, b, 1.1, 3, 4, 5);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rig_departure(rig, b, i)->id, i);
    rig_check(rig);
    task_cut_release(&cut);
}

static void watch_sees_the_end_of_catching_up(void **state)
{
    struct rig *rig = *state;
    double times[20];
    for (size_t i = 0; i < MEM_COUNT(times); i++)
        times[i] = (double)i;
    rig_source(rig, "a", 1, 0.5, times, MEM_COUNT(times));
    rig_start(rig, (struct stream_options){.may_fail = true});
    rig_advance(rig, 3.75);
    stream_kill(rig->stream, 0);
    rig_advance(rig, 4.25);
    const uint32_t task = 0;
    const struct task_cut start = {0};
    stream_roll_back(rig->stream, &task, 1, (const struct task_cut *const[]){&start});
    struct lag_watch watch = {.tasks = &task, .n = 1, .lag = 0};
    stream_watch(rig->stream, &watch);
    rig_advance(rig, 15);
    /* Message k is read at 4.25 + k / 2 and arrived at k: at 7.75 there is none behind the eighth.
     */
    assert_near(watch.time_s, 7.75, 1e-12);
    struct partition_counts counts;
    stream_partition_counts(rig->stream, 0, &counts);
    /* Unread from 4 on: message 4; from 4.25 on all of 0 to 4; until message 8 is read. */
    double area = 0.25;
    for (int k = 0; k <= 8; k++)
        area += 4.25 + k / 2.0 - fmax(k, 4.25);
    assert_near(counts.lag_area, area, 1e-9);
    rig_check(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hold_waits_for_the_boundary),
        TEST(idle_task_stands_at_once),
        TEST(hold_with_two_in_flight_waits_for_both),
        TEST(release_takes_back_a_hold),
        TEST(blocked_task_is_at_no_boundary),
        TEST(task_may_be_held_where_it_is_blocked),
        TEST(service_that_ends_blocked_is_a_boundary_when_told_so),
        TEST(speed_changes_split_a_message),
        TEST(clock_can_stand_before_what_happens_at_an_instant),
        TEST(alignment_holds_back_what_comes_behind_a_marker),
        TEST(what_is_set_aside_takes_room),
        TEST(marker_waits_for_the_boundary),
        TEST(marker_waits_for_all_in_service_and_nothing_overtakes_it),
        TEST(markers_of_two_rounds_may_lie_on_one_channel),
        TEST(marker_on_a_single_channel_aligns_at_once),
        TEST(forgotten_round_lets_aligning_tasks_go_on),
        TEST(markers_of_a_forgotten_round_are_nowhere),
        TEST(roll_back_to_the_start_repeats_what_was_finished),
        TEST(what_is_unread_again_adds_to_the_lag),
        TEST(failing_twice_counts_each_identity_once),
        TEST(cut_with_channels_keeps_what_is_under_way),
        TEST(message_of_a_source_cut_in_service_is_served_again_first),
        TEST(sender_fills_the_channel_of_a_dead_receiver),
        TEST(outputs_lost_in_a_blocked_hand_are_new_when_they_come_again),
        TEST(reader_of_a_log_restarts_alone),
        TEST(message_of_a_log_cut_in_service_is_served_again_first),
        TEST(watch_sees_the_end_of_catching_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
