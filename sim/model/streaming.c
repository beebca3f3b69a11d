// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A stream job between control plane and message plane: its life in a
 * replication, the flow of time, and what failures of units do to tasks.
 */
#include "model/streaming.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/microbatch.h"
#include "model/restoring.h"
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

/* ---- set-up ---- */

/* Tasks in the order of the scenario, which is how failures count them. */
static uint32_t *find_units(const struct topology *topology)
{
    uint32_t *units = mem_alloc(topology->n_tasks, sizeof *units);
    size_t n = 0;
    for (size_t i = 0; i < topology->n_operators; i++)
        for (uint32_t k = 0; k < topology->operators[i].n_tasks; k++)
            units[n++] = topology->operators[i].first_task + k;
    return units;
}

static bool may_fail(const struct model *model)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++)
        if (failures[i].loses != LOSES_NOTHING && !failure_slows(&failures[i]))
            return true;
    return checkpoint_may_restart(&model->checkpoint) ||
           recovery_has_false_alarms(&model->recovery);
}

void streaming_init(struct run *run)
{
    const struct model *model = run->model;
    const struct topology *topology = model->topology;
    struct streaming *streaming = mem_alloc(1, sizeof *streaming);
    const struct overtaking *overtaking = checkpoint_overtaking(&model->checkpoint);
    struct stream_options options = {
        .repeat_service = model->recovery.on_retry == ON_RETRY_REPEAT,
        .may_fail = may_fail(model),
        .keeps_positions = model->job.guarantee == GUARANTEE_AT_MOST_ONCE,
        .transactional = model->job.guarantee == GUARANTEE_EXACTLY_ONCE_OUTPUT,
        .transaction_timeout_s =
            isnan(model->job.transaction_timeout_s) ? 0 : model->job.transaction_timeout_s,
        .alignment = model_blocks_alignment(model) ? ALIGN_BLOCKING : ALIGN_COUNTING,
        .overtake_blocked = overtaking && overtaking->overdraft,
        .batched = checkpoint_batches(&model->checkpoint) != NULL,
        .logs_messages = checkpoint_logging(&model->checkpoint) == LOGGING_SENDER,
        .has_indexes = checkpoint_coordination(&model->checkpoint)->forces_cuts,
    };
    options.counts_channels = options.logs_messages || options.has_indexes ||
                              checkpoint_line(&model->checkpoint) == LINE_MAXIMAL;
    run->streaming = streaming;
    streaming->topology = topology;
    streaming->n_tasks = (uint32_t)topology->n_tasks;
    streaming->tasks = mem_alloc(topology->n_tasks, sizeof *streaming->tasks);
    streaming->struck = mem_alloc(topology->n_tasks, sizeof *streaming->struck);
    streaming->living = mem_alloc(topology->n_tasks, sizeof *streaming->living);
    streaming->units = find_units(topology);
    streaming->part_means = mem_alloc(topology->n_operators, sizeof *streaming->part_means);
    streaming->operator_latency =
        mem_alloc(topology->n_operators, sizeof *streaming->operator_latency);
    streaming->stream = stream_new(topology, &options);
    streaming->batches = microbatch_new(run);
    streaming->rounds = rounds_new(run);
    streaming_init_scopes(run);
    streaming->restores = restores_new(run);
    for (uint32_t task = 0; task < streaming->n_tasks; task++)
        streaming->tasks[task].place = topology->tasks[task].node;
    streaming_init_metrics(streaming);
}

void streaming_release(struct run *run)
{
    struct streaming *streaming = run->streaming;
    streaming_release_metrics(streaming);
    streaming_release_scopes(streaming);
    restores_free(streaming->restores);
    rounds_free(streaming->rounds);
    microbatch_free(streaming->batches);
    stream_free(streaming->stream);
    for (uint32_t task = 0; task < streaming->n_tasks; task++)
        task_cut_release(&streaming->tasks[task].stop);
    free(streaming->operator_latency);
    free(streaming->part_means);
    free(streaming->units);
    free(streaming->living);
    free(streaming->struck);
    free(streaming->tasks);
    free(streaming);
}

