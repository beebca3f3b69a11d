// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Closed forms against second forms of their own: a replay of the job, a recursion, transforms,
 * cases that can be followed by hand; and what they refuse.
 */
#include "analytic_jobs.h"

#include <gsl/gsl_errno.h>

#include "core/rng.h"
#include "core/stats.h"

/* ---- against a replay of the job ---- */

struct replay {
    const struct analytic_job *job;
    struct rng *rng;
    double age_s, fails_at_s; /* on the clock that stands still in what is not exposed */
    struct analytic_answer sum;
};

/* Passes one phase; false when a failure ends it. */
static bool pass(struct replay *r, unsigned phase, const struct analytic_duration *duration,
                 double *spent_s)
{
    double length_s = duration->law ? dist_draw(duration->law, r->rng) : duration->mean_s;
    bool exposed = r->job->exposure & phase;
    bool fails = exposed && r->age_s + length_s > r->fails_at_s;
    if (fails)
        length_s = r->fails_at_s - r->age_s;
    *spent_s += length_s;
    r->age_s += exposed ? length_s : 0;
    return !fails;
}

static void renew(struct replay *r)
{
    r->age_s = 0;
    r->fails_at_s = dist_draw(r->job->law, r->rng);
}

/* From a failure to the end of the recovery that succeeds. */
static void recover(struct replay *r, double deltas)
{
    struct analytic_duration restore = r->job->restore;
    restore.mean_s += deltas * r->job->delta_restore.mean_s;
    do {
        do {
            r->sum.failures++;
            renew(r);
        } while (!pass(r, EXPOSED_DOWNTIME, &r->job->downtime, &r->sum.downtime_s));
        if (!(r->job->exposure & EXPOSED_DOWNTIME))
            renew(r);
    } while (!pass(r, EXPOSED_RECOVERY, &restore, &r->sum.recovery_time_s));
}

static struct analytic_answer replay(const struct analytic_job *job, struct rng *rng)
{
    struct replay r = {.job = job, .rng = rng};
    size_t segments = (size_t)ceil(job->work_s / job->interval_s);
    renew(&r);
    if (!pass(&r, EXPOSED_RECOVERY, &job->start, &r.sum.start_time_s))
        recover(&r, 0);
    for (size_t i = 0; i < segments; i++) {
        size_t deltas = job->cycle ? i % job->cycle : 0;
        bool last = i + 1 == segments;
        bool is_base = !job->cycle || deltas + 1 == job->cycle;
        struct analytic_duration work = {.mean_s = job->interval_s};
        struct analytic_duration cost = is_base ? job->cost : job->delta_cost;
        if (last)
            work.mean_s = job->work_s - (double)i * job->interval_s;
        if (last && !job->final_checkpoint)
            cost = analytic_constant(0);
        while (!pass(&r, EXPOSED_WORK, &work, &r.sum.work_time_s) ||
               !pass(&r, EXPOSED_CHECKPOINT, &cost, &r.sum.checkpoint_time_s))
            recover(&r, (double)deltas);
        if (job->redraw == REDRAW_CHECKPOINT)
            renew(&r);
    }
    r.sum.makespan_s = r.sum.start_time_s + r.sum.work_time_s + r.sum.checkpoint_time_s +
                       r.sum.recovery_time_s + r.sum.downtime_s;
    return r.sum;
}

/* Within 4.4 standard errors: one false alarm in 10^5 values (about 80 here, with a fixed seed). */
static void check_mean(size_t row, const char *what, const struct tally *tally, double expected)
{
    double error = 4.4 * tally_sd(tally) / sqrt((double)tally->n) + 1e-9 * expected;
    if (!(fabs(tally->mean - expected) <= error))
        fail_msg("row %zu: mean %s is %.9g +- %.2g, not %.9g", row, what, tally->mean, error,
                 expected);
}

