// SPDX-License-Identifier: GPL-3.0-or-later
/* The graph of a stream job, spread out into tasks, channels and partitions. */
#include "model/topology.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/numerics.h"
#include "scenario/scenario.h"
#include "support.h"

/* ---- Helpers ------------------------------------------------------------------- */

/* A job of these operators, the rest as short as can be. */
static struct scenario load_job(const char *job)
{
    struct scenario scenario;
    struct err err = {0};
    char *text = mem_format("{\"job\": %s, \"checkpoint\": {\"strategy\": \"none\"},"
                            " \"cluster\": {\"slots_per_node\": 2},"
                            " \"run\": {\"duration\": \"90 s\"}}",
                            job);
    struct scenario_request request = {.path = "a.json", .text = text};
    if (!scenario_load_request(&scenario, &request, &err)) {
        char *problem = problem_text(&err.problems[0]);
        fail_msg("%s", problem);
    }
    err_release(&err);
    free(text);
    return scenario;
}

#define SOURCE(rate)                                                                               \
    "\"source\": {\"arrivals\": {\"process\": \"poisson\", \"rate\": \"" rate "\"}}"

/* A graph with ways of different length: the long one decides the stage of "join". */
static const char diamond[] =
    "{\"operators\": ["
    "{\"name\": \"join\", \"tasks\": 3, \"inputs\": [{\"from\": \"left\", \"by\": \"hash\"},"
    " {\"from\": \"read\", \"channel\": \"log\"}, {\"from\": \"right\", \"by\": \"forward\"}]},"
    "{\"name\": \"read\", \"tasks\": 2, \"source\": {\"partitions\": 5, \"arrivals\":"
    " {\"process\": \"poisson\", \"rate\": \"40/s\"}}},"
    "{\"name\": \"left\", \"tasks\": 2, \"inputs\": [{\"from\": \"read\", \"by\": \"forward\"}]},"
    "{\"name\": \"right\", \"tasks\": 3, \"inputs\": [{\"from\": \"left\"}]},"
    "{\"name\": \"tap\", \"tasks\": 1, \"inputs\": [{\"from\": \"right\", \"channel\": \"log\"}]}"
    "]}";

enum { JOIN, READ, LEFT, RIGHT, TAP };

/* ---- Ranks, channels, partitions ------------------------------------------------ */

static void later_stages_rank_first(void **state)
{
    (void)state;
    static const struct {
        uint32_t stage, first_task, n_tasks;
    } expected[] = {{3, 0, 3}, {0, 9, 2}, {1, 7, 2}, {2, 4, 3}, {3, 3, 1}};
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    assert_int_equal(topology->n_tasks, 11);
    assert_int_equal(topology->n_stages, 4);
    assert_int_equal(topology->n_operators, MEM_COUNT(expected));
    for (size_t i = 0; i < MEM_COUNT(expected); i++) {
        const struct operator_place *place = &topology->operators[i];
        assert_int_equal(place->stage, expected[i].stage);
        assert_int_equal(place->first_task, expected[i].first_task);
        assert_int_equal(place->n_tasks, expected[i].n_tasks);
        assert_int_equal(place->is_source, i == READ);
        assert_int_equal(place->is_sink, i == JOIN || i == TAP);
        for (uint32_t k = 0; k < place->n_tasks; k++) {
            assert_int_equal(topology->tasks[place->first_task + k].operator, i);
            assert_int_equal(topology->tasks[place->first_task + k].index, k);
        }
    }
    char name[16];
    assert_string_equal(topology_task_name(topology, 6, name, sizeof name), "right/2");
    assert_string_equal(topology_task_name(topology, 6, name, 4), "rig");
    scenario_release(&scenario);
}

