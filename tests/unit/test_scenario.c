// SPDX-License-Identifier: GPL-3.0-or-later
/* Loading of scenarios: sources, overrides, strategies, places of problems. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/dist.h"
#include "core/rng.h"
#include "core/text_reader.h"
#include "model/detector.h"
#include "model/fault_log.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/presets.h"
#include "scenario/scenario.h"
#include "scenario/sources.h"
#include "strategy/strategy.h"
#include "support.h"

/* ---- Helpers ------------------------------------------------------------------- */

/* The first example of the design, with its lines as a person would break them. */
static const char textbook[] =
    "{\"description\": \"30 days of work, one failure a day\",\n"
    " \"job\": {\"work\": \"30 d\", \"tasks\": 1024},\n"
    " \"checkpoint\": {\"strategy\": \"periodic\", \"interval\": \"2 h\", \"cost\": \"10 min\"},\n"
    " \"failures\": [{\"strikes\": \"job\",\n"
    "               \"time_to_failure\": {\"dist\": \"exponential\", \"mean\": \"1 d\"}}],\n"
    " \"recovery\": {\"downtime\": \"1 min\", \"restore\": \"10 min\"},\n"
    " \"run\": {\"replications\": 1000, \"seed\": 1}}\n";

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

static void assert_problems(const struct err *err, const char *expected)
{
    char *problems = problems_of(err);
    assert_string_equal(problems, expected);
    free(problems);
}

static struct scenario load_good(const struct scenario_request *request)
{
    struct scenario scenario;
    struct err err = {0};
    bool ok = scenario_load_request(&scenario, request, &err);
    if (!ok)
        assert_problems(&err, ""); /* shows them */
    assert_true(ok);
    err_release(&err);
    return scenario;
}

static void assert_bad(const struct scenario_request *request, const char *expected)
{
    struct scenario scenario;
    struct err err = {0};
    assert_false(scenario_load_request(&scenario, request, &err));
    assert_problems(&err, expected);
    err_release(&err);
}

static void assert_bad_text(const char *text, const char *expected)
{
    assert_bad(&(struct scenario_request){.path = "dir/a.json", .text = text}, expected);
}

/* The textbook with one override. */
static void assert_bad_set(const char *pointer, const char *value, const char *expected)
{
    struct override set = {.pointer = pointer, .value = value};
    assert_bad(
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &set, .n_sets = 1},
        expected);
}

/* ---- Files ---------------------------------------------------------------------- */

/* A temporary folder with sub/ in it, made the running one: names in messages stay short. */
struct folder {
    char path[32];
    char back[4096];
};

static struct folder enter_folder(void)
{
    struct folder folder = {.path = "/tmp/ckptsim-test-XXXXXX"};
    assert_non_null(getcwd(folder.back, sizeof folder.back));
    assert_non_null(mkdtemp(folder.path));
    assert_int_equal(chdir(folder.path), 0);
    assert_int_equal(mkdir("sub", 0700), 0);
    return folder;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void leave_folder(const struct folder *folder, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(remove(names[i]), 0);
    assert_int_equal(rmdir("sub"), 0);
    assert_int_equal(chdir(folder->back), 0);
    assert_int_equal(rmdir(folder->path), 0);
}

/* ---- What a scenario says --------------------------------------------------------- */

static void the_textbook_case_reaches_the_model(void **state)
{
    (void)state;
    struct scenario s = load_good(&(struct scenario_request){.path = "a.json", .text = textbook});
    const struct model *m = &s.model;
    assert_int_equal(s.format, 1);
    assert_string_equal(m->description, "30 days of work, one failure a day");
    assert_near(m->job.work_s, 30 * 86400.0, 0);
    assert_int_equal(m->job.tasks, 1024);
    assert_string_equal(strategies[m->checkpoint.strategy].name, "periodic");
    assert_near(m->checkpoint.interval_s, 7200, 0);
    assert_near(dist_mean(&m->checkpoint.cost), 600, 0);
    assert_string_equal(m->checkpoint.coordination.variant->name, "stop_world");
    assert_true(m->checkpoint.final);
    assert_int_equal(m->failures.n, 1);
    const struct failure_params *failure = m->failures.items;
    assert_near(dist_mean(&failure->time_to_failure), 86400, 0);
    assert_int_equal(failure->exposure, EXPOSED_WORK | EXPOSED_CHECKPOINT | EXPOSED_RECOVERY);
    assert_near(dist_mean(&m->recovery.downtime), 60, 0);
    assert_int_equal(m->run.replications, 1000);
    assert_int_equal(s.n_warnings, 0);
    assert_int_equal(s.n_axes, 0);
    scenario_release(&s);
}

static void what_is_echoed_loads_as_the_same(void **state)
{
    (void)state;
    struct scenario s = load_good(&(struct scenario_request){.path = "a.json", .text = textbook});
    char *pretty = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&pretty, &length);
    scenario_write(&s, stream);
    assert_int_equal(fclose(stream), 0);
    const char *const echoes[] = {s.json, pretty};
    for (size_t i = 0; i < MEM_COUNT(echoes); i++) {
        struct scenario again =
            load_good(&(struct scenario_request){.path = "a.json", .text = echoes[i]});
        assert_string_equal(again.json, s.json);
        assert_near(again.model.checkpoint.interval_s, 7200, 0);
        scenario_release(&again);
    }
    free(pretty);
    scenario_release(&s);
}

