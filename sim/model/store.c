// SPDX-License-Identifier: GPL-3.0-or-later
/* The kinds of state: what their parameters come to. Their keys are in store_fields.c. */
#include "model/store.h"

#include <math.h>

#include "model/store_kinds.h"

/* ---- constant ---- */

static double constant_bytes(const struct store *store, const struct store_point *at)
{
    (void)at;
    return ((const struct constant_state *)store->params)->size_bytes / store->tasks;
}

static double constant_changed(const struct store *store, const struct store_point *from,
                               const struct store_point *to, struct rng *rng)
{
    (void)from;
    (void)rng;
    return ((const struct constant_state *)store->params)->dirty_frac * constant_bytes(store, to);
}

static double constant_logged(const struct store *store, const struct store_point *from,
                              const struct store_point *to, double *flushed_bytes)
{
    *flushed_bytes = 0;
    return constant_changed(store, from, to, NULL);
}

const struct store_ops constant_store = {
    .variant =
        {
            .name = "constant",
            .help = "The same size at all times.",
            .size = sizeof(struct constant_state),
            .fields = constant_state_fields,
        },
    .in_batch = true,
    .bytes = constant_bytes,
    .changed = constant_changed,
    .logged = constant_logged,
};

/* ---- growing ---- */

static double growing_bytes(const struct store *store, const struct store_point *at)
{
    const struct growing_state *state = store->params;
    double added = state->per_message * at->messages + state->rate * at->running_s / store->tasks;
    return fmin(state->size_bytes / store->tasks + added, state->limit_bytes / store->tasks);
}

static double growing_changed(const struct store *store, const struct store_point *from,
                              const struct store_point *to, struct rng *rng)
{
    (void)rng;
    const struct growing_state *state = store->params;
    double old_bytes = growing_bytes(store, from);
    return growing_bytes(store, to) - old_bytes + state->dirty_frac * old_bytes;
}

static double growing_logged(const struct store *store, const struct store_point *from,
                             const struct store_point *to, double *flushed_bytes)
{
    *flushed_bytes = 0;
    return growing_changed(store, from, to, NULL);
}

static bool prepare_growing(void *params, const struct field_context *context)
{
    struct growing_state *state = params;
    if (isnan(state->limit_bytes))
        state->limit_bytes = (double)INFINITY;
    if (state->limit_bytes < state->size_bytes)
        return err_add(context->err, context->pointer,
                       "a limit of %g bytes is below the size at the start, %g bytes",
                       state->limit_bytes, state->size_bytes);
    return true;
}

const struct store_ops growing_store = {
    .variant =
        {
            .name = "growing",
            .help = "Adds bytes with messages and time, such as a window or a join buffer.",
            .size = sizeof(struct growing_state),
            .fields = growing_state_fields,
            .prepare = prepare_growing,
        },
    .bytes = growing_bytes,
    .changed = growing_changed,
    .logged = growing_logged,
};

/* ---- keyed ---- */

static double record_bytes(const struct store *store)
{
    const struct keyed_state *state = store->params;
    return state->value_bytes + state->key_bytes;
}

static double keyed_bytes(const struct store *store, const struct store_point *at)
{
    (void)at;
    const struct keyed_state *state = store->params;
    return (double)state->keys * record_bytes(store) / store->tasks;
}

static double updates_at(const struct store *store, const struct store_point *at)
{
    return ((const struct keyed_state *)store->params)->updates_per_message * at->messages;
}

static double keyed_changed(const struct store *store, const struct store_point *from,
                            const struct store_point *to, struct rng *rng)
{
    const struct keyed_state *state = store->params;
    double first = updates_at(store, from);
    double last = updates_at(store, to);
    double distinct =
        state->dirty == DIRTY_EXPECTED
            ? store_keys_distinct(&store->keys, last - first)
            : store_keys_draw(&store->keys, (uint64_t)(floor(last) - floor(first)), rng);
    return distinct * record_bytes(store);
}

static double keyed_logged(const struct store *store, const struct store_point *from,
                           const struct store_point *to, double *flushed_bytes)
{
    double updates = updates_at(store, to) - updates_at(store, from);
    *flushed_bytes = store_keys_flushed(&store->keys, updates) * record_bytes(store);
    return store_keys_logged(&store->keys, updates) * record_bytes(store);
}

