// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables of keys in Markdown: objects first, in the order in which they are met, then unions. */
#include <ctype.h>
#include <stdlib.h>

#include "scenario/describe.h"
#include "scenario/json_pointer.h"
#include "scenario/keys.h"

/* What gets a table of its own. */
struct section {
    const char *pointer;            /* of an object; of a union, where it was first met */
    const struct field *field;      /* the row that holds it */
    const struct union_type *types; /* NULL: an object */
    enum dimension dimension;
};

struct document {
    struct arena arena;
    struct section *sections; /* owned; grows while it is worked off */
    size_t n;
    size_t capacity;
};

static void add_section(struct document *document, const struct section *section)
{
    for (size_t i = 0; i < document->n; i++)
        if (section->types && document->sections[i].types == section->types)
            return;
    document->sections =
        mem_grow(document->sections, document->n, &document->capacity, sizeof *document->sections);
    document->sections[document->n++] = *section;
}

/* Plans tables for what a row holds. */
static void plan_below(struct document *document, const struct field *field, const char *pointer,
                       enum dimension inherited)
{
    enum dimension dimension = field_dimension(field, inherited);
    if (field->kind == FIELD_LIST || field->kind == FIELD_MAP)
        plan_below(document, field->element, json_pointer_key(&document->arena, pointer, "*"),
                   dimension);
    else if (field->kind == FIELD_OBJECT)
        add_section(document, &(struct section){pointer, field, NULL, dimension});
    else if (field->kind == FIELD_UNION)
        add_section(document, &(struct section){pointer, field, field->types, dimension});
}

static void plan_fields(struct document *document, struct section section,
                        const struct field *fields)
{
    for (const struct field *field = fields; field && field->key; field++)
        plan_below(document, field, json_pointer_key(&document->arena, section.pointer, field->key),
                   section.dimension);
}

/* Plans all tables, from the root down. */
static void plan(struct document *document, const struct field *root)
{
    plan_below(document, root, "", DIMENSION_NONE);
    for (size_t i = 0; i < document->n; i++) {
        struct section section = document->sections[i]; /* a copy: the array moves as it grows */
        if (!section.types)
            plan_fields(document, section, section.field->fields);
        for (size_t v = 0; section.types && section.types->variants[v]; v++)
            plan_fields(document, section, section.types->variants[v]->fields);
    }
}

/* Text in a cell of a table: no bar may end it. */
static void write_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            (void)fputc('\\', out);
        (void)fputc(*text == '\n' ? ' ' : *text, out);
    }
}

static void write_code(FILE *out, const char *text)
{
    (void)fputc('`', out);
    write_cell(out, text);
    (void)fputc('`', out);
}

/* "[distribution](#distribution)": the name that GitHub gives the heading. */
static void write_link(FILE *out, const struct union_type *types)
{
    (void)fprintf(out, "[%s](#", types->name);
    for (const char *c = types->name; *c; c++)
        if (*c == ' ' || *c == '-')
            (void)fputc('-', out);
        else if (isalnum((unsigned char)*c))
            (void)fputc(tolower((unsigned char)*c), out);
    (void)fputc(')', out);
}

static void write_value(FILE *out, struct arena *arena, const struct field *field,
                        enum dimension dimension)
{
    if (field->kind == FIELD_UNION) {
        const struct union_type *types = field->types;
        write_link(out, types);
        const struct field *value =
            types->shorthand ? field_find(types->shorthand->fields, types->shorthand_key) : NULL;
        if (!value)
            return;
        (void)fputs(", or ", out);
        write_cell(out, describe_field(arena, value, dimension));
        return;
    }
    write_cell(out, describe_field(arena, field, dimension));
    if ((field->kind == FIELD_REAL || field->kind == FIELD_COUNT) && field_has_range(field)) {
        (void)fputs(", in ", out);
        write_cell(out, describe_range(arena, field, dimension));
    }
}

static void write_help(FILE *out, const char *help, const char *source)
{
    write_cell(out, help ? help : "");
    if (!source)
        return;
    (void)fputs(" (", out);
    write_cell(out, source);
    (void)fputc(')', out);
}

/* `key` | value | default | meaning |, after whatever columns the caller wrote. */
static void write_row(FILE *out, const struct field *field, enum dimension inherited)
{
    struct arena scratch = {0};
    write_code(out, field->key);
    (void)fputs(" | ", out);
    write_value(out, &scratch, field, field_dimension(field, inherited));
    (void)fputs(" | ", out);
    if (field->required)
        (void)fputs("required", out);
    else if (field->fallback)
        write_code(out, field->fallback);
    (void)fputs(" | ", out);
    write_help(out, field->help, field->source);
    (void)fputs(" |\n", out);
    arena_release(&scratch);
}

static void write_object(FILE *out, const struct section *section)
{
    (void)fprintf(out, "### `%s`\n\n", *section->pointer ? section->pointer : "/");
    if (section->field->help)
        (void)fprintf(out, "%s\n\n", section->field->help);
    (void)fputs("| key | value | default | meaning |\n|---|---|---|---|\n", out);
    for (const struct field *field = section->field->fields; field && field->key; field++) {
        (void)fputs("| ", out);
        write_row(out, field, section->dimension);
    }
    (void)fputc('\n', out);
}

static void write_union(FILE *out, const struct union_type *types)
{
    (void)fprintf(out, "### %s\n\n", types->name);
    if (types->shorthand)
        (void)fprintf(out, "A value alone stands for `{\"%s\": \"%s\", \"%s\": ...}`.\n\n",
                      types->tag, types->shorthand->name, types->shorthand_key);
    if (types->by_keys)
        (void)fprintf(out, "Without `%s` it is the first whose keys these are.\n\n", types->tag);
    (void)fprintf(out, "| `%s` | key | value | default | meaning |\n|---|---|---|---|---|\n",
                  types->tag);
    for (size_t i = 0; types->variants[i]; i++) {
        const struct variant *variant = types->variants[i];
        (void)fputs("| ", out);
        write_code(out, variant->name);
        (void)fputs(" | | | | ", out);
        write_help(out, variant->help, variant->source);
        (void)fputs(" |\n", out);
        for (const struct field *field = variant->fields; field && field->key; field++) {
            (void)fputs("| | ", out);
            /* The dimension is that of whatever key holds the union. */
            write_row(out, field, DIMENSION_INHERIT);
        }
    }
    (void)fputc('\n', out);
}

void keys_write_markdown(const struct field *root, FILE *out)
{
    struct document document = {0};
    plan(&document, root);
    for (size_t i = 0; i < document.n; i++)
        if (!document.sections[i].types)
            write_object(out, &document.sections[i]);
    for (size_t i = 0; i < document.n; i++)
        if (document.sections[i].types)
            write_union(out, document.sections[i].types);
    free(document.sections);
    arena_release(&document.arena);
}
