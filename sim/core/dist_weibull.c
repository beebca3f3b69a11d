// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The laws of life times: exponential and Weibull. Simulations draw little
 * else, so their quantiles cost one logarithm and at most one power.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "core/dist_laws.h"

/* ---- exponential ---- */

static double exponential_mean(const void *params)
{
    return ((const struct dist_exponential_params *)params)->mean;
}

static double exponential_quantile(const void *params, double p, double q)
{
    return -exponential_mean(params) * dist_log_q(p, q);
}

static double exponential_cdf(const void *params, double x)
{
    return -expm1(-x / exponential_mean(params));
}

static double exponential_survival(const void *params, double x)
{
    return exp(-x / exponential_mean(params));
}

static double exponential_variance(const void *params)
{
    return exponential_mean(params) * exponential_mean(params);
}

static double exponential_mean_below(const void *params, double a)
{
    return exponential_mean(params) * exponential_cdf(params, a);
}

static const struct field exponential_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct dist_exponential_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean; the rate is one over it.",
        .witness = "batch-laws.json /failures/2/time_to_failure/mean=\"40 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_exponential_type = {
    .variant =
        {
            .name = "exponential",
            .help = "What happens next does not depend on the time passed: failures from many "
                    "independent causes, Poisson arrivals.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 19",
            .size = sizeof(struct dist_exponential_params),
            .fields = exponential_fields,
        },
    .quantile = exponential_quantile,
    .cdf = exponential_cdf,
    .survival = exponential_survival,
    .mean = exponential_mean,
    .variance = exponential_variance,
    .mean_below = exponential_mean_below,
};

/* ---- Weibull: P(X > x) = exp(-(x / scale)^shape) ---- */

static double weibull_quantile(const void *params, double p, double q)
{
    const struct dist_weibull_params *w = params;
    return w->scale * pow(-dist_log_q(p, q), w->inverse_shape);
}

static double weibull_cdf(const void *params, double x)
{
    const struct dist_weibull_params *w = params;
    return -expm1(-pow(x / w->scale, w->shape));
}

static double weibull_survival(const void *params, double x)
{
    const struct dist_weibull_params *w = params;
    return exp(-pow(x / w->scale, w->shape));
}

static double weibull_mean(const void *params)
{
    return ((const struct dist_weibull_params *)params)->mean;
}

/* scale^2 (G(1 + 2/k) - G(1 + 1/k)^2), which cancels for large shapes k. */
static double weibull_variance(const void *params)
{
    const struct dist_weibull_params *w = params;
    double log_ratio =
        gsl_sf_lngamma(1 + 2 * w->inverse_shape) - 2 * gsl_sf_lngamma(1 + w->inverse_shape);
    return w->mean * w->mean * expm1(log_ratio);
}

/* mean P(1/k, (a / scale)^k), P the regularised lower incomplete gamma function. */
static double weibull_mean_below(const void *params, double a)
{
    const struct dist_weibull_params *w = params;
    double y = pow(a / w->scale, w->shape);
    if (y < 1e-17) /* nothing of the law is below a; y itself may have underflowed */
        return a;
    return w->mean * gsl_cdf_gamma_P(y, w->inverse_shape, 1);
}

static bool weibull_prepare(void *params, const struct field_context *context)
{
    (void)context;
    struct dist_weibull_params *w = params;
    w->inverse_shape = 1 / w->shape;
    w->scale = w->mean / tgamma(1 + w->inverse_shape);
    return true;
}

static const struct field weibull_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct dist_weibull_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean; the scale is mean / Gamma(1 + 1/shape).",
        .witness = "batch-laws.json /failures/3/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "shape",
        .kind = FIELD_REAL,
        .offset = offsetof(struct dist_weibull_params, shape),
        .min = 0.05,
        .max = 1000,
        .required = true,
        .help = "Below 1 failures come early and in clusters, 1 is the exponential, above 1 "
                "parts wear out.",
        .source = "0.7 to 0.8 fits LANL's nodes: Schroeder and Gibson, DSN 2006",
        .witness = "batch-laws.json /failures/3/time_to_failure/shape=2",
    },
    {.key = NULL},
};

const struct dist_type dist_weibull_type = {
    .variant =
        {
            .name = "weibull",
            .help = "Times to failure of real machines, whose hazard falls (shape < 1) or rises "
                    "with age.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 21",
            .size = sizeof(struct dist_weibull_params),
            .fields = weibull_fields,
            .prepare = weibull_prepare,
        },
    .quantile = weibull_quantile,
    .cdf = weibull_cdf,
    .survival = weibull_survival,
    .mean = weibull_mean,
    .variance = weibull_variance,
    .mean_below = weibull_mean_below,
};