/* Channels in their order, as they should be: by sender, then edge, then receiver. */
static void channels_are_numbered_by_sender_edge_and_receiver(void **state)
{
    (void)state;
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    uint32_t c = 0;
    for (uint32_t t = 0; t < topology->n_tasks; t++) {
        const struct task_place *task = &topology->tasks[t];
        const struct operator_place *place = &topology->operators[task->operator];
        assert_int_equal(task->first_out, c);
        for (uint32_t k = 0; k < place->n_out_edges; k++) {
            uint32_t e = place->out_edges[k];
            const struct edge *edge = &topology->edges[e];
            const struct operator_place *to = &topology->operators[edge->to];
            assert_int_equal(edge->from, task->operator);
            assert_int_equal(task->edge_base[k], c);
            for (uint32_t r = 0; r < to->n_tasks; r++) {
                if (edge->by == ROUTE_FORWARD && r != task->index)
                    continue;
                assert_int_equal(topology->channels[c].edge, e);
                assert_int_equal(topology->channels[c].from, t);
                assert_int_equal(topology->channels[c].to, to->first_task + r);
                c++;
            }
        }
        assert_int_equal(task->first_out + task->n_out, c);
    }
    assert_int_equal(topology->n_channels, c);
    assert_int_equal(c, 2 * 3 + 2 * 3 + 3 + 2 + 2 * 3 + 3);
    scenario_release(&scenario);
}

static void edges_stand_in_the_order_of_the_inputs(void **state)
{
    (void)state;
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    static const uint32_t senders[] = {LEFT, READ, RIGHT, READ, LEFT, RIGHT};
    static const uint32_t receivers[] = {JOIN, JOIN, JOIN, LEFT, RIGHT, TAP};
    assert_int_equal(topology->n_edges, MEM_COUNT(senders));
    for (size_t e = 0; e < topology->n_edges; e++) {
        assert_int_equal(topology->edges[e].from, senders[e]);
        assert_int_equal(topology->edges[e].to, receivers[e]);
        assert_int_equal(topology->edges[e].from_source, senders[e] == READ);
        assert_true(topology->edges[e].capacity == NO_CAPACITY);
        assert_true(isinf(topology->edges[e].capacity_bytes));
        assert_null(topology->edges[e].alias.keep);
    }
    assert_int_equal(topology->operators[JOIN].n_in_edges, 3);
    assert_int_equal(topology->operators[JOIN].in_edges[2], 2);
    assert_int_equal(topology->operators[LEFT].n_out_edges, 2);
    assert_int_equal(topology->operators[LEFT].out_edges[0], 0);
    assert_int_equal(topology->operators[LEFT].out_edges[1], 4);
    scenario_release(&scenario);
}

static void a_task_knows_all_channels_into_it_in_ascending_order(void **state)
{
    (void)state;
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    size_t n = 0;
    for (uint32_t t = 0; t < topology->n_tasks; t++) {
        const struct task_place *task = &topology->tasks[t];
        for (uint32_t k = 0; k < task->n_in; k++) {
            assert_int_equal(topology->channels[task->in[k]].to, t);
            assert_true(k == 0 || task->in[k - 1] < task->in[k]);
        }
        n += task->n_in;
    }
    assert_int_equal(n, topology->n_channels);
    assert_int_equal(topology->tasks[1].n_in, 2 + 2 + 1); /* join/1 */
    scenario_release(&scenario);
}

static void partitions_go_round_the_tasks(void **state)
{
    (void)state;
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    const struct task_place *first = &topology->tasks[topology->operators[READ].first_task];
    assert_int_equal(topology->n_partitions, 5);
    assert_int_equal(topology->operators[READ].n_partitions, 5);
    assert_int_equal(topology->operators[LEFT].n_partitions, 0);
    assert_int_equal(first[0].n_partitions, 3);
    assert_int_equal(first[0].partitions[2], 4);
    assert_int_equal(first[1].n_partitions, 2);
    assert_int_equal(first[1].partitions[1], 3);
    assert_int_equal(topology->partitions[3].task, topology->operators[READ].first_task + 1);
    assert_near(topology->partitions[3].share, 0.2, 1e-15);
    scenario_release(&scenario);
}

static void partitions_of_several_sources_are_counted_through(void **state)
{
    (void)state;
    struct scenario scenario = load_job("{\"operators\": [{\"name\": \"a\", \"tasks\": 2, " SOURCE(
        "1/s") "},"
               " {\"name\": \"b\", \"tasks\": 3, " SOURCE("2/s") "}]}");
    const struct topology *topology = scenario.model.topology;
    assert_int_equal(topology->n_partitions, 5); /* one per task */
    assert_int_equal(topology->operators[1].first_partition, 2);
    assert_int_equal(topology->partitions[4].operator, 1);
    assert_int_equal(topology->partitions[4].index, 2);
    assert_int_equal(topology->partitions[4].task, topology->operators[1].first_task + 2);
    scenario_release(&scenario);
}

