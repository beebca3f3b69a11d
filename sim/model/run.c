// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/run.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/restoring.h"
#include "model/rounds.h"

/* ---- time budget ---- */

const char *const activity_names[N_ACTIVITIES] = {"start",      "work", "rework",
                                                  "checkpoint", "down", "recovery"};

_Static_assert((int)M_TIME_RECOVERY - (int)M_TIME_START + 1 == (int)N_ACTIVITIES,
               "the metrics of the time budget are in the order of the activities");

static const unsigned phase_of[N_ACTIVITIES] = {
    [ACTIVITY_START] = EXPOSED_RECOVERY, [ACTIVITY_WORK] = EXPOSED_WORK,
    [ACTIVITY_REWORK] = EXPOSED_WORK,    [ACTIVITY_CHECKPOINT] = EXPOSED_CHECKPOINT,
    [ACTIVITY_DOWN] = EXPOSED_DOWNTIME,  [ACTIVITY_RECOVERY] = EXPOSED_RECOVERY,
};

void run_trace_activity(struct run *run, double time_s)
{
    struct budget *budget = &run->budget;
    if (budget->activity != ACTIVITY_WORK && time_s > budget->entered_s)
        run_trace(run, time_s, "activity",
                  (struct trace_value[]){
                      {"activity", 0, activity_names[budget->activity]},
                      {"from_s", budget->entered_s, NULL},
                  },
                  2);
    budget->entered_s = time_s;
}

static void move_clocks(struct run *run, unsigned phase)
{
    run->phase = phase;
    for (size_t i = 0; i < run->n_failures; i++)
        failure_process_phase(&run->failures[i], run, phase);
}

void run_set_phase(struct run *run, unsigned phase)
{
    if (phase != run->phase)
        move_clocks(run, phase);
}

void run_set_activity(struct run *run, enum activity activity)
{
    run_change_activity(run, activity, run->calendar.now_s);
    if (phase_of[activity] != run->phase)
        move_clocks(run, phase_of[activity]);
}

void run_break_segment(struct run *run)
{
    struct budget *budget = &run->budget;
    if (!budget->may_be_whole)
        return;
    sum_add(&budget->closed_s[ACTIVITY_WORK], budget->open_work_s);
    sum_add(&budget->closed_s[ACTIVITY_CHECKPOINT], budget->open_checkpoint_s);
    budget->may_be_whole = false;
}

void run_close_segment(struct run *run)
{
    struct budget *budget = &run->budget;
    if (budget->may_be_whole) {
        budget->whole_segments++;
        budget->since_s = run->calendar.now_s;
        budget->may_be_whole = false;
    } else {
        run_book_until(run, run->calendar.now_s);
    }
}

static double activity_s(const struct run *run, enum activity activity)
{
    struct sum sum = run->budget.closed_s[activity];
    double whole = (double)run->budget.whole_segments;
    if (whole > 0 && activity == ACTIVITY_WORK)
        sum_add(&sum, whole * run->segment.work_s);
    if (whole > 0 && activity == ACTIVITY_CHECKPOINT)
        sum_add(&sum, whole * run->segment.fixed_s);
    return sum_value(&sum);
}

/* ---- verbs ---- */

void run_end_series(struct run *run, enum metric metric, double value, uint64_t n)
{
    struct event_stat *stat = &run->events[metric];
    if (stat->repeats > 0) {
        if (stat->n == 0)
            stat->pivot = stat->last;
        double off = stat->last - stat->pivot;
        double weight = (double)stat->repeats;
        stat->n += stat->repeats;
        stat->sum += weight * off;
        stat->square += weight * off * off;
        histogram_add_n(&run->histograms->of[metric], stat->last, stat->repeats);
    }
    stat->last = value;
    stat->repeats = n;
}

void run_trace(struct run *run, double time_s, const char *event, const struct trace_value *values,
               size_t n)
{
    run->trace->record(run->trace->context, time_s, event, values, n);
}

void run_violation(struct run *run, const char *format, ...)
{
    if (run->violation[0])
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(run->violation, sizeof run->violation, format, args);
    va_end(args);
}

struct device *run_device(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->model->storage.n; i++)
        if (strcmp(run->devices[i].params->name, name) == 0)
            return &run->devices[i];
    return NULL;
}

void run_finish(struct run *run)
{
    run->over = true;
    run->finished = true;
}

static void job_fails(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    if (run->streaming)
        streaming_give_up(run);
    else
        run->over = true;
}

static const struct event_type job_failure = {"job_fails", job_fails};

