// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of a recovery: failed, detected, (down, waiting for nodes),
 * started, restored and rewound, caught up. The table below says what each
 * state is; the statistics are per episode, from the first failure until its
 * progress is regained.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/detector.h"
#include "model/run.h"

static void state_ends(void *context, struct event *event);

static const struct event_type state_end = {"recovery_state_end", state_ends};

static const struct recovery_params *params_of(const struct run *run)
{
    return &run->model->recovery;
}

/* ---- how long each state lasts; NaN: until somebody says so ---- */

static double load(struct run *run)
{
    return dist_draw(&run->model->job.start, &run->recovering.start_rng);
}

static double detect(struct run *run)
{
    return detector_draw_s(&params_of(run)->detector, &run->recovering.detection_rng);
}

static double stay_down(struct run *run)
{
    return dist_draw(&params_of(run)->downtime, &run->recovering.downtime_rng);
}

static double wait_for_nodes(struct run *run)
{
    return run->nodes.missing > 0 ? (double)NAN : 0;
}

static double start_processes(struct run *run)
{
    return dist_draw(&params_of(run)->restart.delay, &run->recovering.restart_rng);
}

/* Direct times: the base, then each delta of the chain. */
static double draw_restore(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    if (recovering->has_restore_draw && params_of(run)->on_retry == ON_RETRY_REPEAT)
        return recovering->restore_draw_s;
    const struct dist *base = &params_of(run)->restore;
    double restore_s = dist_is_given(base) ? dist_draw(base, &recovering->restore_rng) : 0;
    const struct dist *delta = checkpoint_delta_restore(&run->model->checkpoint);
    if (delta)
        for (uint64_t i = 0; i < run->checkpointing.line.chain.deltas; i++)
            restore_s += dist_draw(delta, &recovering->restore_rng);
    recovering->has_restore_draw = true;
    recovering->restore_draw_s = restore_s;
    return restore_s;
}

static void class_read(void *context, struct transfer *transfer);

static double bytes_to_read(const struct run *run)
{
    double deltas = (double)run->checkpointing.line.chain.deltas;
    return job_state_bytes(&run->model->job) + deltas * job_delta_bytes(&run->model->job);
}

/* Each task reads its share of the base and of every delta, one after the other. */
static double read_from_device(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    const struct dist *latency = &run->device->params->latency;
    uint64_t deltas = run->checkpointing.line.chain.deltas;
    uint64_t tasks = run->model->job.tasks;
    double bytes = bytes_to_read(run);
    recovering->transfers_left = recovering->n_transfers;
    for (uint64_t i = 0; i < recovering->n_transfers; i++) {
        double latency_s = 0;
        for (uint64_t piece = 0; piece <= deltas; piece++)
            latency_s += dist_draw(latency, &recovering->device_rng);
        device_start(run->device, &recovering->transfers[i], DIRECTION_READ,
                     tasks / recovering->n_transfers, bytes / (double)tasks, latency_s, class_read,
                     run);
    }
    return (double)NAN;
}

static double restore(struct run *run)
{
    return run->recovering.n_transfers > 0 ? read_from_device(run) : draw_restore(run);
}

static const struct state_row {
    const char *reached; /* in the trace, when the state has ended */
    enum activity activity;
    size_t phase; /* offset in struct episode of the time that it adds to; 0: none */
    double (*begin)(struct run *run);
} states[N_RECOVERY_STATES] = {
    [RECOVERY_LOADING] = {"loaded", ACTIVITY_START, 0, load},
    [RECOVERY_DETECTING] = {"detected", ACTIVITY_DOWN, offsetof(struct episode, detect_s), detect},
    [RECOVERY_DOWN] = {"downtime_over", ACTIVITY_DOWN, offsetof(struct episode, restart_s),
                       stay_down},
    [RECOVERY_WAITING] = {"allocated", ACTIVITY_DOWN, offsetof(struct episode, restart_s),
                          wait_for_nodes},
    [RECOVERY_STARTING] = {"started", ACTIVITY_RECOVERY, offsetof(struct episode, restart_s),
                           start_processes},
    [RECOVERY_RESTORING] = {"restored", ACTIVITY_RECOVERY, offsetof(struct episode, restore_s),
                            restore},
};

/* ---- transitions ---- */

// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
static void go_to_work(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    recovering->state = RECOVERY_NONE;
    recovering->has_restore_draw = false;
    recovering->episode.running_since_s = run->calendar.now_s;
    if (recovering->deferred) {
        recovering->deferred = false;
        recovering_fail(run);
        return;
    }
    segment_restart(run);
}

/* Adds time in the state to its phase of the episode. */
static void book_phase(struct run *run, double time_s)
{
    struct recovering *recovering = &run->recovering;
    size_t phase = states[recovering->state].phase;
    if (phase == 0 || !recovering->episode.open)
        return;
    double *phase_s = (double *)(void *)((char *)&recovering->episode + phase);
    *phase_s += time_s;
}

