// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/plot.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "report/escape.h"
#include "report/file.h"

const struct plot plots[] = {
    {"curve", "curve.gp",
     "A metric against the swept key, with 95 % bands, the closed form, and the intervals of "
     "Young, "
     "Daly and the exact optimum; one line for each value of a second key.",
     plot_write_curve},
    {"phases", "stacked.gp",
     "The mean recovery of each point, stacked: detect, restart, restore, catch up.",
     plot_write_phases},
    {"budget", "stacked.gp",
     "Where the time goes beside new work, stacked: each part's share of the elapsed time.",
     plot_write_budget},
    {"cdf", "cdf.gp",
     "The distribution of makespan, or latency of a stream job, and of recovery time at several "
     "points.",
     plot_write_cdf},
    {"latency", "cdf.gp",
     "The distribution of latency in a stream job, end to end and of each operator.",
     plot_write_latency},
    {"lag", "lag.gp",
     "Lag and throughput of a stream job over time, with its failures and recoveries.",
     plot_write_lag},
    {"timeline", "timeline.gp",
     "When the tasks of a stream job did not run: a row per task, coloured by what kept it.",
     plot_write_timeline},
    {NULL, NULL, NULL, NULL},
};

const struct plot *plot_find(const char *name)
{
    const struct plot *plot = plots;
    while (plot->name && strcmp(plot->name, name) != 0)
        plot++;
    return plot->name ? plot : NULL;
}

const struct plot *plot_default(const struct results *results)
{
    const struct story *story = results->points[0].story;
    if (results->n_points > 1)
        return plot_find("curve");
    return plot_find(story && story->n_samples > 1 ? "lag" : "cdf");
}

bool plot_can_write(const char *out, struct err *err)
{
    static const char *const extensions[] = {".svg", ".png", ".pdf"};
    const char *slash = strrchr(out, '/');
    const char *dot = strrchr(slash ? slash : out, '.');
    for (size_t i = 0; dot && i < MEM_COUNT(extensions); i++)
        if (strcmp(dot, extensions[i]) == 0)
            return true;
    return err_add(err, NULL, "cannot plot to '%s': the name must end in .svg, .png or .pdf", out);
}

bool plot_write_data(const struct plot *plot, const struct results *results,
                     const struct plot_wish *wish, struct buffer *data, struct err *err)
{
    struct sweep sweep;
    sweep_init(&sweep, results);
    bool ok = plot->write(&sweep, wish, data, err);
    sweep_release(&sweep);
    return ok;
}

/* ---- gnuplot ---- */

/*
 * A path that gnuplot takes for a file: to it, a name that begins with '<' or
 * '|' is a command, and '-' is standard input. The caller frees it.
 */
static char *safe_path(const char *name)
{
    return mem_format("%s%s", *name == '/' ? "" : "./", name);
}

/*
 * The environment, but with a locale that knows UTF-8, as our texts are: gnuplot's
 * pictures and complaints must not depend on the user's. The caller frees the list.
 */
static char **environment(void)
{
    extern char **environ;
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0;
    while (environ[n])
        n++;
    char **list = mem_alloc(n + 2, sizeof *list);
    char **next = list;
    *next++ = locale;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], locale, sizeof "LC_ALL=" - 1) != 0)
            *next++ = environ[i];
    return list; /* mem_alloc() zeroes: it ends with NULL */
}

/* Runs the command and waits: its exit status, or 128 + the signal; -1 and errno without one. */
static int run(char *const *argv)
{
    pid_t child;
    char **variables = environment();
    int error = posix_spawnp(&child, argv[0], NULL, NULL, argv, variables);
    free(variables);
    if (error) {
        errno = error;
        return -1;
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Keeps the data beside the plot that could not be made, and says how to make it. */
static bool fail(const char *script, const char *temporary, const char *out, int status,
                 struct err *err)
{
    const char *reason = strerror(errno);
    char *data = mem_format("%s.dat", out);
    struct buffer command = {0};
    buffer_add(&command, "gnuplot -d -c ");
    escape_shell(&command, script);
    buffer_add(&command, " ");
    escape_shell(&command, data);
    buffer_add(&command, " ");
    escape_shell(&command, out);
    if (status < 0 && errno == ENOENT)
        (void)err_add(err, NULL, "gnuplot is not on the PATH");
    else if (status < 0)
        (void)err_add(err, NULL, "cannot run gnuplot: %s", reason);
    else
        (void)err_add(err, NULL, "gnuplot failed with status %d", status);
    if (rename(temporary, data) == 0)
        err_hint(err, "the data is in '%s'; plot it with: %s", data, command.data);
    buffer_release(&command);
    free(data);
    return false;
}

/* Runs the script on the data file; the plot appears under its name when all went well. */
static bool draw(const char *script, const char *data, const char *out, struct err *err)
{
    char *picture = file_temporary_name(out, 0);
    char program[] = "gnuplot";
    char no_startup_files[] = "-d";
    char with_arguments[] = "-c";
    char *script_path = mem_strdup(script);
    char *data_path = safe_path(data);
    char *picture_path = safe_path(picture);
    char *argv[] = {program, no_startup_files, with_arguments, script_path, data_path, picture_path,
                    NULL};
    int status = run(argv);
    bool ok = status == 0;
    if (!ok)
        (void)fail(script, data, out, status, err);
    else if (rename(picture, out) != 0)
        ok = err_add(err, NULL, "cannot write '%s': %s", out, strerror(errno));
    (void)unlink(picture);
    free(picture);
    free(script_path);
    free(data_path);
    free(picture_path);
    return ok;
}

bool plot_draw(const struct plot *plot, const struct buffer *data, const char *scripts,
               const char *out, struct err *err)
{
    if (!file_can_write(out, err))
        return false;
    char *script = mem_format("%s/%s", scripts, plot->script);
    char *name = mem_format("%s.dat", out);
    char *temporary = file_temporary_name(name, 0);
    bool ok = file_write(temporary, data->data, data->n, err) && draw(script, temporary, out, err);
    (void)unlink(temporary);
    free(temporary);
    free(name);
    free(script);
    return ok;
}
