// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * No key without effect. Each row of the field tables names a witness, a shipped scenario and a
 * change of the key; here the scenario is simulated as shipped and as changed, with the same random
 * streams, and some value of some replication must differ. Each choice must do something that the
 * others do not, and each variant must be at work in a scenario that is shipped or a witness.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/numerics.h"
#include "scenario/describe.h"
#include "scenario/json.h"
#include "support.h"
#include "witness.h"

enum { MAX_CHOICES = 16 };

/* NULL when the witness shows that the key has an effect, or why it does not. */
static const char *judge(const struct key *key, const char *text, struct arena *arena)
{
    struct witness witness;
    const char *why = witness_read(&witness, key, text, arena);
    if (why)
        return why;
    struct outcome shipped;
    struct outcome without;
    struct outcome changed;
    outcome_init(&shipped, witness.file, NULL, 0);
    witness_outcome(&without, &witness, false);
    witness_outcome(&changed, &witness, true);
    if (shipped.error)
        why = arena_strdup(arena, shipped.error);
    else if (changed.error)
        why = arena_strdup(arena, changed.error);
    else if (!outcomes_differ(&changed, &shipped))
        why = "no result changes";
    else if (!outcomes_differ(&changed, &without))
        why = "the other settings change the same";
    outcome_release(&shipped);
    outcome_release(&without);
    outcome_release(&changed);
    return why;
}

static void check_effect(void *context, const struct key *key)
{
    size_t *n_silent = context;
    struct arena arena = {0};
    const char *text = key->field->witness;
    const char *why = key->field->inert ? NULL : judge(key, text, &arena);
    if (why) {
        print_error("%s%s%s: %s (%s)\n", key->pointer, key->variant ? " of " : "",
                    key->variant ? key->variant->name : "", why, text ? text : "");
        ++*n_silent;
    }
    arena_release(&arena);
}

static void every_key_changes_a_result(void **state)
{
    (void)state;
    size_t n_silent = 0;
    keys_visit(&keys_root, check_effect, &n_silent);
    assert_int_equal(n_silent, 0);
}

static void witnesses_that_show_nothing_are_found_out(void **state)
{
    (void)state;
    static const struct {
        const char *pointer;
        const char *witness;
        const char *verdict; /* how it starts; NULL: the witness is good */
    } cases[] = {
        {"/run/seed", "batch-exponential.json /run/seed=2", NULL},
        {"/run/seed", NULL, "there is no witness"},
        {"/run/seed", "batch-nowhere.json /run/seed=2", "there is no such file"},
        {"/run/seed", "batch-exponential.json", "no setting is of this key"},
        {"/run/seed", "batch-exponential.json /run/replications=5", "no setting is of this key"},
        {"/run/seed", "batch-exponential.json /run/seed", "a setting is not of the form"},
        {"/run/seed", "batch-exponential.json /run/seed=two", "a setting is not of the form"},
        {"/run/seed", "batch-exponential.json /run/seed=\"x\"", "--set /run/seed"},
        {"/run/seed", "batch-exponential.json /run/seed=1", "no result changes"},
        {"/run/seed", "batch-scripted.json /run/seed=2", "no result changes"},
        {"/run/ties", "batch-exponential.json /run/ties=\"failure_first\"", "no result changes"},
        {"/run/ties", "batch-exponential.json /run/seed=2 /run/ties=\"failure_first\"",
         "the other settings change the same"},
        {"/checkpoint/share", "batch-async.json /checkpoint/mode=\"sync\" /checkpoint/share=0",
         "batch-async.json:"},
    };
    for (size_t i = 0; i < MEM_COUNT(cases); i++) {
        struct arena arena = {0};
        struct key_list found;
        struct err err = {0};
        assert_true(keys_find(&keys_root, cases[i].pointer, &arena, &found, &err));
        const char *why = judge(&found.items[0], cases[i].witness, &arena);
        const char *expected = cases[i].verdict;
        if (!why != !expected || (why && strncmp(why, expected, strlen(expected)) != 0))
            fail_msg("case %zu: %s", i, why ? why : "accepted");
        arena_release(&arena);
    }
}

/* Keys that no result can depend on. */
static const char *const inert[] = {"/$schema",
                                    "/format",
                                    "/extends",
                                    "/description",
                                    "/sweep",
                                    "/provenance",
                                    "/checkpoint/levels/*/name"};

