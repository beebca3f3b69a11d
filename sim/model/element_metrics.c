// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/element_metrics.h"

/* ---- the tables ---- */

const struct element_metric_row element_metric_rows[N_ELEMENT_METRICS] = {
    [E_OPERATOR_LATENCY] = {"latency_s", DIMENSION_TIME, METRIC_PER_EVENT, ELEMENT_OPERATOR,
                            "From the entry of a message into the queue to its departure, when it "
                            "is served for the first time."},
    [E_OPERATOR_THROUGHPUT] = {"throughput_per_s", DIMENSION_RATE, METRIC_PER_RUN, ELEMENT_OPERATOR,
                               "Messages finished for the first time."},
    [E_OPERATOR_UTILISATION] =
        {"utilisation", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_OPERATOR,
         "Share of its tasks' time spent serving, for the first time or again."},
    [E_OPERATOR_IN_SYSTEM] = {"messages_in_system", DIMENSION_NONE, METRIC_PER_RUN,
                              ELEMENT_OPERATOR,
                              "Messages waiting or in service, averaged over time."},
    [E_OPERATOR_PROCESSED] = {"messages_processed", DIMENSION_NONE, METRIC_PER_RUN,
                              ELEMENT_OPERATOR, "Messages finished, again ones included."},
    [E_OPERATOR_REPROCESSED] = {"messages_reprocessed", DIMENSION_NONE, METRIC_PER_RUN,
                                ELEMENT_OPERATOR, "Messages finished again."},
    [E_OPERATOR_LOST] =
        {"messages_lost", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_OPERATOR,
         "Messages lost for good: dropped by full channels into it, expired unread, or, under "
         "at_most_once, in or on the way to its tasks when they failed."},
    [E_OPERATOR_START_DELAY] = {"start_delay_s", DIMENSION_TIME, METRIC_PER_RUN, ELEMENT_OPERATOR,
                                "From the request for a checkpoint until a task cuts, or its first "
                                "marker comes; mean over its tasks."},
    [E_OPERATOR_ALIGNMENT] = {"alignment_s", DIMENSION_TIME, METRIC_PER_RUN, ELEMENT_OPERATOR,
                              "From the first marker at a task to the last; mean over its tasks."},
    [E_OPERATOR_SYNC] = {"sync_s", DIMENSION_TIME, METRIC_PER_RUN, ELEMENT_OPERATOR,
                         "Time that a task stands for its part of a checkpoint; mean over its "
                         "tasks."},
    [E_OPERATOR_ASYNC] = {"async_s", DIMENSION_TIME, METRIC_PER_RUN, ELEMENT_OPERATOR,
                          "Time in which a task's part is written beside its work; mean over its "
                          "tasks."},
    [E_OPERATOR_CHECKPOINTED_BYTES] = {"checkpointed_bytes", DIMENSION_BYTES, METRIC_PER_RUN,
                                       ELEMENT_OPERATOR,
                                       "What a task writes for a committed checkpoint; mean over "
                                       "its tasks."},
    [E_OPERATOR_IN_FLIGHT_BYTES] = {"in_flight_bytes", DIMENSION_BYTES, METRIC_PER_RUN,
                                    ELEMENT_OPERATOR,
                                    "Of that, messages in channels; mean over its tasks."},
    [E_TASK_WORK] = {"work", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                     "Share of the time spent serving messages for the first time."},
    [E_TASK_REWORK] = {"rework", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                       "Share of the time spent serving messages again."},
    [E_TASK_IDLE] = {"idle", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                     "Share of the time with nothing to serve."},
    [E_TASK_BLOCKED] = {"blocked", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                        "Share of the time spent waiting for room in a full channel."},
    [E_TASK_ALIGNING] = {"aligning", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                         "Share of the time spent waiting for the markers of other channels."},
    [E_TASK_CHECKPOINT] = {"checkpoint", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                           "Share of the time spent stopped for checkpoints."},
    [E_TASK_DOWN] = {"down", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                     "Share of the time spent failed, or waiting for a place to run."},
    [E_TASK_RECOVERY] = {"recovery", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                         "Share of the time spent starting and restoring."},
    [E_TASK_PROCESSED] = {"messages_processed", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_TASK,
                          "Messages finished, again ones included."},
    [E_PARTITION_ARRIVED] = {"messages_arrived", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_PARTITION,
                             "Messages that arrived."},
    [E_PARTITION_LAG] = {"lag_messages", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_PARTITION,
                         "Messages arrived and not read yet, averaged over time."},
    [E_PARTITION_LAG_S] = {"lag_s", DIMENSION_TIME, METRIC_PER_RUN, ELEMENT_PARTITION,
                           "Age of the oldest unread message, mean over the samples."},
    [E_PARTITION_LOST] = {"messages_lost", DIMENSION_NONE, METRIC_PER_RUN, ELEMENT_PARTITION,
                          "Messages that retention took unread."},
};

