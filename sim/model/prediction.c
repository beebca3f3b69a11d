// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/prediction.h"

const struct field prediction_fields[] = {
    {
        .key = "lead",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct prediction_params, lead),
        .types = &dist_union,
        .required = true,
        .help = "Time from the alarm to the failure. An alarm comes no sooner than the failure "
                "before it of the same process.",
        .witness = "batch-prediction.json /failures/0/prediction/lead=\"1 min\"",
    },
    {
        .key = "recall",
        .kind = FIELD_REAL,
        .offset = offsetof(struct prediction_params, recall),
        .max = 1,
        .above_min = true,
        .fallback = "1",
        .help = "Share of the failures that are predicted.",
        .source = "Aupy, Robert, Vivien and Zaidouni, JPDC 74(2), 2014",
        .witness = "batch-prediction.json /failures/0/prediction/recall=0.2",
    },
    {
        .key = "precision",
        .kind = FIELD_REAL,
        .offset = offsetof(struct prediction_params, precision),
        .min = 1e-6, /* below it, an alarm is all that ever happens */
        .max = 1,
        .fallback = "1",
        .help = "Share of the alarms that a failure follows; the others come at random times, as "
                "a Poisson process.",
        .source = "Aupy, Robert, Vivien and Zaidouni, JPDC 74(2), 2014",
        .witness = "batch-prediction.json /failures/0/prediction/precision=0.3",
    },
    {0},
};
