// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Inside of the fast engine of the message plane: what its files share.
 *
 * In a quiet period nothing acts on the plane, so what a task does depends on
 * its input and on the room behind it alone. Tasks then run one after the
 * other, sources first, each by the recursion of a queue,
 *
 *     start      = max(entry, departure of the message before)
 *     completion = start + service / speed
 *     departure  = max(completion, start of the message K places back on the
 *                      channel), K the capacity,
 *
 * within a window of time in which a task serves some hundred messages. A task
 * that needs a start which its receiver has not come to yet stalls, and goes
 * on in the next pass over the tasks. Each task keeps lower bounds on the
 * times at which it can still start and send; those of a stalled task include
 * its receiver's. A receiver takes in, sorted by (entry, channel), what lies
 * strictly before the bounds of all its senders. Passes repeat until nothing
 * more can start in the window: then every task is where the clock is. This is
 * conservative parallel simulation (Chandy and Misra, IEEE TSE 5(5), 1979) on
 * one processor, which gains by staying long with one task: its queue, its
 * streams and its statistics stay in registers and cache.
 *
 * Where every task has at most one channel in and one out there is nothing to
 * sort or to bound: stream_pass_chain.c.
 */
#ifndef MODEL_STREAM_PASS_H
#define MODEL_STREAM_PASS_H

#include <math.h>

#include "core/memory.h"
#include "model/stream_message.h"
#include "model/stream_pass_inline.h"
#include "model/stream_state.h"

/* ---- state ---- */

/*
 * Starts of the messages of one channel, by their number: a ring of at least the last `capacity`.
 * What is left in it from before the window lies in the past and delays nothing.
 */
struct pass_ring {
    double *starts; /* NULL: the channel has no limit */
    uint64_t mask;
};

/* Messages on their way to a task, in any order. */
struct inbox {
    struct message *slots; /* owned */
    uint32_t n, capacity;
};

/* The same for a log; entry_s is the time of sending, which is what orders a log. */
struct log_inbox {
    struct inbox inbox;
    double bound_s;      /* nothing enters before that is not in the log */
    double last_entry_s; /* of what is */
};

struct pass_task {
    double since_s;  /* departure of the message before */
    double handed_s; /* of a message that waits for room: when its last output was handed on */
    double next_s;   /* it starts nothing before */
    double send_s;   /* it hands nothing on before */
    double bound_s;  /* nothing enters before that is not in the queue */
    double wait_s;   /* nothing that it does not know enters before over any channel */
    bool closed;     /* it is where the window ends */
    bool forced;     /* its next message is known, whatever the bounds say */
    bool watched;    /* its reads are noted for lag watches */
    struct inbox inbox;
    struct log_inbox *log_inboxes; /* owned, as task.logs */
    uint64_t n_taken;              /* from its queue */
    uint64_t n_waited;             /* in its queue and inbox at the start of the advance */
    uint64_t n_started;            /* of the channel that it waits for, at that time */
    uint64_t n_replayed;           /* sent to it, of those that are replayed */
    double *reads;                 /* owned: when it did, if it is watched */
    size_t n_reads, reads_capacity;
};

/* Where the messages of a task go on to, as far as its loop must know. */
enum pass_output {
    TO_NOBODY, /* a sink */
    TO_ONE,    /* each goes on, over the only channel */
    TO_HASHED, /* each goes on, to the receiver that its identity says */
    TO_MANY,   /* anything else */
    TO_BLOCK,  /* each goes on to the next stage of a chain */
};

/* Why a task goes no further in this pass. */
enum stop {
    STOP_NONE,
    STOP_EMPTY,   /* no message that is known */
    STOP_LATER,   /* the next one starts after the window */
    STOP_FULL,    /* the block is full */
    STOP_SERVING, /* one is in service at the end of the window */
    STOP_WAITING, /* one waits for room */
};

struct pass_operator {
    enum pass_output output;
    bool takes_any; /* its inputs must be compared message by message */
    bool sole;      /* one channel into each task: messages go right into its queue */
};

