// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The commands. Each is a row of commands[] in main.c; its options are the
 * rows of option_rows[] in options.c that name it.
 *
 * What a command finds out goes to standard output, all else to standard
 * error. Exit status: EXIT_OK, EXIT_FAILED or EXIT_WRONG.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>

#include "cli/options.h"

enum exit_status {
    EXIT_OK = 0,
    EXIT_FAILED = 1, /* could not finish: a file, the disk, gnuplot, a bug */
    EXIT_WRONG = 2,  /* the command line or what it names is wrong */
};

struct command {
    const char *name;
    enum command_bit bit;
    /* Placeholder of its argument: "SCENARIO"; in brackets when optional, with dots for several. */
    const char *subject;
    const char *help;    /* one sentence */
    const char *details; /* for --help: lines that say more, examples */
    int (*run)(const struct options *options);
};

extern const struct command commands[]; /* ends with name == NULL */

/* The rows' functions. */
int command_run(const struct options *options);
int command_sweep(const struct options *options);
int command_check(const struct options *options);
int command_explain(const struct options *options);
int command_list(const struct options *options);
int command_plot(const struct options *options);

#endif
