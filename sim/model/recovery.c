// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/recovery.h"

#include "model/detector.h"

static const char *const on_failure_names[] = {"restart", "restore", "defer", NULL};
const char *const on_retry_names[] = {"resample", "repeat", NULL};

static const char *const scope_names[] = {"all", "container", "task", NULL};

static const struct field restart_fields[] = {
    {
        .key = "scope",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct restart_params, scope),
        .choices = scope_names,
        .fallback = "\"all\"",
        .help = "What starts again after a failure of a stream job: all tasks, those of the "
                "container that failed, or only what failed itself. The others go on, which takes "
                "logs between the operators.",
        .witness = "stream-logs.json /recovery/restart/scope=\"all\"",
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
    {0},
};
