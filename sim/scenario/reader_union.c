// SPDX-License-Identifier: GPL-3.0-or-later
/* Values that choose their type: {"dist": "weibull", ...}, or a scalar that stands for one. */
#include <string.h>

#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/reader_internal.h"

static bool bad_variant(const struct spot *spot, const struct union_type *types, const cJSON *name,
                        const char *allowed)
{
    struct arena scratch = {0};
    size_t n = 0;
    while (types->variants[n])
        n++;
    const char **names = arena_alloc(&scratch, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = types->variants[i]->name;
    (void)reader_bad_name(spot, name, allowed, names, n);
    arena_release(&scratch);
    return false;
}

/* Whether the variant takes all keys of the object. */
static bool takes_keys(const struct variant *variant, const cJSON *object)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object)
    {
        if (!field_find(variant->fields, member->string))
            return false;
    }
    return true;
}

/* Whether it takes them, and misses none. */
static bool fits(const struct variant *variant, const void *object)
{
    if (!takes_keys(variant, object))
        return false;
    for (const struct field *field = variant->fields; field && field->key; field++)
        if (field->required && !json_member(object, field->key))
            return false;
    return true;
}

/* The variant of an object without the tag; NULL: it must say. */
static const struct variant *implied_variant(const struct union_type *types, const cJSON *object)
{
    if (!object->child)
        return NULL;
    if (types->shorthand && takes_keys(types->shorthand, object))
        return types->shorthand;
    for (size_t i = 0; types->by_keys && types->variants[i]; i++)
        if (fits(types->variants[i], object))
            return types->variants[i];
    return NULL;
}

/* An object that does not say which variant it is: names those that its keys fit. */
static bool missing_tag(const struct spot *spot, const struct union_type *types,
                        const cJSON *object)
{
    struct arena scratch = {0};
    const char *fitting = object->child ? describe_variants(&scratch, types, fits, object) : NULL;
    (void)err_add(spot->reader->err, spot->pointer, "missing key '%s', which chooses the %s",
                  types->tag, types->name);
    if (fitting)
        err_hint(spot->reader->err, "these keys fit %s", fitting);
    else
        err_hint(spot->reader->err, "it is %s", describe_variants(&scratch, types, NULL, NULL));
    arena_release(&scratch);
    return false;
}

/* For describe_variants(): the variants that have a key. */
static bool has_key(const struct variant *variant, const void *key)
{
    return field_find(variant->fields, key) != NULL;
}

/* Reports keys that other variants have, and takes them away: no later check need see them. */
static bool check_foreign_keys(const struct spot *spot, const struct union_type *types,
                               const struct variant *variant, cJSON *object)
{
    struct arena scratch = {0};
    bool ok = true;
    for (cJSON *member = object->child, *next = NULL; member; member = next) {
        next = member->next;
        const char *owners = describe_variants(&scratch, types, has_key, member->string);
        if (!owners || has_key(variant, member->string) || strcmp(member->string, types->tag) == 0)
            continue;
        ok = err_add(spot->reader->err,
                     json_pointer_key(spot->reader->arena, spot->pointer, member->string),
                     "'%s' belongs to %s, not to %s", member->string, owners, variant->name);
        cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
    }
    arena_release(&scratch);
    return ok;
}

/* Reads an object whose tag has been found to name `variant`. */
static bool read_variant(const struct spot *spot, const struct field *field,
                         const struct variant *variant, const char *shorthand, cJSON *object,
                         struct tagged *target)
{
    const struct reader *reader = spot->reader;
    const struct union_type *types = field->types;
    struct spot here = *spot;
    here.inherited = field_dimension(field, spot->inherited);
    void *params = variant->size ? arena_alloc(reader->arena, 1, variant->size) : NULL;
    *target = (struct tagged){variant, params};
    bool ok = check_foreign_keys(&here, types, variant, object);
    ok = reader_read_fields(&here, variant->fields, types->tag, shorthand, object, params) && ok;
    if (!ok || !variant->prepare)
        return ok;
    struct field_context context = {
        .arena = reader->arena,
        .err = reader->err,
        .pointer = spot->pointer,
        .dimension = here.inherited,
        .lenient = reader->lenient,
        .texts = reader->texts,
    };
    return variant->prepare(params, &context);
}

