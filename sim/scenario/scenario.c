// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario.h"

#include <assert.h>
#include <stdlib.h>

#include "model/device_kind.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "scenario/json_write.h"
#include "scenario/reader.h"
#include "scenario/sources.h"
#include "strategy/strategy.h"

/* Whether it is a batch job of stages, which takes no checkpoints. */
static bool has_stages(const cJSON *tree)
{
    return cJSON_GetArraySize(json_member(json_member(tree, "job"), "stages")) > 0;
}

/* The strategy that the tree names, or the default; NULL when it names none that exists. */
static const struct strategy *named_strategy(const cJSON *tree)
{
    const cJSON *name = json_member(json_member(tree, "checkpoint"), "strategy");
    if (name && !cJSON_IsNull(name))
        return cJSON_IsString(name) ? strategy_find(name->valuestring) : NULL;
    if (has_stages(tree))
        return strategy_find("none");
    const char *fallback = field_find(checkpoint_fields, "strategy")->fallback;
    cJSON *text = fallback ? cJSON_Parse(fallback) : NULL;
    const struct strategy *strategy = text ? strategy_find(text->valuestring) : NULL;
    cJSON_Delete(text);
    return strategy;
}

/* Whether the tree is that of a stream job, as far as can be seen before it is read. */
static bool is_stream(const cJSON *tree)
{
    return cJSON_GetArraySize(json_member(json_member(tree, "job"), "operators")) > 0;
}

/* Puts the strategy's fragment beneath the scenario's own keys of /checkpoint. */
static void merge_fragment(cJSON *tree)
{
    const cJSON *own = json_member(tree, "checkpoint");
    if (own && !cJSON_IsObject(own) && !cJSON_IsNull(own))
        return; /* the reader will say so */
    const struct strategy *strategy = named_strategy(tree);
    if (!strategy)
        return;
    cJSON *checkpoint =
        cJSON_Parse(is_stream(tree) ? strategy->stream_fragment : strategy->batch_fragment);
    assert(cJSON_IsObject(checkpoint));
    if (cJSON_IsObject(own))
        json_merge(checkpoint, own);
    if (has_stages(tree) && !json_member(checkpoint, "strategy"))
        (void)cJSON_AddStringToObject(checkpoint, "strategy", strategy->name);
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "checkpoint");
    (void)cJSON_AddItemToObject(tree, "checkpoint", checkpoint);
}

/* Puts the fragment of its kind beneath the keys of each device. */
static void merge_kinds(cJSON *tree)
{
    cJSON *devices = json_member(tree, "storage");
    cJSON *own = cJSON_IsObject(devices) ? devices->child : NULL;
    while (own) {
        cJSON *next = own->next;
        const char *name = json_member_text(own, "kind");
        const struct device_kind *kind = name ? device_kind_find(name) : NULL;
        if (kind) {
            cJSON *device = cJSON_Parse(kind->fragment);
            assert(cJSON_IsObject(device));
            json_merge(device, own);
            (void)cJSON_ReplaceItemInObjectCaseSensitive(devices, own->string, device);
        }
        own = next;
    }
}

/* A job of stages is executed in the default way where it says nothing; other jobs have no way. */
static void add_execution(cJSON *tree)
{
    cJSON *job = cJSON_GetObjectItemCaseSensitive(tree, "job");
    const cJSON *own = json_member(job, "execution");
    if (!has_stages(tree) || (own && !cJSON_IsNull(own)))
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(job, "execution");
    (void)cJSON_AddObjectToObject(job, "execution");
}

struct resolver {
    const struct sources *sources;
    struct arena *arena;
};

static const char *resolve(const void *context, const char *pointer, const char *path,
                           const char **shown)
{
    const struct resolver *resolver = context;
    return sources_resolve(resolver->sources, pointer, path, resolver->arena, shown);
}

