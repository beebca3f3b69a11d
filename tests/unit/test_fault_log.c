// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/fault_log.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/text_reader.h"
#include "support.h"

/* A trace as a scenario would give it: a format, and keys set by name. */
struct trace {
    struct arena arena;
    struct err err;
    struct tagged log;
    bool lenient;
    struct text_cache *texts;
};

static const struct variant *variant_named(const struct union_type *types, const char *name)
{
    for (const struct variant *const *v = types->variants; *v; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    fail_msg("no variant %s", name);
    return NULL;
}

static const struct field *field_named(const struct trace *trace, const char *key)
{
    const struct field *field = trace->log.variant->fields;
    while (field->key && strcmp(field->key, key) != 0)
        field++;
    if (!field->key)
        fail_msg("no key %s", key);
    return field;
}

/* Sets the member that a field row describes. */
static void set_field(struct trace *trace, const struct field *field, const char *value)
{
    char *member = (char *)trace->log.params + field->offset;
    if (field->kind == FIELD_BOOL) {
        *(bool *)member = strcmp(value, "true") == 0;
    } else if (field->kind == FIELD_CHOICE) {
        int *choice = (int *)(void *)member;
        for (*choice = 0; strcmp(field->choices[*choice], value) != 0; ++*choice)
            assert_non_null(field->choices[*choice + 1]);
    } else {
        *(const char **)(void *)member = value;
    }
}

static void set(struct trace *trace, const char *key, const char *value)
{
    set_field(trace, field_named(trace, key), value);
}

/* A trace with the defaults of the field table. */
static struct trace trace_of(const char *format, const char *file)
{
    struct trace trace = {.log = {.variant = variant_named(&fault_log_union, format)}};
    trace.log.params = arena_alloc(&trace.arena, 1, trace.log.variant->size);
    for (const struct field *field = trace.log.variant->fields; field->key; field++) {
        if (!field->fallback)
            continue;
        char *value = arena_strdup(&trace.arena, field->fallback);
        if (*value == '"') {
            value[strlen(value) - 1] = '\0';
            value++;
        }
        set_field(&trace, field, value);
    }
    set(&trace, "file", file);
    return trace;
}

/* One condition of `where` (rows column, equals). */
static void set_condition(struct trace *trace, const char *column, const char *equals)
{
    const struct field *field = field_named(trace, "where");
    const struct field *rows = field->element->fields;
    char *item = arena_alloc(&trace->arena, 1, field->element_size);
    *(const char **)(void *)(item + rows[0].offset) = column;
    *(const char **)(void *)(item + rows[1].offset) = equals;
    struct list *list = (struct list *)(void *)((char *)trace->log.params + field->offset);
    *list = (struct list){.items = item, .n = 1};
}

static bool trace_read(struct trace *trace)
{
    struct field_context context = {
        .arena = &trace->arena,
        .err = &trace->err,
        .pointer = "/failures/0/trace",
        .lenient = trace->lenient,
        .texts = trace->texts,
    };
    return trace->log.variant->prepare(trace->log.params, &context);
}

static void trace_release(struct trace *trace)
{
    err_release(&trace->err);
    arena_release(&trace->arena);
}

static const struct fault_log *log_of(const struct trace *trace)
{
    return fault_log_of(&trace->log);
}

/* Reads a trace that must be fine, and returns its log. */
static const struct fault_log *read_fine(struct trace *trace)
{
    bool ok = trace_read(trace);
    for (size_t i = 0; i < trace->err.n_problems; i++)
        if (trace->err.problems[i].severity == SEVERITY_ERROR)
            fail_msg("%s", trace->err.problems[i].message);
    assert_true(ok);
    assert_true(err_ok(&trace->err));
    return log_of(trace);
}

/* Asserts that problem i has this text. */
static void assert_problem(const struct trace *trace, size_t i, const char *expected)
{
    assert_true(i < trace->err.n_problems);
    char *text = problem_text(&trace->err.problems[i]);
    assert_string_equal(text, expected);
    free(text);
}

/* Reads a trace that must fail with one error of this text. */
static void assert_fails(struct trace *trace, const char *expected)
{
    assert_false(trace_read(trace));
    assert_int_equal(trace->err.n_errors, 1);
    assert_problem(trace, 0, expected);
    trace_release(trace);
}

struct expected_event {
    double time_s;
    double duration_s; /* negative: none */
    const char *node;
};

static void assert_events(const struct fault_log *log, const struct expected_event *expected,
                          size_t n)
{
    assert_int_equal(log->n_events, n);
    for (size_t i = 0; i < n; i++) {
        assert_near(log->events[i].time_s, expected[i].time_s, 1e-6);
        if (expected[i].duration_s < 0)
            assert_true(isnan(log->events[i].duration_s));
        else
            assert_near(log->events[i].duration_s, expected[i].duration_s, 1e-6);
        assert_string_equal(log->names[log->events[i].node], expected[i].node);
    }
    assert_near(log->span_s, expected[n - 1].time_s, 1e-6);
}

static struct trace outages(void)
{
    struct trace trace = trace_of("events", "tests/data/trace_outages.csv");
    set(&trace, "time", "Prob Started");
    set(&trace, "date", "M/D/YYYY H:MM");
    return trace;
}

static void columns_of_a_table_become_sorted_events(void **state)
{
    (void)state;
    struct trace trace = outages();
    set(&trace, "node", "Node");
    set(&trace, "end", "Prob Fixed");
    set_condition(&trace, "System", "7");
    const struct fault_log *log = read_fine(&trace);
    static const struct expected_event expected[] = {
        {0, 30 * 60, "n03"},  {5161500, 15 * 60, "n11"}, {5196900, 45 * 60, "n03"},
        {5196900, -1, "n11"}, {5483700, 40 * 60, "?"},
    };
    assert_events(log, expected, MEM_COUNT(expected));
    assert_int_equal(log->n_equal, 1);
    assert_int_equal(log->n_unusable, 3);
    assert_int_equal(log->n_nodes, 3);
    assert_string_equal(log->names[0], "n03");
    assert_near(fault_log_mtbf_s(log), 5483700 / 4.0, 1e-6);
    assert_problem(&trace, 0,
                   "tests/data/trace_outages.csv:7:12: /failures/0/trace/file: 3 records are "
                   "unusable and left out, 5 events stay; the first: '2/29/2021 8:00' is no date: "
                   "no such day in this month");
    trace_release(&trace);
}

static void columns_may_be_given_by_number(void **state)
{
    (void)state;
    struct trace trace = outages();
    set(&trace, "time", "4");
    set(&trace, "duration", "6");
    set(&trace, "duration_unit", "min");
    set_condition(&trace, "1", "9");
    const struct fault_log *log = read_fine(&trace);
    static const struct expected_event expected[] = {{0, 3600, "?"}};
    assert_events(log, expected, 1);
    assert_true(isnan(fault_log_mtbf_s(log)));
    trace_release(&trace);
}

/* A file of its own for a test. */
static char *write_file(const char *bytes, size_t length)
{
    char *path = mem_strdup("/tmp/ckptsim-trace-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void remove_file(char *path)
{
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void separators_and_units_are_a_matter_of_keys(void **state)
{
    (void)state;
    static const struct {
        const char *separator, *header, *unit, *bytes;
        double gap_s;
    } cases[] = {
        {";", "false", "ms", "1500;a\r\n4000;b", 2.5},
        {"tab", "true", "min", "\n\nwhen\tnode\n3.5\ta\n1\tb\n", 150},
        {"\t", "true", "h", "when\tnode\n0\ta\n0.25\tb\n", 900},
        {"space", "false", "us", "  2e6   a\n 7e6\tb c\n", 5},
        {"|", "false", "d", "-1 | a\n\n1.5|b\n", 216000},
        {",", "true", "ns", "\xef\xbb\xbfwhen,node\n\"1e9\",a\n\"4e9\",b\n", 3},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char *path = write_file(cases[i].bytes, strlen(cases[i].bytes));
        struct trace trace = trace_of("events", path);
        set(&trace, "time", strcmp(cases[i].header, "true") == 0 ? "when" : "1");
        set(&trace, "node", "2");
        set(&trace, "separator", cases[i].separator);
        set(&trace, "header", cases[i].header);
        set(&trace, "time_unit", cases[i].unit);
        const struct fault_log *log = read_fine(&trace);
        assert_int_equal(log->n_events, 2);
        assert_int_equal(log->n_nodes, 2);
        assert_near(log->span_s, cases[i].gap_s, 1e-9);
        trace_release(&trace);
        remove_file(path);
    }
}

static void unknown_columns_are_named_with_the_nearest(void **state)
{
    (void)state;
    struct trace trace = outages();
    set(&trace, "time", "Prob Start");
    set(&trace, "node", "99");
    set_condition(&trace, "system", "7");
    assert_false(trace_read(&trace));
    assert_int_equal(trace.err.n_errors, 3);
    assert_problem(
        &trace, 0,
        "tests/data/trace_outages.csv:1:1: /failures/0/trace/time: no column 'Prob "
        "Start'; 'tests/data/trace_outages.csv' has 7 columns: 'System', 'Node', 'Kind', "
        "'Prob Started', 'Prob Fixed', 'Down Time', 'Remark'; did you mean 'Prob "
        "Started'?");
    assert_string_equal(trace.err.problems[1].pointer, "/failures/0/trace/node");
    assert_null(trace.err.problems[1].hint);
    assert_string_equal(trace.err.problems[2].pointer, "/failures/0/trace/where/0/column");
    assert_string_equal(trace.err.problems[2].hint, "did you mean 'System'?");
    trace_release(&trace);
}

static void keys_that_do_not_fit_together_are_refused(void **state)
{
    (void)state;
    struct trace trace = outages();
    set(&trace, "date", "M/D/YY");
    assert_fails(&trace, "/failures/0/trace/date: 'M/D/YY' is no pattern of dates: a part is none "
                         "of YYYY M MM D DD H HH S SS Z (YYYY-MM-DD HH:MM:SS, for instance)");
    trace = outages();
    set(&trace, "time_unit", "ms");
    assert_fails(&trace, "/failures/0/trace/time_unit: \"ms\" is a unit of numbers, but \"date\" "
                         "says that times are dates; leave one of them out");
    trace = outages();
    set(&trace, "date", NULL);
    set(&trace, "time_unit", "date");
    assert_fails(&trace, "/failures/0/trace/date: missing: \"time_unit\": \"date\" needs the "
                         "pattern of the dates, \"YYYY-MM-DD HH:MM:SS\" for instance");
    trace = outages();
    set(&trace, "end", "Prob Fixed");
    set(&trace, "duration", "Down Time");
    assert_fails(&trace, "/failures/0/trace/duration: the length of an outage is given twice, by "
                         "\"end\" and by \"duration\"; leave one of them out");
    trace = outages();
    set(&trace, "separator", "||");
    assert_fails(&trace, "/failures/0/trace/separator: '||' is no separator; allowed are one ASCII "
                         "character, \"tab\" and \"space\"");
    trace = outages();
    set(&trace, "header", "false");
    assert_fails(&trace, "/failures/0/trace/time: 'Prob Started' is no column number; without a "
                         "header line columns are counted from 1");
}

static void a_lenient_reading_checks_keys_and_opens_nothing(void **state)
{
    (void)state;
    static const char *const formats[] = {"events",         "fta",          "words",
                                          "fault_pairs",    "add_remove",   "instance_counts",
                                          "instance_lines", "task_segments"};
    for (size_t i = 0; i < MEM_COUNT(formats); i++) {
        struct trace trace = trace_of(formats[i], "/nowhere/trace");
        if (i == 0)
            set(&trace, "time", "1");
        trace.lenient = true;
        assert_int_equal(read_fine(&trace)->n_events, 0);
        trace_release(&trace);
    }
    struct trace trace = outages();
    trace.lenient = true;
    set(&trace, "separator", "");
    assert_false(trace_read(&trace));
    trace_release(&trace);
}

static void a_file_without_a_usable_event_is_an_error(void **state)
{
    (void)state;
    struct trace trace = trace_of("words", "/nowhere/trace");
    assert_fails(&trace, "/failures/0/trace/file: cannot read '/nowhere/trace': No such file or "
                         "directory");
    trace = outages();
    set_condition(&trace, "System", "70");
    assert_fails(&trace,
                 "tests/data/trace_outages.csv:10:14: /failures/0/trace/file: "
                 "'tests/data/trace_outages.csv' has no usable event; 1 record is unusable, "
                 "the first: the line has 3 of the 4 columns needed");
    trace = trace_of("words", "tests/data/trace_words.txt");
    set(&trace, "word", "explode");
    assert_fails(&trace,
                 "/failures/0/trace/file: 'tests/data/trace_words.txt' has no usable event; "
                 "the filter leaves out all of 6 records");
    trace = trace_of("fta", "tests/data/trace_words.txt");
    assert_fails(&trace,
                 "tests/data/trace_words.txt:2:18: /failures/0/trace/file: "
                 "'tests/data/trace_words.txt' has no usable event; 6 records are unusable, "
                 "the first: the line has 3 of the 8 columns needed");
}

static void down_intervals_of_an_archive_become_events(void **state)
{
    (void)state;
    struct trace trace = trace_of("fta", "tests/data/trace_states.tab");
    const struct fault_log *log = read_fine(&trace);
    static const struct expected_event expected[] = {
        {0, 3600, "6.001"}, {49800, 60, "8.001"}, {90000, 1200, "6.001"}};
    assert_events(log, expected, MEM_COUNT(expected));
    assert_int_equal(log->n_nodes, 3); /* 6.002 never failed */
    assert_problem(&trace, 0,
                   "tests/data/trace_states.tab:7:45: /failures/0/trace/file: 2 records are "
                   "unusable and left out, 3 events stay; the first: event_type '2' is neither 0 "
                   "nor 1");
    trace_release(&trace);

    trace = trace_of("fta", "tests/data/trace_states.tab");
    set(&trace, "platform", "4");
    set(&trace, "node_prefix", "6.00");
    log = read_fine(&trace);
    assert_int_equal(log->n_events, 2);
    assert_int_equal(log->n_unusable, 0);
    trace_release(&trace);
}

static void lines_of_words_become_events(void **state)
{
    (void)state;
    struct trace trace = trace_of("words", "tests/data/trace_words.txt");
    set(&trace, "time_unit", "min");
    set(&trace, "word", "fail");
    const struct fault_log *log = read_fine(&trace);
    static const struct expected_event expected[] = {
        {0, -1, "alpha"}, {9.5 * 60, -1, "gamma"}, {37 * 60, -1, "beta"}, {37 * 60, -1, "alpha"}};
    assert_events(log, expected, MEM_COUNT(expected));
    assert_int_equal(log->n_equal, 1);
    assert_problem(&trace, 0,
                   "tests/data/trace_words.txt:5:1: /failures/0/trace/file: 1 record is unusable "
                   "and left out, 4 events stay; the first: 'soon' is no time in min");
    trace_release(&trace);
}

/* The end of b-2's fan, first in the file, closes the fan, not the driver that failed after it. */
static void fault_pairs_are_matched_by_node_and_fault(void **state)
{
    (void)state;
    struct trace trace = trace_of("fault_pairs", "tests/data/trace_faults.json");
    const struct fault_log *log = read_fine(&trace);
    static const struct expected_event expected[] = {
        {0, 2.25 * 86400, "b-2"},
        {1.25 * 86400, 0, "a-1"},
        {1.75 * 86400, 86400, "b-2"},
        {4.875 * 86400, -1, "c-3"},
    };
    assert_events(log, expected, MEM_COUNT(expected));
    assert_string_equal(log->names[0], "b-2");
    assert_int_equal(log->n_unusable, 3);
    assert_problem(&trace, 0,
                   "tests/data/trace_faults.json:14:5: /failures/0/trace/file: 3 records are "
                   "unusable and left out, 4 events stay; the first: the object has no event_time "
                   "that is a number");
    trace_release(&trace);
}

/* ---- capacity ---- */

static const struct fault_log *read_text(struct trace *trace, const char *format, const char *unit,
                                         const char *bytes)
{
    char *path = write_file(bytes, strlen(bytes));
    *trace = trace_of(format, path);
    if (unit)
        set(trace, "time_unit", unit);
    const struct fault_log *log = read_fine(trace);
    remove_file(path);
    return log;
}

static void assert_outages(const struct fault_log *log, const struct expected_event *expected,
                           size_t n)
{
    assert_true(log->is_capacity);
    assert_int_equal(log->n_events, n);
    for (size_t i = 0; i < n; i++) {
        assert_near(log->events[i].time_s, expected[i].time_s, 1e-6);
        assert_near(log->events[i].duration_s, expected[i].duration_s, 1e-6);
        assert_string_equal(log->names[log->events[i].node], expected[i].node);
    }
}

/*
 * Two places. The first is empty from the removal of a at 30 to the coming of c at 50, and from its
 * going at 70 to the end at 90; the second waits for b until 10. A last line ends the recording.
 */
static void who_comes_takes_the_place_that_was_empty_for_longest(void **state)
{
    (void)state;
    struct trace trace;
    const struct fault_log *log = read_text(&trace, "add_remove", "s",
                                            "1000,add,a\n1010,add,b\n1030,remove,a\n"
                                            "1050,add,c\n1060,add,b\n1070,remove,c\n"
                                            "1080,gone,b\n1085,remove,a\n1090,remove,b\n");
    static const struct expected_event expected[] = {
        {0, 10, "1"}, {30, 20, "0"}, {70, 20, "0"}, {90, 0, "1"}};
    assert_outages(log, expected, MEM_COUNT(expected));
    assert_int_equal(log->n_absent, 1);
    assert_int_equal(log->n_nodes, 2);
    assert_int_equal(log->n_unusable, 3); /* b twice, gone, a twice */
    assert_near(log->span_s, 90, 1e-9);
    assert_near(fault_log_period_s(log), 90, 1e-9);
    assert_near(fault_log_mtbf_s(log), 30, 1e-9);
    trace_release(&trace);
}

/* Which of the instances goes is not recorded, how many are there is. */
static void counts_of_instances_are_kept_by_the_outages(void **state)
{
    (void)state;
    static const unsigned counts[] = {2, 3, 1, 1, 4, 0, 4};
    struct trace trace;
    const struct fault_log *log =
        read_text(&trace, "instance_counts", NULL,
                  "{\"metadata\": {\"zone\": [\"a\"], \"gap_seconds\": 60},"
                  " \"data\": [2, 3, 1, 1, 4, 0, 4, 2.5]}");
    assert_int_equal(log->n_nodes, 4);
    assert_int_equal(log->n_unusable, 1);
    assert_near(log->span_s, 480, 1e-9);
    for (size_t step = 0; step < MEM_COUNT(counts); step++) {
        double time_s = 60 * (double)step + 30;
        unsigned down = 0;
        for (size_t i = 0; i < log->n_events; i++)
            down += log->events[i].time_s < time_s &&
                    log->events[i].time_s + log->events[i].duration_s > time_s;
        assert_int_equal(4 - down, counts[step]);
    }
    trace_release(&trace);

    /* Lines that step back in time are left out. */
    log = read_text(&trace, "instance_lines", NULL,
                    "2024-02-28, 23:59:00, 2\n2024-02-29, 00:01:00, 1\n"
                    "2024-02-29, 00:00:30, 0\n2024-02-29, 00:02:00, 2\n"
                    "2024-02-30, 00:02:00, 1\n2024-02-29, 00:04:00, 2\n");
    assert_int_equal(log->n_events, 1);
    assert_near(log->events[0].time_s, 120, 1e-9);
    assert_near(log->events[0].duration_s, 60, 1e-9);
    assert_near(log->span_s, 300, 1e-9);
    assert_int_equal(log->n_unusable, 2);
    trace_release(&trace);
}

static void counts_in_disorder_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *why;
    } cases[] = {
        {"[1, 2]", "expected an object, '{'"},
        {"{\"data\": [1, 2]}", "metadata has no gap_seconds above 0"},
        {"{\"metadata\": {\"gap_seconds\": 0}, \"data\": []}",
         "metadata has no gap_seconds above 0"},
        {"{\"metadata\": {\"gap_seconds\": 9}, \"data\": [\"x\"]}", "expected a number"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char *path = write_file(cases[i].bytes, strlen(cases[i].bytes));
        struct trace trace = trace_of("instance_counts", path);
        assert_false(trace_read(&trace));
        assert_non_null(strstr(trace.err.problems[0].message, cases[i].why));
        trace_release(&trace);
        remove_file(path);
    }
}

/* Tasks of 100 and 60 s, one after the other; the last segment of each ends by itself. */
static void segments_end_by_interruptions_but_for_the_last(void **state)
{
    (void)state;
    struct trace trace;
    static const char tasks[] = "shjtMeanLength=1\n  pjcMeanLength=1  priority=4\n"
                                "    jobID:7 start=3.0  s=1\n      btMeanLength=20\n"
                                "        0 0.0 40.0 40.0\n        0 50.5 100.0 49.5\n"
                                "  pjcMeanLength=1  priority=9\n    jobID:8\n"
                                "      btMeanLength=NaN\n        1 0.0 20.0 20.0\n"
                                "        1 30.0 25.0 5.0\n        1 20.0 45.0 25.0\n"
                                "        1 46.0 60.0 14.0\n";
    const struct fault_log *log = read_text(&trace, "task_segments", NULL, tasks);
    static const struct expected_event expected[] = {{0, 10.5, "0"}, {80, 0, "1"}, {105, 1, "1"}};
    assert_events(log, expected, MEM_COUNT(expected));
    assert_int_equal(log->n_unusable, 1);
    trace_release(&trace);

    char *path = write_file(tasks, strlen(tasks));
    trace = trace_of("task_segments", path);
    set(&trace, "priority", "9");
    assert_int_equal(read_fine(&trace)->n_events, 2);
    trace_release(&trace);
    remove_file(path);
}

static void json_in_disorder_is_an_error_with_the_place(void **state)
{
    (void)state;
    struct trace trace = trace_of("fault_pairs", "tests/data/trace_words.txt");
    assert_fails(&trace, "tests/data/trace_words.txt:1:1: /failures/0/trace/file: not a JSON array "
                         "of faults: expected an array, '['");
    char *path = write_file("[\n {\"node_id\": \"a\" \"x\": 1}]", 28);
    trace = trace_of("fault_pairs", path);
    char *expected = mem_format("%s:2:18: /failures/0/trace/file: not a JSON array of faults: "
                                "expected ',' or '}'",
                                path);
    assert_fails(&trace, expected);
    free(expected);
    remove_file(path);
}

/* Applies a rule with one parameter to six events; returns how many stay. */
static size_t apply_rule(const char *name, double value, struct fault_event out[6])
{
    static const struct fault_event events[] = {{0, 5, 0},  {0, 6, 1},    {10, 7, 0},
                                                {20, 8, 2}, {20.5, 9, 1}, {31, 10, 0}};
    struct tagged rule = {variant_named(&equal_times_union, name), &value};
    struct rng rng = rng_stream(7, 0, RNG_TRACE_JITTER, 0);
    return fault_log_apply(&rule, events, MEM_COUNT(events), out, &rng);
}

static void keep_changes_nothing(void **state)
{
    (void)state;
    struct fault_event out[6];
    assert_int_equal(apply_rule("keep", 0, out), 6);
    assert_near(out[4].time_s, 20.5, 0);
    assert_near(out[4].duration_s, 9, 0);
}

/* 20 joins the group of 10; 20.5 is too far from 10, however near to 20. */
static void coalesce_measures_from_the_first_of_a_group(void **state)
{
    (void)state;
    struct fault_event out[6];
    assert_int_equal(apply_rule("coalesce", 10, out), 3);
    static const double times_s[] = {0, 20, 31};
    for (size_t i = 0; i < 3; i++)
        assert_near(out[i].time_s, times_s[i], 0);
    assert_near(out[0].duration_s, 5, 0);
    assert_int_equal(apply_rule("coalesce", 0, out), 5);
    assert_near(out[1].time_s, 10, 0);
}

static void jitter_moves_events_later_and_sorts_them(void **state)
{
    (void)state;
    struct fault_event out[6];
    assert_int_equal(apply_rule("jitter", 100, out), 6);
    double original_s[] = {0, 0, 10, 20, 20.5, 31}; /* durations 5 to 10 tell them apart */
    bool moved_past = false;
    for (size_t i = 0; i < 6; i++) {
        double delay_s = out[i].time_s - original_s[(size_t)out[i].duration_s - 5];
        assert_true(delay_s > 0 && delay_s < 100);
        assert_true(i == 0 || out[i].time_s >= out[i - 1].time_s);
        moved_past = moved_past || (i > 0 && out[i].duration_s < out[i - 1].duration_s);
    }
    assert_true(moved_past);
    struct fault_event again[6];
    (void)apply_rule("jitter", 100, again);
    assert_memory_equal(out, again, sizeof out);
}

/* The test files, with the keys that read them. */
static struct trace damaged(size_t i, const char *path)
{
    static const char *const formats[] = {
        "events", "fta", "words", "fault_pairs", "add_remove", "instance_counts", "task_segments"};
    struct trace trace = trace_of(formats[i], path);
    if (i == 0) {
        set(&trace, "time", "Prob Started");
        set(&trace, "date", "M/D/YYYY H:MM");
        set(&trace, "node", "Node");
        set(&trace, "end", "Prob Fixed");
        set_condition(&trace, "System", "7");
    }
    return trace;
}

static void read_damaged(size_t i, const char *bytes, size_t length)
{
    char *path = write_file(bytes, length);
    struct text_cache texts = {0}; /* its block ends with the text: reading on would be noticed */
    struct trace trace = damaged(i, path);
    trace.texts = &texts;
    bool ok = trace_read(&trace);
    assert_int_equal(ok, err_ok(&trace.err));
    if (ok)
        /* 9 where a comma was makes one number of two. */
        assert_in_range(log_of(&trace)->n_events, 1, log_of(&trace)->is_capacity ? 400 : 7);
    trace_release(&trace);
    text_cache_release(&texts);
    remove_file(path);
}

static const char *const originals[] = {
    "tests/data/trace_outages.csv", "tests/data/trace_states.tab",
    "tests/data/trace_words.txt",   "tests/data/trace_faults.json",
    "tests/data/trace_spot.csv",    "tests/data/trace_instances.json",
    "tests/data/trace_tasks.dat",
};

static void a_file_cut_anywhere_is_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEM_COUNT(originals); i++) {
        size_t length;
        char *bytes = support_read_file(originals[i], &length);
        for (size_t cut = 0; cut < length; cut++)
            read_damaged(i, bytes, cut);
        free(bytes);
    }
}

static void a_file_with_any_byte_changed_is_read_or_refused(void **state)
{
    (void)state;
    static const char changes[] = {'\0', '"', '\n', '9', '\xff'};
    for (size_t i = 0; i < MEM_COUNT(originals); i++) {
        size_t length;
        char *bytes = support_read_file(originals[i], &length);
        for (size_t at = 0; at < length; at++) {
            char kept = bytes[at];
            bytes[at] = changes[at % MEM_COUNT(changes)];
            read_damaged(i, bytes, length);
            bytes[at] = kept;
        }
        free(bytes);
    }
}

/*
 * Published traces, which are not part of the project: ../shared, or the
 * folder that $CKPTSIM_SHARED names. Their statistics come from their descriptions and
 * from other programs.
 */
struct published {
    const char *file; /* in data/; .xz and .gz are unpacked first */
    const char *format;
    const char *keys[12]; /* key, value, ... */
    const char *column;   /* of the condition; NULL: none */
    const char *equals;
    size_t n_events, n_nodes, n_equal, n_unusable; /* n_nodes 0: not looked at */
    double mtbf_h, tolerance_h;
    double mean_outage_h; /* 0: not looked at */
};

static const struct published published[] = {
    {.file = "lanl-failures/lanl-system-08.csv",
     .format = "events",
     .keys = {"time", "Prob Started", "date", "M/D/YYYY H:MM", "node", "nodenumz", "duration",
              "Down Time", "duration_unit", "min"},
     .n_events = 475,
     .n_nodes = 119,
     .n_equal = 20,
     .mtbf_h = 80.5,
     .tolerance_h = 0.05},
    {.file = "lanl-failures/lanl-shared-systems.csv.xz",
     .format = "events",
     .keys = {"time", "Prob Started", "date", "M/D/YYYY H:MM", "node", "nodenumz", "end",
              "Prob Fixed"},
     .column = "System",
     .equals = "18",
     .n_events = 3997,
     .n_nodes = 964,
     .n_equal = 79,
     .mtbf_h = 7.33,
     .tolerance_h = 0.005},
    {.file = "lanl-failures/lanl-shared-systems.csv.xz",
     .format = "events",
     .keys = {"time", "17", "date", "M/D/YYYY H:MM", "node", "7"},
     .column = "System",
     .equals = "2",
     .n_events = 7104,
     .n_nodes = 49,
     .n_equal = 1707,
     .mtbf_h = 10.65,
     .tolerance_h = 0.005},
    {.file = "fta-lanl/event_trace-system08.tab",
     .format = "fta",
     .n_events = 469,
     .n_nodes = 108,
     .n_equal = 20,
     .mtbf_h = 81.56,
     .tolerance_h = 0.005},
    {.file = "fta-lanl/event_trace-shared.tab.xz",
     .format = "fta",
     .n_events = 15775,
     .n_nodes = 1537,
     .n_equal = 2223,
     .mtbf_h = 5.729,
     .tolerance_h = 0.0005,
     .mean_outage_h = 6.09},
    {.file = "fta-lanl/event_trace-shared.tab.xz",
     .format = "fta",
     .keys = {"node_prefix", "18."},
     .n_events = 3974,
     .n_equal = 73,
     .mtbf_h = 7.377,
     .tolerance_h = 0.0005},
    {.file = "pnnl-failures/PNNL2007.csv.gz",
     .format = "events",
     .keys = {"time", "Date", "date", "M/D/YYYY H:MM", "node", "Hardware Identifier"},
     .n_events = 6032,
     .n_equal = 1320,
     .n_unusable = 3,
     .mtbf_h = 6.78,
     .tolerance_h = 0.005},
    {.file = "disk-failures-hpc/alpine_formatted_data.csv.gz",
     .format = "events",
     .keys = {"time", "Timestamp", "date", "YYYY-MM-DDTHH:MM:SSZ"},
     .n_events = 3766,
     .n_nodes = 1,
     .n_equal = 36,
     .mtbf_h = 11.55,
     .tolerance_h = 0.005},
    {.file = "titan-gpu-events/titan_gpu_events.csv.gz",
     .format = "events",
     .keys = {"time", "remove", "date", "YYYY-MM-DD HH:MM:SS", "node", "location"},
     .column = "event",
     .equals = "DBE",
     .n_events = 4826,
     .n_equal = 88,
     .mtbf_h = 10.03,
     .tolerance_h = 0.005},
    {.file = "gpu-faults-infinitehbd/fault_trace.json.gz",
     .format = "fault_pairs",
     .n_events = 584,
     .n_nodes = 231,
     .n_equal = 55,
     .mtbf_h = 14.20,
     .tolerance_h = 0.005,
     .mean_outage_h = 132.84},
    {.file = "google-task-interruptions/jobTrace-dec.dat.xz",
     .format = "task_segments",
     .n_events = 8053,
     .n_equal = 0,
     .n_unusable = 1,
     .mtbf_h = 1.737,
     .tolerance_h = 0.0005},
    {.file = "spot-preemption/bamboo-p3-trace.csv",
     .format = "add_remove",
     .n_events = 167 + 14, /* places for 32, 18 of them taken at first */
     .n_nodes = 32,
     .n_equal = 88 + 13,
     .mtbf_h = 0.0681,
     .tolerance_h = 0.0001},
    {.file = "spot-preemption/skypilot-16-node-us-west-2a_v100_1.json.gz",
     .format = "instance_counts",
     .n_events = 1473 + 16,
     .n_nodes = 16,
     .n_equal = 1343,
     .mtbf_h = 0.26793,
     .tolerance_h = 0.00001},
};

static const char *shared_folder(void)
{
    const char *folder = getenv("CKPTSIM_SHARED");
    return folder ? folder : "../shared";
}

/* The file as it is, or a copy unpacked by `xz` or `gzip`, to be freed; NULL when there is none. */
static char *unpack(const char *file, bool *is_copy)
{
    char *path = mem_format("%s/data/%s", shared_folder(), file);
    const char *ending = strrchr(path, '.');
    const char *tool = strcmp(ending, ".xz") == 0 ? "xz" : strcmp(ending, ".gz") == 0 ? "gzip" : "";
    *is_copy = *tool;
    if (!*tool)
        return path;
    char *copy = write_file("", 0);
    char *command = mem_format("%s -dc '%s' > '%s' 2> /dev/null", tool, path, copy);
    FILE *pipe = popen(command, "r");
    bool unpacked = pipe && pclose(pipe) == 0;
    free(command);
    free(path);
    if (unpacked)
        return copy;
    remove_file(copy);
    return NULL;
}

static double mean_outage_h(const struct fault_log *log)
{
    double total_s = 0;
    for (size_t i = 0; i < log->n_events; i++)
        total_s += log->events[i].duration_s;
    return total_s / 3600 / (double)log->n_events;
}

static void assert_published(const struct published *expected, const char *path)
{
    struct trace trace = trace_of(expected->format, path);
    for (size_t i = 0; expected->keys[i]; i += 2)
        set(&trace, expected->keys[i], expected->keys[i + 1]);
    if (expected->column)
        set_condition(&trace, expected->column, expected->equals);
    const struct fault_log *log = read_fine(&trace);
    print_message("%s: %zu events on %zu nodes, %zu equal, MTBF %.3f h, mean outage %.2f h\n",
                  expected->file, log->n_events, log->n_nodes, log->n_equal,
                  fault_log_mtbf_s(log) / 3600, mean_outage_h(log));
    assert_int_equal(log->n_events, expected->n_events);
    if (expected->n_nodes)
        assert_int_equal(log->n_nodes, expected->n_nodes);
    assert_int_equal(log->n_equal, expected->n_equal);
    assert_int_equal(log->n_unusable, expected->n_unusable);
    assert_near(fault_log_mtbf_s(log) / 3600, expected->mtbf_h, expected->tolerance_h);
    if (expected->mean_outage_h > 0)
        assert_near(mean_outage_h(log), expected->mean_outage_h, 0.005);
    trace_release(&trace);
}

static void published_traces_have_their_published_statistics(void **state)
{
    (void)state;
    size_t n_read = 0;
    for (size_t i = 0; i < MEM_COUNT(published); i++) {
        bool is_copy;
        char *path = unpack(published[i].file, &is_copy);
        if (path && access(path, R_OK) == 0) {
            assert_published(&published[i], path);
            n_read++;
        } else {
            print_message("%s: not there, or not unpacked\n", published[i].file);
        }
        if (is_copy && path)
            (void)unlink(path);
        free(path);
    }
    if (n_read == 0) {
        print_message("no published traces in %s/data\n", shared_folder());
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_of_a_table_become_sorted_events),
        cmocka_unit_test(columns_may_be_given_by_number),
        cmocka_unit_test(separators_and_units_are_a_matter_of_keys),
        cmocka_unit_test(unknown_columns_are_named_with_the_nearest),
        cmocka_unit_test(keys_that_do_not_fit_together_are_refused),
        cmocka_unit_test(a_lenient_reading_checks_keys_and_opens_nothing),
        cmocka_unit_test(a_file_without_a_usable_event_is_an_error),
        cmocka_unit_test(down_intervals_of_an_archive_become_events),
        cmocka_unit_test(lines_of_words_become_events),
        cmocka_unit_test(fault_pairs_are_matched_by_node_and_fault),
        cmocka_unit_test(who_comes_takes_the_place_that_was_empty_for_longest),
        cmocka_unit_test(counts_of_instances_are_kept_by_the_outages),
        cmocka_unit_test(counts_in_disorder_are_refused),
        cmocka_unit_test(segments_end_by_interruptions_but_for_the_last),
        cmocka_unit_test(json_in_disorder_is_an_error_with_the_place),
        cmocka_unit_test(keep_changes_nothing),
        cmocka_unit_test(coalesce_measures_from_the_first_of_a_group),
        cmocka_unit_test(jitter_moves_events_later_and_sorts_them),
        cmocka_unit_test(a_file_cut_anywhere_is_read_or_refused),
        cmocka_unit_test(a_file_with_any_byte_changed_is_read_or_refused),
        cmocka_unit_test(published_traces_have_their_published_statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