static void start_stream(struct run *run)
{
    struct streaming *streaming = run->streaming;
    struct event_histograms *histograms = run->histograms;
    streaming->latency = (struct latency_record){.histogram = &histograms->of[M_LATENCY]};
    for (size_t i = 0; i < streaming->topology->n_operators; i++) {
        streaming->part_means[i] = (struct part_means){0};
        streaming->operator_latency[i] =
            (struct latency_record){.histogram = &histograms->operators[i]};
    }
    stream_start(streaming->stream, run->seed, run->replication, &streaming->latency,
                 streaming->operator_latency);
    streaming->commit_latency =
        (struct latency_record){.histogram = &histograms->of[M_COMMIT_LATENCY]};
    stream_record_commits(streaming->stream, &streaming->commit_latency);
    stream_measure_from(streaming->stream, run->measure_from_s);
}

/* No task runs before the job has started. */
static void start_tasks(struct run *run)
{
    struct streaming *streaming = run->streaming;
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        struct stream_task *control = &streaming->tasks[task];
        *control = (struct stream_task){
            .scope = control->scope,
            .place = control->place,
            .stop = control->stop,
            .is_dead = true,
            .severity = DOMAIN_NONE,
            .pace = 1,
            .speed = 0,
            .activity = ACTIVITY_START,
        };
        control->stop.service_s = 0;
        stream_set_speed(streaming->stream, task, 0);
    }
    for (int a = 0; a < N_ACTIVITIES; a++)
        streaming->n_in[a] = a == ACTIVITY_START ? streaming->n_tasks : 0;
    run_set_phase(run, streaming_phase(streaming->n_in));
}

static void start_scopes(struct run *run)
{
    struct streaming *streaming = run->streaming;
    streaming->n_watched = 0;
    for (size_t i = 0; i < streaming->n_scopes; i++) {
        struct scope *scope = &streaming->scopes[i];
        scope->is_fresh = scope->is_stopped = i < streaming->n_restarts;
        scope->is_hit = scope->owes_loss = scope->is_watched = false;
        scope->repaired_s = 0;
        recovering_start(scope->recovering);
    }
}

void streaming_start(struct run *run)
{
    struct streaming *streaming = run->streaming;
    double warmup_s = run->model->run.warmup_s;
    run->measure_from_s = isnan(warmup_s) ? 0 : warmup_s;
    streaming->any_unit = rng_stream(run->seed, run->replication, RNG_FAILURE, run->n_failures);
    start_stream(run);
    rounds_start(run);
    start_tasks(run);
    start_scopes(run);
    restores_start(run);
    streaming_start_metrics(run);
    for (size_t i = 0; i < streaming->n_restarts; i++)
        recovering_load(&run->recoveries[i]);
}

/* ---- time ---- */

/* The plane has come to something that a round asked for. */
static void handle(struct run *run, const struct notice *notice)
{
    run->calendar.now_s = stream_now_s(run->streaming->stream);
    rounds_notice(run, notice);
}

bool streaming_advance(struct run *run)
{
    struct stream *stream = run->streaming->stream;
    struct notice notice;
    const struct event *next = calendar_next(&run->calendar);
    bool failure_first = run->failure_priority < 0 && event_priority(next) == run->failure_priority;
    if (failure_first && next->time_s <= stream_now_s(stream))
        return false;
    double to_s = failure_first ? nextafter(next->time_s, 0) : next->time_s;
    bool came_to_something = stream_advance(stream, to_s, &notice);
    streaming_look_at_watches(run);
    if (came_to_something)
        handle(run, &notice);
    else if (failure_first)
        stream_move_to(stream, next->time_s);
    return came_to_something;
}

/* ---- failures ---- */

/* The phase of the tasks that were struck, an enum exposure. */
static unsigned phase_of_struck(const struct streaming *streaming, size_t n)
{
    uint32_t n_in[N_ACTIVITIES] = {0};
    for (size_t i = 0; i < n; i++)
        n_in[streaming->tasks[streaming->struck[i]].activity]++;
    return streaming_phase(n_in);
}

