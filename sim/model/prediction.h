// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failures that are foreseen: the parameters of a predictor, or of the warning
 * that a cloud gives before it takes an instance back. model/alarms.h raises the
 * alarms.
 */
#ifndef MODEL_PREDICTION_H
#define MODEL_PREDICTION_H

#include "core/dist.h"
#include "core/field.h"

struct prediction_params {
    double recall;    /* probability that a failure is predicted */
    double precision; /* share of the alarms that a failure follows */
    struct dist lead; /* from the alarm to the failure; not given: nothing is predicted */
};

extern const struct field prediction_fields[];

#endif
