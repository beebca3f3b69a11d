// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of checkpoint rounds, shared by rounds*.c.
 *
 * A group is the tasks that checkpoint together: all of the job, those of a
 * container, or one task. It has a trigger, up to max_concurrent rounds in
 * progress, and a recovery line. A round is one checkpoint of the group; a
 * part is one task's share in it. Both go through the states of the tables in
 * rounds_cycle.c and through no others.
 */
#ifndef MODEL_ROUNDS_STATE_H
#define MODEL_ROUNDS_STATE_H

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/checkpoint.h"
#include "model/device.h"
#include "model/element_metrics.h"
#include "model/metrics.h"
#include "model/recovery_line.h"
#include "model/restore.h"
#include "model/rounds.h"
#include "model/stream.h"
#include "model/task_state.h"

/* ---- the two life cycles: rounds_cycle.c ---- */

enum part_state {
    PART_IDLE,     /* the task has no part in the round */
    PART_CALLED,   /* the call is on its way, or the markers are */
    PART_ASKED,    /* to stop at its next boundary, or it aligns */
    PART_CUT,      /* it stands, and waits until all of the group do */
    PART_STOPPED,  /* it stands while its checkpoint is made */
    PART_FINISHED, /* its stop is over; it may still stand until the others' are */
    PART_WRITING,  /* beside its work */
    PART_RETRYING, /* a write has failed, and will be tried again */
    PART_ACKED,
    N_PART_STATES
};

enum part_event {
    PART_IS_CALLED,    /* its round has begun */
    PART_IS_REACHED,   /* by the call, or by its first marker */
    PART_STANDS,       /* at a boundary, with all its markers: it cuts */
    PART_MAY_STOP,     /* its turn to pay has come */
    PART_STOP_ENDS,    /* the cost that stops it is paid */
    PART_MAY_WRITE,    /* it goes on, and what is left is written beside its work */
    PART_WRITE_FAILS,  /* to be tried again */
    PART_WRITES_AGAIN, /* after the delay */
    PART_IS_DURABLE,
    PART_IS_DROPPED, /* the round is over, one way or another */
    N_PART_EVENTS
};

enum round_state {
    ROUND_FREE,
    ROUND_PENDING, /* triggered, and not all have acked */
    N_ROUND_STATES
};

/* How a round begins and ends. */
enum round_event {
    ROUND_IS_TRIGGERED,
    ROUND_IS_ACKED,    /* by all: it commits */
    ROUND_IS_ABORTED,  /* a task that it needs has failed or was stopped */
    ROUND_EXPIRES,     /* it took longer than timeout */
    ROUND_IS_DECLINED, /* a task could not write its part */
    ROUND_IS_SUBSUMED, /* a later one has committed */
    N_ROUND_EVENTS
};

struct group;
struct member;
struct round;

/* Random durations of a checkpoint, kept for its retries under on_retry: repeat. */
struct part_draw {
    double stop_s;  /* until it may go on, but for a write to a device */
    double write_s; /* beside its work */
};

/* A cut of a task, which is its recovery line or may become it. */
struct line_cut {
    struct task_cut cut;
    double cut_s;
    uint64_t number;   /* of its round */
    uint64_t messages; /* that the task had processed */
};

/* One task's part in a round. */
struct part {
    struct round *round;   /* borrowed */
    struct member *member; /* borrowed */
    enum part_state state;
    bool is_overtaken;        /* the first marker has come, and overtook */
    bool is_capturing;        /* its cut still grows by messages in flight */
    bool waits;               /* reached, while the task is still busy with an earlier round */
    bool is_writing;          /* counted in the task's n_writing */
    struct snapshot snapshot; /* of its state */
    struct event event;
    struct transfer transfer;
    struct transfer copies[MOST_WRITTEN];
    unsigned n_moving; /* of all these */
    struct part_draw draw;
    uint64_t n_failed_writes;
    double asked_s, marked_s, stopped_s, finished_s, acked_s;
    struct line_cut taken;
};

