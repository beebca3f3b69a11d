// SPDX-License-Identifier: GPL-3.0-or-later
/* What the files that write and read results.json share. */
#ifndef REPORT_RESULT_JSON_PARTS_H
#define REPORT_RESULT_JSON_PARTS_H

#include <cjson/cJSON.h>

#include "core/err.h"
#include "experiment/results.h"
#include "report/json_writer.h"

/* ---- writing ---- */

void result_json_add_estimate(struct json_writer *writer, const char *name,
                              enum dimension dimension, const struct estimate *estimate);
/* What a point of a stream job has beside metrics: elements and the story; nothing for others. */
void result_json_add_stream(struct json_writer *writer, const struct point *point);

/* ---- reading ---- */

/* What every function works on. `where` is the JSON Pointer of the object being read. */
struct result_reader {
    struct results *results;
    struct err *err;
    const char *name; /* of the file */
    char where[256];
};

/* All return false, with an error at the member, when it is not what it must be. */
bool result_read_fail(struct result_reader *reader, const char *key, const char *expected);
/* A number; NaN for null and for a member that is not there. */
bool result_read_real(struct result_reader *reader, const cJSON *object, const char *key,
                      double *value);
bool result_read_count(struct result_reader *reader, const cJSON *object, const char *key,
                       uint64_t *value);
bool result_read_text(struct result_reader *reader, const cJSON *object, const char *key,
                      const char **value);
/* The estimate in an object, whose place is reader->where. */
bool result_read_estimate(struct result_reader *reader, const cJSON *item,
                          struct estimate *estimate);
/* Members of an object, or elements of an array; absent counts as empty. */
size_t result_count_children(const cJSON *parent);
/* Elements and the story of the point with that index, if it has them. */
bool result_read_stream(struct result_reader *reader, size_t index, const cJSON *item,
                        struct point *point);

#endif
