// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/false_alarms.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static void alarm_sounds(void *context, struct event *event);

static const struct event_type false_alarm = {"false_alarm", alarm_sounds};

void false_alarms_init(struct run *run)
{
    const struct list *detectors = &run->model->recovery.detectors;
    const struct struck_detector *params = detectors->items;
    struct false_alarms *alarms = &run->false_alarms;
    alarms->items = mem_alloc(detectors->n, sizeof *alarms->items);
    for (size_t i = 0; i < detectors->n; i++)
        if (!isnan(params[i].false_alarm_every_s))
            alarms->items[alarms->n++] = (struct false_alarm){
                .params = &params[i],
                .n_units =
                    model_units(run->model, &(struct failure_params){.strikes = params[i].struck}),
            };
}

void false_alarms_release(struct run *run)
{
    free(run->false_alarms.items);
}

static void schedule(struct run *run, struct false_alarm *alarm)
{
    double mean_s = alarm->params->false_alarm_every_s / (double)alarm->n_units;
    double wait_s = -mean_s * log(rng_uniform(&alarm->rng));
    calendar_schedule(&run->calendar, &alarm->next, &false_alarm, run->calendar.now_s + wait_s,
                      run->failure_priority);
}

void false_alarms_start(struct run *run)
{
    struct false_alarms *alarms = &run->false_alarms;
    alarms->n_false = 0;
    for (size_t i = 0; i < alarms->n; i++) {
        struct false_alarm *alarm = &alarms->items[i];
        alarm->rng = rng_stream(run->seed, run->replication, RNG_FALSE_ALARM,
                                (uint64_t)alarm->params->struck);
        alarm->next = (struct event){.owner = alarm};
        schedule(run, alarm);
    }
}

/* Whether the unit was running, and restarts. */
static bool restarts_for_nothing(struct run *run, int struck, uint64_t unit)
{
    if (run->streaming)
        return streaming_false_alarm(run, struck, unit);
    if (struck == STRIKES_NODE && nodes_place(run, unit) == NO_PLACE)
        return false;
    if (run->recoveries->state != RECOVERY_NONE)
        return false;
    recovering_restart(run->recoveries);
    return true;
}

/* What the alarm sets off may plan ahead up to the next event, so that must be known. */
static void alarm_sounds(void *context, struct event *event)
{
    struct run *run = context;
    struct false_alarm *alarm = event->owner;
    uint64_t unit = rng_below(&alarm->rng, alarm->n_units);
    schedule(run, alarm);
    if (restarts_for_nothing(run, alarm->params->struck, unit) &&
        run->calendar.now_s >= run->measure_from_s)
        run->false_alarms.n_false++;
}
