// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/finish.h"

#include <inttypes.h>
#include <string.h>

#include "core/units.h"
#include "experiment/estimate.h"
#include "experiment/experiment.h"

/* ---- warnings ---- */

void point_warn(struct point *point, struct arena *arena, const char *text)
{
    const char **warnings = arena_alloc(arena, point->n_warnings + 1, sizeof *warnings);
    for (size_t i = 0; i < point->n_warnings; i++)
        warnings[i] = point->warnings[i];
    warnings[point->n_warnings++] = text;
    point->warnings = warnings;
}

static void warn_of_cuts(struct point *point, const struct scenario *scenario,
                         const struct replications *table, struct arena *arena)
{
    if (table->n_outlived > 0)
        point_warn(point, arena,
                   arena_format(arena,
                                "%zu of %zu replications outlived the failure trace: no failures "
                                "after its end; shorten the job or set repeat: true",
                                table->n_outlived, table->n));
    double unfinished = point->estimates[M_UNFINISHED].mean;
    char limit[UNITS_TEXT];
    if (unfinished > 0)
        point_warn(
            point, arena,
            arena_format(arena,
                         "%.0f of %zu replications did not finish within run.time_limit "
                         "(%s): makespan and waste are too low",
                         unfinished * (double)table->n, table->n,
                         units_write(scenario->model.run.time_limit_s, DIMENSION_TIME, 4, limit)));
}

/* Messages that nobody will ever process. */
static void warn_of_losses(struct point *point, struct arena *arena)
{
    double lost = point->estimates[M_LOST].mean;
    double arrived = point->estimates[M_ARRIVAL_RATE].mean * point->estimates[M_MAKESPAN].mean;
    if (!(lost > 0))
        return;
    const char *where = "";
    double most = 0;
    for (size_t i = 0; i < point->elements[ELEMENT_OPERATOR].n; i++) {
        double here = point_element(point, E_OPERATOR_LOST, i)->mean;
        if (here > most) {
            most = here;
            where = point->elements[ELEMENT_OPERATOR].items[i].name;
        }
    }
    point_warn(
        point, arena,
        arena_format(arena,
                     "%.4g messages are lost for good in a replication, of %.4g that "
                     "arrive%s%s: full channels drop them, retention takes them unread, tasks "
                     "fail with them under at_most_once, or they were in transit at a recovery "
                     "line",
                     lost, arrived, *where ? ", most at " : "", where));
}

static void warn_of_story(struct point *point, const struct story *story, struct arena *arena)
{
    if (story->n_left_out > 0)
        point_warn(point, arena,
                   arena_format(arena,
                                "the story of the first replication is cut short: %" PRIu64
                                " samples, recoveries and stretches of time are left out",
                                story->n_left_out));
}

/* ---- the story ---- */

static void *copy(struct arena *arena, const void *from, size_t n, size_t size)
{
    void *to = arena_alloc(arena, n, size);
    if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

/* Tasks by rank become tasks in the order of the results. */
static const struct story *copy_story(const struct story *from, const struct topology *topology,
                                      struct arena *arena)
{
    struct story *story = arena_alloc(arena, 1, sizeof *story);
    *story = (struct story){
        .times_s = copy(arena, from->times_s, from->n_samples, sizeof(double)),
        .n_samples = from->n_samples,
        .recoveries = copy(arena, from->recoveries, from->n_recoveries, sizeof *from->recoveries),
        .n_recoveries = from->n_recoveries,
        .spans = copy(arena, from->spans, from->n_spans, sizeof *from->spans),
        .n_spans = from->n_spans,
        .n_left_out = from->n_left_out,
    };
    for (int s = 0; s < N_SERIES; s++)
        story->series[s] = copy(arena, from->series[s], from->n_samples, sizeof(double));
    for (size_t i = 0; i < story->n_recoveries; i++) {
        uint32_t *task = &story->recoveries[i].first_task;
        *task = (uint32_t)element_place_of_task(topology, *task);
    }
    for (size_t i = 0; i < story->n_spans; i++)
        story->spans[i].task = (uint32_t)element_place_of_task(topology, story->spans[i].task);
    return story;
}

/* ---- all ---- */

void point_finish(struct point *point, const struct scenario *scenario,
                  const struct replications *table, struct arena *arena)
{
    point->replications = table->n;
    estimate_all(table, point, arena);
    estimate_elements(table, point, arena);
    experiment_predict(&scenario->model, arena, point);
    for (size_t i = 0; i < scenario->n_warnings; i++)
        point_warn(point, arena, arena_strdup(arena, scenario->warnings[i]));
    warn_of_cuts(point, scenario, table, arena);
    warn_of_losses(point, arena);
    if (!scenario->model.topology || !table->in_detail)
        return;
    point->story = copy_story(&table->story, scenario->model.topology, arena);
    warn_of_story(point, point->story, arena);
}
