// SPDX-License-Identifier: GPL-3.0-or-later
/* Objects, lists and maps: values that hold others. */
#include "scenario/reader.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/reader_internal.h"

enum { KEYS_LISTED = 16 }; /* an object with more keys does not list them in a message */

/* Hint for a key that is not in the table: the nearest that is, or all of them. */
static void hint_keys(const struct spot *spot, const struct field *fields, const char *key)
{
    struct arena scratch = {0};
    size_t n = 0;
    while (fields && fields[n].key)
        n++;
    const char **names = arena_alloc(&scratch, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].key;
    const char *nearest = err_nearest(key, names, n);
    if (nearest)
        err_hint(spot->reader->err, "did you mean '%s'?", nearest);
    else if (n == 0)
        err_hint(spot->reader->err, "no keys are allowed here");
    else if (n <= KEYS_LISTED)
        err_hint(spot->reader->err, "allowed here: %s", describe_keys(&scratch, fields));
    arena_release(&scratch);
}

static bool check_keys(const struct spot *spot, const struct field *fields, const char *tag,
                       const cJSON *object)
{
    bool ok = true;
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object)
    {
        const char *key = member->string;
        if (field_find(fields, key) || (tag && strcmp(tag, key) == 0))
            continue;
        const char *pointer = json_pointer_key(spot->reader->arena, spot->pointer, key);
        ok = err_add(spot->reader->err, pointer, "unknown key '%s'", key);
        hint_keys(spot, fields, key);
    }
    return ok;
}

/* The value at the key, out of the object; NULL when there is none, or null. */
static cJSON *take(cJSON *object, const char *key)
{
    cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(object, key);
    if (!cJSON_IsNull(item))
        return item;
    cJSON_Delete(item);
    return NULL;
}

static cJSON *default_value(const struct field *field)
{
    if (field->fallback) {
        cJSON *item = cJSON_Parse(field->fallback);
        assert(item); /* the table's own text */
        return item;
    }
    return field->kind == FIELD_OBJECT && !field->optional ? cJSON_CreateObject() : NULL;
}

static bool read_absent(const struct spot *spot, const struct field *field, void *base)
{
    void *target = (char *)base + field->offset;
    if (field->kind == FIELD_REAL)
        *(double *)target = (double)NAN;
    if (field->kind == FIELD_COUNT)
        *(uint64_t *)target = field->absent;
    if (!field->required)
        return true;
    struct arena scratch = {0};
    (void)err_add(spot->reader->err, spot->pointer, "missing key '%s': %s", field->key,
                  describe_field(&scratch, field, spot->inherited));
    arena_release(&scratch);
    return false;
}

/* Reads one row's value, and puts it back as the last member of the object. */
static bool read_member(const struct spot *spot, const struct field *field, const char *shorthand,
                        cJSON *object, void *base)
{
    cJSON *item = take(object, field->key);
    bool given = item != NULL;
    if (!given && !field->required)
        item = default_value(field);
    if (!item)
        return read_absent(spot, field, base);
    struct spot here = *spot;
    if (!shorthand || strcmp(shorthand, field->key) != 0)
        here.pointer = json_pointer_key(spot->reader->arena, spot->pointer, field->key);
    bool ok = reader_read_value(&here, field, &item, base);
    if (given || !cJSON_IsObject(item) || item->child)
        (void)cJSON_AddItemToObject(object, field->key, item);
    else
        cJSON_Delete(item); /* {} was only there to fill in defaults, and there are none */
    return ok;
}

bool reader_read_fields(const struct spot *spot, const struct field *fields, const char *tag,
                        const char *shorthand, cJSON *object, void *target)
{
    bool ok = check_keys(spot, fields, tag, object);
    if (tag) {
        cJSON *name = cJSON_DetachItemFromObjectCaseSensitive(object, tag);
        (void)cJSON_AddItemToObject(object, tag, name);
    }
    for (const struct field *field = fields; field && field->key; field++)
        ok = read_member(spot, field, shorthand, object, target) && ok;
    return ok;
}

