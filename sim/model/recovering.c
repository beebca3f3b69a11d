// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The life cycle of a recovery: failed, detected, (cancelled, backed off, down,
 * requested, granted, waiting for nodes, localised), started, restored and
 * rewound, caught up. The table below says what each
 * state is; the statistics are per episode, from the first failure until what
 * it cost is regained. What differs between batch and stream jobs is asked of
 * the data plane (recovering_work.c, recovering_stream.c).
 */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/detector.h"
#include "model/run.h"

static void state_ends(void *context, struct event *event);

static const struct event_type state_end = {"recovery_state_end", state_ends};

static const struct recovery_params *params_of(const struct recovering *recovering)
{
    return &recovering->run->model->recovery;
}

static double now_of(const struct recovering *recovering)
{
    return recovering->run->calendar.now_s;
}

static bool reads_device(const struct recovering *recovering)
{
    return recovering->n_transfers > 0;
}

static const struct level *level_of(const struct recovering *recovering)
{
    return recovering->plane->level ? recovering->plane->level(recovering) : NULL;
}

/* The device that it reads now; NULL: it takes a direct time. */
static struct device *device_of(const struct recovering *recovering)
{
    const struct level *level = level_of(recovering);
    if (level)
        return dist_is_given(&level->params->restore) ? NULL : level->device;
    return reads_device(recovering) ? recovering->run->device : NULL;
}

/* ---- how long each state lasts; NaN: until somebody says so ---- */

static double load(struct recovering *recovering)
{
    return dist_draw(&recovering->run->model->job.start, &recovering->start_rng);
}

static double detect(struct recovering *recovering)
{
    if (!isnan(recovering->run->contact.unseen_s))
        return recovering->run->contact.unseen_s;
    return detector_draw_s(recovery_detector(params_of(recovering), recovering->struck),
                           &recovering->detection_rng);
}

static double stay_down(struct recovering *recovering)
{
    return dist_draw(&params_of(recovering)->downtime, &recovering->downtime_rng);
}

static double wait_for_nodes(struct recovering *recovering)
{
    if (recovering->plane->request)
        recovering->plane->request(recovering);
    double wait_s = recovering->plane->wait_s(recovering);
    if (isnan(wait_s))
        rescale_wait(recovering);
    return wait_s;
}

static double start_processes(struct recovering *recovering)
{
    return dist_draw(&params_of(recovering)->restart.delay, &recovering->restart_rng);
}

/* Direct times: the base, then each delta of the chain. */
static double draw_restore(struct recovering *recovering)
{
    const struct recovery_params *params = params_of(recovering);
    if (recovering->has_restore_draw && params->on_retry == ON_RETRY_REPEAT)
        return recovering->restore_draw_s;
    struct rng *rng = &recovering->restore_rng;
    const struct level *level = level_of(recovering);
    const struct dist *law = level ? &level->params->restore : &params->restore;
    double restore_s = dist_is_given(law) ? dist_draw(law, rng) : 0;
    const struct dist *delta = checkpoint_delta_restore(&recovering->run->model->checkpoint);
    if (delta) {
        uint64_t deltas = recovering->plane->deltas(recovering);
        for (uint64_t i = 0; i < deltas; i++)
            restore_s += dist_draw(delta, rng);
    }
    recovering->has_restore_draw = true;
    recovering->restore_draw_s = restore_s;
    return restore_s;
}

static void transfer_done(void *context, struct transfer *transfer);

/* The base and every delta, one after the other. A task without state reads nothing. */
static double read_from_device(struct recovering *recovering)
{
    struct device *device = device_of(recovering);
    const struct episode *episode = &recovering->episode;
    enum domain severity = episode->open ? episode->severity : DOMAIN_NONE;
    recovering->transfers_left = 0;
    for (uint64_t i = 0; i < recovering->n_transfers; i++) {
        uint64_t deltas;
        double bytes = recovering->plane->bytes(recovering, i, &deltas);
        if (bytes <= 0)
            continue;
        struct load load = device_load(device->params, DIRECTION_READ, recovering->streams, bytes,
                                       deltas + 1, &recovering->device_rng);
        load.latency_s += device_rebuild_s(device->params, bytes, severity);
        recovering->transfers_left++;
        device_start(device, &recovering->transfers[i], &load, transfer_done, recovering);
    }
    return recovering->transfers_left > 0 ? (double)NAN : 0;
}

