// SPDX-License-Identifier: GPL-3.0-or-later
/* What report/ writes into files: whole or not at all, exact, escaped, and readable again. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/csv.h"
#include "report/escape.h"
#include "report/file.h"
#include "report/result_json.h"
#include "report/setting.h"
#include "report/trace.h"
#include "support.h"
#include "unit/report_results.h"

/* ---- results.json ---- */

static char *json_of(const struct results *results)
{
    struct buffer text = {0};
    result_json_write(results, &text);
    return text.data;
}

static void read_back(const char *text, struct results *results)
{
    struct err err = {0};
    bool ok = result_json_read(text, strlen(text), "r.json", results, &err);
    if (!ok)
        fail_msg("%s: %s", err.problems[0].pointer, err.problems[0].message);
    err_release(&err);
}

static void assert_unreadable(const char *text, const char *expected)
{
    struct err err = {0};
    struct results results;
    assert_false(result_json_read(text, strlen(text), "r.json", &results, &err));
    char *message = problem_text(&err.problems[0]);
    assert_string_equal(message, expected);
    free(message);
    err_release(&err);
}

static void results_survive_a_round_trip_byte_for_byte(void **state)
{
    (void)state;
    struct results results;
    make_sweep(&results);
    const char *warnings[] = {"with \"quotes\", a \\ and \xC3\xA9", "another"};
    results.points[1].warnings = warnings;
    results.points[1].n_warnings = 2;
    results.points[0].estimates[M_MAKESPAN].cdf = arena_alloc(&results.arena, CDF_POINTS, 8);
    for (size_t i = 0; i < CDF_POINTS; i++)
        results.points[0].estimates[M_MAKESPAN].cdf[i] = exp((double)i / 7.3);
    results.points[0].estimates[M_WASTE].quantile_low[0] = 0.1 + 0.2;
    results.points[0].estimates[M_WASTE].quantile_high[0] = 1.0 / 3;
    char *first = json_of(&results);
    struct results again;
    read_back(first, &again);
    char *second = json_of(&again);
    assert_string_equal(first, second);
    assert_same_double(again.points[0].estimates[M_MAKESPAN].cdf[77], exp(77 / 7.3));
    assert_same_double(again.points[0].estimates[M_WASTE].quantile_low[0], 0.1 + 0.2);
    assert_same_double(again.points[3].settings[0].number, 28800);
    assert_same_double(again.recommendation.fitted_low, 8700.25);
    assert_true(again.seed == 9007199254740991);
    assert_string_equal(again.points[1].warnings[0], warnings[0]);
    free(first);
    free(second);
    results_release(&results);
    results_release(&again);
}

static void the_story_of_a_stream_survives_a_round_trip(void **state)
{
    (void)state;
    struct results results;
    struct results again;
    make_stream(&results);
    char *first = json_of(&results);
    read_back(first, &again);
    char *second = json_of(&again);
    assert_string_equal(first, second);
    const struct point *point = &again.points[0];
    assert_int_equal(point->elements[ELEMENT_TASK].n, 14);
    assert_string_equal(point->elements[ELEMENT_TASK].items[7].name, "count/3");
    assert_string_equal(point->elements[ELEMENT_PARTITION].items[7].name, "lines/7");
    assert_same_double(point_element(point, E_OPERATOR_LATENCY, 1)->mean, 0.013);
    assert_same_double(point_element(point, E_PARTITION_LAG, 2)->mean, 0.02 + 0.2);
    assert_int_equal(point->story->n_samples, 240);
    assert_true(isnan(point->story->recoveries[1].catch_up_s));
    assert_int_equal(point->story->recoveries[0].replayed, 60000);
    assert_int_equal(point->story->spans[50].task, 8);
    assert_string_equal(point->story->spans[15].activity, "recovery");
    free(first);
    free(second);
    results_release(&results);
    results_release(&again);
}

/* The text with one part of it replaced; the caller frees it. */
static char *replaced(const char *text, const char *part, const char *by)
{
    const char *at = strstr(text, part);
    assert_non_null(at);
    return mem_format("%.*s%s%s", (int)(at - text), text, by, at + strlen(part));
}

