// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the files of the closed forms share; model/analytic.h is the interface.
 *
 * The functions that fill an answer leave the makespan, the waste and the
 * source to analytic.c.
 */
#ifndef MODEL_ANALYTIC_INTERNAL_H
#define MODEL_ANALYTIC_INTERNAL_H

#include "model/analytic.h"

enum { ANALYTIC_LONGEST_CYCLE = 1000000 };

/* 1 when every checkpoint is a base. */
uint64_t analytic_cycle(const struct analytic_job *job);

/*
 * Expected number of failures of rate `rate_per_s` before a phase is got
 * through once. Infinite, or NaN when the quadrature does not converge.
 */
double analytic_failures_until_done(const struct analytic_duration *duration, double rate_per_s);

/* Exponential failures, or none. */
void analytic_exponential_makespan(const struct analytic_job *job, struct analytic_answer *answer);
double analytic_exponential_useful_fraction(const struct analytic_job *job);

/* Any law, by the renewals of the clock; false where that has no closed form. */
bool analytic_renewal_makespan(const struct analytic_job *job, struct analytic_answer *answer);
bool analytic_renewal_useful_fraction(const struct analytic_job *job, double *fraction);

#endif
