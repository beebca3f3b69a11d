// SPDX-License-Identifier: GPL-3.0-or-later
/* list: what there is to choose from, out of the tables that the program itself works by. */
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/names.h"
#include "cli/page.h"
#include "core/dist.h"
#include "core/memory.h"
#include "model/detector.h"
#include "model/device_kind.h"
#include "model/element_metrics.h"
#include "model/fault_log.h"
#include "report/plot.h"
#include "report/table.h"
#include "scenario/json.h"
#include "scenario/keys.h"
#include "scenario/presets.h"
#include "strategy/strategy.h"

/* One line of a list; texts are NULL where there is nothing to say. */
struct item {
    const char *name; /* NULL: past the end */
    const char *unit;
    const char *help;
    const char *source;
};

/* A list: the variants of a union, or what at() returns for 0, 1, .. until a name is NULL. */
struct topic {
    const char *name;
    const char *help;
    const struct union_type *types;
    struct item (*at)(size_t i, struct arena *arena);
};

/* ---- items of the tables that are no unions ---- */

static struct item strategy_at(size_t i, struct arena *arena)
{
    (void)arena;
    return (struct item){
        .name = strategies[i].name, .help = strategies[i].help, .source = strategies[i].source};
}

static struct item device_at(size_t i, struct arena *arena)
{
    (void)arena;
    return (struct item){.name = device_kinds[i].name,
                         .help = device_kinds[i].help,
                         .source = device_kinds[i].source};
}

static struct item metric_at(size_t i, struct arena *arena)
{
    (void)arena;
    if (i >= N_METRICS)
        return (struct item){0};
    return (struct item){.name = metric_rows[i].name,
                         .unit = units_base(metric_rows[i].dimension),
                         .help = metric_rows[i].help};
}

static struct item element_metric_at(size_t i, struct arena *arena)
{
    if (i >= N_ELEMENT_METRICS)
        return (struct item){0};
    const struct element_metric_row *row = &element_metric_rows[i];
    return (struct item){
        .name = arena_format(arena, "%s.%s", element_level_names[row->level], row->name),
        .unit = units_base(row->dimension),
        .help = row->help};
}

static struct item series_at(size_t i, struct arena *arena)
{
    (void)arena;
    if (i >= N_SERIES)
        return (struct item){0};
    return (struct item){.name = series_rows[i].name,
                         .unit = units_base(series_rows[i].dimension),
                         .help = series_rows[i].help};
}

static struct item preset_at(size_t i, struct arena *arena)
{
    struct item item = {.name = presets[i].name};
    if (!item.name)
        return item;
    struct err err = {0};
    cJSON *tree = json_parse(item.name, presets[i].text, strlen(presets[i].text), &err);
    const char *description = json_member_text(tree, "description");
    item.help = description ? arena_strdup(arena, description) : NULL;
    cJSON_Delete(tree);
    err_release(&err);
    return item;
}

static struct item plot_at(size_t i, struct arena *arena)
{
    (void)arena;
    return (struct item){.name = plots[i].name, .help = plots[i].help};
}

static struct item command_at(size_t i, struct arena *arena)
{
    (void)arena;
    return (struct item){.name = commands[i].name, .help = commands[i].help};
}

static const struct topic topics[] = {
    {"strategies", "Named points in trigger x content x coordination, /checkpoint/strategy", NULL,
     strategy_at},
    {"triggers", "When a checkpoint is taken, /checkpoint/trigger", &trigger_union, NULL},
    {"contents", "What a checkpoint holds, /checkpoint/content", &content_union, NULL},
    {"coordinations", "How the cuts of the tasks relate, /checkpoint/coordination",
     &coordination_union, NULL},
    {"distributions", "Laws of random times and sizes, {\"dist\": NAME, ...}", &dist_union, NULL},
    {"detectors", "How long a failure stays unnoticed, /recovery/detector", &detector_union, NULL},
    {"devices", "Kinds of storage, /storage/NAME/kind", NULL, device_at},
    {"traces", "Formats of failure traces, /failures/0/trace/log/format", &fault_log_union, NULL},
    {"metrics", "What is measured, as results.json names it", NULL, metric_at},
    {"elements", "What is measured of the operators, tasks and partitions of a stream job", NULL,
     element_metric_at},
    {"series", "What the time series of a stream job holds", NULL, series_at},
    {"plots", "What plot --kind draws", NULL, plot_at},
    {"presets", "Built-in scenarios, for \"extends\"", NULL, preset_at},
    {"commands", "What ckptsim does", NULL, command_at},
    {"keys", "All keys of a scenario; explain /KEY says more", NULL, NULL},
};

static const char *topic_name_at(size_t i)
{
    return i < MEM_COUNT(topics) ? topics[i].name : NULL;
}

