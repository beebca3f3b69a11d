// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What theory can say of a scenario: the means that Young and Daly ask for,
 * and, where the scenario lies within the closed forms of analytic.h, the
 * job as they want it. Everything that lies outside is refused, so that no
 * number stands beside a simulation that it does not describe.
 */
#ifndef MODEL_THEORY_H
#define MODEL_THEORY_H

#include "model/analytic.h"
#include "model/model.h"

struct theory {
    double cost_s;    /* mean time that a full checkpoint takes from the work */
    double restore_s; /* mean, restart delay included */
    double mtbf_s;    /* long-run mean time between failures that concern the job; infinity: none */
    bool applies;     /* `job` describes the scenario, but for its interval */
    struct analytic_job job;
};

/* `arena` keeps the laws that had to be made. The model must have passed its checks. */
void theory_of(const struct model *model, struct arena *arena, struct theory *theory);

#endif
