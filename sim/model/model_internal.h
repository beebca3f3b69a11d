// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files that check a model: the parts of model_prepare(). */
#ifndef MODEL_MODEL_INTERNAL_H
#define MODEL_MODEL_INTERNAL_H

#include "model/model.h"

/*
 * Whether it is a batch or a stream job, without keys of the other kind; fills in what depends on
 * the kind, the topology of a stream job included. False when the other checks make no sense.
 */
bool model_prepare_kind(struct model *model, struct arena *arena, struct err *err);
void model_prepare_failures(struct model *model, struct arena *arena, struct err *err);
/* The graph of a job of stages, and what follows from it. */
void model_prepare_stages(struct model *model, struct arena *arena, struct err *err);
/* Whether the scenario has job.execution, be it with all its defaults. */
bool model_has_execution(const struct execution_params *execution);

/* A key that has no meaning for this kind of job. */
struct misplaced {
    bool given;
    const char *pointer;
    const char *message;
};

void model_report_misplaced(const struct misplaced *keys, size_t n, struct err *err);

/* Of failures that take what a device holds; after the checks of what names a device. */
void model_check_contents(const struct model *model, struct err *err);

/* With the plan of the interval, when there are no errors. */
void model_prepare_checkpoint(struct model *model, struct arena *arena, struct err *err);

/* What a stream job restores from; before its guarantee, on which that may have a bearing. */
void model_prepare_restore(struct model *model, struct err *err);

/*
 * What a stream job guarantees, and checks of its checkpoints and recovery that need its topology.
 */
void model_prepare_guarantee(struct model *model, struct err *err);

#endif