static void check_against_replay(size_t row, const struct analytic_job *job, size_t n)
{
    enum { PARTS = 7 };
    static const char *const names[PARTS] = {"makespan",   "failures", "start",   "work",
                                             "checkpoint", "recovery", "downtime"};
    struct tally tallies[PARTS] = {0};
    struct analytic_answer answer;
    struct rng rng = rng_from_splitmix(20 + row);
    assert_true(analytic_makespan(job, &answer));
    const double expected[PARTS] = {
        answer.makespan_s,        answer.failures,        answer.start_time_s, answer.work_time_s,
        answer.checkpoint_time_s, answer.recovery_time_s, answer.downtime_s,
    };
    for (size_t i = 0; i < n; i++) {
        struct analytic_answer run = replay(job, &rng);
        const double values[PARTS] = {
            run.makespan_s,        run.failures,        run.start_time_s, run.work_time_s,
            run.checkpoint_time_s, run.recovery_time_s, run.downtime_s,
        };
        for (size_t j = 0; j < PARTS; j++)
            tally_add(&tallies[j], values[j]);
    }
    for (size_t j = 0; j < PARTS; j++)
        check_mean(row, names[j], &tallies[j], expected[j]);
    if (!isnan(answer.sd_s)) /* of 20000 makespans, to 1.5 % with these laws */
        assert_near(tally_sd(&tallies[0]) / answer.sd_s, 1, 7 / sqrt((double)n));
}

/* Every switch, each with a start, an awkward rest and no or some deltas. */
static void all_means_agree_with_a_replay(void **state)
{
    (void)state;
    static const struct {
        struct law law;
        struct analytic_job job;
        struct law downtime;
    } rows[] = {
        {EXPONENTIAL(900), {LONG(STANDARD, 313, 41, 67, 0), .start = LASTS(110)}, EXPONENTIAL(50)},
        {EXPONENTIAL(900), {LONG(STANDARD, 313, 41, 67, 19), .start = LASTS(2000)}, {0}},
        {EXPONENTIAL(900), {LONG(SEGMENT, 313, 41, 67, 19), .start = LASTS(110)}, {0}},
        {EXPONENTIAL(900),
         {LONG(STANDARD | EXPOSED_DOWNTIME, 313, 41, 67, 19), .start = LASTS(110),
          .final_checkpoint = true, CHAIN(3, 17, 29)},
         {0}},
        {EXPONENTIAL(900), {LONG(EXPOSED_CHECKPOINT, 313, 141, 67, 19), CHAIN(2, 37, 29)}, {0}},
        {WEIBULL(900, 0.6), {LONG(STANDARD, 313, 41, 67, 0), .start = LASTS(110)}, EXPONENTIAL(50)},
        {WEIBULL(900, 2.5), {LONG(WORK, 313, 41, 67, 19), .start = LASTS(110)}, {0}},
        {WEIBULL(900, 0.6),
         {LONG(STANDARD, 313, 41, 67, 19), .start = LASTS(110), .final_checkpoint = true,
          CHAIN(3, 17, 29)},
         {0}},
        {WEIBULL(900, 0.6),
         {LONG(STANDARD, 313, 41, 67, 19), .start = LASTS(110), .redraw = REDRAW_CHECKPOINT,
          CHAIN(3, 17, 29)},
         {0}},
        {WEIBULL(900, 2.5),
         {LONG(WORK | EXPOSED_RECOVERY, 313, 41, 67, 19), .redraw = REDRAW_CHECKPOINT,
          .final_checkpoint = true, CHAIN(2, 17, 29)},
         {0}},
        {{"uniform", 200, "high", 1500}, {LONG(STANDARD, 3000, 41, 67, 19), .work_s = 700}, {0}},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct analytic_job job = rows[i].job;
        job.law = make(rows[i].law);
        if (rows[i].downtime.name)
            job.downtime = analytic_random(make(rows[i].downtime), 1, ON_RETRY_RESAMPLE);
        if (!(job.work_s > 0))
            job.work_s = 2385;
        check_against_replay(i, &job, support_scale(20000));
    }
}

/* ---- identities ---- */

