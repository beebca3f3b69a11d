// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Memory. Two life times are enough for this program:
 *
 * - mem_*: ordinary blocks, given back with free(). Running out ends the
 *   program in one place (mem_out), with exit status 1.
 * - an arena: everything that lives as long as a scenario (parameters, names,
 *   traces). It only grows, and is given back at once.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#define MEM_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Zeroed block of n items of `size` bytes; never NULL. */
void *mem_alloc(size_t n, size_t size);
/* As realloc() for n items of `size` bytes; never NULL for n > 0. */
void *mem_resize(void *block, size_t n, size_t size);
/*
 * Makes room for one item more in an array that grows by doubling: returns the
 * (possibly moved) array and updates *capacity when n == *capacity.
 */
void *mem_grow(void *array, size_t n, size_t *capacity, size_t size);
char *mem_strdup(const char *text);
/* Formatted text in a block of its own; the caller frees it. */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vformat(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

struct arena {
    struct arena_block *blocks; /* owned, newest first */
};

/* Zeroed memory, aligned for any type, that lives until arena_release(). */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arena_release(struct arena *arena);

#endif
