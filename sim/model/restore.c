// SPDX-License-Identifier: GPL-3.0-or-later
/* The sources that a restore can have: when each can be used, and what it takes. */
#include "model/restore.h"

#include <math.h>

#include "model/model.h"
#include "model/restoring.h"
#include "model/run.h"
#include "model/standby.h"
#include "model/streaming_state.h"

/* What a node holds, on its disk or in memory beside the processes, is lost with the node. */
static const enum domain NODE_CONTENTS_SURVIVE = DOMAIN_CONTAINER;

/* ---- parts of a plan ---- */

static struct device *device_or_default(const struct run *run, const char *name)
{
    return name ? run_device(run, name) : run->device;
}

static void add_read(struct restore_plan *plan, struct device *device, double bytes,
                     uint64_t pieces, uint64_t streams)
{
    plan->steps[plan->n++] = (struct restore_step){
        .device = device,
        .pieces = pieces,
        .streams = streams,
        .bytes = bytes,
    };
}

/* Log entries that are read and applied at the same time. */
static void add_log(struct restore_plan *plan, struct device *device, double bytes,
                    double bytes_per_s)
{
    if (bytes <= 0)
        return;
    add_read(plan, device, bytes, 1, 1);
    plan->steps[plan->n - 1].apply_s = isnan(bytes_per_s) ? 0 : bytes / bytes_per_s;
}

/* Applies a log of so many bytes, which ends with what the line does not know. */
static void add_replay(struct restore_plan *plan, const struct restore_view *view,
                       const struct replay_rule *rule, struct device *device, double bytes)
{
    bool is_newest = rule->target == TARGET_NEWEST || view->line_age_s > rule->rollback_valid_s;
    double beyond_bytes = fmin(view->size.new_log_bytes, bytes);
    plan->is_ahead = is_newest && beyond_bytes > 0;
    plan->undone_bytes = is_newest ? 0 : beyond_bytes;
    add_log(plan, device, bytes - plan->undone_bytes, rule->bytes_per_s);
    add_log(plan, device, plan->undone_bytes, rule->bytes_per_s);
}

/* ---- local ---- */

static bool plan_local(const void *params, const struct restore_view *view,
                       struct restore_plan *plan)
{
    const struct local_source *local = params;
    const struct restore_size *size = &view->size;
    const struct run *run = view->run;
    bool was_closed = run->streaming->tasks[view->task].severity == DOMAIN_NONE;
    struct device *device = local->device ? run_device(run, local->device) : NULL;
    if (!size->has_line || view->line_age_s > local->max_age_s ||
        (device && !device_keeps(device, view->line_s)) ||
        (local->clean_close_only && !was_closed) ||
        !restoring_keeps(run, view->task, NODE_CONTENTS_SURVIVE, view->line_s) ||
        restoring_has_moved(run, view->task))
        return false;
    double read_bytes = local->copy == LOCAL_READ ? size->base_bytes + size->log_bytes : 0;
    if (device)
        add_read(plan, device, read_bytes, 1, 1);
    if (!size->has_changelog)
        return true;
    double known_bytes = size->line_log_bytes;
    if (!isnan(local->marker_bytes))
        known_bytes = floor(known_bytes / local->marker_bytes) * local->marker_bytes;
    add_replay(plan, view, &local->replay, run->device,
               size->line_log_bytes + size->new_log_bytes - known_bytes);
    return true;
}

static void need_changelog(const struct model *model, bool given, const char *pointer,
                           const char *key, struct err *err)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    struct capture capture = checkpoint_content(checkpoint)->capture(checkpoint->content.params);
    if (given && capture.kind != CAPTURE_CHANGELOG)
        (void)err_add(err, pointer, "%s: this content has no log beyond its checkpoints", key);
}

static bool has_changelog(const struct model *model)
{
    const struct checkpoint_params *checkpoint = &model->checkpoint;
    return checkpoint_content(checkpoint)->capture(checkpoint->content.params).kind ==
           CAPTURE_CHANGELOG;
}

static void check_rule(const struct replay_rule *rule, const char *pointer, struct err *err)
{
    if (rule->target == TARGET_NEWEST && !isnan(rule->rollback_valid_s))
        (void)err_add(err, pointer, "rollback_valid is about target: checkpoint");
}

