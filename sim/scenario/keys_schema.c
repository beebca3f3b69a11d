// SPDX-License-Identifier: GPL-3.0-or-later
/* The field tables as a JSON Schema, draft 2020-12. */
#include <ctype.h>
#include <math.h>

#include "scenario/describe.h"
#include "scenario/json_write.h"
#include "scenario/keys.h"

/* A quantity as units_read() takes it; the unit follows. */
#define NUMBER "^[ \\t]*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?[ \\t]*"
#define TIME_UNIT "(ns|us|ms|s|min|h|d|w|y)"
#define BYTE_UNIT "(B|[kMGTP]B|[KMGTP]iB)"

static const char *pattern_of(enum dimension dimension)
{
    static const char *const patterns[] = {
        [DIMENSION_NONE] = NUMBER "[kMGT%]?[ \\t]*$",
        [DIMENSION_TIME] = NUMBER TIME_UNIT "[ \\t]*$",
        [DIMENSION_BYTES] = NUMBER BYTE_UNIT "[ \\t]*$",
        [DIMENSION_RATE] = NUMBER "[kMGT]?[ \\t]*/[ \\t]*" TIME_UNIT "[ \\t]*$",
        [DIMENSION_BANDWIDTH] = NUMBER BYTE_UNIT "[ \\t]*/[ \\t]*s[ \\t]*$",
        [DIMENSION_INHERIT] = NULL,
    };
    return patterns[dimension];
}

struct schema {
    cJSON *definitions; /* unions by name and dimension: they may hold themselves */
    struct arena arena;
};

static cJSON *value_schema(struct schema *schema, const struct field *field,
                           enum dimension inherited);

static void add_text(cJSON *object, const char *key, const char *text)
{
    (void)cJSON_AddStringToObject(object, key, text);
}

/* What people read about a row: its help, and its range. */
static void add_description(struct schema *schema, cJSON *object, const struct field *field,
                            enum dimension inherited)
{
    bool number = field->kind == FIELD_REAL || field->kind == FIELD_COUNT;
    const char *help = field->help ? field->help : "";
    if (number && field_has_range(field))
        help = arena_format(&schema->arena, "%s%sIn %s.", help, *help ? " " : "",
                            describe_range(&schema->arena, field, inherited));
    if (*help)
        add_text(object, "description", help);
    if (field->fallback)
        (void)cJSON_AddItemToObject(object, "default", cJSON_Parse(field->fallback));
}

/* Limits apply to JSON numbers only; of quantities just the form is checked. */
static cJSON *number_schema(const struct field *field, enum dimension dimension)
{
    cJSON *object = cJSON_CreateObject();
    if (dimension == DIMENSION_NONE) {
        cJSON *types = cJSON_AddArrayToObject(object, "type");
        const char *number = field->kind == FIELD_COUNT ? "integer" : "number";
        (void)cJSON_AddItemToArray(types, cJSON_CreateString(number));
        (void)cJSON_AddItemToArray(types, cJSON_CreateString("string"));
    } else {
        add_text(object, "type", "string");
    }
    if (dimension == DIMENSION_NONE && field_has_range(field)) {
        json_add_real(object, field->above_min ? "exclusiveMinimum" : "minimum", field->min);
        if (isfinite(field->max))
            json_add_real(object, "maximum", field->max);
    }
    add_text(object, "pattern", pattern_of(dimension));
    return object;
}

static cJSON *choice_schema(const struct field *field)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *names = cJSON_AddArrayToObject(object, "enum");
    for (size_t i = 0; field_choice(field, i); i++)
        (void)cJSON_AddItemToArray(names, cJSON_CreateString(field_choice(field, i)));
    return object;
}

static cJSON *list_schema(cJSON *items)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "type", "array");
    (void)cJSON_AddItemToObject(object, "items", items);
    return object;
}

/* {"anyOf": [one, other]} */
static cJSON *either(cJSON *one, cJSON *other)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *choices = cJSON_AddArrayToObject(object, "anyOf");
    (void)cJSON_AddItemToArray(choices, one);
    (void)cJSON_AddItemToArray(choices, other);
    return object;
}

