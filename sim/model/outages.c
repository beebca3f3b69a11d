// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/outages.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static void device_is_repaired(void *context, struct event *event)
{
    struct run *run = context;
    struct device *device = event->owner;
    device_come_back(device);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "device_repaired",
                  &(struct trace_value){"device", 0, device->params->name}, 1);
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

bool outages_begin(struct run *run, const struct failure_process *process, double repair_s)
{
    struct event *end = &run->outages.repaired[process->index];
    struct device *device = end->owner;
    if (event_is_scheduled(end))
        return false;
    if (!(repair_s > 0))
        return true;
    device_go_out(device);
    calendar_schedule(&run->calendar, end, &repaired, run->calendar.now_s + repair_s, 0);
    if (run->trace)
        run_trace(run, run->calendar.now_s, "device_failed",
                  &(struct trace_value){"device", 0, device->params->name}, 1);
    return true;
}
