// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Scenarios gone wrong at random. Whatever is done to the text of a shipped
 * scenario, the loader either refuses it, and says where, or the simulation
 * keeps its identities, the same whether it jumps over equal segments or walks
 * through them. Seeds are fixed: a failure comes again, and is printed.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "model/fault_log.h"
#include "model/run.h"
#include "model/text_reader.h"
#include "report/file.h"
#include "scenario/describe.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"
#include "support.h"

static const char *root = "."; /* of the project; argv[2] */

/* ---- Scenarios as tokens ------------------------------------------------------- */

/* A span of a text. */
struct span {
    const char *start;
    size_t length;
};

struct spans {
    struct span *items; /* owned */
    size_t n;
    size_t capacity;
};

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

/* ---- What goes in -------------------------------------------------------------- */

static const char *const odd_values[] = {
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
};

/* The shipped scenarios and what they, and the tables of keys, are made of. */
struct world {
    char **names; /* owned, as all */
    char **texts;
    struct spans *tokens;
    size_t n;
    size_t capacity_names, capacity_texts, capacity_tokens;
    struct spans keys;   /* in quotes */
    struct spans values; /* of the scenarios, and odd ones */
    struct arena arena;
    struct text_cache traces;
};

static struct world world;

static void add_scenario(const char *name)
{
    char *path = mem_format("%s/scenarios/%s", root, name);
    char *text = NULL;
    size_t length = 0;
    struct err err = {0};
    assert_true(file_read(path, &text, &length, &err));
    size_t n = world.n++;
    world.names = mem_grow(world.names, n, &world.capacity_names, sizeof *world.names);
    world.texts = mem_grow(world.texts, n, &world.capacity_texts, sizeof *world.texts);
    world.tokens = mem_grow(world.tokens, n, &world.capacity_tokens, sizeof *world.tokens);
    world.names[n] = path;
    world.texts[n] = text;
    world.tokens[n] = tokens_of(text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_scenarios(void)
{
    char *folder = mem_format("%s/scenarios", root);
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    char **names = NULL;
    size_t n = 0;
    size_t capacity = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0)
            continue;
        names = mem_grow(names, n, &capacity, sizeof *names);
        names[n++] = mem_strdup(entry->d_name);
    }
    (void)closedir(directory);
    assert_true(n > 0);
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        add_scenario(names[i]);
        free(names[i]);
    }
    free(names);
    free(folder);
}

static void add_key(void *context, const struct key *key)
{
    (void)context;
    const char *slash = strrchr(key->pointer, '/');
    if (!slash || strcmp(slash, "/*") == 0)
        return;
    const char *quoted = arena_format(&world.arena, "\"%s\"", slash + 1);
    spans_add(&world.keys, quoted, strlen(quoted));
}

static int set_up(void **state)
{
    (void)state;
    add_scenarios();
    keys_visit(&keys_root, add_key, NULL);
    for (size_t s = 0; s < world.n; s++)
        for (size_t i = 1; i < world.tokens[s].n; i++)
            if (begins_value(&world.tokens[s], i)) {
                struct span value = value_at(&world.tokens[s], i);
                spans_add(&world.values, value.start, value.length);
            }
    for (size_t i = 0; i < MEM_COUNT(odd_values); i++)
        spans_add(&world.values, odd_values[i], strlen(odd_values[i]));
    /* Scenarios that read a trace from standard input get this one. */
    char *trace = mem_format("%s/tests/data/trace_faults.json", root);
    assert_non_null(freopen(trace, "r", stdin));
    free(trace);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t s = 0; s < world.n; s++) {
        free(world.names[s]);
        free(world.texts[s]);
        free(world.tokens[s].items);
    }
    free(world.names);
    free(world.texts);
    free(world.tokens);
    free(world.keys.items);
    free(world.values.items);
    text_cache_release(&world.traces);
    arena_release(&world.arena);
    return 0;
}

/* ---- What must come out -------------------------------------------------------- */

static void fail_with(const char *what, const char *text)
{
    print_error("%s:\n%s\n", what, text);
    fail();
}

/* Every error says where it is, in the text or by key. */
static void check_refusal(const struct err *err, const char *text)
{
    if (err->n_errors == 0)
        fail_with("refused without an error", text);
    for (size_t i = 0; i < err->n_problems; i++)
        if (!err->problems[i].place && !(err->problems[i].pointer && *err->problems[i].pointer))
            fail_with(err->problems[i].message, text);
}

static void ignore_event(void *context, double time_s, const char *event,
                         const struct trace_value *values, size_t n)
{
    (void)context;
    (void)time_s;
    (void)event;
    (void)values;
    (void)n;
}

/*
 * A limit that a simulation meets after some thousand events at most, however
 * absurd the scenario: no failure law, trace or interval gets more than a few
 * hundred of its own times.
 */
