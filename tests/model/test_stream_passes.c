// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The fast engine of the message plane against its stepwise one, on graphs
 * chosen for what makes passes hard: back-pressure in chains and between all
 * tasks, ties, latencies, several partitions, copies, logs; and on what they
 * must find in the state and leave behind there: messages in service, blocked,
 * replayed, other speeds, dead tasks.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/numerics.h"
#include "model/stream_state.h"
#include "scenario/scenario.h"
#include "support.h"
#include "transcript.h"

/* ---- graphs; ' stands for " ---- */

#define EXP(mean) "{'dist': 'exponential', 'mean': '" mean "'}"
#define SOURCE(name, tasks, partitions, rate, service, more)                                       \
    "{'name': '" name "', 'tasks': " tasks ", 'service': " service more                            \
    ", 'source': {'partitions': " partitions ", 'arrivals': " rate "}}"
#define OPERATOR(name, tasks, service, inputs, more)                                               \
    ", {'name': '" name "', 'tasks': " tasks ", 'service': " service more ", 'inputs': [" inputs   \
    "]}"
#define FROM(name, more) "{'from': '" name "'" more "}"
#define HASH(name, capacity) FROM(name, ", 'by': 'hash', 'capacity': " capacity)
#define POISSON(rate) "{'process': 'poisson', 'rate': '" rate "'}"
#define EVEN(rate) "{'process': 'constant', 'rate': '" rate "'}"
/* Multiples of 1/32 s. */
#define LATTICE "{'dist': 'mixture', 'weight': 0.3, 'first': '31.25 ms', 'second': '93.75 ms'}"

struct graph {
    const char *name;
    const char *operators;
};

