// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Text in memory that grows. Every report is built here in full before the
 * first byte is written, so that files can appear whole or not at all and no
 * output call needs its own error path.
 */
#ifndef REPORT_BUFFER_H
#define REPORT_BUFFER_H

#include <stddef.h>

/* Zeroed memory is an empty buffer. */
struct buffer {
    char *data; /* owned: n bytes, then a zero once something was added */
    size_t n;
    size_t capacity;
};

void buffer_add_bytes(struct buffer *buffer, const char *data, size_t n);
void buffer_add(struct buffer *buffer, const char *text);
void buffer_addf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds spaces until `columns` characters (of UTF-8) stand after the last newline. */
void buffer_pad_to(struct buffer *buffer, size_t columns);
/* Empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);
void buffer_release(struct buffer *buffer);

#endif
