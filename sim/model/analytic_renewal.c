// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Failures of any law. The clock is fresh at the start and at the end of each
 * downtime, and runs through recovery, work and checkpoints (S2); a phase that
 * is not exposed only adds its time.
 *
 * An *attempt* is what happens from one fresh clock to the next: it leads in,
 * with a recovery or the start, and passes segments until the failure. It
 * depends on the past only through its recovery line, so all follows from
 * v[i], the expected number of attempts that begin with i segments committed:
 *
 *     v[m] = P(first attempt fails in segment m) + sum_{i<=m} v[i] P(attempt from i fails in m)
 *
 * solved forwards in m. The mean of any total is that of the first attempt
 * plus the sum of v[i] times that of an attempt from i. All attempts from the
 * same number of deltas share one table of probabilities, shifted.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/analytic_internal.h"

enum {
    MOST_SEGMENTS = 20000,      /* the recursion takes half their square of steps */
    MOST_EVALUATIONS = 1000000, /* of the law, about a microsecond each */
};

/* The job in seconds of its clock: phases that are not exposed last 0. */
struct clocked {
    const struct dist *law;
    bool failure_first;
    double interval_s;
    uint64_t cycle;
    double cost_s, delta_cost_s;
    size_t full;        /* segments of a whole interval, each with a checkpoint */
    double last_work_s; /* of the one after them */
    double last_cost_s;
};

/* An attempt that begins with `deltas` deltas on its base. */
struct attempt {
    double lead_s;
    uint64_t deltas;
    double *fails;         /* owned, full of them: P(failure in segment j after its beginning) */
    double *checkpoints_s; /* owned, full + 1: mean time in its first j checkpoints */
};

/* What an attempt does: two probabilities and mean times. */
struct outcome {
    double completes;  /* the job */
    double fails_last; /* in the last segment */
    double elapsed_s;
    double lead_s;
    double checkpoints_s;
};

/* P(X >= x): at the same instant, completion comes before failure; P(X > x) if not (S8). */
static double reaches(const struct dist *law, bool failure_first, double x)
{
    return x > 0 ? dist_survival(law, failure_first ? x : nextafter(x, 0)) : 1;
}

/* Mean time of an attempt between the ages `from` and `to`. */
static double mean_between(const struct dist *law, double from_s, double to_s)
{
    return to_s > from_s ? dist_mean_below(law, to_s) - dist_mean_below(law, from_s) : 0;
}

/* Length of the next n full segments. */
static double length_s(const struct clocked *c, uint64_t deltas, size_t n)
{
    uint64_t bases = (deltas + n) / c->cycle;
    return (double)n * c->interval_s + (double)bases * c->cost_s +
           (double)(n - bases) * c->delta_cost_s;
}

static struct attempt attempt_make(const struct clocked *c, double lead_s, uint64_t deltas)
{
    struct attempt a = {
        .lead_s = lead_s,
        .deltas = deltas,
        .fails = mem_alloc(c->full, sizeof *a.fails),
        .checkpoints_s = mem_alloc(c->full + 1, sizeof *a.checkpoints_s),
    };
    double reached = 1;
    for (size_t j = 0; j < c->full; j++) {
        bool is_base = (deltas + j + 1) % c->cycle == 0;
        double end_s = lead_s + length_s(c, deltas, j + 1);
        double passed = reaches(c->law, c->failure_first, end_s);
        a.fails[j] = reached - passed;
        a.checkpoints_s[j + 1] =
            a.checkpoints_s[j] +
            mean_between(c->law, end_s - (is_base ? c->cost_s : c->delta_cost_s), end_s);
        reached = passed;
    }
    return a;
}

static void attempt_release(struct attempt *a)
{
    free(a->fails);
    free(a->checkpoints_s);
}

