// SPDX-License-Identifier: GPL-3.0-or-later
/* The scenario that the command line asks for: the file and its --set options. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "cli/options.h"
#include "core/memory.h"
#include "core/text_reader.h"
#include "scenario/scenario.h"

struct request {
    struct scenario_request scenario; /* borrows from the two below */
    struct text_cache texts;
    struct arena arena;
};

/* False, with errors, when a --set is not of the right form. To be released in any case. */
bool request_init(struct request *request, const struct options *options, struct err *err);
void request_release(struct request *request);

#endif
