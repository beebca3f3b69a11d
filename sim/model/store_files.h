// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The files of an LSM store at work. Writes gather in the memtable; full, or at a checkpoint, it
 * is flushed to a file of level 0. Every k-th file of a level is merged with those before it into
 * one file of the next; at the last level everything is merged into one file of the state's size.
 * With one level this is the minimal shape: k - 1 flushes stay files of their own, the k-th merges
 * everything. A merge takes no time of its own.
 */
#ifndef MODEL_STORE_FILES_H
#define MODEL_STORE_FILES_H

#include "model/store_image.h"

enum { STORE_MOST_LEVELS = 8 };

struct files_shape {
    double size_bytes; /* of one task */
    double memtable_bytes;
    uint64_t merge_every, levels;
};

struct store_files {
    struct files_shape shape;
    double memtable_bytes;                 /* written to it */
    struct image_list live;                /* older first: levels high to low */
    uint64_t per_level[STORE_MOST_LEVELS]; /* files of each; the merged state is not among them */
};

/* Where a checkpoint found them. */
struct files_cut {
    struct image_list files;
    uint64_t per_level[STORE_MOST_LEVELS];
};

void store_files_start(struct store_files *files, const struct files_shape *shape);
void store_files_free(struct store_files *files);
/* Writes to the memtable. */
void store_files_write(struct store_files *files, double bytes);
/* Flushes what is in it, and returns how much that was. */
double store_files_flush(struct store_files *files);
/* Merges the `n` files from place `first` on into one of so many bytes. */
void store_files_merge(struct store_files *files, size_t first, size_t n, double bytes);
void store_files_cut(const struct store_files *files, struct files_cut *cut);
void files_cut_copy(struct files_cut *to, const struct files_cut *from);
/* Back to the cut; the memtable is empty, as it was flushed then. */
void store_files_roll_back(struct store_files *files, const struct files_cut *cut);

#endif