static bool has_sources(const struct recovering *recovering)
{
    return recovering->restores && params_of(recovering)->sources.n > 0;
}

static double restore(struct recovering *recovering)
{
    if (has_sources(recovering))
        return recovering->plane->restore(recovering);
    return device_of(recovering) ? read_from_device(recovering) : draw_restore(recovering);
}

#define RESTART offsetof(struct episode, restart_s)

static const struct state_row {
    const char *reached; /* in the trace, when the state has ended */
    enum activity activity;
    size_t phase; /* offset in struct episode of the time that it adds to; 0: none */
    enum restart_part part;
    double (*begin)(struct recovering *recovering);
} states[N_RECOVERY_STATES] = {
    [RECOVERY_QUEUED] = {"allocated", ACTIVITY_DOWN, 0, PART_NONE, wait_for_nodes},
    [RECOVERY_LOADING] = {"loaded", ACTIVITY_START, 0, PART_NONE, load},
    [RECOVERY_DETECTING] = {"detected", ACTIVITY_DOWN, offsetof(struct episode, detect_s),
                            PART_NONE, detect},
    [RECOVERY_CANCELLING] = {"cancelled", ACTIVITY_DOWN, RESTART, PART_CANCEL, scheduler_cancel_s},
    [RECOVERY_BACKING_OFF] = {"backed_off", ACTIVITY_DOWN, RESTART, PART_BACKOFF,
                              scheduler_back_off_s},
    [RECOVERY_DOWN] = {"downtime_over", ACTIVITY_DOWN, RESTART, PART_BACKOFF, stay_down},
    [RECOVERY_BLOCKED] = {"admitted", ACTIVITY_DOWN, RESTART, PART_ALLOCATE, coordinator_wait_s},
    [RECOVERY_REQUESTING] = {"requested", ACTIVITY_DOWN, RESTART, PART_ALLOCATE,
                             scheduler_request_s},
    [RECOVERY_ALLOCATING] = {"granted", ACTIVITY_DOWN, RESTART, PART_ALLOCATE,
                             scheduler_allocate_s},
    [RECOVERY_WAITING] = {"allocated", ACTIVITY_DOWN, RESTART, PART_ALLOCATE, wait_for_nodes},
    [RECOVERY_LOCALISING] = {"localised", ACTIVITY_RECOVERY, RESTART, PART_LOCALISE,
                             scheduler_localise_s},
    [RECOVERY_STARTING] = {"started", ACTIVITY_RECOVERY, RESTART, PART_START, start_processes},
    [RECOVERY_RESTORING] = {"restored", ACTIVITY_RECOVERY, offsetof(struct episode, restore_s),
                            PART_NONE, restore},
};

/* ---- transitions ---- */

static void tell(const struct recovering *recovering, double time_s, const char *what)
{
    run_trace(recovering->run, time_s, what, &(struct trace_value){"scope", 0, recovering->name},
              recovering->name != NULL);
}

// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
static void go_to_work(struct recovering *recovering)
{
    recovering->state = RECOVERY_NONE;
    recovering->has_restore_draw = false;
    recovering->episode.running_since_s = now_of(recovering);
    if (recovering->deferred) {
        recovering->deferred = false;
        recovering_fail(recovering, recovering->deferred_severity);
        return;
    }
    recovering->plane->resume(recovering);
}

/* Adds time in the state to its phase of the episode. */
static void book_phase(struct recovering *recovering, double time_s)
{
    size_t phase = states[recovering->state].phase;
    if (phase == 0 || !recovering->episode.open)
        return;
    double *phase_s = (double *)(void *)((char *)&recovering->episode + phase);
    *phase_s += time_s;
    if (states[recovering->state].part != PART_NONE)
        recovering->episode.part_s[states[recovering->state].part] += time_s;
}

/* What survived the failure stops. */
static void detection_ends(struct recovering *recovering)
{
    const struct recovery_plane *plane = recovering->plane;
    recovering->detected_s = now_of(recovering);
    recovering->cancels = plane->survives && plane->survives(recovering);
    recovering->was_running = false;
    if (plane->detected)
        plane->detected(recovering);
}

