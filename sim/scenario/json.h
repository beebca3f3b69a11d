// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * JSON as this program reads it: strict (json_syntax.h), no key given twice,
 * objects merged by rule (RFC 7396). The trees are cJSON's; only scenario/ and
 * report/ see them.
 *
 * Of a cJSON item this program never reads valueint (it saturates), never
 * looks keys up without regard to case, and never prints numbers by cJSON
 * (12 % of doubles do not survive it): json_write.h does.
 */
#ifndef SCENARIO_JSON_H
#define SCENARIO_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "core/err.h"
#include "scenario/json_syntax.h"

/*
 * Before the first tree is made: cJSON then takes its memory where all others
 * do (core/memory.h), so that running out ends the program and is no case to
 * look after.
 */
void json_start(void);

/*
 * The tree of a strict JSON text, which the caller deletes; NULL, with errors
 * that carry their place in `name`, when it is none.
 */
cJSON *json_parse(const char *name, const char *text, size_t length, struct err *err);

/* The member of that very name, or NULL; also NULL when `object` is none. */
cJSON *json_member(const cJSON *object, const char *key);
/* The text at the key, or NULL when there is none. */
const char *json_member_text(const cJSON *object, const char *key);

/* What a value is, for messages: 60, "abc", true, null, a list, an object. */
const char *json_describe(const cJSON *value, char buffer[JSON_EXCERPT]);

/*
 * Merge patch: the members of `patch` go over those of `target`; objects
 * merge, everything else replaces, null removes. An object over a list merges
 * with its items, where its keys are their positions: {"0": {"tasks": 4}}. Where a patch changes
 * the text of a key that decides what its siblings mean (json_is_discriminator), the siblings that
 * stand beside the old text go: the shape of a Weibull law must not leak into the exponential that
 * replaces it.
 */
void json_merge(cJSON *target, const cJSON *patch);
/* dist, format, kind, process, rule, strategy: the tags of all unions. */
bool json_is_discriminator(const char *key);

#endif
