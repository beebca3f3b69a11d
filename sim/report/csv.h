// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Results as a tidy table for spreadsheets and data frames (RFC 4180): one row
 * per point and metric, one column per swept key. A key with units has a
 * second column with its value in base units, "/checkpoint/interval (s)".
 * What does not exist is an empty cell.
 */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "experiment/results.h"
#include "report/buffer.h"

void csv_write(const struct results *results, struct buffer *out);
/*
 * What a stream job has in parts: a row per point, element and metric,
 * "operators,count,utilisation"; and the time series of the first replication, a column per series.
 */
void csv_write_elements(const struct results *results, struct buffer *out);
void csv_write_series(const struct results *results, struct buffer *out);

#endif
