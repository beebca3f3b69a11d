// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/domain.h"

#include <stddef.h>

const char *const domain_names[N_DOMAINS + 1] = {"process", "container", "node", "rack",
                                                 "zone",    "site",      NULL};
