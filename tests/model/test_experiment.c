// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Experiments: points, threads, estimates, recommendations. The program's only
 * threads start here, so this is what the thread sanitizer runs.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/stats.h"
#include "experiment/experiment.h"
#include "experiment/recommend.h"
#include "experiment/workers.h"
#include "support.h"

static const char *const job_text =
    "{\"job\": {\"work\": \"9.7 d\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"2.3 h\","
    "   \"cost\": {\"dist\": \"exponential\", \"mean\": \"11 min\"}},"
    " \"failures\": [{\"strikes\": \"job\","
    "   \"time_to_failure\": {\"dist\": \"weibull\", \"mean\": \"13 h\", \"shape\": 0.7}}],"
    " \"recovery\": {\"downtime\": \"3 min\", \"restore\": \"9 min\"}}";

static const char *const interval_axis = "/checkpoint/interval=40 min:9 h:log9";

struct outcome {
    enum experiment_outcome code;
    struct results results;
    struct err err;
};

static struct outcome run_text(const char *text, const char *axis_text,
                               const struct experiment_options *options)
{
    struct outcome outcome = {0};
    struct arena arena = {0};
    struct axis axis;
    struct scenario_request request = {.path = "test", .text = text};
    if (axis_text)
        assert_true(axis_parse(&axis, axis_text, &arena, &outcome.err));
    outcome.code =
        experiment_run(&request, &axis, axis_text != NULL, options, &outcome.results, &outcome.err);
    arena_release(&arena);
    return outcome;
}

static void release(struct outcome *outcome)
{
    if (outcome->code == EXPERIMENT_DONE)
        results_release(&outcome->results);
    err_release(&outcome->err);
}

static void assert_same_estimates(const struct point *a, const struct point *b)
{
    for (int m = 0; m < N_METRICS; m++) {
        const struct estimate *x = &a->estimates[m];
        const struct estimate *y = &b->estimates[m];
        assert_true(x->applies == y->applies);
        assert_true(x->n == y->n);
        assert_same_double(x->mean, y->mean);
        assert_same_double(x->half_width, y->half_width);
        assert_same_double(x->sd, y->sd);
        assert_same_double(x->min, y->min);
        assert_same_double(x->max, y->max);
        for (int q = 0; q < N_QUANTILES; q++)
            assert_same_double(x->quantile[q], y->quantile[q]);
    }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = support_scale(700), .threads = 1};
    struct outcome one = run_text(job_text, interval_axis, &options);
    assert_int_equal(one.code, EXPERIMENT_DONE);
    static const unsigned threads[] = {2, 3, 8};
    for (size_t t = 0; t < MEM_COUNT(threads); t++) {
        options.threads = threads[t];
        struct outcome many = run_text(job_text, interval_axis, &options);
        assert_int_equal(many.code, EXPERIMENT_DONE);
        assert_int_equal(many.results.n_points, 9);
        for (size_t i = 0; i < 9; i++)
            assert_same_estimates(&one.results.points[i], &many.results.points[i]);
        assert_same_double(one.results.recommendation.fitted, many.results.recommendation.fitted);
        release(&many);
    }
    release(&one);
}

static void a_point_of_a_sweep_is_the_run_of_that_point(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 40, .threads = 2};
    struct outcome sweep = run_text(job_text, "/checkpoint/interval=1 h,2.3 h,5 h", &options);
    struct outcome run = run_text(job_text, NULL, &options);
    assert_int_equal(sweep.code, EXPERIMENT_DONE);
    assert_int_equal(run.code, EXPERIMENT_DONE);
    assert_same_estimates(&sweep.results.points[1], &run.results.points[0]);
    release(&sweep);
    release(&run);
}

/* Where nothing is random, each prediction is what comes out, in the time budget too. */
static void a_first_start_is_predicted_where_it_is_counted(void **state)
{
    (void)state;
    static const char *const text =
        "{\"job\": {\"work\": \"95 s\", \"first_start\": \"recovery\"},"
        " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"10 s\", \"cost\": \"1 s\"},"
        " \"recovery\": {\"restart\": {\"delay\": \"3 s\"}, \"restore\": \"2 s\"}}";
    struct experiment_options options = {.replications = 1, .threads = 1};
    struct outcome run = run_text(text, NULL, &options);
    assert_int_equal(run.code, EXPERIMENT_DONE);
    const struct point *point = &run.results.points[0];
    assert_true(point->n_predictions > 0);
    for (size_t i = 0; i < point->n_predictions; i++) {
        const struct prediction *prediction = &point->predictions[i];
        int metric = 0;
        while (strcmp(metric_rows[metric].name, prediction->metric) != 0)
            metric++;
        assert_true(fabs(point->estimates[metric].mean - prediction->value) <= 1e-9);
    }
    release(&run);
}

