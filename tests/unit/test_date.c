// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support.h"

static double seconds_of(const char *pattern_text, const char *text)
{
    struct date_pattern pattern;
    const char *why = NULL;
    double seconds = -1;
    if (!date_pattern_read(pattern_text, &pattern, &why) ||
        !date_read(&pattern, text, &seconds, &why))
        fail_msg("%s, %s: %s", pattern_text, text, why);
    assert_null(why);
    return seconds;
}

static void known_days_have_known_numbers(void **state)
{
    (void)state;
    assert_int_equal(date_days(1970, 1, 1), 0);
    assert_int_equal(date_days(1969, 12, 31), -1);
    assert_int_equal(date_days(2000, 2, 29), 11016);
    assert_int_equal(date_days(2000, 3, 1), 11017);
    assert_int_equal(date_days(1600, 2, 29), -135081);
    assert_int_equal(date_days(0, 3, 1), -719468);
    assert_int_equal(date_days(9999, 12, 31), 2932896);
}

static void every_day_follows_the_one_before(void **state)
{
    (void)state;
    int64_t expected = date_days(1, 1, 1);
    for (int year = 1; year <= 2401; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= date_month_days(year, month); day++)
                assert_int_equal(date_days(year, month, day), expected++);
}

static void every_fourth_year_is_leap_but_three_centuries_in_four(void **state)
{
    (void)state;
    static const struct {
        int year, days;
    } cases[] = {{2023, 28}, {2024, 29}, {1900, 28}, {2000, 29}, {2100, 28}, {0, 29}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(date_month_days(cases[i].year, 2), cases[i].days);
}

static void patterns_of_many_files_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        double seconds;
    } cases[] = {
        {"M/D/YYYY H:MM", "6/21/2005 10:54", 1119351240},
        {"M/D/YYYY H:MM", "12/1/2005 0:05", 1133395500},
        {"YYYY-MM-DD HH:MM:SS", "2017-04-09 21:36:19", 1491773779},
        {"YYYY-MM-DD HH:MM:SS", "1969-12-31 23:59:58.75", -1.25},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12-0500", 1546630872},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12.5+05:30", 1546593072.5},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12,5+05", 1546594872.5},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12.250000000000000000001Z", 1546612872.25},
        {"YYYY-MM-DD-HH.MM.SS", "2005-06-03-15.42.50.363779", 1117813370.363779},
        {"YYYYMMDD", "20240229", 1709164800},
        {"H:MM D.M.YYYY", "7:05 3.10.1999", 938934300},
        {"D.M.YYYY  H", "3.10.1999 \t 7", 938934000},
        {"YYYY-MM-DD HH:MM:SS", "2016-12-31 23:59:60", 1483228800},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_near(seconds_of(cases[i].pattern, cases[i].text), cases[i].seconds, 1e-6);
}

/* The C library's calendar, which has other arithmetic, as the second opinion. */
static void dates_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t t = -60000000000; t < 200000000000; t += 97654321) {
        time_t seconds = (time_t)t;
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        char text[64];
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d", tm.tm_year + 1900,
                       tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_near(seconds_of("YYYY-MM-DD HH:MM:SS", text), (double)t, 0);
    }
}

