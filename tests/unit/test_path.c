// SPDX-License-Identifier: GPL-3.0-or-later
/* Names of files as text. */
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "scenario/path.h"
#include "support.h"

static void folders_are_cut_off(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(path_folder(&arena, "a.json"), "");
    assert_string_equal(path_folder(&arena, "x/y/a.json"), "x/y");
    assert_string_equal(path_folder(&arena, "/a.json"), "/");
    assert_string_equal(path_folder(&arena, "../a.json"), "..");
    arena_release(&arena);
}

static void paths_are_joined(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(path_join(&arena, "", "a/b"), "a/b");
    assert_string_equal(path_join(&arena, "x", "../b"), "x/../b");
    assert_string_equal(path_join(&arena, "/", "b"), "/b");
    assert_string_equal(path_join(&arena, "x", "/b"), "/b");
    arena_release(&arena);
}

static void dots_are_simplified(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a/b", "a/b"},
        {"./a//b/.", "a/b"},
        {"a/../b", "b"},
        {"a/b/../../c", "c"},
        {"../a", "../a"},
        {"../../a", "../../a"},
        {"a/../../b", "../b"},
        {"/..", "/"},
        {"/a/../../b", "/b"},
        {"/a/b/..", "/a"},
        {"a/..", ""},
        {"", ""},
        {"a/b/../c/../d", "a/d"},
        {"..a/b", "..a/b"},
        {"a/../..", ".."},
        {"//a", "/a"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < MEM_COUNT(cases); i++)
        assert_string_equal(path_simplify(&arena, cases[i][0]), cases[i][1]);
    arena_release(&arena);
}

static void paths_are_seen_from_a_folder(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(path_seen_from(&arena, "", "a.csv"), "a.csv");
    assert_string_equal(path_seen_from(&arena, "./", "a.csv"), "a.csv");
    assert_string_equal(path_seen_from(&arena, "x", "a.csv"), "../a.csv");
    assert_string_equal(path_seen_from(&arena, "x/y/z", "d/a.csv"), "../../../d/a.csv");
    assert_string_equal(path_seen_from(&arena, "x", "/a.csv"), "/a.csv");
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    const char *absolute = path_join(&arena, here, "a.csv");
    assert_string_equal(path_seen_from(&arena, "..", "a.csv"), absolute);
    assert_string_equal(path_seen_from(&arena, "/x", "a.csv"), absolute);
    assert_string_equal(path_seen_from(&arena, "..x", "a.csv"), "../a.csv");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_cut_off),
        cmocka_unit_test(paths_are_joined),
        cmocka_unit_test(dots_are_simplified),
        cmocka_unit_test(paths_are_seen_from_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
