// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Nodes at work: which of them host the job, stand by as spares, or are under
 * repair. Part of struct run (model/run.h).
 */
#ifndef MODEL_NODES_H
#define MODEL_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/calendar.h"

struct run;

struct down_node {
    double up_s;
    uint32_t node;
    uint32_t order; /* of the failures: nodes that are up again at one time come in it */
};

enum node_state { NODE_HOSTING, NODE_SPARE, NODE_DOWN };

/* Neighbours in the stack of spares, from which a spare that fails leaves at any height. */
struct spare {
    uint32_t above, below; /* nodes, or NO_NODE */
};

#define NO_PLACE UINT32_MAX

/*
 * Which nodes host the job; only followed when there are spares or repairs. The job has places 0
 * .. needed - 1, each to be filled by a node; those of a stream job are the nodes of its topology.
 */
struct nodes {
    bool followed;
    uint64_t n, needed;
    uint64_t missing;       /* places that no node fills */
    unsigned char *state;   /* owned: enum node_state of each */
    uint32_t *places;       /* owned: which place each node fills while it hosts */
    bool *vacant;           /* owned: of each place, whether no node fills it */
    uint32_t *queue;        /* owned: ring of `missing` vacant places, the longest vacant first */
    uint64_t first;         /* of the ring */
    struct spare *spares;   /* owned: of each node, its position among the spares while it is one */
    uint32_t top_spare;     /* the next to be taken, or NO_NODE */
    struct down_node *down; /* owned: binary heap by up_s, then order */
    size_t n_down;
    uint32_t n_failed; /* nodes that went down so far */
    struct event repaired;
};

/* Once per run structure; at the start of each replication. */
void nodes_init(struct run *run);
void nodes_start(struct run *run);
void nodes_release(struct run *run);
/* Whether a failure of that node concerns the job; the node goes down for repair_s, unless it hosts
 * the job and is spared. */
bool nodes_fail(struct run *run, uint64_t node, double repair_s, bool hosts_are_spared);
/* The place that the node fills, or NO_PLACE. */
uint32_t nodes_place(const struct run *run, uint64_t node);
/* Whether a place is without a node. */
bool nodes_lack(const struct run *run, uint32_t place);

#endif
