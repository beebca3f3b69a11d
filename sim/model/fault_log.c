// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/fault_log.h"

#include <math.h>
#include <string.h>

#include "model/fault_log_build.h"

static const struct variant *const formats[] = {
    &fault_log_events,      &fault_log_fta,        &fault_log_words,
    &fault_log_pairs,       &fault_log_add_remove, &fault_log_counts,
    &fault_log_count_lines, &fault_log_segments,   NULL,
};

const struct union_type fault_log_union = {
    .name = "trace format",
    .tag = "format",
    .variants = formats,
};

double fault_log_mtbf_s(const struct fault_log *log)
{
    size_t gaps = log->n_events - (log->is_capacity ? log->n_absent : log->n_events > 0);
    return gaps == 0 ? (double)NAN : log->span_s / (double)gaps;
}

double fault_log_period_s(const struct fault_log *log)
{
    if (log->is_capacity || log->n_events < 2)
        return log->span_s;
    return log->span_s + fault_log_mtbf_s(log);
}

/* A rule for equal times: copies n events to `out` its way, returns how many. */
struct rule {
    struct variant variant; /* must be first */
    size_t (*apply)(const void *params, const struct fault_event *events, size_t n,
                    struct fault_event *out, struct rng *rng);
};

static size_t keep_all(const void *params, const struct fault_event *events, size_t n,
                       struct fault_event *out, struct rng *rng)
{
    (void)params;
    (void)rng;
    if (n > 0)
        memcpy(out, events, n * sizeof *out);
    return n;
}

struct coalesce_params {
    double within_s;
};

static const struct field coalesce_fields[] = {
    {
        .key = "within",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct coalesce_params, within_s),
        .max = 1e12,
        .required = true,
        .help = "Longest time from the first event of a group to its last; 0 joins equal times.",
        .witness = "batch-traces.json /failures/3/trace/equal_times/within=\"1 d\"",
    },
    {0},
};

static size_t coalesce(const void *params, const struct fault_event *events, size_t n,
                       struct fault_event *out, struct rng *rng)
{
    (void)rng;
    const struct coalesce_params *p = params;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || events[i].time_s - out[kept - 1].time_s > p->within_s)
            out[kept++] = events[i];
    return kept;
}

struct jitter_params {
    double spread_s;
};

static const struct field jitter_fields[] = {
    {
        .key = "spread",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct jitter_params, spread_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "Longest delay of an event: the resolution of the file's clock, \"1 min\" say.",
        .witness = "batch-traces.json /failures/4/trace/equal_times/spread=\"1 d\"",
    },
    {0},
};

static size_t jitter(const void *params, const struct fault_event *events, size_t n,
                     struct fault_event *out, struct rng *rng)
{
    const struct jitter_params *p = params;
    for (size_t i = 0; i < n; i++) {
        out[i] = events[i];
        out[i].time_s += p->spread_s * rng_uniform(rng);
    }
    fault_log_sort(out, n);
    return n;
}

static const struct rule keep_rule = {
    .variant =
        {
            .name = "keep",
            .help = "Each event counts, also several at one time.",
        },
    .apply = keep_all,
};

static const struct rule coalesce_rule = {
    .variant =
        {
            .name = "coalesce",
            .help = "Events that closely follow another are that one seen again, on any node.",
            .source = "tupling: Tsao and Siewiorek, FTCS 1983",
            .size = sizeof(struct coalesce_params),
            .fields = coalesce_fields,
        },
    .apply = coalesce,
};

static const struct rule jitter_rule = {
    .variant =
        {
            .name = "jitter",
            .help = "Each event moves later by a random time, to undo the rounding of the file.",
            .size = sizeof(struct jitter_params),
            .fields = jitter_fields,
        },
    .apply = jitter,
};

static const struct variant *const rules[] = {
    &keep_rule.variant,
    &coalesce_rule.variant,
    &jitter_rule.variant,
    NULL,
};

const struct union_type equal_times_union = {
    .name = "equal-times rule",
    .tag = "rule",
    .variants = rules,
};

bool equal_times_keep(const struct tagged *rule)
{
    return rule->variant == &keep_rule.variant;
}

size_t fault_log_apply(const struct tagged *rule, const struct fault_event *events, size_t n,
                       struct fault_event *out, struct rng *rng)
{
    return ((const struct rule *)rule->variant)->apply(rule->params, events, n, out, rng);
}
