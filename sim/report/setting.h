// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Settings of a point, as read from results: what a swept key's JSON text
 * means in words and numbers. No unit of one dimension reads as a quantity of
 * another, so the text alone tells "60 s" from "60 MB/s".
 */
#ifndef REPORT_SETTING_H
#define REPORT_SETTING_H

#include "experiment/results.h"
#include "report/buffer.h"

bool setting_is_for(const struct setting *setting, const char *pointer);
/* The point's setting of that key, or NULL. */
const struct setting *setting_find(const struct point *point, const char *pointer);
/* DIMENSION_NONE too when the value is not a number. */
enum dimension setting_dimension(const struct setting *setting);
/* The number in base units that a JSON text stands for; NaN when it is none. */
double setting_number(const char *json);
/* Adds the value for people: a text without its quotes, anything else as JSON. */
void setting_add_text(struct buffer *out, const struct setting *setting);
/*
 * Adds the last two names of a pointer in words, without indices: "checkpoint
 * interval", "time to failure mean" for "/failures/0/time_to_failure/mean".
 */
void setting_add_label(struct buffer *out, const char *pointer);

#endif
