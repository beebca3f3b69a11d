// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/mutation.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const mutation_odd_values[] = {
    "0",
    "1",
    "-1",
    "0.5",
    "7",
    "1e-300",
    "1e300",
    "9007199254740993",
    "true",
    "false",
    "null",
    "\"\"",
    "\"-\"",
    "\"0 s\"",
    "\"1 ns\"",
    "\"7 s\"",
    "\"90 min\"",
    "\"40 y\"",
    "\"-1 h\"",
    "\"30 %\"",
    "\"3k\"",
    "\"0 B\"",
    "\"5 GiB\"",
    "\"1 B/s\"",
    "\"30 MB/s\"",
    "[]",
    "{}",
    "[\"1 h\"]",
    "\"none\"",
    "\"full\"",
    "\"delta\"",
    "\"barrier\"",
    "\"optimal\"",
    "\"async\"",
    "\"wall\"",
    "\"exposed\"",
    "\"process\"",
    "\"node\"",
    "\"all\"",
    "\"system\"",
    "\"random\"",
    "\"same\"",
    "\"modulo\"",
    "\"checkpoint\"",
    "\"downtime\"",
    "\"repeat\"",
    "\"restart\"",
    "\"defer\"",
    "\"end\"",
    "\"cut\"",
    "\"recovery\"",
    "\"failure_first\"",
    "{\"dist\": \"weibull\", \"mean\": \"2 h\", \"shape\": 0.3}",
    "{\"dist\": \"pareto\", \"mean\": \"9 min\", \"shape\": 1.01}",
    "{\"dist\": \"uniform\", \"low\": \"0 s\", \"high\": \"3 h\"}",
    "{\"dist\": \"mixture\", \"weight\": 0.1, \"first\": \"0 s\", \"second\": {\"dist\": "
    "\"exponential\", \"mean\": \"5 h\"}}",
    NULL,
};

/* ---- tokens ---- */

static void spans_add(struct spans *spans, const char *start, size_t length)
{
    spans->items = mem_grow(spans->items, spans->n, &spans->capacity, sizeof *spans->items);
    spans->items[spans->n++] = (struct span){start, length};
}

static size_t token_length(const char *text)
{
    if (*text == '"') {
        const char *end = text + 1;
        while (*end != '"')
            end += *end == '\\' ? 2 : 1;
        return (size_t)(end + 1 - text);
    }
    return strchr("{}[],:", *text) ? 1 : strcspn(text, "{}[],:\" \t\r\n");
}

/* The tokens of a JSON text. */
static struct spans tokens_of(const char *text)
{
    static const char blanks[] = " \t\r\n";
    struct spans tokens = {0};
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t length = token_length(text);
        spans_add(&tokens, text, length);
        text += length;
    }
    return tokens;
}

static bool is_key(const struct spans *tokens, size_t i)
{
    return *tokens->items[i].start == '"' && i + 1 < tokens->n &&
           *tokens->items[i + 1].start == ':';
}

static bool begins_value(const struct spans *tokens, size_t i)
{
    return !strchr("}],:", *tokens->items[i].start) && !is_key(tokens, i);
}

/* The value that begins at token i, with all that is in its brackets. */
static struct span value_at(const struct spans *tokens, size_t i)
{
    const char *start = tokens->items[i].start;
    size_t depth = 0;
    size_t last = i;
    for (; last < tokens->n; last++) {
        depth += *tokens->items[last].start == '{' || *tokens->items[last].start == '[';
        depth -= *tokens->items[last].start == '}' || *tokens->items[last].start == ']';
        if (depth == 0)
            break;
    }
    const struct span *end = &tokens->items[last < tokens->n ? last : tokens->n - 1];
    return (struct span){start, (size_t)(end->start - start) + end->length};
}

/* ---- what may be put in ---- */

void mutation_add_key(struct mutation_stock *stock, const char *quoted)
{
    spans_add(&stock->keys, quoted, strlen(quoted));
}

void mutation_add_values(struct mutation_stock *stock, const char *text)
{
    for (size_t i = 0; stock->values.n == 0 && mutation_odd_values[i]; i++)
        spans_add(&stock->values, mutation_odd_values[i], strlen(mutation_odd_values[i]));
    struct spans tokens = tokens_of(text);
    for (size_t i = 1; i < tokens.n; i++)
        if (begins_value(&tokens, i)) {
            struct span value = value_at(&tokens, i);
            spans_add(&stock->values, value.start, value.length);
        }
    free(tokens.items);
}

