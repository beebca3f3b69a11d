// SPDX-License-Identifier: GPL-3.0-or-later
/* The reader of field tables, by a table of every kind of row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "scenario/json.h"
#include "scenario/json_write.h"
#include "scenario/reader.h"
#include "support.h"

/* ---- The table ---------------------------------------------------------------- */

struct fixed_params {
    double value;
};

struct scaled_params {
    double mean;
    double shape;
    bool prepared;
};

struct mixed_params {
    struct tagged first;
    struct tagged second;
    double weight;
};

static const struct union_type law_union;

static const struct field fixed_fields[] = {
    {.key = "value",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_INHERIT,
     .offset = offsetof(struct fixed_params, value),
     .max = 1e9,
     .required = true},
    {0},
};

static const struct field scaled_fields[] = {
    {.key = "mean",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_INHERIT,
     .offset = offsetof(struct scaled_params, mean),
     .max = 1e9,
     .above_min = true,
     .required = true},
    {.key = "shape",
     .kind = FIELD_REAL,
     .offset = offsetof(struct scaled_params, shape),
     .min = 0.1,
     .max = 10,
     .fallback = "1"},
    {0},
};

static const struct field mixed_fields[] = {
    {.key = "first",
     .kind = FIELD_UNION,
     .dimension = DIMENSION_INHERIT,
     .offset = offsetof(struct mixed_params, first),
     .types = &law_union,
     .required = true},
    {.key = "second",
     .kind = FIELD_UNION,
     .dimension = DIMENSION_INHERIT,
     .offset = offsetof(struct mixed_params, second),
     .types = &law_union},
    {.key = "weight",
     .kind = FIELD_REAL,
     .offset = offsetof(struct mixed_params, weight),
     .max = 1,
     .fallback = "\"50 %\""},
    {0},
};

static bool scaled_prepare(void *params, const struct field_context *context)
{
    struct scaled_params *p = params;
    p->prepared = true;
    if (p->shape <= 5)
        return true;
    return err_add(context->err, context->pointer, "shape %g with mean %g %s", p->shape, p->mean,
                   units_base(context->dimension));
}

static const struct variant fixed_law = {
    .name = "fixed", .size = sizeof(struct fixed_params), .fields = fixed_fields};
static const struct variant scaled_law = {.name = "scaled",
                                          .size = sizeof(struct scaled_params),
                                          .fields = scaled_fields,
                                          .prepare = scaled_prepare};
static const struct variant mixed_law = {
    .name = "mixed", .size = sizeof(struct mixed_params), .fields = mixed_fields};
static const struct variant never_law = {.name = "never"};
static const struct variant *const laws[] = {&fixed_law, &scaled_law, &mixed_law, &never_law, NULL};

static const struct union_type law_union = {.name = "law",
                                            .tag = "dist",
                                            .variants = laws,
                                            .shorthand = &fixed_law,
                                            .shorthand_key = "value"};

struct eager_params {
    uint64_t every;
};

static const struct field eager_fields[] = {
    {.key = "every",
     .kind = FIELD_COUNT,
     .offset = offsetof(struct eager_params, every),
     .min = 1,
     .max = 100,
     .fallback = "8"},
    {0},
};

static const struct variant lazy_mode = {.name = "lazy"};
static const struct variant eager_mode = {
    .name = "eager", .size = sizeof(struct eager_params), .fields = eager_fields};
static const struct variant *const modes[] = {&lazy_mode, &eager_mode, NULL};
static const struct union_type mode_union = {.name = "mode", .tag = "kind", .variants = modes};

struct part {
    double at_s;
    uint64_t unit;
};

static const struct field part_fields[] = {
    {.key = "at",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_TIME,
     .offset = offsetof(struct part, at_s),
     .required = true},
    {.key = "unit", .kind = FIELD_COUNT, .offset = offsetof(struct part, unit)},
    {0},
};

static const struct field part_element = {
    .key = "part", .kind = FIELD_OBJECT, .fields = part_fields, .shorthand_key = "at"};

