// SPDX-License-Identifier: GPL-3.0-or-later
/* Messages in small graphs, undisturbed: who serves what when, to the exact instant. */
#include <math.h>

#include "stream_rig.h"

static const double at_once[] = {0, 0, 0, 0, 0};

/* ---- a task by itself ---- */

static void messages_are_served_one_by_one(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0.5, 0.7, 0.9, 4}, 4);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 7);
    RIG_EXPECT(rig, 0, 1.5, 2.5, 3.5, 5);
    struct task_counts counts;
    stream_counts(rig->stream, 0, &counts);
    assert_near(counts.busy_new_s, 4, 1e-12);
    assert_near(counts.idle_s, 3, 1e-12);
    assert_near(counts.sojourn_s, 1 + 1.8 + 2.6 + 1, 1e-12);
    assert_int_equal(counts.emitted, 4);
    rig_check(rig);
}

static void two_in_flight_are_two_servers(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0.1, 0.2, 0.3}, 4)->in_flight = 2;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 5);
    RIG_EXPECT(rig, 0, 1, 1.1, 2, 2.1);
    struct task_counts counts;
    stream_counts(rig->stream, 0, &counts);
    assert_near(counts.busy_new_s, 2.1, 1e-12);
    rig_check(rig);
}

static void partitions_are_read_in_order_of_arrival(void **state)
{
    struct rig *rig = *state;
    struct operator_params *a =
        rig_source(rig, "a", 1, 0.1, (const double[]){0, 0.5, 3, 1, 3, 3}, 6);
    a->source.partitions = 2; /* 0, 3, 3 and 0.5, 1, 3 */
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 5);
    RIG_EXPECT(rig, 0, 0.1, 0.6, 1.1, 3.1, 3.2, 3.3);
    const uint64_t second = UINT64_C(1) << 40;
    const uint64_t ids[] = {0, second, second | 1, 1, 2, second | 2};
    for (size_t i = 0; i < MEM_COUNT(ids); i++)
        assert_int_equal(rig_departure(rig, 0, i)->id, ids[i]);
    rig_check(rig);
}

static void read_rate_spaces_reads(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.1, at_once, 3)->source.read_rate_per_s = 0.5;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 5);
    RIG_EXPECT(rig, 0, 0.1, 2.1, 4.1);
    rig_check(rig);
}

static void retention_takes_unread_messages(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 5)->source.retention_s = 1.5;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 4);
    RIG_EXPECT(rig, 0, 1, 2); /* at 2 the others are too old */
    struct partition_counts counts;
    stream_partition_counts(rig->stream, 0, &counts);
    assert_int_equal(counts.arrived, 5);
    assert_int_equal(counts.expired, 3);
    rig_check(rig);
}

/* ---- channels ---- */

/* Five messages at once; the second task is the slower one. */
static struct input_params *slow_pair(struct rig *rig, uint64_t capacity)
{
    rig_source(rig, "a", 1, 1, at_once, 5);
    return rig_input(rig, rig_operator(rig, "b", 1, 2.385), "a", ROUTE_FORWARD, capacity);
}

static void sender_blocks_after_service_until_a_message_is_started(void **state)
{
    struct rig *rig = *state;
    (void)slow_pair(rig, 1);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3.385, 5.77, 8.155);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.385, 5.77, 8.155, 10.54, 12.925);
    struct task_counts counts;
    stream_counts(rig->stream, rig_task(rig, "a", 0), &counts);
    assert_near(counts.busy_new_s, 5, 1e-12);
    assert_near(counts.blocked_s, 0.385 + 1.385 + 1.385, 1e-12);
    rig_check(rig);
}

static void without_capacity_the_receiver_takes_from_the_hand(void **state)
{
    struct rig *rig = *state;
    (void)slow_pair(rig, 0);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 3.385, 5.77, 8.155, 10.54);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.385, 5.77, 8.155, 10.54, 12.925);
    rig_check(rig);
}

