// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What barriers promise, by identity: small random graphs with an end to their
 * input run under rounds of checkpoints and failures. Whatever the graph, and
 * whenever a round is let overtake, the outputs that belong to the recovery
 * point, and those that come out after it, are those of a run without failures,
 * each of them once; and each at least once where markers are only counted.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/rng.h"
#include "model/stream_state.h"
#include "stream_rig.h"

enum { GRAPHS = 1500, MESSAGES = 40, OUTPUTS = 1 << 14, MOST_TASKS = 32 };

static const double never_s = (double)INFINITY;

/* An output of the job. */
struct output {
    uint64_t id;
    uint32_t task;
};

/* One task, as the control plane of the test sees it. */
struct part {
    bool is_head; /* no pipelined channel leads to it */
    bool is_sink;
    bool is_asked, is_cut; /* in the round */
    struct task_cut cut, next;
    size_t n_outputs, next_n_outputs; /* of a sink, up to its cut */
    double release_s;
};

struct control {
    struct rig rig;
    struct rng rng;
    struct stream_options options;
    double times_s[MESSAGES];
    struct part parts[MOST_TASKS];
    size_t n_tasks;
    struct output *outputs; /* owned: of sinks, in effect */
    size_t n_outputs;
    uint64_t round, n_done;
    bool under_way, overtakes;
    double overtake_s; /* when a round is let overtake; infinity: not */
    bool may_overtake;
    size_t n_commits, n_in_flight, n_failures, n_repeated;
};

static bool chance(struct control *control, double p)
{
    return rng_uniform(&control->rng) < p;
}

static uint64_t among(struct control *control, uint64_t lowest, uint64_t highest)
{
    return lowest + rng_below(&control->rng, highest - lowest + 1);
}

static double soon_s(struct control *control, double mean_s)
{
    return stream_now_s(control->rig.stream) - mean_s * log(rng_uniform(&control->rng));
}

/* ---- graphs ---- */

static void random_input(struct control *control, struct operator_params *receiver,
                         const char *from, bool may_forward)
{
    enum route by = (enum route)among(control, may_forward ? ROUTE_FORWARD : ROUTE_HASH,
                                      chance(control, 0.2) ? ROUTE_BROADCAST : ROUTE_REBALANCE);
    struct input_params *input = rig_input(&control->rig, receiver, from, by, among(control, 0, 5));
    if (input->capacity > 0 && chance(control, 0.4))
        input->latency = dist_exponential(&control->rig.arena, 0.05);
    if (input->capacity == 5)
        input->capacity = NO_CAPACITY;
}

static void random_graph_of_rig(struct control *control)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    struct rig *rig = &control->rig;
    rig_init(rig);
    size_t n_sources = among(control, 1, 2);
    size_t n = n_sources + among(control, 1, 2);
    uint64_t n_tasks[4];
    for (size_t i = 0; i < MESSAGES; i++)
        control->times_s[i] =
            (i > 0 ? control->times_s[i - 1] : 0) + 0.2 * rng_uniform(&control->rng);
    for (size_t i = 0; i < n; i++) {
        n_tasks[i] = among(control, 1, 3);
        struct operator_params *operator= i<n_sources
            ? rig_source(rig, names[i], n_tasks[i], 1, control->times_s, MESSAGES)
            : rig_operator(rig, names[i], n_tasks[i], 1);
        operator->service = dist_exponential(&rig->arena, 0.08 * rng_uniform(&control->rng));
        operator->in_flight = among(control, 1, 2);
        operator->selectivity =(i + 1 < n) && chance(control, 0.3) ? 1.4 : 1;
        for (size_t k = 0; i >= n_sources && k < i; k++)
            if (k + 1 == i || i == n_sources || chance(control, 0.5))
                random_input(control, operator, names[k], n_tasks[k] == n_tasks[i]);
    }
    if (chance(control, 0.3)) {
        rig->job.containers = 1;
        rig->job.threads = among(control, 1, 2);
    }
    rig_start(rig, control->options);
}

