// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Laws that are made of others: the hyperexponential of two branches, and the
 * mixture of any two distributions.
 */
#include "core/dist_laws.h"

/*
 * ---- hyperexponential, two branches with balanced means ----
 *
 * Branch i is taken with probability p_i and is exponential with mean m_i; each
 * contributes half of the mean, p_i m_i = mean / 2 (Whitt 1982, section 3).
 */
struct hyperexponential_params {
    double mean;
    double scv;
    double p[2]; /* the frequent branch first */
    double m[2];
};

static double hyperexponential_cdf(const void *params, double x)
{
    const struct hyperexponential_params *h = params;
    return -h->p[0] * expm1(-x / h->m[0]) - h->p[1] * expm1(-x / h->m[1]);
}

static double hyperexponential_survival(const void *params, double x)
{
    const struct hyperexponential_params *h = params;
    return h->p[0] * exp(-x / h->m[0]) + h->p[1] * exp(-x / h->m[1]);
}

static double hyperexponential_density(const struct hyperexponential_params *h, double x)
{
    return h->p[0] / h->m[0] * exp(-x / h->m[0]) + h->p[1] / h->m[1] * exp(-x / h->m[1]);
}

/*
 * Newton's method from the left on the cdf, or on -log of the survival
 * function for the upper half. Both are concave, so every step stays left of
 * the root and none can miss it.
 */
static double hyperexponential_quantile(const void *params, double p, double q)
{
    const struct hyperexponential_params *h = params;
    /* The survival function is above each branch's share of it. */
    double x = fmax(h->m[1] * log(h->p[1] / q), h->m[0] * log(h->p[0] / q));
    x = fmax(x, 0);
    double step;
    do {
        double density = hyperexponential_density(h, x);
        if (p <= q) {
            step = (p - hyperexponential_cdf(h, x)) / density;
        } else {
            double survival = hyperexponential_survival(h, x);
            step = log(survival / q) * survival / density;
        }
        x += step;
    } while (step > 1e-9 * x);
    return x;
}

static double hyperexponential_mean(const void *params)
{
    return ((const struct hyperexponential_params *)params)->mean;
}

static double hyperexponential_variance(const void *params)
{
    const struct hyperexponential_params *h = params;
    return h->scv * h->mean * h->mean;
}

static double hyperexponential_mean_below(const void *params, double a)
{
    const struct hyperexponential_params *h = params;
    return -h->mean / 2 * (expm1(-a / h->m[0]) + expm1(-a / h->m[1]));
}

static bool hyperexponential_prepare(void *params, const struct field_context *context)
{
    (void)context;
    struct hyperexponential_params *h = params;
    double imbalance = sqrt((h->scv - 1) / (h->scv + 1));
    h->p[0] = (1 + imbalance) / 2;
    h->p[1] = 1 / ((h->scv + 1) * (1 + imbalance)); /* (1 - imbalance) / 2 without cancellation */
    for (int i = 0; i < 2; i++)
        h->m[i] = h->mean / 2 / h->p[i];
    return true;
}

static const struct field hyperexponential_fields[] = {
    {
        .key = "mean",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct hyperexponential_params, mean),
        .min = 0,
        .max = 1e30,
        .above_min = true,
        .required = true,
        .help = "Mean.",
        .witness = "batch-laws.json /failures/9/time_to_failure/mean=\"40 d\"",
    },
    {
        .key = "scv",
        .kind = FIELD_REAL,
        .offset = offsetof(struct hyperexponential_params, scv),
        .min = 1,
        .max = 1e6,
        .above_min = true,
        .required = true,
        .help = "Squared coefficient of variation, variance / mean^2; the exponential has 1.",
        .witness = "batch-laws.json /failures/9/time_to_failure/scv=20",
    },
    {.key = NULL},
};

