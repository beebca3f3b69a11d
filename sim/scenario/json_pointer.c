// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/json_pointer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scenario/json.h"

bool json_pointer_is_valid(const char *pointer, const char **why)
{
    if (*pointer && *pointer != '/') {
        *why = "a JSON Pointer starts with '/'";
        return false;
    }
    for (const char *c = strchr(pointer, '~'); c; c = strchr(c + 1, '~'))
        if (c[1] != '0' && c[1] != '1') {
            *why = "in a JSON Pointer, ~ is followed by 0 (for ~) or 1 (for /)";
            return false;
        }
    return true;
}

const char *json_pointer_key(struct arena *arena, const char *pointer, const char *key)
{
    char *below = arena_alloc(arena, strlen(pointer) + 2 * strlen(key) + 2, 1);
    char *end = below;
    while (*pointer)
        *end++ = *pointer++;
    *end++ = '/';
    for (; *key; key++) {
        if (*key != '~' && *key != '/') {
            *end++ = *key;
            continue;
        }
        *end++ = '~';
        *end++ = *key == '~' ? '0' : '1';
    }
    return below;
}

const char *json_pointer_index(struct arena *arena, const char *pointer, size_t index)
{
    return arena_format(arena, "%s/%zu", pointer, index);
}

/* Length of the first token, without its '/'. */
static size_t token_length(const char *rest)
{
    assert(*rest == '/');
    return strcspn(rest + 1, "/");
}

const char *json_pointer_skip(const char *rest)
{
    return rest + 1 + token_length(rest);
}

char *json_pointer_token(const char *rest)
{
    size_t n = token_length(rest);
    char *token = mem_alloc(n + 1, 1);
    char *end = token;
    for (const char *c = rest + 1; c <= rest + n; c++)
        if (*c == '~')
            *end++ = *++c == '0' ? '~' : '/';
        else
            *end++ = *c;
    return token;
}

/* Whether the first token, escapes undone, is `key`. */
static bool token_is(const char *rest, const char *key)
{
    char *token = json_pointer_token(rest);
    bool same = strcmp(token, key) == 0;
    free(token);
    return same;
}

/* The index that a token is, without leading zeros; false when it is none. */
static bool token_index(const char *rest, size_t *index)
{
    size_t n = token_length(rest);
    if (n == 0 || n > 9 || strspn(rest + 1, "0123456789") < n || (n > 1 && rest[1] == '0'))
        return false;
    *index = strtoul(rest + 1, NULL, 10);
    return true;
}

const char *json_pointer_below(const char *rest, const char *key, size_t length)
{
    if (!*rest)
        return NULL;
    cJSON *text = cJSON_ParseWithLength(key, length);
    bool same = text && token_is(rest, text->valuestring);
    cJSON_Delete(text);
    return same ? json_pointer_skip(rest) : NULL;
}

const char *json_pointer_below_index(const char *rest, size_t index)
{
    size_t wanted = 0;
    if (!*rest || !token_index(rest, &wanted) || wanted != index)
        return NULL;
    return json_pointer_skip(rest);
}

bool json_pointer_is_within(const char *pointer, const char *above)
{
    size_t n = strlen(above);
    return strncmp(pointer, above, n) == 0 && (pointer[n] == '\0' || pointer[n] == '/');
}

/* The member or item that the first token names, or NULL. */
static cJSON *child_of(const cJSON *parent, const char *rest)
{
    size_t index = 0;
    bool is_index = token_index(rest, &index);
    cJSON *child = NULL;
    cJSON_ArrayForEach(child, parent)
    {
        if (cJSON_IsObject(parent) ? token_is(rest, child->string) : is_index && index-- == 0)
            return child;
    }
    return NULL;
}

cJSON *json_get(cJSON *root, const char *pointer)
{
    cJSON *node = root;
    for (const char *rest = pointer; node && *rest; rest = json_pointer_skip(rest))
        node = child_of(node, rest);
    return node;
}

/* A way to go on, and what has been passed of it: for messages. */
struct way {
    const char *pointer;
    const char *rest;
    struct err *err;
};

/* Reports at the part of the pointer before the rest. */
static bool fail(const struct way *way, const char *message)
{
    char *passed = mem_format("%.*s", (int)(way->rest - way->pointer), way->pointer);
    (void)err_add(way->err, passed, "%s", message);
    free(passed);
    return false;
}

/* Whether the first token can be a new member or item of `parent`; else an error. */
static bool can_add(const struct way *way, const cJSON *parent)
{
    if (cJSON_IsObject(parent))
        return true;
    size_t index = 0;
    size_t n = (size_t)cJSON_GetArraySize(parent);
    if (token_index(way->rest, &index) && index == n)
        return true;
    char *token = json_pointer_token(way->rest);
    char *message =
        mem_format("'%s' is no index of this list of %zu item%s", token, n, n == 1 ? "" : "s");
    (void)fail(way, message);
    err_hint(way->err, "\"-\" appends");
    free(message);
    free(token);
    return false;
}

static void add_child(cJSON *parent, const char *rest, cJSON *child)
{
    if (cJSON_IsArray(parent)) {
        (void)cJSON_AddItemToArray(parent, child);
        return;
    }
    char *key = json_pointer_token(rest);
    (void)cJSON_AddItemToObject(parent, key, child);
    free(key);
}

/* Steps to the child that the first token names; makes it when it is missing. */
static cJSON *step(const struct way *way, cJSON *parent)
{
    cJSON *child = child_of(parent, way->rest);
    const char *next = json_pointer_skip(way->rest);
    if (!child) {
        if (!can_add(way, parent))
            return NULL;
        bool list = json_pointer_is_within(next, "/0");
        child = list ? cJSON_CreateArray() : cJSON_CreateObject();
        add_child(parent, way->rest, child);
    }
    if (cJSON_IsObject(child) || cJSON_IsArray(child))
        return child;
    char buffer[JSON_EXCERPT];
    char *message = mem_format("%s has no keys", json_describe(child, buffer));
    struct way here = {way->pointer, next, way->err};
    (void)fail(&here, message);
    err_hint(way->err, "set it whole");
    free(message);
    return NULL;
}

/* Puts the value into `parent`, in place of what the last token names. */
static bool put(const struct way *way, cJSON *parent, cJSON *value)
{
    cJSON *old = child_of(parent, way->rest);
    if (!value) {
        cJSON_Delete(cJSON_DetachItemViaPointer(parent, old));
        return true;
    }
    if (!old) {
        if (can_add(way, parent)) {
            add_child(parent, way->rest, value);
            return true;
        }
        cJSON_Delete(value);
        return false;
    }
    if (cJSON_IsArray(parent))
        return cJSON_ReplaceItemViaPointer(parent, old, value);
    char *key = json_pointer_token(way->rest);
    (void)cJSON_ReplaceItemInObjectCaseSensitive(parent, key, value);
    free(key);
    return true;
}

bool json_set(cJSON *root, const char *pointer, cJSON *value, struct err *err)
{
    assert(*pointer == '/');
    struct way way = {pointer, pointer, err};
    cJSON *node = root;
    for (; *json_pointer_skip(way.rest); way.rest = json_pointer_skip(way.rest)) {
        node = step(&way, node);
        if (!node) {
            cJSON_Delete(value);
            return false;
        }
    }
    return put(&way, node, value);
}
