// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of a checkpoint: due, (queued | skipped | blocked), cut,
 * coordinate, sync, write, committed; or aborted by a failure. The table
 * below says what each stage is, how long it lasts and whether the job stands
 * still meanwhile.
 */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/checkpointing_internal.h"

static void stage_ends(void *context, struct event *event);

static const struct event_type stage_end = {"checkpoint_stage_end", stage_ends};

bool checkpointing_takes_final(const struct run *run)
{
    return params_of(run)->final && checkpoint_coordination(params_of(run))->takes_cuts;
}

/* ---- stages ---- */

/* Each returns how long the stage lasts; NaN: until the transfers are done. */
static double verify(struct run *run)
{
    return run->checkpointing.draw.verify_s;
}

static double coordinate(struct run *run)
{
    return run->checkpointing.draw.coordinate_s;
}

static double synchronise(struct run *run)
{
    return run->checkpointing.draw.sync_s;
}

static void class_written(void *context, struct transfer *transfer);

/* Streams with one constant latency start and end together: they are one class. */
static double write_to_device(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    uint64_t tasks = run->model->job.tasks;
    uint64_t streams = tasks / checkpointing->n_transfers;
    double bytes = bytes_of(run, checkpointing->cut_is_base) / (double)tasks;
    checkpointing->transfers_left = checkpointing->n_transfers;
    checkpointing->writing_bytes = bytes * (double)tasks;
    checkpointing->written_sum_s = 0;
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++) {
        struct load load = device_load(run->device->params, DIRECTION_WRITE, streams, bytes, 1,
                                       &checkpointing->device_rng);
        device_start(run->device, &checkpointing->transfers[i], &load, class_written, run);
    }
    return (double)NAN;
}

void checkpointing_write_anew(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (checkpointing->stage != STAGE_WRITE || checkpointing->transfers_left == 0)
        return;
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++)
        device_abort(&checkpointing->transfers[i]);
    sum_add(&checkpointing->aborted_bytes, checkpointing->writing_bytes);
    (void)write_to_device(run);
}

/* Direct times first, then one device after the other. */
static double write_levels(struct run *run)
{
    double direct_s = run->checkpointing.draw.write_s;
    levels_begin_write(run);
    if (direct_s > 0)
        return direct_s;
    return levels_write(run) ? (double)NAN : 0;
}

static double write_out(struct run *run)
{
    if (run->checkpointing.levels.n > 0)
        return write_levels(run);
    if (cost_of(run, run->checkpointing.cut_is_base))
        return run->checkpointing.draw.write_s;
    return write_to_device(run);
}

static const struct stage_row {
    const char *name;
    double (*begin)(struct run *run);
    bool may_overlap; /* the job works on meanwhile, when the checkpoint is asynchronous */
} stages[N_STAGES] = {
    [STAGE_VERIFY] = {"verify", verify, false},
    [STAGE_COORDINATE] = {"coordinate", coordinate, false},
    [STAGE_SYNC] = {"sync", synchronise, false},
    [STAGE_WRITE] = {"write", write_out, true},
};

static void commit(struct run *run);
static void cut(struct run *run);

static void overlap_starts(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->slowed_since_s = run->calendar.now_s;
    segment_grow(run);
    if (params_of(run)->interval_from != INTERVAL_FROM_END)
        segment_set_due(run, checkpointing->cut.progress_s, checkpointing->cut.cut_s);
    else
        segment_clear_due(run);
    segment_resume(run, 1 - params_of(run)->share);
}

static void overlap_ends(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (isnan(checkpointing->slowed_since_s))
        return;
    sum_add(&checkpointing->slowed_s, run->calendar.now_s - checkpointing->slowed_since_s);
    checkpointing->slowed_since_s = (double)NAN;
}

/* The stage in progress ends, and it was a look that finds a silent error. */
static bool finds_error(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    return checkpointing->stage == STAGE_VERIFY && is_verified(run) &&
           !isnan(checkpointing->corrupt_since_s);
}

