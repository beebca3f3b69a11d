// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Simulates every known answer and compares. Each quantity is a test at a two-sided level of 1e-4;
 * one that fails is tried once more with another seed and four times the replications, so that a
 * defect fails and bad luck (one suite in 30 for 350 quantities, if seeds were not fixed) does not.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/stats.h"
#include "fixture.h"
#include "known_answers.h"
#include "model/analytic.h"
#include "model/theory.h"

static const double LEVEL = 0.9999;
static const double STANDARD_ERRORS = 3.9; /* the normal quantile of LEVEL, rounded up */
static const double SAME = 1e-9;
static const double SAME_COMPUTED = 1e-6;
/* The reference gives nine digits. */
static const double SAME_PREDICTED = 1e-8;
/* Half a bucket, of 128 to an octave. */
static const double HISTOGRAM_ERROR = 0x1p-8;

/* Seeds of the first row of a table; each row has its own, so that luck is not shared. */
enum { SEED = 20240607, SECOND_SEED = 31415927, SECOND_TIMES = 4 };

/* One quantity over the runs. */
struct sample {
    double *x;    /* owned: n */
    double *over; /* owned: n; NULL: not a ratio */
    size_t n;
};

struct verdict {
    double value;
    double tolerance; /* around the expected value */
    double z;         /* deviation in standard errors; 0 where there is none */
    bool accepted;
};

/* ---- statistics and their standard errors ---- */

static struct tally tally_of(const double *x, size_t n)
{
    struct tally tally = {0};
    for (size_t i = 0; i < n; i++)
        tally_add(&tally, x[i]);
    return tally;
}

/* A known error of one run has the normal quantile, one from the sample has Student's. */
static struct verdict judge_mean(double value, double expected, double known_sd, double sample_sd,
                                 size_t n)
{
    double quantile = known_sd > 0 ? STANDARD_ERRORS : stats_student_t(LEVEL, (double)n - 1);
    double error = (known_sd > 0 ? known_sd : sample_sd) / sqrt((double)n);
    struct verdict verdict = {.value = value, .tolerance = quantile * error};
    verdict.z = error > 0 ? (value - expected) / error : 0;
    return verdict;
}

static struct verdict judge_value(const struct known_value *known, const struct sample *sample)
{
    struct tally tally = tally_of(sample->x, sample->n);
    return judge_mean(tally.mean, known->expected, known->sd, tally_sd(&tally), sample->n);
}

/* Means of quantiles of the runs, which come from histograms. */
static struct verdict judge_event_quantile(const struct known_value *known,
                                           const struct sample *sample)
{
    struct verdict verdict = judge_value(known, sample);
    verdict.tolerance += HISTOGRAM_ERROR * known->expected;
    return verdict;
}

/* Delta method: r = mean x / mean y errs as the mean of (x_i - r y_i) / mean y. */
static struct verdict judge_ratio(const struct known_value *known, const struct sample *sample)
{
    double over = tally_of(sample->over, sample->n).mean;
    double ratio = tally_of(sample->x, sample->n).mean / over;
    struct tally rest = {0};
    for (size_t i = 0; i < sample->n; i++)
        tally_add(&rest, (sample->x[i] - ratio * sample->over[i]) / over);
    return judge_mean(ratio, known->expected, 0, tally_sd(&rest), sample->n);
}

/* Delta method again: the variance of the sample SD s is (m4 - s^4) / (4 s^2 n). */
static struct verdict judge_sd(const struct known_value *known, const struct sample *sample)
{
    struct tally tally = tally_of(sample->x, sample->n);
    double variance = tally_variance(&tally);
    double m4 = 0;
    for (size_t i = 0; i < sample->n; i++)
        m4 += pow(sample->x[i] - tally.mean, 4) / (double)sample->n;
    double sd = sqrt(variance);
    return judge_mean(sd, known->expected, sqrt(m4 - variance * variance) / (2 * sd), 0, sample->n);
}