static double keyed_flush_rate(const struct store *store)
{
    return ((const struct keyed_state *)store->params)->flush_bytes_per_s;
}

const struct store_ops keyed_store = {
    .variant =
        {
            .name = "keyed",
            .help = "Values by key, of which messages update some; a delta holds those that were "
                    "updated, each once.",
            .size = sizeof(struct keyed_state),
            .fields = keyed_state_fields,
        },
    .bytes = keyed_bytes,
    .changed = keyed_changed,
    .logged = keyed_logged,
    .flush_rate = keyed_flush_rate,
};

/* ---- lsm ---- */

static double lsm_bytes(const struct store *store, const struct store_point *at)
{
    (void)at;
    return ((const struct lsm_state *)store->params)->size_bytes / store->tasks;
}

static double lsm_changed(const struct store *store, const struct store_point *from,
                          const struct store_point *to, struct rng *rng)
{
    (void)rng;
    const struct lsm_state *state = store->params;
    return state->record_bytes * (to->messages - from->messages);
}

static double lsm_logged(const struct store *store, const struct store_point *from,
                         const struct store_point *to, double *flushed_bytes)
{
    *flushed_bytes = 0;
    return lsm_changed(store, from, to, NULL);
}

static struct files_shape lsm_files(const struct store *store)
{
    const struct lsm_state *state = store->params;
    return (struct files_shape){
        .size_bytes = state->size_bytes / store->tasks,
        .memtable_bytes = state->memtable_bytes,
        .merge_every = state->merge_every,
        .levels = state->levels,
    };
}

static double lsm_flush_rate(const struct store *store)
{
    return ((const struct lsm_state *)store->params)->flush_bytes_per_s;
}

static bool prepare_lsm(void *params, const struct field_context *context)
{
    const struct lsm_state *state = params;
    return state->record_bytes <= state->memtable_bytes ||
           err_add(context->err, context->pointer,
                   "a record of %g bytes does not fit into a memtable of %g bytes",
                   state->record_bytes, state->memtable_bytes);
}

const struct store_ops lsm_store = {
    .variant =
        {
            .name = "lsm",
            .help = "A log-structured merge tree: what messages write is flushed to files, which "
                    "are merged; checkpoints of deltas share the files.",
            .source = "RocksDB in Flink, RocksIncrementalSnapshotStrategy",
            .size = sizeof(struct lsm_state),
            .fields = lsm_state_fields,
            .prepare = prepare_lsm,
        },
    .bytes = lsm_bytes,
    .changed = lsm_changed,
    .logged = lsm_logged,
    .flush_rate = lsm_flush_rate,
    .files = lsm_files,
};

/* ---- all kinds ---- */

struct store store_of(const struct tagged *state, uint64_t tasks, struct arena *arena)
{
    struct store store = {
        .ops = (const struct store_ops *)state->variant,
        .params = state->params,
        .tasks = (double)tasks,
    };
    if (store.ops == &keyed_store) {
        const struct keyed_state *keyed = state->params;
        const struct zipf_updates *zipf = keyed->updates.params;
        store.keys = store_keys_of((double)keyed->keys / store.tasks, zipf ? zipf->exponent : 0,
                                   keyed->cache, arena);
    }
    double rate = store.ops && store.ops->flush_rate ? store.ops->flush_rate(&store) : (double)NAN;
    store.flush_bytes_per_s = isnan(rate) ? (double)INFINITY : rate;
    return store;
}

double store_bytes(const struct store *store, const struct store_point *at)
{
    return store->ops ? store->ops->bytes(store, at) : 0;
}

double state_size_bytes(const struct tagged *state)
{
    const struct store_point start = {0};
    struct store store = {
        .ops = (const struct store_ops *)state->variant, .params = state->params, .tasks = 1};
    return store_bytes(&store, &start);
}

double state_delta_bytes(const struct tagged *state)
{
    const struct store_point start = {0};
    struct store store = {
        .ops = (const struct store_ops *)state->variant, .params = state->params, .tasks = 1};
    if (!store.ops || !store.ops->in_batch)
        return 0;
    return store.ops->changed(&store, &start, &start, NULL);
}
