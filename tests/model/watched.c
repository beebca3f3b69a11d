// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static void copy(char to[NAME_SIZE], const char *text)
{
    (void)snprintf(to, NAME_SIZE, "%s", text);
}

static void hear(void *context, double time_s, const char *event, const struct trace_value *values,
                 size_t n)
{
    struct watched *watched = context;
    struct heard heard = {.time_s = time_s};
    copy(heard.event, event);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(values[i].key, "task") == 0 || strcmp(values[i].key, "scope") == 0)
            copy(heard.of, values[i].text);
        else if (strcmp(values[i].key, "activity") == 0)
            copy(heard.activity, values[i].text);
        else if (strcmp(values[i].key, "from_s") == 0)
            heard.from_s = values[i].number;
        else if (strcmp(values[i].key, "replayed") == 0)
            heard.replayed = values[i].number;
    }
    watched->heard =
        mem_grow(watched->heard, watched->n, &watched->capacity, sizeof *watched->heard);
    watched->heard[watched->n++] = heard;
}

void watch(struct watched *watched, const char *text, const char *const *sets)
{
    struct metrics alone;
    struct trace_sink sink = {.record = hear, .context = watched};
    *watched = (struct watched){0};
    assert_true(fixture_init(&watched->fixture, text, sets, MAX_SETS));
    struct run *run = &watched->fixture.run;
    const struct topology *topology = run->model->topology;
    size_t size = element_values_size(topology, N_ELEMENT_LEVELS);
    element_values_place(&watched->elements, topology, N_ELEMENT_LEVELS,
                         mem_alloc(size, sizeof(double)));
    assert_true(fixture_replicate(&watched->fixture, 7, 0, &alone));
    run->trace = &sink;
    run->story = &watched->story;
    run->elements = &watched->elements;
    assert_true(fixture_replicate(&watched->fixture, 7, 0, &watched->metrics));
    assert_true(fixture_same_metrics(&alone, &watched->metrics));
}

void unwatch(struct watched *watched)
{
    free(watched->elements.block);
    free(watched->heard);
    story_release(&watched->story);
    fixture_release(&watched->fixture);
}

const struct heard *find(const struct watched *watched, const char *event, const char *of, int nth)
{
    for (size_t i = 0; i < watched->n; i++)
        if (strcmp(watched->heard[i].event, event) == 0 &&
            (!of || strcmp(watched->heard[i].of, of) == 0) && nth-- == 0)
            return &watched->heard[i];
    return NULL;
}

double when(const struct watched *watched, const char *event, const char *of, int nth)
{
    const struct heard *heard = find(watched, event, of, nth);
    return heard ? heard->time_s : (double)NAN;
}

double value(const struct watched *watched, enum metric metric)
{
    return watched->metrics.value[metric];
}

double mean(const struct watched *watched, enum metric metric)
{
    return watched->metrics.value[metric] / watched->metrics.count[metric];
}

double count(const struct watched *watched, enum metric metric)
{
    return watched->metrics.count[metric];
}

double element(const struct watched *watched, enum element_metric metric, size_t i)
{
    return watched->elements.value[metric][i];
}

void check_budget(const struct watched *watched)
{
    struct sum sum = {0};
    for (int m = 0; m < N_METRICS; m++)
        if (metric_is_budget((enum metric)m))
            sum_add(&sum, value(watched, (enum metric)m));
    assert_near(sum_value(&sum), value(watched, M_MAKESPAN), 1e-9 * value(watched, M_MAKESPAN));
}

void check_span(const struct watched *watched, const char *task, const char *activity,
                double from_s, double to_s)
{
    for (int nth = 0;; nth++) {
        const struct heard *heard = find(watched, "activity", task, nth);
        if (!heard)
            break;
        if (strcmp(heard->activity, activity) == 0 && fabs(heard->from_s - from_s) <= SAME &&
            fabs(heard->time_s - to_s) <= SAME)
            return;
    }
    print_error("%s: no %s from %g to %g\n", task, activity, from_s, to_s);
    for (size_t i = 0; i < watched->n; i++)
        print_error("  %.17g %s %s %s from %.17g\n", watched->heard[i].time_s,
                    watched->heard[i].event, watched->heard[i].of, watched->heard[i].activity,
                    watched->heard[i].from_s);
    fail();
}
