// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys as documentation: by pointer, as a list, in words, in Markdown, as a JSON Schema. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_reader.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/json_write.h"
#include "scenario/keys.h"
#include "scenario/reader_internal.h"
#include "support.h"
#include "unit/schema_check.h"

static const char *root_folder = "."; /* of the project; set once by main() */

/* ---- A small language of its own, for exact texts ---------------------------------- */

static const struct union_type law_union;

static const struct field fixed_fields[] = {
    {.key = "value",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_INHERIT,
     .max = 1e9,
     .required = true,
     .help = "Always this."},
    {0},
};

static const struct field pair_fields[] = {
    {.key = "first",
     .kind = FIELD_UNION,
     .dimension = DIMENSION_INHERIT,
     .types = &law_union,
     .required = true,
     .help = "One half."},
    {.key = "share", .kind = FIELD_REAL, .max = 1, .fallback = "0.5", .help = "Of it."},
    {0},
};

static const struct variant fixed_law = {
    .name = "fixed", .size = 8, .fields = fixed_fields, .help = "One value."};
static const struct variant pair_law = {.name = "pair",
                                        .size = 8,
                                        .fields = pair_fields,
                                        .help = "Two a|b.",
                                        .source = "Somebody 1974"};
static const struct variant never_law = {.name = "never", .help = "No value."};
static const struct variant *const laws[] = {&fixed_law, &pair_law, &never_law, NULL};
static const struct union_type law_union = {.name = "a law",
                                            .tag = "dist",
                                            .variants = laws,
                                            .shorthand = &fixed_law,
                                            .shorthand_key = "value"};

static const char *const colors[] = {"red", "green", NULL};

static const struct field item_fields[] = {
    {.key = "repair",
     .kind = FIELD_UNION,
     .dimension = DIMENSION_TIME,
     .types = &law_union,
     .help = "Time it takes."},
    {.key = "color",
     .kind = FIELD_CHOICE,
     .choices = colors,
     .fallback = "\"red\"",
     .help = "Paint."},
    {0},
};

static const struct field item_element = {
    .key = "item", .kind = FIELD_OBJECT, .fields = item_fields, .help = "One thing."};

static const struct field box_fields[] = {
    {.key = "size",
     .kind = FIELD_REAL,
     .dimension = DIMENSION_BYTES,
     .max = (double)INFINITY,
     .above_min = true,
     .help = "How big.",
     .source = "Who 2000",
     .witness = "a.json /box/size=\"2 B\""},
    {.key = "items",
     .kind = FIELD_LIST,
     .element = &item_element,
     .element_size = 16,
     .help = "Things."},
    {.key = "count",
     .kind = FIELD_COUNT,
     .min = 1,
     .max = 8,
     .required = true,
     .help = "How many."},
    {0},
};

static const struct field top_fields[] = {
    {.key = "box", .kind = FIELD_OBJECT, .fields = box_fields, .help = "A box."},
    {0},
};

static const struct field top = {
    .key = "top", .kind = FIELD_OBJECT, .fields = top_fields, .help = "All."};

/* What a function writes, as a text that the caller frees. */
struct writing {
    FILE *stream;
    char *text;
    size_t length;
};

static void open_writing(struct writing *writing)
{
    writing->stream = open_memstream(&writing->text, &writing->length);
    assert_non_null(writing->stream);
}

static void assert_explained(const char *pointer, const char *expected)
{
    struct writing w;
    struct err err = {0};
    open_writing(&w);
    assert_true(keys_explain(&top, pointer, w.stream, &err));
    assert_int_equal(fclose(w.stream), 0);
    assert_string_equal(w.text, expected);
    free(w.text);
}

static void keys_are_explained_in_words(void **state)
{
    (void)state;
    assert_explained("/box/size",
                     "/box/size\n"
                     "    a size such as \"4 GiB\", in (0 B, inf)\n"
                     "    How big.\n"
                     "    source: Who 2000\n"
                     "    to see it at work: scenarios/a.json with /box/size=\"2 B\"\n");
    assert_explained("/", "/\n"
                          "    an object {...}\n"
                          "    All.\n"
                          "    box              an object {...}\n");
    assert_explained("/box/items",
                     "/box/items\n"
                     "    a list [...]\n"
                     "    Things.\n"
                     "    each of them is an object {...}:\n"
                     "    repair           a time such as \"60 s\", or {\"dist\": \"pair\", ...}\n"
                     "    color            red or green; default \"red\"\n");
    assert_explained(
        "/box/items/3/repair",
        "/box/items/*/repair\n"
        "    a time such as \"60 s\", or {\"dist\": \"pair\", ...}\n"
        "    Time it takes.\n"
        "    dist:\n"
        "        fixed            One value.\n"
        "            value            a time such as \"60 s\", in [0 s, 1e9 s]; required\n"
        "        pair             Two a|b. (Somebody 1974)\n"
        "            first            a time such as \"60 s\", or {\"dist\": \"pair\", ...}; "
        "required\n"
        "            share            a number such as 3, \"5M\" or \"20 %\", in [0, 1]; default "
        "0.5\n"
        "        never            No value.\n");
    assert_explained("/box/items/*/repair/first/first/value",
                     "/box/items/*/repair/first/first/value   (fixed)\n"
                     "    a time such as \"60 s\", in [0 s, 1e9 s]; required\n"
                     "    Always this.\n");
}

