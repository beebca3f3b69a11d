// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alarms.h"

#include <math.h>

#include "model/run.h"

static void alarm_is_raised(void *context, struct event *event);

static const struct event_type alarm_event = {"alarm", alarm_is_raised};

/* Mean time between failures of the process, on its clock; of a script, over its length. */
static double mean_gap_s(const struct failure_process *process)
{
    const struct failure_params *params = process->params;
    const struct scripted_failure *script = params->at.items;
    if (dist_is_given(&params->time_to_failure))
        return dist_mean(&params->time_to_failure) / (double)process->clocks.n;
    if (params->trace.log.variant)
        return fault_log_mtbf_s(fault_log_of(&params->trace.log));
    return script[params->at.n - 1].time_s / (double)params->at.n;
}

void alarms_init(struct failure_process *process)
{
    const struct prediction_params *params = &process->params->prediction;
    struct alarms *alarms = &process->alarms;
    *alarms = (struct alarms){.event = {.owner = process}};
    if (!dist_is_given(&params->lead))
        return;
    alarms->params = params;
    double per_failure = params->recall * (1 - params->precision) / params->precision;
    alarms->mean_gap_s = per_failure > 0 ? mean_gap_s(process) / per_failure : (double)INFINITY;
}

void alarms_start(struct failure_process *process, struct run *run)
{
    struct alarms *alarms = &process->alarms;
    alarms->event = (struct event){.owner = process};
    alarms->rng = rng_stream(run->seed, run->replication, RNG_PREDICTION, process->index);
    alarms->false_rng =
        rng_stream(run->seed, run->replication, RNG_UNFOUNDED_ALARM, process->index);
    alarms_foresee(process, 0);
}

static void draw_false_alarm(struct alarms *alarms, double clock_s)
{
    alarms->next_false_at = (double)INFINITY;
    if (isfinite(alarms->mean_gap_s))
        alarms->next_false_at = clock_s - alarms->mean_gap_s * log(rng_uniform(&alarms->false_rng));
}

void alarms_foresee(struct failure_process *process, double clock_s)
{
    struct alarms *alarms = &process->alarms;
    if (!alarms->params)
        return;
    alarms->is_pending = rng_uniform(&alarms->rng) < alarms->params->recall;
    alarms->lead_s = dist_draw(&alarms->params->lead, &alarms->rng);
    /* The clock may have been set back; what comes without memory may be drawn anew. */
    draw_false_alarm(alarms, clock_s);
}

/* When the next failure is foretold, and the next false alarm comes; calendar time. */
static double foretold_at_s(const struct alarms *alarms)
{
    return alarms->is_pending ? alarms->failure_at_s - alarms->lead_s : (double)INFINITY;
}

static double false_at_s(const struct failure_process *process)
{
    return process->alarms.next_false_at + (process->wall ? 0 : process->shift_s);
}

static void schedule_next(struct failure_process *process, struct run *run)
{
    double at_s = fmin(foretold_at_s(&process->alarms), false_at_s(process));
    if (isfinite(at_s))
        calendar_schedule(&run->calendar, &process->alarms.event, &alarm_event,
                          fmax(at_s, run->calendar.now_s), run->failure_priority - 1);
}

void alarms_schedule(struct failure_process *process, struct run *run, double failure_at_s)
{
    struct alarms *alarms = &process->alarms;
    if (!alarms->params)
        return;
    alarms->failure_at_s = failure_at_s;
    calendar_cancel(&run->calendar, &alarms->event);
    schedule_next(process, run);
}

void alarms_stop(struct failure_process *process, struct run *run)
{
    calendar_cancel(&run->calendar, &process->alarms.event);
}

static void alarm_is_raised(void *context, struct event *event)
{
    struct run *run = context;
    struct failure_process *process = event->owner;
    struct alarms *alarms = &process->alarms;
    bool is_false = false_at_s(process) < foretold_at_s(alarms);
    if (is_false)
        draw_false_alarm(alarms, alarms->next_false_at);
    else
        alarms->is_pending = false;
    schedule_next(process, run);
    run_alarm(run, is_false, is_false || failure_process_may_hit(process, run));
}
