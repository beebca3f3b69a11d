// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Between the detection of a failure and the start of the processes: survivors are cancelled,
 * back-off keeps a job that fails again and again from restarting at once, a budget of retries ends
 * it, resources are requested by polls that come one after the other, granted, and the image is
 * fetched. Parameters are parts of struct recovery_params; the states are those of recovering.c.
 */
#ifndef MODEL_SCHEDULER_H
#define MODEL_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/field.h"
#include "core/rng.h"

struct model;
struct recovering;
struct run;

struct backoff_params {
    double initial_s; /* 0: there is no back-off */
    double factor;
    double max_s;
    double jitter;
    double reset_s; /* without failure, after which it starts anew; NaN: never */
};

/* Which failures count against the budget. */
enum retry_rule { RETRY_CHAIN, RETRY_RATE };
/* Who has a budget of its own. */
enum retry_per { RETRY_PER_SCOPE, RETRY_PER_JOB };

#define RETRIES_UNLIMITED UINT64_MAX

struct retry_params {
    uint64_t max;
    double window_s; /* NaN: all failures count */
    int rule;        /* enum retry_rule */
    int per;         /* enum retry_per */
    double last_delay_s;
};

struct preferred_host_params {
    double wait_s; /* 0: hosts are not preferred */
};

struct scheduler_params {
    struct list polls; /* of double: periods, s */
    struct preferred_host_params preferred_host;
    double rescale_after_s; /* NaN: never */
};

/* A sequence of restarts with back-off. */
struct backoff {
    uint64_t n;     /* waits since it started anew */
    double until_s; /* the end of the last one */
};

/* Failures that were counted. */
struct retries {
    double *times_s; /* owned: of a rate, ring of the last `max` */
    uint64_t n;      /* of a chain: its length; of a rate: all so far */
    double last_s;
};

extern const struct field backoff_fields[], retry_fields[], scheduler_fields[];

/* The wait before the next restart, from the detection of a failure on. */
double backoff_next_s(const struct backoff_params *params, struct backoff *backoff, double now_s,
                      struct rng *rng);

void retries_init(struct retries *retries, const struct retry_params *params);
void retries_release(struct retries *retries);
void retries_start(struct retries *retries);
/* Counts a failure that is detected now. False: it is one too many. */
bool retries_allow(struct retries *retries, const struct retry_params *params, double now_s);

/* Errors in keys that do not go together. */
void scheduler_prepare(const struct model *model, struct err *err);

/* How long states of a recovery last, s; NaN: until somebody says so. */
double scheduler_cancel_s(struct recovering *recovering);
double scheduler_back_off_s(struct recovering *recovering);
double scheduler_request_s(struct recovering *recovering);
double scheduler_allocate_s(struct recovering *recovering);
double scheduler_localise_s(struct recovering *recovering);

#endif
