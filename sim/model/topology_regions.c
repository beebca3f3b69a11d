// SPDX-License-Identifier: GPL-3.0-or-later
/* Regions of a stream job: what pipelined channels connect, in either direction. */
#include "model/topology.h"

static uint32_t root_of(uint32_t *above, uint32_t task)
{
    while (above[task] != task) {
        above[task] = above[above[task]];
        task = above[task];
    }
    return task;
}

/* The lower rank is above, so that the root of a region is its first task. */
static void join(uint32_t *above, uint32_t a, uint32_t b)
{
    a = root_of(above, a);
    b = root_of(above, b);
    if (a < b)
        above[b] = a;
    else
        above[a] = b;
}

uint32_t topology_regions(const struct topology *topology, uint32_t *region_of)
{
    uint32_t n = 0;
    for (uint32_t task = 0; task < topology->n_tasks; task++)
        region_of[task] = task;
    for (size_t i = 0; i < topology->n_channels; i++) {
        const struct channel_place *channel = &topology->channels[i];
        if (topology->edges[channel->edge].channel == CHANNEL_PIPELINED)
            join(region_of, channel->from, channel->to);
    }
    for (uint32_t task = 0; task < topology->n_tasks; task++)
        region_of[task] = root_of(region_of, task);
    for (uint32_t task = 0; task < topology->n_tasks; task++)
        region_of[task] = region_of[task] == task ? n++ : region_of[region_of[task]];
    return n;
}
