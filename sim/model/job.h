// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The job that is checkpointed. A batch job (data plane `work`) is n ranks in
 * lock-step, each with the same amount of work, whose progress is seconds of
 * useful work; or stages, whose tasks run once (model/stage.h). A stream job (data plane `message`)
 * is a graph of operators.
 */
#ifndef MODEL_JOB_H
#define MODEL_JOB_H

#include "core/dist.h"
#include "core/field.h"
#include "model/stage.h"

enum first_start { FIRST_START_FREE, FIRST_START_RECOVERY };

/* What failures may do to the messages of a stream job; stronger ones later. */
enum guarantee {
    GUARANTEE_DEFAULT, /* what coordination and channels give by themselves */
    GUARANTEE_AT_MOST_ONCE,
    GUARANTEE_AT_LEAST_ONCE,
    GUARANTEE_EXACTLY_ONCE_STATE,
    GUARANTEE_EXACTLY_ONCE_OUTPUT,
};

struct job_params {
    double work_s;  /* per task, without failures and checkpoints; NaN for a stream job */
    uint64_t tasks; /* ranks of a batch job; from model_prepare(), all tasks of a stream job */
    struct list operators; /* of struct operator_params */
    uint64_t containers;   /* container i holds task i mod containers of each operator; 0 in the
                              scenario: as many as the widest operator has tasks */
    uint64_t threads;      /* of a container, shared by its tasks; 0: each task has its own */
    struct tagged state;   /* by state_union, model/store.h */
    struct dist start;     /* time before the work of the very first start */
    int first_start;       /* enum first_start: S6 */
    int guarantee;         /* enum guarantee; from model_prepare(), not DEFAULT of a stream job */
    double transaction_timeout_s;      /* of exactly_once_output; NaN: none */
    struct list stages;                /* of struct stage_params */
    struct execution_params execution; /* of stages; all 0: not given */
};

extern const struct field job_fields[];

const char *guarantee_name(enum guarantee guarantee);

/* Whether it is a stream job, of operators; else it is a batch job, of work. */
static inline bool job_is_stream(const struct job_params *job)
{
    return job->operators.n > 0;
}

/* Whether it is a batch job of stages, in place of work. */
static inline bool job_has_stages(const struct job_params *job)
{
    return job->stages.n > 0;
}

/* Whether the scenario says how large the state is, of some operator of a stream job. */
bool job_has_state(const struct job_params *job);
/* Size of the state at the start, of all operators of a stream job; 0 when the scenario gives none.
 */
double job_state_bytes(const struct job_params *job);
/* What changes of it between two checkpoints; only of state that batch jobs may have. */
double job_delta_bytes(const struct job_params *job);

#endif
