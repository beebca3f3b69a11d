// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/units.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A factor is kept as a quotient of whole numbers, because "0.1 ms" as 0.1 / 1000 is the double
 * nearest to 0.0001, and as 0.1 * 0.001 it is not.
 */
struct unit {
    const char *name;
    double times;
    double over;
};

static const struct unit time_units[] = {
    {"s", 1, 1},    {"ms", 1, 1e3},  {"us", 1, 1e6},   {"ns", 1, 1e9},     {"min", 60, 1},
    {"h", 3600, 1}, {"d", 86400, 1}, {"w", 604800, 1}, {"y", 31536000, 1}, {NULL, 0, 0},
};

static const struct unit byte_units[] = {
    {"B", 1, 1},        {"kB", 1e3, 1},     {"MB", 1e6, 1},     {"GB", 1e9, 1},
    {"TB", 1e12, 1},    {"PB", 1e15, 1},    {"KiB", 0x1p10, 1}, {"MiB", 0x1p20, 1},
    {"GiB", 0x1p30, 1}, {"TiB", 0x1p40, 1}, {"PiB", 0x1p50, 1}, {NULL, 0, 0},
};

/* What may follow a plain number; the first is "nothing". */
static const struct unit multipliers[] = {
    {"", 1, 1}, {"k", 1e3, 1}, {"M", 1e6, 1}, {"G", 1e9, 1}, {"T", 1e12, 1}, {NULL, 0, 0},
};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The unit that is all of the `length` characters at `text`, or NULL. */
static const struct unit *find_unit(const struct unit *units, const char *text, size_t length)
{
    for (; units->name; units++)
        if (strlen(units->name) == length && strncmp(units->name, text, length) == 0)
            return units;
    return NULL;
}

/*
 * End of the decimal number at `text`, or `text` when there is none. strtod() alone would take
 * "0x1p3", "inf" and "nan" too, which nobody means to write as a quantity.
 */
static const char *number_end(const char *text)
{
    static const char digits[] = "0123456789";
    const char *at = text + (*text == '+' || *text == '-');
    size_t whole = strspn(at, digits);
    at += whole;
    size_t fraction = 0;
    if (*at == '.') {
        fraction = strspn(at + 1, digits);
        if (whole || fraction)
            at += 1 + fraction;
    }
    if (whole + fraction == 0)
        return text;
    if (*at == 'e' || *at == 'E') {
        const char *exponent = at + 1;
        exponent += *exponent == '+' || *exponent == '-';
        size_t n = strspn(exponent, digits);
        if (n)
            at = exponent + n;
    }
    return at;
}

/* Why there is no number at `text`. */
static const char *no_number(const char *text)
{
    text += *text == '+' || *text == '-';
    if (strncmp(text, "inf", 3) == 0 || strncmp(text, "Inf", 3) == 0 ||
        strncmp(text, "INF", 3) == 0)
        return "infinity is not a quantity";
    if (strncmp(text, "nan", 3) == 0 || strncmp(text, "NaN", 3) == 0 ||
        strncmp(text, "NAN", 3) == 0)
        return "not a number";
    return *text ? "does not begin with a number" : "no number";
}

static const char *no_unit(enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_TIME:
        return "no unit; write it as \"60 s\", for instance";
    case DIMENSION_BYTES:
        return "no unit; write it as \"4 GiB\", for instance";
    case DIMENSION_RATE:
        return "no unit; write it as \"20 /s\", for instance";
    case DIMENSION_BANDWIDTH:
        return "no unit; write it as \"200 MB/s\", for instance";
    case DIMENSION_NONE:
    case DIMENSION_INHERIT:
        break;
    }
    return "no unit";
}