/* What else the failure does comes first. */
void run_fail_job(struct run *run)
{
    run->job_failed = true;
    calendar_schedule(&run->calendar, &run->job_fails, &job_failure, run->calendar.now_s, 0);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "job_failed", NULL, 0);
}

static void time_is_up(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    run->over = true;
}

static const struct event_type time_limit = {"time_limit", time_is_up};

/* Of a batch job: any failure of nodes stops it where all nodes host it. */
static bool which_nodes_matters(const struct run *run, const struct failure_params *failure)
{
    return failure_strikes_nodes(failure) &&
           (run->nodes.followed || failure_has_burst(failure) || failure_has_cascade(failure));
}

/* Whether the failure of the unit stops the job, if it is in a phase that is exposed. */
static bool concerns_job(struct run *run, const struct failure_process *process, int64_t unit,
                         double repair_s, bool hosts_are_spared)
{
    if (unit == RUN_ANY_UNIT)
        return true;
    if ((uint64_t)unit >= process->n_units)
        return false;
    if (!which_nodes_matters(run, process->params))
        return true;
    struck_find(run, process, (uint64_t)unit);
    return nodes_fail(run, process->params, repair_s, hosts_are_spared);
}

/* Failures that hit, and those among them that take a spot instance, or are over unnoticed. */
static void count_hit(struct run *run, const struct failure_process *process)
{
    run->failures_hit++;
    if (failure_is_capacity(process->params) && run->calendar.now_s >= run->measure_from_s)
        run->preemptions++;
    if (run->contact.heals && run->calendar.now_s >= run->measure_from_s)
        run->contact.n_healed++;
}

/* Of a batch job. A cut that nobody notices takes no node from it. */
static void work_fails(struct run *run, const struct failure_process *process, int64_t unit,
                       double repair_s)
{
    const struct contact *contact = &run->contact;
    unsigned phase = run->phase;
    bool exposed = (process->params->exposure & phase) != 0;
    /* Nodes are lost in a downtime too, though the job has nothing more to lose; idle ones always.
     */
    bool hosts_are_spared = !exposed && phase != EXPOSED_DOWNTIME;
    double down_s = contact->heals ? 0 : repair_s;
    if (!concerns_job(run, process, unit, down_s, hosts_are_spared) || !exposed) {
        run->failures_ignored++;
        return;
    }
    count_hit(run, process);
    recovering_struck_by(run->recoveries, process->params);
    if (contact->heals)
        contact_hold(run, repair_s);
    else
        recovering_fail(run->recoveries, failure_severity(process->params));
}

/* A device or the coordinator. False: it is down already, or the trace tells of another unit. */
static bool support_fails(struct run *run, const struct failure_process *process, int64_t unit,
                          double repair_s)
{
    if (unit > 0)
        return false;
    return process->params->strikes == STRIKES_COORDINATOR ? coordinator_fail(run, repair_s)
                                                           : outages_begin(run, process, repair_s);
}

static void unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                       double repair_s)
{
    if (failure_slows(process->params)) {
        slowing_begin(run, process, unit);
        return;
    }
    if (!failure_strikes_tasks(process->params)) {
        run->failures_ignored += !support_fails(run, process, unit, repair_s);
        return;
    }
    if (run->streaming) {
        if (streaming_unit_fails(run, process, unit, repair_s))
            count_hit(run, process);
        else
            run->failures_ignored++;
        return;
    }
    if (run->staging) {
        if (staging_unit_fails(run, process, unit, repair_s))
            count_hit(run, process);
        else
            run->failures_ignored++;
        return;
    }
    if (process->params->silent) {
        if (process->params->exposure & run->phase)
            checkpointing_corrupt(run);
        return;
    }
    work_fails(run, process, unit, repair_s);
}

void run_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                    double repair_s)
{
    contact_begin(run, process, repair_s);
    unit_fails(run, process, unit, repair_s);
    contact_end(run);
}

void run_alarm(struct run *run, bool is_false, bool concerns_job)
{
    bool counts = run->calendar.now_s >= run->measure_from_s;
    bool begins = concerns_job && run->model->checkpoint.on_alarm != ON_ALARM_NONE &&
                  (run->streaming ? rounds_alarm(run) : checkpointing_alarm(run));
    run->alarms.raised += counts;
    run->alarms.unfounded += counts && is_false;
    run->alarms.proactive += counts && begins;
}

/* ---- identities and results ---- */

/*
 * Durations are differences of clock readings, each of which is rounded to the
 * clock's resolution. That is nothing beside the elapsed time, but may be more
 * than 1e-9 of a small part of it that failures have cut into many pieces.
 */
