// SPDX-License-Identifier: GPL-3.0-or-later
/* Quantities with units: what is read, what is refused and why, and how they are written. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"

struct reading {
    const char *text;
    double value;
};

static void check_readings(enum dimension dimension, const struct reading *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = (double)NAN;
        const char *why = NULL;
        if (!units_read(cases[i].text, dimension, &value, &why))
            fail_msg("\"%s\" is refused: %s", cases[i].text, why);
        assert_same_double(value, cases[i].value);
    }
}

static void plain_numbers_may_carry_a_multiplier_or_percent(void **state)
{
    (void)state;
    const struct reading cases[] = {
        {"3", 3},     {"5M", 5e6},   {"5 M", 5e6},     {"2.385k", 2385},   {"1.5G", 1.5e9},
        {"7T", 7e12}, {"20 %", 0.2}, {"5%", 0.05},     {"-0.5", -0.5},     {"+4", 4},
        {".5", 0.5},  {"5.", 5},     {"1e3", 1000},    {"2.5E-3", 0.0025}, {" 7\t", 7},
        {"0", 0},     {"1e-400", 0}, {"1e308", 1e308}, {"1e2k", 1e5},      {"0007", 7},
    };
    check_readings(DIMENSION_NONE, cases, MEM_COUNT(cases));
}

static void every_unit_of_time_is_read(void **state)
{
    (void)state;
    const struct reading cases[] = {
        {"90 s", 90},       {"90s", 90},       {"1.5 ms", 0.0015}, {"100 us", 1e-4},
        {"3 ns", 3e-9},     {"5 min", 300},    {"2.5 h", 9000},    {"1 d", 86400},
        {"2 w", 1209600},   {"1 y", 31536000}, {"  60   s  ", 60}, {"-3 min", -180},
        {"0.1 ms", 0.0001}, {"1e3 s", 1000},   {"60\ts", 60},      {"0.3 us", 3e-7},
    };
    check_readings(DIMENSION_TIME, cases, MEM_COUNT(cases));
}

static void decimal_and_binary_prefixes_of_bytes_differ(void **state)
{
    (void)state;
    const struct reading cases[] = {
        {"512 B", 512},        {"1 kB", 1e3},     {"1 MB", 1e6},     {"1 GB", 1e9},
        {"1 TB", 1e12},        {"1 PB", 1e15},    {"1 KiB", 1024},   {"1 MiB", 1048576},
        {"1 GiB", 1073741824}, {"1 TiB", 0x1p40}, {"1 PiB", 0x1p50}, {"1.5GiB", 1610612736},
    };
    check_readings(DIMENSION_BYTES, cases, MEM_COUNT(cases));
}

static void rates_and_bandwidths_are_read_per_second(void **state)
{
    (void)state;
    const struct reading rates[] = {
        {"5 /s", 5},           {"20k/s", 20e3}, {"3 /min", 0.05}, {"1 /h", 1.0 / 3600},
        {"2 /d", 2.0 / 86400}, {"1M/s", 1e6},   {"7/s", 7},       {"4 / s", 4},
        {"6 k /s", 6000},      {"6k/min", 100}, {"2 /ms", 2000},  {"1 /y", 1.0 / 31536000},
    };
    const struct reading bandwidths[] = {
        {"200 MB/s", 200e6}, {"87MB/s", 87e6},     {"1 GiB/s", 0x1p30},
        {"12 B/s", 12},      {"1.5 kB / s", 1500},
    };
    check_readings(DIMENSION_RATE, rates, MEM_COUNT(rates));
    check_readings(DIMENSION_BANDWIDTH, bandwidths, MEM_COUNT(bandwidths));
}

static void refusals_say_what_to_write(void **state)
{
    (void)state;
    const char month[] = "a month is not a unit, it has 28 to 31 days; write \"30 d\"";
    const char time[] = "not a unit of time; they are ns, us, ms, s, min, h, d, w and y";
    const char comma[] = "not a number; the decimal separator is a point, and thousands have none";
    const char bits[] = "bits are not a unit; write bytes per second, B/s";
    const char size[] = "not a unit of size; they are B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB "
                        "and PiB";
    const struct {
        const char *text;
        enum dimension dimension;
        const char *why;
    } cases[] = {
        {"60", DIMENSION_TIME, "no unit; write it as \"60 s\", for instance"},
        {"4", DIMENSION_BYTES, "no unit; write it as \"4 GiB\", for instance"},
        {"20", DIMENSION_RATE, "no unit; write it as \"20 /s\", for instance"},
        {"200", DIMENSION_BANDWIDTH, "no unit; write it as \"200 MB/s\", for instance"},
        {"1 month", DIMENSION_TIME, month},
        {"2 mo", DIMENSION_TIME, month},
        {"1 M", DIMENSION_TIME, "M is neither minutes nor months; write \"30 min\" or \"30 d\""},
        {"3 m", DIMENSION_TIME, time},
        {"3 sec", DIMENSION_TIME, time},
        {"3 S", DIMENSION_TIME, time},
        {"3 s x", DIMENSION_TIME, time},
        {"60 MB", DIMENSION_RATE,
         "not a unit of a rate; write \"20 /s\", \"20k/s\", \"3 /min\", \"1 /h\" or \"2 /d\""},
        {"5 msg/s", DIMENSION_RATE,
         "not a unit of a rate; write \"20 /s\", \"20k/s\", \"3 /min\", \"1 /h\" or \"2 /d\""},
        {"5 /month", DIMENSION_RATE,
         "not a unit of a rate; write \"20 /s\", \"20k/s\", \"3 /min\", \"1 /h\" or \"2 /d\""},
        {"60 s", DIMENSION_BYTES, size},
        {"60 K", DIMENSION_BYTES, size},
        {"60 Mbit", DIMENSION_BYTES, "bits are not a unit; write bytes, B"},
        {"100 Mb/s", DIMENSION_BANDWIDTH, bits},
        {"10 Gbps", DIMENSION_BANDWIDTH, bits},
        {"10 Gbit/s", DIMENSION_BANDWIDTH, bits},
        {"10 MB", DIMENSION_BANDWIDTH,
         "not a unit of bandwidth; it is a unit of size with /s, \"200 MB/s\""},
        {"10 MB/h", DIMENSION_BANDWIDTH,
         "not a unit of bandwidth; it is a unit of size with /s, \"200 MB/s\""},
        {"3 s", DIMENSION_NONE, "this is a plain number; after it only k, M, G, T or % may stand"},
        {"3 4", DIMENSION_NONE, "this is a plain number; after it only k, M, G, T or % may stand"},
        {"5 %", DIMENSION_TIME, time},
        {"0x10", DIMENSION_NONE, "hexadecimal numbers are not accepted"},
        {"0x1p3 s", DIMENSION_TIME, "hexadecimal numbers are not accepted"},
        {"1,000", DIMENSION_NONE, comma},
        {"1,5 s", DIMENSION_TIME, comma},
        {"1.2.3", DIMENSION_NONE, comma},
        {"inf", DIMENSION_NONE, "infinity is not a quantity"},
        {"-Infinity", DIMENSION_TIME, "infinity is not a quantity"},
        {"nan", DIMENSION_NONE, "not a number"},
        {"NaN s", DIMENSION_TIME, "not a number"},
        {"1e400", DIMENSION_NONE, "too large"},
        {"-1e400 s", DIMENSION_TIME, "too large"},
        {"1e308 y", DIMENSION_TIME, "too large"},
        {"", DIMENSION_NONE, "no number"},
        {"  ", DIMENSION_TIME, "no number"},
        {"s", DIMENSION_TIME, "does not begin with a number"},
        {"soon", DIMENSION_TIME, "does not begin with a number"},
        {"--3", DIMENSION_NONE, "does not begin with a number"},
        {".", DIMENSION_NONE, "does not begin with a number"},
        {"e5", DIMENSION_NONE, "does not begin with a number"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        double value = 2.385;
        const char *why = NULL;
        if (units_read(cases[i].text, cases[i].dimension, &value, &why))
            fail_msg("\"%s\" is read as %g", cases[i].text, value);
        if (strcmp(why, cases[i].why) != 0)
            fail_msg("\"%s\": \"%s\" instead of \"%s\"", cases[i].text, why, cases[i].why);
        assert_same_double(value, 2.385); /* untouched */
    }
}