struct device {
    const char *name;
    double speed_bytes_per_s;
};

static const struct field device_fields[] = {
    {.key = "speed",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_BANDWIDTH,
     .offset = offsetof(struct device, speed_bytes_per_s),
     .required = true},
    {0},
};

static const struct field device_element = {
    .key = "device", .kind = FIELD_OBJECT, .fields = device_fields};

struct inner {
    double delay_s;
    bool on;
};

static const struct field inner_fields[] = {
    {.key = "delay",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_TIME,
     .offset = offsetof(struct inner, delay_s)},
    {.key = "on", .kind = FIELD_BOOL, .offset = offsetof(struct inner, on), .fallback = "true"},
    {0},
};

static const struct field empty_fields[] = {
    {.key = "gap", .kind = FIELD_REAL, .dimension = DIMENSION_TIME},
    {0},
};

static const struct field plain_element = {.key = "number", .kind = FIELD_REAL};

struct everything {
    double interval_s;
    double frac;
    double any;
    double size_bytes;
    double rate_per_s;
    uint64_t tasks;
    uint64_t seed;
    bool final;
    const char *note;
    const char *file;
    int color;
    unsigned phases;
    struct inner inner;
    struct inner maybe;
    double empty_s;
    struct tagged law;
    struct tagged mode;
    struct list parts;
    struct list numbers;
    struct list devices;
};

static const char *const colors[] = {"red", "green", "blue", NULL};
static const char *const phases[] = {"work", "checkpoint", "recovery", NULL};

static const char *color_at(size_t i)
{
    return colors[i];
}

static const struct field fields[] = {
    {.key = "interval",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_TIME,
     .offset = offsetof(struct everything, interval_s),
     .max = 1e9,
     .above_min = true,
     .required = true},
    {.key = "frac",
     .kind = FIELD_REAL,
     .offset = offsetof(struct everything, frac),
     .max = 1,
     .fallback = "0.25"},
    {.key = "any", .kind = FIELD_REAL, .offset = offsetof(struct everything, any)},
    {.key = "size",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_BYTES,
     .offset = offsetof(struct everything, size_bytes),
     .min = 1,
     .max = (double)INFINITY},
    {.key = "rate",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_RATE,
     .offset = offsetof(struct everything, rate_per_s)},
    {.key = "tasks",
     .kind = FIELD_COUNT,
     .offset = offsetof(struct everything, tasks),
     .min = 1,
     .max = 1e7,
     .fallback = "1"},
    {.key = "seed", .kind = FIELD_COUNT, .offset = offsetof(struct everything, seed)},
    {.key = "final", .kind = FIELD_BOOL, .offset = offsetof(struct everything, final)},
    {.key = "note", .kind = FIELD_TEXT, .offset = offsetof(struct everything, note)},
    {.key = "file", .kind = FIELD_PATH, .offset = offsetof(struct everything, file)},
    {.key = "color",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct everything, color),
     .choice_at = color_at,
     .fallback = "\"green\""},
    {.key = "phases",
     .kind = FIELD_FLAGS,
     .offset = offsetof(struct everything, phases),
     .choices = phases,
     .fallback = "[\"work\", \"recovery\"]"},
    {.key = "inner",
     .kind = FIELD_OBJECT,
     .offset = offsetof(struct everything, inner),
     .fields = inner_fields},
    {.key = "maybe",
     .kind = FIELD_OBJECT,
     .offset = offsetof(struct everything, maybe),
     .fields = inner_fields,
     .optional = true},
    {.key = "empty",
     .kind = FIELD_OBJECT,
     .offset = offsetof(struct everything, empty_s),
     .fields = empty_fields},
    {.key = "law",
     .kind = FIELD_UNION,
     .dimension = DIMENSION_TIME,
     .offset = offsetof(struct everything, law),
     .types = &law_union},
    {.key = "mode",
     .kind = FIELD_UNION,
     .offset = offsetof(struct everything, mode),
     .types = &mode_union,
     .fallback = "\"lazy\""},
    {.key = "parts",
     .kind = FIELD_LIST,
     .offset = offsetof(struct everything, parts),
     .element = &part_element,
     .element_size = sizeof(struct part)},
    {.key = "numbers",
     .kind = FIELD_LIST,
     .offset = offsetof(struct everything, numbers),
     .element = &plain_element,
     .element_size = sizeof(double)},
    {.key = "devices",
     .kind = FIELD_MAP,
     .offset = offsetof(struct everything, devices),
     .element = &device_element,
     .element_size = sizeof(struct device)},
    {.key = "later", .kind = FIELD_RAW},
    {0},
};

