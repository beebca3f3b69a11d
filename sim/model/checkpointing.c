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
#include "model/run.h"

static void stage_ends(void *context, struct event *event);

static const struct event_type stage_end = {"checkpoint_stage_end", stage_ends};

static const struct checkpoint_params *params_of(const struct run *run)
{
    return &run->model->checkpoint;
}

static bool is_async(const struct run *run)
{
    return params_of(run)->mode == CHECKPOINT_ASYNC;
}

bool checkpointing_takes_final(const struct run *run)
{
    return params_of(run)->final && checkpoint_coordination(params_of(run))->takes_cuts;
}

/* The law of a direct cost; NULL: written to a device. */
static const struct dist *cost_of(const struct run *run, bool is_base)
{
    return is_base ? run->checkpointing.base_cost : run->checkpointing.delta_cost;
}

static double bytes_of(const struct run *run, bool is_base)
{
    return is_base ? job_state_bytes(&run->model->job) : job_delta_bytes(&run->model->job);
}

double checkpointing_fixed_s(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    double latency_s;
    if (!checkpoint_coordination(params_of(run))->takes_cuts || is_async(run) ||
        checkpoint_cycle(params_of(run)) != 1)
        return (double)NAN;
    if (checkpointing->base_cost)
        return checkpointing->coordinate_s + checkpointing->base_cost_s;
    if (!dist_is_constant(&run->device->params->latency, &latency_s))
        return (double)NAN;
    uint64_t n = run->model->job.tasks;
    return checkpointing->coordinate_s + device_alone_s(run->device->params, DIRECTION_WRITE, n,
                                                        bytes_of(run, true) / (double)n, latency_s);
}

/* ---- random durations ---- */

/*
 * The slowest of n independent writes, and what the others wait for it. Three uniforms serve any
 * n: given the largest m, the others are independent below m, so one of them at random and the
 * smallest of them can be drawn exactly.
 */
static void draw_slowest(const struct dist *cost, uint64_t n, struct rng *rng,
                         struct checkpoint_draw *draw)
{
    double log_p = log(rng_uniform(rng)) / (double)n; /* log F(m) */
    double u_rank = rng_uniform(rng);
    double u_least = rng_uniform(rng);
    double slowest_p = exp(log_p);
    draw->write_s = dist_type(cost)->quantile(cost->of.params, slowest_p, -expm1(log_p));
    double share = u_rank * (double)n; /* the first n-th: the rank is the slowest itself */
    double rank_p = slowest_p * (share - 1) / (double)(n - 1);
    draw->stall_s = share <= 1 ? 0 : fmax(draw->write_s - dist_quantile(cost, rank_p), 0);
    double least_p = slowest_p * -expm1(log1p(-u_least) / (double)(n - 1));
    draw->alignment_s = fmax(draw->write_s - dist_quantile(cost, least_p), 0);
}

static void draw_write(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    struct checkpoint_draw *draw = &checkpointing->draw;
    bool is_base = checkpointing->cut_is_base;
    const struct dist *cost = cost_of(run, is_base);
    uint64_t n = run->model->job.tasks;
    draw->stall_s = draw->alignment_s = 0;
    draw->write_s = is_base ? checkpointing->base_cost_s : checkpointing->delta_cost_s;
    if (!cost || !isnan(draw->write_s))
        return;
    if (params_of(run)->cost_per == COST_PER_TASK && n > 1)
        draw_slowest(cost, n, &checkpointing->cost_rng, draw);
    else
        draw->write_s = dist_draw(cost, &checkpointing->cost_rng);
}

static double draw_latency(struct run *run)
{
    struct rng *rng = &run->checkpointing.coordination_rng;
    const struct dist *latency = checkpoint_latency(params_of(run));
    return checkpoint_coordination(params_of(run))->latency_per == COST_PER_TASK
               ? dist_draw_max(latency, run->model->job.tasks, rng)
               : dist_draw(latency, rng);
}

static void draw_durations(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    struct checkpoint_draw *draw = &checkpointing->draw;
    if (draw->valid && params_of(run)->on_retry == ON_RETRY_REPEAT)
        return;
    draw->valid = true;
    draw_write(run);
    draw->coordinate_s = checkpointing->coordinate_s;
    if (isnan(draw->coordinate_s))
        draw->coordinate_s = draw_latency(run);
    draw->sync_s = checkpointing->sync_s;
    if (isnan(draw->sync_s))
        draw->sync_s = dist_draw(&params_of(run)->sync, &checkpointing->coordination_rng);
}

/* ---- stages ---- */

