// SPDX-License-Identifier: GPL-3.0-or-later
/* Traces in the form that Perfetto reads: well-formed events, on tracks that have names. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiment/experiment.h"
#include "report/trace.h"
#include "scenario/json.h"
#include "support.h"

static const char *const batch_text =
    "{\"job\": {\"work\": \"10 h\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"1 h\", \"cost\": \"7 min\"},"
    " \"failures\": [{\"strikes\": \"job\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"3 h\"}}],"
    " \"recovery\": {\"downtime\": \"3 min\", \"restore\": \"9 min\"}}";

static const char *const stream_text =
    "{\"job\": {\"containers\": 2, \"operators\": ["
    "  {\"name\": \"lines\", \"tasks\": 2, \"service\": \"1 ms\", \"source\": {\"partitions\": 4,"
    "   \"arrivals\": {\"process\": \"poisson\", \"rate\": \"50/s\"}}},"
    "  {\"name\": \"count\", \"tasks\": 3, \"service\": {\"dist\": \"exponential\", \"mean\": \"20 "
    "ms\"},"
    "   \"inputs\": [{\"from\": \"lines\", \"by\": \"hash\", \"capacity\": 100}]}]},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"interval\": \"10 s\", \"cost\": \"300 ms\"},"
    " \"failures\": [{\"strikes\": \"container\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"1 min\"}}],"
    " \"recovery\": {\"detector\": \"3 s\", \"restart\": {\"delay\": \"2 s\"}, \"restore\": \"1 "
    "s\"},"
    " \"run\": {\"duration\": \"3 min\", \"sample\": \"5 s\"}}";

/* The trace of a scenario's first replication; the caller frees it. */
static char *trace_of(const char *scenario, enum trace_form form)
{
    char path[] = "/tmp/test_trace.XXXXXX";
    int fd = mkstemp(path);
    struct err err = {0};
    struct trace trace;
    struct results results;
    struct scenario_request request = {.path = "test", .text = scenario};
    assert_true(fd >= 0 && close(fd) == 0);
    assert_true(trace_open(&trace, form, path, &err));
    struct trace_sink sink = trace_sink(&trace);
    struct experiment_options options = {.replications = 1, .threads = 1, .trace = &sink};
    assert_int_equal(experiment_run(&request, NULL, 0, &options, &results, &err), EXPERIMENT_DONE);
    assert_true(trace_commit(&trace, &err));
    results_release(&results);
    err_release(&err);
    size_t n = 0;
    char *text = support_read_file(path, &n);
    (void)unlink(path);
    return text;
}

static cJSON *events_of(const char *scenario)
{
    char *text = trace_of(scenario, TRACE_PERFETTO);
    struct err err = {0};
    cJSON *root = json_parse("trace.json", text, strlen(text), &err);
    assert_non_null(root);
    assert_string_equal(json_member_text(root, "displayTimeUnit"), "ms");
    assert_true(cJSON_IsArray(json_member(root, "traceEvents")));
    free(text);
    return root;
}

static double number_of(const cJSON *event, const char *key)
{
    const cJSON *item = json_member(event, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static bool is_kind(const cJSON *event, const char *kind)
{
    return strcmp(json_member_text(event, "ph"), kind) == 0;
}

static bool is_called(const cJSON *event, const char *name)
{
    return strcmp(json_member_text(event, "name"), name) == 0;
}

/* The name that the trace gives a thread, NULL when it gives none. */
static const char *thread_name(const cJSON *events, double thread)
{
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, events)
    {
        double own = number_of(event, "tid");
        if (is_kind(event, "M") && is_called(event, "thread_name") && own >= thread &&
            own <= thread)
            return json_member_text(json_member(event, "args"), "name");
    }
    return NULL;
}

static void check_event(const cJSON *events, const cJSON *event)
{
    assert_non_null(json_member_text(event, "name"));
    assert_true(number_of(event, "pid") >= 1);
    assert_non_null(thread_name(events, number_of(event, "tid")));
    if (is_kind(event, "M"))
        return;
    assert_true(number_of(event, "ts") >= 0);
    if (is_kind(event, "X")) {
        assert_true(number_of(event, "dur") >= 0);
    } else if (is_kind(event, "C")) {
        assert_true(cJSON_IsNumber(json_member(event, "args")->child));
    } else {
        assert_true(is_kind(event, "i"));
        assert_true(strchr("gpt", json_member_text(event, "s")[0]) != NULL);
    }
}

/* Each track is in one activity at a time: they come in order, each after the end of the last. */
static void check_tracks(const cJSON *events)
{
    const double rounding_us = 0.0015; /* times are given to a thousandth */
    double end_us[64] = {0};
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, events)
    {
        if (!is_kind(event, "X"))
            continue;
        size_t thread = (size_t)number_of(event, "tid");
        assert_true(thread < MEM_COUNT(end_us));
        assert_true(number_of(event, "ts") >= end_us[thread] - rounding_us);
        end_us[thread] = number_of(event, "ts") + number_of(event, "dur");
    }
}

