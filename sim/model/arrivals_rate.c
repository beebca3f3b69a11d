// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Arrivals at a rate that varies as the scenario says: steps, daily cycles.
 */
#include <math.h>

#include "model/arrivals.h"
#include "model/rate_steps.h"

/* ---- piecewise ---- */

/* How long the last step of a process that does not repeat lasts: 30,000 years. */
static const double FOR_EVER_S = 1e12;

struct rate_point {
    double at_s;
    double rate_per_s;
};

struct piecewise_params {
    struct rate_steps steps; /* must be first */
    struct list points;      /* of struct rate_point */
    double period_s;         /* NaN: does not repeat */
};

/* In the long run the last rate, when the steps do not repeat. */
static double piecewise_mean_per_s(const void *params)
{
    const struct piecewise_params *p = params;
    const struct rate_point *points = p->points.items;
    return p->steps.repeat ? rate_steps_mean_per_s(p) : points[p->points.n - 1].rate_per_s;
}

/* Errors of the points' times and rates. */
static bool check_points(const struct piecewise_params *p, const struct field_context *context)
{
    const struct rate_point *points = p->points.items;
    const char *pointer = arena_format(context->arena, "%s/points", context->pointer);
    bool any = false;
    for (size_t i = 0; i < p->points.n; i++) {
        any = any || points[i].rate_per_s > 0;
        if (i > 0 && !(points[i].at_s > points[i - 1].at_s))
            return err_add(context->err, arena_format(context->arena, "%s/%zu/at", pointer, i),
                           "%g s: must be later than the point before, %g s", points[i].at_s,
                           points[i - 1].at_s);
    }
    if (!any)
        return err_add(context->err, pointer, "no rate above 0, so that no message ever arrives");
    if (points[0].at_s > 0)
        return err_add(context->err, arena_format(context->arena, "%s/0/at", pointer),
                       "%g s: the first rate must begin at 0 s", points[0].at_s);
    if (p->period_s <= points[p->points.n - 1].at_s)
        return err_add(context->err, arena_format(context->arena, "%s/period", context->pointer),
                       "%g s: must be later than the last point, %g s", p->period_s,
                       points[p->points.n - 1].at_s);
    return true;
}

static bool piecewise_prepare(void *params, const struct field_context *context)
{
    struct piecewise_params *p = params;
    if (!check_points(p, context))
        return false;
    const struct rate_point *points = p->points.items;
    size_t n = p->points.n;
    double *starts_s = arena_alloc(context->arena, n + 1, sizeof *starts_s);
    double *sums = arena_alloc(context->arena, n + 1, sizeof *sums);
    for (size_t i = 0; i < n; i++)
        starts_s[i] = points[i].at_s;
    starts_s[n] = isnan(p->period_s) ? FOR_EVER_S : p->period_s;
    for (size_t i = 0; i < n; i++)
        sums[i + 1] = sums[i] + points[i].rate_per_s * (starts_s[i + 1] - starts_s[i]);
    p->steps.n = n;
    p->steps.sums = sums;
    p->steps.starts_s = starts_s;
    p->steps.repeat = !isnan(p->period_s);
    return true;
}

static const struct field point_fields[] = {
    {
        .key = "at",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct rate_point, at_s),
        .max = 1e11,
        .required = true,
        .help = "Time from which the rate holds; that of the first point is 0.",
        .witness = "stream-arrivals.json /job/operators/4/source/arrivals/points/1/at=\"12 s\"",
    },
    {
        .key = "rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct rate_point, rate_per_s),
        .max = 1e12,
        .required = true,
        .help = "Messages per time of the whole source, until the next point.",
        .witness = "stream-arrivals.json /job/operators/4/source/arrivals/points/1/rate=\"50 /s\"",
    },
    {0},
};

static const struct field point_element = {
    .key = "point",
    .kind = FIELD_OBJECT,
    .fields = point_fields,
    .help = "A rate, and from when it holds.",
};

static const struct field piecewise_fields[] = {
    {
        .key = "points",
        .kind = FIELD_LIST,
        .offset = offsetof(struct piecewise_params, points),
        .required = true,
        .element = &point_element,
        .element_size = sizeof(struct rate_point),
        .help = "Rates and when each begins, in the order of time.",
        .witness = "stream-arrivals.json /job/operators/4/source/arrivals/points="
                   "[{\"at\":\"0 s\",\"rate\":\"9 /s\"}]",
    },
    {
        .key = "period",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct piecewise_params, period_s),
        .max = 1e11,
        .above_min = true,
        .help = "Time after which the points begin anew; without it the last rate stays.",
        .witness = "stream-arrivals.json /job/operators/4/source/arrivals/period=\"50 s\"",
    },
    {
        .key = "spacing",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct piecewise_params, steps.spacing),
        .fallback = "\"poisson\"",
        .choices = arrivals_spacings,
        .help = "How messages lie at a given rate: at random, or at equal distances.",
        .witness = "stream-arrivals.json /job/operators/4/source/arrivals/spacing=\"even\"",
    },
    {0},
};

