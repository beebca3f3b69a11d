// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What recovering means to a stream job.
 *
 * A failure that loses memory kills the tasks that it strikes; the others of
 * their restart scope run until it is detected. All then go back to their cuts,
 * and have caught up when no more messages wait to be read than before the
 * failure. A failure that loses nothing interrupts the tasks of a unit, which
 * go on where they were.
 */
#include <math.h>

#include "model/restoring.h"
#include "model/run.h"
#include "model/streaming_state.h"

/* ---- episodes ---- */

static void watch(struct recovering *recovering)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    scope->watch = (struct lag_watch){
        .tasks = scope->readers,
        .n = scope->n_readers,
        .lag = (uint64_t)recovering->episode.target,
        .time_s = scope->n_readers > 0 ? (double)NAN : run->calendar.now_s,
    };
    if (scope->n_readers > 0)
        stream_watch(run->streaming->stream, &scope->watch);
    scope->is_watched = true;
    run->streaming->watched[run->streaming->n_watched++] = scope;
}

static void unwatch(struct run *run, struct scope *scope)
{
    if (!scope->is_watched)
        return;
    struct streaming *streaming = run->streaming;
    size_t at = 0;
    while (streaming->watched[at] != scope)
        at++;
    streaming->watched[at] = streaming->watched[--streaming->n_watched];
    scope->is_watched = false;
    if (isnan(scope->watch.time_s))
        stream_unwatch(run->streaming->stream, &scope->watch);
}

static bool is_found_before(const struct scope *a, const struct scope *b)
{
    double a_s = a->watch.time_s;
    double b_s = b->watch.time_s;
    return a_s < b_s || (a_s <= b_s && a->recovering->index < b->recovering->index);
}

/* The scope whose lag was small again first, or NULL. */
static struct scope *first_found(const struct streaming *streaming)
{
    struct scope *first = NULL;
    for (size_t i = 0; i < streaming->n_watched; i++) {
        struct scope *scope = streaming->watched[i];
        if (!isnan(scope->watch.time_s) && (!first || is_found_before(scope, first)))
            first = scope;
    }
    return first;
}

void streaming_look_at_watches(struct run *run)
{
    struct streaming *streaming = run->streaming;
    for (struct scope *scope = first_found(streaming); scope; scope = first_found(streaming)) {
        unwatch(run, scope);
        recovering_caught_up(scope->recovering, scope->watch.time_s);
    }
}

static double target(const struct recovering *recovering)
{
    struct scope *scope = recovering->scope;
    scope->lost_work_s = scope->rollback_s = 0;
    scope->replayed = 0;
    scope->lag_peak = scope_lag(recovering->run, scope);
    return (double)scope->lag_peak;
}

static void caught_up(struct recovering *recovering, double time_s)
{
    struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    double caught_up_in_s = time_s - recovering->episode.running_since_s;
    bool is_counted = recovering->episode.since_s >= run->measure_from_s;
    if (is_counted)
        run_record(run, M_REPLAYED, (double)scope->replayed);
    if (is_counted && caught_up_in_s > 0 && scope->n_readers > 0)
        run_record(run, M_CATCH_UP_RATE, (double)scope->watch.n_read / caught_up_in_s);
    streaming_tell_recovery(run, scope);
}

/* ---- what is lost ---- */

/* A failure has lost so much service, and goes back to a recovery point of that age. */
static void record_loss(struct recovering *recovering, double failed_s, double lost_s,
                        double rollback_s)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    scope->lost_work_s += lost_s;
    scope->rollback_s = fmax(scope->rollback_s, rollback_s);
    if (failed_s >= run->measure_from_s) {
        run_record(run, M_LOST_WORK, lost_s);
        run_record(run, M_ROLLBACK, rollback_s);
    }
    if (run->trace)
        run_trace(run, run->calendar.now_s, "lost",
                  (struct trace_value[]){
                      {"scope", 0, scope->name},
                      {"lost_work_s", lost_s, NULL},
                      {"rollback_s", rollback_s, NULL},
                  },
                  3);
}

/* The oldest cut that the scope's tasks go back to. */
static double oldest_cut_s(const struct run *run, const struct scope *scope)
{
    double oldest_s = (double)INFINITY;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        double cut_s;
        (void)rounds_line(run, scope->tasks[i], &cut_s);
        oldest_s = fmin(oldest_s, cut_s);
    }
    return oldest_s;
}

