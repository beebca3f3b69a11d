// SPDX-License-Identifier: GPL-3.0-or-later
/* What others script against: results.json keeps the frame of report/results.schema.json. */
#include <stdlib.h>
#include <string.h>

#include "core/text_reader.h"
#include "experiment/experiment.h"
#include "report/result_json.h"
#include "scenario/json.h"
#include "support.h"
#include "unit/schema_check.h"

static const char *root_folder = "."; /* of the project; set once by main() */

static const char *const job_text =
    "{\"job\": {\"work\": \"3 d\"},"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"2 h\", \"cost\": \"10 min\"},"
    " \"failures\": [{\"strikes\": \"job\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"7 h\"}}],"
    " \"recovery\": {\"downtime\": \"1 min\", \"restore\": \"10 min\"}}";

static cJSON *schema(void)
{
    struct arena arena = {0};
    struct err err = {0};
    struct field_context context = {.arena = &arena, .err = &err};
    struct text text;
    char *path = mem_format("%s/sim/report/results.schema.json", root_folder);
    assert_true(text_read_file(&context, "", path, &text));
    cJSON *tree = json_parse(path, text.bytes, text.length, &err);
    assert_non_null(tree);
    free(path);
    arena_release(&arena);
    return tree;
}

static const char *const stream_text =
    "{\"job\": {\"operators\": ["
    "  {\"name\": \"lines\", \"tasks\": 2, \"service\": \"1 ms\", \"source\": {\"partitions\": 4,"
    "   \"arrivals\": {\"process\": \"poisson\", \"rate\": \"50/s\"}}},"
    "  {\"name\": \"count\", \"tasks\": 3, \"service\": {\"dist\": \"exponential\", \"mean\": \"20 "
    "ms\"},"
    "   \"inputs\": [{\"from\": \"lines\", \"by\": \"hash\", \"capacity\": 100}]}]},"
    " \"checkpoint\": {\"strategy\": \"stop_world\", \"interval\": \"10 s\", \"cost\": \"300 ms\"},"
    " \"failures\": [{\"strikes\": \"process\","
    "   \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"3 min\"}}],"
    " \"recovery\": {\"detector\": \"3 s\", \"restart\": {\"delay\": \"2 s\"}, \"restore\": \"1 "
    "s\"},"
    " \"run\": {\"duration\": \"2 min\", \"warmup\": \"10 s\", \"sample\": \"5 s\"}}";

/* The results of an experiment as a tree. */
static cJSON *results_of_text(const char *scenario, uint64_t replications, const char *axis_text)
{
    struct arena arena = {0};
    struct err err = {0};
    struct axis axis;
    struct results results;
    struct buffer buffer = {0};
    struct scenario_request request = {.path = "test", .text = scenario};
    struct experiment_options options = {.replications = replications, .threads = 1};
    if (axis_text)
        assert_true(axis_parse(&axis, axis_text, &arena, &err));
    assert_int_equal(experiment_run(&request, &axis, axis_text != NULL, &options, &results, &err),
                     EXPERIMENT_DONE);
    result_json_write(&results, &buffer);
    cJSON *tree = json_parse("results.json", buffer.data, buffer.n, &err);
    assert_non_null(tree);
    results_release(&results);
    buffer_release(&buffer);
    arena_release(&arena);
    err_release(&err); /* it may hold warnings */
    return tree;
}

static cJSON *results_of(uint64_t replications, const char *axis_text)
{
    return results_of_text(job_text, replications, axis_text);
}

static void assert_text_accepted(const char *scenario, uint64_t replications, const char *axis)
{
    cJSON *rule = schema();
    cJSON *results = results_of_text(scenario, replications, axis);
    assert_true(schema_accepts(rule, rule, results));
    cJSON_Delete(results);
    cJSON_Delete(rule);
}

static void assert_accepted(uint64_t replications, const char *axis)
{
    assert_text_accepted(job_text, replications, axis);
}

static void results_of_a_run_fit_the_schema(void **state)
{
    (void)state;
    assert_accepted(1, NULL); /* most intervals are null */
    assert_accepted(300, NULL);
}

