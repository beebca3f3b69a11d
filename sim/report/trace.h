// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The trace of a run, for --trace, in one of two forms.
 *
 * Lines: JSON Lines, one object per control event, in the order in which they
 * happen.
 *
 *   {"time_s": 7200, "event": "checkpoint_cut", "progress_s": 7200}
 *
 * Perfetto: the trace-event form of the Chrome browser, which ui.perfetto.dev
 * draws as a time line: a track per task, grouped by container, with its
 * activities; failures, commits and other events as instants; the time series
 * as counters.
 */
#ifndef REPORT_TRACE_H
#define REPORT_TRACE_H

#include "core/err.h"
#include "model/trace_sink.h"
#include "report/buffer.h"
#include "report/file.h"

enum trace_form { TRACE_LINES, TRACE_PERFETTO };

struct trace {
    struct file_writer file;
    enum trace_form form;
    struct buffer pending;           /* text not yet handed to the file */
    const struct topology *topology; /* borrowed for the run; NULL: a batch job */
};

bool trace_open(struct trace *trace, enum trace_form form, const char *name, struct err *err);
/* A sink that writes to the trace, which must stay where it is. */
struct trace_sink trace_sink(struct trace *trace);
/* Makes the file appear; false, and no file, when something could not be written. */
bool trace_commit(struct trace *trace, struct err *err);
/* Gives up: no file. */
void trace_abandon(struct trace *trace);

#endif
