// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The `message` data plane: every message of a stream job, with exact queueing
 * and back-pressure, between two control events.
 *
 * What happens to a message. A task takes the soonest message that waits for
 * it: of its source partitions by (time ready, partition), of its channels by
 * (entry, channel). Service takes a draw from the task's own stream at the
 * start, at the task's speed; up to in_flight messages are served at a time.
 * The outputs then go to one channel per out edge and copy, in the order of
 * the edges. A channel holds `capacity` messages that their receiver has not
 * started; the sender blocks, after service, on its first full channel until
 * the receiver starts a message of it (on_full: drop loses the output
 * instead). A message enters the receiver's queue a latency after it was sent,
 * never before one sent earlier on the same channel. Capacity 0 hands over
 * only to a receiver that can start at once. An entry into a log never blocks.
 * Where tasks share a container's threads, a task that could start waits for a
 * thread; a free thread goes to the task whose message has waited longest, then
 * by rank; a blocked task gives its thread back.
 *
 * Ties. What happens at one instant happens in the order (time, rank), where
 * later stages rank first (model/topology.h). A sender that a receiver has
 * released goes on in its own turn at that instant.
 *
 * Identity. A message is known by its source partition and offset; its copies,
 * size, route and latency are functions of that, so that a replayed message
 * goes where it went before. Service times are drawn anew unless repeated by
 * the scenario. A message read again after a roll-back is marked as replayed;
 * a task that had it waiting or in service when it failed, and so had never
 * finished it, remembers that, and processing it then counts as the first
 * time. So distinct + reprocessed = processed holds by identity, not by
 * formula.
 *
 * Time. stream_advance(to) makes everything happen up to and including `to`.
 * The control plane then acts at `to`. To act before what happens at an instant t,
 * advance to the largest time below t, then move the clock by stream_move_to(t).
 *
 * Two engines give the same departures: one event per task (stream_step.c), for
 * all that the model allows, and passes stage by stage (stream_pass.c) for
 * quiet periods, which is where the speed comes from.
 */
#ifndef MODEL_STREAM_H
#define MODEL_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/histogram.h"
#include "model/topology.h"

struct stream;

#define STREAM_ALL UINT32_MAX

/* ---- life ---- */

struct stream_options {
    bool repeat_service; /* a message that is served again takes as long as the first time */
    bool may_fail;       /* roll-backs happen: identities are remembered */
    /* For tests of the engines against each other: */
    bool stepwise;      /* never passes */
    bool always_passes; /* wherever they can run, even where steps are faster */
};

/* The plane for a topology, which it borrows. */
struct stream *stream_new(const struct topology *topology, const struct stream_options *options);
void stream_free(struct stream *stream);
/* Where latencies go: a histogram over all replications, and this replication's moments. */
struct latency_record {
    struct histogram *histogram; /* borrowed; NULL: moments only */
    uint64_t n;
    double sum;
    double square; /* sum of squares */
};

/*
 * Empty queues, positions 0, all tasks running, time 0. `latency` gets the end-to-end latency of
 * visible outputs (departure from a sink - arrival at the source; outputs that are visible again
 * are left out), operator_latency[operator] the time from entry into the queue (arrival, at a
 * source) to departure of every message. Both borrowed for the replication.
 */
void stream_start(struct stream *stream, uint64_t seed, uint64_t replication,
                  struct latency_record *latency, struct latency_record *operator_latency);

/* ---- time ---- */

/* What the control plane asked to be told. */
enum notice_kind {
    NOTICE_BOUNDARY, /* a task that was asked to stop has come to a message boundary, and stands */
    NOTICE_MARKER,   /* the first marker of a round has reached a task; it aligns from now on */
    NOTICE_ALIGNED,  /* the markers of all its channels have; the task stands at a boundary */
};

struct notice {
    enum notice_kind kind;
    uint32_t task;
    uint64_t round; /* of the marker */
};

/*
 * Advances to `to_s`. True, with *notice filled, when it came to something the control plane
 * asked for: the clock stands there, at stream_now_s(), everything before (time, rank) has
 * happened, and the caller acts and advances again.
 */
bool stream_advance(struct stream *stream, double to_s, struct notice *notice);
double stream_now_s(const struct stream *stream);
/* Moves the clock to a time after now up to which nothing happens that was not processed. */
void stream_move_to(struct stream *stream, double time_s);

/* ---- verbs; all act now ---- */

/* Speed of service, 1 normally; a message in service is split here. 0 stops it where it is. */
void stream_set_speed(struct stream *stream, uint32_t task, double speed);
/*
 * Asks the task to stop at its next message boundary, told by NOTICE_BOUNDARY; true: it is at one
 * now and stands (no notice follows). With several in service it starts no more and waits for all.
 * A task that is blocked is at no boundary, unless `even_blocked`.
 */
