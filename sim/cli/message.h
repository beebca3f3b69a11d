// SPDX-License-Identifier: GPL-3.0-or-later
/* What the commands say beside their results: problems, on standard error. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdbool.h>

#include "core/err.h"

/*
 * Prints the problems, one line each, the same line once, and empties `err`:
 * "ckptsim: place: pointer: message; hint".
 */
void message_print(struct err *err, bool with_warnings);

#endif