static void containers_take_tasks_and_nodes_take_containers_in_turn(void **state)
{
    (void)state;
    struct scenario scenario = load_job(diamond);
    const struct topology *topology = scenario.model.topology;
    assert_int_equal(topology->n_containers, 3); /* the widest operator's tasks */
    assert_int_equal(topology->n_nodes, 2);      /* of two slots */
    assert_int_equal(topology->tasks[6].container, 2);
    assert_int_equal(topology->tasks[6].node, 0);
    assert_int_equal(topology->tasks[5].container, 1);
    assert_int_equal(topology->tasks[5].node, 1);
    assert_int_equal(scenario.model.job.tasks, 11);
    assert_int_equal(scenario.model.job.containers, 3);
    assert_int_equal(scenario.model.cluster.nodes, 2);
    scenario_release(&scenario);

    scenario = load_job("{\"containers\": 2, \"threads\": 3, \"operators\":"
                        " [{\"name\": \"a\", \"tasks\": 5, " SOURCE("1/s") "}]}");
    topology = scenario.model.topology;
    assert_int_equal(topology->n_containers, 2);
    assert_int_equal(topology->threads, 3);
    for (uint32_t t = 0; t < 5; t++)
        assert_int_equal(topology->tasks[t].container, t % 2);
    scenario_release(&scenario);
}

static void only_tasks_behind_logs_can_restart_alone(void **state)
{
    (void)state;
    static const bool alone[] = {false, true, false, false, true};
    struct scenario scenario = load_job(diamond);
    for (uint32_t i = 0; i < MEM_COUNT(alone); i++)
        assert_int_equal(topology_reads_logs_only(scenario.model.topology, i), alone[i]);
    scenario_release(&scenario);
}

static void the_state_is_shared_out_over_the_tasks(void **state)
{
    (void)state;
    struct scenario scenario =
        load_job("{\"operators\": [{\"name\": \"a\", \"tasks\": 4, \"state\": \"10 MB\", " SOURCE(
            "1/s") "}]}");
    assert_near(scenario.model.topology->operators[0].state_bytes, 2.5e6, 0);
    assert_near(job_state_bytes(&scenario.model.job), 1e7, 0);
    scenario_release(&scenario);
}

/* ---- Shares ------------------------------------------------------------------------ */

static void shares_of_nothing_are_even(void **state)
{
    (void)state;
    double share[3];
    skew_shares(&(struct skew_params){.zipf = (double)NAN, .keys = 10}, 3, share);
    for (size_t i = 0; i < 3; i++)
        assert_near(share[i], 1.0 / 3, 1e-15);
}

static void shares_follow_weights(void **state)
{
    (void)state;
    double weights[] = {2.5, 0, 7.5};
    double share[3];
    struct skew_params skew = {.zipf = (double)NAN, .weights = {weights, 3}};
    skew_shares(&skew, 3, share);
    assert_false(skew_is_even(&skew));
    assert_near(share[0], 0.25, 0);
    assert_near(share[1], 0, 0);
    assert_near(share[2], 0.75, 0);
}

/* Many keys of like weight, thrown at few receivers; and a first key that has nearly all. */
static void zipf_is_hashed_over_the_receivers(void **state)
{
    (void)state;
    enum { N = 7 };
    double share[N];
    double sum = 0;
    skew_shares(&(struct skew_params){.zipf = 0, .keys = 700000}, N, share);
    for (size_t i = 0; i < N; i++) {
        /* binomial: 100,000 keys each, give or take 293; five of those */
        assert_near(share[i], 1.0 / N, 5 * 293 / 700000.0);
        sum += share[i];
    }
    assert_near(sum, 1, 1e-12);
    /* As many keys as receivers: some get two, and others none. */
    skew_shares(&(struct skew_params){.zipf = 0, .keys = N}, N, share);
    size_t n_empty = 0;
    for (size_t i = 0; i < N; i++)
        n_empty += share[i] <= 0;
    assert_true(n_empty > 0);
    skew_shares(&(struct skew_params){.zipf = 1.1, .keys = 1000}, N, share);
    double largest = 0;
    for (size_t i = 0; i < N; i++)
        largest = fmax(largest, share[i]);
    double weights = 0;
    for (int k = 1; k <= 1000; k++)
        weights += pow(k, -1.1);
    assert_true(largest > 1 / weights); /* of the first key */
    assert_true(largest < 1);
}

