// SPDX-License-Identifier: GPL-3.0-or-later
/* Names that a user chooses from a table: found, or answered with the nearest one. */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

#define NAMES_NONE SIZE_MAX

/*
 * Index of `name` among name_at(0), name_at(1), .. (NULL ends them). NAMES_NONE,
 * with an error that begins with `what`, when it is none of them.
 */
size_t names_find(const char *(*name_at)(size_t i), const char *name, const char *what,
                  struct err *err);

const char *names_metric_at(size_t i);

#endif