/* Every strategy echoes all that its fragment says, and reads it back. */
static void strategies_are_fragments_beneath_the_scenarios_own_keys(void **state)
{
    (void)state;
    for (const struct strategy *strategy = strategies; strategy->name; strategy++) {
        struct override set = {.pointer = "/checkpoint/strategy", .value = strategy->name};
        struct scenario_request request = {
            .path = "a.json", .text = textbook, .sets = &set, .n_sets = 1};
        struct scenario s;
        struct err err = {0};
        if (scenario_load_request(&s, &request, &err)) { /* some need keys that this one lacks */
            struct scenario again =
                load_good(&(struct scenario_request){.path = "a.json", .text = s.json});
            assert_string_equal(again.json, s.json);
            assert_string_equal(strategies[again.model.checkpoint.strategy].name, strategy->name);
            scenario_release(&again);
            scenario_release(&s);
        }
        err_release(&err);
    }
    struct override sets[] = {
        {.pointer = "/checkpoint/strategy", .value = "incremental"},
        {.pointer = "/checkpoint/content", .value = "full"},
    };
    struct scenario s = load_good(&(struct scenario_request){
        .path = "a.json", .text = textbook, .sets = sets, .n_sets = MEM_COUNT(sets)});
    assert_string_equal(s.model.checkpoint.content.variant->name, "full");
    scenario_release(&s);
}

static void nulls_give_the_default_back(void **state)
{
    (void)state;
    struct override sets[] = {
        {.pointer = "/run/replications", .value = "null"},
        {.pointer = "/failures/0", .value = "null"},
        {.pointer = "/recovery/restore", .value = "null"},
        {.pointer = "/job/start", .value = "null"},
    };
    struct scenario s = load_good(&(struct scenario_request){
        .path = "a.json", .text = textbook, .sets = sets, .n_sets = MEM_COUNT(sets)});
    assert_int_equal(s.model.run.replications, 30);
    assert_int_equal(s.model.failures.n, 0);
    assert_false(dist_is_given(&s.model.recovery.restore));
    scenario_release(&s);
}

static void a_shorthand_is_spelt_out_where_that_shows_a_default(void **state)
{
    (void)state;
    struct override set = {.pointer = "/job/state", .value = "8 TiB"};
    struct scenario s = load_good(
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &set, .n_sets = 1});
    assert_non_null(
        strstr(s.json, "\"state\":{\"kind\":\"constant\",\"size\":\"8 TiB\",\"dirty\":1}"));
    assert_non_null(strstr(s.json, "\"cost\":\"10 min\""));
    scenario_release(&s);
}

/* ---- Overrides -------------------------------------------------------------------- */

static void a_law_alone_is_the_value_of_a_shorthand(void **state)
{
    (void)state;
    struct override set = {.pointer = "/recovery/detector",
                           .value = "{\"dist\": \"exponential\", \"mean\": \"2.385 s\"}"};
    struct scenario s = load_good(
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &set, .n_sets = 1});
    assert_string_equal(s.model.recovery.detector.variant->name, "delay");
    assert_near(detector_mean_s(&s.model.recovery.detector), 2.385, 0);
    scenario_release(&s);
    set.value = "{\"dist\": \"exponentia\", \"mean\": \"2 s\"}";
    struct scenario bad;
    struct err err = {0};
    assert_false(scenario_load_request(
        &bad,
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &set, .n_sets = 1},
        &err));
    err_release(&err);
}

static void overrides_take_json_or_text(void **state)
{
    (void)state;
    struct override sets[] = {
        {.pointer = "/checkpoint/interval", .value = "90 min"},
        {.pointer = "/checkpoint/cost",
         .value = "{\"dist\": \"exponential\", \"mean\": \"5 min\"}"},
        {.pointer = "/job/tasks", .value = "5k"},
        {.pointer = "/run/seed", .value = "7"},
        {.pointer = "/description", .value = "\"7\""},
        {.pointer = "/failures/0/time_to_failure/mean", .value = "\"2 d\""},
        {.pointer = "/failures/-/at", .value = "[\"3 h\"]"},
        {.pointer = "/failures/-/at/-", .value = "4 h"},
        {.pointer = "/checkpoint/final", .value = "false"},
        {.pointer = "/checkpoint/interval", .value = "2h"},
    };
    struct scenario s = load_good(&(struct scenario_request){
        .path = "a.json", .text = textbook, .sets = sets, .n_sets = MEM_COUNT(sets)});
    assert_near(s.model.checkpoint.interval_s, 7200, 0); /* the last word counts */
    assert_near(dist_mean(&s.model.checkpoint.cost), 300, 0);
    assert_int_equal(s.model.job.tasks, 5000);
    assert_int_equal(s.model.run.seed, 7);
    assert_string_equal(s.model.description, "7");
    assert_int_equal(s.model.failures.n, 3);
    const struct failure_params *failures = s.model.failures.items;
    assert_near(dist_mean(&failures[0].time_to_failure), 2 * 86400.0, 0);
    assert_near(((const struct scripted_failure *)failures[2].at.items)->time_s, 4 * 3600.0, 0);
    assert_false(s.model.checkpoint.final);
    scenario_release(&s);
}