/* Service that its tasks, all stopped, have done since their cuts or since they restarted. */
static double service_to_redo_s(const struct run *run, const struct scope *scope)
{
    struct sum lost = {0};
    if (run->model->job.guarantee == GUARANTEE_AT_MOST_ONCE)
        return 0; /* it is not done again */
    for (size_t i = 0; i < scope->n_tasks; i++) {
        const struct stream_task *control = &run->streaming->tasks[scope->tasks[i]];
        double cut_s;
        const struct task_cut *cut = rounds_line(run, scope->tasks[i], &cut_s);
        sum_add(&lost, control->stop.service_s - fmax(cut->service_s, control->restarted_at_s));
    }
    return sum_value(&lost);
}

static void trace_failure(const struct recovering *recovering)
{
    struct run *run = recovering->run;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "failed",
                  &(struct trace_value){"scope", 0, recovering->name}, 1);
}

/* ---- scopes that restart ---- */

/* Tasks of the scope that live, and were struck if `struck_only`; how many. */
static size_t find_living(const struct run *run, const struct scope *scope, bool struck_only)
{
    struct streaming *streaming = run->streaming;
    size_t n = 0;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        const struct stream_task *control = &streaming->tasks[scope->tasks[i]];
        if (!control->is_dead && (control->is_struck || !struck_only))
            streaming->living[n++] = scope->tasks[i];
    }
    return n;
}

static bool survives(const struct recovering *recovering)
{
    return find_living(recovering->run, recovering->scope, false) > 0;
}

static void kill_living(struct recovering *recovering, bool struck_only)
{
    struct run *run = recovering->run;
    size_t n = find_living(run, recovering->scope, struck_only);
    streaming_kill(run, run->streaming->living, n);
}

static void strike(struct recovering *recovering)
{
    unwatch(recovering->run, recovering->scope);
    kill_living(recovering, true);
}

void scope_survivors_fail(struct scope *scope)
{
    struct recovering *recovering = scope->recovering;
    double now_s = recovering->run->calendar.now_s;
    trace_failure(recovering);
    kill_living(recovering, true);
    record_loss(recovering, now_s, 0, now_s - oldest_cut_s(recovering->run, scope));
    recovering_struck_again(recovering);
}

/* While some run on, more is being lost: it is known when all have stopped. */
static void lose(struct recovering *recovering)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    double now_s = run->calendar.now_s;
    trace_failure(recovering);
    if (scope->is_stopped || scope->owes_loss) {
        record_loss(recovering, now_s, 0, now_s - oldest_cut_s(run, scope));
        return;
    }
    scope->owes_loss = true;
    scope->failed_s = now_s;
}

static void stop_survivors(struct recovering *recovering)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    kill_living(recovering, false);
    scope->is_stopped = true;
    if (!scope->owes_loss)
        return;
    scope->owes_loss = false;
    record_loss(recovering, scope->failed_s, service_to_redo_s(run, scope),
                fmax(scope->failed_s - oldest_cut_s(run, scope), 0));
}

static void enter(struct recovering *recovering, enum activity activity)
{
    struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    for (size_t i = 0; i < scope->n_tasks; i++)
        if (run->streaming->tasks[scope->tasks[i]].is_dead)
            streaming_set_activity(run, scope->tasks[i], activity);
}

static void request(struct recovering *recovering)
{
    const struct scope *scope = recovering->scope;
    for (size_t i = 0; i < scope->n_tasks; i++)
        nodes_request(recovering->run, recovering->run->streaming->tasks[scope->tasks[i]].place);
}

static double wait_s(const struct recovering *recovering)
{
    const struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    for (size_t i = 0; i < scope->n_tasks; i++)
        if (nodes_lack(run, run->streaming->tasks[scope->tasks[i]].place))
            return (double)NAN;
    return 0;
}

static uint64_t deltas(const struct recovering *recovering)
{
    const struct scope *scope = recovering->scope;
    uint64_t most = 0;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        uint64_t n = rounds_line_deltas(recovering->run, scope->tasks[i]);
        most = n > most ? n : most;
    }
    return most;
}

/* Each task reads its own. */
static double bytes(const struct recovering *recovering, uint64_t transfer, uint64_t *n_deltas)
{
    uint32_t task = recovering->scope->tasks[transfer];
    *n_deltas = rounds_line_deltas(recovering->run, task);
    return rounds_line_bytes(recovering->run, task);
}

