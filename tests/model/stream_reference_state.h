// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the reference of the message plane consists of; for its own files only.
 */
#ifndef TESTS_MODEL_STREAM_REFERENCE_STATE_H
#define TESTS_MODEL_STREAM_REFERENCE_STATE_H

#include "model/durable_log.h"
#include "model/id_set.h"
#include "model/stream_state.h"
#include "stream_reference.h"

/* A message that waits. What a roll-back puts back goes before all that is sent later. */
struct waiting {
    struct message message;
    bool from_cut;
    uint64_t after_round; /* of the last marker that was sent before it on its channel */
};

/* Messages in a row, the next one first. */
struct line {
    struct waiting *at; /* owned */
    size_t n, capacity;
};

/* A message in service, or finished and not handed on completely. */
struct service {
    struct message message;
    double start_s;
    double end_s; /* infinity while it is stopped */
    double left_s;
    bool reprocessed;
    bool ended;
    struct message *outputs; /* owned: from the end of service on; by out edge, then copy */
    size_t n_outputs, n_handed_on;
};

/* A log between operators, as one receiving task sees it: nothing is ever taken away. */
struct shared_log {
    uint32_t edge;
    struct line messages;
    size_t position;
    size_t highest;
};

/* An output of a transactional sink: all are kept. */
struct written {
    double origin_s, departure_s;
    uint64_t id;
    uint64_t transaction; /* cuts and roll-backs of the sink before it */
    bool visible, thrown_away, timed_out;
};

/* A task at work. */
struct actor {
    struct written *written; /* owned */
    size_t n_written, written_capacity;
    uint64_t transaction;
    enum task_mode mode;
    bool hold, hold_blocked;
    double speed;
    double rewound_s; /* last roll-back: what was done before it waits anew from then on */
    struct rng service_rng;
    struct service *services; /* owned: in the order in which they started */
    uint32_t n_services;
    struct line queue, aside;
    struct shared_log *logs; /* owned */
    size_t n_logs;
    uint64_t round; /* it aligns on, or stands for; 0: none */
    uint32_t n_marked, n_pipelined;
    uint64_t cut_round;   /* of the cut in flight that is not known to be complete; 0: none */
    uint32_t n_awaited;   /* channels whose marker it lacks */
    struct task_cut *cut; /* borrowed */
    struct id_set unfinished;
    struct task_counts counts;
    double service_s; /* done so far */
    double ready_s;   /* of the last alarm for its sources */
    bool woken;       /* there is an alarm for it now */
};

/* A reason to look at a task. */
struct alarm {
    double time_s;
    uint32_t task;
};

struct reference {
    const struct topology *topology; /* borrowed */
    struct stream_options options;
    double now_s, measure_from_s;
    struct actor *actors;              /* owned, one per task */
    struct channel *channels;          /* owned; without log, to and waiter */
    uint64_t *last_round;              /* owned: of markers sent on the channel */
    uint64_t overtaking;               /* round; 0: none */
    struct durable_log *partitions;    /* owned */
    uint64_t *highest;                 /* owned: per partition */
    double *lag_area;                  /* owned: per partition */
    uint64_t *edge_salts, *copy_salts; /* owned */
    struct alarm *alarms;              /* owned: a binary heap by (time, task) */
    size_t n_alarms, alarms_capacity;
    struct notice *notices; /* owned: not told yet */
    size_t n_notices, notices_capacity;
    uint64_t *forgotten; /* owned: rounds */
    size_t n_forgotten, forgotten_capacity;
    struct lag_watch *watches; /* borrowed: a list */
    struct latency_record *latency, *operator_latency, *commit_latency;
    stream_observer *observer;
    void *observer_context;
};

/* ---- clock and alarms (stream_reference.c) ---- */

const struct operator_place *operator_of(const struct reference *reference, uint32_t task);
/* Whether it is a channel of a log; false for NO_CHANNEL. */
bool is_log_channel(const struct reference *reference, uint32_t channel);

void line_add(struct line *line, size_t at, struct waiting waiting);
struct waiting line_take(struct line *line, size_t at);

/* The task is to be looked at, then. */
void set_alarm(struct reference *reference, double time_s, uint32_t task);
void wake(struct reference *reference, uint32_t task);
void wake_all(struct reference *reference);

void tell(struct reference *reference, enum notice_kind kind, uint32_t task, uint64_t round);
/* Moves the clock, and books the time. */
void clock_to(struct reference *reference, double time_s);
/* Looks whether watches that the task takes part in are met. */
void look_at_watches(struct reference *reference, uint32_t task);

/* ---- control (stream_reference_control.c) ---- */

/* A message belongs to the cut. */
void reference_cut_add(struct task_cut *cut, const struct message *message);

/* ---- taking (stream_reference_take.c) ---- */

enum from { FROM_NOWHERE, FROM_MARKER, FROM_QUEUE, FROM_PARTITION, FROM_LOG };

struct next {
    enum from from;
    double there_s; /* from when on it can be taken; infinity: never */
    double entry_s;
    uint32_t channel;
    uint32_t index; /* of the partition, or of the task's log */
};

/* The message or marker that the task takes next, whether it is there yet or not. */
struct next next_of(struct reference *reference, uint32_t task);
/* Services that could start in the task's container beside those that run. */
uint32_t free_threads(const struct reference *reference, uint32_t task);
/* Where in the queue the marker is that overtakes what is before it and is there; SIZE_MAX: none
 * is.
 */
size_t overtaking_marker(const struct reference *reference, uint32_t task);
/* Servers of the task that may take a message now. */
uint32_t free_servers(const struct reference *reference, uint32_t task);
/* The free threads of the task's container go to messages that wait: longest first, then by rank.
 */
void give_away_threads(struct reference *reference, uint32_t task);
/* Whether the task, or another of its container, has started a message. */
bool start_next(struct reference *reference, uint32_t task);

/* ---- outputs (stream_reference_outputs.c) ---- */

/* Fills in the outputs of a message whose service has ended. */
void make_outputs(struct reference *reference, uint32_t task, struct service *service);

/* ---- transactional sinks (stream_reference_sinks.c) ---- */

void sink_write(struct reference *reference, uint32_t task, const struct service *service);
void sink_roll_back(struct reference *reference, uint32_t task, const struct task_cut *cut);

/* ---- turns (stream_reference_turn.c) ---- */

/* The task does all that it can now, or up to the first notice. */
void task_turn(struct reference *reference, uint32_t task);
/* Whether it takes nothing more before it has been cut in flight. */
bool must_be_cut(const struct reference *reference, uint32_t task);
/* Whether it has come to where a hold wants it; then it stands. */
bool comes_to_stand(struct reference *reference, uint32_t task);
/* Wakes the tasks that have a finished message for which there is room. */
void wake_unblocked(struct reference *reference);
/* Puts a message into the queue that its channel leads to; it enters at message.entry_s. */
void enqueue(struct reference *reference, uint32_t receiver, struct message message, bool from_cut);
void service_release(struct service *service);

#endif
