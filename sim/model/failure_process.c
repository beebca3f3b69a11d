// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/failure_process.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static const uint32_t NO_UNIT = UINT32_MAX;

/* ---- clocks of the units of a law ---- */

static void clocks_draw_fresh(struct unit_clocks *clocks, struct rng *rng)
{
    if (clocks->n_fresh == 0) {
        clocks->next_fresh = (double)INFINITY;
        return;
    }
    /* The smallest of m left has survival s * u^(1/m), where s is that of the last one drawn. */
    clocks->log_survival += log(rng_uniform(rng)) / (double)clocks->n_fresh;
    double q = exp(clocks->log_survival);
    double p = -expm1(clocks->log_survival);
    clocks->next_fresh =
        clocks->fresh_since + dist_type(clocks->pool)->quantile(clocks->pool->of.params, p, q);
}

/* All units begin now, with that law of the first failure. */
static void clocks_begin(struct unit_clocks *clocks, const struct dist *first, double since,
                         struct rng *rng)
{
    clocks->pool = first;
    clocks->n_renewed = 0;
    clocks->n_fresh = clocks->n;
    clocks->fresh_since = since;
    clocks->log_survival = 0;
    clocks_draw_fresh(clocks, rng);
}

static void clocks_undo_swaps(struct unit_clocks *clocks)
{
    while (clocks->n_swaps > 0) {
        uint32_t b = clocks->swaps[--clocks->n_swaps];
        uint32_t a = clocks->swaps[--clocks->n_swaps];
        uint32_t unit = clocks->units[a];
        clocks->units[a] = clocks->units[b];
        clocks->units[b] = unit;
    }
}

static void clocks_swap(struct unit_clocks *clocks, uint64_t a, uint64_t b)
{
    uint32_t unit = clocks->units[a];
    clocks->units[a] = clocks->units[b];
    clocks->units[b] = unit;
    for (int i = 0; i < 2; i++) {
        clocks->swaps = mem_grow(clocks->swaps, clocks->n_swaps, &clocks->swaps_capacity,
                                 sizeof *clocks->swaps);
        clocks->swaps[clocks->n_swaps++] = (uint32_t)(i ? b : a);
    }
}

/* Takes a random unit out of the pool: a step of the Fisher-Yates shuffle. */
static uint32_t clocks_pick_fresh(struct unit_clocks *clocks, struct rng *rng)
{
    uint64_t last = --clocks->n_fresh;
    if (!clocks->units)
        return NO_UNIT;
    uint64_t at = rng_below(rng, last + 1);
    uint32_t unit = clocks->units[at];
    clocks_swap(clocks, at, last);
    return unit;
}

static void clocks_return_to_pool(struct unit_clocks *clocks, uint32_t unit)
{
    uint64_t end = clocks->n_fresh++;
    if (!clocks->units)
        return;
    uint64_t at = end;
    while (clocks->units[at] != unit)
        at++;
    clocks_swap(clocks, at, end);
}

static void clocks_push(struct unit_clocks *clocks, struct renewed_unit unit)
{
    clocks->renewed =
        mem_grow(clocks->renewed, clocks->n_renewed, &clocks->capacity, sizeof *clocks->renewed);
    size_t at = clocks->n_renewed++;
    while (at > 0 && unit.at < clocks->renewed[(at - 1) / 2].at) {
        clocks->renewed[at] = clocks->renewed[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    clocks->renewed[at] = unit;
}

static uint32_t clocks_pop(struct unit_clocks *clocks)
{
    uint32_t unit = clocks->renewed[0].unit;
    struct renewed_unit last = clocks->renewed[--clocks->n_renewed];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= clocks->n_renewed)
            break;
        if (child + 1 < clocks->n_renewed &&
            clocks->renewed[child + 1].at < clocks->renewed[child].at)
            child++;
        if (last.at <= clocks->renewed[child].at)
            break;
        clocks->renewed[at] = clocks->renewed[child];
        at = child;
    }
    clocks->renewed[at] = last;
    return unit;
}

static double clocks_next(const struct unit_clocks *clocks)
{
    if (clocks->n_renewed > 0 && clocks->renewed[0].at < clocks->next_fresh)
        return clocks->renewed[0].at;
    return clocks->next_fresh;
}

