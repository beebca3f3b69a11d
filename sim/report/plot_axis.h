// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * An axis for people: a unit that suits the values, logarithmic when they
 * spread over a decade or so, and then ticks at round times ("30 s", "10 min",
 * "6 h") rather than at powers of ten.
 */
#ifndef REPORT_PLOT_AXIS_H
#define REPORT_PLOT_AXIS_H

#include <stdbool.h>

#include "core/units.h"
#include "report/buffer.h"

struct plot_axis {
    double factor; /* base units in one unit of the axis */
    char unit[16]; /* empty when the labels of the ticks carry it, or there is none */
    bool is_log;
    double low, high;    /* limits, in units of the axis, with a margin */
    struct buffer ticks; /* owned: rows "place label" of a data file, never empty */
};

/* An axis for values from low to high, in base units, with so many ticks at most (or one more). */
void plot_axis_init(struct plot_axis *axis, double low, double high, enum dimension dimension,
                    size_t most_ticks);
/* Linear and without a margin, whatever the values: an axis of time. */
void plot_axis_init_time(struct plot_axis *axis, double low_s, double high_s, size_t most_ticks);
/* Adds a tick with its label at a place in units of the axis. */
void plot_axis_add_tick(struct plot_axis *axis, double place, const char *label);
void plot_axis_release(struct plot_axis *axis);
/* "name (unit)", or the name alone. */
void plot_axis_add_label(struct buffer *out, const struct plot_axis *axis, const char *name);

#endif
