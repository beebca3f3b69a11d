// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/levels.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static void drain_ends(void *context, struct event *event);

static const struct event_type drained = {"drained", drain_ends};

static struct levels *levels_of(struct run *run)
{
    return &run->checkpointing.levels;
}

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
static void move(struct run *run, struct level *level,
                 void (*done)(void *context, struct transfer *transfer))
{
    uint64_t tasks = run->model->job.tasks;
    struct load load = device_load(level->device->params, DIRECTION_WRITE, tasks,
                                   bytes_of(run) / (double)tasks, 1, &levels_of(run)->device_rng);
    device_start(level->device, &level->transfer, &load, done, run);
}

static void written(void *context, struct transfer *transfer)
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
        move(run, level, written);
        return true;
    }
    return false;
}

static void give_up(struct run *run, struct level *level)
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
            give_up(run, &levels->items[i]);
}

/* ---- drains ---- */

/* The speed of the work follows from the drains that are under way. */
static void find_speed(struct run *run)
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
        give_up(run, level);
        level->drains = level->waits = false;
    }
    find_speed(run);
}

static void drain_done(struct run *run, struct level *level);

static void drain_ends(void *context, struct event *event)
{
    drain_done(context, event->owner);
}

static void drain_moved(void *context, struct transfer *transfer)
{
    struct run *run = context;
    struct levels *levels = levels_of(run);
    sum_add(&run->checkpointing.committed_bytes, bytes_of(run));
    for (size_t i = 0; i < levels->n; i++)
        if (&levels->items[i].transfer == transfer)
            drain_done(run, &levels->items[i]);
}

static void start_drain(struct run *run, struct level *level, const struct recovery_line *line,
                        enum domain source_survives)
{
    level->drains = true;
    level->draining = *line;
    level->source_survives = source_survives;
    if (level->device)
        move(run, level, drain_moved);
    else
        calendar_schedule(
            &run->calendar, &level->drained, &drained,
            run->calendar.now_s + dist_draw(&level->params->cost, &levels_of(run)->drain_rng), 0);
}

/* A level that is still busy takes the newest checkpoint afterwards, or does without it. */
static void drain(struct run *run, struct level *level, const struct recovery_line *line,
                  enum domain source_survives)
{
    bool skips = run->model->checkpoint.overrun == OVERRUN_SKIP;
    if (!level->drains) {
        start_drain(run, level, line, source_survives);
        return;
    }
    run->checkpointing.skipped += skips || level->waits;
    if (skips)
        return;
    level->waits = true;
    level->waiting = *line;
    level->waiting_survives = source_survives;
}

static void start_waiting(struct run *run, struct level *level)
{
    level->drains = false;
    if (!level->waits)
        return;
    level->waits = false;
    start_drain(run, level, &level->waiting, level->waiting_survives);
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

static void hold(struct run *run, struct level *level, const struct recovery_line *line)
{
    level->is_empty = false;
    level->line = *line;
    keep(run, level, line->progress_s > 0 ? bytes_of(run) : 0);
}

/* The last level has the start of the job, whatever happens. */
static void clear(struct run *run, struct level *level, bool is_last)
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
    hold(run, level, &level->draining);
    start_waiting(run, level);
    find_speed(run);
    segment_change_speed(run);
}

void levels_commit(struct run *run, const struct recovery_line *line)
{
    struct levels *levels = levels_of(run);
    enum domain survives = DOMAIN_NONE;
    for (size_t i = 0; i < levels->n; i++) {
        struct level *level = &levels->items[i];
        if (!level->is_written)
            continue;
        hold(run, level, line);
        if (level->survives > survives)
            survives = level->survives;
    }
    for (size_t i = 0; i < levels->n; i++)
        if (levels->items[i].is_drained)
            drain(run, &levels->items[i], line, survives);
    find_speed(run);
}

/* ---- failures and restores ---- */

/* What a level holds is gone, and so are the sources of drains that were only there. */
static void destroy(struct run *run, struct level *level, enum domain severity, bool is_last)
{
    if (severity > level->survives)
        clear(run, level, is_last);
    if (level->waits && severity > level->waiting_survives)
        level->waits = false;
    if (level->drains && severity > level->source_survives) {
        give_up(run, level);
        start_waiting(run, level);
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
            clear(run, level, i + 1 == levels->n);
        level->waits = level->waits && level->waiting.cut_s <= since_s;
        if (level->drains && level->draining.cut_s > since_s) {
            give_up(run, level);
            start_waiting(run, level);
        }
    }
}

struct recovery_line levels_lose(struct run *run, enum domain severity)
{
    struct levels *levels = levels_of(run);
    for (size_t i = 0; i < levels->n; i++)
        destroy(run, &levels->items[i], severity, i + 1 == levels->n);
    find_speed(run);
    levels->source = newest(levels);
    return levels->items[levels->source].line;
}

void levels_restored(struct run *run)
{
    struct levels *levels = levels_of(run);
    const struct level *source = &levels->items[levels->source];
    for (size_t i = 0; i < levels->source; i++)
        hold(run, &levels->items[i], &source->line);
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
        give_up(run, &levels->items[i]);
}
