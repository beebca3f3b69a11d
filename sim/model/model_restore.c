// SPDX-License-Identifier: GPL-3.0-or-later
/* Checks of recovery.sources. */
#include <math.h>
#include <stdlib.h>

#include "model/model_internal.h"
#include "model/restore.h"

static void check_whole(const struct model *model, struct err *err)
{
    static const char sources[] = "/recovery/sources";
    const struct recovery_params *recovery = &model->recovery;
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (!checkpoint_coordination(checkpoint)->takes_cuts)
        (void)err_add(err, sources, "this strategy takes no checkpoints to restore");
    else if (!job_has_state(&model->job))
        (void)err_add(err, sources, "the operators of this job have no state to restore");
    if (dist_is_given(&recovery->restore))
        (void)err_add(err, "/recovery/restore",
                      "restore is a direct time in place of reading the state; give restore or "
                      "sources, not both");
    if (checkpoint_delta_restore(checkpoint))
        (void)err_add(err, "/checkpoint/content/restore",
                      "the time to read a delta is a direct time; recovery.sources read it from a "
                      "device");
}

static void check_reads(const struct model *model, const char *name, const char *pointer,
                        struct err *err)
{
    const struct device_params *device = model_device(model, name);
    if (!device)
        model_miss_device(model, name, pointer, err);
    else if (isnan(device->stream_bytes_per_s[DIRECTION_READ]) &&
             isnan(device->total_bytes_per_s[DIRECTION_READ]))
        (void)err_add(err, pointer, "device '%s' needs stream_read or total_read", name);
}

static void check_written(const struct model *model, const char *name, const char *pointer,
                          struct err *err)
{
    const struct device_params *device = name ? model_device(model, name) : NULL;
    if (device && isnan(device->stream_bytes_per_s[DIRECTION_WRITE]) &&
        isnan(device->total_bytes_per_s[DIRECTION_WRITE]))
        (void)err_add(err, pointer, "written: device '%s' needs stream_write or total_write", name);
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    if (checkpoint_content(checkpoint)->capture(checkpoint->content.params).kind ==
        CAPTURE_BASE_LOG)
        (void)err_add(err, pointer, "written: bases that are made beside are not copied");
    if (checkpoint_batches(checkpoint))
        (void)err_add(err, pointer, "written: this strategy writes no copies with its batches");
}

static void check_number_written(const struct model *model, struct err *err)
{
    const struct restore_source *sources = model->recovery.sources.items;
    size_t n = 0;
    for (size_t i = 0; i < model->recovery.sources.n; i++)
        n += restore_written(&sources[i]) > 0;
    if (n > MOST_WRITTEN)
        (void)err_add(err, "/recovery/sources", "%zu sources are written; at most %d are", n,
                      MOST_WRITTEN);
}

/* Which copy is where is known of one kind of them. */
static void check_standbys(const struct model *model, struct err *err)
{
    const struct restore_source *sources = model->recovery.sources.items;
    const struct standby_source *first = restore_standby_source(&model->recovery.sources);
    for (size_t i = 0; i < model->recovery.sources.n; i++) {
        if (sources[i].from.params == first || !first ||
            restore_type_of(&sources[i])->counted_as != M_RESTORES_STANDBY)
            continue;
        char *pointer = mem_format("/recovery/sources/%zu", i);
        (void)err_add(err, pointer,
                      "a task has standby copies of one kind; \"copies\" is how many");
        free(pointer);
    }
}

static void check_source(const struct model *model, size_t i, struct err *err)
{
    const struct list *sources = &model->recovery.sources;
    const struct restore_source *source = (const struct restore_source *)sources->items + i;
    const struct restore_type *type = restore_type_of(source);
    const void *params = source->from.params;
    char *pointer = mem_format("/recovery/sources/%zu", i);
    bool is_last = i + 1 == sources->n;
    const char *device = type->device ? type->device(params) : NULL;
    if (device)
        check_reads(model, device, pointer, err);
    if (restore_written(source) > 0)
        check_written(model, device, pointer, err);
    if (type->check)
        type->check(params, model, pointer, err);
    if (is_last && !type->is_always_there)
        (void)err_add(err, pointer,
                      "'%s' may not be there when it is needed: the last source is remote or "
                      "replay",
                      type->variant.name);
    if (!is_last && type->is_always_there)
        (void)err_add(err, pointer, "'%s' is always there: those after it are never tried",
                      type->variant.name);
    free(pointer);
}

static bool may_be_ahead(const struct model *model)
{
    const struct restore_source *sources = model->recovery.sources.items;
    for (size_t i = 0; i < model->recovery.sources.n; i++) {
        const struct restore_type *type = restore_type_of(&sources[i]);
        if (type->may_be_ahead && type->may_be_ahead(sources[i].from.params))
            return true;
    }
    return false;
}

/* State that has seen what is processed again counts it twice. */
static void cap_guarantee(struct model *model, struct err *err)
{
    int *guarantee = &model->job.guarantee;
    if (!may_be_ahead(model))
        return;
    if (*guarantee == GUARANTEE_DEFAULT)
        *guarantee = GUARANTEE_AT_LEAST_ONCE;
    else if (*guarantee > GUARANTEE_AT_LEAST_ONCE) {
        (void)err_add(err, "/job/guarantee",
                      "%s: a source of recovery.sources restores the newest state, which has seen "
                      "messages that are processed again; that gives at_least_once",
                      guarantee_name((enum guarantee) * guarantee));
        err_hint(err, "\"target\": \"checkpoint\", without rollback_valid");
    }
}

void model_prepare_restore(struct model *model, struct err *err)
{
    if (model->recovery.sources.n == 0) {
        if (model->recovery.parallel > 0)
            (void)err_add(err, "/recovery/parallel",
                          "it is about recovery.sources, and none are given");
        return;
    }
    check_whole(model, err);
    check_standbys(model, err);
    check_number_written(model, err);
    for (size_t i = 0; i < model->recovery.sources.n; i++)
        check_source(model, i, err);
    cap_guarantee(model, err);
}
