// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The job that is checkpointed. Data plane `work`: n ranks in lock-step, each
 * with the same amount of work, whose progress is seconds of useful work.
 */
#ifndef MODEL_JOB_H
#define MODEL_JOB_H

#include "core/dist.h"
#include "core/field.h"

enum first_start { FIRST_START_FREE, FIRST_START_RECOVERY };

struct state_params {
    double size_bytes; /* of the whole job; each task holds size / tasks */
    double dirty_frac; /* share changed between two checkpoints: the size of a delta */
};

struct job_params {
    double work_s; /* per task, without failures and checkpoints */
    uint64_t tasks;
    struct tagged state; /* struct state_params, by state_union */
    struct dist start;   /* time before the work of the very first start */
    int first_start;     /* enum first_start: S6 */
};

extern const struct union_type state_union;
extern const struct field job_fields[];

/* Size of the state in bytes, 0 when the scenario gives none. */
double job_state_bytes(const struct job_params *job);
double job_delta_bytes(const struct job_params *job);

#endif
