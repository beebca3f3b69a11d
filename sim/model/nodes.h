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
#include "core/stats.h"

struct run;
struct failure_params;

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

/* A vacant place that is kept for the node it had (recovery.scheduler.preferred_host). */
struct hold {
    uint32_t node;        /* or NO_NODE: it is not kept */
    struct event expires; /* owner: this; from the request on */
};

#define NO_PLACE UINT32_MAX
#define NO_NODE UINT32_MAX

/*
 * Which nodes host the job; only followed when there are spares or repairs. The job has places 0
 * .. needed - 1, each to be filled by a node; those of a stream job are the nodes of its topology.
 */
struct nodes {
    bool followed;
    uint64_t n, needed;
    uint64_t missing;       /* vacant places that any node may fill */
    uint64_t n_held;        /* vacant places that are kept for a node */
    struct hold *holds;     /* owned: of each place */
    unsigned char *state;   /* owned: enum node_state of each */
    uint32_t *places;       /* owned: which place each node fills while it hosts */
    uint32_t *hosts;        /* owned: of each place, the node that fills it, or NO_NODE */
    uint32_t *shares;       /* owned: of each vacant place, the node that fills in, or NO_NODE */
    uint32_t sharer;        /* the next that is asked to fill in */
    uint64_t n_shared;      /* vacant places for which one does */
    double *up_s;           /* owned: when each node that is down will be up; infinity: never */
    uint32_t *queue;        /* owned: ring of `missing` vacant places, the longest vacant first */
    uint64_t first;         /* of the ring */
    struct spare *spares;   /* owned: of each node, its position among the spares while it is one */
    uint32_t top_spare;     /* the next to be taken, or NO_NODE */
    struct down_node *down; /* owned: binary heap by up_s, then order */
    size_t n_down;
    uint32_t n_failed; /* nodes that went down so far */
    struct event repaired;
    double lacking_since_s; /* since when a place is vacant; NaN: none is */
    struct sum lacked_s;    /* such times that are over, without those of the warm-up */
};

/* Once per run structure; at the start of each replication. */
void nodes_init(struct run *run);
void nodes_start(struct run *run);
void nodes_release(struct run *run);
/* Whether a failure of the nodes in run->struck concerns the job; they go down for repair_s, unless
 * they host the job and are spared. A node that is down already takes longer to come up only where
 * a wider domain has failed. */
bool nodes_fail(struct run *run, const struct failure_params *failure, double repair_s,
                bool hosts_are_spared);
/* The node that fills a place, or fills in there, or NO_NODE. */
uint32_t nodes_host(const struct run *run, uint32_t place);
/* The place that the node fills, or NO_PLACE. */
uint32_t nodes_place(const struct run *run, uint64_t node);
/* Time so far in which the job lacked nodes; the warm-up does not count. */
double nodes_lacked_s(const struct run *run);
/* Whether a place is without a node, whether any is. */
bool nodes_lack(const struct run *run, uint32_t place);
bool nodes_lack_any(const struct run *run);
/* If the place has no node, one that hosts another fills in until one comes for it; whether it
 * does. */
bool nodes_share(struct run *run, uint32_t place);
/* A node for the place is wanted: if it is kept for one, not for much longer. */
void nodes_request(struct run *run, uint32_t place);

#endif
