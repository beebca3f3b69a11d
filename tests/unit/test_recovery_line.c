// SPDX-License-Identifier: GPL-3.0-or-later
/* Recovery lines: zigzag paths by hand, and small histories against all combinations of cuts. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "model/recovery_line.h"
#include "support.h"

enum { MOST_TASKS = 4, MOST_CHANNELS = 8, MOST_CUTS = 40 };

/* ---- a history: messages that take no time, and cuts ---- */

struct history {
    size_t n_tasks, n_channels;
    struct line_channel channels[MOST_CHANNELS];
    uint64_t sent[MOST_CHANNELS], received[MOST_CHANNELS]; /* now */
    struct recovery_line *line;
    /* The same, kept for ever: per task and cut. */
    uint64_t sent_at[MOST_TASKS][MOST_CUTS][MOST_CHANNELS];
    uint64_t received_at[MOST_TASKS][MOST_CUTS][MOST_CHANNELS];
    uint64_t n_cuts[MOST_TASKS]; /* the start included */
};

static struct history *history_new(size_t n_tasks, const struct line_channel *channels, size_t n)
{
    struct history *history = mem_alloc(1, sizeof *history);
    history->n_tasks = n_tasks;
    history->n_channels = n;
    memcpy(history->channels, channels, n * sizeof *channels);
    history->line = recovery_line_new(n_tasks, channels, n);
    for (size_t i = 0; i < n_tasks; i++)
        history->n_cuts[i] = 1;
    return history;
}

static void history_free(struct history *history)
{
    recovery_line_free(history->line);
    free(history);
}

static void counts_of(const struct history *history, uint32_t task, uint64_t *counts)
{
    size_t n = 0;
    for (size_t c = 0; c < history->n_channels; c++)
        if (history->channels[c].from == task)
            counts[n++] = history->sent[c];
    for (size_t c = 0; c < history->n_channels; c++)
        if (history->channels[c].to == task)
            counts[n++] = history->received[c];
}

static bool cut(struct history *history, uint32_t task)
{
    uint64_t counts[2 * MOST_CHANNELS];
    uint64_t n = history->n_cuts[task]++;
    counts_of(history, task, counts);
    memcpy(history->sent_at[task][n], history->sent, sizeof history->sent);
    memcpy(history->received_at[task][n], history->received, sizeof history->received);
    return recovery_line_add(history->line, task, counts);
}

static void message(struct history *history, size_t channel)
{
    history->sent[channel]++;
    history->received[channel]++;
}

static void expect_line(const struct history *history, uint64_t a, uint64_t b)
{
    assert_int_equal(recovery_line_first(history->line, 0), a);
    assert_int_equal(recovery_line_first(history->line, 1), b);
}

/* ---- by hand ---- */

static const struct line_channel chain[] = {{0, 1}, {1, 2}};
static const struct line_channel pair[] = {{0, 1}, {1, 0}};

static void line_waits_for_the_sender(void **state)
{
    (void)state;
    struct history *history = history_new(2, chain, 1);
    assert_true(cut(history, 0)); /* nothing was sent: every cut is consistent */
    expect_line(history, 1, 0);
    message(history, 0);
    assert_false(cut(history, 1)); /* it has received what the sender's cut had not sent */
    expect_line(history, 1, 0);
    assert_int_equal(recovery_line_orphans(history->line, 0, 1, 1), 1);
    assert_true(cut(history, 0));
    expect_line(history, 2, 1);
    assert_int_equal(recovery_line_orphans(history->line, 0, 2, 1), 0);
    assert_int_equal(recovery_line_useless(history->line), 0);
    history_free(history);
}

static void messages_in_transit_do_not_hold_a_line_back(void **state)
{
    (void)state;
    struct history *history = history_new(2, chain, 1);
    history->sent[0] = 3;
    assert_true(cut(history, 0));
    history->received[0] = 2;
    assert_true(cut(history, 1));
    expect_line(history, 1, 1);
    assert_int_equal(recovery_line_in_transit(history->line, 0, 1, 1), 1);
    history_free(history);
}

