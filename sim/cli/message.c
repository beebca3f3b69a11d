// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/buffer.h"
#include "report/escape.h"

void message_print(struct err *err, bool with_warnings)
{
    struct buffer all = {0};
    buffer_add(&all, "\n");
    for (size_t i = 0; i < err->n_problems; i++) {
        bool is_warning = err->problems[i].severity == SEVERITY_WARNING;
        if (is_warning && !with_warnings)
            continue;
        struct buffer line = {0};
        char *text = problem_text(&err->problems[i]);
        buffer_add(&line, is_warning ? "\nckptsim: warning: " : "\nckptsim: ");
        escape_terminal(&line, text); /* it may quote what a file says */
        buffer_add(&line, "\n");
        if (!strstr(all.data, line.data))
            buffer_add(&all, line.data + 1);
        buffer_release(&line);
        free(text);
    }
    (void)fputs(all.data + 1, stderr);
    buffer_release(&all);
    err_release(err);
}
