// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Images: what checkpoints wrote and may share. A delta has the image before it as its parent; the
 * files of an LSM store have none, and a checkpoint refers to several.
 *
 * An image is in memory as long as something refers to it, and on storage while a retained
 * checkpoint does: it is deleted there with the last of them (the shared state registry of Flink).
 */
#ifndef MODEL_STORE_IMAGE_H
#define MODEL_STORE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/stats.h"

struct image {
    double bytes;
    struct image *parent; /* a reference; NULL: it stands alone */
    uint64_t refs;        /* who knows of it, children included */
    uint64_t kept;        /* retained checkpoints and kept children */
};

/* A new image with one reference, which the caller owns. */
struct image *image_new(double bytes, struct image *parent);
struct image *image_ref(struct image *image);
/* Gives a reference back; NULL is none. */
void image_release(struct image *image);

/* One retained checkpoint more, or less, refers to it; *stored_bytes is what storage holds. */
void image_keep(struct image *image, struct sum *stored_bytes);
void image_drop(struct image *image, struct sum *stored_bytes);
/* A full image takes the place of the image and all before it, for those that come after. */
void image_rebase(struct image *image, double bytes, struct sum *stored_bytes);

/* To read: the image and what it builds on, and how many deltas are among them. */
double image_chain_bytes(const struct image *image);
uint64_t image_deltas(const struct image *image);

/* The images of a checkpoint, or the live files of a store. */
struct image_list {
    struct image **items; /* owned references */
    size_t n, capacity;
};
/* Takes over the caller's reference. */
void image_list_add(struct image_list *list, struct image *image);
void image_list_clear(struct image_list *list);
void image_list_free(struct image_list *list);
/* Makes `to` refer to the same images. */
void image_list_copy(struct image_list *to, const struct image_list *from);
bool image_list_has(const struct image_list *list, const struct image *image);
/* Bytes of the list that `base`, which may be NULL, does not have. */
double image_list_new_bytes(const struct image_list *list, const struct image_list *base);
double image_list_bytes(const struct image_list *list);

#endif
