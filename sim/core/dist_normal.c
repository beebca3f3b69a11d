// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The normal family: lognormal, and the normal truncated at 0.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>

#include "core/dist_laws.h"

/* The z with P(Z <= z) = p for a standard normal Z; q = 1 - p. */
static double standard_quantile(double p, double q)
{
    return p <= q ? gsl_cdf_ugaussian_Pinv(p) : gsl_cdf_ugaussian_Qinv(q);
}

/* ---- lognormal: log X is normal with mean m and standard deviation sigma ---- */

struct lognormal_params {
    double mean;
    double sigma;
    double median;
    double p99;
    double m;
};

static double lognormal_z(const struct lognormal_params *n, double x)
{
    return (log(x) - n->m) / n->sigma;
}

static double lognormal_quantile(const void *params, double p, double q)
{
    const struct lognormal_params *n = params;
    return exp(n->m + n->sigma * standard_quantile(p, q));
}

static double lognormal_cdf(const void *params, double x)
{
    return x > 0 ? gsl_cdf_ugaussian_P(lognormal_z(params, x)) : 0;
}

static double lognormal_survival(const void *params, double x)
{
    return x > 0 ? gsl_cdf_ugaussian_Q(lognormal_z(params, x)) : 1;
}

static double lognormal_mean(const void *params)
{
    return ((const struct lognormal_params *)params)->mean;
}

static double lognormal_variance(const void *params)
{
    const struct lognormal_params *n = params;
    return n->mean * n->mean * expm1(n->sigma * n->sigma);
}

/* mean Phi(z - sigma) + a Phi(-z), z = (log a - m) / sigma. */
static double lognormal_mean_below(const void *params, double a)
{
    const struct lognormal_params *n = params;
    if (a <= 0)
        return 0;
    double z = lognormal_z(n, a);
    return n->mean * gsl_cdf_ugaussian_P(z - n->sigma) + a * gsl_cdf_ugaussian_Q(z);
}

/* What the scenario gave: mean and sigma, or median and p99; the other pair follows. */
static bool lognormal_prepare(void *params, const struct field_context *context)
{
    struct lognormal_params *n = params;
    bool by_mean = !isnan(n->mean) && !isnan(n->sigma);
    bool by_median = !isnan(n->median) && !isnan(n->p99);
    int given = !isnan(n->mean) + !isnan(n->sigma) + !isnan(n->median) + !isnan(n->p99);
    if (given != 2 || (!by_mean && !by_median))
        return err_add(context->err, context->pointer,
                       "a lognormal needs mean and sigma, or median and p99, and nothing else");
    if (by_median && !(n->p99 > n->median)) {
        char p99[UNITS_TEXT];
        char median[UNITS_TEXT];
        return err_add(context->err, arena_format(context->arena, "%s/p99", context->pointer),
                       "%s: must be above the median, %s",
                       units_write(n->p99, context->dimension, 6, p99),
                       units_write(n->median, context->dimension, 6, median));
    }
    if (by_mean) {
        n->m = log(n->mean) - n->sigma * n->sigma / 2;
        n->median = exp(n->m);
        n->p99 = lognormal_quantile(n, 0.99, 0.01);
    } else {
        n->m = log(n->median);
        n->sigma = log(n->p99 / n->median) / gsl_cdf_ugaussian_Qinv(0.01);
        n->mean = n->median * exp(n->sigma * n->sigma / 2);
    }
    return true;
}

static const struct field lognormal_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct lognormal_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .help = "Mean; give it with sigma.",
        .witness = "batch-cluster.json /failures/0/repair/mean=\"10 d\"",
    },
    {
        .key = "sigma",
        .kind = FIELD_REAL,
        .offset = offsetof(struct lognormal_params, sigma),
        .min = 0,
        .max = 10,
        .above_min = true,
        .help = "Standard deviation of the natural logarithm.",
        .witness = "batch-cluster.json /failures/0/repair/sigma=0.5",
    },
    {
        .key = "median",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct lognormal_params, median),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .help = "Median; give it with p99 instead of mean and sigma.",
        .witness = "batch-laws.json /failures/5/time_to_failure/median=\"20 d\"",
    },
    {
        .key = "p99",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct lognormal_params, p99),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .help = "What 99 of 100 values do not exceed, above the median.",
        .witness = "batch-laws.json /failures/5/time_to_failure/p99=\"50 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_lognormal_type = {
    .variant =
        {
            .name = "lognormal",
            .help = "Products of many small effects: repair times, latencies of storage.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 14",
            .size = sizeof(struct lognormal_params),
            .fields = lognormal_fields,
            .prepare = lognormal_prepare,
        },
    .quantile = lognormal_quantile,
    .cdf = lognormal_cdf,
    .survival = lognormal_survival,
    .mean = lognormal_mean,
    .variance = lognormal_variance,
    .mean_below = lognormal_mean_below,
};

/*
 * ---- normal, truncated at 0 ----
 *
 * X = mu + sigma Z given X >= 0, that is Z >= a = -mu / sigma. The scenario
 * gives mean and standard deviation of X itself, not of the normal before it
 * was cut, so that a mean is what it says; where the cut takes nothing
 * (mean above 8 standard deviations) the two are the same.
 */
