// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Dates in files, read by a pattern: "M/D/YYYY H:MM", "YYYY-MM-DD HH:MM:SS",
 * "YYYY-MM-DDTHH:MM:SSZ" (ISO 8601). The parts of a pattern are
 *
 *   YYYY        four digits of the year
 *   M MM        month; the first after an hour: minute
 *   D DD        day of the month
 *   H HH        hour, 0 to 23
 *   S SS        second, 0 to 60 (a leap second reads as the next second); a
 *               fraction after it is read too: 12.25, 12,25
 *   Z           offset from UTC: Z, +hh, +hhmm or +hh:mm
 *   a blank     one or more blanks
 *   T and any character that is not a letter or digit: itself
 *
 * A letter alone stands for one or two digits, a doubled one for exactly two.
 *
 * The calendar is the proleptic Gregorian one, computed here: neither the
 * locale nor a time-zone database has a say. A date without offset is taken as
 * UTC; the gaps between the dates of one file come out right except where its
 * clocks were changed.
 */
#ifndef MODEL_DATE_H
#define MODEL_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum date_part {
    DATE_LITERAL,
    DATE_BLANK,
    DATE_YEAR,
    DATE_MONTH,
    DATE_DAY,
    DATE_HOUR,
    DATE_MINUTE,
    DATE_SECOND,
    DATE_OFFSET,
    DATE_PARTS,
};

struct date_item {
    enum date_part part;
    unsigned min_digits; /* of a number */
    unsigned max_digits;
    char literal;
};

enum { DATE_ITEMS = 24 };

/* A pattern taken apart. Plain data. */
struct date_pattern {
    struct date_item items[DATE_ITEMS];
    size_t n;
};

/*
 * Takes `text` apart. False, and a static text in *why, when it has something
 * else than the parts above, one of them twice, or no full day.
 */
bool date_pattern_read(const char *text, struct date_pattern *pattern, const char **why);

/*
 * Seconds from 1970-01-01 00:00 UTC to the date that all of `text` spells. On
 * failure returns false and puts into *why a static text that says what is
 * wrong: "no such day in this month", for instance.
 */
bool date_read(const struct date_pattern *pattern, const char *text, double *seconds,
               const char **why);

/* Days from 1970-01-01 to a valid date; negative before it. month and day count from 1. */
int64_t date_days(int64_t year, int month, int day);

/* Days of the month 1 to 12, leap years observed. */
int date_month_days(int64_t year, int month);

#endif