static void bad_overrides_say_which(void **state)
{
    (void)state;
    assert_bad_set(
        "/checkpoint/interval", "60",
        "--set /checkpoint/interval=60: /checkpoint/interval: 60 has no unit; write \"60 s\"");
    assert_bad_set("/checkpont/interval", "2h",
                   "--set /checkpont/interval=2h: /checkpont: unknown key "
                   "'checkpont'; did you mean 'checkpoint'?");
    assert_bad_set("/checkpoint/cost/mean", "2h",
                   "--set /checkpoint/cost/mean=2h: /checkpoint/cost: \"10 "
                   "min\" has no keys; set it whole");
    assert_bad_set("/failures/4/per", "unit",
                   "--set /failures/4/per=unit: /failures: '4' is no index of "
                   "this list of 1 item; \"-\" appends");
    assert_bad_set(
        "/failures/-/strikes", "nod",
        "--set /failures/-/strikes=nod: /failures/1/strikes: \"nod\" is not job, process, "
        "container, node, rack, zone, site, device or coordinator; did you mean \"node\"?");
    assert_bad_set("/failures", "[1",
                   "--set /failures:1:3: the text ends, but the '[' of line 1, column "
                   "1 is still open");
    assert_bad_set("/failures/0/time_to_failure/shape", "2",
                   "--set /failures/0/time_to_failure/shape=2: /failures/0/time_to_failure/shape: "
                   "'shape' belongs to weibull, gamma or pareto, not to exponential");
    assert_bad_set("/extends", "x",
                   "--set /extends=x: /extends: only a file can say what it extends");
    assert_bad_set("/job/work/0", "1 d",
                   "--set /job/work/0=1 d: /job/work: \"30 d\" has no keys; set it "
                   "whole");
    assert_bad_set("x", "1", "--set x=1: x: a JSON Pointer starts with '/'");
    assert_bad_set("", "1", "--set =1: no key is named");
    assert_bad_set(
        "/description", "[\"a long list that is cut in the message\", 1, 2, 3, 4, 5, 6, 7, 8]",
        "--set /description=[\"a long list that is cut in the message...: /description: needs a "
        "text in quotes, not a list");
    struct override point = {
        .pointer = "/checkpoint/interval", .value = "\"-1 s\"", .origin = "--over"};
    assert_bad(
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &point, .n_sets = 1},
        "--over /checkpoint/interval=\"-1 s\": /checkpoint/interval: \"-1 s\" is outside (0 s, "
        "1e12 s]");
}

static void arguments_are_split_at_the_first_equals(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct err err = {0};
    struct override set = {0};
    assert_true(override_parse(&set, "/a=b=c", &arena, &err));
    assert_string_equal(set.pointer, "/a");
    assert_string_equal(set.value, "b=c");
    assert_true(override_parse(&set, "/a=", &arena, &err));
    assert_string_equal(set.value, "");
    static const char *const cases[][2] = {
        {"/checkpoint/interval",
         "'/checkpoint/interval' has no value; write /checkpoint/interval=VALUE"},
        {"checkpoint.interval=2h",
         "'checkpoint.interval=2h': a JSON Pointer starts with '/'; write "
         "/checkpoint/interval=2h"},
        {"interval=2h",
         "'interval=2h': a JSON Pointer starts with '/'; write /checkpoint/interval=2h"},
        {"interval",
         "'interval': a JSON Pointer starts with '/'; write /checkpoint/interval=VALUE"},
        {"=2h", "'=2h': no key before '='; write /checkpoint/interval=2h"},
        {"/a~2=1", "'/a~2=1': in a JSON Pointer, ~ is followed by 0 (for ~) or 1 (for /); write "
                   "/checkpoint/interval=1"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        assert_false(override_parse(&set, cases[i][0], &arena, &err));
        assert_problems(&err, cases[i][1]);
        err_release(&err);
    }
    arena_release(&arena);
}

/* ---- Problems and their places ------------------------------------------------------- */

static void problems_have_the_place_of_their_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *laws = describe_variants(&arena, &dist_union, NULL, NULL);
    assert_bad_text(
        "{\"job\": {\"work\": 30},\n"
        " \"checkpoint\": {\n"
        "   \"intervall\": \"2 h\",\n"
        "   \"cost\": {\"dist\": \"weibul\"}},\n"
        " \"failures\": [\n"
        "   {\"strikes\": \"job\", \"time_to_failure\": {\"dist\": \"weibull\", \"mean\": \"1 "
        "d\"}}],\n"
        " \"recovery\": {\"downtime\": \"-1 min\"}}",
        arena_format(
            &arena,
            "dir/a.json:1:18: /job/work: 30 has no unit; write \"30 s\"\n"
            "dir/a.json:3:17: /checkpoint/intervall: unknown key 'intervall'; did you mean "
            "'interval'?\n"
            "dir/a.json:4:21: /checkpoint/cost/dist: \"weibul\" is not %s; did you mean "
            "\"weibull\"?\n"
            "dir/a.json:6:42: /failures/0/time_to_failure: missing key 'shape': a number such as "
            "3, \"5M\" or \"20 %%\"\n"
            "dir/a.json:7:27: /recovery/downtime: \"-1 min\" is outside [0 s, 1e30 s]",
            laws));
    arena_release(&arena);
}

