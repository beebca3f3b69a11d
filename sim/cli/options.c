// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/options.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "core/memory.h"
#include "report/file.h"
#include "report/table.h"

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_TEXTS, OPTION_COUNT };

struct option_row {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    size_t offset;     /* in struct options: bool, const char *, struct text_list, struct count */
    unsigned commands; /* enum command_bit */
    const char *argument; /* placeholder; NULL for a flag */
    uint64_t min, max;    /* of a COUNT */
    const char *help;
};

enum {
    SIMULATING = FOR_RUN | FOR_SWEEP,
    LOADING = SIMULATING | FOR_CHECK | FOR_EXPLAIN,
    ALL = LOADING | FOR_LIST | FOR_PLOT,
};

#define MAX_SEED 9007199254740991 /* 2^53 - 1: what JSON's numbers hold exactly */

static const struct option_row option_rows[] = {
    {"set", 0, OPTION_TEXTS, offsetof(struct options, sets), LOADING, "/KEY=VALUE", 0, 0,
     "Give a key of the scenario another value; may be repeated."},
    {"over", 0, OPTION_TEXTS, offsetof(struct options, overs), FOR_SWEEP, "/KEY=VALUES", 0, 0,
     "Values to try: 10min,1h,2h or 10min:8h:log15; may be repeated, for all combinations. Without "
     "it, the scenario's own sweep."},
    {"metric", 0, OPTION_TEXT, offsetof(struct options, metric), FOR_SWEEP | FOR_PLOT, "NAME", 0, 0,
     "What a sweep recommends by (waste unless said), or what to plot; see list metrics."},
    {"replications", 0, OPTION_COUNT, offsetof(struct options, replications), SIMULATING, "N", 1,
     10000000, "Replications of each point, in place of the scenario's."},
    {"seed", 0, OPTION_COUNT, offsetof(struct options, seed), SIMULATING, "N", 0, MAX_SEED,
     "Master seed, in place of the scenario's."},
    {"jobs", 'j', OPTION_COUNT, offsetof(struct options, threads), SIMULATING, "N", 1, 1024,
     "Threads; as many as there are processors unless said. The results do not depend on it."},
    {"output", 'o', OPTION_TEXT, offsetof(struct options, output), SIMULATING | FOR_PLOT, "FILE", 0,
     0,
     "File to write; - is standard output. Results are written as JSON unless --format or the "
     "name (.csv, .txt) says otherwise; plots as .svg, .png or .pdf."},
    {"format", 0, OPTION_TEXT, offsetof(struct options, format), SIMULATING, "text|json|csv", 0, 0,
     "Form of the results on standard output, or in the file of -o."},
    {"trace", 0, OPTION_TEXT, offsetof(struct options, trace), SIMULATING, "FILE", 0, 0,
     "Write every control event of the first replication (of the first point) to FILE: as a time "
     "line for ui.perfetto.dev where its name ends in .json, otherwise one JSON object a line."},
    {"trace-format", 0, OPTION_TEXT, offsetof(struct options, trace_format), SIMULATING,
     "lines|perfetto", 0, 0, "Form of the trace, whatever its file is called."},
    {"series", 0, OPTION_TEXT, offsetof(struct options, series), SIMULATING, "FILE", 0, 0,
     "Write the time series of the first replication (of the first point) of a stream job to FILE, "
     "as CSV."},
    {"elements", 0, OPTION_TEXT, offsetof(struct options, elements), SIMULATING, "FILE", 0, 0,
     "Write the metrics of a stream job's operators, and of the first point's tasks and "
     "partitions, to FILE, as CSV."},
    {"kind", 0, OPTION_TEXT, offsetof(struct options, kind), FOR_PLOT, "NAME", 0, 0,
     "Which plot; see list plots. Unless said, curve for a sweep, lag for a run of a stream job "
     "that has a time series, cdf for other runs."},
    {"from", 0, OPTION_TEXT, offsetof(struct options, from), FOR_PLOT, "TIME", 0, 0,
     "Where the plots lag and timeline begin, such as 50min."},
    {"to", 0, OPTION_TEXT, offsetof(struct options, to), FOR_PLOT, "TIME", 0, 0, "Where they end."},
    {"markdown", 0, OPTION_FLAG, offsetof(struct options, markdown), FOR_LIST, NULL, 0, 0,
     "Tables in Markdown."},
    {"schema", 0, OPTION_FLAG, offsetof(struct options, schema), FOR_LIST, NULL, 0, 0,
     "The JSON Schema of scenarios, for editors."},
    {"quiet", 'q', OPTION_FLAG, offsetof(struct options, quiet), LOADING, NULL, 0, 0,
     "No progress, no warnings, and no summary beside the file of -o."},
    {"help", 'h', OPTION_FLAG, offsetof(struct options, help), ALL, NULL, 0, 0, "This text."},
};

