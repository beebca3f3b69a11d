// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * results.json: the form in which results are kept, exchanged and plotted.
 * Others script against it, so members are only ever added; a change of
 * meaning raises RESULTS_SCHEMA. Every number reads back as the same double,
 * what does not exist is null, and nothing in it tells when or where it was
 * made: the same scenario, seed and version give the same bytes.
 *
 * {"schema": 1, "version": "0.1.0", "scenario": {...}, "seed": 1,
 *  "identities": "held",
 *  "points": [{"set": {"/checkpoint/interval": "60 s"}, "replications": 30,
 *    "metrics": {"waste": {"unit": "1", "mean": 0.1, "half_width": 0.002,
 *      "sd": 0.01, "n": 30, "min": 0.08, "max": 0.12,
 *      "quantiles": {"0.5": 0.1, "0.9": 0.11, "0.99": 0.12},
 *      "quantile_intervals": {"0.5": [0.09, 0.11], ...}, "cdf": [...]}},
 *    "prediction": {"waste": {"value": 0.1, "source": "..."}},
 *    "references": {"young": {"interval_s": 1541, "source": "..."}},
 *    "warnings": []}],
 *  "recommendation": {...}}
 *
 * A point of a stream job has "operators" besides, and the first point
 * "tasks" and "partitions", lists of {"name": "count/3", "metrics": {...}};
 * and the story of its first replication: "timeseries" {"time_s": [...],
 * "lag_messages": [...], ...}, "recoveries", one object for each failure, and
 * "timeline" {"spans": [...]}, the stretches in which a task did not run.
 *
 * quantile_intervals are 95 % intervals; cdf holds the quantiles at 0, 1, ..
 * 100 %. Quantiles over events come from histograms, right to 0.4 %.
 * A quantile interval that does not exist is left out, and so is a
 * recommendation. identities is "held" in every file: a run that breaks an
 * identity ends without results.
 */
#ifndef REPORT_RESULT_JSON_H
#define REPORT_RESULT_JSON_H

#include "core/err.h"
#include "experiment/results.h"
#include "report/buffer.h"

void result_json_write(const struct results *results, struct buffer *out);

/*
 * Reads what result_json_write() wrote, by this version or an older one;
 * members it does not know are ignored. `name` is the file's, for messages.
 * On success the results are the caller's to release; on failure there is
 * nothing to release.
 */
bool result_json_read(const char *text, size_t n, const char *name, struct results *results,
                      struct err *err);
/* The same from a file, "-" for standard input. */
bool result_json_read_file(const char *name, struct results *results, struct err *err);

#endif
