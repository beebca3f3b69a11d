// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tasks that cut on their own and go back at random: with sender logs every message has its effect
 * once, whichever tasks go back to whichever cuts; without, what was in transit at the line is
 * missed and nothing has its effect twice; cuts that indexes force make consistent lines.
 *
 * The state of a task is the list of the messages it has processed on the present time line: a cut
 * is a length of it, and a roll-back cuts it off there.
 */
#include <stdlib.h>

#include "core/memory.h"
#include "core/rng.h"
#include "model/recovery_line.h"
#include "model/stream_state.h"
#include "stream_rig.h"

enum { N_MESSAGES = 120, MOST_TASKS = 8, MOST_CHANNELS = 16, MOST_CUTS = 400, MOST_STATE = 2000 };

struct state {
    uint64_t ids[MOST_STATE];
    size_t n;
};

/* A durable cut of a task: by number, as the recovery line counts them. */
struct kept_cut {
    struct task_cut cut;
    size_t n_state;
};

struct world {
    struct rig rig;
    struct rng rng;
    struct stream_options options;
    struct recovery_line *line;
    uint32_t n_tasks;
    struct state states[MOST_TASKS];
    struct kept_cut cuts[MOST_TASKS][MOST_CUTS];
    bool is_asked[MOST_TASKS], is_dead[MOST_TASKS];
    uint64_t n_forced, n_missed_at_lines, n_roll_backs;
};

static void processed(void *context, uint32_t task, uint64_t id, double start_s, double departure_s)
{
    (void)start_s;
    (void)departure_s;
    struct state *state = &((struct world *)context)->states[task];
    assert_true(state->n < MOST_STATE);
    state->ids[state->n++] = id & ~ID_REPLAYED;
}

/* Two sources whose messages meet, are multiplied, spread and blocked. */
static void make_graph(struct rig *rig, uint64_t capacity)
{
    static double times_s[N_MESSAGES];
    for (size_t i = 0; i < N_MESSAGES; i++)
        times_s[i] = 0.1 * (double)i;
    (void)rig_source(rig, "a", 2, 0.031, times_s, N_MESSAGES);
    struct operator_params *b = rig_operator(rig, "b", 2, 0.17);
    b->selectivity = 1.5;
    b->in_flight = 2;
    rig_input(rig, b, "a", ROUTE_HASH, capacity)->latency =
        rig_constant(rig, capacity > 0 ? 0.01 : 0);
    struct operator_params *c = rig_operator(rig, "c", 3, 0.13);
    (void)rig_input(rig, c, "b", ROUTE_HASH, capacity);
    struct operator_params *d = rig_operator(rig, "d", 1, 0.011);
    (void)rig_input(rig, d, "c", ROUTE_HASH, 2);
}

static struct world *world_new(uint64_t seed, struct stream_options options)
{
    struct world *world = mem_alloc(1, sizeof *world);
    struct line_channel channels[MOST_CHANNELS];
    world->rng = rng_from_splitmix(seed);
    rig_init(&world->rig);
    make_graph(&world->rig, (const uint64_t[]){3, 0, 20}[seed % 3]);
    world->rig.job.containers = 2;
    world->rig.cluster.nodes = 2;
    world->rig.job.threads = (const uint64_t[]){0, 3}[seed / 3 % 2];
    options.may_fail = options.counts_channels = true;
    world->options = options;
    rig_start(&world->rig, options);
    stream_observe(world->rig.stream, processed, world);
    const struct topology *topology = world->rig.topology;
    world->n_tasks = (uint32_t)topology->n_tasks;
    assert_true(topology->n_tasks <= MOST_TASKS && topology->n_channels <= MOST_CHANNELS);
    for (size_t c = 0; c < topology->n_channels; c++)
        channels[c] = (struct line_channel){topology->channels[c].from, topology->channels[c].to};
    world->line = recovery_line_new(topology->n_tasks, channels, topology->n_channels);
    return world;
}

static void world_free(struct world *world)
{
    for (uint32_t i = 0; i < world->n_tasks; i++)
        for (size_t k = 0; k < MOST_CUTS; k++)
            task_cut_release(&world->cuts[i][k].cut);
    recovery_line_free(world->line);
    rig_release(&world->rig);
    free(world);
}

/* ---- cuts ---- */

/* The cut that the task goes back to: on the maximal line, or its last where senders log. */
static uint64_t goes_back_to(const struct world *world, uint32_t task)
{
    return world->options.logs_messages && !world->options.has_indexes
               ? recovery_line_latest(world->line, task)
               : recovery_line_first(world->line, task);
}