/* Each returns how long the stage lasts; NaN: until the transfers are done. */
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
    const struct dist *latency = &run->device->params->latency;
    uint64_t tasks = run->model->job.tasks;
    uint64_t streams = tasks / checkpointing->n_transfers;
    double bytes = bytes_of(run, checkpointing->cut_is_base) / (double)tasks;
    checkpointing->transfers_left = checkpointing->n_transfers;
    checkpointing->written_sum_s = 0;
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++)
        device_start(run->device, &checkpointing->transfers[i], DIRECTION_WRITE, streams, bytes,
                     dist_draw(latency, &checkpointing->device_rng), class_written, run);
    return (double)NAN;
}

static double write_out(struct run *run)
{
    if (cost_of(run, run->checkpointing.cut_is_base))
        return run->checkpointing.draw.write_s;
    return write_to_device(run);
}

static const struct stage_row {
    const char *name;
    double (*begin)(struct run *run);
    bool may_overlap; /* the job works on meanwhile, when the checkpoint is asynchronous */
} stages[N_STAGES] = {
    [STAGE_COORDINATE] = {"coordinate", coordinate, false},
    [STAGE_SYNC] = {"sync", synchronise, false},
    [STAGE_WRITE] = {"write", write_out, true},
};

static void commit(struct run *run);

static void overlap_starts(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->slowed_since_s = run->calendar.now_s;
    if (params_of(run)->interval_from == INTERVAL_FROM_START)
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

/* Enters a stage, and at once those after it that take no time. */
// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void enter(struct run *run, enum stage stage)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    for (; stage < N_STAGES; stage++) {
        checkpointing->stage = stage;
        double duration_s = stages[stage].begin(run);
        if (duration_s <= 0)
            continue;
        if (!isnan(duration_s))
            calendar_schedule(&run->calendar, &checkpointing->stage_end, &stage_end,
                              run->calendar.now_s + duration_s, 0);
        /* Only now that its end is in the calendar may the work plan ahead. */
        if (stages[stage].may_overlap && is_async(run) && !checkpointing->is_final)
            overlap_starts(run);
        return;
    }
    commit(run);
}

static void stage_ends(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (run->checkpointing.stage == STAGE_WRITE)
        commit(run);
    else
        enter(run, run->checkpointing.stage + 1);
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
    checkpointing->draw.valid = false;
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
        checkpoint_content(params_of(run))
            ->next_is_base(params_of(run)->content.params, &checkpointing->line.chain);
    draw_durations(run);
}

static void set_cut(struct run *run, double cut_s, double progress_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->is_prepared = false;
    checkpointing->cut.progress_s = progress_s;
    checkpointing->cut.cut_s = cut_s;
    checkpointing->cut.chain.deltas =
        checkpointing->cut_is_base ? 0 : checkpointing->line.chain.deltas + 1;
}

// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void cut(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    segment_stop(run);
    run_set_activity(run, ACTIVITY_CHECKPOINT);
    prepare(run);
    set_cut(run, run->calendar.now_s, run->work.progress_s);
    checkpointing->queued = false;
    checkpointing->is_final = run->work.progress_s >= run->work.total_s;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "checkpoint_cut",
                  &(struct trace_value){"progress_s", checkpointing->cut.progress_s, NULL}, 1);
    if (usable_at_cut(run))
        make_usable(run);
    if (isnan(run->segment.fixed_s)) {
        enter(run, STAGE_COORDINATE);
    } else {
        checkpointing->stage = STAGE_WRITE;
        calendar_schedule(&run->calendar, &checkpointing->stage_end, &stage_end,
                          segment_commit_s(run, run->calendar.now_s), 0);
    }
}

