// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Recovery from a failure: detect, restart, restore, catch up. The life cycle
 * is the table in recovering.c; here are its parameters.
 */
#ifndef MODEL_RECOVERY_H
#define MODEL_RECOVERY_H

#include "core/dist.h"
#include "core/field.h"

/* S7: what a failure during the recovery phase does. */
enum recovery_failure {
    RECOVERY_FAILURE_RESTART, /* back to detection and downtime, recovery from zero */
    RECOVERY_FAILURE_RESTORE, /* recovery from zero, without a new downtime */
    RECOVERY_FAILURE_DEFER,   /* takes effect when the recovery has ended */
};

/* S3: a random duration that is tried again. */
enum on_retry { ON_RETRY_RESAMPLE, ON_RETRY_REPEAT };

/* What a failure restarts, of a stream job: what failed, its container, or all tasks. */
enum restart_scope { SCOPE_ALL, SCOPE_CONTAINER, SCOPE_TASK };

struct restart_params {
    int scope;         /* enum restart_scope */
    struct dist delay; /* start of the processes; exposed to failures */
};

struct recovery_params {
    struct tagged detector; /* by detector_union */
    struct dist downtime;   /* the textbook's D; clocks of `strikes: job` stop in it */
    struct restart_params restart;
    struct dist restore; /* the textbook's R, in place of reading from a device */
    int on_failure;      /* enum recovery_failure */
    int on_retry;        /* enum on_retry */
};

extern const struct field recovery_fields[];
/* Names of enum on_retry, for the rows of other modules too. */
extern const char *const on_retry_names[];

#endif
