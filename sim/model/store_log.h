// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A compacted log: the changes of a store, of which a cleaner keeps the last of each key.
 *
 * Records go to the active segment, which is closed when it is full or old enough. A closed one may
 * be cleaned when its last record is older than a minimum lag. When what may be cleaned is more
 * than the cleanable share of the log without its head, the cleaner leaves the state's own size of
 * it. So, with a share of one half, a steady log goes from S to 2 S and back, and has a head of
 * what may not be cleaned yet (Kafka's LogCleanerManager). Cleaning takes no time of its own.
 */
#ifndef MODEL_STORE_LOG_H
#define MODEL_STORE_LOG_H

#include <stddef.h>

struct log_params {
    double cleanable_ratio; /* dirty / (clean + dirty) that starts the cleaner */
    double min_lag_s;
    double segment_bytes;
    double segment_s; /* infinity: only full segments are closed */
};

struct log_segment {
    double bytes, closed_s;
};

struct store_log {
    const struct log_params *params; /* borrowed */
    double now_s;
    double written_bytes; /* appended since the start */
    double clean_bytes, dirty_bytes;
    struct log_segment *closed; /* owned ring: not cleanable yet, older first */
    size_t first, n, capacity;
    double active_bytes, opened_s;
};

/* At time 0, with `bytes` of state in it. */
void store_log_start(struct store_log *log, const struct log_params *params, double bytes);
void store_log_free(struct store_log *log);
/*
 * Lets the time come to now_s, during which so many bytes were appended evenly; a cleaning leaves
 * state_bytes.
 */
void store_log_advance(struct store_log *log, double now_s, double appended_bytes,
                       double state_bytes);
double store_log_bytes(const struct store_log *log);

#endif
