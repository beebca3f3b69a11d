// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The simplest laws: constant, uniform, Pareto.
 */
#include "core/dist_laws.h"

/* ---- constant ---- */

static double constant_value(const void *params)
{
    return ((const struct dist_constant_params *)params)->value;
}

static double constant_quantile(const void *params, double p, double q)
{
    (void)p, (void)q;
    return constant_value(params);
}

static double constant_cdf(const void *params, double x)
{
    return x >= constant_value(params) ? 1 : 0;
}

static double constant_survival(const void *params, double x)
{
    return x >= constant_value(params) ? 0 : 1;
}

static double constant_variance(const void *params)
{
    (void)params;
    return 0;
}

static double constant_mean_below(const void *params, double a)
{
    return fmin(a, constant_value(params));
}

static const struct field constant_fields[] = {
    {
        .key = "value",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct dist_constant_params, value),
        .min = 0,
        .max = 1e30,
        .required = true,
        .help = "The value, always.",
        .witness = "batch-laws.json /failures/0/time_to_failure/value=\"15 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_constant_type = {
    .variant =
        {
            .name = "constant",
            .help = "Always the same value; a quantity alone means this.",
            .size = sizeof(struct dist_constant_params),
            .fields = constant_fields,
        },
    .quantile = constant_quantile,
    .cdf = constant_cdf,
    .survival = constant_survival,
    .mean = constant_value,
    .variance = constant_variance,
    .mean_below = constant_mean_below,
};

/* ---- uniform ---- */

struct uniform_params {
    double low;
    double high;
};

static double uniform_quantile(const void *params, double p, double q)
{
    const struct uniform_params *u = params;
    double width = u->high - u->low;
    return p <= q ? u->low + p * width : u->high - q * width;
}

static double uniform_cdf(const void *params, double x)
{
    const struct uniform_params *u = params;
    return fmin(fmax(x - u->low, 0) / (u->high - u->low), 1);
}

static double uniform_survival(const void *params, double x)
{
    const struct uniform_params *u = params;
    return fmin(fmax(u->high - x, 0) / (u->high - u->low), 1);
}

static double uniform_mean(const void *params)
{
    const struct uniform_params *u = params;
    return (u->low + u->high) / 2;
}

static double uniform_variance(const void *params)
{
    const struct uniform_params *u = params;
    return (u->high - u->low) * (u->high - u->low) / 12;
}

static double uniform_mean_below(const void *params, double a)
{
    const struct uniform_params *u = params;
    double inside = fmin(fmax(a - u->low, 0), u->high - u->low);
    return fmin(a, u->low) + inside * (1 - inside / (u->high - u->low) / 2);
}

static bool uniform_prepare(void *params, const struct field_context *context)
{
    const struct uniform_params *u = params;
    if (u->high > u->low)
        return true;
    char low[UNITS_TEXT];
    char high[UNITS_TEXT];
    const char *pointer = arena_format(context->arena, "%s/high", context->pointer);
    err_add(context->err, pointer, "%s: must be above low, %s",
            units_write(u->high, context->dimension, 6, high),
            units_write(u->low, context->dimension, 6, low));
    err_hint(context->err, "a quantity alone is a constant");
    return false;
}

static const struct field uniform_fields[] = {
    {
        .key = "low",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct uniform_params, low),
        .min = 0,
        .max = 1e30,
        .required = true,
        .help = "Smallest value.",
        .witness = "batch-laws.json /failures/1/time_to_failure/low=\"2 d\"",
    },
    {
        .key = "high",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct uniform_params, high),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Largest value, above `low`; the mean is half-way between them.",
        .witness = "batch-laws.json /failures/1/time_to_failure/high=\"50 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_uniform_type = {
    .variant =
        {
            .name = "uniform",
            .help = "Any value between two bounds is as likely as any other.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 2 (1995), chapter 26",
            .size = sizeof(struct uniform_params),
            .fields = uniform_fields,
            .prepare = uniform_prepare,
        },
    .quantile = uniform_quantile,
    .cdf = uniform_cdf,
    .survival = uniform_survival,
    .mean = uniform_mean,
    .variance = uniform_variance,
    .mean_below = uniform_mean_below,
};

/* ---- Pareto, type I: P(X > x) = (smallest / x)^shape for x >= smallest ---- */

struct pareto_params {
    double mean;
    double shape;
    double smallest;
};

static double pareto_quantile(const void *params, double p, double q)
{
    const struct pareto_params *t = params;
    return t->smallest * exp(-dist_log_q(p, q) / t->shape);
}

static double pareto_cdf(const void *params, double x)
{
    const struct pareto_params *t = params;
    return x > t->smallest ? -expm1(-t->shape * log(x / t->smallest)) : 0;
}

static double pareto_survival(const void *params, double x)
{
    const struct pareto_params *t = params;
    return x > t->smallest ? pow(t->smallest / x, t->shape) : 1;
}

static double pareto_mean(const void *params)
{
    return ((const struct pareto_params *)params)->mean;
}

static double pareto_variance(const void *params)
{
    const struct pareto_params *t = params;
    if (t->shape <= 2)
        return (double)INFINITY;
    return t->mean * t->mean / (t->shape * (t->shape - 2));
}

static double pareto_mean_below(const void *params, double a)
{
    const struct pareto_params *t = params;
    if (a <= t->smallest)
        return a;
    double power = t->shape - 1;
    return t->smallest * (1 - expm1(-power * log(a / t->smallest)) / power);
}

static bool pareto_prepare(void *params, const struct field_context *context)
{
    (void)context;
    struct pareto_params *t = params;
    t->smallest = t->mean * (t->shape - 1) / t->shape;
    return true;
}

static const struct field pareto_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct pareto_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean; no value is below mean (shape - 1) / shape.",
        .witness = "batch-laws.json /failures/6/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "shape",
        .kind = FIELD_REAL,
        .offset = offsetof(struct pareto_params, shape),
        .min = 1,
        .max = 1000,
        .above_min = true,
        .required = true,
        .help = "Tail index; up to 2 the variance is infinite, and so are half-widths in truth.",
        .witness = "batch-laws.json /failures/6/time_to_failure/shape=3",
    },
    {.key = NULL},
};

const struct dist_type dist_pareto_type = {
    .variant =
        {
            .name = "pareto",
            .help = "Few huge values among many small ones: Pareto of the first kind, with a "
                    "smallest value and P(X > x) falling as x^-shape.",
            .source = "Johnson, Kotz and Balakrishnan, vol. 1 (1994), chapter 20",
            .size = sizeof(struct pareto_params),
            .fields = pareto_fields,
            .prepare = pareto_prepare,
        },
    .quantile = pareto_quantile,
    .cdf = pareto_cdf,
    .survival = pareto_survival,
    .mean = pareto_mean,
    .variance = pareto_variance,
    .mean_below = pareto_mean_below,
};
