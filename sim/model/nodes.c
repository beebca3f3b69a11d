// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Nodes that host the job, spares that take over, and nodes under repair. When
 * every node hosts tasks and repairs take no time there is nothing to follow.
 */
#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

#define NO_NODE UINT32_MAX

static void node_is_repaired(void *context, struct event *event);

static const struct event_type repaired = {"node_repaired", node_is_repaired};

static bool anything_to_follow(const struct model *model, uint64_t needed)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        if (failures[i].strikes == STRIKES_NODE &&
            (!failure_repairs_at_once(&failures[i]) || model->cluster.nodes > needed))
            return true;
    }
    return false;
}

void nodes_init(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    nodes->n = run->model->cluster.nodes;
    const struct topology *topology = run->model->topology;
    nodes->needed = topology ? topology->n_nodes : model_nodes_needed(run->model);
    nodes->followed = anything_to_follow(run->model, nodes->needed);
    if (!nodes->followed)
        return;
    nodes->state = mem_alloc(nodes->n, sizeof *nodes->state);
    nodes->places = mem_alloc(nodes->n, sizeof *nodes->places);
    nodes->vacant = mem_alloc(nodes->needed, sizeof *nodes->vacant);
    nodes->queue = mem_alloc(nodes->needed, sizeof *nodes->queue);
    nodes->spares = mem_alloc(nodes->n, sizeof *nodes->spares);
    nodes->down = mem_alloc(nodes->n, sizeof *nodes->down);
}

void nodes_release(struct run *run)
{
    free(run->nodes.state);
    free(run->nodes.places);
    free(run->nodes.vacant);
    free(run->nodes.queue);
    free(run->nodes.spares);
    free(run->nodes.down);
}

static void schedule_repair(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    calendar_cancel(&run->calendar, &nodes->repaired);
    if (nodes->n_down > 0)
        calendar_schedule(&run->calendar, &nodes->repaired, &repaired, nodes->down[0].up_s, 0);
}

static bool is_up_before(struct down_node a, struct down_node b)
{
    return a.up_s < b.up_s || (a.up_s <= b.up_s && a.order < b.order);
}

static void down_push(struct nodes *nodes, struct down_node node)
{
    assert(nodes->n_down < nodes->n);
    size_t at = nodes->n_down++;
    for (; at > 0 && is_up_before(node, nodes->down[(at - 1) / 2]); at = (at - 1) / 2)
        nodes->down[at] = nodes->down[(at - 1) / 2];
    nodes->down[at] = node;
}

static uint32_t down_pop(struct nodes *nodes)
{
    uint32_t node = nodes->down[0].node;
    struct down_node last = nodes->down[--nodes->n_down];
    size_t at = 0;
    for (size_t child = 1; child < nodes->n_down; child = 2 * at + 1) {
        if (child + 1 < nodes->n_down && is_up_before(nodes->down[child + 1], nodes->down[child]))
            child++;
        if (is_up_before(last, nodes->down[child]))
            break;
        nodes->down[at] = nodes->down[child];
        at = child;
    }
    nodes->down[at] = last;
    return node;
}

static void push_spare(struct nodes *nodes, uint32_t node)
{
    nodes->state[node] = NODE_SPARE;
    nodes->spares[node] = (struct spare){.above = NO_NODE, .below = nodes->top_spare};
    if (nodes->top_spare != NO_NODE)
        nodes->spares[nodes->top_spare].above = node;
    nodes->top_spare = node;
}

static void remove_spare(struct nodes *nodes, uint32_t node)
{
    struct spare spare = nodes->spares[node];
    if (spare.below != NO_NODE)
        nodes->spares[spare.below].above = spare.above;
    if (spare.above != NO_NODE)
        nodes->spares[spare.above].below = spare.below;
    else
        nodes->top_spare = spare.below;
}

static void fill_place(struct nodes *nodes, uint32_t node, uint32_t place)
{
    nodes->state[node] = NODE_HOSTING;
    nodes->places[node] = place;
    nodes->vacant[place] = false;
}

static void leave_vacant(struct nodes *nodes, uint32_t place)
{
    nodes->queue[(nodes->first + nodes->missing++) % nodes->needed] = place;
    nodes->vacant[place] = true;
}

static uint32_t longest_vacant(struct nodes *nodes)
{
    uint32_t place = nodes->queue[nodes->first];
    nodes->first = (nodes->first + 1) % nodes->needed;
    nodes->missing--;
    return place;
}

static void take_spare(struct nodes *nodes, uint32_t place)
{
    uint32_t node = nodes->top_spare;
    if (node == NO_NODE) {
        leave_vacant(nodes, place);
        return;
    }
    remove_spare(nodes, node);
    fill_place(nodes, node, place);
}

/* Tasks start on the nodes with the lowest numbers; the lowest spare is taken first. */
void nodes_start(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    if (!nodes->followed)
        return;
    nodes->missing = nodes->first = 0;
    nodes->n_down = 0;
    nodes->n_failed = 0;
    nodes->top_spare = NO_NODE;
    for (uint32_t i = 0; i < nodes->needed; i++)
        fill_place(nodes, i, i);
    for (uint64_t i = nodes->n; i-- > nodes->needed;)
        push_spare(nodes, (uint32_t)i);
}

bool nodes_fail(struct run *run, uint64_t node, double repair_s, bool hosts_are_spared)
{
    struct nodes *nodes = &run->nodes;
    if (nodes->state[node] == NODE_DOWN)
        return false;
    bool hosted = nodes->state[node] == NODE_HOSTING;
    if (repair_s <= 0 || (hosted && hosts_are_spared))
        return hosted;
    if (!hosted)
        remove_spare(nodes, (uint32_t)node);
    nodes->state[node] = NODE_DOWN;
    down_push(nodes, (struct down_node){run->calendar.now_s + repair_s, (uint32_t)node,
                                        nodes->n_failed++});
    schedule_repair(run);
    if (hosted)
        take_spare(nodes, nodes->places[node]);
    return hosted;
}

uint32_t nodes_place(const struct run *run, uint64_t node)
{
    const struct nodes *nodes = &run->nodes;
    if (!nodes->followed)
        return node < nodes->needed ? (uint32_t)node : NO_PLACE;
    return nodes->state[node] == NODE_HOSTING ? nodes->places[node] : NO_PLACE;
}

bool nodes_lack(const struct run *run, uint32_t place)
{
    return run->nodes.followed && run->nodes.vacant[place];
}

static void node_is_repaired(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    struct nodes *nodes = &run->nodes;
    uint32_t node = down_pop(nodes);
    schedule_repair(run);
    if (nodes->missing == 0) {
        push_spare(nodes, node);
        return;
    }
    fill_place(nodes, node, longest_vacant(nodes));
    for (size_t i = 0; i < run->n_recoveries; i++)
        recovering_nodes_ready(&run->recoveries[i]);
}