/* Room for sorting; all owned. */
struct sorter {
    uint32_t room;
    uint32_t *places; /* of messages: their bucket */
    uint32_t *counts; /* of buckets */
    struct message *messages, *spare;
    struct message_queue sent; /* to a log */
};

/*
 * Messages on their way through a chain, from one stage to the next: those in [first, end). Before
 * them there is room for a few that are ahead of them.
 */
enum { BLOCK_HEAD = 16, BLOCK_SIZE = 128 };
struct block {
    uint32_t first, end;
    uint32_t room; /* messages that a stage puts into an empty block; at most BLOCK_SIZE */
    double entry_s[BLOCK_HEAD + BLOCK_SIZE];
    double origin_s[BLOCK_HEAD + BLOCK_SIZE];
    uint64_t id[BLOCK_HEAD + BLOCK_SIZE];
    float bytes[BLOCK_HEAD + BLOCK_SIZE];
};

static inline bool block_is_empty(const struct block *block)
{
    return block->first == block->end;
}

struct chain {
    uint32_t *ranks; /* owned; from the source on */
    uint32_t n;
    uint32_t room; /* messages in a block */
};

enum { WINDOW_MESSAGES = 256 }; /* in a window, of each task of the busiest operator, or so */

struct passes {
    struct stream *stream; /* borrowed: the plane that it is the engine of */

    /* Constant. */
    struct pass_operator *operators; /* owned */
    uint32_t *order;                 /* owned: operators, sources first */
    struct chain *chains;            /* owned; NULL: the graph is not made of chains alone */
    uint32_t n_chains;
    bool has_bytes; /* messages have sizes */
    double span_s;  /* of a window to begin with */
    double least_s; /* shorter advances had better be done by steps */

    struct pass_task *tasks; /* owned, by rank */
    struct pass_ring *rings; /* owned, by channel */
    double *starts;          /* owned: of all rings */
    size_t n_starts;
    double clock_s;                /* no ring holds a later start */
    double unused_start;           /* the ring of channels without limit, for those that write */
    struct latency_record unheard; /* of outputs that are not visible yet */

    /* In a window. */
    double until_s;    /* its end */
    uint32_t n_open;   /* tasks that are not closed */
    uint64_t n_done;   /* messages served */
    bool moved;        /* something happened in this pass */
    double *all_reads; /* owned: of all watched tasks */
    size_t all_reads_capacity;
    struct sorter sorter;
    struct block block;
};

/* For the lag watches. */
INLINE void pass_note_read(struct pass_task *mine, double start_s)
{
    if (!mine->watched)
        return;
    mine->reads = mem_grow(mine->reads, mine->n_reads, &mine->reads_capacity, sizeof(double));
    mine->reads[mine->n_reads++] = start_s;
}

/* ---- stream_pass_inbox.c: what is sent to a task, until it takes it in ---- */

void inbox_grow(struct inbox *inbox);

INLINE void inbox_add(struct inbox *inbox, const struct message *message)
{
    if (inbox->n == inbox->capacity)
        inbox_grow(inbox);
    inbox->slots[inbox->n++] = *message;
}

/* Moves what enters by limit_s to the end of the queue, in order; whether there was something. */
bool pass_take_in(struct inbox *inbox, struct message_queue *queue, struct sorter *sorter,
                  double limit_s);
/* Latency of a message that was sent to a log. */
double pass_log_latency_s(const struct passes *passes, const struct message *message);
void pass_append_to_log(struct log_inbox *from, struct message_log *log, struct message *message);
/* Appends what was sent by limit_s to the task's i-th log. */
bool pass_take_in_log(struct passes *passes, uint32_t rank, uint32_t i, double limit_s);
void sorter_release(struct sorter *sorter);

/* ---- channels ---- */

/* The receiver starts the next message of the channel. */
INLINE void pass_note_start(struct passes *passes, uint32_t c, double start_s)
{
    struct pass_ring *ring = &passes->rings[c];
    struct channel *channel = &passes->stream->channels[c];
    if (ring->starts)
        ring->starts[channel->started & ring->mask] = start_s;
    channel->started++;
}

/*
 * Whether there is room in the channel at *at_s; if not yet, but by a start that is known, moves
 * *at_s there. False when the start is not known.
 */