/* The unit that fails now. It is out of the clocks until it is renewed. */
static uint32_t clocks_take(struct unit_clocks *clocks, struct rng *rng)
{
    if (clocks->n_renewed > 0 && clocks->renewed[0].at < clocks->next_fresh)
        return clocks_pop(clocks);
    uint32_t unit = clocks_pick_fresh(clocks, rng);
    clocks_draw_fresh(clocks, rng);
    return unit;
}

/* Under renew: all, `renewed` holds the units under repair: the next one that is up again before
 * any other fails makes all that are up anew. */
static void clocks_rejuvenate(struct unit_clocks *clocks, struct rng *rng)
{
    while (clocks->n_renewed > 0 && clocks->renewed[0].at <= clocks->next_fresh) {
        clocks->pool = clocks->law;
        clocks->fresh_since = clocks->renewed[0].at;
        clocks->log_survival = 0;
        clocks_return_to_pool(clocks, clocks_pop(clocks));
        clocks_draw_fresh(clocks, rng);
    }
}

/* ---- the three kinds of process: law, script, trace ---- */

static const struct scripted_failure *script(const struct failure_process *process)
{
    return process->params->at.items;
}

static bool is_law(const struct failure_process *process)
{
    return dist_is_given(&process->params->time_to_failure);
}

/* When the next failure is due, on the process' clock; infinity: never. */
static double process_next(const struct failure_process *process)
{
    if (is_law(process))
        return clocks_next(&process->clocks);
    if (process->events)
        return process->position < process->n_events
                   ? process->cycle_s + process->events[process->position].time_s
                   : (double)INFINITY;
    return process->position < process->params->at.n ? script(process)[process->position].time_s
                                                     : (double)INFINITY;
}

static uint32_t map_node(const struct failure_process *process, uint32_t node)
{
    switch ((enum trace_nodes)process->params->trace.nodes) {
    case TRACE_NODES_MODULO:
        return (uint32_t)(node % process->n_units);
    case TRACE_NODES_SAME:
        return node;
    case TRACE_NODES_ANY:
    default:
        return NO_UNIT;
    }
}

static void trace_step(struct failure_process *process)
{
    process->position++;
    if (process->position < process->n_events)
        return;
    if (process->params->trace.repeat) {
        process->position = 0;
        process->cycle_s += process->period_s;
    } else {
        process->outlived = true;
    }
}

/*
 * How long the unit that fails now will be down; infinity: for good. A job and its processes come
 * up as it recovers.
 */
static double repair_of(struct failure_process *process, struct run *run, double recorded_s)
{
    if (!failure_is_repaired(process->params))
        return 0;
    if (process->params->permanent > 0 &&
        rng_uniform(&process->repair_rng) < process->params->permanent)
        return (double)INFINITY;
    if (dist_is_given(&process->params->repair))
        return isnan(process->repair_s) ? dist_draw(&process->params->repair, &process->repair_rng)
                                        : process->repair_s;
    if (recorded_s > 0)
        return recorded_s;
    return process->params->strikes == STRIKES_COORDINATOR ? coordinator_draw_outage_s(run) : 0;
}

void failure_process_follow(struct failure_process *process, struct run *run, uint32_t unit)
{
    run_unit_fails(run, process, unit, repair_of(process, run, 0));
}

static uint32_t take_of_law(struct failure_process *process, double repair_s)
{
    struct unit_clocks *clocks = &process->clocks;
    const struct failure_params *params = process->params;
    double now = clocks_next(clocks);
    /* A lone stopped clock starts again from 0, which keeps all digits of its draws. */
    if (!process->wall && clocks->n == 1)
        now = process->clock_s = 0;
    uint32_t unit = clocks_take(clocks, &process->rng);
    bool is_of_system = params->per == PER_SYSTEM && process->n_units > 1;
    /* While a unit is repaired its own clock stands still, not that of the whole system. */
    double up_s = is_of_system ? now : now + repair_s;
    if (params->renew == RENEW_ALL) {
        clocks_push(clocks, (struct renewed_unit){up_s, unit});
        clocks_rejuvenate(clocks, &process->rng);
    } else {
        clocks_push(clocks,
                    (struct renewed_unit){up_s + dist_draw(clocks->law, &process->rng), unit});
    }
    if (is_of_system && clocks->units)
        unit = (uint32_t)rng_below(&process->rng, process->n_units);
    return unit;
}