/* Leaves the state for the one that follows. */
static enum recovery_state leave(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    book_phase(run, isnan(recovering->duration_s) ? run->calendar.now_s - recovering->since_s
                                                  : recovering->duration_s);
    if (run->trace)
        run_trace(run, run->calendar.now_s, states[recovering->state].reached, NULL, 0);
    if (recovering->state == RECOVERY_LOADING)
        return run->model->job.first_start == FIRST_START_RECOVERY ? RECOVERY_STARTING
                                                                   : N_RECOVERY_STATES;
    return recovering->state + 1;
}

/* Enters a state, and at once those after it that take no time. */
// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
static void enter(struct run *run, enum recovery_state state)
{
    struct recovering *recovering = &run->recovering;
    while (state < N_RECOVERY_STATES) {
        if (recovering->may_skip[state] && !run->trace) {
            state++;
            continue;
        }
        recovering->state = state;
        recovering->since_s = run->calendar.now_s;
        run_set_activity(run, states[state].activity);
        double duration_s = recovering->constant_s[state];
        if (isnan(duration_s))
            duration_s = states[state].begin(run);
        recovering->duration_s = duration_s;
        if (isnan(duration_s))
            return;
        double end_s = run->calendar.now_s + duration_s;
        if (duration_s > 0 && !calendar_advance(&run->calendar, end_s)) {
            calendar_schedule(&run->calendar, &recovering->state_end, &state_end, end_s, 0);
            return;
        }
        state = leave(run);
    }
    go_to_work(run);
}

static void state_ends(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    enum recovery_state next = leave(run);
    if (next < N_RECOVERY_STATES)
        enter(run, next);
    else
        go_to_work(run);
}

static void class_read(void *context, struct transfer *transfer)
{
    (void)transfer;
    struct run *run = context;
    if (--run->recovering.transfers_left > 0)
        return;
    sum_add(&run->recovering.read_bytes, bytes_to_read(run));
    state_ends(run, NULL);
}

void recovering_nodes_ready(struct run *run)
{
    if (run->recovering.state == RECOVERY_WAITING)
        state_ends(run, NULL);
}

/* ---- failures ---- */

/* The time spent in the state that the failure cuts off. */
static void cut_off(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    book_phase(run, run->calendar.now_s - recovering->since_s);
    calendar_cancel(&run->calendar, &recovering->state_end);
    for (uint64_t i = 0; i < recovering->n_transfers; i++)
        device_abort(&recovering->transfers[i]);
    if (recovering->state == RECOVERY_RESTORING && recovering->n_transfers > 0)
        sum_add(&recovering->aborted_bytes, bytes_to_read(run));
}

static void episode_extend(struct run *run, double progress_s)
{
    struct episode *episode = &run->recovering.episode;
    if (episode->open)
        return;
    *episode = (struct episode){
        .open = true,
        .since_s = run->calendar.now_s,
        .progress_s = progress_s,
    };
}

static double work_is_lost(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    const struct recovery_line *line = &run->checkpointing.line;
    segment_stop(run);
    double progress_s = run->work.progress_s;
    checkpointing_abort(run);
    run_break_segment(run);
    if (recovering->episode.open)
        recovering->episode.catch_up_s += run->calendar.now_s - recovering->episode.running_since_s;
    episode_extend(run, progress_s);
    work_roll_back(&run->work, run->calendar.now_s, line->progress_s);
    return fmax(progress_s - line->progress_s, 0);
}

// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
void recovering_fail(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    double now_s = run->calendar.now_s;
    bool in_recovery =
        recovering->state == RECOVERY_STARTING || recovering->state == RECOVERY_RESTORING;
    enum recovery_failure rule = (enum recovery_failure)params_of(run)->on_failure;
    if (in_recovery && rule == RECOVERY_FAILURE_DEFER) {
        recovering->deferred = true;
        return;
    }
    double lost_s = 0;
    if (recovering->state == RECOVERY_NONE) {
        lost_s = work_is_lost(run);
    } else {
        cut_off(run);
        episode_extend(run, run->work.progress_s);
    }
    run_record(run, M_LOST_WORK, lost_s);
    run_record(run, M_ROLLBACK, now_s - run->checkpointing.line.cut_s);
    if (run->trace)
        run_trace(run, now_s, "failed", &(struct trace_value){"lost_work_s", lost_s, NULL}, 1);
    enter(run,
          in_recovery && rule == RECOVERY_FAILURE_RESTORE ? RECOVERY_WAITING : RECOVERY_DETECTING);
}