static double limit_s(const struct model *model)
{
    double shortest_s = fmin(model->job.work_s, model->checkpoint.planned_interval_s);
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        double mean_s = (double)INFINITY;
        if (dist_is_given(&failures[i].time_to_failure))
            mean_s = dist_mean(&failures[i].time_to_failure);
        else if (failures[i].trace.log.variant)
            mean_s = fault_log_of(&failures[i].trace.log)->span_s;
        if (failures[i].per == PER_UNIT && failures[i].strikes != STRIKES_JOB)
            mean_s /= (double)model_units(model, &failures[i]);
        shortest_s = fmin(shortest_s, mean_s);
    }
    return fmin(model->run.time_limit_s, 300 * fmax(shortest_s, 1e-9));
}

/* Simulates one replication, jumping or walking. */
static void simulate(const struct model *model, const struct trace_sink *sink,
                     struct metrics *metrics, const char *text)
{
    struct run *run = mem_alloc(1, sizeof *run);
    struct event_histograms histograms;
    event_histograms_init(&histograms);
    run_init(run, model);
    run->trace = sink;
    if (!run_replicate(run, 1, 0, &histograms, metrics))
        fail_with(run->violation, text);
    run_release(run);
    event_histograms_release(&histograms);
    free(run);
}

static void check_model(struct model *model, const char *text)
{
    static const struct trace_sink sink = {.record = ignore_event};
    struct metrics jumped;
    struct metrics walked;
    model->run.time_limit_s = limit_s(model);
    simulate(model, NULL, &jumped, text);
    simulate(model, &sink, &walked, text);
    for (int m = 0; m < N_METRICS; m++)
        if (jumped.value[m] < walked.value[m] || jumped.value[m] > walked.value[m])
            fail_with(metric_rows[m].name, text);
}

/* What the program echoes is a scenario, and the same one. */
static void check_echo(const struct scenario *scenario, const char *name)
{
    struct err err = {0};
    struct scenario again;
    struct scenario_request request = {
        .path = name, .text = scenario->json, .texts = &world.traces};
    if (!scenario_load_request(&again, &request, &err))
        fail_with(err.problems[0].message, scenario->json);
    if (strcmp(again.json, scenario->json) != 0)
        fail_with(again.json, scenario->json);
    scenario_release(&again);
    err_release(&err);
}

/* Whether the request was accepted; then, that all is well with what it asks for. */
static bool check(const struct scenario_request *request, const char *text)
{
    struct err err = {0};
    struct scenario scenario;
    bool ok = scenario_load_request(&scenario, request, &err);
    if (ok) {
        check_echo(&scenario, request->path);
        check_model(&scenario.model, text);
        scenario_release(&scenario);
    } else {
        check_refusal(&err, text);
    }
    err_release(&err);
    return ok;
}

/* ---- Mutations ----------------------------------------------------------------- */

static struct span pick(const struct spans *spans, struct rng *rng)
{
    return spans->items[rng_below(rng, spans->n)];
}

static bool is_quantity(struct span value)
{
    return *value.start == '"' && value.start[1] >= '0' && value.start[1] <= '9';
}