static double clock_error_s(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    double readings = (double)(run->failures_hit + checkpointing->committed +
                               checkpointing->aborted + checkpointing->skipped + 1);
    return DBL_EPSILON * run->calendar.now_s * readings;
}

static void check(struct run *run, const char *what, double is, double should_be)
{
    double slack = 1e-9 * fmax(fabs(should_be), 1) + clock_error_s(run);
    if (!(fabs(is - should_be) <= slack))
        run_violation(run, "%s: %.17g, but the parts say %.17g", what, should_be, is);
}

/* Useful time that writes and drains beside the work have taken from it. */
static double taken_s(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    return run->model->checkpoint.share * sum_value(&checkpointing->slowed_s) +
           sum_value(&checkpointing->levels.taken_s);
}

static void check_identities(struct run *run, double elapsed_s)
{
    struct sum activities = {0};
    for (int a = 0; a < N_ACTIVITIES; a++)
        sum_add(&activities, activity_s(run, (enum activity)a));
    check(run, "elapsed time", sum_value(&activities), elapsed_s);
    const struct event_stat *lost = &run->events[M_LOST_WORK];
    double done_s = activity_s(run, ACTIVITY_WORK) + activity_s(run, ACTIVITY_REWORK) -
                    taken_s(run) - run->work.slow_s;
    double kept_s = run->work.progress_s + (double)lost->n * lost->pivot + lost->sum;
    check(run, "work done = work kept + work lost", kept_s, done_s);
}

/*
 * Bytes that move within the error of the clock, at the end of each transfer: a rounding of it may
 * be a file that is small.
 */
static double byte_error(const struct run *run)
{
    double fastest = 0;
    uint64_t n_ended = 1;
    for (size_t i = 0; i < (size_t)DIRECTIONS * run->model->storage.n; i++) {
        const struct device *device = &run->devices[i / DIRECTIONS];
        const struct device_params *params = device->params;
        size_t d = i % DIRECTIONS;
        double streams = (double)(run->model->job.tasks * params->connections);
        double all = params->stream_bytes_per_s[d] * streams;
        /* fmin ignores NaN, the mark of "no limit". */
        double limit = fmin(fmin(all, params->total_bytes_per_s[d]), params->both_bytes_per_s);
        fastest = fmax(fastest, limit);
        n_ended += device->flows[d].n_ended;
    }
    return (double)n_ended * clock_error_s(run) * fastest;
}

void run_check_bytes(struct run *run, const char *what, double moved, double finished,
                     double aborted)
{
    double slack = 1e-9 * fmax(moved, 1) + byte_error(run);
    if (!(moved >= finished - slack && moved <= finished + aborted + slack))
        run_violation(run, "bytes %s: %.17g, but finished transfers say %.17g", what, moved,
                      finished);
}

double run_moved_bytes(const struct run *run, enum direction direction)
{
    double bytes = 0;
    for (size_t i = 0; i < run->model->storage.n; i++)
        bytes += device_moved_bytes(&run->devices[i], direction);
    return bytes;
}

static void fill_metrics(struct run *run)
{
    double elapsed_s = run->calendar.now_s;
    double *value = run->metrics->value;
    const struct checkpointing *checkpointing = &run->checkpointing;
    value[M_MAKESPAN] = elapsed_s;
    value[M_TIME_LOST_TO_SLOWDOWNS] = run->work.slow_s;
    value[M_WASTE] = 1 - run->work.progress_s / elapsed_s;
    value[M_FAILURES] = (double)run->failures_hit;
    value[M_FAILURES_IGNORED] = (double)run->failures_ignored;
    value[M_CHECKPOINTS_COMMITTED] = (double)checkpointing->committed;
    value[M_CHECKPOINTS_ABORTED] = (double)checkpointing->aborted;
    value[M_CHECKPOINTS_SKIPPED] = (double)checkpointing->skipped;
    value[M_CHECKPOINTS_DECLINED] = (double)checkpointing->declined;
    value[M_SILENT_ERRORS] = (double)checkpointing->silent_errors;
    value[M_ERRORS_FOUND] = (double)checkpointing->errors_found;
    value[M_CHECKPOINT_BYTES] = checkpointing_bytes(run);
    value[M_RESTORE_BYTES] = run_moved_bytes(run, DIRECTION_READ);
    value[M_RECOVERIES_CENSORED] = (double)run->recoveries->censored;
    value[M_UNFINISHED] = !run->finished;
    value[M_JOB_FAILURES] = run->job_failed;
    value[M_FALSE_ALARMS] = (double)run->false_alarms.n_false;
    value[M_COORDINATOR_FAILURES] = (double)run->coordinator.n_failures;
    for (int a = 0; a < N_ACTIVITIES; a++)
        value[M_TIME_START + a] = activity_s(run, (enum activity)a);
    value[M_OVERHEAD] = (value[M_TIME_CHECKPOINT] + taken_s(run)) / elapsed_s;
    value[M_AVAILABILITY] = 1 - (value[M_TIME_DOWN] + value[M_TIME_RECOVERY]) / elapsed_s;
}

