// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failure detection: how long a failure stays unnoticed. Rows of
 * detector_union; every detector turns uniforms into an exact delay.
 */
#ifndef MODEL_DETECTOR_H
#define MODEL_DETECTOR_H

#include "core/dist.h"
#include "core/field.h"
#include "core/rng.h"

struct detector_type {
    struct variant variant;
    /* Seconds from the failure to its detection. */
    double (*draw_s)(const void *params, struct rng *rng);
    double (*mean_s)(const void *params);
    /* Whether every delay is the same, and it is mean_s(). */
    bool (*is_constant)(const void *params);
};

extern const struct union_type detector_union;

double detector_draw_s(const struct tagged *detector, struct rng *rng);
double detector_mean_s(const struct tagged *detector);

#endif
