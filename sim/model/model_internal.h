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
void model_prepare_failures(struct model *model, struct err *err);
/* With the plan of the interval, when there are no errors. */
void model_prepare_checkpoint(struct model *model, struct arena *arena, struct err *err);

/*
 * What a stream job guarantees, and checks of its checkpoints and recovery that need its topology.
 */
void model_prepare_guarantee(struct model *model, struct err *err);

#endif
