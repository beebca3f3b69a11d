// SPDX-License-Identifier: GPL-3.0-or-later
/* Finding the gnuplot scripts: the program works from any folder, installed or not. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "report/plot.h"

/* Path of the running program in a block that the caller frees; argv[0] where nobody knows. */
static char *program_path(const char *program)
{
    enum { LONGEST = 4096 };
    char path[LONGEST];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return mem_strdup(program);
    path[length] = '\0';
    return mem_strdup(path);
}

/* The folder when it holds the scripts; otherwise frees it and returns NULL. */
static char *with_scripts(char *folder)
{
    char *script = mem_format("%s/style.gp", folder);
    bool found = access(script, R_OK) == 0;
    free(script);
    if (found)
        return folder;
    free(folder);
    return NULL;
}

static char *beside_program(const char *program)
{
    /* build/ckptsim, build/MODE/ckptsim, PREFIX/bin/ckptsim */
    static const char *const places[] = {"../analysis", "../../analysis",
                                         "../share/ckptsim/analysis"};
    char *path = program_path(program);
    char *slash = strrchr(path, '/');
    char *found = NULL;
    if (slash) {
        *slash = '\0';
        for (size_t i = 0; !found && i < MEM_COUNT(places); i++)
            found = with_scripts(mem_format("%s/%s", path, places[i]));
    }
    free(path);
    return found;
}

char *plot_find_scripts(const char *program, struct err *err)
{
    const char *chosen = getenv("CKPTSIM_DATA");
    char *found = chosen ? with_scripts(mem_format("%s/analysis", chosen)) : NULL;
    if (!found)
        found = beside_program(program);
    if (!found)
        found = with_scripts(mem_strdup(CKPTSIM_DATADIR "/analysis"));
    if (!found) {
        (void)err_add(err, NULL, "cannot find the gnuplot scripts, analysis/*.gp, of this program");
        err_hint(err, "set CKPTSIM_DATA to the folder that holds analysis/");
    }
    return found;
}
