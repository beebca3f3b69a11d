// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rate_steps.h"

#include <math.h>

static double step_start_s(const struct rate_steps *steps, size_t i)
{
    return steps->starts_s ? steps->starts_s[i] : (double)i * steps->width_s;
}

/* One step of one round: it takes the messages from `low` to `high`, in order. */
struct step {
    size_t i;
    double round;
    double start_s; /* of the run */
    double low, high;
    double slope_s; /* seconds per message */
};

static void step_enter(const struct rate_steps *steps, struct step *step)
{
    size_t i = step->i;
    double start_s = step_start_s(steps, i);
    double messages = steps->sums[i + 1] - steps->sums[i];
    double before = step->round * steps->sums[steps->n];
    step->start_s = step->round * step_start_s(steps, steps->n) + start_s - steps->from_s;
    step->low = before + steps->sums[i];
    step->high = before + steps->sums[i + 1];
    step->slope_s = messages > 0 ? (step_start_s(steps, i + 1) - start_s) / messages : 0;
}

/* The next step on the way to `level`, passing over whole rounds; false after the last step. */
static bool step_next(const struct rate_steps *steps, struct step *step, double level)
{
    if (++step->i == steps->n) {
        if (!steps->repeat)
            return false;
        step->i = 0;
        step->round = fmax(step->round + 1, floor(level / steps->sums[steps->n]));
    }
    step_enter(steps, step);
    return true;
}

/* Expected messages before the time from_s. */
static double messages_skipped(const struct rate_steps *steps)
{
    size_t low = 0;
    size_t high = steps->n;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (step_start_s(steps, middle) <= steps->from_s)
            low = middle;
        else
            high = middle;
    }
    double start_s = step_start_s(steps, low);
    double part = (steps->from_s - start_s) / (step_start_s(steps, low + 1) - start_s);
    return steps->sums[low] + fmin(part, 1) * (steps->sums[low + 1] - steps->sums[low]);
}

static double phase_of(const struct arrivals_partition *partition)
{
    return ((double)partition->index + 0.5) / (double)partition->n;
}

/* level is the last arrival on the axis of messages; segment counts steps over all rounds. */
void rate_steps_start(const void *params, const struct arrivals_partition *partition,
                      struct arrivals_state *state)
{
    state->level = messages_skipped(params);
    double index = ceil(state->level * partition->share - phase_of(partition));
    state->index = index > 0 ? (uint64_t)index : 0;
}

/* Where the next messages of the partition lie on the axis. */
static void fill_levels(const struct rate_steps *steps, const struct arrivals_partition *partition,
                        struct arrivals_state *state, double *levels, size_t n)
{
    const double gap = 1 / partition->share;
    if (steps->spacing == SPACING_EVEN) {
        double phase = phase_of(partition);
        for (size_t k = 0; k < n; k++)
            levels[k] = ((double)state->index++ + phase) * gap;
        return;
    }
    struct rng rng = state->rng; /* in registers */
    double level = state->level;
    for (size_t k = 0; k < n; k++)
        levels[k] = level += rng_exponential(&rng) * gap;
    state->level = level;
    state->rng = rng;
}

/* From levels to times, in place. */
static void map_levels(const struct rate_steps *steps, struct arrivals_state *state, double *levels,
                       size_t n)
{
    uint64_t round = state->segment / steps->n;
    struct step step = {.i = state->segment % steps->n, .round = (double)round};
    double last_s = state->time_s;
    size_t k = 0;
    step_enter(steps, &step);
    for (bool more = true; k < n; k++) {
        while (more && levels[k] > step.high)
            more = step_next(steps, &step, levels[k]);
        if (!more)
            break;
        /* At the border of two steps rounding must not turn the order round. */
        double time_s = step.start_s + (levels[k] - step.low) * step.slope_s;
        levels[k] = last_s = time_s > last_s ? time_s : last_s;
    }
    state->time_s = last_s;
    state->segment = (uint64_t)step.round * steps->n + step.i;
    for (; k < n; k++)
        levels[k] = (double)INFINITY;
}

void rate_steps_fill(const void *params, const struct arrivals_partition *partition,
                     struct arrivals_state *state, const struct arrivals_block *block)
{
    const struct rate_steps *steps = params;
    if (steps->repeat || state->segment < steps->n) {
        fill_levels(steps, partition, state, block->times_s, block->n);
        map_levels(steps, state, block->times_s, block->n);
    } else {
        for (size_t k = 0; k < block->n; k++)
            block->times_s[k] = (double)INFINITY;
    }
}

double rate_steps_mean_per_s(const void *params)
{
    const struct rate_steps *steps = params;
    return steps->sums[steps->n] / step_start_s(steps, steps->n);
}

double rate_steps_peak_per_s(const void *params)
{
    const struct rate_steps *steps = params;
    double peak_per_s = 0;
    for (size_t i = 0; i < steps->n; i++) {
        double width_s = step_start_s(steps, i + 1) - step_start_s(steps, i);
        peak_per_s = fmax(peak_per_s, (steps->sums[i + 1] - steps->sums[i]) / width_s);
    }
    return peak_per_s;
}
