// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/outages.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/restoring.h"
#include "model/run.h"

static void tell(struct run *run, const struct device *device, const char *what)
{
    if (run->trace)
        run_trace(run, run->calendar.now_s, what,
                  &(struct trace_value){"device", 0, device->params->name}, 1);
}

static void device_is_repaired(void *context, struct event *event)
{
    struct run *run = context;
    struct device *device = event->owner;
    device_come_back(device);
    tell(run, device, "device_repaired");
}

static const struct event_type repaired = {"device_repaired", device_is_repaired};

void outages_init(struct run *run)
{
    run->outages.repaired = mem_alloc(run->n_failures, sizeof *run->outages.repaired);
}

void outages_start(struct run *run)
{
    for (size_t i = 0; i < run->n_failures; i++) {
        const char *name = run->failures[i].params->device;
        run->outages.repaired[i] = (struct event){.owner = name ? run_device(run, name) : NULL};
    }
}

void outages_release(struct run *run)
{
    free(run->outages.repaired);
}

/* A job that runs is none the wiser; one that recovers looks for what is left. */
static void lose_contents(struct run *run, struct device *device)
{
    tell(run, device, "contents_lost");
    device_lose_contents(device);
    if (run->streaming)
        restores_lose_device(run, device);
    else if (checkpointing_lose_device(run, device) && run->recoveries->state != RECOVERY_NONE)
        recovering_work_falls_back(run);
}

bool outages_begin(struct run *run, const struct failure_process *process, double repair_s)
{
    struct event *end = &run->outages.repaired[process->index];
    struct device *device = end->owner;
    if (event_is_scheduled(end))
        return false;
    if (repair_s > 0) {
        device_go_out(device);
        calendar_schedule(&run->calendar, end, &repaired, run->calendar.now_s + repair_s, 0);
        tell(run, device, "device_failed");
    }
    if (process->params->loses == LOSES_CONTENTS)
        lose_contents(run, device);
    return true;
}
