// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Results as one screen of text for people: the answer first, the theory
 * beside it, then what it is made of, and advice when the numbers are thin.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "experiment/results.h"
#include "model/topology.h"
#include "report/buffer.h"

/*
 * `metric` is what a sweep is about (M_WASTE unless the user says otherwise);
 * a single run shows all metrics.
 */
void text_write(const struct results *results, enum metric metric, struct buffer *out);

/* What theory says of a scenario before anything is simulated: intervals and predictions. */
void text_write_theory(const struct point *point, struct buffer *out);
/* What comes to each operator of a stream job, and how much of its capacity that takes. */
void text_write_loads(const struct topology *topology, struct buffer *out);

#endif
