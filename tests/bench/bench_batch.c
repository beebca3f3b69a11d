// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Speed of batch jobs, against kernels written for one case each that record
 * the same.
 *
 * P5: 30 days of work, C = R = 10 min, D = 1 min, exponential failures once a
 * day. The kernel jumps from failure to failure with two multiplications.
 * P6: nothing can be jumped: exponential C, Weibull failures, three deltas to
 * a base. The kernel walks from checkpoint to checkpoint.
 *
 * Both sides fill the same tables and histograms and are reduced by the same
 * code, so what differs is the simulation. They take turns in every round, and
 * the medians count. Target for both: at most 2 times the kernel.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "core/memory.h"
#include "experiment/estimate.h"
#include "experiment/replication.h"
#include "scenario/scenario.h"

enum { ROUNDS = 7 };

static const double TARGET = 2.0;

/* ---- what both kernels record ---- */

struct moments {
    double n, sum, square, pivot;
};

struct recorder {
    struct replications *table;
    struct moments moments[N_METRICS];
};

static inline void record(struct recorder *recorder, enum metric metric, double value, double n)
{
    struct moments *m = &recorder->moments[metric];
    if (m->n <= 0)
        m->pivot = value;
    double off = value - m->pivot;
    m->n += n;
    m->sum += n * off;
    m->square += n * off * off;
    histogram_add_n(&recorder->table->histograms.of[metric], value, (uint64_t)n);
}

static inline void record_failure(struct recorder *r, double lost, double rollback, double down,
                                  double restore)
{
    record(r, M_LOST_WORK, lost, 1);
    record(r, M_ROLLBACK, rollback, 1);
    record(r, M_DETECT, 0, 1);
    record(r, M_RESTART, down, 1);
    record(r, M_RESTORE, restore, 1);
}

static inline void record_episode(struct recorder *r, double total, double downtime)
{
    record(r, M_RECOVERY_TIME, total, 1);
    record(r, M_DOWNTIME, downtime, 1);
    record(r, M_CATCH_UP, total - downtime, 1);
}

static inline void record_checkpoints(struct recorder *r, double duration, double n)
{
    record(r, M_CHECKPOINT_DURATION, duration, n);
}

struct budget_s {
    double work, rework, checkpoint, down, recovery;
    double failures, committed, aborted;
};

static void finish(struct recorder *recorder, size_t i, double now, double total,
                   const struct budget_s *b)
{
    struct replications *t = recorder->table;
    t->value[M_MAKESPAN][i] = now;
    t->value[M_WASTE][i] = 1 - total / now;
    t->value[M_OVERHEAD][i] = b->checkpoint / now;
    t->value[M_AVAILABILITY][i] = 1 - (b->down + b->recovery) / now;
    t->value[M_FAILURES][i] = b->failures;
    t->value[M_CHECKPOINTS_COMMITTED][i] = b->committed;
    t->value[M_CHECKPOINTS_ABORTED][i] = b->aborted;
    t->value[M_TIME_WORK][i] = b->work;
    t->value[M_TIME_REWORK][i] = b->rework;
    t->value[M_TIME_CHECKPOINT][i] = b->checkpoint;
    t->value[M_TIME_DOWN][i] = b->down;
    t->value[M_TIME_RECOVERY][i] = b->recovery;
    for (int m = 0; m < N_METRICS; m++) {
        const struct moments *s = &recorder->moments[m];
        if (metric_rows[m].kind != METRIC_PER_EVENT)
            continue;
        t->value[m][i] = s->n * s->pivot + s->sum;
        t->count[m][i] = s->n;
        t->m2[m][i] = s->n > 0 ? fmax(s->square - s->sum * s->sum / s->n, 0) : 0;
    }
}

/* ---- P5: jumps ---- */

static const double W = 30 * 86400.0, T = 7200, C = 600, R = 600, D = 60, MTBF = 86400;

static void jumping_kernel(struct replications *table)
{
    for (size_t i = 0; i < table->n; i++) {
        struct recorder recorder = {.table = table};
        struct rng rng = rng_stream(table->seed, i, RNG_FAILURE, 0);
        struct budget_s b = {0};
        double now = 0, progress = 0, cut = 0, regain = 0, since = 0, down = 0;
        bool open = false;
        double failure = -log(rng_uniform(&rng)) * MTBF;
        for (;;) {
            double left = failure - now;
            double segments = fmin(floor(left / (T + C)), (W - progress) / T);
            double begin = progress;
            progress += segments * T;
            double inside = fmin(left - segments * (T + C), T);
            bool done = progress >= W;
            double reached = done ? progress : progress + inside;
            double redone = open ? fmin(reached, regain) - begin : 0;
            if (open && reached >= regain) {
                double at = now + (regain - begin); /* within the first segment */
                record_episode(&recorder, at - since, down);
                open = false;
            }
            if (segments > 0) {
                cut = now + segments * (T + C) - C;
                record_checkpoints(&recorder, C, segments);
            }
            b.committed += segments;
            b.checkpoint += segments * C;
            b.work += segments * T - redone;
            b.rework += redone;
            if (done) {
                now += segments * (T + C);
                break;
            }
            double writing = left - segments * (T + C) - inside;
            b.work += inside;
            b.checkpoint += writing;
            b.aborted += writing > 0;
            now = failure;
            if (!open) {
                open = true;
                since = now;
                regain = reached;
                down = 0;
            }
            double lost = inside;
            do { /* recoveries that fail start over */
                b.failures++;
                failure = now + D - log(rng_uniform(&rng)) * MTBF;
                double restore = fmin(failure - now - D, R);
                record_failure(&recorder, lost, now - cut, D, restore);
                lost = 0;
                now += D + restore;
                down += D + restore;
                b.down += D;
                b.recovery += restore;
            } while (now >= failure);
        }
        finish(&recorder, i, now, W, &b);
    }
}

