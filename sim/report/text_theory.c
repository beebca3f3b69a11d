// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/quantity.h"
#include "report/table.h"
#include "report/text.h"
#include "report/text_parts.h"

static void add_intervals(struct buffer *out, const struct point *point)
{
    struct table table = {.align = "lll"};
    char text[QUANTITY_TEXT];
    for (size_t i = 0; i < point->n_references; i++) {
        const struct reference *reference = &point->references[i];
        table_add(&table, reference->name);
        table_add(&table, quantity_value(reference->value, DIMENSION_TIME, 4, text));
        table_add(&table, reference->source);
    }
    buffer_add(out, "interval between checkpoints\n");
    table_write(&table, out);
}

static void add_predictions(struct buffer *out, const struct point *point)
{
    struct table table = {.align = "ll"};
    for (size_t i = 0; i < point->n_predictions; i++) {
        const struct prediction *prediction = &point->predictions[i];
        enum metric metric = metric_find(prediction->metric);
        char text[QUANTITY_TEXT];
        struct buffer name = {0};
        text_add_metric_name(&name, metric);
        table_add(&table, name.data);
        table_add(&table,
                  quantity_value(prediction->value, metric_rows[metric].dimension, 5, text));
        buffer_release(&name);
    }
    buffer_add(out, "\npredicted, in the mean\n");
    table_write(&table, out);
    text_add_sources(out, point);
}

void text_write_loads(const struct topology *topology, struct buffer *out)
{
    struct table table = {.align = "lrrrr"};
    table_add(&table, "operator");
    table_add(&table, "tasks");
    table_add(&table, "messages");
    table_add(&table, "load");
    table_add(&table, "at the peak");
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        char text[QUANTITY_TEXT];
        table_add(&table, place->params->name);
        table_addf(&table, "%u", place->n_tasks);
        table_add(&table, quantity_value(place->arrival_rate_per_s, DIMENSION_RATE, 4, text));
        table_add(&table, quantity_value(place->load, DIMENSION_NONE, 4, text));
        table_add(&table, quantity_value(place->peak_load, DIMENSION_NONE, 4, text));
    }
    buffer_add(out, "operators, and the load of the busiest task of each\n");
    table_write(&table, out);
    buffer_add(out, "\n");
}

void text_write_theory(const struct point *point, struct buffer *out)
{
    if (point->n_references)
        add_intervals(out, point);
    else
        buffer_add(out, "no checkpoints\n");
    if (point->n_predictions)
        add_predictions(out, point);
    else
        buffer_add(out, "\nno closed form describes this scenario\n");
}