static void a_broken_story_is_reported_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *part, *by, *expected;
    } cases[] = {
        {"\"time_s\": [60, ", "\"time_s\": [",
         "/points/0/timeseries/lag_messages: expected a list "
         "of numbers, one for each time"},
        {"\"first_task\": \"lines/0\"", "\"first_task\": \"lines/9\"",
         "/points/0/recoveries/0/first_task: expected the name of a task of this point"},
        {"\"tasks\": 14", "\"tasks\": 15",
         "/points/0/recoveries/0/tasks: expected no more than there are tasks"},
        {"\"task\": \"lines/1\", \"activity\"", "\"task\": \"lines/1\", \"act\"",
         "/points/0/timeline/spans/1/activity: expected a text"},
        {"\"name\": \"count\"", "\"name\": 3", "/points/0/operators/1/name: expected a text"},
    };
    struct results results;
    make_stream(&results);
    char *text = json_of(&results);
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char *broken = replaced(text, cases[i].part, cases[i].by);
        char *message = mem_format("r.json: %s; is it a results file?", cases[i].expected);
        assert_unreadable(broken, message);
        free(message);
        free(broken);
    }
    free(text);
    results_release(&results);
}

static void awkward_doubles_survive(void **state)
{
    (void)state;
    static const double values[] = {5e-324,  1.7976931348623157e308, 0.1,
                                    1.0 / 3, 123456789012345678.0,   -0.0};
    for (size_t i = 0; i < MEM_COUNT(values); i++) {
        struct results results;
        struct results again;
        make_results(&results, 1, "{}");
        set_estimate(&results.points[0], M_WASTE, values[i], 0, 2);
        char *text = json_of(&results);
        read_back(text, &again);
        assert_same_double(again.points[0].estimates[M_WASTE].mean, values[i]);
        free(text);
        results_release(&results);
        results_release(&again);
    }
}

static void what_does_not_exist_is_null(void **state)
{
    (void)state;
    struct results results;
    struct results again;
    make_results(&results, 1, "{}");
    set_estimate(&results.points[0], M_RECOVERY_TIME, 0, 0, 0);
    results.points[0].estimates[M_MAKESPAN] = (struct estimate){.applies = false};
    char *text = json_of(&results);
    assert_non_null(strstr(text, "\"recovery_time_s\": {\"unit\": \"s\", \"mean\": null, "
                                 "\"half_width\": null, \"sd\": null, \"n\": 0, "));
    assert_null(strstr(text, "makespan_s"));
    assert_null(strstr(text, "quantile_intervals"));
    assert_null(strstr(text, "recommendation"));
    read_back(text, &again);
    assert_true(isnan(again.points[0].estimates[M_RECOVERY_TIME].mean));
    assert_true(again.points[0].estimates[M_RECOVERY_TIME].applies);
    assert_false(again.points[0].estimates[M_MAKESPAN].applies);
    free(text);
    results_release(&results);
    results_release(&again);
}

static void members_of_a_later_version_are_ignored(void **state)
{
    (void)state;
    struct results results;
    read_back("{\"schema\": 1, \"version\": \"9\", \"scenario\": {}, \"seed\": 3, \"new\": [1],"
              "\"points\": [{\"set\": {}, \"replications\": 2, \"metrics\": {\"latency_of_mars\":"
              "{\"mean\": true}}, \"prediction\": {\"latency_of_mars\": 7}}]}",
              &results);
    assert_true(results.n_points == 1);
    assert_true(results.points[0].n_predictions == 0);
    results_release(&results);
}

static void files_that_are_no_results_are_rejected(void **state)
{
    (void)state;
    static const char hint[] = "; is it a results file?";
    char text[256];
    (void)snprintf(text, sizeof text, "r.json: expected an object%s", hint);
    assert_unreadable("[1]", text);
    (void)snprintf(text, sizeof text, "r.json: /schema: expected a whole number%s", hint);
    assert_unreadable("{\"job\": {\"work\": \"1 d\"}}", text);
    assert_unreadable("{\"schema\": 1.5}", text);
    assert_unreadable("{\"schema\": 2}", "r.json: /schema: results of schema 2, written by a newer "
                                         "version; this one reads up to 1");
    (void)snprintf(text, sizeof text, "r.json: /points: expected a list of points%s", hint);
    assert_unreadable("{\"schema\": 1, \"version\": \"1\", \"scenario\": {}, \"seed\": 1, "
                      "\"points\": []}",
                      text);
    (void)snprintf(text, sizeof text,
                   "r.json: /points/0/metrics/waste/sd: expected a number or null%s", hint);
    assert_unreadable(
        "{\"schema\": 1, \"version\": \"1\", \"scenario\": {}, \"seed\": 1, \"points\": "
        "[{\"set\": {}, \"replications\": 1, \"metrics\": {\"waste\": {\"n\": 1, "
        "\"sd\": \"x\"}}}]}",
        text);
}