/* Common random numbers: with the same failures, paired differences are known far better. */
static void points_meet_the_same_failures(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 60, .threads = 1};
    struct outcome outcome = run_text(job_text, "/recovery/restore=9 min,9.000001 min", &options);
    assert_int_equal(outcome.code, EXPERIMENT_DONE);
    const struct estimate *a = &outcome.results.points[0].estimates[M_MAKESPAN];
    const struct estimate *b = &outcome.results.points[1].estimates[M_MAKESPAN];
    assert_true(fabs(a->mean - b->mean) < 1e-3 * a->half_width);
    release(&outcome);
}

static void the_seed_decides_and_is_reported(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 20, .threads = 1};
    struct outcome first = run_text(job_text, NULL, &options);
    options.has_seed = true;
    options.seed = 77;
    struct outcome other = run_text(job_text, NULL, &options);
    assert_true(first.results.seed == 1);
    assert_true(other.results.seed == 77);
    assert_true(first.results.points[0].estimates[M_MAKESPAN].mean !=
                other.results.points[0].estimates[M_MAKESPAN].mean);
    release(&first);
    release(&other);
}

static void a_mistake_at_any_point_is_found_before_anything_runs(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 3, .threads = 1};
    struct outcome outcome = run_text(job_text, "/checkpoint/timer=useful,wall", &options);
    assert_int_equal(outcome.code, EXPERIMENT_DONE);
    release(&outcome);
    outcome = run_text(job_text, "/checkpoint/content=full,\"delta\",{\"kind\":\"log\"}", &options);
    assert_int_equal(outcome.code, EXPERIMENT_WRONG_INPUT);
    assert_true(outcome.err.n_errors > 0);
    release(&outcome);
}

static void metrics_that_the_scenario_lacks_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"latency_s", "checkpoint_bytes", "makespan"};
    for (size_t i = 0; i < MEM_COUNT(names); i++) {
        struct experiment_options options = {.replications = 5, .metric = names[i]};
        struct outcome outcome = run_text(job_text, interval_axis, &options);
        assert_int_equal(outcome.code, EXPERIMENT_WRONG_INPUT);
        release(&outcome);
    }
}

/* Its points are compared by r + (x_i - r n_i) / mean(n), whose mean is the ratio r itself. */
static void a_mean_per_event_can_be_recommended_by(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 60, .metric = "recovery_time_s"};
    struct outcome outcome = run_text(job_text, interval_axis, &options);
    assert_int_equal(outcome.code, EXPERIMENT_DONE);
    const struct results *results = &outcome.results;
    assert_true(results->recommendation.given);
    for (size_t i = 0; i < results->n_points; i++)
        assert_true(results->points[results->recommendation.best].estimates[M_RECOVERY_TIME].mean <=
                    results->points[i].estimates[M_RECOVERY_TIME].mean);
    release(&outcome);
}

static void without_an_event_there_is_nothing_to_recommend(void **state)
{
    (void)state;
    static const char *const text =
        "{\"job\": {\"work\": \"1 d\"},"
        " \"checkpoint\": {\"strategy\": \"periodic\", \"cost\": \"1 min\"}}";
    struct experiment_options options = {.replications = 3, .metric = "recovery_time_s"};
    struct outcome outcome = run_text(text, "/checkpoint/interval=1 h,2 h", &options);
    assert_int_equal(outcome.code, EXPERIMENT_DONE);
    assert_false(outcome.results.recommendation.given);
    const struct point *point = &outcome.results.points[1];
    assert_int_equal(point->n_warnings, 1);
    assert_string_equal(
        point->warnings[0],
        "there is no recovery_time_s here, so that the points are not compared by it");
    release(&outcome);
}

/* ---- elements of a stream job ---- */

static const char *const stream_text =
    "{\"job\": {\"operators\": ["
    "  {\"name\": \"read\", \"tasks\": 2, \"service\": \"1 ms\", \"source\": {\"partitions\": 3,"
    "   \"arrivals\": {\"process\": \"poisson\", \"rate\": \"60/s\"}}},"
    "  {\"name\": \"count\", \"tasks\": 3, \"service\": {\"dist\": \"exponential\", \"mean\": \"30 "
    "ms\"},"
    "   \"inputs\": [{\"from\": \"read\", \"by\": \"hash\", \"capacity\": 100}]}]},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"interval\": \"7 s\", \"cost\": \"200 ms\"},"
    " \"failures\": [{\"strikes\": \"process\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"5 min\"}}],"
    " \"recovery\": {\"detector\": \"2 s\", \"restart\": {\"delay\": \"1 s\"}},"
    " \"run\": {\"duration\": \"90 s\", \"warmup\": \"10 s\", \"sample\": \"4 s\"}}";

