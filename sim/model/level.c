// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/model.h"
#include "model/restore.h"

static const char *const survives_names[] = {"default", "process", "container", "node",
                                             "rack",    "zone",    "site",      NULL};
static const char *const drain_names[] = {"sync", "async", NULL};

const struct field level_fields[] = {
    {
        .key = "name",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct level_params, name),
        .required = true,
        .help = "What traces and messages call it.",
        .inert = true,
    },
    {
        .key = "every",
        .kind = FIELD_COUNT,
        .offset = offsetof(struct level_params, every),
        .min = 1,
        .max = 1e9,
        .fallback = "1",
        .help = "Every how many checkpoints this level is written, counted from the start of the "
                "job.",
        .source = "SCR, SCR_FLUSH",
        .witness = "batch-levels.json /checkpoint/levels/1/every=3",
    },
    {
        .key = "cost",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct level_params, cost),
        .types = &dist_union,
        .help = "Time to write a checkpoint to this level, in place of a device.",
        .witness = "batch-levels.json /checkpoint/levels/0/cost=\"40 s\"",
    },
    {
        .key = "device",
        .kind = FIELD_TEXT,
        .offset = offsetof(struct level_params, device),
        .help = "Name of the storage device of this level; all tasks write to it together.",
        .witness = "batch-levels-async.json /checkpoint/levels/1/device=\"burst-buffer\"",
    },
    {
        .key = "restore",
        .kind = FIELD_UNION,
        .dimension = DIMENSION_TIME,
        .offset = offsetof(struct level_params, restore),
        .types = &dist_union,
        .help = "Time to read a checkpoint back from this level. Absent: read from its device, or "
                "nothing.",
        .witness = "batch-levels.json /checkpoint/levels/0/restore=\"2 min\"",
    },
    {
        .key = "survives",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct level_params, survives),
        .choices = survives_names,
        .fallback = "\"default\"",
        .help = "The widest domain whose loss the contents of this level survive; failures of a "
                "higher severity destroy them. Default: as its device; without one, all.",
        .witness = "batch-levels.json /checkpoint/levels/1/survives=\"process\"",
    },
    {
        .key = "drain",
        .kind = FIELD_CHOICE,
        .offset = offsetof(struct level_params, drain),
        .choices = drain_names,
        .fallback = "\"sync\"",
        .help = "sync: the job waits until this level is written; async: the checkpoint is copied "
                "to it from the levels before it, while the job works on.",
        .source = "VELOC, async mode; SCR, SCR_FLUSH_ASYNC",
        .witness = "batch-levels-async.json /checkpoint/levels/1/drain=\"sync\" "
                   "/checkpoint/levels/1/share=0",
    },
    {
        .key = "share",
        .kind = FIELD_REAL,
        .offset = offsetof(struct level_params, share),
        .max = 0.999,
        .fallback = "0",
        .help = "Share of the capacity that an asynchronous drain takes from the work.",
        .witness = "batch-levels-async.json /checkpoint/levels/1/share=0.5",
    },
    {0},
};

const struct field level_element = {
    .key = "level",
    .kind = FIELD_OBJECT,
    .fields = level_fields,
    .help = "A level of storage: what it costs to write and to read, and what it survives.",
};

/* ---- what follows from the parameters ---- */

bool levels_use_devices(const struct list *levels)
{
    const struct level_params *level = levels->items;
    for (size_t i = 0; i < levels->n; i++)
        if (level[i].device)
            return true;
    return false;
}

bool levels_drain(const struct list *levels)
{
    const struct level_params *level = levels->items;
    for (size_t i = 0; i < levels->n; i++)
        if (level[i].drain == DRAIN_ASYNC)
            return true;
    return false;
}

/* NULL: none is named, or none has that name. */
static const struct device_params *named_device(const struct model *model, const char *name)
{
    return name ? model_device(model, name) : NULL;
}