/* A value that the reader will take for one of the same kind more often than not. */
static struct span pick_like(struct span value, struct rng *rng)
{
    for (;;) {
        struct span other = pick(&world.values, rng);
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

/* A random token that begins a value, the whole text apart. */
static size_t pick_value(const struct spans *tokens, struct rng *rng)
{
    for (;;) {
        size_t i = (size_t)rng_below(rng, tokens->n);
        if (tokens->n < 2 || (i > 0 && begins_value(tokens, i)))
            return i;
    }
}

/* One mutation of a text that may have been mutated before; the caller frees the result. */
static char *mutate(const char *text, struct rng *rng)
{
    struct spans tokens = tokens_of(text);
    size_t i = pick_value(&tokens, rng);
    struct span token = pick(&tokens, rng);
    struct span nothing = {"", 0};
    char *mutant = NULL;
    switch (rng_below(rng, 16)) {
    case 0:
        mutant = replace(text, token, nothing, "");
        break;
    case 1:
        mutant = replace(text, (struct span){token.start, 0}, token, " ");
        break;
    case 2:
        mutant = drop(text, &tokens, i);
        break;
    case 3:
        mutant = swap(text, &tokens, i, pick_value(&tokens, rng));
        break;
    case 4: {
        bool opens = *tokens.items[i].start == '{' && i + 1 < tokens.n;
        struct span place = {tokens.items[i].start + 1, 0};
        struct span key = pick(&world.keys, rng);
        struct span value = pick(&world.values, rng);
        char *member =
            mem_format("%.*s: %.*s%s", (int)key.length, key.start, (int)value.length, value.start,
                       opens && *tokens.items[i + 1].start == '}' ? "" : ", ");
        mutant = opens ? replace(text, place, (struct span){member, strlen(member)}, "")
                       : mem_strdup(text);
        free(member);
        break;
    }
    default:
        mutant = replace(text, value_at(&tokens, i), pick_like(value_at(&tokens, i), rng), "");
        break;
    }
    free(tokens.items);
    return mutant;
}

static void mutants_are_refused_with_a_place_or_simulated_in_order(void **state)
{
    (void)state;
    size_t n = support_scale(3000);
    size_t accepted = 0;
    for (size_t k = 0; k < n; k++) {
        struct rng rng = rng_stream(2385, k, RNG_FAILURE, 0);
        size_t s = (size_t)rng_below(&rng, world.n);
        char *text = mem_strdup(world.texts[s]);
        for (uint64_t times = 1 + rng_below(&rng, 2); times > 0; times--) {
            char *mutant = mutate(text, &rng);
            free(text);
            text = mutant;
        }
        struct scenario_request request = {
            .path = world.names[s], .text = text, .texts = &world.traces};
        accepted += check(&request, text);
        free(text);
    }
    /* Otherwise the mutations are too wild to test anything but the parser, or too tame. */
    assert_in_range(accepted, n / 10, n / 2);
}

/* ---- Every key with every odd value -------------------------------------------- */

/* A key of a shipped scenario, to which values are given in turn. */
struct trial {
    struct scenario_request request;
    struct override set;
    size_t accepted;
};

static void try_value(struct trial *trial, const char *value)
{
    char *what = mem_format("%s --set %s=%s", trial->request.path, trial->set.pointer, value);
    trial->set.value = value;
    trial->accepted += check(&trial->request, what);
    free(what);
}

static void try_number(struct trial *trial, double number, enum dimension dimension)
{
    char *value = dimension == DIMENSION_NONE || dimension == DIMENSION_INHERIT
                      ? mem_format("%.17g", number)
                      : mem_format("\"%.17g %s\"", number, describe_unit(dimension));
    try_value(trial, value);
    free(value);
}

static void try_name(struct trial *trial, const char *name)
{
    char *value = mem_format("\"%s\"", name);
    try_value(trial, value);
    free(value);
}

/* The limits of a number, the names of a choice. */
static void try_own_values(struct trial *trial, const struct key *key)
{
    const struct field *field = key->field;
    if (key->is_tag || field->kind == FIELD_UNION) {
        for (size_t i = 0; field->types->variants[i]; i++)
            try_name(trial, field->types->variants[i]->name);
    } else if (field->kind == FIELD_CHOICE) {
        for (size_t i = 0; field_choice(field, i); i++)
            try_name(trial, field_choice(field, i));
    } else if ((field->kind == FIELD_REAL || field->kind == FIELD_COUNT) && isfinite(field->max)) {
        enum dimension dimension = field->kind == FIELD_REAL ? key->dimension : DIMENSION_NONE;
        try_number(trial, field->min, dimension);
        try_number(trial, field->max, dimension);
    }
}

/* The key in the scenario that is its witness, where it has an effect; else in the last one. */
static void start_trial(struct trial *trial, const struct key *key)
{
    const char *witness = key->field->witness;
    const char *pointer = key->pointer;
    size_t s = world.n - 1;
    if (witness && !key->is_tag) {
        pointer = strchr(witness, ' ') + 1;
        for (s = 0; strncmp(strrchr(world.names[s], '/') + 1, witness,
                            (size_t)(pointer - 1 - witness)) != 0;)
            assert_true(++s < world.n);
    }
    char *copy = arena_format(&world.arena, "%.*s", (int)strcspn(pointer, "="), pointer);
    for (char *star = copy; (star = strstr(star, "/*"));)
        star[1] = '0';
    *trial = (struct trial){.set = {.pointer = copy}};
    trial->request = (struct scenario_request){.path = world.names[s],
                                               .text = world.texts[s],
                                               .texts = &world.traces,
                                               .sets = &trial->set,
                                               .n_sets = 1};
}

static void try_key(void *context, const struct key *key)
{
    size_t *accepted = context;
    if (!*key->pointer || strcmp(key->pointer, "/extends") == 0)
        return;
    struct trial trial;
    start_trial(&trial, key);
    for (size_t i = 0; i < MEM_COUNT(odd_values); i++)
        try_value(&trial, odd_values[i]);
    try_own_values(&trial, key);
    *accepted += trial.accepted;
}

static void every_key_survives_odd_values_and_its_own_limits(void **state)
{
    (void)state;
    size_t accepted = 0;
    keys_visit(&keys_root, try_key, &accepted);
    assert_true(accepted > 500);
}

int main(int argc, char **argv)
{
    if (argc > 2)
        root = argv[2];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_are_refused_with_a_place_or_simulated_in_order),
        cmocka_unit_test(every_key_survives_odd_values_and_its_own_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