/* Why `unit` is none of the dimension's; bits, months and commas are the usual slips. */
static const char *bad_unit(const char *unit, enum dimension dimension)
{
    if (*unit == ',' || *unit == '.')
        return "not a number; the decimal separator is a point, and thousands have none";
    if (*unit == 'x' || *unit == 'X')
        return "hexadecimal numbers are not accepted";
    bool bits = strstr(unit, "bit") || strstr(unit, "bps") || strstr(unit, "b/s");
    switch (dimension) {
    case DIMENSION_NONE:
        return "this is a plain number; after it only k, M, G, T or % may stand";
    case DIMENSION_TIME:
        if (strncmp(unit, "mo", 2) == 0)
            return "a month is not a unit, it has 28 to 31 days; write \"30 d\"";
        if (*unit == 'M')
            return "M is neither minutes nor months; write \"30 min\" or \"30 d\"";
        return "not a unit of time; they are ns, us, ms, s, min, h, d, w and y";
    case DIMENSION_BYTES:
        return bits ? "bits are not a unit; write bytes, B"
                    : "not a unit of size; they are B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB and "
                      "PiB";
    case DIMENSION_RATE:
        return "not a unit of a rate; write \"20 /s\", \"20k/s\", \"3 /min\", \"1 /h\" or "
               "\"2 /d\"";
    case DIMENSION_BANDWIDTH:
        return bits ? "bits are not a unit; write bytes per second, B/s"
                    : "not a unit of bandwidth; it is a unit of size with /s, \"200 MB/s\"";
    case DIMENSION_INHERIT:
        break;
    }
    return "not a unit";
}

/* Multiplies *value by the unit at text[0..length); false when it is none of the dimension's. */
static bool apply_unit(const char *text, size_t length, enum dimension dimension, double *value)
{
    const struct unit *unit = NULL;
    const struct unit *per = &time_units[0];
    const char *slash = memchr(text, '/', length);
    if (dimension == DIMENSION_NONE && length == 1 && *text == '%') {
        *value /= 100;
        return true;
    }
    if (dimension == DIMENSION_NONE)
        unit = find_unit(multipliers, text, length);
    else if (dimension == DIMENSION_TIME)
        unit = find_unit(time_units, text, length);
    else if (dimension == DIMENSION_BYTES)
        unit = find_unit(byte_units, text, length);
    else if (slash) {
        size_t before = (size_t)(slash - text);
        while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '\t'))
            before--;
        bool rate = dimension == DIMENSION_RATE;
        const char *after = skip_blanks(slash + 1);
        unit = find_unit(rate ? multipliers : byte_units, text, before);
        per = find_unit(time_units, after, length - (size_t)(after - text));
        if (per && !rate && per != &time_units[0])
            return false;
    }
    if (!unit || !per)
        return false;
    *value = *value * (unit->times * per->over) / (unit->over * per->times);
    return true;
}

bool units_read(const char *text, enum dimension dimension, double *value, const char **why)
{
    assert(dimension != DIMENSION_INHERIT);
    text = skip_blanks(text);
    const char *end = number_end(text);
    *why = NULL;
    if (end == text) {
        *why = no_number(text);
        return false;
    }
    /* The program never calls setlocale(), so strtod() expects a point in every environment. */
    char *read_to;
    double number = strtod(text, &read_to);
    const char *unit = skip_blanks(end);
    size_t length = strlen(unit);
    while (length > 0 && (unit[length - 1] == ' ' || unit[length - 1] == '\t'))
        length--;
    if (length == 0 && dimension != DIMENSION_NONE)
        *why = no_unit(dimension);
    else if (!apply_unit(unit, length, dimension, &number))
        *why = bad_unit(unit, dimension);
    else if (read_to != end)
        *why = "not a number";
    else if (!isfinite(number))
        *why = "too large";
    if (*why)
        return false;
    *value = number;
    return true;
}

/* ---- writing ---- */

static double round_to(double value, int digits)
{
    char text[UNITS_TEXT];
    (void)snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return strtod(text, NULL);
}

/* Rounded first, then in full: two digits of 100 are "100", not "1e+02". */
static void write_number(double value, int digits, char buffer[UNITS_TEXT])
{
    (void)snprintf(buffer, UNITS_TEXT, "%.*g", digits > 15 ? digits : 15, round_to(value, digits));
}

static double in_unit(double value, const struct unit *unit)
{
    return value * unit->over / unit->times;
}

/* How many of the unit there are, rounded as it will be written: 0.99996 s is 1 s in 4 digits. */
static double count_in(double value, const struct unit *unit, int digits)
{
    return fabs(round_to(in_unit(value, unit), digits > 4 ? digits : 4));
}

/* The largest unit of which there are two or more, or exactly one: "90 s", "2 h", "1 d". */
static const struct unit *time_unit(double value, int digits)
{
    static const char *const order[] = {"y", "d", "h", "min", "s", "ms", "us"};
    if (fabs(value) <= 0)
        return &time_units[0];
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const struct unit *unit = find_unit(time_units, order[i], strlen(order[i]));
        double n = count_in(value, unit, digits);
        bool fraction_is_usual = unit->times <= 1; /* 1.5 s, but 90 min */
        if (n >= 2 || (n >= 1 && (fraction_is_usual || n <= 1)))
            return unit;
    }
    return find_unit(time_units, "ns", 2);
}