static void broken_json_is_reported_with_its_place(void **state)
{
    (void)state;
    struct err err = {0};
    struct results results;
    static const char text[] = "{\"schema\": 1,\n \"seed\": }";
    assert_false(result_json_read(text, strlen(text), "r.json", &results, &err));
    assert_string_equal(err.problems[0].place, "r.json:2:10");
    err_release(&err);
}

static void settings_are_read_as_quantities(void **state)
{
    (void)state;
    assert_same_double(setting_number("\"90 s\""), 90);
    assert_same_double(setting_number("\"2 KiB\""), 2048);
    assert_same_double(setting_number("\"3 /min\""), 0.05);
    assert_same_double(setting_number("\"2 MB/s\""), 2e6);
    assert_same_double(setting_number("\"5 %\""), 0.05);
    assert_same_double(setting_number("-7.25"), -7.25);
    assert_true(isnan(setting_number("\"barrier\"")));
    assert_true(isnan(setting_number("true")));
    struct setting bandwidth = {.value = "\"2 MB/s\""};
    assert_int_equal(setting_dimension(&bandwidth), DIMENSION_BANDWIDTH);
}

/* ---- escaping ---- */

static void assert_escaped(void (*escape)(struct buffer *out, const char *text), const char *text,
                           const char *expected)
{
    struct buffer out = {0};
    buffer_add(&out, "");
    escape(&out, text);
    assert_string_equal(out.data, expected);
    buffer_release(&out);
}

static void every_medium_escapes_what_it_would_obey(void **state)
{
    (void)state;
    assert_escaped(escape_json, "a\"b\\c\nd\x01\xC2\x9B", "\"a\\\"b\\\\c\\nd\\u0001\\u009b\"");
    assert_escaped(escape_json, "\xC3\xA9\xC3", "\"\xC3\xA9\xEF\xBF\xBD\"");
    assert_escaped(escape_csv, "plain", "plain");
    assert_escaped(escape_csv, "a,b", "\"a,b\"");
    assert_escaped(escape_csv, "say \"x\"\n", "\"say \"\"x\"\"\n\"");
    assert_escaped(escape_csv, "=1+1", "'=1+1");
    assert_escaped(escape_csv, "-cmd,x", "\"'-cmd,x\"");
    assert_escaped(escape_csv, "@x", "'@x");
    assert_escaped(escape_csv, "\tx", "'\tx");
    assert_escaped(escape_gnuplot, "\"; system('x')\\\n`id`", "\"'; system('x')\\\\ `id`\"");
    assert_escaped(escape_terminal, "\x1b[31mred\r\n\x7f\xC2\x9B", " [31mred    ");
    assert_escaped(escape_shell, "plain-1.svg", "plain-1.svg");
    assert_escaped(escape_shell, "it's $(x)", "'it'\\''s $(x)'");
    assert_escaped(escape_shell, "", "''");
}

/* ---- CSV and trace ---- */

static void csv_has_a_row_per_point_and_metric(void **state)
{
    (void)state;
    struct results results;
    make_results(&results, 2, "{}");
    set_setting(&results, 0, "/a", "\"1 min\"", 60);
    set_setting(&results, 1, "/a", "\"2 min\"", 120);
    set_setting(&results, 0, "/b,c", "\"=cmd\"", (double)NAN);
    set_setting(&results, 1, "/b,c", "-3", -3);
    for (size_t i = 0; i < 2; i++)
        set_estimate(&results.points[i], M_WASTE, 0.125, 0, 4);
    set_estimate(&results.points[1], M_RECOVERY_TIME, 0, 0, 0);
    add_prediction(&results, 1, "waste", 0.25, "Daly, 2006");
    struct buffer out = {0};
    csv_write(&results, &out);
    assert_string_equal(
        out.data,
        "/a,/a (s),\"/b,c\",replications,metric,unit,mean,half_width,sd,n,min,max,q0.5,q0.9,q0.99,"
        "prediction,prediction_source\r\n"
        "1 min,60,'=cmd,30,waste,1,0.125,0,0,4,0.125,0.125,0.125,0.125,0.125,,\r\n"
        "2 min,120,-3,30,waste,1,0.125,0,0,4,0.125,0.125,0.125,0.125,0.125,0.25,\"Daly, 2006\"\r\n"
        "2 min,120,-3,30,recovery_time_s,s,,,,0,,,,,,,\r\n");
    buffer_release(&out);
    results_release(&results);
}

