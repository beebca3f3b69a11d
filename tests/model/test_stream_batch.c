// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Batches of the message plane: small ones computed by hand, then random ones over random graphs,
 * where every batch must process exactly the offsets that its limits say, both engines must do it
 * to the last bit alike, and batches that failures cut short must come to the same in the end.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/stream_state.h"
#include "random_graph.h"
#include "scenario/scenario.h"
#include "stream_rig.h"
#include "support.h"
#include "transcript.h"

/* ---- by hand ---- */

static const struct stream_options batched = {.batched = true, .may_fail = true};

static void limit(struct rig *rig, uint64_t first, uint64_t second)
{
    stream_limit(rig->stream, (const uint64_t[]){first, second});
}

static void expect_drained(struct rig *rig, double time_s)
{
    rig_notice(rig, 1e6, NOTICE_DRAINED, NO_TASK, time_s);
    rig_check(rig);
}

static void reads_what_the_limits_allow(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.5, (const double[]){0, 1, 2, 3}, 4);
    rig_start(rig, batched);
    rig_advance(rig, 10);
    assert_int_equal(rig_n_departures(rig, 0), 0);
    assert_int_equal(stream_task_lag(rig->stream, 0), 4);
    uint64_t end = 0;
    assert_int_equal(stream_available(rig->stream, 0, 3, &end), 3);
    limit(rig, end, 0);
    expect_drained(rig, 11.5);
    RIG_EXPECT(rig, 0, 10.5, 11, 11.5);
    assert_near(rig->latency.sum, 10.5 + 10 + 9.5, 1e-12);
    assert_int_equal(stream_task_lag(rig->stream, 0), 1);
    rig_advance(rig, 20);
    assert_int_equal(rig_n_departures(rig, 0), 3);
}

static void empty_batches_are_over_at_once(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.5, (const double[]){0, 1}, 2);
    rig_start(rig, batched);
    rig_advance(rig, 7);
    limit(rig, 0, 0);
    expect_drained(rig, 7);
    limit(rig, 2, 0);
    expect_drained(rig, 8);
    limit(rig, 1, 0);
    expect_drained(rig, 8);
}

static void partitions_share_what_is_allowed(void **state)
{
    struct rig *rig = *state;
    double times_s[40] = {0};
    uint64_t ends[2];
    rig_source(rig, "a", 2, 0, times_s, 40);
    rig_start(rig, batched);
    limit(rig, 0, 15);
    expect_drained(rig, 0);
    assert_int_equal(stream_available(rig->stream, 0, UINT64_MAX, ends), 25);
    assert_int_equal(ends[0], 20);
    assert_int_equal(ends[1], 20);
    assert_int_equal(stream_available(rig->stream, 0, 13, ends), 12); /* 10.4 and 2.6 */
    assert_int_equal(ends[0], 10);
    assert_int_equal(ends[1], 17);
    assert_int_equal(stream_available(rig->stream, 0, 2, ends), 2); /* 1.6 and 0.4 */
    assert_int_equal(ends[0], 1);
    assert_int_equal(ends[1], 16);
}

/* What is on its way, through a channel or a log, is part of the batch. */
static void drained_when_the_last_has_departed(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0}, 2);
    struct operator_params *b = rig_operator(rig, "b", 1, 0.25);
    rig_input(rig, b, "a", ROUTE_HASH, 4)->latency = rig_constant(rig, 3);
    struct operator_params *c = rig_operator(rig, "c", 1, 0.5);
    struct input_params *log = rig_input(rig, c, "b", ROUTE_HASH, NO_CAPACITY);
    log->channel = CHANNEL_LOG;
    log->latency = rig_constant(rig, 2);
    rig_start(rig, batched);
    limit(rig, 2, 0);
    rig_advance(rig, 3.5);
    rig_advance(rig, 7);
    expect_drained(rig, 7.75);
    RIG_EXPECT(rig, rig_task(rig, "b", 0), 4.25, 5.25);
    RIG_EXPECT(rig, rig_task(rig, "c", 0), 6.75, 7.75);
}

static void read_rates_hold_within_limits(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 0.5, (const double[]){0, 0, 0, 0}, 4)->source.read_rate_per_s = 0.5;
    rig_start(rig, batched);
    rig_advance(rig, 5);
    limit(rig, 2, 0);
    expect_drained(rig, 7.5);
    limit(rig, 3, 0);
    expect_drained(rig, 9.5);
    RIG_EXPECT(rig, 0, 5.5, 7.5, 9.5);
}

