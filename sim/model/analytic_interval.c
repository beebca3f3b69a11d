// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Checkpoint intervals: the rules of the literature, and the optimum itself.
 */
#include <assert.h>
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_sf_log.h>

#include "model/analytic_internal.h"

double analytic_young_s(double checkpoint_s, double mtbf_s)
{
    return isinf(mtbf_s) ? mtbf_s : sqrt(2 * checkpoint_s * mtbf_s);
}

double analytic_daly_first_s(double checkpoint_s, double mtbf_s, double restore_s)
{
    return analytic_young_s(checkpoint_s, mtbf_s + restore_s);
}

double analytic_daly_s(double checkpoint_s, double mtbf_s)
{
    if (checkpoint_s >= 2 * mtbf_s || isinf(mtbf_s))
        return mtbf_s;
    double x = checkpoint_s / (2 * mtbf_s);
    return analytic_young_s(checkpoint_s, mtbf_s) * (1 + sqrt(x) / 3 + x / 9) - checkpoint_s;
}

double analytic_optimal_s(double checkpoint_s, double mtbf_s)
{
    assert(checkpoint_s >= 0 && mtbf_s > 0);
    double x = checkpoint_s / mtbf_s;
    if (isinf(mtbf_s) || x > 36) /* e^-37 is lost beside 1 */
        return mtbf_s;
    /* With u = w/M: -(log(1 - u) + u) = x. The left side is convex, and both
     * bounds lie right of the root, so Newton descends to it and cannot miss. */
    double u = fmin(sqrt(2 * x), -expm1(-(1 + x)));
    for (double step = u; step > 1e-15 * u;) {
        step = (-gsl_sf_log_1plusx_mx(-u) - x) * (1 - u) / u;
        u -= step;
    }
    return u * mtbf_s;
}

double analytic_herault_robert_period_s(double checkpoint_s, double mtbf_s, double restore_s,
                                        double downtime_s)
{
    double slack_s = mtbf_s - downtime_s - restore_s;
    return slack_s > 0 ? analytic_young_s(checkpoint_s, slack_s) : (double)NAN;
}

double analytic_herault_robert_waste(double period_s, double checkpoint_s, double mtbf_s,
                                     double restore_s, double downtime_s)
{
    return 1 -
           (1 - checkpoint_s / period_s) * (1 - (downtime_s + restore_s + period_s / 2) / mtbf_s);
}

double analytic_mtbf_of_units_s(double unit_mean_s, uint64_t n)
{
    return unit_mean_s / (double)n;
}

/* ---- the optimum by search, in the logarithm of the interval ---- */

/* What the search minimises; 0, the worst there is, where there is no number. */
static double minus_useful(double log_interval, void *params)
{
    struct analytic_job job = *(const struct analytic_job *)params;
    job.interval_s = exp(log_interval);
    double fraction;
    return analytic_useful_fraction(&job, &fraction) ? -fraction : 0;
}

/*
 * Brent's minimum between a and b, from m. When m is not below both ends the
 * law has jumps or the curve is flat, and m is as good as any.
 */
static double refine(gsl_function *f, double a, double m, double b)
{
    enum { MOST_ITERATIONS = 60 };
    gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    assert(minimizer);
    double best = m;
    if (gsl_min_fminimizer_set(minimizer, f, m, a, b) == GSL_SUCCESS) {
        int status = GSL_CONTINUE;
        for (int i = 0; i < MOST_ITERATIONS && status == GSL_CONTINUE; i++) {
            if (gsl_min_fminimizer_iterate(minimizer) != GSL_SUCCESS)
                break;
            status = gsl_min_test_interval(gsl_min_fminimizer_x_lower(minimizer),
                                           gsl_min_fminimizer_x_upper(minimizer), 1e-6, 0);
        }
        best = gsl_min_fminimizer_x_minimum(minimizer);
    }
    gsl_min_fminimizer_free(minimizer);
    return best;
}

/* The least of the points low, low + step, .. low + n step. */
static size_t scan(const gsl_function *f, double low, double step, size_t n)
{
    size_t best = 0;
    double best_value = GSL_FN_EVAL(f, low);
    for (size_t i = 1; i <= n; i++) {
        double value = GSL_FN_EVAL(f, low + (double)i * step);
        if (value < best_value) {
            best = i;
            best_value = value;
        }
    }
    return best;
}

/*
 * A coarse grid finds the place. Laws that wear out have several maxima there,
 * one for each number of segments that fits into a life: a fine grid tells
 * them apart, and Brent's method goes to the top of the best.
 */
static bool search(const struct analytic_job *job, double low_s, double high_s, double *interval_s)
{
    enum { COARSE = 24, FINE = 480 }; /* points a decade */
    struct analytic_job tried = *job;
    gsl_function f = {minus_useful, &tried};
    double low = log(low_s);
    double step = log(10) / COARSE;
    size_t n = (size_t)ceil((log(high_s) - low) / step);
    size_t best = scan(&f, low, step, n);
    if (best == 0 || best == n)
        return false;
    low += ((double)best - 6) * step;
    best = scan(&f, low, log(10) / FINE, 12 * FINE / COARSE);
    step = log(10) / FINE;
    double middle = low + (double)best * step;
    *interval_s = exp(refine(&f, middle - step, middle, middle + step));
    return true;
}

bool analytic_optimal_interval(const struct analytic_job *job, double *interval_s)
{
    enum { STRIKES_SEGMENT = EXPOSED_WORK | EXPOSED_CHECKPOINT };
    double mtbf_s = job->law ? dist_mean(job->law) : (double)INFINITY;
    *interval_s = job->law ? 0 : (double)INFINITY;
    if (!job->law || job->cost.mean_s <= 0)
        return true;
    if (!isfinite(mtbf_s))
        return false;
    if ((job->exposure & STRIKES_SEGMENT) == STRIKES_SEGMENT && analytic_cycle(job) == 1 &&
        analytic_is_exponential(job->law)) {
        /* A random cost counts as the constant that fails as often. */
        double failures = analytic_failures_until_done(&job->cost, 1 / mtbf_s);
        if (!isfinite(failures))
            return false;
        *interval_s = analytic_optimal_s(mtbf_s * log1p(failures), mtbf_s);
        return true;
    }
    double young_s = analytic_young_s(job->cost.mean_s, mtbf_s);
    return search(job, young_s / 10, 100 * fmax(young_s, mtbf_s), interval_s);
}
