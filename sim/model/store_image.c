// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store_image.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"

struct image *image_new(double bytes, struct image *parent)
{
    struct image *image = mem_alloc(1, sizeof *image);
    *image = (struct image){.bytes = bytes, .refs = 1, .parent = parent ? image_ref(parent) : NULL};
    return image;
}

struct image *image_ref(struct image *image)
{
    image->refs++;
    return image;
}

/* Chains may be long: no recursion. */
void image_release(struct image *image)
{
    while (image && --image->refs == 0) {
        struct image *parent = image->parent;
        assert(image->kept == 0);
        free(image);
        image = parent;
    }
}

void image_keep(struct image *image, struct sum *stored_bytes)
{
    for (; image && image->kept++ == 0; image = image->parent)
        sum_add(stored_bytes, image->bytes);
}

void image_drop(struct image *image, struct sum *stored_bytes)
{
    for (; image && --image->kept == 0; image = image->parent)
        sum_add(stored_bytes, -image->bytes);
}

void image_rebase(struct image *image, double bytes, struct sum *stored_bytes)
{
    struct image *parent = image->parent;
    if (image->kept > 0) {
        sum_add(stored_bytes, bytes - image->bytes);
        image_drop(parent, stored_bytes);
    }
    image->bytes = bytes;
    image->parent = NULL;
    image_release(parent);
}

double image_chain_bytes(const struct image *image)
{
    double bytes = 0;
    for (; image; image = image->parent)
        bytes += image->bytes;
    return bytes;
}

uint64_t image_deltas(const struct image *image)
{
    uint64_t n = 0;
    for (; image && image->parent; image = image->parent)
        n++;
    return n;
}

/* ---- lists ---- */

void image_list_add(struct image_list *list, struct image *image)
{
    list->items = mem_grow(list->items, list->n, &list->capacity, sizeof(struct image *));
    list->items[list->n++] = image;
}

void image_list_clear(struct image_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        image_release(list->items[i]);
    list->n = 0;
}

void image_list_free(struct image_list *list)
{
    image_list_clear(list);
    free(list->items);
    *list = (struct image_list){0};
}

void image_list_copy(struct image_list *to, const struct image_list *from)
{
    if (to == from)
        return;
    image_list_clear(to);
    for (size_t i = 0; i < from->n; i++)
        image_list_add(to, image_ref(from->items[i]));
}

bool image_list_has(const struct image_list *list, const struct image *image)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (list->items[i] == image)
            return true;
    return false;
}

double image_list_new_bytes(const struct image_list *list, const struct image_list *base)
{
    double bytes = 0;
    for (size_t i = 0; i < list->n; i++)
        bytes += image_list_has(base, list->items[i]) ? 0 : list->items[i]->bytes;
    return bytes;
}

double image_list_bytes(const struct image_list *list)
{
    double bytes = 0;
    for (size_t i = 0; i < list->n; i++)
        bytes += image_chain_bytes(list->items[i]);
    return bytes;
}