/* A gamma law this near to the exponential is not recognised as one: the recursion must agree. */
static void recursion_agrees_with_the_closed_form(void **state)
{
    (void)state;
    static const unsigned exposures[] = {STANDARD, SEGMENT, WORK, WORK | EXPOSED_RECOVERY};
    const struct dist *exponential = make((struct law)EXPONENTIAL(7777));
    const struct dist *gamma = make((struct law){"gamma", 7777, "shape", 1 + 1e-9});
    for (unsigned i = 0; i < 32; i++) {
        struct analytic_job job = {LONG(exposures[i % 4], 611, 53, 97, 31), CHAIN(1, 11, 23)};
        struct analytic_answer expected;
        struct analytic_answer actual;
        job.work_s = 23.85 * 611;
        job.start = analytic_constant(401);
        job.cycle = i & 4 ? 5 : 0;
        job.final_checkpoint = i & 8;
        job.redraw = i & 16 ? REDRAW_CHECKPOINT : REDRAW_FAILURE;
        job.law = exponential;
        assert_true(analytic_makespan(&job, &expected));
        job.law = gamma;
        assert_true(analytic_makespan(&job, &actual));
        assert_string_not_equal(actual.source, expected.source);
        check("gamma", "makespan", actual.makespan_s, expected.makespan_s, 1e-7);
        check("gamma", "failures", actual.failures, expected.failures, 1e-7);
        check("gamma", "start", actual.start_time_s, expected.start_time_s, 1e-7);
        check("gamma", "work", actual.work_time_s, expected.work_time_s, 1e-7);
        check("gamma", "checkpoint", actual.checkpoint_time_s, expected.checkpoint_time_s, 1e-7);
        check("gamma", "recovery", actual.recovery_time_s, expected.recovery_time_s, 1e-7);
        check("gamma", "downtime", actual.downtime_s, expected.downtime_s, 1e-7);
    }
}

/* A Poisson process has one failure per MTBF of exposed time, whatever the job does. */
static void exponential_failures_come_once_per_mtbf_of_exposed_time(void **state)
{
    (void)state;
    for (unsigned exposure = 1; exposure < 16; exposure++) {
        struct analytic_job job = {LONG(exposure, 311, 53, 97, 31), .cycle = 3};
        struct analytic_answer a;
        job.work_s = 2385;
        job.law = make((struct law)EXPONENTIAL(777));
        job.delta_cost = analytic_random(make((struct law)EXPONENTIAL(11)), 4, ON_RETRY_REPEAT);
        job.delta_restore = analytic_random(make((struct law)EXPONENTIAL(9)), 1, ON_RETRY_RESAMPLE);
        job.start = analytic_random(make((struct law)EXPONENTIAL(77)), 1, ON_RETRY_REPEAT);
        assert_true(analytic_makespan(&job, &a));
        double exposed_s = (exposure & EXPOSED_WORK ? a.work_time_s : 0) +
                           (exposure & EXPOSED_CHECKPOINT ? a.checkpoint_time_s : 0) +
                           (exposure & EXPOSED_RECOVERY ? a.recovery_time_s + a.start_time_s : 0) +
                           (exposure & EXPOSED_DOWNTIME ? a.downtime_s : 0);
        check("Poisson", "exposed time", exposed_s, 777 * a.failures, 1e-12);
    }
}

/* Time to failure always 100: what happens can be followed by hand. */
static void failures_at_a_fixed_age_are_followed_by_hand(void **state)
{
    (void)state;
    struct dist always = dist_constant(&arena, 100);
    struct analytic_job job = {JOB(STANDARD, 30.0, 4, 10, 10, 5), .law = &always};
    struct analytic_answer answer;
    double fraction = 0;
    /* 80: two segments; 100: failure; 115: recovered; 155, 195: the other two */
    assert_true(analytic_makespan(&job, &answer));
    assert_near(answer.makespan_s, 195, 1e-9);
    assert_near(answer.failures, 1, 1e-12);
    assert_near(answer.work_time_s, 140, 1e-9);
    assert_true(analytic_useful_fraction(&job, &fraction));
    assert_near(fraction, 60.0 / 105, 1e-12);
    /* completion and failure at the same instant: completion first (S8) */
    job.interval_s = 40;
    job.work_s = 80;
    assert_true(analytic_makespan(&job, &answer));
    assert_near(answer.makespan_s, 100, 1e-9);
    /* a segment that never fits has no makespan */
    job.interval_s = 80;
    job.work_s = 160;
    job.cost = analytic_constant(25);
    assert_false(analytic_makespan(&job, &answer));
}

