// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/levels.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/levels_internal.h"

static void drain_ends(void *context, struct event *event);

static const struct event_type drained = {"drained", drain_ends};

/* ---- which levels a checkpoint goes to ---- */

static bool is_due(const struct run *run, size_t i, bool is_final)
{
    const struct levels *levels = &run->checkpointing.levels;
    return run->checkpointing.number % levels->items[i].params->every == 0 ||
           (is_final && i + 1 == levels->n);
}

/* The job waits for all of its last checkpoint: nobody would see the drains of it. */
static void assign(struct level *level, bool is_due, bool is_final)
{
    bool is_async = level->params->drain == DRAIN_ASYNC && !is_final;
    level->is_written = is_due && !is_async;
    level->is_drained = is_due && is_async;
}

bool levels_plan(struct run *run, bool is_final)
{
    struct levels *levels = levels_of(run);
    bool only_one = run->model->checkpoint.writes == LEVEL_WRITES_HIGHEST;
    bool any = false;
    for (size_t i = levels->n; i-- > 0;) {
        bool due = is_due(run, i, is_final) && !(only_one && any);
        assign(&levels->items[i], due, is_final);
        any |= due;
    }
    return any;
}

double levels_draw(struct run *run, double (*draw)(struct run *run, const struct dist *law))
{
    struct levels *levels = levels_of(run);
    double total_s = 0;
    for (size_t i = 0; i < levels->n; i++)
        if (levels->items[i].is_written && !levels->items[i].device)
            total_s += draw(run, &levels->items[i].params->cost);
    return total_s;
}

/* ---- writes to devices ---- */

static double bytes_of(const struct run *run)
{
    return job_state_bytes(&run->model->job);
}

/* All tasks write together, as one class of streams. */
void level_move(struct run *run, struct level *level,
                void (*done)(void *context, struct transfer *transfer))
{
    uint64_t tasks = run->model->job.tasks;
    struct load load = device_load(level->device->params, DIRECTION_WRITE, tasks,
                                   bytes_of(run) / (double)tasks, 1, &levels_of(run)->device_rng);
    device_start(level->device, &level->transfer, &load, done, run);
}

void level_written(void *context, struct transfer *transfer)
{
    (void)transfer;
    struct run *run = context;
    sum_add(&run->checkpointing.committed_bytes, bytes_of(run));
    if (!levels_write(run))
        checkpointing_written(run);
}

bool levels_write(struct run *run)
{
    struct levels *levels = levels_of(run);
    while (levels->next < levels->n) {
        struct level *level = &levels->items[levels->next++];
        if (!level->is_written || !level->device)
            continue;
        level_move(run, level, level_written);
        return true;
    }
    return false;
}

void level_give_up(struct run *run, struct level *level)
{
    calendar_cancel(&run->calendar, &level->drained);
    if (!transfer_is_under_way(&level->transfer))
        return;
    device_abort(&level->transfer);
    sum_add(&run->checkpointing.aborted_bytes, bytes_of(run));
}

void levels_abort(struct run *run)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++)
        if (levels->items[i].is_written && !levels->items[i].drains)
            level_give_up(run, &levels->items[i]);
}

/* ---- drains ---- */

/* The speed of the work follows from the drains that are under way. */
void levels_find_speed(struct run *run)
{
    struct levels *levels = levels_of(run);
    double taken = 0;
    for (size_t i = 0; i < levels->n; i++)
        taken += levels->items[i].drains ? levels->items[i].params->share : 0;
    levels->speed = 1 - taken;
}

/* The final checkpoint does not wait for drains of older ones to its levels: they are given up. */
void levels_begin_write(struct run *run)
{
    struct levels *levels = levels_of(run);
    levels->next = 0;
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        if (!level->is_written || !level->drains)
            continue;
        level_give_up(run, level);
        level->drains = level->waits = false;
    }
    levels_find_speed(run);
}

static void drain_done(struct run *run, struct level *level);

static void drain_ends(void *context, struct event *event)
{
    drain_done(context, event->owner);
}

void level_drained(void *context, struct transfer *transfer)
{
    struct run *run = context;
    struct levels *levels = levels_of(run);
    sum_add(&run->checkpointing.committed_bytes, bytes_of(run));
    for (size_t i = 0; i < levels->n; i++)
        if (&levels->items[i].transfer == transfer)
            drain_done(run, &levels->items[i]);
}

static void start_drain(struct run *run, struct level *level, const struct recovery_line *line,
                        const struct level *source)
{
    level->drains = true;
    level->draining = *line;
    level->source = source;
    if (level->device)
        level_move(run, level, level_drained);
    else
        calendar_schedule(
            &run->calendar, &level->drained, &drained,
            run->calendar.now_s + dist_draw(&level->params->cost, &levels_of(run)->drain_rng), 0);
}

