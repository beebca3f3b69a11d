// SPDX-License-Identifier: GPL-3.0-or-later
/* Keys explained on a terminal. */
#include <string.h>

#include "scenario/describe.h"
#include "scenario/keys.h"

enum { STEP = 4, NAME_WIDTH = 16 };

static bool has_own_fields(const struct field *field)
{
    return field->kind == FIELD_OBJECT || field->kind == FIELD_LIST || field->kind == FIELD_MAP;
}

/* `a time such as "60 s", in (0 s, 1e12 s]; default "1 h"` */
static void write_value(FILE *out, const struct key *key)
{
    const struct field *field = key->field;
    struct arena scratch = {0};
    (void)fputs(describe_field(&scratch, field, key->dimension), out);
    if ((field->kind == FIELD_REAL || field->kind == FIELD_COUNT) && field_has_range(field))
        (void)fprintf(out, ", in %s", describe_range(&scratch, field, key->dimension));
    if (field->required)
        (void)fputs("; required", out);
    else if (field->fallback)
        (void)fprintf(out, "; default %s", field->fallback);
    arena_release(&scratch);
}

static void write_fields(FILE *out, const struct field *fields, enum dimension inherited,
                         int indent)
{
    for (const struct field *field = fields; field && field->key; field++) {
        struct key key = {.field = field, .dimension = field_dimension(field, inherited)};
        (void)fprintf(out, "%*s%-*s ", indent, "", NAME_WIDTH, field->key);
        write_value(out, &key);
        (void)fputc('\n', out);
    }
}

static void write_variants(FILE *out, const struct key *key)
{
    const struct union_type *types = key->field->types;
    (void)fprintf(out, "%*s%s:\n", STEP, "", types->tag);
    for (size_t i = 0; types->variants[i]; i++) {
        const struct variant *variant = types->variants[i];
        (void)fprintf(out, "%*s%-*s %s%s%s%s\n", 2 * STEP, "", NAME_WIDTH, variant->name,
                      variant->help ? variant->help : "", variant->source ? " (" : "",
                      variant->source ? variant->source : "", variant->source ? ")" : "");
        write_fields(out, variant->fields, key->dimension, 3 * STEP);
    }
}

static void write_below(FILE *out, const struct key *key)
{
    const struct field *field = key->field;
    if (field->kind == FIELD_OBJECT) {
        write_fields(out, field->fields, key->dimension, STEP);
    } else if (field->kind == FIELD_UNION) {
        write_variants(out, key);
    } else if (has_own_fields(field)) {
        struct key item = *key;
        item.field = field->element;
        item.dimension = field_dimension(field->element, key->dimension);
        (void)fprintf(out, "%*seach of them is ", STEP, "");
        write_value(out, &item);
        (void)fputs(item.field->kind == FIELD_OBJECT ? ":\n" : "\n", out);
        write_below(out, &item);
    }
}

/* The scenario in which the key matters: "FILE SETTING" in its two parts. */
static void write_witness(FILE *out, const char *witness)
{
    const char *space = strchr(witness, ' ');
    if (space)
        (void)fprintf(out, "%*sto see it at work: scenarios/%.*s with %s\n", STEP, "",
                      (int)(space - witness), witness, space + 1);
}

static void explain_tag(FILE *out, const struct key *key)
{
    struct arena scratch = {0};
    const struct union_type *types = key->field->types;
    (void)fprintf(out, "%s\n%*schooses the %s: %s\n", key->pointer, STEP, "", types->name,
                  describe_variants(&scratch, types, NULL, NULL));
    arena_release(&scratch);
    write_variants(out, key);
}

static void explain(FILE *out, const struct key *key)
{
    const struct field *field = key->field;
    if (key->is_tag) {
        explain_tag(out, key);
        return;
    }
    (void)fprintf(out, "%s%s%s%s\n%*s", *key->pointer ? key->pointer : "/",
                  key->variant ? "   (" : "", key->variant ? key->variant->name : "",
                  key->variant ? ")" : "", STEP, "");
    write_value(out, key);
    (void)fputc('\n', out);
    if (field->help)
        (void)fprintf(out, "%*s%s\n", STEP, "", field->help);
    if (field->source)
        (void)fprintf(out, "%*ssource: %s\n", STEP, "", field->source);
    if (field->witness)
        write_witness(out, field->witness);
    write_below(out, key);
}

bool keys_explain(const struct field *root, const char *pointer, FILE *out, struct err *err)
{
    struct arena arena = {0};
    struct key_list found;
    bool ok = keys_find(root, strcmp(pointer, "/") == 0 ? "" : pointer, &arena, &found, err);
    for (size_t i = 0; ok && i < found.n; i++) {
        if (i > 0)
            (void)fputc('\n', out);
        explain(out, &found.items[i]);
    }
    arena_release(&arena);
    return ok;
}
