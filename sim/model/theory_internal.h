// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files that say what theory knows of a scenario: what differs for stream jobs. */
#ifndef MODEL_THEORY_INTERNAL_H
#define MODEL_THEORY_INTERNAL_H

#include "model/model.h"

/* Mean time that a full checkpoint of a stream job takes to write, and from the work of a task. */
double theory_stream_write_s(const struct model *model);
double theory_stream_cost_s(const struct model *model);
/* Mean time to read the state back, without the restart delay. */
double theory_stream_restore_s(const struct model *model);
/* Share of the failures of a process that roll an average task back. */
double theory_stream_reach(const struct model *model, const struct failure_params *failure);

#endif
