// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of /checkpoint in a scenario. */
#include "model/recovery.h"
#include "strategy/strategy.h"

static const char *const cost_per_names[] = {"job", "task", NULL};
static const char *const mode_names[] = {"sync", "async", NULL};
static const char *const usable_from_names[] = {"commit", "cut", NULL};
static const char *const timer_names[] = {"useful", "wall", NULL};
static const char *const interval_from_names[] = {"start", "end", "multiples", NULL};
static const char *const cut_names[] = {"boundary", "preempt", NULL};
static const char *const on_alarm_names[] = {"checkpoint", "none", "queue", NULL};
static const char *const writes_names[] = {"all", "highest", NULL};
static const char *const overrun_names[] = {"queue", "skip", "block", NULL};
static const char *const interrupted_names[] = {"kept", "retaken", NULL};

static const struct field write_failure_fields[] = {
    {
        .key = "probability",
        .kind = FIELD_REAL,
        .offset = offsetof(struct write_failures, probability),
        .max = 1,
        .fallback = "0",
        .help = "That the write of a task's checkpoint, or of a batch job's, fails, which is found "
                "at its end.",
        .witness = "stream-lifecycle.json /checkpoint/write_failures/probability=0",
    },
    {
        .key = "retries",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct write_failures, retries),
        .max = 1e6,
        .fallback = "0",
        .help = "Further attempts; when the last has failed the checkpoint is declined.",
        .source = "Flink, state.changelog dstl.dfs.upload.max-attempts",
        .witness = "stream-lifecycle.json /checkpoint/write_failures/retries=0",
    },
    {
        .key = "delay",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct write_failures, delay_s),
        .max = 1e9,
        .fallback = "\"0 s\"",
        .help = "Before each further attempt.",
        .witness = "stream-lifecycle.json /checkpoint/write_failures/delay=\"3 s\"",
    },
    {0},
};

static const struct field verification_fields[] = {
    {
        .key = "cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct verification, cost),
        .types = &dist_union,
        .required = true,
        .help = "Time that the job stands still for a verification.",
        .witness = "batch-silent.json /checkpoint/verification/cost=\"5 min\"",
    },
    {
        .key = "every",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct verification, every),
        .min = 1,
        .max = 1e9,
        .fallback = "1",
        .help = "Every how many checkpoints the state is verified, and before the final one.",
        .witness = "batch-silent.json /checkpoint/verification/every=1",
    },
    {0},
};