const char *const element_level_names[N_ELEMENT_LEVELS] = {"operators", "tasks", "partitions"};

const struct series_row series_rows[N_SERIES] = {
    [SERIES_LAG] = {"lag_messages", DIMENSION_NONE,
                    "Messages arrived at the sources and not read yet."},
    [SERIES_LAG_S] = {"lag_s", DIMENSION_TIME, "Age of the oldest of them."},
    [SERIES_ARRIVALS] = {"arrival_rate_per_s", DIMENSION_RATE,
                         "Messages that arrived since the last sample."},
    [SERIES_THROUGHPUT] = {"throughput_per_s", DIMENSION_RATE,
                           "Distinct outputs of the sinks since the last sample."},
    [SERIES_LATENCY] = {"latency_s", DIMENSION_TIME,
                        "Mean of the outputs since the last sample; none: not a number."},
    [SERIES_BUSY] = {"utilisation", DIMENSION_NONE,
                     "Share of the tasks' time spent serving since the last sample."},
    [SERIES_DOWN] = {"tasks_down", DIMENSION_NONE, "Tasks that do not run."},
};

enum element_metric element_level_first(enum element_level level)
{
    int e = 0;
    while (element_metric_rows[e].level != level)
        e++;
    return (enum element_metric)e;
}

size_t element_level_size(enum element_level level)
{
    size_t n = 0;
    for (int e = 0; e < N_ELEMENT_METRICS; e++)
        n += element_metric_rows[e].level == level;
    return n;
}

size_t element_count(const struct topology *topology, enum element_level level)
{
    if (!topology)
        return 0;
    switch (level) {
    case ELEMENT_OPERATOR:
        return topology->n_operators;
    case ELEMENT_TASK:
        return topology->n_tasks;
    case ELEMENT_PARTITION:
        return topology->n_partitions;
    case N_ELEMENT_LEVELS:
        break;
    }
    return 0;
}

size_t element_place_of_task(const struct topology *topology, size_t task)
{
    size_t place = topology->tasks[task].index;
    for (size_t o = 0; o < topology->tasks[task].operator; o++)
        place += topology->operators[o].n_tasks;
    return place;
}

size_t element_task_at(const struct topology *topology, size_t place)
{
    const struct operator_place *operator= topology->operators;
    while (place >= operator->n_tasks) {
        place -= operator->n_tasks;
        operator++;
    }
    return operator->first_task + place;
}

/* ---- values of a replication ---- */

/* The next n numbers of a block; with no block, how far they reach. */
static double *take(double *block, size_t *used, size_t n)
{
    double *start = block ? block + *used : NULL;
    *used += n;
    return start;
}

static size_t place(struct element_values *values, const struct topology *topology, int n_levels,
                    double *block)
{
    size_t used = 0;
    *values = (struct element_values){.block = block};
    for (int e = 0; e < N_ELEMENT_METRICS; e++) {
        const struct element_metric_row *row = &element_metric_rows[e];
        size_t n = (int)row->level < n_levels ? element_count(topology, row->level) : 0;
        if (n == 0)
            continue;
        values->value[e] = take(block, &used, n);
        if (row->kind != METRIC_PER_EVENT)
            continue;
        values->count[e] = take(block, &used, n);
        values->m2[e] = take(block, &used, n);
    }
    return used;
}

size_t element_values_size(const struct topology *topology, int n_levels)
{
    struct element_values values;
    return place(&values, topology, n_levels, NULL);
}

void element_values_place(struct element_values *values, const struct topology *topology,
                          int n_levels, double *block)
{
    (void)place(values, topology, n_levels, block);
}