static void go_back(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->errors_found++;
    checkpointing->error_found = true;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "error_found",
                  &(struct trace_value){"since_s", checkpointing->corrupt_since_s, NULL}, 1);
    recovering_roll_back(run->recoveries);
}

/* Enters a stage, and at once those after it that take no time. */
// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void enter(struct run *run, enum stage stage)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    for (; stage < N_STAGES; stage++) {
        checkpointing->stage = stage;
        double duration_s = stages[stage].begin(run);
        if (duration_s <= 0 && finds_error(run)) {
            go_back(run);
            return;
        }
        if (duration_s <= 0)
            continue;
        if (!isnan(duration_s))
            calendar_schedule(&run->calendar, &checkpointing->stage_end, &stage_end,
                              run->calendar.now_s + duration_s, 0);
        /* Only now that its end is in the calendar may the work plan ahead. */
        if (stages[stage].may_overlap && is_async(run) && !checkpointing->is_final &&
            isnan(checkpointing->slowed_since_s))
            overlap_starts(run);
        return;
    }
    commit(run);
}

static void stage_ends(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (finds_error(run))
        go_back(run);
    else if (run->checkpointing.stage != STAGE_WRITE)
        enter(run, run->checkpointing.stage + 1);
    else if (!levels_write(run))
        commit(run);
}

void checkpointing_written(struct run *run)
{
    commit(run);
}

/* ---- cut, commit, abort ---- */

static bool uses_device(const struct run *run)
{
    return run->checkpointing.n_transfers > 0;
}

static void make_usable(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->committed++;
    checkpointing->line = checkpointing->cut;
    checkpointing->needs_base = false;
    checkpointing->number = checkpointing->line.number + 1;
    if (checkpointing->retained)
        checkpointing_retain(checkpointing, params_of(run)->retain);
    checkpointing->draw.valid = false;
    if (checkpointing->levels.n > 0)
        levels_commit(run, &checkpointing->line);
}

static bool usable_at_cut(const struct run *run)
{
    return params_of(run)->usable_from == USABLE_FROM_CUT;
}

/* An aborted checkpoint of fixed length: the part of its bytes that had moved. */
static void book_partial(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    double tasks = (double)run->model->job.tasks;
    double bytes = bytes_of(run, true);
    double moving_s = device_alone_s(run->device->params, DIRECTION_WRITE, run->model->job.tasks,
                                     bytes / tasks, 0);
    double left_s = checkpointing->cut.cut_s + run->segment.fixed_s - run->calendar.now_s;
    double written_bytes = left_s < moving_s ? bytes * (1 - fmax(left_s, 0) / moving_s) : 0;
    /* One that was usable from its cut is counted as a whole one already. */
    double counted_bytes = usable_at_cut(run) ? bytes : 0;
    sum_add(&checkpointing->partial_bytes, written_bytes - counted_bytes);
}

/* What the next checkpoint will be: its content, its durations. */
static void prepare(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (checkpointing->is_prepared)
        return;
    checkpointing->is_prepared = true;
    checkpointing->cut_is_base =
        checkpointing->needs_base ||
        checkpoint_content(params_of(run))
            ->next_is_base(params_of(run)->content.params, &checkpointing->line.chain);
    (void)levels_plan(run, checkpointing->is_final);
    checkpointing_draw_durations(run);
}

/* An alarm began it, and it has a cost of its own. */
static bool has_cost_of_alarm(const struct run *run)
{
    return run->checkpointing.is_proactive && dist_is_given(&params_of(run)->alarm_cost);
}

static void draw_cost_of_alarm(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->draw.write_s = dist_draw(&params_of(run)->alarm_cost, &checkpointing->alarm_rng);
}

static void set_cut(struct run *run, double cut_s, double progress_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->is_prepared = checkpointing->retake = false;
    checkpointing->cut.progress_s = progress_s;
    checkpointing->cut.cut_s = cut_s;
    checkpointing->cut.number = checkpointing->number;
    checkpointing->cut.chain.deltas =
        checkpointing->cut_is_base ? 0 : checkpointing->line.chain.deltas + 1;
}

// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void cut(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    segment_stop(run);
    run_set_activity(run, ACTIVITY_CHECKPOINT);
    checkpointing->is_final = run->work.progress_s >= run->work.total_s;
    prepare(run);
    if (has_cost_of_alarm(run))
        draw_cost_of_alarm(run);
    set_cut(run, run->calendar.now_s, run->work.progress_s);
    checkpointing->queued = checkpointing->alarm_queued = false;
    checkpointing->n_failed_writes = 0;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_cut",
                  &(struct trace_value){"progress_s", checkpointing->cut.progress_s, NULL}, 1);
    if (usable_at_cut(run))
        make_usable(run);
    if (isnan(run->segment.fixed_s) || has_cost_of_alarm(run)) {
        enter(run, STAGE_VERIFY);
    } else {
        checkpointing->stage = STAGE_WRITE;
        calendar_schedule(&run->calendar, &checkpointing->stage_end, &stage_end,
                          segment_commit_s(run, run->calendar.now_s), 0);
    }
}

/* From the commit on. */
static void keep(struct run *run, double commit_s)
{
    if (uses_device(run))
        checkpointing_keep(run, commit_s);
}

void checkpointing_count_kept(struct run *run)
{
    struct kept *kept = &run->checkpointing.kept;
    if (uses_device(run))
        device_keep(run->device, kept, run->calendar.now_s, kept->bytes, kept->bytes);
    levels_count_kept(run);
}

static void record_commit(struct run *run, double now_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (isnan(run->segment.fixed_s) || has_cost_of_alarm(run))
        run_record(run, M_CHECKPOINT_DURATION, now_s - checkpointing->cut.cut_s);
    else
        run_record_series(run, M_CHECKPOINT_DURATION, run->segment.fixed_s, 1);
    if (checkpointing->has_stalls) {
        run_record_series(run, M_CHECKPOINT_STALL, checkpointing->draw.stall_s, 1);
        run_record_series(run, M_CHECKPOINT_ALIGNMENT, checkpointing->draw.alignment_s, 1);
    }
    if (run->trace)
        run_trace(run, now_s, "checkpoint_committed",
                  (struct trace_value[]){
                      {"progress_s", checkpointing->cut.progress_s, NULL},
                      {"kind", 0, checkpointing->cut_is_base ? "base" : "delta"},
                  },
                  2);
}

// NOLINTNEXTLINE(misc-no-recursion): as below
static void cut_queued(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->is_proactive = checkpointing->alarm_queued;
    run->alarms.proactive +=
        checkpointing->alarm_queued && run->calendar.now_s >= run->measure_from_s;
    cut(run);
}

/* After a checkpoint: the one that waits, or the work. */
// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void go_on(struct run *run, bool overlapped)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (checkpointing->queued) {
        cut_queued(run);
    } else if (overlapped) {
        if (params_of(run)->interval_from == INTERVAL_FROM_END) {
            work_advance(&run->work, run->calendar.now_s);
            segment_set_due(run, run->work.progress_s, run->calendar.now_s);
        }
        segment_resume(run, 1);
    } else {
        run_close_segment(run);
        segment_continue(run);
    }
}

static bool write_fails(struct run *run)
{
    return writes_may_fail(run) && rng_uniform(&run->checkpointing.write_failure_rng) <
                                       params_of(run)->write_failures.probability;
}

/* No attempt is left: the checkpoint before stays the last. The final one is cut anew. */
// NOLINTNEXTLINE(misc-no-recursion): as often as the final write fails
static void decline(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    bool overlapped = !isnan(checkpointing->slowed_since_s);
    checkpointing->declined++;
    checkpointing->stage = STAGE_IDLE;
    checkpointing->draw.valid = checkpointing->is_proactive = false;
    overlap_ends(run);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_declined", NULL, 0);
    if (checkpointing->is_final) {
        cut(run);
        return;
    }
    checkpointing->number++;
    go_on(run, overlapped);
}