static cJSON *typed(const char *type)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "type", type);
    return object;
}

/* The schema, or null, which takes back what an extended file says. */
static cJSON *or_null(cJSON *schema)
{
    cJSON *names = cJSON_GetObjectItemCaseSensitive(schema, "enum");
    cJSON *type = cJSON_DetachItemFromObjectCaseSensitive(schema, "type");
    if (names)
        (void)cJSON_AddItemToArray(names, cJSON_CreateNull());
    if (type) {
        cJSON *types = cJSON_IsArray(type) ? type : cJSON_CreateArray();
        if (types != type)
            (void)cJSON_AddItemToArray(types, type);
        (void)cJSON_AddItemToArray(types, cJSON_CreateString("null"));
        (void)cJSON_AddItemToObject(schema, "type", types);
    }
    return names || type || !schema->child ? schema : either(schema, typed("null"));
}

/* {"type": "object"} that takes the keys of a table, and no others. */
static cJSON *object_schema(struct schema *schema, const struct field *fields,
                            enum dimension inherited)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "type", "object");
    cJSON *properties = cJSON_AddObjectToObject(object, "properties");
    for (const struct field *field = fields; field && field->key; field++) {
        cJSON *value = or_null(value_schema(schema, field, inherited));
        add_description(schema, value, field, inherited);
        (void)cJSON_AddItemToObject(properties, field->key, value);
    }
    (void)cJSON_AddFalseToObject(object, "additionalProperties");
    return object;
}

static cJSON *map_schema(const char *pattern, cJSON *members)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "type", "object");
    cJSON *names = cJSON_AddObjectToObject(object, "propertyNames");
    add_text(names, "pattern", pattern);
    (void)cJSON_AddItemToObject(object, "additionalProperties", members);
    return object;
}

/* Items of a list that the file extends, by their position. */
static cJSON *items_schema(cJSON *item)
{
    cJSON *object = map_schema("^(0|[1-9][0-9]*)$", item);
    (void)cJSON_AddNumberToObject(object, "minProperties", 1);
    return object;
}

/* The object of one variant, with the tag that chooses it. */
static cJSON *variant_schema(struct schema *schema, const struct union_type *types,
                             const struct variant *variant, enum dimension dimension)
{
    cJSON *object = object_schema(schema, variant->fields, dimension);
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(object, "properties");
    cJSON *tag = cJSON_CreateObject();
    add_text(tag, "const", variant->name);
    if (variant->help)
        add_text(tag, "description", variant->help);
    (void)cJSON_AddItemToObject(properties, types->tag, tag);
    cJSON *required = cJSON_AddArrayToObject(object, "required");
    (void)cJSON_AddItemToArray(required, cJSON_CreateString(types->tag));
    return object;
}

/* An object without the tag, which adds to what another file or a strategy says. */
static cJSON *partial_schema(const struct union_type *types)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "type", "object");
    cJSON *properties = cJSON_AddObjectToObject(object, "properties");
    (void)cJSON_AddFalseToObject(properties, types->tag);
    for (size_t i = 0; types->variants[i]; i++)
        for (const struct field *f = types->variants[i]->fields; f && f->key; f++)
            if (!cJSON_GetObjectItemCaseSensitive(properties, f->key))
                (void)cJSON_AddTrueToObject(properties, f->key);
    (void)cJSON_AddFalseToObject(object, "additionalProperties");
    return object;
}

static bool needs_keys(const struct variant *variant)
{
    for (const struct field *field = variant->fields; field && field->key; field++)
        if (field->required)
            return true;
    return false;
}

/* The variants that a name alone stands for; NULL when there are none. */
static cJSON *names_schema(const struct union_type *types)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *names = cJSON_AddArrayToObject(object, "enum");
    for (size_t i = 0; types->variants[i]; i++)
        if (!needs_keys(types->variants[i]))
            (void)cJSON_AddItemToArray(names, cJSON_CreateString(types->variants[i]->name));
    if (names->child)
        return object;
    cJSON_Delete(object);
    return NULL;
}

