// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The largest and the smallest of n independent values of one distribution:
 * the duration of a barrier is the maximum over its tasks, the first failure of
 * a machine the minimum over its parts.
 *
 * Both are laws with closed cdf and quantile; their means are integrals of the
 * survival function. The range is cut at the law's own quantiles 2^-k and
 * 1 - 2^-k, so that a mean of 10^9 s whose minimum is at 10^-2 s, or a tail
 * over a hundred decades, needs no tuning; pieces are halved by probability,
 * which finds the points that hold mass of their own exactly.
 */
#include <assert.h>
#include <gsl/gsl_integration.h>

#include "core/dist_laws.h"

struct extreme_params {
    struct dist dist;
    uint64_t n;
    double mean;
    double variance;
};

/* p^(1/n) as the pair (p, q), from p and q = 1 - p: what n independent events make likely as p. */
static void take_root(double p, double q, uint64_t n, double *root_p, double *root_q)
{
    if (n == 1) {
        *root_p = p;
        *root_q = q;
        return;
    }
    double log_root = dist_log_p(p, q) / (double)n;
    *root_p = exp(log_root);
    *root_q = -expm1(log_root);
}

static double quantile_of_max(const struct dist *dist, uint64_t n, double p, double q)
{
    double root_p;
    double root_q;
    take_root(p, q, n, &root_p, &root_q);
    return dist_type(dist)->quantile(dist->of.params, root_p, root_q);
}

double dist_quantile_of_min(const struct dist *dist, uint64_t n, double p, double q)
{
    double root_p;
    double root_q;
    take_root(q, p, n, &root_q, &root_p);
    return dist_type(dist)->quantile(dist->of.params, root_p, root_q);
}

double dist_draw_max(const struct dist *dist, uint64_t n, struct rng *rng)
{
    assert(n >= 1);
    double u = rng_uniform(rng);
    return quantile_of_max(dist, n, u, 1 - u);
}

double dist_draw_min(const struct dist *dist, uint64_t n, struct rng *rng)
{
    assert(n >= 1);
    double u = rng_uniform(rng);
    return dist_quantile_of_min(dist, n, u, 1 - u);
}

/* ---- quadrature over a law ---- */

/* What is integrated over x: something positive that is smooth where the law is. */
struct integrand {
    const struct dist_type *type;
    const void *params;
    double (*value)(double x, const struct integrand *integrand);
    double centre; /* used by the variance */
    double scale;  /* a lower bound of the integral, or 0: what errors are compared with */
};

static double call_integrand(double x, void *context)
{
    const struct integrand *integrand = context;
    return integrand->value(x, integrand);
}

/* Gauss and Kronrod's rule from a to b; false when its error is large for piece and whole alike. */
static bool apply_rule(struct integrand *integrand, double a, double b, double *result)
{
    gsl_function function = {call_integrand, integrand};
    double error;
    double unused[2];
    gsl_integration_qk15(&function, a, b, result, &error, &unused[0], &unused[1]);
    return error <= 1e-10 * *result || error <= 1e-12 * integrand->scale;
}

/* The point that halves the probability between a and b; false when none lies between. */
static bool halve(const struct integrand *integrand, double a, double b, double *middle)
{
    const struct dist_type *type = integrand->type;
    double end = nextafter(b, a); /* mass at b itself does not matter to the integral */
    double p = (type->cdf(integrand->params, a) + type->cdf(integrand->params, end)) / 2;
    double q = (type->survival(integrand->params, a) + type->survival(integrand->params, end)) / 2;
    *middle = type->quantile(integrand->params, p, q);
    return *middle > a && *middle < b;
}

enum { LOWER_PIECES = 54, UPPER_PIECES = 330, MOST_OPEN = 60 };

/* The integral from a to b, in as many pieces as the rule needs. */
static double integrate_piece(struct integrand *integrand, double a, double b)
{
    double ends[MOST_OPEN] = {b}; /* of the pieces still open, the nearest last */
    size_t open = 1;
    double total = 0;
    while (open > 0) {
        double end = ends[open - 1];
        double result;
        double middle;
        if (!apply_rule(integrand, a, end, &result) && open < MOST_OPEN &&
            halve(integrand, a, end, &middle)) {
            ends[open++] = middle;
            continue;
        }
        total += result;
        a = end;
        open--;
    }
    return total;
}

/* The integral over [from, to], up to the quantile 1 - 2^-330 where `to` is beyond. */
static double integrate(struct integrand *integrand, double from, double to)
{
    double total = 0;
    double a = from;
    for (int k = -LOWER_PIECES; k <= UPPER_PIECES && a < to; k++) {
        double p = k < 0 ? ldexp(1, k) : 1 - ldexp(1, -k - 1);
        double q = k < 0 ? 1 - p : ldexp(1, -k - 1);
        double b = fmin(integrand->type->quantile(integrand->params, p, q), to);
        if (!(b > a))
            continue;
        double piece = integrate_piece(integrand, a, b);
        total += piece;
        integrand->scale = fmax(integrand->scale, total);
        a = b;
        if (k > 0 && piece < 1e-17 * total)
            break;
    }
    return total;
}

static double survival_at(double x, const struct integrand *integrand)
{
    return integrand->type->survival(integrand->params, x);
}