static const struct graph graphs[] = {
    {"one task", SOURCE("a", "1", "1", POISSON("10/s"), EXP("85 ms"), "")},
    {"one task, three partitions", SOURCE("a", "1", "3", POISSON("10/s"), EXP("85 ms"), "")},
    {"chain", SOURCE("a", "1", "1", POISSON("10/s"), EXP("70 ms"), "")
                  OPERATOR("b", "1", EXP("80 ms"), HASH("a", "64"), "")
                      OPERATOR("c", "1", EXP("85 ms"), HASH("b", "64"), "")},
    {"saturated chain", SOURCE("a", "1", "1", POISSON("10/s"), EXP("70 ms"), "")
                            OPERATOR("b", "1", EXP("80 ms"), HASH("a", "2"), "")
                                OPERATOR("c", "1", EXP("130 ms"), HASH("b", "3"), "")},
    {"chains side by side, of places for one, with latency",
     SOURCE("a", "3", "3", POISSON("30/s"), "'20 ms'", "") OPERATOR(
         "b", "3", EXP("90 ms"), FROM("a", ", 'by': 'forward', 'capacity': 1, 'latency': '40 ms'"),
         "") OPERATOR("c", "3", EXP("95 ms"), FROM("b", ", 'by': 'forward', 'capacity': 1"), "")},
    {"all to all", SOURCE("a", "4", "4", POISSON("40/s"), EXP("85 ms"), "")
                       OPERATOR("b", "4", EXP("90 ms"), HASH("a", "16"), "")
                           OPERATOR("c", "4", EXP("80 ms"), HASH("b", "16"), "")},
    {"all to all, saturated", SOURCE("a", "4", "8", POISSON("40/s"), EXP("20 ms"), "")
                                  OPERATOR("b", "4", EXP("90 ms"), HASH("a", "3"), "")
                                      OPERATOR("c", "4", EXP("130 ms"), HASH("b", "2"), "")},
    {"filter and fan out",
     SOURCE("a", "2", "2", POISSON("20/s"), EXP("40 ms"), ", 'selectivity': 0.3")
         OPERATOR("b", "3", EXP("60 ms"), HASH("a", "8"), ", 'selectivity': 2.5")
             OPERATOR("c", "2", EXP("90 ms"), FROM("b", ", 'by': 'rebalance', 'capacity': 5"), "")},
    {"broadcast and join",
     SOURCE("a", "2", "2", POISSON("10/s"), EXP("50 ms"), "")
         OPERATOR("b", "3", EXP("50 ms"), FROM("a", ", 'by': 'broadcast'"), "")
             OPERATOR("c", "2", EXP("30 ms"), HASH("b", "4"), "")
                 OPERATOR("d", "2", EXP("20 ms"), HASH("a", "6") ", " HASH("c", "3"), "")},
    {"logs", SOURCE("a", "2", "3", POISSON("20/s"), EXP("60 ms"), "")
                 OPERATOR("b", "3", EXP("90 ms"), FROM("a", ", 'by': 'hash', 'channel': 'log'"), "")
                     OPERATOR("c", "2", EXP("60 ms"),
                              FROM("b", ", 'by': 'hash', 'channel': 'log', 'latency': " EXP(
                                            "50 ms")) ", " HASH("a", "7"),
                              "")},
    {"a log that is read ahead of a stalled sender",
     SOURCE("a", "2", "2", POISSON("20/s"), EXP("60 ms"), "") OPERATOR(
         "b", "2", EXP("20 ms"), FROM("a", ", 'channel': 'log', 'latency': " EXP("900 ms")), "")
         OPERATOR("c", "1", EXP("60 ms"), HASH("a", "3"), "")},
    {"latencies", SOURCE("a", "3", "3", POISSON("30/s"), EXP("70 ms"), "")
                      OPERATOR("b", "3", EXP("90 ms"),
                               FROM("a", ", 'by': 'hash', 'capacity': 2, 'latency': '300 ms'"), "")
                          OPERATOR("c", "2", EXP("30 ms"),
                                   FROM("a", ", 'by': 'hash', 'capacity': 3, 'latency': " EXP(
                                                 "200 ms")) ", " HASH("b", "2"),
                                   "")},
    {"ties", SOURCE("a", "4", "4", EVEN("32/s"), LATTICE, "") OPERATOR("b", "3", LATTICE,
                                                                       HASH("a", "2"), "")
                 OPERATOR("c", "2", "'31.25 ms'",
                          HASH("b", "2") ", " FROM("a", ", 'by': 'rebalance', 'capacity': 3"), "")},
    {"ties between what is under way and what is sent",
     SOURCE("a", "2", "4", EVEN("16/s"), "'0 s'", "")
         OPERATOR("b", "2", LATTICE, HASH("a", "4"), "") OPERATOR(
             "c", "3", "'62.5 ms'",
             HASH("b", "3") ", " FROM("a", ", 'by': 'hash', 'capacity': 4, 'latency': '62.5 ms'"),
             "")},
};

/* What passes leave to steps. */
static const struct graph others[] = {
    {"several at a time", SOURCE("a", "1", "1", POISSON("10/s"), EXP("85 ms"), ", 'in_flight': 2")},
    {"read rate",
     "{'name': 'a', 'service': '1 ms', 'source': {'read_rate': '20/s', 'arrivals': " POISSON(
         "10/s") "}}"},
    {"retention",
     "{'name': 'a', 'service': '1 ms', 'source': {'retention': '20 s', 'arrivals': " POISSON(
         "10/s") "}}"},
    {"drops", SOURCE("a", "1", "1", POISSON("10/s"), EXP("85 ms"), "") OPERATOR(
                  "b", "1", EXP("85 ms"), FROM("a", ", 'capacity': 4, 'on_full': 'drop'"), "")},
    {"no capacity", SOURCE("a", "1", "1", POISSON("10/s"), EXP("85 ms"), "")
                        OPERATOR("b", "1", EXP("85 ms"), HASH("a", "0"), "")},
    {"no time in the middle", SOURCE("a", "2", "2", POISSON("10/s"), EXP("85 ms"), "")
                                  OPERATOR("b", "2", "'0 s'", HASH("a", "4"), "")
                                      OPERATOR("c", "2", EXP("85 ms"), HASH("b", "4"), "")},
};

