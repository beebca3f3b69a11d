// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/perfetto.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/element_metrics.h"
#include "report/json_writer.h"

/* Processes: the job, then the containers. Threads: the job's own, then the tasks, or the slots of
 * a job of stages. */
enum { JOB_PROCESS = 1, FIRST_CONTAINER = 2, JOB_THREAD = 1, FIRST_TASK = 2 };

enum { NAME_TEXT = 300 };

struct track {
    uint64_t process, thread;
};

static struct track job_track(void)
{
    return (struct track){JOB_PROCESS, JOB_THREAD};
}

static struct track task_track(const struct topology *topology, size_t task)
{
    return (struct track){FIRST_CONTAINER + (uint64_t)topology->tasks[task].container,
                          FIRST_TASK + (uint64_t)element_place_of_task(topology, task)};
}

/* Finds the task that is called "operator/number". */
static bool find_task(const struct topology *topology, const char *name, size_t *task)
{
    const char *slash = strrchr(name, '/');
    size_t length = slash ? (size_t)(slash - name) : 0;
    for (size_t o = 0; slash && o < topology->n_operators; o++) {
        const struct operator_place *operator= & topology->operators[o];
        const char *own = operator->params->name;
        unsigned long number = strtoul(slash + 1, NULL, 10);
        if (strlen(own) != length || memcmp(own, name, length) != 0 || number >= operator->n_tasks)
            continue;
        *task = operator->first_task + number;
        return true;
    }
    return false;
}

/* The slot that the event names; NULL: none. */
static const struct trace_value *find_slot(const struct trace_value *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(values[i].key, "slot") == 0)
            return &values[i];
    return NULL;
}

/* The track of the task or slot that the event names, or the job's. */
static struct track track_of(const struct topology *topology, const struct trace_value *values,
                             size_t n)
{
    size_t task;
    for (size_t i = 0; topology && i < n; i++)
        if (strcmp(values[i].key, "task") == 0 && values[i].text &&
            find_task(topology, values[i].text, &task))
            return task_track(topology, task);
    const struct trace_value *slot = find_slot(values, n);
    if (slot)
        return (struct track){JOB_PROCESS, FIRST_TASK + (uint64_t)slot->number};
    return job_track();
}

/* ---- one event ---- */

/* Starts an event; the caller adds to it and closes it. The one before it ends with a newline. */
static struct json_writer open_event(struct buffer *out, const char *kind, const char *name,
                                     struct track track)
{
    struct json_writer writer = {.out = out};
    json_writer_open_flat(&writer, NULL, '{');
    json_writer_text(&writer, "ph", kind);
    json_writer_text(&writer, "name", name);
    json_writer_count(&writer, "pid", track.process);
    json_writer_count(&writer, "tid", track.thread);
    return writer;
}

/* Ends it without its newline, so that a comma may follow. */
static void close_event(struct json_writer *writer)
{
    json_writer_close(writer, '}');
    writer->out->n--;
    buffer_add(writer->out, "");
}

static double microseconds(double time_s)
{
    return rint(time_s * 1e9) / 1e3;
}

static void add_time(struct json_writer *writer, const char *key, double time_us)
{
    char text[400]; /* the largest double has 309 digits */
    (void)snprintf(text, sizeof text, "%.3f", time_us);
    json_writer_raw(writer, key, text);
}

static void add_arguments(struct json_writer *writer, const struct trace_value *values, size_t n)
{
    json_writer_open(writer, "args", '{');
    for (size_t i = 0; i < n; i++) {
        if (values[i].text)
            json_writer_text(writer, values[i].key, values[i].text);
        else
            json_writer_real(writer, values[i].key, values[i].number);
    }
    json_writer_close(writer, '}');
}

static void add_name(struct buffer *out, const char *what, struct track track, const char *name)
{
    struct trace_value value = {.key = "name", .text = name};
    buffer_add(out, ",\n");
    struct json_writer writer = open_event(out, "M", what, track);
    add_arguments(&writer, &value, 1);
    close_event(&writer);
}

/* A stretch of time that ends now: "activity" says what, "from_s" since when. */
static void add_activity(struct buffer *out, struct track track, double time_s,
                         const struct trace_value *values, size_t n)
{
    const char *name = "";
    double from_s = time_s;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(values[i].key, "activity") == 0 && values[i].text)
            name = values[i].text;
        if (strcmp(values[i].key, "from_s") == 0)
            from_s = values[i].number;
    }
    buffer_add(out, ",\n");
    struct json_writer writer = open_event(out, "X", name, track);
    add_time(&writer, "ts", microseconds(from_s));
    add_time(&writer, "dur", fmax(microseconds(time_s) - microseconds(from_s), 0));
    json_writer_text(&writer, "cat", "activity");
    if (find_slot(values, n)) /* whose track says nothing of the task */
        add_arguments(&writer, values, n);
    close_event(&writer);
}

/* A counter for each number there is, since they have different scales. */
static void add_sample(struct buffer *out, double time_s, const struct trace_value *values,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (values[i].text || !isfinite(values[i].number))
            continue;
        buffer_add(out, ",\n");
        struct json_writer writer = open_event(out, "C", values[i].key, job_track());
        add_time(&writer, "ts", microseconds(time_s));
        add_arguments(&writer, &values[i], 1);
        close_event(&writer);
    }
}

/* Failures cross all tracks, other events the track of their task or of the job. */
static void add_instant(struct buffer *out, struct track track, double time_s, const char *event,
                        const struct trace_value *values, size_t n)
{
    bool is_failure = strcmp(event, "failed") == 0;
    buffer_add(out, ",\n");
    struct json_writer writer = open_event(out, "i", event, track);
    add_time(&writer, "ts", microseconds(time_s));
    json_writer_text(&writer, "s", is_failure ? "g" : "t");
    json_writer_text(&writer, "cat", "control");
    add_arguments(&writer, values, n);
    close_event(&writer);
}

/* ---- the whole ---- */

void perfetto_begin(struct buffer *out, const struct topology *topology)
{
    struct trace_value job = {.key = "name", .text = "job"};
    char name[NAME_TEXT];
    buffer_add(out, "{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n");
    struct json_writer writer = open_event(out, "M", "process_name", job_track());
    add_arguments(&writer, &job, 1);
    close_event(&writer);
    add_name(out, "thread_name", job_track(), "job");
    for (uint32_t c = 0; topology && c < topology->n_containers; c++) {
        (void)snprintf(name, sizeof name, "container %" PRIu32, c);
        add_name(out, "process_name", (struct track){FIRST_CONTAINER + (uint64_t)c, JOB_THREAD},
                 name);
    }
    for (size_t i = 0; topology && i < topology->n_tasks; i++) {
        size_t task = element_task_at(topology, i);
        add_name(out, "thread_name", task_track(topology, task),
                 topology_task_name(topology, (uint32_t)task, name, sizeof name));
    }
}

void perfetto_add(struct buffer *out, const struct topology *topology, double time_s,
                  const char *event, const struct trace_value *values, size_t n)
{
    struct track track = track_of(topology, values, n);
    if (strcmp(event, "activity") == 0)
        add_activity(out, track, time_s, values, n);
    else if (strcmp(event, "sample") == 0)
        add_sample(out, time_s, values, n);
    else
        add_instant(out, track, time_s, event, values, n);
}

void perfetto_end(struct buffer *out)
{
    buffer_add(out, "\n]}\n");
}
