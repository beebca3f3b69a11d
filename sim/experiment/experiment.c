// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/experiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/version.h"
#include "experiment/estimate.h"
#include "experiment/finish.h"
#include "experiment/recommend.h"
#include "experiment/replication.h"
#include "experiment/workers.h"

enum {
    BATCH_NUMBERS = 1 << 25, /* of 8 bytes, that the tables of points take at once */
    BLOCK_REPLICATIONS = 64, /* that a thread does in one go */
};

struct experiment {
    const struct experiment_options *options;
    struct results *results;
    struct err *err;
    struct scenario *scenarios; /* owned: one per point */
    size_t n_points;
    uint64_t n_replications;
    uint64_t seed;
    enum metric metric;
    double **paired; /* owned: what recommend() compares, per point; NULL for a run */
    bool comparable; /* the metric has a mean at every point */
    size_t done;     /* replications of the batches that are finished */
};

/* ---- design points ---- */

static size_t combinations(const struct axis *axes, size_t n_axes)
{
    size_t n = 1;
    for (size_t a = 0; a < n_axes; a++)
        n *= axes[a].n_values;
    return n;
}

/* Value of axis a at a point; the last axis varies fastest. */
static const struct axis_value *axis_value_at(const struct axis *axes, size_t n_axes, size_t a,
                                              size_t point)
{
    for (size_t later = n_axes - 1; later > a; later--)
        point /= axes[later].n_values;
    return &axes[a].values[point % axes[a].n_values];
}

static void set_settings(struct experiment *experiment, const struct axis *axes, size_t n_axes,
                         size_t index)
{
    struct arena *arena = &experiment->results->arena;
    struct point *point = &experiment->results->points[index];
    point->settings = arena_alloc(arena, n_axes, sizeof *point->settings);
    point->n_settings = n_axes;
    for (size_t a = 0; a < n_axes; a++) {
        const struct axis_value *value = axis_value_at(axes, n_axes, a, index);
        point->settings[a] = (struct setting){
            .pointer = arena_strdup(arena, axes[a].pointer),
            .value = arena_strdup(arena, value->json),
            .number = value->number,
        };
    }
}

/* Says which of many points the messages are about, where none of them blames it by its place. */
static void blame_point(struct err *err, const struct point *point)
{
    for (size_t i = 0; i < err->n_problems; i++)
        if (err->problems[i].place && strncmp(err->problems[i].place, "--over", 6) == 0)
            return;
    for (size_t i = 0; i < point->n_settings; i++)
        err_add(err, NULL, "that is of the sweep's point %s=%s", point->settings[i].pointer,
                point->settings[i].value);
}

static bool load_point(struct experiment *experiment, const struct scenario_request *request,
                       size_t index)
{
    const struct point *point = &experiment->results->points[index];
    size_t n = request->n_sets + point->n_settings;
    struct override *sets = mem_alloc(n, sizeof *sets);
    for (size_t i = 0; i < request->n_sets; i++)
        sets[i] = request->sets[i];
    for (size_t i = 0; i < point->n_settings; i++)
        sets[request->n_sets + i] = (struct override){
            .pointer = point->settings[i].pointer,
            .value = point->settings[i].value,
            .origin = "--over",
        };
    struct scenario_request with_point = *request;
    with_point.sets = sets;
    with_point.n_sets = n;
    with_point.model_only = index > 0;
    bool ok = scenario_load_request(&experiment->scenarios[index], &with_point, experiment->err);
    free(sets);
    if (!ok)
        blame_point(experiment->err, point);
    return ok;
}

static bool load_points(struct experiment *experiment, const struct scenario_request *request,
                        const struct axis *axes, size_t n_axes)
{
    struct results *results = experiment->results;
    size_t n = combinations(axes, n_axes);
    results->points = arena_alloc(&results->arena, n, sizeof *results->points);
    results->n_points = n;
    experiment->scenarios = mem_alloc(n, sizeof *experiment->scenarios);
    for (size_t i = 0; i < n; i++) {
        set_settings(experiment, axes, n_axes, i);
        if (!load_point(experiment, request, i))
            return false;
        experiment->n_points = i + 1;
    }
    return true;
}

/* ---- simulation ---- */

struct batch {
    struct experiment *experiment;
    struct replications *tables; /* owned: one per point of the batch */
    size_t n_points;
    size_t blocks_per_point;
    struct replicator *replicators; /* owned: one per thread */
    size_t *at;                     /* owned: point + 1 that a thread works on; 0: none */
    char (*why)[256];               /* owned: per thread, a broken identity */
    struct workers_lock *lock;
};

