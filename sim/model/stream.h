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

struct id_set;
struct stream;

#define STREAM_ALL UINT32_MAX

/* ---- life ---- */

/* What a task does with the messages of channels whose marker has come (stream_send_markers()). */
enum alignment {
    ALIGN_BLOCKING, /* holds them back until the markers of all channels have come: exactly once */
    ALIGN_COUNTING, /* serves them on: at least once. One round at a time */
};

struct stream_options {
    bool repeat_service;  /* a message that is served again takes as long as the first time */
    bool may_fail;        /* roll-backs happen: identities are remembered */
    bool batched;         /* sources read up to limits only: see stream_limit() */
    bool keeps_positions; /* after a roll-back reading goes on where it was: at most once */
    bool transactional;   /* what sinks put out is visible from stream_commit_outputs() on */
    double transaction_timeout_s; /* outputs of a transaction that is open longer, from its first
                                      output to its commit, are lost; 0: never */
    enum alignment alignment;
    /* A task whose hands all wait for room is at a boundary where markers that overtake are
     * concerned: Flink's overdraft buffers, from 1.15 on. False: it hands on its outputs first. */
    bool overtake_blocked;
    /* Of tasks that cut on their own (model/stream_history.h); the latter two imply the first: */
    bool counts_channels; /* cuts know how many messages each pipelined channel had seen */
    bool logs_messages; /* senders keep what they sent until their receivers' cuts have passed it */
    bool has_indexes;   /* messages carry the index of their sender's cuts */
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

/* Transactional sinks: where the time from departure to commit goes. Borrowed as above. */
void stream_record_commits(struct stream *stream, struct latency_record *commit_latency);

/* ---- time ---- */

/* What the control plane asked to be told. */
enum notice_kind {
    NOTICE_BOUNDARY, /* a task that was asked to stop has come to a message boundary, and stands */
    NOTICE_MARKER,   /* the first marker of a round has reached a task; it aligns from now on */
    NOTICE_ALIGNED,  /* the markers of all its channels have; the task stands at a boundary */
    /* Of a round that overtakes (stream_let_overtake()): */
    NOTICE_OVERTAKEN, /* the first has reached the task, which stands, and is to be cut now */
    NOTICE_CAPTURED,  /* the last has: the cut is complete; the task does what it did */
    NOTICE_DRAINED,   /* all that the limits allow has been read and has gone through: see
                         stream_limit(); of no task */
    NOTICE_FORCE,     /* its next message has a higher index than the task, which stands at a
                         boundary before it: it is to cut, with that index at least */
};

struct notice {
    enum notice_kind kind;
    uint32_t task;
    uint64_t round; /* of the marker; of a force: the index */
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
/* Whether the task has outputs of a finished message that there is no room for. */
bool stream_is_blocked(const struct stream *stream, uint32_t task);
/* The task goes on, after a hold or an alignment. */
void stream_release(struct stream *stream, uint32_t task);
/* The task, which stands, sends a marker of the round on all its channels; each is under way for a
 * time of its own. */
void stream_send_markers(struct stream *stream, uint32_t task, uint64_t round);
/* The round is given up: its markers are ignored wherever they are, tasks that align on it go on as
 * if they had none, and cuts in flight of it are not added to any more. */
void stream_forget_round(struct stream *stream, uint64_t round);

/* ---- batches ---- */

/*
 * Of a batched plane: from now on partition p of the topology is read up to the offset ends[p], and
 * no further; UINT64_MAX: without limit. At the start all limits are 0. They stay, through failures
 * and roll-backs too, until others are given.
 *
 * NOTICE_DRAINED comes once, at the instant at which every partition has been read (or has expired)
 * up to its limit and nothing is left in any queue, log, channel or hand: that of the last
 * departure, or now. It does not come while a task is dead, since what that had is lost, and it
 * comes again after a roll-back, when what is read again has gone through.
 */
void stream_limit(struct stream *stream, const uint64_t *ends);
/*
 * Offsets up to which a limit may go: of what has arrived by now in the partitions of a source
 * operator, about `most` messages beyond where their readers are (UINT64_MAX: all). When there
 * are more, each partition gets its share of `most` in proportion to what waits there, rounded
 * down, but one message at least. Sets ends[p] of the source's partitions p only; how many messages
 * that makes. Source: Spark, KafkaMicroBatchStream, maxOffsetsPerTrigger.
 */
uint64_t stream_available(struct stream *stream, uint32_t source, uint64_t most, uint64_t *ends);

/* A recovery point of one task. Zeroed memory is the state at the start of the run. */
struct task_cut {
    uint64_t *positions;      /* owned: of its source partitions, then of its logs */
    struct message *messages; /* owned: waiting for it, with `channels` or in flight; replayed in
                                 this order, outputs of the task behind all that waited */
    size_t n_messages, capacity;
    double bytes;       /* of `messages` */
    double service_s;   /* service done so far, to tell what a roll-back loses */
    uint64_t n_outputs; /* of a transactional sink: number of its next output */
    /* With counts_channels: */
    uint64_t *counts; /* owned: messages sent on each channel out of the task, then received on each
                         into it, as recovery_line_add() takes them; of logs 0 */
    struct id_set *owed; /* owned, n_owed: of each channel out of it, sent before a roll-back and
                            not again by then; NULL: none */
    uint32_t n_owed;
    uint64_t index; /* of the task */
};
void task_cut_release(struct task_cut *cut);
/*
 * Records where the task, which stands, is. With `channels` the messages that wait for it, are held
 * back by an alignment, or are finished but not handed on belong to the cut too (a stop-the-world
 * checkpoint); a message in service goes back to the head of the queue.
 */
void stream_cut(struct stream *stream, uint32_t task, bool channels, struct task_cut *cut);
/*
 * Unaligned checkpoints (Flink: runtime checkpointing, `execution.checkpointing.unaligned`).
 * From now on the markers of the round, those in queues too, overtake all messages: they
 * enter a latency after they are sent (those sent before now: when they would have), and a task
 * takes them at its next message boundary before anything else; until it is there it starts
 * nothing. One round at a time overtakes, and no other is under way.
 *
 * What the control plane does, in this order:
 *   1. stream_let_overtake(round): at the trigger, or later, when the aligned round takes too long.
 *   2. Heads (tasks without pipelined input) that it has not cut yet: stream_hold(even_blocked =
 *      options.overtake_blocked); when they stand, as in 4. A head that was held without
 *      even_blocked before 1 may be held again with it.
 *   3. On NOTICE_MARKER (not told twice to a task that aligns already): nothing.
 *   4. On NOTICE_OVERTAKEN, at this instant: stream_cut_in_flight(), stream_send_markers(); later,
 *      when the task has done its synchronous part, stream_release(). A task that is released
 *      without a cut stands again.
 *   5. On NOTICE_ALIGNED (tasks that had the markers of all channels before 1): what it does in any
 *      aligned round, stream_cut() without channels; its cut is complete.
 *   6. On NOTICE_CAPTURED, once for every stream_cut_in_flight(), of a head too, and in a later
 *      stream_advance(): the cut is complete, with the messages and bytes it has now.
 *   7. To give the round up: stream_forget_round(), then stream_release() of those who stand for
 *      it. Before stream_kill() of any task and stream_roll_back() the round is to be given up too:
 *      a cut whose sender failed is never complete.
 */
void stream_let_overtake(struct stream *stream, uint64_t round);
/*
 * Records where the task is, which stands, at a boundary but for outputs that wait for room: its
 * positions, all messages sent to it before the marker of the round on their channels, those that
 * an alignment on the round held back excepted, and its outputs that were not handed on. Messages
 * that are sent later and before their channel's marker are added to the cut as they are sent.
 * Until NOTICE_CAPTURED of the task, stream_forget_round(), or the task fails or is rolled back,
 * the plane writes to *cut, which must neither move nor be used otherwise.
 */
void stream_cut_in_flight(struct stream *stream, uint32_t task, uint64_t round,
                          struct task_cut *cut);
/* The index of the cut that the task, which stands, is about to take (has_indexes). */
void stream_set_index(struct stream *stream, uint32_t task, uint64_t index);
uint64_t stream_index(const struct stream *stream, uint32_t task);
/* Logs need not keep what lies before the cut, which is the task's recovery line. */
void stream_forget_before(struct stream *stream, uint32_t task, const struct task_cut *cut);

/*
 * Transactional sinks: the checkpoint with this cut of the task has committed, and so do the
 * outputs before the cut. A task that is dead does not hear of it: its roll-back to the cut commits
 * them.
 */
void stream_commit_outputs(struct stream *stream, uint32_t task, const struct task_cut *cut);

/* The task fails: it stands, what it had in service and waiting in pipelined channels is gone. */
void stream_kill(struct stream *stream, uint32_t task);
/*
 * The tasks (killed or not: those that are not lose what they have now) start again from their
 * cuts, one per task in the order of `tasks`. Channels between them are empty but for what the cuts
 * and the senders' logs hold; all run at speed 1. A transactional sink commits what it wrote before
 * the cut, and throws away what it wrote after it.
 *
 * Tasks that are connected by pipelined channels go back together, unless the plane keeps
 * positions: then readers stay where they are, no message of a cut comes back, and all that the
 * tasks lose now is lost for good.
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
    uint64_t n_read; /* messages that the tasks have read from stream_watch() until then */
    /* The plane's: */
    uint64_t position; /* of all their readers, at the start */
    uint64_t n_reads;  /* that it takes at least until then */
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
    uint64_t missed;   /* in transit to it at a recovery line, and kept by no log */
    uint64_t lost;     /* gone with it when it failed, or for good at a roll-back: see identities */
    uint64_t gone;     /* of lost, and of outputs for it: for good, since positions are kept */
    uint64_t emitted;  /* outputs handed on; of a sink: written */
    /* Of sinks; emitted = visible + thrown_away + timed_out + what is not committed yet. */
    uint64_t visible;
    uint64_t duplicates;              /* visible outputs that had been visible before */
    uint64_t thrown_away;             /* at roll-backs */
    uint64_t timed_out;               /* lost, with a transaction that was open too long */
    uint64_t suppressed;              /* outputs sent again that the receiver had, or its log */
    double bytes;                     /* of processed messages */
    double logged_bytes;              /* of outputs, into sender logs */
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

/* Bytes that sender logs keep for receivers, now and at most so far. */
struct kept_bytes {
    double now, peak;
};
struct kept_bytes stream_kept_bytes(const struct stream *stream);

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