/* Of an attempt with so many whole segments before the last one. */
static struct outcome attempt_outcome(const struct clocked *c, const struct attempt *a,
                                      size_t whole)
{
    double begin_s = a->lead_s + length_s(c, a->deltas, whole);
    double end_s = begin_s + c->last_work_s + c->last_cost_s;
    double completes = reaches(c->law, c->failure_first, end_s);
    return (struct outcome){
        .completes = completes,
        .fails_last = (whole > 0 ? reaches(c->law, c->failure_first, begin_s) : 1) - completes,
        .elapsed_s = dist_mean_below(c->law, end_s),
        .lead_s = dist_mean_below(c->law, a->lead_s),
        .checkpoints_s =
            a->checkpoints_s[whole] + mean_between(c->law, end_s - c->last_cost_s, end_s),
    };
}

/* The v that solves v = sum + (1 - passes) v; infinite when there is no passing. */
static double attempts(double sum, double passes)
{
    if (passes > 0)
        return sum / passes;
    return sum > 0 ? (double)INFINITY : 0;
}

/* v[m] of the whole segments, after the first attempt and those from `again[deltas]`. */
static void count_attempts(const struct clocked *c, const struct attempt *first,
                           const struct attempt *again, double *v)
{
    for (size_t m = 0; m < c->full; m++) {
        double sum = first->fails[m];
        for (size_t deltas = 0; deltas < c->cycle && deltas < m; deltas++)
            for (size_t i = deltas; i < m; i += c->cycle)
                sum += v[i] * again[deltas].fails[m - i];
        const struct attempt *here = &again[m % c->cycle];
        double end_s = here->lead_s + length_s(c, here->deltas, 1);
        v[m] = attempts(sum, reaches(c->law, c->failure_first, end_s));
    }
}

/* Adds so many attempts of one kind; what leads in is the start or a recovery. */
static void add_attempts(double count, const struct outcome *outcome, double *lead_s,
                         struct analytic_answer *answer)
{
    *lead_s += count * outcome->lead_s;
    answer->checkpoint_time_s += count * outcome->checkpoints_s;
    answer->work_time_s += count * (outcome->elapsed_s - outcome->lead_s - outcome->checkpoints_s);
}

/* Uses v, room for full + 1 numbers. */
static void add_all_attempts(const struct clocked *c, const struct attempt *first,
                             const struct attempt *again, double *v, struct analytic_answer *answer)
{
    struct outcome outcome = attempt_outcome(c, first, c->full);
    double fails_last = outcome.fails_last;
    add_attempts(1, &outcome, &answer->start_time_s, answer);
    count_attempts(c, first, again, v);
    for (size_t i = 0; i <= c->full; i++) {
        outcome = attempt_outcome(c, &again[i % c->cycle], c->full - i);
        if (i == c->full)
            v[i] = attempts(fails_last, outcome.completes);
        fails_last += v[i] * outcome.fails_last;
        add_attempts(v[i], &outcome, &answer->recovery_time_s, answer);
        answer->failures += v[i];
    }
}

static double restore_s(const struct analytic_job *job, uint64_t deltas)
{
    return job->restore.mean_s + (double)deltas * job->delta_restore.mean_s;
}

/* Phases that nothing can strike: the start, each checkpoint once, each recovery once. */
static void add_safe_phases(const struct analytic_job *job, size_t segments, const double *v,
                            struct analytic_answer *answer)
{
    uint64_t cycle = analytic_cycle(job);
    if (!(job->exposure & EXPOSED_CHECKPOINT)) {
        uint64_t written = segments - !job->final_checkpoint;
        uint64_t bases = written / cycle;
        answer->checkpoint_time_s +=
            (double)bases * job->cost.mean_s + (double)(written - bases) * job->delta_cost.mean_s;
    }
    if (!(job->exposure & EXPOSED_RECOVERY)) {
        answer->start_time_s += job->start.mean_s;
        for (size_t i = 0; i < segments; i++)
            answer->recovery_time_s += v[i] * restore_s(job, i % cycle);
    }
    answer->downtime_s += answer->failures * job->downtime.mean_s;
}

