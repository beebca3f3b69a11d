// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/recovery.h"

#include <math.h>
#include <stdlib.h>

#include "model/detector.h"
#include "model/model.h"
#include "model/restore.h"

static const char *const on_failure_names[] = {"restart", "restore", "defer", NULL};
static const char *const from_input_names[] = {"recover", "at_once", NULL};
const char *const on_retry_names[] = {"resample", "repeat", NULL};

static const char *const scope_names[] = {"all", "container", "task", "region", NULL};

static const struct field restart_fields[] = {
    {
        .key = "scope",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct restart_params, scope),
        .choices = scope_names,
        .fallback = "\"all\"",
        .help = "What starts again after a failure of a stream job: all tasks, those of the "
                "container that failed, only what failed itself, or the region: all that pipelined "
                "channels connect with it. The others go on, which takes logs between them.",
        .source = "region: Flink, jobmanager.execution.failover-strategy",
        .witness = "stream-logs.json /recovery/restart/scope=\"all\"",
    },
    {
        .key = "cancel",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct restart_params, cancel),
        .types = &dist_union,
        .help = "Time to cancel the tasks that survived, when there are any, before they start "
                "again. Absent: none.",
        .witness = "stream-scheduler.json /recovery/restart/cancel=\"5 s\"",
    },
    {
        .key = "cancel_timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct restart_params, cancel_timeout_s),
        .max = 1e9,
        .above_min = true,
        .help = "Time after which tasks that are not cancelled yet are killed. Absent: never.",
        .source = "Flink: task.cancellation.timeout, 180 s",
        .witness = "stream-scheduler.json /recovery/restart/cancel_timeout=\"400 ms\"",
    },
    {
        .key = "allocate",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct restart_params, allocate),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time until resources that were asked for are granted, if nodes have any.",
        .witness = "stream-scheduler.json /recovery/restart/allocate=\"5 s\"",
    },
    {
        .key = "localise",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct restart_params, localise),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time to fetch the image onto the node. Part of the recovery phase, as the delay.",
        .witness = "stream-scheduler.json /recovery/restart/localise=\"5 s\"",
    },
    {
        .key = "delay",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct restart_params, delay),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time to start the processes again. Part of the recovery phase: failures may "
                "strike in it.",
        .witness = "batch-cluster.json /recovery/restart/delay=\"20 min\"",
    },
    {0},
};

static const struct field struck_fields[] = {
    {
        .key = "struck",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct struck_detector, struck),
        .choice_at = failure_strikes_at,
        .required = true,
        .help = "What the failures strike that it notices.",
        .witness = "stream-detectors.json /recovery/detectors/0/struck=\"container\"",
    },
    {
        .key = "detector",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct struck_detector, detector),
        .types = &detector_union,
        .required = true,
        .help = "How they are noticed.",
        .witness = "stream-detectors.json /recovery/detectors/0/detector=\"2 s\"",
    },
    {
        .key = "false_alarm_every",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct struck_detector, false_alarm_every_s),
        .max = 1e12,
        .above_min = true,
        .help = "Mean time, exponential, between two false alarms of one such unit: though it is "
                "healthy it is declared failed, and restarts at once. Absent: there are none.",
        .witness = "stream-detectors.json /recovery/detectors/0/false_alarm_every=\"5 min\"",
    },
    {0},
};

static const struct field struck_element = {
    .key = "detectors",
    .kind = FIELD_OBJECT,
    .fields = struck_fields,
    .help = "What is struck, and how that is noticed.",
};

