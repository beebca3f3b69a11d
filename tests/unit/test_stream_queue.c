// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rng.h"
#include "model/stream_queue.h"
#include "support.h"

static struct message message(double entry_s, uint32_t channel, uint64_t id)
{
    return (struct message){.entry_s = entry_s, .channel = channel, .id = id};
}

static void insert(struct message_queue *queue, double entry_s, uint32_t channel, uint64_t id)
{
    struct message m = message(entry_s, channel, id);
    queue_insert(queue, &m);
}

static void assert_ids(const struct message_queue *queue, const uint64_t *ids, uint32_t n)
{
    assert_int_equal(queue->n, n);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(queue_at(queue, i)->id, ids[i]);
}

static void queue_is_sorted_by_entry_then_channel(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    insert(&queue, 2, 3, 1);
    insert(&queue, 2.385, 0, 2);
    insert(&queue, 2, 1, 3);
    insert(&queue, 2, 3, 4); /* behind the one before it on its channel */
    insert(&queue, 1, 9, 5);
    assert_ids(&queue, (const uint64_t[]){5, 3, 1, 4, 2}, 5);
    queue_release(&queue);
}

static void ring_grows_and_turns_round(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    struct rng rng = rng_from_splitmix(2385);
    uint64_t next_in = 0;
    uint64_t next_out = 0;
    for (int i = 0; i < 5000; i++) {
        /* It grows on the whole. */
        if (rng_below(&rng, 5) < 3) {
            insert(&queue, (double)next_in, 0, next_in);
            next_in++;
        } else if (queue.n > 0) {
            assert_int_equal(queue_at(&queue, 0)->id, next_out++);
            queue_pop(&queue);
        }
        assert_int_equal(queue.n, next_in - next_out);
    }
    queue_release(&queue);
}

static void what_a_cut_put_there_keeps_its_place(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    const struct message first = message(5, NO_CHANNEL, 1);
    const struct message second = message(5, 2, 2);
    queue_append_fixed(&queue, &first);
    queue_append_fixed(&queue, &second);
    insert(&queue, 5, 1, 3);
    insert(&queue, 5, 0, 4);
    assert_ids(&queue, (const uint64_t[]){1, 2, 4, 3}, 4);
    queue_pop(&queue);
    queue_pop(&queue);
    assert_int_equal(queue.n_fixed, 0);
    insert(&queue, 4, 0, 5);
    assert_ids(&queue, (const uint64_t[]){5, 4, 3}, 3);
    queue_release(&queue);
}

static void what_was_set_aside_goes_before(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    struct message_queue aside = {0};
    for (uint64_t id = 0; id < 20; id++)
        insert(&aside, (double)id, 0, id);
    for (uint64_t id = 20; id < 31; id++)
        insert(&queue, (double)id, 0, id);
    queue_put_before(&queue, &aside);
    assert_int_equal(aside.n, 0);
    assert_int_equal(queue.n, 31);
    for (uint32_t i = 0; i < 31; i++)
        assert_int_equal(queue_at(&queue, i)->id, i);
    queue_release(&queue);
    queue_release(&aside);
}

static void what_goes_before_a_cut_keeps_its_place_too(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    struct message_queue aside = {0};
    const struct message from_cut = message(5, 0, 2);
    queue_append_fixed(&queue, &from_cut);
    insert(&aside, 5, 9, 1);
    queue_put_before(&queue, &aside);
    insert(&queue, 5, 0, 3);
    assert_ids(&queue, (const uint64_t[]){1, 2, 3}, 3);
    assert_int_equal(queue.n_fixed, 2);
    queue_release(&queue);
    queue_release(&aside);
}

static void markers_of_one_round_can_be_dropped(void **state)
{
    (void)state;
    struct message_queue queue = {0};
    insert(&queue, 1, 0, ID_MARKER | 7);
    insert(&queue, 2, 0, 7);
    insert(&queue, 3, 0, ID_MARKER | 8);
    insert(&queue, 4, 0, ID_MARKER | 7);
    assert_int_equal(queue_drop_markers(&queue, 7), 2);
    assert_ids(&queue, (const uint64_t[]){7, ID_MARKER | 8}, 2);
    queue_release(&queue);
}

static void log_keeps_what_may_be_read_again(void **state)
{
    (void)state;
    struct message_log log = {0};
    for (uint64_t id = 0; id < 100; id++) {
        struct message m = message((double)id, 0, id);
        log_append(&log, &m);
    }
    log.position = 90;
    assert_int_equal(log_lag(&log, 89.5), 0);
    assert_int_equal(log_lag(&log, 92), 3);
    log_forget(&log, 40);
    for (uint64_t id = 100; id < 150; id++) { /* into the room of what was forgotten */
        struct message m = message((double)id, 0, id);
        log_append(&log, &m);
    }
    log.position = 40;
    assert_int_equal(log_lag(&log, 1e9), 110);
    for (uint64_t id = 40; id < 150; id++, log.position++)
        assert_int_equal(log_head(&log)->id, id);
    assert_null(log_head(&log));
    log_release(&log);
}

static void log_entries_never_decrease(void **state)
{
    (void)state;
    struct message_log log = {0};
    struct message late = message(2.385, 0, 1);
    struct message early = message(1, 1, 2);
    log_append(&log, &late);
    log_append(&log, &early);
    assert_near(early.entry_s, 2.385, 0);
    assert_near(log_at(&log, 1)->entry_s, 2.385, 0);
    log_release(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_is_sorted_by_entry_then_channel),
        cmocka_unit_test(ring_grows_and_turns_round),
        cmocka_unit_test(what_a_cut_put_there_keeps_its_place),
        cmocka_unit_test(what_was_set_aside_goes_before),
        cmocka_unit_test(what_goes_before_a_cut_keeps_its_place_too),
        cmocka_unit_test(markers_of_one_round_can_be_dropped),
        cmocka_unit_test(log_keeps_what_may_be_read_again),
        cmocka_unit_test(log_entries_never_decrease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
