// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/keys.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/describe.h"
#include "scenario/json_pointer.h"
#include "scenario/scenario.h"

const struct field keys_root = {
    .key = "scenario",
    .kind = FIELD_OBJECT,
    .fields = scenario_fields,
    .help = "A job, its failures, and how it is checkpointed.",
};

/* ---- All of them ---- */

struct walk {
    void (*visit)(void *context, const struct key *key);
    void *context;
    struct arena arena;
    const struct union_type **seen; /* owned: unions gone through */
    size_t n_seen;
    size_t capacity;
};

static bool note_union(struct walk *walk, const struct union_type *types)
{
    for (size_t i = 0; i < walk->n_seen; i++)
        if (walk->seen[i] == types)
            return false;
    walk->seen = mem_grow(walk->seen, walk->n_seen, &walk->capacity, sizeof(const void *));
    walk->seen[walk->n_seen++] = types;
    return true;
}

static void walk_below(struct walk *walk, const struct key *holder);

static void walk_fields(struct walk *walk, const struct key *holder, const struct field *fields,
                        const struct variant *variant)
{
    for (const struct field *field = fields; field && field->key; field++) {
        struct key key = {
            .pointer = json_pointer_key(&walk->arena, holder->pointer, field->key),
            .field = field,
            .variant = variant,
            .dimension = field_dimension(field, holder->dimension),
        };
        walk->visit(walk->context, &key);
        walk_below(walk, &key);
    }
}

/* Visits what stands below a key that has been visited. */
static void walk_below(struct walk *walk, const struct key *holder)
{
    const struct field *field = holder->field;
    if (field->kind == FIELD_OBJECT) {
        walk_fields(walk, holder, field->fields, holder->variant);
    } else if (field->kind == FIELD_LIST || field->kind == FIELD_MAP) {
        struct key item = *holder;
        item.pointer = json_pointer_key(&walk->arena, holder->pointer, "*");
        item.field = field->element;
        item.dimension = field_dimension(field->element, holder->dimension);
        walk_below(walk, &item);
    } else if (field->kind == FIELD_UNION && note_union(walk, field->types)) {
        for (size_t i = 0; field->types->variants[i]; i++)
            walk_fields(walk, holder, field->types->variants[i]->fields, field->types->variants[i]);
    }
}

void keys_visit(const struct field *root, void (*visit)(void *context, const struct key *key),
                void *context)
{
    struct walk walk = {.visit = visit, .context = context};
    struct key top = {.pointer = "", .field = root, .dimension = DIMENSION_NONE};
    walk_below(&walk, &top);
    free(walk.seen);
    arena_release(&walk.arena);
}

/* ---- By pointer ---- */

struct search {
    struct arena *arena;
    struct key_list *found;
    size_t capacity;
    const char *furthest; /* the rest of the pointer that no key could be found for */
    const char **names;   /* keys that could have stood there */
    size_t n_names;
    size_t names_capacity;
};

/* The list grows in the arena: a few keys at most. */
static void add_found(struct search *search, const struct key *key)
{
    struct key *items = arena_alloc(search->arena, search->found->n + 1, sizeof *items);
    if (search->found->n > 0)
        memcpy(items, search->found->items, search->found->n * sizeof *items);
    items[search->found->n++] = *key;
    search->found->items = items;
}

/* Notes a key that could have stood at `rest`, for the suggestion when nothing is found. */
static void add_name(struct search *search, const char *rest, const char *name)
{
    if (search->furthest && strlen(rest) > strlen(search->furthest))
        return;
    if (!search->furthest || strlen(rest) < strlen(search->furthest))
        search->n_names = 0;
    search->furthest = rest;
    search->names =
        mem_grow(search->names, search->n_names, &search->names_capacity, sizeof(const char *));
    search->names[search->n_names++] = name;
}

static bool token_names_item(const struct field *field, const char *token)
{
    return field->kind == FIELD_MAP || strcmp(token, "*") == 0 || strcmp(token, "-") == 0 ||
           (*token && strspn(token, "0123456789") == strlen(token));
}

static void search_below(struct search *search, const struct key *at, const char *rest);

