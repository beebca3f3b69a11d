// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the test programs of the closed forms share: laws by name, and jobs in
 * one line with the letters of the papers.
 */
#ifndef TESTS_UNIT_ANALYTIC_JOBS_H
#define TESTS_UNIT_ANALYTIC_JOBS_H

#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/memory.h"
#include "model/analytic.h"

enum {
    WORK = EXPOSED_WORK,
    SEGMENT = EXPOSED_WORK | EXPOSED_CHECKPOINT,
    STANDARD = EXPOSED_WORK | EXPOSED_CHECKPOINT | EXPOSED_RECOVERY,
};

/* A law by name: its mean, and the key of the table that shapes it. */
struct law {
    const char *name;
    double mean;
    const char *key;
    double value;
};

static struct arena arena;

static void set(const struct dist *dist, const char *key, double value)
{
    const struct field *field = dist->of.variant->fields;
    while (field->key && strcmp(field->key, key) != 0)
        field++;
    assert_non_null(field->key);
    void *target = (char *)dist->of.params + field->offset;
    if (field->kind == FIELD_COUNT)
        *(uint64_t *)target = (uint64_t)value;
    else
        *(double *)target = value;
}

/* As the reader of scenarios fills it. */
static const struct dist *make(struct law law)
{
    const struct variant *const *v = dist_union.variants;
    while (strcmp((*v)->name, law.name) != 0)
        v++;
    struct dist *dist = arena_alloc(&arena, 1, sizeof *dist);
    *dist = (struct dist){{*v, arena_alloc(&arena, 1, (*v)->size)}};
    for (const struct field *field = (*v)->fields; field->key; field++)
        if (field->kind == FIELD_REAL)
            set(dist, field->key, (double)NAN); /* not given */
    set(dist, strcmp(law.name, "uniform") == 0 ? "low" : "mean", law.mean);
    if (law.key)
        set(dist, law.key, law.value);
    struct err err = {0};
    struct field_context context = {.arena = &arena, .err = &err, .pointer = ""};
    assert_true(!(*v)->prepare || (*v)->prepare(dist->of.params, &context));
    return dist;
}

static void check(const char *id, const char *what, double actual, double expected, double relative)
{
    if (!(fabs(actual - expected) <= relative * fabs(expected)))
        fail_msg("%s: %s is %.12g, not %.12g", id, what, actual, expected);
}

/* clang-format off */
#define EXPONENTIAL(mean) {"exponential", mean, NULL, 0}
#define WEIBULL(mean, shape) {"weibull", mean, "shape", shape}
#define LASTS(duration_s) {.mean_s = (duration_s)}
/* Exposure, T, C, R, D */
#define LONG(e, t, c, r, d)                                                                        \
    .exposure = (e), .interval_s = (t), .cost = LASTS(c), .restore = LASTS(r), .downtime = LASTS(d)
/* Exposure, T, segments, C, R, D; a final checkpoint */
#define JOB(e, t, n, c, r, d) LONG(e, t, c, r, d), .work_s = (t) * (n), .final_checkpoint = true
#define CHAIN(k, delta_c, delta_r)                                                                 \
    .cycle = (k), .delta_cost = LASTS(delta_c), .delta_restore = LASTS(delta_r)
/* clang-format on */

#endif
