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
#include "core/text_reader.h"
#include "model/fault_log.h"
#include "model/run.h"
#include "scenario/describe.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"
#include "support.h"
#include "unit/mutation.h"

static const char *root = "."; /* of the project; argv[2] */

/* ---- The shipped scenarios ------------------------------------------------------ */

/* With what they, and the tables of keys, are made of. */
struct world {
    char **names; /* owned, as all */
    char **texts;
    size_t n;
    size_t capacity_names, capacity_texts;
    struct mutation_stock stock;
    struct arena arena;
    struct text_cache traces;
};

static struct world world;

static void add_scenario(const char *name)
{
    char *path = mem_format("%s/scenarios/%s", root, name);
    size_t length = 0;
    char *text = support_read_file(path, &length);
    size_t n = world.n++;
    world.names = mem_grow(world.names, n, &world.capacity_names, sizeof *world.names);
    world.texts = mem_grow(world.texts, n, &world.capacity_texts, sizeof *world.texts);
    world.names[n] = path;
    world.texts[n] = text;
    mutation_add_values(&world.stock, text);
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
    mutation_add_key(&world.stock, arena_format(&world.arena, "\"%s\"", slash + 1));
}

static int set_up(void **state)
{
    (void)state;
    add_scenarios();
    keys_visit(&keys_root, add_key, NULL);
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
    }
    free(world.names);
    free(world.texts);
    mutation_release(&world.stock);
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

/* Shortest mean time between the false alarms of a unit; infinite when there are none. */
static double shortest_false_alarm_s(const struct recovery_params *recovery)
{
    const struct struck_detector *detectors = recovery->detectors.items;
    double shortest_s = (double)INFINITY;
    for (size_t i = 0; i < recovery->detectors.n; i++)
        shortest_s = fmin(shortest_s, detectors[i].false_alarm_every_s);
    return shortest_s;
}

/* Of a predictor, per failure. */
static double unfounded_alarms(const struct prediction_params *prediction)
{
    if (!dist_is_given(&prediction->lead))
        return 0;
    return prediction->recall * (1 - prediction->precision) / prediction->precision;
}

/*
 * A limit that a simulation meets after some thousand events at most, however
 * absurd the scenario: no failure law, trace or interval gets more than a few
 * hundred of its own times.
 */
static double limit_s(const struct model *model)
{
    double shortest_s = fmin(model->job.work_s, model->checkpoint.planned_interval_s);
    shortest_s = fmin(shortest_s, shortest_false_alarm_s(&model->recovery));
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        double mean_s = (double)INFINITY;
        if (dist_is_given(&failures[i].time_to_failure))
            mean_s = dist_mean(&failures[i].time_to_failure);
        else if (failures[i].trace.log.variant)
            mean_s = fault_log_of(&failures[i].trace.log)->span_s;
        if (failures[i].per == PER_UNIT && failures[i].strikes != STRIKES_JOB)
            mean_s /= (double)model_units(model, &failures[i]);
        mean_s /= fmax(unfounded_alarms(&failures[i].prediction), 1);
        shortest_s = fmin(shortest_s, mean_s);
    }
    return fmin(model->run.time_limit_s, 300 * fmax(shortest_s, 1e-9));
}

/*
 * Cuts a stream job's run so that some ten thousand messages come at most, some thousand looks at
 * whether a base is to be made beside checkpoints, and some hundred false alarms of each unit.
 */
static void shorten(struct model *model)
{
    struct run_params *run = &model->run;
    const struct topology *topology = model->topology;
    const struct content_ops *content = checkpoint_content(&model->checkpoint);
    double look_s = content->capture(model->checkpoint.content.params).background_s;
    double busiest = 0; /* messages per s, at a peak */
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[i];
        double peak = place->load > 0 ? place->peak_load / place->load : 1;
        busiest = fmax(busiest, place->arrival_rate_per_s * fmax(peak, 1));
    }
    run->duration_s = fmin(run->duration_s, fmin(2000 / busiest, 2000 * look_s));
    run->duration_s = fmin(run->duration_s, 300 * shortest_false_alarm_s(&model->recovery));
    run->warmup_s = fmin(run->warmup_s, run->duration_s / 2);
}

/* Simulates one replication, jumping or walking. */
static void simulate(const struct model *model, const struct trace_sink *sink,
                     struct metrics *metrics, const char *text)
{
    struct run *run = mem_alloc(1, sizeof *run);
    struct event_histograms histograms;
    event_histograms_init(&histograms, model->topology);
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
    if (model->topology)
        shorten(model);
    else
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
            char *mutant = mutation_of(&world.stock, text, &rng);
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
    for (size_t i = 0; mutation_odd_values[i]; i++)
        try_value(&trial, mutation_odd_values[i]);
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