/* Leaves the state for the one that follows. */
static enum recovery_state leave(struct recovering *recovering)
{
    struct run *run = recovering->run;
    enum recovery_state state = recovering->state;
    book_phase(recovering, isnan(recovering->duration_s) ? run->calendar.now_s - recovering->since_s
                                                         : recovering->duration_s);
    if (run->trace)
        tell(recovering, run->calendar.now_s,
             recovering->is_unseen ? "contact" : states[state].reached);
    if (state == RECOVERY_LOADING)
        return run->model->job.first_start == FIRST_START_RECOVERY ? RECOVERY_LOCALISING
                                                                   : N_RECOVERY_STATES;
    if (state == RECOVERY_DETECTING)
        detection_ends(recovering);
    return state + 1;
}

/* Enters a state, and at once those after it that take no time. */
// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
static void enter(struct recovering *recovering, enum recovery_state state)
{
    struct calendar *calendar = &recovering->run->calendar;
    const struct recovery_plane *plane = recovering->plane;
    bool is_watched = recovering->run->trace != NULL;
    while (state < N_RECOVERY_STATES) {
        if (recovering->is_absent[state] || (recovering->may_skip[state] && !is_watched)) {
            state++;
            continue;
        }
        recovering->state = state;
        recovering->since_s = calendar->now_s;
        plane->enter(recovering, states[state].activity);
        double duration_s = recovering->constant_s[state];
        if (isnan(duration_s))
            duration_s = states[state].begin(recovering);
        recovering->duration_s = duration_s;
        if (isnan(duration_s))
            return;
        double end_s = calendar->now_s + duration_s;
        if (duration_s > 0 && !(plane->is_alone && calendar_advance(calendar, end_s))) {
            calendar_schedule(calendar, &recovering->state_end, &state_end, end_s, 0);
            return;
        }
        state = leave(recovering);
    }
    go_to_work(recovering);
}

static void end_state(struct recovering *recovering)
{
    enum recovery_state next = leave(recovering);
    if (next < N_RECOVERY_STATES)
        enter(recovering, next);
    else
        go_to_work(recovering);
}

static void state_ends(void *context, struct event *event)
{
    (void)context;
    end_state(event->owner);
}

static double bytes_of(const struct recovering *recovering, const struct transfer *transfer)
{
    return transfer->bytes * (double)recovering->streams;
}

static void transfer_done(void *context, struct transfer *transfer)
{
    struct recovering *recovering = context;
    sum_add(&recovering->read_bytes, bytes_of(recovering, transfer));
    recovering_restored(recovering);
}

void recovering_restored(struct recovering *recovering)
{
    if (--recovering->transfers_left == 0)
        end_state(recovering);
}

void recovering_nodes_ready(struct recovering *recovering)
{
    bool waits = recovering->state == RECOVERY_WAITING || recovering->state == RECOVERY_QUEUED;
    if (!waits || !isnan(recovering->duration_s) || isnan(recovering->plane->wait_s(recovering)))
        return;
    rescale_cancel(recovering);
    end_state(recovering);
}

void recovering_admit(struct recovering *recovering)
{
    if (recovering->state == RECOVERY_BLOCKED)
        end_state(recovering);
}

/* ---- failures ---- */

/* The time spent in the state that the failure cuts off. */
static void cut_off(struct recovering *recovering)
{
    book_phase(recovering, now_of(recovering) - recovering->since_s);
    calendar_cancel(&recovering->run->calendar, &recovering->state_end);
    rescale_cancel(recovering);
    for (uint64_t i = 0; i < recovering->n_transfers; i++) {
        struct transfer *transfer = &recovering->transfers[i];
        if (!transfer_is_under_way(transfer))
            continue;
        sum_add(&recovering->aborted_bytes, bytes_of(recovering, transfer));
        device_abort(transfer);
    }
    if (has_sources(recovering))
        recovering->plane->abort_restore(recovering);
}

static void extend_episode(struct recovering *recovering, bool was_running, enum domain severity)
{
    struct episode *episode = &recovering->episode;
    double now_s = now_of(recovering);
    if (!episode->open)
        *episode = (struct episode){
            .open = true,
            .since_s = now_s,
            .target = recovering->plane->target(recovering),
            .severity = DOMAIN_NONE,
        };
    else if (was_running)
        episode->catch_up_s += now_s - episode->running_since_s;
    if (severity > episode->severity)
        episode->severity = severity;
}

