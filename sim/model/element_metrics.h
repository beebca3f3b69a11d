// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What one replication of a stream job yields beside the metrics of the whole job
 * (metrics.h): values per operator, per task and per source partition, in
 * tables of their own, and for the first replication a time series, the
 * recoveries one by one and a time line.
 */
#ifndef MODEL_ELEMENT_METRICS_H
#define MODEL_ELEMENT_METRICS_H

#include "core/units.h"
#include "model/metrics.h"
#include "model/topology.h"

enum element_level { ELEMENT_OPERATOR, ELEMENT_TASK, ELEMENT_PARTITION, N_ELEMENT_LEVELS };

enum element_metric {
    /* operators */
    E_OPERATOR_LATENCY, /* per event: entry into the queue to departure */
    E_OPERATOR_THROUGHPUT,
    E_OPERATOR_UTILISATION,
    E_OPERATOR_IN_SYSTEM, /* time average of messages waiting or in service */
    E_OPERATOR_PROCESSED,
    E_OPERATOR_REPROCESSED,
    E_OPERATOR_LOST,
    /* of checkpoints, means over tasks and checkpoints */
    E_OPERATOR_START_DELAY,
    E_OPERATOR_ALIGNMENT,
    E_OPERATOR_SYNC,
    E_OPERATOR_ASYNC,
    E_OPERATOR_CHECKPOINTED_BYTES,
    E_OPERATOR_IN_FLIGHT_BYTES,
    /* tasks: shares of the time */
    E_TASK_WORK,
    E_TASK_REWORK,
    E_TASK_IDLE,
    E_TASK_BLOCKED,
    E_TASK_ALIGNING,
    E_TASK_CHECKPOINT,
    E_TASK_DOWN,
    E_TASK_RECOVERY,
    E_TASK_PROCESSED,
    /* partitions */
    E_PARTITION_ARRIVED,
    E_PARTITION_LAG,   /* messages, time average */
    E_PARTITION_LAG_S, /* age of the oldest unread message, mean over the samples */
    E_PARTITION_LOST,
    N_ELEMENT_METRICS
};

struct element_metric_row {
    const char *name; /* unit included */
    enum dimension dimension;
    enum metric_kind kind;
    enum element_level level;
    const char *help;
};

extern const struct element_metric_row element_metric_rows[N_ELEMENT_METRICS];
/* Whether it is left out where no replication has it: not a number there. */
static inline bool element_metric_is_optional(enum element_metric metric)
{
    return metric >= E_OPERATOR_START_DELAY && metric <= E_OPERATOR_IN_FLIGHT_BYTES;
}
/* "operators", "tasks", "partitions". */
extern const char *const element_level_names[N_ELEMENT_LEVELS];
/* The rows of a level, which lie together: from first up to before first + size. */
enum element_metric element_level_first(enum element_level level);
size_t element_level_size(enum element_level level);

/* How many elements of a level a topology has; 0 when it is NULL (a batch job). */
size_t element_count(const struct topology *topology, enum element_level level);

/*
 * Place of a task (by rank) when tasks are listed operator by operator in the order of the
 * scenario, as results do; and the task at a place.
 */
size_t element_place_of_task(const struct topology *topology, size_t task);
size_t element_task_at(const struct topology *topology, size_t place);

/*
 * One replication's values: [element_metric][element of its level]. They lie in one block,
 * level after level, so that a table can keep the column of a replication, of all levels or of the
 * first ones only.
 */
struct element_values {
    double *value[N_ELEMENT_METRICS]; /* in the block; per event: the sum */
    double *count[N_ELEMENT_METRICS]; /* likewise; per event: number; else NULL */
    double *m2[N_ELEMENT_METRICS];    /* per event: squared deviations; else NULL */
    double *block;                    /* borrowed */
};

/* Numbers in the block of the first so many levels; 0 for a batch job (no topology). */
size_t element_values_size(const struct topology *topology, int n_levels);
/* Places them in the block; metrics of other levels are NULL, and all are for a batch job. */
void element_values_place(struct element_values *values, const struct topology *topology,
                          int n_levels, double *block);

/* ---- the first replication, told as a story ---- */

enum series {
    SERIES_LAG,        /* messages */
    SERIES_LAG_S,      /* age of the oldest unread message over all partitions */
    SERIES_ARRIVALS,   /* per s, since the last sample */
    SERIES_THROUGHPUT, /* distinct visible outputs per s, since the last sample */
    SERIES_LATENCY,    /* mean of the outputs since the last sample; NaN: none */
    SERIES_BUSY,       /* share of the tasks' time spent serving */
    SERIES_DOWN,       /* tasks that do not run */
    N_SERIES
};

struct series_row {
    const char *name;
    enum dimension dimension;
    const char *help;
};

extern const struct series_row series_rows[N_SERIES];

/* One recovery. */
struct story_recovery {
    double failed_s;
    double detect_s, restart_s, restore_s, catch_up_s; /* NaN: not reached by the end */
    double lost_work_s, rollback_s;
    uint64_t lag_before, lag_peak; /* messages, of what restarted */
    uint64_t replayed;             /* messages read again */
    uint32_t first_task, n_tasks;  /* that restarted */
};

/* A stretch of one task's time in one activity other than running. */
struct story_span {
    uint32_t task;
    const char *activity;
    double from_s, to_s;
};

/* At most so many rows of each kind; what comes later is counted and left out. */
enum { STORY_MOST = 10000, STORY_MOST_SAMPLES = 100000 };

/* Growing tables; owned. Zeroed is empty. */
struct story {
    double *times_s;          /* n_samples */
    double *series[N_SERIES]; /* n_samples each */
    size_t n_samples, samples_capacity;
    struct story_recovery *recoveries;
    size_t n_recoveries, recoveries_capacity;
    struct story_span *spans;
    size_t n_spans, spans_capacity;
    uint64_t n_left_out; /* rows of any kind */
};

void story_add_sample(struct story *story, double time_s, const double values[N_SERIES]);
void story_add_recovery(struct story *story, const struct story_recovery *recovery);
void story_add_span(struct story *story, const struct story_span *span);
/* Empties it and keeps its memory. */
void story_clear(struct story *story);
void story_release(struct story *story);

#endif
