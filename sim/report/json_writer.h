// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writes JSON text. Objects and arrays are laid out over lines, or, when
 * opened as `flat`, on one line with all they hold, so that a results file
 * shows one metric per line and two of them can be compared with diff.
 * Numbers survive a round trip (scenario/json_write.h); what is not finite is
 * null.
 */
#ifndef REPORT_JSON_WRITER_H
#define REPORT_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "report/buffer.h"

struct json_writer {
    struct buffer *out; /* borrowed */
    unsigned depth;
    unsigned flat_depth; /* of the outermost flat container; 0: none */
    bool has_items;      /* in the innermost container */
};

/* `key` is NULL in arrays and at the top. `bracket` is '{' or '['. */
void json_writer_open(struct json_writer *writer, const char *key, char bracket);
void json_writer_open_flat(struct json_writer *writer, const char *key, char bracket);
void json_writer_close(struct json_writer *writer, char bracket);

void json_writer_real(struct json_writer *writer, const char *key, double x);
void json_writer_count(struct json_writer *writer, const char *key, uint64_t n);
void json_writer_text(struct json_writer *writer, const char *key, const char *text);
void json_writer_bool(struct json_writer *writer, const char *key, bool value);
/* Text that is JSON already, on one line or several. */
void json_writer_raw(struct json_writer *writer, const char *key, const char *json);

#endif
