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

bool plot_check_metric(const char *plot, enum metric metric, struct err *err)
{
    if (metric == N_METRICS)
        return true;
    (void)err_add(err, NULL, "the plot '%s' shows parts of its own, not '%s'", plot,
                  metric_rows[metric].name);
    err_hint(err, "the plots 'curve' and 'cdf' take --metric");
    return false;
}

struct plot_window plot_window_of(const struct plot_wish *wish, double from_s, double to_s)
{
    return (struct plot_window){isnan(wish->from_s) ? from_s : wish->from_s,
                                isnan(wish->to_s) ? to_s : wish->to_s};
}

bool plot_check_window(const struct plot_window *window, struct err *err)
{
    return window->to_s > window->from_s ||
           err_add(err, NULL, "there is nothing between --from and --to");
}

void plot_label_time(struct buffer *label, const struct plot_axis *axis, const struct sweep *sweep)
{
    plot_axis_add_label(label, axis, "time");
    if (sweep->n_keys == 0)
        return;
    buffer_add(label, ", at ");
    sweep_add_point_name(label, sweep, 0);
}
