// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Work between checkpoints. Where every checkpoint takes the same time, a
 * stretch of whole segments up to the next failure is jumped over; times in a
 * stretch always come from its anchor, so a jump and a walk give the same bits.
 */
#include <math.h>

#include "model/run.h"

/* A rest of work below this share of an interval is rounding of work / interval, and none. */
static const double NO_REST = 1e-9;
/* Progress reached along two ways is the same up to this, relatively to the work. */
static const double SAME_PROGRESS = 1e-12;

static void segment_ends(void *context, struct event *event);
static void progress_regained(void *context, struct event *event);

static const struct event_type segment_end = {"segment_end", segment_ends};
static const struct event_type caught_up = {"caught_up", progress_regained};

static bool timer_is_wall(const struct run *run)
{
    return run->model->checkpoint.timer == TIMER_WALL;
}

/* Wall time from one cut to the next does not include the time that the checkpoint takes. */
static bool interval_includes_cost(const struct run *run)
{
    return timer_is_wall(run) && run->model->checkpoint.interval_from == INTERVAL_FROM_START;
}

static double growth(const struct checkpoint_params *checkpoint)
{
    const struct trigger_ops *trigger = (const struct trigger_ops *)checkpoint->trigger.variant;
    return trigger->growth ? trigger->growth(checkpoint->trigger.params) : 1;
}

static bool grows(const struct segment *segment)
{
    return segment->growth != 1;
}

void segment_init(struct run *run)
{
    struct segment *segment = &run->segment;
    segment->interval_s = run->model->checkpoint.planned_interval_s;
    segment->growth = growth(&run->model->checkpoint);
    segment->fixed_s = isfinite(segment->interval_s) ? checkpointing_fixed_s(run) : (double)NAN;
    segment->work_s = segment->interval_s;
    segment->last_due_s = run->work.total_s - NO_REST * segment->interval_s;
    if (interval_includes_cost(run))
        segment->work_s -= segment->fixed_s;
    segment->period_s = segment->work_s + segment->fixed_s;
    segment->per_work_s = segment->work_s > 0 ? 1 / segment->work_s : 0;
    segment->per_period_s = segment->period_s > 0 ? 1 / segment->period_s : 0;
    segment->may_pass = checkpointing_may_pass(run);
    for (size_t i = 0; i < run->n_failures; i++)
        segment->may_pass &= failure_process_allows_jumps(&run->failures[i]);
    segment->may_jump = segment->may_pass && segment->work_s > 0 && !isnan(segment->fixed_s);
}

static double segment_start_s(const struct segment *segment)
{
    return segment->anchor_s + (double)segment->index * segment->period_s;
}

/* When the work of the whole segment `index` ends and its checkpoint is cut. */
static double segment_cut_s(const struct segment *segment)
{
    double cut_s = segment_start_s(segment) + segment->work_s;
    double commit_s = segment->anchor_s + (double)(segment->index + 1) * segment->period_s;
    return cut_s < commit_s ? cut_s : commit_s;
}

static double progress_after(const struct segment *segment, uint64_t whole_segments)
{
    return segment->anchor_progress_s + (double)whole_segments * segment->work_s;
}

double segment_commit_s(const struct run *run, double cut_s)
{
    const struct segment *segment = &run->segment;
    if (!segment->anchored || segment->completes)
        return cut_s + segment->fixed_s;
    return fmax(cut_s, segment->anchor_s + (double)(segment->index + 1) * segment->period_s);
}

double segment_past_commit_s(const struct run *run, uint64_t k)
{
    const struct segment *segment = &run->segment;
    return segment->anchor_s + (double)(segment->index - k + 1) * segment->period_s;
}

/* The multiple of the interval that comes next, by rounding not the one that is reached. */
static double next_multiple_s(const struct segment *segment, double progress_s)
{
    return (floor(progress_s / segment->interval_s + NO_REST) + 1) * segment->interval_s;
}

static bool at_multiples(const struct run *run)
{
    return run->model->checkpoint.interval_from == INTERVAL_FROM_MULTIPLES &&
           isfinite(run->segment.interval_s);
}

/* Whether a checkpoint is due one whole interval after that progress. */
static bool is_whole(const struct run *run, double progress_s)
{
    const struct segment *segment = &run->segment;
    return !at_multiples(run) ||
           next_multiple_s(segment, progress_s) - progress_s >= (1 - NO_REST) * segment->interval_s;
}