static struct clocked clocked_from(const struct analytic_job *job, size_t segments)
{
    bool exposed = job->exposure & EXPOSED_CHECKPOINT;
    struct clocked c = {
        .law = job->law,
        .failure_first = job->failure_first,
        .interval_s = segments > 1 ? job->interval_s : 0,
        .cycle = analytic_cycle(job),
        .cost_s = exposed ? job->cost.mean_s : 0,
        .delta_cost_s = exposed ? job->delta_cost.mean_s : 0,
        .full = segments - 1,
    };
    c.last_work_s = job->work_s - (double)c.full * c.interval_s;
    if (job->final_checkpoint)
        c.last_cost_s = segments % c.cycle == 0 ? c.cost_s : c.delta_cost_s;
    return c;
}

static void add_recursion(const struct analytic_job *job, size_t segments,
                          struct analytic_answer *answer)
{
    struct clocked c = clocked_from(job, segments);
    bool exposed = job->exposure & EXPOSED_RECOVERY;
    size_t kinds = c.cycle < segments ? (size_t)c.cycle : segments;
    double *v = mem_alloc(segments, sizeof *v);
    struct attempt *again = mem_alloc(kinds, sizeof *again);
    struct attempt first = attempt_make(&c, exposed ? job->start.mean_s : 0, 0);
    for (size_t j = 0; j < kinds; j++)
        again[j] = attempt_make(&c, exposed ? restore_s(job, j) : 0, j);

    add_all_attempts(&c, &first, again, v, answer);
    add_safe_phases(job, segments, v, answer);

    attempt_release(&first);
    for (size_t j = 0; j < kinds; j++)
        attempt_release(&again[j]);
    free(again);
    free(v);
}

/*
 * The clock redrawn at each checkpoint as well (a wrong turn of some published
 * simulators): every segment is a job of its own.
 */
static struct analytic_job segment_alone(const struct analytic_job *job, uint64_t deltas)
{
    struct analytic_job segment = *job;
    bool is_base = deltas + 1 >= analytic_cycle(job);
    segment.work_s = job->interval_s;
    segment.interval_s = (double)INFINITY;
    segment.final_checkpoint = true;
    segment.cost = is_base ? job->cost : job->delta_cost;
    segment.restore = analytic_constant(restore_s(job, deltas));
    segment.start = analytic_constant(0);
    segment.cycle = 1;
    return segment;
}

static void add_scaled(double count, const struct analytic_answer *part,
                       struct analytic_answer *answer)
{
    answer->failures += count * part->failures;
    answer->start_time_s += count * part->start_time_s;
    answer->work_time_s += count * part->work_time_s;
    answer->checkpoint_time_s += count * part->checkpoint_time_s;
    answer->recovery_time_s += count * part->recovery_time_s;
    answer->downtime_s += count * part->downtime_s;
}

/* Segment i of the job, so many times. */
static void add_alone(const struct analytic_job *job, size_t i, size_t segments, double count,
                      struct analytic_answer *answer)
{
    struct analytic_job segment = segment_alone(job, i % analytic_cycle(job));
    struct analytic_answer part = {0};
    if (i == 0)
        segment.start = job->start;
    if (i + 1 == segments) {
        segment.work_s = i > 0 ? job->work_s - (double)i * job->interval_s : job->work_s;
        segment.final_checkpoint = job->final_checkpoint;
    }
    add_recursion(&segment, 1, &part);
    add_scaled(count, &part, answer);
}

static void add_segments_alone(const struct analytic_job *job, size_t segments,
                               struct analytic_answer *answer)
{
    uint64_t cycle = analytic_cycle(job);
    size_t last = segments - 1;
    add_alone(job, 0, segments, 1, answer);
    for (size_t i = 1; i <= cycle && i < last; i++) {
        uint64_t alike = 1 + (last - 1 - i) / cycle;
        add_alone(job, i, segments, (double)alike, answer);
    }
    if (last > 0)
        add_alone(job, last, segments, 1, answer);
}