// NOLINTNEXTLINE(misc-no-recursion): a deferred failure follows once
void recovering_fail(struct recovering *recovering, enum domain severity)
{
    bool runs = recovering->state == RECOVERY_NONE;
    bool in_recovery = recovering->state >= RECOVERY_LOCALISING;
    enum recovery_failure rule = (enum recovery_failure)params_of(recovering)->on_failure;
    if (in_recovery && rule == RECOVERY_FAILURE_DEFER) {
        if (!recovering->deferred || severity > recovering->deferred_severity)
            recovering->deferred_severity = severity;
        recovering->deferred = true;
        return;
    }
    if (recovering->state == RECOVERY_DETECTING && params_of(recovering)->detectors.n > 0 &&
        !recovering->is_unseen) {
        extend_episode(recovering, false, severity);
        recovering->severity = severity;
        recovering->plane->lose(recovering);
        recovering_struck_again(recovering);
        return;
    }
    if (runs)
        recovering->plane->stop(recovering);
    else
        cut_off(recovering);
    recovering->was_running |= runs;
    extend_episode(recovering, runs, severity);
    recovering->severity = severity;
    recovering->plane->lose(recovering);
    if (recovering->plane->runs_on && recovering->plane->runs_on(recovering)) {
        /* Seen to be down all the same, for the sake of the failure clocks. */
        recovering->is_counted = recovering->is_uncounted = false;
        recovering->plane->enter(recovering, ACTIVITY_DOWN);
        go_to_work(recovering);
        return;
    }
    enter(recovering,
          in_recovery && rule == RECOVERY_FAILURE_RESTORE ? RECOVERY_BLOCKED : RECOVERY_DETECTING);
}

void recovering_struck_by(struct recovering *recovering, const struct failure_params *failure)
{
    recovering->struck = failure->strikes;
    recovering->is_counted |= failure->counts;
    recovering->is_uncounted |= !failure->counts;
}

/* Each failure is noticed on its own: the sooner one brings both to light. */
void recovering_struck_again(struct recovering *recovering)
{
    struct calendar *calendar = &recovering->run->calendar;
    if (params_of(recovering)->detectors.n == 0)
        return;
    double end_s = calendar->now_s + detect(recovering);
    if (!(end_s < recovering->since_s + recovering->duration_s))
        return;
    recovering->duration_s = end_s - recovering->since_s;
    calendar_cancel(calendar, &recovering->state_end);
    calendar_schedule(calendar, &recovering->state_end, &state_end, end_s, 0);
}

void recovering_give_up(struct recovering *recovering)
{
    bool is_started =
        recovering->state == RECOVERY_LOADING || recovering->state > RECOVERY_BACKING_OFF;
    if (!is_started)
        return; /* it will come to its back-off, and stay there */
    cut_off(recovering);
    enter(recovering, RECOVERY_BACKING_OFF);
}

void recovering_line_is_lost(struct recovering *recovering)
{
    recovering->has_restore_draw = false;
    if (recovering->state != RECOVERY_RESTORING)
        return;
    cut_off(recovering);
    enter(recovering, RECOVERY_RESTORING);
}

/* It is stopped without a failure, and loses what its processes hold. */
static void stop_running(struct recovering *recovering)
{
    assert(recovering->state == RECOVERY_NONE);
    recovering->plane->stop(recovering);
    extend_episode(recovering, true, DOMAIN_PROCESS);
    recovering->severity = DOMAIN_PROCESS;
    recovering->plane->lose(recovering);
}

void recovering_roll_back(struct recovering *recovering)
{
    stop_running(recovering);
    enter(recovering, RECOVERY_RESTORING);
}

void recovering_restart(struct recovering *recovering)
{
    stop_running(recovering);
    detection_ends(recovering);
    recovering->cancels = true;
    enter(recovering, RECOVERY_CANCELLING);
}