static void load(struct scenario *scenario, const struct graph *graph)
{
    char *text = mem_format("{'job': {'operators': [%s]}, 'checkpoint': {'strategy': 'none'}, "
                            "'run': {'duration': '1 h'}}",
                            graph->operators);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    struct err err = {0};
    struct scenario_request request = {.path = "scenario", .text = text};
    bool ok = scenario_load_request(scenario, &request, &err);
    for (size_t i = 0; i < err.n_problems && !ok; i++)
        print_error("%s: %s\n", graph->name, err.problems[i].message);
    err_release(&err);
    free(text);
    assert_true(ok);
}

/* ---- a play of one engine ---- */

enum { MAX_TASKS = 16, MAX_OPERATORS = 4 };

struct play {
    const struct topology *topology;
    struct stream *stream;
    struct latency_record latency, operator_latency[MAX_OPERATORS];
    struct transcript transcript;
    uint32_t tasks[MAX_TASKS]; /* all of them */
    struct task_cut cuts[MAX_TASKS];
    size_t n_passes; /* advances that passes could do */
};

/* Another replication of the same plane. */
static void play_start(struct play *play, uint64_t replication)
{
    play->latency = (struct latency_record){0};
    memset(play->operator_latency, 0, sizeof play->operator_latency);
    stream_start(play->stream, 2385, replication, &play->latency, play->operator_latency);
    stream_measure_from(play->stream, 1.7);
    stream_observe(play->stream, transcript_depart, &play->transcript);
}

static void play_init(struct play *play, const struct topology *topology,
                      struct stream_options options)
{
    assert_true(topology->n_tasks <= MAX_TASKS && topology->n_operators <= MAX_OPERATORS);
    *play = (struct play){.topology = topology, .stream = stream_new(topology, &options)};
    transcript_init(&play->transcript, topology->n_tasks);
    for (uint32_t i = 0; i < topology->n_tasks; i++)
        play->tasks[i] = i;
    play_start(play, 0);
}

static void play_release(struct play *play)
{
    for (size_t i = 0; i < play->topology->n_tasks; i++)
        task_cut_release(&play->cuts[i]);
    stream_free(play->stream);
    transcript_release(&play->transcript);
}

static void note_task(struct play *play, uint32_t i)
{
    struct transcript *transcript = &play->transcript;
    const struct task *task = &play->stream->tasks[i];
    struct task_counts counts;
    stream_counts(play->stream, i, &counts);
    transcript_count(transcript, "processed", i, counts.processed);
    transcript_count(transcript, "reprocessed", i, counts.reprocessed);
    transcript_count(transcript, "received", i, counts.received);
    transcript_count(transcript, "lost", i, counts.lost);
    transcript_count(transcript, "emitted", i, counts.emitted);
    transcript_count(transcript, "duplicates", i, counts.duplicates);
    transcript_sum(transcript, "busy with new", i, counts.busy_new_s);
    transcript_sum(transcript, "busy with rework", i, counts.busy_rework_s);
    transcript_sum(transcript, "blocked", i, counts.blocked_s);
    transcript_sum(transcript, "idle", i, counts.idle_s);
    transcript_sum(transcript, "stopped", i, counts.stopped_s);
    transcript_sum(transcript, "sojourn", i, counts.sojourn_s);
    transcript_sum(transcript, "service", i, task->measured_service_s);
    transcript_count(transcript, "lag", i, stream_task_lag(play->stream, i));
    transcript_count(transcript, "in hand", i, task->n_busy * 2 + task->n_blocked);
    if (task->n_busy > 0) {
        transcript_count(transcript, "message", i, task->hands[0].message.id);
        transcript_time(transcript, "end", i, task->hands[0].end_s);
    }
    transcript_count(transcript, "waiting", i, task->queue.n);
    for (uint32_t k = 0; k < task->queue.n; k++) {
        transcript_count(transcript, "waits", k, queue_at(&task->queue, k)->id);
        transcript_time(transcript, "entry", k, queue_at(&task->queue, k)->entry_s);
    }
}