/* ---- Helpers ------------------------------------------------------------------- */

struct reading {
    struct arena arena;
    struct err err;
    cJSON *tree;
    struct everything all;
    bool ok;
};

static struct reading read_text(const char *text)
{
    struct reading r = {0};
    r.tree = json_parse("t", text, strlen(text), &r.err);
    assert_non_null(r.tree);
    return r;
}

static void interpret(struct reading *r)
{
    struct reader reader = {.arena = &r->arena, .err = &r->err};
    r->ok = reader_read(&reader, fields, r->tree, "", &r->all);
    assert_true(r->ok == err_ok(&r->err));
}

static void release(struct reading *r)
{
    cJSON_Delete(r->tree);
    arena_release(&r->arena);
    err_release(&r->err);
}

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

/* Members beside the one that is required; `expected` is all that is said about them. */
static void assert_problems(const char *members, const char *expected)
{
    char *text = mem_format("{\"interval\":\"60 s\",%s}", members);
    struct reading r = read_text(text);
    interpret(&r);
    char *problems = problems_of(&r.err);
    assert_string_equal(problems, expected);
    free(problems);
    free(text);
    release(&r);
}

static void assert_completed(const char *text, const char *expected)
{
    struct reading r = read_text(text);
    interpret(&r);
    char *problems = problems_of(&r.err);
    assert_string_equal(problems, "");
    free(problems);
    char *completed = json_text(r.tree, JSON_COMPACT);
    assert_string_equal(completed, expected);
    /* Once more, it says the same. */
    struct reading again = read_text(completed);
    interpret(&again);
    char *twice = json_text(again.tree, JSON_COMPACT);
    assert_string_equal(twice, completed);
    free(twice);
    free(completed);
    release(&again);
    release(&r);
}

/* ---- What is read ---------------------------------------------------------------- */

