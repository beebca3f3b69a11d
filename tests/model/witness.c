// SPDX-License-Identifier: GPL-3.0-or-later
#include "witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario/json.h"
#include "scenario/json_pointer.h"
#include "support.h"

/* ---- What comes out of a scenario under settings ----------------------------------- */

static void simulate(struct outcome *outcome)
{
    const struct run_params *params = &outcome->scenario.model.run;
    size_t n = params->replications;
    if (n > OUTCOME_REPLICATIONS)
        n = OUTCOME_REPLICATIONS;
    struct replicator replicator;
    char why[256];
    replications_init(&outcome->results, &outcome->scenario.model, params->seed, n, true);
    replicator_init(&replicator);
    for (size_t i = 0; i < n; i++)
        if (!replicate(&replicator, &outcome->results, i, why))
            fail_msg("%s of %s", why, outcome->scenario.json);
    replicator_release(&replicator);
}

void outcome_init(struct outcome *outcome, const char *file, const struct override *sets,
                  size_t n_sets)
{
    struct err err = {0};
    *outcome = (struct outcome){0};
    if (scenario_load(&outcome->scenario, file, sets, n_sets, NULL, &err)) {
        simulate(outcome);
    } else {
        for (size_t i = 0; i < err.n_problems && !outcome->error; i++)
            if (err.problems[i].severity == SEVERITY_ERROR)
                outcome->error = problem_text(&err.problems[i]);
        assert_non_null(outcome->error);
    }
    err_release(&err);
}

void outcome_release(struct outcome *outcome)
{
    if (!outcome->error) {
        replications_release(&outcome->results);
        scenario_release(&outcome->scenario);
    }
    free(outcome->error);
}

/* Rounding is no effect. */
static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

bool outcomes_differ(const struct outcome *a, const struct outcome *b)
{
    const struct replications *x = &a->results;
    const struct replications *y = &b->results;
    if (a->error || b->error)
        return !a->error || !b->error;
    if (x->n != y->n || x->story.n_samples != y->story.n_samples)
        return true;
    for (int m = 0; m < N_METRICS; m++)
        for (size_t i = 0; i < x->n; i++)
            if (!is_same(x->value[m][i], y->value[m][i]) ||
                (x->count[m] && !is_same(x->count[m][i], y->count[m][i])))
                return true;
    return false;
}

/* ---- Witnesses ----------------------------------------------------------------------- */

/* The next word of *text, which moves behind it; spaces within quotes are part of it. */
static const char *next_word(const char **text, struct arena *arena)
{
    const char *start = *text + strspn(*text, " ");
    const char *end = start;
    for (bool quoted = false; *end && (quoted || *end != ' '); end++) {
        if (*end == '"')
            quoted = !quoted;
        else if (quoted && *end == '\\' && end[1])
            end++;
    }
    *text = end;
    return end > start ? arena_format(arena, "%.*s", (int)(end - start), start) : NULL;
}

/* How many of the keys at that pointer are described by the row. */
static size_t count_row(const char *pointer, const struct field *row, struct arena *arena)
{
    struct key_list found;
    struct err err = {0};
    size_t n = 0;
    if (keys_find(&keys_root, pointer, arena, &found, &err))
        for (size_t i = 0; i < found.n; i++)
            n += found.items[i].field == row && !found.items[i].is_tag;
    err_release(&err);
    return n;
}

static bool read_setting(struct override *setting, const char *word, struct arena *arena)
{
    struct err err = {0};
    bool ok = override_parse(setting, word, arena, &err);
    cJSON *value = ok ? json_parse("witness", setting->value, strlen(setting->value), &err) : NULL;
    ok = value != NULL;
    cJSON_Delete(value);
    err_release(&err);
    return ok;
}

/* Adds the setting that chooses the key's variant, beside the key's own setting. */
static void choose_variant(struct witness *witness, const struct key *key, struct arena *arena)
{
    const char *own = witness->settings[witness->own].pointer;
    const char *holder = arena_format(arena, "%.*s", (int)(strrchr(own, '/') - own), own);
    struct key_list found;
    struct err err = {0};
    assert_true(keys_find(&keys_root, holder, arena, &found, &err));
    const char *tag = found.items[0].field->types->tag;
    witness->settings[witness->n++] = (struct override){
        .pointer = json_pointer_key(arena, holder, tag), .value = key->variant->name};
}

const char *witness_read(struct witness *witness, const struct key *key, const char *text,
                         struct arena *arena)
{
    *witness = (struct witness){0};
    if (!text)
        return "there is no witness";
    witness->file = next_word(&text, arena);
    if (!witness->file || access(witness->file, R_OK) != 0)
        return "there is no such file";
    size_t n_variants = 0;
    for (const char *word; (word = next_word(&text, arena)) != NULL; witness->n++) {
        assert_true(witness->n + 1 < WITNESS_SETTINGS);
        struct override *setting = &witness->settings[witness->n];
        if (!read_setting(setting, word, arena))
            return "a setting is not of the form POINTER=VALUE";
        size_t n = count_row(setting->pointer, key->field, arena);
        if (n > 0) {
            witness->own = witness->n;
            n_variants = n;
        }
    }
    if (n_variants == 0)
        return "no setting is of this key";
    if (n_variants > 1)
        choose_variant(witness, key, arena);
    return NULL;
}

void witness_outcome(struct outcome *outcome, const struct witness *witness, bool with_own)
{
    struct override sets[WITNESS_SETTINGS];
    size_t n = 0;
    for (size_t i = 0; i < witness->n; i++)
        if (with_own || i != witness->own)
            sets[n++] = witness->settings[i];
    outcome_init(outcome, witness->file, sets, n);
}
