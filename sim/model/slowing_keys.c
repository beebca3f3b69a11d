// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/failure.h"

const struct field slows_fields[] = {
    {
        .key = "to",
        .kind = FIELD_REAL,
        .offset = offsetof(struct slows_params, to),
        .max = 1,
        .above_min = true,
        .required = true,
        .help = "Share of its speed at which a slow unit works. Of several, the slowest counts.",
        .witness = "batch-stragglers.json /failures/0/slows/to=\"25 %\"",
    },
    {
        .key = "for",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct slows_params, duration),
        .types = &dist_union,
        .required = true,
        .help = "How long it is slow, each time.",
        .witness = "batch-stragglers.json /failures/0/slows/for=\"2 h\"",
    },
    {0},
};
