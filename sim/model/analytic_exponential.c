// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Exponential failures: means under every exposure, and the standard deviation.
 *
 * Failures strike exposed time at rate λ. A phase that is to be got through n
 * times therefore takes n f / λ, f being its expected failures until it is done
 * once; a phase that nothing can strike takes n times its mean.
 */
#include <math.h>

#include "model/analytic_internal.h"

struct phase {
    double mean_s;
    double failures; /* until it is done once; 0 when it is not exposed */
    bool exposed;
};

struct phases {
    double rate_per_s;
    bool work_is_exposed;
    struct phase cost, delta_cost, restore, delta_restore, downtime, start;
};

static struct phase phase_of(const struct analytic_duration *duration, double rate_per_s,
                             bool exposed)
{
    double failures = exposed ? analytic_failures_until_done(duration, rate_per_s) : 0;
    return (struct phase){duration->mean_s, failures, exposed};
}

static struct phases phases_of(const struct analytic_job *job)
{
    unsigned exposure = job->law ? job->exposure : 0; /* no failures: nothing is exposed */
    double rate_per_s = job->law ? 1 / dist_mean(job->law) : 0;
    bool checkpoint = exposure & EXPOSED_CHECKPOINT;
    bool recovery = exposure & EXPOSED_RECOVERY;
    struct analytic_duration start = job->start;
    start.on_retry = ON_RETRY_RESAMPLE; /* it is never tried again */
    return (struct phases){
        .rate_per_s = rate_per_s,
        .work_is_exposed = exposure & EXPOSED_WORK,
        .cost = phase_of(&job->cost, rate_per_s, checkpoint),
        .delta_cost = phase_of(&job->delta_cost, rate_per_s, checkpoint),
        .restore = phase_of(&job->restore, rate_per_s, recovery),
        .delta_restore = phase_of(&job->delta_restore, rate_per_s, recovery),
        .downtime = phase_of(&job->downtime, rate_per_s, exposure & EXPOSED_DOWNTIME),
        .start = phase_of(&start, rate_per_s, recovery),
    };
}

static double time_in(const struct phase *phase, double times_done, double rate_per_s)
{
    return times_done * (phase->exposed ? phase->failures / rate_per_s : phase->mean_s);
}

/* A base and its deltas are restored in one phase: a failure in it has all of them read again. */
static struct phase recovery_phase(const struct phases *phases, double deltas)
{
    const struct phase *base = &phases->restore;
    const struct phase *delta = &phases->delta_restore;
    return (struct phase){
        .mean_s = base->mean_s + deltas * delta->mean_s,
        .failures = expm1(log1p(base->failures) + deltas * log1p(delta->failures)),
        .exposed = base->exposed,
    };
}

/* What follows `failures` failures that struck outside recoveries and downtimes. */
static void add_recoveries(const struct phases *phases, double failures, double deltas,
                           struct analytic_answer *answer)
{
    struct phase recovery = recovery_phase(phases, deltas);
    double downtimes = failures * (1 + recovery.failures);
    answer->recovery_time_s += time_in(&recovery, failures, phases->rate_per_s);
    answer->downtime_s += time_in(&phases->downtime, downtimes, phases->rate_per_s);
    answer->failures += downtimes * (1 + phases->downtime.failures);
}

static void add_start(const struct phases *phases, struct analytic_answer *answer)
{
    const struct phase *start = &phases->start;
    double fails = start->failures / (1 + start->failures); /* the probability: one attempt */
    answer->start_time_s += start->exposed ? fails / phases->rate_per_s : start->mean_s;
    add_recoveries(phases, fails, 0, answer);
}

/* Segments that are alike. */
struct segments {
    double count;
    double work_s;
    struct phase checkpoint;
    double deltas; /* on the base that they start from */
};