static void every_kind_of_value_reaches_its_member(void **state)
{
    (void)state;
    struct reading r = read_text(
        "{\"interval\":\"1.5 min\",\"frac\":\"20 %\",\"any\":-2.385,\"size\":\"3 "
        "KiB\",\"rate\":\"2k/s\","
        "\"tasks\":\"5k\",\"seed\":9007199254740991,\"final\":true,\"note\":\"x\",\"file\":\"a/"
        "b.csv\","
        "\"color\":\"blue\",\"phases\":[\"recovery\",\"checkpoint\"],\"inner\":{\"delay\":\"2 "
        "ms\"},"
        "\"law\":{\"dist\":\"mixed\",\"first\":\"7 "
        "s\",\"second\":{\"dist\":\"scaled\",\"mean\":\"2 h\"}},"
        "\"mode\":{\"kind\":\"eager\"},\"parts\":[\"26 s\",{\"at\":\"1 min\",\"unit\":3}],"
        "\"numbers\":[1,\"2k\"],\"devices\":{\"pfs-1\":{\"speed\":\"87 "
        "MB/s\"},\"b\":{\"speed\":\"1 B/s\"}},"
        "\"later\":{\"any\":[\"thing\",null]}}");
    interpret(&r);
    assert_true(r.ok);
    assert_near(r.all.interval_s, 90, 0);
    assert_near(r.all.frac, 0.2, 0);
    assert_near(r.all.any, -2.385, 0);
    assert_near(r.all.size_bytes, 3072, 0);
    assert_near(r.all.rate_per_s, 2000, 0);
    assert_int_equal(r.all.tasks, 5000);
    assert_true(r.all.seed == 9007199254740991);
    assert_true(r.all.final);
    assert_string_equal(r.all.note, "x");
    assert_string_equal(r.all.file, "a/b.csv");
    assert_int_equal(r.all.color, 2);
    assert_int_equal(r.all.phases, 6);
    assert_near(r.all.inner.delay_s, 0.002, 0);
    assert_true(r.all.inner.on);
    const struct mixed_params *mixed = r.all.law.params;
    assert_ptr_equal(r.all.law.variant, &mixed_law);
    assert_ptr_equal(mixed->first.variant, &fixed_law);
    assert_near(((const struct fixed_params *)mixed->first.params)->value, 7, 0);
    const struct scaled_params *scaled = mixed->second.params;
    assert_near(scaled->mean, 7200, 0);
    assert_near(scaled->shape, 1, 0);
    assert_true(scaled->prepared);
    assert_near(mixed->weight, 0.5, 0);
    assert_int_equal(((const struct eager_params *)r.all.mode.params)->every, 8);
    const struct part *parts = r.all.parts.items;
    assert_int_equal(r.all.parts.n, 2);
    assert_near(parts[0].at_s, 26, 0);
    assert_near(parts[1].at_s, 60, 0);
    assert_int_equal(parts[1].unit, 3);
    const double *numbers = r.all.numbers.items;
    assert_near(numbers[1], 2000, 0);
    const struct device *devices = r.all.devices.items;
    assert_string_equal(devices[0].name, "pfs-1");
    assert_near(devices[0].speed_bytes_per_s, 87e6, 0);
    assert_string_equal(devices[1].name, "b");
    release(&r);
}

static void what_is_absent_has_its_default_or_says_so(void **state)
{
    (void)state;
    struct reading r = read_text("{\"interval\":\"60 s\",\"any\":null,\"tasks\":null}");
    interpret(&r);
    assert_true(r.ok);
    assert_near(r.all.frac, 0.25, 0);
    assert_true(isnan(r.all.any));
    assert_true(isnan(r.all.size_bytes));
    assert_int_equal(r.all.tasks, 1);
    assert_int_equal(r.all.seed, 0);
    assert_null(r.all.note);
    assert_int_equal(r.all.color, 1);
    assert_int_equal(r.all.phases, 5);
    assert_true(isnan(r.all.inner.delay_s));
    assert_true(r.all.inner.on);
    assert_false(r.all.maybe.on); /* optional, so its defaults do not apply */
    assert_null(r.all.law.variant);
    assert_ptr_equal(r.all.mode.variant, &lazy_mode);
    assert_int_equal(r.all.parts.n, 0);
    release(&r);
}

static void the_tree_is_completed_and_reads_back(void **state)
{
    (void)state;
    assert_completed(
        "{\"interval\":\"60 s\"}",
        "{\"interval\":\"60 s\",\"frac\":0.25,\"tasks\":1,\"color\":\"green\","
        "\"phases\":[\"work\",\"recovery\"],\"inner\":{\"on\":true},\"mode\":\"lazy\"}");
    /* Shorthands are spelt out where that shows a default; keys come in the table's order. */
    assert_completed(
        "{\"law\":\"5 min\",\"mode\":\"eager\",\"parts\":[\"26 "
        "s\"],\"phases\":[],\"frac\":1,\"maybe\":{},"
        "\"empty\":{},\"inner\":{\"on\":false},\"color\":\"red\",\"interval\":\"60 "
        "s\",\"tasks\":2}",
        "{\"interval\":\"60 "
        "s\",\"frac\":1,\"tasks\":2,\"color\":\"red\",\"phases\":[],\"inner\":{\"on\":false},"
        "\"maybe\":{\"on\":true},\"empty\":{},\"law\":\"5 "
        "min\",\"mode\":{\"kind\":\"eager\",\"every\":8},"
        "\"parts\":[\"26 s\"]}");
    assert_completed(
        "{\"interval\":\"60 s\",\"law\":{\"first\":{\"mean\":\"2 "
        "h\",\"dist\":\"scaled\"},\"dist\":\"mixed\"}}",
        "{\"interval\":\"60 s\",\"frac\":0.25,\"tasks\":1,\"color\":\"green\","
        "\"phases\":[\"work\",\"recovery\"],\"inner\":{\"on\":true},"
        "\"law\":{\"dist\":\"mixed\",\"first\":{\"dist\":\"scaled\",\"mean\":\"2 h\",\"shape\":1},"
        "\"weight\":\"50 %\"},\"mode\":\"lazy\"}");
}