bool stream_hold(struct stream *stream, uint32_t task, bool even_blocked);
/* The task goes on, after a hold or an alignment. */
void stream_release(struct stream *stream, uint32_t task);
/* The task, which stands, sends a marker of the round on all its channels. */
void stream_send_markers(struct stream *stream, uint32_t task, uint64_t round);
/* The round is given up: its markers are ignored wherever they are, and tasks that align on it go
 * on as if they had none. */
void stream_forget_round(struct stream *stream, uint64_t round);

/* A recovery point of one task. Zeroed memory is the state at the start of the run. */
struct task_cut {
    uint64_t *positions;      /* owned: of its source partitions, then of its logs */
    struct message *messages; /* owned: waiting for it, with `channels`; replayed in this order */
    size_t n_messages, capacity;
    double bytes;     /* of `messages` */
    double service_s; /* service done so far, to tell what a roll-back loses */
};
void task_cut_release(struct task_cut *cut);
/*
 * Records where the task, which stands, is. With `channels` the messages that wait for it, are held
 * back by an alignment, or are finished but not handed on belong to the cut too (a stop-the-world
 * checkpoint); a message in service goes back to the head of the queue.
 */
void stream_cut(struct stream *stream, uint32_t task, bool channels, struct task_cut *cut);
/* Logs need not keep what lies before the cut. */
void stream_forget_before(struct stream *stream, uint32_t task, const struct task_cut *cut);

/* The task fails: it stands, what it had in service and waiting in pipelined channels is gone. */
void stream_kill(struct stream *stream, uint32_t task);
/*
 * The tasks (killed or not: those that are not lose what they have now) start again from their
 * cuts, one per task in the order of `tasks`. Channels between them are empty but for what the cuts
 * hold; all run at speed 1.
 */
void stream_roll_back(struct stream *stream, const uint32_t *tasks, size_t n,
                      const struct task_cut *const *cuts);

/* ---- lag ---- */

/* Messages arrived and not read yet, of one task's partitions and logs. */
uint64_t stream_task_lag(struct stream *stream, uint32_t task);
/* Age of the oldest of them, s; 0 when there are none. */
double stream_task_lag_s(struct stream *stream, uint32_t task);
/* The same of one source partition. */
uint64_t stream_partition_lag(struct stream *stream, uint32_t partition);
double stream_partition_lag_s(struct stream *stream, uint32_t partition);

/*
 * From now on finds the first instant at which the lag of the n tasks together is at most
 * `lag`. The watch's time_s is NaN until then; it may lie before stream_now_s(), since
 * watching does not stop the plane. The watch must live until it is found or taken away.
 */
struct lag_watch {
    const uint32_t *tasks; /* borrowed, with n */
    size_t n;
    uint64_t lag;
    double time_s;
    /* The plane's: */
    uint64_t n_reads; /* that it takes at least until then */
    struct lag_watch *next;
};
void stream_watch(struct stream *stream, struct lag_watch *watch);
void stream_unwatch(struct stream *stream, struct lag_watch *watch);

/* ---- what was counted ---- */

/* What a task did so far. Times are wall-clock seconds while it was running (not killed, not held).
 */
struct task_counts {
    uint64_t processed; /* messages finished; = distinct + reprocessed */
    uint64_t reprocessed;
    uint64_t received; /* into its queue, or read from a source or log */
    uint64_t dropped;  /* by channels into it that were full */
    uint64_t lost;     /* gone with it when it failed, or for good at a roll-back: see identities */
    uint64_t emitted;  /* outputs handed on; of a sink: visible outputs */
    uint64_t duplicates;              /* visible outputs that had been visible before (sinks) */
    double bytes;                     /* of processed messages */
    double sojourn_s;                 /* sum over processed messages of departure - entry, or
                                         - the roll-back that had them processed again */
    double busy_new_s, busy_rework_s; /* serving */
    double blocked_s;                 /* waiting for room */
    double idle_s;                    /* nothing to serve */
    double aligning_s;                /* nothing to serve but what an alignment holds back */
    double stopped_s;                 /* held, killed, or speed 0 */
};
/* Brought up to now: the times add up to stream_now_s(). */
void stream_counts(struct stream *stream, uint32_t task, struct task_counts *counts);

struct partition_counts {
    uint64_t arrived;
    uint64_t position; /* distinct messages read = highest position so far */
    uint64_t expired;
    double lag_area; /* integral of the lag over time, message-seconds */
};
void stream_partition_counts(struct stream *stream, uint32_t partition,
                             struct partition_counts *counts);

/* Messages that arrived at their source before that time are left out of latencies (warm-up). */
void stream_measure_from(struct stream *stream, double time_s);

/*
 * Conservation per task and partition; false, and why, when messages went missing or came from
 * nowhere, or the times of a task do not add up.
 */
bool stream_check(struct stream *stream, char why[200]);

/* Departure times, for tests: called for every message a task finishes and hands on; may be NULL.
 */
typedef void stream_observer(void *context, uint32_t task, uint64_t id, double start_s,
                             double departure_s);
void stream_observe(struct stream *stream, stream_observer *observer, void *context);

#endif