/* Fills the scenario from its tree. */
static bool read_tree(struct scenario *scenario, const struct sources *sources,
                      const struct scenario_request *request, struct err *err)
{
    struct resolver resolver = {sources, &scenario->arena};
    struct reader reader = {
        .arena = &scenario->arena,
        .err = err,
        .texts = request->texts,
        .lenient = request->lenient,
        .resolve = resolve,
        .context = &resolver,
    };
    merge_fragment(scenario->tree);
    merge_kinds(scenario->tree);
    add_execution(scenario->tree);
    bool ok = reader_read(&reader, scenario_fields, scenario->tree, "", scenario);
    if (!request->model_only)
        ok = axis_read_sweep(json_member(scenario->tree, "sweep"), &scenario->arena,
                             &scenario->axes, &scenario->n_axes, err) &&
             ok;
    return ok && model_prepare(&scenario->model, &scenario->arena, err);
}

/* Gives the problems from `first` on their places, where they have none yet. */
static void place_problems(const struct sources *sources, struct err *err, size_t first)
{
    struct arena scratch = {0};
    for (size_t i = first; i < err->n_problems; i++) {
        struct problem *problem = &err->problems[i];
        if (!problem->place && problem->pointer)
            problem->place = mem_strdup(sources_place(sources, problem->pointer, &scratch));
    }
    arena_release(&scratch);
}

/* Keeps the text of the warnings from `first` on, without places: those differ between folders. */
static void keep_warnings(struct scenario *scenario, const struct err *err, size_t first)
{
    size_t n = err->n_problems - first;
    scenario->warnings = arena_alloc(&scenario->arena, n, sizeof *scenario->warnings);
    for (size_t i = first; i < err->n_problems; i++) {
        struct problem problem = err->problems[i];
        if (problem.severity != SEVERITY_WARNING)
            continue;
        problem.place = NULL;
        char *text = problem_text(&problem);
        scenario->warnings[scenario->n_warnings++] = arena_strdup(&scenario->arena, text);
        free(text);
    }
}

/* Presets without a job, such as a device, go over a scenario and are none themselves. */
static bool has_job(const cJSON *tree, const struct sources *sources, struct err *err)
{
    if (!sources->items[0].is_preset || json_member(tree, "job"))
        return true;
    (void)err_add(err, NULL, "this preset is a part that goes over a scenario, and has no job");
    err_place(err, "%s", sources->items[0].name);
    err_hint(err, "name it last in a list: \"extends\": [SCENARIO, PART]");
    return false;
}

static bool load(struct scenario *scenario, struct sources *sources,
                 const struct scenario_request *request, struct err *err)
{
    struct field_context context = {.arena = &scenario->arena, .err = err, .texts = request->texts};
    if (!sources_load(sources, request->path, request->text, &context))
        return false;
    scenario->tree = sources_merge(sources, request->sets, request->n_sets, &scenario->arena, err);
    return scenario->tree && has_job(scenario->tree, sources, err) &&
           read_tree(scenario, sources, request, err);
}

bool scenario_load_request(struct scenario *scenario, const struct scenario_request *request,
                           struct err *err)
{
    *scenario = (struct scenario){0};
    struct sources sources = {0};
    size_t first = err->n_problems;
    bool ok = load(scenario, &sources, request, err);
    if (ok && !request->model_only)
        provenance_collect(&sources, &scenario->arena, &scenario->provenance);
    if (sources.n > 0)
        place_problems(&sources, err, first);
    sources_release(&sources);
    if (!ok) {
        scenario_release(scenario);
        return false;
    }
    keep_warnings(scenario, err, first);
    if (request->model_only) {
        cJSON_Delete(scenario->tree);
        scenario->tree = NULL;
        return true;
    }
    char *json = json_text(scenario->tree, JSON_COMPACT);
    scenario->json = arena_strdup(&scenario->arena, json);
    free(json);
    return true;
}

bool scenario_load(struct scenario *scenario, const char *path, const struct override *sets,
                   size_t n_sets, struct text_cache *texts, struct err *err)
{
    struct scenario_request request = {
        .path = path, .sets = sets, .n_sets = n_sets, .texts = texts};
    return scenario_load_request(scenario, &request, err);
}

void scenario_release(struct scenario *scenario)
{
    cJSON_Delete(scenario->tree);
    arena_release(&scenario->arena);
    *scenario = (struct scenario){0};
}

void scenario_write(const struct scenario *scenario, FILE *out)
{
    json_write(out, scenario->tree, JSON_PRETTY);
    (void)fputc('\n', out);
}