/* What Walker's columns give each receiver is its share. */
static void alias_tables_give_each_receiver_its_share(void **state)
{
    (void)state;
    struct scenario scenario = load_job("{\"operators\": [{\"name\": \"a\", " SOURCE(
        "1/s") "},"
               " {\"name\": \"b\", \"tasks\": 5, \"inputs\": [{\"from\": \"a\", \"by\": \"hash\","
               " \"skew\": {\"weights\": [0.5, 2, 0, 7.1, 0.4]}}]},"
               " {\"name\": \"c\", \"tasks\": 11, \"inputs\": [{\"from\": \"a\", \"by\": \"hash\","
               " \"skew\": {\"zipf\": 0.9, \"keys\": 60}}]}]}");
    for (size_t e = 0; e < 2; e++) {
        const struct edge *edge = &scenario.model.topology->edges[e];
        const struct input_params *input =
            scenario.model.topology->operators[edge->to].params->inputs.items;
        double expected[11];
        double given[11] = {0};
        uint32_t n = edge->alias.n;
        assert_int_equal(n, e == 0 ? 5 : 11);
        skew_shares(&input->skew, n, expected);
        for (uint32_t i = 0; i < n; i++) {
            assert_true(edge->alias.keep[i] >= 0 && edge->alias.keep[i] <= 1);
            given[i] += edge->alias.keep[i] / n;
            given[edge->alias.other[i]] += (1 - edge->alias.keep[i]) / n;
        }
        for (uint32_t i = 0; i < n; i++)
            assert_near(given[i], expected[i], 1e-12);
    }
    assert_true(scenario.model.topology->edges[0].alias.keep[2] <= 0); /* its weight is 0 */
    scenario_release(&scenario);
}

/* ---- Loads ------------------------------------------------------------------------- */

static void assert_load(const struct scenario *scenario, size_t operator, double rate_per_s,
                        double load)
{
    const struct operator_place *place = &scenario->model.topology->operators[operator];
    assert_near(place->arrival_rate_per_s, rate_per_s, 1e-12 * rate_per_s);
    assert_near(place->load, load, 1e-12 * load);
}

/*
 * 60/s over shares of 1/2, 1/3, 1/6 of three partitions, of which task 0 reads two: 40/s and 20/s.
 * Each message makes 2.5; the forward edge keeps the tasks apart, the hash mixes them.
 */
static void loads_follow_messages_through_the_graph(void **state)
{
    (void)state;
    struct scenario scenario =
        load_job("{\"operators\": ["
                 "{\"name\": \"read\", \"tasks\": 2, \"service\": \"15 ms\", \"selectivity\": 2.5,"
                 " \"source\": {\"partitions\": 3, \"skew\": {\"weights\": [3, 2, 1]},"
                 " \"arrivals\": {\"process\": \"poisson\", \"rate\": \"60/s\"}}},"
                 "{\"name\": \"keep\", \"tasks\": 2, \"service\": {\"dist\": \"exponential\","
                 " \"mean\": \"20 ms\"}, \"in_flight\": 4, \"selectivity\": 0.5,"
                 " \"inputs\": [{\"from\": \"read\", \"by\": \"forward\"}]},"
                 "{\"name\": \"count\", \"tasks\": 2, \"service\": \"4 ms\", \"inputs\":"
                 " [{\"from\": \"keep\", \"by\": \"hash\", \"skew\": {\"weights\": [9, 1]}},"
                 "  {\"from\": \"read\"}]},"
                 "{\"name\": \"all\", \"tasks\": 3, \"service\": \"5 ms\", \"inputs\":"
                 " [{\"from\": \"keep\", \"by\": \"broadcast\"}]}]}");
    assert_int_equal(scenario.n_warnings, 0);
    assert_load(&scenario, 0, 60, (30 + 10) * 0.015);
    assert_load(&scenario, 1, 150, 100 * 0.020 / 4);
    assert_load(&scenario, 2, 75 + 150, (75 * 0.9 + 75) * 0.004);
    assert_load(&scenario, 3, 3 * 75, 75 * 0.005);
    scenario_release(&scenario);
}

