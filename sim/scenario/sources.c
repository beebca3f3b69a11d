// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/sources.h"

#include <assert.h>
#include <string.h>

#include "core/text_reader.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/path.h"
#include "scenario/presets.h"
#include "scenario/scenario.h"

/* Parses the source's text; checks what must be right before anything else is looked at. */
static bool parse(struct source *source, struct err *err)
{
    source->tree = json_parse(source->name, source->text, source->length, err);
    if (!source->tree)
        return false;
    if (!cJSON_IsObject(source->tree)) {
        char buffer[JSON_EXCERPT];
        (void)err_add(err, NULL, "a scenario is an object {\"job\": ...}, not %s",
                      json_describe(source->tree, buffer));
        err_place(err, "%s:1:1", source->name);
        return false;
    }
    const cJSON *format = json_member(source->tree, "format");
    if (!cJSON_IsNumber(format) || format->valuedouble <= SCENARIO_FORMAT)
        return true;
    struct json_place place = json_locate(source->text, source->length, "/format");
    (void)err_add(err, "/format", "format %g is newer than this program, which reads up to %d",
                  format->valuedouble, SCENARIO_FORMAT);
    err_place(err, "%s:%zu:%zu", source->name, place.line, place.column);
    err_hint(err, "use a newer ckptsim");
    return false;
}

static struct source *add_source(struct sources *sources)
{
    assert(sources->n < SOURCES_MAX);
    struct source *source = &sources->items[sources->n++];
    *source = (struct source){0};
    return source;
}

/* Reports a mistake in the "extends" of the source read last. */
static void fail_extends(const struct sources *sources, struct err *err)
{
    const struct source *source = &sources->items[sources->n - 1];
    struct json_place place = json_locate(source->text, source->length, "/extends");
    err_place(err, "%s:%zu:%zu", source->name, place.line, place.column);
}

static const struct preset *find_preset(const char *name)
{
    for (const struct preset *preset = presets; preset->name; preset++)
        if (strcmp(preset->name, name) == 0)
            return preset;
    return NULL;
}

static bool unknown_preset(const char *name, struct err *err)
{
    struct arena scratch = {0};
    size_t n = 0;
    while (presets[n].name)
        n++;
    const char **names = arena_alloc(&scratch, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = presets[i].name;
    const char *nearest = err_nearest(name, names, n);
    (void)err_add(err, "/extends", "no preset is named \"%s\"", name);
    if (nearest)
        err_hint(err, "did you mean \"%s\"?", nearest);
    else
        err_hint(err, "a file is named with its extension, \"%s.json\"", name);
    arena_release(&scratch);
    return false;
}

/* Adds the file that the source read last extends. */
static bool add_file(struct sources *sources, const char *name, const struct field_context *context)
{
    struct arena *arena = context->arena;
    const struct source *by = &sources->items[sources->n - 1];
    const char *seen = path_join(arena, by->folder, name);
    const char *path = path_join(arena, sources->folder, seen);
    const char *simple = path_simplify(arena, path);
    for (size_t i = 0; i < sources->n; i++)
        if (sources->items[i].path && strcmp(sources->items[i].path, simple) == 0)
            return err_add(context->err, "/extends", "\"%s\" extends this file, too: a cycle",
                           name);
    struct text text;
    if (!text_read_file(context, "/extends", path, &text))
        return false;
    *add_source(sources) = (struct source){
        .name = path,
        .path = simple,
        .folder = path_folder(arena, seen),
        .text = text.bytes,
        .length = text.length,
    };
    return true;
}

/* Adds what the source read last extends. */
static bool add_base(struct sources *sources, const cJSON *extends,
                     const struct field_context *context)
{
    const char *name = cJSON_GetStringValue(extends);
    char buffer[JSON_EXCERPT];
    if (!name)
        return err_add(context->err, "/extends", "needs a preset or a file, not %s",
                       json_describe(extends, buffer));
    if (sources->n == SOURCES_MAX)
        return err_add(context->err, "/extends", "more than %d files extend each other",
                       SOURCES_MAX);
    const struct preset *preset = find_preset(name);
    if (!preset && !strchr(name, '/') && !strchr(name, '.'))
        return unknown_preset(name, context->err);
    if (!preset)
        return add_file(sources, name, context);
    *add_source(sources) = (struct source){
        .name = arena_format(context->arena, "preset %s", name),
        .folder = "",
        .text = preset->text,
        .length = strlen(preset->text),
    };
    return true;
}

static bool add_main(struct sources *sources, const char *path, const char *text,
                     const struct field_context *context)
{
    struct arena *arena = context->arena;
    sources->standard_input = strcmp(path, "-") == 0;
    struct text content = {text, text ? strlen(text) : 0};
    if (!text && !text_read_file(context, NULL, path, &content))
        return false;
    sources->folder = sources->standard_input ? "" : path_folder(arena, path);
    *add_source(sources) = (struct source){
        .name = text_file_name(path),
        .path = sources->standard_input ? NULL : path_simplify(arena, path),
        .folder = "",
        .text = content.bytes,
        .length = content.length,
    };
    return true;
}

bool sources_load(struct sources *sources, const char *path, const char *text,
                  const struct field_context *context)
{
    *sources = (struct sources){0};
    if (!add_main(sources, path, text, context))
        return false;
    for (;;) {
        struct source *source = &sources->items[sources->n - 1];
        if (!parse(source, context->err))
            return false;
        const cJSON *extends = json_member(source->tree, "extends");
        if (!extends || cJSON_IsNull(extends))
            return true;
        if (!add_base(sources, extends, context)) {
            fail_extends(sources, context->err);
            return false;
        }
    }
}

/* An override comes too late to name another source. */
static bool apply(const struct override *set, cJSON *tree, struct arena *arena,
                  const char **pointer, struct err *err)
{
    if (!json_pointer_is_within(set->pointer, "/extends"))
        return override_apply(set, tree, arena, pointer, err);
    *pointer = set->pointer;
    (void)err_add(err, set->pointer, "only a file can say what it extends");
    err_place(err, "%s", override_place(set, arena));
    return false;
}

cJSON *sources_merge(struct sources *sources, const struct override *sets, size_t n_sets,
                     struct arena *arena, struct err *err)
{
    cJSON *tree = cJSON_CreateObject();
    for (size_t i = sources->n; i-- > 0;)
        json_merge(tree, sources->items[i].tree);
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "extends");
    sources->sets = sets;
    sources->n_sets = n_sets;
    sources->set_pointers = arena_alloc(arena, n_sets, sizeof *sources->set_pointers);
    bool ok = true;
    for (size_t i = 0; i < n_sets; i++)
        ok = apply(&sets[i], tree, arena, &sources->set_pointers[i], err) && ok;
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "$schema"); /* of the file, not of the model */
    if (ok)
        return tree;
    cJSON_Delete(tree);
    return NULL;
}

