// SPDX-License-Identifier: GPL-3.0-or-later
/* Sweep axes, from the command line and from scenarios, on the real keys. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "scenario/axis.h"
#include "scenario/json.h"
#include "support.h"

static char *problems_of(const struct err *err)
{
    char *all = mem_strdup("");
    for (size_t i = 0; i < err->n_problems; i++) {
        char *one = problem_text(&err->problems[i]);
        char *more = mem_format("%s%s%s", all, *all ? "\n" : "", one);
        free(all);
        free(one);
        all = more;
    }
    return all;
}

/* "a | b | c" of the axis that the argument gives. */
static void assert_values(const char *argument, const char *expected)
{
    struct arena arena = {0};
    struct err err = {0};
    struct axis axis;
    bool ok = axis_parse(&axis, argument, &arena, &err);
    char *problems = problems_of(&err);
    assert_string_equal(problems, "");
    free(problems);
    assert_true(ok);
    const char *all = "";
    for (size_t i = 0; i < axis.n_values; i++)
        all = arena_format(&arena, "%s%s%s", all, i ? " | " : "", axis.values[i].json);
    assert_string_equal(all, expected);
    err_release(&err);
    arena_release(&arena);
}

static void assert_refused(const char *argument, const char *expected)
{
    struct arena arena = {0};
    struct err err = {0};
    struct axis axis;
    assert_false(axis_parse(&axis, argument, &arena, &err));
    char *problems = problems_of(&err);
    assert_string_equal(problems, expected);
    free(problems);
    err_release(&err);
    arena_release(&arena);
}

static void lists_keep_what_was_written(void **state)
{
    (void)state;
    assert_values("/checkpoint/interval=10min,1 h,7200 s", "\"10min\" | \"1 h\" | \"7200 s\"");
    assert_values("/checkpoint/interval=[\"10 min\", \"1 h\"]", "\"10 min\" | \"1 h\"");
    assert_values("/checkpoint/interval=2 h", "\"2 h\"");
    assert_values("/checkpoint/strategy=periodic,incremental", "\"periodic\" | \"incremental\"");
    assert_values("/job/tasks=1,2,4k", "1 | 2 | \"4k\"");
    assert_values("/checkpoint/final=true,false", "true | false");
    assert_values(
        "/checkpoint/cost=[\"10 min\", {\"dist\": \"exponential\", \"mean\": \"10 min\"}]",
        "\"10 min\" | {\"dist\":\"exponential\",\"mean\":\"10 min\"}");
    assert_values("/failures/0/exposure=[[\"work\"], [\"work\", \"checkpoint\"]]",
                  "[\"work\"] | [\"work\",\"checkpoint\"]");
    assert_values("/failures/0/time_to_failure/dist=weibull,gamma", "\"weibull\" | \"gamma\"");
}

static void ranges_read_well_between_exact_ends(void **state)
{
    (void)state;
    assert_values("/checkpoint/interval=10min:8h:log5",
                  "\"10min\" | \"26.3 min\" | \"69.3 min\" | \"3.04 h\" | \"8h\"");
    assert_values("/checkpoint/interval={\"from\": \"10 s\", \"to\": \"20 s\", \"points\": 3}",
                  "\"10 s\" | \"15 s\" | \"20 s\"");
    assert_values("/checkpoint/interval=2h:1h:linear3", "\"2h\" | \"90 min\" | \"1h\"");
    assert_values("/checkpoint/share=0:0.9:linear4", "0 | 0.3 | 0.6 | 0.9");
    assert_values("/checkpoint/share=0:30 %:linear3", "0 | 0.15 | \"30 %\"");
    assert_values("/job/tasks=1:1000:log4", "1 | 10 | 100 | 1000");
    /* Whole numbers that fall together are one point. */
    assert_values("/job/tasks=1:4:log7", "1 | 2 | 3 | 4");
    assert_values("/checkpoint/cost=1min:3min:linear3", "\"1min\" | \"2 min\" | \"3min\"");
    assert_values("/failures/0/time_to_failure/mean=1d:100d:log3", "\"1d\" | \"10 d\" | \"100d\"");
    assert_values("/storage/pfs/stream_write=100 MB/s:10 GB/s:log3",
                  "\"100 MB/s\" | \"1 GB/s\" | \"10 GB/s\"");
}