static void roll_back(struct run *run, struct scope *scope)
{
    for (size_t i = 0; i < scope->n_tasks; i++) {
        double cut_s;
        scope->cuts[i] = rounds_line(run, scope->tasks[i], &cut_s);
        run->streaming->tasks[scope->tasks[i]].speed = 1;
    }
    stream_roll_back(run->streaming->stream, scope->tasks, scope->n_tasks, scope->cuts);
    rounds_tasks_rolled_back(run, scope->tasks, scope->n_tasks);
}

static void run_tasks(struct run *run, struct scope *scope)
{
    for (size_t i = 0; i < scope->n_tasks; i++) {
        struct stream_task *control = &run->streaming->tasks[scope->tasks[i]];
        restores_task_runs(run, scope->tasks[i]);
        control->is_dead = false;
        control->severity = DOMAIN_NONE;
        control->pace = slowing_of_task(run, scope->tasks[i]);
        control->restarted_at_s = control->stop.service_s;
        streaming_settle(run, scope->tasks[i]);
    }
    scope->is_fresh = scope->is_stopped = false;
}

/* Messages that were read, and will be read again. */
static void count_replay(struct run *run, struct scope *scope, uint64_t lag)
{
    uint64_t now = scope_lag(run, scope);
    uint64_t replayed = now > lag ? now - lag : 0;
    scope->replayed += replayed;
    scope->lag_peak = now > scope->lag_peak ? now : scope->lag_peak;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "rewound",
                  (struct trace_value[]){
                      {"scope", 0, scope->name},
                      {"replayed", (double)replayed, NULL},
                      {"lag", (double)now, NULL},
                  },
                  3);
}

static void restart(struct recovering *recovering)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    uint64_t lag = scope_lag(run, scope);
    if (!scope->is_fresh)
        roll_back(run, scope);
    run_tasks(run, scope);
    if (recovering->episode.open) {
        count_replay(run, scope, lag);
        watch(recovering);
    }
    rounds_tasks_restart(run, scope->tasks, scope->n_tasks);
    streaming_look_at_watches(run);
}

const struct recovery_plane recovery_of_restart = {
    .stop = strike,
    .target = target,
    .lose = lose,
    .survives = survives,
    .detected = stop_survivors,
    .enter = enter,
    .request = request,
    .wait_s = wait_s,
    .deltas = deltas,
    .bytes = bytes,
    .restore = restores_begin,
    .abort_restore = restores_abort,
    .resume = restart,
    .caught_up = caught_up,
};

/* ---- units that are interrupted ---- */

static void interrupt(struct recovering *recovering)
{
    struct run *run = recovering->run;
    struct scope *scope = recovering->scope;
    unwatch(run, scope);
    for (size_t i = 0; i < scope->n_tasks; i++)
        run->streaming->tasks[scope->tasks[i]].interruptions++;
}

static void lose_nothing(struct recovering *recovering)
{
    trace_failure(recovering);
    record_loss(recovering, recovering->run->calendar.now_s, 0, 0);
}

static void enter_interrupted(struct recovering *recovering, enum activity activity)
{
    struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        struct stream_task *control = &run->streaming->tasks[scope->tasks[i]];
        control->interrupted_as = activity;
        if (!control->is_dead)
            streaming_settle(run, scope->tasks[i]);
    }
}

static double wait_for_repair_s(const struct recovering *recovering)
{
    return fmax(recovering->scope->repaired_s - recovering->run->calendar.now_s, 0);
}

static void go_on(struct recovering *recovering)
{
    struct run *run = recovering->run;
    const struct scope *scope = recovering->scope;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        struct stream_task *control = &run->streaming->tasks[scope->tasks[i]];
        if (--control->interruptions > 0 || control->is_dead)
            continue;
        streaming_settle(run, scope->tasks[i]);
        rounds_task_resumes(run, scope->tasks[i]);
    }
    watch(recovering);
    streaming_look_at_watches(run);
}

const struct recovery_plane recovery_of_interruption = {
    .stop = interrupt,
    .target = target,
    .lose = lose_nothing,
    .enter = enter_interrupted,
    .wait_s = wait_for_repair_s,
    .resume = go_on,
    .caught_up = caught_up,
};