const struct dist_type dist_hyperexponential_type = {
    .variant =
        {
            .name = "hyperexponential",
            .help = "Many short and few long exponential times, with balanced means: repairs by "
                    "restart or by hand, bursts.",
            .source = "Whitt, Operations Research 30(1), 1982, section 3",
            .size = sizeof(struct hyperexponential_params),
            .fields = hyperexponential_fields,
            .prepare = hyperexponential_prepare,
        },
    .quantile = hyperexponential_quantile,
    .cdf = hyperexponential_cdf,
    .survival = hyperexponential_survival,
    .mean = hyperexponential_mean,
    .variance = hyperexponential_variance,
    .mean_below = hyperexponential_mean_below,
};

/* ---- mixture of two ---- */

struct mixture_params {
    double weight;
    struct dist first;
    struct dist second;
};

/* What the two parts contribute; a part without weight does not, even when it is infinite. */
static double weigh(const struct mixture_params *m, double first, double second)
{
    return (m->weight > 0 ? m->weight * first : 0) + (m->weight < 1 ? (1 - m->weight) * second : 0);
}

static double mixture_cdf(const void *params, double x)
{
    const struct mixture_params *m = params;
    return weigh(m, dist_cdf(&m->first, x), dist_cdf(&m->second, x));
}

static double mixture_survival(const void *params, double x)
{
    const struct mixture_params *m = params;
    return weigh(m, dist_survival(&m->first, x), dist_survival(&m->second, x));
}

static double mixture_quantile(const void *params, double p, double q)
{
    const struct mixture_params *m = params;
    double first = dist_type(&m->first)->quantile(m->first.of.params, p, q);
    double second = dist_type(&m->second)->quantile(m->second.of.params, p, q);
    /* The quantile of a mixture lies between those of its parts. */
    return dist_solve_quantile(&dist_mixture_type, params, p, q, fmin(first, second),
                               fmax(first, second));
}

static double mixture_mean(const void *params)
{
    const struct mixture_params *m = params;
    return weigh(m, dist_mean(&m->first), dist_mean(&m->second));
}

static double mixture_variance(const void *params)
{
    const struct mixture_params *m = params;
    double apart = dist_mean(&m->first) - dist_mean(&m->second);
    return weigh(m, dist_variance(&m->first), dist_variance(&m->second)) +
           m->weight * (1 - m->weight) * apart * apart;
}

static double mixture_mean_below(const void *params, double a)
{
    const struct mixture_params *m = params;
    return weigh(m, dist_mean_below(&m->first, a), dist_mean_below(&m->second, a));
}

static const struct field mixture_fields[] = {
    {
        .key = "weight",
        .kind = FIELD_REAL,
        .offset = offsetof(struct mixture_params, weight),
        .min = 0,
        .max = 1,
        .required = true,
        .help = "Probability of the first.",
        .witness = "batch-laws.json /failures/10/time_to_failure/weight=0.5",
    },
    {
        .key = "first",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct mixture_params, first),
        .types = &dist_union,
        .required = true,
        .help = "One distribution, or a constant.",
        .witness = "batch-laws.json /failures/10/time_to_failure/first=\"1 d\"",
    },
    {
        .key = "second",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_INHERIT,
        .offset = offsetof(struct mixture_params, second),
        .types = &dist_union,
        .required = true,
        .help = "The other, with probability 1 - weight.",
        .witness = "batch-laws.json /failures/10/time_to_failure/second=\"25 d\"",
    },
    {.key = NULL},
};

const struct dist_type dist_mixture_type = {
    .variant =
        {
            .name = "mixture",
            .help = "One distribution with a given probability, else another: most restarts from "
                    "a warm cache and some from a cold one.",
            .source = "Everitt and Hand, Finite Mixture Distributions, 1981",
            .size = sizeof(struct mixture_params),
            .fields = mixture_fields,
        },
    .quantile = mixture_quantile,
    .cdf = mixture_cdf,
    .survival = mixture_survival,
    .mean = mixture_mean,
    .variance = mixture_variance,
    .mean_below = mixture_mean_below,
};