static void keys_that_are_not_there_suggest_others(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"/bux/size", "/bux/size: there is no key 'bux'; did you mean /box/size?"},
        {"/box/count/x", "/box/count/x: there is no key 'x'; /box/count has no keys below it"},
        {"/box/items/repair",
         "/box/items/repair: there is no key 'repair'; did you mean /box/items/*/repair?"},
        {"/repair", "/repair: there is no key 'repair'; did you mean /box/items/*/repair?"},
        {"/box/items/0/repair/dost",
         "/box/items/0/repair/dost: there is no key 'dost'; did you mean "
         "/box/items/0/repair/dist?"},
        {"/box/qqqqqq", "/box/qqqqqq: there is no key 'qqqqqq'; explain /box shows what is there"},
        {"/qqqqqq", "/qqqqqq: there is no key 'qqqqqq'; explain / shows what is there"},
        {"box", "box: a JSON Pointer starts with '/'"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct arena arena = {0};
        struct key_list found;
        struct err err = {0};
        assert_false(keys_find(&top, cases[i][0], &arena, &found, &err));
        char *text = problem_text(&err.problems[0]);
        assert_string_equal(text, cases[i][1]);
        free(text);
        err_release(&err);
        arena_release(&arena);
    }
}

static void markdown_has_a_table_of_each_object_and_union(void **state)
{
    (void)state;
    struct writing w;
    open_writing(&w);
    keys_write_markdown(&top, w.stream);
    assert_int_equal(fclose(w.stream), 0);
    assert_string_equal(
        w.text,
        "### `/`\n\nAll.\n\n"
        "| key | value | default | meaning |\n|---|---|---|---|\n"
        "| `box` | an object {...} |  | A box. |\n\n"
        "### `/box`\n\nA box.\n\n"
        "| key | value | default | meaning |\n|---|---|---|---|\n"
        "| `size` | a size such as \"4 GiB\", in (0 B, inf) |  | How big. (Who 2000) |\n"
        "| `items` | a list [...] |  | Things. |\n"
        "| `count` | a whole number such as 8 or \"5M\", in [1, 8] | required | How many. |\n\n"
        "### `/box/items/*`\n\nOne thing.\n\n"
        "| key | value | default | meaning |\n|---|---|---|---|\n"
        "| `repair` | [a law](#a-law), or a time such as \"60 s\" |  | Time it takes. |\n"
        "| `color` | red or green | `\"red\"` | Paint. |\n\n"
        "### a law\n\nA value alone stands for `{\"dist\": \"fixed\", \"value\": ...}`.\n\n"
        "| `dist` | key | value | default | meaning |\n|---|---|---|---|---|\n"
        "| `fixed` | | | | One value. |\n"
        "| | `value` | a quantity of the kind that the key takes, in [0, 1e9] | required | Always "
        "this. |\n"
        "| `pair` | | | | Two a\\|b. (Somebody 1974) |\n"
        "| | `first` | [a law](#a-law), or a quantity of the kind that the key takes | required | "
        "One half. |\n"
        "| | `share` | a number such as 3, \"5M\" or \"20 %\", in [0, 1] | `0.5` | Of it. |\n"
        "| `never` | | | | No value. |\n\n");
    free(w.text);
}

/* ---- The real keys ------------------------------------------------------------------- */

struct tour {
    struct arena arena;
    const char *seen; /* patterns, each between spaces */
    size_t n;
};

static void check_row(void *context, const struct key *key)
{
    struct tour *tour = context;
    const struct field *field = key->field;
    struct arena arena = {0};
    struct err err = {0};
    struct key_list found;
    tour->n++;
    if (!field->help || !*field->help)
        fail_msg("%s has no help", key->pointer);
    if (field_has_range(field) && !(field->max >= field->min))
        fail_msg("%s: min above max", key->pointer);
    if (field->required && field->fallback)
        fail_msg("%s: required, with a default", key->pointer);
    if (!keys_find(&keys_root, key->pointer, &arena, &found, &err))
        fail_msg("%s is visited, but not found", key->pointer);
    if (field->kind == FIELD_UNION && !json_is_discriminator(field->types->tag))
        fail_msg("%s: json_merge() does not know the tag %s", key->pointer, field->types->tag);
    if (field->kind == FIELD_CHOICE || field->kind == FIELD_FLAGS)
        assert_non_null(field_choice(field, 0));
    err_release(&err);
    arena_release(&arena);
}

