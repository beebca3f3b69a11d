// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A stream job watched: samples at a fixed step, and recoveries one by one.
 * Samples are taken whether or not anybody listens, so that listening changes
 * nothing.
 */
#include <math.h>

#include "model/run.h"
#include "model/streaming_state.h"

static void sample_is_due(void *context, struct event *event);

static const struct event_type sample_event = {"sample", sample_is_due};

/* Behind all else that happens at that instant, but for the end of the run. */
enum { SAMPLE_PRIORITY = 126 };

/* ---- samples ---- */

static void schedule_sample(struct run *run)
{
    struct sampling *sampling = &run->streaming->sampling;
    double step_s = run->model->run.sample_s;
    calendar_schedule(&run->calendar, &sampling->due, &sample_event, (double)++sampling->k * step_s,
                      SAMPLE_PRIORITY);
}

void sampling_start(struct run *run)
{
    run->streaming->sampling = (struct sampling){0};
    if (!isnan(run->model->run.sample_s))
        schedule_sample(run);
}

static void sample_lag(struct run *run, double values[N_SERIES])
{
    struct streaming *streaming = run->streaming;
    bool counts = run->calendar.now_s >= run->measure_from_s;
    streaming->now.n_samples += counts;
    for (uint32_t p = 0; p < streaming->topology->n_partitions; p++) {
        double age_s = stream_partition_lag_s(streaming->stream, p);
        values[SERIES_LAG] += (double)stream_partition_lag(streaming->stream, p);
        values[SERIES_LAG_S] = fmax(values[SERIES_LAG_S], age_s);
        if (counts)
            streaming->now.lag_s[p] += age_s;
    }
}

/* What has come, gone out and been served so far. */
static struct sampling totals(struct run *run)
{
    struct streaming *streaming = run->streaming;
    const struct topology *topology = streaming->topology;
    struct sampling all = {
        .n_latencies = streaming->latency.n,
        .latency_sum_s = streaming->latency.sum,
    };
    for (uint32_t p = 0; p < topology->n_partitions; p++) {
        struct partition_counts counts;
        stream_partition_counts(streaming->stream, p, &counts);
        all.arrived += counts.arrived;
    }
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        struct task_counts counts;
        stream_counts(streaming->stream, task, &counts);
        all.busy_s += counts.busy_new_s + counts.busy_rework_s;
        if (topology->operators[topology->tasks[task].operator].is_sink)
            all.outputs += counts.visible - counts.duplicates;
    }
    return all;
}

static void sample_rates(struct run *run, double values[N_SERIES])
{
    struct streaming *streaming = run->streaming;
    struct sampling *last = &streaming->sampling;
    double step_s = run->model->run.sample_s;
    struct sampling all = totals(run);
    uint64_t n_latencies = all.n_latencies - last->n_latencies;
    values[SERIES_ARRIVALS] = (double)(all.arrived - last->arrived) / step_s;
    values[SERIES_THROUGHPUT] = (double)(all.outputs - last->outputs) / step_s;
    values[SERIES_BUSY] = (all.busy_s - last->busy_s) / (step_s * streaming->n_tasks);
    values[SERIES_LATENCY] = n_latencies > 0
                                 ? (all.latency_sum_s - last->latency_sum_s) / (double)n_latencies
                                 : (double)NAN;
    last->arrived = all.arrived;
    last->outputs = all.outputs;
    last->busy_s = all.busy_s;
    last->n_latencies = all.n_latencies;
    last->latency_sum_s = all.latency_sum_s;
}

static void tell_sample(struct run *run, const double values[N_SERIES])
{
    double now_s = run->calendar.now_s;
    if (run->story)
        story_add_sample(run->story, now_s, values);
    if (!run->trace)
        return;
    struct trace_value traced[N_SERIES];
    for (int s = 0; s < N_SERIES; s++)
        traced[s] = (struct trace_value){series_rows[s].name, values[s], NULL};
    run_trace(run, now_s, "sample", traced, N_SERIES);
}

static void sample_is_due(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    const uint32_t *n_in = run->streaming->n_in;
    double values[N_SERIES] = {0};
    sample_lag(run, values);
    sample_rates(run, values);
    values[SERIES_DOWN] =
        (double)n_in[ACTIVITY_DOWN] + n_in[ACTIVITY_RECOVERY] + n_in[ACTIVITY_START];
    tell_sample(run, values);
    schedule_sample(run);
}

/* ---- recoveries ---- */

/* Phases that the end of the run has cut off are not known. */
static void forget_unfinished(struct story_recovery *told, enum recovery_state state)
{
    told->catch_up_s = (double)NAN;
    if (state == RECOVERY_NONE)
        return;
    told->restore_s = (double)NAN;
    if (state <= RECOVERY_STARTING)
        told->restart_s = (double)NAN;
    if (state <= RECOVERY_DETECTING)
        told->detect_s = (double)NAN;
}

void streaming_tell_recovery(struct run *run, const struct scope *scope)
{
    const struct recovering *recovering = scope->recovering;
    const struct episode *episode = &recovering->episode;
    struct story_recovery told = {
        .failed_s = episode->since_s,
        .detect_s = episode->detect_s,
        .restart_s = episode->restart_s,
        .restore_s = episode->restore_s,
        .catch_up_s = episode->catch_up_s,
        .lost_work_s = scope->lost_work_s,
        .rollback_s = scope->rollback_s,
        .lag_before = (uint64_t)episode->target,
        .lag_peak = scope->lag_peak,
        .replayed = scope->replayed,
        .first_task = scope->tasks[0],
        .n_tasks = (uint32_t)scope->n_tasks,
    };
    if (!run->story)
        return;
    if (episode->open)
        forget_unfinished(&told, recovering->state);
    story_add_recovery(run->story, &told);
}
