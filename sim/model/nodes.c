// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Nodes that host the job, spares that take over, and nodes under repair. When
 * every node hosts tasks and repairs take no time there is nothing to follow.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "model/run.h"

static void node_is_repaired(void *context, struct event *event);

static const struct event_type repaired = {"node_repaired", node_is_repaired};

static void hold_expires(void *context, struct event *event);

static const struct event_type hold_end = {"preferred_host_given_up", hold_expires};

static bool anything_to_follow(const struct model *model, uint64_t needed)
{
    const struct failure_params *failures = model->failures.items;
    for (size_t i = 0; i < model->failures.n; i++) {
        if (failure_strikes_nodes(&failures[i]) &&
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
    nodes->followed = !run->model->stages && anything_to_follow(run->model, nodes->needed);
    if (!nodes->followed)
        return;
    nodes->state = mem_alloc(nodes->n, sizeof *nodes->state);
    nodes->places = mem_alloc(nodes->n, sizeof *nodes->places);
    nodes->hosts = mem_alloc(nodes->needed, sizeof *nodes->hosts);
    nodes->shares = mem_alloc(nodes->needed, sizeof *nodes->shares);
    nodes->up_s = mem_alloc(nodes->n, sizeof *nodes->up_s);
    nodes->holds = mem_alloc(nodes->needed, sizeof *nodes->holds);
    nodes->queue = mem_alloc(nodes->needed, sizeof *nodes->queue);
    nodes->spares = mem_alloc(nodes->n, sizeof *nodes->spares);
    nodes->down = mem_alloc(nodes->n, sizeof *nodes->down);
}

void nodes_release(struct run *run)
{
    free(run->nodes.state);
    free(run->nodes.places);
    free(run->nodes.hosts);
    free(run->nodes.shares);
    free(run->nodes.up_s);
    free(run->nodes.holds);
    free(run->nodes.queue);
    free(run->nodes.spares);
    free(run->nodes.down);
}

static void schedule_repair(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    calendar_cancel(&run->calendar, &nodes->repaired);
    if (nodes->n_down > 0 && !isinf(nodes->down[0].up_s))
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

/* Nobody fills in for the place any more; whether somebody did. */
static bool end_share(struct nodes *nodes, uint32_t place)
{
    bool is_shared = nodes->shares[place] != NO_NODE;
    nodes->n_shared -= is_shared;
    nodes->shares[place] = NO_NODE;
    return is_shared;
}

static void fill_place(struct nodes *nodes, uint32_t node, uint32_t place)
{
    nodes->state[node] = NODE_HOSTING;
    nodes->places[node] = place;
    nodes->hosts[place] = node;
}

static void leave_vacant(struct nodes *nodes, uint32_t place)
{
    nodes->queue[(nodes->first + nodes->missing++) % nodes->needed] = place;
    nodes->hosts[place] = NO_NODE;
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

/* A node that the job has lost may come back; capacity that has gone will not. */
static bool is_preferred(const struct run *run, const struct failure_params *failure)
{
    return run->model->recovery.scheduler.preferred_host.wait_s > 0 &&
           !failure_is_capacity(failure);
}

static void hold(struct nodes *nodes, uint32_t place, uint32_t node)
{
    nodes->n_held++;
    nodes->hosts[place] = NO_NODE;
    nodes->holds[place] = (struct hold){.node = node, .expires.owner = &nodes->holds[place]};
}

static void end_hold(struct run *run, uint32_t place)
{
    run->nodes.n_held--;
    run->nodes.holds[place].node = NO_NODE;
    calendar_cancel(&run->calendar, &run->nodes.holds[place].expires);
}

static double lacked_since_s(const struct run *run, double since_s)
{
    return fmax(run->calendar.now_s - fmax(since_s, run->measure_from_s), 0);
}

/* Places have been left or filled. */
static void book_lack(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    bool lacked = !isnan(nodes->lacking_since_s);
    if (lacked == nodes_lack_any(run))
        return;
    if (lacked)
        sum_add(&nodes->lacked_s, lacked_since_s(run, nodes->lacking_since_s));
    nodes->lacking_since_s = lacked ? (double)NAN : run->calendar.now_s;
}

double nodes_lacked_s(const struct run *run)
{
    const struct nodes *nodes = &run->nodes;
    struct sum sum = nodes->lacked_s;
    if (nodes->followed && !isnan(nodes->lacking_since_s))
        sum_add(&sum, lacked_since_s(run, nodes->lacking_since_s));
    return sum_value(&sum);
}

/* Tasks start on the nodes with the lowest numbers; the lowest spare is taken first. */
void nodes_start(struct run *run)
{
    struct nodes *nodes = &run->nodes;
    if (!nodes->followed)
        return;
    nodes->missing = nodes->first = nodes->n_held = 0;
    nodes->lacking_since_s = (double)NAN;
    nodes->lacked_s = (struct sum){0};
    nodes->n_down = 0;
    nodes->n_failed = 0;
    nodes->top_spare = NO_NODE;
    for (uint32_t i = 0; i < nodes->needed; i++)
        fill_place(nodes, i, i);
    nodes->n_shared = 0;
    nodes->sharer = 0;
    for (uint32_t i = 0; i < nodes->needed; i++)
        nodes->shares[i] = NO_NODE;
    for (uint32_t i = 0; i < nodes->needed; i++)
        nodes->holds[i] = (struct hold){.node = NO_NODE};
    for (uint64_t i = nodes->n; i-- > nodes->needed;)
        push_spare(nodes, (uint32_t)i);
}

static void go_down(struct run *run, uint32_t node, double repair_s)
{
    struct nodes *nodes = &run->nodes;
    double up_s = run->calendar.now_s + repair_s;
    nodes->state[node] = NODE_DOWN;
    nodes->up_s[node] = up_s;
    down_push(nodes, (struct down_node){up_s, node, nodes->n_failed++});
    schedule_repair(run);
}

/* Where the node fills in for others that are not there, nobody does any more. */
static void end_shares_of(struct run *run, uint32_t node)
{
    struct nodes *nodes = &run->nodes;
    for (uint32_t place = 0; nodes->n_shared > 0 && place < nodes->needed; place++)
        if (nodes->shares[place] == node)
            (void)end_share(nodes, place);
    rescale_book(run);
}

bool nodes_share(struct run *run, uint32_t place)
{
    struct nodes *nodes = &run->nodes;
    if (nodes_host(run, place) != NO_NODE)
        return false;
    for (uint64_t i = 0; i < nodes->n; i++) {
        uint32_t node = nodes->sharer;
        nodes->sharer = (uint32_t)((node + 1) % nodes->n);
        if (nodes->state[node] != NODE_HOSTING)
            continue;
        nodes->shares[place] = node;
        nodes->n_shared++;
        return true;
    }
    return false;
}

/* Spares leave first, so that none of those that fail takes a place; or nodes are down for longer.
 */
static void idle_nodes_fail(struct run *run, bool is_wider, double repair_s)
{
    struct nodes *nodes = &run->nodes;
    for (size_t i = 0; i < run->struck.n; i++) {
        uint32_t node = run->struck.nodes[i];
        if (nodes->state[node] == NODE_SPARE) {
            remove_spare(nodes, node);
            go_down(run, node, repair_s);
        } else if (nodes->state[node] == NODE_DOWN && is_wider) {
            nodes->up_s[node] = fmax(nodes->up_s[node], run->calendar.now_s + repair_s);
        }
    }
}

static bool any_hosts(const struct run *run)
{
    for (size_t i = 0; i < run->struck.n; i++)
        if (nodes_place(run, run->struck.nodes[i]) != NO_PLACE)
            return true;
    return false;
}

bool nodes_fail(struct run *run, const struct failure_params *failure, double repair_s,
                bool hosts_are_spared)
{
    struct nodes *nodes = &run->nodes;
    bool any_hosted = any_hosts(run);
    if (repair_s <= 0 || !nodes->followed)
        return any_hosted;
    idle_nodes_fail(run, failure_domain(failure) > DOMAIN_NODE, repair_s);
    for (size_t i = 0; i < run->struck.n; i++) {
        uint32_t node = run->struck.nodes[i];
        if (nodes->state[node] != NODE_HOSTING || hosts_are_spared)
            continue;
        go_down(run, node, repair_s);
        end_shares_of(run, node);
        if (is_preferred(run, failure))
            hold(nodes, nodes->places[node], node);
        else
            take_spare(nodes, nodes->places[node]);
    }
    book_lack(run);
    return any_hosted;
}

uint32_t nodes_host(const struct run *run, uint32_t place)
{
    const struct nodes *nodes = &run->nodes;
    if (!nodes->followed)
        return place;
    return nodes->hosts[place] != NO_NODE ? nodes->hosts[place] : nodes->shares[place];
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
    return nodes_host(run, place) == NO_NODE;
}

bool nodes_lack_any(const struct run *run)
{
    return run->nodes.missing > 0 || run->nodes.n_held > 0;
}

void nodes_request(struct run *run, uint32_t place)
{
    struct nodes *nodes = &run->nodes;
    if (!nodes->followed || nodes->holds[place].node == NO_NODE)
        return;
    struct event *expires = &nodes->holds[place].expires;
    if (!event_is_scheduled(expires))
        calendar_schedule(
            &run->calendar, expires, &hold_end,
            run->calendar.now_s + run->model->recovery.scheduler.preferred_host.wait_s, 0);
}

/* A place has been filled. */
static void tell_recoveries(struct run *run)
{
    book_lack(run);
    for (size_t i = 0; i < run->n_recoveries; i++)
        recovering_nodes_ready(&run->recoveries[i]);
}

/* The place has a node of its own again, unless it was only kept for one. */
static void come_to(struct run *run, uint32_t place)
{
    bool was_shared = run->nodes.hosts[place] != NO_NODE && end_share(&run->nodes, place);
    tell_recoveries(run);
    if (was_shared)
        rescale_up(run, place);
}

static void hold_expires(void *context, struct event *event)
{
    struct run *run = context;
    const struct hold *expired = event->owner;
    uint32_t place = (uint32_t)(expired - run->nodes.holds);
    end_hold(run, place);
    take_spare(&run->nodes, place);
    come_to(run, place);
}

/* The node works again: it fills the place that was kept for it, else the longest vacant one. */
static void come_up(struct run *run, uint32_t node)
{
    struct nodes *nodes = &run->nodes;
    uint32_t place = nodes->places[node];
    if (nodes->holds[place].node == node) {
        end_hold(run, place);
        fill_place(nodes, node, place);
    } else if (nodes->missing > 0) {
        place = longest_vacant(nodes);
        fill_place(nodes, node, place);
    } else {
        push_spare(nodes, node);
        return;
    }
    come_to(run, place);
}

static void node_is_repaired(void *context, struct event *event)
{
    (void)event;
    struct run *run = context;
    struct nodes *nodes = &run->nodes;
    struct down_node down = nodes->down[0];
    uint32_t node = down_pop(nodes);
    bool is_up = nodes->up_s[node] <= down.up_s;
    if (!is_up) /* a wider domain has failed since */
        down_push(nodes, (struct down_node){nodes->up_s[node], node, down.order});
    schedule_repair(run);
    if (is_up)
        come_up(run, node);
}