/* Only where the scenario asks for more than the downtime, nodes and the start. */
static void record_parts(struct recovering *recovering)
{
    const struct episode *episode = &recovering->episode;
    struct sum sum = {0};
    for (int part = 0; part < N_RESTART_PARTS; part++)
        sum_add(&sum, episode->part_s[part]);
    if (fabs(sum_value(&sum) - episode->restart_s) > 1e-9 * (episode->restart_s + 1))
        run_violation(recovering->run, "the parts of a restart add up to %.17g s, not to %.17g s",
                      sum_value(&sum), episode->restart_s);
    if (episode->since_s < recovering->run->measure_from_s)
        return;
    for (int part = 0; part < N_RESTART_PARTS; part++)
        run_record_series(recovering->run, (enum metric)(M_CANCEL + part), episode->part_s[part],
                          1);
}

static void record_episode(struct recovering *recovering, double total_s)
{
    struct run *run = recovering->run;
    const struct episode *episode = &recovering->episode;
    double downtime_s = episode->detect_s + episode->restart_s + episode->restore_s;
    double sum_s = downtime_s + episode->catch_up_s;
    if (recovering->has_parts)
        record_parts(recovering);
    if (fabs(sum_s - total_s) > 1e-9 * (total_s + episode->since_s + 1))
        run_violation(run, "the phases of a recovery add up to %.17g s, not to %.17g s", sum_s,
                      total_s);
    if (episode->since_s < run->measure_from_s)
        return;
    run_record(run, M_RECOVERY_TIME, total_s);
    run_record_series(run, M_DOWNTIME, downtime_s, 1);
    run_record_series(run, M_DETECT, episode->detect_s, 1);
    run_record_series(run, M_RESTART, episode->restart_s, 1);
    run_record_series(run, M_RESTORE, episode->restore_s, 1);
    run_record(run, M_CATCH_UP, episode->catch_up_s);
}

void recovering_caught_up(struct recovering *recovering, double time_s)
{
    struct episode *episode = &recovering->episode;
    episode->open = false;
    episode->catch_up_s += time_s - episode->running_since_s;
    recovering->plane->caught_up(recovering, time_s);
    record_episode(recovering, time_s - episode->since_s);
    if (recovering->run->trace)
        tell(recovering, time_s, "caught_up");
}

void recovering_end(struct recovering *recovering)
{
    const struct episode *episode = &recovering->episode;
    recovering->censored += episode->open && episode->since_s >= recovering->run->measure_from_s;
    if (recovering->state != RECOVERY_NONE)
        cut_off(recovering);
}

/* ---- set-up ---- */

/*
 * States that never take time are passed over, unless somebody watches; but the job must be seen
 * to be down before it comes up again, for the sake of the failure clocks, and the end of the
 * detection must be seen where it does something.
 */
static void find_skips(struct recovering *recovering)
{
    const struct recovery_params *params = params_of(recovering);
    bool *is_absent = recovering->is_absent;
    is_absent[RECOVERY_CANCELLING] = !dist_is_given(&params->restart.cancel);
    is_absent[RECOVERY_BACKING_OFF] =
        !(params->backoff.initial_s > 0) && params->retries.max == RETRIES_UNLIMITED;
    is_absent[RECOVERY_BLOCKED] = !coordinator_is_given(&params->coordinator);
    is_absent[RECOVERY_REQUESTING] = params->scheduler.polls.n == 0;
    is_absent[RECOVERY_ALLOCATING] = recovering->constant_s[RECOVERY_ALLOCATING] <= 0;
    is_absent[RECOVERY_LOCALISING] = recovering->constant_s[RECOVERY_LOCALISING] <= 0;
    for (int s = RECOVERY_CANCELLING; recovering->is_unseen && s < N_RECOVERY_STATES; s++)
        is_absent[s] = true;
    for (int s = RECOVERY_DETECTING; s < N_RECOVERY_STATES; s++)
        recovering->may_skip[s] = recovering->constant_s[s] <= 0;
    if (!(recovering->constant_s[RECOVERY_DOWN] > 0) || recovering->plane->detected ||
        recovering->has_parts)
        recovering->may_skip[RECOVERY_DETECTING] = false;
}