static void every_row_is_sound_and_can_be_found(void **state)
{
    (void)state;
    struct tour tour = {0};
    keys_visit(&keys_root, check_row, &tour);
    assert_true(tour.n > 80);
}

/* A default must be what the row itself accepts. */
static void check_default(void *context, const struct key *key)
{
    (void)context;
    if (!key->field->fallback)
        return;
    union {
        max_align_t align;
        char bytes[256];
    } scratch = {0};
    struct field row = *key->field;
    row.offset = 0;
    struct arena arena = {0};
    struct err err = {0};
    struct reader reader = {.arena = &arena, .err = &err, .lenient = true};
    enum dimension holder = key->dimension == DIMENSION_INHERIT ? DIMENSION_NONE : key->dimension;
    struct spot spot = {&reader, key->pointer, holder};
    cJSON *value = json_parse("default", row.fallback, strlen(row.fallback), &err);
    if (!value || !reader_read_value(&spot, &row, &value, &scratch))
        fail_msg("%s: bad default %s", key->pointer, row.fallback);
    cJSON_Delete(value);
    arena_release(&arena);
    err_release(&err);
}

static void every_default_is_accepted(void **state)
{
    (void)state;
    keys_visit(&keys_root, check_default, NULL);
}

static void note_pattern(void *context, const struct key *key)
{
    struct tour *tour = context;
    tour->seen = arena_format(&tour->arena, "%s%s ", tour->seen, key->pointer);
}

static void the_walk_names_keys_by_pattern_and_ends(void **state)
{
    (void)state;
    struct tour tour = {.seen = " "};
    keys_visit(&keys_root, note_pattern, &tour);
    static const char *const expected[] = {"/job/work",
                                           "/checkpoint/interval",
                                           "/failures/*/time_to_failure",
                                           "/storage/*/latency",
                                           "/failures/*/at/*/time",
                                           "/run/seed",
                                           "/recovery/restart/delay",
                                           "/failures/*/trace/log/file"};
    for (size_t i = 0; i < MEM_COUNT(expected); i++)
        assert_non_null(strstr(tour.seen, arena_format(&tour.arena, " %s ", expected[i])));
    arena_release(&tour.arena);
}

static void documents_name_every_key(void **state)
{
    (void)state;
    struct writing markdown;
    struct writing schema;
    open_writing(&markdown);
    open_writing(&schema);
    keys_write_markdown(&keys_root, markdown.stream);
    keys_write_schema(&keys_root, schema.stream);
    assert_int_equal(fclose(markdown.stream), 0);
    assert_int_equal(fclose(schema.stream), 0);
    struct tour tour = {.seen = " "};
    keys_visit(&keys_root, note_pattern, &tour);
    char *patterns = arena_strdup(&tour.arena, tour.seen);
    for (char *at = strtok(patterns, " "); at; at = strtok(NULL, " ")) {
        const char *name = strrchr(at, '/') + 1;
        assert_non_null(strstr(markdown.text, arena_format(&tour.arena, "| `%s` |", name)));
        assert_non_null(strstr(schema.text, arena_format(&tour.arena, "\"%s\": {", name)));
    }
    arena_release(&tour.arena);
    free(markdown.text);
    free(schema.text);
}

/* ---- The schema -------------------------------------------------------------------------- */

static cJSON *real_schema(void)
{
    struct writing w;
    struct err err = {0};
    open_writing(&w);
    keys_write_schema(&keys_root, w.stream);
    assert_int_equal(fclose(w.stream), 0);
    cJSON *schema = json_parse("schema", w.text, w.length, &err);
    assert_non_null(schema);
    free(w.text);
    return schema;
}

static size_t check_folder(const cJSON *schema, const char *name)
{
    struct arena arena = {0};
    struct err err = {0};
    size_t n = 0;
    const char *path = arena_format(&arena, "%s/%s", root_folder, name);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0)
            continue;
        struct text text;
        struct field_context context = {.arena = &arena, .err = &err};
        const char *file = arena_format(&arena, "%s/%s", path, entry->d_name);
        assert_true(text_read_file(&context, NULL, file, &text));
        cJSON *scenario = json_parse(file, text.bytes, text.length, &err);
        assert_non_null(scenario);
        if (!schema_accepts(schema, schema, scenario))
            fail_msg("%s does not fit the schema", file);
        cJSON_Delete(scenario);
        n++;
    }
    if (folder)
        (void)closedir(folder);
    arena_release(&arena);
    return n;
}