static bool do_block(void *context, unsigned worker, size_t item)
{
    struct batch *batch = context;
    size_t point = item / batch->blocks_per_point;
    struct replications *table = &batch->tables[point];
    struct replicator *replicator = &batch->replicators[worker];
    if (batch->at[worker] != point + 1) {
        if (batch->at[worker]) {
            workers_lock(batch->lock);
            replicator_flush(replicator, &batch->tables[batch->at[worker] - 1]);
            workers_unlock(batch->lock);
        }
        batch->at[worker] = point + 1;
    }
    size_t first = item % batch->blocks_per_point * BLOCK_REPLICATIONS;
    size_t end = first + BLOCK_REPLICATIONS < table->n ? first + BLOCK_REPLICATIONS : table->n;
    for (size_t i = first; i < end; i++)
        if (!replicate(replicator, table, i, batch->why[worker]))
            return false;
    return true;
}

static void tell_progress(void *context, size_t done)
{
    struct batch *batch = context;
    const struct experiment *experiment = batch->experiment;
    size_t total = experiment->n_points * experiment->n_replications;
    size_t now = experiment->done + done * BLOCK_REPLICATIONS;
    experiment->options->progress(experiment->options->progress_context, now < total ? now : total,
                                  total);
}

static unsigned threads_of(const struct experiment *experiment)
{
    return experiment->options->threads ? experiment->options->threads : workers_available();
}

static void batch_init(struct batch *batch, struct experiment *experiment, size_t first,
                       size_t n_points, unsigned threads)
{
    *batch = (struct batch){
        .experiment = experiment,
        .tables = mem_alloc(n_points, sizeof *batch->tables),
        .n_points = n_points,
        .blocks_per_point =
            (experiment->n_replications + BLOCK_REPLICATIONS - 1) / BLOCK_REPLICATIONS,
        .replicators = mem_alloc(threads, sizeof *batch->replicators),
        .at = mem_alloc(threads, sizeof *batch->at),
        .why = mem_alloc(threads, sizeof *batch->why),
        .lock = workers_lock_new(),
    };
    for (size_t i = 0; i < n_points; i++)
        replications_init(&batch->tables[i], &experiment->scenarios[first + i].model,
                          experiment->seed, experiment->n_replications, first + i == 0);
    for (unsigned i = 0; i < threads; i++)
        replicator_init(&batch->replicators[i]);
}

static void batch_release(struct batch *batch, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++)
        replicator_release(&batch->replicators[i]);
    for (size_t i = 0; i < batch->n_points; i++)
        replications_release(&batch->tables[i]);
    workers_lock_free(batch->lock);
    free(batch->tables);
    free(batch->replicators);
    free(batch->at);
    free(batch->why);
}

static bool batch_simulate(struct batch *batch, unsigned threads)
{
    struct experiment *experiment = batch->experiment;
    struct workers_job job = {
        .n_items = batch->n_points * batch->blocks_per_point,
        .work = do_block,
        .context = batch,
        .progress = experiment->options->progress ? tell_progress : NULL,
        .progress_context = batch,
    };
    bool ok = workers_run(&job, threads);
    for (unsigned i = 0; i < threads; i++) {
        if (batch->at[i])
            replicator_flush(&batch->replicators[i], &batch->tables[batch->at[i] - 1]);
        if (batch->why[i][0])
            (void)err_add(experiment->err, NULL, "internal error, please report: %s",
                          batch->why[i]);
    }
    return ok;
}

/* ---- results ---- */

/* What recommend() compares at the point. */
static void pair_point(struct experiment *experiment, size_t index,
                       const struct replications *table)
{
    experiment->paired[index] = mem_alloc(table->n, sizeof(double));
    if (estimate_paired_values(table, experiment->metric, experiment->paired[index]))
        return;
    experiment->comparable = false;
    struct arena *arena = &experiment->results->arena;
    point_warn(&experiment->results->points[index], arena,
               arena_format(arena, "there is no %s here, so that the points are not compared by it",
                            metric_rows[experiment->metric].name));
}

/* How many points from `first` on fit into memory together; at least one. */
static size_t points_at_once(const struct experiment *experiment, size_t first)
{
    size_t n = 0;
    size_t used = 0;
    while (first + n < experiment->n_points) {
        used += replications_size(&experiment->scenarios[first + n].model,
                                  experiment->n_replications, first + n == 0);
        if (n > 0 && used > BATCH_NUMBERS)
            break;
        n++;
    }
    return n;
}

static bool simulate(struct experiment *experiment)
{
    unsigned threads = threads_of(experiment);
    bool ok = true;
    for (size_t first = 0, n; ok && first < experiment->n_points; first += n) {
        struct batch batch;
        n = points_at_once(experiment, first);
        batch_init(&batch, experiment, first, n, threads);
        ok = batch_simulate(&batch, threads);
        for (size_t i = first; ok && i < first + n; i++) {
            const struct replications *table = &batch.tables[i - first];
            point_finish(&experiment->results->points[i], &experiment->scenarios[i], table,
                         &experiment->results->arena);
            if (experiment->paired)
                pair_point(experiment, i, table);
        }
        experiment->done += n * experiment->n_replications;
        batch_release(&batch, threads);
    }
    return ok;
}

