// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of the text report that a run and a sweep share. */
#ifndef REPORT_TEXT_PARTS_H
#define REPORT_TEXT_PARTS_H

#include "report/sweep.h"

/* Description and strategy: what was simulated, two lines. */
void text_add_head(struct buffer *out, const struct sweep *sweep);
/* "lost work" for "lost_work_s": the unit stands beside the number. */
void text_add_name(struct buffer *out, const char *name);
void text_add_metric_name(struct buffer *out, enum metric metric);
/* "+2.4 %", after the text. */
void text_add_percent(struct buffer *out, const char *before, double percent);
/* "inside the 95 % interval", and by how much the simulated mean differs when it is not. */
void text_add_verdict(struct buffer *out, const struct estimate *estimate, double predicted);
/* Where the predictions come from, a line for each source. */
void text_add_sources(struct buffer *out, const struct point *point);
/* Confidence, seed, advice on replications for the metric at that point, warnings. */
void text_add_foot(struct buffer *out, const struct sweep *sweep, enum metric metric, size_t point);

/* The two kinds of report. */
void text_add_run(struct buffer *out, const struct sweep *sweep);
void text_add_sweep(struct buffer *out, const struct sweep *sweep, enum metric metric);

#endif