static void check_inert(void *context, const struct key *key)
{
    size_t *n = context;
    if (!key->field->inert)
        return;
    bool listed = false;
    for (size_t i = 0; i < MEM_COUNT(inert); i++)
        listed |= strcmp(inert[i], key->pointer) == 0;
    if (!listed || key->field->witness)
        fail_msg("%s is marked as inert", key->pointer);
    ++*n;
}

static void few_keys_are_inert(void **state)
{
    (void)state;
    size_t n = 0;
    keys_visit(&keys_root, check_inert, &n);
    assert_int_equal(n, MEM_COUNT(inert));
}

/* ---- Choices ------------------------------------------------------------------------------ */

/* Choices that the key's witness does not allow, and what the message says. */
static const struct {
    const char *pointer;
    const char *choice;
    const char *message;
} refused[] = {
    {"/failures/*/trace/log/time_unit", "date", "needs the pattern of the dates"},
    {"/failures/*/strikes", "device", "needs the name of one of the devices"},
    {"/failures/*/loses", "contents", "contents are those of a device"},
    {"/recovery/detectors/*/struck", "node", "says already how a struck node is noticed"},
};

/* Choices that come to the same, by their definition or in their key's witness. */
static const struct {
    const char *pointer;
    const char *names[4];
} synonyms[] = {
    {"/failures/*/clock", {"default", "exposed"}}, /* for strikes: job */
    /* What aligned markers give by themselves. */
    {"/job/guarantee", {"default", "exactly_once_state"}},
    /*
     * The witness has no channels, so that nobody logs and no message forces a checkpoint. With
     * channels each is compared with the others in stream-uncoordinated.json and stream-cic.json.
     */
    {"/checkpoint/strategy", {"periodic", "message_logging"}},
    {"/checkpoint/strategy", {"uncoordinated", "communication_induced"}},
    /* Where each task can restart alone, it is a region. */
    {"/recovery/restart/scope", {"task", "region"}},
    {"/checkpoint/strategy", {"barrier", "multilevel"}}, /* of a stream job */
    /* Domains between which the witness has nothing that would survive, or fail. */
    {"/failures/*/severity", {"default", "process"}},
    {"/failures/*/severity", {"container", "node"}},
    {"/failures/*/severity", {"zone", "site"}},
    {"/checkpoint/levels/*/survives", {"process", "container"}},
    {"/checkpoint/levels/*/survives", {"default", "zone", "site"}},
    {"/storage/*/survives", {"process", "container"}},
    {"/storage/*/survives", {"rack", "zone", "site"}},
    /* These make all times of the file short beside a recovery. The unit tests tell them apart. */
    {"/failures/*/trace/log/time_unit", {"s", "ms", "us", "ns"}},
    {"/failures/*/trace/log/duration_unit", {"s", "ms", "us", "ns"}},
};

static bool is_refused(const char *pointer, const char *choice, const char *message)
{
    for (size_t i = 0; i < MEM_COUNT(refused); i++)
        if (strcmp(refused[i].pointer, pointer) == 0 && strcmp(refused[i].choice, choice) == 0)
            return strstr(message, refused[i].message) != NULL;
    return false;
}

static bool are_synonyms(const char *pointer, const char *a, const char *b)
{
    for (size_t i = 0; i < MEM_COUNT(synonyms); i++) {
        size_t found = 0;
        for (size_t k = 0; k < MEM_COUNT(synonyms[i].names) && synonyms[i].names[k]; k++)
            found += strcmp(synonyms[i].names[k], a) == 0 || strcmp(synonyms[i].names[k], b) == 0;
        if (strcmp(synonyms[i].pointer, pointer) == 0 && found == 2)
            return true;
    }
    return false;
}

/* The list of all flags but number `left_out`. */
static const char *flags_but(const struct field *field, size_t left_out, struct arena *arena)
{
    const char *list = "";
    for (size_t i = 0; field_choice(field, i); i++)
        if (i != left_out)
            list =
                arena_format(arena, "%s%s\"%s\"", list, *list ? "," : "", field_choice(field, i));
    return arena_format(arena, "[%s]", list);
}

