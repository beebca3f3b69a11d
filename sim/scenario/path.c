// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/path.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

const char *path_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return "";
    return arena_format(arena, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

const char *path_join(struct arena *arena, const char *folder, const char *path)
{
    if (!*folder || *path == '/')
        return path;
    const char *between = folder[strlen(folder) - 1] == '/' ? "" : "/";
    return arena_format(arena, "%s%s%s", folder, between, path);
}

static bool is_component(const char *at, size_t n, const char *name)
{
    return strlen(name) == n && strncmp(at, name, n) == 0;
}

/*
 * Shortens path[0..*length) by its last component, which ".." takes back;
 * false when there is none to take back.
 */
static bool drop_last(const char *path, size_t *length)
{
    size_t start = *length;
    while (start > 0 && path[start - 1] != '/')
        start--;
    if (start == *length || is_component(path + start, *length - start, ".."))
        return false;
    *length = start > 1 ? start - 1 : start; /* the slash before it goes too, but not the root */
    return true;
}

const char *path_simplify(struct arena *arena, const char *path)
{
    bool absolute = *path == '/';
    char *simple = arena_alloc(arena, strlen(path) + 2, 1);
    size_t length = absolute;
    simple[0] = '/';
    for (const char *at = path + strspn(path, "/"); *at; at += strspn(at, "/")) {
        size_t n = strcspn(at, "/");
        bool up = is_component(at, n, "..");
        bool at_root = absolute && length == 1;
        if (!is_component(at, n, ".") && !(up && (drop_last(simple, &length) || at_root))) {
            if (length > 0 && simple[length - 1] != '/')
                simple[length++] = '/';
            for (size_t i = 0; i < n; i++)
                simple[length++] = at[i];
        }
        at += n;
    }
    simple[length] = '\0';
    return simple;
}

const char *path_seen_from(struct arena *arena, const char *folder, const char *path)
{
    folder = path_simplify(arena, folder);
    if (!*folder || *path == '/')
        return path;
    bool leads_up = is_component(folder, strcspn(folder, "/"), "..");
    if (*folder == '/' || leads_up) {
        char here[4096];
        return getcwd(here, sizeof here) ? path_join(arena, arena_strdup(arena, here), path) : path;
    }
    const char *seen = path_join(arena, "..", path);
    for (const char *slash = strchr(folder, '/'); slash; slash = strchr(slash + 1, '/'))
        seen = path_join(arena, "..", seen);
    return seen;
}