static void segment_anchor(struct run *run, double progress_s)
{
    struct segment *segment = &run->segment;
    segment->anchored = segment->work_s > 0 && !isnan(segment->fixed_s) && !grows(segment) &&
                        !(run->slowing.pace < 1) && is_whole(run, progress_s);
    segment->anchor_s = run->calendar.now_s;
    segment->anchor_progress_s = progress_s;
    segment->index = 0;
}

/* Whole segments that fit before the next event and before the end of the work. */
static uint64_t segments_to_jump(const struct run *run)
{
    const struct segment *segment = &run->segment;
    double last_progress_s = segment->last_due_s;
    double next_s = calendar_next_s(&run->calendar);
    double by_work = (last_progress_s - segment->anchor_progress_s) * segment->per_work_s;
    double by_time = (next_s - segment->anchor_s) * segment->per_period_s;
    /* Right to one segment: one too many is taken back below, one too few will be walked. */
    double k = by_time < by_work ? by_time : by_work;
    if (!(k >= (double)segment->index + 1))
        return 0;
    uint64_t end = (uint64_t)(int64_t)k;
    bool tie_is_late = run->model->run.ties == TIES_FAILURE_FIRST;
    for (; end > segment->index; end--) {
        double end_s = segment->anchor_s + (double)end * segment->period_s;
        bool in_time = tie_is_late ? end_s < next_s : end_s <= next_s;
        if (in_time && progress_after(segment, end) < last_progress_s)
            break;
    }
    return end - segment->index;
}

static void segment_jump(struct run *run)
{
    struct segment *segment = &run->segment;
    if (!segment->may_jump || run->trace || run->recoveries->episode.open)
        return;
    uint64_t k = segments_to_jump(run);
    if (k == 0)
        return;
    segment->index += k - 1;
    double last_cut_s = segment_cut_s(segment);
    segment->index++;
    checkpointing_commit_many(run, k, last_cut_s, progress_after(segment, segment->index));
    run->budget.whole_segments += k;
    run->budget.since_s = segment_start_s(segment);
}

/* Time at which the segment ends at the present speed; sets `completes`. */
static double segment_end_s(struct run *run)
{
    struct segment *segment = &run->segment;
    const struct work *work = &run->work;
    if (timer_is_wall(run) && !segment->anchored) {
        double end_of_work_s = work_time_of(work, work->total_s);
        segment->completes = end_of_work_s <= segment->due_s + NO_REST * segment->interval_s;
        return segment->completes ? end_of_work_s : segment->due_s;
    }
    segment->completes = segment->target_s >= segment->last_due_s;
    if (segment->completes)
        return work_time_of(work, work->total_s);
    return segment->anchored ? segment_cut_s(segment) : work_time_of(work, segment->target_s);
}

/* If the progress to be regained lies in this segment, says when. */
static void plan_caught_up(struct run *run, double end_s, double next_s)
{
    const struct episode *episode = &run->recoveries->episode;
    const struct work *work = &run->work;
    if (!episode->open)
        return;
    double now_s = run->calendar.now_s > work->since_s ? run->calendar.now_s : work->since_s;
    double lag_s = work_lag_s(work, episode->target);
    double at_s = now_s + (work->speed < 1 ? lag_s / work->speed : lag_s);
    double end_progress_s = work->progress_s + (end_s - work->since_s) * work->speed;
    if (episode->target > end_progress_s + SAME_PROGRESS * work->total_s)
        return;
    if (at_s > end_s)
        at_s = end_s > now_s ? end_s : now_s;
    if (at_s < next_s)
        recovering_caught_up(run->recoveries, at_s);
    else
        calendar_schedule(&run->calendar, &run->segment.caught_up, &caught_up, at_s, -1);
}

/* The work runs from work.since_s on: schedules what ends it. */
static void segment_plan(struct run *run)
{
    double end_s = segment_end_s(run);
    plan_caught_up(run, end_s, calendar_next_s(&run->calendar));
    if (isfinite(end_s))
        calendar_schedule(&run->calendar, &run->segment.end, &segment_end,
                          fmax(end_s, run->calendar.now_s), 0);
}

static void segment_unplan(struct run *run)
{
    calendar_cancel(&run->calendar, &run->segment.end);
    calendar_cancel(&run->calendar, &run->segment.caught_up);
}

static enum activity working(const struct run *run)
{
    return run->recoveries->episode.open ? ACTIVITY_REWORK : ACTIVITY_WORK;
}

