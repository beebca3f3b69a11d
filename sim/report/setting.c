// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/setting.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool setting_is_for(const struct setting *setting, const char *pointer)
{
    return strcmp(setting->pointer, pointer) == 0;
}

const struct setting *setting_find(const struct point *point, const char *pointer)
{
    for (size_t i = 0; i < point->n_settings; i++)
        if (setting_is_for(&point->settings[i], pointer))
            return &point->settings[i];
    return NULL;
}

/* The dimension that reads the text as a quantity, and its value; false when none does. */
static bool read_quantity(const char *text, enum dimension *dimension, double *value)
{
    static const enum dimension dimensions[] = {DIMENSION_NONE, DIMENSION_TIME, DIMENSION_BYTES,
                                                DIMENSION_RATE, DIMENSION_BANDWIDTH};
    const char *why = NULL;
    for (size_t i = 0; i < MEM_COUNT(dimensions); i++) {
        *dimension = dimensions[i];
        if (units_read(text, *dimension, value, &why))
            return true;
    }
    return false;
}

static bool read_setting(const char *json, enum dimension *dimension, double *value)
{
    cJSON *item = cJSON_Parse(json);
    *dimension = DIMENSION_NONE;
    bool ok = cJSON_IsNumber(item) && isfinite(item->valuedouble);
    if (ok)
        *value = item->valuedouble;
    else if (cJSON_IsString(item))
        ok = read_quantity(item->valuestring, dimension, value);
    cJSON_Delete(item);
    return ok;
}

enum dimension setting_dimension(const struct setting *setting)
{
    enum dimension dimension;
    double value;
    return read_setting(setting->value, &dimension, &value) ? dimension : DIMENSION_NONE;
}

double setting_number(const char *json)
{
    enum dimension dimension;
    double value;
    return read_setting(json, &dimension, &value) ? value : (double)NAN;
}

/* The text; a quantity with a blank before its unit, "30 min" also where it was typed as 30min. */
static void add_spaced(struct buffer *out, const char *text)
{
    enum dimension dimension;
    double value;
    char *unit = NULL;
    if (!read_quantity(text, &dimension, &value) || dimension == DIMENSION_NONE ||
        dimension == DIMENSION_RATE) {
        buffer_add(out, text);
        return;
    }
    (void)strtod(text, &unit);
    buffer_add_bytes(out, text, (size_t)(unit - text));
    buffer_addf(out, "%s%s", *unit == ' ' ? "" : " ", unit);
}

void setting_add_text(struct buffer *out, const struct setting *setting)
{
    cJSON *item = cJSON_Parse(setting->value);
    if (cJSON_IsString(item))
        add_spaced(out, item->valuestring);
    else
        buffer_add(out, setting->value);
    cJSON_Delete(item);
}

/* Whether the token of a pointer at `token` is an index: digits up to its end. */
static bool is_index(const char *token)
{
    size_t digits = strspn(token, "0123456789");
    return digits > 0 && (token[digits] == '/' || token[digits] == '\0');
}

void setting_add_label(struct buffer *out, const char *pointer)
{
    const char *last[2] = {pointer, pointer}; /* the last two names, each with its slash */
    for (const char *at = pointer; (at = strchr(at, '/')); at++)
        if (!is_index(at + 1)) {
            last[0] = last[1];
            last[1] = at;
        }
    for (const char *at = last[0]; *at;) {
        at += *at == '/';
        size_t length = strcspn(at, "/");
        size_t start = out->n;
        if (!is_index(at)) {
            buffer_add(out, at > last[0] + 1 ? " " : "");
            buffer_add_bytes(out, at, length);
        }
        for (size_t i = start; i < out->n; i++)
            if (out->data[i] == '_')
                out->data[i] = ' ';
        at += length;
    }
}