/* What batch and stream jobs count alike. */
static void fill_alarms(struct run *run)
{
    double *value = run->metrics->value;
    value[M_ALARMS] = (double)run->alarms.raised;
    value[M_ALARMS_UNFOUNDED] = (double)run->alarms.unfounded;
    value[M_CHECKPOINTS_PROACTIVE] = (double)run->alarms.proactive;
    value[M_RESCALES] = (double)run->rescale.n_rescales;
    value[M_TIME_RESCALED] = rescale_time_s(run);
    value[M_CUTS_HEALED] = (double)run->contact.n_healed;
    value[M_SLOWDOWNS] = (double)run->slowing.n_hits;
    value[M_PREEMPTIONS] = (double)run->preemptions;
    value[M_TIME_LACKING_NODES] = nodes_lacked_s(run);
}

static void fill_events(struct run *run)
{
    for (size_t i = 0; i < run->n_event_metrics; i++) {
        enum metric m = run->event_metrics[i];
        const struct event_stat *stat = &run->events[m];
        double n = (double)stat->n;
        run->metrics->value[m] = n * stat->pivot + stat->sum;
        run->metrics->count[m] = n;
        run->metrics->m2[m] = n > 0 ? fmax(stat->square - stat->sum * stat->sum / n, 0) : 0;
    }
}

static void check_reads(struct run *run)
{
    struct sum read_bytes = {0};
    struct sum aborted_bytes = {0};
    for (size_t i = 0; i < run->n_recoveries; i++) {
        sum_add(&read_bytes, sum_value(&run->recoveries[i].read_bytes));
        sum_add(&aborted_bytes, sum_value(&run->recoveries[i].aborted_bytes));
    }
    run_check_bytes(run, "read", run_moved_bytes(run, DIRECTION_READ), sum_value(&read_bytes),
                    sum_value(&aborted_bytes));
}

/* A batch job stops where it is. */
static void stop_work(struct run *run)
{
    if (run->recoveries->state == RECOVERY_NONE) {
        segment_stop(run);
        checkpointing_abort(run);
    }
    levels_end(run);
    run_change_activity(run, ACTIVITY_WORK, run->calendar.now_s);
    run_break_segment(run);
}

static void end(struct run *run)
{
    if (!run->streaming && !run->staging)
        stop_work(run);
    for (size_t i = 0; i < run->n_recoveries; i++)
        recovering_end(&run->recoveries[i]);
    if (run->streaming)
        restores_end(run);
    for (size_t i = 0; i < run->n_event_metrics; i++)
        run_end_series(run, run->event_metrics[i], (double)NAN, 0);
    fill_events(run);
    if (!run->staging)
        check_reads(run);
    if (run->streaming) {
        streaming_end(run);
    } else if (run->staging) {
        staging_end(run);
    } else {
        check_identities(run, run->calendar.now_s);
        checkpointing_check(run);
        fill_metrics(run);
        checkpointing_count_kept(run);
    }
    fill_alarms(run);
    cost_fill_metrics(run);
    for (size_t i = 0; i < run->n_failures; i++)
        run->metrics->outlived_trace |= run->failures[i].outlived;
}

/* ---- set-up ---- */

static void init_failures(struct run *run)
{
    const struct failure_params *failures = run->model->failures.items;
    run->failures = mem_alloc(run->n_failures, sizeof *run->failures);
    for (size_t i = 0; i < run->n_failures; i++) {
        bool units_matter = run->model->topology || run->model->stages
                                ? failures[i].strikes != STRIKES_JOB
                                : which_nodes_matters(run, &failures[i]);
        failure_process_init(&run->failures[i], &failures[i], i,
                             model_units(run->model, &failures[i]), units_matter);
        run->redraws |= failures[i].redraw == REDRAW_CHECKPOINT;
    }
}

static void init_work(struct run *run)
{
    run->work.total_s = run->model->job.work_s;
    checkpointing_init(run);
    run->n_recoveries = 1;
    run->recoveries = mem_alloc(1, sizeof *run->recoveries);
    recovering_init_work(run->recoveries, run);
    segment_init(run);
}