static bool is_scalar(const cJSON *item)
{
    return !cJSON_IsObject(item) && !cJSON_IsArray(item) && !cJSON_IsNull(item);
}

/* An object in place; a scalar may stand for it, and stays when nothing is added to it. */
static bool read_object(const struct spot *spot, const struct field *field, cJSON **item,
                        void *target)
{
    if (cJSON_IsObject(*item))
        return reader_read_fields(spot, field->fields, NULL, NULL, *item, target);
    if (!field->shorthand_key || !is_scalar(*item))
        return reader_wrong_type(spot, field, *item);
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddItemToObject(object, field->shorthand_key, *item);
    bool ok = reader_read_fields(spot, field->fields, NULL, field->shorthand_key, object, target);
    *item = object;
    if (!object->child->next) {
        *item = cJSON_DetachItemViaPointer(object, object->child);
        cJSON_Delete(object);
    }
    return ok;
}

/* Reads all children of `container` as items of a list, by the row of an item. */
static bool read_items(const struct spot *spot, const struct field *field, cJSON *container,
                       struct list *list)
{
    struct arena *arena = spot->reader->arena;
    bool ok = true;
    size_t n = (size_t)cJSON_GetArraySize(container);
    *list = (struct list){.items = arena_alloc(arena, n, field->element_size), .n = n};
    for (size_t i = 0; i < n; i++) {
        cJSON *item = cJSON_DetachItemViaPointer(container, container->child);
        char *base = (char *)list->items + i * field->element_size;
        struct spot here = *spot;
        if (field->kind == FIELD_MAP) {
            const char *name = arena_strdup(arena, item->string);
            here.pointer = json_pointer_key(arena, spot->pointer, name);
            *(const char **)base = name;
            ok = reader_read_value(&here, field->element, &item, base) && ok;
            (void)cJSON_AddItemToObject(container, name, item);
        } else {
            here.pointer = json_pointer_index(arena, spot->pointer, i);
            ok = reader_read_value(&here, field->element, &item, base) && ok;
            (void)cJSON_AddItemToArray(container, item);
        }
    }
    return ok;
}

/* Whether all members have plain names, since those end up in files and plots. */
static bool check_names(const struct spot *spot, const cJSON *map)
{
    bool ok = true;
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, map)
    {
        const char *name = member->string;
        if (*name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name))
            continue;
        const char *pointer = json_pointer_key(spot->reader->arena, spot->pointer, name);
        ok = err_add(spot->reader->err, pointer,
                     "a name is made of small letters, digits, '_' and '-'");
    }
    return ok;
}

bool reader_read_value(const struct spot *spot, const struct field *field, cJSON **item, void *base)
{
    void *target = (char *)base + field->offset;
    switch (field->kind) {
    case FIELD_REAL:
    case FIELD_COUNT:
    case FIELD_BOOL:
    case FIELD_TEXT:
    case FIELD_PATH:
    case FIELD_CHOICE:
    case FIELD_FLAGS:
        return reader_read_scalar(spot, field, *item, target);
    case FIELD_OBJECT:
        return read_object(spot, field, item, target);
    case FIELD_UNION:
        return reader_read_union(spot, field, item, target);
    case FIELD_LIST:
        return cJSON_IsArray(*item) ? read_items(spot, field, *item, target)
                                    : reader_wrong_type(spot, field, *item);
    case FIELD_MAP:
        if (!cJSON_IsObject(*item))
            return reader_wrong_type(spot, field, *item);
        return check_names(spot, *item) && read_items(spot, field, *item, target);
    case FIELD_RAW:
        break;
    }
    return true;
}

bool reader_read(const struct reader *reader, const struct field *fields, cJSON *object,
                 const char *pointer, void *target)
{
    assert(cJSON_IsObject(object));
    struct spot spot = {reader, pointer, reader->inherited};
    return reader_read_fields(&spot, fields, NULL, NULL, object, target);
}
