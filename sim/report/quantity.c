// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct scale scale_for(double value, enum dimension dimension)
{
    struct scale scale = {.factor = 1};
    if (dimension == DIMENSION_NONE)
        return scale;
    char text[UNITS_TEXT];
    (void)units_write(isfinite(value) ? value : 0, dimension, 3, text);
    const char *unit = text + strspn(text, "-+.0123456789e ");
    char one[UNITS_TEXT];
    (void)snprintf(one, sizeof one, "1 %.30s", unit);
    const char *why = NULL;
    if (!units_read(one, dimension, &scale.factor, &why))
        scale.factor = 1;
    (void)snprintf(scale.unit, sizeof scale.unit, "%.15s", unit);
    return scale;
}

/* Whether the half-width says anything: not when nothing varied but the last bits. */
static bool is_uncertain(double mean, double half_width)
{
    const double rounding = 1e-9;
    return isfinite(mean) && half_width > rounding * fabs(mean);
}

/* Decimals that show one digit of the half-width, or two when it begins with a 1. */
static int decimals_for(double half_width)
{
    double lead = floor(log10(half_width));
    double digit = half_width / pow(10, lead);
    double decimals = (digit < 1.95 ? 1 : 0) - lead;
    return decimals < 0 ? 0 : decimals > 15 ? 15 : (int)decimals;
}

char *quantity_estimate(double mean, double half_width, enum dimension dimension,
                        char text[QUANTITY_TEXT])
{
    if (!is_uncertain(mean, half_width))
        return quantity_value(mean, dimension, 6, text);
    struct scale scale = scale_for(mean, dimension);
    half_width /= scale.factor;
    int decimals = decimals_for(half_width);
    (void)snprintf(text, QUANTITY_TEXT, "%.*f ± %.*f%s%s", decimals, mean / scale.factor, decimals,
                   half_width, *scale.unit ? " " : "", scale.unit);
    return text;
}

char *quantity_like(double value, double mean, double half_width, enum dimension dimension,
                    char text[QUANTITY_TEXT])
{
    if (!is_uncertain(mean, half_width) || !isfinite(value))
        return quantity_value(value, dimension, 6, text);
    struct scale scale = scale_for(mean, dimension);
    (void)snprintf(text, QUANTITY_TEXT, "%.*f%s%s", decimals_for(half_width / scale.factor),
                   value / scale.factor, *scale.unit ? " " : "", scale.unit);
    return text;
}

char *quantity_value(double value, enum dimension dimension, int digits, char text[QUANTITY_TEXT])
{
    char number[UNITS_TEXT] = "-";
    if (isfinite(value))
        (void)units_write(value, dimension, digits, number);
    (void)snprintf(text, QUANTITY_TEXT, "%s", number);
    return text;
}
