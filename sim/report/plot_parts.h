// SPDX-License-Identifier: GPL-3.0-or-later
/* What the writers of plot data share. */
#ifndef REPORT_PLOT_PARTS_H
#define REPORT_PLOT_PARTS_H

#include "report/plot.h"
#include "report/plot_axis.h"
#include "report/sweep.h"

enum { PLOT_TITLE = 104, PLOT_LEGEND = 60, PLOT_LABEL = 28 }; /* longest texts, in characters */
enum { PLOT_TICKS = 8, PLOT_PANEL_TICKS = 5 }; /* across the page, across half of it */

/* Two empty lines: what follows is the next block. */
void plot_add_gap(struct buffer *out);
/* A quoted text and a space, cut after so many characters with an ellipsis. */
void plot_add_text(struct buffer *out, const char *text, size_t longest);
/* A number and a space; "nan" where there is none. */
void plot_add_real(struct buffer *out, double x);
/* The scenario's description as a quoted text. */
void plot_add_title(struct buffer *out, const struct results *results);
/* What the point is called beside others, "60 s, barrier": the values of the keys that vary. */
void plot_add_point_label(struct buffer *out, const struct sweep *sweep, size_t point);

/* For a plot that takes no --metric: whether none was given. */
bool plot_check_metric(const char *plot, enum metric metric, struct err *err);

/* The part of the run that is to be seen. */
struct plot_window {
    double from_s, to_s;
};

/* What is asked for, or else the whole from from_s to to_s. */
struct plot_window plot_window_of(const struct plot_wish *wish, double from_s, double to_s);
bool plot_check_window(const struct plot_window *window, struct err *err);
/* "time (h)", or of a sweep "time (h), at checkpoint interval 60 s" for the first point. */
void plot_label_time(struct buffer *label, const struct plot_axis *axis, const struct sweep *sweep);

#endif
