// SPDX-License-Identifier: GPL-3.0-or-later
/* What failures take from the levels, what is left, and what a restore brings back. */
#include "model/levels_internal.h"

/* What a level holds is gone, and so are the sources of drains that were only there. */
static void destroy(struct run *run, struct level *level, enum domain severity, bool is_last)
{
    if (severity > level->survives)
        level_clear(run, level, is_last);
    if (level->waits && severity > level_survives_as(level->waiting_source))
        level->waits = false;
    if (level->drains && severity > level_survives_as(level->source)) {
        level_give_up(run, level);
        level_start_waiting(run, level);
    }
}

/* The newest checkpoint that is left; the first level that has it. */
static size_t newest(const struct levels *levels)
{
    size_t best = levels->n - 1;
    for (size_t i = levels->n - 1; i-- > 0;)
        if (!levels->items[i].is_empty &&
            levels->items[i].line.progress_s >= levels->items[best].line.progress_s)
            best = i;
    return best;
}

void levels_distrust(struct run *run, double since_s)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        if (level->line.cut_s > since_s)
            level_clear(run, level, i + 1 == levels->n);
        level->waits = level->waits && level->waiting.cut_s <= since_s;
        if (level->drains && level->draining.cut_s > since_s) {
            level_give_up(run, level);
            level_start_waiting(run, level);
        }
    }
}

/* What was being copied from a device is lost with it; what was being copied to it begins anew. */
static void drain_loses(struct run *run, struct level *level, const struct device *device)
{
    if (level->waits && level->waiting_source && level->waiting_source->device == device)
        level->waits = false;
    if (level->drains && level->source && level->source->device == device) {
        level_give_up(run, level);
        level_start_waiting(run, level);
    } else if (level->drains && level->device == device) {
        level_give_up(run, level);
        level_move(run, level, level_drained);
    }
}

/* A write under way begins anew; one that has ended counts for nothing. */
static void write_loses(struct run *run, struct level *level)
{
    if (!level->is_written || level->drains)
        return;
    if (transfer_is_under_way(&level->transfer)) {
        level_give_up(run, level);
        level_move(run, level, level_written);
    } else if (level < &levels_of(run)->items[levels_of(run)->next])
        level->is_written = false;
}

bool levels_lose_device(struct run *run, const struct device *device, struct recovery_line *line)
{
    struct levels *levels = levels_of(run);
    bool writes = run->checkpointing.stage == STAGE_WRITE;
    size_t source = levels->source;
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        drain_loses(run, level, device);
        if (level->device != device)
            continue;
        level_clear(run, level, i + 1 == levels->n);
        if (writes)
            write_loses(run, level);
    }
    levels_find_speed(run);
    segment_change_speed(run);
    size_t best = newest(levels);
    *line = levels->items[best].line;
    if (levels->items[source].device == device)
        levels->source = best;
    return levels->source != source;
}

struct recovery_line levels_lose(struct run *run, enum domain severity)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++)
        destroy(run, &levels->items[i], severity, i + 1 == levels->n);
    levels_find_speed(run);
    levels->source = newest(levels);
    return levels->items[levels->source].line;
}

void levels_restored(struct run *run)
{
    struct levels *levels = levels_of(run);
    const struct level *source = &levels->items[levels->source];
    for (size_t i = 0; i < levels->source; i++)
        level_hold(run, &levels->items[i], &source->line);
}