/* Some tasks of the scope were struck. Whether that hits it, in the phase in which they are. */
static bool scope_fails(struct streaming *streaming, struct scope *scope,
                        const struct failure_params *failure)
{
    enum domain severity = failure_severity(failure);
    uint32_t n_in[N_ACTIVITIES] = {0};
    bool any_lives = false;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        const struct stream_task *control = &streaming->tasks[scope->tasks[i]];
        if (!control->is_struck)
            continue;
        n_in[control->activity]++;
        any_lives |= !control->is_dead;
    }
    if (!(streaming_phase(n_in) & failure->exposure))
        return false;
    for (size_t i = 0; i < scope->n_tasks; i++) {
        struct stream_task *control = &streaming->tasks[scope->tasks[i]];
        if (control->is_struck && severity > control->severity)
            control->severity = severity;
    }
    recovering_struck_by(scope->recovering, failure);
    if (scope->recovering->state == RECOVERY_DETECTING && any_lives)
        scope_survivors_fail(scope);
    else
        recovering_fail(scope->recovering, severity);
    return true;
}

/* The n tasks that were struck lose what the failure destroys, where they are exposed. Whether any
 * is. */
static bool strike(struct streaming *streaming, size_t n, const struct failure_params *failure)
{
    const uint32_t *struck = streaming->struck;
    bool hits = false;
    for (size_t i = 0; i < n; i++)
        streaming->tasks[struck[i]].is_struck = true;
    for (size_t i = 0; i < n; i++) {
        struct scope *scope = streaming->tasks[struck[i]].scope;
        if (!scope->is_hit)
            hits |= scope_fails(streaming, scope, failure);
        scope->is_hit = true;
    }
    for (size_t i = 0; i < n; i++) {
        streaming->tasks[struck[i]].is_struck = false;
        streaming->tasks[struck[i]].scope->is_hit = false;
    }
    return hits;
}

static void restart_scope(struct streaming *streaming, struct scope *scope)
{
    for (size_t i = 0; i < scope->n_tasks; i++)
        streaming->tasks[scope->tasks[i]].is_struck = true;
    recovering_restart(scope->recovering);
    for (size_t i = 0; i < scope->n_tasks; i++)
        streaming->tasks[scope->tasks[i]].is_struck = false;
}

void streaming_restart(struct run *run, struct member *const *members, size_t n)
{
    struct streaming *streaming = run->streaming;
    for (size_t i = 0; i < n; i++) {
        struct scope *scope = streaming->tasks[members[i]->task].scope;
        if (scope->recovering->state == RECOVERY_NONE)
            restart_scope(streaming, scope);
    }
}

void streaming_restart_place(struct run *run, uint32_t place)
{
    struct streaming *streaming = run->streaming;
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        struct scope *scope = streaming->tasks[task].scope;
        if (streaming->tasks[task].place == place && scope->recovering->state == RECOVERY_NONE)
            restart_scope(streaming, scope);
    }
}

bool streaming_false_alarm(struct run *run, int struck, uint64_t unit)
{
    struct streaming *streaming = run->streaming;
    if (struck == STRIKES_NODE)
        unit = nodes_place(run, unit);
    size_t n = unit == NO_PLACE ? 0 : streaming_find_struck(streaming, (enum strikes)struck, unit);
    bool restarts = false;
    for (size_t i = 0; i < n; i++) {
        struct scope *scope = streaming->tasks[streaming->struck[i]].scope;
        if (!scope->is_hit && scope->recovering->state == RECOVERY_NONE) {
            restart_scope(streaming, scope);
            restarts = true;
        }
        scope->is_hit = true;
    }
    for (size_t i = 0; i < n; i++)
        streaming->tasks[streaming->struck[i]].scope->is_hit = false;
    return restarts;
}

void streaming_give_up(struct run *run)
{
    struct streaming *streaming = run->streaming;
    for (size_t i = 0; i < streaming->n_restarts; i++) {
        struct scope *scope = &streaming->scopes[i];
        if (scope->recovering->state == RECOVERY_NONE)
            restart_scope(streaming, scope);
        else
            recovering_give_up(scope->recovering);
    }
}

