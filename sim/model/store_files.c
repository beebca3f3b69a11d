// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store_files.h"

#include <math.h>
#include <string.h>

void store_files_start(struct store_files *files, const struct files_shape *shape)
{
    struct image_list live = files->live;
    image_list_clear(&live);
    *files = (struct store_files){.shape = *shape, .live = live};
    if (shape->size_bytes > 0)
        image_list_add(&files->live, image_new(shape->size_bytes, NULL));
}

void store_files_free(struct store_files *files)
{
    image_list_free(&files->live);
}

void store_files_merge(struct store_files *files, size_t first, size_t n, double bytes)
{
    struct image_list *live = &files->live;
    for (size_t i = first; i < first + n; i++)
        image_release(live->items[i]);
    live->items[first] = image_new(bytes, NULL);
    memmove(&live->items[first + 1], &live->items[first + n],
            (live->n - first - n) * sizeof(struct image *));
    live->n -= n - 1;
}

static double sum_of_last(const struct image_list *list, size_t n)
{
    double bytes = 0;
    for (size_t i = list->n - n; i < list->n; i++)
        bytes += list->items[i]->bytes;
    return bytes;
}

/* The files of a full level are the newest: those below it have been merged into them. */
static void compact(struct store_files *files)
{
    const struct files_shape *shape = &files->shape;
    for (size_t level = 0; files->per_level[level] >= shape->merge_every; level++) {
        size_t n = files->per_level[level];
        files->per_level[level] = 0;
        if (level + 1 == shape->levels) {
            double all = fmax(shape->size_bytes, sum_of_last(&files->live, n));
            store_files_merge(files, 0, files->live.n, all);
            return;
        }
        store_files_merge(files, files->live.n - n, n, sum_of_last(&files->live, n));
        files->per_level[level + 1]++;
    }
}

double store_files_flush(struct store_files *files)
{
    double bytes = files->memtable_bytes;
    if (bytes <= 0)
        return 0;
    files->memtable_bytes = 0;
    image_list_add(&files->live, image_new(bytes, NULL));
    files->per_level[0]++;
    compact(files);
    return bytes;
}

void store_files_write(struct store_files *files, double bytes)
{
    double room = files->shape.memtable_bytes;
    files->memtable_bytes += bytes;
    while (files->memtable_bytes >= room) {
        double rest = files->memtable_bytes - room;
        files->memtable_bytes = room;
        (void)store_files_flush(files);
        files->memtable_bytes = rest;
    }
}

void store_files_cut(const struct store_files *files, struct files_cut *cut)
{
    image_list_copy(&cut->files, &files->live);
    memcpy(cut->per_level, files->per_level, sizeof cut->per_level);
}

void files_cut_copy(struct files_cut *to, const struct files_cut *from)
{
    image_list_copy(&to->files, &from->files);
    memcpy(to->per_level, from->per_level, sizeof to->per_level);
}

void store_files_roll_back(struct store_files *files, const struct files_cut *cut)
{
    image_list_copy(&files->live, &cut->files);
    memcpy(files->per_level, cut->per_level, sizeof files->per_level);
    files->memtable_bytes = 0;
}