/* ---- finding a row ---- */

/* An option as it stands on the command line. */
struct given {
    const char *text;   /* "--seed", "--seed=3", "-j4" */
    size_t name_length; /* of the part before the value, dashes included */
    const char *value;  /* after = or the letter; NULL: the next argument, if any */
};

static struct given look_at(const char *text)
{
    struct given given = {.text = text, .name_length = strlen(text)};
    const char *equals = strchr(text, '=');
    if (strncmp(text, "--", 2) != 0) {
        given.name_length = 2;
        given.value = text[2] ? text + 2 : NULL;
    } else if (equals) {
        given.name_length = (size_t)(equals - text);
        given.value = equals + 1;
    }
    return given;
}

static bool is_named(const struct option_row *row, const struct given *given)
{
    if (given->text[1] != '-')
        return row->letter && row->letter == given->text[1];
    size_t length = given->name_length - 2;
    return strlen(row->name) == length && strncmp(row->name, given->text + 2, length) == 0;
}

/* The commands that have an option which this one has not, "sweep, plot"; the caller frees it. */
static char *commands_with(const struct option_row *row)
{
    char *names = mem_strdup("");
    for (const struct command *command = commands; command->name; command++) {
        if (!(row->commands & (unsigned)command->bit))
            continue;
        char *more = mem_format("%s%s%s", names, *names ? ", " : "", command->name);
        free(names);
        names = more;
    }
    return names;
}

/* Says that there is no such option, and what may have been meant. */
static void fail_unknown(const struct command *command, const struct given *given, struct err *err)
{
    const char *names[MEM_COUNT(option_rows)];
    size_t n = 0;
    (void)err_add(err, NULL, "unknown option %.*s", (int)given->name_length, given->text);
    for (size_t i = 0; i < MEM_COUNT(option_rows); i++) {
        if (is_named(&option_rows[i], given)) {
            char *with = commands_with(&option_rows[i]);
            err_hint(err, "'%s' does not take it, these do: %s", command->name, with);
            free(with);
            return;
        }
        if (option_rows[i].commands & (unsigned)command->bit)
            names[n++] = option_rows[i].name;
    }
    if (given->name_length <= 2)
        return;
    char *name = mem_format("%.*s", (int)given->name_length - 2, given->text + 2);
    const char *nearest = err_nearest(name, names, n);
    if (nearest)
        err_hint(err, "did you mean --%s?", nearest);
    free(name);
}

static const struct option_row *find_row(const struct command *command, const struct given *given)
{
    for (size_t i = 0; i < MEM_COUNT(option_rows); i++)
        if ((option_rows[i].commands & (unsigned)command->bit) && is_named(&option_rows[i], given))
            return &option_rows[i];
    return NULL;
}

/* ---- reading ---- */

static bool read_count(const struct option_row *row, const char *text, struct count *count,
                       struct err *err)
{
    uint64_t value = 0;
    bool ok = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    for (const char *c = text; ok && *c; c++) {
        value = value * 10 + (uint64_t)(*c - '0');
        ok = value <= row->max; /* long before it could overflow */
    }
    if (!ok || value < row->min)
        return err_add(err, NULL, "--%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64,
                       row->name, text, row->min, row->max);
    *count = (struct count){.given = true, .value = value};
    return true;
}

static void append(struct text_list *list, const char *text)
{
    list->items = mem_grow(list->items, list->n, &list->capacity, sizeof *list->items);
    list->items[list->n++] = text;
}

