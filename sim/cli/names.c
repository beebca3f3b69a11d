// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/names.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/metrics.h"

enum { FEW = 16 }; /* so many names fit into a message */

/* Says what the name may be: the nearest, or all when they are few. */
static void hint(const char *(*name_at)(size_t i), size_t n, const char *name, struct err *err)
{
    const char **names = mem_alloc(n, sizeof *names);
    char *all = mem_strdup("");
    for (size_t i = 0; i < n; i++) {
        names[i] = name_at(i);
        char *more = mem_format("%s%s%s", all, i ? ", " : "", names[i]);
        free(all);
        all = more;
    }
    const char *nearest = err_nearest(name, names, n);
    if (nearest)
        err_hint(err, "did you mean '%s'?", nearest);
    else if (n <= FEW)
        err_hint(err, "it may be: %s", all);
    else if (name_at == names_metric_at)
        err_hint(err, "ckptsim list metrics says what there is");
    free(all);
    free(names);
}

size_t names_find(const char *(*name_at)(size_t i), const char *name, const char *what,
                  struct err *err)
{
    size_t n = 0;
    for (; name_at(n); n++)
        if (strcmp(name_at(n), name) == 0)
            return n;
    (void)err_add(err, NULL, "%s: there is no '%s'", what, name);
    hint(name_at, n, name, err);
    return NAMES_NONE;
}

const char *names_metric_at(size_t i)
{
    return i < N_METRICS ? metric_rows[i].name : NULL;
}
