// SPDX-License-Identifier: GPL-3.0-or-later
/* The life of a task's checkpoints: cut, committed or aborted, retained, deleted. */
#include "model/snapshot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot_state.h"

struct snapshots *snapshots_new(const struct store *store, const struct capture *capture,
                                uint64_t retain)
{
    struct snapshots *snapshots = mem_alloc(1, sizeof *snapshots);
    bool uses_files = capture->kind == CAPTURE_DELTA || capture->kind == CAPTURE_BASE_LOG;
    *snapshots = (struct snapshots){
        .store = store,
        .capture = *capture,
        .retain = retain,
        .has_files = uses_files && store->ops && store->ops->files,
    };
    assert(retain > 0);
    return snapshots;
}

/* ---- those that are held ---- */

const struct held *snapshots_line(const struct snapshots *snapshots)
{
    return snapshots->n_retained > 0 ? &snapshots->held[snapshots->n_retained - 1] : NULL;
}

bool snapshots_has_line(const struct snapshots *snapshots)
{
    return snapshots->n_retained > 0;
}

/* Takes one out of the list; a retained one is deleted from storage. */
static void remove_held(struct snapshots *snapshots, size_t at)
{
    struct held *held = &snapshots->held[at];
    struct image_list *files = &held->files.files;
    bool is_retained = at < snapshots->n_retained;
    for (size_t i = 0; is_retained && i < files->n; i++)
        image_drop(files->items[i], &snapshots->stored_bytes);
    image_list_free(files);
    snapshots->n_held--;
    snapshots->n_retained -= is_retained;
    memmove(held, held + 1, (snapshots->n_held - at) * sizeof *held);
}

static void remove_from(struct snapshots *snapshots, size_t first)
{
    while (snapshots->n_held > first)
        remove_held(snapshots, snapshots->n_held - 1);
}

static void forget_base(struct snapshots *snapshots)
{
    struct image_list *images = &snapshots->base.files.files;
    for (size_t i = 0; i < images->n; i++)
        image_drop(images->items[i], &snapshots->stored_bytes);
    image_list_free(images);
    image_list_free(&snapshots->next_base.files.files);
    snapshots->has_base = snapshots->is_in_background = false;
}

void snapshots_free(struct snapshots *snapshots)
{
    remove_from(snapshots, 0);
    forget_base(snapshots);
    store_files_free(&snapshots->files);
    store_log_free(&snapshots->log);
    free(snapshots->held);
    free(snapshots);
}

/* ---- the task goes on ---- */

static void start_files(struct snapshots *snapshots)
{
    if (!snapshots->has_files)
        return;
    struct files_shape shape = snapshots->store->ops->files(snapshots->store);
    store_files_start(&snapshots->files, &shape);
}

void snapshots_start(struct snapshots *snapshots, uint64_t seed, uint64_t replication,
                     uint64_t task)
{
    remove_from(snapshots, 0);
    forget_base(snapshots);
    snapshots->rng = rng_stream(seed, replication, RNG_STATE, task);
    snapshots->point = snapshots->flush_point = (struct store_point){0};
    snapshots->restarted_s = 0;
    snapshots->since_flush_bytes = snapshots->at_flush_bytes = 0;
    snapshots->volume_bytes = snapshots->stored_bytes = (struct sum){0};
    snapshots->background_s = snapshots->capture.background_s;
    start_files(snapshots);
    if (snapshots->capture.kind == CAPTURE_CHANGELOG)
        store_log_start(&snapshots->log, snapshots->capture.log,
                        store_bytes(snapshots->store, &snapshots->point));
}

double snapshots_log_position(const struct snapshots *snapshots)
{
    return snapshots->at_flush_bytes + snapshots->since_flush_bytes;
}

/* Changes come out of the store: those that have done so since the last flush are so many now. */
static void append(struct snapshots *snapshots, double since_flush_bytes, double now_s)
{
    double bytes = fmax(since_flush_bytes - snapshots->since_flush_bytes, 0);
    snapshots->since_flush_bytes += bytes;
    sum_add(&snapshots->volume_bytes, bytes * snapshots->capture.replication);
    if (snapshots->capture.kind == CAPTURE_CHANGELOG)
        store_log_advance(&snapshots->log, now_s, bytes,
                          store_bytes(snapshots->store, &snapshots->point));
}