static size_t count(const cJSON *events, const char *kind, const char *name)
{
    size_t n = 0;
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, events)
    {
        n += is_kind(event, kind) && (!name || is_called(event, name));
    }
    return n;
}

static size_t count_lines(const char *scenario, const char *part)
{
    char *text = trace_of(scenario, TRACE_LINES);
    size_t n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        n++;
    free(text);
    return n;
}

static void every_event_has_what_its_kind_needs(void **state)
{
    (void)state;
    const char *const scenarios[] = {batch_text, stream_text};
    for (size_t i = 0; i < MEM_COUNT(scenarios); i++) {
        cJSON *root = events_of(scenarios[i]);
        const cJSON *events = json_member(root, "traceEvents");
        const cJSON *event = NULL;
        cJSON_ArrayForEach(event, events)
        {
            check_event(events, event);
        }
        check_tracks(events);
        assert_true(count(events, "i", "failed") > 0);
        assert_true(count(events, "i", "checkpoint_committed") > 0);
        assert_true(count(events, "X", "checkpoint") > 0);
        assert_true(count(events, "X", "down") > 0);
        cJSON_Delete(root);
    }
}

static void both_forms_tell_the_same_events(void **state)
{
    (void)state;
    const char *const scenarios[] = {batch_text, stream_text};
    for (size_t i = 0; i < MEM_COUNT(scenarios); i++) {
        cJSON *root = events_of(scenarios[i]);
        const cJSON *events = json_member(root, "traceEvents");
        size_t activities = count_lines(scenarios[i], "\"event\": \"activity\"");
        size_t samples = count_lines(scenarios[i], "\"event\": \"sample\"");
        assert_int_equal(count(events, "X", NULL), activities);
        assert_int_equal(count(events, "C", "lag_messages"), samples);
        assert_int_equal(count(events, "i", NULL),
                         count_lines(scenarios[i], "\"event\": ") - activities - samples);
        cJSON_Delete(root);
    }
}

static void tasks_are_threads_of_their_containers(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double process; /* the job is 1, container 0 is 2 */
    } expected[] = {{"job", 1},     {"lines/0", 2}, {"lines/1", 3},
                    {"count/0", 2}, {"count/1", 3}, {"count/2", 2}};
    cJSON *root = events_of(stream_text);
    const cJSON *events = json_member(root, "traceEvents");
    size_t n = 0;
    const cJSON *event = NULL;
    cJSON_ArrayForEach(event, events)
    {
        if (!is_kind(event, "M") || !is_called(event, "thread_name"))
            continue;
        assert_true(n < MEM_COUNT(expected));
        assert_string_equal(json_member_text(json_member(event, "args"), "name"), expected[n].name);
        assert_true(number_of(event, "tid") == (double)(n + 1));
        assert_true(number_of(event, "pid") == expected[n].process);
        n++;
    }
    assert_int_equal(n, MEM_COUNT(expected));
    assert_int_equal(count(events, "M", "process_name"), 3);
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_what_its_kind_needs),
        cmocka_unit_test(both_forms_tell_the_same_events),
        cmocka_unit_test(tasks_are_threads_of_their_containers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