/* Everything that can be seen of the state. */
static void note_state(struct play *play)
{
    struct transcript *transcript = &play->transcript;
    char why[200];
    if (!stream_check(play->stream, why))
        fail_msg("at %g s: %s", stream_now_s(play->stream), why);
    for (uint32_t i = 0; i < play->topology->n_tasks; i++)
        note_task(play, i);
    for (uint32_t i = 0; i < play->topology->n_partitions; i++) {
        struct partition_counts counts;
        stream_partition_counts(play->stream, i, &counts);
        transcript_count(transcript, "arrived", i, counts.arrived);
        transcript_count(transcript, "position", i, counts.position);
        transcript_sum(transcript, "area of the lag", i, counts.lag_area);
    }
    transcript_count(transcript, "latencies", 0, play->latency.n);
    transcript_sum(transcript, "latency", 0, play->latency.sum);
    transcript_sum(transcript, "square of latency", 0, play->latency.square);
    for (uint32_t i = 0; i < play->topology->n_operators; i++) {
        transcript_count(transcript, "latencies of an operator", i, play->operator_latency[i].n);
        transcript_sum(transcript, "latency of an operator", i, play->operator_latency[i].sum);
    }
}

static void play_advance(struct play *play, double to_s)
{
    struct notice notice;
    play->n_passes += passes_may_run(play->stream);
    if (stream_advance(play->stream, to_s, &notice))
        fail_msg("a notice that nobody asked for");
}

/* Plays the same on both engines, which must tell the same; passes must have been possible. */
static void compare(const struct graph *graph, struct stream_options options,
                    void (*script)(struct play *play))
{
    struct scenario scenario;
    load(&scenario, graph);
    struct play steps, passes;
    options.stepwise = true;
    play_init(&steps, scenario.model.topology, options);
    options.stepwise = false;
    options.always_passes = true;
    play_init(&passes, scenario.model.topology, options);
    script(&steps);
    script(&passes);
    bool same = transcript_same(&steps.transcript, &passes.transcript, "steps", "passes");
    size_t n_passes = passes.n_passes;
    play_release(&steps);
    play_release(&passes);
    scenario_release(&scenario);
    if (!same || n_passes == 0)
        fail_msg("%s: %s", graph->name, same ? "no passes" : "engines differ");
}

static void compare_all(struct stream_options options, void (*script)(struct play *play))
{
    for (size_t i = 0; i < sizeof graphs / sizeof graphs[0]; i++)
        compare(&graphs[i], options, script);
}

/* ---- scripts ---- */

static void in_one_go(struct play *play)
{
    play_advance(play, 171.3);
    note_state(play);
}

/* Steps of all lengths, many of them without an event. */
static void in_odd_steps(struct play *play)
{
    const double steps_s[] = {0.0013, 0.031, 0.17, 0.03125, 2.39, 0.4, 0.0625};
    for (size_t i = 0; stream_now_s(play->stream) < 61; i++) {
        play_advance(play, stream_now_s(play->stream) + steps_s[i % 7]);
        if (i % 5 == 0)
            note_state(play);
    }
}

static void at_changing_speeds(struct play *play)
{
    const double speeds[] = {0.5, 1, 0, 1.7, 1, 2, 0.9};
    for (size_t i = 0; i < 140; i++) {
        play_advance(play, 0.37 * (double)(i + 1));
        stream_set_speed(play->stream, (uint32_t)(i * 7 % play->topology->n_tasks),
                         speeds[i * i % 7]);
        note_state(play);
    }
}

