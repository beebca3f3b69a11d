// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Estimates as people read them: one unit for a value and its uncertainty, and
 * no more digits than the uncertainty leaves, "34.69 ± 0.05 d".
 */
#ifndef REPORT_QUANTITY_H
#define REPORT_QUANTITY_H

#include "core/units.h"

/* A unit for a whole axis or a pair of numbers. */
struct scale {
    double factor; /* base units in one of it */
    char unit[16]; /* "min"; empty for plain numbers */
};

/* The unit that units_write() would choose for the value. */
struct scale scale_for(double value, enum dimension dimension);

enum { QUANTITY_TEXT = 96 };
/*
 * "34.69 ± 0.05 d": one significant digit of the half-width, two when it
 * begins with a 1. Without a half-width (NaN, or nothing varied but rounding) the mean
 * alone, to six digits. "-" when the mean does not exist.
 */
char *quantity_estimate(double mean, double half_width, enum dimension dimension,
                        char text[QUANTITY_TEXT]);
/* Another value of the same kind, in the unit and with the digits of that estimate. */
char *quantity_like(double value, double mean, double half_width, enum dimension dimension,
                    char text[QUANTITY_TEXT]);
/* The value to `digits` significant digits with its unit, or "-". */
char *quantity_value(double value, enum dimension dimension, int digits, char text[QUANTITY_TEXT]);

#endif