static void numbers_are_in_base_units_and_agree_with_the_texts(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err = {0};
    struct axis axis;
    assert_true(axis_parse(&axis, "/checkpoint/interval=17 s:3.7 d:log50", &arena, &err));
    assert_int_equal(axis.n_values, 50);
    double ratio = pow(3.7 * 86400 / 17, 1.0 / 49);
    for (size_t i = 0; i < axis.n_values; i++) {
        cJSON *text = cJSON_Parse(axis.values[i].json);
        double value = 0;
        const char *why = NULL;
        assert_true(units_read(text->valuestring, DIMENSION_TIME, &value, &why));
        assert_same_double(axis.values[i].number, value);
        double exact = 17 * pow(ratio, (double)i);
        assert_near(value, exact, 0.01 * exact * (1 - 1 / ratio));
        assert_true(strlen(text->valuestring) <= 9);
        cJSON_Delete(text);
    }
    assert_true(axis_parse(&axis, "/checkpoint/cost=10 min", &arena, &err));
    assert_near(axis.values[0].number, 600, 0);
    assert_true(axis_parse(&axis, "/recovery/detector=30 s", &arena, &err)); /* by two shorthands */
    assert_near(axis.values[0].number, 30, 0);
    assert_true(axis_parse(&axis, "/checkpoint/strategy=none", &arena, &err));
    assert_true(isnan(axis.values[0].number));
    assert_true(axis_parse(&axis, "/checkpoint/cost=[{\"dist\":\"x\"}]", &arena, &err));
    assert_true(isnan(axis.values[0].number));
    assert_true(axis_parse(&axis, "/run/seed=3,\"5k\"", &arena, &err));
    assert_near(axis.values[1].number, 5000, 0);
    err_release(&err);
    arena_release(&arena);
}

static void close_ends_get_the_digits_they_need(void **state)
{
    (void)state;
    assert_values("/checkpoint/interval=1000 s:1000.5 s:linear3",
                  "\"1000 s\" | \"1000.25 s\" | \"1000.5 s\"");
    assert_values("/checkpoint/share=0.1:0.10000001:linear3", "0.1 | 0.100000005 | 0.10000001");
}

