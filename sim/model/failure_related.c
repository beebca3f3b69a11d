// SPDX-License-Identifier: GPL-3.0-or-later
/* How failures are related: common causes that hit a part of a domain, failures that others follow.
 */
#include "model/failure.h"

static const char *const burst_of_names[] = {"node", "rack", "zone", NULL};

const struct field burst_fields[] = {
    {
        .key = "of",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct burst_params, of),
        .choices = burst_of_names,
        .fallback = "\"node\"",
        .help = "What is hit or not, each on its own: the nodes, racks or zones of what fails.",
        .witness = "batch-burst.json /failures/1/burst/of=\"rack\"",
    },
    {
        .key = "share",
        .kind = FIELD_UNION,
        .offset = offsetof(struct burst_params, share),
        .types = &dist_union,
        .required = true,
        .help = "Probability with which each is hit: one number, or a law from which each failure "
                "has its own; values above 1 are taken as 1.",
        .witness = "batch-burst.json /failures/1/burst/share=0.5",
    },
    {0},
};

static const char *const cascade_within_names[] = {"rack", "zone", "site", NULL};

const struct field cascade_fields[] = {
    {
        .key = "probability",
        .kind = FIELD_REAL,
        .offset = offsetof(struct cascade_params, probability),
        .max = 1,
        .above_min = true,
        .required = true,
        .help = "Probability with which each of the others fails too.",
        .witness = "batch-cascade.json /failures/0/cascade/probability=0.3",
    },
    {
        .key = "delay",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct cascade_params, delay),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time after which each does.",
        .witness = "batch-cascade.json /failures/0/cascade/delay=\"4 h\"",
    },
    {
        .key = "within",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct cascade_params, within),
        .choices = cascade_within_names,
        .fallback = "\"rack\"",
        .help = "Where the others are: in the same rack, zone or site.",
        .witness = "batch-cascade.json /failures/0/cascade/within=\"zone\"",
    },
    {
        .key = "depth",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct cascade_params, depth),
        .min = 1,
        .max = 1000,
        .fallback = "1",
        .help = "How often failures that followed may be followed by others: 1 is once, and then "
                "the cascade ends.",
        .witness = "batch-cascade.json /failures/0/cascade/depth=1",
    },
    {0},
};

bool failure_has_burst(const struct failure_params *failure)
{
    return dist_is_given(&failure->burst.share);
}

enum domain failure_burst_domain(const struct failure_params *failure)
{
    static const enum domain domains[] = {DOMAIN_NODE, DOMAIN_RACK, DOMAIN_ZONE};
    return domains[failure->burst.of];
}

bool failure_has_cascade(const struct failure_params *failure)
{
    return failure->cascade.probability > 0;
}

enum domain failure_cascade_domain(const struct failure_params *failure)
{
    static const enum domain domains[] = {DOMAIN_RACK, DOMAIN_ZONE, DOMAIN_SITE};
    return domains[failure->cascade.within];
}