static void init_devices(struct run *run)
{
    const struct list *storage = &run->model->storage;
    const struct device_params *params = storage->items;
    run->devices = mem_alloc(storage->n, sizeof *run->devices);
    for (size_t i = 0; i < storage->n; i++)
        device_init(&run->devices[i], &params[i], &run->calendar);
    if (run->model->checkpoint.device)
        run->device = run_device(run, run->model->checkpoint.device);
}

static void init_events(struct run *run)
{
    for (int m = 0; m < N_METRICS; m++)
        if (metric_rows[m].kind == METRIC_PER_EVENT && metric_applies((enum metric)m, run->model))
            run->event_metrics[run->n_event_metrics++] = (enum metric)m;
}

void run_init(struct run *run, const struct model *model)
{
    *run = (struct run){.model = model, .n_failures = model->failures.n};
    init_events(run);
    run->failure_priority = model->run.ties == TIES_FAILURE_FIRST ? -2 : 1;
    calendar_init(&run->calendar);
    nodes_init(run);
    struck_init(run);
    init_devices(run);
    cost_init(run);
    init_failures(run);
    false_alarms_init(run);
    slowing_init(run);
    contact_init(run);
    outages_init(run);
    retries_init(&run->retries, &model->recovery.retries);
    if (model->topology)
        streaming_init(run);
    else if (model->stages)
        staging_init(run);
    else
        init_work(run);
}

void run_release(struct run *run)
{
    for (size_t i = 0; i < run->n_failures; i++)
        failure_process_release(&run->failures[i]);
    free(run->failures);
    for (size_t i = 0; i < run->model->storage.n; i++)
        device_release(&run->devices[i]);
    free(run->devices);
    false_alarms_release(run);
    slowing_release(run);
    contact_release(run);
    outages_release(run);
    retries_release(&run->retries);
    cost_release(run);
    nodes_release(run);
    struck_release(run);
    if (run->streaming)
        streaming_release(run);
    else if (run->staging)
        staging_release(run);
    else
        checkpointing_release(run);
    for (size_t i = 0; i < run->n_recoveries; i++)
        recovering_release(&run->recoveries[i]);
    free(run->recoveries);
    calendar_release(&run->calendar);
}

static void start_work(struct run *run)
{
    run->budget = (struct budget){.activity = ACTIVITY_START};
    run->work.slow = run->work.slow_s = 0;
    work_place(&run->work, 0, 0, 0);
    checkpointing_start(run);
    recovering_start(run->recoveries);
    recovering_load(run->recoveries);
}

static void start(struct run *run)
{
    const struct run_params *params = &run->model->run;
    calendar_reset(&run->calendar);
    run->over = run->finished = run->job_failed = false;
    run->job_fails = (struct event){0};
    retries_start(&run->retries);
    run->failures_hit = run->failures_ignored = run->preemptions = 0;
    run->alarms = (struct alarm_counts){0};
    run->violation[0] = '\0';
    run->phase = 0;
    for (size_t i = 0; i < run->n_event_metrics; i++)
        run->events[run->event_metrics[i]] = (struct event_stat){.last = (double)NAN};
    for (size_t i = 0; i < run->model->storage.n; i++)
        device_begin(&run->devices[i], rng_stream(run->seed, run->replication, RNG_OUTAGE, i));
    cost_start(run);
    rescale_start(run);
    nodes_start(run);
    struck_start(run);
    slowing_start(run);
    contact_start(run);
    outages_start(run);
    calendar_schedule(&run->calendar, &run->time_limit, &time_limit,
                      run->streaming ? params->duration_s : params->time_limit_s, 127);
    for (size_t i = 0; i < run->n_failures; i++)
        failure_process_start(&run->failures[i], run);
    false_alarms_start(run);
    coordinator_start(run);
    if (run->streaming)
        streaming_start(run);
    else if (run->staging)
        staging_start(run);
    else
        start_work(run);
}

bool run_replicate(struct run *run, uint64_t seed, uint64_t replication,
                   struct event_histograms *histograms, struct metrics *metrics)
{
    run->seed = seed;
    run->replication = replication;
    run->histograms = histograms;
    run->metrics = metrics;
    *metrics = (struct metrics){0};
    start(run);
    while (!run->over) {
        if (run->streaming && streaming_advance(run))
            continue;
        struct event *event = calendar_pop(&run->calendar);
        event->type->fire(run, event);
    }
    end(run);
    return run->violation[0] == '\0';
}