static void wrong_dates_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text, *why;
    } cases[] = {
        {"M/D/YYYY H:MM", "2/29/2021 8:00", "no such day in this month"},
        {"M/D/YYYY H:MM", "13/1/2021 8:00", "the month is not 1 to 12"},
        {"M/D/YYYY H:MM", "0/1/2021 8:00", "the month is not 1 to 12"},
        {"M/D/YYYY H:MM", "1/32/2021 8:00", "the day is not 1 to 31"},
        {"M/D/YYYY H:MM", "1/0/2021 8:00", "the day is not 1 to 31"},
        {"M/D/YYYY H:MM", "1/1/2021 24:00", "the hour is not 0 to 23"},
        {"M/D/YYYY H:MM", "1/1/2021 8:60", "the minute is not 0 to 59"},
        {"YYYY-MM-DD HH:MM:SS", "2021-01-01 08:00:61", "the second is not 0 to 60"},
        {"M/D/YYYY H:MM", "1/1/2021", "it ends early"},
        {"M/D/YYYY H:MM", "", "it ends early"},
        {"M/D/YYYY H:MM", "1/1/2021 8:5", "it does not match the pattern"},
        {"M/D/YYYY H:MM", "1/1/21 8:05", "it does not match the pattern"},
        {"M/D/YYYY H:MM", "1-1-2021 8:05", "it does not match the pattern"},
        {"M/D/YYYY H:MM", "1/1/20218:05", "it does not match the pattern"},
        {"M/D/YYYY H:MM", "1/1/2021 8:05 PM", "text follows it that the pattern does not have"},
        {"M/D/YYYY H:MM", "1/123/2021 8:05", "it does not match the pattern"},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12", "it ends early"},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12 EST",
         "no offset from UTC (Z, +hh, +hhmm or +hh:mm)"},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12+5",
         "its offset from UTC is not Z, +hh, +hhmm or +hh:mm"},
        {"YYYY-MM-DDTHH:MM:SSZ", "2019-01-04T14:41:12+24:00",
         "its offset from UTC is not Z, +hh, +hhmm or +hh:mm"},
        {"YYYY-MM-DDTHH:MM:SSZ",
         "2019-01-04T14:41:12+05:", "its offset from UTC is not Z, +hh, +hhmm or +hh:mm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct date_pattern pattern;
        const char *why = NULL;
        double seconds;
        assert_true(date_pattern_read(cases[i].pattern, &pattern, &why));
        if (date_read(&pattern, cases[i].text, &seconds, &why))
            fail_msg("'%s' was read", cases[i].text);
        assert_string_equal(why, cases[i].why);
    }
}

static void wrong_patterns_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *why;
    } cases[] = {
        {"", "it needs a year (YYYY), a month (M or MM) and a day (D or DD)"},
        {"H:MM", "it needs a year (YYYY), a month (M or MM) and a day (D or DD)"},
        {"M/YYYY", "it needs a year (YYYY), a month (M or MM) and a day (D or DD)"},
        {"M/D/YYYY H SS", "it has seconds but no minutes (MM, after the hour)"},
        {"D/D/YYYY", "a part stands in it twice"},
        {"YYYY/MM/DD MM", "a part stands in it twice"},
        {"YYYY-MM-DD////////////////////", "it is too long"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct date_pattern pattern;
        const char *why = NULL;
        if (date_pattern_read(cases[i].pattern, &pattern, &why))
            fail_msg("'%s' was read", cases[i].pattern);
        assert_string_equal(why, cases[i].why);
    }
}

static void parts_of_other_notations_are_refused(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "yyyy-mm-dd",  "%Y-%m-%d",    "MMM D YYYY",    "M/D/YY",
        "DDD.MM.YYYY", "YYYYY-MM-DD", "YYYY-MM-DD ZZ", "YYYY-MM-DD 8",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct date_pattern pattern;
        const char *why = NULL;
        if (date_pattern_read(patterns[i], &pattern, &why))
            fail_msg("'%s' was read", patterns[i]);
        assert_non_null(strstr(why, "a part is none of YYYY M MM D DD H HH S SS Z"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_have_known_numbers),
        cmocka_unit_test(every_day_follows_the_one_before),
        cmocka_unit_test(every_fourth_year_is_leap_but_three_centuries_in_four),
        cmocka_unit_test(patterns_of_many_files_are_read),
        cmocka_unit_test(dates_agree_with_the_c_library),
        cmocka_unit_test(wrong_dates_say_what_is_wrong),
        cmocka_unit_test(wrong_patterns_say_what_is_wrong),
        cmocka_unit_test(parts_of_other_notations_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
