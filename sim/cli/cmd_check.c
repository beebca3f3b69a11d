// SPDX-License-Identifier: GPL-3.0-or-later
/* check: reads scenarios, their data files and their sweeps, and runs nothing. */
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/request.h"
#include "report/buffer.h"
#include "report/escape.h"
#include "report/file.h"

static bool say_ok(const char *path, struct err *err)
{
    struct buffer out = {0};
    escape_terminal(&out, strcmp(path, "-") == 0 ? "standard input" : path);
    buffer_add(&out, ": ok\n");
    bool ok = file_write("-", out.data, out.n, err);
    buffer_release(&out);
    return ok;
}

/* Checks one scenario, and says what came of it. */
static enum exit_status check(struct request *request, const char *path, bool quiet)
{
    struct err err = {0};
    struct scenario scenario;
    enum exit_status status = EXIT_WRONG;
    request->scenario.path = path;
    if (scenario_load_request(&scenario, &request->scenario, &err)) {
        scenario_release(&scenario);
        status = say_ok(path, &err) ? EXIT_OK : EXIT_FAILED;
    }
    message_print(&err, !quiet);
    return status;
}

int command_check(const struct options *options)
{
    struct err err = {0};
    struct request request = {0};
    enum exit_status worst = EXIT_WRONG;
    if (request_init(&request, options, &err)) {
        worst = EXIT_OK;
        for (size_t i = 0; i < options->subjects.n; i++) {
            enum exit_status status = check(&request, options->subjects.items[i], options->quiet);
            worst = status > worst ? status : worst;
        }
    }
    message_print(&err, true);
    request_release(&request);
    return (int)worst;
}
