// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Results seen as a sweep: which keys differ between the points, which of them
 * is the axis, and which points belong to one curve. Text and plots ask here,
 * so that they cannot disagree.
 */
#ifndef REPORT_SWEEP_H
#define REPORT_SWEEP_H

#include "experiment/results.h"
#include "report/buffer.h"

/* A key that takes two values or more. */
struct sweep_key {
    const char *pointer; /* borrowed from the results */
    char *label;         /* owned: "checkpoint interval", or the pointer if that is ambiguous */
    bool is_numeric;     /* every value is a number: a scale, not a list of names */
    enum dimension dimension;
    size_t n_values;
    const char **values; /* owned: distinct JSON texts, in order of first appearance */
};

/* Points that share every key but the axis: one curve. */
struct sweep_series {
    char *name;   /* owned: "cost 10 min"; empty when there is only one series */
    size_t first; /* place in `order` */
    size_t n;
};

struct sweep {
    const struct results *results; /* borrowed */
    struct sweep_key *keys;        /* owned */
    size_t n_keys;
    size_t axis;   /* key on the axis; n_keys when no key varies */
    size_t *order; /* owned: points, one series after the other, ascending along the axis */
    struct sweep_series *series; /* owned */
    size_t n_series;
};

/*
 * The axis is the key of the recommendation, else the numeric key with most
 * values, else the key with most values.
 */
void sweep_init(struct sweep *sweep, const struct results *results);
void sweep_release(struct sweep *sweep);

/* Place of a point on the axis: the number, or for names their order. 0 without an axis. */
double sweep_place(const struct sweep *sweep, size_t point);
/* Adds "checkpoint interval, strategy": the labels of the keys that vary. */
void sweep_add_labels(struct buffer *out, const struct sweep *sweep);
/* Adds "checkpoint interval 60 s, strategy barrier": what tells the point from the others. */
void sweep_add_point_name(struct buffer *out, const struct sweep *sweep, size_t point);

/*
 * Index of the point with the best mean of the metric (lowest, or highest
 * where more is better); the recommendation's when it is for that metric.
 */
size_t sweep_best(const struct sweep *sweep, enum metric metric);

/* The metric's mean where no point lies. */
struct sweep_reading {
    double mean;
    size_t left, right; /* the points used; equal when one lies within 1 % of the place */
};
/*
 * Reads the series of a numeric sweep that holds the best point at a place on the
 * axis, linearly in the logarithm of the key. False when the place is outside the sweep.
 */
bool sweep_read_at(const struct sweep *sweep, enum metric metric, double place,
                   struct sweep_reading *reading);
/*
 * Value of that reference interval when the axis is the checkpoint interval
 * and all points agree on it; NaN otherwise.
 */
double sweep_reference(const struct sweep *sweep, const char *name);
/* Whether theory has a prediction for that metric at any point. */
bool sweep_has_predictions(const struct sweep *sweep, enum metric metric);
/* The prediction for that metric at the point, or NULL. */
const struct prediction *point_prediction(const struct point *point, enum metric metric);
/* The reference interval of that name at the point, or NULL. */
const struct reference *point_reference(const struct point *point, const char *name);

#endif
