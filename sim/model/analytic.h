// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Closed forms: what theory says of a job that works, checkpoints, fails and
 * recovers. The program prints them beside the simulation, and the triggers
 * young, daly and optimal plan by them.
 *
 * The job is cut into segments of `interval_s` of useful work; a checkpoint
 * ends each. A failure costs a downtime and a recovery, and the segment begins
 * again. A failure during the recovery starts the downtime again (S7).
 *
 * - Exponential failures have no memory. Segments are then independent, and a
 *   phase enters only by how often it fails before it is got through once:
 *   e^(λd) - 1 for a constant duration d. Every exposure (S1), random durations
 *   and chains of deltas have exact means.
 * - Under any other law the clock runs through checkpoints and starts afresh
 *   only at a failure (S2). A recursion over the recovery line is exact when
 *   the exposed durations are constant.
 *
 * What neither covers is refused: a function that returns false has no number,
 * rather than an approximate one. The same holds for means beyond the largest
 * double.
 *
 * Notation of the papers: λ failure rate, M = 1/λ, T interval, C checkpoint
 * cost, R restore, D downtime. T is useful work and does not include C.
 */
#ifndef MODEL_ANALYTIC_H
#define MODEL_ANALYTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/dist.h"
#include "model/failure.h"
#include "model/recovery.h"

/* How long a phase takes, each time or on the average. All zero: it takes no time. */
struct analytic_duration {
    double mean_s;
    const struct dist *law; /* borrowed; NULL: always mean_s */
    uint64_t slowest_of;    /* with a law: the largest of so many independent draws */
    int on_retry;           /* enum on_retry: S3 */
};

struct analytic_duration analytic_constant(double duration_s);
/* The slowest of n >= 1 draws from a law; a constant when the law is one. */
struct analytic_duration analytic_random(const struct dist *law, uint64_t n, int on_retry);

struct analytic_job {
    const struct dist *law; /* time to failure of the whole job; NULL: it never fails */
    unsigned exposure;      /* enum exposure: S1; in other phases the clock stands still */
    int redraw;             /* enum redraw: S2 */
    bool failure_first;     /* S8: a failure at the instant of a completion comes before it */
    double work_s;          /* > 0 */
    double interval_s;      /* > 0; infinity: no checkpoint before the end */
    bool final_checkpoint;  /* S4 */
    struct analytic_duration cost;
    struct analytic_duration restore;  /* restart delay included */
    struct analytic_duration downtime; /* detection included */
    /*
     * What precedes the first work, exposed as a recovery is; S6 when that is
     * a recovery. A failure in it leads to an ordinary recovery.
     */
    struct analytic_duration start;
    /*
     * Every so many checkpoints one is a base, the others are deltas; a state of
     * j deltas restores in restore + j delta_restore. 0 and 1: all are bases.
     */
    uint64_t cycle;
    struct analytic_duration delta_cost;
    struct analytic_duration delta_restore;
};

/* Means, except `sd_s`. The five times add up to the makespan. */
struct analytic_answer {
    double makespan_s;
    double sd_s;     /* of the makespan of one run; NaN: not known */
    double waste;    /* 1 - work / mean makespan */
    double failures; /* those in recoveries and, where exposed, downtimes included */
    double start_time_s;
    double work_time_s; /* lost work included */
    double checkpoint_time_s;
    double recovery_time_s;
    double downtime_s;
    const char *source; /* static text: formula and assumptions */
};

/* Whether the law has no memory, whatever its name: Weibull of shape 1, for instance. */
bool analytic_is_exponential(const struct dist *law);

/* Mean makespan of a job and where the time goes. False: no closed form. */
bool analytic_makespan(const struct analytic_job *job, struct analytic_answer *answer);

/*
 * Useful work per elapsed second of a job without end (work_s, start and
 * final_checkpoint are not read); its inverse is the slowdown E/W of the
 * papers. By law: T sum_{j>=1} P(X >= R + j(T + C)) / (E[X] + D), the work
 * committed between two failures; relative error below 1e-9, but for laws with
 * jumps (empirical, constant) half a segment where more than 4000 are passed
 * between two failures. False: no closed form, or a law without a mean.
 */
bool analytic_useful_fraction(const struct analytic_job *job, double *fraction);

/*
 * The interval with the largest useful fraction (job->interval_s is not read).
 * Exact under exponential failures that strike work and checkpoints
 * (analytic_optimal_s), else by search. 0 when checkpoints cost nothing,
 * infinity without failures. False: no closed form, or no optimum from a tenth of
 * Young's interval to 100 times the larger of that and the mean time to failure.
 */
bool analytic_optimal_interval(const struct analytic_job *job, double *interval_s);

/*
 * The number of checkpoints from base to base that makes a long job fastest at
 * its interval (job->cycle is not read). False: failures are not exponential,
 * or deltas restore so fast that a base is not worth its cost within a million.
 */
bool analytic_best_cycle(const struct analytic_job *job, uint64_t *cycle);

/*
 * Segments of a job: the number of intervals begun. A rest below 1e-9 of an
 * interval is rounding of work / interval and counts as none.
 */
double analytic_segments(double work_s, double interval_s);

/*
 * Intervals of useful work, in seconds, from the cost C >= 0 of a checkpoint
 * and the MTBF M > 0 of the job. Infinity when M is; 0 when C is 0, which no
 * simulation can use as an interval.
 */
/* Young 1974: sqrt(2 C M). */
double analytic_young_s(double checkpoint_s, double mtbf_s);
/* Daly 2006, first order: sqrt(2 C (M + R)). */
double analytic_daly_first_s(double checkpoint_s, double mtbf_s, double restore_s);
/* Daly 2006, higher order: sqrt(2CM) (1 + sqrt(C/2M)/3 + (C/2M)/9) - C for C < 2M, else M. */
double analytic_daly_s(double checkpoint_s, double mtbf_s);
/*
 * Work between checkpoints that minimises expected run time under exponential
 * failures: the w with (1 - w/M) e^((w + C)/M) = 1, where the derivative of
 * Daly 2006's expected run time vanishes. It does not depend on R and D.
 * Relative error below 1e-15 for C/M from 1e-20 to 30.
 */
double analytic_optimal_s(double checkpoint_s, double mtbf_s);

/*
 * Herault and Robert 2015: the period P (C included) that minimises the
 * first-order waste, sqrt(2 (M - D - R) C). NaN when M <= D + R.
 */
double analytic_herault_robert_period_s(double checkpoint_s, double mtbf_s, double restore_s,
                                        double downtime_s);
/* Their first-order waste of a period: 1 - (1 - C/P) (1 - (D + R + P/2)/M). */
double analytic_herault_robert_waste(double period_s, double checkpoint_s, double mtbf_s,
                                     double restore_s, double downtime_s);

/*
 * Long-run MTBF of a job that any of n units stops, each renewed on its own:
 * the superposition of n independent renewal processes, whatever their law.
 */
double analytic_mtbf_of_units_s(double unit_mean_s, uint64_t n);

#endif