static void results_of_a_sweep_fit_the_schema(void **state)
{
    (void)state;
    assert_accepted(60, "/checkpoint/interval=30 min:8 h:log7");
    assert_accepted(3, "/checkpoint/strategy=none,periodic");
}

static void results_of_a_stream_fit_the_schema(void **state)
{
    (void)state;
    assert_text_accepted(stream_text, 1, NULL);
    assert_text_accepted(stream_text, 3, "/checkpoint/interval=5 s,20 s");
}

/* The whole story at the first point of a sweep only, operators at all. */
static void a_stream_is_told_in_parts(void **state)
{
    (void)state;
    cJSON *results = results_of_text(stream_text, 3, "/checkpoint/interval=5 s,20 s");
    const cJSON *first = json_member(results, "points")->child;
    const cJSON *second = first->next;
    const cJSON *tasks = json_member(first, "tasks");
    const cJSON *series = json_member(first, "timeseries");
    assert_int_equal(cJSON_GetArraySize(json_member(first, "operators")), 2);
    assert_int_equal(cJSON_GetArraySize(tasks), 5);
    assert_string_equal(json_member_text(tasks->child, "name"), "lines/0");
    assert_int_equal(cJSON_GetArraySize(json_member(first, "partitions")), 4);
    assert_int_equal(cJSON_GetArraySize(json_member(series, "time_s")), 24);
    assert_int_equal(cJSON_GetArraySize(json_member(series, "latency_s")), 24);
    assert_true(cJSON_GetArraySize(json_member(json_member(first, "timeline"), "spans")) > 0);
    assert_int_equal(cJSON_GetArraySize(json_member(second, "operators")), 2);
    assert_null(json_member(second, "tasks"));
    assert_null(json_member(second, "timeseries"));
    cJSON_Delete(results);
}

static void the_frame_has_the_members_that_scripts_read(void **state)
{
    (void)state;
    cJSON *results = results_of(30, "/checkpoint/interval=60 min,2 h");
    const cJSON *point = json_member(results, "points")->child;
    const cJSON *waste = json_member(json_member(point, "metrics"), "waste");
    assert_string_equal(json_member_text(json_member(point, "set"), "/checkpoint/interval"),
                        "60 min");
    assert_true(json_member(point, "replications")->valuedouble == 30);
    assert_string_equal(json_member_text(waste, "unit"), "1");
    assert_true(cJSON_IsNumber(json_member(json_member(waste, "quantiles"), "0.99")));
    assert_true(cJSON_IsNumber(
        json_member(json_member(json_member(point, "prediction"), "waste"), "value")));
    assert_true(cJSON_IsArray(json_member(point, "warnings")));
    cJSON_Delete(results);
}

/* A schema that accepts everything would pass the tests above. */
static void other_frames_do_not_fit(void **state)
{
    (void)state;
    static const char *const removed[] = {"schema", "version", "scenario", "seed", "points"};
    cJSON *rule = schema();
    for (size_t i = 0; i < MEM_COUNT(removed); i++) {
        cJSON *results = results_of(2, NULL);
        cJSON_DeleteItemFromObjectCaseSensitive(results, removed[i]);
        assert_false(schema_accepts(rule, rule, results));
        cJSON_Delete(results);
    }
    cJSON *results = results_of(2, NULL);
    cJSON *metrics = json_member(json_member(results, "points")->child, "metrics");
    cJSON_ReplaceItemInObjectCaseSensitive(json_member(metrics, "waste"), "mean",
                                           cJSON_CreateString("0.1"));
    assert_false(schema_accepts(rule, rule, results));
    cJSON_Delete(results);
    cJSON_Delete(rule);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_of_a_run_fit_the_schema),
        cmocka_unit_test(results_of_a_sweep_fit_the_schema),
        cmocka_unit_test(results_of_a_stream_fit_the_schema),
        cmocka_unit_test(a_stream_is_told_in_parts),
        cmocka_unit_test(the_frame_has_the_members_that_scripts_read),
        cmocka_unit_test(other_frames_do_not_fit),
    };
    if (argc > 2)
        root_folder = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