static void without_capacity_the_first_to_wait_is_served_first(void **state)
{
    struct rig *rig = *state;
    /* Both are always ready for the receiver, and it takes them in turn. */
    rig_source(rig, "a", 2, 1, at_once, 5);
    rig_input(rig, rig_operator(rig, "b", 1, 3), "a", ROUTE_HASH, 0);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 7, 13);
    RIG_EXPECT(rig, rig_task(rig, "a", 1), 4, 10);
    rig_check(rig);
}

static void without_capacity_two_servers_take_two(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 3, 1, at_once, 3);
    struct operator_params *b = rig_operator(rig, "b", 1, 3);
    b->in_flight = 2;
    rig_input(rig, b, "a", ROUTE_HASH, 0);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 4, 4, 7);
    rig_check(rig);
}

static void full_channel_drops_when_told_to(void **state)
{
    struct rig *rig = *state;
    slow_pair(rig, 1)->on_full = ON_FULL_DROP;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3, 4, 5);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.385, 5.77, 8.155);
    struct task_counts counts;
    stream_counts(rig->stream, rig_task(rig, "b", 0), &counts);
    assert_int_equal(counts.dropped, 2);
    assert_int_equal(counts.received, 3);
    stream_counts(rig->stream, rig_task(rig, "a", 0), &counts);
    assert_int_equal(counts.emitted, 3);
    rig_check(rig);
}

static void capacity_in_bytes_admits_one_message_at_least(void **state)
{
    struct rig *rig = *state;
    slow_pair(rig, NO_CAPACITY)->capacity_bytes = 250;
    rig->operators[0].source.message = rig_constant(rig, 100);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    /* Two of 100 bytes wait, a third has no room. */
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3, 4, 5.77);
    rig_check(rig);
    struct task_counts counts;
    stream_counts(rig->stream, rig_task(rig, "b", 0), &counts);
    assert_near(counts.bytes, 500, 0);
}

static void message_larger_than_the_channel_passes_alone(void **state)
{
    struct rig *rig = *state;
    slow_pair(rig, NO_CAPACITY)->capacity_bytes = 50;
    rig->operators[0].source.message = rig_constant(rig, 100);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3.385, 5.77, 8.155);
    rig_check(rig);
}

static void nothing_overtakes_on_a_channel(void **state)
{
    struct rig *rig = *state;
    struct input_params *input = slow_pair(rig, NO_CAPACITY);
    input->capacity_bytes = 250;
    rig->operators[0].in_flight = 4;
    /* Sizes by offset, all different: large ones wait while smaller ones behind them would fit. */
    rig->operators[0].source.message = dist_exponential(&rig->arena, 150);
    double times[200];
    for (size_t i = 0; i < MEM_COUNT(times); i++)
        times[i] = 0.5 * (double)i;
    rig->operators[0].source.arrivals.params = &(struct rig_times){times, MEM_COUNT(times)};
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 1000);
    for (size_t i = 0; i < MEM_COUNT(times); i++)
        assert_int_equal(rig_departure(rig, rig_task(rig, "b", 0), i)->id, i);
    rig_check(rig);
}

static void latency_delays_entry(void **state)
{
    struct rig *rig = *state;
    slow_pair(rig, 1)->latency = rig_constant(rig, 0.25);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    /* The first is started at 1.25; the second is in the channel from 2 on. */
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.635, 6.02, 8.405, 10.79, 13.175);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3.635, 6.02, 8.405);
    struct task_counts counts;
    stream_counts(rig->stream, rig_task(rig, "b", 0), &counts);
    assert_near(counts.idle_s, 1.25 + 20 - 13.175, 1e-12);
    rig_check(rig);
}

static void random_latencies_keep_the_order_of_each_channel(void **state)
{
    struct rig *rig = *state;
    double times[400];
    for (size_t i = 0; i < MEM_COUNT(times); i++)
        times[i] = 0.01 * (double)i;
    rig_source(rig, "a", 2, 0.001, times, MEM_COUNT(times));
    struct input_params *input =
        rig_input(rig, rig_operator(rig, "b", 1, 0.001), "a", ROUTE_HASH, NO_CAPACITY);
    input->latency = dist_exponential(&rig->arena, 0.2385);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    uint64_t next[2] = {0, 0};
    for (size_t i = 0; i < MEM_COUNT(times); i++) {
        uint64_t id = rig_departure(rig, rig_task(rig, "b", 0), i)->id;
        assert_int_equal(id & 0xff, next[id >> 40]++);
    }
    rig_check(rig);
}