static bool writes_log(const struct snapshots *snapshots)
{
    return capture_has_log(&snapshots->capture) && snapshots->store->ops;
}

void snapshots_advance(struct snapshots *snapshots, double messages, double now_s)
{
    const struct store *store = snapshots->store;
    struct store_point old = snapshots->point;
    snapshots->point = (struct store_point){messages, now_s - snapshots->restarted_s};
    if (snapshots->has_files)
        store_files_write(&snapshots->files,
                          store->ops->changed(store, &old, &snapshots->point, NULL));
    if (!writes_log(snapshots))
        return;
    double flushed_bytes;
    double bytes =
        store->ops->logged(store, &snapshots->flush_point, &snapshots->point, &flushed_bytes);
    append(snapshots, bytes - flushed_bytes, now_s);
}

/* Puts out what a cache holds; returns how much. */
static double flush(struct snapshots *snapshots, double now_s)
{
    const struct store *store = snapshots->store;
    double flushed_bytes = 0;
    if (!writes_log(snapshots))
        return 0;
    double bytes =
        store->ops->logged(store, &snapshots->flush_point, &snapshots->point, &flushed_bytes);
    append(snapshots, bytes, now_s);
    snapshots->at_flush_bytes += snapshots->since_flush_bytes;
    snapshots->since_flush_bytes = 0;
    snapshots->flush_point = snapshots->point;
    return flushed_bytes;
}

/* ---- the life of a checkpoint ---- */

bool snapshots_next_is_base(const struct snapshots *snapshots)
{
    return capture_next_is_base(snapshots);
}

struct snapshot snapshots_cut(struct snapshots *snapshots, double messages, double now_s,
                              uint64_t number)
{
    size_t n = snapshots->n_held;
    const struct held *line = snapshots_line(snapshots);
    assert(n == 0 || snapshots->held[n - 1].number < number);
    snapshots_advance(snapshots, messages, now_s);
    double full_bytes = store_bytes(snapshots->store, &snapshots->point);
    double sync_bytes = flush(snapshots, now_s);
    bool is_base = capture_next_is_base(snapshots);
    struct held held = {
        .number = number,
        .snapshot = {.full_bytes = full_bytes, .sync_bytes = sync_bytes, .is_base = is_base},
        .point = snapshots->point,
        .since_base = is_base || !line ? 0 : line->since_base + 1,
        .log_to = snapshots_log_position(snapshots),
    };
    capture_cut(snapshots, &held);
    held.snapshot.sync_s = held.snapshot.sync_bytes / snapshots->store->flush_bytes_per_s;
    snapshots->held = mem_grow(snapshots->held, n, &snapshots->capacity, sizeof *snapshots->held);
    snapshots->held[snapshots->n_held++] = held;
    return held.snapshot;
}

/* The place of the pending one of that number; n_held: there is none. */
static size_t pending_at(const struct snapshots *snapshots, uint64_t number)
{
    size_t at = snapshots->n_retained;
    while (at < snapshots->n_held && snapshots->held[at].number != number)
        at++;
    return at;
}

void snapshots_commit(struct snapshots *snapshots, uint64_t number)
{
    size_t at = pending_at(snapshots, number);
    assert(at < snapshots->n_held);
    for (; at > snapshots->n_retained; at--)
        remove_held(snapshots, snapshots->n_retained);
    const struct held *held = &snapshots->held[at];
    const struct image_list *images = &held->files.files;
    snapshots->n_retained++;
    for (size_t i = 0; i < images->n; i++)
        image_keep(images->items[i], &snapshots->stored_bytes);
    if (snapshots->capture.kind == CAPTURE_BASE_LOG && held->snapshot.is_base &&
        (!snapshots->has_base || snapshots->base.log_from < held->log_from))
        capture_adopt_base(snapshots, &held->files, held->log_from);
    while (snapshots->n_retained > snapshots->retain)
        remove_held(snapshots, 0);
}

void snapshots_abort(struct snapshots *snapshots, uint64_t number)
{
    size_t at = pending_at(snapshots, number);
    if (at < snapshots->n_held)
        remove_held(snapshots, at);
}

/* What times the bases starts anew with the task. The base is the line's again, unless the line can
 * be built upon the present one. */