enum domain level_survives(const struct model *model, const struct level_params *level)
{
    if (level->survives > 0)
        return (enum domain)(level->survives - 1);
    const struct device_params *device = named_device(model, level->device);
    return device ? (enum domain)device->survives : DOMAIN_SITE;
}

static double moved_s(const struct model *model, const struct level_params *level,
                      enum direction direction)
{
    const struct device_params *device = model_device(model, level->device);
    double bytes = job_state_bytes(&model->job) / (double)model->job.tasks;
    return device_mean_s(device, direction, model->job.tasks, bytes);
}

double level_write_s(const struct model *model, const struct level_params *level)
{
    if (level->device)
        return moved_s(model, level, DIRECTION_WRITE);
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    return checkpoint->cost_per == COST_PER_TASK ? dist_mean_max(&level->cost, model->job.tasks)
                                                 : dist_mean(&level->cost);
}

double level_read_s(const struct model *model, const struct level_params *level)
{
    if (dist_is_given(&level->restore))
        return dist_mean(&level->restore);
    return level->device ? moved_s(model, level, DIRECTION_READ) : 0;
}

double levels_mean_cost_s(const struct model *model)
{
    const struct list *levels = &model->checkpoint.levels;
    const struct level_params *level = levels->items;
    double cost_s = 0;
    double higher = 0; /* share of the checkpoints that go to a level after this one */
    for (size_t i = levels->n; i-- > 0;) {
        double part = level[i].drain == DRAIN_ASYNC ? level[i].share : 1;
        double share = 1 / (double)level[i].every;
        double written = model->checkpoint.writes == LEVEL_WRITES_ALL ? share : share - higher;
        cost_s += part * (written > 0 ? written : 0) * level_write_s(model, &level[i]);
        higher = share > higher ? share : higher;
    }
    return cost_s;
}

/* ---- checks ---- */

static void say(struct err *err, size_t level, const char *key, const char *message)
{
    char *pointer = mem_format("/checkpoint/levels/%zu%s", level, key);
    (void)err_add(err, pointer, "%s", message);
    free(pointer);
}

static void check_level(const struct model *model, size_t i, struct err *err)
{
    const struct level_params *levels = model->checkpoint.levels.items;
    const struct level_params *level = levels + i;
    for (size_t j = 0; j < i; j++)
        if (strcmp(levels[j].name, level->name) == 0)
            say(err, i, "/name", "another level has that name already");
    if (dist_is_given(&level->cost) == (level->device != NULL))
        say(err, i, "", "a level needs either a cost or a device");
    if (level->device) {
        char *pointer = mem_format("/checkpoint/levels/%zu/device", i);
        model_check_device(model, level->device, pointer, err);
        free(pointer);
        if (level->survives > 0)
            say(err, i, "/survives", "the device says what its contents survive");
    }
    if (level->drain == DRAIN_SYNC && level->share > 0)
        say(err, i, "/share", "share belongs to drain: async");
    if (level->drain == DRAIN_ASYNC && i == 0)
        say(err, i, "/drain", "the first level has none before it to be copied from");
}

/* An asynchronous drain copies what the job itself has written. */
static void check_drains(const struct checkpoint_params *checkpoint, struct err *err)
{
    const struct level_params *level = checkpoint->levels.items;
    double shares = 0;
    if (!levels_drain(&checkpoint->levels))
        return;
    for (size_t i = 0; i < checkpoint->levels.n; i++)
        shares += level[i].share;
    if (level[0].every > 1 || checkpoint->writes == LEVEL_WRITES_HIGHEST)
        (void)err_add(err, "/checkpoint/levels",
                      "a level with drain: async copies checkpoints from the first level, which "
                      "must hold all of them: every 1, and writes: all");
    if (shares >= 1)
        (void)err_add(err, "/checkpoint/levels",
                      "drains that take a share of %g together leave nothing for the work", shares);
    if (checkpoint->overrun == OVERRUN_BLOCK)
        (void)err_add(err, "/checkpoint/overrun",
                      "the job does not wait for drains: queue, or skip");
}

