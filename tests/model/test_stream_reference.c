// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The engines of the message plane against the plain reference, over random
 * graphs under random control: the same departures to the last bit, the same
 * counters, and conservation at every step.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/numerics.h"
#include "random_graph.h"
#include "scenario/scenario.h"
#include "stream_script.h"
#include "support.h"

enum { N_GRAPHS = 1200 };

static void load(struct scenario *scenario, const char *text)
{
    struct err err = {0};
    struct scenario_request request = {.path = "scenario", .text = text};
    bool ok = scenario_load_request(scenario, &request, &err);
    for (size_t i = 0; i < err.n_problems && !ok; i++) {
        char *problem = problem_text(&err.problems[i]);
        print_error("%s\n", problem);
        free(problem);
    }
    err_release(&err);
    if (!ok) {
        print_error("%s", text);
        fail();
    }
}

static void play_reference(const struct script *script, const struct topology *topology,
                           const struct stream_options *options, uint64_t seed,
                           struct transcript *transcript)
{
    transcript_init(transcript, topology->n_tasks);
    struct plane plane = {.reference = reference_new(topology, options)};
    script_play(script, plane, topology, seed, transcript);
    reference_free(plane.reference);
}

/* How an engine is chosen. */
struct choice {
    const char *name;
    bool stepwise, always_passes;
    bool is_used; /* the plane has played another replication before */
};

static const struct choice choices[] = {
    {"steps", .stepwise = true},
    {"passes", .always_passes = true},
    {"what pays", .is_used = true},
};

static void play_stream(const struct choice *choice, const struct script *script,
                        const struct topology *topology, struct stream_options options,
                        uint64_t seed, struct transcript *transcript)
{
    options.stepwise = choice->stepwise;
    options.always_passes = choice->always_passes;
    struct plane plane = {.stream = stream_new(topology, &options)};
    if (choice->is_used) {
        struct script before = *script;
        before.seed++;
        transcript_init(transcript, topology->n_tasks);
        script_play(&before, plane, topology, seed + 1, transcript);
        transcript_release(transcript);
    }
    transcript_init(transcript, topology->n_tasks);
    script_play(script, plane, topology, seed, transcript);
    stream_free(plane.stream);
}

/* Plays the script on the reference and on the plane, by each choice of engine. */
static bool agree(const struct topology *topology, const struct script *script, uint64_t seed,
                  const struct stream_options *options_of)
{
    struct stream_options options = *options_of;
    options.may_fail = script->may_fail;
    options.alignment = script->one_round && !script->overtakes ? ALIGN_COUNTING : ALIGN_BLOCKING;
    options.overtake_blocked = script->overtake_blocked;
    struct transcript reference;
    play_reference(script, topology, &options, seed, &reference);
    bool same = true;
    for (size_t i = 0; i < MEM_COUNT(choices) && same; i++) {
        struct transcript transcript;
        play_stream(&choices[i], script, topology, options, seed, &transcript);
        same = transcript_same(&reference, &transcript, "reference", choices[i].name);
        transcript_release(&transcript);
    }
    transcript_release(&reference);
    return same;
}

/* At most once, transactional sinks with and without a time-out, or neither. */
static void choose_guarantee(struct rng *rng, struct stream_options *options)
{
    switch (rng_below(rng, 5)) {
    case 0:
        options->keeps_positions = true;
        break;
    case 1:
        options->transactional = true;
        break;
    case 2:
        options->transactional = true;
        options->transaction_timeout_s = rng_uniform(rng);
        break;
    default:
        break;
    }
}

static void play_graph(uint64_t i, bool disturbs)
{
    struct rng rng = rng_from_splitmix(2385 + i);
    char *text = random_graph(&rng, i % 2 == 0);
    struct scenario scenario;
    load(&scenario, text);
    struct script script = {.seed = rng_next(&rng), .n_steps = disturbs ? 40 : 12};
    script.disturbs = disturbs;
    script.may_fail = disturbs && rng_uniform(&rng) < 0.7;
    struct stream_options options = {0};
    options.repeat_service = rng_uniform(&rng) < 0.3;
    choose_guarantee(&rng, &options);
    script.alone = options.keeps_positions;
    script.one_round = i / 2 % 4 != 0;
    script.overtakes = i / 2 % 4 >= 2;
    script.overtake_blocked = i / 8 % 2 == 1;
    bool same = agree(scenario.model.topology, &script, 7 + i, &options);
    if (!same)
        print_error("graph %llu%s:\n%s", (unsigned long long)i, disturbs ? ", under control" : "",
                    text);
    scenario_release(&scenario);
    free(text);
    assert_true(same);
}

static void engines_agree_on_graphs_left_alone(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < support_scale(N_GRAPHS); i++)
        play_graph(i, false);
}

static void engines_agree_under_random_control(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < support_scale(N_GRAPHS); i++)
        play_graph(i, true);
}

/* ---- the reference itself ---- */

static const double first_s = 0.131;
static const double second_s = 0.517;

/*
 * A source that never runs dry, before a slower task: with K the capacity between them, the source
 * starts message k when it is rid of k - 1, and is rid of it when it has ended and the second task
 * has started k - K; for K = 0, when it has ended k - 1. (Dallery and Gershwin, Queueing Systems
 * 12, 1992: blocking after service.)
 */
static void check_recursion(const struct transcript *transcript, uint64_t capacity)
{
    const struct departures *first = &transcript->departures[1];
    const struct departures *second = &transcript->departures[0];
    double rid_s = first->at[0].start_s;
    assert_true(second->n > 20);
    for (size_t k = 0; k < second->n; k++) {
        double room_s = capacity == 0 && k > 0 ? second->at[k - 1].departure_s : 0;
        if (capacity > 0 && k >= capacity)
            room_s = second->at[k - capacity].start_s;
        assert_same_double(first->at[k].start_s, rid_s);
        rid_s = fmax(rid_s + first_s, room_s);
        double free_s = k > 0 ? second->at[k - 1].departure_s : 0;
        assert_same_double(first->at[k].departure_s, rid_s);
        assert_same_double(second->at[k].start_s, fmax(rid_s, free_s));
        assert_same_double(second->at[k].departure_s, second->at[k].start_s + second_s);
    }
}

static void tandem_follows_the_recursion_of_blocking(void **state)
{
    (void)state;
    for (uint64_t capacity = 0; capacity < 5; capacity++) {
        char *text = mem_format(
            "{\"job\": {\"operators\": [{\"name\": \"a\", \"service\": \"%.3f s\", \"source\": "
            "{\"arrivals\": {\"process\": \"constant\", \"rate\": \"1k/s\"}}}, {\"name\": \"b\", "
            "\"service\": \"%.3f s\", \"inputs\": [{\"from\": \"a\", \"capacity\": %u}]}]}, "
            "\"checkpoint\": {\"strategy\": \"none\"}, \"run\": {\"duration\": \"1 min\"}}",
            first_s, second_s, (unsigned)capacity);
        struct scenario scenario;
        struct transcript transcript;
        load(&scenario, text);
        struct script script = {.seed = 2385, .n_steps = 40};
        struct stream_options options = {0};
        play_reference(&script, scenario.model.topology, &options, 7, &transcript);
        check_recursion(&transcript, capacity);
        transcript_release(&transcript);
        scenario_release(&scenario);
        free(text);
    }
}

int main(void)
{
    numerics_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tandem_follows_the_recursion_of_blocking),
        cmocka_unit_test(engines_agree_on_graphs_left_alone),
        cmocka_unit_test(engines_agree_under_random_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