static void quantities_are_written_with_the_unit_that_reads_best(void **state)
{
    (void)state;
    const struct {
        double value;
        enum dimension dimension;
        int digits;
        const char *text;
    } cases[] = {
        {7200, DIMENSION_TIME, 4, "2 h"},
        {3600, DIMENSION_TIME, 4, "1 h"},
        {60, DIMENSION_TIME, 4, "1 min"},
        {90, DIMENSION_TIME, 4, "90 s"},
        {5400, DIMENSION_TIME, 4, "90 min"},
        {86400, DIMENSION_TIME, 4, "1 d"},
        {129600, DIMENSION_TIME, 4, "36 h"},
        {2592000, DIMENSION_TIME, 4, "30 d"},
        {31536000, DIMENSION_TIME, 4, "1 y"},
        {3942000000, DIMENSION_TIME, 4, "125 y"},
        {0.0015, DIMENSION_TIME, 4, "1.5 ms"},
        {1.5, DIMENSION_TIME, 4, "1.5 s"},
        {2.5e-8, DIMENSION_TIME, 4, "25 ns"},
        {3e-12, DIMENSION_TIME, 4, "0.003 ns"},
        {0.99996, DIMENSION_TIME, 4, "1 s"},
        {59.9999, DIMENSION_TIME, 3, "1 min"},
        {90, DIMENSION_TIME, 1, "90 s"},
        {-7200, DIMENSION_TIME, 4, "-2 h"},
        {0, DIMENSION_TIME, 4, "0 s"},
        {9786.32819, DIMENSION_TIME, 4, "2.718 h"},
        {4724464025.6, DIMENSION_BYTES, 4, "4.4 GiB"},
        {0x1p32, DIMENSION_BYTES, 3, "4 GiB"},
        {87e6, DIMENSION_BYTES, 4, "87 MB"},
        {100, DIMENSION_BYTES, 4, "100 B"},
        {123456789, DIMENSION_BYTES, 3, "123 MB"},
        {0, DIMENSION_BYTES, 3, "0 B"},
        {0.5, DIMENSION_BYTES, 3, "0.5 B"},
        {200e6, DIMENSION_BANDWIDTH, 4, "200 MB/s"},
        {0x1p30, DIMENSION_BANDWIDTH, 4, "1 GiB/s"},
        {20e3, DIMENSION_RATE, 4, "20k/s"},
        {1.5e6, DIMENSION_RATE, 4, "1.5M/s"},
        {3e9, DIMENSION_RATE, 4, "3G/s"},
        {1500, DIMENSION_RATE, 4, "1500 /s"},
        {5, DIMENSION_RATE, 4, "5 /s"},
        {0.05, DIMENSION_RATE, 4, "3 /min"},
        {1.0 / 3600, DIMENSION_RATE, 4, "1 /h"},
        {2.0 / 86400, DIMENSION_RATE, 4, "2 /d"},
        {1e-9, DIMENSION_RATE, 3, "0.0315 /y"},
        {0, DIMENSION_RATE, 3, "0 /s"},
        {0.0412345, DIMENSION_NONE, 3, "0.0412"},
        {5e6, DIMENSION_NONE, 4, "5000000"},
        {100, DIMENSION_NONE, 2, "100"},
        {0.1, DIMENSION_NONE, 17, "0.10000000000000001"},
        {1e20, DIMENSION_NONE, 4, "1e+20"},
        {(double)INFINITY, DIMENSION_TIME, 4, "inf"},
        {-(double)INFINITY, DIMENSION_NONE, 4, "-inf"},
        {(double)NAN, DIMENSION_BYTES, 4, "nan"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        char buffer[UNITS_TEXT];
        assert_string_equal(
            units_write(cases[i].value, cases[i].dimension, cases[i].digits, buffer),
            cases[i].text);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const enum dimension dimensions[] = {DIMENSION_NONE, DIMENSION_TIME, DIMENSION_BYTES,
                                         DIMENSION_RATE, DIMENSION_BANDWIDTH};
    for (size_t d = 0; d < MEM_COUNT(dimensions); d++)
        for (int digits = 1; digits <= 17; digits++)
            for (double value = 2.385e-14; value < 1e22; value *= 7.77) {
                char buffer[UNITS_TEXT];
                double back;
                const char *why;
                (void)units_write(value, dimensions[d], digits, buffer);
                assert_true(units_read(buffer, dimensions[d], &back, &why));
                double rounding = 0.5 * pow(10, 1 - digits) + 8 * DBL_EPSILON;
                assert_near(back / value, 1, rounding);
            }
    char buffer[UNITS_TEXT];
    assert_true(strlen(units_write(-DBL_MAX, DIMENSION_BYTES, 17, buffer)) < UNITS_TEXT);
    assert_true(strlen(units_write(-DBL_MIN / 3, DIMENSION_RATE, 17, buffer)) < UNITS_TEXT);
}

/* The examples of the messages are themselves right. */
static void base_units_and_examples_can_be_read(void **state)
{
    (void)state;
    assert_string_equal(units_base(DIMENSION_NONE), "1");
    assert_string_equal(units_base(DIMENSION_TIME), "s");
    assert_string_equal(units_base(DIMENSION_BYTES), "B");
    assert_string_equal(units_base(DIMENSION_RATE), "1/s");
    assert_string_equal(units_base(DIMENSION_BANDWIDTH), "B/s");
    const enum dimension dimensions[] = {DIMENSION_NONE, DIMENSION_TIME, DIMENSION_BYTES,
                                         DIMENSION_RATE, DIMENSION_BANDWIDTH};
    for (size_t d = 0; d < MEM_COUNT(dimensions); d++) {
        const char *quote = strchr(units_example(dimensions[d]), '"');
        assert_non_null(quote);
        char example[UNITS_TEXT];
        (void)snprintf(example, sizeof example, "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
        double value;
        const char *why;
        assert_true(units_read(example, dimensions[d], &value, &why));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_may_carry_a_multiplier_or_percent),
        cmocka_unit_test(every_unit_of_time_is_read),
        cmocka_unit_test(decimal_and_binary_prefixes_of_bytes_differ),
        cmocka_unit_test(rates_and_bandwidths_are_read_per_second),
        cmocka_unit_test(refusals_say_what_to_write),
        cmocka_unit_test(quantities_are_written_with_the_unit_that_reads_best),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(base_units_and_examples_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
