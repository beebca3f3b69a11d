// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Quantities with units, as people write them: "90 s", "1.5 GiB", "20k/s".
 *
 * One base unit per dimension is used everywhere in the program: seconds,
 * bytes, per second, bytes per second. A month is not a unit (28 to 31 days);
 * a year is 365 d. Decimal prefixes are decimal (1 MB = 10^6 B), binary
 * prefixes binary (1 MiB = 2^20 B).
 */
#ifndef CORE_UNITS_H
#define CORE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

enum dimension {
    DIMENSION_NONE,      /* a plain number: 3, or the strings "3", "5M", "20 %" */
    DIMENSION_TIME,      /* s: ns us ms s min h d w y */
    DIMENSION_BYTES,     /* B: B kB MB GB TB PB KiB MiB GiB TiB PiB */
    DIMENSION_RATE,      /* 1/s: "5 /s", "20k/s", "3 /min", "1 /h", "2 /d" */
    DIMENSION_BANDWIDTH, /* B/s: a bytes unit, then "/s" */
    DIMENSION_INHERIT,   /* field rows inside a distribution: that of the key that holds it */
};

/*
 * Reads all of `text` as a finite quantity of the dimension, in base units.
 * Blank space may stand between number and unit. The longest valid number is
 * as strtod() reads it in the C locale; hexadecimal, "inf" and "nan" are
 * rejected. On failure returns false and puts into *why a static text that
 * says what is wrong, "no unit; write it as \"60 s\"" for instance.
 */
bool units_read(const char *text, enum dimension dimension, double *value, const char **why);

/*
 * Writes a quantity for people, with `digits` significant digits and the unit
 * that reads best ("2 h", "4.4 GiB", "0.0412"); returns `buffer`.
 */
enum { UNITS_TEXT = 40 };
char *units_write(double value, enum dimension dimension, int digits, char buffer[UNITS_TEXT]);

/* Base unit as results.json names it: "s", "B", "1/s", "B/s", "1". */
const char *units_base(enum dimension dimension);
/* What to write, for messages: "a time such as \"60 s\"". */
const char *units_example(enum dimension dimension);

#endif