static void bad_axes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        const char *message;
    } cases[] = {
        {"/checkpoint/interval",
         "'/checkpoint/interval' has no value; write /checkpoint/interval=VALUE"},
        {"interval=1h",
         "'interval=1h': a JSON Pointer starts with '/'; write /checkpoint/interval=1h"},
        {"/checkpoint/interval=",
         "--over /checkpoint/interval=: /checkpoint/interval: no values; write "
         "/checkpoint/interval=A,B,C or /checkpoint/interval=FROM:TO:log15"},
        {"/checkpoint/interval=[]",
         "--over /checkpoint/interval=[]: /checkpoint/interval: an empty list; an "
         "axis needs a value"},
        {"/checkpoint/interval=[1h",
         "--over /checkpoint/interval:1:2: 1h is no JSON value; numbers look like "
         "60, -0.5 or 1e9, quantities like \"60 s\""},
        {"/checkpoint/intervall=1h",
         "--over /checkpoint/intervall=1h: /checkpoint/intervall: there is no key "
         "'intervall'; did you mean /checkpoint/interval?"},
        {"/interval=1h", "--over /interval=1h: /interval: there is no key 'interval'; did you mean "
                         "/checkpoint/interval?"},
        {"/checkpoint/interval=10min,5 GiB,60",
         "--over /checkpoint/interval=10min,5 GiB,60: /checkpoint/interval: \"5 GiB\": not a unit "
         "of time; they "
         "are ns, us, ms, s, min, h, d, w and y\n"
         "--over /checkpoint/interval=10min,5 GiB,60: /checkpoint/interval: 60 has no unit; write "
         "\"60 s\""},
        {"/checkpoint/interval=10min:5 GiB:log3",
         "--over /checkpoint/interval=10min:5 GiB:log3: /checkpoint/interval/to: \"5 GiB\": not a "
         "unit of time; "
         "they are ns, us, ms, s, min, h, d, w and y"},
        {"/checkpoint/interval=10min:8h:15",
         "--over /checkpoint/interval=10min:8h:15: /checkpoint/interval: "
         "'15' says neither log nor linear and how many points; write "
         "10min:8h:log15, for instance"},
        {"/checkpoint/interval=10min:8h:log",
         "--over /checkpoint/interval=10min:8h:log: /checkpoint/interval: 'log' says neither log "
         "nor linear and "
         "how many points; write 10min:8h:log15, for instance"},
        {"/checkpoint/interval=10min:8h:log1",
         "--over /checkpoint/interval=10min:8h:log1: "
         "/checkpoint/interval/points: 1 is outside [2, 10000]"},
        {"/checkpoint/interval=0s:8h:log3",
         "--over /checkpoint/interval=0s:8h:log3: /checkpoint/interval: a "
         "logarithmic scale needs ends above 0; scale \"linear\" takes any"},
        {"/checkpoint/interval=1h:1h:log3",
         "--over /checkpoint/interval=1h:1h:log3: /checkpoint/interval: from "
         "and to are the same"},
        {"/checkpoint/interval=0 s:1h:linear2",
         "--over /checkpoint/interval=0 s:1h:linear2: "
         "/checkpoint/interval: \"0 s\" is outside (0 s, 1e12 s]"},
        {"/checkpoint/interval={\"from\":\"1 h\",\"until\":\"2 h\",\"points\":3}",
         "--over /checkpoint/interval={\"from\":\"1 h\",\"until\":\"2 h\",\"points\":3}: "
         "/checkpoint/interval/until: unknown key 'until'; allowed here: 'from', 'to', 'points', "
         "'scale'\n"
         "--over /checkpoint/interval={\"from\":\"1 h\",\"until\":\"2 h\",\"points\":3}: "
         "/checkpoint/interval: missing key 'to': a time such as \"60 s\""},
        {"/checkpoint/timer=1:3:linear3",
         "--over /checkpoint/timer=1:3:linear3: /checkpoint/timer: a range is of numbers, and "
         "/checkpoint/timer takes useful or wall; list the values"},
        {"/job/tasks=1.5,2", "--over /job/tasks=1.5,2: /job/tasks: 1.5 is not a whole number"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        assert_refused(cases[i].argument, cases[i].message);
}

static void assert_sweep_refused(const char *sweep, const char *expected)
{
    struct arena arena = {0};
    struct err err = {0};
    cJSON *tree = json_parse("t", sweep, strlen(sweep), &err);
    struct axis *axes = NULL;
    size_t n_axes = 0;
    assert_false(axis_read_sweep(tree, &arena, &axes, &n_axes, &err));
    char *problems = problems_of(&err);
    assert_string_equal(problems, expected);
    free(problems);
    cJSON_Delete(tree);
    err_release(&err);
    arena_release(&arena);
}

static void scenarios_sweep_several_keys(void **state)
{
    (void)state;
    static const char text[] =
        "{\"/checkpoint/interval\": {\"from\": \"1 h\", \"to\": \"4 h\", \"points\": 3, "
        "\"scale\": \"log\"}, \"/checkpoint/strategy\": [\"none\", \"periodic\"]}";
    struct arena arena = {0};
    struct err err = {0};
    cJSON *tree = json_parse("t", text, strlen(text), &err);
    struct axis *axes = NULL;
    size_t n_axes = 0;
    assert_true(axis_read_sweep(tree, &arena, &axes, &n_axes, &err));
    assert_int_equal(n_axes, 2);
    assert_string_equal(axes[0].pointer, "/checkpoint/interval");
    assert_int_equal(axes[0].n_values, 3);
    assert_string_equal(axes[0].values[1].json, "\"2 h\"");
    assert_string_equal(axes[1].values[0].json, "\"none\"");
    cJSON_Delete(tree);
    assert_true(axis_read_sweep(NULL, &arena, &axes, &n_axes, &err));
    assert_int_equal(n_axes, 0);
    err_release(&err);
    arena_release(&arena);

    assert_sweep_refused("[1]", "/sweep: needs an object {\"/checkpoint/interval\": [...]}");
    assert_sweep_refused("{\"checkpoint\": [1]}",
                         "/sweep/checkpoint: 'checkpoint' is no JSON Pointer of a key; "
                         "write it as \"/checkpoint/interval\"");
    assert_sweep_refused(
        "{\"/checkpoint/interval\": \"1 h\"}",
        "/sweep/~1checkpoint~1interval: needs a list, or {\"from\": ..., \"to\": ..., "
        "\"points\": ...}, not \"1 h\"");
    assert_sweep_refused(
        "{\"/nothing\": [1], \"/job/tasks\": []}",
        "/sweep/~1nothing: there is no key 'nothing'; explain / shows what is there\n"
        "/sweep/~1job~1tasks: an empty list; an axis needs a value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_keep_what_was_written),
        cmocka_unit_test(ranges_read_well_between_exact_ends),
        cmocka_unit_test(numbers_are_in_base_units_and_agree_with_the_texts),
        cmocka_unit_test(close_ends_get_the_digits_they_need),
        cmocka_unit_test(bad_axes_are_refused),
        cmocka_unit_test(scenarios_sweep_several_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
