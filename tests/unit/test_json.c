// SPDX-License-Identifier: GPL-3.0-or-later
/* The strict layer over cJSON: syntax, places, pointers, merging, numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "core/utf8.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/json_write.h"
#include "support.h"

/* All problems, one a line; empties err. */
static char *take_problems(struct err *err)
{
    char *all = mem_strdup("");
    for (size_t i = 0; i < err->n_problems; i++) {
        char *one = problem_text(&err->problems[i]);
        char *more = mem_format("%s%s%s", all, *all ? "\n" : "", one);
        free(all);
        free(one);
        all = more;
    }
    err_release(err);
    return all;
}

static cJSON *tree_of(const char *text)
{
    struct err err = {0};
    cJSON *tree = json_parse("t", text, strlen(text), &err);
    assert_non_null(tree);
    return tree;
}

static void assert_rejected(const char *text, size_t length, const char *message)
{
    struct err err = {0};
    cJSON *tree = json_parse("a.json", text, length, &err);
    assert_null(tree);
    char *problems = take_problems(&err);
    assert_string_equal(problems, message);
    free(problems);
}

static void assert_tree(cJSON *tree, const char *expected)
{
    char *text = json_text(tree, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    cJSON_Delete(tree);
}

static void every_syntax_error_has_its_place_and_message(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "a.json:1:1: nothing here; a value is expected"},
        {" \n ", "a.json:2:2: nothing here; a value is expected"},
        {"{", "a.json:1:2: the text ends, but the '{' of line 1, column 1 is still open"},
        {"{\n \"a\": [1,\n",
         "a.json:3:1: the text ends, but the '[' of line 2, column 7 is still open"},
        {"{\"a\"", "a.json:1:5: the text ends, but the '{' of line 1, column 1 is still open"},
        {"{\"a\" 1}", "a.json:1:6: found '1' where ':' after a key is expected"},
        {"{\"a\": }", "a.json:1:7: found '}' where a value is expected"},
        {"{\"a\": 1 \"b\": 2}", "a.json:1:9: found '\"' where ',' or '}' is expected"},
        {"{\"a\": 1,}", "a.json:1:8: a comma before '}'; remove it"},
        {"[1, 2,\n]", "a.json:1:6: a comma before ']'; remove it"},
        {"[,1]", "a.json:1:2: found ',' where a value is expected"},
        {"{,}", "a.json:1:2: found ',' where a key in double quotes is expected"},
        {"{a: 1}", "a.json:1:2: found 'a' where a key in double quotes is expected"},
        {"{'a': 1}", "a.json:1:2: found ''' where a key in double quotes is expected; strings "
                     "stand in double quotes"},
        {"{\"a\": 1} // note", "a.json:1:10: found '/' after the end of the JSON value"},
        {"{ // note\n}",
         "a.json:1:3: found '/' where a key in double quotes is expected; JSON has no "
         "comments"},
        {"{\"a\": 2 h}",
         "a.json:1:9: found 'h' where ',' or '}' is expected; quantities stand in double quotes, "
         "\"60 s\""},
        {"{\"a\": 2h}", "a.json:1:7: 2h is no JSON value; numbers look like 60, -0.5 or 1e9, "
                        "quantities like \"60 s\""},
        {"[007]", "a.json:1:2: 007 is no JSON value; numbers look like 60, -0.5 or 1e9, quantities "
                  "like \"60 s\""},
        {"[1.]", "a.json:1:2: 1. is no JSON value; numbers look like 60, -0.5 or 1e9, quantities "
                 "like \"60 s\""},
        {"[+1]", "a.json:1:2: +1 is no JSON value; numbers look like 60, -0.5 or 1e9, quantities "
                 "like \"60 s\""},
        {"[-]",
         "a.json:1:2: - is no JSON value; numbers look like 60, -0.5 or 1e9, quantities like "
         "\"60 s\""},
        {"[NaN]", "a.json:1:2: NaN is no JSON value; strings stand in double quotes"},
        {"[True]", "a.json:1:2: True is no JSON value; strings stand in double quotes"},
        {"[1e400]", "a.json:1:2: 1e400 is beyond the largest number, 1.8e308"},
        {"[-1e999]", "a.json:1:2: -1e999 is beyond the largest number, 1.8e308"},
        {"[1111111111111111111111111111111111111111111111111111111111111111]",
         "a.json:1:2: a number of 64 characters; at most 63 are read"},
        {"[\"abc]\n", "a.json:1:2: no closing quote on this line"},
        {"[\"abc", "a.json:1:2: no closing quote on this line"},
        {"[\"a\tb\"]", "a.json:1:4: control character 0x09 in a string"},
        {"[\"\\x41\"]", "a.json:1:3: unknown escape in a string; a backslash itself is \\\\"},
        {"[\"\\u00g0\"]", "a.json:1:3: \\u needs four hexadecimal digits"},
        {"[\"x\\u0000y\"]", "a.json:1:4: \\u0000 cannot stand in a string"},
        {"[\"\\ud800\"]", "a.json:1:3: \\ud800 is half of a surrogate pair"},
        {"[\"\\ud800\\ue000\"]", "a.json:1:3: \\ud800 is half of a surrogate pair"},
        {"[\"\\udc00\\ud800\"]", "a.json:1:3: \\udc00 is half of a surrogate pair"},
        {"[\"\xff\"]", "a.json:1:3: byte 0xff is not UTF-8"},
        {"[\"\xc0\x80\"]", "a.json:1:3: byte 0xc0 is not UTF-8"},
        {"[\"\xed\xa0\x80\"]", "a.json:1:3: byte 0xed is not UTF-8"},
        {"\x01[1]", "a.json:1:1: found byte 0x01 where a value is expected"},
        {"[1] x", "a.json:1:5: found 'x' after the end of the JSON value"},
        /* Columns count characters, not bytes. */
        {"{\"\xc3\xa9\": \xe2\x82\xac}",
         "a.json:1:7: found '\xe2\x82\xac' where a value is expected"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        assert_rejected(cases[i].text, strlen(cases[i].text), cases[i].message);
    assert_rejected("[1\0]", 4, "a.json:1:3: found byte 0x00 where ',' or ']' is expected");
    assert_rejected("[\"\0\"]", 5, "a.json:1:3: control character 0x00 in a string");
}

static void keys_given_twice_are_found_at_any_depth(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\": 1,\n \"b\": [{\"c~d\": 1, \"e\": 2, \"c~d\": 3}],\n \"\\u0061\": 2}";
    assert_rejected(text, strlen(text),
                    "a.json:2:34: /b/0/c~0d: key 'c~d' given twice\n"
                    "a.json:3:12: /a: key 'a' given twice");
}

static void brackets_nest_up_to_a_limit(void **state)
{
    (void)state;
    char text[2 * JSON_DEPTH_MAX + 3];
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    text[2 * JSON_DEPTH_MAX] = '\0';
    cJSON_Delete(tree_of(text));
    memset(text, '[', JSON_DEPTH_MAX + 1);
    assert_rejected(text, 2 * JSON_DEPTH_MAX,
                    "a.json:1:101: more than 100 brackets within each other");
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    assert_tree(tree_of("\xef\xbb\xbf {\"a\": \"\\ud83d\\ude00\"}"),
                "{\"a\":\"\xf0\x9f\x98\x80\"}");
}

static void a_cut_text_is_an_error_not_a_crash(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\": [1.5e3, true, null, \"x\\u00e9\\n\xe2\x82\xac\"], \"b\": {\"c\": -0.25}}";
    for (size_t n = 0; n + 1 < sizeof text; n++) {
        char *cut = mem_alloc(n + 1, 1); /* so that a sanitizer sees a read past the end */
        memcpy(cut, text, n);
        struct err err = {0};
        assert_null(json_parse("t", cut, n, &err));
        assert_int_equal(err.n_errors, 1);
        assert_non_null(err.problems[0].place);
        err_release(&err);
        free(cut);
    }
}

static void what_the_check_accepts_cjson_reads(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\": [1.5e3, true, null, \"x\\u00e9\\n\"], \"b\": {\"c\": -0.25}}";
    static const char bytes[] = "{}[]\",:\\ 019.eE+-tfnu\n\xc3\xa9x";
    struct rng rng = rng_stream(1, 0, RNG_FAILURE, 0);
    size_t accepted = 0;
    for (size_t i = 0; i < 20000; i++) {
        char changed[sizeof text];
        memcpy(changed, text, sizeof text);
        for (int n = 0; n < 2; n++) {
            size_t at = (size_t)(rng_uniform(&rng) * (sizeof text - 1));
            changed[at] = bytes[(size_t)(rng_uniform(&rng) * (sizeof bytes - 1))];
        }
        struct err err = {0};
        cJSON *tree = json_parse("t", changed, sizeof text - 1, &err); /* asserts it inside */
        assert_true((tree != NULL) == err_ok(&err));
        accepted += tree != NULL;
        cJSON_Delete(tree);
        err_release(&err);
    }
    assert_true(accepted > 100);
}

static void assert_place(const char *text, const char *pointer, size_t matched, size_t line,
                         size_t column)
{
    struct json_place place = json_locate(text, strlen(text), pointer);
    assert_int_equal(place.matched, matched);
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

static void values_are_located_by_pointer(void **state)
{
    (void)state;
    static const char text[] = "{\n"
                               "  \"a/b\": {\"m~n\": [10, {\"\": 20}]},\n"
                               "  \"\xc3\xa9t\\u00e9\":\t\"x\", \"last\": null\n"
                               "}\n";
    assert_place(text, "", 0, 1, 1);
    assert_place(text, "/a~1b", 5, 2, 10);
    assert_place(text, "/a~1b/m~0n", 10, 2, 18);
    assert_place(text, "/a~1b/m~0n/0", 12, 2, 19);
    assert_place(text, "/a~1b/m~0n/1/", 13, 2, 28);
    assert_place(text, "/\xc3\xa9t\xc3\xa9", 6, 3, 15);
    assert_place(text, "/last", 5, 3, 28);
    /* What does not exist: the longest prefix that does. */
    assert_place(text, "/a~1b/x/y", 5, 2, 10);
    assert_place(text, "/a~1b/m~0n/2", 10, 2, 18);
    assert_place(text, "/a~1b/m~0n/00", 10, 2, 18);
    assert_place(text, "/nothing", 0, 1, 1);
}

static void pointers_get_and_set(void **state)
{
    (void)state;
    struct err err = {0};
    cJSON *tree = tree_of("{\"a\":{\"b\":[1,2,{\"c\":3}]},\"x/y\":4,\"m~n\":5}");
    assert_near(json_get(tree, "/a/b/2/c")->valuedouble, 3, 0);
    assert_near(json_get(tree, "/x~1y")->valuedouble, 4, 0);
    assert_near(json_get(tree, "/m~0n")->valuedouble, 5, 0);
    assert_ptr_equal(json_get(tree, ""), tree);
    assert_null(json_get(tree, "/a/b/3"));
    assert_null(json_get(tree, "/a/b/02"));
    assert_null(json_get(tree, "/A"));

    assert_true(json_set(tree, "/a/b/0", cJSON_CreateString("new"), &err));
    assert_true(json_set(tree, "/a/b/3", cJSON_CreateTrue(), &err));
    assert_true(json_set(tree, "/a/b/1", NULL, &err));
    assert_true(json_set(tree, "/x~1y", NULL, &err));
    assert_true(json_set(tree, "/gone", NULL, &err));
    assert_true(json_set(tree, "/m~0n", cJSON_CreateNumber(2.385), &err));
    assert_true(json_set(tree, "/new/0/deep", cJSON_CreateNull(), &err));
    assert_true(err_ok(&err));
    assert_tree(tree,
                "{\"a\":{\"b\":[\"new\",{\"c\":3},true]},\"m~n\":2.385,\"new\":[{\"deep\":null}]}");
}

static void setting_where_it_cannot_be_is_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *pointer;
        const char *message;
    } cases[] = {
        {"/a/2", "/a: '2' is no index of this list of 1 item; \"-\" appends"},
        {"/a/x", "/a: 'x' is no index of this list of 1 item; \"-\" appends"},
        {"/a/00", "/a: '00' is no index of this list of 1 item; \"-\" appends"},
        {"/a/5/x", "/a: '5' is no index of this list of 1 item; \"-\" appends"},
        {"/b/c", "/b: \"10 min\" has no keys; set it whole"},
        {"/a/0/c", "/a/0: 1 has no keys; set it whole"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct err err = {0};
        cJSON *tree = tree_of("{\"a\":[1],\"b\":\"10 min\"}");
        assert_false(json_set(tree, cases[i].pointer, cJSON_CreateTrue(), &err));
        char *problems = take_problems(&err);
        assert_string_equal(problems, cases[i].message);
        free(problems);
        assert_tree(tree, "{\"a\":[1],\"b\":\"10 min\"}");
    }
}

static void pointers_are_built_with_escapes(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *pointer = json_pointer_index(&arena, json_pointer_key(&arena, "", "a/b~c"), 7);
    assert_string_equal(pointer, "/a~1b~0c/7");
    char *token = json_pointer_token(pointer);
    assert_string_equal(token, "a/b~c");
    assert_string_equal(json_pointer_skip(pointer), "/7");
    free(token);
    assert_true(json_pointer_is_within("/a/b", "/a"));
    assert_true(json_pointer_is_within("/a", "/a"));
    assert_false(json_pointer_is_within("/ab", "/a"));
    const char *why = NULL;
    assert_false(json_pointer_is_valid("a", &why));
    assert_false(json_pointer_is_valid("/a~2", &why));
    assert_false(json_pointer_is_valid("/a~", &why));
    assert_true(json_pointer_is_valid("/~0~1", &why));
    arena_release(&arena);
}

static void assert_merged(const char *target, const char *patch, const char *expected)
{
    cJSON *tree = tree_of(target);
    cJSON *changes = tree_of(patch);
    json_merge(tree, changes);
    cJSON_Delete(changes);
    assert_tree(tree, expected);
}

static void objects_merge_arrays_replace_null_removes(void **state)
{
    (void)state;
    /* Of RFC 7396, appendix A, the rows whose two sides are objects. */
    assert_merged("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    assert_merged("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
    assert_merged("{\"a\":\"b\"}", "{\"a\":null}", "{}");
    assert_merged("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
    assert_merged("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    assert_merged("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
    assert_merged("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
                  "{\"a\":{\"b\":\"d\"}}");
    assert_merged("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
    assert_merged("{\"a\":[{\"b\":1},{\"b\":2,\"c\":3}]}", "{\"a\":{\"1\":{\"b\":4}}}",
                  "{\"a\":[{\"b\":1},{\"b\":4,\"c\":3}]}");
    assert_merged("{\"a\":[{\"b\":1}]}", "{\"a\":{\"1\":{\"b\":4}}}", "{\"a\":{\"1\":{\"b\":4}}}");
    assert_merged("{\"a\":[{\"b\":1}]}", "{\"a\":{\"00\":{\"b\":4}}}",
                  "{\"a\":{\"00\":{\"b\":4}}}");
    assert_merged("{\"a\":[1]}", "{\"a\":{\"0\":{\"b\":4}}}", "{\"a\":{\"0\":{\"b\":4}}}");
    assert_merged("{\"a\":[{\"b\":1}]}", "{\"a\":{}}", "{\"a\":{}}");
    assert_merged("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
    assert_merged("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}");
}

static void a_new_discriminator_drops_what_belonged_to_the_old_one(void **state)
{
    (void)state;
    assert_merged("{\"f\":{\"dist\":\"weibull\",\"mean\":\"8 h\",\"shape\":0.7},\"x\":1}",
                  "{\"f\":{\"dist\":\"exponential\",\"mean\":\"6 h\"}}",
                  "{\"f\":{\"dist\":\"exponential\",\"mean\":\"6 h\"},\"x\":1}");
    assert_merged("{\"f\":{\"dist\":\"weibull\",\"mean\":\"8 h\"}}",
                  "{\"f\":{\"dist\":\"weibull\",\"shape\":2}}",
                  "{\"f\":{\"dist\":\"weibull\",\"mean\":\"8 h\",\"shape\":2}}");
    assert_merged("{\"f\":{\"mean\":\"8 h\"}}", "{\"f\":{\"dist\":\"gamma\"}}",
                  "{\"f\":{\"mean\":\"8 h\",\"dist\":\"gamma\"}}");
    assert_merged("{\"checkpoint\":{\"strategy\":\"a\",\"cost\":\"1 s\"}}",
                  "{\"checkpoint\":{\"strategy\":\"b\"}}", "{\"checkpoint\":{\"strategy\":\"b\"}}");
    /* The version of the language is a number, and chooses nothing. */
    assert_merged("{\"format\":1,\"a\":2}", "{\"format\":2}", "{\"format\":2,\"a\":2}");
}

static void numbers_survive_a_round_trip(void **state)
{
    (void)state;
    static const double awkward[] = {
        0.1,    1.0 / 3, 1e22,  9007199254740991,     1.7976931348623157e308,
        5e-324, -0.0,    2.385, 123456789012345678.0, 1e15};
    struct rng rng = rng_stream(1, 0, RNG_FAILURE, 0);
    char text[JSON_REAL_TEXT];
    for (size_t i = 0; i < MEM_COUNT(awkward); i++)
        assert_same_double(strtod(json_real_text(awkward[i], text), NULL), awkward[i]);
    for (size_t i = 0; i < 100000; i++) {
        double x = ldexp(rng_uniform(&rng), (int)(rng_uniform(&rng) * 200) - 100);
        assert_same_double(strtod(json_real_text(x, text), NULL), x);
    }
    assert_string_equal(json_real_text((double)NAN, text), "null");
    assert_string_equal(json_real_text((double)INFINITY, text), "null");
    assert_string_equal(json_real_text(0.1, text), "0.1");
    assert_tree(tree_of("{\"seed\":9007199254740991,\"x\":0.30000000000000004}"),
                "{\"seed\":9007199254740991,\"x\":0.30000000000000004}");
}

static void written_text_reads_back(void **state)
{
    (void)state;
    static const char text[] =
        "{\"a\":\"q\\\"b\\\\s\\n\\t\\u0001\\u007f\xe2\x82\xac\",\"b\":[],\"c\":{},\"d\":"
        "[true,false,null,-1.5]}";
    assert_tree(tree_of(text), text);
    cJSON *tree = tree_of(text);
    (void)cJSON_AddItemToObject(tree, "long",
                                cJSON_CreateString("0123456789012345678901234567890123456"
                                                   "7890123456789012345678901234567890"));
    json_add_real(tree, "real", 0.1);
    char *pretty = json_text(tree, JSON_PRETTY);
    assert_string_equal(pretty, "{\n"
                                "    \"a\": \"q\\\"b\\\\s\\n\\t\\u0001\\u007f\xe2\x82\xac\",\n"
                                "    \"b\": [],\n"
                                "    \"c\": {},\n"
                                "    \"d\": [true, false, null, -1.5],\n"
                                "    \"long\": \"01234567890123456789012345678901234567890123456789"
                                "012345678901234567890\",\n"
                                "    \"real\": 0.1\n"
                                "}");
    cJSON *again = tree_of(pretty);
    char *compact = json_text(tree, JSON_COMPACT);
    assert_tree(again, compact);
    free(compact);
    free(pretty);
    cJSON_Delete(tree);
}

static void values_are_described_in_few_words(void **state)
{
    (void)state;
    cJSON *tree = tree_of("[2.385, true, null, [], {}, \"\", \"a\\nb\\u001b[31m\",\n"
                          "\"\xe2\x82\xac 01234567890123456789012345678901234567890123456789\"]");
    static const char *const expected[] = {
        "2.385",        "true",
        "null",         "a list",
        "an object",    "\"\"",
        "\"a?b?[31m\"", "\"\xe2\x82\xac 012345678901234567890123456789012...\""};
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, tree)
    {
        char buffer[JSON_EXCERPT];
        assert_string_equal(json_describe(item, buffer), expected[i++]);
    }
    cJSON_Delete(tree);
}

static void characters_are_counted_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(utf8_count("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4);
    assert_int_equal(utf8_count("\xff\xfe", 2), 2);
    assert_int_equal(utf8_length("\xf4\x8f\xbf\xbf", 4), 4);
    assert_int_equal(utf8_length("\xf4\x90\x80\x80", 4), 0);
    assert_int_equal(utf8_length("\xe0\x9f\xbf", 3), 0);
    assert_int_equal(utf8_length("\xe2\x82", 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_syntax_error_has_its_place_and_message),
        cmocka_unit_test(keys_given_twice_are_found_at_any_depth),
        cmocka_unit_test(brackets_nest_up_to_a_limit),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(a_cut_text_is_an_error_not_a_crash),
        cmocka_unit_test(what_the_check_accepts_cjson_reads),
        cmocka_unit_test(values_are_located_by_pointer),
        cmocka_unit_test(pointers_get_and_set),
        cmocka_unit_test(setting_where_it_cannot_be_is_an_error),
        cmocka_unit_test(pointers_are_built_with_escapes),
        cmocka_unit_test(objects_merge_arrays_replace_null_removes),
        cmocka_unit_test(a_new_discriminator_drops_what_belonged_to_the_old_one),
        cmocka_unit_test(numbers_survive_a_round_trip),
        cmocka_unit_test(written_text_reads_back),
        cmocka_unit_test(values_are_described_in_few_words),
        cmocka_unit_test(characters_are_counted_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