static void what_expires_is_not_waited_for(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 5, (const double[]){0, 1}, 2)->source.retention_s = 3;
    rig_start(rig, batched);
    rig_advance(rig, 2);
    limit(rig, 2, 0);
    expect_drained(rig, 7);
    RIG_EXPECT(rig, 0, 7);
}

static void batches_wait_for_tasks_that_stand(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0}, 2);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_HASH, 4);
    rig_start(rig, batched);
    uint32_t b = rig_task(rig, "b", 0);
    assert_true(stream_hold(rig->stream, b, false));
    limit(rig, 2, 0);
    rig_advance(rig, 9);
    stream_release(rig->stream, b);
    expect_drained(rig, 11);
}

/* A killed task has lost its part of the batch, which is run again to the same limits. */
static void failed_batches_are_run_again(void **state)
{
    struct rig *rig = *state;
    rig_source(rig, "a", 1, 1, (const double[]){0, 0, 0}, 3);
    rig_input(rig, rig_operator(rig, "b", 1, 1), "a", ROUTE_HASH, 4);
    rig_start(rig, batched);
    uint32_t a = rig_task(rig, "a", 0), b = rig_task(rig, "b", 0);
    struct task_cut cuts[2] = {0};
    limit(rig, 1, 0);
    expect_drained(rig, 2);
    stream_cut(rig->stream, a, false, &cuts[0]);
    stream_cut(rig->stream, b, false, &cuts[1]);
    limit(rig, 2, 0);
    rig_advance(rig, 3.5);
    stream_kill(rig->stream, b);
    rig_advance(rig, 10);
    stream_roll_back(rig->stream, (const uint32_t[]){a, b}, 2,
                     (const struct task_cut *const[]){&cuts[0], &cuts[1]});
    expect_drained(rig, 12);
    stream_kill(rig->stream, b);
    rig_advance(rig, 20);
    stream_roll_back(rig->stream, (const uint32_t[]){a, b}, 2,
                     (const struct task_cut *const[]){&cuts[0], &cuts[1]});
    expect_drained(rig, 22);
    RIG_EXPECT(rig, a, 1, 3, 11, 21);
    RIG_EXPECT(rig, b, 2, 12, 22);
    for (size_t i = 0; i < 2; i++)
        task_cut_release(&cuts[i]);
}

/* ---- at random ---- */

enum { N_GRAPHS = 400, N_BATCHES = 8, MOST_TASKS = 64, MOST_OPERATORS = 16, MOST_PARTITIONS = 64 };

/* A control plane that makes random batches, and what it was told. */
struct play {
    const struct topology *topology;
    struct stream *stream;
    struct rng rng;
    struct latency_record latency, operator_latency[MOST_OPERATORS];
    struct transcript transcript;
    uint32_t tasks[MOST_TASKS]; /* all of them */
    struct task_cut cuts[MOST_TASKS];
    uint64_t begins[MOST_PARTITIONS], ends[MOST_PARTITIONS]; /* of the batch */
    uint64_t *seen[MOST_PARTITIONS]; /* owned: how often each of its offsets was processed */
    double last_s; /* anything happened to the batch: limits, roll-back, departure */
    bool expires, drops;
};

static void depart(void *context, uint32_t task, uint64_t id, double start_s, double departure_s)
{
    struct play *play = context;
    transcript_depart(&play->transcript, task, id, start_s, departure_s);
    play->last_s = fmax(play->last_s, departure_s);
    if (!play->topology->operators[play->topology->tasks[task].operator].is_source)
        return;
    id &= ~ID_REPLAYED;
    uint64_t partition = id >> ID_OFFSET_BITS;
    uint64_t offset = id - (partition << ID_OFFSET_BITS);
    if (offset < play->begins[partition] || offset >= play->ends[partition])
        fail_msg("offset %llu is not in the batch", (unsigned long long)offset);
    play->seen[partition][offset - play->begins[partition]]++;
}

static void play_init(struct play *play, const struct topology *topology, uint64_t seed,
                      const struct stream_options *options)
{
    assert_true(topology->n_tasks <= MOST_TASKS && topology->n_operators <= MOST_OPERATORS &&
                topology->n_partitions <= MOST_PARTITIONS);
    *play = (struct play){
        .topology = topology,
        .stream = stream_new(topology, options),
        .rng = rng_from_splitmix(seed),
    };
    transcript_init(&play->transcript, topology->n_tasks);
    for (uint32_t i = 0; i < topology->n_tasks; i++)
        play->tasks[i] = i;
    for (size_t i = 0; i < topology->n_operators; i++)
        play->expires |= play->stream->plans[i].expires;
    for (size_t e = 0; e < topology->n_edges; e++)
        play->drops |= topology->edges[e].on_full == ON_FULL_DROP;
    stream_start(play->stream, seed, 0, &play->latency, play->operator_latency);
    stream_observe(play->stream, depart, play);
}