static void elements_and_series_are_tables_too(void **state)
{
    (void)state;
    struct results results;
    struct buffer out = {0};
    make_stream(&results);
    csv_write_elements(&results, &out);
    assert_memory_equal(out.data, "level,element,metric,unit,mean,half_width,sd,n,min,max,q0.5,",
                        60);
    assert_non_null(strstr(out.data, "\r\noperators,count,throughput_per_s,1/s,1999.25,"));
    assert_non_null(strstr(out.data, "\r\ntasks,out/1,work,1,0.11,"));
    assert_non_null(strstr(out.data, "\r\npartitions,lines/7,lag_messages,1,0.72"));
    size_t lines = 0;
    for (const char *c = out.data; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 1 + 3 * 13 + 14 * 9 + 8 * 4);
    buffer_clear(&out);
    csv_write_series(&results, &out);
    assert_memory_equal(out.data, "time_s,lag_messages,lag_s,arrival_rate_per_s,", 45);
    assert_non_null(strstr(out.data, "\r\n60,7,0.01,2000,2000,0.02,0.6,0\r\n"));
    assert_non_null(strstr(out.data, "\r\n3660,60007,30.01,")); /* down: no latency */
    assert_non_null(strstr(out.data, ",0,,0,14\r\n"));
    buffer_release(&out);
    results_release(&results);
}

/* ---- files ---- */

static char folder[] = "/tmp/test_report.XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *path = mem_format("%s/%s", folder, entry->d_name);
        (void)unlink(path);
        free(path);
    }
    (void)closedir(dir);
    return rmdir(folder);
}

static char *path_of(const char *name)
{
    return mem_format("%s/%s", folder, name);
}

static size_t files_in_folder(void)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(dir);
    return n;
}

static void assert_content(const char *path, const char *expected)
{
    size_t n = 0;
    char *data = support_read_file(path, &n);
    assert_string_equal(data, expected);
    assert_int_equal(n, strlen(expected));
    free(data);
}

static void assert_write_fails(const char *path, size_t n, const char *expected)
{
    struct err err = {0};
    char *data = mem_alloc(n + 1, 1);
    memset(data, 'x', n);
    assert_false(file_write(path, data, n, &err));
    assert_string_equal(err.problems[0].message, expected);
    free(data);
    err_release(&err);
}

static void a_file_is_replaced_as_a_whole(void **state)
{
    (void)state;
    struct err err = {0};
    char *path = path_of("results.json");
    size_t before = files_in_folder();
    assert_true(file_write(path, "first", 5, &err));
    struct file_writer writer;
    assert_true(file_open(&writer, path, &err));
    file_append(&writer, "sec", 3);
    assert_content(path, "first");
    file_append(&writer, "ond", 3);
    assert_true(file_commit(&writer, &err));
    assert_content(path, "second");
    assert_int_equal(files_in_folder(), before + 1);
    free(path);
}

static void a_write_that_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    char *path = path_of("given-up.json");
    size_t before = files_in_folder();
    struct file_writer writer;
    assert_true(file_open(&writer, path, &err));
    file_append(&writer, "half", 4);
    file_abandon(&writer);
    assert_int_equal(files_in_folder(), before);
    free(path);
}

/* A limit on the size of files stands for a disk that runs full in the middle. */
static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    struct err err = {0};
    char *path = path_of("full.json");
    char *message = mem_format("cannot write '%s': File too large", path);
    struct rlimit old;
    assert_true(file_write(path, "old", 3, &err));
    size_t before = files_in_folder();
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_write_fails(path, 20000, message);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_content(path, "old");
    assert_int_equal(files_in_folder(), before);
    free(message);
    free(path);
}