/* All tasks stop where they are between two messages, are cut with what waits, and go on. */
static void cut_all(struct play *play)
{
    size_t n_going = 0;
    for (uint32_t i = 0; i < play->topology->n_tasks; i++)
        n_going += !stream_hold(play->stream, i, true);
    for (struct notice notice; n_going > 0; n_going--)
        assert_true(stream_advance(play->stream, stream_now_s(play->stream) + 100, &notice));
    for (uint32_t i = 0; i < play->topology->n_tasks; i++) {
        task_cut_release(&play->cuts[i]);
        stream_cut(play->stream, i, true, &play->cuts[i]);
        stream_forget_before(play->stream, i, &play->cuts[i]);
    }
    for (uint32_t i = 0; i < play->topology->n_tasks; i++)
        stream_release(play->stream, i);
}

static void roll_back(struct play *play)
{
    const struct task_cut *cuts[MAX_TASKS];
    for (uint32_t i = 0; i < play->topology->n_tasks; i++)
        cuts[i] = &play->cuts[i];
    stream_roll_back(play->stream, play->tasks, play->topology->n_tasks, cuts);
}

static void advance_by(struct play *play, double length_s)
{
    play_advance(play, stream_now_s(play->stream) + length_s);
    note_state(play);
}

/* One task after the other stops for a while, some of them blocked; the others go on. */
static void with_tasks_that_stand(struct play *play)
{
    uint32_t before = NO_TASK;
    advance_by(play, 5);
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t task = i * 3 % (uint32_t)play->topology->n_tasks;
        bool stands = stream_hold(play->stream, task, true);
        if (before != NO_TASK && before != task)
            stream_release(play->stream, before);
        struct notice notice;
        if (!stands) /* by steps, the task that is released among them */
            assert_true(stream_advance(play->stream, stream_now_s(play->stream) + 100, &notice));
        advance_by(play, 0.29);
        advance_by(play, 0.1 * (i % 7));
        before = task;
        if (i % 4 == 0) {
            stream_release(play->stream, task);
            before = NO_TASK;
            advance_by(play, 0.83);
        }
    }
}

/* Some tasks fail, now and then all; the others go on until all start again from their cuts. */
static void with_failures(struct play *play)
{
    uint32_t n = (uint32_t)play->topology->n_tasks;
    for (uint32_t i = 0; i < 7; i++) {
        advance_by(play, 3.1);
        cut_all(play);
        advance_by(play, 0.7 * i);
        for (uint32_t k = 0; k < n; k++)
            if (i % 3 == 0 || k % n == i * 5 % n)
                stream_kill(play->stream, k);
        advance_by(play, 1.3);
        roll_back(play);
        advance_by(play, 0.02);
    }
    advance_by(play, 20);
}

/* How far source tasks are behind, from the start, when they have fallen behind, and after that. */
static void watched(struct play *play)
{
    struct lag_watch watches[3];
    uint32_t first = 0; /* source tasks have the last ranks */
    while (play->stream->tasks[first].n_sources == 0)
        first++;
    size_t n = play->topology->n_tasks - first;
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t k = first; k < play->topology->n_tasks; k++)
            stream_set_speed(play->stream, k, i % 2 == 0 ? 0.1 : 12);
        advance_by(play, 5.3);
        for (uint32_t k = 0; k < 3; k++) {
            watches[k] = (struct lag_watch){.tasks = play->tasks + first, .lag = 7 * k};
            watches[k].n = k == 1 ? 1 : n;
            stream_watch(play->stream, &watches[k]);
        }
        advance_by(play, 0.4);
        advance_by(play, 19);
        for (uint32_t k = 0; k < 3; k++) {
            transcript_time(&play->transcript, "lag is down", k, watches[k].time_s);
            stream_unwatch(play->stream, &watches[k]);
        }
    }
}

/* ---- tests ---- */

static void engines_agree_in_one_go(void **state)
{
    (void)state;
    compare_all((struct stream_options){0}, in_one_go);
}

static void engines_agree_in_odd_steps(void **state)
{
    (void)state;
    compare_all((struct stream_options){0}, in_odd_steps);
}

static void engines_agree_at_changing_speeds(void **state)
{
    (void)state;
    compare_all((struct stream_options){0}, at_changing_speeds);
}

static void engines_agree_while_tasks_stand(void **state)
{
    (void)state;
    compare_all((struct stream_options){0}, with_tasks_that_stand);
}

