// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/coordinator.h"

#include <math.h>

#include "model/detector.h"
#include "model/run.h"

static const char *const blocks_names[] = {"launches", "checkpoints", "everything", NULL};

static void coordinator_changes(void *context, struct event *event);

static const struct event_type change = {"coordinator_changes", coordinator_changes};

const struct field coordinator_fields[] = {
    {
        .key = "time_to_failure",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct coordinator_params, time_to_failure),
        .types = &dist_union,
        .help = "Law of the time from its start to its next failure, in wall time. Absent: it "
                "fails where failures with strikes: coordinator say so.",
        .witness = "stream-scheduler.json "
                   "/recovery/coordinator={\"time_to_failure\":\"4 min\",\"restart\":\"1 min\"} "
                   "/recovery/coordinator/time_to_failure=\"1 min\"",
    },
    {
        .key = "detector",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct coordinator_params, detector),
        .types = &detector_union,
        .fallback = "\"0 s\"",
        .help = "How its failure is noticed.",
        .witness = "stream-scheduler.json "
                   "/recovery/coordinator={\"time_to_failure\":\"1 min\",\"restart\":\"1 min\"} "
                   "/recovery/coordinator/detector=\"1 min\"",
    },
    {
        .key = "restart",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct coordinator_params, restart),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time from there until it, or a standby in its place, works again.",
        .witness = "stream-scheduler.json "
                   "/recovery/coordinator={\"time_to_failure\":\"1 min\",\"restart\":\"1 min\"} "
                   "/recovery/coordinator/restart=\"2 min\"",
    },
    {
        .key = "blocks",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct coordinator_params, blocks),
        .choices = blocks_names,
        .fallback = "\"launches\"",
        .help = "What its outage stops. launches: recoveries wait with their requests; "
                "checkpoints: none begins either, and those in progress are aborted; everything: "
                "tasks stand still too, and go on where they were.",
        .source = "everything: Spark driver, Mesos framework without checkpoint; launches: YARN "
                  "resource manager",
        .witness = "stream-scheduler.json "
                   "/recovery/coordinator={\"time_to_failure\":\"1 min\",\"restart\":\"1 min\"} "
                   "/recovery/coordinator/blocks=\"checkpoints\"",
    },
    {0},
};

static const struct coordinator_params *params_of(const struct run *run)
{
    return &run->model->recovery.coordinator;
}

static void schedule(struct run *run, double wait_s, int priority)
{
    calendar_schedule(&run->calendar, &run->coordinator.changes, &change,
                      run->calendar.now_s + wait_s, priority);
}

bool coordinator_is_given(const struct coordinator_params *params)
{
    return dist_is_given(&params->restart);
}

static void schedule_failure(struct run *run)
{
    const struct dist *law = &params_of(run)->time_to_failure;
    if (dist_is_given(law))
        schedule(run, dist_draw(law, &run->coordinator.failure_rng), run->failure_priority);
}

void coordinator_start(struct run *run)
{
    struct coordinator *coordinator = &run->coordinator;
    *coordinator = (struct coordinator){
        .failure_rng = rng_stream(run->seed, run->replication, RNG_COORDINATOR, 0),
        .outage_rng = rng_stream(run->seed, run->replication, RNG_COORDINATOR, 1),
    };
    schedule_failure(run);
}

bool coordinator_blocks(const struct run *run, enum coordinator_blocks what)
{
    return run->coordinator.is_down && params_of(run)->blocks >= (int)what;
}

/* What cannot go on without it stops, or goes on. */
static void tell_job(struct run *run)
{
    if (params_of(run)->blocks == BLOCKS_LAUNCHES)
        return;
    if (run->streaming)
        streaming_coordinator_changes(run);
    else
        segment_coordinator_changes(run);
}

double coordinator_draw_outage_s(struct run *run)
{
    const struct coordinator_params *params = params_of(run);
    struct rng *rng = &run->coordinator.outage_rng;
    double noticed_s = detector_draw_s(&params->detector, rng);
    return noticed_s + dist_draw(&params->restart, rng);
}

bool coordinator_fail(struct run *run, double outage_s)
{
    struct coordinator *coordinator = &run->coordinator;
    if (coordinator->is_down)
        return false;
    coordinator->is_down = true;
    coordinator->n_failures += run->calendar.now_s >= run->measure_from_s;
    calendar_cancel(&run->calendar, &coordinator->changes);
    schedule(run, outage_s, 0);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "coordinator_failed", NULL, 0);
    tell_job(run);
    return true;
}

/* What waited may plan ahead up to the next event, so that must be known. */
static void is_up(struct run *run)
{
    run->coordinator.is_down = false;
    schedule_failure(run);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "coordinator_up", NULL, 0);
    tell_job(run);
    for (size_t i = 0; i < run->n_recoveries; i++)
        recovering_admit(&run->recoveries[i]);
}

static void coordinator_changes(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (run->coordinator.is_down)
        is_up(run);
    else
        (void)coordinator_fail(run, coordinator_draw_outage_s(run));
}

double coordinator_wait_s(struct recovering *recovering)
{
    return recovering->run->coordinator.is_down ? (double)NAN : 0;
}