static void check_choices(void *context, const struct key *key)
{
    size_t *n_wrong = context;
    const struct field *field = key->field;
    bool is_list = field->kind == FIELD_FLAGS;
    if (field->kind != FIELD_CHOICE && !is_list)
        return;
    struct arena arena = {0};
    struct witness witness;
    assert_null(witness_read(&witness, key, field->witness, &arena));
    struct outcome outcomes[MAX_CHOICES];
    size_t n = 0;
    for (const char *choice; (choice = field_choice(field, n)) != NULL; n++) {
        assert_true(n < MAX_CHOICES);
        witness.settings[witness.own].value =
            is_list ? flags_but(field, n, &arena) : arena_format(&arena, "\"%s\"", choice);
        witness_outcome(&outcomes[n], &witness, true);
        if (outcomes[n].error && !is_refused(key->pointer, choice, outcomes[n].error)) {
            print_error("%s, %s: %s\n", key->pointer, choice, outcomes[n].error);
            ++*n_wrong;
        }
        for (size_t i = 0; i < n; i++) {
            const char *other = field_choice(field, i);
            if (!outcomes_differ(&outcomes[i], &outcomes[n]) &&
                !are_synonyms(key->pointer, other, choice)) {
                print_error("%s: %s and %s are no different\n", key->pointer, other, choice);
                ++*n_wrong;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        outcome_release(&outcomes[i]);
    arena_release(&arena);
}

static void every_choice_gives_other_results(void **state)
{
    (void)state;
    size_t n_wrong = 0;
    keys_visit(&keys_root, check_choices, &n_wrong);
    assert_int_equal(n_wrong, 0);
}

/* ---- Shipped scenarios, and the variants at work in them ------------------------------- */

/* Variants that were met. */
struct census {
    const struct variant **items; /* owned */
    size_t n;
    size_t capacity;
};

static bool census_has(const struct census *census, const struct variant *variant)
{
    for (size_t i = 0; i < census->n; i++)
        if (census->items[i] == variant)
            return true;
    return false;
}

static void count_value(struct census *census, const struct field *field, const cJSON *value);

static void count_fields(struct census *census, const struct field *fields, const cJSON *object)
{
    for (const struct field *field = fields; field && field->key; field++)
        count_value(census, field, json_member(object, field->key));
}

static void count_union(struct census *census, const struct union_type *types, const cJSON *value)
{
    const char *name =
        cJSON_IsString(value) ? value->valuestring : json_member_text(value, types->tag);
    const struct variant *variant = name ? variant_find(types, name) : NULL;
    if (!variant)
        variant = types->shorthand;
    assert_non_null(variant);
    if (!census_has(census, variant)) {
        census->items = mem_grow(census->items, census->n, &census->capacity, sizeof(const void *));
        census->items[census->n++] = variant;
    }
    count_fields(census, variant->fields, value);
}

static void count_value(struct census *census, const struct field *field, const cJSON *value)
{
    if (!value)
        return;
    const cJSON *item = NULL;
    if (field->kind == FIELD_OBJECT)
        count_fields(census, field->fields, value);
    else if (field->kind == FIELD_UNION)
        count_union(census, field->types, value);
    else if (field->kind == FIELD_LIST || field->kind == FIELD_MAP)
        cJSON_ArrayForEach(item, value) count_value(census, field->element, item);
}

#define FOUR_MORE(i) "0,add,a" #i "\n0,add,b" #i "\n0,add,c" #i "\n0,add,d" #i "\n"

/* What scenarios that read standard input find there. */
static const struct {
    const char *file;
    const char *input;
} inputs[] = {
    {"google-tasks.json", "  pjcMeanLength=1 priority=4\n jobID:7\n btMeanLength=1\n"
                          " 0 0.0 4000.0 4000.0\n 0 4002.0 7000.0 2998.0\n"
                          " 0 7001.0 9000.0 1999.0\n"},
    {"infinitehbd-gpu-faults.json",
     "[{\"node_id\": \"a\", \"event_time\": 1.5, \"event_type\": \"fault_start\"},\n"
     " {\"node_id\": \"b\", \"event_time\": 9.25, \"event_type\": \"fault_start\"}]\n"},
    {"lanl-system-18.json", "System,nodenumz,Prob Started\n"
                            "18,3,1/2/1997 10:30\n"
                            "2,0,1/3/1997 0:15\n"
                            "18,7,2/9/1997 23:05\n"},
    {"llm-inference.json", "TIMESTAMP,ContextTokens,GeneratedTokens\n"
                           "2023-11-16 18:17:03.9799600,4808,10\n"
                           "2023-11-16 18:17:04.0319600,3180,8\n"
                           "2023-11-16 18:17:24.0781490,110,27\n"},
    {"nasa-http.json", "1 0 0 2 1 0 4\n"},
    {"spot-all-or-nothing.json",
     "{\"metadata\": {\"gap_seconds\": 600}, \"data\": [4, 4, 4, 2, 4, 4, 4, 4, 0, 4, 4, 4, 4]}\n"},
    {"spot-fleet.json", FOUR_MORE(0) FOUR_MORE(1) FOUR_MORE(2) FOUR_MORE(3) FOUR_MORE(4) FOUR_MORE(
                            5) FOUR_MORE(6) FOUR_MORE(7) "1800000,remove,a0\n3600000,add,e0\n"},
    {"summit-disks.json", ",Timestamp,SSC\n"
                          "0,2019-01-04T14:41:12-0500,2\n"
                          "1,2019-01-06T15:47:17-0500,5\n"
                          "2,2019-03-10T03:05:00-0400,1\n"},
};

/* Puts what the scenario needs into standard input. */
static void open_input(const char *file)
{
    char path[] = "/tmp/ckptsim-test-XXXXXX";
    for (size_t i = 0; i < MEM_COUNT(inputs); i++) {
        if (strcmp(inputs[i].file, file) != 0)
            continue;
        int descriptor = mkstemp(path);
        assert_true(descriptor >= 0);
        size_t length = strlen(inputs[i].input);
        assert_int_equal(write(descriptor, inputs[i].input, length), (ssize_t)length);
        assert_int_equal(close(descriptor), 0);
        assert_non_null(freopen(path, "r", stdin));
        assert_int_equal(unlink(path), 0);
    }
}

static void run_shipped(struct census *census, const char *file)
{
    open_input(file);
    struct outcome outcome;
    outcome_init(&outcome, file, NULL, 0);
    if (outcome.error)
        fail_msg("%s: %s", file, outcome.error);
    if (outcome.scenario.n_warnings > 0)
        fail_msg("%s: %s", file, outcome.scenario.warnings[0]);
    if (!outcome.scenario.model.description)
        fail_msg("%s has no description", file);
    count_fields(census, scenario_fields, outcome.scenario.tree);
    outcome_release(&outcome);
}

static void run_all_shipped(struct census *census)
{
    DIR *folder = opendir(".");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && strcmp(dot, ".json") == 0)
            run_shipped(census, entry->d_name);
    }
    assert_int_equal(closedir(folder), 0);
}

/* Counts what the witness of a key puts to work. */
static void count_witness(void *context, const struct key *key)
{
    if (key->field->inert)
        return;
    struct arena arena = {0};
    struct witness witness;
    struct scenario scenario;
    struct err err = {0};
    assert_null(witness_read(&witness, key, key->field->witness, &arena));
    assert_true(scenario_load(&scenario, witness.file, witness.settings, witness.n, NULL, &err));
    count_fields(context, scenario_fields, scenario.tree);
    scenario_release(&scenario);
    err_release(&err);
    arena_release(&arena);
}

static void check_variants(void *context, const struct key *key)
{
    if (key->field->kind != FIELD_UNION)
        return;
    const struct union_type *types = key->field->types;
    for (size_t i = 0; types->variants[i]; i++)
        if (!census_has(context, types->variants[i]))
            fail_msg("%s: no scenario uses %s", key->pointer, types->variants[i]->name);
}

static void every_shipped_scenario_runs_and_every_variant_is_in_use(void **state)
{
    (void)state;
    struct census census = {0};
    run_all_shipped(&census);
    keys_visit(&keys_root, count_witness, &census);
    keys_visit(&keys_root, check_variants, &census);
    free(census.items);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_changes_a_result),
        cmocka_unit_test(witnesses_that_show_nothing_are_found_out),
        cmocka_unit_test(few_keys_are_inert),
        cmocka_unit_test(every_choice_gives_other_results),
        cmocka_unit_test(every_shipped_scenario_runs_and_every_variant_is_in_use),
    };
    numerics_start();
    /* Witnesses name files as seen from here. */
    if ((argc > 2 && chdir(argv[2]) != 0) || chdir("scenarios") != 0) {
        perror("scenarios");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
