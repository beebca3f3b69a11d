// SPDX-License-Identifier: GPL-3.0-or-later
/* ckptsim: which checkpoint strategy, how often, at what cost, for this job and these failures? */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "core/numerics.h"
#include "core/version.h"
#include "report/file.h"
#include "report/table.h"
#include "scenario/json.h"

const struct command commands[] = {
    {"run", FOR_RUN, "SCENARIO", "Simulate a scenario and report what came out.",
     "  ckptsim run scenario.json\n"
     "  ckptsim run scenario.json --set /checkpoint/interval=2h -o results.json\n"
     "  xz -dc trace.csv.xz | ckptsim run scenario.json --set /failures/0/trace/log/file=-\n",
     command_run},
    {"sweep", FOR_SWEEP, "SCENARIO", "Vary one key or several, and recommend the best value.",
     "  ckptsim sweep scenario.json --over /checkpoint/interval=10min:8h:log15 -o results.json\n"
     "  ckptsim sweep scenario.json --over /checkpoint/strategy=none,periodic,incremental\n",
     command_sweep},
    {"check", FOR_CHECK, "SCENARIO...",
     "Read and check scenarios and their data files; run nothing.",
     "  ckptsim check scenarios/*.json\n", command_check},
    {"explain", FOR_EXPLAIN, "SCENARIO|/KEY",
     "Show a scenario with all defaults and what theory predicts, or explain a key.",
     "  ckptsim explain scenario.json\n"
     "  ckptsim explain /checkpoint/interval\n",
     command_explain},
    {"list", FOR_LIST, "[TOPIC]", "List strategies, distributions, metrics, keys and more.",
     "  ckptsim list\n"
     "  ckptsim list strategies\n"
     "  ckptsim list --schema > ckptsim.schema.json\n",
     command_list},
    {"plot", FOR_PLOT, "RESULTS", "Draw results.json as SVG, PNG or PDF, by gnuplot.",
     "  ckptsim plot results.json -o curve.svg\n"
     "  ckptsim plot results.json --kind phases -o phases.png\n",
     command_plot},
    {NULL, 0, NULL, NULL, NULL, NULL},
};

static const char *command_name_at(size_t i)
{
    return commands[i].name;
}

/* ---- what the program says of itself ---- */

static int say(const char *text, size_t n)
{
    struct err err = {0};
    bool ok = file_write("-", text, n, &err);
    message_print(&err, true);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int say_usage(void)
{
    struct buffer out = {0};
    struct table table = {.align = "ll"};
    buffer_add(&out,
               "ckptsim answers: which checkpoint strategy, how often, at what cost, for this "
               "job\nand these failures?\n\nusage: ckptsim COMMAND [options] [ARGUMENT]\n\n");
    for (const struct command *command = commands; command->name; command++) {
        table_addf(&table, "%s %s", command->name, command->subject);
        table_add(&table, command->help);
    }
    table_write(&table, &out);
    buffer_add(&out, "\nckptsim COMMAND --help shows the options of a command, ckptsim list what "
                     "there is to\nchoose from.\n");
    int status = say(out.data, out.n);
    buffer_release(&out);
    return status;
}

static int say_version(void)
{
    static const char text[] = "ckptsim " CKPTSIM_VERSION "\n";
    return say(text, sizeof text - 1);
}

/* ---- dispatch ---- */

static int run_command(const struct command *command, char **argv, size_t n)
{
    struct err err = {0};
    struct options options = {.program = argv[0]};
    int status = EXIT_WRONG;
    if (options_parse(&options, command, argv + 2, n, &err)) {
        if (options.help)
            status = options_help(command, &err) ? EXIT_OK : EXIT_FAILED;
        else
            status = command->run(&options);
    }
    message_print(&err, true);
    options_release(&options);
    return status;
}

/*
 * A program may be started with its standard streams closed. Then a file that
 * it opens would take their place, and receive what was meant for them.
 */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); /* of no use, on purpose */
}

static int choose(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return say_usage();
    if (strcmp(name, "--version") == 0)
        return say_version();
    struct err err = {0};
    size_t found = NAMES_NONE;
    if (argc < 2)
        (void)err_add(&err, NULL, "no command; ckptsim --help lists them");
    else
        found = names_find(command_name_at, name, "command", &err);
    message_print(&err, true);
    return found == NAMES_NONE ? EXIT_WRONG : run_command(&commands[found], argv, (size_t)argc - 2);
}

int main(int argc, char **argv)
{
    numerics_start();
    json_start();
    occupy_standard_streams();
    /* A reader that went away is an error like any other: reported, with status 1. */
    (void)signal(SIGPIPE, SIG_IGN);
    file_clean_up_on_signals();
    return choose(argc, argv);
}
