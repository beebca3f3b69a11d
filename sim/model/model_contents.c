// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of failures that take what a device holds: what the job has there. */
#include <stdlib.h>
#include <string.h>

#include "model/model_internal.h"
#include "model/restore.h"

static bool is_on(const char *device, const char *name)
{
    return device && strcmp(device, name) == 0;
}

static bool levels_are_on(const struct model *model, const char *name)
{
    const struct level_params *levels = model->checkpoint.levels.items;
    for (size_t i = 0; i < model->checkpoint.levels.n; i++)
        if (is_on(levels[i].device, name))
            return true;
    return false;
}

/* Copies that a restore can do without, or what there is always, by `is_always_there`. */
static bool sources_are_on(const struct model *model, const char *name, bool is_always_there)
{
    const struct restore_source *sources = model->recovery.sources.items;
    for (size_t i = 0; i < model->recovery.sources.n; i++) {
        const struct restore_type *type = restore_type_of(&sources[i]);
        if (type->is_always_there == is_always_there && type->device &&
            is_on(type->device(sources[i].from.params), name))
            return true;
    }
    return false;
}

static void check_stream(const struct model *model, const char *device, const char *pointer,
                         struct err *err)
{
    bool is_needed = is_on(model->checkpoint.device, device) || sources_are_on(model, device, true);
    if (is_needed) {
        (void)err_add(err, pointer,
                      "the checkpoints of a stream job survive all failures, and device '%s' holds "
                      "them; what is lost are copies that recovery.sources have elsewhere",
                      device);
        return;
    }
    if (!sources_are_on(model, device, false))
        err_warn(err, pointer,
                 "no source of recovery.sources is on device '%s': this has no effect", device);
}

static void check_batch(const struct model *model, const char *device, const char *pointer,
                        struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    bool is_whole = is_on(checkpoint->device, device);
    if (is_whole && checkpoint->usable_from == USABLE_FROM_CUT)
        (void)err_add(err, pointer,
                      "a checkpoint that is usable from its cut does not depend on its device: "
                      "usable_from: commit is needed");
    if (!is_whole && !levels_are_on(model, device))
        err_warn(err, pointer, "no checkpoints are on device '%s': this has no effect", device);
}

void model_check_contents(const struct model *model, struct err *err)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        const char *device = failures[i].device;
        if (failures[i].loses != LOSES_CONTENTS || !device || !model_device(model, device))
            continue;
        char *pointer = mem_format("/failures/%zu/loses", i);
        if (job_is_stream(&model->job))
            check_stream(model, device, pointer, err);
        else if (model->stages)
            (void)err_add(err, pointer,
                          "outputs of stages are lost with nodes, and durable ones not at all");
        else
            check_batch(model, device, pointer, err);
        free(pointer);
    }
}
