// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of checkpoint rounds, shared by rounds.c (a round, its trigger, its
 * commit) and rounds_task.c (a task's part in it).
 */
#ifndef MODEL_ROUNDS_STATE_H
#define MODEL_ROUNDS_STATE_H

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/checkpoint.h"
#include "model/device.h"
#include "model/rounds.h"
#include "model/stream.h"

enum part_stage {
    PART_IDLE,     /* the task is in no round */
    PART_CALLED,   /* the call is on its way, or the markers are */
    PART_ASKED,    /* to stop at its next boundary, or it aligns */
    PART_CUT,      /* it stands, and waits until all do */
    PART_STOPPED,  /* it stands while its checkpoint is made */
    PART_FINISHED, /* it stands until the others have finished too */
    PART_WRITING,  /* beside its work */
    PART_ACKED,
};

/* Random durations of a checkpoint, kept for its retries under on_retry: repeat. */
struct part_draw {
    double stop_s;  /* until it may go on, but for a write to a device */
    double write_s; /* beside its work */
};

/* One task's part in its round. */
struct part {
    struct round *round; /* borrowed */
    uint32_t task;
    bool starts;        /* it is asked directly; others wait for markers */
    double state_bytes; /* of a base */
    double delta_bytes;
    enum part_stage stage;
    bool is_held;   /* the plane was asked to stop it at a boundary */
    bool stands;    /* it has come to one */
    bool must_wait; /* to be asked, until an interruption is over */
    struct event event;
    struct transfer transfer;
    struct part_draw draw;
    double asked_s, marked_s, cut_s, finished_s;
    struct task_cut cut;
    struct task_cut line; /* the recovery line */
    double line_s;
};

struct round {
    struct run *run;    /* borrowed */
    uint64_t index;     /* of its random streams */
    struct part *parts; /* borrowed, n_parts */
    size_t n_parts;
    double phase; /* its place among rounds that are staggered, 0 .. 1 */

    /* Its trigger. Due times k intervals after the anchor come from there. */
    struct event trigger; /* owner: this */
    double anchor_s, due_s;
    uint64_t k;
    size_t n_down; /* tasks that do not run: no trigger */
    bool is_queued;
    bool is_blocked; /* queued, and its tasks stand until then */

    bool under_way;
    bool is_usable;  /* the recovery line is its already */
    uint64_t number; /* of all rounds, from 1: the one under way */
    bool is_base;
    double triggered_s;
    size_t n_cut, n_finished, n_acked;
    double released_s; /* all had finished */
    bool has_draw;

    bool has_line;
    struct chain chain; /* of the recovery line */
    struct rng trigger_rng, cost_rng, coordination_rng, device_rng;
};

struct rounds {
    struct part *parts; /* owned: by task */
    size_t n_parts;
    struct round *rounds; /* owned: one, or one per task */
    size_t n_rounds;
    uint64_t n_started;
    struct round_counts counts;
    struct sum written_bytes; /* by transfers that ended */
    struct sum aborted_bytes; /* that others would have written */
};

/* ---- a part, rounds_task.c ---- */

/* Draws the random durations of a round. */
void round_draw(struct round *round);
/* The call to cut has reached the task. */
void part_ask(struct part *part);
/* It is asked after a while. */
void part_call(struct part *part, double latency_s);
/* Records where the task is, with or without what is in the channels to it. */
void part_cut(struct part *part, bool channels);
/* The cost of its checkpoint is paid. */
void part_stop(struct part *part);
/* Asks the task to stand at its next boundary; what follows depends on its stage. */
void part_hold(struct part *part);
/* The task goes on, if it stands or was asked to. */
void part_go_on(struct part *part);
/* Writes beside its work. */
void part_write(struct part *part);
/* The round is given up. With `goes_on` the task goes on. */
void part_abort(struct part *part, bool goes_on);
/* Its checkpoint is durable. */
void part_ack(struct part *part);
void part_notice(struct part *part, const struct notice *notice);

/* ---- what a part tells its round, rounds.c ---- */

void round_has_cut(struct part *part);
void round_has_finished(struct part *part);
void round_has_acked(struct part *part);

/* Tells who watches; of the whole round when `part` is NULL. */
void round_trace(const struct round *round, const struct part *part, const char *event);

/* What the scenario says of checkpoints, and how their cuts relate. */
const struct checkpoint_params *round_params(const struct round *round);
const struct coordination_ops *round_coordination(const struct round *round);

#endif