static void an_object_without_tag_may_be_the_shorthands_variant(void **state)
{
    (void)state;
    assert_completed("{\"interval\":\"60 s\",\"law\":{\"value\":\"5 s\"}}",
                     "{\"interval\":\"60 s\",\"frac\":0.25,\"tasks\":1,\"color\":\"green\","
                     "\"phases\":[\"work\",\"recovery\"],\"inner\":{\"on\":true},"
                     "\"law\":{\"dist\":\"fixed\",\"value\":\"5 s\"},\"mode\":\"lazy\"}");
}

/* ---- What is refused ------------------------------------------------------------- */

static void unknown_keys_name_the_nearest(void **state)
{
    (void)state;
    assert_problems("\"intervall\":1",
                    "/intervall: unknown key 'intervall'; did you mean 'interval'?");
    assert_problems("\"Tasks\":1", "/Tasks: unknown key 'Tasks'; did you mean 'tasks'?");
    assert_problems("\"zzzzzz\":1", "/zzzzzz: unknown key 'zzzzzz'");
    assert_problems("\"inner\":{\"speed\":1}",
                    "/inner/speed: unknown key 'speed'; allowed here: 'delay', 'on'");
    assert_problems("\"law\":{\"dist\":\"never\",\"what\":1}",
                    "/law/what: unknown key 'what'; no keys are allowed here");
    assert_problems("\"a/b~c\":1", "/a~1b~0c: unknown key 'a/b~c'");
}

