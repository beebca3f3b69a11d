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
#include "model/analytic_levels.h"
#include "model/model.h"

struct theory {
    double cost_s;    /* mean time that a full checkpoint takes from the work */
    double write_s;   /* mean time to write it, whatever goes on beside; of levels 0 */
    double restore_s; /* mean, restart delay included */
    /* Long-run mean time between failures that concern the job, or of a stream job that roll an
     * average task back; infinity: none. */
    double mtbf_s;
    bool applies; /* `job` describes the scenario, but for its interval: of batch jobs */
    struct analytic_job job;
};

/* What the theory of queues says of a stream job in the long run; NaN where it says nothing. */
struct theory_queues {
    double arrival_rate_per_s, throughput_per_s;
    double utilisation;
    double latency_s;    /* mean, arrival to departure from a sink */
    double lag_messages; /* mean, waiting in the sources */
    const char *source;  /* of latency and lag */
};

void theory_queues_of(const struct model *model, struct theory_queues *theory);

/* Whether the closed form of two levels covers the scenario, and what it wants of it. */
bool theory_of_levels(const struct model *model, struct analytic_levels *levels);
/* Mean makespan of such a scenario. */
double theory_levels_makespan_s(const struct model *model, const struct analytic_levels *levels);

/* `arena` keeps the laws that had to be made. The model must have passed its checks. */
void theory_of(const struct model *model, struct arena *arena, struct theory *theory);

#endif
