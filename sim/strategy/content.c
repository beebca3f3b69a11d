// SPDX-License-Identifier: GPL-3.0-or-later
/* Contents: what a checkpoint holds, and so what it costs to write and to read back. */
#include "strategy/strategy.h"

struct delta_params {
    uint64_t base_every;
    struct dist cost;
    struct dist restore;
};

static bool always_base(const void *params, const struct chain *chain)
{
    (void)params;
    (void)chain;
    return true;
}

static uint64_t cycle_of_one(const void *params)
{
    (void)params;
    return 1;
}

/* The first base_every - 1 checkpoints after a base are deltas, the next is a base again. */
static bool delta_next_is_base(const void *params, const struct chain *chain)
{
    return chain->deltas + 1 >= ((const struct delta_params *)params)->base_every;
}

static const struct dist *delta_cost(const void *params)
{
    return &((const struct delta_params *)params)->cost;
}

static const struct dist *delta_restore(const void *params)
{
    return &((const struct delta_params *)params)->restore;
}

static uint64_t delta_cycle(const void *params)
{
    return ((const struct delta_params *)params)->base_every;
}

static const struct field delta_fields[] = {
    {
        .key = "base_every",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct delta_params, base_every),
        .min = 1,
        .max = 1e9,
        .fallback = "10",
        .help = "Checkpoints from one full one to the next: 10 is a full one and nine deltas.",
        .witness = "batch-incremental.json /checkpoint/content/base_every=2",
    },
    {
        .key = "cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delta_params, cost),
        .types = &dist_union,
        .help = "Time to take a delta; absent: checkpoint.cost, or the device decides.",
        .witness = "batch-incremental.json /checkpoint/content/cost=\"20 s\"",
    },
    {
        .key = "restore",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delta_params, restore),
        .types = &dist_union,
        .help = "Time to read one delta on top of recovery.restore; absent: 0, or the device "
                "decides.",
        .witness = "batch-incremental.json /checkpoint/content/restore=\"40 s\"",
    },
    {0},
};

static const struct content_ops full = {
    .variant = {.name = "full", .help = "The whole state."},
    .next_is_base = always_base,
    .cycle = cycle_of_one,
};

static const struct content_ops delta = {
    .variant =
        {
            .name = "delta",
            .help = "What changed since the last checkpoint, and now and then the whole state. "
                    "A restore reads the base and all deltas after it.",
            .source = "Plank et al. 1995, incremental checkpointing",
            .size = sizeof(struct delta_params),
            .fields = delta_fields,
        },
    .next_is_base = delta_next_is_base,
    .delta_cost = delta_cost,
    .delta_restore = delta_restore,
    .cycle = delta_cycle,
};

static const struct variant *const contents[] = {&full.variant, &delta.variant, NULL};

const struct union_type content_union = {.name = "content", .tag = "kind", .variants = contents};
