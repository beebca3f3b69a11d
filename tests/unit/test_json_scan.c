// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/json_scan.h"

#include <string.h>

#include "support.h"

static struct json_scan scan_of(const char *bytes, struct arena *arena)
{
    return json_scan_start((struct text){bytes, strlen(bytes)}, arena);
}

static void an_array_of_objects_is_pulled_value_by_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct json_scan scan = scan_of(" [ {\"a\":1.5e1,\"b\" : \"x\\\"\\u00e9\\ud83d\\ude00\\n\"},\n "
                                    "{} ,{\"c\":[[],{\"d\":null}]}] \n",
                                    &arena);
    const char *key;
    const char *string;
    double number;
    struct text raw;
    assert_true(json_scan_array(&scan));
    assert_true(json_scan_next_item(&scan));
    assert_true(json_scan_object(&scan));
    assert_true(json_scan_next_member(&scan, &key));
    assert_string_equal(key, "a");
    assert_true(json_scan_number(&scan, &number));
    assert_same_double(number, 15);
    assert_true(json_scan_next_member(&scan, &key));
    assert_int_equal(json_scan_peek(&scan), '"');
    assert_true(json_scan_string(&scan, &string));
    assert_string_equal(string, "x\"\xc3\xa9\xf0\x9f\x98\x80\n");
    assert_false(json_scan_next_member(&scan, &key));
    assert_true(json_scan_next_item(&scan));
    assert_true(json_scan_object(&scan));
    assert_false(json_scan_next_member(&scan, &key));
    assert_true(json_scan_next_item(&scan));
    assert_true(json_scan_object(&scan));
    assert_true(json_scan_next_member(&scan, &key));
    assert_true(json_scan_skip(&scan, &raw));
    assert_int_equal(raw.length, 15);
    assert_memory_equal(raw.bytes, "[[],{\"d\":null}]", raw.length);
    assert_false(json_scan_next_member(&scan, &key));
    assert_false(json_scan_next_item(&scan));
    assert_true(json_scan_end(&scan));
    arena_release(&arena);
}

/* Reads any value; the mistake, or NULL. */
static const char *mistake_in(const char *bytes, struct arena *arena, size_t *line, size_t *column)
{
    struct json_scan scan = scan_of(bytes, arena);
    struct text raw;
    (void)json_scan_skip(&scan, &raw);
    bool ok = json_scan_end(&scan);
    assert_int_equal(ok, !scan.why);
    *line = scan.line;
    *column = json_scan_column(&scan);
    return scan.why;
}

static void values_of_every_kind_are_skipped(void **state)
{
    (void)state;
    static const char *const values[] = {
        "0",
        "-0",
        "-12.5e+3",
        "1E-9",
        "\"\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[1,[2,[3]],{}]",
        "{\"a\":{\"b\":[]},\"c\":[{}]}",
        "\xef\xbb\xbf[ ]",
        "\"\\\\\\/\\b\\f\\n\\r\\t\"",
    };
    struct arena arena = {0};
    for (size_t i = 0; i < MEM_COUNT(values); i++) {
        size_t line;
        size_t column;
        const char *why = mistake_in(values[i], &arena, &line, &column);
        if (why)
            fail_msg("%s: %s", values[i], why);
    }
    arena_release(&arena);
}

static void mistakes_have_a_cause_and_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t line, column;
        const char *why;
    } cases[] = {
        {"", 1, 1, "the text ends early"},
        {"[1,\n 2", 2, 3, "the text ends early"},
        {"[1 2]", 1, 4, "expected ',' or ']'"},
        {"[1,]", 1, 4, "expected a value"},
        {"[,1]", 1, 2, "expected a value"},
        {"[1}", 1, 3, "expected ',' or ']'"},
        {"{\"a\":1]", 1, 7, "expected ',' or '}'"},
        {"{\"a\" 1}", 1, 6, "expected ':' after the name of a member"},
        {"{\"a\":}", 1, 6, "expected a value"},
        {"{a:1}", 1, 2, "expected a string in double quotes"},
        {"{\"a\":1,}", 1, 8, "expected a string in double quotes"},
        {"[] []", 1, 4, "text follows the end of the data"},
        {"01", 1, 2, "text follows the end of the data"},
        {"-", 1, 2, "expected a digit"},
        {"1.", 1, 3, "expected a digit"},
        {"1e+", 1, 4, "expected a digit"},
        {".5", 1, 1, "expected a value"},
        {"+1", 1, 1, "expected a value"},
        {"0x10", 1, 2, "text follows the end of the data"},
        {"[1e999]", 1, 2, "a number too large"},
        {"NaN", 1, 1, "expected a value"},
        {"tru", 1, 1, "expected a value"},
        {"\"abc", 1, 2, "a string without closing quote"},
        {"\"abc\\\"", 1, 2, "a string without closing quote"},
        {"\"a\tb\"", 1, 3, "a control character inside a string"},
        {"\"\\x\"", 1, 4, "unknown escape after '\\'"},
        {"\"\\u12g4\"", 1, 6, "\\u needs four hexadecimal digits"},
        {"\"\\u12\"", 1, 6, "\\u needs four hexadecimal digits"},
        {"\"\\u0000\"", 1, 8, "a string with a NUL, \\u0000"},
        {"\"\\ud800\"", 1, 8, "half of a surrogate pair"},
        {"\"\\udc00\\ud800\"", 1, 8, "half of a surrogate pair"},
        {"\"\\ud800\\u0041\"", 1, 14, "half of a surrogate pair"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        size_t line;
        size_t column;
        const char *why = mistake_in(cases[i].bytes, &arena, &line, &column);
        if (!why || strcmp(why, cases[i].why) != 0)
            fail_msg("%s: %s", cases[i].bytes, why ? why : "was read");
        if (line != cases[i].line || column != cases[i].column)
            fail_msg("%s: at %zu:%zu", cases[i].bytes, line, column);
    }
    arena_release(&arena);
}

static void nesting_ends_at_64_levels(void **state)
{
    (void)state;
    char bytes[131] = {0};
    struct arena arena = {0};
    size_t line;
    size_t column;
    memset(bytes, '[', 64);
    memset(bytes + 64, ']', 64);
    assert_null(mistake_in(bytes, &arena, &line, &column));
    memset(bytes, '[', 65);
    memset(bytes + 65, ']', 65);
    assert_string_equal(mistake_in(bytes, &arena, &line, &column),
                        "values nested in more than 64 levels");
    assert_int_equal(column, 65);
    arena_release(&arena);
}

static void a_scanner_stays_at_its_first_mistake(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct json_scan scan = scan_of("[1, 2]", &arena);
    const char *string;
    double number;
    struct text raw;
    assert_true(json_scan_array(&scan));
    assert_true(json_scan_next_item(&scan));
    assert_false(json_scan_string(&scan, &string));
    assert_string_equal(scan.why, "expected a string in double quotes");
    assert_false(json_scan_number(&scan, &number));
    assert_false(json_scan_skip(&scan, &raw));
    assert_false(json_scan_next_item(&scan));
    assert_false(json_scan_array(&scan));
    assert_false(json_scan_end(&scan));
    assert_string_equal(scan.why, "expected a string in double quotes");
    assert_int_equal(json_scan_column(&scan), 2);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_of_objects_is_pulled_value_by_value),
        cmocka_unit_test(values_of_every_kind_are_skipped),
        cmocka_unit_test(mistakes_have_a_cause_and_a_place),
        cmocka_unit_test(nesting_ends_at_64_levels),
        cmocka_unit_test(a_scanner_stays_at_its_first_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