/* Each cut lies between a message received and a message sent: all fall, to the start. */
static void dominoes_fall_to_the_start(void **state)
{
    (void)state;
    struct history *history = history_new(2, pair, 2);
    enum { ROUNDS = 15 };
    for (int i = 0; i < ROUNDS; i++) {
        message(history, 0);
        assert_false(cut(history, 1));
        message(history, 1);
        assert_false(cut(history, 0));
    }
    expect_line(history, 0, 0);
    assert_int_equal(recovery_line_latest(history->line, 0), ROUNDS);
    recovery_line_roll_back(history->line, NULL);
    assert_int_equal(recovery_line_latest(history->line, 0), 0);
    assert_int_equal(recovery_line_useless(history->line), 2 * ROUNDS);
    history_free(history);
}

/*
 * A Z-cycle: the cut of task 1 lies after it has received and before it sends, and task 0 cuts
 * before the one was sent and after the other was received. No line ever goes through it.
 */
static void cut_on_a_zigzag_cycle_is_useless(void **state)
{
    (void)state;
    struct history *history = history_new(2, pair, 2);
    assert_true(cut(history, 0));
    message(history, 0);
    assert_false(cut(history, 1));
    message(history, 1);
    assert_false(cut(history, 0));
    expect_line(history, 1, 0);
    assert_true(cut(history, 1));
    expect_line(history, 2, 2);
    assert_int_equal(recovery_line_useless(history->line), 1);
    history_free(history);
}

/* Orphans pass along a chain: the last task goes back because the first does. */
static void rollback_propagates_along_a_chain(void **state)
{
    (void)state;
    struct history *history = history_new(3, chain, 2);
    message(history, 0);
    message(history, 1);
    assert_false(cut(history, 2));
    assert_false(cut(history, 1));
    expect_line(history, 0, 0);
    assert_int_equal(recovery_line_first(history->line, 2), 0);
    assert_true(cut(history, 0));
    expect_line(history, 1, 1);
    assert_int_equal(recovery_line_first(history->line, 2), 1);
    history_free(history);
}

static void survivor_keeps_its_present_unless_it_is_an_orphan(void **state)
{
    (void)state;
    struct history *history = history_new(3, chain, 2);
    uint64_t counts[3][2 * MOST_CHANNELS];
    uint64_t cuts[3];
    message(history, 1);
    assert_true(cut(history, 1));
    message(history, 0);
    for (uint32_t i = 0; i < 3; i++)
        counts_of(history, i, counts[i]);
    const uint64_t *receiver_fails[] = {counts[0], counts[1], NULL};
    recovery_line_find(history->line, receiver_fails, cuts);
    assert_true(cuts[0] == LINE_PRESENT && cuts[1] == LINE_PRESENT && cuts[2] == 0);
    const uint64_t *sender_fails[] = {NULL, counts[1], counts[2]};
    recovery_line_find(history->line, sender_fails, cuts);
    assert_true(cuts[0] == 0 && cuts[1] == 1 && cuts[2] == LINE_PRESENT);
    recovery_line_roll_back(history->line, cuts);
    expect_line(history, 0, 1);
    history_free(history);
}

/* ---- against all combinations ---- */

static bool is_consistent(const struct history *history, const uint64_t *cuts)
{
    for (size_t c = 0; c < history->n_channels; c++) {
        const struct line_channel *ends = &history->channels[c];
        if (history->received_at[ends->to][cuts[ends->to]][c] >
            history->sent_at[ends->from][cuts[ends->from]][c])
            return false;
    }
    return true;
}

/* The next combination; false when there is none. */
static bool next_combination(const struct history *history, uint64_t *cuts)
{
    for (size_t i = 0; i < history->n_tasks; i++) {
        if (++cuts[i] < history->n_cuts[i])
            return true;
        cuts[i] = 0;
    }
    return false;
}

/* The union of consistent lines is one: the maximal line has the latest cut of any, task by task.
 */
static void find_by_trying(const struct history *history, uint64_t *best)
{
    uint64_t cuts[MOST_TASKS] = {0};
    memset(best, 0, MOST_TASKS * sizeof *best);
    do {
        if (!is_consistent(history, cuts))
            continue;
        for (size_t i = 0; i < history->n_tasks; i++)
            best[i] = cuts[i] > best[i] ? cuts[i] : best[i];
    } while (next_combination(history, cuts));
}