/* A task, as far as checkpoints go. */
struct member {
    struct group *group; /* borrowed; NULL: it takes no checkpoints */
    uint32_t task;
    uint32_t place; /* in its group */
    bool starts;    /* it is asked directly; others wait for markers */
    struct task_state state;
    struct part *active;  /* borrowed: asked, or standing for it; NULL: none */
    bool is_held;         /* the plane was asked to stop it at a boundary */
    bool stands;          /* it has come to one */
    bool must_wait;       /* to be asked, until an interruption is over */
    double called_s;      /* the last call reaches it */
    uint32_t n_writing;   /* parts that are being written beside its work */
    struct task_cut line; /* the recovery line */
    double line_s;
    /* Of LINE_MAXIMAL, rounds_line.c: */
    struct line_cut *later; /* owned: durable cuts after the line, as they were taken */
    size_t n_later, later_room;
    uint64_t line_number;  /* of the cut on the line, as the recovery line counts them */
    uint64_t forced_index; /* of the message that asks for a cut; 0: none does */
};

struct round {
    struct group *group; /* borrowed */
    struct part *parts;  /* owned: one per member, in the group's order */
    enum round_state state;
    uint64_t number; /* of all rounds, from 1 */
    bool is_forced;  /* by a message, not due */
    bool is_usable;  /* the recovery line is its already */
    bool is_base;
    bool stops_job; /* its tasks stand until it commits, and the job restarts then */
    double triggered_s;
    double latency_s; /* of the call to all tasks; NaN: each has its own */
    size_t n_cut, n_finished, n_acked;
    double released_s; /* all had finished */
    struct event timeout, overtake;
    bool overtakes; /* its markers do, by now */
};

/* When the rounds of a group begin: rounds_trigger.c. */
struct group_trigger {
    struct event due; /* owner: the group */
    /* Due times k intervals after the anchor come from there. */
    double anchor_s, due_s;
    uint64_t k;
    double last_s;         /* the last trigger, or the start of the tasks */
    uint64_t messages;     /* processed by then */
    double bytes;          /* of them */
    uint64_t n_requests;   /* due, and waiting for their turn */
    bool is_blocked;       /* the tasks stand until the next begins */
    bool has_stop_request; /* the next one is a planned stop */
    bool has_force;        /* the next one is forced, and not due by the timer */
    double completed_s;    /* the last commit; -infinity: none */
    struct rng rng;
};

struct group {
    struct run *run;         /* borrowed */
    uint64_t index;          /* of its random streams */
    struct member **members; /* owned, with n_members */
    size_t n_members;
    double phase;         /* its place among groups that are staggered, 0 .. 1 */
    struct round *rounds; /* owned: max_concurrent */
    size_t n_rounds;
    size_t n_pending;
    size_t n_down; /* tasks that do not run: no trigger */
    struct group_trigger trigger;
    uint64_t n_given_up; /* rounds in a row that expired or were declined */

    /* What adaptive triggers learn. */
    uint64_t n_failures;
    double running_s, runs_since_s;
    double cost_s; /* smoothed mean stop of a task; NaN: no checkpoint yet */

    bool has_draw;
    struct part_draw *draws; /* owned: of the round that is tried again */
    struct rng cost_rng, coordination_rng, device_rng, failure_rng;
};

/* Where copies of checkpoints are written, for later restores. */
struct copy_target {
    struct device *device; /* borrowed */
    uint64_t copies;
};

struct rounds {
    struct copy_target targets[MOST_WRITTEN];
    size_t n_targets;
    struct member *members; /* owned: by task */
    size_t n_members;
    struct group *groups; /* owned */
    size_t n_groups;
    uint64_t n_started;
    struct recovery_line *maximal; /* owned; NULL: each task goes back to its own last cut */
    struct round_counts counts;
    struct write_ledger ledger;
};