/* The number of times the work is done is that of the checkpoint's attempts. */
static void add_segments(const struct phases *phases, const struct segments *segments,
                         struct analytic_answer *answer)
{
    double rate_per_s = phases->rate_per_s;
    struct phase work = {segments->work_s, 0, phases->work_is_exposed};
    if (work.exposed)
        work.failures = expm1(rate_per_s * work.mean_s);
    double attempts = 1 + segments->checkpoint.failures;
    double failures = attempts * work.failures + segments->checkpoint.failures;
    answer->work_time_s += segments->count * time_in(&work, attempts, rate_per_s);
    answer->checkpoint_time_s += segments->count * time_in(&segments->checkpoint, 1, rate_per_s);
    add_recoveries(phases, segments->count * failures, segments->deltas, answer);
}

struct moments {
    double mean;
    double variance;
};

/* Instant of a failure, given that it comes before L. */
static struct moments failure_before(double rate_per_s, double length_s)
{
    double x = rate_per_s * length_s;
    double mean = 1.0 / 2 - x / 12 + x * x * x / 720;
    double variance = 1.0 / 12 - x * x / 240 + x * x * x * x / 6048;
    if (x > 0.01) { /* what these are the series of; below, the differences cancel */
        double chord = 2 * sinh(x / 2);
        mean = 1 / x - 1 / expm1(x);
        variance = 1 / (x * x) - 1 / (chord * chord);
    }
    return (struct moments){mean * length_s, variance * length_s * length_s};
}

/*
 * Time until L has passed without a failure, each failure costing `down`:
 * L after a geometric number of pairs (failure before L, down).
 */
static struct moments time_until_passed(double rate_per_s, double length_s, struct moments down)
{
    struct moments failure = failure_before(rate_per_s, length_s);
    double failures = expm1(rate_per_s * length_s);
    double each = failure.mean + down.mean;
    return (struct moments){
        .mean = length_s + failures * each,
        .variance =
            failures * (failure.variance + down.variance) + failures * (1 + failures) * each * each,
    };
}

/* Variance of a stretch of `first_s` exposed time that takes `again_s` after each failure. */
static double stretch_variance(double rate_per_s, double first_s, double again_s,
                               struct moments down)
{
    struct moments failure = failure_before(rate_per_s, first_s);
    struct moments again = time_until_passed(rate_per_s, again_s, down);
    double p = exp(-rate_per_s * first_s);
    double q = -expm1(-rate_per_s * first_s);
    double excess = failure.mean + down.mean + again.mean - first_s;
    return q * (failure.variance + down.variance + again.variance) + p * q * excess * excess;
}

/* `redone_s` of the exposed `first_s` are done again after a recovery from `deltas` deltas. */
static double recovered_variance(const struct phases *phases, double first_s, double redone_s,
                                 double deltas, struct moments down)
{
    struct phase recovery = recovery_phase(phases, deltas);
    if (recovery.exposed)
        redone_s += recovery.mean_s;
    else
        down.mean += recovery.mean_s;
    return stretch_variance(phases->rate_per_s, first_s, redone_s, down);
}

static double start_variance(const struct phases *phases, struct moments down)
{
    double first_s = phases->start.exposed ? phases->start.mean_s : 0;
    return recovered_variance(phases, first_s, 0, 0, down);
}

static double segments_variance(const struct phases *phases, const struct segments *segments,
                                struct moments down)
{
    double exposed_s = segments->work_s;
    if (segments->checkpoint.exposed)
        exposed_s += segments->checkpoint.mean_s;
    return segments->count *
           recovered_variance(phases, exposed_s, exposed_s, segments->deltas, down);
}

/* The variances hold when work is exposed and all durations but the downtime are constant. */
static bool has_variance(const struct analytic_job *job)
{
    if (job->cost.law || job->restore.law || job->start.law || job->delta_cost.law ||
        job->delta_restore.law)
        return false;
    if (job->downtime.law && (job->downtime.slowest_of > 1 || job->exposure & EXPOSED_DOWNTIME))
        return false;
    return !job->law || job->exposure & EXPOSED_WORK;
}