/* ---- outputs ---- */

static void note_output(void *context, uint32_t task, uint64_t id, double start_s,
                        double departure_s)
{
    struct control *control = context;
    (void)start_s;
    (void)departure_s;
    if (!control->parts[task].is_sink)
        return;
    assert_true(control->n_outputs < OUTPUTS);
    control->outputs[control->n_outputs++] = (struct output){id & ~ID_REPLAYED, task};
}

static size_t n_outputs_of(const struct control *control, uint32_t task)
{
    size_t n = 0;
    for (size_t i = 0; i < control->n_outputs; i++)
        n += control->outputs[i].task == task;
    return n;
}

/* What came out after the cuts is not in effect any more. */
static void take_outputs_back(struct control *control)
{
    size_t n_kept = 0;
    size_t n_of[MOST_TASKS] = {0};
    for (size_t i = 0; i < control->n_outputs; i++) {
        struct output output = control->outputs[i];
        if (n_of[output.task]++ < control->parts[output.task].n_outputs)
            control->outputs[n_kept++] = output;
    }
    control->n_outputs = n_kept;
}

static int compare_outputs(const void *a, const void *b)
{
    const struct output *x = a;
    const struct output *y = b;
    if (x->task != y->task)
        return x->task < y->task ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* ---- rounds ---- */

static void commit_if_done(struct control *control)
{
    if (control->n_done < control->n_tasks)
        return;
    control->under_way = control->overtakes = false;
    control->overtake_s = never_s;
    control->n_commits++;
    for (size_t t = 0; t < control->n_tasks; t++) {
        struct part *part = &control->parts[t];
        struct task_cut before = part->cut;
        part->cut = part->next;
        part->next = before;
        part->n_outputs = part->next_n_outputs;
    }
}

/* The task stands: it is cut, in flight or not, and goes on at once or later. */
static void cut(struct control *control, uint32_t task, bool in_flight)
{
    struct stream *stream = control->rig.stream;
    struct part *part = &control->parts[task];
    part->is_cut = true;
    part->next_n_outputs = n_outputs_of(control, task);
    if (in_flight)
        stream_cut_in_flight(stream, task, control->round, &part->next);
    else
        stream_cut(stream, task, false, &part->next);
    stream_send_markers(stream, task, control->round);
    if (chance(control, 0.5))
        stream_release(stream, task);
    else
        part->release_s = soon_s(control, 0.3);
    control->n_done += !in_flight;
    commit_if_done(control);
}

static void ask(struct control *control, uint32_t task)
{
    control->parts[task].is_asked = true;
    if (stream_hold(control->rig.stream, task,
                    control->overtakes && control->options.overtake_blocked))
        cut(control, task, control->overtakes);
}

static void let_overtake(struct control *control)
{
    control->overtakes = true;
    control->overtake_s = never_s;
    stream_let_overtake(control->rig.stream, control->round);
    for (uint32_t t = 0; t < control->n_tasks; t++)
        if (control->parts[t].is_asked && !control->parts[t].is_cut)
            ask(control, t);
}

static void begin_round(struct control *control)
{
    for (size_t t = 0; t < control->n_tasks; t++)
        if (control->under_way || control->parts[t].release_s < never_s)
            return;
    control->under_way = true;
    control->round++;
    control->n_done = 0;
    for (uint32_t t = 0; t < control->n_tasks; t++)
        control->parts[t].is_asked = control->parts[t].is_cut = false;
    if (control->may_overtake && chance(control, 0.3))
        let_overtake(control);
    else if (control->may_overtake)
        control->overtake_s = soon_s(control, 0.5);
    for (uint32_t t = 0; t < control->n_tasks; t++)
        if (control->parts[t].is_head)
            ask(control, t);
}

static void heed(struct control *control, const struct notice *notice)
{
    switch (notice->kind) {
    case NOTICE_MARKER:
        if (control->overtake_s < never_s && chance(control, 0.2))
            let_overtake(control);
        break;
    case NOTICE_BOUNDARY:
        cut(control, notice->task, control->overtakes);
        break;
    case NOTICE_ALIGNED:
        cut(control, notice->task, false);
        break;
    case NOTICE_OVERTAKEN:
        cut(control, notice->task, true);
        break;
    case NOTICE_CAPTURED:
    case NOTICE_DRAINED:
    case NOTICE_FORCE:
    default:
        control->n_in_flight += control->parts[notice->task].next.n_messages;
        control->n_done++;
        commit_if_done(control);
    }
}

/* What is due now. */
static void act(struct control *control)
{
    double now_s = stream_now_s(control->rig.stream);
    for (uint32_t t = 0; t < control->n_tasks; t++) {
        if (control->parts[t].release_s > now_s)
            continue;
        control->parts[t].release_s = never_s;
        stream_release(control->rig.stream, t);
    }
    if (control->overtake_s <= now_s)
        let_overtake(control);
}

static void run_to(struct control *control, double to_s)
{
    struct stream *stream = control->rig.stream;
    while (stream_now_s(stream) < to_s) {
        struct notice notice;
        double next_s = fmin(to_s, control->overtake_s);
        for (size_t t = 0; t < control->n_tasks; t++)
            next_s = fmin(next_s, control->parts[t].release_s);
        if (stream_advance(stream, next_s, &notice))
            heed(control, &notice);
        else
            act(control);
    }
    rig_check(&control->rig);
}

/* ---- failures ---- */

static void fail_and_recover(struct control *control)
{
    struct stream *stream = control->rig.stream;
    uint32_t tasks[MOST_TASKS];
    const struct task_cut *cuts[MOST_TASKS];
    if (control->under_way)
        stream_forget_round(stream, control->round);
    control->under_way = control->overtakes = false;
    control->overtake_s = never_s;
    for (uint32_t t = 0; t < control->n_tasks; t++) {
        stream_release(stream, t); /* or it is not asked to stop any more */
        control->parts[t].release_s = never_s;
        if (chance(control, 0.3))
            stream_kill(stream, t);
        size_t at = (size_t)among(control, 0, t);
        tasks[t] = tasks[at];
        tasks[at] = t;
    }
    if (chance(control, 0.5))
        run_to(control, soon_s(control, 0.1)); /* the others do not know yet */
    for (size_t i = 0; i < control->n_tasks; i++)
        cuts[i] = &control->parts[tasks[i]].cut;
    stream_roll_back(stream, tasks, control->n_tasks, cuts);
    take_outputs_back(control);
    control->n_failures++;
    rig_check(&control->rig);
}

/* ---- the test ---- */

static void know_graph(struct control *control)
{
    const struct topology *topology = control->rig.topology;
    control->n_tasks = topology->n_tasks;
    assert_true(control->n_tasks <= MOST_TASKS);
    for (size_t t = 0; t < control->n_tasks; t++)
        control->parts[t] = (struct part){
            .is_head = topology->tasks[t].n_in == 0,
            .is_sink = topology->operators[topology->tasks[t].operator].is_sink,
            .release_s = never_s,
        };
}

static void start(struct control *control)
{
    struct rig *rig = &control->rig;
    control->n_outputs = 0;
    control->overtake_s = never_s;
    stream_start(rig->stream, 1, 0, &rig->latency, rig->operator_latency);
    stream_observe(rig->stream, note_output, control);
    for (uint32_t t = 0; t < control->n_tasks; t++)
        stream_set_speed(rig->stream, t,
                         chance(control, 0.4) ? 0.1 + 0.4 * rng_uniform(&control->rng) : 1);
}

static uint64_t distinct(struct control *control, uint32_t task)
{
    struct task_counts counts;
    stream_counts(control->rig.stream, task, &counts);
    return counts.processed - counts.reprocessed;
}

static void run_under_rounds(struct control *control)
{
    for (size_t i = 0; i < 10; i++) {
        run_to(control, soon_s(control, 0.3));
        if (chance(control, 0.8))
            begin_round(control);
        else if (control->n_failures < 3 && chance(control, 0.8))
            fail_and_recover(control);
    }
    run_to(control, stream_now_s(control->rig.stream) + 1); /* rounds come to their end */
    fail_and_recover(control);
    run_to(control, stream_now_s(control->rig.stream) + 1000);
}

/* Sorted outputs without repetitions; how many there are. */
static size_t once_each(struct control *control)
{
    size_t n = 0;
    qsort(control->outputs, control->n_outputs, sizeof *control->outputs, compare_outputs);
    for (size_t i = 0; i < control->n_outputs; i++)
        if (n == 0 || compare_outputs(&control->outputs[n - 1], &control->outputs[i]) != 0)
            control->outputs[n++] = control->outputs[i];
    control->n_repeated = control->n_outputs - n;
    return n;
}

/* Plays a graph; the counts of `sums` are added to. */
static void play(uint64_t seed, struct control *sums)
{
    struct control control = {.rng = rng_from_splitmix(23850 + seed)};
    bool counting = chance(&control, 0.25);
    control.options = (struct stream_options){
        .may_fail = true,
        .alignment = counting ? ALIGN_COUNTING : ALIGN_BLOCKING,
        .overtake_blocked = chance(&control, 0.5),
        .stepwise = chance(&control, 0.5),
    };
    control.may_overtake = !counting && chance(&control, 0.8);
    control.outputs = mem_alloc(OUTPUTS, sizeof *control.outputs);
    random_graph_of_rig(&control);
    know_graph(&control);

    start(&control);
    run_to(&control, 1000);
    struct output *expected = mem_alloc(OUTPUTS, sizeof *expected);
    size_t n_expected = once_each(&control);
    assert_int_equal(control.n_repeated, 0);
    uint64_t n_distinct[MOST_TASKS];
    for (uint32_t t = 0; t < control.n_tasks; t++)
        n_distinct[t] = distinct(&control, t);
    for (size_t i = 0; i < n_expected; i++)
        expected[i] = control.outputs[i];

    start(&control);
    run_under_rounds(&control);
    size_t n = once_each(&control);
    bool same = n == n_expected && (counting || control.n_repeated == 0);
    for (size_t i = 0; i < n && same; i++)
        same = compare_outputs(&control.outputs[i], &expected[i]) == 0;
    for (uint32_t t = 0; t < control.n_tasks && same; t++)
        same = distinct(&control, t) == n_distinct[t];
    if (!same)
        fail_msg("graph %llu: %zu outputs, of %zu; %zu repeated", (unsigned long long)seed, n,
                 n_expected, control.n_repeated);

    sums->n_commits += control.n_commits;
    sums->n_failures += control.n_failures;
    sums->n_in_flight += control.n_in_flight;
    sums->n_repeated += control.n_repeated;
    for (size_t t = 0; t < control.n_tasks; t++) {
        task_cut_release(&control.parts[t].cut);
        task_cut_release(&control.parts[t].next);
    }
    free(expected);
    free(control.outputs);
    rig_release(&control.rig);
}

static void outputs_are_those_of_a_run_without_failures(void **state)
{
    (void)state;
    struct control sums = {0};
    size_t n = support_scale(GRAPHS);
    for (uint64_t i = 0; i < n; i++)
        play(i, &sums);
    print_message("%zu graphs, %zu rounds, %zu failures, %zu messages in flight, %zu repeated\n", n,
                  sums.n_commits, sums.n_failures, sums.n_in_flight, sums.n_repeated);
    assert_true(sums.n_commits > n && sums.n_in_flight > n && sums.n_repeated > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_those_of_a_run_without_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
