// SPDX-License-Identifier: GPL-3.0-or-later
#include "strategy/strategy.h"

#include <string.h>

#include "model/recovery.h"

/*
 * Sync or async, interval, cost and the like are the scenario's own keys; a row only says what
 * makes the strategy what it is. A stream job has no useful work to count and no end.
 */
#define STREAM ", \"timer\": \"wall\", \"final\": false"

const struct strategy strategies[] = {
    {
        .name = "none",
        .help = "No checkpoints: a failure sends the job back to its start.",
        .batch_fragment = "{\"coordination\": {\"kind\": \"none\"}}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"none\"}" STREAM "}",
    },
    {
        .name = "periodic",
        .help = "The full state, again and again. Batch jobs: all tasks stop, write, and go on; "
                "stream jobs: each task on its own, whatever the others do.",
        .source = "Young 1974; Daly 2006; Samza",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"independent\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "stop_world",
        .help = "All tasks stop, write the full state, and go on.",
        .source = "Tamir and Sequin 1984",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"job\"" STREAM "}",
    },
    {
        .name = "incremental",
        .help = "As periodic, but most checkpoints write only what changed since the last one; a "
                "restore reads the base and all deltas after it.",
        .source = "Plank et al. 1995",
        .batch_fragment = "{\"coordination\": {\"kind\": \"stop_world\"}, "
                          "\"content\": {\"kind\": \"delta\"}, \"cost_per\": \"job\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"independent\"}, "
                           "\"content\": {\"kind\": \"delta\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {
        .name = "barrier",
        .help = "All tasks cut behind a barrier and write on their own; the checkpoint commits "
                "when the slowest has written.",
        .source = "Elnozahy et al. 2002, coordinated checkpointing; Carbone et al. 2015",
        .batch_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                          "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"}",
        .stream_fragment = "{\"coordination\": {\"kind\": \"barrier\"}, "
                           "\"content\": {\"kind\": \"full\"}, \"cost_per\": \"task\"" STREAM "}",
    },
    {0},
};

static const char *strategy_name_at(size_t i)
{
    return i < MEM_COUNT(strategies) ? strategies[i].name : NULL;
}

const struct strategy *strategy_find(const char *name)
{
    for (const struct strategy *s = strategies; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

static const char *const cost_per_names[] = {"job", "task", NULL};
static const char *const mode_names[] = {"sync", "async", NULL};
static const char *const usable_from_names[] = {"commit", "cut", NULL};
static const char *const timer_names[] = {"useful", "wall", NULL};
static const char *const interval_from_names[] = {"start", "end", NULL};
static const char *const cut_names[] = {"boundary", "preempt", NULL};
static const char *const overrun_names[] = {"queue", "skip", "block", NULL};

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
                "end (the commit).",
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
        .key = "cut",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct checkpoint_params, cut_at),
        .choices = cut_names,
        .fallback = "\"boundary\"",
        .help = "Where a task of a stream job cuts: at its next message boundary, or at once, when "
                "the message in service goes back into the queue.",
        .witness = "stream-logs.json /checkpoint/cut=\"preempt\"",
    },
    {0},
};