static void failures_say_which_file_and_why(void **state)
{
    (void)state;
    assert_write_fails("/dev/full", 7, "cannot write '/dev/full': No space left on device");
    assert_write_fails("/no/such/folder/x", 7,
                       "cannot write '/no/such/folder/x': No such file or directory");
    char *message = mem_format("cannot write '%s': Is a directory", folder);
    assert_write_fails(folder, 7, message);
    free(message);
    struct err err = {0};
    struct results results;
    assert_false(result_json_read_file("/no/such/file", &results, &err));
    assert_string_equal(err.problems[0].message,
                        "cannot read '/no/such/file': No such file or directory");
    err_release(&err);
}

static void links_and_rights_are_kept(void **state)
{
    (void)state;
    struct err err = {0};
    char *target = path_of("target.json");
    char *link = path_of("link.json");
    assert_true(file_write(target, "1", 1, &err));
    assert_int_equal(chmod(target, 0640), 0);
    assert_int_equal(symlink("target.json", link), 0);
    assert_true(file_write(link, "22", 2, &err));
    struct stat info;
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_content(target, "22");
    free(target);
    free(link);
}

static void temporary_names_stay_in_the_folder_and_keep_the_extension(void **state)
{
    (void)state;
    char *name = file_temporary_name("a/b.svg", 3);
    assert_memory_equal(name, "a/.", 3);
    assert_string_equal(name + strlen(name) - 8, "-3-b.svg");
    free(name);
    char long_name[255];
    memset(long_name, 'n', sizeof long_name);
    memcpy(long_name + 250, ".png", 5);
    name = file_temporary_name(long_name, 0);
    assert_in_range(strlen(name), 200, 250);
    assert_string_equal(name + strlen(name) - 4, ".png");
    free(name);
}

static void a_trace_is_one_object_per_line(void **state)
{
    (void)state;
    struct err err = {0};
    struct trace trace;
    char *path = path_of("trace.jsonl");
    assert_true(trace_open(&trace, TRACE_LINES, path, &err));
    struct trace_sink sink = trace_sink(&trace);
    const struct trace_value values[] = {{"node", 3, NULL}, {"why", 0, "a \"b\""}};
    sink.record(sink.context, 0.1, "failure", values, 2);
    sink.record(sink.context, 7200, "end", NULL, 0);
    assert_true(trace_commit(&trace, &err));
    assert_content(path, "{\"time_s\": 0.1, \"event\": \"failure\", \"node\": 3, "
                         "\"why\": \"a \\\"b\\\"\"}\n{\"time_s\": 7200, \"event\": \"end\"}\n");
    assert_true(trace_open(&trace, TRACE_LINES, "/dev/full", &err));
    sink = trace_sink(&trace);
    for (size_t i = 0; i < 5000; i++) /* more than one flush */
        sink.record(sink.context, 1, "event_with_a_name", values, 2);
    assert_false(trace_commit(&trace, &err));
    err_release(&err);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_survive_a_round_trip_byte_for_byte),
        cmocka_unit_test(the_story_of_a_stream_survives_a_round_trip),
        cmocka_unit_test(a_broken_story_is_reported_with_its_place),
        cmocka_unit_test(awkward_doubles_survive),
        cmocka_unit_test(what_does_not_exist_is_null),
        cmocka_unit_test(members_of_a_later_version_are_ignored),
        cmocka_unit_test(files_that_are_no_results_are_rejected),
        cmocka_unit_test(broken_json_is_reported_with_its_place),
        cmocka_unit_test(settings_are_read_as_quantities),
        cmocka_unit_test(every_medium_escapes_what_it_would_obey),
        cmocka_unit_test(csv_has_a_row_per_point_and_metric),
        cmocka_unit_test(elements_and_series_are_tables_too),
        cmocka_unit_test(a_file_is_replaced_as_a_whole),
        cmocka_unit_test(a_write_that_is_given_up_leaves_nothing),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(failures_say_which_file_and_why),
        cmocka_unit_test(links_and_rights_are_kept),
        cmocka_unit_test(temporary_names_stay_in_the_folder_and_keep_the_extension),
        cmocka_unit_test(a_trace_is_one_object_per_line),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