/* The largest of the byte units from `first` to `last` of which there is at least one. */
static const struct unit *byte_unit(double value, int digits, size_t first, size_t last)
{
    const struct unit *best = &byte_units[0];
    for (size_t i = first; i <= last; i++)
        if (count_in(value, &byte_units[i], digits) >= 1)
            best = &byte_units[i];
    return best;
}

/* Decimal or binary prefix: whichever has fewer digits, "87 MB" and "4.4 GiB". */
static void write_bytes(double value, int digits, const char *suffix, char *buffer)
{
    const struct unit *decimal = byte_unit(value, digits, 1, 5);
    const struct unit *binary = byte_unit(value, digits, 6, 10);
    char text[UNITS_TEXT];
    char other[UNITS_TEXT];
    write_number(in_unit(value, decimal), digits, text);
    write_number(in_unit(value, binary), digits, other);
    bool shorter = strlen(other) < strlen(text);
    (void)snprintf(buffer, UNITS_TEXT, "%.26s %s%s", shorter ? other : text,
                   shorter ? binary->name : decimal->name, suffix);
}

/* Many a second with a prefix, "20k/s"; few by the longer time, "3 /min". */
static void write_rate(double value, int digits, char *buffer)
{
    double magnitude = fabs(round_to(value, digits));
    char text[UNITS_TEXT];
    if (magnitude >= 1e4) {
        const struct unit *prefix = &multipliers[magnitude >= 1e9 ? 3 : magnitude >= 1e6 ? 2 : 1];
        write_number(in_unit(value, prefix), digits, text);
        (void)snprintf(buffer, UNITS_TEXT, "%.26s%s/s", text, prefix->name);
        return;
    }
    static const char *const order[] = {"s", "min", "h", "d", "y"};
    const struct unit *per = &time_units[0];
    for (size_t i = 0; i < sizeof order / sizeof *order && magnitude > 0; i++) {
        per = find_unit(time_units, order[i], strlen(order[i]));
        if (fabs(round_to(value * per->times, digits)) >= 1)
            break;
    }
    write_number(value * per->times, digits, text);
    (void)snprintf(buffer, UNITS_TEXT, "%.26s /%s", text, per->name);
}

char *units_write(double value, enum dimension dimension, int digits, char buffer[UNITS_TEXT])
{
    assert(dimension != DIMENSION_INHERIT && digits >= 1 && digits <= 17);
    char text[UNITS_TEXT];
    if (!isfinite(value)) {
        (void)snprintf(buffer, UNITS_TEXT, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    } else if (dimension == DIMENSION_TIME) {
        const struct unit *unit = time_unit(value, digits);
        write_number(in_unit(value, unit), digits, text);
        (void)snprintf(buffer, UNITS_TEXT, "%.26s %s", text, unit->name);
    } else if (dimension == DIMENSION_BYTES) {
        write_bytes(value, digits, "", buffer);
    } else if (dimension == DIMENSION_BANDWIDTH) {
        write_bytes(value, digits, "/s", buffer);
    } else if (dimension == DIMENSION_RATE) {
        write_rate(value, digits, buffer);
    } else {
        write_number(value, digits, buffer);
    }
    return buffer;
}

const char *units_base(enum dimension dimension)
{
    static const char *const names[] = {
        [DIMENSION_NONE] = "1",   [DIMENSION_TIME] = "s",        [DIMENSION_BYTES] = "B",
        [DIMENSION_RATE] = "1/s", [DIMENSION_BANDWIDTH] = "B/s",
    };
    assert(dimension != DIMENSION_INHERIT);
    return names[dimension];
}

const char *units_example(enum dimension dimension)
{
    static const char *const examples[] = {
        [DIMENSION_NONE] = "a number such as 3, \"5M\" or \"20 %\"",
        [DIMENSION_TIME] = "a time such as \"60 s\"",
        [DIMENSION_BYTES] = "a size such as \"4 GiB\"",
        [DIMENSION_RATE] = "a rate such as \"20k/s\"",
        [DIMENSION_BANDWIDTH] = "a bandwidth such as \"200 MB/s\"",
    };
    assert(dimension != DIMENSION_INHERIT);
    return examples[dimension];
}