/* A count is binomial: no error where the expected share is 0 or 1. */
static struct verdict judge_share(const struct known_value *known, const struct sample *sample)
{
    double slack = known->statistic == ATOM ? SAME * fabs(known->at) : 0;
    double hits = 0;
    for (size_t i = 0; i < sample->n; i++)
        hits += known->statistic == ATOM ? fabs(sample->x[i] - known->at) <= slack
                                         : sample->x[i] <= known->at;
    double p = known->expected;
    struct verdict verdict =
        judge_mean(hits / (double)sample->n, p, sqrt(p * (1 - p)), 0, sample->n);
    if (!(p * (1 - p) > 0))
        verdict.tolerance = 0;
    return verdict;
}

/*
 * Order statistics: the p-quantile lies between those of ranks n p -+ 3.9 sqrt(n p (1 - p)),
 * whatever the distribution, atoms included. With too few runs for such ranks there is nothing to
 * judge. The sample is sorted.
 */
static struct verdict judge_quantile(const struct known_value *known, const struct sample *sample)
{
    double n = (double)sample->n;
    double p = known->at;
    double margin = STANDARD_ERRORS * sqrt(n * p * (1 - p));
    struct verdict verdict = {.value = stats_quantile(sample->x, sample->n, p),
                              .tolerance = (double)INFINITY};
    double low = floor(n * p - margin);
    double high = ceil(n * p + margin) + 1;
    if (low < 1 || high > n)
        return verdict;
    double above = sample->x[(size_t)high - 1] - verdict.value;
    double below = verdict.value - sample->x[(size_t)low - 1];
    verdict.tolerance = known->expected > verdict.value ? above : below;
    verdict.z = STANDARD_ERRORS * (verdict.value - known->expected) / verdict.tolerance;
    return verdict;
}

static struct verdict judge_exact(const struct known_value *known, const struct sample *sample)
{
    double relative = known->statistic == EXACT ? SAME : SAME_COMPUTED;
    struct verdict verdict = {.value = sample->x[0], .tolerance = relative * fabs(known->expected)};
    for (size_t i = 1; i < sample->n; i++)
        if (fabs(sample->x[i] - known->expected) > fabs(verdict.value - known->expected))
            verdict.value = sample->x[i];
    return verdict;
}

static struct verdict judge(const struct known_value *known, struct sample *sample)
{
    static struct verdict (*const judges[])(const struct known_value *, const struct sample *) = {
        [MEAN] = judge_value,
        [SD] = judge_sd,
        [SHARE] = judge_share,
        [ATOM] = judge_share,
        [QUANTILE] = judge_quantile,
        [RATIO] = judge_ratio,
        [EXACT] = judge_exact,
        [COMPUTED] = judge_exact,
        [EVENT_QUANTILE] = judge_event_quantile,
    };
    if (known->statistic == QUANTILE)
        stats_sort(sample->x, sample->n);
    struct verdict verdict = judges[known->statistic](known, sample);
    verdict.accepted = fabs(verdict.value - known->expected) <= verdict.tolerance;
    return verdict;
}

/* ---- simulation ---- */

static size_t n_values(const struct known_answer *answer)
{
    size_t n = 0;
    while (n < MAX_VALUES && answer->values[n].what)
        n++;
    return n;
}

/* False when an identity of the simulation does not hold. */
static bool simulate(const struct known_answer *answer, struct fixture *fixture, uint64_t seed,
                     struct sample samples[MAX_VALUES])
{
    const struct model *model = &fixture->scenario.model;
    size_t n = n_values(answer);
    for (size_t i = 0; i < samples[0].n; i++) {
        struct metrics metrics;
        for (size_t v = 0; v < n; v++)
            if (answer->values[v].statistic == EVENT_QUANTILE)
                histogram_clear(&fixture->histograms.of[answer->values[v].event]);
        if (!fixture_replicate(fixture, seed, i, &metrics))
            return false;
        for (size_t v = 0; v < n; v++) {
            const struct known_value *known = &answer->values[v];
            samples[v].x[i] =
                known->statistic == EVENT_QUANTILE
                    ? histogram_quantile(&fixture->histograms.of[known->event], known->at)
                    : known->of(&metrics, model);
            if (samples[v].over)
                samples[v].over[i] = answer->values[v].over(&metrics, model);
        }
    }
    return true;
}

static void samples_init(struct sample samples[MAX_VALUES], const struct known_answer *answer,
                         size_t n)
{
    for (size_t v = 0; v < n_values(answer); v++)
        samples[v] = (struct sample){
            .x = mem_alloc(n, sizeof(double)),
            .over = answer->values[v].over ? mem_alloc(n, sizeof(double)) : NULL,
            .n = n,
        };
}

