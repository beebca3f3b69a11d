// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Quantiles of laws that have none in closed form, from cdf and survival function.
 */
#include <float.h>

#include "core/dist_laws.h"

/* The quantile of a law that is looked for. */
struct target {
    const struct dist_type *type;
    const void *params;
    double p, q;
};

/* Negative left of the quantile, not negative from there on; about linear in log x in the tails. */
static double excess_at(const struct target *target, double x)
{
    const struct dist_type *type = target->type;
    return target->p <= target->q ? log(type->cdf(target->params, x) / target->p)
                                  : -log(type->survival(target->params, x) / target->q);
}

struct point {
    double x;
    double excess;
};

/*
 * Where, as a fraction of the way from a to b in log x, to look next: inverse
 * quadratic interpolation through a, b and the point c given up last, if
 * Chandrupatla's criterion trusts it, else half-way (Advances in Engineering
 * Software 28(3), 1997).
 */
static double next_fraction(struct point a, struct point b, struct point c)
{
    if (c.excess >= b.excess && c.excess <= b.excess)
        return 0.5;
    double xi = log(a.x / b.x) / log(c.x / b.x);
    double phi = (a.excess - b.excess) / (c.excess - b.excess);
    if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi))
        return 0.5;
    double alpha = log(c.x / a.x) / log(b.x / a.x);
    return a.excess / (b.excess - a.excess) * c.excess / (b.excess - c.excess) +
           alpha * a.excess / (c.excess - a.excess) * b.excess / (c.excess - b.excess);
}

/*
 * The smallest double at which the law reaches p, known to lie above
 * low.x and not above high.x. The bracket shrinks to two neighbours, so that
 * a point that holds mass of its own is hit exactly.
 */
static double close_in(const struct target *target, struct point low, struct point high)
{
    struct point a = high; /* the newest point; b is the other end, c the one before */
    struct point b = low;
    double fraction = 0.5;
    while (nextafter(low.x, high.x) < high.x) {
        double ulps = 4 * DBL_EPSILON / log(high.x / low.x);
        double x = low.x + (high.x - low.x) / 2;
        if (ulps < 0.5)
            x = a.x * pow(b.x / a.x, fmin(fmax(fraction, ulps), 1 - ulps));
        if (!(x > low.x && x < high.x))
            x = nextafter(low.x, high.x);
        struct point new = {x, excess_at(target, x)};
        bool same_side = (new.excess >= 0) == (a.x >= high.x);
        struct point c = same_side ? a : b;
        if (!same_side)
            b = a;
        a = new;
        *(new.excess >= 0 ? &high : &low) = new;
        fraction = next_fraction(a, b, c);
    }
    return high.x;
}

double dist_solve_quantile(const struct dist_type *type, const void *params, double p, double q,
                           double from, double to)
{
    struct target target = {type, params, p, q};
    struct point low = {from, excess_at(&target, from)};
    struct point high = {to, 0};
    if (low.excess >= 0)
        return low.x;
    if (low.x < 1e-300 * high.x) { /* the search is in log x */
        low.x = 1e-300 * high.x;
        low.excess = excess_at(&target, low.x);
        if (low.excess >= 0)
            return low.x;
    }
    high.excess = fmax(excess_at(&target, high.x), 0);
    return close_in(&target, low, high);
}
