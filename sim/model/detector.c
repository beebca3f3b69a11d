// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/detector.h"

#include "model/detector_kinds.h"

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

static bool progress_timeout_prepare(void *params, const struct field_context *context)
{
    const struct timeout_params *p = params;
    if (p->timeout_s > p->interval_s)
        return true;
    return err_add(context->err, context->pointer,
                   "a timeout of %g s with reports every %g s declares tasks hung that make "
                   "progress; timeout must exceed report",
                   p->timeout_s, p->interval_s);
}

/* Each poll of the chain comes a uniform time after the one before it. */
static double exit_notice_draw_s(const void *params, struct rng *rng)
{
    const struct exit_notice_params *p = params;
    double delay_s = 0;
    for (uint64_t i = 0; i < p->polls; i++)
        delay_s += p->period_s * rng_uniform(rng);
    return delay_s;
}

static double exit_notice_mean_s(const void *params)
{
    const struct exit_notice_params *p = params;
    return (double)p->polls * p->period_s / 2;
}

/* The first ping after the failure goes out u ~ U(0, period) later, the rest follow, and the last
 * is given one period to be answered. */
static double missed_pings_draw_s(const void *params, struct rng *rng)
{
    const struct pings_params *p = params;
    return ((double)p->missed + rng_uniform(rng)) * p->period_s;
}

static double missed_pings_mean_s(const void *params)
{
    const struct pings_params *p = params;
    return ((double)p->missed + 0.5) * p->period_s;
}

/* A call to a dead process is refused at once: the last one needs no time. */
static double rpc_failures_draw_s(const void *params, struct rng *rng)
{
    const struct pings_params *p = params;
    return ((double)(p->missed - 1) + rng_uniform(rng)) * p->period_s;
}

static double rpc_failures_mean_s(const void *params)
{
    const struct pings_params *p = params;
    return ((double)p->missed - 0.5) * p->period_s;
}

static bool never_constant(const void *params)
{
    (void)params;
    return false;
}

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

static const struct detector_type exit_notice_detector = {
    .variant =
        {
            .name = "exit_notice",
            .help = "The exit of a process, which travels by one poll after the other.",
            .source = "Samza: two heartbeats of 1 s through the node manager of YARN",
            .size = sizeof(struct exit_notice_params),
            .fields = exit_notice_fields,
        },
    .draw_s = exit_notice_draw_s,
    .mean_s = exit_notice_mean_s,
    .is_constant = never_constant,
};

static const struct detector_type missed_pings_detector = {
    .variant =
        {
            .name = "missed_pings",
            .help = "A number of pings in a row without answer.",
            .source = "Mesos: agent_ping_timeout 15 s, max_agent_ping_timeouts 5",
            .size = sizeof(struct pings_params),
            .fields = missed_pings_fields,
        },
    .draw_s = missed_pings_draw_s,
    .mean_s = missed_pings_mean_s,
    .is_constant = never_constant,
};

static const struct detector_type rpc_failures_detector = {
    .variant =
        {
            .name = "rpc_failures",
            .help = "A number of calls in a row that fail at once: the process is dead, its host "
                    "lives.",
            .source = "Flink: heartbeat.rpc-failure-threshold",
            .size = sizeof(struct pings_params),
            .fields = rpc_failures_fields,
        },
    .draw_s = rpc_failures_draw_s,
    .mean_s = rpc_failures_mean_s,
    .is_constant = never_constant,
};

static const struct detector_type progress_timeout_detector = {
    .variant =
        {
            .name = "progress_timeout",
            .help = "No progress reported for too long, found by an optional sweep: for tasks that "
                    "hang.",
            .source = "MapReduce: mapreduce.task.timeout",
            .size = sizeof(struct timeout_params),
            .fields = progress_timeout_fields,
            .prepare = progress_timeout_prepare,
        },
    .draw_s = timeout_draw_s,
    .mean_s = timeout_mean_s,
    .is_constant = timeout_is_constant,
};

static const struct variant *const detectors[] = {
    &delay_detector.variant,
    &timeout_detector.variant,
    &exit_notice_detector.variant,
    &missed_pings_detector.variant,
    &rpc_failures_detector.variant,
    &progress_timeout_detector.variant,
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