static void roll_back_base(struct snapshots *snapshots, const struct held *line, double now_s)
{
    snapshots->background_s = now_s + snapshots->capture.background_s;
    snapshots->is_in_background = false;
    image_list_clear(&snapshots->next_base.files.files);
    if (!line)
        forget_base(snapshots);
    else if (snapshots->has_base && snapshots->base.log_from > line->log_to)
        capture_adopt_base(snapshots, &line->files, line->log_from);
}

void snapshots_roll_back(struct snapshots *snapshots, double now_s)
{
    remove_from(snapshots, snapshots->n_retained);
    const struct held *line = snapshots_line(snapshots);
    snapshots->point = line ? line->point : (struct store_point){0};
    snapshots->flush_point = snapshots->point;
    snapshots->restarted_s = now_s - snapshots->point.running_s;
    snapshots->at_flush_bytes = line ? line->log_to : 0;
    snapshots->since_flush_bytes = 0;
    roll_back_base(snapshots, line, now_s);
    if (!snapshots->has_files || !line) {
        start_files(snapshots);
        return;
    }
    /* What a log holds beside the files is written to them again. */
    store_files_roll_back(&snapshots->files, &line->files);
    store_files_write(&snapshots->files, line->log_to - line->log_from);
}

/* ---- what there is now ---- */

double snapshots_log_bytes(const struct snapshots *snapshots)
{
    const struct held *line = snapshots_line(snapshots);
    if (snapshots->capture.kind == CAPTURE_CHANGELOG)
        return store_log_bytes(&snapshots->log);
    return line ? line->log_to - line->log_from : 0;
}

double snapshots_restore_bytes(const struct snapshots *snapshots)
{
    const struct held *line = snapshots_line(snapshots);
    return line ? image_list_bytes(&line->files.files) + snapshots_log_bytes(snapshots) : 0;
}

uint64_t snapshots_restore_deltas(const struct snapshots *snapshots)
{
    const struct held *line = snapshots_line(snapshots);
    return line && !snapshots->has_files ? image_deltas(line->files.files.items[0]) : 0;
}

struct restore_size snapshots_restore_size(const struct snapshots *snapshots)
{
    const struct held *line = snapshots_line(snapshots);
    struct restore_size size = {
        .has_line = line != NULL,
        .has_changelog = snapshots->capture.kind == CAPTURE_CHANGELOG,
    };
    if (!line)
        return size;
    size.base_bytes = image_list_bytes(&line->files.files);
    size.deltas = snapshots_restore_deltas(snapshots);
    size.log_bytes = snapshots_log_bytes(snapshots);
    size.line_log_bytes = line->log_to;
    size.new_log_bytes = fmax(snapshots_log_position(snapshots) - line->log_to, 0);
    return size;
}

double snapshots_recent_bytes(struct snapshots *snapshots, double lag_s)
{
    const struct store *store = snapshots->store;
    const struct store_point *now = &snapshots->point;
    if (!store->ops || !(now->running_s > 0))
        return 0;
    double share = fmax(1 - lag_s / now->running_s, 0);
    struct store_point then = {now->messages * share, now->running_s * share};
    double flushed_bytes;
    return writes_log(snapshots) ? store->ops->logged(store, &then, now, &flushed_bytes)
                                 : store->ops->changed(store, &then, now, &snapshots->rng);
}

void snapshots_undo(struct snapshots *snapshots, double bytes, double now_s)
{
    sum_add(&snapshots->volume_bytes, bytes * snapshots->capture.replication);
    store_log_advance(&snapshots->log, now_s, bytes,
                      store_bytes(snapshots->store, &snapshots->point));
}

/* Parts of the log of a base+log, each once: both ends go on from checkpoint to checkpoint. */
static double retained_log_bytes(const struct snapshots *snapshots)
{
    double bytes = 0;
    double to = 0;
    for (size_t i = 0; i < snapshots->n_retained; i++) {
        const struct held *held = &snapshots->held[i];
        bytes += fmax(held->log_to - fmax(held->log_from, to), 0);
        to = held->log_to;
    }
    return bytes;
}

double snapshots_retained_bytes(const struct snapshots *snapshots)
{
    double log_bytes = snapshots->capture.kind == CAPTURE_CHANGELOG
                           ? store_log_bytes(&snapshots->log)
                           : retained_log_bytes(snapshots);
    return sum_value(&snapshots->stored_bytes) + log_bytes * snapshots->capture.replication;
}

double snapshots_log_volume_bytes(const struct snapshots *snapshots)
{
    return sum_value(&snapshots->volume_bytes);
}