/* The unit that fails now; the process moves on to what comes next. */
static uint32_t process_take(struct failure_process *process, double repair_s)
{
    if (is_law(process))
        return take_of_law(process, repair_s);
    if (!process->events)
        return (uint32_t)script(process)[process->position++].unit;
    uint32_t unit = map_node(process, process->events[process->position].node);
    trace_step(process);
    return unit;
}

/* ---- the process in the calendar ---- */

static void process_strikes(void *context, struct event *event);

static const struct event_type failure_event = {"failure", process_strikes};

static void process_schedule(struct failure_process *process, struct run *run)
{
    double at = process_next(process);
    if (isinf(at))
        return;
    if (!process->wall)
        at += process->shift_s;
    calendar_schedule(&run->calendar, &process->next, &failure_event, fmax(at, run->calendar.now_s),
                      run->failure_priority);
    alarms_schedule(process, run, fmax(at, run->calendar.now_s));
}

static void process_strikes(void *context, struct event *event)
{
    struct run *run = context;
    struct failure_process *process = event->owner;
    double recorded_s = process->events ? process->events[process->position].duration_s : 0;
    double repair_s = repair_of(process, run, recorded_s);
    if (!process->wall)
        process->clock_s = run->calendar.now_s - process->shift_s;
    uint32_t unit = process_take(process, repair_s);
    alarms_stop(process, run);
    alarms_foresee(process, process->wall ? run->calendar.now_s : process->clock_s);
    if (!process->wall)
        process->shift_s = run->calendar.now_s - process->clock_s;
    /* What the failure sets off may plan ahead up to the next event, so that must be known; a
     * clock that the failure stops is scheduled when it runs again. */
    bool stops = run->model->recovery.on_failure == RECOVERY_FAILURE_RESTART &&
                 !(process->params->exposure & EXPOSED_DOWNTIME);
    if (process->wall || !stops)
        process_schedule(process, run);
    if (unit != NO_UNIT)
        cascade_spread(&process->cascade, run, process, unit, 0);
    run_unit_fails(run, process, unit == NO_UNIT ? RUN_ANY_UNIT : (int64_t)unit, repair_s);
    if (process->running && !event_is_scheduled(&process->next))
        process_schedule(process, run);
}

void failure_process_phase(struct failure_process *process, struct run *run, unsigned phase)
{
    bool runs = (process->params->exposure & phase) != 0;
    if (process->wall || runs == process->running)
        return;
    double now_s = run->calendar.now_s;
    /* A phase that takes no time leaves no trace, not even by rounding. */
    bool moved = now_s > process->changed_s;
    process->running = runs;
    process->changed_s = now_s;
    if (runs) {
        if (moved)
            process->shift_s = now_s - process->clock_s;
        process_schedule(process, run);
    } else {
        if (moved)
            process->clock_s = now_s - process->shift_s;
        calendar_cancel(&run->calendar, &process->next);
        alarms_stop(process, run);
    }
}

void failure_process_redraw(struct failure_process *process, struct run *run)
{
    if (process->params->redraw != REDRAW_CHECKPOINT)
        return;
    calendar_cancel(&run->calendar, &process->next);
    double now = process->wall ? run->calendar.now_s : process->clock_s;
    if (!process->wall && process->running)
        now = run->calendar.now_s - process->shift_s;
    clocks_begin(&process->clocks, process->clocks.law, now, &process->rng);
    if (process->wall || process->running)
        process_schedule(process, run);
}

bool failure_process_may_hit(const struct failure_process *process, const struct run *run)
{
    if (is_law(process) || process->params->strikes != STRIKES_NODE || isinf(process_next(process)))
        return true;
    uint32_t unit = process->events ? map_node(process, process->events[process->position].node)
                                    : (uint32_t)script(process)[process->position].unit;
    return unit == NO_UNIT || (unit < process->n_units && nodes_place(run, unit) != NO_PLACE);
}

bool failure_process_allows_jumps(const struct failure_process *process)
{
    unsigned both = EXPOSED_WORK | EXPOSED_CHECKPOINT;
    unsigned exposed = process->params->exposure & both;
    return process->params->redraw != REDRAW_CHECKPOINT &&
           (process->wall || exposed == 0 || exposed == both);
}

