// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/detector.h"

struct delay_params {
    struct dist delay;
};

struct timeout_params {
    double interval_s; /* between heartbeats */
    double timeout_s;  /* silence after which a unit is declared lost */
    double network_s;  /* one-way delay of a heartbeat */
    double poll_s;     /* period of the sweep that looks at the timers; 0: none */
};

static double delay_draw_s(const void *params, struct rng *rng)
{
    return dist_draw(&((const struct delay_params *)params)->delay, rng);
}

static double delay_mean_s(const void *params)
{
    return dist_mean(&((const struct delay_params *)params)->delay);
}

static bool delay_is_constant(const void *params)
{
    double value;
    return dist_is_constant(&((const struct delay_params *)params)->delay, &value);
}

/*
 * The last heartbeat left u ~ U(0, interval) before the failure and re-armed
 * the timer on arrival; a sweep finds the expired timer v ~ U(0, poll) later.
 * Its mean is timeout + network - interval/2 + poll/2.
 */
static double timeout_draw_s(const void *params, struct rng *rng)
{
    const struct timeout_params *p = params;
    double delay_s = p->timeout_s + p->network_s - p->interval_s * rng_uniform(rng);
    return delay_s + p->poll_s * rng_uniform(rng);
}

static double timeout_mean_s(const void *params)
{
    const struct timeout_params *p = params;
    return p->timeout_s + p->network_s - p->interval_s / 2 + p->poll_s / 2;
}

static bool timeout_is_constant(const void *params)
{
    const struct timeout_params *p = params;
    return p->interval_s <= 0 && p->poll_s <= 0;
}

static bool timeout_prepare(void *params, const struct field_context *context)
{
    const struct timeout_params *p = params;
    if (p->timeout_s > p->interval_s)
        return true;
    return err_add(context->err, context->pointer,
                   "a timeout of %g s with heartbeats every %g s declares live tasks lost; "
                   "timeout must exceed interval",
                   p->timeout_s, p->interval_s);
}

static const struct field delay_fields[] = {
    {
        .key = "delay",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct delay_params, delay),
        .types = &dist_union,
        .required = true,
        .help = "Time from a failure to its detection.",
        .witness = "batch-cluster.json /recovery/detector={\"kind\":\"delay\"} "
                   "/recovery/detector/delay=\"5 min\"",
    },
    {0},
};

static const struct field timeout_fields[] = {
    {
        .key = "interval",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, interval_s),
        .max = 1e9,
        .required = true,
        .help = "Time between two heartbeats.",
        .witness = "batch-cluster.json /recovery/detector/interval=\"40 s\"",
    },
    {
        .key = "timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, timeout_s),
        .max = 1e9,
        .above_min = true,
        .required = true,
        .help =
            "Silence after which a task is declared lost; each heartbeat that arrives re-arms it.",
        .witness = "batch-cluster.json /recovery/detector/timeout=\"10 min\"",
    },
    {
        .key = "network_delay",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, network_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Time a heartbeat travels.",
        .witness = "batch-cluster.json /recovery/detector/network_delay=\"20 s\"",
    },
    {
        .key = "poll",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct timeout_params, poll_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help =
            "Period of the sweep that looks for expired timers; 0 when expiry is acted on at once.",
        .witness = "batch-cluster.json /recovery/detector/poll=\"2 min\"",
    },
    {0},
};

static const struct detector_type delay_detector = {
    .variant =
        {
            .name = "delay",
            .help = "A given delay, constant or random.",
            .size = sizeof(struct delay_params),
            .fields = delay_fields,
        },
    .draw_s = delay_draw_s,
    .mean_s = delay_mean_s,
    .is_constant = delay_is_constant,
};

static const struct detector_type timeout_detector = {
    .variant =
        {
            .name = "timeout",
            .help = "Heartbeats with a time-out, and an optional sweep over the timers.",
            .source = "Flink: heartbeat.interval, heartbeat.timeout",
            .size = sizeof(struct timeout_params),
            .fields = timeout_fields,
            .prepare = timeout_prepare,
        },
    .draw_s = timeout_draw_s,
    .mean_s = timeout_mean_s,
    .is_constant = timeout_is_constant,
};

static const struct variant *const detectors[] = {
    &delay_detector.variant,
    &timeout_detector.variant,
    NULL,
};

const struct union_type detector_union = {
    .name = "detector",
    .tag = "kind",
    .variants = detectors,
    .shorthand = &delay_detector.variant,
    .shorthand_key = "delay",
};

static const struct detector_type *type_of(const struct tagged *detector)
{
    return (const struct detector_type *)detector->variant;
}

double detector_draw_s(const struct tagged *detector, struct rng *rng)
{
    return type_of(detector)->draw_s(detector->params, rng);
}

double detector_mean_s(const struct tagged *detector)
{
    return type_of(detector)->mean_s(detector->params);
}
