// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The verbs of model/stream.h for either of the message plane and its
 * reference, so that a script needs to be written once.
 */
#ifndef TESTS_MODEL_PLANE_H
#define TESTS_MODEL_PLANE_H

#include "stream_reference.h"

/* One of the two. */
struct plane {
    struct stream *stream;       /* or NULL */
    struct reference *reference; /* or NULL */
};

static inline void plane_start(const struct plane *plane, uint64_t seed, uint64_t replication,
                               struct latency_record *latency,
                               struct latency_record *operator_latency)
{
    if (plane->stream)
        stream_start(plane->stream, seed, replication, latency, operator_latency);
    else
        reference_start(plane->reference, seed, replication, latency, operator_latency);
}

static inline bool plane_advance(const struct plane *plane, double to_s, struct notice *notice)
{
    return plane->stream ? stream_advance(plane->stream, to_s, notice)
                         : reference_advance(plane->reference, to_s, notice);
}

static inline double plane_now_s(const struct plane *plane)
{
    return plane->stream ? stream_now_s(plane->stream) : reference_now_s(plane->reference);
}

static inline void plane_move_to(const struct plane *plane, double time_s)
{
    if (plane->stream)
        stream_move_to(plane->stream, time_s);
    else
        reference_move_to(plane->reference, time_s);
}

static inline void plane_set_speed(const struct plane *plane, uint32_t task, double speed)
{
    if (plane->stream)
        stream_set_speed(plane->stream, task, speed);
    else
        reference_set_speed(plane->reference, task, speed);
}

static inline bool plane_hold(const struct plane *plane, uint32_t task, bool even_blocked)
{
    return plane->stream ? stream_hold(plane->stream, task, even_blocked)
                         : reference_hold(plane->reference, task, even_blocked);
}

static inline void plane_release(const struct plane *plane, uint32_t task)
{
    if (plane->stream)
        stream_release(plane->stream, task);
    else
        reference_release(plane->reference, task);
}

static inline void plane_send_markers(const struct plane *plane, uint32_t task, uint64_t round)
{
    if (plane->stream)
        stream_send_markers(plane->stream, task, round);
    else
        reference_send_markers(plane->reference, task, round);
}

static inline void plane_forget_round(const struct plane *plane, uint64_t round)
{
    if (plane->stream)
        stream_forget_round(plane->stream, round);
    else
        reference_forget_round(plane->reference, round);
}

static inline void plane_cut(const struct plane *plane, uint32_t task, bool channels,
                             struct task_cut *cut)
{
    if (plane->stream)
        stream_cut(plane->stream, task, channels, cut);
    else
        reference_cut(plane->reference, task, channels, cut);
}

static inline void plane_let_overtake(const struct plane *plane, uint64_t round)
{
    if (plane->stream)
        stream_let_overtake(plane->stream, round);
    else
        reference_let_overtake(plane->reference, round);
}

static inline void plane_cut_in_flight(const struct plane *plane, uint32_t task, uint64_t round,
                                       struct task_cut *cut)
{
    if (plane->stream)
        stream_cut_in_flight(plane->stream, task, round, cut);
    else
        reference_cut_in_flight(plane->reference, task, round, cut);
}

static inline void plane_record_commits(const struct plane *plane,
                                        struct latency_record *commit_latency)
{
    if (plane->stream)
        stream_record_commits(plane->stream, commit_latency);
    else
        reference_record_commits(plane->reference, commit_latency);
}

static inline void plane_commit_outputs(const struct plane *plane, uint32_t task,
                                        const struct task_cut *cut)
{
    if (plane->stream)
        stream_commit_outputs(plane->stream, task, cut);
    else
        reference_commit_outputs(plane->reference, task, cut);
}

static inline void plane_kill(const struct plane *plane, uint32_t task)
{
    if (plane->stream)
        stream_kill(plane->stream, task);
    else
        reference_kill(plane->reference, task);
}

static inline void plane_roll_back(const struct plane *plane, const uint32_t *tasks, size_t n,
                                   const struct task_cut *const *cuts)
{
    if (plane->stream)
        stream_roll_back(plane->stream, tasks, n, cuts);
    else
        reference_roll_back(plane->reference, tasks, n, cuts);
}

static inline uint64_t plane_task_lag(const struct plane *plane, uint32_t task)
{
    return plane->stream ? stream_task_lag(plane->stream, task)
                         : reference_task_lag(plane->reference, task);
}

static inline double plane_task_lag_s(const struct plane *plane, uint32_t task)
{
    return plane->stream ? stream_task_lag_s(plane->stream, task)
                         : reference_task_lag_s(plane->reference, task);
}

static inline uint64_t plane_partition_lag(const struct plane *plane, uint32_t partition)
{
    return plane->stream ? stream_partition_lag(plane->stream, partition)
                         : reference_partition_lag(plane->reference, partition);
}

static inline double plane_partition_lag_s(const struct plane *plane, uint32_t partition)
{
    return plane->stream ? stream_partition_lag_s(plane->stream, partition)
                         : reference_partition_lag_s(plane->reference, partition);
}

static inline void plane_watch(const struct plane *plane, struct lag_watch *watch)
{
    if (plane->stream)
        stream_watch(plane->stream, watch);
    else
        reference_watch(plane->reference, watch);
}

static inline void plane_unwatch(const struct plane *plane, struct lag_watch *watch)
{
    if (plane->stream)
        stream_unwatch(plane->stream, watch);
    else
        reference_unwatch(plane->reference, watch);
}

static inline void plane_counts(const struct plane *plane, uint32_t task,
                                struct task_counts *counts)
{
    if (plane->stream)
        stream_counts(plane->stream, task, counts);
    else
        reference_counts(plane->reference, task, counts);
}

static inline void plane_partition_counts(const struct plane *plane, uint32_t partition,
                                          struct partition_counts *counts)
{
    if (plane->stream)
        stream_partition_counts(plane->stream, partition, counts);
    else
        reference_partition_counts(plane->reference, partition, counts);
}

static inline void plane_measure_from(const struct plane *plane, double time_s)
{
    if (plane->stream)
        stream_measure_from(plane->stream, time_s);
    else
        reference_measure_from(plane->reference, time_s);
}

static inline void plane_observe(const struct plane *plane, stream_observer *observer,
                                 void *context)
{
    if (plane->stream)
        stream_observe(plane->stream, observer, context);
    else
        reference_observe(plane->reference, observer, context);
}

static inline bool plane_check(const struct plane *plane, char why[200])
{
    return plane->stream ? stream_check(plane->stream, why)
                         : reference_check(plane->reference, why);
}

/* The reference keeps all of its logs. */
static inline void plane_forget_before(const struct plane *plane, uint32_t task,
                                       const struct task_cut *cut)
{
    if (plane->stream)
        stream_forget_before(plane->stream, task, cut);
}

#endif