const struct field recovery_fields[] = {
    {
        .key = "detector",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct recovery_params, detector),
        .types = &detector_union,
        .fallback = "\"0 s\"",
        .help = "How a failure is noticed; a time alone is a constant delay.",
        .witness = "batch-cluster.json /recovery/detector=\"10 min\"",
    },
    {
        .key = "detectors",
        .kind = FIELD_LIST,
        .offset = offsetof(struct recovery_params, detectors),
        .element = &struck_element,
        .element_size = sizeof(struct struck_detector),
        .help = "How failures are noticed by what they strike, for those levels in place of "
                "detector. A failure that strikes while an earlier one is not noticed yet is then "
                "noticed with it, at the sooner of the two times.",
        .witness = "stream-detectors.json /recovery/detectors=[]",
    },
    {
        .key = "backoff",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct recovery_params, backoff),
        .fields = backoff_fields,
        .optional = true,
        .help = "Waits before restarts that grow while failures follow one another, from the "
                "detection on. Absent: none.",
        .source = "Flink: exponential-delay; Marathon: backoffFactor",
        .witness = "stream-scheduler.json /recovery/backoff=null",
    },
    {
        .key = "retries",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct recovery_params, retries),
        .fields = retry_fields,
        .help = "How many failures the job is restarted after.",
        .witness = "stream-scheduler.json /recovery/retries={\"max\":1}",
    },
    {
        .key = "scheduler",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct recovery_params, scheduler),
        .fields = scheduler_fields,
        .help = "How resources are found for a restart.",
        .witness = "stream-scheduler.json /recovery/scheduler={}",
    },
    {
        .key = "coordinator",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct recovery_params, coordinator),
        .fields = coordinator_fields,
        .optional = true,
        .help = "The process that starts others, and may fail itself: while it is down, no "
                "recovery gets past its request for resources. Absent: it does not fail.",
        .source = "Flink: job manager; YARN: application master; Spark: driver",
        .witness = "stream-scheduler.json "
                   "/recovery/coordinator={\"time_to_failure\":\"1 min\",\"restart\":\"1 min\"}",
    },
    {
        .key = "downtime",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct recovery_params, downtime),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time after detection in which nothing happens (the textbook's D); clocks of "
                "strikes: job stand still in it.",
        .source = "Daly 2006",
        .witness = "batch-exponential.json /recovery/downtime=\"1 h\"",
    },
    {
        .key = "restart",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct recovery_params, restart),
        .fields = restart_fields,
        .help = "How the job comes up again.",
        .witness = "batch-cluster.json /recovery/restart={\"delay\":\"20 min\"}",
    },
    {
        .key = "restore",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct recovery_params, restore),
        .types = &dist_union,
        .help = "Time to read a full checkpoint, or the input before the first (the textbook's "
                "R). Absent: read from checkpoint.device, or nothing.",
        .source = "Daly 2006",
        .witness = "batch-exponential.json /recovery/restore=\"1 h\"",
    },
    {
        .key = "on_failure",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct recovery_params, on_failure),
        .choices = on_failure_names,
        .fallback = "\"restart\"",
        .help = "What a failure during restart delay or restore does (S7). restart: all over, "
                "detection and downtime included; restore: over from the restart delay; defer: it "
                "takes effect when the recovery has ended.",
        .source = "S7, scenarios/README.md",
        .witness = "batch-exponential.json /recovery/on_failure=\"defer\"",
    },
    {
        .key = "on_retry",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct recovery_params, on_retry),
        .choices = on_retry_names,
        .fallback = "\"resample\"",
        .help = "Whether a random restore time is drawn again for each attempt (S3), and in a "
                "stream job the service time of a message that is served again.",
        .source = "S3, scenarios/README.md",
        .witness = "batch-cluster.json /recovery/on_retry=\"repeat\"",
    },
    {
        .key = "sources",
        .kind = FIELD_LIST,
        .offset = offsetof(struct recovery_params, sources),
        .element = &restore_source_element,
        .element_size = sizeof(struct restore_source),
        .help = "Where the state of a stream job's task is restored from: the first of these that "
                "can be used when it is its turn. Absent: checkpoint.device.",
        .witness = "stream-restore.json /recovery/sources=[\"remote\"]",
    },
    {
        .key = "parallel",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct recovery_params, parallel),
        .min = 1,
        .max = 1e7,
        .help = "Tasks of a container that restore from their sources at a time. Absent: all.",
        .source = "Samza, job.container.restore.thread.pool.size",
        .witness = "stream-restore.json /recovery/parallel=1",
    },
    {
        .key = "from_input",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct recovery_params, from_input),
        .choices = from_input_names,
        .fallback = "\"recover\"",
        .help = "What a batch job does after a failure before its first checkpoint. recover: as "
                "after any other, and it reads its input as it would a checkpoint; at_once: it "
                "begins again without a recovery, as in some published simulators.",
        .source = "Event-Driven-CkptSim, Job.run()",
        .witness = "batch-time-steps.json /recovery/from_input=\"recover\"",
    },
    {0},
};

