// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/plot_parts.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "report/escape.h"
#include "report/quantity.h"
#include "report/setting.h"
#include "scenario/json.h"

void plot_add_gap(struct buffer *out)
{
    buffer_add(out, "\n\n");
}

/* Cuts a text after so many characters, with an ellipsis. */
static void shorten(char *text, size_t characters)
{
    static const char ellipsis[] = "...";
    size_t rest = strlen(text);
    while (rest > 0 && characters > 0) {
        size_t length = utf8_length(text, rest);
        length = length ? length : 1;
        text += length;
        rest -= length;
        characters--;
    }
    if (rest >= sizeof ellipsis)
        memcpy(text, ellipsis, sizeof ellipsis);
}

void plot_add_text(struct buffer *out, const char *text, size_t longest)
{
    char *cut = mem_strdup(text);
    shorten(cut, longest);
    escape_gnuplot(out, cut);
    buffer_add(out, " ");
    free(cut);
}

void plot_add_real(struct buffer *out, double x)
{
    if (isfinite(x))
        buffer_addf(out, "%.17g ", x);
    else
        buffer_add(out, "nan ");
}

void plot_add_title(struct buffer *out, const struct results *results)
{
    cJSON *scenario = cJSON_Parse(results->scenario);
    const char *description = json_member_text(scenario, "description");
    plot_add_text(out, description ? description : "", PLOT_TITLE);
    cJSON_Delete(scenario);
}

void plot_add_point_label(struct buffer *out, const struct sweep *sweep, size_t point)
{
    for (size_t i = 0; i < sweep->n_keys; i++) {
        const struct setting *setting =
            setting_find(&sweep->results->points[point], sweep->keys[i].pointer);
        buffer_add(out, i ? ", " : "");
        char number[QUANTITY_TEXT];
        if (setting && sweep->keys[i].is_numeric)
            buffer_add(out, quantity_value(setting->number, sweep->keys[i].dimension, 3, number));
        else if (setting)
            setting_add_text(out, setting);
    }
}
