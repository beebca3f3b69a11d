// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/analytic.h"

#include <assert.h>
#include <math.h>

#include "core/memory.h"
#include "model/analytic_internal.h"

uint64_t analytic_cycle(const struct analytic_job *job)
{
    return job->cycle ? job->cycle : 1;
}

bool analytic_is_exponential(const struct dist *law)
{
    static const double ages[] = {0.03, 0.3, 1, 3, 10, 30};
    double mean = dist_mean(law);
    if (!isfinite(mean))
        return false;
    for (size_t i = 0; i < MEM_COUNT(ages); i++) {
        double expected = exp(-ages[i]);
        if (!(fabs(dist_survival(law, ages[i] * mean) - expected) <= 1e-10 * expected))
            return false;
    }
    return true;
}

static bool has_no_memory(const struct analytic_job *job)
{
    return !job->law || analytic_is_exponential(job->law);
}

double analytic_segments(double work_s, double interval_s)
{
    return fmax(1, ceil(work_s / interval_s - 1e-9));
}

bool analytic_makespan(const struct analytic_job *job, struct analytic_answer *answer)
{
    assert(job->work_s > 0 && job->interval_s > 0);
    double segments = analytic_segments(job->work_s, job->interval_s);
    *answer = (struct analytic_answer){.sd_s = (double)NAN};
    if (fmin(segments, (double)analytic_cycle(job)) > ANALYTIC_LONGEST_CYCLE)
        return false;
    if (!job->law) {
        analytic_exponential_makespan(job, answer);
        answer->source = "no failures";
    } else if (has_no_memory(job)) {
        analytic_exponential_makespan(job, answer);
        answer->source = "exact for exponential failures: segments are independent (Daly 2006)";
    } else {
        if (!analytic_renewal_makespan(job, answer))
            return false;
        answer->source = job->redraw == REDRAW_CHECKPOINT
                             ? "exact: clock redrawn at each checkpoint, segments independent"
                             : "exact: recursion over the recovery line, clock fresh at failures";
    }
    answer->makespan_s = answer->start_time_s + answer->work_time_s + answer->checkpoint_time_s +
                         answer->recovery_time_s + answer->downtime_s;
    answer->waste = 1 - job->work_s / answer->makespan_s;
    return isfinite(answer->makespan_s);
}

bool analytic_useful_fraction(const struct analytic_job *job, double *fraction)
{
    assert(job->interval_s > 0);
    if (!isfinite(job->interval_s) || analytic_cycle(job) > ANALYTIC_LONGEST_CYCLE)
        return false;
    if (!has_no_memory(job))
        return analytic_renewal_useful_fraction(job, fraction);
    *fraction = analytic_exponential_useful_fraction(job);
    return isfinite(*fraction);
}