static void search_fields(struct search *search, const struct key *at, const struct field *fields,
                          const struct variant *variant, const char *rest)
{
    char *token = json_pointer_token(rest);
    for (const struct field *field = fields; field && field->key; field++) {
        add_name(search, rest, field->key);
        if (strcmp(token, field->key) != 0)
            continue;
        struct key key = {
            .pointer = json_pointer_key(search->arena, at->pointer, field->key),
            .field = field,
            .variant = variant,
            .dimension = field_dimension(field, at->dimension),
        };
        search_below(search, &key, json_pointer_skip(rest));
    }
    free(token);
}

static void search_union(struct search *search, const struct key *at, const char *rest)
{
    const struct union_type *types = at->field->types;
    char *token = json_pointer_token(rest);
    add_name(search, rest, types->tag);
    if (strcmp(token, types->tag) == 0 && !*json_pointer_skip(rest)) {
        struct key key = *at;
        key.pointer = json_pointer_key(search->arena, at->pointer, types->tag);
        key.is_tag = true;
        add_found(search, &key);
    }
    free(token);
    for (size_t i = 0; types->variants[i]; i++)
        search_fields(search, at, types->variants[i]->fields, types->variants[i], rest);
}

static void search_item(struct search *search, const struct key *at, const char *rest)
{
    char *token = json_pointer_token(rest);
    struct key item = *at;
    item.pointer = json_pointer_key(search->arena, at->pointer, "*");
    item.field = at->field->element;
    item.dimension = field_dimension(item.field, at->dimension);
    add_name(search, rest, "0");
    if (token_names_item(at->field, token))
        search_below(search, &item, json_pointer_skip(rest));
    free(token);
}

static void search_below(struct search *search, const struct key *at, const char *rest)
{
    if (!*rest)
        add_found(search, at);
    else if (at->field->kind == FIELD_OBJECT)
        search_fields(search, at, at->field->fields, at->variant, rest);
    else if (at->field->kind == FIELD_UNION)
        search_union(search, at, rest);
    else if (at->field->kind == FIELD_LIST || at->field->kind == FIELD_MAP)
        search_item(search, at, rest);
    else
        add_name(search, rest, "");
}

struct namesake {
    const char *name;
    struct arena *arena;
    const char *pointer;
    size_t depth; /* of the pointer */
};

static size_t depth_of(const char *pointer)
{
    size_t n = 0;
    for (; *pointer; pointer++)
        n += *pointer == '/';
    return n;
}

static void note_namesake(void *context, const struct key *key)
{
    struct namesake *namesake = context;
    size_t depth = depth_of(key->pointer);
    if (strcmp(key->field->key, namesake->name) != 0 ||
        (namesake->pointer && depth >= namesake->depth))
        return;
    namesake->pointer = arena_strdup(namesake->arena, key->pointer);
    namesake->depth = depth;
}

const char *keys_named(const struct field *root, const char *name, struct arena *arena)
{
    struct namesake namesake = {.name = name, .arena = arena};
    keys_visit(root, note_namesake, &namesake);
    return namesake.pointer;
}

static bool fail_search(const struct search *search, const struct field *root, const char *pointer,
                        struct err *err)
{
    const char *rest = search->furthest;
    char *name = json_pointer_token(rest);
    (void)err_add(err, pointer, "there is no key '%s'", name);
    const char *nearest = err_nearest(name, search->names, search->n_names);
    const char *namesake = keys_named(root, name, search->arena);
    int before = (int)(rest - pointer);
    if (nearest && *nearest)
        err_hint(err, "did you mean %.*s/%s%s?", before, pointer, nearest, json_pointer_skip(rest));
    else if (namesake)
        err_hint(err, "did you mean %s?", namesake);
    else if (search->n_names == 1 && !*search->names[0])
        err_hint(err, "%.*s has no keys below it", before, pointer);
    else
        err_hint(err, "explain %.*s shows what is there", before ? before : 1,
                 before ? pointer : "/");
    free(name);
    return false;
}

bool keys_find(const struct field *root, const char *pointer, struct arena *arena,
               struct key_list *found, struct err *err)
{
    const char *why = NULL;
    *found = (struct key_list){0};
    if (!json_pointer_is_valid(pointer, &why))
        return err_add(err, pointer, "%s", why);
    struct search search = {.arena = arena, .found = found};
    struct key top = {.pointer = "", .field = root, .dimension = DIMENSION_NONE};
    search_below(&search, &top, pointer);
    if (found->n == 0)
        (void)fail_search(&search, root, pointer, err);
    free(search.names);
    return found->n > 0;
}
