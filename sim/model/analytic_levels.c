// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Two levels of checkpoints under exponential failures: a Markov chain over the segments of a
 * pattern, solved from its end.
 */
#include <assert.h>
#include <math.h>

#include "model/analytic_levels.h"

/* A mean as it depends on that of the whole pattern, which it may lead back to: of + back E. */
struct part {
    double of_s, back;
};

/*
 * From the start of a segment of which s seconds are exposed, when the rest of the pattern takes
 * `rest`. A failure leads to D and then, by its type, to a recovery from level 1 and this segment
 * again, or to one from level 2, which nothing but a recovery from level 2 follows, and the pattern
 * again.
 */
static struct part segment(const struct analytic_levels *levels, double s, struct part rest)
{
    double rate = levels->rate[0] + levels->rate[1];
    double far = levels->rate[1] / rate;
    double near = levels->rate[0] / rate;
    double far_s = (1 / rate + levels->downtime_s) * expm1(rate * levels->restore_s[1]);
    double fails = -expm1(-rate * s);
    double fails_again = -expm1(-rate * levels->restore_s[0]);
    /* What one failure costs, but for what follows it. */
    double failure_s = 1 / rate + levels->downtime_s + far * far_s;
    /* From the start of a recovery from level 1, which may fail: h_s + h_back E + h_seg E_i. */
    double odds = 1 / (1 - fails_again * near);
    double h_s = odds * fails_again * failure_s;
    double h_back = odds * fails_again * far;
    double h_segment = odds * (1 - fails_again);
    double scale = 1 / (1 - fails * near * h_segment);
    return (struct part){
        .of_s = scale * (fails * (failure_s + near * h_s) + (1 - fails) * rest.of_s),
        .back = scale * (fails * (far + near * h_back) + (1 - fails) * rest.back),
    };
}

double analytic_pattern_s(const struct analytic_levels *levels, uint64_t n, double interval_s,
                          double last_s)
{
    assert(n > 0);
    double rate = levels->rate[0] + levels->rate[1];
    double cost_s = levels->cost_s[0];
    if (!(rate > 0))
        return (double)(n - 1) * (interval_s + cost_s) + last_s + cost_s + levels->cost_s[1];
    struct part part = segment(levels, last_s + cost_s + levels->cost_s[1], (struct part){0, 0});
    for (uint64_t i = 1; i < n; i++)
        part = segment(levels, interval_s + cost_s, part);
    return part.of_s / (1 - part.back);
}

struct analytic_pattern analytic_first_order_pattern(const struct analytic_levels *levels)
{
    double n = sqrt(levels->rate[0] * levels->cost_s[1] / (levels->rate[1] * levels->cost_s[0]));
    double work_s = sqrt(2 * (n * levels->cost_s[0] + levels->cost_s[1]) /
                         (levels->rate[0] / n + levels->rate[1]));
    return (struct analytic_pattern){
        .n = n,
        .interval_s = work_s / n,
        .overhead = sqrt(2 * levels->rate[0] * levels->cost_s[0]) +
                    sqrt(2 * levels->rate[1] * levels->cost_s[1]),
    };
}

static double overhead(const struct analytic_levels *levels, uint64_t n, double interval_s)
{
    double work_s = (double)n * interval_s;
    return analytic_pattern_s(levels, n, interval_s, interval_s) / work_s - 1;
}

/* Golden sections of the logarithm of the interval, around the first guess. */
static struct analytic_pattern best_interval(const struct analytic_levels *levels, uint64_t n)
{
    static const double GOLDEN = 0.61803398874989485;
    double work_s = sqrt(2 * ((double)n * levels->cost_s[0] + levels->cost_s[1]) /
                         (levels->rate[0] / (double)n + levels->rate[1]));
    double low = log(work_s / (double)n / 20);
    double high = low + log(400);
    double a = high - GOLDEN * (high - low);
    double b = low + GOLDEN * (high - low);
    double at_a = overhead(levels, n, exp(a));
    double at_b = overhead(levels, n, exp(b));
    while (high - low > 1e-9) {
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - GOLDEN * (high - low);
            at_a = overhead(levels, n, exp(a));
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + GOLDEN * (high - low);
            at_b = overhead(levels, n, exp(b));
        }
    }
    return (struct analytic_pattern){(double)n, exp(low), overhead(levels, n, exp(low))};
}

struct analytic_pattern analytic_best_pattern(const struct analytic_levels *levels)
{
    double guess = fmax(floor(analytic_first_order_pattern(levels).n), 1);
    struct analytic_pattern best = best_interval(levels, (uint64_t)guess);
    for (int step = -1; step <= 1; step += 2)
        for (;;) {
            double n = best.n + step;
            if (n < 1)
                break;
            struct analytic_pattern next = best_interval(levels, (uint64_t)n);
            if (!(next.overhead < best.overhead))
                break;
            best = next;
        }
    return best;
}

double analytic_best_interval_of_pattern_s(const struct analytic_levels *levels, uint64_t n)
{
    return best_interval(levels, n).interval_s;
}