static void shipped_scenarios_fit_the_schema(void **state)
{
    (void)state;
    cJSON *schema = real_schema();
    assert_string_equal(json_member_text(schema, "$schema"),
                        "https://json-schema.org/draft/2020-12/schema");
    assert_true(check_folder(schema, "scenarios") > 0);
    assert_true(check_folder(schema, "scenarios/published") > 0);
    (void)check_folder(schema, "scenarios/presets");
    cJSON_Delete(schema);
}

static void the_schema_tells_right_from_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"{}", true},
        {"{\"extends\": \"x.json\", \"$schema\": \"y\", \"format\": 1}", true},
        {"{\"format\": 2}", false},
        {"{\"jobs\": {}}", false},
        {"{\"job\": {\"tasks\": null, \"state\": null, \"first_start\": null}, \"failures\": null}",
         true},
        {"{\"failures\": [null]}", false},
        {"{\"checkpoint\": {\"cost\": {\"dist\": null}}}", false},
        {"{\"job\": {\"work\": \"30 d\", \"tasks\": \"1k\"}}", true},
        {"{\"job\": {\"work\": 30}}", false},
        {"{\"job\": {\"work\": \"30\"}}", false},
        {"{\"job\": {\"work\": \"30 GiB\"}}", false},
        {"{\"job\": {\"tasks\": 1.5}}", false},
        {"{\"job\": {\"tasks\": 0}}", false},
        {"{\"checkpoint\": {\"cost\": \"1e2min\"}}", true},
        {"{\"checkpoint\": {\"cost\": {\"dist\": \"weibull\", \"mean\": \"1 h\", \"shape\": 0.7}}}",
         true},
        {"{\"checkpoint\": {\"cost\": {\"dist\": \"exponential\", \"mean\": \"1 h\", \"shape\": "
         "1}}}",
         false},
        {"{\"checkpoint\": {\"cost\": {\"mean\": \"1 h\"}}}", true},
        {"{\"checkpoint\": {\"cost\": \"exponential\"}}", false},
        {"{\"checkpoint\": {\"share\": \"20 %\"}}", true},
        {"{\"checkpoint\": {\"share\": 1.5}}", false},
        {"{\"checkpoint\": {\"final\": \"yes\"}}", false},
        {"{\"checkpoint\": {\"mode\": \"asynchronous\"}}", false},
        {"{\"failures\": [{\"at\": [\"1 h\", {\"time\": \"2 h\", \"unit\": 3}]}]}", true},
        {"{\"failures\": {}}", false},
        {"{\"failures\": {\"1\": {\"repair\": \"2 h\"}}}", true},
        {"{\"failures\": {\"01\": {\"repair\": \"2 h\"}}}", false},
        {"{\"failures\": {\"1\": {\"repare\": \"2 h\"}}}", false},
        {"{\"failures\": [{\"exposure\": [\"work\"]}]}", true},
        {"{\"failures\": [{\"exposure\": [\"sleep\"]}]}", false},
        {"{\"storage\": {\"s3\": {\"stream_write\": \"87 MB/s\"}}}", true},
        {"{\"storage\": {\"S3\": {\"stream_write\": \"87 MB/s\"}}}", false},
        {"{\"job\": {\"start\": {\"dist\": \"mixture\", \"weight\": 0.5, \"first\": \"1 s\", "
         "\"second\":"
         " {\"dist\": \"mixture\", \"weight\": 1, \"first\": \"1 s\", \"second\": \"2 q\"}}}}",
         false},
    };
    cJSON *schema = real_schema();
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        cJSON *scenario = cJSON_Parse(cases[i].text);
        assert_non_null(scenario);
        if (schema_accepts(schema, schema, scenario) != cases[i].valid)
            fail_msg("wrong verdict on %s", cases[i].text);
        cJSON_Delete(scenario);
    }
    cJSON_Delete(schema);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_explained_in_words),
        cmocka_unit_test(keys_that_are_not_there_suggest_others),
        cmocka_unit_test(markdown_has_a_table_of_each_object_and_union),
        cmocka_unit_test(every_row_is_sound_and_can_be_found),
        cmocka_unit_test(every_default_is_accepted),
        cmocka_unit_test(the_walk_names_keys_by_pattern_and_ends),
        cmocka_unit_test(documents_name_every_key),
        cmocka_unit_test(shipped_scenarios_fit_the_schema),
        cmocka_unit_test(the_schema_tells_right_from_wrong),
    };
    if (argc > 2)
        root_folder = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
