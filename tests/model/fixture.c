// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SETS = 24 };

static void print_problems(const char *text, const struct err *err)
{
    (void)fprintf(stderr, "not a valid scenario: %s\n", text);
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
        event_histograms_init(&fixture->histograms, fixture->scenario.model.topology);
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

/* Scenarios may be longer than what cmocka prints at once. */
void fixture_print(const struct fixture *fixture)
{
    (void)fprintf(stderr, "%s\n", fixture->scenario.json);
}

bool fixture_replicate(struct fixture *fixture, uint64_t seed, uint64_t replication,
                       struct metrics *metrics)
{
    *metrics = (struct metrics){0};
    if (run_replicate(&fixture->run, seed, replication, &fixture->histograms, metrics))
        return true;
    print_error("seed %llu, replication %llu: %s\n", (unsigned long long)seed,
                (unsigned long long)replication, fixture->run.violation);
    fixture_print(fixture);
    return false;
}

static bool same_double(const char *what, int metric, double a, double b)
{
    if (memcmp(&a, &b, sizeof a) == 0)
        return true;
    print_error("%s of %s: %.17g and %.17g\n", what, metric_rows[metric].name, a, b);
    return false;
}

bool fixture_same_metrics(const struct metrics *a, const struct metrics *b)
{
    bool same = a->outlived_trace == b->outlived_trace;
    for (int m = 0; m < N_METRICS; m++) {
        same &= same_double("value", m, a->value[m], b->value[m]);
        same &= same_double("count", m, a->count[m], b->count[m]);
        same &= same_double("squares", m, a->m2[m], b->m2[m]);
    }
    return same;
}