static bool axis_is_a_line(const struct axis *axis)
{
    double direction = 0;
    for (size_t i = 0; i < axis->n_values; i++) {
        if (isnan(axis->values[i].number))
            return false;
        if (i == 0)
            continue;
        double step = axis->values[i].number - axis->values[i - 1].number;
        if (!(step * (i == 1 ? step : direction) > 0))
            return false;
        direction = step;
    }
    return axis->n_values >= 2;
}

static void recommend_value(struct experiment *experiment, const struct axis *axis)
{
    struct recommendation *recommendation = &experiment->results->recommendation;
    double *key = mem_alloc(axis->n_values, sizeof *key);
    for (size_t i = 0; i < axis->n_values; i++)
        key[i] = axis->values[i].number;
    recommend(key, experiment->paired, axis->n_values, experiment->n_replications,
              metric_rows[experiment->metric].better == METRIC_HIGHER, recommendation);
    recommendation->pointer = arena_strdup(&experiment->results->arena, axis->pointer);
    recommendation->metric = metric_rows[experiment->metric].name;
    free(key);
}

/* ---- all ---- */

static bool choose_metric(struct experiment *experiment)
{
    const char *name = experiment->options->metric;
    experiment->metric = name ? metric_find(name) : M_WASTE;
    return experiment->metric < N_METRICS || err_add(experiment->err, NULL, "no metric '%s'", name);
}

/* Whether the scenario has what was asked for. */
static bool check_wishes(struct experiment *experiment)
{
    const struct model *model = &experiment->scenarios[0].model;
    bool applies = false;
    for (size_t i = 0; i < experiment->n_points; i++)
        applies = applies || metric_applies(experiment->metric, &experiment->scenarios[i].model);
    if (!applies)
        return err_add(experiment->err, NULL, "this scenario has no '%s'",
                       metric_rows[experiment->metric].name);
    const char *option = experiment->options->stream_option;
    if (option && !model->topology)
        return err_add(experiment->err, NULL,
                       "%s: only stream jobs have it, and this is a batch job", option);
    if (experiment->options->wants_series && isnan(model->run.sample_s))
        return err_add(experiment->err, "/run/sample", "a time series needs a sampling step");
    return true;
}

static bool watch(struct experiment *experiment)
{
    char why[256];
    if (!experiment->options->trace ||
        replicate_traced(&experiment->scenarios[0].model, experiment->seed, 0,
                         experiment->options->trace, why))
        return true;
    return err_add(experiment->err, NULL, "internal error, please report: %s", why);
}

static void describe(struct experiment *experiment)
{
    const struct run_params *run = &experiment->scenarios[0].model.run;
    const struct experiment_options *options = experiment->options;
    experiment->n_replications = options->replications ? options->replications : run->replications;
    experiment->seed = options->has_seed ? options->seed : run->seed;
    experiment->results->version = CKPTSIM_VERSION;
    experiment->results->seed = experiment->seed;
    experiment->results->scenario =
        arena_strdup(&experiment->results->arena, experiment->scenarios[0].json);
}

static void release(struct experiment *experiment)
{
    for (size_t i = 0; i < experiment->n_points; i++) {
        scenario_release(&experiment->scenarios[i]);
        if (experiment->paired)
            free(experiment->paired[i]);
    }
    free(experiment->paired);
    free(experiment->scenarios);
}

enum experiment_outcome experiment_run(const struct scenario_request *request,
                                       const struct axis *axes, size_t n_axes,
                                       const struct experiment_options *options,
                                       struct results *results, struct err *err)
{
    *results = (struct results){0};
    struct experiment experiment = {
        .options = options, .results = results, .err = err, .comparable = true};
    enum experiment_outcome outcome = EXPERIMENT_WRONG_INPUT;
    if (choose_metric(&experiment) && load_points(&experiment, request, axes, n_axes) &&
        check_wishes(&experiment)) {
        describe(&experiment);
        if (options->progress) /* the first block may take long */
            options->progress(options->progress_context, 0,
                              experiment.n_points * experiment.n_replications);
        bool line = n_axes == 1 && axis_is_a_line(&axes[0]);
        if (line)
            experiment.paired = mem_alloc(experiment.n_points, sizeof *experiment.paired);
        bool ok = watch(&experiment) && simulate(&experiment);
        outcome = ok ? EXPERIMENT_DONE : EXPERIMENT_BROKEN;
        if (ok && line && experiment.comparable)
            recommend_value(&experiment, &axes[0]);
    }
    release(&experiment);
    if (outcome != EXPERIMENT_DONE)
        results_release(results);
    return outcome;
}
