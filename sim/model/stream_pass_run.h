// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A run of a task's loop (stream_pass_task.c): what it keeps in local
 * variables, and what is done before and after it.
 */
#ifndef MODEL_STREAM_PASS_RUN_H
#define MODEL_STREAM_PASS_RUN_H

#include "model/stream_pass.h"

/* Where the loop takes messages from. */
enum pass_input {
    FROM_QUEUE,  /* channels that lead into the queue */
    FROM_SOURCE, /* the only partition of a source task */
    FROM_ANY,    /* inputs that must be looked at anew for each message */
    FROM_BLOCK,  /* the stage before in a chain */
};

/* A message that the task serves. */
struct served {
    struct message message;
    double start_s, end_s;
};

static inline bool is_rework(const struct served *served)
{
    return served->message.id >> 63;
}

/* Reading a partition. */
struct reader {
    struct durable_log *log;
    const double *times_s; /* of the block that the position is in */
    uint64_t next;         /* place in it of the message that is read next */
    uint64_t first;        /* offset of its first message */
    uint64_t id;           /* of its first message */
    uint64_t highest;      /* offset from which on messages are read for the first time */
    bool has_bytes;
    double base_s, after_s; /* sum over reads of start - base_s, for the lag's integral */
    uint64_t begin;         /* offset of the first message of the run */
};

/* The only channel out of the task, or the only edge. */
struct outlet {
    double latency_s;
    uint32_t channel; /* the first */
    bool sole;
    bool hashes; /* or goes round */
    const struct alias *alias;
    uint64_t salt, capacity;
    /* Of an only channel: */
    const double *starts; /* its ring */
    uint64_t mask;
    int64_t needed;  /* number of the start that makes room for the next message */
    int64_t started; /* starts before this one are known */
};

/* The only channel into a stage of a chain. */
struct inlet {
    uint32_t place; /* in the block, of the next message */
    uint32_t channel;
    double *starts; /* its ring */
    uint64_t mask, started;
};

/* How long a message takes. */
enum law {
    LAW_EXPONENTIAL,
    LAW_CONSTANT,
    LAW_OTHER, /* or not at speed 1, or the same time as before */
};

/*
 * What is summed up. Neighbours are of different types lest compilers work on two of them at once
 * in vector registers, which here costs moves and gains nothing.
 */
struct totals {
    double idle_s;
    uint64_t n; /* served */
    double new_s;
    uint64_t n_rework; /* of them */
    double rework_s;
    uint64_t n_silent; /* of them, not on the tapes */
    double blocked_s;
};

/* What the loop uses and changes, as local variables while it runs. */
struct run {
    double until_s, measure_from_s;
    double since_s; /* departure of the message before */
    enum law law;
    double mean_s;
    bool noted;       /* see run_note_departure() */
    double rewound_s; /* of the task */
    double silent_s;  /* latencies that are not on the tapes */
    struct reader reader;
    struct inlet inlet;
    struct outlet outlet;
    struct rng rng;
    struct tape own, end_to_end;
    struct totals totals;
};

/* ---- before ---- */

void run_open_reader(const struct passes *passes, uint32_t rank, struct reader *reader);
void run_open_outlet(const struct passes *passes, uint32_t rank, struct outlet *outlet);
void run_open_inlet(struct passes *passes, uint32_t rank, struct inlet *inlet);
enum law run_law(const struct stream *stream, const struct task *task);

/* ---- in between, now and then ---- */

/*
 * The reader goes on to the block of its partition that begins at the offset. The head follows, so
 * that the arrivals need not be generated a second time when somebody asks for it.
 */
const double *run_next_block(struct passes *passes, uint32_t rank, uint64_t offset);
/* How long the message takes, for LAW_OTHER. */
double run_other_service_s(struct passes *passes, uint32_t rank, uint64_t id, struct rng *rng);
/*
 * Hands the message on, whatever the ways out. False when an output waits for room, in channel *c;
 * then the message is in the hand. *at_s is when the last output was handed on.
 */
bool run_depart_by_many(struct passes *passes, uint32_t rank, const struct served *served,
                        double *at_s, uint32_t *c);
/* What is not done for every message, since mostly nobody asks. */
void run_note_departure(const struct passes *passes, uint32_t rank, const struct served *served,
                        double departure_s);

INLINE void count_service(struct totals *totals, const struct served *served)
{
    totals->n++;
    if (!is_rework(served)) {
        totals->new_s += served->end_s - served->start_s;
    } else {
        totals->n_rework++;
        totals->rework_s += served->end_s - served->start_s;
    }
}

/* ---- after ---- */

void run_close_reader(struct passes *passes, uint32_t rank, const struct reader *reader);
/* The message is served, and waits for room in channel c; outputs before were handed on by then. */
void run_wait_for_room(struct passes *passes, uint32_t rank, struct totals *totals,
                       const struct served *served, uint32_t c, double handed_s);
/* The message is in service when the window ends. */
void run_stay_in_service(struct passes *passes, uint32_t rank, const struct totals *totals,
                         const struct served *served);
/* No message is to be started; the last one left at since_s. */
void run_stay_idle(struct passes *passes, uint32_t rank, const struct totals *totals,
                   double since_s, enum stop stop);

#endif