/* Who said it: one of the two, and where. */
struct origin {
    const struct override *set;
    const struct source *source;
    struct json_place place;
};

static const struct override *find_set(const struct sources *sources, const char *pointer)
{
    for (size_t i = sources->n_sets; i-- > 0;)
        if (json_pointer_is_within(pointer, sources->set_pointers[i]))
            return &sources->sets[i];
    return NULL;
}

/* The override that made the object at `pointer`, by setting something within it. */
static const struct override *find_maker(const struct sources *sources, const char *pointer)
{
    for (size_t i = sources->n_sets; i-- > 0;)
        if (json_pointer_is_within(sources->set_pointers[i], pointer))
            return &sources->sets[i];
    return NULL;
}

static struct origin find_origin(const struct sources *sources, const char *pointer)
{
    assert(sources->n > 0);
    struct origin origin = {.set = find_set(sources, pointer), .source = &sources->items[0]};
    if (origin.set)
        return origin;
    size_t whole = strlen(pointer);
    for (size_t i = 0; i < sources->n; i++) {
        const struct source *source = &sources->items[i];
        struct json_place place = json_locate(source->text, source->length, pointer);
        if (i == 0 || place.matched > origin.place.matched)
            origin = (struct origin){.source = source, .place = place};
        /* What does not merge replaces whatever older sources say below it. */
        if (place.matched == whole || !place.may_merge)
            break;
    }
    if (origin.place.matched < whole) {
        const struct override *maker = find_maker(sources, pointer);
        if (maker)
            return (struct origin){.set = maker};
    }
    return origin;
}

const char *sources_place(const struct sources *sources, const char *pointer, struct arena *arena)
{
    struct origin origin = find_origin(sources, pointer);
    if (origin.set)
        return override_place(origin.set, arena);
    return arena_format(arena, "%s:%zu:%zu", origin.source->name, origin.place.line,
                        origin.place.column);
}

const char *sources_resolve(const struct sources *sources, const char *pointer, const char *path,
                            struct arena *arena, const char **shown)
{
    if (strcmp(path, "-") == 0)
        return sources->standard_input ? NULL : path;
    struct origin origin = find_origin(sources, pointer);
    if (origin.set) {
        *shown = path_seen_from(arena, sources->folder, path);
        return path;
    }
    *shown = path_join(arena, origin.source->folder, path);
    return path_join(arena, sources->folder, *shown);
}

void sources_release(struct sources *sources)
{
    for (size_t i = 0; i < sources->n; i++)
        cJSON_Delete(sources->items[i].tree);
    sources->n = 0;
}