/* A level that is still busy takes the newest checkpoint afterwards, or does without it. */
static void drain(struct run *run, struct level *level, const struct recovery_line *line,
                  const struct level *source)
{
    bool skips = run->model->checkpoint.overrun == OVERRUN_SKIP;
    if (!level->drains) {
        start_drain(run, level, line, source);
        return;
    }
    run->checkpointing.skipped += skips || level->waits;
    if (skips)
        return;
    level->waits = true;
    level->waiting = *line;
    level->waiting_source = source;
}

void level_start_waiting(struct run *run, struct level *level)
{
    level->drains = false;
    if (!level->waits)
        return;
    level->waits = false;
    start_drain(run, level, &level->waiting, level->waiting_source);
}

/* Its device keeps so many bytes from now on. */
static void keep(struct run *run, struct level *level, double bytes)
{
    if (level->device)
        device_keep(level->device, &level->kept, run->calendar.now_s, level->kept.bytes, bytes);
}

void levels_count_kept(struct run *run)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++)
        keep(run, &levels->items[i], levels->items[i].kept.bytes);
}

void level_hold(struct run *run, struct level *level, const struct recovery_line *line)
{
    level->is_empty = false;
    level->line = *line;
    keep(run, level, line->progress_s > 0 ? bytes_of(run) : 0);
}

/* The last level has the start of the job, whatever happens. */
void level_clear(struct run *run, struct level *level, bool is_last)
{
    level->is_empty = !is_last;
    level->line = (struct recovery_line){0};
    keep(run, level, 0);
}

static void drain_done(struct run *run, struct level *level)
{
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_drained",
                  (struct trace_value[]){{"progress_s", level->draining.progress_s, NULL},
                                         {"level", 0, level->params->name}},
                  2);
    level_hold(run, level, &level->draining);
    level_start_waiting(run, level);
    levels_find_speed(run);
    segment_change_speed(run);
}

void levels_commit(struct run *run, const struct recovery_line *line)
{
    struct levels *levels = levels_of(run);
    const struct level *source = NULL;
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        if (!level->is_written)
            continue;
        level_hold(run, level, line);
        if (level_survives_as(level) > level_survives_as(source))
            source = level;
    }
    for (size_t i = 0; i < levels->n; i++)
        if (levels->items[i].is_drained)
            drain(run, &levels->items[i], line, source);
    levels_find_speed(run);
}

/* ---- the work beside drains ---- */

void levels_work_starts(struct run *run)
{
    struct levels *levels = levels_of(run);
    levels->slowed_since_s = run->work.since_s;
}

void levels_work_stops(struct run *run)
{
    struct levels *levels = levels_of(run);
    if (isnan(levels->slowed_since_s))
        return;
    sum_add(&levels->taken_s,
            (1 - run->segment.share) * (run->calendar.now_s - levels->slowed_since_s));
    levels->slowed_since_s = (double)NAN;
}

/* ---- set-up ---- */

bool levels_may_pass(const struct run *run)
{
    const struct list *levels = &run->model->checkpoint.levels;
    return !levels_drain(levels) && !levels_use_devices(levels);
}

void levels_init(struct run *run)
{
    struct levels *levels = levels_of(run);
    const struct list *list = &run->model->checkpoint.levels;
    const struct level_params *params = list->items;
    levels->n = checkpoint_coordination(&run->model->checkpoint)->takes_cuts ? list->n : 0;
    levels->speed = 1;
    levels->items = mem_alloc(levels->n, sizeof *levels->items);
    for (size_t i = 0; i < levels->n; i++)
        levels->items[i] = (struct level){
            .params = &params[i],
            .device = params[i].device ? run_device(run, params[i].device) : NULL,
            .survives = level_survives(run->model, &params[i]),
        };
}

void levels_start(struct run *run)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        *level = (struct level){
            .params = level->params, .device = level->device, .survives = level->survives};
        level->drained = (struct event){.owner = level};
    }
    levels->source = 0;
    levels->speed = 1;
    levels->slowed_since_s = (double)NAN;
    levels->taken_s = (struct sum){0};
    levels->device_rng = rng_stream(run->seed, run->replication, RNG_LEVEL, 0);
    levels->drain_rng = rng_stream(run->seed, run->replication, RNG_LEVEL, 1);
}

void levels_release(struct run *run)
{
    free(levels_of(run)->items);
}

void levels_end(struct run *run)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++)
        level_give_up(run, &levels->items[i]);
}