static void record_episode(struct run *run, double total_s)
{
    const struct episode *episode = &run->recovering.episode;
    double downtime_s = episode->detect_s + episode->restart_s + episode->restore_s;
    double sum_s = downtime_s + episode->catch_up_s;
    if (fabs(sum_s - total_s) > 1e-9 * (total_s + episode->since_s + 1))
        run_violation(run, "the phases of a recovery add up to %.17g s, not to %.17g s", sum_s,
                      total_s);
    run_record(run, M_RECOVERY_TIME, total_s);
    run_record_series(run, M_DOWNTIME, downtime_s, 1);
    run_record_series(run, M_DETECT, episode->detect_s, 1);
    run_record_series(run, M_RESTART, episode->restart_s, 1);
    run_record_series(run, M_RESTORE, episode->restore_s, 1);
    run_record(run, M_CATCH_UP, episode->catch_up_s);
}

void recovering_caught_up(struct run *run, double time_s)
{
    struct episode *episode = &run->recovering.episode;
    episode->open = false;
    episode->catch_up_s += time_s - episode->running_since_s;
    run_book_until(run, time_s);
    run->budget.activity = ACTIVITY_WORK;
    record_episode(run, time_s - episode->since_s);
    if (run->trace)
        run_trace(run, time_s, "caught_up", NULL, 0);
}

double recovering_bytes(const struct run *run)
{
    return run->recovering.n_transfers > 0 ? device_moved_bytes(run->device, DIRECTION_READ) : 0;
}

void recovering_end(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    recovering->censored += recovering->episode.open;
    if (recovering->state != RECOVERY_NONE)
        cut_off(run);
    run_check_bytes(run, "read", recovering_bytes(run), sum_value(&recovering->read_bytes),
                    sum_value(&recovering->aborted_bytes));
}

/* ---- set-up ---- */

/*
 * States that never take time are passed over, unless somebody watches; but the job must be seen
 * to be down before it comes up again, for the sake of the failure clocks.
 */
static void find_skips(struct recovering *recovering)
{
    for (int s = RECOVERY_DETECTING; s < N_RECOVERY_STATES; s++)
        recovering->may_skip[s] = recovering->constant_s[s] <= 0;
    if (!(recovering->constant_s[RECOVERY_DOWN] > 0))
        recovering->may_skip[RECOVERY_DETECTING] = false;
}

/* States that always last the same need no draws. */
static void find_constants(struct run *run)
{
    double *constant_s = run->recovering.constant_s;
    const struct recovery_params *params = params_of(run);
    const struct detector_type *detector = (const struct detector_type *)params->detector.variant;
    for (int s = 0; s < N_RECOVERY_STATES; s++)
        constant_s[s] = (double)NAN;
    (void)dist_is_constant(&run->model->job.start, &constant_s[RECOVERY_LOADING]);
    (void)dist_is_constant(&params->downtime, &constant_s[RECOVERY_DOWN]);
    (void)dist_is_constant(&params->restart.delay, &constant_s[RECOVERY_STARTING]);
    if (detector->is_constant(params->detector.params))
        constant_s[RECOVERY_DETECTING] = detector_mean_s(&params->detector);
    if (!run->nodes.followed)
        constant_s[RECOVERY_WAITING] = 0;
    if (dist_is_given(&params->restore) && !checkpoint_delta_restore(&run->model->checkpoint))
        (void)dist_is_constant(&params->restore, &constant_s[RECOVERY_RESTORING]);
}

void recovering_init(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    double latency_s;
    find_constants(run);
    find_skips(recovering);
    if (!run->device || dist_is_given(&params_of(run)->restore))
        return;
    bool together = dist_is_constant(&run->device->params->latency, &latency_s);
    recovering->n_transfers = together ? 1 : run->model->job.tasks;
    recovering->transfers = mem_alloc(recovering->n_transfers, sizeof(struct transfer));
}

void recovering_start(struct run *run)
{
    struct recovering *recovering = &run->recovering;
    uint64_t seed = run->seed;
    uint64_t replication = run->replication;
    recovering->state = RECOVERY_NONE;
    recovering->state_end = (struct event){0};
    recovering->episode.open = false;
    recovering->deferred = false;
    recovering->has_restore_draw = false;
    recovering->censored = 0;
    recovering->read_bytes = recovering->aborted_bytes = (struct sum){0};
    recovering->detection_rng = rng_stream(seed, replication, RNG_DETECTION, 0);
    recovering->downtime_rng = rng_stream(seed, replication, RNG_DOWNTIME, 0);
    recovering->restart_rng = rng_stream(seed, replication, RNG_RESTART, 0);
    recovering->restore_rng = rng_stream(seed, replication, RNG_RESTORE, 0);
    recovering->start_rng = rng_stream(seed, replication, RNG_START, 0);
    recovering->device_rng = rng_stream(seed, replication, RNG_DEVICE, DIRECTION_READ);
    for (uint64_t i = 0; i < recovering->n_transfers; i++)
        recovering->transfers[i] = (struct transfer){0};
    enter(run, RECOVERY_LOADING);
}

void recovering_release(struct run *run)
{
    free(run->recovering.transfers);
}