static void check_local(const void *params, const struct model *model, const char *pointer,
                        struct err *err)
{
    const struct local_source *local = params;
    const struct replay_rule *rule = &local->replay;
    check_rule(rule, pointer, err);
    need_changelog(model, rule->target == TARGET_NEWEST, pointer, "target: newest", err);
    need_changelog(model, !isnan(rule->rollback_valid_s), pointer, "rollback_valid", err);
    need_changelog(model, !isnan(rule->bytes_per_s), pointer, "rate", err);
    need_changelog(model, !isnan(local->marker_bytes), pointer, "marker_every", err);
    if (local->copy == LOCAL_READ && !local->device)
        (void)err_add(err, pointer, "copy: read takes a device to read from");
    if (local->is_written && local->copy != LOCAL_READ)
        (void)err_add(err, pointer,
                      "written: files that are used where they are (copy: link) are "
                      "not written again");
    if (local->copy == LOCAL_READ && has_changelog(model))
        (void)err_add(err, pointer,
                      "copy: read: the store that a changelog is for is used where it is");
}

static bool replays_ahead(const struct replay_rule *rule)
{
    return rule->target == TARGET_NEWEST || !isnan(rule->rollback_valid_s);
}

static bool local_may_be_ahead(const void *params)
{
    return replays_ahead(&((const struct local_source *)params)->replay);
}

static const char *local_device(const void *params)
{
    return ((const struct local_source *)params)->device;
}

static uint64_t local_written(const void *params)
{
    return ((const struct local_source *)params)->is_written;
}

static const struct restore_type local = {
    .variant =
        {
            .name = "local",
            .size = sizeof(struct local_source),
            .fields = local_restore_fields,
            .help = "The copy of the checkpoint on the task's own node: there if the node has not "
                    "failed since its cut, and hosts the task again.",
            .source = "Samza host affinity; Flink local recovery; Kafka Streams state directory",
        },
    .counted_as = M_RESTORES_LOCAL,
    .check = check_local,
    .may_be_ahead = local_may_be_ahead,
    .device = local_device,
    .written = local_written,
    .plan = plan_local,
};

/* ---- standby ---- */

static bool plan_standby(const void *params, const struct restore_view *view,
                         struct restore_plan *plan)
{
    const struct standby_source *standby = params;
    struct standbys *standbys = restoring_standbys(view->run);
    if (!view->size.has_line || !standbys_have_one(standbys, view->task))
        return false;
    double lag_s = dist_draw(&standby->lag, view->rng);
    double lag_bytes = snapshots_recent_bytes(view->state->snapshots, lag_s);
    if (lag_bytes > standby->max_lag_bytes)
        return false;
    standbys_take_over(standbys, view->task);
    add_log(plan, view->run->device, lag_bytes, standby->bytes_per_s);
    plan->is_ahead = standby->target == TARGET_NEWEST && view->size.new_log_bytes > 0;
    return true;
}

static void need_other_nodes(const struct model *model, uint64_t copies, const char *pointer,
                             struct err *err)
{
    uint64_t n_nodes = model->topology->n_nodes;
    if (copies >= n_nodes)
        (void)err_add(err, pointer,
                      "each copy is on another node: with the task's own that makes %llu nodes, "
                      "and this job has %llu",
                      (unsigned long long)copies + 1, (unsigned long long)n_nodes);
}

static void check_standby(const void *params, const struct model *model, const char *pointer,
                          struct err *err)
{
    const struct standby_source *standby = params;
    need_changelog(model, standby->target == TARGET_NEWEST, pointer, "target: newest", err);
    need_other_nodes(model, standby->copies, pointer, err);
}

static bool standby_may_be_ahead(const void *params)
{
    return ((const struct standby_source *)params)->target == TARGET_NEWEST;
}

static const struct restore_type standby = {
    .variant =
        {
            .name = "standby",
            .size = sizeof(struct standby_source),
            .fields = standby_restore_fields,
            .help = "A copy on another node that follows what changes, with a lag.",
            .source = "Samza and Kafka Streams standby tasks; Rhino, SIGMOD 2020",
        },
    .counted_as = M_RESTORES_STANDBY,
    .check = check_standby,
    .may_be_ahead = standby_may_be_ahead,
    .plan = plan_standby,
};

/* ---- peer ---- */

static bool plan_peer(const void *params, const struct restore_view *view,
                      struct restore_plan *plan)
{
    const struct peer_source *peer = params;
    bool is_held = false;
    for (uint64_t i = 1; i <= peer->copies && !is_held; i++)
        is_held = restoring_keeps(view->run, restoring_neighbour(view->run, view->task, i),
                                  NODE_CONTENTS_SURVIVE, view->line_s);
    struct device *device = run_device(view->run, peer->device);
    if (!view->size.has_line || !is_held || !device_keeps(device, view->line_s))
        return false;
    add_read(plan, device, view->size.base_bytes + view->size.log_bytes, 1, 1);
    return true;
}