/* Uniform on (a, b): 1 - E[e^(-cX)] and E[e^(cX)] in elementary terms. Gamma: (1 +- cm)^-k. */
static void random_costs_agree_with_their_transforms(void **state)
{
    (void)state;
    const double rate = 1 / 512.5;
    struct analytic_job job = {JOB(EXPOSED_CHECKPOINT, 1.0, 1, 0, 0, 0)};
    struct analytic_answer answer;
    job.law = make((struct law)EXPONENTIAL(1 / rate));
    const double mgf_of_uniform = (exp(rate * 170) - exp(rate * 20)) / (rate * 150);
    const double lst_of_uniform = (exp(-rate * 20) - exp(-rate * 170)) / (rate * 150);
    const struct {
        struct law law;
        int on_retry;
        double failures;
    } rows[] = {
        {{"uniform", 20, "high", 170}, ON_RETRY_REPEAT, mgf_of_uniform - 1},
        {{"uniform", 20, "high", 170}, ON_RETRY_RESAMPLE, 1 / lst_of_uniform - 1},
        {{"gamma", 60, "shape", 0.25}, ON_RETRY_REPEAT, pow(1 - rate * 240, -0.25) - 1},
        {{"gamma", 60, "shape", 0.25}, ON_RETRY_RESAMPLE, pow(1 + rate * 240, 0.25) - 1},
        {{"erlang", 600, "k", 40}, ON_RETRY_REPEAT, pow(1 - rate * 15, -40) - 1},
        {EXPONENTIAL(1e-9), ON_RETRY_RESAMPLE, 1e-9 * rate},
        {EXPONENTIAL(460), ON_RETRY_REPEAT, 460 / 52.5},
    };
    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        job.cost = analytic_random(make(rows[i].law), 1, rows[i].on_retry);
        assert_true(analytic_makespan(&job, &answer));
        check(rows[i].law.name, "failures", answer.failures, rows[i].failures, 1e-9);
    }
}

/*
 * With R = D = C = 0 a segment loses a uniform part of itself when it fails, with probability
 * T/M: the variance is T^3 / 3M. The formula changes to a series at T/M = 0.01.
 */
static void deviation_of_rare_failures_keeps_its_digits(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, (double)INFINITY, 0, 0, 0), .work_s = 3600};
    struct analytic_answer answer;
    job.law = make((struct law)EXPONENTIAL(3600e9));
    assert_true(analytic_makespan(&job, &answer));
    check("rare", "sd", answer.sd_s, 3600 * sqrt(1e-9 / 3), 1e-8);
    double scaled[2];
    for (int i = 0; i < 2; i++) {
        job.work_s = 3600 * (i ? 1.00001 : 0.99999);
        job.law = make((struct law)EXPONENTIAL(3600e2));
        assert_true(analytic_makespan(&job, &answer));
        scaled[i] = answer.sd_s / pow(job.work_s, 1.5);
    }
    check("rare", "sd at the change", scaled[1], scaled[0], 1e-6);
}

/* ---- what has no number ---- */

static void repeated_costs_without_exponential_moment_are_refused(void **state)
{
    (void)state;
    static const struct law laws[] = {
        {"lognormal", 10, "sigma", 0.5},
        {"pareto", 10, "shape", 3},
        WEIBULL(10, 0.9),
        EXPONENTIAL(1e4),
        {"gamma", 3e3, "shape", 0.2},
    };
    struct analytic_job job = {JOB(STANDARD, 500.0, 3, 0, 100, 20)};
    struct analytic_answer answer;
    job.law = make((struct law)EXPONENTIAL(1e4));
    for (size_t i = 0; i < MEM_COUNT(laws); i++) {
        job.cost = analytic_random(make(laws[i]), 1, ON_RETRY_REPEAT);
        assert_false(analytic_makespan(&job, &answer));
        job.cost.on_retry = ON_RETRY_RESAMPLE;
        assert_true(analytic_makespan(&job, &answer));
        assert_true(isnan(answer.sd_s));
    }
}

