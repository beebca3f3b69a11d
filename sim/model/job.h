// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The job that is checkpointed. A batch job (data plane `work`) is n ranks in
 * lock-step, each with the same amount of work, whose progress is seconds of
 * useful work. A stream job (data plane `message`) is a graph of operators.
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
    double work_s;  /* per task, without failures and checkpoints; NaN for a stream job */
    uint64_t tasks; /* ranks of a batch job; from model_prepare(), all tasks of a stream job */
    struct list operators; /* of struct operator_params */
    uint64_t containers;   /* container i holds task i mod containers of each operator; 0 in the
                              scenario: as many as the widest operator has tasks */
    uint64_t threads;      /* of a container, shared by its tasks; 0: each task has its own */
    struct tagged state;   /* struct state_params, by state_union */
    struct dist start;     /* time before the work of the very first start */
    int first_start;       /* enum first_start: S6 */
};

extern const struct union_type state_union;
extern const struct field job_fields[];

/* Whether it is a stream job, of operators; else it is a batch job, of work. */
static inline bool job_is_stream(const struct job_params *job)
{
    return job->operators.n > 0;
}

/* Whether the scenario says how large the state is, of some operator of a stream job. */
bool job_has_state(const struct job_params *job);
/* Size of the state in bytes, of all operators of a stream job; 0 when the scenario gives none. */
double job_state_bytes(const struct job_params *job);
double job_delta_bytes(const struct job_params *job);

#endif