/*
 * anyOf rather than oneOf: a text may be a name as well as a shorthand, and the
 * objects exclude each other by their tags.
 */
static void define_union(struct schema *schema, cJSON *definition, const struct union_type *types,
                         enum dimension dimension)
{
    cJSON *choices = cJSON_AddArrayToObject(definition, "anyOf");
    cJSON *names = names_schema(types);
    if (names)
        (void)cJSON_AddItemToArray(choices, names);
    if (types->shorthand) {
        const struct field *value = field_find(types->shorthand->fields, types->shorthand_key);
        (void)cJSON_AddItemToArray(choices, value_schema(schema, value, dimension));
    }
    for (size_t i = 0; types->variants[i]; i++)
        (void)cJSON_AddItemToArray(choices,
                                   variant_schema(schema, types, types->variants[i], dimension));
    (void)cJSON_AddItemToArray(choices, partial_schema(types));
}

/* {"$ref": ...}, to the union's definition, which is made at its first use. */
static cJSON *union_schema(struct schema *schema, const struct union_type *types,
                           enum dimension dimension)
{
    const char *unit = units_base(dimension);
    char *name = dimension == DIMENSION_NONE
                     ? arena_strdup(&schema->arena, types->name)
                     : arena_format(&schema->arena, "%s_in_%s", types->name, unit);
    for (char *c = name; *c; c++)
        *c = isalnum((unsigned char)*c) ? *c : '_';
    if (!cJSON_GetObjectItemCaseSensitive(schema->definitions, name)) {
        cJSON *definition = cJSON_AddObjectToObject(schema->definitions, name);
        define_union(schema, definition, types, dimension);
    }
    cJSON *reference = cJSON_CreateObject();
    add_text(reference, "$ref", arena_format(&schema->arena, "#/$defs/%s", name));
    return reference;
}

static cJSON *value_schema(struct schema *schema, const struct field *field,
                           enum dimension inherited)
{
    enum dimension dimension = field_dimension(field, inherited);
    switch (field->kind) {
    case FIELD_REAL:
        return number_schema(field, dimension);
    case FIELD_COUNT:
        return number_schema(field, DIMENSION_NONE);
    case FIELD_BOOL:
        return typed("boolean");
    case FIELD_TEXT:
    case FIELD_PATH:
        return typed("string");
    case FIELD_CHOICE:
        return choice_schema(field);
    case FIELD_FLAGS:
        return list_schema(choice_schema(field));
    case FIELD_OBJECT: {
        cJSON *object = object_schema(schema, field->fields, inherited);
        if (!field->shorthand_key)
            return object;
        const struct field *value = field_find(field->fields, field->shorthand_key);
        return either(value_schema(schema, value, inherited), object);
    }
    case FIELD_UNION:
        return union_schema(schema, field->types, dimension);
    case FIELD_LIST: {
        cJSON *list = list_schema(value_schema(schema, field->element, inherited));
        if (field->element->kind != FIELD_OBJECT)
            return list;
        return either(list, items_schema(value_schema(schema, field->element, inherited)));
    }
    case FIELD_MAP:
        return map_schema("^[a-z0-9_-]+$", value_schema(schema, field->element, inherited));
    case FIELD_RAW:
        break;
    }
    return cJSON_CreateObject();
}

void keys_write_schema(const struct field *root, FILE *out)
{
    struct schema schema = {.definitions = cJSON_CreateObject()};
    cJSON *top = object_schema(&schema, root->fields, DIMENSION_NONE);
    cJSON *document = cJSON_CreateObject();
    add_text(document, "$schema", "https://json-schema.org/draft/2020-12/schema");
    add_text(document, "title", "ckptsim scenario");
    while (top->child) {
        cJSON *part = cJSON_DetachItemViaPointer(top, top->child);
        (void)cJSON_AddItemToObject(document, part->string, part);
    }
    (void)cJSON_AddItemToObject(document, "$defs", schema.definitions);
    json_write(out, document, JSON_PRETTY);
    (void)fputc('\n', out);
    cJSON_Delete(top);
    cJSON_Delete(document);
    arena_release(&schema.arena);
}
