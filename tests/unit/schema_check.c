// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/schema_check.h"

#include <math.h>
#include <regex.h>
#include <string.h>

#include "scenario/json.h"
#include "support.h"

static bool has_type(const cJSON *value, const char *type)
{
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(value) && !(value->valuedouble > floor(value->valuedouble));
    return strcmp(type, "object") == 0    ? cJSON_IsObject(value)
           : strcmp(type, "array") == 0   ? cJSON_IsArray(value)
           : strcmp(type, "string") == 0  ? cJSON_IsString(value)
           : strcmp(type, "number") == 0  ? cJSON_IsNumber(value)
           : strcmp(type, "boolean") == 0 ? cJSON_IsBool(value)
           : strcmp(type, "null") == 0    ? cJSON_IsNull(value)
                                          : false;
}

static bool type_is_right(const cJSON *types, const cJSON *value)
{
    if (!types || cJSON_IsString(types))
        return !types || has_type(value, types->valuestring);
    const cJSON *type = NULL;
    cJSON_ArrayForEach(type, types)
    {
        if (has_type(value, type->valuestring))
            return true;
    }
    return false;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool match = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return match;
}

static bool scalar_is_right(const cJSON *rule, const cJSON *value)
{
    const char *pattern = json_member_text(rule, "pattern");
    if (cJSON_IsString(value) && pattern && !matches(pattern, value->valuestring))
        return false;
    const cJSON *low = json_member(rule, "minimum");
    const cJSON *above = json_member(rule, "exclusiveMinimum");
    const cJSON *high = json_member(rule, "maximum");
    return !cJSON_IsNumber(value) || ((!low || value->valuedouble >= low->valuedouble) &&
                                      (!above || value->valuedouble > above->valuedouble) &&
                                      (!high || value->valuedouble <= high->valuedouble));
}

static bool members_are_right(const cJSON *schema, const cJSON *rule, const cJSON *value)
{
    const cJSON *key = NULL;
    cJSON_ArrayForEach(key, json_member(rule, "required"))
    {
        if (!json_member(value, key->valuestring))
            return false;
    }
    const cJSON *least = json_member(rule, "minProperties");
    if (least && cJSON_GetArraySize(value) < least->valueint)
        return false;
    const char *names = json_member_text(json_member(rule, "propertyNames"), "pattern");
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, value)
    {
        const cJSON *own = json_member(json_member(rule, "properties"), member->string);
        if (names && !matches(names, member->string))
            return false;
        if (!own)
            own = json_member(rule, "additionalProperties");
        if (own && !schema_accepts(schema, own, member))
            return false;
    }
    return true;
}

static bool is_one_of(const cJSON *schema, const cJSON *rules, const cJSON *value)
{
    const cJSON *rule = NULL;
    cJSON_ArrayForEach(rule, rules)
    {
        if (schema_accepts(schema, rule, value))
            return true;
    }
    return false;
}

bool schema_accepts(const cJSON *schema, const cJSON *rule, const cJSON *value)
{
    if (cJSON_IsBool(rule))
        return cJSON_IsTrue(rule);
    const char *reference = json_member_text(rule, "$ref");
    if (reference) {
        const char *name = strrchr(reference, '/') + 1;
        const cJSON *definition = json_member(json_member(schema, "$defs"), name);
        assert_non_null(definition);
        return schema_accepts(schema, definition, value);
    }
    const cJSON *constant = json_member(rule, "const");
    const cJSON *names = json_member(rule, "enum");
    const cJSON *any = json_member(rule, "anyOf");
    bool named = !names;
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, names)
    {
        named = named || cJSON_Compare(name, value, true);
    }
    if (!type_is_right(json_member(rule, "type"), value) || !named ||
        (constant && !cJSON_Compare(constant, value, true)) ||
        (any && !is_one_of(schema, any, value)) || !scalar_is_right(rule, value))
        return false;
    const cJSON *items = json_member(rule, "items");
    const cJSON *item = NULL;
    const cJSON *list = cJSON_IsArray(value) && items ? value : NULL;
    cJSON_ArrayForEach(item, list)
    {
        if (!schema_accepts(schema, items, item))
            return false;
    }
    return !cJSON_IsObject(value) || members_are_right(schema, rule, value);
}
