// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Control events in the trace-event form (Google, "Trace Event Format", 2016;
 * what ui.perfetto.dev opens): one JSON object whose "traceEvents" are
 *
 *   M  names of processes and threads
 *   X  an activity, from its start for a duration
 *   i  an instant: every other control event
 *   C  a counter: the time series
 *
 * Processes are the job and, of a stream job, its containers; threads are
 * tasks. Times are microseconds, to a thousandth. An activity is written when it ends, so events
 * are not in the order of their times, which readers of this form do not ask for.
 */
#ifndef REPORT_PERFETTO_H
#define REPORT_PERFETTO_H

#include "model/trace_sink.h"
#include "report/buffer.h"

/* Opens the object and names what there is; NULL: a batch job. */
void perfetto_begin(struct buffer *out, const struct topology *topology);
void perfetto_add(struct buffer *out, const struct topology *topology, double time_s,
                  const char *event, const struct trace_value *values, size_t n);
/* Closes the object. */
void perfetto_end(struct buffer *out);

#endif
