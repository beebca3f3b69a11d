// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/buffer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

void buffer_add_bytes(struct buffer *buffer, const char *data, size_t n)
{
    if (buffer->capacity - buffer->n < n + 1) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity - buffer->n < n + 1)
            capacity *= 2;
        buffer->data = mem_resize(buffer->data, capacity, 1);
        buffer->capacity = capacity;
    }
    memcpy(buffer->data + buffer->n, data, n);
    buffer->n += n;
    buffer->data[buffer->n] = '\0';
}

void buffer_add(struct buffer *buffer, const char *text)
{
    buffer_add_bytes(buffer, text, strlen(text));
}

void buffer_addf(struct buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mem_vformat(format, args);
    va_end(args);
    buffer_add(buffer, text);
    free(text);
}

/* Characters since the last newline: bytes that do not continue a UTF-8 sequence. */
static size_t column(const struct buffer *buffer)
{
    size_t columns = 0;
    for (size_t i = buffer->n; i > 0 && buffer->data[i - 1] != '\n'; i--)
        columns += ((unsigned char)buffer->data[i - 1] & 0xc0) != 0x80;
    return columns;
}

void buffer_pad_to(struct buffer *buffer, size_t columns)
{
    for (size_t at = column(buffer); at < columns; at++)
        buffer_add_bytes(buffer, " ", 1);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->n = 0;
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