INLINE bool pass_find_room(const struct passes *passes, uint32_t c, uint64_t capacity, double *at_s)
{
    const struct pass_ring *ring = &passes->rings[c];
    if (!ring->starts)
        return true;
    const struct channel *channel = &passes->stream->channels[c];
    if (channel->sent - channel->started >= capacity)
        return false;
    *at_s = later_of(ring->starts[(channel->sent - capacity) & ring->mask], *at_s);
    return true;
}

/* Puts a message on its way to a task, of whose operator `sole` is said. */
INLINE void pass_send(struct passes *passes, uint32_t to, bool sole, const struct message *message)
{
    struct pass_task *receiver = &passes->tasks[to];
    receiver->n_replayed += message->id >> 63;
    if (sole)
        *queue_extend(&passes->stream->tasks[to].queue) = *message;
    else
        inbox_add(&receiver->inbox, message);
}

/* ---- stream_pass_hand.c: the message in the hand, and the end of a run ---- */

/*
 * Hands on what the message in the hand has left to hand on. False when it waits for room, in
 * hand->waits_for; *at_s is when the last output before was handed on.
 */
bool pass_hand_on(struct passes *passes, uint32_t rank, struct in_service *hand, double *at_s);
/*
 * Finishes the message that is in the hand from before. False when that is not possible yet: the
 * task waits.
 */
bool pass_finish_hand(struct passes *passes, uint32_t rank);

/* The task does nothing more in this window. */
void pass_close(struct passes *passes, uint32_t rank);
/* It waits for what its senders may send. */
void pass_wait_for_input(struct passes *passes, uint32_t rank);
/* Its message waits for a start that its receiver has not come to. */
void pass_wait_for_room(struct passes *passes, uint32_t rank, double handed_s);

/* ---- stream_pass_any.c: tasks with inputs of several kinds ---- */

/* Takes the task's next message, of its queue or a log, if it is known which that is. */
enum stop pass_next_of_any(struct passes *passes, uint32_t rank, double since_s,
                           struct message *message, double *start_s);

/*
 * With latencies, tasks may wait for each other's bounds in a circle. What would start before all
 * else is then known to start next: it is taken in. False when nothing starts in this window.
 */
bool pass_force(struct passes *passes);

/* ---- stream_pass_task.c: the loops ---- */

/*
 * Finishes what the task has in its hand. Whether it may start messages after that; if not, it has
 * done what it can.
 */
bool pass_may_start(struct passes *passes, uint32_t rank);
/* Runs the task as far as it can come in the window. */
void pass_run(struct passes *passes, uint32_t rank);
/*
 * Runs a stage of a chain whose hand is free: with the messages of the block, or if it has none,
 * with those of its queue or source, as many as fit. What it hands on is the block after that.
 */
void pass_run_stage(struct passes *passes, uint32_t rank);
/* ---- stream_pass_watch.c ---- */

/* Whether all lag watches can be found by passes. */
bool pass_can_watch(const struct stream *stream);
/* Around a window, when there are watches. */
void pass_begin_watching(struct passes *passes);
void pass_end_watching(struct passes *passes);
/*
 * Messages of the partition that had arrived by time_s, which must not go back. The integral of the
 * lag is kept right: what has arrived since the last look is in it up to time_s, and counts from
 * then on.
 */
uint64_t pass_look_at_head(struct stream *stream, uint32_t partition, double time_s);

/* ---- stream_pass_chain.c ---- */

/* The messages of the block wait in the queue of the stage: those from `place` on, or all. */
void pass_queue_rest(struct passes *passes, uint32_t rank, uint32_t place);
void pass_queue_block(struct passes *passes, uint32_t rank);
/* Those that wait in the queue go first: into the block, or if they are many, the others wait. */
void pass_put_queue_first(struct passes *passes, uint32_t rank);

/* Finds the chains; leaves passes->chains NULL when the topology is not made of chains alone. */
void pass_find_chains(struct passes *passes);
void pass_free_chains(struct passes *passes);
/* Advances them all to passes->until_s. */
void pass_run_chains(struct passes *passes);

#endif
