// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where control events go when somebody watches (--trace): the model says what
 * happened, report/ decides how it is written. Watching changes no result.
 */
#ifndef MODEL_TRACE_SINK_H
#define MODEL_TRACE_SINK_H

#include <stddef.h>

struct trace_value {
    const char *key;
    double number;
    const char *text; /* NULL: the number counts */
};

struct topology;

struct trace_sink {
    void (*record)(void *context, double time_s, const char *event,
                   const struct trace_value *values, size_t n);
    void *context;
    /* Before the first event; the topology is NULL for a batch job. May be NULL. */
    void (*start)(void *context, const struct topology *topology);
};

#endif
