// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The table of arrival processes, and the simplest of them: constant, Poisson,
 * renewal, Markov-modulated Poisson.
 */
#include "model/arrivals.h"

#include <math.h>

const char *const arrivals_spacings[] = {"poisson", "even", NULL};

static const struct variant *const processes[] = {
    &arrivals_constant.variant,   &arrivals_poisson.variant,       &arrivals_renewal.variant,
    &arrivals_mmpp.variant,       &arrivals_piecewise.variant,     &arrivals_diurnal.variant,
    &arrivals_rate_trace.variant, &arrivals_message_trace.variant, NULL,
};

const struct union_type arrivals_union = {
    .name = "arrival process",
    .tag = "process",
    .variants = processes,
};

double arrivals_mean_bytes(const struct source_params *source)
{
    const struct arrivals_type *type = arrivals_type(source);
    return type->mean_bytes ? type->mean_bytes(source->arrivals.params) : (double)NAN;
}

/* ---- constant ---- */

/* Of processes that are known by their rate. */
struct rate_params {
    double rate_per_s;
};

static double rate_per_s(const void *params)
{
    return ((const struct rate_params *)params)->rate_per_s;
}

/* Arrival k of partition p of P at (k + (p + 1) / P) / rate: equal shares interleave evenly. */
static void constant_fill(const void *params, const struct arrivals_partition *partition,
                          struct arrivals_state *state, const struct arrivals_block *block)
{
    double rate = rate_per_s(params) * partition->share;
    double phase = (double)(partition->index + 1) / (double)partition->n;
    for (size_t i = 0; i < block->n; i++)
        block->times_s[i] = ((double)(state->index + i) + phase) / rate;
    state->index += block->n;
}

static const struct field constant_fields[] = {
    {
        .key = "rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct rate_params, rate_per_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "Messages per time of the whole source.",
        .witness = "stream-arrivals.json /job/operators/0/source/arrivals/rate=\"30 /s\"",
    },
    {0},
};

const struct arrivals_type arrivals_constant = {
    .variant =
        {
            .name = "constant",
            .help = "Messages at equal distances; equal partitions take turns.",
            .size = sizeof(struct rate_params),
            .fields = constant_fields,
        },
    .fill = constant_fill,
    .mean_rate_per_s = rate_per_s,
    .peak_rate_per_s = rate_per_s,
};

/* ---- poisson ---- */

static void poisson_fill(const void *params, const struct arrivals_partition *partition,
                         struct arrivals_state *state, const struct arrivals_block *block)
{
    double gap_s = 1 / (rate_per_s(params) * partition->share);
    struct rng rng = state->rng; /* in registers */
    double time_s = state->time_s;
    for (size_t i = 0; i < block->n; i++)
        block->times_s[i] = time_s += gap_s * rng_exponential(&rng);
    state->time_s = time_s;
    state->rng = rng;
}

static const struct field poisson_fields[] = {
    {
        .key = "rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct rate_params, rate_per_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "Mean number of messages per time, of the whole source.",
        .witness = "stream-arrivals.json /job/operators/1/source/arrivals/rate=\"30 /s\"",
    },
    {0},
};

const struct arrivals_type arrivals_poisson = {
    .variant =
        {
            .name = "poisson",
            .help = "Messages that come independently of each other, at a constant mean rate.",
            .size = sizeof(struct rate_params),
            .fields = poisson_fields,
        },
    .fill = poisson_fill,
    .mean_rate_per_s = rate_per_s,
    .peak_rate_per_s = rate_per_s,
};

/* ---- renewal ---- */

struct renewal_params {
    struct dist interval;
    struct sampler gap; /* of the above */
};

static void renewal_fill(const void *params, const struct arrivals_partition *partition,
                         struct arrivals_state *state, const struct arrivals_block *block)
{
    const struct sampler gap = ((const struct renewal_params *)params)->gap;
    double stretch = 1 / partition->share;
    struct rng rng = state->rng;
    double time_s = state->time_s;
    for (size_t i = 0; i < block->n; i++)
        block->times_s[i] = time_s += stretch * sampler_draw(&gap, &rng);
    state->time_s = time_s;
    state->rng = rng;
}

static double renewal_rate_per_s(const void *params)
{
    return 1 / ((const struct renewal_params *)params)->gap.mean;
}

static bool renewal_prepare(void *params, const struct field_context *context)
{
    struct renewal_params *p = params;
    p->gap = sampler_of(&p->interval);
    if (p->gap.mean >= 1e-12)
        return true;
    return err_add(context->err, arena_format(context->arena, "%s/interval", context->pointer),
                   "mean gap of %g s: must be at least 1e-12 s", p->gap.mean);
}

static const struct field renewal_fields[] = {
    {
        .key = "interval",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct renewal_params, interval),
        .types = &dist_union,
        .required = true,
        .help = "Time between two messages of the whole source; in a partition with a part of "
                "them, that time divided by the part.",
        .witness = "stream-arrivals.json /job/operators/2/source/arrivals/interval=\"40 ms\"",
    },
    {0},
};

const struct arrivals_type arrivals_renewal = {
    .variant =
        {
            .name = "renewal",
            .help = "Independent gaps of any distribution, the first one from the start.",
            .source = "Cox, Renewal Theory, 1962",
            .size = sizeof(struct renewal_params),
            .fields = renewal_fields,
            .prepare = renewal_prepare,
        },
    .fill = renewal_fill,
    .mean_rate_per_s = renewal_rate_per_s,
    .peak_rate_per_s = renewal_rate_per_s,
};

