// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "support.h"

static struct text text_of(const char *bytes)
{
    return (struct text){bytes, strlen(bytes)};
}

/* Asserts that a line splits into the fields given, up to NULL. */
static void assert_fields(const char *line, char separator, const char *const *expected)
{
    struct text_fields fields = {0};
    struct text_mistake mistake = {0};
    struct text_line whole = {line, strlen(line), 1};
    if (!text_split(&whole, separator, &fields, &mistake))
        fail_msg("[%s]: %s", line, mistake.why);
    size_t n = 0;
    for (; expected[n]; n++) {
        assert_true(n < fields.n);
        assert_string_equal(fields.items[n].text, expected[n]);
    }
    assert_int_equal(fields.n, n);
    text_fields_release(&fields);
}

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void lines_end_in_every_usual_way(void **state)
{
    (void)state;
    struct text_reader reader = text_reader_start(text_of("\xef\xbb\xbf"
                                                          "one\r\n\ntwo\nthree"));
    static const char *const expected[] = {"one", "", "two", "three"};
    struct text_line line;
    for (size_t i = 0; i < 4; i++) {
        assert_true(text_next_line(&reader, &line));
        assert_int_equal(line.number, i + 1);
        assert_int_equal(line.length, strlen(expected[i]));
        assert_memory_equal(line.start, expected[i], line.length);
    }
    assert_false(text_next_line(&reader, &line));
    assert_false(text_next_line(&reader, &line));
}

static void a_final_newline_starts_no_line(void **state)
{
    (void)state;
    struct text_reader reader = text_reader_start(text_of(" \t\r\n"));
    struct text_line line;
    assert_true(text_next_line(&reader, &line));
    assert_true(text_line_is_blank(&line));
    assert_false(text_next_line(&reader, &line));
}

static void separated_fields_may_be_quoted_or_empty(void **state)
{
    (void)state;
    assert_fields("a,b,c", ',', FIELDS("a", "b", "c"));
    assert_fields(" a , b b ,", ',', FIELDS("a", "b b", ""));
    assert_fields("", ',', FIELDS(""));
    assert_fields(",", ',', FIELDS("", ""));
    assert_fields("\"x, y\",\"\", \"say \"\"no\"\"\" ,z", ',',
                  FIELDS("x, y", "", "say \"no\"", "z"));
    assert_fields("5\" disk,rack", ',', FIELDS("5\" disk", "rack"));
    assert_fields("a\t\t b\t\"c\td\"", '\t', FIELDS("a", "", "b", "c\td"));
    assert_fields("a;b,c", ';', FIELDS("a", "b,c"));
}

static void aligned_fields_are_split_at_runs_of_blanks(void **state)
{
    (void)state;
    assert_fields("  12 \t alpha\tfail  ", TEXT_BLANKS, FIELDS("12", "alpha", "fail"));
    assert_fields("\"a b\"", TEXT_BLANKS, FIELDS("\"a", "b\""));
    assert_fields("one", TEXT_BLANKS, FIELDS("one"));
}

static void fields_know_their_columns(void **state)
{
    (void)state;
    struct text_fields fields = {0};
    struct text_mistake mistake;
    struct text_line line = {"ab, c,\"d\"\"e\",f", 14, 1};
    assert_true(text_split(&line, ',', &fields, &mistake));
    static const size_t columns[] = {1, 5, 7, 14};
    assert_int_equal(fields.n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fields.items[i].column, columns[i]);
    line = (struct text_line){"  12  alpha", 11, 2};
    assert_true(text_split(&line, TEXT_BLANKS, &fields, &mistake));
    assert_int_equal(fields.items[0].column, 3);
    assert_int_equal(fields.items[1].column, 7);
    text_fields_release(&fields);
}

