// SPDX-License-Identifier: GPL-3.0-or-later
/* What a checkpoint of each kind of content writes and refers to, and bases made beside. */
#include <math.h>

#include "model/snapshot_state.h"

bool capture_has_log(const struct capture *capture)
{
    return capture->kind == CAPTURE_CHANGELOG || capture->kind == CAPTURE_BASE_LOG;
}

bool capture_next_is_base(const struct snapshots *snapshots)
{
    const struct capture *capture = &snapshots->capture;
    const struct held *line = snapshots_line(snapshots);
    switch (capture->kind) {
    case CAPTURE_DELTA:
        return !line || (capture->base_every > 0 && line->since_base + 1 >= capture->base_every);
    case CAPTURE_BASE_LOG:
        return !snapshots->has_base;
    case CAPTURE_POSITIONS:
    case CAPTURE_CHANGELOG:
    case CAPTURE_FULL:
    default:
        return true;
    }
}

/* An image that stands alone. */
static void hold_image(struct held *held, double bytes)
{
    image_list_add(&held->files.files, image_new(bytes, NULL));
    held->snapshot.write_bytes = bytes;
}

static void cut_chain(struct snapshots *snapshots, struct held *held)
{
    const struct store *store = snapshots->store;
    const struct held *line = snapshots_line(snapshots);
    if (held->snapshot.is_base) {
        hold_image(held, store_bytes(store, &held->point));
        return;
    }
    struct image *parent = line->files.files.items[0];
    double bytes =
        store->ops ? store->ops->changed(store, &line->point, &held->point, &snapshots->rng) : 0;
    image_list_add(&held->files.files, image_new(bytes, parent));
    held->snapshot.write_bytes = bytes;
    held->snapshot.deltas = image_deltas(parent) + 1;
}

/* A base uploads all files again: what it refers to is its own. */
static void renew_files(struct store_files *files)
{
    struct image_list *live = &files->live;
    for (size_t i = 0; i < live->n; i++) {
        struct image *old = live->items[i];
        live->items[i] = image_new(old->bytes, NULL);
        image_release(old);
    }
}

static void cut_files(struct snapshots *snapshots, struct held *held)
{
    const struct held *line = snapshots_line(snapshots);
    bool is_base = held->snapshot.is_base;
    held->snapshot.sync_bytes = store_files_flush(&snapshots->files);
    if (is_base)
        renew_files(&snapshots->files);
    store_files_cut(&snapshots->files, &held->files);
    held->snapshot.write_bytes =
        image_list_new_bytes(&held->files.files, is_base ? NULL : &line->files.files);
}

/* The log goes on from where the line has it already. */
static void cut_base_log(struct snapshots *snapshots, struct held *held)
{
    const struct held *line = snapshots_line(snapshots);
    if (held->snapshot.is_base) {
        if (snapshots->has_files)
            cut_files(snapshots, held);
        else
            hold_image(held, store_bytes(snapshots->store, &held->point));
        held->log_from = held->log_to;
        return;
    }
    const struct base *base = &snapshots->base;
    files_cut_copy(&held->files, &base->files);
    held->log_from = base->log_from;
    double written_to = line ? fmax(line->log_to, base->log_from) : base->log_from;
    held->snapshot.write_bytes = held->log_to - written_to;
}

void capture_cut(struct snapshots *snapshots, struct held *held)
{
    switch (snapshots->capture.kind) {
    case CAPTURE_DELTA:
        if (snapshots->has_files)
            cut_files(snapshots, held);
        else
            cut_chain(snapshots, held);
        return;
    case CAPTURE_BASE_LOG:
        cut_base_log(snapshots, held);
        return;
    case CAPTURE_FULL:
        hold_image(held, store_bytes(snapshots->store, &held->point));
        return;
    case CAPTURE_POSITIONS:
    case CAPTURE_CHANGELOG:
    default:
        hold_image(held, snapshots->capture.position_bytes);
        return;
    }
}

/* ---- bases made beside ---- */

void capture_adopt_base(struct snapshots *snapshots, const struct files_cut *files, double log_from)
{
    struct base *base = &snapshots->base;
    for (size_t i = 0; i < files->files.n; i++)
        image_keep(files->files.items[i], &snapshots->stored_bytes);
    for (size_t i = 0; i < base->files.files.n; i++)
        image_drop(base->files.files.items[i], &snapshots->stored_bytes);
    files_cut_copy(&base->files, files);
    base->log_from = log_from;
    snapshots->has_base = true;
}

double snapshots_background_s(const struct snapshots *snapshots)
{
    return snapshots->is_in_background ? (double)INFINITY : snapshots->background_s;
}

/* The state as it is now, for checkpoints to log on. */
static double start_log_base(struct snapshots *snapshots)
{
    struct base *next = &snapshots->next_base;
    if (snapshots->has_files) {
        (void)store_files_flush(&snapshots->files);
        store_files_cut(&snapshots->files, &next->files);
    } else {
        image_list_add(&next->files.files,
                       image_new(store_bytes(snapshots->store, &snapshots->point), NULL));
    }
    next->log_from = snapshots_log_position(snapshots);
    return image_list_new_bytes(&next->files.files, &snapshots->base.files.files);
}

/* The state of the line, in place of the deltas that lead to it; of a task without state there is
 * nothing to write, but they too must not become ever more. */
static double start_rebase(struct snapshots *snapshots)
{
    const struct held *line = snapshots_line(snapshots);
    if (!line || snapshots_restore_deltas(snapshots) <= snapshots->capture.rebase_above)
        return 0;
    double bytes = store_bytes(snapshots->store, &line->point);
    if (bytes > 0)
        files_cut_copy(&snapshots->next_base.files, &line->files);
    else
        image_rebase(line->files.files.items[0], 0, &snapshots->stored_bytes);
    return bytes;
}

double snapshots_background_start(struct snapshots *snapshots, double messages, double now_s)
{
    snapshots_advance(snapshots, messages, now_s);
    while (snapshots->background_s <= now_s)
        snapshots->background_s += snapshots->capture.background_s;
    double bytes = snapshots->capture.kind == CAPTURE_BASE_LOG ? start_log_base(snapshots)
                                                               : start_rebase(snapshots);
    snapshots->is_in_background = bytes > 0;
    if (bytes <= 0)
        image_list_clear(&snapshots->next_base.files.files);
    snapshots->rebase_bytes = bytes;
    return bytes;
}

void snapshots_background_end(struct snapshots *snapshots, double now_s)
{
    struct base *next = &snapshots->next_base;
    snapshots_advance(snapshots, snapshots->point.messages, now_s);
    if (snapshots->capture.kind == CAPTURE_BASE_LOG)
        capture_adopt_base(snapshots, &next->files, next->log_from);
    else
        image_rebase(next->files.files.items[0], snapshots->rebase_bytes, &snapshots->stored_bytes);
    image_list_clear(&next->files.files);
    snapshots->is_in_background = false;
}
