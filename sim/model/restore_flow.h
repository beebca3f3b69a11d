// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A state on its way from where it is stored: steps one after the other, each of which reads from a
 * device, applies what was read, or both at once. A step ends when both have.
 */
#ifndef MODEL_RESTORE_FLOW_H
#define MODEL_RESTORE_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/device.h"

struct restore_step {
    struct device *device; /* borrowed; NULL: nothing is read */
    uint64_t pieces;       /* each with the latency of the device */
    uint64_t streams;      /* that read equal parts of the bytes */
    double bytes;
    double apply_s; /* it takes at least so long, after the latency */
};

enum { MOST_RESTORE_STEPS = 4 };

struct restore_flow {
    struct calendar *calendar;   /* borrowed */
    struct sum *read_bytes;      /* borrowed: by transfers that ended */
    struct sum *aborted_bytes;   /* borrowed: that others would have read */
    void (*done)(void *context); /* after the last step */
    void *context;               /* borrowed */
    struct restore_step steps[MOST_RESTORE_STEPS];
    struct load loads[MOST_RESTORE_STEPS]; /* of the device of each step, if it has one */
    size_t n, at;
    unsigned n_awaited; /* of the step: its transfer, its timer */
    struct event timer; /* owner: this */
    struct transfer transfer;
};

/* Another step at the end, unless it takes no time; draws what the device will take. */
void restore_flow_add(struct restore_flow *flow, const struct restore_step *step, struct rng *rng);
/* Whether there is anything to wait for. */
static inline bool restore_flow_takes_time(const struct restore_flow *flow)
{
    return flow->n > 0;
}
/* Whether it reads the device, now or later. */
bool restore_flow_reads(const struct restore_flow *flow, const struct device *device);
/* It takes time, and begins. */
void restore_flow_begin(struct restore_flow *flow);
/* Ends it without done(), wherever it is, and forgets its steps. */
void restore_flow_abort(struct restore_flow *flow);

#endif
