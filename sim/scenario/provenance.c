// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/provenance.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "scenario/json_write.h"

static const char key[] = "provenance";

static void check_entry(const cJSON *entry, cJSON *tree, struct err *err)
{
    const char *pointer = entry->string;
    const char *why;
    struct arena scratch = {0};
    const char *place = json_pointer_key(&scratch, "/provenance", pointer);
    if (!json_pointer_is_valid(pointer, &why))
        (void)err_add(err, place, "\"%s\" is no JSON Pointer: %s", pointer, why);
    else if (!json_get(tree, pointer))
        (void)err_add(err, place, "there is no value at %s", pointer);
    else if (!cJSON_IsString(entry))
        (void)err_add(err, place, "needs a text that says where the value comes from");
    arena_release(&scratch);
}

void provenance_check(const cJSON *source, cJSON *tree, struct err *err)
{
    const cJSON *own = json_member(source, key);
    if (own && !cJSON_IsObject(own) && !cJSON_IsNull(own))
        (void)err_add(err, "/provenance", "needs an object {\"/pointer\": \"source\", ...}");
    for (const cJSON *entry = own ? own->child : NULL; entry; entry = entry->next)
        check_entry(entry, tree, err);
}

void provenance_collect(const struct sources *sources, struct arena *arena,
                        struct provenances *provenances)
{
    size_t most = 0;
    for (size_t i = 0; i < sources->n; i++)
        most += (size_t)cJSON_GetArraySize(json_member(sources->items[i].tree, key));
    *provenances = (struct provenances){arena_alloc(arena, most, sizeof *provenances->items), 0};
    for (size_t i = sources->n; i-- > 0;) {
        const struct source *source = &sources->items[i];
        const cJSON *own = json_member(source->tree, key);
        for (const cJSON *entry = own ? own->child : NULL; entry; entry = entry->next) {
            const struct source *origin = sources_origin(sources, entry->string);
            if (!origin || origin < source) /* the sources are in order, the newest first */
                continue;
            provenances->items[provenances->n++] = (struct provenance){
                .pointer = arena_strdup(arena, entry->string),
                .text = arena_strdup(arena, entry->valuestring),
                .by = arena_strdup(arena, source->name),
            };
        }
    }
}

void provenance_write(const struct provenances *provenances, cJSON *tree, FILE *out)
{
    const char *by = "";
    for (size_t i = 0; i < provenances->n; i++) {
        const struct provenance *item = &provenances->items[i];
        const cJSON *value = json_get(tree, item->pointer);
        if (!value)
            continue;
        if (strcmp(item->by, by) != 0)
            (void)fprintf(out, "\nwhere the values of %s come from\n", item->by);
        by = item->by;
        char *text = json_text(value, JSON_COMPACT);
        (void)fprintf(out, "  %s = %s\n      %s\n", item->pointer, text, item->text);
        free(text);
    }
}