static void blocked_hand_of_two_goes_on_first(void **state)
{
    struct rig *rig = *state;
    struct input_params *input = slow_pair(rig, 1);
    rig->operators[0].in_flight = 2;
    (void)input;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    /* Pairs end at 1 and 2.385 +; each start of b lets one go on. */
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 1, 3.385, 5.77, 8.155);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(rig_departure(rig, rig_task(rig, "b", 0), i)->id, i);
    rig_check(rig);
}

/* ---- routes ---- */

static void broadcast_reaches_everybody_with_an_identity_each(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_input(rig, rig_operator(rig, "b", 3, 0.5), "a", ROUTE_BROADCAST, 1);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    for (uint32_t i = 0; i < 3; i++)
        RIG_EXPECT(rig, rig_task(rig, "b", i), 1.5, 2.5);
    assert_int_not_equal(rig_departure(rig, rig_task(rig, "b", 0), 0)->id,
                         rig_departure(rig, rig_task(rig, "b", 1), 0)->id);
    rig_check(rig);
}

static void rebalance_goes_round(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, at_once, 5);
    rig_input(rig, rig_operator(rig, "b", 2, 0.5), "a", ROUTE_REBALANCE, 1);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 1.5, 3.5, 5.5);
    RIG_EXPECT(rig, rig_task(rig, "b", 1), 2.5, 4.5);
    rig_check(rig);
}

static void selectivity_is_the_mean_number_of_outputs(void **state)
{
    struct rig *rig = *state;
    double times[1000];
    for (size_t i = 0; i < MEM_COUNT(times); i++)
        times[i] = 0.01 * (double)i;
    rig_source(rig, "a", 1, 0.001, times, MEM_COUNT(times))->selectivity = 2.385;
    rig_input(rig, rig_operator(rig, "b", 2, 0.0001), "a", ROUTE_HASH, NO_CAPACITY);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    struct task_counts counts;
    stream_counts(rig->stream, rig_task(rig, "a", 0), &counts);
    /* Binomial, 1000 trials: four standard deviations are 62. */
    assert_near((double)counts.emitted, 2385, 62);
    rig_check(rig);
}

static void logs_never_block_and_keep_what_was_sent(void **state)
{
    struct rig *rig = *state;
    slow_pair(rig, NO_CAPACITY)->channel = CHANNEL_LOG;
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 4);
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 3, 4);
    assert_int_equal(stream_task_lag(rig->stream, rig_task(rig, "b", 0)), 2);
    assert_near(stream_task_lag_s(rig->stream, rig_task(rig, "b", 0)), 1, 1e-12);
    rig_advance(rig, 20);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.385, 5.77, 8.155, 10.54, 12.925);
    rig_check(rig);
}

/* ---- shared threads ---- */

static void free_thread_goes_to_the_longest_waiting_message(void **state)
{
    struct rig *rig = *state;
    rig->job.threads = 1;
    rig_source(rig, "a", 1, 1, at_once, 2);
    rig_input(rig, rig_operator(rig, "b", 1, 1.5), "a", ROUTE_FORWARD, NO_CAPACITY);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    /* At 1 the second message of a has waited since 0, the first of b since now. */
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.5, 5);
    rig_check(rig);
}

static void blocked_task_gives_its_thread_back(void **state)
{
    struct rig *rig = *state;
    rig->job.threads = 1;
    rig_source(rig, "a", 1, 1, at_once, 3);
    rig_input(rig, rig_operator(rig, "b", 1, 1.5), "a", ROUTE_FORWARD, 1);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 20);
    /* At 2 a's second message is blocked: the thread is b's, whose start lets a go on. */
    RIG_EXPECT(rig, rig_task(rig, "a", 0), 1, 2, 4.5);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 3.5, 6, 7.5);
    rig_check(rig);
}

/* ---- lag ---- */