const struct field checkpoint_fields[] = {
    {
        .key = "strategy",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, strategy),
        .choice_at = strategy_name_at,
        .fallback = "\"periodic\"",
        .help = "A named point in trigger x content x coordination; every other key here may "
                "override what it sets.",
        .witness = "stream-strategies.json /checkpoint/strategy=\"barrier\"",
    },
    {
        .key = "interval",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, interval_s),
        .max = 1e12,
        .above_min = true,
        .help = "Time between checkpoints, for trigger: fixed; see timer and interval_from.",
        .witness = "batch-exponential.json /checkpoint/interval=\"4 h\"",
    },
    {
        .key = "trigger",
        .kind = FIELD_UNION,
        .offset = offsetof(struct checkpoint_params, trigger),
        .types = &trigger_union,
        .fallback = "\"fixed\"",
        .help = "What decides when checkpoints are taken.",
        .witness = "batch-young.json /checkpoint/trigger=\"optimal\"",
    },
    {
        .key = "content",
        .kind = FIELD_UNION,
        .offset = offsetof(struct checkpoint_params, content),
        .types = &content_union,
        .fallback = "\"full\"",
        .help = "What a checkpoint holds.",
        .witness = "batch-incremental.json /checkpoint/content=\"full\"",
    },
    {
        .key = "coordination",
        .kind = FIELD_UNION,
        .offset = offsetof(struct checkpoint_params, coordination),
        .types = &coordination_union,
        .fallback = "\"stop_world\"",
        .help = "How the cuts of different tasks relate.",
        .witness = "batch-barrier.json /checkpoint/coordination=\"stop_world\"",
    },
    {
        .key = "cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, cost),
        .types = &dist_union,
        .help = "Time to take a full checkpoint (the textbook's C), in place of writing the state "
                "to a device.",
        .witness = "batch-exponential.json /checkpoint/cost=\"20 min\"",
    },
    {
        .key = "cost_per",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, cost_per),
        .choices = cost_per_names,
        .fallback = "\"job\"",
        .help = "Whether cost is that of the whole job, or of each task, of which the slowest "
                "counts.",
        .witness = "batch-barrier.json /checkpoint/cost_per=\"job\"",
    },
    {
        .key = "device",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct checkpoint_params, device),
        .help = "Name of the storage device that checkpoints are written to.",
        .witness = "batch-device.json /checkpoint/device=\"burst-buffer\"",
    },
    {
        .key = "mode",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, mode),
        .choices = mode_names,
        .fallback = "\"sync\"",
        .help = "sync: the job stands still until the checkpoint is written; async: it works on "
                "meanwhile (S10).",
        .source = "S10, scenarios/README.md",
        .witness = "batch-async.json /checkpoint/mode=\"sync\" /checkpoint/share=0 "
                   "/checkpoint/sync=\"0 s\"",
    },
    {
        .key = "share",
        .kind = FIELD_REAL,
        .offset = offsetof(struct checkpoint_params, share),
        .max = 0.999,
        .fallback = "0",
        .help = "Share of the capacity that an asynchronous write takes from the work.",
        .witness = "batch-async.json /checkpoint/share=0.5",
    },
    {
        .key = "sync",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, sync),
        .types = &dist_union,
        .fallback = "\"0 s\"",
        .help = "Time that the job stands still before an asynchronous write begins.",
        .witness = "batch-async.json /checkpoint/sync=\"3 min\"",
    },
    {
        .key = "final",
        .kind = FIELD_BOOL,
        .offset = offsetof(struct checkpoint_params, final),
        .fallback = "true",
        .help = "Whether a batch job ends with a checkpoint after the last work (S4).",
        .source = "S4, scenarios/README.md",
        .witness = "batch-exponential.json /checkpoint/final=false",
    },
    {
        .key = "usable_from",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, usable_from),
        .choices = usable_from_names,
        .fallback = "\"commit\"",
        .help = "Instant from which a failure may fall back on the checkpoint (S5). From its cut "
                "is what some published simulators do.",
        .source = "S5, scenarios/README.md",
        .witness = "batch-exponential.json /checkpoint/usable_from=\"cut\"",
    },
    {
        .key = "on_retry",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, on_retry),
        .choices = on_retry_names,
        .fallback = "\"resample\"",
        .help = "Whether random durations of a checkpoint are drawn again when it is retried (S3).",
        .source = "S3, scenarios/README.md",
        .witness = "batch-barrier.json /checkpoint/on_retry=\"repeat\"",
    },
    {
        .key = "timer",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, timer),
        .choices = timer_names,
        .fallback = "\"useful\"",
        .help = "Whether the interval counts useful work or wall-clock time (S9); wall in stream "
                "jobs.",
        .source = "S9, scenarios/README.md",
        .witness = "batch-exponential.json /checkpoint/timer=\"wall\"",
    },
    {
        .key = "interval_from",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, interval_from),
        .choices = interval_from_names,
        .fallback = "\"start\"",
        .help = "Whether the interval runs from the start (the cut) of a checkpoint or from its "
                "end (the commit). multiples, of batch jobs: whenever the useful work comes to a "
                "multiple of it, so that one that an alarm began does not put off the next.",
        .witness = "batch-async.json /checkpoint/interval_from=\"end\"",
    },
    {
        .key = "overrun",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, overrun),
        .choices = overrun_names,
        .fallback = "\"queue\"",
        .help = "A checkpoint is due while another is being written. queue: it is cut as soon as "
                "that one commits; skip: it is left out; block: the job waits, then cuts.",
        .witness = "batch-async.json /checkpoint/overrun=\"block\" /checkpoint/interval=\"5 min\"",
    },
    {
        .key = "on_alarm",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, on_alarm),
        .choices = on_alarm_names,
        .fallback = "\"checkpoint\"",
        .help = "What follows when a failure is foretold (failures.prediction). checkpoint: one is "
                "taken at once, unless one is in progress or nothing runs; queue: the same, but of "
                "a batch job "
                "also when the one in progress has committed; none: nothing.",
        .witness = "batch-prediction.json /checkpoint/on_alarm=\"none\"",
    },
    {
        .key = "alarm_cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, alarm_cost),
        .types = &dist_union,
        .help = "Batch jobs: time that a checkpoint stops the job for when an alarm begins it, in "
                "place of cost. Absent: the same.",
        .source = "C_p of Aupy, Robert, Vivien and Zaidouni, JPDC 74(2), 2014",
        .witness = "batch-prediction.json /checkpoint/alarm_cost=\"9 min\"",
    },
    {
        .key = "retain",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct checkpoint_params, retain),
        .min = 1,
        .max = 1e6,
        .help = "Committed checkpoints that are kept; older ones are deleted, but for what these "
                "need of them. A batch job goes back to one before the last only after a silent "
                "error. Absent: 1.",
        .source = "Flink, state.checkpoints.num-retained",
        .witness = "stream-incremental.json /checkpoint/retain=3",
    },
    {
        .key = "cut",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, cut_at),
        .choices = cut_names,
        .fallback = "\"boundary\"",
        .help = "Where a task of a stream job cuts: at its next message boundary, or at once, when "
                "the message in service goes back into the queue. A task that is blocked waits for "
                "its boundary, unless all stop.",
        .witness = "stream-logs.json /checkpoint/cut=\"preempt\"",
    },
    {
        .key = "queue",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct checkpoint_params, queue),
        .min = 1,
        .max = 1e6,
        .help = "Stream jobs: the timer keeps its rate whatever goes on, and so many requests may "
                "wait, to be worked off one after the other. Absent: one may wait, and the next "
                "interval counts from when it begins.",
        .source = "Flink, CheckpointRequestDecider: 1000",
        .witness = "stream-lifecycle.json /checkpoint/queue=null",
    },
    {
        .key = "min_pause",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, min_pause_s),
        .max = 1e12,
        .fallback = "\"0 s\"",
        .help = "Stream jobs: least time from a commit to the next checkpoint. One that is due "
                "before is left out, and the timer starts anew where the pause ends; the interval "
                "is no shorter.",
        .source = "Flink, execution.checkpointing.min-pause",
        .witness = "stream-lifecycle.json /checkpoint/min_pause=\"9 s\"",
    },
    {
        .key = "timeout",
        .kind = FIELD_REAL,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct checkpoint_params, timeout_s),
        .max = 1e12,
        .above_min = true,
        .help = "Stream jobs: a checkpoint that has not committed after this time is given up. "
                "Absent: none is.",
        .source = "Flink, execution.checkpointing.timeout",
        .witness = "stream-lifecycle.json /checkpoint/timeout=\"4 s\"",
    },
    {
        .key = "max_concurrent",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct checkpoint_params, max_concurrent),
        .min = 1,
        .max = 100,
        .fallback = "1",
        .help = "Stream jobs: checkpoints of the same tasks that may be in progress at a time.",
        .source = "Flink, execution.checkpointing.max-concurrent-checkpoints",
        .witness = "stream-lifecycle.json /checkpoint/max_concurrent=1",
    },
    {
        .key = "tolerable_failures",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct checkpoint_params, tolerable_failures),
        .max = 1e9,
        .absent = TOLERATES_ALL,
        .help = "Stream jobs: checkpoints that may expire or be declined in a row; one more, and "
                "the job restarts. Absent: any number.",
        .source = "Flink, execution.checkpointing.tolerable-failed-checkpoints",
        .witness = "stream-lifecycle.json /checkpoint/tolerable_failures=0",
    },
    {
        .key = "write_failures",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct checkpoint_params, write_failures),
        .fields = write_failure_fields,
        .help = "Writes of checkpoints that fail; of a batch job, all its tasks as one.",
        .witness = "stream-lifecycle.json /checkpoint/write_failures={\"probability\":0}",
    },
    {
        .key = "interrupted",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, interrupted),
        .choices = interrupted_names,
        .fallback = "\"kept\"",
        .help = "Batch jobs with usable_from: cut: what a failure does to a checkpoint that is "
                "being written. kept: the job recovers from it; retaken: it begins again at once, "
                "and nothing is recovered, as in some published simulators.",
        .source = "Event-Driven-CkptSim, Job.run()",
        .witness = "batch-time-steps.json /checkpoint/interrupted=\"kept\"",
    },
    {
        .key = "levels",
        .kind = FIELD_LIST,
        .offset = offsetof(struct checkpoint_params, levels),
        .element = &level_element,
        .element_size = sizeof(struct level_params),
        .help = "Batch jobs: levels of storage in place of cost or device, each written at every "
                "so many checkpoints, from the cheapest to the most durable. A restore reads the "
                "newest checkpoint that is left, from the first level that has it.",
        .source = "Moody et al. 2010; Bautista-Gomez et al. 2011",
        .witness = "batch-levels.json /checkpoint/levels=[{\"name\":\"file "
                   "system\",\"cost\":\"5 min\",\"restore\":\"5 min\"}]",
    },
    {
        .key = "writes",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, writes),
        .choices = writes_names,
        .fallback = "\"all\"",
        .help = "Which of the levels that are due a checkpoint is written to, one after the other: "
                "all of them, or only the highest, the last of the list.",
        .source = "all: SCR, Benoit et al. 2017; highest: FTI",
        .witness = "batch-levels.json /checkpoint/writes=\"highest\"",
    },
    {
        .key = "verification",
        .kind = FIELD_OBJECT,
        .offset = offsetof(struct checkpoint_params, verification),
        .fields = verification_fields,
        .optional = true,
        .help = "Batch jobs: the state is verified before a checkpoint, which finds silent errors.",
        .source = "Benoit, Cavelan, Robert, Sun 2016",
        .witness = "batch-silent.json /checkpoint/verification={\"cost\":\"5 min\"}",
    },
    {0},
};
