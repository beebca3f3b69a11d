// SPDX-License-Identifier: GPL-3.0-or-later
/* Closed forms of jobs of stages. */
#ifndef MODEL_THEORY_STAGES_H
#define MODEL_THEORY_STAGES_H

#include "model/model.h"

struct theory_stages {
    double makespan_s;  /* in the mean */
    const char *source; /* of it */
};

/*
 * Without failures, where each stage begins when the one before it is done: a stage takes as long
 * as the slowest of its tasks, or so many waves of equal ones. False where that is not so.
 */
bool theory_stages_of(const struct model *model, struct theory_stages *theory);

#endif