/* The task stands, and cuts: with a higher index of its own, or the one that is asked of it. */
static void cut(struct world *world, uint32_t task, uint64_t index)
{
    struct stream *stream = world->rig.stream;
    uint64_t number = recovery_line_latest(world->line, task) + 1;
    struct kept_cut *kept = &world->cuts[task][number];
    assert_true(number < MOST_CUTS);
    if (world->options.has_indexes)
        stream_set_index(stream, task, index > 0 ? index : stream_index(stream, task) + 1);
    stream_cut(stream, task, false, &kept->cut);
    kept->n_state = world->states[task].n;
    (void)recovery_line_add(world->line, task, kept->cut.counts);
    for (uint32_t i = 0; i < world->n_tasks; i++)
        if (goes_back_to(world, i) > 0)
            stream_forget_before(stream, i, &world->cuts[i][goes_back_to(world, i)].cut);
    stream_release(stream, task);
    world->is_asked[task] = false;
}

static void ask(struct world *world, uint32_t task)
{
    if (world->is_asked[task] || world->is_dead[task])
        return;
    world->is_asked[task] = true;
    if (stream_hold(world->rig.stream, task, false))
        cut(world, task, 0);
}

static void advance(struct world *world, double to_s)
{
    struct notice notice;
    while (stream_advance(world->rig.stream, to_s, &notice)) {
        assert_true(notice.kind == NOTICE_BOUNDARY || notice.kind == NOTICE_FORCE);
        world->n_forced += notice.kind == NOTICE_FORCE;
        cut(world, notice.task, notice.round);
    }
    rig_check(&world->rig);
}

/* ---- failures ---- */

static void kill_one(struct world *world, uint32_t task)
{
    world->is_dead[task] = true;
    world->is_asked[task] = false;
    stream_kill(world->rig.stream, task);
}

static void count_in_transit(struct world *world)
{
    const struct topology *topology = world->rig.topology;
    for (size_t c = 0; c < topology->n_channels; c++) {
        uint64_t from = recovery_line_first(world->line, topology->channels[c].from);
        uint64_t to = recovery_line_first(world->line, topology->channels[c].to);
        assert_int_equal(recovery_line_orphans(world->line, c, from, to), 0);
        world->n_missed_at_lines += recovery_line_in_transit(world->line, c, from, to);
    }
}

/* The tasks go back, those that are chosen. */
static void roll_back(struct world *world, const bool *chosen)
{
    uint32_t tasks[MOST_TASKS];
    const struct task_cut *cuts[MOST_TASKS];
    uint64_t numbers[MOST_TASKS];
    size_t n = 0;
    for (uint32_t i = 0; i < world->n_tasks; i++) {
        numbers[i] = chosen[i] ? goes_back_to(world, i) : LINE_PRESENT;
        if (!chosen[i])
            continue;
        const struct kept_cut *kept = &world->cuts[i][numbers[i]];
        world->is_dead[i] = world->is_asked[i] = false;
        world->states[i].n = kept->n_state;
        cuts[n] = &kept->cut;
        tasks[n++] = i;
    }
    stream_roll_back(world->rig.stream, tasks, n, cuts);
    recovery_line_roll_back(world->line, numbers);
    world->n_roll_backs++;
    rig_check(&world->rig);
}

static void roll_all_back(struct world *world)
{
    const bool all[MOST_TASKS] = {true, true, true, true, true, true, true, true};
    count_in_transit(world);
    roll_back(world, all);
    if (!world->options.logs_messages)
        recovery_line_lose_transit(world->line);
}

/* Some of the dead restart, perhaps with some that live. */
static void roll_some_back(struct world *world)
{
    bool chosen[MOST_TASKS] = {false};
    for (uint32_t i = 0; i < world->n_tasks; i++)
        chosen[i] = rng_next(&world->rng) % (world->is_dead[i] ? 2 : 8) == 0;
    roll_back(world, chosen);
}

/* ---- a run ---- */

