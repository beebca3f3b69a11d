// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "support.h"

void transcript_init(struct transcript *transcript, size_t n_tasks)
{
    *transcript = (struct transcript){.n_tasks = n_tasks};
    transcript->departures = mem_alloc(n_tasks, sizeof *transcript->departures);
}

void transcript_release(struct transcript *transcript)
{
    for (size_t t = 0; t < transcript->n_tasks; t++)
        free(transcript->departures[t].at);
    free(transcript->departures);
    free(transcript->observations);
}

void transcript_depart(void *context, uint32_t task, uint64_t id, double start_s,
                       double departure_s)
{
    struct departures *departures = &((struct transcript *)context)->departures[task];
    departures->at =
        mem_grow(departures->at, departures->n, &departures->capacity, sizeof *departures->at);
    departures->at[departures->n++] =
        (struct departure){.id = id, .start_s = start_s, .departure_s = departure_s};
}

static void observe(struct transcript *transcript, struct observation observation)
{
    transcript->observations = mem_grow(transcript->observations, transcript->n,
                                        &transcript->capacity, sizeof *transcript->observations);
    transcript->observations[transcript->n++] = observation;
}

void transcript_count(struct transcript *transcript, const char *what, uint32_t of, uint64_t n)
{
    observe(transcript, (struct observation){.what = what, .of = of, .n = n});
}

void transcript_time(struct transcript *transcript, const char *what, uint32_t of, double x)
{
    observe(transcript, (struct observation){.what = what, .of = of, .x = x});
}

void transcript_sum(struct transcript *transcript, const char *what, uint32_t of, double x)
{
    observe(transcript, (struct observation){.what = what, .of = of, .x = x, .tolerance = 1e-9});
}

/* ---- comparing ---- */

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_departures(const struct departures *a, const struct departures *b, size_t task,
                            const char *name_a, const char *name_b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const struct departure *x = &a->at[i];
        const struct departure *y = &b->at[i];
        if (x->id == y->id && same_bits(x->start_s, y->start_s) &&
            same_bits(x->departure_s, y->departure_s))
            continue;
        print_error("task %zu, departure %zu:\n  %s: id %llx start %.17g departure %.17g\n"
                    "  %s: id %llx start %.17g departure %.17g\n",
                    task, i, name_a, (unsigned long long)x->id, x->start_s, x->departure_s, name_b,
                    (unsigned long long)y->id, y->start_s, y->departure_s);
        return false;
    }
    if (a->n != b->n)
        print_error("task %zu: %zu departures of %s, %zu of %s\n", task, a->n, name_a, b->n,
                    name_b);
    return a->n == b->n;
}

static bool same_observation(const struct observation *a, const struct observation *b)
{
    if (strcmp(a->what, b->what) != 0 || a->of != b->of || a->n != b->n)
        return false;
    if (isnan(a->x) || isnan(b->x) || !(a->tolerance > 0))
        return same_bits(a->x, b->x);
    return fabs(a->x - b->x) <= a->tolerance * fmax(1, fabs(a->x));
}

static bool same_observations(const struct transcript *a, const struct transcript *b,
                              const char *name_a, const char *name_b)
{
    const char *at = "start";
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        const struct observation *x = &a->observations[i];
        const struct observation *y = &b->observations[i];
        if (!same_observation(x, y)) {
            print_error("observation %zu (after: %s):\n  %s: %s of %u: %llu, %.17g\n"
                        "  %s: %s of %u: %llu, %.17g\n",
                        i, at, name_a, x->what, x->of, (unsigned long long)x->n, x->x, name_b,
                        y->what, y->of, (unsigned long long)y->n, y->x);
            return false;
        }
        at = x->what;
    }
    if (a->n != b->n)
        print_error("%zu observations of %s, %zu of %s\n", a->n, name_a, b->n, name_b);
    return a->n == b->n;
}

bool transcript_same(const struct transcript *a, const struct transcript *b, const char *name_a,
                     const char *name_b)
{
    bool same = true;
    for (size_t t = 0; t < a->n_tasks; t++)
        same &= same_departures(&a->departures[t], &b->departures[t], t, name_a, name_b);
    return same_observations(a, b, name_a, name_b) && same;
}