static void a_text_that_is_no_scenario_is_refused(void **state)
{
    (void)state;
    assert_bad_text("[1]", "dir/a.json:1:1: a scenario is an object {\"job\": ...}, not a list");
    assert_bad_text("\"x\"", "dir/a.json:1:1: a scenario is an object {\"job\": ...}, not \"x\"");
    assert_bad_text("", "dir/a.json:1:1: nothing here; a value is expected");
    assert_bad_text("{}", "dir/a.json:1:1: missing key 'job': an object {...}");
    assert_bad_text("{\"job\": {\"work\": \"1 d\"}, \"job\": {}}",
                    "dir/a.json:1:33: /job: key 'job' given twice");
    assert_bad_text("{\"job\": 1}", "dir/a.json:1:9: /job: needs an object {...}, not 1");
    assert_bad_text("{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": 5}",
                    "dir/a.json:1:40: /checkpoint: needs an object {...}, not 5");
    struct arena arena = {0};
    const char *names = describe_choices(&arena, field_find(checkpoint_fields, "strategy"));
    assert_bad_text(
        "{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"strategy\": 5}}",
        arena_format(&arena, "dir/a.json:1:53: /checkpoint/strategy: needs %s, not 5", names));
    arena_release(&arena);
}

static void a_newer_format_is_the_only_thing_said(void **state)
{
    (void)state;
    assert_bad_text(
        "{\"nonsense\": 1,\n \"format\": 2}",
        "dir/a.json:2:12: /format: format 2 is newer than this program, which reads up to 1; use a "
        "newer ckptsim");
    assert_bad_text("{\"job\": {\"work\": \"1 d\"}, \"format\": 0}",
                    "dir/a.json:1:36: /format: 0 is outside [1, 1]");
}

static void sweeps_are_checked_with_the_scenario(void **state)
{
    (void)state;
    struct scenario s = load_good(&(struct scenario_request){
        .path = "a.json",
        .text = "{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"interval\": \"1 h\", \"cost\": "
                "\"1 s\"},"
                " \"sweep\": {\"/checkpoint/interval\": [\"1 h\", \"2 h\"]}}"});
    assert_int_equal(s.n_axes, 1);
    assert_int_equal(s.axes[0].n_values, 2);
    assert_near(s.axes[0].values[1].number, 7200, 0);
    scenario_release(&s);
    assert_bad_text("{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"interval\": \"1 h\", "
                    "\"cost\": \"1 s\"},\n"
                    " \"sweep\": {\"/checkpoint/intervall\": [\"1 h\", \"2 h\"]}}",
                    "dir/a.json:2:37: /sweep/~1checkpoint~1intervall: there is no key 'intervall'; "
                    "did you mean "
                    "/checkpoint/interval?");
}

static void warnings_are_kept_without_places(void **state)
{
    (void)state;
    struct override sets[] = {{.pointer = "/checkpoint/strategy", .value = "none"}};
    struct scenario_request request = {
        .path = "dir/a.json", .text = textbook, .sets = sets, .n_sets = MEM_COUNT(sets)};
    struct scenario s;
    struct err err = {0};
    assert_true(scenario_load_request(&s, &request, &err));
    /* Interval and cost have no effect; the job will hardly ever finish. */
    assert_int_equal(s.n_warnings, 2);
    assert_int_equal(err.n_problems, 2);
    for (size_t i = 0; i < s.n_warnings; i++) {
        assert_null(strstr(s.warnings[i], "dir/a.json"));
        assert_non_null(err.problems[i].place);
    }
    scenario_release(&s);
    err_release(&err);
}

/* ---- Extending ------------------------------------------------------------------------ */

