// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files of the checkpoint at work. */
#ifndef MODEL_CHECKPOINTING_INTERNAL_H
#define MODEL_CHECKPOINTING_INTERNAL_H

#include "model/run.h"

static inline const struct checkpoint_params *params_of(const struct run *run)
{
    return &run->model->checkpoint;
}

static inline bool is_async(const struct run *run)
{
    return params_of(run)->mode == CHECKPOINT_ASYNC;
}

static inline bool verifies(const struct run *run)
{
    return dist_is_given(&params_of(run)->verification.cost);
}

static inline bool writes_may_fail(const struct run *run)
{
    return params_of(run)->write_failures.probability > 0;
}

/* The law of a direct cost; NULL: written to a device. */
static inline const struct dist *cost_of(const struct run *run, bool is_base)
{
    return is_base ? run->checkpointing.base_cost : run->checkpointing.delta_cost;
}

static inline double bytes_of(const struct run *run, bool is_base)
{
    return is_base ? job_state_bytes(&run->model->job) : job_delta_bytes(&run->model->job);
}

/* Whether the next checkpoint comes after a look for silent errors. */
static inline bool is_verified(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    return verifies(run) && (checkpointing->is_final ||
                             checkpointing->number % params_of(run)->verification.every == 0);
}

/* Draws what the checkpoint in progress, or the next one, takes: all of it, or only to write. */
void checkpointing_draw_durations(struct run *run);
void checkpointing_draw_write(struct run *run);
/* Costs and latencies of the scenario, and those among them that never vary. */
void checkpointing_find_costs(struct run *run);
/* Its device keeps what there is to go back to from time_s on. */
void checkpointing_keep(struct run *run, double time_s);
/* What is being written to the device begins anew. */
void checkpointing_write_anew(struct run *run);
/* The last checkpoint joins those that are kept; the oldest goes when there are too many. */
void checkpointing_retain(struct checkpointing *checkpointing, uint64_t retain);

#endif
