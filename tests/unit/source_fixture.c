// SPDX-License-Identifier: GPL-3.0-or-later
#include "source_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/reader.h"
#include "support.h"

bool source_fixture_try(struct source_fixture *fixture, const char *json)
{
    memset(fixture, 0, sizeof *fixture);
    char *text = mem_strdup(json);
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    cJSON *tree = cJSON_Parse(text);
    if (!tree)
        fail_msg("not JSON: %s", text);
    free(text);
    const struct reader reader = {.arena = &fixture->arena, .err = &fixture->err};
    bool ok = reader_read(&reader, source_fields, tree, "", &fixture->source);
    cJSON_Delete(tree);
    return ok;
}

void source_fixture_read(struct source_fixture *fixture, const char *json)
{
    bool ok = source_fixture_try(fixture, json);
    for (size_t i = 0; i < fixture->err.n_problems; i++)
        print_message("%s\n", fixture->err.problems[i].message);
    assert_true(ok);
}

void source_fixture_arrivals(struct source_fixture *fixture, const char *json)
{
    char *source = mem_format("{'arrivals': %s}", json);
    source_fixture_read(fixture, source);
    free(source);
}

void source_fixture_release(struct source_fixture *fixture)
{
    err_release(&fixture->err);
    arena_release(&fixture->arena);
}

struct arrivals_partition source_fixture_partition(const struct source_fixture *fixture,
                                                   uint64_t index, uint64_t n)
{
    double *shares = mem_alloc(n, sizeof *shares);
    skew_shares(&fixture->source.skew, n, shares);
    struct arrivals_partition partition = {
        .index = index,
        .n = n,
        .share = shares[index],
        .even = skew_is_even(&fixture->source.skew),
    };
    for (uint64_t i = 0; i < index; i++)
        partition.before += shares[i];
    free(shares);
    return partition;
}
