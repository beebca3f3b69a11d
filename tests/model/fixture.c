// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SETS = 24 };

static void print_problems(const char *text, const struct err *err)
{
    print_error("not a valid scenario: %s\n", text);
    for (size_t i = 0; i < err->n_problems; i++) {
        char *problem = problem_text(&err->problems[i]);
        print_error("  %s\n", problem);
        free(problem);
    }
}

bool fixture_init(struct fixture *fixture, const char *text, const char *const *sets, size_t n_sets)
{
    struct override overrides[MAX_SETS];
    struct arena arena = {0};
    struct err err = {0};
    size_t n = 0;
    bool ok = true;
    for (; n < n_sets && sets[n]; n++) {
        assert_true(n < MAX_SETS);
        overrides[n] = (struct override){0};
        ok = override_parse(&overrides[n], sets[n], &arena, &err) && ok;
    }
    struct scenario_request request = {
        .path = "scenario", .text = text, .sets = overrides, .n_sets = n};
    ok = ok && scenario_load_request(&fixture->scenario, &request, &err);
    if (ok) {
        run_init(&fixture->run, &fixture->scenario.model);
        event_histograms_init(&fixture->histograms);
    } else {
        print_problems(text, &err);
    }
    err_release(&err);
    arena_release(&arena);
    return ok;
}

void fixture_release(struct fixture *fixture)
{
    event_histograms_release(&fixture->histograms);
    run_release(&fixture->run);
    scenario_release(&fixture->scenario);
}

bool fixture_replicate(struct fixture *fixture, uint64_t seed, uint64_t replication,
                       struct metrics *metrics)
{
    *metrics = (struct metrics){0};
    if (run_replicate(&fixture->run, seed, replication, &fixture->histograms, metrics))
        return true;
    print_error("seed %llu, replication %llu of %s\n  %s\n", (unsigned long long)seed,
                (unsigned long long)replication, fixture->scenario.json, fixture->run.violation);
    return false;
}

bool fixture_same_metrics(const struct metrics *a, const struct metrics *b)
{
    return memcmp(a->value, b->value, sizeof a->value) == 0 &&
           memcmp(a->count, b->count, sizeof a->count) == 0 &&
           memcmp(a->m2, b->m2, sizeof a->m2) == 0 && a->outlived_trace == b->outlived_trace;
}