/* Work is exposed, downtime is not, and all that is exposed takes constant times. */
static bool has_renewals(const struct analytic_job *job)
{
    if (!(job->exposure & EXPOSED_WORK) || job->exposure & EXPOSED_DOWNTIME)
        return false;
    if (job->exposure & EXPOSED_CHECKPOINT && (job->cost.law || job->delta_cost.law))
        return false;
    return !(job->exposure & EXPOSED_RECOVERY) ||
           (!job->restore.law && !job->delta_restore.law && !job->start.law);
}

bool analytic_renewal_makespan(const struct analytic_job *job, struct analytic_answer *answer)
{
    double segments = analytic_segments(job->work_s, job->interval_s);
    double kinds = fmin((double)analytic_cycle(job), segments);
    if (!has_renewals(job))
        return false;
    if (job->redraw == REDRAW_CHECKPOINT) {
        if (kinds > MOST_SEGMENTS || segments > 0x1p53)
            return false;
        add_segments_alone(job, (size_t)segments, answer);
        return true;
    }
    if (segments > MOST_SEGMENTS || kinds * segments > MOST_EVALUATIONS)
        return false;
    add_recursion(job, (size_t)segments, answer);
    return true;
}

static double elapsed_alone_s(const struct analytic_job *job)
{
    double sum_s = 0;
    for (uint64_t deltas = 0; deltas < analytic_cycle(job); deltas++) {
        struct analytic_job segment = segment_alone(job, deltas);
        struct analytic_answer part = {0};
        add_recursion(&segment, 1, &part);
        sum_s += part.work_time_s + part.checkpoint_time_s + part.recovery_time_s + part.downtime_s;
    }
    return sum_s;
}

/*
 * sum_{j>=1} P(X >= R + j s): the mean number of segments committed between two
 * failures. The terms fall; what is beyond the one where it stops is the
 * integral less half that term, right to half a term whatever the law, and far
 * better with the next term of Euler and Maclaurin where the law is smooth.
 */
static double committed_segments(const struct analytic_job *job, double recovery_s,
                                 double segment_s)
{
    enum { MOST_TERMS = 4000 };
    const struct dist *law = job->law;
    double sum = 0;
    double p = 1;
    double fall = 0;
    size_t j = 0;
    do {
        double before = p;
        p = reaches(law, job->failure_first, recovery_s + (double)++j * segment_s);
        fall = before - p;
        sum += p;
    } while (p > 1e-10 * sum && j < MOST_TERMS);
    double last_s = recovery_s + (double)j * segment_s;
    double beyond = (dist_mean(law) - dist_mean_below(law, last_s)) / segment_s - p / 2;
    return sum + beyond + (j == MOST_TERMS ? fall / 12 : 0);
}

bool analytic_renewal_useful_fraction(const struct analytic_job *job, double *fraction)
{
    uint64_t cycle = analytic_cycle(job);
    double mean_s = dist_mean(job->law);
    if (!has_renewals(job) || !isfinite(mean_s) || mean_s <= 0)
        return false;
    if (job->redraw == REDRAW_CHECKPOINT) {
        if (cycle > MOST_SEGMENTS)
            return false;
        *fraction = (double)cycle * job->interval_s / elapsed_alone_s(job);
        return isfinite(*fraction);
    }
    if (cycle > 1)
        return false;
    bool checkpoint_exposed = job->exposure & EXPOSED_CHECKPOINT;
    bool recovery_exposed = job->exposure & EXPOSED_RECOVERY;
    double segment_s = job->interval_s + (checkpoint_exposed ? job->cost.mean_s : 0);
    double committed =
        committed_segments(job, recovery_exposed ? job->restore.mean_s : 0, segment_s);
    double cycle_s = mean_s + job->downtime.mean_s + (recovery_exposed ? 0 : job->restore.mean_s) +
                     (checkpoint_exposed ? 0 : committed * job->cost.mean_s);
    *fraction = job->interval_s * committed / cycle_s;
    return true;
}