static void lines_in_disorder_are_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t length, column;
        const char *why;
    } cases[] = {
        {"a,\"b", 4, 3, "a field in quotes does not end on its line"},
        {"a,\"b\"\"", 6, 3, "a field in quotes does not end on its line"},
        {"a,\"", 3, 3, "a field in quotes does not end on its line"},
        {"\"a\"b,c", 6, 1, "text follows a closing quote; write a quote inside quotes twice"},
        {"ab\0c", 4, 3, "the line holds a NUL byte"},
    };
    struct text_fields fields = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text_line line = {cases[i].line, cases[i].length, 1};
        struct text_mistake mistake = {0};
        assert_false(text_split(&line, ',', &fields, &mistake));
        assert_string_equal(mistake.why, cases[i].why);
        assert_int_equal(mistake.column, cases[i].column);
    }
    text_fields_release(&fields);
}

static void a_line_may_have_64_kib_and_no_byte_more(void **state)
{
    (void)state;
    char *bytes = mem_alloc(TEXT_LINE_MAX + 1, 1);
    memset(bytes, 'x', TEXT_LINE_MAX + 1);
    struct text_line line = {bytes, TEXT_LINE_MAX, 1};
    struct text_fields fields = {0};
    struct text_mistake mistake = {0};
    assert_true(text_split(&line, ',', &fields, &mistake));
    assert_int_equal(strlen(fields.items[0].text), TEXT_LINE_MAX);
    line.length++;
    assert_false(text_split(&line, ',', &fields, &mistake));
    assert_string_equal(mistake.why, "the line is longer than 64 KiB");
    memset(bytes, ',', TEXT_LINE_MAX);
    line.length = TEXT_LINE_MAX;
    assert_true(text_split(&line, ',', &fields, &mistake));
    assert_int_equal(fields.n, TEXT_LINE_MAX + 1);
    text_fields_release(&fields);
    free(bytes);
}

static void only_decimal_numbers_are_numbers(void **state)
{
    (void)state;
    double value = 0;
    assert_true(text_read_number("-12.385e2", &value));
    assert_same_double(value, -1238.5);
    assert_true(text_read_number("+.5", &value));
    assert_same_double(value, 0.5);
    static const char *const others[] = {"",    "x",   "1x",  "0x10", "inf", "nan", "1e999",
                                         "1 2", "1,5", "--1", "1e",   "e5",  "."};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (text_read_number(others[i], &value))
            fail_msg("'%s' was read", others[i]);
}

static void excerpts_are_short_and_safe_to_show(void **state)
{
    (void)state;
    char buffer[TEXT_EXCERPT];
    assert_string_equal(text_excerpt("caf\xc3\xa9", buffer), "caf\xc3\xa9");
    assert_string_equal(text_excerpt("a\033[31m\x93\xc3", buffer), "a?[31m??");
    assert_string_equal(text_excerpt("\xe0\x80\x80\xed\xa0\x80\xf4\x90\x80\x80", buffer),
                        "??????????");
    assert_string_equal(text_excerpt("123456789 123456789 123456789 123456789 1234567", buffer),
                        "123456789 123456789 123456789 123456789 1234567");
    assert_string_equal(text_excerpt("123456789 123456789 123456789 123456789 12345678", buffer),
                        "123456789 123456789 123456789 123456789 1234...");
    assert_string_equal(
        text_excerpt("123456789 123456789 123456789 123456789 123\xc3\xa9 89", buffer),
        "123456789 123456789 123456789 123456789 123...");
}