const struct tagged *recovery_detector(const struct recovery_params *params, int struck)
{
    const struct struck_detector *items = params->detectors.items;
    for (size_t i = 0; i < params->detectors.n; i++)
        if (items[i].struck == struck)
            return &items[i].detector;
    return &params->detector;
}

double recovery_start_mean_s(const struct recovery_params *params)
{
    return dist_mean(&params->restart.localise) + dist_mean(&params->restart.delay);
}

bool recovery_has_false_alarms(const struct recovery_params *params)
{
    const struct struck_detector *items = params->detectors.items;
    for (size_t i = 0; i < params->detectors.n; i++)
        if (!isnan(items[i].false_alarm_every_s))
            return true;
    return false;
}

static bool takes_time(const struct dist *law)
{
    double value_s;
    return !dist_is_constant(law, &value_s) || value_s > 0;
}

bool recovery_has_phases(const struct recovery_params *params)
{
    return params->backoff.initial_s > 0 || params->retries.max != RETRIES_UNLIMITED ||
           params->scheduler.polls.n > 0 || coordinator_is_given(&params->coordinator) ||
           dist_is_given(&params->restart.cancel) || takes_time(&params->restart.allocate) ||
           takes_time(&params->restart.localise);
}

static bool strikes_coordinator(const struct failure_params *failure)
{
    return failure->strikes == STRIKES_COORDINATOR;
}

static void check_coordinator(const struct model *model, struct err *err)
{
    const struct coordinator_params *coordinator = &model->recovery.coordinator;
    const struct dist *law = &coordinator->time_to_failure;
    if (coordinator_is_given(coordinator) && !dist_is_given(law) &&
        !model_any_failure(model, strikes_coordinator))
        (void)err_add(err, "/recovery/coordinator",
                      "nothing says when it fails: it needs a time_to_failure, or failures with "
                      "\"strikes\": \"coordinator\"");
    if (dist_is_given(law) && !(dist_mean(law) > 0))
        (void)err_add(err, "/recovery/coordinator/time_to_failure",
                      "the mean time to failure must be above 0");
}

static void check_blocks(const struct model *model, struct err *err)
{
    static const char pointer[] = "/recovery/coordinator/blocks";
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct coordination_ops *ops = checkpoint_coordination(checkpoint);
    int blocks = model->recovery.coordinator.blocks;
    if (blocks == BLOCKS_LAUNCHES)
        return;
    if (model->topology && ops->forces_cuts)
        (void)err_add(err, pointer, "messages force checkpoints here, with or without coordinator");
    if (checkpoint_batches(checkpoint) && blocks == BLOCKS_CHECKPOINTS)
        (void)err_add(err, pointer,
                      "each batch ends in its checkpoint: launches or everything is blocked");
    if (checkpoint->interrupted == INTERRUPTED_RETAKEN)
        (void)err_add(err, pointer, "with interrupted: retaken only launches can be blocked");
    if (!ops->takes_cuts && blocks == BLOCKS_CHECKPOINTS)
        err_warn(err, pointer, "this strategy takes no checkpoints: only launches are blocked");
}

static void check_detectors(const struct model *model, struct err *err)
{
    const struct struck_detector *items = model->recovery.detectors.items;
    for (size_t i = 0; i < model->recovery.detectors.n; i++) {
        char *pointer = mem_format("/recovery/detectors/%zu/struck", i);
        for (size_t j = 0; j < i; j++)
            if (items[j].struck == items[i].struck)
                (void)err_add(err, pointer, "item %zu says already how a struck %s is noticed", j,
                              failure_strikes_at((size_t)items[i].struck));
        if (!model->topology && items[i].struck == STRIKES_CONTAINER)
            (void)err_add(err, pointer, "containers are of stream jobs; a batch job has processes");
        free(pointer);
    }
}

void recovery_prepare(const struct model *model, struct err *err)
{
    check_detectors(model, err);
    check_coordinator(model, err);
    check_blocks(model, err);
    scheduler_prepare(model, err);
}