static void jobs_without_closed_form_are_refused(void **state)
{
    (void)state;
    struct analytic_answer answer;
    double number = 0;
    uint64_t cycle = 0;
    const struct dist *weibull = make((struct law)WEIBULL(1e4, 0.7));
    const struct dist *random = make((struct law)EXPONENTIAL(30));
    const struct analytic_job good = {JOB(STANDARD, 500.0, 3, 10, 100, 20), .law = weibull};
    assert_true(analytic_makespan(&good, &answer));
    assert_true(isnan(answer.sd_s));
    struct analytic_job job = good;
    job.exposure |= EXPOSED_DOWNTIME;
    assert_false(analytic_makespan(&job, &answer));
    job.exposure = EXPOSED_CHECKPOINT;
    assert_false(analytic_makespan(&job, &answer));
    job = good;
    job.cost = analytic_random(random, 1, ON_RETRY_RESAMPLE);
    assert_false(analytic_makespan(&job, &answer));
    assert_false(analytic_optimal_interval(&job, &number));
    job = good;
    job.restore = analytic_random(random, 1, ON_RETRY_RESAMPLE);
    assert_false(analytic_makespan(&job, &answer));
    job = good;
    job.work_s = 1e5 * job.interval_s; /* too long for the recursion */
    assert_false(analytic_makespan(&job, &answer));
    assert_true(analytic_useful_fraction(&job, &number));
    job.cycle = 4;
    assert_false(analytic_useful_fraction(&job, &number));
    assert_false(analytic_best_cycle(&job, &cycle));
    job = good;
    job.interval_s = (double)INFINITY;
    assert_false(analytic_useful_fraction(&job, &number));
    job = good;
    job.law = make((struct law){"pareto", 100, "shape", 1.01});
    assert_true(analytic_useful_fraction(&job, &number));
}

static void deviations_without_formula_are_not_a_number(void **state)
{
    (void)state;
    struct analytic_job job = {JOB(STANDARD, 500.0, 3, 10, 100, 0)};
    struct analytic_answer answer;
    const struct dist *random = make((struct law)EXPONENTIAL(30));
    job.law = make((struct law)EXPONENTIAL(1e4));
    job.downtime = analytic_random(random, 1, ON_RETRY_RESAMPLE);
    assert_true(analytic_makespan(&job, &answer));
    assert_true(answer.sd_s > 0);
    job.exposure |= EXPOSED_DOWNTIME;
    assert_true(analytic_makespan(&job, &answer));
    assert_true(isnan(answer.sd_s));
    job.exposure = STANDARD;
    job.downtime.slowest_of = 2;
    assert_true(analytic_makespan(&job, &answer));
    assert_true(isnan(answer.sd_s));
    job.downtime = analytic_constant(30);
    job.exposure = EXPOSED_CHECKPOINT;
    assert_true(analytic_makespan(&job, &answer));
    assert_true(isnan(answer.sd_s));
}

static void means_beyond_any_double_are_refused(void **state)
{
    (void)state;
    struct analytic_job job = {JOB(STANDARD, 400.0, 2, 0, 0, 0)};
    struct analytic_answer answer;
    job.law = make((struct law)EXPONENTIAL(1));
    assert_true(analytic_makespan(&job, &answer));
    check("long segment", "makespan", answer.makespan_s, 2 * expm1(400), 1e-12);
    assert_true(isnan(answer.sd_s)); /* its square does not fit */
    job.interval_s = 720;
    job.work_s = 720;
    assert_false(analytic_makespan(&job, &answer));
    job.law = make((struct law)WEIBULL(1, 1.5));
    assert_false(analytic_makespan(&job, &answer));
}

static void jobs_without_failures_take_their_work_and_checkpoints(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, 1000, 7.5, 50, 20), CHAIN(3, 2.5, 9)};
    struct analytic_answer answer;
    double interval_s = 0;
    job.work_s = 6500;
    job.start = analytic_constant(33);
    assert_true(analytic_makespan(&job, &answer)); /* checkpoints: d d b d d b */
    assert_near(answer.makespan_s, 33 + 6500 + 4 * 2.5 + 2 * 7.5, 1e-9);
    assert_near(answer.sd_s, 0, 0);
    assert_near(answer.failures, 0, 0);
    job.interval_s = 7000; /* longer than the work */
    assert_true(analytic_makespan(&job, &answer));
    assert_near(answer.makespan_s, 33 + 6500, 1e-9);
    assert_true(analytic_optimal_interval(&job, &interval_s));
    assert_true(isinf(interval_s));
}

/* ---- searches and sums ---- */

static void quotients_that_round_up_make_no_extra_segment(void **state)
{
    (void)state;
    for (int n = 1; n < 3000; n++) {
        assert_near(analytic_segments(20000, 20000.0 / n), n, 0);
        assert_near(analytic_segments(n * 0.1, 0.1), n, 0);
    }
    assert_near(analytic_segments(10350, 1000), 11, 0);
    assert_near(analytic_segments(1000.001, 1000), 2, 0);
    assert_near(analytic_segments(5, (double)INFINITY), 1, 0);
}