static bool read_object(const struct spot *spot, const struct field *field, cJSON *object,
                        struct tagged *target)
{
    const struct union_type *types = field->types;
    const cJSON *name = json_member(object, types->tag);
    const struct variant *implied = name ? NULL : implied_variant(types, object);
    if (implied)
        name = cJSON_AddStringToObject(object, types->tag, implied->name);
    if (!name || cJSON_IsNull(name))
        return missing_tag(spot, types, object);
    struct arena scratch = {0};
    struct spot at_tag = *spot;
    at_tag.pointer = json_pointer_key(spot->reader->arena, spot->pointer, types->tag);
    const char *names = describe_variants(&scratch, types, NULL, NULL);
    const struct variant *variant = NULL;
    if (cJSON_IsString(name)) {
        variant = variant_find(types, name->valuestring);
        if (!variant)
            (void)bad_variant(&at_tag, types, name, names);
    } else {
        char buffer[JSON_EXCERPT];
        (void)err_add(spot->reader->err, at_tag.pointer, "needs %s, not %s", names,
                      json_describe(name, buffer));
    }
    arena_release(&scratch);
    return variant && read_variant(spot, field, variant, NULL, object, target);
}

/* {tag: name}, whose members the caller adds to. */
static cJSON *tagged_object(const struct union_type *types, const struct variant *variant)
{
    cJSON *object = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(object, types->tag, variant->name);
    return object;
}

/* A text that names a variant: {tag: text}, spelt out when the variant has defaults to show. */
static bool read_name(const struct spot *spot, const struct field *field,
                      const struct variant *variant, cJSON **item, struct tagged *target)
{
    cJSON *object = tagged_object(field->types, variant);
    bool ok = read_variant(spot, field, variant, NULL, object, target);
    cJSON *unused = object;
    if (object->child->next) {
        unused = *item;
        *item = object;
    }
    cJSON_Delete(unused);
    return ok;
}

/* Any other scalar: {tag: shorthand, key: scalar}, spelt out when that shows a default. */
static bool read_shorthand(const struct spot *spot, const struct field *field, cJSON **item,
                           struct tagged *target)
{
    const struct union_type *types = field->types;
    const char *key = types->shorthand_key;
    cJSON *object = tagged_object(types, types->shorthand);
    (void)cJSON_AddItemToObject(object, key, *item);
    bool ok = read_variant(spot, field, types->shorthand, key, object, target);
    *item = object;
    if (cJSON_GetArraySize(object) == 2) {
        *item = cJSON_DetachItemFromObjectCaseSensitive(object, key);
        cJSON_Delete(object);
    }
    return ok;
}

/*
 * Whether a text that names no variant was meant to: it starts with a letter,
 * and what the shorthand takes are numbers.
 */
static bool looks_like_name(const struct union_type *types, const char *text)
{
    const struct field *value = field_find(types->shorthand->fields, types->shorthand_key);
    bool numeric =
        value->kind == FIELD_REAL || value->kind == FIELD_COUNT || value->kind == FIELD_UNION;
    return numeric && ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'));
}

/*
 * Whether an object is what the shorthand takes, itself a union: {"dist": ..} where a detector is
 * wanted stands for a delay of that law.
 */
static bool is_shorthand_value(const struct union_type *types, const cJSON *object)
{
    if (!types->shorthand || json_member(object, types->tag))
        return false;
    const struct field *value = field_find(types->shorthand->fields, types->shorthand_key);
    return value->kind == FIELD_UNION && json_member(object, value->types->tag);
}

bool reader_read_union(const struct spot *spot, const struct field *field, cJSON **item,
                       struct tagged *target)
{
    const struct union_type *types = field->types;
    if (cJSON_IsObject(*item) && is_shorthand_value(types, *item))
        return read_shorthand(spot, field, item, target);
    if (cJSON_IsObject(*item))
        return read_object(spot, field, *item, target);
    bool text = cJSON_IsString(*item);
    const struct variant *variant = text ? variant_find(types, (*item)->valuestring) : NULL;
    if (variant)
        return read_name(spot, field, variant, item, target);
    if (text && (!types->shorthand || looks_like_name(types, (*item)->valuestring))) {
        struct arena scratch = {0};
        const char *names = describe_variants(&scratch, types, NULL, NULL);
        if (types->shorthand)
            names = arena_format(
                &scratch, "%s, nor %s",
                describe_field(&scratch, field_find(types->shorthand->fields, types->shorthand_key),
                               field_dimension(field, spot->inherited)),
                names);
        (void)bad_variant(spot, types, *item, names);
        arena_release(&scratch);
        return false;
    }
    if (cJSON_IsArray(*item) || cJSON_IsNull(*item) || !types->shorthand)
        return reader_wrong_type(spot, field, *item);
    return read_shorthand(spot, field, item, target);
}