static void play_release(struct play *play)
{
    for (size_t i = 0; i < play->topology->n_tasks; i++)
        task_cut_release(&play->cuts[i]);
    for (size_t p = 0; p < play->topology->n_partitions; p++)
        free(play->seen[p]);
    stream_free(play->stream);
    transcript_release(&play->transcript);
}

static double uniform(struct play *play)
{
    return rng_uniform(&play->rng);
}

/* Limits of a new batch: of overloaded jobs, batches without bounds would grow and grow. */
static void choose_ends(struct play *play)
{
    bool is_soon = stream_now_s(play->stream) < 10;
    uint64_t most = is_soon && uniform(play) < 0.5 ? UINT64_MAX : 1 + rng_below(&play->rng, 40);
    memcpy(play->begins, play->ends, sizeof play->begins);
    for (uint32_t i = 0; i < play->topology->n_operators; i++) {
        const struct operator_place *place = &play->topology->operators[i];
        if (!place->is_source)
            continue;
        uint64_t n = stream_available(play->stream, i, most, play->ends);
        transcript_count(&play->transcript, "available", i, n);
        assert_true(n <= most || n - most <= place->n_partitions);
    }
}

/* None of the offsets of the batch has been processed. */
static void forget_seen(struct play *play)
{
    for (uint32_t p = 0; p < play->topology->n_partitions; p++) {
        free(play->seen[p]);
        play->seen[p] = mem_alloc(play->ends[p] - play->begins[p] + 1, sizeof *play->seen[p]);
    }
    play->last_s = stream_now_s(play->stream);
}

/* Goes on for a while; whether the batch was over before. */
static bool goes_on(struct play *play, double length_s)
{
    struct notice notice;
    if (!stream_advance(play->stream, stream_now_s(play->stream) + length_s, &notice))
        return false;
    assert_int_equal(notice.kind, NOTICE_DRAINED);
    assert_int_equal(notice.task, NO_TASK);
    return true;
}

/* Some task is killed, and all go back to where the last batch ended. */
static void fail_and_roll_back(struct play *play)
{
    const struct task_cut *cuts[MOST_TASKS];
    size_t n = play->topology->n_tasks;
    for (uint32_t i = 0; i < n; i++)
        cuts[i] = &play->cuts[i];
    stream_kill(play->stream, (uint32_t)rng_below(&play->rng, n));
    assert_false(goes_on(play, uniform(play)));
    stream_roll_back(play->stream, play->tasks, n, cuts);
    forget_seen(play);
    if (uniform(play) < 0.5)
        stream_limit(play->stream, play->ends);
}

/* The batch is over: it was what its limits said, and nothing is left of it. */
static void expect_batch(struct play *play)
{
    char why[200];
    if (!stream_check(play->stream, why))
        fail_msg("at %g s: %s", stream_now_s(play->stream), why);
    if (!play->expires)
        assert_same_double(stream_now_s(play->stream), play->last_s);
    transcript_time(&play->transcript, "drained", 0, stream_now_s(play->stream));
    for (uint32_t p = 0; p < play->topology->n_partitions; p++)
        for (uint64_t i = 0; i < play->ends[p] - play->begins[p]; i++)
            if (play->seen[p][i] != 1 && !(play->expires && play->seen[p][i] == 0))
                fail_msg("partition %u, offset %llu: processed %llu times", p,
                         (unsigned long long)(play->begins[p] + i),
                         (unsigned long long)play->seen[p][i]);
    for (uint32_t i = 0; i < play->topology->n_tasks; i++) {
        struct task_counts counts;
        stream_counts(play->stream, i, &counts);
        transcript_count(&play->transcript, "processed", i, counts.processed);
        transcript_count(&play->transcript, "reprocessed", i, counts.reprocessed);
        transcript_sum(&play->transcript, "idle", i, counts.idle_s);
        transcript_count(&play->transcript, "lag", i, stream_task_lag(play->stream, i));
        stream_cut(play->stream, i, false, &play->cuts[i]);
        assert_int_equal(play->cuts[i].n_messages, 0);
        stream_forget_before(play->stream, i, &play->cuts[i]);
    }
}