static double sum_of(const struct point *point, enum element_metric metric)
{
    double sum = 0;
    for (size_t i = 0; i < point->elements[element_metric_rows[metric].level].n; i++)
        sum += point_element(point, metric, i)->mean;
    return sum;
}

static void elements_add_up_to_the_job(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 12, .threads = 2};
    struct outcome run = run_text(stream_text, NULL, &options);
    assert_int_equal(run.code, EXPERIMENT_DONE);
    const struct point *point = &run.results.points[0];
    const struct estimate *job = point->estimates;
    assert_near(sum_of(point, E_OPERATOR_PROCESSED), job[M_PROCESSED].mean, 1e-6);
    assert_near(sum_of(point, E_TASK_PROCESSED), job[M_PROCESSED].mean, 1e-6);
    assert_near(sum_of(point, E_PARTITION_ARRIVED), job[M_ARRIVAL_RATE].mean * 80, 1e-6);
    assert_near(sum_of(point, E_PARTITION_LAG), job[M_LAG].mean, 1e-9);
    assert_near(sum_of(point, E_TASK_WORK) / 5, job[M_TIME_WORK].mean / 80, 1e-9);
    assert_near(sum_of(point, E_TASK_DOWN) / 5, job[M_TIME_DOWN].mean / 80, 1e-9);
    for (size_t i = 0; i < 5; i++) {
        double total = 0;
        for (int e = E_TASK_WORK; e <= E_TASK_RECOVERY; e++)
            total += point_element(point, (enum element_metric)e, i)->mean;
        assert_near(total, 1, 1e-9);
    }
    assert_int_equal(point_element(point, E_TASK_WORK, 4)->n, 12);
    assert_string_equal(point->elements[ELEMENT_TASK].items[4].name, "count/2");
    assert_true(job[M_LATENCY].mean > point_element(point, E_OPERATOR_LATENCY, 1)->mean);
    assert_true(point_element(point, E_OPERATOR_LATENCY, 1)->cdf[50] > 0.02);
    release(&run);
}

/* Replication 0 tells it, whatever else is simulated. */
static void the_story_is_that_of_the_first_replication(void **state)
{
    (void)state;
    struct experiment_options options = {.replications = 1, .threads = 1};
    struct outcome one = run_text(stream_text, NULL, &options);
    options.replications = 200; /* in several blocks */
    options.threads = 3;
    struct outcome many = run_text(stream_text, NULL, &options);
    const struct story *a = one.results.points[0].story;
    const struct story *b = many.results.points[0].story;
    assert_true(a && b && a->n_samples == 22 && b->n_samples == 22);
    for (int s = 0; s < N_SERIES; s++)
        assert_memory_equal(a->series[s], b->series[s], 22 * sizeof(double));
    assert_int_equal(a->n_recoveries, b->n_recoveries);
    assert_int_equal(a->n_spans, b->n_spans);
    for (size_t i = 0; i < a->n_spans; i++) {
        assert_int_equal(a->spans[i].task, b->spans[i].task);
        assert_string_equal(a->spans[i].activity, b->spans[i].activity);
        assert_same_double(a->spans[i].to_s, b->spans[i].to_s);
    }
    release(&one);
    release(&many);
}

/* ---- recommendations ---- */

enum { POINTS = 9, REPLICATIONS = 400 };

static double *paired[POINTS];
static double keys[POINTS];

/* y = depth (log key - log best)^2 + what all points of a replication share + own noise. */
static void make_points_apart(double low, double ratio, double best, double depth, double shared,
                              double own)
{
    struct rng rng = rng_stream(2385, 0, RNG_FAILURE, 0);
    for (int p = 0; p < POINTS; p++) {
        keys[p] = low * pow(ratio, p);
        paired[p] = mem_alloc(REPLICATIONS, sizeof(double));
    }
    for (size_t i = 0; i < REPLICATIONS; i++) {
        double common = shared * (rng_uniform(&rng) - 0.5);
        for (int p = 0; p < POINTS; p++) {
            double x = log(keys[p] / best);
            paired[p][i] = 1 + depth * x * x + common + own * (rng_uniform(&rng) - 0.5);
        }
    }
}

static void make_points(double best, double depth, double shared, double own)
{
    make_points_apart(10, 1.5, best, depth, shared, own);
}

static void free_points(void)
{
    for (int p = 0; p < POINTS; p++)
        free(paired[p]);
}

static void a_parabola_is_found_through_shared_noise(void **state)
{
    (void)state;
    struct recommendation r = {0};
    make_points(62.5, 0.2, 5, 0.01);
    recommend(keys, paired, POINTS, REPLICATIONS, false, &r);
    assert_true(r.given && !r.at_edge);
    assert_near(r.fitted, 62.5, 0.5);
    assert_true(r.fitted_low <= 62.5 && 62.5 <= r.fitted_high);
    assert_true(r.low <= keys[r.best] && keys[r.best] <= r.high);
    free_points();
}

