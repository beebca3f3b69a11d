// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK_BYTES = 4 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t capacity;
    max_align_t data[]; /* capacity bytes */
};

static _Noreturn void mem_out(size_t n, size_t size)
{
    (void)fprintf(stderr, "ckptsim: out of memory (%zu items of %zu bytes)\n", n, size);
    exit(1);
}

void *mem_alloc(size_t n, size_t size)
{
    void *block = calloc(n ? n : 1, size);
    if (!block)
        mem_out(n, size);
    return block;
}

void *mem_resize(void *block, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size)
        mem_out(n, size);
    void *moved = realloc(block, n > 0 && size > 0 ? n * size : 1);
    if (!moved)
        mem_out(n, size);
    return moved;
}

void *mem_grow(void *array, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return array;
    *capacity = *capacity ? 2 * *capacity : 16;
    return mem_resize(array, *capacity, size);
}

char *mem_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(mem_alloc(bytes, 1), text, bytes);
}

char *mem_vformat(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = mem_alloc((size_t)(length < 0 ? 0 : length) + 1, 1);
    if (length >= 0)
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *mem_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vformat(format, args);
    va_end(args);
    return text;
}

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
    if (size && n > (SIZE_MAX / 2) / size)
        mem_out(n, size);
    size_t bytes = (n * size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < bytes) {
        size_t capacity = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
        block = mem_alloc(1, sizeof *block + capacity);
        block->capacity = capacity;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *place = (char *)block->data + block->used;
    block->used += bytes;
    return place;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(arena_alloc(arena, bytes, 1), text, bytes);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vformat(format, args);
    va_end(args);
    char *kept = arena_strdup(arena, text);
    free(text);
    return kept;
}

void arena_release(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    arena->blocks = NULL;
}
