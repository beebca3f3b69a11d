// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A partition of a source's durable log at work: what has arrived, and where
 * its reader is.
 *
 * Messages are not stored. The states of the generator at the starts of
 * blocks are, from the oldest block that may be read again; a block is filled
 * when the reader or the head comes to it. When there are many states, every
 * other one is dropped and finding a block may take a few more fills: memory
 * stays bounded however long the run and however far back a reader may go.
 *
 * Two cursors: the reader's position (the offset it reads next), and the head
 * (how many messages have arrived by the time asked for). In step with each
 * other they fill a block once between them.
 *
 * Sizes of messages are those of the source's law where it has one, else those
 * of the trace, else 0. Retention by size counts in messages of mean size.
 */
#ifndef MODEL_DURABLE_LOG_H
#define MODEL_DURABLE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/arrivals.h"

enum {
    LOG_BLOCK = 512,  /* messages that are generated at a time */
    LOG_STATES = 256, /* states kept at most: 24 KiB */
};

struct log_block {
    uint64_t first; /* offset of times_s[0]; a multiple of LOG_BLOCK */
    double times_s[LOG_BLOCK];
    double *bytes; /* owned: LOG_BLOCK of them, NULL when the process gives no sizes */
    struct arrivals_state after; /* of the generator, at the end of the block */
};

struct durable_log {
    const struct source_params *params; /* borrowed */
    struct arrivals_partition partition;
    double read_gap_s;         /* least time between two reads; -infinity: no limit */
    double retention_messages; /* by size; infinity: no limit */
    struct sampler message;    /* bytes, where they are not the process' */
    uint64_t size_salt;        /* of this replication */

    struct log_block reading, heading; /* the blocks of the two cursors */
    uint64_t position;                 /* offset of the next message to read */
    uint64_t highest;                  /* position reached so far, as of the last seek or expiry */
    uint64_t head;                     /* messages with arrival <= head_s */
    double head_s;
    double last_read_s; /* start of the last read, for read_gap_s; -infinity at first */
    /* Generator states at the starts of blocks first_kept, first_kept + stride, ... */
    struct arrivals_state *states; /* owned */
    size_t n_states;
    uint64_t first_kept, stride; /* block numbers */
    uint64_t keep_from;          /* offset: nothing before it will be sought */
    uint64_t expired;            /* messages that retention took before they were ever read */
};

/* Once per run structure; `partition` says which one it is. */
void durable_log_init(struct durable_log *log, const struct source_params *params,
                      struct arrivals_partition partition);
void durable_log_release(struct durable_log *log);
/* Empties it for a replication: time 0, position 0. `source` tells several sources apart. */
void durable_log_start(struct durable_log *log, uint64_t seed, uint64_t replication,
                       uint64_t source);

/* Fills log->reading with the block that holds log->position. */
void durable_log_load(struct durable_log *log);

/* Arrival time of the message at the position; infinity when no more will come. */
static inline double durable_log_arrival_s(struct durable_log *log)
{
    if (log->position - log->reading.first >= LOG_BLOCK)
        durable_log_load(log);
    return log->reading.times_s[log->position - log->reading.first];
}

/* Bytes of the message at the position: the same whenever it is read. */
double durable_log_bytes(struct durable_log *log);

/*
 * The earliest time at which the message at the position may be read: its
 * arrival, or later under a read rate. Infinity when no more will come.
 */
static inline double durable_log_ready_s(struct durable_log *log)
{
    double arrival_s = durable_log_arrival_s(log);
    double allowed_s = log->last_read_s + log->read_gap_s;
    return arrival_s >= allowed_s ? arrival_s : allowed_s;
}

/* The message at the position is being read, from time_s on. */
static inline void durable_log_take(struct durable_log *log, double time_s)
{
    log->position++;
    log->last_read_s = time_s;
}

/*
 * Skips messages at the position that retention has taken by time_s, which must not go back;
 * how many. By time: what arrived before time_s - retention_s. By size: what lies further behind
 * the head than retention_bytes of messages of mean size.
 */
uint64_t durable_log_expire(struct durable_log *log, double time_s);

/* Puts the reader at an offset, which must not be below keep_from. */
void durable_log_seek(struct durable_log *log, uint64_t offset);
/* Nothing before the offset will be sought any more. */
void durable_log_forget(struct durable_log *log, uint64_t offset);

/* Messages that have arrived by time_s (inclusive), which must not go back. */
uint64_t durable_log_head(struct durable_log *log, double time_s);
/*
 * As durable_log_head(), and adds to *area the sum over the messages that
 * arrived in (head_s, time_s] of time_s - arrival: their share of a time average.
 */
uint64_t durable_log_head_area(struct durable_log *log, double time_s, double *area);
/* Arrival time of any message at or after keep_from; for the age of a backlog. Slow. */
double durable_log_time_of(struct durable_log *log, uint64_t offset);

#endif