const struct arrivals_type arrivals_piecewise = {
    .variant =
        {
            .name = "piecewise",
            .help = "A rate that changes in steps at given times.",
            .size = sizeof(struct piecewise_params),
            .fields = piecewise_fields,
            .prepare = piecewise_prepare,
        },
    .start = rate_steps_start,
    .fill = rate_steps_fill,
    .mean_rate_per_s = piecewise_mean_per_s,
    .peak_rate_per_s = rate_steps_peak_per_s,
};

/* ---- diurnal ---- */

/* The cycle is a staircase, one step for each minute of a day; each has its exact mean. */
enum { CYCLE_STEPS = 1440 };

struct diurnal_params {
    struct rate_steps steps; /* must be first */
    double rate_per_s;       /* mean */
    double peak_per_s;
    double period_s;
    double peak_at_s;
};

static double diurnal_mean_per_s(const void *params)
{
    return ((const struct diurnal_params *)params)->rate_per_s;
}

static double diurnal_peak_per_s(const void *params)
{
    return ((const struct diurnal_params *)params)->peak_per_s;
}

/*
 * Messages from the start of a period until t: the integral of
 * rate (1 + a cos(2 pi (t - peak_at) / period)), where a = peak / rate - 1.
 */
static double messages_until(const struct diurnal_params *p, double t_s)
{
    const double two_pi = 6.283185307179586477;
    double omega = two_pi / p->period_s;
    double swing = sin(omega * (t_s - p->peak_at_s)) + sin(omega * p->peak_at_s);
    return p->rate_per_s * t_s + (p->peak_per_s - p->rate_per_s) / omega * swing;
}

static bool diurnal_prepare(void *params, const struct field_context *context)
{
    struct diurnal_params *p = params;
    if (!(p->peak_per_s >= p->rate_per_s && p->peak_per_s <= 2 * p->rate_per_s))
        return err_add(context->err, arena_format(context->arena, "%s/peak", context->pointer),
                       "%g /s: must be from the mean rate, %g /s, to twice that, where the lowest "
                       "rate is 0",
                       p->peak_per_s, p->rate_per_s);
    p->steps.n = CYCLE_STEPS;
    p->steps.width_s = p->period_s / CYCLE_STEPS;
    p->steps.repeat = true;
    double *sums = arena_alloc(context->arena, CYCLE_STEPS + 1, sizeof *sums);
    for (size_t i = 1; i < CYCLE_STEPS; i++) /* ascending, also where rounding has it otherwise */
        sums[i] = fmax(messages_until(p, (double)i * p->steps.width_s), sums[i - 1]);
    sums[CYCLE_STEPS] = fmax(p->rate_per_s * p->period_s, sums[CYCLE_STEPS - 1]);
    p->steps.sums = sums;
    return true;
}

static const struct field diurnal_fields[] = {
    {
        .key = "rate",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct diurnal_params, rate_per_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "Mean rate of the whole source over a period.",
        .witness = "stream-arrivals.json /job/operators/5/source/arrivals/rate=\"30 /s\"",
    },
    {
        .key = "peak",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_RATE,
        .offset = offsetof(struct diurnal_params, peak_per_s),
        .max = 1e12,
        .above_min = true,
        .required = true,
        .help = "Highest rate; at most twice the mean.",
        .witness = "stream-arrivals.json /job/operators/5/source/arrivals/peak=\"26 /s\"",
    },
    {
        .key = "period",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct diurnal_params, period_s),
        .max = 1e11,
        .above_min = true,
        .fallback = "\"1 d\"",
        .help = "Time from one peak to the next.",
        .witness = "stream-arrivals.json /job/operators/5/source/arrivals/period=\"30 s\"",
    },
    {
        .key = "peak_at",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct diurnal_params, peak_at_s),
        .max = 1e11,
        .fallback = "\"0 s\"",
        .help = "Time of a peak, counted from the start of the run.",
        .witness = "stream-arrivals.json /job/operators/5/source/arrivals/peak_at=\"20 s\"",
    },
    {
        .key = "spacing",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct diurnal_params, steps.spacing),
        .fallback = "\"poisson\"",
        .choices = arrivals_spacings,
        .help = "How messages lie at a given rate: at random, or at equal distances.",
        .witness = "stream-arrivals.json /job/operators/5/source/arrivals/spacing=\"even\"",
    },
    {0},
};

const struct arrivals_type arrivals_diurnal = {
    .variant =
        {
            .name = "diurnal",
            .help = "A rate that rises and falls as a sine wave, day after day for instance.",
            .size = sizeof(struct diurnal_params),
            .fields = diurnal_fields,
            .prepare = diurnal_prepare,
        },
    .start = rate_steps_start,
    .fill = rate_steps_fill,
    .mean_rate_per_s = diurnal_mean_per_s,
    .peak_rate_per_s = diurnal_peak_per_s,
};