/* ---- set-up ---- */

/* The first event of the trace at or after that time, by bisection. */
static size_t first_event_from(const struct failure_process *process, double time_s)
{
    size_t low = 0;
    for (size_t high = process->n_events; low < high;) {
        size_t middle = (low + high) / 2;
        if (process->events[middle].time_s < time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * Of capacity: places that are empty when the job starts are nodes that it does not have yet, and
 * no failures. Returns the first event after that.
 */
static size_t start_without(struct failure_process *process, struct run *run, double offset_s,
                            size_t position)
{
    const struct fault_event *events = process->events;
    for (; position < process->n_events && events[position].time_s <= offset_s; position++)
        ;
    for (size_t i = 0; i < position; i++) {
        double left_s = events[i].time_s + events[i].duration_s - offset_s;
        if (left_s <= 0)
            continue;
        struck_find(run, process, events[i].node);
        (void)nodes_fail(run, process->params, left_s, false);
    }
    return position;
}

static void trace_start(struct failure_process *process, struct run *run)
{
    const struct replay_params *replay = &process->params->trace;
    const struct fault_log *log = fault_log_of(&replay->log);
    struct rng jitter = rng_stream(run->seed, run->replication, RNG_TRACE_JITTER, process->index);
    process->n_events =
        fault_log_apply(&replay->equal_times, log->events, log->n_events, process->events, &jitter);
    process->period_s = fault_log_period_s(log);
    double offset_s;
    if (replay->offset.params) {
        offset_s = ((const struct offset_params *)replay->offset.params)->at_s;
        if (replay->repeat && process->period_s > 0)
            offset_s = fmod(offset_s, process->period_s);
    } else {
        struct rng rng = rng_stream(run->seed, run->replication, RNG_TRACE_OFFSET, process->index);
        offset_s = rng_uniform(&rng) * (replay->repeat ? process->period_s : log->span_s);
    }
    process->cycle_s = -offset_s;
    process->outlived = false;
    size_t low = first_event_from(process, offset_s);
    if (log->is_capacity)
        low = start_without(process, run, offset_s, low);
    process->position = low;
    if (low == process->n_events && low > 0) {
        process->position = low - 1;
        trace_step(process);
    }
}

void failure_process_init(struct failure_process *process, const struct failure_params *params,
                          uint64_t index, uint64_t n_units, bool units_matter)
{
    *process = (struct failure_process){
        .params = params,
        .index = index,
        .n_units = n_units,
        .wall = params->clock == CLOCK_WALL,
        .next = {.owner = process},
        .clocks = {.law = &params->time_to_failure, .n = params->per == PER_SYSTEM ? 1 : n_units},
    };
    process->repair_s = (double)NAN;
    if (dist_is_given(&params->repair))
        (void)dist_is_constant(&params->repair, &process->repair_s);
    if (units_matter && is_law(process)) {
        process->clocks.units = mem_alloc(n_units, sizeof(uint32_t));
        for (uint32_t i = 0; i < n_units; i++)
            process->clocks.units[i] = i;
    }
    if (params->trace.log.variant)
        process->events =
            mem_alloc(fault_log_of(&params->trace.log)->n_events, sizeof(struct fault_event));
    alarms_init(process);
}

void failure_process_release(struct failure_process *process)
{
    free(process->clocks.renewed);
    free(process->clocks.units);
    free(process->clocks.swaps);
    free(process->events);
    cascade_release(&process->cascade);
}

void failure_process_start(struct failure_process *process, struct run *run)
{
    process->rng = rng_stream(run->seed, run->replication, RNG_FAILURE, process->index);
    process->repair_rng = rng_stream(run->seed, run->replication, RNG_REPAIR, process->index);
    cascade_start(&process->cascade, run, process);
    process->running = false;
    process->clock_s = 0;
    process->changed_s = -1;
    process->position = 0;
    if (process->clocks.units)
        clocks_undo_swaps(&process->clocks);
    if (is_law(process))
        clocks_begin(&process->clocks, &process->params->first, 0, &process->rng);
    else if (process->events)
        trace_start(process, run);
    alarms_start(process, run);
    if (process->wall)
        process_schedule(process, run);
}
