// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scheduler.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

/* ---- back-off ---- */

double backoff_next_s(const struct backoff_params *params, struct backoff *backoff, double now_s,
                      struct rng *rng)
{
    if (backoff->n > 0 && now_s - backoff->until_s >= params->reset_s)
        backoff->n = 0;
    double wait_s = params->initial_s * pow(params->factor, (double)backoff->n++);
    if (params->jitter > 0)
        wait_s *= 1 + params->jitter * (2 * rng_uniform(rng) - 1);
    wait_s = fmin(fmax(wait_s, params->initial_s), params->max_s);
    backoff->until_s = now_s + wait_s;
    return wait_s;
}

/* ---- retries ---- */

void retries_init(struct retries *retries, const struct retry_params *params)
{
    bool remembers = params->rule == RETRY_RATE && params->max != RETRIES_UNLIMITED;
    *retries = (struct retries){0};
    if (remembers)
        retries->times_s = mem_alloc(params->max + 1, sizeof *retries->times_s);
}

void retries_release(struct retries *retries)
{
    free(retries->times_s);
}

void retries_start(struct retries *retries)
{
    retries->n = 0;
    retries->last_s = -(double)INFINITY;
}

/* The ring holds one more than may be within a window: the oldest tells. */
static bool rate_allows(struct retries *retries, const struct retry_params *params, double now_s)
{
    uint64_t size = params->max + 1;
    retries->times_s[retries->n++ % size] = now_s;
    return retries->n < size || now_s - retries->times_s[retries->n % size] >= params->window_s;
}

bool retries_allow(struct retries *retries, const struct retry_params *params, double now_s)
{
    if (params->max == RETRIES_UNLIMITED)
        return true;
    if (params->rule == RETRY_RATE)
        return rate_allows(retries, params, now_s);
    if (now_s - retries->last_s >= params->window_s)
        retries->n = 0;
    retries->last_s = now_s;
    return ++retries->n <= params->max;
}

/* ---- states of a recovery ---- */

static const struct recovery_params *params_of(const struct recovering *recovering)
{
    return &recovering->run->model->recovery;
}

double scheduler_cancel_s(struct recovering *recovering)
{
    const struct restart_params *params = &params_of(recovering)->restart;
    if (!recovering->cancels)
        return 0;
    double cancel_s = dist_draw(&params->cancel, &recovering->cancel_rng);
    return fmin(cancel_s, params->cancel_timeout_s);
}

static struct retries *retries_of(struct recovering *recovering)
{
    return params_of(recovering)->retries.per == RETRY_PER_JOB ? &recovering->run->retries
                                                               : &recovering->retries;
}

/* The failure that is one too many ends the job: it stays down. */
static bool may_retry(struct recovering *recovering)
{
    struct run *run = recovering->run;
    const struct retry_params *params = &params_of(recovering)->retries;
    struct retries *retries = retries_of(recovering);
    if (!retries_allow(retries, params, run->calendar.now_s))
        run_fail_job(run);
    return !run->job_failed;
}

static double last_delay_s(struct recovering *recovering)
{
    const struct retry_params *params = &params_of(recovering)->retries;
    return retries_of(recovering)->n == params->max ? params->last_delay_s : 0;
}

/* A restart counts unless all that brought it about does not. */
static bool is_retry(struct recovering *recovering)
{
    bool counts = recovering->is_counted || !recovering->is_uncounted;
    recovering->is_counted = recovering->is_uncounted = false;
    return counts;
}

/* It counts from the detection, while survivors are being cancelled. */
double scheduler_back_off_s(struct recovering *recovering)
{
    const struct backoff_params *params = &params_of(recovering)->backoff;
    double now_s = recovering->run->calendar.now_s;
    bool counts = is_retry(recovering);
    if (recovering->run->job_failed || (counts && !may_retry(recovering)))
        return (double)NAN;
    double wait_s = counts ? last_delay_s(recovering) : 0;
    if (params->initial_s > 0)
        wait_s = fmax(wait_s, backoff_next_s(params, &recovering->backoff, recovering->detected_s,
                                             &recovering->backoff_rng));
    return fmax(wait_s - (now_s - recovering->detected_s), 0);
}

/* Each poll comes a uniform time after the one before it. */
double scheduler_request_s(struct recovering *recovering)
{
    const struct list *polls = &params_of(recovering)->scheduler.polls;
    const double *periods_s = polls->items;
    double delay_s = 0;
    for (size_t i = 0; i < polls->n; i++)
        delay_s += periods_s[i] * rng_uniform(&recovering->request_rng);
    return delay_s;
}

double scheduler_allocate_s(struct recovering *recovering)
{
    return dist_draw(&params_of(recovering)->restart.allocate, &recovering->allocate_rng);
}

double scheduler_localise_s(struct recovering *recovering)
{
    return dist_draw(&params_of(recovering)->restart.localise, &recovering->localise_rng);
}