static void lag_is_what_arrived_and_was_not_read(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 2, (const double[]){0, 0, 1, 9}, 4);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 1.5);
    assert_int_equal(stream_task_lag(rig->stream, 0), 2);
    assert_near(stream_task_lag_s(rig->stream, 0), 1.5, 1e-12);
    rig_advance(rig, 8);
    struct partition_counts counts;
    stream_partition_counts(rig->stream, 0, &counts);
    assert_int_equal(counts.arrived, 3);
    assert_int_equal(counts.position, 3);
    assert_near(counts.lag_area, 2 + 3, 1e-12); /* until 2, and from 1 until 4 */
    rig_check(rig);
}

static void watch_finds_the_instant_of_the_read(void **state)
{
    struct rig *rig = *state;
    double times[10] = {0};
    times[9] = 2.5;
    rig_source(rig, "a", 1, 1, times, 10);
    rig_start(rig, (struct stream_options){0});
    rig_advance(rig, 0.5);
    const uint32_t tasks[] = {0};
    struct lag_watch watch = {.tasks = tasks, .n = 1, .lag = 5};
    struct lag_watch met = {.tasks = tasks, .n = 1, .lag = 8};
    struct lag_watch soon = {.tasks = tasks, .n = 1, .lag = 6};
    struct lag_watch gone = {.tasks = tasks, .n = 1, .lag = 0};
    stream_watch(rig->stream, &met);
    stream_watch(rig->stream, &gone);
    stream_watch(rig->stream, &soon);
    stream_watch(rig->stream, &watch);
    assert_near(met.time_s, 0.5, 0);
    assert_true(isnan(watch.time_s));
    rig_advance(rig, 3.5);
    stream_unwatch(rig->stream, &gone);
    rig_advance(rig, 20);
    assert_near(soon.time_s, 2, 1e-12);
    assert_near(watch.time_s, 4, 1e-12); /* 8 waited at 0, one more came at 2.5 */
    assert_true(isnan(gone.time_s));
}

/* ---- latencies ---- */

static void latencies_leave_out_what_arrived_in_the_warm_up(void **state)
{
    struct rig *rig = *state;
    (void)slow_pair(rig, NO_CAPACITY);
    rig->operators[0].source.arrivals.params = &(struct rig_times){(const double[]){0, 3}, 2};
    rig_start(rig, (struct stream_options){0});
    stream_measure_from(rig->stream, 1);
    rig_advance(rig, 20);
    assert_int_equal(rig->latency.n, 1);
    assert_near(rig->latency.sum, 3.385, 1e-12);
    assert_near(rig->operator_latency[0].sum, 1, 1e-12);
    assert_near(rig->operator_latency[1].sum, 2.385, 1e-12);
    rig_check(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_are_served_one_by_one),
        TEST(two_in_flight_are_two_servers),
        TEST(partitions_are_read_in_order_of_arrival),
        TEST(read_rate_spaces_reads),
        TEST(retention_takes_unread_messages),
        TEST(sender_blocks_after_service_until_a_message_is_started),
        TEST(without_capacity_the_receiver_takes_from_the_hand),
        TEST(without_capacity_the_first_to_wait_is_served_first),
        TEST(without_capacity_two_servers_take_two),
        TEST(full_channel_drops_when_told_to),
        TEST(capacity_in_bytes_admits_one_message_at_least),
        TEST(message_larger_than_the_channel_passes_alone),
        TEST(nothing_overtakes_on_a_channel),
        TEST(latency_delays_entry),
        TEST(random_latencies_keep_the_order_of_each_channel),
        TEST(blocked_hand_of_two_goes_on_first),
        TEST(broadcast_reaches_everybody_with_an_identity_each),
        TEST(rebalance_goes_round),
        TEST(selectivity_is_the_mean_number_of_outputs),
        TEST(logs_never_block_and_keep_what_was_sent),
        TEST(free_thread_goes_to_the_longest_waiting_message),
        TEST(blocked_task_gives_its_thread_back),
        TEST(lag_is_what_arrived_and_was_not_read),
        TEST(watch_finds_the_instant_of_the_read),
        TEST(latencies_leave_out_what_arrived_in_the_warm_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
