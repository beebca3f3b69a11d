// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/override.h"

#include <string.h>

#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/keys.h"

/* The pointer that was meant by "checkpoint.interval", "checkpoint/interval" or "interval". */
static const char *as_pointer(const char *text, struct arena *arena)
{
    if (*text == '/' || !*text)
        return "/checkpoint/interval";
    char *pointer = arena_format(arena, "/%s", text);
    for (char *c = pointer; *c; c++)
        if (*c == '.')
            *c = '/';
    const char *named = strchr(pointer + 1, '/') ? NULL : keys_named(&keys_root, text, arena);
    return named ? named : pointer;
}

bool override_parse(struct override *override, const char *argument, struct arena *arena,
                    struct err *err)
{
    const char *equals = strchr(argument, '=');
    size_t n = equals ? (size_t)(equals - argument) : strlen(argument);
    const char *pointer = arena_format(arena, "%.*s", (int)n, argument);
    const char *why = NULL;
    if (!json_pointer_is_valid(pointer, &why) || !*pointer) {
        (void)err_add(err, NULL, "'%s': %s", argument, why ? why : "no key before '='");
        err_hint(err, "write %s=%s", as_pointer(pointer, arena),
                 equals && equals[1] ? equals + 1 : "VALUE");
        return false;
    }
    if (!equals) {
        (void)err_add(err, NULL, "'%s' has no value", argument);
        err_hint(err, "write %s=VALUE", pointer);
        return false;
    }
    override->pointer = pointer;
    override->value = arena_strdup(arena, equals + 1);
    return true;
}

static const char *origin_of(const struct override *override)
{
    return override->origin ? override->origin : "--set";
}

const char *override_place(const struct override *override, struct arena *arena)
{
    enum { SHOWN = 40 };
    bool fits = strlen(override->value) <= SHOWN;
    return arena_format(arena, "%s %s=%.*s%s", origin_of(override), override->pointer, SHOWN,
                        override->value, fits ? "" : "...");
}

cJSON *override_value(const struct override *override, struct err *err)
{
    const char *text = override->value;
    struct arena scratch = {0};
    const char *name = arena_format(&scratch, "%s %s", origin_of(override), override->pointer);
    struct err quiet = {0};
    /* What starts so was meant as JSON; 2h and young were not. */
    bool json = strchr("{[\"", *text) && *text;
    cJSON *value = json_parse(name, text, strlen(text), json ? err : &quiet);
    if (!value && !json)
        value = cJSON_CreateString(text);
    err_release(&quiet);
    arena_release(&scratch);
    return value;
}

/* Replaces each "-" by the number of items that the list has now; 0 where there is none yet. */
static const char *resolve(cJSON *tree, const char *pointer, struct arena *arena)
{
    const char *resolved = "";
    for (const char *rest = pointer; *rest;) {
        const char *next = json_pointer_skip(rest);
        const cJSON *parent = json_get(tree, resolved);
        bool append = next - rest == 2 && rest[1] == '-' && !cJSON_IsObject(parent);
        if (append)
            resolved = json_pointer_index(arena, resolved, (size_t)cJSON_GetArraySize(parent));
        else
            resolved = arena_format(arena, "%s%.*s", resolved, (int)(next - rest), rest);
        rest = next;
    }
    return resolved;
}

bool override_apply(const struct override *override, cJSON *tree, struct arena *arena,
                    const char **pointer, struct err *err)
{
    const char *why = NULL;
    size_t n = err->n_problems;
    *pointer = override->pointer;
    cJSON *value = NULL;
    bool ok = false;
    if (!json_pointer_is_valid(override->pointer, &why) || !*override->pointer) {
        ok = err_add(err, override->pointer, "%s", why ? why : "no key is named");
    } else {
        value = override_value(override, err);
        ok = value != NULL;
    }
    if (ok) {
        *pointer = resolve(tree, override->pointer, arena);
        if (cJSON_IsNull(value)) {
            cJSON_Delete(value);
            value = NULL;
        }
        ok = json_set(tree, *pointer, value, err);
    }
    if (!ok && !err->problems[n].place)
        err_place(err, "%s", override_place(override, arena));
    return ok;
}
