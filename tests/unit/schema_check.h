// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A validator for the words of JSON Schema that the project's schemas use:
 * type, const, enum, anyOf, pattern, minimum, maximum, exclusiveMinimum,
 * properties, additionalProperties, propertyNames, required, items, and $ref
 * into $defs.
 */
#ifndef TESTS_UNIT_SCHEMA_CHECK_H
#define TESTS_UNIT_SCHEMA_CHECK_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* Whether the rule, which lies in the schema or is the schema itself, accepts the value. */
bool schema_accepts(const cJSON *schema, const cJSON *rule, const cJSON *value);

#endif
