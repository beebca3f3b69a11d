// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/sources.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "core/text_reader.h"
#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/path.h"
#include "scenario/presets.h"
#include "scenario/provenance.h"
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

/* Reports a mistake in what a source says it extends. */
static void fail_extends(const struct source *source, const char *pointer, struct err *err)
{
    struct json_place place = json_locate(source->text, source->length, pointer);
    err_place(err, "%s:%zu:%zu", source->name, place.line, place.column);
}

static const struct preset *find_preset(const char *name)
{
    for (const struct preset *preset = presets; preset->name; preset++)
        if (strcmp(preset->name, name) == 0)
            return preset;
    return NULL;
}

/* A preset's name, and not a path. */
static bool may_be_preset(const char *name)
{
    return !strchr(name, '/') && !strchr(name, '.');
}

/* Hint for a name that is neither a preset's nor a file's. */
static void hint_preset(const char *name, struct err *err)
{
    struct arena scratch = {0};
    size_t n = 0;
    while (presets[n].name)
        n++;
    const char **names = arena_alloc(&scratch, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = presets[i].name;
    const char *nearest = err_nearest(name, names, n);
    if (nearest)
        err_hint(err, "did you mean \"%s\"?", nearest);
    else
        err_hint(err, "a file is named with its extension, \"%s.json\"", name);
    arena_release(&scratch);
}

static bool unknown_preset(const char *pointer, const char *name, struct err *err)
{
    (void)err_add(err, pointer, "no preset is named \"%s\"", name);
    hint_preset(name, err);
    return false;
}

static bool unknown_scenario(const char *name, struct err *err)
{
    (void)err_add(err, NULL, "no file and no preset is named \"%s\"", name);
    hint_preset(name, err);
    return false;
}

/* Adds a file that the source `by` extends. */
static bool add_file(struct sources *sources, const struct source *by, const char *pointer,
                     const char *name, const struct field_context *context)
{
    struct arena *arena = context->arena;
    const char *seen = path_join(arena, by->folder, name);
    const char *path = path_join(arena, sources->folder, seen);
    const char *simple = path_simplify(arena, path);
    struct text text;
    if (!text_read_file(context, pointer, path, &text))
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

/* What tells sources apart. */
static const char *identity(const struct source *source)
{
    return source->path ? source->path : source->name;
}

/* What is extended has been read already: in a cycle, or by two that are extended both. */
static bool is_new(const struct sources *sources, const struct source *by, const char *pointer,
                   const char *name, struct err *err)
{
    const struct source *added = &sources->items[sources->n - 1];
    for (const struct source *old = sources->items; old < added; old++) {
        if (!old->path != !added->path || strcmp(identity(old), identity(added)) != 0)
            continue;
        for (; by != old && by->by; by = by->by)
            continue;
        return err_add(err, pointer,
                       by == old ? "\"%s\" extends this file, too: a cycle"
                                 : "\"%s\" is extended twice: what it says would go over what the "
                                   "first to extend it has changed",
                       name);
    }
    return true;
}

static void add_preset(struct sources *sources, const struct preset *preset, struct arena *arena)
{
    *add_source(sources) = (struct source){
        .name = arena_format(arena, "preset %s", preset->name),
        .is_preset = true,
        .folder = "",
        .text = preset->text,
        .length = strlen(preset->text),
    };
}

/* Adds what the source `by` extends. */
static bool add_base(struct sources *sources, const struct source *by, const char *pointer,
                     const cJSON *extends, const struct field_context *context)
{
    const char *name = cJSON_GetStringValue(extends);
    char buffer[JSON_EXCERPT];
    if (!name)
        return err_add(context->err, pointer, "needs a preset or a file, not %s",
                       json_describe(extends, buffer));
    if (sources->n == SOURCES_MAX)
        return err_add(context->err, pointer, "more than %d files extend each other", SOURCES_MAX);
    const struct preset *preset = find_preset(name);
    if (!preset && may_be_preset(name))
        return unknown_preset(pointer, name, context->err);
    if (!preset)
        return add_file(sources, by, pointer, name, context);
    add_preset(sources, preset, context->arena);
    return true;
}

static bool add_main(struct sources *sources, const char *path, const char *text,
                     const struct field_context *context)
{
    struct arena *arena = context->arena;
    const struct preset *preset = text ? NULL : find_preset(path);
    if (preset && access(path, F_OK) != 0) {
        sources->folder = "";
        add_preset(sources, preset, arena);
        return true;
    }
    sources->standard_input = strcmp(path, "-") == 0;
    if (!text && *path && !sources->standard_input && may_be_preset(path) &&
        access(path, F_OK) != 0)
        return unknown_scenario(path, context->err);
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

static bool add_bases(struct sources *sources, size_t of, const struct field_context *context);

/* Adds one thing that the source extends, and all that this extends. */
// NOLINTNEXTLINE(misc-no-recursion): as deep as files extend each other, SOURCES_MAX at most
static bool follow(struct sources *sources, size_t of, const char *pointer, const cJSON *extends,
                   const struct field_context *context)
{
    const struct source *by = &sources->items[of];
    size_t added = sources->n;
    bool ok = add_base(sources, by, pointer, extends, context);
    if (ok) {
        sources->items[added].by = by;
        ok = is_new(sources, by, pointer, cJSON_GetStringValue(extends), context->err);
    }
    if (!ok)
        fail_extends(by, pointer, context->err);
    return ok && add_bases(sources, added, context);
}

/* Of a list, what comes later goes over what comes before it. */
// NOLINTNEXTLINE(misc-no-recursion): as above
static bool add_bases(struct sources *sources, size_t of, const struct field_context *context)
{
    if (!parse(&sources->items[of], context->err))
        return false;
    const cJSON *extends = json_member(sources->items[of].tree, "extends");
    if (!extends || cJSON_IsNull(extends))
        return true;
    if (!cJSON_IsArray(extends))
        return follow(sources, of, "/extends", extends, context);
    for (int i = cJSON_GetArraySize(extends); i-- > 0;)
        if (!follow(sources, of, json_pointer_index(context->arena, "/extends", (size_t)i),
                    cJSON_GetArrayItem(extends, i), context))
            return false;
    return true;
}

bool sources_load(struct sources *sources, const char *path, const char *text,
                  const struct field_context *context)
{
    *sources = (struct sources){0};
    return add_main(sources, path, text, context) && add_bases(sources, 0, context);
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

/* A part, such as a device, does not describe what it goes over. */
static void merge_source(cJSON *tree, const struct source *source)
{
    const cJSON *own = json_member(tree, "description");
    bool is_part = source->is_preset && !json_member(source->tree, "job") &&
                   !json_member(source->tree, "extends");
    cJSON *described = is_part && own ? cJSON_Duplicate(own, true) : NULL;
    json_merge(tree, source->tree);
    if (described)
        (void)cJSON_ReplaceItemInObjectCaseSensitive(tree, "description", described);
}

cJSON *sources_merge(struct sources *sources, const struct override *sets, size_t n_sets,
                     struct arena *arena, struct err *err)
{
    cJSON *tree = cJSON_CreateObject();
    size_t errors = err->n_errors;
    for (size_t i = sources->n; i-- > 0;) {
        merge_source(tree, &sources->items[i]);
        provenance_check(sources->items[i].tree, tree, err);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "provenance");
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "extends");
    sources->sets = sets;
    sources->n_sets = n_sets;
    sources->set_pointers = arena_alloc(arena, n_sets, sizeof *sources->set_pointers);
    bool ok = err->n_errors == errors;
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

const struct source *sources_origin(const struct sources *sources, const char *pointer)
{
    struct origin origin = find_origin(sources, pointer);
    return origin.set ? NULL : origin.source;
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
