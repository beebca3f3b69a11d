// SPDX-License-Identifier: GPL-3.0-or-later
/* Problems as values: several at a time, their texts, and the nearest name. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/memory.h"

static void check_text(const struct err *err, size_t i, const char *expected)
{
    char *text = problem_text(&err->problems[i]);
    assert_string_equal(text, expected);
    free(text);
}

static void several_problems_are_kept_in_order(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(err_ok(&err));
    err_warn(&err, "/job/work", "%d s is shorter than a checkpoint", 3);
    assert_true(err_ok(&err)); /* a warning lets the run go on */
    for (int i = 0; i < 40; i++)
        assert_false(err_add(&err, "/failures", "bad row %d", i));
    assert_false(err_ok(&err));
    assert_int_equal(err.n_problems, 41);
    assert_int_equal(err.n_errors, 40);
    assert_int_equal(err.problems[0].severity, SEVERITY_WARNING);
    assert_int_equal(err.problems[40].severity, SEVERITY_ERROR);
    check_text(&err, 0, "/job/work: 3 s is shorter than a checkpoint");
    check_text(&err, 40, "/failures: bad row 39");
    err_release(&err);
    assert_true(err_ok(&err));
    assert_int_equal(err.n_problems, 0);
}

static void text_has_place_pointer_message_and_hint(void **state)
{
    (void)state;
    struct err err = {0};
    err_add(&err, NULL, "no scenario");
    check_text(&err, 0, "no scenario");
    err_add(&err, "", "not an object");
    check_text(&err, 1, "not an object");
    err_add(&err, "/checkpoint/intervl", "unknown key");
    err_hint(&err, "did you mean '%s'?", "internal");
    err_hint(&err, "did you mean '%s'?", "interval"); /* the last one counts */
    err_place(&err, "%s:%d:%d", "a.json", 7, 12);
    check_text(&err, 2, "a.json:7:12: /checkpoint/intervl: unknown key; did you mean 'interval'?");
    check_text(&err, 1, "not an object"); /* hint and place belong to the problem added last */
    err_release(&err);
}

static void nearest_name_is_found_through_a_slip_of_the_keyboard(void **state)
{
    (void)state;
    const char *const names[] = {"interval", "cost", "strategy", "device", "content", "mean"};
    const struct {
        const char *text;
        const char *nearest;
    } cases[] = {
        {"intervl", "interval"},
        {"intreval", "interval"},
        {"Interval", "interval"},
        {"intervals", "interval"},
        {"costs", "cost"},
        {"csot", "cost"},
        {"stratgey", "strategy"},
        {"mena", "mean"},
        {"contents", "content"},
        {"interval", "interval"},
        {"speed", NULL},
        {"x", NULL},
        {"", NULL},
        {"frequency", NULL},
        {"period", NULL},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        const char *nearest = err_nearest(cases[i].text, names, MEM_COUNT(names));
        if (!cases[i].nearest)
            assert_null(nearest);
        else {
            assert_non_null(nearest);
            assert_string_equal(nearest, cases[i].nearest);
        }
    }
    assert_null(err_nearest("interval", NULL, 0));
}

static void nearest_name_survives_very_long_texts(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const char *const names[] = {"interval", text};
    /* No distance is measured beyond 63 letters: nothing is suggested, nothing breaks. */
    assert_null(err_nearest(text, names, 1));
    (void)err_nearest("interval", names, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_problems_are_kept_in_order),
        cmocka_unit_test(text_has_place_pointer_message_and_hint),
        cmocka_unit_test(nearest_name_is_found_through_a_slip_of_the_keyboard),
        cmocka_unit_test(nearest_name_survives_very_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