/* ---- events, rounds_cycle.c ---- */

void part_happens(struct part *part, enum part_event event);
void round_happens(struct round *round, enum round_event event);

/* ---- actions of a part, rounds_task.c and rounds_write.c; called by the table ---- */

void part_call(struct part *part);
void part_ask(struct part *part);
void part_cut(struct part *part);
void part_stop(struct part *part);
void part_finish(struct part *part);
/* What is left is written, if nothing has to be waited for. */
void part_proceed(struct part *part);
void part_write(struct part *part);
void part_retry(struct part *part);
void part_ack(struct part *part);
void part_drop(struct part *part);

/* A duration of the part: of the job, and of its operator. */
void part_record(const struct part *part, enum metric metric, enum element_metric of_operator,
                 double duration_s);
/* Its next event, after a delay. */
void part_schedule(struct part *part, const struct event_type *type, double delay_s);
/* Draws the random durations of a round. */
void round_draw(struct round *round);
/* Records where the task is, with or without what is in the channels to it. */
void part_record_cut(struct part *part, bool channels);
/* Asks the task to stand at its next boundary. */
void member_hold(struct member *member);
/* It may stop even though its outputs wait for room. */
void member_hold_blocked(struct member *member);
/* The task goes on, if it stands or was asked to. */
void member_release(struct member *member);
/*
 * A part of a later round that has reached the task meanwhile is asked now. Where nothing takes
 * time that round commits at once, and rounds that it subsumes are over when this returns.
 */
void member_serve_next(struct member *member);
/* member_release() and member_serve_next(). */
void member_go_on(struct member *member);
void member_notice(struct member *member, const struct notice *notice);

/* ---- actions of a round, rounds.c; called by the table ---- */

void round_begin(struct round *round, enum round_event why);
void round_commit(struct round *round, enum round_event why);
/* It ends without a commit. */
void round_give_up(struct round *round, enum round_event why);

/* ---- recovery lines and forced checkpoints, rounds_line.c ---- */

void rounds_line_init(struct run *run, struct rounds *rounds);
void rounds_line_free(struct rounds *rounds);
/* Before the members are cleared at the start of a replication. */
void rounds_line_start(struct rounds *rounds);
/* The cut is durable; true: it is among those that may come to lie on a line. */
bool rounds_line_takes(struct member *member, struct line_cut *durable);
/* The index of the cut that the task is about to take is set. */
void member_set_index(struct member *member);
/* The task's recovery line is that cut from now on; *to gets memory to be used again. */
void member_move_line(struct member *member, struct line_cut *to);

/* Tasks that other rounds wait for are asked: one may cut, and even commit, at once. */
void group_serve_next(struct group *group);

/* ---- what a part tells its round, rounds.c ---- */

void round_has_cut(struct part *part);
void round_has_finished(struct part *part);
void round_has_acked(struct part *part);

/* ---- triggers, rounds_trigger.c ---- */

/* All tasks of the group run, from now on: its first interval begins. */
void trigger_arm_first(struct group *group);
/* Some do not: nothing is due, and what waited is forgotten. */
void trigger_disarm(struct group *group);
/* A round has begun, or ended: the next may be due, or may begin. */
void trigger_round_begins(struct round *round);
void trigger_round_ends(struct group *group, bool committed);
/* A message forces a round: it begins now, or its tasks stand until it may. */
void trigger_force(struct group *group);
/* A failure is foretold: a round begins if one may. Whether it does. */
bool trigger_alarm(struct group *group);

/* A slot for another round, or NULL. */
struct round *group_free_round(struct group *group);

/* Tells who watches; of the whole round when `part` is NULL. */
void round_trace(const struct round *round, const struct part *part, const char *event);

/* What the scenario says of checkpoints, and how their cuts relate. */
const struct checkpoint_params *group_params(const struct group *group);
const struct coordination_ops *group_coordination(const struct group *group);
double group_now_s(const struct group *group);

#endif