/* A file of its own for a test. */
static char *write_file(const char *bytes, size_t length)
{
    char *path = mem_strdup("/tmp/ckptsim-text-XXXXXX");
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

struct reading {
    struct arena arena;
    struct err err;
    struct field_context context;
};

static void reading_start(struct reading *reading, struct text_cache *texts)
{
    *reading = (struct reading){0};
    reading->context = (struct field_context){
        .arena = &reading->arena, .err = &reading->err, .pointer = "/trace", .texts = texts};
}

static void reading_end(struct reading *reading)
{
    err_release(&reading->err);
    arena_release(&reading->arena);
}

/* Asserts that reading fails with this text, %s for the path. */
static void assert_refused(const char *path, const char *format)
{
    struct reading reading;
    reading_start(&reading, NULL);
    struct text text;
    assert_false(text_read_file(&reading.context, "/trace/file", path, &text));
    assert_int_equal(reading.err.n_errors, 1);
    char *message = problem_text(&reading.err.problems[0]);
    const char *gap = strstr(format, "%s");
    size_t before = (size_t)(gap - format);
    char *expected = mem_format("%.*s%s%s", (int)before, format, path, gap + 2);
    assert_string_equal(message, expected);
    free(expected);
    free(message);
    reading_end(&reading);
}

static void files_that_are_no_text_are_refused(void **state)
{
    (void)state;
    assert_refused("/nowhere/to/be/found.csv",
                   "/trace/file: cannot read '%s': No such file or directory");
    assert_refused("/", "/trace/file: cannot read '%s': Is a directory");
    char *path = write_file("", 0);
    assert_refused(path, "/trace/file: '%s' is empty");
    remove_file(path);
    path = write_file("\x1f\x8b\x08\0\0", 5);
    assert_refused(path, "/trace/file: '%s' is compressed by gzip; write \"-\" for the file and "
                         "pipe it in: gzip -dc FILE | ckptsim ...");
    remove_file(path);
    path = write_file("\xff\xfe"
                      "a\0",
                      4);
    assert_refused(path, "/trace/file: '%s' is UTF-16 text; write \"-\" for the file and pipe it "
                         "in: iconv -f UTF-16 -t UTF-8 FILE | ckptsim ...");
    remove_file(path);
}

static void a_file_longer_than_one_buffer_is_read_whole(void **state)
{
    (void)state;
    enum { LENGTH = 200003 };
    char *bytes = mem_alloc(LENGTH, 1);
    for (size_t i = 0; i < LENGTH; i++)
        bytes[i] = (char)('a' + i % 23);
    char *path = write_file(bytes, LENGTH);
    struct reading reading;
    reading_start(&reading, NULL);
    struct text text;
    assert_true(text_read_file(&reading.context, "", path, &text));
    assert_int_equal(text.length, LENGTH);
    assert_memory_equal(text.bytes, bytes, LENGTH);
    assert_int_equal(text.bytes[LENGTH], '\0');
    reading_end(&reading);
    remove_file(path);
    free(bytes);
}

static void a_cache_reads_each_file_once(void **state)
{
    (void)state;
    struct text_cache cache = {0};
    char *path = write_file("first", 5);
    for (int i = 0; i < 3; i++) {
        struct reading reading;
        reading_start(&reading, &cache);
        struct text text;
        assert_true(text_read_file(&reading.context, "", path, &text));
        assert_string_equal(text.bytes, "first");
        reading_end(&reading); /* the text outlives the reading, and the file */
        (void)unlink(path);
    }
    free(path);
    text_cache_release(&cache);
}

static void standard_input_reads_the_same_twice(void **state)
{
    (void)state;
    char *path = write_file("7 alpha fail\n", 13);
    assert_non_null(freopen(path, "r", stdin));
    struct text_cache cache = {0};
    for (int i = 0; i < 2; i++) {
        struct reading reading;
        reading_start(&reading, &cache);
        struct text text;
        assert_true(text_read_file(&reading.context, "", "-", &text));
        assert_string_equal(text.bytes, "7 alpha fail\n");
        reading_end(&reading);
    }
    text_cache_release(&cache);
    remove_file(path);
    assert_string_equal(text_file_name("-"), "standard input");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_every_usual_way),
        cmocka_unit_test(a_final_newline_starts_no_line),
        cmocka_unit_test(separated_fields_may_be_quoted_or_empty),
        cmocka_unit_test(aligned_fields_are_split_at_runs_of_blanks),
        cmocka_unit_test(fields_know_their_columns),
        cmocka_unit_test(lines_in_disorder_are_refused_with_the_place),
        cmocka_unit_test(a_line_may_have_64_kib_and_no_byte_more),
        cmocka_unit_test(only_decimal_numbers_are_numbers),
        cmocka_unit_test(excerpts_are_short_and_safe_to_show),
        cmocka_unit_test(files_that_are_no_text_are_refused),
        cmocka_unit_test(a_file_longer_than_one_buffer_is_read_whole),
        cmocka_unit_test(a_cache_reads_each_file_once),
        cmocka_unit_test(standard_input_reads_the_same_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