static void check_peer(const void *params, const struct model *model, const char *pointer,
                       struct err *err)
{
    const struct peer_source *peer = params;
    need_other_nodes(model, peer->copies, pointer, err);
    if (has_changelog(model))
        (void)err_add(err, pointer, "a checkpoint of a changelog does not hold the state");
}

static const char *peer_device(const void *params)
{
    return ((const struct peer_source *)params)->device;
}

static uint64_t peer_written(const void *params)
{
    const struct peer_source *peer = params;
    return peer->is_written ? peer->copies : 0;
}

static const struct restore_type peer = {
    .variant =
        {
            .name = "peer",
            .size = sizeof(struct peer_source),
            .fields = peer_restore_fields,
            .help = "Copies of the checkpoint in the memory of other nodes: there if one of these "
                    "has not failed since its cut.",
            .source = "Gemini, SOSP 2023",
        },
    .counted_as = M_RESTORES_PEER,
    .check = check_peer,
    .device = peer_device,
    .written = peer_written,
    .plan = plan_peer,
};

/* ---- remote ---- */

static bool plan_remote(const void *params, const struct restore_view *view,
                        struct restore_plan *plan)
{
    const struct remote_source *remote = params;
    const struct restore_size *size = &view->size;
    struct device *device = view->run->device;
    if (isnan(remote->bytes_per_s)) {
        add_read(plan, device, size->base_bytes + size->log_bytes, size->deltas + 1,
                 remote->streams);
        return true;
    }
    add_read(plan, device, size->base_bytes, size->deltas + 1, remote->streams);
    add_log(plan, device, size->log_bytes, remote->bytes_per_s);
    return true;
}

static void need_device(const struct model *model, const char *pointer, struct err *err)
{
    if (!model->checkpoint.device)
        (void)err_add(err, pointer, "it is read from checkpoint.device, and there is none");
}

static void check_remote(const void *params, const struct model *model, const char *pointer,
                         struct err *err)
{
    (void)params;
    need_device(model, pointer, err);
}

static const struct restore_type remote = {
    .variant =
        {
            .name = "remote",
            .size = sizeof(struct remote_source),
            .fields = remote_restore_fields,
            .help = "The checkpoint, with what it builds on, from checkpoint.device.",
        },
    .counted_as = M_RESTORES_REMOTE,
    .is_always_there = true,
    .check = check_remote,
    .plan = plan_remote,
};

/* ---- replay ---- */

static bool plan_replay(const void *params, const struct restore_view *view,
                        struct restore_plan *plan)
{
    const struct replay_source *replay = params;
    struct device *device = device_or_default(view->run, replay->device);
    add_replay(plan, view, &replay->replay, device, view->size.base_bytes + view->size.log_bytes);
    return true;
}

static void check_replay(const void *params, const struct model *model, const char *pointer,
                         struct err *err)
{
    const struct replay_source *replay = params;
    check_rule(&replay->replay, pointer, err);
    if (!has_changelog(model))
        (void)err_add(err, pointer, "only content: changelog keeps all of the state in a log");
    if (!replay->device)
        need_device(model, pointer, err);
}

static bool replay_may_be_ahead(const void *params)
{
    return replays_ahead(&((const struct replay_source *)params)->replay);
}

static const char *replay_device(const void *params)
{
    return ((const struct replay_source *)params)->device;
}

static const struct restore_type replay = {
    .variant =
        {
            .name = "replay",
            .size = sizeof(struct replay_source),
            .fields = replay_restore_fields,
            .help = "All of the changelog, from its oldest entry.",
            .source = "Samza; Kafka Streams",
        },
    .counted_as = M_RESTORES_REPLAY,
    .is_always_there = true,
    .check = check_replay,
    .may_be_ahead = replay_may_be_ahead,
    .device = replay_device,
    .plan = plan_replay,
};

/* ---- all of them ---- */

static const struct variant *const types[] = {
    &local.variant, &standby.variant, &peer.variant, &remote.variant, &replay.variant, NULL,
};

const struct union_type restore_source_union = {
    .name = "restore source",
    .tag = "from",
    .variants = types,
};

const struct field restore_source_element = {
    .key = "source",
    .kind = FIELD_UNION,
    .offset = offsetof(struct restore_source, from),
    .types = &restore_source_union,
    .help = "Where the state may come from.",
};

const struct standby_source *restore_standby_source(const struct list *sources)
{
    const struct restore_source *source = sources->items;
    for (size_t i = 0; i < sources->n; i++)
        if (restore_type_of(&source[i]) == &standby)
            return source[i].from.params;
    return NULL;
}