static void act(struct world *world, bool one_by_one)
{
    uint32_t task = (uint32_t)rng_below(&world->rng, world->n_tasks);
    uint64_t what = rng_below(&world->rng, 20);
    if (what < 12)
        ask(world, task);
    else if (what == 12 && one_by_one)
        kill_one(world, task);
    else if (what < 15 && one_by_one)
        roll_some_back(world);
    else if (what == 12)
        roll_all_back(world);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_states(struct world *world)
{
    for (uint32_t i = 0; i < world->n_tasks; i++)
        qsort(world->states[i].ids, world->states[i].n, sizeof(uint64_t), by_id);
}

static struct world *run(uint64_t seed, struct stream_options options, bool fails, bool one_by_one)
{
    struct world *world = world_new(seed, options);
    double now_s = 0;
    while (fails && now_s < 12) {
        now_s += 0.15 * rng_uniform(&world->rng);
        advance(world, now_s);
        act(world, one_by_one);
    }
    bool dead = false;
    for (uint32_t i = 0; i < world->n_tasks; i++)
        dead = dead || world->is_dead[i];
    if (dead)
        roll_back(world, world->is_dead);
    advance(world, 300);
    sort_states(world);
    return world;
}

static void expect_same_states(const struct world *world, const struct world *clean)
{
    for (uint32_t i = 0; i < world->n_tasks; i++) {
        assert_int_equal(world->states[i].n, clean->states[i].n);
        assert_memory_equal(world->states[i].ids, clean->states[i].ids,
                            world->states[i].n * sizeof(uint64_t));
    }
}

enum { TRIALS = 400 };

static void logged_messages_have_their_effect_once(void **state)
{
    (void)state;
    const struct stream_options options = {.logs_messages = true};
    struct world *clean = run(1, options, false, false);
    uint64_t n_suppressed = 0;
    for (uint64_t seed = 0; seed < support_scale(TRIALS); seed++) {
        struct world *world = run(seed, options, true, true);
        expect_same_states(world, clean);
        for (uint32_t i = 0; i < world->n_tasks; i++) {
            struct task_counts counts;
            stream_counts(world->rig.stream, i, &counts);
            assert_int_equal(counts.missed, 0);
            n_suppressed += counts.suppressed;
        }
        world_free(world);
    }
    assert_true(n_suppressed > support_scale(TRIALS));
    world_free(clean);
}

/* Every message that is missing was counted, and none was processed twice. */
static void expect_missed(const struct world *world, const struct world *clean)
{
    uint64_t n_missed = 0;
    for (uint32_t i = 0; i < world->n_tasks; i++) {
        struct task_counts counts;
        stream_counts(world->rig.stream, i, &counts);
        n_missed += counts.missed;
        const struct state *ours = &world->states[i];
        const struct state *all = &clean->states[i];
        size_t k = 0;
        for (size_t j = 0; j < ours->n; j++, k++) {
            while (k < all->n && all->ids[k] != ours->ids[j])
                k++;
            assert_true(k < all->n);
        }
        if (world->rig.topology->tasks[i].operator== 1) /* what its senders sent is all there */
            assert_int_equal(all->n - ours->n, counts.missed);
    }
    assert_int_equal(n_missed, world->n_missed_at_lines);
}

static void messages_in_transit_are_missed_without_logs(void **state)
{
    (void)state;
    const struct stream_options options = {0};
    struct world *clean = run(1, options, false, false);
    uint64_t n_missed = 0;
    for (uint64_t seed = 0; seed < support_scale(TRIALS); seed++) {
        struct world *world = run(seed, options, true, false);
        expect_missed(world, clean);
        n_missed += world->n_missed_at_lines;
        world_free(world);
    }
    assert_true(n_missed > support_scale(TRIALS));
    world_free(clean);
}

/* The first cuts of all tasks with an index of at least k are consistent. */
static void expect_line_of(const struct world *world, uint64_t k)
{
    const struct topology *topology = world->rig.topology;
    uint64_t numbers[MOST_TASKS];
    for (uint32_t i = 0; i < world->n_tasks; i++) {
        numbers[i] = recovery_line_first(world->line, i);
        while (numbers[i] <= recovery_line_latest(world->line, i) &&
               world->cuts[i][numbers[i]].cut.index < k)
            numbers[i]++;
        if (numbers[i] > recovery_line_latest(world->line, i))
            return;
    }
    for (size_t c = 0; c < topology->n_channels; c++)
        assert_int_equal(recovery_line_orphans(world->line, c, numbers[topology->channels[c].from],
                                               numbers[topology->channels[c].to]),
                         0);
}

static void indexes_make_consistent_lines(void **state)
{
    (void)state;
    const struct stream_options options = {.logs_messages = true, .has_indexes = true};
    struct world *clean = run(1, (struct stream_options){0}, false, false);
    uint64_t n_forced = 0;
    for (uint64_t seed = 0; seed < support_scale(TRIALS); seed++) {
        struct world *world = world_new(seed, options);
        double now_s = 0;
        while (now_s < 12) {
            now_s += 0.15 * rng_uniform(&world->rng);
            advance(world, now_s);
            act(world, false);
            for (uint64_t k = 1; k < 60; k++)
                expect_line_of(world, k);
        }
        advance(world, 300);
        sort_states(world);
        expect_same_states(world, clean);
        n_forced += world->n_forced;
        world_free(world);
    }
    assert_true(n_forced > support_scale(TRIALS));
    world_free(clean);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logged_messages_have_their_effect_once),
        cmocka_unit_test(messages_in_transit_are_missed_without_logs),
        cmocka_unit_test(indexes_make_consistent_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
