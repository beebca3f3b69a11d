// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/trace.h"

#include "report/json_writer.h"
#include "report/perfetto.h"

enum { PENDING_BYTES = 64 * 1024 };

static void flush(struct trace *trace)
{
    if (trace->pending.n)
        file_append(&trace->file, trace->pending.data, trace->pending.n);
    buffer_clear(&trace->pending);
}

static void add_line(struct buffer *out, double time_s, const char *event,
                     const struct trace_value *values, size_t n)
{
    struct json_writer writer = {.out = out};
    json_writer_open_flat(&writer, NULL, '{');
    json_writer_real(&writer, "time_s", time_s);
    json_writer_text(&writer, "event", event);
    for (size_t i = 0; i < n; i++) {
        if (values[i].text)
            json_writer_text(&writer, values[i].key, values[i].text);
        else
            json_writer_real(&writer, values[i].key, values[i].number);
    }
    json_writer_close(&writer, '}');
}

static void start(void *context, const struct topology *topology)
{
    struct trace *trace = context;
    trace->topology = topology;
    if (trace->form == TRACE_PERFETTO)
        perfetto_begin(&trace->pending, topology);
}

static void record(void *context, double time_s, const char *event,
                   const struct trace_value *values, size_t n)
{
    struct trace *trace = context;
    if (trace->form == TRACE_PERFETTO)
        perfetto_add(&trace->pending, trace->topology, time_s, event, values, n);
    else
        add_line(&trace->pending, time_s, event, values, n);
    if (trace->pending.n >= PENDING_BYTES)
        flush(trace);
}

bool trace_open(struct trace *trace, enum trace_form form, const char *name, struct err *err)
{
    *trace = (struct trace){.form = form};
    return file_open(&trace->file, name, err);
}

struct trace_sink trace_sink(struct trace *trace)
{
    return (struct trace_sink){.start = start, .record = record, .context = trace};
}

bool trace_commit(struct trace *trace, struct err *err)
{
    if (trace->form == TRACE_PERFETTO)
        perfetto_end(&trace->pending);
    flush(trace);
    buffer_release(&trace->pending);
    return file_commit(&trace->file, err);
}

void trace_abandon(struct trace *trace)
{
    buffer_release(&trace->pending);
    file_abandon(&trace->file);
}
