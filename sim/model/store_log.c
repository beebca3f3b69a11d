// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store_log.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"

void store_log_start(struct store_log *log, const struct log_params *params, double bytes)
{
    *log = (struct store_log){
        .params = params,
        .clean_bytes = bytes,
        .closed = log->closed,
        .capacity = log->capacity,
    };
}

void store_log_free(struct store_log *log)
{
    free(log->closed);
    *log = (struct store_log){0};
}

/* The items before `first` are used up: they make room when as many are left. */
static void close_segment(struct store_log *log)
{
    if (log->first > 0 && log->first >= log->n) {
        for (size_t i = 0; i < log->n; i++)
            log->closed[i] = log->closed[log->first + i];
        log->first = 0;
    }
    size_t end = log->first + log->n;
    log->closed = mem_grow(log->closed, end, &log->capacity, sizeof *log->closed);
    log->closed[end] = (struct log_segment){log->active_bytes, log->now_s};
    log->n++;
    log->active_bytes = 0;
    log->opened_s = log->now_s;
}

static void clean(struct store_log *log, double state_bytes)
{
    double ratio = log->params->cleanable_ratio;
    const struct log_segment *oldest = &log->closed[log->first++];
    log->n--;
    log->dirty_bytes += oldest->bytes;
    if (log->dirty_bytes <= ratio * (log->clean_bytes + log->dirty_bytes))
        return;
    /* A key that is in the log but once is kept: no more is left than there was. */
    log->clean_bytes = fmin(state_bytes, log->clean_bytes + log->dirty_bytes);
    log->dirty_bytes = 0;
}

/* What comes first before `to_s`, while records are appended at a rate. */
enum log_event { LOG_NONE, LOG_FULL, LOG_OLD, LOG_CLEANABLE };

static enum log_event next_event(const struct store_log *log, double rate, double to_s,
                                 double *at_s)
{
    const struct log_params *params = log->params;
    const double never = (double)INFINITY;
    /* An empty segment is not closed, however old. */
    bool has_records = log->active_bytes > 0 || rate > 0;
    double due_s[] = {
        [LOG_NONE] = to_s,
        [LOG_FULL] =
            rate > 0 ? log->now_s + (params->segment_bytes - log->active_bytes) / rate : never,
        [LOG_OLD] = has_records ? log->opened_s + params->segment_s : never,
        [LOG_CLEANABLE] = log->n > 0 ? log->closed[log->first].closed_s + params->min_lag_s : never,
    };
    enum log_event event = LOG_NONE;
    for (enum log_event i = LOG_FULL; i <= LOG_CLEANABLE; i++)
        if (due_s[i] <= due_s[event])
            event = i;
    *at_s = fmax(due_s[event], log->now_s);
    return event;
}

void store_log_advance(struct store_log *log, double now_s, double appended_bytes,
                       double state_bytes)
{
    double span_s = now_s - log->now_s;
    double rate = span_s > 0 ? appended_bytes / span_s : 0;
    double left_bytes = appended_bytes;
    log->written_bytes += appended_bytes;
    if (log->active_bytes <= 0)
        log->opened_s = log->now_s;
    enum log_event event;
    do {
        double at_s;
        event = next_event(log, rate, now_s, &at_s);
        /* A segment that fills takes what it has room for, even where the clock does not move. */
        double bytes = event == LOG_NONE   ? left_bytes
                       : event == LOG_FULL ? log->params->segment_bytes - log->active_bytes
                                           : rate * (at_s - log->now_s);
        bytes = fmin(bytes, left_bytes);
        left_bytes -= bytes;
        rate = left_bytes > 0 ? rate : 0;
        log->active_bytes += bytes;
        log->now_s = at_s;
        if (event == LOG_CLEANABLE)
            clean(log, state_bytes);
        else if (event != LOG_NONE)
            close_segment(log);
    } while (event != LOG_NONE);
}

double store_log_bytes(const struct store_log *log)
{
    double bytes = log->clean_bytes + log->dirty_bytes + log->active_bytes;
    for (size_t i = 0; i < log->n; i++)
        bytes += log->closed[log->first + i].bytes;
    return bytes;
}