void mutation_release(struct mutation_stock *stock)
{
    free(stock->keys.items);
    free(stock->values.items);
    *stock = (struct mutation_stock){0};
}

/* ---- mutations ---- */

static struct span pick(const struct spans *spans, struct rng *rng)
{
    return spans->items[rng_below(rng, spans->n)];
}

static bool is_quantity(struct span value)
{
    return *value.start == '"' && value.start[1] >= '0' && value.start[1] <= '9';
}

/* A value that the reader will take for one of the same kind more often than not. */
static struct span pick_like(const struct spans *values, struct span value, struct rng *rng)
{
    for (;;) {
        struct span other = pick(values, rng);
        bool alike = *other.start == *value.start && is_quantity(other) == is_quantity(value);
        if (alike || rng_below(rng, 100) == 0)
            return other;
    }
}

/* The text with `span` replaced; the caller frees it. */
static char *replace(const char *text, struct span span, struct span by, const char *then)
{
    return mem_format("%.*s%.*s%s%s", (int)(span.start - text), text, (int)by.length, by.start,
                      then, span.start + span.length);
}

/* The text without token i; a value goes with its brackets, its key and a comma. */
static char *drop(const char *text, const struct spans *tokens, size_t i)
{
    struct span span = value_at(tokens, i);
    if (i >= 2 && is_key(tokens, i - 2)) {
        span.length += (size_t)(span.start - tokens->items[i - 2].start);
        span.start = tokens->items[i - 2].start;
    }
    const char *end = span.start + span.length;
    if (*end == ',')
        span.length++;
    return replace(text, span, (struct span){"", 0}, "");
}

/* The text with the values at tokens i and j in each other's place, unless one holds the other. */
static char *swap(const char *text, const struct spans *tokens, size_t i, size_t j)
{
    struct span first = value_at(tokens, i < j ? i : j);
    struct span second = value_at(tokens, i < j ? j : i);
    if (first.start + first.length > second.start)
        return mem_strdup(text);
    const char *between = first.start + first.length;
    return mem_format("%.*s%.*s%.*s%.*s%s", (int)(first.start - text), text, (int)second.length,
                      second.start, (int)(second.start - between), between, (int)first.length,
                      first.start, second.start + second.length);
}

/* A random token that begins a value, the whole text apart; 0 when it is hard to find one. */
static size_t pick_value(const struct spans *tokens, struct rng *rng)
{
    for (int attempt = 0; attempt < 1000; attempt++) {
        size_t i = (size_t)rng_below(rng, tokens->n);
        if (i > 0 && begins_value(tokens, i))
            return i;
    }
    return 0;
}

/* The text with a member at the start of the object that token i opens, if it opens one. */
static char *insert_member(const struct mutation_stock *stock, const char *text,
                           const struct spans *tokens, size_t i, struct rng *rng)
{
    if (*tokens->items[i].start != '{' || i + 1 == tokens->n)
        return mem_strdup(text);
    struct span key = pick(&stock->keys, rng);
    struct span value = pick(&stock->values, rng);
    bool is_empty = *tokens->items[i + 1].start == '}';
    char *member = mem_format("%.*s: %.*s%s", (int)key.length, key.start, (int)value.length,
                              value.start, is_empty ? "" : ", ");
    struct span place = {tokens->items[i].start + 1, 0};
    char *mutant = replace(text, place, (struct span){member, strlen(member)}, "");
    free(member);
    return mutant;
}

static char *mutate(const struct mutation_stock *stock, const char *text,
                    const struct spans *tokens, struct rng *rng)
{
    struct span token = pick(tokens, rng);
    size_t i = pick_value(tokens, rng);
    switch (rng_below(rng, 16)) {
    case 0:
        return replace(text, token, (struct span){"", 0}, "");
    case 1:
        return replace(text, (struct span){token.start, 0}, token, " ");
    case 2:
        return drop(text, tokens, i);
    case 3:
        return swap(text, tokens, i, pick_value(tokens, rng));
    case 4:
        return insert_member(stock, text, tokens, i, rng);
    default:
        break;
    }
    struct span value = value_at(tokens, i);
    return replace(text, value, pick_like(&stock->values, value, rng), "");
}

char *mutation_of(const struct mutation_stock *stock, const char *text, struct rng *rng)
{
    struct spans tokens = tokens_of(text);
    char *mutant = tokens.n > 0 ? mutate(stock, text, &tokens, rng) : mem_strdup(text);
    free(tokens.items);
    return mutant;
}