struct normal_params {
    double mean;
    double sd;
    double a;
    double mu;
    double sigma;
    double cut;  /* P(Z < a) */
    double kept; /* P(Z >= a) */
};

static double density_above_cut(double h, void *a)
{
    return gsl_ran_ugaussian_pdf(*(const double *)a + h);
}

/*
 * P(a <= Z <= a + h), h >= 0. Close to the cut the difference of two cdf has
 * no digits left, but the density is so smooth there that quadrature has all.
 */
static double mass_above_cut(const struct normal_params *n, double h)
{
    double below = gsl_cdf_ugaussian_P(n->a + h);
    if (below >= 2 * n->cut)
        return below - n->cut;
    double a = n->a;
    gsl_function density = {density_above_cut, &a};
    double mass;
    double unused[3];
    gsl_integration_qk15(&density, 0, h, &mass, &unused[0], &unused[1], &unused[2]);
    return mass;
}

static double normal_quantile(const void *params, double p, double q)
{
    const struct normal_params *n = params;
    double mass = p * n->kept;
    double h = standard_quantile(n->cut + mass, q * n->kept) - n->a;
    /* This difference, too, loses digits close to the cut; a step of Newton brings them back. */
    if (mass < n->cut && p < 0.5) {
        if (mass < 1e-8 * n->cut)
            h = mass / gsl_ran_ugaussian_pdf(n->a);
        h -= (mass_above_cut(n, fmax(h, 0)) - mass) / gsl_ran_ugaussian_pdf(n->a + h);
    }
    return n->sigma * h;
}

static double normal_cdf(const void *params, double x)
{
    const struct normal_params *n = params;
    return mass_above_cut(n, x / n->sigma) / n->kept;
}

static double normal_survival(const void *params, double x)
{
    const struct normal_params *n = params;
    return gsl_cdf_ugaussian_Q(n->a + x / n->sigma) / n->kept;
}

static double normal_mean(const void *params)
{
    return ((const struct normal_params *)params)->mean;
}

static double normal_variance(const void *params)
{
    const struct normal_params *n = params;
    return n->sd * n->sd;
}

/* E[X; X <= x] + x P(X > x), with the integral of t phi(t) = -phi(t)' over the mass. */
static double normal_mean_below(const void *params, double x)
{
    const struct normal_params *n = params;
    double h = x / n->sigma;
    double inside = n->mu * mass_above_cut(n, h) +
                    n->sigma * (gsl_ran_ugaussian_pdf(n->a) - gsl_ran_ugaussian_pdf(n->a + h));
    return inside / n->kept + x * normal_survival(n, x);
}

/* Standard deviation over mean of a normal truncated at its z = a. */
static double truncated_scatter(double a)
{
    double hazard = gsl_ran_ugaussian_pdf(a) / gsl_cdf_ugaussian_Q(a);
    return sqrt(1 - hazard * (hazard - a)) / (hazard - a);
}

/* The mean of X is sigma (h - a) with the hazard h = phi(a) / P(Z >= a); the ratio fixes a. */
static bool normal_prepare(void *params, const struct field_context *context)
{
    struct normal_params *n = params;
    double ratio = n->sd / n->mean;
    if (!(ratio <= 0.75)) { /* 0.7555 when mu = 0 */
        char sd[UNITS_TEXT];
        err_add(context->err, arena_format(context->arena, "%s/sd", context->pointer),
                "%s: must be at most 0.75 of the mean",
                units_write(n->sd, context->dimension, 6, sd));
        err_hint(context->err, "values so scattered above 0 are not near normal; try gamma or "
                               "weibull");
        return false;
    }
    double low = -1 / ratio; /* the scatter rises with a, and is below -1/a */
    double high = 0;
    for (int halving = 0; halving < 64; halving++) {
        double middle = (low + high) / 2;
        if (truncated_scatter(middle) > ratio)
            high = middle;
        else
            low = middle;
    }
    n->a = low;
    n->cut = gsl_cdf_ugaussian_P(n->a);
    n->kept = gsl_cdf_ugaussian_Q(n->a);
    n->sigma = n->mean / (gsl_ran_ugaussian_pdf(n->a) / n->kept - n->a);
    n->mu = -n->a * n->sigma;
    return true;
}

static const struct field normal_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct normal_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean of the values, after truncation.",
        .witness = "batch-laws.json /failures/7/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "sd",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct normal_params, sd),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Standard deviation of the values, after truncation; at most 0.75 of the mean.",
        .witness = "batch-laws.json /failures/7/time_to_failure/sd=\"1 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_normal_type = {
    .variant =
        {
            .name = "normal",
            .help = "Sums of many small effects, truncated at 0: durations of equal pieces of "
                    "work.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 13, section 10.1",
            .size = sizeof(struct normal_params),
            .fields = normal_fields,
            .prepare = normal_prepare,
        },
    .quantile = normal_quantile,
    .cdf = normal_cdf,
    .survival = normal_survival,
    .mean = normal_mean,
    .variance = normal_variance,
    .mean_below = normal_mean_below,
};