static void optimal_interval_beats_its_neighbours(void **state)
{
    (void)state;
    static const struct law laws[] = {
        WEIBULL(86400, 0.35),
        WEIBULL(86400, 1.01),
        WEIBULL(86400, 6),
        {"gamma", 86400, "shape", 0.1},
        {"lognormal", 86400, "sigma", 1.4},
        {"uniform", 86400, "high", 1e5},
        {"pareto", 86400, "shape", 2.2},
    };
    for (size_t i = 0; i < 3 * MEM_COUNT(laws); i++) {
        static const double costs[] = {1, 90, 8000};
        struct analytic_job job = {LONG(STANDARD, 0, 0, 600, 60)};
        job.law = make(laws[i % MEM_COUNT(laws)]);
        job.cost = analytic_constant(costs[i / MEM_COUNT(laws)]);
        double best_s = 0;
        double best = 0;
        assert_true(analytic_optimal_interval(&job, &best_s));
        job.interval_s = best_s;
        assert_true(analytic_useful_fraction(&job, &best));
        for (int k = -70; k <= 70; k++) {
            double other = 0;
            job.interval_s = best_s * pow(1.02, k);
            assert_true(analytic_useful_fraction(&job, &other));
            if (other > best * (1 + 1e-6))
                fail_msg("law %zu: %g s gives %.9g, %g s gives %.9g", i, best_s, best,
                         job.interval_s, other);
        }
    }
}

/* A random cost that is drawn again counts as the constant that fails as often. */
static void optimum_under_random_costs_is_a_maximum(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, 0, 0, 600, 60)};
    double best_s = 0;
    double here = 0;
    double less = 0;
    double more = 0;
    job.law = make((struct law)EXPONENTIAL(7200));
    job.cost = analytic_random(make((struct law)EXPONENTIAL(250)), 16, ON_RETRY_RESAMPLE);
    assert_true(analytic_optimal_interval(&job, &best_s));
    job.interval_s = best_s;
    assert_true(analytic_useful_fraction(&job, &here));
    job.interval_s = 0.999 * best_s;
    assert_true(analytic_useful_fraction(&job, &less));
    job.interval_s = 1.001 * best_s;
    assert_true(analytic_useful_fraction(&job, &more));
    assert_true(less < here && more < here);
}

/* A tenth of the sum is beyond the terms that are added one by one. */
static void long_sums_of_segments_keep_their_digits(void **state)
{
    (void)state;
    struct analytic_job job = {LONG(STANDARD, 12.5, 0.390625, 3, 2)};
    double fraction = 0;
    double sum = 0;
    job.law = make((struct law)WEIBULL(1e5, 0.7));
    assert_true(analytic_useful_fraction(&job, &fraction));
    for (int j = 1; j < 1500000; j++)
        sum += dist_survival(job.law, 3 + j * 12.890625);
    check("long run", "useful fraction", fraction, 12.5 * sum / (1e5 + 2), 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_means_agree_with_a_replay),
        cmocka_unit_test(recursion_agrees_with_the_closed_form),
        cmocka_unit_test(exponential_failures_come_once_per_mtbf_of_exposed_time),
        cmocka_unit_test(failures_at_a_fixed_age_are_followed_by_hand),
        cmocka_unit_test(random_costs_agree_with_their_transforms),
        cmocka_unit_test(deviation_of_rare_failures_keeps_its_digits),
        cmocka_unit_test(repeated_costs_without_exponential_moment_are_refused),
        cmocka_unit_test(jobs_without_closed_form_are_refused),
        cmocka_unit_test(deviations_without_formula_are_not_a_number),
        cmocka_unit_test(means_beyond_any_double_are_refused),
        cmocka_unit_test(jobs_without_failures_take_their_work_and_checkpoints),
        cmocka_unit_test(quotients_that_round_up_make_no_extra_segment),
        cmocka_unit_test(optimal_interval_beats_its_neighbours),
        cmocka_unit_test(optimum_under_random_costs_is_a_maximum),
        cmocka_unit_test(long_sums_of_segments_keep_their_digits),
    };
    gsl_set_error_handler_off();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