/* States that always last the same need no draws. */
static void find_constants(struct recovering *recovering)
{
    double *constant_s = recovering->constant_s;
    const struct model *model = recovering->run->model;
    const struct recovery_params *params = &model->recovery;
    const struct detector_type *detector = (const struct detector_type *)params->detector.variant;
    bool one_detector = params->detectors.n == 0 && !recovering->is_unseen;
    for (int s = 0; s < N_RECOVERY_STATES; s++)
        constant_s[s] = (double)NAN;
    (void)dist_is_constant(&model->job.start, &constant_s[RECOVERY_LOADING]);
    (void)dist_is_constant(&params->downtime, &constant_s[RECOVERY_DOWN]);
    (void)dist_is_constant(&params->restart.delay, &constant_s[RECOVERY_STARTING]);
    (void)dist_is_constant(&params->restart.allocate, &constant_s[RECOVERY_ALLOCATING]);
    (void)dist_is_constant(&params->restart.localise, &constant_s[RECOVERY_LOCALISING]);
    if (one_detector && detector->is_constant(params->detector.params))
        constant_s[RECOVERY_DETECTING] = detector_mean_s(&params->detector);
    if (!recovering->may_wait)
        constant_s[RECOVERY_WAITING] = constant_s[RECOVERY_QUEUED] = 0;
    if (!recovering->restores)
        constant_s[RECOVERY_RESTORING] = 0;
    else if (dist_is_given(&params->restore) && !checkpoint_delta_restore(&model->checkpoint))
        (void)dist_is_constant(&params->restore, &constant_s[RECOVERY_RESTORING]);
}

void recovering_init(struct recovering *recovering)
{
    recovering->has_parts = recovery_has_phases(params_of(recovering));
    retries_init(&recovering->retries, &params_of(recovering)->retries);
    find_constants(recovering);
    find_skips(recovering);
    bool has_device = recovering->run->device || level_of(recovering);
    if (!has_device || dist_is_given(&params_of(recovering)->restore) || has_sources(recovering))
        recovering->n_transfers = 0;
    if (reads_device(recovering))
        recovering->transfers = mem_alloc(recovering->n_transfers, sizeof(struct transfer));
}

void recovering_start(struct recovering *recovering)
{
    uint64_t seed = recovering->run->seed;
    uint64_t replication = recovering->run->replication;
    uint64_t index = recovering->index;
    recovering->state = RECOVERY_NONE;
    recovering->state_end = recovering->rescale = (struct event){.owner = recovering};
    recovering->episode.open = false;
    recovering->deferred = false;
    recovering->was_running = recovering->cancels = false;
    recovering->is_counted = recovering->is_uncounted = false;
    recovering->backoff = (struct backoff){0};
    retries_start(&recovering->retries);
    recovering->has_restore_draw = false;
    recovering->censored = 0;
    recovering->read_bytes = recovering->aborted_bytes = (struct sum){0};
    recovering->detection_rng = rng_stream(seed, replication, RNG_DETECTION, index);
    recovering->downtime_rng = rng_stream(seed, replication, RNG_DOWNTIME, index);
    recovering->restart_rng = rng_stream(seed, replication, RNG_RESTART, index);
    recovering->restore_rng = rng_stream(seed, replication, RNG_RESTORE, index);
    /* The job starts as one, whatever restarts alone. */
    recovering->start_rng = rng_stream(seed, replication, RNG_START, 0);
    recovering->device_rng =
        rng_stream(seed, replication, RNG_DEVICE, DIRECTIONS * index + DIRECTION_READ);
    recovering->cancel_rng = rng_stream(seed, replication, RNG_CANCEL, index);
    recovering->backoff_rng = rng_stream(seed, replication, RNG_BACKOFF, index);
    recovering->request_rng = rng_stream(seed, replication, RNG_REQUEST, index);
    recovering->allocate_rng = rng_stream(seed, replication, RNG_ALLOCATE, index);
    recovering->localise_rng = rng_stream(seed, replication, RNG_LOCALISE, index);
    for (uint64_t i = 0; i < recovering->n_transfers; i++)
        recovering->transfers[i] = (struct transfer){0};
}

void recovering_load(struct recovering *recovering)
{
    bool waits = recovering->may_wait && isnan(recovering->plane->wait_s(recovering));
    enter(recovering, waits ? RECOVERY_QUEUED : RECOVERY_LOADING);
}

void recovering_release(struct recovering *recovering)
{
    retries_release(&recovering->retries);
    free(recovering->transfers);
}
