// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/utf8.h"
#include "scenario/json_pointer.h"
#include "scenario/json_write.h"

static void *allocate(size_t bytes)
{
    return mem_resize(NULL, bytes, 1);
}

void json_start(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = allocate, .free_fn = free});
}

cJSON *json_member(const cJSON *object, const char *key)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_member_text(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(json_member(object, key));
}

/* A text, and where it came from, while it is checked. */
struct document {
    const char *name;
    const char *text;
    size_t length;
    struct arena pointers;
    struct err *err;
};

/* Reports the keys that an object within `value` has twice. */
static void check_duplicates(struct document *document, const cJSON *value, const char *pointer)
{
    const cJSON *child = NULL;
    size_t index = 0;
    cJSON_ArrayForEach(child, value)
    {
        const char *below = cJSON_IsObject(value)
                                ? json_pointer_key(&document->pointers, pointer, child->string)
                                : json_pointer_index(&document->pointers, pointer, index++);
        if (cJSON_IsObject(value) && json_member(value, child->string) != child) {
            struct json_place place = json_locate(document->text, document->length, below);
            (void)err_add(document->err, below, "key '%s' given twice", child->string);
            err_place(document->err, "%s%s%zu:%zu", document->name ? document->name : "",
                      document->name ? ":" : "", place.line, place.column);
        }
        if (cJSON_IsObject(child) || cJSON_IsArray(child))
            check_duplicates(document, child, below);
    }
}

cJSON *json_parse(const char *name, const char *text, size_t length, struct err *err)
{
    if (!json_check(name, text, length, err))
        return NULL;
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    assert(tree); /* cJSON takes all that passed the scan */
    struct document document = {.name = name, .text = text, .length = length, .err = err};
    size_t n_errors = err->n_errors;
    check_duplicates(&document, tree, "");
    arena_release(&document.pointers);
    if (err->n_errors == n_errors)
        return tree;
    cJSON_Delete(tree);
    return NULL;
}

/* A text in quotes, cut to fit, with nothing in it that moves a cursor. */
static const char *describe_text(const char *text, char buffer[JSON_EXCERPT])
{
    enum { ROOM = JSON_EXCERPT - sizeof "\"...\"" };
    size_t used = 1;
    buffer[0] = '"';
    while (*text) {
        size_t n = utf8_length(text, strlen(text));
        if (used + n > ROOM)
            break;
        bool plain = n > 0 && (unsigned char)*text >= ' ' && *text != 0x7f;
        memcpy(buffer + used, plain ? text : "?", plain ? n : 1);
        used += plain ? n : 1;
        text += n ? n : 1;
    }
    (void)snprintf(buffer + used, JSON_EXCERPT - used, "%s\"", *text ? "..." : "");
    return buffer;
}

const char *json_describe(const cJSON *value, char buffer[JSON_EXCERPT])
{
    if (cJSON_IsString(value))
        return describe_text(value->valuestring, buffer);
    if (cJSON_IsNumber(value))
        return json_real_text(value->valuedouble, buffer);
    if (cJSON_IsBool(value))
        return cJSON_IsTrue(value) ? "true" : "false";
    if (cJSON_IsNull(value))
        return "null";
    return cJSON_IsArray(value) ? "a list" : "an object";
}

bool json_is_discriminator(const char *key)
{
    static const char *const discriminators[] = {"dist",    "format", "kind",
                                                 "process", "rule",   "strategy"};
    for (size_t i = 0; i < MEM_COUNT(discriminators); i++)
        if (strcmp(key, discriminators[i]) == 0)
            return true;
    return false;
}

/* Whether the patch gives a discriminator of the target another text. */
static bool changes_meaning(const cJSON *target, const cJSON *patch)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, patch)
    {
        const char *old = json_member_text(target, member->string);
        if (old && cJSON_IsString(member) && json_is_discriminator(member->string) &&
            strcmp(old, member->valuestring) != 0)
            return true;
    }
    return false;
}

static void remove_members(cJSON *object)
{
    while (object->child)
        cJSON_Delete(cJSON_DetachItemViaPointer(object, object->child));
}

static void put_member(cJSON *object, const char *key, cJSON *value)
{
    if (json_member(object, key))
        (void)cJSON_ReplaceItemInObjectCaseSensitive(object, key, value);
    else
        (void)cJSON_AddItemToObject(object, key, value);
}

/* The item of a list that a key such as "0" means; NULL: there is none, or no list. */
static cJSON *item_of(cJSON *list, const char *key)
{
    if (!cJSON_IsArray(list) || key[strspn(key, "0123456789")])
        return NULL;
    char *pointer = mem_format("/%s", key);
    cJSON *item = json_get(list, pointer);
    free(pointer);
    return item;
}

/* Whether a patch is of items of the list, each of which is an object and stays one. */
static bool is_of_items(cJSON *list, const cJSON *patch)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, patch)
    {
        if (!cJSON_IsObject(member) || !cJSON_IsObject(item_of(list, member->string)))
            return false;
    }
    return cJSON_IsArray(list) && patch->child;
}

static void merge_items(cJSON *list, const cJSON *patch)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, patch)
    {
        json_merge(item_of(list, member->string), member);
    }
}

void json_merge(cJSON *target, const cJSON *patch)
{
    assert(cJSON_IsObject(target) && cJSON_IsObject(patch));
    if (changes_meaning(target, patch))
        remove_members(target);
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, patch)
    {
        cJSON *old = json_member(target, member->string);
        if (cJSON_IsNull(member)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(target, old));
        } else if (!cJSON_IsObject(member)) {
            put_member(target, member->string, cJSON_Duplicate(member, true));
        } else if (is_of_items(old, member)) {
            merge_items(old, member);
        } else {
            if (!cJSON_IsObject(old)) {
                old = cJSON_CreateObject();
                put_member(target, member->string, old);
            }
            json_merge(old, member);
        }
    }
}
