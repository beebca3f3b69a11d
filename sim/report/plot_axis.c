// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/plot_axis.h"

#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "report/plot_parts.h"
#include "report/quantity.h"

enum { MOST_CANDIDATES = 256 };

/* Values that spread less than this are shown on a linear axis. */
static const double log_from = 8;

/* Round times, in seconds: 1, 2, 5, 10, 30 s and min; 1, 2, 6, 12 h; 1, 2, 5, 10, 30, 90 d; 1 y. */
static const double round_times[] = {1,     2,      5,      10,     30,      60,      120,
                                     300,   600,    1800,   3600,   7200,    21600,   43200,
                                     86400, 172800, 432000, 864000, 2592000, 7776000, 31536000};

/* Places for ticks between low and high, ascending. */
struct candidates {
    double low, high;
    double place[MOST_CANDIDATES];
    size_t n;
};

static void add_candidate(struct candidates *list, double x)
{
    if (x >= list->low && x <= list->high && list->n < MOST_CANDIDATES)
        list->place[list->n++] = x;
}

/* The steps, from 1 up to below `base`, times the powers of the base, from `from` up to `to`. */
static void add_powers(struct candidates *list, const double *steps, size_t n, double base,
                       double from, double to)
{
    double high = fmin(to, list->high);
    for (int k = (int)floor(log(fmax(list->low, from)) / log(base)); pow(base, k) <= high; k++)
        for (size_t i = 0; i < n; i++) {
            double place = pow(base, k) * steps[i];
            if (place >= from && place < to)
                add_candidate(list, place);
        }
}

static void find_candidates(struct candidates *list, enum dimension dimension)
{
    static const double decimal[] = {1, 2, 5};
    static const double binary[] = {1, 4, 16, 64, 256};
    const double smallest = 1e-300;
    const double year = round_times[MEM_COUNT(round_times) - 1];
    if (dimension == DIMENSION_BYTES) {
        add_powers(list, binary, MEM_COUNT(binary), 1024, 1, HUGE_VAL);
    } else if (dimension != DIMENSION_TIME) {
        add_powers(list, decimal, MEM_COUNT(decimal), 10, smallest, HUGE_VAL);
    } else {
        add_powers(list, decimal, MEM_COUNT(decimal), 10, smallest, 1);
        for (size_t i = 0; i < MEM_COUNT(round_times); i++)
            add_candidate(list, round_times[i]);
        for (int k = 0; year * pow(10, k) <= list->high; k++)
            for (size_t i = k ? 0 : 1; i < MEM_COUNT(decimal); i++) /* one year is there already */
                add_candidate(list, year * pow(10, k) * decimal[i]);
    }
}

void plot_axis_add_tick(struct plot_axis *axis, double place, const char *label)
{
    plot_add_real(&axis->ticks, place);
    plot_add_text(&axis->ticks, label, PLOT_LABEL);
    buffer_add(&axis->ticks, "\n");
}

/* The label of a tick; sizes are powers of two, and named so. */
static const char *tick_label(double place, enum dimension dimension, char text[QUANTITY_TEXT])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    if (dimension != DIMENSION_BYTES)
        return quantity_value(place, dimension, 3, text);
    size_t k = 0;
    for (; place >= 1024 && k + 1 < MEM_COUNT(units); k++)
        place /= 1024;
    (void)snprintf(text, QUANTITY_TEXT, "%g %s", place, units[k]);
    return text;
}

static void add_log_ticks(struct plot_axis *axis, enum dimension dimension, size_t most_ticks)
{
    struct candidates list = {.low = axis->low, .high = axis->high};
    find_candidates(&list, dimension);
    size_t stride = list.n / (most_ticks + 1) + 1;
    for (size_t i = 0; i < list.n; i += stride) {
        char text[QUANTITY_TEXT];
        plot_axis_add_tick(axis, list.place[i], tick_label(list.place[i], dimension, text));
    }
}

/* Multiples of 1, 2 or 5 times a power of ten, a handful of them. */
static void add_linear_ticks(struct plot_axis *axis, size_t most_ticks)
{
    double rough = (axis->high - axis->low) / (double)most_ticks;
    double power = pow(10, floor(log10(rough)));
    double step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
    double first = ceil(axis->low / step);
    for (int k = 0; (first + k) * step <= axis->high; k++) {
        char text[QUANTITY_TEXT];
        double place = (first + k) * step + 0.0; /* no minus before the zero */
        (void)snprintf(text, sizeof text, "%.12g", place);
        plot_axis_add_tick(axis, place, text);
    }
}

static void set_linear(struct plot_axis *axis, double low, double high, struct scale scale,
                       size_t most_ticks)
{
    axis->factor = scale.factor;
    (void)snprintf(axis->unit, sizeof axis->unit, "%s", scale.unit);
    axis->low = low / scale.factor;
    axis->high = high / scale.factor;
    add_linear_ticks(axis, most_ticks);
}

void plot_axis_init(struct plot_axis *axis, double low, double high, enum dimension dimension,
                    size_t most_ticks)
{
    const double margin = 0.02;
    *axis = (struct plot_axis){.factor = 1};
    buffer_add(&axis->ticks, ""); /* absurd ends have no tick between them */
    axis->is_log = low > 0 && high / low >= log_from;
    if (axis->is_log) {
        double widen = pow(high / low, margin);
        axis->low = low / widen;
        axis->high = high * widen;
        add_log_ticks(axis, dimension, most_ticks);
        return;
    }
    double widen = high > low ? margin * (high - low) : fmax(fabs(high), 1) / 2;
    set_linear(axis, low - widen, high + widen, scale_for(high, dimension), most_ticks);
}

void plot_axis_init_time(struct plot_axis *axis, double low_s, double high_s, size_t most_ticks)
{
    *axis = (struct plot_axis){.factor = 1};
    buffer_add(&axis->ticks, "");
    /* The end counts two units at least: 60 s, not 1 min. */
    set_linear(axis, low_s, high_s, scale_for(high_s / 2, DIMENSION_TIME), most_ticks);
}

void plot_axis_release(struct plot_axis *axis)
{
    buffer_release(&axis->ticks);
}

void plot_axis_add_label(struct buffer *out, const struct plot_axis *axis, const char *name)
{
    buffer_add(out, name);
    if (*axis->unit)
        buffer_addf(out, " (%s)", axis->unit);
}