/* Of points that lie close together, five show more noise than curve. */
static void all_points_near_the_best_are_fitted(void **state)
{
    (void)state;
    struct recommendation r = {0};
    struct recommendation five = {0};
    make_points_apart(50, 1.06, 62.5, 0.2, 5, 0.02);
    recommend(keys, paired, POINTS, REPLICATIONS, false, &r);
    assert_near(r.fitted, 62.5, 0.5);
    assert_true(r.fitted_low <= 62.5 && 62.5 <= r.fitted_high);
    assert_true(r.best >= 2 && r.best + 3 <= POINTS);
    recommend(keys + r.best - 2, paired + r.best - 2, 5, REPLICATIONS, false, &five);
    assert_true(r.fitted_high - r.fitted_low < 0.6 * (five.fitted_high - five.fitted_low));
    free_points();
}

static void a_best_value_at_the_edge_is_said_to_be_one(void **state)
{
    (void)state;
    struct recommendation r = {0};
    make_points(1, 0.2, 5, 0.01);
    recommend(keys, paired, POINTS, REPLICATIONS, false, &r);
    assert_true(r.at_edge);
    assert_int_equal(r.best, 0);
    assert_true(isnan(r.fitted));
    free_points();
}

static void higher_may_be_better(void **state)
{
    (void)state;
    struct recommendation r = {0};
    make_points(62.5, -0.2, 5, 0.01);
    recommend(keys, paired, POINTS, REPLICATIONS, true, &r);
    assert_near(r.fitted, 62.5, 0.5);
    free_points();
}

static void noise_of_its_own_widens_what_is_not_told_apart(void **state)
{
    (void)state;
    struct recommendation sharp = {0};
    struct recommendation vague = {0};
    make_points(62.5, 0.2, 5, 0.01);
    recommend(keys, paired, POINTS, REPLICATIONS, false, &sharp);
    free_points();
    make_points(62.5, 0.2, 5, 10);
    recommend(keys, paired, POINTS, REPLICATIONS, false, &vague);
    free_points();
    assert_true(vague.high / vague.low > sharp.high / sharp.low);
}

/* ---- workers ---- */

struct counts {
    atomic_int of[1000];
    size_t stop_at;
};

static bool count(void *context, unsigned worker, size_t item)
{
    (void)worker;
    struct counts *counts = context;
    atomic_fetch_add(&counts->of[item], 1);
    return item != counts->stop_at;
}

static void each_item_is_done_once_by_any_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 9; threads += 4) {
        static struct counts counts;
        memset(&counts, 0, sizeof counts);
        counts.stop_at = SIZE_MAX;
        struct workers_job job = {.n_items = 1000, .work = count, .context = &counts};
        assert_true(workers_run(&job, threads));
        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(atomic_load(&counts.of[i]), 1);
    }
}

static void an_item_that_fails_ends_the_job(void **state)
{
    (void)state;
    static struct counts counts;
    memset(&counts, 0, sizeof counts);
    counts.stop_at = 3;
    struct workers_job job = {.n_items = 1000, .work = count, .context = &counts};
    assert_false(workers_run(&job, 1));
    assert_int_equal(atomic_load(&counts.of[4]), 0);
    assert_false(workers_run(&job, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(a_point_of_a_sweep_is_the_run_of_that_point),
        cmocka_unit_test(a_first_start_is_predicted_where_it_is_counted),
        cmocka_unit_test(points_meet_the_same_failures),
        cmocka_unit_test(the_seed_decides_and_is_reported),
        cmocka_unit_test(a_mistake_at_any_point_is_found_before_anything_runs),
        cmocka_unit_test(elements_add_up_to_the_job),
        cmocka_unit_test(the_story_is_that_of_the_first_replication),
        cmocka_unit_test(metrics_that_the_scenario_lacks_are_refused),
        cmocka_unit_test(a_mean_per_event_can_be_recommended_by),
        cmocka_unit_test(without_an_event_there_is_nothing_to_recommend),
        cmocka_unit_test(a_parabola_is_found_through_shared_noise),
        cmocka_unit_test(all_points_near_the_best_are_fitted),
        cmocka_unit_test(a_best_value_at_the_edge_is_said_to_be_one),
        cmocka_unit_test(higher_may_be_better),
        cmocka_unit_test(noise_of_its_own_widens_what_is_not_told_apart),
        cmocka_unit_test(each_item_is_done_once_by_any_number_of_threads),
        cmocka_unit_test(an_item_that_fails_ends_the_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