static void play_batch(struct play *play, bool disturbs)
{
    assert_false(goes_on(play, uniform(play)));
    choose_ends(play);
    stream_limit(play->stream, play->ends);
    forget_seen(play);
    uint32_t task = (uint32_t)rng_below(&play->rng, play->topology->n_tasks);
    bool over = false;
    while (!over && disturbs && uniform(play) < 0.6) {
        bool slows = uniform(play) < 0.3;
        if (slows)
            stream_set_speed(play->stream, task, uniform(play) < 0.5 ? 0 : 0.5);
        over = goes_on(play, 0.4 * uniform(play));
        if (slows)
            stream_set_speed(play->stream, task, 1);
        if (!over && uniform(play) < 0.7)
            fail_and_roll_back(play);
    }
    for (size_t i = 0; !over; i++) {
        over = goes_on(play, 3 * uniform(play));
        assert_true(i < 10000);
    }
    expect_batch(play);
}

/* Distinct outputs of all sinks. */
static uint64_t outputs_of(struct play *play)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < play->topology->n_tasks; i++) {
        struct task_counts counts;
        stream_counts(play->stream, i, &counts);
        if (play->topology->operators[play->topology->tasks[i].operator].is_sink)
            n += counts.emitted - counts.duplicates;
    }
    return n;
}

/* All that was in the batches, in one that nothing disturbs: as many distinct outputs. */
static void expect_outputs(struct play *play, uint64_t seed)
{
    struct play calm;
    play_init(&calm, play->topology, seed, &batched);
    assert_false(goes_on(&calm, stream_now_s(play->stream)));
    memcpy(calm.ends, play->ends, sizeof calm.ends);
    stream_limit(calm.stream, calm.ends);
    forget_seen(&calm);
    for (bool over = false; !over;)
        over = goes_on(&calm, 100);
    assert_int_equal(outputs_of(play), outputs_of(&calm));
    play_release(&calm);
}

static void play_all(struct play *play, const struct topology *topology, uint64_t seed,
                     bool disturbs, const struct stream_options *options)
{
    play_init(play, topology, seed, options);
    for (size_t i = 0; i < N_BATCHES; i++)
        play_batch(play, disturbs);
}

static void load(struct scenario *scenario, const char *text)
{
    struct err err = {0};
    struct scenario_request request = {.path = "scenario", .text = text};
    bool ok = scenario_load_request(scenario, &request, &err);
    err_release(&err);
    assert_true(ok);
}

static void play_graph(uint64_t i, bool disturbs)
{
    struct rng rng = rng_from_splitmix(41 + i);
    char *text = random_graph(&rng, i % 2 == 0);
    struct scenario scenario;
    load(&scenario, text);
    struct stream_options options = batched;
    struct play steps, passes, plain;
    options.stepwise = true;
    play_all(&steps, scenario.model.topology, i, disturbs, &options);
    options.stepwise = false;
    play_all(&plain, scenario.model.topology, i, disturbs, &options);
    options.always_passes = true;
    play_all(&passes, scenario.model.topology, i, disturbs, &options);
    bool same = transcript_same(&steps.transcript, &passes.transcript, "steps", "passes") &&
                transcript_same(&steps.transcript, &plain.transcript, "steps", "what pays");
    if (!same)
        print_error("graph %llu:\n%s", (unsigned long long)i, text);
    if (!steps.expires && !steps.drops)
        expect_outputs(&steps, i);
    play_release(&steps);
    play_release(&passes);
    play_release(&plain);
    scenario_release(&scenario);
    free(text);
    assert_true(same);
}

static void random_batches_are_what_their_limits_say(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < support_scale(N_GRAPHS); i++)
        play_graph(i, false);
}

static void random_batches_survive_failures(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < support_scale(N_GRAPHS); i++)
        play_graph(i, true);
}

#define BY_HAND(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BY_HAND(reads_what_the_limits_allow),
        BY_HAND(empty_batches_are_over_at_once),
        BY_HAND(partitions_share_what_is_allowed),
        BY_HAND(drained_when_the_last_has_departed),
        BY_HAND(read_rates_hold_within_limits),
        BY_HAND(what_expires_is_not_waited_for),
        BY_HAND(batches_wait_for_tasks_that_stand),
        BY_HAND(failed_batches_are_run_again),
        cmocka_unit_test(random_batches_are_what_their_limits_say),
        cmocka_unit_test(random_batches_survive_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