/* The work goes on at that share of its speed, as far as slow ranks let it. */
static void set_share(struct run *run, double share)
{
    run->segment.share = share;
    run->work.speed = share * run->slowing.pace;
    run->work.slow = share * (1 - run->slowing.pace);
}

/* Starts the segment that begins now, or the one after those that can be jumped over. */
static void segment_begin(struct run *run, double progress_s)
{
    struct segment *segment = &run->segment;
    double start_s = run->calendar.now_s;
    if (segment->anchored) {
        segment_jump(run);
        start_s = segment_start_s(segment);
        progress_s = progress_after(segment, segment->index);
        segment->target_s = progress_after(segment, segment->index + 1);
    }
    run->budget.may_be_whole = segment->anchored && !run->recoveries->episode.open;
    run->budget.open_work_s = run->budget.open_checkpoint_s = 0;
    double share = run->checkpointing.levels.speed;
    work_place(&run->work, start_s, progress_s, share);
    set_share(run, share);
    if (share < 1)
        levels_work_starts(run);
}

/*
 * If nothing else is due before the segment's checkpoint has committed, does at once what the
 * events would do one by one; the segment is then over, and it is the time of the commit.
 */
static bool segment_pass(struct run *run)
{
    struct segment *segment = &run->segment;
    struct work *work = &run->work;
    if (!segment->may_pass || run->trace || run->slowing.pace < 1)
        return false;
    if (segment->may_jump && segment->anchored && !run->recoveries->episode.open)
        return false; /* the jump has gone as far as one can */
    double end_s = segment_end_s(run);
    double next_s = calendar_next_s(&run->calendar);
    if (segment->completes || !(end_s < next_s))
        return false;
    plan_caught_up(run, end_s, next_s);
    bool by_target = segment->anchored || !timer_is_wall(run);
    double progress_s = by_target ? segment->target_s : work->progress_s + (end_s - work->since_s);
    double commit_s;
    if (!checkpointing_pass(run, end_s, progress_s, next_s, &commit_s))
        return false;
    if (!run->budget.may_be_whole) {
        run_book_until(run, end_s);
        run->budget.activity = ACTIVITY_CHECKPOINT;
    }
    run->calendar.now_s = commit_s;
    run_close_segment(run);
    run->budget.activity = working(run);
    work_place(work, commit_s, progress_s, 0);
    return true;
}

/* The checkpoint of a segment has committed now: when and where the next one begins. */
static void segment_next(struct run *run)
{
    struct segment *segment = &run->segment;
    double progress_s = run->work.progress_s;
    if (segment->anchored && !(run->slowing.pace < 1)) {
        segment->index++;
        return;
    }
    segment_grow(run);
    if (!timer_is_wall(run)) {
        segment_set_due(run, progress_s, run->calendar.now_s);
        segment_anchor(run, progress_s);
        return;
    }
    bool from_start = run->model->checkpoint.interval_from == INTERVAL_FROM_START;
    double cut_s = run->checkpointing.cut.cut_s;
    segment_set_due(run, progress_s, from_start ? cut_s : run->calendar.now_s);
    while (segment->due_s < run->calendar.now_s) {
        if (run->model->checkpoint.overrun == OVERRUN_SKIP)
            segment_skip_due(run);
        else
            segment->due_s = run->calendar.now_s;
    }
    segment_anchor(run, progress_s);
}

/* Opens the segment that begins now, passes those that nothing disturbs, plans the last. */
static void segment_open(struct run *run, double progress_s)
{
    run_set_activity(run, working(run));
    segment_begin(run, progress_s);
    while (segment_pass(run)) {
        segment_next(run);
        segment_begin(run, run->work.progress_s);
    }
    segment_plan(run);
}

/* The checkpoint that was interrupted there comes before any work. */
static void set_due_now(struct run *run, double progress_s)
{
    run->segment.target_s = progress_s;
    run->segment.due_s = run->calendar.now_s;
    run->segment.anchored = false;
}

static void start_from(struct run *run, double progress_s)
{
    slowing_find_pace(run);
    run->segment.interval_s = run->model->checkpoint.planned_interval_s;
    segment_set_due(run, progress_s, run->calendar.now_s);
    segment_anchor(run, progress_s);
    if (run->checkpointing.retake)
        set_due_now(run, progress_s);
    /* With the cost inside the interval, the first one after a start holds more work. */
    run->segment.anchored &= !interval_includes_cost(run);
    segment_open(run, progress_s);
}

