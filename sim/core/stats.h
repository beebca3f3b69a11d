// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Statistics of results. Two kinds of accumulators, as in every textbook:
 * struct tally for observations (a duration, a count), struct time_average for
 * levels that hold for a time (a queue length). Both merge, so that workers
 * can be combined; merging in index order keeps results independent of the
 * number of threads.
 */
#ifndef CORE_STATS_H
#define CORE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Compensated sum: what each addition rounds off is kept (two-sum, Knuth, TAOCP
 * 2, 4.2.2) and added at the end. Error of a few ulps of the result when all
 * terms have one sign. No branch, so that it costs next to nothing.
 */
struct sum {
    double high;
    double low;
};

static inline void sum_add(struct sum *sum, double x)
{
    double high = sum->high + x;
    double part = high - sum->high;
    sum->low += (sum->high - (high - part)) + (x - part);
    sum->high = high;
}

static inline double sum_value(const struct sum *sum)
{
    return sum->high + sum->low;
}

/* Mean and variance of observations in one pass (Welford 1962). Zeroed memory is empty. */
struct tally {
    uint64_t n;
    double mean;
    double m2; /* sum of squared deviations */
    double min;
    double max;
};

void tally_add(struct tally *tally, double x);
/* As n observations of the same value. */
void tally_add_n(struct tally *tally, double x, uint64_t n);
/* As if all of `other` had been added too (Chan, Golub and LeVeque 1979). */
void tally_merge(struct tally *tally, const struct tally *other);
/* Sample variance (n - 1) and its root; NaN for fewer than two observations. */
double tally_variance(const struct tally *tally);
double tally_sd(const struct tally *tally);
/* Half-width of the 95 % Student-t interval of the mean; NaN for fewer than two. */
double tally_half_width(const struct tally *tally);

/* t with P(|T| <= t) = level for T of Student's law with df >= 1 degrees of freedom. */
double stats_student_t(double level, double df);

/* Time-weighted average of a level. */
struct time_average {
    double since_s; /* when the level was last set */
    double level;
    struct sum area; /* level times seconds, up to since_s */
    double start_s;
};

void time_average_start(struct time_average *average, double now_s, double level);
void time_average_set(struct time_average *average, double now_s, double level);
/* Average from the start until now; NaN when no time has passed. */
double time_average_value(const struct time_average *average, double now_s);
/* Combines averages over disjoint spans (of other replications): areas and lengths add. */
void time_average_merge(struct time_average *average, double now_s,
                        const struct time_average *other, double other_now_s);

/*
 * Ratio of means over replications, r = sum x_i / sum n_i (mean per event when
 * x_i is the sum over the n_i events of replication i), with the delta-method
 * half-width at 95 %. *ratio is NaN when sum n_i = 0; *half_width is NaN when
 * there are fewer than two replications.
 */
void stats_ratio(const double *x, const double *n, size_t replications, double *ratio,
                 double *half_width);

/* Sorts ascending in place; no NaN allowed. */
void stats_sort(double *values, size_t n);
/* Rank of the quantile p in [0, 1] among n > 0 values: ceil(n p), at least 1. */
uint64_t stats_rank(uint64_t n, double p);
/*
 * Quantile p of n > 0 ascending values: the order statistic of that rank. (An
 * interpolating rule would be biased next to an atom, which makespans have.)
 */
double stats_quantile(const double *sorted, size_t n, double p);
/*
 * Distribution-free interval of the quantile, at 95 % or a little more: order
 * statistics X(l), X(u) with l and u - 1 the 2.5 % and 97.5 % quantiles of
 * Bin(n, p). Ranks count from 1. False, and no ranks, when n is too small for
 * one (l would be 0, or u above n). A few microseconds: keep the ranks when
 * many quantities have the same n.
 */
bool stats_quantile_ranks(size_t n, double p, size_t *lower, size_t *upper);

/*
 * Smallest n, at least 2, such that the mean of n observations with this sd
 * has the half-width wanted, at 95 %: advice for messages.
 */
uint64_t stats_replications_for(double sd, double half_width);

#endif