static void samples_release(struct sample samples[MAX_VALUES], const struct known_answer *answer)
{
    for (size_t v = 0; v < n_values(answer); v++) {
        free(samples[v].x);
        free(samples[v].over);
    }
}

/* ---- one row ---- */

static void print_row(const struct known_answer *answer, const struct known_value *known,
                      const struct verdict *verdict)
{
    double detects = verdict->tolerance > 0 ? verdict->tolerance / fabs(known->expected) : 0;
    print_message("%-4s %-44s %.9g  expected %.9g  z %+.2f  detects %.2g %%%s\n", answer->id,
                  known->what, verdict->value, known->expected, verdict->z, 100 * detects,
                  verdict->accepted ? "" : "  DISAGREES");
}

/*
 * The power of the row: results of other semantics lie within one tolerance of their own value, so
 * that must be more than two away. Only with all replications.
 */
static bool tells_apart(const struct known_answer *answer, const struct known_value *known,
                        const struct verdict *verdict)
{
    bool ok = true;
    for (size_t i = 0; i < MAX_WRONG && !(known->wrong[i] == 0); i++) {
        if (fabs(known->wrong[i] - known->expected) > 2 * verdict->tolerance)
            continue;
        print_error("%s %s: the tolerance of %g does not tell %.9g from %.9g\n", answer->id,
                    known->what, verdict->tolerance, known->expected, known->wrong[i]);
        ok = false;
    }
    return ok;
}

/* Whether all values agree; clears *powerful when n is the table's and too few for a control. */
static bool compare(const struct known_answer *answer, struct fixture *fixture, uint64_t seed,
                    size_t n, bool *powerful)
{
    struct sample samples[MAX_VALUES] = {{0}};
    samples_init(samples, answer, n);
    bool ok = simulate(answer, fixture, seed, samples);
    size_t n_judged = ok ? n_values(answer) : 0;
    for (size_t v = 0; v < n_judged; v++) {
        struct verdict verdict = judge(&answer->values[v], &samples[v]);
        print_row(answer, &answer->values[v], &verdict);
        ok = verdict.accepted && ok;
        if (n == answer->n)
            *powerful = tells_apart(answer, &answer->values[v], &verdict) && *powerful;
    }
    samples_release(samples, answer);
    return ok;
}

/* Where the closed forms claim the scenario, they must give its mean makespan too. */
static bool prediction_agrees(const struct known_answer *answer, const struct model *model)
{
    struct arena arena = {0};
    struct theory theory;
    struct analytic_answer predicted;
    theory_of(model, &arena, &theory);
    theory.job.interval_s = model->checkpoint.planned_interval_s;
    const struct known_value *known = answer->values;
    while (known->what &&
           ((known->statistic != MEAN && known->statistic != EXACT) || known->of != makespan_of))
        known++;
    bool ok = true;
    if (known->what && theory.applies && analytic_makespan(&theory.job, &predicted)) {
        ok = fabs(predicted.makespan_s - known->expected) <= SAME_PREDICTED * known->expected;
        print_message("%-4s %-44s %.9g%s\n", answer->id, "  theory", predicted.makespan_s,
                      ok ? "" : "  DISAGREES");
    }
    arena_release(&arena);
    return ok;
}

/* So must the closed form of two levels. */
static bool levels_agree(const struct known_answer *answer, const struct model *model)
{
    struct analytic_levels levels;
    const struct known_value *known = answer->values;
    if (known->of != makespan_of || !theory_of_levels(model, &levels))
        return true;
    double makespan_s = theory_levels_makespan_s(model, &levels);
    double expected = known->expected * (known->statistic == RATIO ? model->job.work_s : 1);
    bool ok = fabs(makespan_s - expected) <= SAME_PREDICTED * expected;
    print_message("%-4s %-44s %.9g%s\n", answer->id, "  theory", makespan_s,
                  ok ? "" : "  DISAGREES");
    return ok;
}