static void write_anew(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (params_of(run)->on_retry == ON_RETRY_RESAMPLE && has_cost_of_alarm(run))
        draw_cost_of_alarm(run);
    else if (params_of(run)->on_retry == ON_RETRY_RESAMPLE)
        checkpointing_draw_write(run);
    enter(run, STAGE_WRITE);
}

static const struct event_type retry_delay = {"checkpoint_retry", write_anew};

// NOLINTNEXTLINE(misc-no-recursion): see decline()
static void write_again(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    const struct write_failures *failures = &params_of(run)->write_failures;
    if (uses_device(run))
        sum_add(&checkpointing->aborted_bytes, bytes_of(run, checkpointing->cut_is_base));
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_write_failed", NULL, 0);
    if (checkpointing->n_failed_writes++ >= failures->retries)
        decline(run);
    else
        calendar_schedule(&run->calendar, &checkpointing->stage_end, &retry_delay,
                          run->calendar.now_s + failures->delay_s, 0);
}

// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void commit(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (write_fails(run)) {
        write_again(run);
        return;
    }
    bool overlapped = !isnan(checkpointing->slowed_since_s);
    record_commit(run, run->calendar.now_s);
    if (uses_device(run))
        sum_add(&checkpointing->committed_bytes, bytes_of(run, checkpointing->cut_is_base));
    checkpointing->stage = STAGE_IDLE;
    checkpointing->is_proactive = false;
    overlap_ends(run);
    if (!usable_at_cut(run))
        make_usable(run);
    keep(run, run->calendar.now_s);
    for (size_t i = 0; run->redraws && i < run->n_failures; i++)
        failure_process_redraw(&run->failures[i], run);
    if (checkpointing->is_final)
        run_finish(run);
    else
        go_on(run, overlapped);
}

static void class_written(void *context, struct transfer *transfer)
{
    struct run *run = context;
    struct checkpointing *checkpointing = &run->checkpointing;
    double now_s = run->calendar.now_s;
    uint64_t n = checkpointing->n_transfers;
    if (checkpointing->transfers_left == n)
        checkpointing->first_written_s = now_s;
    checkpointing->written_sum_s += now_s * (double)transfer->streams;
    if (--checkpointing->transfers_left > 0)
        return;
    double tasks = (double)run->model->job.tasks;
    checkpointing->draw.alignment_s = now_s - checkpointing->first_written_s;
    checkpointing->draw.stall_s = fmax(now_s - checkpointing->written_sum_s / tasks, 0);
    commit(run);
}

static void due_while_busy(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    enum overrun overrun = (enum overrun)params_of(run)->overrun;
    bool must_wait = run->segment.completes || overrun == OVERRUN_BLOCK;
    if (!must_wait && overrun == OVERRUN_SKIP) {
        segment_skip_due(run);
        segment_resume(run, run->segment.share);
        return;
    }
    checkpointing->queued = true;
    if (must_wait) {
        segment_stop(run);
        overlap_ends(run);
        run_set_activity(run, ACTIVITY_CHECKPOINT);
    } else {
        segment_clear_due(run);
        segment_resume(run, run->segment.share);
    }
}

/* No level is due: the work goes on to where the next checkpoint may be. */
static void pass_by(struct run *run)
{
    run->checkpointing.number++;
    segment_set_due(run, run->work.progress_s, run->calendar.now_s);
    segment_resume(run, run->segment.share);
}

void checkpointing_due(struct run *run)
{
    const struct levels *levels = &run->checkpointing.levels;
    if (coordinator_blocks(run, BLOCKS_CHECKPOINTS)) {
        segment_stop(run); /* only the final one is due then: it waits */
        run_set_activity(run, ACTIVITY_CHECKPOINT);
    } else if (levels->n > 0 && !levels_plan(run, run->segment.completes))
        pass_by(run);
    else if (run->checkpointing.stage == STAGE_IDLE)
        cut(run);
    else
        due_while_busy(run);
}

