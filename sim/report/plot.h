// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Plots of results by gnuplot, never by simulating again. A plot is a row of
 * plots[] and a script in analysis/: the row writes a data file of named
 * blocks, gnuplot runs the script on it.
 *
 * All text goes into the data file, where gnuplot evaluates nothing; gnuplot
 * is started without a shell. So no name in a scenario can run a command.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include <stdbool.h>

#include "core/err.h"
#include "experiment/results.h"
#include "report/buffer.h"
#include "report/sweep.h"

/* What the user wants to see. */
struct plot_wish {
    enum metric metric;  /* N_METRICS: the plot's own choice */
    double from_s, to_s; /* part of an axis of time; NaN: from its start, to its end */
};

struct plot {
    const char *name;   /* as in `plot --kind` */
    const char *script; /* in analysis/ */
    const char *help;   /* one sentence */
    /*
     * Appends the data file. False when the results do not have what the plot shows.
     */
    bool (*write)(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                  struct err *err);
};

extern const struct plot plots[]; /* ends with name == NULL */

const struct plot *plot_find(const char *name);
/* The plot that suits the results when none is asked for. */
const struct plot *plot_default(const struct results *results);

/* Whether gnuplot is to draw files of that name: .svg, .png or .pdf. */
bool plot_can_write(const char *out, struct err *err);
/* The data file of the plot; false, with an error, when these results do not have it. */
bool plot_write_data(const struct plot *plot, const struct results *results,
                     const struct plot_wish *wish, struct buffer *data, struct err *err);
/*
 * The folder that holds the scripts, which the caller frees; NULL, with an
 * error, when there is none: $CKPTSIM_DATA/analysis; beside the program, as in
 * the source tree or where it is installed; where `make install` puts them.
 * `program` is argv[0], for systems that do not know the path of a program.
 */
char *plot_find_scripts(const char *program, struct err *err);
/*
 * Has gnuplot draw the data into the file `out`, with the script in the folder
 * `scripts`. Without gnuplot, or when it fails, the data stays beside `out` as
 * OUT.dat and the message gives the command that draws it.
 */
bool plot_draw(const struct plot *plot, const struct buffer *data, const char *scripts,
               const char *out, struct err *err);

/* The rows' functions. */
bool plot_write_curve(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                      struct err *err);
bool plot_write_phases(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                       struct err *err);
bool plot_write_budget(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                       struct err *err);
bool plot_write_cdf(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                    struct err *err);
bool plot_write_latency(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                        struct err *err);
bool plot_write_lag(const struct sweep *sweep, const struct plot_wish *wish, struct buffer *out,
                    struct err *err);
bool plot_write_timeline(const struct sweep *sweep, const struct plot_wish *wish,
                         struct buffer *out, struct err *err);

#endif