/* ---- mmpp ---- */

struct mmpp_params {
    struct list rates; /* of double, per second */
    struct list stays; /* of double, mean seconds */
};

static double mmpp_stay_s(const struct mmpp_params *p, uint64_t phase)
{
    return ((const double *)p->stays.items)[phase];
}

/* The phase at time 0 is drawn as in the long run; how long it lasts from there has no memory. */
static void mmpp_start(const void *params, const struct arrivals_partition *partition,
                       struct arrivals_state *state)
{
    (void)partition;
    const struct mmpp_params *p = params;
    double total_s = 0;
    for (size_t i = 0; i < p->stays.n; i++)
        total_s += mmpp_stay_s(p, i);
    double left_s = total_s * rng_uniform(&state->modulator);
    while (state->segment + 1 < p->stays.n && left_s > mmpp_stay_s(p, state->segment))
        left_s -= mmpp_stay_s(p, state->segment++);
    state->level = mmpp_stay_s(p, state->segment) * rng_exponential(&state->modulator);
}

/* segment is the phase, level the time at which it ends. */
static void mmpp_fill(const void *params, const struct arrivals_partition *partition,
                      struct arrivals_state *state, const struct arrivals_block *block)
{
    const struct mmpp_params *p = params;
    const double *rates = p->rates.items;
    for (size_t i = 0; i < block->n;) {
        double rate = rates[state->segment] * partition->share;
        if (rate > 0) {
            double gap_s = rng_exponential(&state->rng) / rate;
            if (state->time_s + gap_s <= state->level) {
                block->times_s[i++] = state->time_s += gap_s;
                continue;
            }
        }
        /* Nothing more in this phase; in the next the wait starts anew, having no memory. */
        state->time_s = state->level;
        state->segment = (state->segment + 1) % p->rates.n;
        state->level += mmpp_stay_s(p, state->segment) * rng_exponential(&state->modulator);
    }
}

static double mmpp_mean_per_s(const void *params)
{
    const struct mmpp_params *p = params;
    const double *rates = p->rates.items;
    double messages = 0;
    double time_s = 0;
    for (size_t i = 0; i < p->rates.n; i++) {
        messages += rates[i] * mmpp_stay_s(p, i);
        time_s += mmpp_stay_s(p, i);
    }
    return messages / time_s;
}

static double mmpp_peak_per_s(const void *params)
{
    const struct mmpp_params *p = params;
    const double *rates = p->rates.items;
    double peak_per_s = 0;
    for (size_t i = 0; i < p->rates.n; i++)
        peak_per_s = fmax(peak_per_s, rates[i]);
    return peak_per_s;
}

static bool mmpp_prepare(void *params, const struct field_context *context)
{
    const struct mmpp_params *p = params;
    const char *stay = arena_format(context->arena, "%s/stay", context->pointer);
    const char *rates = arena_format(context->arena, "%s/rates", context->pointer);
    if (p->rates.n == 0)
        return err_add(context->err, rates,
                       "no rates; list that of each phase, [\"1k/s\", \"0 /s\"]");
    if (p->rates.n != p->stays.n)
        return err_add(context->err, stay, "%zu mean stays for %zu rates; one for each is needed",
                       p->stays.n, p->rates.n);
    if (mmpp_peak_per_s(p) > 0)
        return true;
    return err_add(context->err, rates, "all rates are 0, so that no message ever arrives");
}

static const struct field mmpp_rate = {
    .key = "rate",
    .kind = FIELD_REAL,
    .dimension = DIMENSION_RATE,
    .max = 1e12,
    .help = "Rate of a phase; 0 for silence.",
};

static const struct field mmpp_stay = {
    .key = "stay",
    .kind = FIELD_REAL,
    .dimension = DIMENSION_TIME,
    .max = 1e12,
    .above_min = true,
    .help = "Mean time in a phase.",
};

static const struct field mmpp_fields[] = {
    {
        .key = "rates",
        .kind = FIELD_LIST,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct mmpp_params, rates),
        .required = true,
        .element = &mmpp_rate,
        .element_size = sizeof(double),
        .help = "Mean rate of the whole source in each phase.",
        .witness = "stream-arrivals.json "
                   "/job/operators/3/source/arrivals/rates=[\"300 /s\",\"20 /s\"]",
    },
    {
        .key = "stay",
        .kind = FIELD_LIST,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct mmpp_params, stays),
        .required = true,
        .element = &mmpp_stay,
        .element_size = sizeof(double),
        .help = "Mean time that each phase lasts, exponential; after the last comes the first.",
        .witness = "stream-arrivals.json "
                   "/job/operators/3/source/arrivals/stay=[\"9 s\",\"3 s\"]",
    },
    {0},
};

const struct arrivals_type arrivals_mmpp = {
    .variant =
        {
            .name = "mmpp",
            .help = "Bursts: a Poisson process whose rate changes at random, in all partitions "
                    "at once (Markov-modulated).",
            .source = "Fischer and Meier-Hellstern, Performance Evaluation 18(2), 1993",
            .size = sizeof(struct mmpp_params),
            .fields = mmpp_fields,
            .prepare = mmpp_prepare,
        },
    .start = mmpp_start,
    .fill = mmpp_fill,
    .mean_rate_per_s = mmpp_mean_per_s,
    .peak_rate_per_s = mmpp_peak_per_s,
};