/* Tasks are interrupted together, until their unit is up again and the recovery has ended. */
static bool interrupt(struct run *run, const struct failure_params *failure, size_t scope_index,
                      double repair_s)
{
    struct streaming *streaming = run->streaming;
    struct scope *scope = &streaming->scopes[scope_index];
    memcpy(streaming->struck, scope->tasks, scope->n_tasks * sizeof *scope->tasks);
    if (!(failure->exposure & phase_of_struck(streaming, scope->n_tasks)))
        return false;
    scope->repaired_s = fmax(run->calendar.now_s + repair_s, scope->repaired_s);
    if (scope->is_unseen)
        run->contact.unseen_s = scope->repaired_s - run->calendar.now_s;
    recovering_struck_by(scope->recovering, failure);
    recovering_fail(scope->recovering, DOMAIN_NONE);
    return true;
}

/* A unit fails and loses nothing, or is cut off unnoticed; nodes stand for the places they fill. */
static bool unit_is_interrupted(struct run *run, const struct failure_process *process,
                                uint64_t unit, double repair_s)
{
    size_t first = run->streaming->first_interrupted[process->index];
    if (!failure_strikes_nodes(process->params))
        return interrupt(run, process->params, first + unit, repair_s);
    struck_find(run, process, unit);
    bool hits = false;
    for (size_t i = 0; i < run->struck.n; i++) {
        uint32_t place = nodes_place(run, run->struck.nodes[i]);
        if (place != NO_PLACE)
            hits |= interrupt(run, process->params, first + place, repair_s);
    }
    return hits;
}

/* Puts the tasks on struck nodes into streaming->struck; how many. */
static size_t find_tasks_on_struck(struct run *run)
{
    struct streaming *streaming = run->streaming;
    size_t n = 0;
    for (uint32_t task = 0; task < streaming->n_tasks; task++) {
        uint32_t node = nodes_host(run, streaming->tasks[task].place);
        if (node != NO_NODE && run->struck.is[node])
            streaming->struck[n++] = task;
    }
    return n;
}

/* Whether a failure of nodes, which fill places of the job or none, hits the job. */
static bool nodes_are_hit(struct run *run, const struct failure_process *process, uint64_t unit,
                          double repair_s)
{
    struct streaming *streaming = run->streaming;
    const struct failure_params *params = process->params;
    struck_find(run, process, unit);
    size_t n = find_tasks_on_struck(run);
    unsigned phase = phase_of_struck(streaming, n);
    /* Nodes are lost in a downtime too, though the tasks have nothing more to lose; idle ones
     * always. */
    bool hosts_are_spared = !(params->exposure & phase) && phase != EXPOSED_DOWNTIME;
    if (run->nodes.followed)
        (void)nodes_fail(run, params, repair_s, hosts_are_spared);
    return strike(streaming, n, params);
}

bool streaming_unit_fails(struct run *run, const struct failure_process *process, int64_t unit,
                          double repair_s)
{
    struct streaming *streaming = run->streaming;
    const struct failure_params *params = process->params;
    if (unit == RUN_ANY_UNIT)
        unit =
            process->n_units > 1 ? (int64_t)rng_below(&streaming->any_unit, process->n_units) : 0;
    if ((uint64_t)unit >= process->n_units)
        return false;
    if (params->loses == LOSES_NOTHING || run->contact.heals)
        return unit_is_interrupted(run, process, (uint64_t)unit, repair_s);
    if (failure_strikes_nodes(params))
        return nodes_are_hit(run, process, (uint64_t)unit, repair_s);
    size_t n = streaming_find_struck(streaming, (enum strikes)params->strikes, (uint64_t)unit);
    return strike(streaming, n, params);
}

/* ---- the end ---- */

void streaming_end(struct run *run)
{
    struct streaming *streaming = run->streaming;
    char why[200];
    for (uint32_t task = 0; task < streaming->n_tasks; task++)
        streaming_end_task(run, task);
    for (size_t i = 0; i < streaming->n_scopes; i++)
        if (run->recoveries[i].episode.open)
            streaming_tell_recovery(run, &streaming->scopes[i]);
    rounds_end(run);
    if (!stream_check(streaming->stream, why))
        run_violation(run, "%s", why);
    streaming_fill_metrics(run);
}
