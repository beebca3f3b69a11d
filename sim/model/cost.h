// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a replication has cost: requests, bytes moved and kept on the devices, hours of nodes, and
 * energy. Costs follow from what was counted anyway; nothing that happens depends on them.
 */
#ifndef MODEL_COST_H
#define MODEL_COST_H

#include "model/device_params.h"

struct run;

/* What one device has done up to an instant. */
struct device_use {
    double moved_bytes[DIRECTIONS];
    double requests[DIRECTIONS];
    double kept_byte_s;
    double out_s;
};

/* Once per run structure, after its devices; at the start of each replication. */
void cost_init(struct run *run);
void cost_release(struct run *run);
void cost_start(struct run *run);
/* The warm-up is over: what it has cost does not count. */
void cost_end_warmup(struct run *run);
/* At the end, when all other metrics are known. */
void cost_fill_metrics(struct run *run);

#endif
