// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Recovery from a failure: detect, restart, restore, catch up. The life cycle
 * is the table in recovering.c; here are its parameters.
 */
#ifndef MODEL_RECOVERY_H
#define MODEL_RECOVERY_H

#include "core/dist.h"
#include "core/field.h"
#include "model/coordinator.h"
#include "model/scheduler.h"

struct model;

/* S7: what a failure during the recovery phase does. */
enum recovery_failure {
    RECOVERY_FAILURE_RESTART, /* back to detection and downtime, recovery from zero */
    RECOVERY_FAILURE_RESTORE, /* recovery from zero, without a new downtime */
    RECOVERY_FAILURE_DEFER,   /* takes effect when the recovery has ended */
};

/* What a batch job does after a failure before its first checkpoint. */
enum from_input { FROM_INPUT_RECOVER, FROM_INPUT_AT_ONCE };

/* S3: a random duration that is tried again. */
enum on_retry { ON_RETRY_RESAMPLE, ON_RETRY_REPEAT };

/* What a failure restarts, of a stream job: what failed, its container, all tasks, or those that
 * pipelined channels connect with it. */
enum restart_scope { SCOPE_ALL, SCOPE_CONTAINER, SCOPE_TASK, SCOPE_REGION };

struct restart_params {
    int scope;               /* enum restart_scope */
    struct dist cancel;      /* of what survived, before it starts again; not given: none */
    double cancel_timeout_s; /* after which survivors are killed; NaN: never */
    struct dist allocate;    /* until resources are granted */
    struct dist localise;    /* fetch of the image, onto the node; exposed to failures */
    struct dist delay;       /* start of the processes; exposed to failures */
};

/* How failures of one level are noticed, and how often healthy units are taken for failed. */
struct struck_detector {
    int struck;                 /* enum strikes */
    struct tagged detector;     /* by detector_union */
    double false_alarm_every_s; /* mean time between those of one unit; NaN: there are none */
};

struct recovery_params {
    struct tagged detector; /* by detector_union */
    struct list detectors;  /* of struct struck_detector: in place of it, by what was struck */
    struct backoff_params backoff;
    struct retry_params retries;
    struct scheduler_params scheduler;
    struct coordinator_params coordinator;
    struct dist downtime; /* the textbook's D; clocks of `strikes: job` stop in it */
    struct restart_params restart;
    struct dist restore; /* the textbook's R, in place of reading from a device */
    int on_failure;      /* enum recovery_failure */
    int on_retry;        /* enum on_retry */
    struct list sources; /* of struct restore_source; none: checkpoint.device, or nothing */
    uint64_t parallel;   /* tasks of a container that restore at a time; 0: all */
    int from_input;      /* enum from_input, of batch jobs */
};

extern const struct field recovery_fields[];

/* The detector of failures that strike such a unit, an enum strikes. */
const struct tagged *recovery_detector(const struct recovery_params *params, int struck);
/* Whether anything but downtime, waiting for nodes and the start lies between detection and
 * restore. */
bool recovery_has_phases(const struct recovery_params *params);
/* Mean time to start on a node that is there: what failures may strike before the restore. */
double recovery_start_mean_s(const struct recovery_params *params);
bool recovery_has_false_alarms(const struct recovery_params *params);
/* Errors and warnings of the keys. */
void recovery_prepare(const struct model *model, struct err *err);
/* Names of enum on_retry, for the rows of other modules too. */
extern const char *const on_retry_names[];

#endif
