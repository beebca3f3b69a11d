// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/date.h"

#include <assert.h>

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && is_leap(year));
}

/*
 * Hinnant, "chrono-compatible low-level date algorithms" (2013): years that
 * start in March have their leap day at the end, so the days before a month
 * are (153 m + 2) / 5, and 400 years are one era of 146,097 days.
 */
int64_t date_days(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t months_from_march = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * months_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    const int64_t days_to_1970 = 719468; /* from 0000-03-01 */
    return era * 146097 + day_of_era - days_to_1970;
}

/* What a letter stands for; M may be a minute, which it is after an hour. */
static enum date_part part_of(char letter, bool minute)
{
    switch (letter) {
    case 'Y':
        return DATE_YEAR;
    case 'M':
        return minute ? DATE_MINUTE : DATE_MONTH;
    case 'D':
        return DATE_DAY;
    case 'H':
        return DATE_HOUR;
    case 'S':
        return DATE_SECOND;
    case 'Z':
        return DATE_OFFSET;
    case ' ':
        return DATE_BLANK;
    default:
        return DATE_LITERAL;
    }
}

static const char *const not_a_part =
    "a part is none of YYYY M MM D DD H HH S SS Z (YYYY-MM-DD HH:MM:SS, for instance)";

/* Appends the item that `length` equal characters `c` stand for; NULL, or what is wrong. */
static const char *add_item(struct date_pattern *pattern, bool seen[DATE_PARTS], char c,
                            size_t length)
{
    enum date_part part = part_of(c, seen[DATE_HOUR] && !seen[DATE_MINUTE]);
    if (pattern->n == DATE_ITEMS)
        return "it is too long";
    struct date_item *item = &pattern->items[pattern->n++];
    *item = (struct date_item){.part = part, .literal = c};
    if (part == DATE_LITERAL)
        return (is_letter(c) && c != 'T') || is_digit(c) ? not_a_part : NULL;
    if (part == DATE_BLANK)
        return NULL;
    if (seen[part])
        return "a part stands in it twice";
    seen[part] = true;
    if (part == DATE_OFFSET)
        return length == 1 ? NULL : not_a_part;
    if (part == DATE_YEAR ? length != 4 : length > 2)
        return not_a_part;
    item->min_digits = (unsigned)length;
    item->max_digits = length == 1 ? 2 : (unsigned)length;
    return NULL;
}

bool date_pattern_read(const char *text, struct date_pattern *pattern, const char **why)
{
    bool seen[DATE_PARTS] = {false};
    *pattern = (struct date_pattern){0};
    *why = NULL;
    for (const char *at = text; *at && !*why;) {
        /* Letters and blanks stand in runs, other characters for themselves. */
        bool runs = part_of(*at, false) != DATE_LITERAL;
        size_t length = 1;
        while (runs && at[length] == *at)
            length++;
        *why = add_item(pattern, seen, *at, length);
        at += length;
    }
    if (!*why && !(seen[DATE_YEAR] && seen[DATE_MONTH] && seen[DATE_DAY]))
        *why = "it needs a year (YYYY), a month (M or MM) and a day (D or DD)";
    if (!*why && (seen[DATE_SECOND] && !seen[DATE_MINUTE]))
        *why = "it has seconds but no minutes (MM, after the hour)";
    return !*why;
}

/* Reads min to max digits at **at; false when there are fewer. */
static bool read_digits(const char **at, unsigned min, unsigned max, int *value)
{
    unsigned n = 0;
    for (*value = 0; n < max && is_digit(**at); n++)
        *value = 10 * *value + (*(*at)++ - '0');
    return n >= min;
}

/* The digits behind a point or comma, as a fraction of one; 0 when there are none. */
static double read_fraction(const char **at)
{
    if ((**at != '.' && **at != ',') || !is_digit((*at)[1]))
        return 0;
    double numerator = 0;
    double denominator = 1;
    for (++*at; is_digit(**at); ++*at) {
        if (denominator < 1e15) { /* what follows is below the resolution of a double */
            numerator = 10 * numerator + (**at - '0');
            denominator *= 10;
        }
    }
    return numerator / denominator;
}

/* Z, +hh, +hhmm or +hh:mm: seconds east of UTC; NULL, or what is wrong. */
static const char *read_offset(const char **at, int *offset_s)
{
    *offset_s = 0;
    if (**at == 'Z') {
        ++*at;
        return NULL;
    }
    if (**at != '+' && **at != '-')
        return "no offset from UTC (Z, +hh, +hhmm or +hh:mm)";
    int sign = *(*at)++ == '-' ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    bool read = read_digits(at, 2, 2, &hours);
    if (read && (is_digit(**at) || **at == ':')) {
        *at += **at == ':';
        read = read_digits(at, 2, 2, &minutes);
    }
    if (!read || hours > 23 || minutes > 59)
        return "its offset from UTC is not Z, +hh, +hhmm or +hh:mm";
    *offset_s = sign * (hours * HOUR_S + minutes * MINUTE_S);
    return NULL;
}

static const struct {
    int min, max;
    const char *why;
} ranges[DATE_PARTS] = {
    [DATE_YEAR] = {0, 9999, "the year is not 0000 to 9999"},
    [DATE_MONTH] = {1, 12, "the month is not 1 to 12"},
    [DATE_DAY] = {1, 31, "the day is not 1 to 31"},
    [DATE_HOUR] = {0, 23, "the hour is not 0 to 23"},
    [DATE_MINUTE] = {0, 59, "the minute is not 0 to 59"},
    [DATE_SECOND] = {0, 60, "the second is not 0 to 60"},
};

static const char *const no_match = "it does not match the pattern";

struct parts {
    int value[DATE_PARTS];
    double fraction; /* of a second */
};

/* Reads one item at **at; NULL, or what is wrong. */
static const char *read_item(const struct date_item *item, const char **at, struct parts *parts)
{
    if (item->part == DATE_LITERAL)
        return *(*at)++ == item->literal ? NULL : no_match;
    if (item->part == DATE_BLANK) {
        if (!is_blank(**at))
            return no_match;
        while (is_blank(**at))
            ++*at;
        return NULL;
    }
    if (item->part == DATE_OFFSET)
        return read_offset(at, &parts->value[DATE_OFFSET]);
    int *value = &parts->value[item->part];
    if (!read_digits(at, item->min_digits, item->max_digits, value))
        return no_match;
    if (*value < ranges[item->part].min || *value > ranges[item->part].max)
        return ranges[item->part].why;
    if (item->part == DATE_SECOND)
        parts->fraction = read_fraction(at);
    return NULL;
}

bool date_read(const struct date_pattern *pattern, const char *text, double *seconds,
               const char **why)
{
    struct parts parts = {.fraction = 0};
    const char *at = text;
    *why = NULL;
    for (size_t i = 0; i < pattern->n && !*why; i++)
        *why = *at ? read_item(&pattern->items[i], &at, &parts) : "it ends early";
    if (!*why && *at)
        *why = "text follows it that the pattern does not have";
    const int *value = parts.value;
    if (!*why && value[DATE_DAY] > date_month_days(value[DATE_YEAR], value[DATE_MONTH]))
        *why = "no such day in this month";
    if (*why)
        return false;
    int second_of_day = value[DATE_HOUR] * HOUR_S + value[DATE_MINUTE] * MINUTE_S +
                        value[DATE_SECOND] - value[DATE_OFFSET];
    int64_t whole =
        date_days(value[DATE_YEAR], value[DATE_MONTH], value[DATE_DAY]) * DAY_S + second_of_day;
    *seconds = (double)whole + parts.fraction;
    return true;
}