static struct moments downtime_moments(const struct analytic_job *job, const struct phases *phases)
{
    const struct analytic_duration *downtime = &job->downtime;
    if (phases->downtime.exposed)
        return time_until_passed(phases->rate_per_s, downtime->mean_s, (struct moments){0, 0});
    return (struct moments){downtime->mean_s, downtime->law ? dist_variance(downtime->law) : 0};
}

static struct segments segments_from(const struct analytic_job *job, const struct phases *phases,
                                     uint64_t deltas, double count)
{
    bool is_base = deltas + 1 >= analytic_cycle(job);
    return (struct segments){
        .count = count,
        .work_s = job->interval_s,
        .checkpoint = is_base ? phases->cost : phases->delta_cost,
        .deltas = (double)deltas,
    };
}

/* The segment after `full` others: the rest of the work, perhaps without a checkpoint. */
static struct segments last_segment(const struct analytic_job *job, const struct phases *phases,
                                    double full)
{
    uint64_t deltas = (uint64_t)fmod(full, (double)analytic_cycle(job));
    struct segments last = segments_from(job, phases, deltas, 1);
    last.work_s = full > 0 ? job->work_s - full * job->interval_s : job->work_s;
    if (!job->final_checkpoint)
        last.checkpoint = (struct phase){0};
    return last;
}

void analytic_exponential_makespan(const struct analytic_job *job, struct analytic_answer *answer)
{
    struct phases phases = phases_of(job);
    struct moments down = downtime_moments(job, &phases);
    double full = analytic_segments(job->work_s, job->interval_s) - 1;
    uint64_t cycle = analytic_cycle(job);

    struct segments last = last_segment(job, &phases, full);
    add_start(&phases, answer);
    add_segments(&phases, &last, answer);
    double sum = start_variance(&phases, down) + segments_variance(&phases, &last, down);
    for (uint64_t deltas = 0; deltas < cycle && (double)deltas < full; deltas++) {
        double count = ceil((full - (double)deltas) / (double)cycle);
        struct segments segments = segments_from(job, &phases, deltas, count);
        add_segments(&phases, &segments, answer);
        sum += segments_variance(&phases, &segments, down);
    }
    if (has_variance(job) && isfinite(sum))
        answer->sd_s = sqrt(sum);
}

static double time_of(const struct phases *phases, struct segments segments)
{
    struct analytic_answer sum = {0};
    add_segments(phases, &segments, &sum);
    return sum.work_time_s + sum.checkpoint_time_s + sum.recovery_time_s + sum.downtime_s;
}

double analytic_exponential_useful_fraction(const struct analytic_job *job)
{
    struct phases phases = phases_of(job);
    uint64_t cycle = analytic_cycle(job);
    double elapsed_s = 0;
    for (uint64_t deltas = 0; deltas < cycle; deltas++)
        elapsed_s += time_of(&phases, segments_from(job, &phases, deltas, 1));
    return (double)cycle * job->interval_s / elapsed_s;
}

bool analytic_best_cycle(const struct analytic_job *job, uint64_t *cycle)
{
    if (job->law && !analytic_is_exponential(job->law))
        return false;
    struct phases phases = phases_of(job);
    double deltas_s = 0;
    double best = (double)INFINITY;
    /* Times of k checkpoints are convex in k, so their mean falls to its minimum and then rises. */
    for (uint64_t k = 1; k <= ANALYTIC_LONGEST_CYCLE; k++) {
        struct segments segments = segments_from(job, &phases, k - 1, 1);
        segments.checkpoint = phases.cost;
        double each_s = (deltas_s + time_of(&phases, segments)) / (double)k;
        if (!(each_s < best)) {
            *cycle = k - 1;
            return k > 1;
        }
        best = each_s;
        segments.checkpoint = phases.delta_cost;
        deltas_s += time_of(&phases, segments);
    }
    return false;
}
