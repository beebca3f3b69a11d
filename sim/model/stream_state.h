// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of the message plane, shared by its two engines. Between two calls
 * of either it is true for the plane's clock: everything up to it has
 * happened, and nothing after it.
 */
#ifndef MODEL_STREAM_STATE_H
#define MODEL_STREAM_STATE_H

#include "core/rng.h"
#include "core/stats.h"
#include "model/durable_log.h"
#include "model/id_set.h"
#include "model/stream.h"
#include "model/stream_output.h"

/* ---- identity ---- */

/*
 * Bits of message.id: replayed, marker, then what the message is: partition and offset as they are
 * for messages from a source, a hash of the parent's and the copy's number where copies are made.
 */
#define ID_REPLAYED (UINT64_C(1) << 63)
#define ID_MARKER (UINT64_C(1) << 62)
enum { ID_OFFSET_BITS = 40 };

static inline uint64_t id_of(uint64_t partition, uint64_t offset)
{
    return partition << ID_OFFSET_BITS | offset;
}

/* 64 bits that depend on all bits of both: the finaliser of splitmix64. */
static inline uint64_t id_mix(uint64_t id, uint64_t salt)
{
    uint64_t z = (id & ~(ID_REPLAYED | ID_MARKER)) ^ salt;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A uniform on (0, 1) from 64 mixed bits. */
static inline double id_uniform(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

struct message {
    double origin_s; /* arrival at its source */
    double entry_s;  /* into the receiver's queue */
    uint64_t id;     /* of a marker: ID_MARKER | round */
    uint32_t channel;
    float bytes;
};

/* ---- queues ---- */

/*
 * Messages that wait for a task, in the order in which it takes them: a ring, sorted by (entry,
 * channel) behind the first n_fixed, which a cut put there. n <= mask + 1. See stream_queue.h.
 */
struct message_queue {
    struct message *slots; /* owned */
    uint32_t first, n;
    uint32_t mask;
    uint32_t n_fixed;
};

static inline struct message *queue_at(const struct message_queue *queue, uint32_t i)
{
    return &queue->slots[(queue->first + i) & queue->mask];
}

/*
 * A log between operators: what was sent to one receiving task, kept from the oldest offset that
 * may be read again. Entries never decrease: a message enters a latency after it was sent, and
 * not before the one in front of it.
 */
struct message_log {
    struct message *slots; /* owned; a ring */
    uint64_t first;        /* offset of the oldest kept */
    uint64_t end;          /* offset of the next to be appended */
    uint64_t position;     /* next to be read */
    uint64_t highest;      /* position reached so far: what is read below it is replayed */
    uint64_t mask;
};

struct channel {
    /* Constant. */
    struct message_log *log; /* of the receiver; NULL: pipelined. Of a log only `sent` matters */
    uint32_t to;             /* receiving task */

    uint32_t waiter;         /* task with hands that wait for room in it, or NO_TASK */
    uint64_t sent;           /* messages, markers excluded */
    uint64_t started;        /* of them taken by the receiver; sent - started are in the channel */
    double bytes;            /* of those in the channel */
    double last_entry_s;     /* FIFO under random latencies */
    bool marked;             /* the receiver has its marker and holds back what comes after it */
    struct sender_log *kept; /* owned; NULL: nothing is logged (stream_history.h) */
};

/* The last marker that was sent on a channel. */
struct channel_marker {
    uint64_t round;
    uint64_t n_before; /* channel.sent when it was sent */
    double entry_s;    /* it overtakes, and is taken from then on; infinity: it does not, or was */
    uint64_t n_left;   /* scratch: messages before it that a walk has not come to */
};

struct channel_history;

/* ---- tasks ---- */

#define NO_TASK UINT32_MAX
/* Of a message that came over none: read from a partition, or put back as such by a cut. */
#define NO_CHANNEL UINT32_MAX

/* One message in service, or finished and waiting for room. */
struct in_service {
    struct message message; /* ID_REPLAYED is set when it is reprocessed, and only then */
    double start_s;
    double end_s;   /* at the present speed; infinity at speed 0 */
    double left_s;  /* service still to do, at speed 0 */
    double since_s; /* start, or the last change of speed: service is booked up to here */
    bool reprocessed;
    bool blocked;
    uint32_t next_edge, next_copy; /* the output that is handed on next (stream_route.h) */
    uint32_t waits_for;            /* blocked: the channel of that output */
};

enum task_mode {
    TASK_RUNNING,
    TASK_STANDING, /* held, or aligned */
    TASK_DEAD,
};

/* What a task's time goes into: at every instant exactly one of these. */
enum task_use {
    USE_NEW,      /* a hand serves a message that was not finished before */
    USE_REWORK,   /* hands serve, all of them messages that were */
    USE_BLOCKED,  /* all hands in use wait for room */
    USE_IDLE,     /* nothing to serve, or no thread to serve it */
    USE_ALIGNING, /* nothing to serve but what an alignment holds back */
    USE_STOPPED,  /* it stands, is dead, or has speed 0 */
    N_TASK_USES
};

/* What a turn nearly always needs stands first, so that it lies in few cache lines. */
struct task {
    struct message_queue queue; /* pipelined input: waits for the task */
    struct in_service *hands;   /* owned: in_flight slots; the first n_busy are in use, by order of
                                   start */
    uint32_t n_busy;
    uint32_t n_blocked; /* of them */
    double speed;
    double rewound_s;   /* last roll-back: what was done before it waits anew from then on */
    uint32_t operator;  /* constant */
    uint32_t in_flight; /* constant */
    uint32_t n_sources; /* constant */
    enum task_use use;  /* since since_s */

    bool is_simple; /* constant: in_flight 1, no logs, threads of its own, no capacity 0 */
    bool disturbed; /* counted in stream.n_disturbed */
    bool captures;  /* messages that are sent to it before their marker belong to its cut */
    bool hold;      /* asked to stop at the next boundary */
    enum task_mode mode;
    uint64_t fresh;            /* identities that were sent to it or read for the first time */
    struct task_counts counts; /* its times stay 0: see use_s */
    double since_s;            /* times are booked up to here */
    double use_s[N_TASK_USES]; /* booked */
    double hands_s;            /* time that hands were in service, summed over hands */
    double measured_service_s; /* service done since the start, all kinds: hands_s x speed */
    struct rng service_rng;
    struct sampler service; /* constant */

    struct durable_log **sources; /* owned: its partitions, borrowed, ascending */
    double *ready_s;              /* owned: when the next message of each may be read */
    uint64_t *limits;             /* owned: offset up to which each is read */
    uint32_t next_source;         /* the one with the least of them, the first of equals */
    uint32_t n_logs;              /* constant */
    struct message_log *logs;     /* owned: of its log inputs, in the order of its in edges */

    struct message_queue aside; /* held back by an alignment */
    uint64_t round;             /* it aligns on; 0: none */
    uint32_t n_marked;          /* channels whose marker has come */
    uint32_t n_pipelined;       /* constant: channels into it that markers come through */
    bool counts_markers;        /* constant: ALIGN_COUNTING */
    uint32_t n_markers;         /* in queue and aside, or overtaking */
    bool rendezvous;            /* constant: some channels into it have capacity 0 */
    bool hold_blocked;          /* asked to stop even if blocked */
    uint64_t restored;          /* of counts.received: put back by roll-backs */
    struct id_set unfinished;   /* messages it had taken in but not finished when it failed */

    /* Of the round that overtakes (stream_barrier.h). */
    double overtaken_s;   /* from when on the first marker it has not taken overtakes; infinity */
    bool to_cut;          /* has taken a marker, and starts nothing before it has been cut */
    uint64_t cut_round;   /* it was cut for, until it is told that the cut is complete; 0: none */
    uint32_t n_awaited;   /* channels whose marker it has not taken since */
    struct task_cut *cut; /* borrowed: that is not complete */
    struct held_outputs held; /* of a transactional sink */
    /* Of has_indexes: */
    uint64_t index;
    uint64_t forced; /* index of the message before which it was asked to stop; 0: none */
    const struct task_cut *goes_back_to; /* during a roll-back of the task */
};

/* ---- the plane ---- */

/* What all tasks of an operator do with a message. */
struct operator_plan {
    uint64_t copies; /* of each message, on each out edge, at least */
    double one_more; /* probability of one more */
    bool keeps_id;   /* its output is known by the same identity as the message */
    bool is_sink;
    bool expires;   /* its source's retention is limited */
    bool has_bytes; /* messages of its source have sizes */
};

/*
 * The integral of a partition's lag since base_s, without a look at arrivals for every read:
 * lag at base_s x (now - base_s) + what arrived since x time since - what was read x time since.
 */
struct lag_area {
    double until_base; /* message-seconds up to base_s */
    double base_s;
    uint64_t base_lag;
    uint64_t n_read;   /* since base_s */
    double read_after; /* sum over them of time of reading - base_s */
};

/* Threads that the tasks of a container share. */
struct container {
    uint32_t n_free;
    uint32_t n_tasks;
    uint32_t *tasks; /* borrowed from container_tasks; ascending */
};

struct stream {
    const struct topology *topology; /* borrowed */
    struct stream_options options;
    double now_s;
    double measure_from_s;
    uint64_t seed, replication;
    struct task *tasks;                /* owned */
    struct channel *channels;          /* owned */
    struct channel_marker *markers;    /* owned: per channel */
    uint64_t overtaking;               /* round whose markers overtake; 0: none */
    struct channel_history *histories; /* owned: by channel; NULL without counts_channels */
    struct kept_bytes kept;
    struct operator_plan *plans;    /* owned: per operator */
    struct durable_log *partitions; /* owned */
    uint64_t *highest;              /* owned: per partition, offsets below it were read before */
    struct lag_area *lag_areas;     /* owned: per partition */
    uint64_t *edge_salts;           /* owned: routes */
    uint64_t *copy_salts;           /* owned: per operator, number of copies */
    struct container *containers;   /* owned; NULL: each task has threads of its own */
    uint32_t *container_tasks;      /* owned */
    struct latency_record *latency, *operator_latency; /* borrowed */
    struct latency_record *commit_latency;             /* borrowed; NULL: nobody asks */
    stream_observer *observer;
    void *observer_context;
    struct lag_watch *watches;
    bool owes_drained;       /* NOTICE_DRAINED is still to come: see stream_limit() */
    uint32_t n_disturbed;    /* tasks that stand, are dead or asked to stop, align, have markers
                                before them or capture; the latter four keep passes from running */
    struct stepper *stepper; /* owned: engine of stream_step.c */
    struct passes *passes;   /* owned: engine of stream_pass.c; NULL: the topology does not allow
                                it */
};

/* Whether what was read from a log between operators may be read again. */
static inline bool stream_reads_again(const struct stream *stream)
{
    return stream->options.may_fail && !stream->options.keeps_positions;
}

/* The container of the task, where threads are shared. */
static inline struct container *container_of(const struct stream *stream, uint32_t rank)
{
    return &stream->containers[stream->topology->tasks[rank].container];
}

/* Whether all that the limits allow has gone through, and no task is dead. */
bool stream_is_drained(const struct stream *stream);
/* The notice of that, when it is owed and due. */
bool stream_tell_drained(struct stream *stream, struct notice *notice);

/* Positions of all readers of the watched tasks, added up. */
uint64_t lag_watch_position(const struct stream *stream, const struct lag_watch *watch);

/* ---- the engines ---- */

/* Steps to `to_s` or the first notice, as stream_advance(). */
struct stepper *stepper_new(struct stream *stream);
void stepper_free(struct stepper *stepper);
/*
 * The state of the task (or of STREAM_ALL) was changed from outside: it gets a turn at the present
 * instant, in which it does what it can, perhaps nothing, and what it waits for is found anew.
 */
void stepper_invalidate(struct stepper *stepper, uint32_t task);
/* Passes have taken all tasks to the plane's clock: nobody has a turn before something changes. */
void stepper_pass(struct stepper *stepper);
/* Whether a task has a turn at the present instant, since something was changed from outside. */
bool stepper_is_due(const struct stepper *stepper);
bool stepper_advance(struct stream *stream, double to_s, struct notice *notice);

/* NULL when the topology needs more than passes can do (see stream_pass.c). */
struct passes *passes_new(struct stream *stream);
void passes_free(struct passes *passes);
/* Whether passes may go on from the present state. */
bool passes_may_run(const struct stream *stream);
/* Whether passes to `to_s` are faster than steps. */
bool passes_pay(const struct stream *stream, double to_s);
/*
 * Passes to `to_s`, or to the instant of a notice that all is drained: the state afterwards is what
 * steps would have left, to the last bit.
 */
void passes_advance(struct stream *stream, double to_s);

#endif