static void record_commit(struct run *run, double now_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    if (isnan(run->segment.fixed_s))
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

// NOLINTNEXTLINE(misc-no-recursion): a queued cut follows once, then the queue is empty
static void commit(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    bool overlapped = !isnan(checkpointing->slowed_since_s);
    record_commit(run, run->calendar.now_s);
    if (uses_device(run))
        sum_add(&checkpointing->committed_bytes, bytes_of(run, checkpointing->cut_is_base));
    checkpointing->stage = STAGE_IDLE;
    overlap_ends(run);
    if (!usable_at_cut(run))
        make_usable(run);
    for (size_t i = 0; run->redraws && i < run->n_failures; i++)
        failure_process_redraw(&run->failures[i], run);
    if (checkpointing->is_final) {
        run_finish(run);
    } else if (checkpointing->queued) {
        cut(run);
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
        segment_resume(run, run->work.speed);
        return;
    }
    checkpointing->queued = true;
    if (must_wait) {
        segment_stop(run);
        overlap_ends(run);
        run_set_activity(run, ACTIVITY_CHECKPOINT);
    } else {
        segment_clear_due(run);
        segment_resume(run, run->work.speed);
    }
}

void checkpointing_due(struct run *run)
{
    if (run->checkpointing.stage == STAGE_IDLE)
        cut(run);
    else
        due_while_busy(run);
}

void checkpointing_abort(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->queued = false;
    if (checkpointing->stage == STAGE_IDLE)
        return;
    checkpointing->stage = STAGE_IDLE;
    checkpointing->aborted += !usable_at_cut(run);
    overlap_ends(run);
    calendar_cancel(&run->calendar, &checkpointing->stage_end);
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

bool checkpointing_may_pass(const struct run *run)
{
    bool direct = run->checkpointing.base_cost || !isnan(checkpointing_fixed_s(run));
    return checkpoint_coordination(params_of(run))->takes_cuts && direct && !is_async(run);
}

bool checkpointing_pass(struct run *run, double cut_s, double progress_s, double next_s,
                        double *commit_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    prepare(run);
    if (isnan(run->segment.fixed_s))
        *commit_s = cut_s + checkpointing->draw.coordinate_s + checkpointing->draw.write_s;
    else
        *commit_s = segment_commit_s(run, cut_s);
    if (!(*commit_s < next_s))
        return false;
    set_cut(run, cut_s, progress_s);
    record_commit(run, *commit_s);
    make_usable(run);
    return true;
}

void checkpointing_commit_many(struct run *run, uint64_t k, double last_cut_s,
                               double last_progress_s)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->committed += k;
    checkpointing->line =
        (struct recovery_line){.progress_s = last_progress_s, .cut_s = last_cut_s};
    run_record_series(run, M_CHECKPOINT_DURATION, run->segment.fixed_s, k);
    if (checkpointing->has_stalls) {
        run_record_series(run, M_CHECKPOINT_STALL, 0, k);
        run_record_series(run, M_CHECKPOINT_ALIGNMENT, 0, k);
    }
}

double checkpointing_bytes(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
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
    if (!uses_device(run) || usable_at_cut(run))
        return;
    double committed = isnan(run->segment.fixed_s)
                           ? sum_value(&checkpointing->committed_bytes)
                           : (double)checkpointing->committed * bytes_of(run, true);
    run_check_bytes(run, "written", checkpointing_bytes(run), committed,
                    sum_value(&checkpointing->aborted_bytes));
}

/* ---- set-up ---- */

/* Costs and latencies of the scenario, and those among them that never vary. */
static void find_costs(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    const struct checkpoint_params *params = params_of(run);
    const struct dist *delta_cost = checkpoint_delta_cost(params);
    const struct dist *latency = checkpoint_latency(params);
    checkpointing->base_cost = dist_is_given(&params->cost) ? &params->cost : NULL;
    checkpointing->delta_cost = delta_cost ? delta_cost : checkpointing->base_cost;
    checkpointing->base_cost_s = checkpointing->delta_cost_s = (double)NAN;
    checkpointing->coordinate_s = checkpointing->sync_s = 0;
    if (checkpointing->base_cost)
        (void)dist_is_constant(checkpointing->base_cost, &checkpointing->base_cost_s);
    if (checkpointing->delta_cost)
        (void)dist_is_constant(checkpointing->delta_cost, &checkpointing->delta_cost_s);
    if (latency && !dist_is_constant(latency, &checkpointing->coordinate_s))
        checkpointing->coordinate_s = (double)NAN;
    if (is_async(run) && !dist_is_constant(&params->sync, &checkpointing->sync_s))
        checkpointing->sync_s = (double)NAN;
}

void checkpointing_init(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    double latency_s;
    find_costs(run);
    checkpointing->has_stalls = params_of(run)->cost_per == COST_PER_TASK || run->device;
    if (!run->device || !checkpoint_coordination(params_of(run))->takes_cuts ||
        checkpointing->base_cost)
        return;
    bool together = dist_is_constant(&run->device->params->latency, &latency_s);
    checkpointing->n_transfers = together ? 1 : run->model->job.tasks;
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
    checkpointing->draw.valid = false;
    checkpointing->draw.stall_s = checkpointing->draw.alignment_s = 0;
    checkpointing->is_prepared = false;
    checkpointing->is_final = checkpointing->queued = false;
    checkpointing->slowed_since_s = (double)NAN;
    checkpointing->committed = checkpointing->aborted = checkpointing->skipped = 0;
    checkpointing->slowed_s = checkpointing->committed_bytes = (struct sum){0};
    checkpointing->aborted_bytes = checkpointing->partial_bytes = (struct sum){0};
    checkpointing->cost_rng = rng_stream(seed, replication, RNG_CHECKPOINT, 0);
    checkpointing->coordination_rng = rng_stream(seed, replication, RNG_COORDINATION, 0);
    checkpointing->device_rng = rng_stream(seed, replication, RNG_DEVICE, DIRECTION_WRITE);
    for (uint64_t i = 0; i < checkpointing->n_transfers; i++)
        checkpointing->transfers[i] = (struct transfer){0};
}

void checkpointing_release(struct run *run)
{
    free(run->checkpointing.transfers);
}