static bool item_at(const struct topic *topic, size_t i, struct arena *arena, struct item *item)
{
    if (topic->types) {
        const struct variant *row = topic->types->variants[i];
        *item = row ? (struct item){.name = row->name, .help = row->help, .source = row->source}
                    : (struct item){0};
    } else {
        *item = topic->at ? topic->at(i, arena) : (struct item){0};
    }
    return item->name;
}

/* ---- text ---- */

static void add_key(void *context, const struct key *key)
{
    struct table *table = context;
    const char *help = key->is_tag ? "Chooses the kind." : key->field->help;
    table_add(table, *key->pointer ? key->pointer : "/");
    table_add(table, help ? help : "");
}

/* What it means and where that comes from: "Young's interval. (Young 1974)" */
static char *meaning_of(const struct item *item, struct arena *arena)
{
    return arena_format(arena, "%s%s%s%s", item->help ? item->help : "", item->source ? " (" : "",
                        item->source ? item->source : "", item->source ? ")" : "");
}

static void write_table(struct table *table, FILE *out)
{
    struct buffer text = {0};
    buffer_add(&text, "");
    table_write(table, &text);
    (void)fputs(text.data, out);
    buffer_release(&text);
}

static void write_text(const struct topic *topic, FILE *out)
{
    struct item item;
    struct arena arena = {0};
    struct table table = {.align = "ll"};
    for (size_t i = 0; item_at(topic, i, &arena, &item); i++) {
        table_add(&table, item.name);
        table_add(&table, meaning_of(&item, &arena));
    }
    if (!topic->types && !topic->at)
        keys_visit(&keys_root, add_key, &table);
    write_table(&table, out);
    arena_release(&arena);
}

/* All topics, each with its names. */
static void write_overview(FILE *out)
{
    struct arena arena = {0};
    struct table table = {.align = "ll"};
    for (size_t t = 0; t < MEM_COUNT(topics); t++) {
        struct item item;
        const char *names = "";
        table_add(&table, topics[t].name);
        table_add(&table, topics[t].help);
        for (size_t i = 0; item_at(&topics[t], i, &arena, &item); i++)
            names = arena_format(&arena, "%s%s%s", names, i ? ", " : "", item.name);
        if (*names && strlen(names) < 240) {
            table_add(&table, "");
            table_add(&table, names);
        }
    }
    write_table(&table, out);
    arena_release(&arena);
}

/* ---- Markdown ---- */

/* Text in a cell, where a bar would end it. */
static void write_cell(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '|')
            (void)fputc('\\', out);
        (void)fputc(*text, out);
    }
    (void)fputs(" |", out);
}

static void write_markdown(const struct topic *topic, FILE *out)
{
    struct item item;
    struct arena arena = {0};
    if (!topic->types && !topic->at) {
        keys_write_markdown(&keys_root, out);
        return;
    }
    for (size_t i = 0; item_at(topic, i, &arena, &item); i++) {
        if (i == 0)
            (void)fputs(item.unit ? "| name | unit | meaning |\n|---|---|---|\n"
                                  : "| name | meaning |\n|---|---|\n",
                        out);
        (void)fprintf(out, "| `%s` | ", item.name);
        if (item.unit)
            (void)fprintf(out, "%s | ", item.unit);
        write_cell(meaning_of(&item, &arena), out);
        (void)fputc('\n', out);
    }
    arena_release(&arena);
}

/* Every list but the keys, which are a document of their own. */
static void write_all_markdown(FILE *out)
{
    for (size_t t = 0; t < MEM_COUNT(topics); t++) {
        if (!topics[t].types && !topics[t].at)
            continue;
        (void)fprintf(out, "%s### %s\n\n%s.\n\n", t ? "\n" : "", topics[t].name, topics[t].help);
        write_markdown(&topics[t], out);
    }
}

/* ---- the command ---- */

static void write_list(const struct topic *topic, const struct options *options, FILE *out)
{
    if (options->schema)
        keys_write_schema(&keys_root, out);
    else if (topic && options->markdown)
        write_markdown(topic, out);
    else if (topic)
        write_text(topic, out);
    else if (options->markdown)
        write_all_markdown(out);
    else
        write_overview(out);
}

int command_list(const struct options *options)
{
    struct err err = {0};
    int status = EXIT_WRONG;
    size_t found = NAMES_NONE;
    if (options->schema && (options->markdown || options->subject))
        (void)err_add(&err, NULL, "--schema stands alone: it is of all keys");
    else if (options->subject)
        found = names_find(topic_name_at, options->subject, "list", &err);
    if (err_ok(&err)) {
        struct page page;
        page_open(&page);
        write_list(found == NAMES_NONE ? NULL : &topics[found], options, page.file);
        status = page_close(&page, &err) ? EXIT_OK : EXIT_FAILED;
    }
    message_print(&err, true);
    return status;
}