static void engines_agree_when_service_is_repeated(void **state)
{
    (void)state;
    compare_all((struct stream_options){.may_fail = true, .repeat_service = true}, with_failures);
}

static void engines_agree_after_failures(void **state)
{
    (void)state;
    compare_all((struct stream_options){.may_fail = true}, with_failures);
}

static void engines_find_the_same_end_of_a_backlog(void **state)
{
    (void)state;
    compare_all((struct stream_options){0}, watched);
}

/* The same replication again after others, on a plane that has seen later times. */
static void a_replication_does_not_remember_the_one_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof graphs / sizeof graphs[0]; i++) {
        struct scenario scenario;
        load(&scenario, &graphs[i]);
        struct stream_options options = {.always_passes = true};
        struct play used, fresh;
        play_init(&used, scenario.model.topology, options);
        in_one_go(&used);
        transcript_release(&used.transcript);
        transcript_init(&used.transcript, scenario.model.topology->n_tasks);
        play_start(&used, 0);
        in_odd_steps(&used);
        play_init(&fresh, scenario.model.topology, options);
        in_odd_steps(&fresh);
        bool same = transcript_same(&used.transcript, &fresh.transcript, "used", "fresh");
        play_release(&used);
        play_release(&fresh);
        scenario_release(&scenario);
        assert_true(same);
    }
}

static void passes_are_refused_where_they_cannot_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct scenario scenario;
        load(&scenario, &others[i]);
        struct play play;
        play_init(&play, scenario.model.topology, (struct stream_options){.always_passes = true});
        bool refused = !play.stream->passes && !passes_may_run(play.stream);
        play_release(&play);
        scenario_release(&scenario);
        if (!refused)
            fail_msg("%s: passes are possible", others[i].name);
    }
}

static void passes_wait_until_who_was_asked_to_stop_stands(void **state)
{
    (void)state;
    struct scenario scenario;
    load(&scenario, &graphs[2]);
    struct play play;
    play_init(&play, scenario.model.topology, (struct stream_options){.always_passes = true});
    play_advance(&play, 23.85);
    while (play.stream->tasks[1].n_busy == 0)
        play_advance(&play, stream_now_s(play.stream) + 0.01);
    assert_true(passes_may_run(play.stream));
    assert_false(stream_hold(play.stream, 1, true));
    assert_false(passes_may_run(play.stream));
    struct notice notice;
    assert_true(stream_advance(play.stream, 100, &notice));
    assert_true(passes_may_run(play.stream)); /* it stands, and does nothing */
    play_advance(&play, 100);
    assert_int_equal(play.stream->tasks[1].n_busy, 0);
    play_release(&play);
    scenario_release(&scenario);
}

/* Steps are cheaper when hardly anything happens. */
static void short_advances_do_not_pay(void **state)
{
    (void)state;
    struct scenario scenario;
    load(&scenario, &graphs[5]); /* all to all, 10 messages per task and second */
    struct play play;
    play_init(&play, scenario.model.topology, (struct stream_options){0});
    assert_false(passes_pay(play.stream, 0.1));
    assert_true(passes_pay(play.stream, 1));
    play_release(&play);
    scenario_release(&scenario);
}

int main(void)
{
    numerics_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree_in_one_go),
        cmocka_unit_test(engines_agree_in_odd_steps),
        cmocka_unit_test(engines_agree_at_changing_speeds),
        cmocka_unit_test(engines_agree_while_tasks_stand),
        cmocka_unit_test(engines_agree_after_failures),
        cmocka_unit_test(engines_agree_when_service_is_repeated),
        cmocka_unit_test(engines_find_the_same_end_of_a_backlog),
        cmocka_unit_test(a_replication_does_not_remember_the_one_before),
        cmocka_unit_test(passes_are_refused_where_they_cannot_do),
        cmocka_unit_test(passes_wait_until_who_was_asked_to_stop_stands),
        cmocka_unit_test(short_advances_do_not_pay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