static void a_reader_that_is_slow_takes_in_what_it_can(void **state)
{
    (void)state;
    struct scenario scenario =
        load_job("{\"operators\": [{\"name\": \"read\", \"tasks\": 2, \"service\": \"10 ms\","
                 " \"source\": {\"skew\": {\"weights\": [1, 3]}, \"read_rate\": \"25/s\","
                 " \"arrivals\": {\"process\": \"poisson\", \"rate\": \"40/s\"}}}]}");
    assert_load(&scenario, 0, 10 + 25, 0.25);
    assert_int_equal(scenario.n_warnings, 1);
    assert_string_equal(scenario.warnings[0],
                        "/job/operators/0/source/read_rate: 30 messages/s come into partition 1, "
                        "but only 25 are read; its backlog will grow without end");
    scenario_release(&scenario);
}

static void loads_above_capacity_are_warned_of(void **state)
{
    (void)state;
    struct scenario scenario = load_job(
        "{\"threads\": 1, \"containers\": 2, \"operators\": ["
        "{\"name\": \"read\", \"tasks\": 2, \"service\": \"6 ms\", " SOURCE(
            "150/s") "},"
                     "{\"name\": \"count\", \"tasks\": 3, \"service\": \"12 ms\", \"inputs\":"
                     " [{\"from\": \"read\", \"by\": \"hash\", \"skew\": {\"weights\": [1, 4, "
                     "1]}}]}]}");
    assert_int_equal(scenario.n_warnings, 2);
    assert_string_equal(scenario.warnings[0],
                        "/job/operators/1: task count/1 is asked for 1.2 times its capacity, 100 "
                        "messages/s; its backlog will grow without end");
    assert_string_equal(scenario.warnings[1],
                        "/job/threads: container 1 is asked for 1.65 times what its threads can "
                        "do; its backlog will grow without end");
    scenario_release(&scenario);
}

/* What passes is no mistake: peaks are shown, and not warned of. */
static void peaks_have_a_load_of_their_own(void **state)
{
    (void)state;
    struct scenario scenario =
        load_job("{\"operators\": [{\"name\": \"read\", \"service\": \"8 ms\","
                 " \"source\": {\"arrivals\": {\"process\": \"diurnal\", \"rate\": \"100/s\","
                 " \"peak\": \"150/s\", \"period\": \"1 d\"}}}]}");
    assert_load(&scenario, 0, 100, 0.8);
    assert_near(scenario.model.topology->operators[0].peak_load, 1.2, 1e-12);
    assert_int_equal(scenario.n_warnings, 0);
    scenario_release(&scenario);
}

static void full_use_by_clockwork_is_no_overload(void **state)
{
    (void)state;
    struct scenario scenario =
        load_job("{\"operators\": [{\"name\": \"read\", \"service\": \"100 ms\", \"source\":"
                 " {\"arrivals\": {\"process\": \"constant\", \"rate\": \"10/s\"}}}]}");
    assert_int_equal(scenario.n_warnings, 0);
    assert_load(&scenario, 0, 10, 1);
    scenario_release(&scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_stages_rank_first),
        cmocka_unit_test(channels_are_numbered_by_sender_edge_and_receiver),
        cmocka_unit_test(edges_stand_in_the_order_of_the_inputs),
        cmocka_unit_test(a_task_knows_all_channels_into_it_in_ascending_order),
        cmocka_unit_test(partitions_go_round_the_tasks),
        cmocka_unit_test(partitions_of_several_sources_are_counted_through),
        cmocka_unit_test(containers_take_tasks_and_nodes_take_containers_in_turn),
        cmocka_unit_test(only_tasks_behind_logs_can_restart_alone),
        cmocka_unit_test(the_state_is_shared_out_over_the_tasks),
        cmocka_unit_test(shares_of_nothing_are_even),
        cmocka_unit_test(shares_follow_weights),
        cmocka_unit_test(zipf_is_hashed_over_the_receivers),
        cmocka_unit_test(alias_tables_give_each_receiver_its_share),
        cmocka_unit_test(loads_follow_messages_through_the_graph),
        cmocka_unit_test(a_reader_that_is_slow_takes_in_what_it_can),
        cmocka_unit_test(loads_above_capacity_are_warned_of),
        cmocka_unit_test(peaks_have_a_load_of_their_own),
        cmocka_unit_test(full_use_by_clockwork_is_no_overload),
    };
    numerics_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