static void compare(const struct history *history)
{
    uint64_t best[MOST_TASKS];
    find_by_trying(history, best);
    for (uint32_t i = 0; i < history->n_tasks; i++)
        assert_int_equal(recovery_line_first(history->line, i), best[i]);
}

/* All go back to the line. */
static void roll_back(struct history *history)
{
    recovery_line_roll_back(history->line, NULL);
    for (uint32_t i = 0; i < history->n_tasks; i++)
        history->n_cuts[i] = recovery_line_first(history->line, i) + 1;
    for (size_t c = 0; c < history->n_channels; c++) {
        uint32_t from = history->channels[c].from;
        uint32_t to = history->channels[c].to;
        history->sent[c] = history->sent_at[from][history->n_cuts[from] - 1][c];
        history->received[c] = history->received_at[to][history->n_cuts[to] - 1][c];
    }
}

static void step(struct history *history, struct rng *rng)
{
    uint32_t task = (uint32_t)(rng_next(rng) % history->n_tasks);
    size_t channel = rng_next(rng) % history->n_channels;
    uint64_t what = rng_next(rng) % 64;
    if (what == 0)
        roll_back(history);
    else if (what < 12 && history->n_cuts[task] < 9)
        (void)cut(history, task);
    else if (what < 40)
        history->sent[channel]++;
    else
        history->received[channel] += history->received[channel] < history->sent[channel];
}

static void line_is_the_best_of_all_combinations(void **state)
{
    (void)state;
    struct rng rng = rng_from_splitmix(20261130);
    for (size_t trial = 0; trial < support_scale(3000); trial++) {
        struct line_channel channels[MOST_CHANNELS];
        size_t n_tasks = 2 + rng_next(&rng) % (MOST_TASKS - 1);
        size_t n = 1 + rng_next(&rng) % MOST_CHANNELS;
        for (size_t c = 0; c < n; c++) {
            uint32_t from = (uint32_t)(rng_next(&rng) % n_tasks);
            uint32_t to = (uint32_t)((from + 1 + rng_next(&rng) % (n_tasks - 1)) % n_tasks);
            channels[c] = (struct line_channel){from, to};
        }
        struct history *history = history_new(n_tasks, channels, n);
        for (int i = 0; i < 150; i++)
            step(history, &rng);
        compare(history);
        history_free(history);
    }
}

/* ---- cost ---- */

/* Cuts without number, under dominoes and not: each costs about the same. */
static void a_hundred_thousand_cuts_are_no_burden(void **state)
{
    (void)state;
    enum { N = 100000 };
    struct recovery_line *line = recovery_line_new(2, pair, 2);
    uint64_t counts[2][2] = {{0}}; /* per task: sent, received */
    for (int i = 0; i < N; i++) {
        counts[0][0]++, counts[1][1]++;
        assert_false(recovery_line_add(line, 1, counts[1]));
        counts[1][0]++, counts[0][1]++;
        assert_false(recovery_line_add(line, 0, counts[0]));
    }
    assert_true(recovery_line_add(line, 1, counts[1]));
    assert_int_equal(recovery_line_first(line, 0), N);
    for (int i = 0; i < N; i++)
        assert_true(recovery_line_add(line, 0, counts[0]));
    assert_int_equal(recovery_line_useless(line), 2 * N - 1);
    recovery_line_free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_waits_for_the_sender),
        cmocka_unit_test(messages_in_transit_do_not_hold_a_line_back),
        cmocka_unit_test(dominoes_fall_to_the_start),
        cmocka_unit_test(cut_on_a_zigzag_cycle_is_useless),
        cmocka_unit_test(rollback_propagates_along_a_chain),
        cmocka_unit_test(survivor_keeps_its_present_unless_it_is_an_orphan),
        cmocka_unit_test(line_is_the_best_of_all_combinations),
        cmocka_unit_test(a_hundred_thousand_cuts_are_no_burden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