/* A checkpoint is in progress; another follows it, unless it is the last. */
static void queue_for_alarm(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (params_of(run)->on_alarm != ON_ALARM_QUEUE || checkpointing->is_final)
        return;
    checkpointing->queued = checkpointing->alarm_queued = true;
    /* The plan of whole segments does not know of it; work beside a write has none. */
    if (!is_async(run))
        segment_interrupt(run);
}

bool checkpointing_alarm(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (!checkpoint_coordination(params_of(run))->takes_cuts ||
        coordinator_blocks(run, BLOCKS_CHECKPOINTS) || run->recoveries->state != RECOVERY_NONE)
        return false;
    if (checkpointing->stage != STAGE_IDLE) {
        queue_for_alarm(run);
        return false;
    }
    double run_s = fmax(run->calendar.now_s - run->work.since_s, 0);
    if (!(run->work.progress_s + run_s * run->work.speed > checkpointing->line.progress_s))
        return false;
    if (checkpointing->levels.n > 0 && !levels_plan(run, false))
        return false; /* its number is not one that a level is written at */
    segment_interrupt(run);
    checkpointing->is_proactive = true;
    cut(run);
    return true;
}

void checkpointing_abort(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->queued = checkpointing->alarm_queued = checkpointing->is_proactive = false;
    if (checkpointing->stage == STAGE_IDLE)
        return;
    checkpointing->stage = STAGE_IDLE;
    checkpointing->retake = params_of(run)->interrupted == INTERRUPTED_RETAKEN;
    checkpointing->aborted += !usable_at_cut(run);
    overlap_ends(run);
    calendar_cancel(&run->calendar, &checkpointing->stage_end);
    levels_abort(run);
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++)
        device_abort(&checkpointing->transfers[i]);
    if (uses_device(run)) {
        sum_add(&checkpointing->aborted_bytes, bytes_of(run, checkpointing->cut_is_base));
        if (!isnan(run->segment.fixed_s))
            book_partial(run);
    }
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_aborted", NULL, 0);
}

bool checkpointing_has_line(const struct run *run)
{
    return run->checkpointing.line.progress_s > 0;
}

bool checkpointing_may_pass(const struct run *run)
{
    if (writes_may_fail(run))
        return false;
    if (run->checkpointing.levels.n > 0)
        return levels_may_pass(run);
    bool direct = run->checkpointing.base_cost || !isnan(checkpointing_fixed_s(run));
    return checkpoint_coordination(params_of(run))->takes_cuts && direct && !is_async(run);
}

bool checkpointing_pass(struct run *run, double cut_s, double progress_s, double next_s,
                        double *commit_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->is_final = false;
    if (checkpointing->levels.n > 0 && !levels_plan(run, false))
        return false;
    prepare(run);
    if (is_verified(run) && !isnan(checkpointing->corrupt_since_s))
        return false;
    if (isnan(run->segment.fixed_s))
        *commit_s = cut_s + checkpointing->draw.verify_s + checkpointing->draw.coordinate_s +
                    checkpointing->draw.write_s;
    else
        *commit_s = segment_commit_s(run, cut_s);
    if (!(*commit_s < next_s))
        return false;
    set_cut(run, cut_s, progress_s);
    record_commit(run, *commit_s);
    make_usable(run);
    keep(run, *commit_s);
    return true;
}

void checkpointing_commit_many(struct run *run, uint64_t k, double last_cut_s,
                               double last_progress_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->committed += k;
    checkpointing->number += k;
    checkpointing->line = (struct recovery_line){
        .progress_s = last_progress_s, .cut_s = last_cut_s, .number = checkpointing->number - 1};
    keep(run, segment_past_commit_s(run, k));
    run_record_series(run, M_CHECKPOINT_DURATION, run->segment.fixed_s, k);
    if (checkpointing->has_stalls) {
        run_record_series(run, M_CHECKPOINT_STALL, 0, k);
        run_record_series(run, M_CHECKPOINT_ALIGNMENT, 0, k);
    }
}