/* Whether it stands, or takes no checkpoints at least. */
static bool is_held(const struct run *run)
{
    return contact_is_lost(run) || coordinator_blocks(run, BLOCKS_CHECKPOINTS);
}

/* Work stands, or goes on without checkpoints. */
static void hold(struct run *run)
{
    segment_interrupt(run);
    if (contact_is_lost(run) || coordinator_blocks(run, BLOCKS_EVERYTHING)) {
        run_set_activity(run, ACTIVITY_DOWN);
        return;
    }
    segment_clear_due(run);
    segment_resume(run, run->checkpointing.levels.speed);
}

void segment_restart(struct run *run)
{
    double progress_s = run->checkpointing.line.progress_s;
    if (!is_held(run)) {
        start_from(run, progress_s);
        return;
    }
    work_place(&run->work, run->calendar.now_s, progress_s, 0);
    segment_set_due(run, progress_s, run->calendar.now_s);
    hold(run);
}

void segment_contact_changes(struct run *run)
{
    struct segment *segment = &run->segment;
    if (run->recoveries->state != RECOVERY_NONE)
        return;
    if (segment->anchored)
        segment->due_s = segment_cut_s(segment);
    segment_stop(run);
    checkpointing_abort(run);
    run_break_segment(run);
    if (is_held(run))
        hold(run);
    else if (isfinite(segment->target_s))
        segment_resume(run, run->checkpointing.levels.speed);
    else
        start_from(run, run->work.progress_s);
}

void segment_coordinator_changes(struct run *run)
{
    if (run->recoveries->state != RECOVERY_NONE)
        return;
    segment_stop(run);
    checkpointing_abort(run);
    run_break_segment(run);
    if (is_held(run))
        hold(run);
    else
        start_from(run, run->work.progress_s);
}

void segment_continue(struct run *run)
{
    segment_next(run);
    segment_open(run, run->work.progress_s);
}

void segment_resume(struct run *run, double share)
{
    segment_unplan(run);
    run->segment.anchored = false;
    levels_work_stops(run);
    work_advance(&run->work, run->calendar.now_s);
    set_share(run, share);
    if (run->checkpointing.levels.speed < 1)
        levels_work_starts(run);
    run_set_activity(run, working(run));
    segment_plan(run);
}

void segment_change_speed(struct run *run)
{
    double share = run->checkpointing.levels.speed;
    if (run->work.speed > 0 && (share < run->segment.share || share > run->segment.share))
        segment_resume(run, share);
}

void segment_change_pace(struct run *run)
{
    struct segment *segment = &run->segment;
    if (!(run->work.speed > 0))
        return;
    if (segment->anchored)
        segment->due_s = segment_cut_s(segment);
    run_break_segment(run);
    segment_resume(run, segment->share);
}

void segment_set_due(struct run *run, double progress_s, double time_s)
{
    run->segment.target_s = at_multiples(run) ? next_multiple_s(&run->segment, progress_s)
                                              : progress_s + run->segment.interval_s;
    run->segment.due_s = time_s + run->segment.interval_s;
}

void segment_grow(struct run *run)
{
    run->segment.interval_s *= run->segment.growth;
}

void segment_skip_due(struct run *run)
{
    run->checkpointing.skipped++;
    run->segment.target_s += run->segment.interval_s;
    run->segment.due_s += run->segment.interval_s;
}

void segment_clear_due(struct run *run)
{
    run->segment.target_s = (double)INFINITY;
    run->segment.due_s = (double)INFINITY;
}

void segment_interrupt(struct run *run)
{
    run_break_segment(run);
    run->segment.anchored = run->segment.completes = false;
}

void segment_stop(struct run *run)
{
    segment_unplan(run);
    levels_work_stops(run);
    work_set_speed(&run->work, fmax(run->calendar.now_s, run->work.since_s), 0);
    run->work.slow = 0;
}

static void segment_ends(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    const struct segment *segment = &run->segment;
    struct work *work = &run->work;
    double speed = work->speed;
    work_advance(work, run->calendar.now_s);
    if (segment->completes)
        work->progress_s = work->total_s;
    else if (segment->anchored || !timer_is_wall(run))
        work->progress_s = segment->target_s;
    work_place(work, run->calendar.now_s, work->progress_s, speed);
    calendar_cancel(&run->calendar, &run->segment.caught_up);
    if (segment->completes && !checkpointing_takes_final(run))
        run_finish(run);
    else
        checkpointing_due(run);
}

static void progress_regained(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    recovering_caught_up(run->recoveries, run->calendar.now_s);
}
