// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The trace of a run, as JSON Lines: one object per control event, in the
 * order in which they happen, for --trace.
 *
 *   {"time_s": 7200, "event": "checkpoint_cut", "progress_s": 7200}
 */
#ifndef REPORT_TRACE_H
#define REPORT_TRACE_H

#include "core/err.h"
#include "model/trace_sink.h"
#include "report/buffer.h"
#include "report/file.h"

struct trace {
    struct file_writer file;
    struct buffer pending; /* lines not yet handed to the file */
};

bool trace_open(struct trace *trace, const char *name, struct err *err);
/* A sink that writes to the trace, which must stay where it is. */
struct trace_sink trace_sink(struct trace *trace);
/* Makes the file appear; false, and no file, when a line could not be written. */
bool trace_commit(struct trace *trace, struct err *err);
/* Gives up: no file. */
void trace_abandon(struct trace *trace);

#endif
