// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Gamma, and Erlang as the gamma of whole shape. In the comments X is the
 * gamma variable of scale 1 and shape k.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>

#include "core/dist_laws.h"

struct gamma_params {
    double mean;
    double shape;
    double scale;
    double log_gamma; /* log Gamma(shape + 1) */
};

struct erlang_params {
    struct gamma_params gamma; /* first: the operations below serve both laws */
    uint64_t k;
};

static void derive_constants(struct gamma_params *g)
{
    g->scale = g->mean / g->shape;
    g->log_gamma = gsl_sf_lngamma(g->shape + 1);
}

/* A first guess of the quantile of X: Wilson and Hilferty (1931), or a bound from the right. */
static double guess_quantile(double k, double p, double q)
{
    if (k < 1 && p > q)
        return -log(q); /* X is stochastically smaller than an exponential */
    double z = p <= q ? gsl_cdf_ugaussian_Pinv(p) : gsl_cdf_ugaussian_Qinv(q);
    double root = fmax(1 - 1 / (9 * k) + z / (3 * sqrt(k)), 0);
    return k * root * root * root;
}

/*
 * Newton's method on log P(X <= x) or log P(X > x) as functions of log x. Both
 * are concave, because the density of log X is log-concave, so after its first
 * step Newton approaches the root from one side and cannot miss it: at most 8
 * steps over all shapes. (gsl_cdf_gamma_Pinv and Qinv fail for shapes of 0.1
 * and below, and lose the tails of shapes above 1000.)
 */
static double gamma_quantile(const void *params, double p, double q)
{
    const struct gamma_params *g = params;
    double k = g->shape;
    /* P(X <= x) = x^k / Gamma(k + 1) (1 - O(x)), from below. */
    double least = exp((dist_log_p(p, q) + g->log_gamma) / k);
    if (least < 1e-17)
        return g->scale * least;
    double x = fmax(guess_quantile(k, p, q), least);
    double step = 1;
    while (fabs(step) > 1e-9) {
        double mass = p <= q ? gsl_cdf_gamma_P(x, k, 1) : gsl_cdf_gamma_Q(x, k, 1);
        if (mass > 0) {
            double relative_slope = x * gsl_ran_gamma_pdf(x, k, 1) / mass;
            step = (p <= q ? log(p / mass) : log(mass / q)) / relative_slope;
            x = fmax(x * exp(step), least);
        } else {
            x = k + 0.9 * (x - k); /* a guess beyond the range of doubles, at 1e-130 and below */
        }
    }
    return g->scale * x;
}

static double gamma_cdf(const void *params, double x)
{
    const struct gamma_params *g = params;
    return gsl_cdf_gamma_P(x / g->scale, g->shape, 1);
}

static double gamma_survival(const void *params, double x)
{
    const struct gamma_params *g = params;
    return gsl_cdf_gamma_Q(x / g->scale, g->shape, 1);
}

static double gamma_mean(const void *params)
{
    return ((const struct gamma_params *)params)->mean;
}

static double gamma_variance(const void *params)
{
    const struct gamma_params *g = params;
    return g->mean * g->mean / g->shape;
}

/* mean P(X' <= a) + a P(X > a), X' of shape k + 1. */
static double gamma_mean_below(const void *params, double a)
{
    const struct gamma_params *g = params;
    return g->mean * gsl_cdf_gamma_P(a / g->scale, g->shape + 1, 1) + a * gamma_survival(g, a);
}

/* ---- gamma ---- */

static bool gamma_prepare(void *params, const struct field_context *context)
{
    (void)context;
    derive_constants(params);
    return true;
}

static const struct field gamma_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct gamma_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean; the scale is mean / shape.",
        .witness = "batch-laws.json /failures/4/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "shape",
        .kind = FIELD_REAL,
        .offset = offsetof(struct gamma_params, shape),
        .min = 0.05,
        .max = 1e4,
        .required = true,
        .help = "1 is the exponential; the squared coefficient of variation is 1 / shape.",
        .witness = "batch-laws.json /failures/4/time_to_failure/shape=4",
    },
    {.key = NULL},
};

const struct dist_type dist_gamma_type = {
    .variant =
        {
            .name = "gamma",
            .help = "From clusters (shape < 1) through the exponential (1) to a regular pulse "
                    "(large shape).",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 17",
            .size = sizeof(struct gamma_params),
            .fields = gamma_fields,
            .prepare = gamma_prepare,
        },
    .quantile = gamma_quantile,
    .cdf = gamma_cdf,
    .survival = gamma_survival,
    .mean = gamma_mean,
    .variance = gamma_variance,
    .mean_below = gamma_mean_below,
};

/* ---- Erlang ---- */

static bool erlang_prepare(void *params, const struct field_context *context)
{
    (void)context;
    struct erlang_params *e = params;
    e->gamma.shape = (double)e->k;
    derive_constants(&e->gamma);
    return true;
}

static const struct field erlang_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct erlang_params, gamma.mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean of the sum of all stages.",
        .witness = "batch-laws.json /failures/8/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "k",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct erlang_params, k),
        .min = 1,
        .max = 1e4,
        .required = true,
        .help = "Number of exponential stages; the squared coefficient of variation is 1 / k.",
        .witness = "batch-laws.json /failures/8/time_to_failure/k=10",
    },
    {.key = NULL},
};

const struct dist_type dist_erlang_type = {
    .variant =
        {
            .name = "erlang",
            .help = "Sum of k exponential stages of equal mean: work done in steps, repairs.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 17",
            .size = sizeof(struct erlang_params),
            .fields = erlang_fields,
            .prepare = erlang_prepare,
        },
    .quantile = gamma_quantile,
    .cdf = gamma_cdf,
    .survival = gamma_survival,
    .mean = gamma_mean,
    .variance = gamma_variance,
    .mean_below = gamma_mean_below,
};