static void files_extend_files_and_remember_who_said_what(void **state)
{
    (void)state;
    static const char *const names[] = {"main.json", "sub/base.json", "root.json"};
    struct folder folder = enter_folder();
    write_text("root.json", textbook);
    write_text("sub/base.json",
               "{\"extends\": \"../root.json\",\n \"checkpoint\": {\"interval\": \"3 h\"},\n"
               " \"failures\": [{\"time_to_failure\": {\"dist\": \"weibull\", \"mean\": \"1 d\", "
               "\"shape\": 0.7}}]}");
    write_text("main.json", "{\"extends\": \"sub/base.json\", \"$schema\": \"x\",\n"
                            " \"run\": {\"seed\": 5, \"replications\": null}}");
    struct scenario s = load_good(&(struct scenario_request){.path = "main.json"});
    assert_near(s.model.checkpoint.interval_s, 3 * 3600.0, 0);
    assert_near(dist_mean(&s.model.checkpoint.cost), 600, 0);
    assert_int_equal(s.model.run.seed, 5);
    assert_int_equal(s.model.run.replications, 30);
    assert_null(strstr(s.json, "extends"));
    assert_null(strstr(s.json, "$schema"));
    scenario_release(&s);

    /* Each problem has the place in the file that said it last. */
    struct override sets[] = {{.pointer = "/job/work", .value = "0 s"}};
    write_text("main.json", "{\"extends\": \"sub/base.json\",\n \"recovery\": {\"downtime\": 1}}");
    write_text("sub/base.json",
               "{\"extends\": \"../root.json\",\n \"checkpoint\": {\"interval\": 3},\n"
               " \"failures\": [{\"time_to_failure\": {\"mean\": \"1 d\", \"shape\": 0.7}}]}");
    write_text(
        "root.json",
        "{\"job\": {\"work\": \"30 d\", \"tasks\": 0}, \"recovery\": {\"downtime\": \"1 s\",\n"
        "\"nothing\": 3}}");
    assert_bad(
        &(struct scenario_request){.path = "main.json", .sets = sets, .n_sets = MEM_COUNT(sets)},
        "--set /job/work=0 s: /job/work: \"0 s\" is outside (0 s, 1e12 s]\n"
        "sub/../root.json:1:35: /job/tasks: 0 is outside [1, 1e7]\n"
        "sub/base.json:2:29: /checkpoint/interval: 3 has no unit; write \"3 s\"\n"
        "sub/base.json:3:35: /failures/0/time_to_failure: missing key 'dist', which chooses the "
        "distribution; these keys fit weibull, gamma or pareto\n"
        "sub/../root.json:2:12: /recovery/nothing: unknown key 'nothing'; allowed here: "
        "'detector', 'detectors', 'backoff', 'retries', 'scheduler', 'coordinator', "
        "'downtime', 'restart', 'restore', 'on_failure', 'on_retry', 'sources', 'parallel', "
        "'from_input'\n"
        "main.json:2:27: /recovery/downtime: 1 has no unit; write \"1 s\"");
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void lists_and_scalars_hide_what_older_files_say_below_them(void **state)
{
    (void)state;
    static const char *const names[] = {"base.json"};
    static const char text[] = "{\"extends\": \"base.json\",\n"
                               " \"failures\": [{\"at\": [\"1 h\"]}],\n"
                               " \"checkpoint\": {\"cost\": \"5 min\"}}";
    struct folder folder = enter_folder();
    write_text("base.json",
               "{\"failures\": [{\"repair\": \"1 h\"}], \"checkpoint\": {\"interval\": \"1 h\",\n"
               " \"cost\": {\"mean\": \"1 min\"}}}");
    struct arena arena = {0};
    struct err err = {0};
    struct sources sources;
    struct field_context context = {.arena = &arena, .err = &err};
    assert_true(sources_load(&sources, "a.json", text, &context));
    static const char *const places[][2] = {{"/failures/0/repair", "a.json:2:15"},
                                            {"/checkpoint/cost/mean", "a.json:3:25"},
                                            {"/checkpoint/interval", "base.json:1:62"},
                                            {"/checkpoint/share", "a.json:3:16"},
                                            {"/run/seed", "a.json:1:1"}};
    for (size_t i = 0; i < MEM_COUNT(places); i++)
        assert_string_equal(sources_place(&sources, places[i][0], &arena), places[i][1]);
    sources_release(&sources);
    arena_release(&arena);
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void a_new_law_does_not_inherit_the_old_ones_keys(void **state)
{
    (void)state;
    static const char *const names[] = {"main.json", "base.json"};
    struct folder folder = enter_folder();
    write_text("base.json",
               "{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"interval\": \"1 h\", \"cost\":"
               " {\"dist\": \"weibull\", \"mean\": \"10 min\", \"shape\": 2}}}");
    write_text("main.json", "{\"extends\": \"base.json\", \"checkpoint\": {\"cost\":"
                            " {\"dist\": \"exponential\", \"mean\": \"5 min\"}}}");
    struct scenario s = load_good(&(struct scenario_request){.path = "main.json"});
    assert_near(dist_mean(&s.model.checkpoint.cost), 300, 0);
    assert_near(s.model.checkpoint.interval_s, 3600, 0);
    scenario_release(&s);
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void provenance_holds_until_somebody_says_otherwise(void **state)
{
    (void)state;
    static const char *const names[] = {"main.json", "base.json"};
    struct folder folder = enter_folder();
    write_text("base.json",
               "{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"interval\": \"1 h\", \"cost\": "
               "\"1 min\"},"
               " \"recovery\": {\"restore\": \"1 min\", \"downtime\": \"2 min\"},"
               " \"provenance\": {\"/job/work\": \"a\", \"/checkpoint/interval\": \"b\","
               " \"/checkpoint/cost\": \"c\", \"/recovery/restore\": \"d\"}}");
    write_text("main.json", "{\"extends\": \"base.json\", \"checkpoint\": {\"interval\": \"2 h\"},"
                            " \"provenance\": {\"/recovery/downtime\": \"e\"}}");
    struct override set = {.pointer = "/recovery/restore", .value = "3 min"};
    struct scenario s =
        load_good(&(struct scenario_request){.path = "main.json", .sets = &set, .n_sets = 1});
    static const char *const kept[][3] = {{"/job/work", "a", "base.json"},
                                          {"/checkpoint/cost", "c", "base.json"},
                                          {"/recovery/downtime", "e", "main.json"}};
    assert_int_equal(s.provenance.n, MEM_COUNT(kept));
    for (size_t i = 0; i < MEM_COUNT(kept); i++) {
        assert_string_equal(s.provenance.items[i].pointer, kept[i][0]);
        assert_string_equal(s.provenance.items[i].text, kept[i][1]);
        assert_string_equal(s.provenance.items[i].by, kept[i][2]);
    }
    assert_null(strstr(s.json, "provenance"));
    scenario_release(&s);
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void of_a_list_the_later_ones_go_over_the_earlier_ones(void **state)
{
    (void)state;
    static const char *const names[] = {"main.json", "a.json", "b.json", "c.json"};
    struct folder folder = enter_folder();
    write_text("a.json", "{\"job\": {\"work\": \"1 d\", \"tasks\": 2}, \"checkpoint\": "
                         "{\"interval\": \"1 h\", \"cost\": \"1 min\"}}");
    write_text("b.json", "{\"extends\": \"c.json\", \"job\": {\"tasks\": 3}}");
    write_text("c.json", "{\"job\": {\"tasks\": 4}, \"checkpoint\": {\"interval\": \"2 h\"}}");
    write_text("main.json", "{\"extends\": [\"a.json\", \"b.json\"], \"run\": {\"seed\": 3}}");
    struct scenario s = load_good(&(struct scenario_request){.path = "main.json"});
    assert_near(s.model.job.work_s, 86400, 0);
    assert_int_equal(s.model.job.tasks, 3);
    assert_near(s.model.checkpoint.interval_s, 7200, 0);
    assert_near(dist_mean(&s.model.checkpoint.cost), 60, 0);
    scenario_release(&s);
    write_text("a.json", "{\"extends\": \"c.json\"}");
    assert_bad(&(struct scenario_request){.path = "main.json"},
               "a.json:1:13: /extends: \"c.json\" is extended twice: what it says would go over "
               "what the first to extend it has changed");
    write_text("main.json", "{\"extends\": [\"a.json\", 3]}");
    assert_bad(&(struct scenario_request){.path = "main.json"},
               "main.json:1:24: /extends/1: needs a preset or a file, not 3");
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void bad_extends_are_explained(void **state)
{
    (void)state;
    static const char *const names[] = {"a.json", "b.json", "sub/c.json"};
    struct folder folder = enter_folder();
    write_text("a.json", "{\"extends\": \"./b.json\"}");
    write_text("b.json", "{\n\"extends\": \"sub/c.json\"}");
    write_text("sub/c.json", "{\"job\": {},\n  \"extends\": \"../sub/../a.json\"}");
    assert_bad(&(struct scenario_request){.path = "a.json"},
               "./sub/c.json:2:14: /extends: \"../sub/../a.json\" extends this file, too: a cycle");
    write_text("a.json", "{\"extends\": \"a.json\"}");
    assert_bad(&(struct scenario_request){.path = "./a.json"},
               "./a.json:1:13: /extends: \"a.json\" extends this file, too: a cycle");
    write_text("a.json", "{\"extends\": \"sub/none.json\"}");
    assert_bad(&(struct scenario_request){.path = "a.json"},
               "a.json:1:13: /extends: cannot read 'sub/none.json': No such file or directory");
    write_text("a.json", "{\"extends\": [[\"b.json\"]]}");
    assert_bad(&(struct scenario_request){.path = "a.json"},
               "a.json:1:14: /extends/0: needs a preset or a file, not a list");
    write_text("a.json", "{\"extends\": \"no_such_preset_at_all\"}");
    assert_bad(&(struct scenario_request){.path = "a.json"},
               "a.json:1:13: /extends: no preset is named \"no_such_preset_at_all\"; a file is "
               "named with its "
               "extension, \"no_such_preset_at_all.json\"");
    write_text("a.json", "{\"extends\": \"b.json\"}");
    write_text("b.json", "{\"job\":\n {\"work\": \"1 d\",}}");
    assert_bad(&(struct scenario_request){.path = "a.json"},
               "b.json:2:16: a comma before '}'; remove it");
    assert_bad(&(struct scenario_request){.path = "none.json"},
               "cannot read 'none.json': No such file or directory");
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void chains_of_files_have_a_limit(void **state)
{
    (void)state;
    struct folder folder = enter_folder();
    const char *names[20];
    struct arena arena = {0};
    for (size_t i = 0; i < MEM_COUNT(names); i++) {
        names[i] = arena_format(&arena, "%zu.json", i);
        write_text(names[i], arena_format(&arena, "{\"extends\": \"%zu.json\"}", i + 1));
    }
    assert_bad(&(struct scenario_request){.path = "0.json"},
               "15.json:1:13: /extends: more than 16 files extend each other");
    leave_folder(&folder, names, MEM_COUNT(names));
    arena_release(&arena);
}

static void presets_are_objects(void **state)
{
    (void)state;
    for (const struct preset *preset = presets; preset->name; preset++) {
        struct err err = {0};
        cJSON *tree = json_parse(preset->name, preset->text, strlen(preset->text), &err);
        assert_problems(&err, "");
        assert_true(cJSON_IsObject(tree));
        cJSON_Delete(tree);
    }
}

/* ---- Names of files ------------------------------------------------------------------- */

static const char trace_scenario[] =
    "{\"job\": {\"work\": \"1 d\"}, \"checkpoint\": {\"interval\": \"1 h\", \"cost\": \"1 s\"}, "
    "\"failures\": ["
    "{\"trace\": {\"log\": {\"format\": \"words\", \"file\": \"trace.txt\"}}}]}";

static const char *trace_file(const struct scenario *s)
{
    const struct failure_params *failure = s->model.failures.items;
    return fault_log_of(&failure->trace.log)->file;
}

static void files_are_found_from_the_file_that_names_them(void **state)
{
    (void)state;
    static const char *const names[] = {"main.json", "sub/base.json", "sub/trace.txt", "trace.txt"};
    struct folder folder = enter_folder();
    struct text_cache texts = {0};
    write_text("main.json", "{\"extends\": \"sub/base.json\"}");
    write_text("sub/base.json", trace_scenario);
    write_text("sub/trace.txt", "1 a down\n2 b down\n5 a down\n");
    write_text("trace.txt", "7 c down\n9 d down\n");

    struct scenario s = load_good(&(struct scenario_request){.path = "main.json", .texts = &texts});
    assert_string_equal(trace_file(&s), "sub/trace.txt");
    assert_non_null(strstr(s.json, "\"file\":\"sub/trace.txt\""));
    scenario_release(&s);

    /* The echo says it as the main file would, wherever the program runs. */
    assert_int_equal(chdir("sub"), 0);
    s = load_good(&(struct scenario_request){.path = "../main.json"});
    assert_string_equal(trace_file(&s), "../sub/trace.txt");
    struct scenario again =
        load_good(&(struct scenario_request){.path = "../main.json", .text = s.json});
    assert_string_equal(trace_file(&again), "../sub/trace.txt");
    assert_string_equal(again.json, s.json);
    scenario_release(&again);
    scenario_release(&s);
    assert_int_equal(chdir(".."), 0);

    /* An override is typed in the running folder. */
    struct override set = {.pointer = "/failures/0/trace/log/file", .value = "trace.txt"};
    s = load_good(&(struct scenario_request){
        .path = "sub/base.json", .sets = &set, .n_sets = 1, .texts = &texts});
    assert_string_equal(trace_file(&s), "trace.txt");
    again = load_good(&(struct scenario_request){.path = "sub/base.json", .text = s.json});
    assert_string_equal(trace_file(&again), "sub/../trace.txt");
    scenario_release(&again);
    scenario_release(&s);
    text_cache_release(&texts);
    leave_folder(&folder, names, MEM_COUNT(names));
}

static void standard_input_is_read_once(void **state)
{
    (void)state;
    struct override set = {.pointer = "/failures/0/trace/log/file", .value = "-"};
    assert_bad(
        &(struct scenario_request){
            .path = "-", .text = trace_scenario, .sets = &set, .n_sets = 1, .lenient = true},
        "--set /failures/0/trace/log/file=-: /failures/0/trace/log/file: standard input has "
        "already given "
        "the scenario");
    struct scenario s = load_good(&(struct scenario_request){
        .path = "a.json", .text = trace_scenario, .sets = &set, .n_sets = 1, .lenient = true});
    assert_string_equal(trace_file(&s), "-");
    scenario_release(&s);
    assert_bad(&(struct scenario_request){.path = "-", .text = "{\"job\": 1}"},
               "standard input:1:9: /job: needs an object {...}, not 1");
}

/* ---- Robustness ----------------------------------------------------------------------- */

static bool loads(const char *text)
{
    struct scenario s;
    struct err err = {0};
    struct scenario_request request = {.path = "a.json", .text = text, .lenient = true};
    bool ok = scenario_load_request(&s, &request, &err);
    assert_true(ok == err_ok(&err));
    for (size_t i = 0; i < err.n_problems; i++)
        assert_non_null(err.problems[i].place);
    if (ok)
        scenario_release(&s);
    err_release(&err);
    return ok;
}

static void a_cut_scenario_is_an_error_not_a_crash(void **state)
{
    (void)state;
    for (size_t n = 0; n + 2 < sizeof textbook; n++) {
        char *cut = mem_alloc(n + 1, 1);
        memcpy(cut, textbook, n);
        assert_false(loads(cut));
        free(cut);
    }
}

static void changed_scenarios_do_not_crash(void **state)
{
    (void)state;
    static const char bytes[] = "{}[]\",:\\ 0195.eE+-tfnulhdsmi%\n\xc3\xa9";
    struct rng rng = rng_stream(1, 0, RNG_FAILURE, 0);
    size_t n = support_scale(5000);
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        char changed[sizeof textbook];
        memcpy(changed, textbook, sizeof textbook);
        size_t changes = 1 + i % 3;
        for (size_t k = 0; k < changes; k++) {
            size_t at = (size_t)(rng_uniform(&rng) * (sizeof textbook - 1));
            changed[at] = bytes[(size_t)(rng_uniform(&rng) * (sizeof bytes - 1))];
        }
        good += loads(changed);
    }
    assert_true(good > 0 && good < n);
}

/* Pieces of one scenario put into another place of it: right syntax, wrong meaning. */
static void shuffled_scenarios_do_not_crash(void **state)
{
    (void)state;
    static const char *const pointers[] = {"/job",
                                           "/job/work",
                                           "/checkpoint",
                                           "/checkpoint/cost",
                                           "/failures",
                                           "/failures/0",
                                           "/failures/0/time_to_failure",
                                           "/failures/0/at",
                                           "/failures/0/trace",
                                           "/recovery/detector",
                                           "/storage",
                                           "/storage/x",
                                           "/cluster",
                                           "/run",
                                           "/sweep",
                                           "/checkpoint/content",
                                           "/format"};
    static const char *const values[] = {"null",
                                         "0",
                                         "-1",
                                         "1e300",
                                         "true",
                                         "\"\"",
                                         "\"1 h\"",
                                         "\"young\"",
                                         "\"exponential\"",
                                         "[]",
                                         "[[]]",
                                         "[{}]",
                                         "{}",
                                         "{\"dist\":\"mixture\"}",
                                         "{\"kind\":\"timeout\"}",
                                         "{\"mean\":\"1 h\"}",
                                         "[\"1 h\"]",
                                         "{\"dist\":\"exponential\",\"mean\":\"1 h\"}",
                                         "{\"log\":{\"format\":\"events\"}}",
                                         "{\"x\":{\"stream_write\":\"1 MB/s\"}}",
                                         "{\"/job/tasks\":[1,2]}"};
    struct rng rng = rng_stream(2, 0, RNG_FAILURE, 0);
    size_t n = support_scale(3000);
    for (size_t i = 0; i < n; i++) {
        struct override sets[3];
        for (size_t k = 0; k < MEM_COUNT(sets); k++)
            sets[k] = (struct override){
                .pointer = pointers[(size_t)(rng_uniform(&rng) * MEM_COUNT(pointers))],
                .value = values[(size_t)(rng_uniform(&rng) * MEM_COUNT(values))]};
        struct scenario_request request = {.path = "a.json",
                                           .text = textbook,
                                           .lenient = true,
                                           .sets = sets,
                                           .n_sets = MEM_COUNT(sets)};
        struct scenario s;
        struct err err = {0};
        if (scenario_load_request(&s, &request, &err)) {
            struct scenario again = load_good(
                &(struct scenario_request){.path = "a.json", .text = s.json, .lenient = true});
            assert_string_equal(again.json, s.json);
            scenario_release(&again);
            scenario_release(&s);
        }
        err_release(&err);
    }
}

static void laws_within_laws_nest_up_to_the_limit(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *law = "\"1 h\"";
    for (int depth = 0; depth < JSON_DEPTH_MAX; depth++)
        law = arena_format(
            &arena, "{\"dist\":\"mixture\",\"weight\":0.5,\"first\":%s,\"second\":\"2 h\"}", law);
    struct override set = {.pointer = "/job/start", .value = law};
    struct scenario s = load_good(
        &(struct scenario_request){.path = "a.json", .text = textbook, .sets = &set, .n_sets = 1});
    assert_near(dist_mean(&s.model.job.start), 7200, 1e-9);
    scenario_release(&s);
    law = arena_format(&arena, "[%s]", law);
    assert_false(loads(arena_format(&arena, "{\"job\":{\"start\":%s}}", law)));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_textbook_case_reaches_the_model),
        cmocka_unit_test(what_is_echoed_loads_as_the_same),
        cmocka_unit_test(strategies_are_fragments_beneath_the_scenarios_own_keys),
        cmocka_unit_test(nulls_give_the_default_back),
        cmocka_unit_test(a_shorthand_is_spelt_out_where_that_shows_a_default),
        cmocka_unit_test(a_law_alone_is_the_value_of_a_shorthand),
        cmocka_unit_test(overrides_take_json_or_text),
        cmocka_unit_test(bad_overrides_say_which),
        cmocka_unit_test(arguments_are_split_at_the_first_equals),
        cmocka_unit_test(problems_have_the_place_of_their_value),
        cmocka_unit_test(a_text_that_is_no_scenario_is_refused),
        cmocka_unit_test(a_newer_format_is_the_only_thing_said),
        cmocka_unit_test(sweeps_are_checked_with_the_scenario),
        cmocka_unit_test(warnings_are_kept_without_places),
        cmocka_unit_test(files_extend_files_and_remember_who_said_what),
        cmocka_unit_test(of_a_list_the_later_ones_go_over_the_earlier_ones),
        cmocka_unit_test(provenance_holds_until_somebody_says_otherwise),
        cmocka_unit_test(lists_and_scalars_hide_what_older_files_say_below_them),
        cmocka_unit_test(a_new_law_does_not_inherit_the_old_ones_keys),
        cmocka_unit_test(bad_extends_are_explained),
        cmocka_unit_test(chains_of_files_have_a_limit),
        cmocka_unit_test(presets_are_objects),
        cmocka_unit_test(files_are_found_from_the_file_that_names_them),
        cmocka_unit_test(standard_input_is_read_once),
        cmocka_unit_test(a_cut_scenario_is_an_error_not_a_crash),
        cmocka_unit_test(changed_scenarios_do_not_crash),
        cmocka_unit_test(shuffled_scenarios_do_not_crash),
        cmocka_unit_test(laws_within_laws_nest_up_to_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
