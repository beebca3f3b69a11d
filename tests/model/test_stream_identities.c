// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Two hundred random graphs under random failures: whatever the graph, the strategy and what fails,
 * the identities of the run hold, and shares of the time are shares.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/rng.h"
#include "fixture.h"
#include "random_graph.h"

enum { GRAPHS = 200, REPLICATIONS = 2, N_SETS = 5 };

static const char *const strategies_of_pipes[] = {"none", "stop_world", "barrier"};
static const char *const levels[] = {"job", "process", "container", "node"};
static const char *const recoveries[] = {
    "/recovery={\"detector\": \"0.2 s\", \"downtime\": {\"dist\": \"exponential\", \"mean\": "
    "\"0.3 s\"}, \"restore\": \"0.1 s\"}",
    "/recovery={\"detector\": {\"kind\": \"timeout\", \"interval\": \"0.2 s\", \"timeout\": "
    "\"0.5 s\"}, \"restart\": {\"delay\": \"0.25 s\"}}",
};
static const char *const modes[] = {
    "",
    ", \"mode\": \"async\"",
    ", \"mode\": \"async\", \"share\": 0.6, \"overrun\": \"block\"",
};

static const char *any_of(struct rng *rng, const char *const *texts, size_t n)
{
    return texts[rng_below(rng, n)];
}

#define ANY_OF(rng, texts) any_of(rng, texts, MEM_COUNT(texts))

/* What a scenario may say of checkpoints on this graph; the caller frees it. */
typedef char *choose_checkpoint(const char *graph, struct rng *rng);

static char *checkpoint_amid_messages(const char *graph, struct rng *rng)
{
    /* Markers do not travel through logs. */
    size_t n = MEM_COUNT(strategies_of_pipes) - (strstr(graph, "\"log\"") != NULL);
    return mem_format(
        "/checkpoint={\"strategy\": \"%s\", \"interval\": \"%g s\", \"cost\": \"%g s\"%s}",
        any_of(rng, strategies_of_pipes, n), 1.1 + 3 * rng_uniform(rng), rng_uniform(rng),
        ANY_OF(rng, modes));
}

static char *checkpoint_by_batches(const char *graph, struct rng *rng)
{
    (void)graph;
    return mem_format("/checkpoint={\"strategy\": \"microbatch\", \"interval\": \"%g s\", "
                      "\"cost\": \"%g s\", \"coordination\": {\"kind\": \"microbatch\", "
                      "\"log\": \"%g s\", \"max_messages\": %d}}",
                      3 * rng_uniform(rng), rng_uniform(rng), 0.1 * rng_uniform(rng),
                      (int)(1 + rng_below(rng, 100)));
}

static void try_graph(const char *graph, struct rng *rng, choose_checkpoint *choose,
                      size_t *failures, size_t *commits)
{
    char *failing = mem_format("/failures=[{\"strikes\": \"%s\", \"loses\": \"%s\", "
                               "\"time_to_failure\": {\"dist\": \"exponential\", \"mean\": "
                               "\"%g s\"}}]",
                               ANY_OF(rng, levels), rng_below(rng, 4) ? "memory" : "nothing",
                               2 + 20 * rng_uniform(rng));
    char *strategy = choose(graph, rng);
    const char *sets[N_SETS] = {strategy, failing, ANY_OF(rng, recoveries), "/run/duration=20 s"};
    struct fixture fixture;
    assert_true(fixture_init(&fixture, graph, sets, N_SETS));
    for (uint64_t i = 0; i < REPLICATIONS; i++) {
        struct metrics metrics;
        bool ok = fixture_replicate(&fixture, 20240607, i, &metrics);
        assert_true(ok);
        *failures += (size_t)metrics.value[M_FAILURES];
        *commits += (size_t)metrics.value[M_CHECKPOINTS_COMMITTED];
        for (size_t m = 0; m < 3; m++) {
            double share = metrics.value[(enum metric[]){M_WASTE, M_OVERHEAD, M_AVAILABILITY}[m]];
            if (!(share > -1e-9 && share < 1 + 1e-9))
                fixture_print(&fixture);
            assert_true(share > -1e-9 && share < 1 + 1e-9);
        }
    }
    fixture_release(&fixture);
    free(failing);
    free(strategy);
}

static void try_graphs(choose_checkpoint *choose)
{
    struct rng rng = rng_from_splitmix(20240607);
    size_t failures = 0;
    size_t commits = 0;
    size_t n = support_scale(GRAPHS);
    for (size_t i = 0; i < n; i++) {
        char *graph = random_graph(&rng, false);
        try_graph(graph, &rng, choose, &failures, &commits);
        free(graph);
    }
    print_message("%zu graphs, %zu failures, %zu checkpoints\n", n, failures, commits);
    assert_true(failures > n && commits > n);
}

static void identities_hold_whatever_the_graph(void **state)
{
    (void)state;
    try_graphs(checkpoint_amid_messages);
}

static void identities_hold_in_batches(void **state)
{
    (void)state;
    try_graphs(checkpoint_by_batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_hold_whatever_the_graph),
        cmocka_unit_test(identities_hold_in_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