/* Keys that say of the one place of a checkpoint what the levels say of each of theirs. */
static void check_others(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct {
        bool given;
        const char *pointer, *message;
    } keys[] = {
        {dist_is_given(&checkpoint->cost), "/checkpoint/cost", "each level has a cost of its own"},
        {checkpoint->device, "/checkpoint/device", "each level has a device of its own"},
        {dist_is_given(&model->recovery.restore), "/recovery/restore",
         "each level has a restore of its own"},
        {checkpoint->mode == CHECKPOINT_ASYNC, "/checkpoint/mode",
         "which levels are written while the job works on is said by their drain"},
        {checkpoint->usable_from == USABLE_FROM_CUT, "/checkpoint/usable_from",
         "with levels a checkpoint is usable from its commit"},
        {checkpoint_cycle(checkpoint) != 1, "/checkpoint/content",
         "with levels each checkpoint holds the full state"},
    };
    for (size_t i = 0; i < MEM_COUNT(keys); i++)
        if (keys[i].given)
            (void)err_add(err, keys[i].pointer, "%s", keys[i].message);
}

/* Whether a failure may take checkpoints of a batch job along. */
static bool may_lose_checkpoints(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    const struct level_params *level = checkpoint->levels.items;
    for (size_t i = 0; i < checkpoint->levels.n; i++)
        if (level_survives(model, &level[i]) < DOMAIN_SITE)
            return true;
    const struct device_params *device = named_device(model, checkpoint->device);
    return device && device->survives < DOMAIN_SITE;
}

/* Whether a stream job may find less where more has been destroyed. */
static bool may_lose_sources(const struct model *model)
{
    const struct restore_source *sources = model->recovery.sources.items;
    for (size_t i = 0; i < model->recovery.sources.n; i++)
        if (!restore_type_of(&sources[i])->is_always_there)
            return true;
    return false;
}

/* Whether it matters to a job how much a failure destroys. */
static bool severity_matters(const struct model *model)
{
    const struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (!isnan(devices[i].encode_bytes_per_s))
            return true;
    return job_is_stream(&model->job) ? may_lose_sources(model) : may_lose_checkpoints(model);
}

void model_warn_of_severity(const struct model *model, struct err *err)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        if (failures[i].severity == 0 || !failure_strikes_tasks(&failures[i]) ||
            severity_matters(model))
            continue;
        char *pointer = mem_format("/failures/%zu/severity", i);
        err_warn(err, pointer, "%s survive all failures: this has no effect",
                 job_is_stream(&model->job) ? "the checkpoints of a stream job"
                                            : "the checkpoints of this job");
        free(pointer);
    }
}

/* What a stream job has on checkpoint.device is never lost. */
static void warn_of_losses(const struct model *model, struct err *err)
{
    const struct device_params *devices = model->storage.items;
    for (size_t i = 0; i < model->storage.n; i++)
        if (devices[i].survives < DOMAIN_SITE) {
            char *pointer = mem_format("/storage/%s/survives", devices[i].name);
            err_warn(err, pointer,
                     "the checkpoints of a stream job survive all failures: this has no effect");
            free(pointer);
        }
}

void model_prepare_levels(const struct model *model, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (job_is_stream(&model->job))
        warn_of_losses(model, err);
    if (checkpoint->levels.n == 0) {
        if (checkpoint->writes == LEVEL_WRITES_HIGHEST)
            (void)err_add(err, "/checkpoint/writes", "writes belongs to levels");
        return;
    }
    if (job_is_stream(&model->job)) {
        (void)err_add(err, "/checkpoint/levels", "levels are for batch jobs");
        return;
    }
    for (size_t i = 0; i < checkpoint->levels.n; i++)
        check_level(model, i, err);
    check_drains(checkpoint, err);
    check_others(model, err);
}