static bool store(struct options *options, const struct option_row *row, const char *value,
                  struct err *err)
{
    void *target = (char *)options + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)target = true;
        return true;
    case OPTION_COUNT:
        return read_count(row, value, target, err);
    case OPTION_TEXT:
        *(const char **)target = value;
        return true;
    case OPTION_TEXTS:
        append(target, value);
        break;
    }
    return true;
}

/* Reads the option at args[*i] and its value, which may be the next argument. */
static bool read_option(struct options *options, const struct command *command, char *const *args,
                        size_t n, size_t *i, struct err *err)
{
    struct given given = look_at(args[*i]);
    const struct option_row *row = find_row(command, &given);
    if (!row) {
        fail_unknown(command, &given, err);
        return false;
    }
    if (row->kind == OPTION_FLAG && given.value)
        return err_add(err, NULL, "%.*s takes no value, got '%s'", (int)given.name_length,
                       given.text, given.value);
    if (row->kind != OPTION_FLAG && !given.value) {
        if (*i + 1 >= n || strncmp(args[*i + 1], "--", 2) == 0)
            return err_add(err, NULL, "%s needs a value, %s", given.text, row->argument);
        given.value = args[++*i];
    }
    return store(options, row, given.value, err);
}

static bool read_argument(struct options *options, const struct command *command, const char *text,
                          struct err *err)
{
    bool several = strstr(command->subject, "...");
    if (options->subject && !several)
        return err_add(err, NULL, "'%s' takes one argument, %s; '%s' is one too many",
                       command->name, command->subject, text);
    if (!options->subject)
        options->subject = text;
    append(&options->subjects, text);
    return true;
}

bool options_parse(struct options *options, const struct command *command, char *const *args,
                   size_t n, struct err *err)
{
    bool only_arguments = false;
    for (size_t i = 0; i < n && err_ok(err); i++) {
        bool is_option = !only_arguments && args[i][0] == '-' && args[i][1] != '\0';
        if (is_option && strcmp(args[i], "--") == 0)
            only_arguments = true;
        else if (is_option)
            (void)read_option(options, command, args, n, &i, err);
        else
            (void)read_argument(options, command, args[i], err);
    }
    if (err_ok(err) && !options->help && !options->subject && command->subject[0] != '[')
        return err_add(err, NULL, "'%s' needs an argument: %s", command->name, command->subject);
    return err_ok(err);
}

void options_release(struct options *options)
{
    free(options->subjects.items);
    free(options->sets.items);
    free(options->overs.items);
}

/* ---- help ---- */

/* Adds the words of a text as lines of a table's last column. */
static void add_wrapped(struct table *table, const char *text)
{
    enum { WIDTH = 68 };
    for (bool first = true; *text; first = false) {
        size_t length = strlen(text);
        for (size_t cut = length > WIDTH ? WIDTH : 0; cut > 0; cut--)
            if (text[cut] == ' ') {
                length = cut;
                break;
            }
        if (!first)
            table_add(table, "");
        table_addf(table, "%.*s", (int)length, text);
        text += length + (text[length] == ' ');
    }
}

static void add_row(struct table *table, const struct option_row *row)
{
    char letter[] = {'-', row->letter, ',', ' ', '\0'};
    table_addf(table, "%s--%s%s%s", row->letter ? letter : "    ", row->name,
               row->argument ? " " : "", row->argument ? row->argument : "");
    add_wrapped(table, row->help);
}

bool options_help(const struct command *command, struct err *err)
{
    struct buffer out = {0};
    struct table table = {.align = "ll"};
    buffer_addf(&out, "usage: ckptsim %s [options] %s\n\n%s\n", command->name, command->subject,
                command->help);
    if (command->details)
        buffer_addf(&out, "\n%s", command->details);
    buffer_add(&out, "\noptions:\n");
    for (size_t i = 0; i < MEM_COUNT(option_rows); i++)
        if (option_rows[i].commands & (unsigned)command->bit)
            add_row(&table, &option_rows[i]);
    table_write(&table, &out);
    bool ok = file_write("-", out.data, out.n, err);
    buffer_release(&out);
    return ok;
}
