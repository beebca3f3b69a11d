// SPDX-License-Identifier: GPL-3.0-or-later
/* check: reads a scenario, its data files and its sweep, and runs nothing. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/request.h"
#include "report/buffer.h"
#include "report/escape.h"
#include "report/file.h"
#include "scenario/axis.h"
#include "scenario/json.h"

static bool check(struct request *request, struct err *err)
{
    struct scenario scenario;
    struct axis *axes;
    size_t n_axes;
    if (!scenario_load_request(&scenario, &request->scenario, err))
        return false;
    bool ok =
        axis_read_sweep(json_member(scenario.tree, "sweep"), &request->arena, &axes, &n_axes, err);
    scenario_release(&scenario);
    return ok;
}

static bool say_ok(const char *path, struct err *err)
{
    struct buffer out = {0};
    escape_terminal(&out, strcmp(path, "-") == 0 ? "standard input" : path);
    buffer_add(&out, ": ok\n");
    bool ok = file_write("-", out.data, out.n, err);
    buffer_release(&out);
    return ok;
}

int command_check(const struct options *options)
{
    struct err err = {0};
    struct request request = {0};
    int status = EXIT_WRONG;
    if (request_init(&request, options, &err) && check(&request, &err))
        status = say_ok(options->subject, &err) ? EXIT_OK : EXIT_FAILED;
    message_print(&err, !options->quiet);
    request_release(&request);
    return status;
}
