// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Results files gone wrong at random: each is refused, with the name of the
 * file, or every report and plot copes with what it says.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/text_reader.h"
#include "experiment/experiment.h"
#include "report/csv.h"
#include "report/plot.h"
#include "report/result_json.h"
#include "report/text.h"
#include "support.h"
#include "unit/mutation.h"

static const char scenario[] =
    "{\"description\": \"A job, its failures\",\n"
    " \"job\": {\"work\": \"2 d\", \"tasks\": 8},\n"
    " \"checkpoint\": {\"interval\": \"2 h\", \"cost\": \"7 min\"},\n"
    " \"failures\": [{\"strikes\": \"job\",\n"
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"9 h\"}}],\n"
    " \"recovery\": {\"detector\": \"30 s\", \"downtime\": \"1 min\", \"restore\": \"7 min\"},\n"
    " \"run\": {\"replications\": 10}}\n";

/* The results file of a run, or of a sweep over the values; the caller releases it. */
static struct buffer results_of(const char *const *overs, size_t n)
{
    struct text_cache texts = {0};
    struct arena arena = {0};
    struct err err = {0};
    struct axis *axes = arena_alloc(&arena, n, sizeof *axes);
    for (size_t i = 0; i < n; i++)
        assert_true(axis_parse(&axes[i], overs[i], &arena, &err));
    struct scenario_request request = {.path = "a.json", .text = scenario, .texts = &texts};
    struct experiment_options options = {.threads = 1};
    struct results results;
    struct buffer out = {0};
    assert_int_equal(experiment_run(&request, axes, n, &options, &results, &err), EXPERIMENT_DONE);
    result_json_write(&results, &out);
    results_release(&results);
    arena_release(&arena);
    err_release(&err);
    text_cache_release(&texts);
    return out;
}

/* Whatever may be made of results is made of these. */
static void report(const struct results *results)
{
    static const enum metric metrics[] = {N_METRICS, M_WASTE, M_MAKESPAN, M_RECOVERY_TIME};
    for (size_t m = 0; m < MEM_COUNT(metrics); m++)
        for (const struct plot *plot = plots; plot->name; plot++) {
            struct buffer data = {0};
            struct err err = {0};
            struct plot_wish wish = {metrics[m], (double)NAN, (double)NAN};
            bool ok = plot_write_data(plot, results, &wish, &data, &err);
            assert_true(ok == err_ok(&err));
            err_release(&err);
            buffer_release(&data);
        }
    struct buffer out = {0};
    text_write(results, M_WASTE, &out);
    csv_write(results, &out);
    result_json_write(results, &out);
    buffer_release(&out);
}

/* Reads a file, and reports on it; whether it was accepted. */
static bool read_and_report(const char *text)
{
    struct results results;
    struct err err = {0};
    bool ok = result_json_read(text, strlen(text), "results.json", &results, &err);
    if (ok) {
        report(&results);
        results_release(&results);
    } else {
        assert_true(err.n_errors > 0 && err.problems[0].place);
        assert_memory_equal(err.problems[0].place, "results.json", strlen("results.json"));
    }
    err_release(&err);
    return ok;
}

static void check_mutants(const char *const *overs, size_t n_overs)
{
    struct buffer original = results_of(overs, n_overs);
    struct mutation_stock stock = {0};
    mutation_add_values(&stock, original.data);
    mutation_add_key(&stock, "\"metrics\"");
    mutation_add_key(&stock, "\"cdf\"");
    assert_true(read_and_report(original.data));
    size_t n = support_scale(150);
    size_t accepted = 0;
    for (size_t k = 0; k < n; k++) {
        struct rng rng = rng_stream(2385, k, RNG_FAILURE, n_overs);
        char *text = mem_strdup(original.data);
        for (uint64_t times = 1 + rng_below(&rng, 4); times > 0; times--) {
            char *mutant = mutation_of(&stock, text, &rng);
            free(text);
            text = mutant;
        }
        accepted += read_and_report(text);
        free(text);
    }
    assert_in_range(accepted, n / 10, n - 1);
    mutation_release(&stock);
    buffer_release(&original);
}

static void mutants_of_a_run_are_refused_or_reported(void **state)
{
    (void)state;
    check_mutants(NULL, 0);
}

static void mutants_of_a_sweep_are_refused_or_reported(void **state)
{
    (void)state;
    check_mutants((const char *[]){"/checkpoint/interval=30min:4h:log4"}, 1);
}

static void mutants_of_a_sweep_of_two_keys_are_refused_or_reported(void **state)
{
    (void)state;
    check_mutants(
        (const char *[]){"/checkpoint/strategy=none,periodic", "/checkpoint/cost=1min,20min"}, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_of_a_run_are_refused_or_reported),
        cmocka_unit_test(mutants_of_a_sweep_are_refused_or_reported),
        cmocka_unit_test(mutants_of_a_sweep_of_two_keys_are_refused_or_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
