// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Operators of a stream job: each runs as a number of tasks that serve
 * messages, and takes its input from a source or from other operators.
 */
#ifndef MODEL_OPERATOR_H
#define MODEL_OPERATOR_H

#include "core/dist.h"
#include "core/field.h"
#include "model/source.h"

enum route { ROUTE_FORWARD, ROUTE_HASH, ROUTE_REBALANCE, ROUTE_BROADCAST };
enum channel_kind { CHANNEL_PIPELINED, CHANNEL_LOG };
enum on_full { ON_FULL_BLOCK, ON_FULL_DROP };

#define NO_CAPACITY UINT64_MAX

/* One input of an operator: where from, and over which channels. */
struct input_params {
    const char *from;        /* name of the sending operator */
    int by;                  /* enum route */
    struct skew_params skew; /* by: hash; shares of the receiving tasks */
    int channel;             /* enum channel_kind */
    uint64_t capacity;       /* messages per sender-receiver pair, the one in service excluded;
                                NO_CAPACITY: no limit */
    double capacity_bytes;   /* likewise in bytes; NaN: no limit */
    struct dist latency;     /* from the sender to the receiver, in the order of sending */
    int on_full;             /* enum on_full */
};

struct operator_params {
    const char *name;
    uint64_t tasks;              /* parallelism */
    struct dist service;         /* time that one message takes a task */
    uint64_t in_flight;          /* messages that a task serves at a time: c servers, one queue */
    double selectivity;          /* outputs per message on each output: 0.3 filters, 2.5 fans out */
    struct tagged state;         /* of the operator, over its tasks; by state_union */
    struct source_params source; /* when operator_reads_source() */
    struct list inputs;          /* of struct input_params; none beside a source */
};

extern const struct field operator_fields[];
/* The row for a list of operators. */
extern const struct field operator_element;

/* Whether it reads a source, rather than the outputs of other operators. */
bool operator_reads_source(const struct operator_params *operator);

#endif