static bool check(const struct known_answer *answer, uint64_t row)
{
    struct fixture fixture;
    if (!fixture_init(&fixture, answer->base, answer->sets, MAX_SETS))
        return false;
    size_t n = answer->n > 1 ? support_scale(answer->n) : 1;
    bool powerful = true;
    bool ok = compare(answer, &fixture, SEED + row, n, &powerful);
    if (!ok && n > 1) {
        print_message("%-4s once more, with another seed and %d times as many\n", answer->id,
                      SECOND_TIMES);
        ok = compare(answer, &fixture, SECOND_SEED + row, SECOND_TIMES * n, &powerful);
    }
    ok = powerful && ok;
    ok = prediction_agrees(answer, &fixture.scenario.model) && ok;
    ok = levels_agree(answer, &fixture.scenario.model) && ok;
    if (!ok) {
        print_error("%s DISAGREES\n", answer->id);
        fixture_print(&fixture);
    }
    fixture_release(&fixture);
    return ok;
}

static void check_all(const struct known_answer *answers)
{
    size_t failed = 0;
    for (size_t row = 0; answers[row].id; row++)
        failed += !check(&answers[row], row);
    if (failed > 0)
        fail_msg("%zu known answers are not met", failed);
}

/* ---- sections ---- */

static void batch_jobs_under_exponential_failures_have_the_exact_law(void **state)
{
    (void)state;
    check_all(known_batch);
}

static void optimal_intervals_have_the_exact_slowdown(void **state)
{
    (void)state;
    check_all(known_intervals);
}

static void scripted_failures_give_the_makespan_found_by_hand(void **state)
{
    (void)state;
    check_all(known_traces);
}

static void renewal_processes_are_exact_for_any_law(void **state)
{
    (void)state;
    check_all(known_renewal);
}

static void chains_of_deltas_cost_what_the_recursion_says(void **state)
{
    (void)state;
    check_all(known_incremental);
}

static void dirty_sets_have_the_exact_moments(void **state)
{
    (void)state;
    check_all(known_state);
}

static void barriers_wait_for_the_slowest_task(void **state)
{
    (void)state;
    check_all(known_barriers);
}

static void detection_and_repair_have_the_exact_moments(void **state)
{
    (void)state;
    check_all(known_failures);
    check_all(known_detection);
}

static void patterns_of_two_levels_have_the_exact_mean(void **state)
{
    (void)state;
    check_all(known_levels);
}

static void published_cases_are_reproduced(void **state)
{
    (void)state;
    check_all(known_published);
}

static void queues_of_messages_have_their_steady_state(void **state)
{
    (void)state;
    check_all(known_streams);
}

static void useful_share_of_a_stream_job_follows_its_markers(void **state)
{
    (void)state;
    check_all(known_utilisation);
}

static void barriers_travel_through_queues(void **state)
{
    (void)state;
    check_all(known_stream_barriers);
}

static void outputs_are_visible_when_and_as_often_as_guaranteed(void **state)
{
    (void)state;
    check_all(known_guarantees);
}

static void markers_and_writes_wait_for_the_slowest(void **state)
{
    (void)state;
    check_all(known_alignment);
}

static void stream_jobs_replay_what_came_since_the_recovery_point(void **state)
{
    (void)state;
    check_all(known_recoveries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_jobs_under_exponential_failures_have_the_exact_law),
        cmocka_unit_test(optimal_intervals_have_the_exact_slowdown),
        cmocka_unit_test(scripted_failures_give_the_makespan_found_by_hand),
        cmocka_unit_test(renewal_processes_are_exact_for_any_law),
        cmocka_unit_test(chains_of_deltas_cost_what_the_recursion_says),
        cmocka_unit_test(dirty_sets_have_the_exact_moments),
        cmocka_unit_test(barriers_wait_for_the_slowest_task),
        cmocka_unit_test(detection_and_repair_have_the_exact_moments),
        cmocka_unit_test(patterns_of_two_levels_have_the_exact_mean),
        cmocka_unit_test(published_cases_are_reproduced),
        cmocka_unit_test(queues_of_messages_have_their_steady_state),
        cmocka_unit_test(useful_share_of_a_stream_job_follows_its_markers),
        cmocka_unit_test(barriers_travel_through_queues),
        cmocka_unit_test(outputs_are_visible_when_and_as_often_as_guaranteed),
        cmocka_unit_test(markers_and_writes_wait_for_the_slowest),
        cmocka_unit_test(stream_jobs_replay_what_came_since_the_recovery_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
