// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Random durations under failures that have no memory.
 *
 * Drawn again on each retry, a duration X is got through with probability
 * φ = E[e^(-λX)] each time, so it fails 1/φ - 1 times; kept, it fails
 * E[e^(λX)] - 1 times, which is never less. Integration by parts leaves nothing
 * that cancels: with S(x) = P(X > x),
 *
 *     1 - φ = λ ∫ e^(-λx) S(x) dx,    E[e^(λX)] - 1 = λ ∫ e^(λx) S(x) dx.
 */
#include <assert.h>
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>

#include "model/analytic_internal.h"

struct analytic_duration analytic_constant(double duration_s)
{
    return (struct analytic_duration){.mean_s = duration_s};
}

struct analytic_duration analytic_random(const struct dist *law, uint64_t n, int on_retry)
{
    assert(n >= 1);
    double constant_s;
    if (dist_is_constant(law, &constant_s))
        return analytic_constant(constant_s);
    return (struct analytic_duration){
        .mean_s = n > 1 ? dist_mean_max(law, n) : dist_mean(law),
        .law = law,
        .slowest_of = n,
        .on_retry = on_retry,
    };
}

/* P(X > x) of the largest of n draws: 1 - (1 - S)^n without cancellation. */
static double survival(const struct analytic_duration *d, double x)
{
    double one = dist_survival(d->law, x);
    return d->slowest_of == 1 ? one : -expm1((double)d->slowest_of * log1p(-one));
}

/* The x with P(X > x) = q, X the largest of n draws. */
static double upper_quantile(const struct analytic_duration *d, double q)
{
    double log_p_one = log1p(-q) / (double)d->slowest_of;
    return dist_type(d->law)->quantile(d->law->of.params, exp(log_p_one), -expm1(log_p_one));
}

struct tilted {
    const struct analytic_duration *duration;
    double rate_per_s; /* below 0: discounted */
    double from_s;
    double scale_s;
};

/* At from + scale t; exponent and survival are joined so that neither overflows alone. */
static double tilted_survival(double t, void *params)
{
    const struct tilted *f = params;
    double x = f->from_s + f->scale_s * t;
    return f->scale_s * fabs(f->rate_per_s) *
           exp(f->rate_per_s * x + log(survival(f->duration, x)));
}

/* |θ| ∫ e^(θx) S(x) dx over all x >= 0, cut at the median; NaN when it does not converge. */
static double tilted_integral(const struct analytic_duration *d, double rate_per_s)
{
    enum { INTERVALS = 1000 };
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(INTERVALS);
    assert(workspace);
    double median_s = upper_quantile(d, 0.5);
    double scale_s = median_s > 0 ? median_s : d->mean_s;
    double body = 0, tail = 0, body_error = 0, tail_error = 0;
    struct tilted tilted = {d, rate_per_s, 0, scale_s};
    gsl_function f = {tilted_survival, &tilted};
    gsl_integration_qags(&f, 0, median_s / scale_s, 0, 1e-11, INTERVALS, workspace, &body,
                         &body_error);
    tilted.from_s = median_s;
    gsl_integration_qagiu(&f, 0, 0, 1e-11, INTERVALS, workspace, &tail, &tail_error);
    gsl_integration_workspace_free(workspace);
    /* The error estimate decides, not the status: laws with steps stop early but may be near. */
    return body_error + tail_error <= 1e-9 * (body + tail) ? body + tail : (double)NAN;
}

/*
 * Whether E[e^(θX)] is finite, from three far quantiles. Under a tail like
 * e^(-x/m) they are equally far apart, m ln 10^50; a heavier one spreads them
 * (Weibull of shape 0.99: by 0.5 %), a lighter one draws them together. θm just
 * below 1 is refused too: what matters then lies where S(x) underflows.
 */
static bool has_exponential_moment(const struct analytic_duration *d, double rate_per_s)
{
    double near = upper_quantile(d, 1e-50);
    double middle = upper_quantile(d, 1e-100);
    double far = upper_quantile(d, 1e-150);
    return far - middle <= 1.003 * (middle - near) &&
           rate_per_s * (far - middle) < 0.95 * 50 * log(10);
}

double analytic_failures_until_done(const struct analytic_duration *duration, double rate_per_s)
{
    if (!duration->law)
        return expm1(rate_per_s * duration->mean_s);
    if (duration->on_retry == ON_RETRY_REPEAT)
        return has_exponential_moment(duration, rate_per_s) ? tilted_integral(duration, rate_per_s)
                                                            : (double)INFINITY;
    double fails = tilted_integral(duration, -rate_per_s);
    return fails < 1 ? fails / (1 - fails) : (double)INFINITY;
}