double checkpointing_bytes(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    if (checkpointing->levels.n > 0)
        return run_moved_bytes(run, DIRECTION_WRITE);
    if (!uses_device(run))
        return 0;
    if (isnan(run->segment.fixed_s))
        return device_moved_bytes(run->device, DIRECTION_WRITE);
    return (double)checkpointing->committed * bytes_of(run, true) +
           sum_value(&checkpointing->partial_bytes);
}

void checkpointing_check(struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    bool by_levels = checkpointing->levels.n > 0;
    if ((!uses_device(run) && !by_levels) || usable_at_cut(run))
        return;
    double committed = isnan(run->segment.fixed_s)
                           ? sum_value(&checkpointing->committed_bytes)
                           : (double)checkpointing->committed * bytes_of(run, true);
    run_check_bytes(run, "written", checkpointing_bytes(run), committed,
                    sum_value(&checkpointing->aborted_bytes));
}

/* ---- set-up ---- */

void checkpointing_init(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing_find_costs(run);
    levels_init(run);
    if (params_of(run)->retain > 1)
        checkpointing->retained =
            mem_alloc((size_t)params_of(run)->retain, sizeof *checkpointing->retained);
    checkpointing->has_stalls = params_of(run)->cost_per == COST_PER_TASK || run->device;
    if (!run->device || !checkpoint_coordination(params_of(run))->takes_cuts ||
        checkpointing->base_cost)
        return;
    uint64_t tasks = run->model->job.tasks;
    double bytes = bytes_of(run, true) / (double)tasks;
    bool apart = device_tells_streams_apart(run->device->params, DIRECTION_WRITE, bytes);
    checkpointing->n_transfers = apart ? tasks : 1;
    checkpointing->transfers = mem_alloc(checkpointing->n_transfers, sizeof(struct transfer));
}

void checkpointing_start(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    uint64_t seed = run->seed;
    uint64_t replication = run->replication;
    checkpointing->stage = STAGE_IDLE;
    checkpointing->stage_end = (struct event){0};
    checkpointing->line = (struct recovery_line){0};
    levels_start(run);
    checkpointing->n_retained = 0;
    checkpointing->number = 1;
    checkpointing->corrupt_since_s = (double)NAN;
    checkpointing->error_found = false;
    checkpointing->declined = checkpointing->silent_errors = checkpointing->errors_found = 0;
    checkpointing->verification_rng = rng_stream(seed, replication, RNG_VERIFICATION, 0);
    checkpointing->write_failure_rng = rng_stream(seed, replication, RNG_WRITE_FAILURE, 0);
    checkpointing->draw.valid = false;
    checkpointing->draw.stall_s = checkpointing->draw.alignment_s = 0;
    checkpointing->is_prepared = checkpointing->needs_base = false;
    checkpointing->is_final = checkpointing->queued = checkpointing->alarm_queued = false;
    checkpointing->is_proactive = checkpointing->retake = false;
    checkpointing->slowed_since_s = (double)NAN;
    checkpointing->committed = checkpointing->aborted = checkpointing->skipped = 0;
    checkpointing->kept = (struct kept){0};
    checkpointing->slowed_s = checkpointing->committed_bytes = (struct sum){0};
    checkpointing->aborted_bytes = checkpointing->partial_bytes = (struct sum){0};
    checkpointing->cost_rng = rng_stream(seed, replication, RNG_CHECKPOINT, 0);
    checkpointing->coordination_rng = rng_stream(seed, replication, RNG_COORDINATION, 0);
    checkpointing->alarm_rng = rng_stream(seed, replication, RNG_ALARM_COST, 0);
    checkpointing->device_rng = rng_stream(seed, replication, RNG_DEVICE, DIRECTION_WRITE);
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++)
        checkpointing->transfers[i] = (struct transfer){0};
}

void checkpointing_release(struct run *run)
{
    free(run->checkpointing.transfers);
    free(run->checkpointing.retained);
    levels_release(run);
}
