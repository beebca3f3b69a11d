// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The graph of a stream job spread out into tasks, channels and partitions:
 * constant data that the message plane runs on.
 *
 * Tasks are numbered by rank: operators at later stages first (the stage is
 * the length of the longest path from a source), then operators in the order
 * of the scenario, then task by task. Ties between messages are told apart by
 * (time, rank): later stage first, then task index. Channels are numbered by
 * sender, then edge, then receiver, so that among the channels of one receiver
 * the lower number has the lower sender.
 */
#ifndef MODEL_TOPOLOGY_H
#define MODEL_TOPOLOGY_H

#include "core/err.h"
#include "core/memory.h"
#include "core/sampler.h"
#include "model/operator.h"
#include "model/store.h"

/* Categorical law over receivers for a hash edge (Walker's alias table); even: no table. */
struct alias {
    uint32_t n;
    double *keep; /* NULL: all alike */
    uint32_t *other;
};

struct edge {
    uint32_t from, to; /* operators */
    enum route by;
    enum channel_kind channel;
    enum on_full on_full;
    uint64_t capacity;     /* messages per channel; UINT64_MAX: no limit */
    double capacity_bytes; /* infinity: no limit */
    struct sampler latency;
    struct alias alias;
    bool from_source; /* the sender reads a source: rebalance goes round by offset */
};

struct operator_place {
    const struct operator_params *params; /* borrowed */
    uint32_t stage;
    uint32_t first_task, n_tasks;           /* ranks, contiguous */
    uint32_t first_partition, n_partitions; /* of its source; 0 when it has none */
    uint32_t *out_edges; /* edges that it sends on, in the order of the receivers' inputs */
    uint32_t n_out_edges;
    uint32_t *in_edges;
    uint32_t n_in_edges;
    bool is_source, is_sink; /* no input from operators; no output to them */
    struct sampler service;
    struct store store;        /* of each task */
    double state_bytes;        /* of each task, at the start */
    double arrival_rate_per_s; /* messages that come to the operator, in the long run */
    double load;               /* of its most loaded task: arrival rate x service / in_flight */
    double peak_load;          /* the same at the peak rates of the sources */
};

struct channel_place {
    uint32_t edge;
    uint32_t from, to; /* tasks by rank */
};

struct task_place {
    uint32_t operator, index; /* of the operator's tasks */
    uint32_t container, node;
    uint32_t n_in, n_out; /* channels */
    uint32_t *in;         /* channels into the task, ascending */
    uint32_t first_out;   /* channels out of the task are contiguous */
    uint32_t *edge_base;  /* of the operator's i-th out edge: its first channel */
    uint32_t *partitions; /* of the source, ascending; global numbers */
    uint32_t n_partitions;
};

struct partition_place {
    uint32_t operator, index; /* of its source */
    uint32_t task;
    double share;
};

struct topology {
    struct operator_place *operators;
    size_t n_operators; /* in the order of the scenario */
    struct edge *edges;
    size_t n_edges;
    struct task_place *tasks;
    size_t n_tasks;
    struct channel_place *channels;
    size_t n_channels;
    struct partition_place *partitions;
    size_t n_partitions;
    uint32_t n_stages;
    uint32_t n_containers, n_nodes;
    uint32_t threads; /* of each container, shared by its tasks; 0: each task has its own */
};

struct job_params;
struct cluster_params;

/*
 * Spreads the job's operators out, into the arena. Reports cycles, operators that no source
 * reaches, unknown names, containers that do not fit the nodes; warns of load above capacity
 * with the figure. NULL when there was an error.
 */
const struct topology *topology_build(const struct job_params *job,
                                      const struct cluster_params *cluster, struct arena *arena,
                                      struct err *err);

/*
 * Messages per s that come to each task in the long run, by rank, if no channel holds any back; the
 * caller frees them.
 */
double *topology_task_rates(const struct topology *topology);

/* Whether every input of the operator's tasks is a log: it can restart alone. */
bool topology_reads_logs_only(const struct topology *topology, uint32_t operator);
/*
 * Finds what pipelined channels connect: the region of each task, by rank, numbered by their first
 * tasks. Their number.
 */
uint32_t topology_regions(const struct topology *topology, uint32_t *region_of);
/* "count/3": operator and task index, into a buffer. */
const char *topology_task_name(const struct topology *topology, uint32_t task, char *text,
                               size_t size);

#endif
