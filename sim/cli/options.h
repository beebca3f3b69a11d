// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Options of the command line. One table of rows drives parsing, --help and
 * what error messages suggest.
 *
 * --option value, --option=value, -o value and -ovalue are the same; options
 * and the argument may stand in any order; after -- everything is an argument.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

/* Which commands a row belongs to. */
enum command_bit {
    FOR_RUN = 1u << 0,
    FOR_SWEEP = 1u << 1,
    FOR_CHECK = 1u << 2,
    FOR_EXPLAIN = 1u << 3,
    FOR_LIST = 1u << 4,
    FOR_PLOT = 1u << 5,
};

/* An option that may be given several times. */
struct text_list {
    const char **items; /* owned array of texts borrowed from argv */
    size_t n;
    size_t capacity;
};

struct count {
    bool given;
    uint64_t value;
};

struct options {
    const char *program;       /* argv[0] */
    const char *subject;       /* the argument: a scenario, a pointer, a topic; NULL: none */
    struct text_list subjects; /* all of them, where a command takes several */
    struct text_list sets;
    struct text_list overs;
    struct count seed;
    struct count replications;
    struct count threads;
    const char *output;
    const char *format;
    const char *trace;
    const char *trace_format;
    const char *series;
    const char *elements;
    const char *from, *to;
    const char *metric;
    const char *kind;
    bool quiet;
    bool markdown;
    bool schema;
    bool help;
};

struct command;

/*
 * Reads the arguments of a command, args[0 .. n). False, with errors, when
 * they are wrong.
 */
bool options_parse(struct options *options, const struct command *command, char *const *args,
                   size_t n, struct err *err);
void options_release(struct options *options);

/* What --help shows of a command, on standard output. False, with an error, when that failed. */
bool options_help(const struct command *command, struct err *err);

#endif