/* ---- P6: walks ---- */

static const double W6 = 5 * 86400.0, T6 = 1800, CF = 120, CD = 20, RF = 120, RD = 30;
enum { CYCLE = 4 };

static void walking_kernel(struct replications *table)
{
    const double shape = 0.7, scale = MTBF / tgamma(1 + 1 / shape);
    for (size_t i = 0; i < table->n; i++) {
        struct recorder recorder = {.table = table};
        struct rng rng = rng_stream(table->seed, i, RNG_FAILURE, 0);
        struct rng costs = rng_stream(table->seed, i, RNG_CHECKPOINT, 0);
        struct budget_s b = {0};
        double now = 0, progress = 0, cut = 0, regain = 0, since = 0, down = 0;
        int deltas = 0;
        bool open = false;
        double failure = pow(-log(rng_uniform(&rng)), 1 / shape) * scale;
        while (progress < W6) {
            double segment = fmin(T6, W6 - progress);
            bool base = deltas + 1 >= CYCLE;
            double cost = -log(rng_uniform(&costs)) * (base ? CF : CD);
            double reached = progress + fmin(failure - now, segment);
            if (open && reached >= regain) {
                record_episode(&recorder, now + regain - progress - since, down);
                b.rework += regain - progress;
                b.work += reached - regain;
                open = false;
            } else if (open) {
                b.rework += reached - progress;
            } else {
                b.work += reached - progress;
            }
            if (now + segment + cost <= failure) {
                cut = now + segment;
                now = cut + cost;
                progress += segment;
                deltas = base ? 0 : deltas + 1;
                b.committed++;
                b.checkpoint += cost;
                record_checkpoints(&recorder, cost, 1);
                continue;
            }
            double lost = reached - progress;
            b.checkpoint += failure - now - lost;
            b.aborted += failure - now > lost;
            now = failure;
            if (!open) {
                open = true;
                since = now;
                regain = reached;
                down = 0;
            }
            do {
                b.failures++;
                failure = now + D + pow(-log(rng_uniform(&rng)), 1 / shape) * scale;
                double restore = fmin(failure - now - D, RF + deltas * RD);
                record_failure(&recorder, lost, now - cut, D, restore);
                lost = 0;
                now += D + restore;
                down += D + restore;
                b.down += D;
                b.recovery += restore;
            } while (now >= failure);
        }
        finish(&recorder, i, now, W6, &b);
    }
}

/* ---- the comparison ---- */

static void reduce(const struct replications *table, struct point *point)
{
    struct arena arena = {0};
    estimate_all(table, point, &arena);
    arena_release(&arena);
}

static double time_kernel(const struct model *model, size_t n,
                          void (*kernel)(struct replications *table), struct point *point)
{
    double start = bench_cpu_ns();
    struct replications table;
    replications_init(&table, model, 1, n, false);
    kernel(&table);
    reduce(&table, point);
    replications_release(&table);
    return bench_cpu_ns() - start;
}

static double time_ours(const struct model *model, size_t n, struct point *point)
{
    double start = bench_cpu_ns();
    struct replications table;
    struct replicator replicator;
    char why[256] = "";
    replications_init(&table, model, 1, n, false);
    replicator_init(&replicator);
    for (size_t i = 0; i < n; i++)
        if (!replicate(&replicator, &table, i, why)) {
            (void)fprintf(stderr, "%s\n", why);
            exit(1);
        }
    replicator_flush(&replicator, &table);
    reduce(&table, point);
    replicator_release(&replicator);
    replications_release(&table);
    return bench_cpu_ns() - start;
}

static void compare(const char *name, const char *what, const char *path, size_t n,
                    void (*kernel)(struct replications *table))
{
    struct scenario scenario;
    struct err err = {0};
    if (!scenario_load(&scenario, path, NULL, 0, NULL, &err)) {
        (void)fprintf(stderr, "%s: %s\n", path, err.problems[0].message);
        exit(1);
    }
    double bare[ROUNDS], ours[ROUNDS], ratio[ROUNDS];
    struct point bare_point = {0}, our_point = {0};
    for (int round = 0; round < ROUNDS; round++) {
        bare[round] = time_kernel(&scenario.model, n, kernel, &bare_point);
        ours[round] = time_ours(&scenario.model, n, &our_point);
        ratio[round] = ours[round] / bare[round];
    }
    printf("%s: kernel %.0f ns, ckptsim %.0f ns a replication (%.1f failures); makespan %.0f s and "
           "%.0f s\n",
           name, bench_median(bare, ROUNDS) / (double)n, bench_median(ours, ROUNDS) / (double)n,
           our_point.estimates[M_FAILURES].mean, bare_point.estimates[M_MAKESPAN].mean,
           our_point.estimates[M_MAKESPAN].mean);
    bench_at_most(name, what, bench_median(ratio, ROUNDS), TARGET);
    scenario_release(&scenario);
}

int main(void)
{
    compare("P5", "jumping kernel", "tests/bench/scenarios/batch.json", 100000, jumping_kernel);
    compare("P6", "walking kernel", "tests/bench/scenarios/batch-random.json", 10000,
            walking_kernel);
    return 0;
}