double dist_integrate_survival(const struct dist_type *type, const void *params, double to)
{
    struct integrand integrand = {.type = type, .params = params, .value = survival_at};
    integrand.scale = fmin(type->quantile(params, 0.5, 0.5), to) / 2;
    return integrate(&integrand, 0, to);
}

/* Of E[(X - c)^2]: 2 (x - c) P(X > x) right of c, 2 (c - x) P(X <= x) left of it. */
static double spread_at(double x, const struct integrand *integrand)
{
    double away = x - integrand->centre;
    return away > 0 ? 2 * away * integrand->type->survival(integrand->params, x)
                    : -2 * away * integrand->type->cdf(integrand->params, x);
}

double dist_integrate_spread(const struct dist_type *type, const void *params, double centre)
{
    struct integrand integrand = {
        .type = type, .params = params, .value = spread_at, .centre = centre};
    double low = type->quantile(params, 0.25, 0.75) - centre;
    double high = type->quantile(params, 0.75, 0.25) - centre;
    integrand.scale = fmax(low * low, high * high) / 4;
    return integrate(&integrand, 0, centre) + integrate(&integrand, centre, (double)INFINITY);
}

/* ---- maximum ---- */

static double log_probability(const struct dist *dist, double x)
{
    return dist_log_p(dist_cdf(dist, x), dist_survival(dist, x));
}

static double log_survival(const struct dist *dist, double x)
{
    return dist_log_q(dist_cdf(dist, x), dist_survival(dist, x));
}

static double maximum_quantile(const void *params, double p, double q)
{
    const struct extreme_params *e = params;
    return quantile_of_max(&e->dist, e->n, p, q);
}

static double maximum_cdf(const void *params, double x)
{
    const struct extreme_params *e = params;
    return exp((double)e->n * log_probability(&e->dist, x));
}

static double maximum_survival(const void *params, double x)
{
    const struct extreme_params *e = params;
    return -expm1((double)e->n * log_probability(&e->dist, x));
}

/* Serves the quadrature below only: no scenario or program holds a maximum as a distribution. */
static const struct dist_type maximum_type = {
    .quantile = maximum_quantile,
    .cdf = maximum_cdf,
    .survival = maximum_survival,
};

double dist_mean_max(const struct dist *dist, uint64_t n)
{
    assert(n >= 1);
    double mean = dist_mean(dist);
    if (n == 1)
        return mean;
    struct extreme_params params = {.dist = *dist, .n = n};
    double end = maximum_quantile(&params, 1, ldexp(1, -UPPER_PIECES));
    /* Beyond, 1 - F^n is n (1 - F): what a heavy tail still holds there is not negligible. */
    double tail = mean - dist_mean_below(dist, end);
    return dist_integrate_survival(&maximum_type, &params, end) +
           (tail > 1e-14 * mean ? (double)n * tail : 0);
}

/* ---- minimum ---- */

static double minimum_quantile(const void *params, double p, double q)
{
    const struct extreme_params *e = params;
    return dist_quantile_of_min(&e->dist, e->n, p, q);
}

static double minimum_cdf(const void *params, double x)
{
    const struct extreme_params *e = params;
    return -expm1((double)e->n * log_survival(&e->dist, x));
}

static double minimum_survival(const void *params, double x)
{
    const struct extreme_params *e = params;
    return exp((double)e->n * log_survival(&e->dist, x));
}

static double minimum_mean(const void *params)
{
    return ((const struct extreme_params *)params)->mean;
}

static double minimum_variance(const void *params)
{
    return ((const struct extreme_params *)params)->variance;
}

static double minimum_mean_below(const void *params, double a);

static const struct dist_type minimum_type = {
    .variant =
        {
            .name = "minimum",
            .help = "Smallest of n independent values.",
            .size = sizeof(struct extreme_params),
        },
    .quantile = minimum_quantile,
    .cdf = minimum_cdf,
    .survival = minimum_survival,
    .mean = minimum_mean,
    .variance = minimum_variance,
    .mean_below = minimum_mean_below,
};

static double minimum_mean_below(const void *params, double a)
{
    return dist_integrate_survival(&minimum_type, params, a);
}

struct dist dist_minimum(struct arena *arena, const struct dist *dist, uint64_t n)
{
    assert(n >= 1);
    double value;
    if (n == 1 || dist_is_constant(dist, &value))
        return *dist;
    /* The two usual laws of life times are closed under minima, and faster so. */
    if (dist_type(dist) == &dist_exponential_type)
        return dist_exponential(arena, dist_mean(dist) / (double)n);
    if (dist_type(dist) == &dist_weibull_type) {
        struct dist_weibull_params *weibull = arena_alloc(arena, 1, sizeof *weibull);
        *weibull = *(const struct dist_weibull_params *)dist->of.params;
        double factor = pow((double)n, -weibull->inverse_shape);
        weibull->mean *= factor;
        weibull->scale *= factor;
        return (struct dist){{&dist_weibull_type.variant, weibull}};
    }
    struct extreme_params *params = arena_alloc(arena, 1, sizeof *params);
    params->dist = *dist;
    params->n = n;
    params->mean = dist_integrate_survival(&minimum_type, params, (double)INFINITY);
    params->variance = dist_integrate_spread(&minimum_type, params, params->mean);
    return (struct dist){{&minimum_type.variant, params}};
}