static void wrong_types_say_what_is_needed(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {"\"frac\":true", "/frac: needs a number such as 3, \"5M\" or \"20 %\", not true"},
        {"\"rate\":[]", "/rate: needs a rate such as \"20k/s\", not a list"},
        {"\"tasks\":{}", "/tasks: needs a whole number such as 8 or \"5M\", not an object"},
        {"\"final\":\"yes\"", "/final: needs true or false, not \"yes\""},
        {"\"final\":1", "/final: needs true or false, not 1"},
        {"\"note\":5", "/note: needs a text in quotes, not 5"},
        {"\"file\":5", "/file: needs the name of a file, not 5"},
        {"\"file\":\"\"", "/file: an empty file name"},
        {"\"color\":3", "/color: needs red, green or blue, not 3"},
        {"\"color\":\"grene\"",
         "/color: \"grene\" is not red, green or blue; did you mean \"green\"?"},
        {"\"phases\":\"work\"",
         "/phases: needs a list of work, checkpoint or recovery, not \"work\""},
        {"\"phases\":[5]", "/phases/0: needs work, checkpoint or recovery, not 5"},
        {"\"phases\":[\"work\",\"recovry\"]",
         "/phases/1: \"recovry\" is not work, checkpoint or recovery; "
         "did you mean \"recovery\"?"},
        {"\"phases\":[\"work\",\"work\"]", "/phases/1: \"work\" is listed twice"},
        {"\"inner\":\"2 s\"", "/inner: needs an object {...}, not \"2 s\""},
        {"\"inner\":[]", "/inner: needs an object {...}, not a list"},
        {"\"parts\":\"26 s\"", "/parts: needs a list [...], not \"26 s\""},
        {"\"parts\":[[]]", "/parts/0: needs an object {...}, not a list"},
        {"\"parts\":[26]", "/parts/0: 26 has no unit; write \"26 s\""},
        {"\"numbers\":[1,null]",
         "/numbers/1: needs a number such as 3, \"5M\" or \"20 %\", not null"},
        {"\"devices\":[]",
         "/devices: needs an object of named members {\"name\": ..., ...}, not a list"},
        {"\"devices\":{\"S3\":{\"speed\":\"1 B/s\"}}",
         "/devices/S3: a name is made of small letters, digits, '_' and '-'"},
        {"\"devices\":{\"\":{\"speed\":\"1 B/s\"}}",
         "/devices/: a name is made of small letters, digits, '_' and '-'"},
        {"\"law\":[]",
         "/law: needs a time such as \"60 s\", or {\"dist\": \"scaled\", ...}, not a list"},
        {"\"mode\":5", "/mode: needs {\"kind\": \"lazy\", ...}, not 5"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        assert_problems(cases[i].members, cases[i].message);
}

static void bare_numbers_show_the_fix(void **state)
{
    (void)state;
    assert_problems("\"law\":90", "/law: 90 has no unit; write \"90 s\"");
    assert_problems("\"law\":\"0.5\"", "/law: \"0.5\" has no unit; write \"0.5 s\"");
    assert_problems("\"size\":1e6", "/size: 1000000 has no unit; write \"1000000 B\"");
    assert_problems("\"rate\":2.5", "/rate: 2.5 has no unit; write \"2.5 /s\"");
    assert_problems("\"devices\":{\"a\":{\"speed\":10}}",
                    "/devices/a/speed: 10 has no unit; write \"10 B/s\"");
    assert_problems("\"law\":{\"dist\":\"scaled\",\"mean\":0}",
                    "/law/mean: 0 has no unit; write \"0 s\"");
    assert_problems(
        "\"law\":\"5 parsecs\"",
        "/law: \"5 parsecs\": not a unit of time; they are ns, us, ms, s, min, h, d, w and y");
}

static void values_out_of_range_show_the_range(void **state)
{
    (void)state;
    assert_problems("\"frac\":1.5", "/frac: 1.5 is outside [0, 1]");
    assert_problems("\"frac\":\"-20 %\"", "/frac: \"-20 %\" is outside [0, 1]");
    assert_problems("\"size\":\"0 B\"", "/size: \"0 B\" is outside [1 B, inf)");
    assert_problems("\"law\":\"-60 s\"", "/law: \"-60 s\" is outside [0 s, 1e9 s]");
    assert_problems("\"law\":{\"dist\":\"scaled\",\"mean\":\"0 s\"}",
                    "/law/mean: \"0 s\" is outside (0 s, 1e9 s]");
    assert_problems("\"tasks\":0", "/tasks: 0 is outside [1, 1e7]");
    struct reading r = read_text("{\"interval\":\"0 s\"}");
    interpret(&r);
    assert_int_equal(r.err.n_errors, 1);
    release(&r);
}

static void counts_are_whole_and_below_two_to_the_53(void **state)
{
    (void)state;
    assert_problems("\"seed\":1.5", "/seed: 1.5 is not a whole number");
    assert_problems("\"seed\":-1", "/seed: -1 is not a whole number");
    assert_problems("\"seed\":\"1.0005k\"", "/seed: \"1.0005k\" is not a whole number");
    /* It has already become 2^53 when cJSON has read it. */
    assert_problems(
        "\"seed\":9007199254740993",
        "/seed: 9007199254740992 is not below 2^53, up to which JSON numbers are exact");
    assert_problems("\"seed\":1e300",
                    "/seed: 1e+300 is not below 2^53, up to which JSON numbers are exact");
}

static void missing_keys_say_what_they_need(void **state)
{
    (void)state;
    struct reading r = read_text("{\"devices\":{\"a\":{}},\"parts\":[{}]}");
    interpret(&r);
    char *problems = problems_of(&r.err);
    assert_string_equal(problems,
                        "missing key 'interval': a time such as \"60 s\"\n"
                        "/parts/0: missing key 'at': a time such as \"60 s\"\n"
                        "/devices/a: missing key 'speed': a bandwidth such as \"200 MB/s\"");
    free(problems);
    release(&r);
}

static void unions_explain_their_choices(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {"\"law\":{\"mean\":\"2 h\"}",
         "/law: missing key 'dist', which chooses the law; these keys fit "
         "scaled"},
        {"\"law\":{\"value\":\"1 s\",\"shape\":2}",
         "/law: missing key 'dist', which chooses the law; it is fixed, scaled, mixed or never"},
        {"\"law\":{\"value\":\"-1 s\"}", "/law/value: \"-1 s\" is outside [0 s, 1e9 s]"},
        {"\"law\":{}",
         "/law: missing key 'dist', which chooses the law; it is fixed, scaled, mixed or "
         "never"},
        {"\"law\":{\"nothing\":1}", "/law: missing key 'dist', which chooses the law; it is fixed, "
                                    "scaled, mixed or never"},
        {"\"law\":{\"dist\":\"scald\",\"mean\":\"2 h\"}",
         "/law/dist: \"scald\" is not fixed, scaled, mixed or never; did you mean \"scaled\"?"},
        {"\"law\":{\"dist\":5}", "/law/dist: needs fixed, scaled, mixed or never, not 5"},
        {"\"law\":{\"dist\":\"fixed\",\"value\":\"1 s\",\"shape\":2}",
         "/law/shape: 'shape' belongs to scaled, not to fixed"},
        {"\"law\":\"scald\"",
         "/law: \"scald\" is not a time such as \"60 s\", nor fixed, scaled, mixed or "
         "never; did you mean \"scaled\"?"},
        {"\"law\":\"scaled\"", "/law: missing key 'mean': a time such as \"60 s\""},
        {"\"mode\":\"lasy\"", "/mode: \"lasy\" is not lazy or eager; did you mean \"lazy\"?"},
        {"\"law\":{\"dist\":\"mixed\",\"first\":{\"dist\":\"scaled\",\"mean\":\"2 B\"}}",
         "/law/first/mean: \"2 B\": not a unit of time; they are ns, us, ms, s, min, h, d, w and "
         "y"},
        {"\"mode\":{\"kind\":\"eager\",\"every\":0}", "/mode/every: 0 is outside [1, 100]"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        assert_problems(cases[i].members, cases[i].message);
}

static void prepare_sees_only_parameters_that_are_right(void **state)
{
    (void)state;
    assert_problems("\"law\":{\"dist\":\"scaled\",\"mean\":\"2 h\",\"shape\":6}",
                    "/law: shape 6 with mean 7200 s");
    assert_problems(
        "\"law\":{\"dist\":\"scaled\",\"mean\":\"2 q\",\"shape\":6}",
        "/law/mean: \"2 q\": not a unit of time; they are ns, us, ms, s, min, h, d, w and y");
    assert_problems("\"law\":{\"dist\":\"scaled\",\"mean\":\"2 h\",\"shape\":6,\"extra\":1}",
                    "/law/extra: unknown key 'extra'; allowed here: 'mean', 'shape'");
}

static void all_problems_come_at_once(void **state)
{
    (void)state;
    assert_problems("\"colour\":1,\"frac\":2,\"inner\":{\"on\":3},\"law\":{\"dist\":\"fixed\"}",
                    "/colour: unknown key 'colour'; did you mean 'color'?\n"
                    "/frac: 2 is outside [0, 1]\n"
                    "/inner/on: needs true or false, not 3\n"
                    "/law: missing key 'value': a time such as \"60 s\"");
}

/* ---- Files ----------------------------------------------------------------------- */

static const char *resolve(const void *context, const char *pointer, const char *path,
                           const char **shown)
{
    assert_string_equal(pointer, "/file");
    if (strcmp(path, "-") == 0)
        return NULL;
    *shown = "shown/a.csv";
    return context;
}

static void paths_are_resolved_where_they_stand(void **state)
{
    (void)state;
    struct reading r = read_text("{\"interval\":\"60 s\",\"file\":\"a.csv\"}");
    struct reader reader = {
        .arena = &r.arena, .err = &r.err, .resolve = resolve, .context = "opened/a.csv"};
    assert_true(reader_read(&reader, fields, r.tree, "", &r.all));
    assert_string_equal(r.all.file, "opened/a.csv");
    assert_string_equal(json_member_text(r.tree, "file"), "shown/a.csv");
    release(&r);

    r = read_text("{\"interval\":\"60 s\",\"file\":\"-\"}");
    reader = (struct reader){.arena = &r.arena, .err = &r.err, .resolve = resolve};
    assert_false(reader_read(&reader, fields, r.tree, "", &r.all));
    char *problems = problems_of(&r.err);
    assert_string_equal(problems, "/file: standard input has already given the scenario");
    free(problems);
    release(&r);
}

/* ---- Robustness ------------------------------------------------------------------ */

static void no_tree_whatever_makes_the_reader_fail(void **state)
{
    (void)state;
    static const char *const keys[] = {"interval", "frac",    "tasks", "final", "note",  "file",
                                       "color",    "phases",  "inner", "law",   "mode",  "parts",
                                       "numbers",  "devices", "later", "dist",  "kind",  "mean",
                                       "first",    "value",   "at",    "on",    "every", "x"};
    static const char *const values[] = {"null",       "true",
                                         "0",          "-1.5",
                                         "\"60 s\"",   "\"scaled\"",
                                         "\"mixed\"",  "\"eager\"",
                                         "\"green\"",  "[]",
                                         "{}",         "[1]",
                                         "[\"work\"]", "{\"dist\":\"scaled\",\"mean\":\"1 s\"}"};
    struct rng rng = rng_stream(1, 0, RNG_FAILURE, 0);
    size_t readable = 0;
    for (size_t i = 0; i < 20000; i++) {
        cJSON *tree = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(tree, "interval", "60 s");
        cJSON *node = tree;
        for (size_t n = 0; n < 6; n++) {
            const char *key = keys[(size_t)(rng_uniform(&rng) * MEM_COUNT(keys))];
            const char *value = values[(size_t)(rng_uniform(&rng) * MEM_COUNT(values))];
            if (json_member(node, key))
                continue;
            cJSON *child = cJSON_Parse(value);
            (void)cJSON_AddItemToObject(node, key, child);
            if (cJSON_IsObject(child) && rng_uniform(&rng) < 0.7)
                node = child;
        }
        char *text = json_text(tree, JSON_COMPACT);
        cJSON_Delete(tree);
        struct reading r = read_text(text);
        interpret(&r);
        readable += r.ok;
        release(&r);
        free(text);
    }
    assert_true(readable > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_reaches_its_member),
        cmocka_unit_test(what_is_absent_has_its_default_or_says_so),
        cmocka_unit_test(the_tree_is_completed_and_reads_back),
        cmocka_unit_test(an_object_without_tag_may_be_the_shorthands_variant),
        cmocka_unit_test(unknown_keys_name_the_nearest),
        cmocka_unit_test(wrong_types_say_what_is_needed),
        cmocka_unit_test(bare_numbers_show_the_fix),
        cmocka_unit_test(values_out_of_range_show_the_range),
        cmocka_unit_test(counts_are_whole_and_below_two_to_the_53),
        cmocka_unit_test(missing_keys_say_what_they_need),
        cmocka_unit_test(unions_explain_their_choices),
        cmocka_unit_test(prepare_sees_only_parameters_that_are_right),
        cmocka_unit_test(all_problems_come_at_once),
        cmocka_unit_test(paths_are_resolved_where_they_stand),
        cmocka_unit_test(no_tree_whatever_makes_the_reader_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
