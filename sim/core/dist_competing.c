// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Competing causes: the smallest of independent values of several laws. The hazards of the laws add
 * up: early failures, a constant rate and wear together make the bathtub curve.
 */
#include "core/dist_laws.h"

struct competing_params {
    struct list of; /* of struct dist */
    double mean;
    double variance;
};

static const struct dist *laws_of(const struct competing_params *competing)
{
    return competing->of.items;
}

static double competing_survival(const void *params, double x)
{
    const struct competing_params *competing = params;
    double survival = 1;
    for (size_t i = 0; i < competing->of.n; i++)
        survival *= dist_survival(&laws_of(competing)[i], x);
    return survival;
}

static double competing_cdf(const void *params, double x)
{
    const struct competing_params *competing = params;
    double log_survival = 0;
    for (size_t i = 0; i < competing->of.n; i++)
        log_survival += dist_log_q(dist_cdf(&laws_of(competing)[i], x),
                                   dist_survival(&laws_of(competing)[i], x));
    return -expm1(log_survival);
}

/* As soon as the soonest law reaches p, no sooner than if all laws were like the soonest. */
static double competing_quantile(const void *params, double p, double q)
{
    const struct competing_params *competing = params;
    double low = (double)INFINITY;
    double high = (double)INFINITY;
    for (size_t i = 0; i < competing->of.n; i++) {
        const struct dist *law = &laws_of(competing)[i];
        low = fmin(low, dist_quantile_of_min(law, competing->of.n, p, q));
        high = fmin(high, dist_type(law)->quantile(law->of.params, p, q));
    }
    return dist_solve_quantile(&dist_competing_type, params, p, q, low, high);
}

static double competing_mean(const void *params)
{
    return ((const struct competing_params *)params)->mean;
}

static double competing_variance(const void *params)
{
    return ((const struct competing_params *)params)->variance;
}

static double competing_mean_below(const void *params, double a)
{
    return dist_integrate_survival(&dist_competing_type, params, a);
}

static bool competing_prepare(void *params, const struct field_context *context)
{
    struct competing_params *competing = params;
    double constant;
    double least = (double)INFINITY;
    if (competing->of.n < 2)
        return err_add(context->err, context->pointer, "at least two laws compete; here is %zu",
                       competing->of.n);
    bool all_constant = true;
    for (size_t i = 0; i < competing->of.n; i++) {
        if (dist_is_constant(&laws_of(competing)[i], &constant))
            least = fmin(least, constant);
        else
            all_constant = false;
    }
    competing->mean = all_constant
                          ? least
                          : dist_integrate_survival(&dist_competing_type, params, (double)INFINITY);
    competing->variance =
        all_constant ? 0 : dist_integrate_spread(&dist_competing_type, params, competing->mean);
    return true;
}

static const struct field competing_element = {
    .key = "law",
    .kind = FIELD_UNION,
    .dimension = DIMENSION_INHERIT,
    .types = &dist_union,
    .help = "A distribution, or a constant.",
};

static const struct field competing_fields[] = {
    {
        .key = "of",
        .kind = FIELD_LIST,
        .offset = offsetof(struct competing_params, of),
        .element = &competing_element,
        .element_size = sizeof(struct dist),
        .required = true,
        .help = "The laws, two or more.",
        .witness = "batch-bathtub.json /failures/0/time_to_failure/of="
                   "[{\"dist\":\"exponential\",\"mean\":\"400 d\"},{\"dist\":\"weibull\","
                   "\"mean\":\"900 d\",\"shape\":5}]",
    },
    {.key = NULL},
};

const struct dist_type dist_competing_type = {
    .variant =
        {
            .name = "minimum",
            .help = "The smallest of independent values, one of each law: competing causes. Early "
                    "failures, a constant rate and wear make the bathtub curve.",
            .source = "Barlow and Proschan, Mathematical Theory of Reliability, 1965",
            .size = sizeof(struct competing_params),
            .fields = competing_fields,
            .prepare = competing_prepare,
        },
    .quantile = competing_quantile,
    .cdf = competing_cdf,
    .survival = competing_survival,
    .mean = competing_mean,
    .variance = competing_variance,
    .mean_below = competing_mean_below,
};
