// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Recoveries at work: the life cycle from a failure until what it cost is
 * regained. Part of struct run (model/run.h); parameters are in
 * model/recovery.h.
 *
 * There is one instance for whatever restarts together. A batch job has one. A
 * stream job has one per restart scope, and one for every unit that a failure
 * may interrupt without loss. The states, the episodes and their statistics
 * are the same for all; what a failure stops, what it loses and what must be
 * regained is asked of the data plane through struct recovery_plane.
 */
#ifndef MODEL_RECOVERING_H
#define MODEL_RECOVERING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/activity.h"
#include "model/device.h"
#include "model/domain.h"
#include "model/scheduler.h"

struct failure_params;
struct run;
struct recovering;
struct scope;
struct level;

enum recovery_state {
    RECOVERY_NONE,   /* it runs */
    RECOVERY_QUEUED, /* it has not started for want of nodes */
    RECOVERY_LOADING,
    RECOVERY_DETECTING,
    RECOVERY_CANCELLING,
    RECOVERY_BACKING_OFF,
    RECOVERY_DOWN,
    RECOVERY_BLOCKED, /* by a coordinator that is down */
    RECOVERY_REQUESTING,
    RECOVERY_ALLOCATING,
    RECOVERY_WAITING,
    RECOVERY_LOCALISING,
    RECOVERY_STARTING,
    RECOVERY_RESTORING,
    N_RECOVERY_STATES
};

/* Parts of the restart phase, whose times add up to it. */
enum restart_part {
    PART_NONE = -1,
    PART_CANCEL,
    PART_BACKOFF, /* downtime included */
    PART_ALLOCATE,
    PART_LOCALISE,
    PART_START,
    N_RESTART_PARTS
};

/* From a failure until what it cost is regained; further failures extend it. */
struct episode {
    bool open;
    double since_s;
    double target; /* to be regained: progress, s; of a stream job: at most so many messages lag */
    double running_since_s;
    enum domain severity; /* the worst of its failures */
    double detect_s, restart_s, restore_s, catch_up_s;
    double part_s[N_RESTART_PARTS];
};

/* What recovering means to a data plane. */
struct recovery_plane {
    /* Nothing else happens while it recovers: time may be skipped up to the next event. */
    bool is_alone;
    /* A failure while it runs: stops what the failure stops at once. */
    void (*stop)(struct recovering *recovering);
    /* What a new episode has to regain. */
    double (*target)(const struct recovering *recovering);
    /* A failure, after stop() if it ran, takes what it takes, and the metrics are told. */
    void (*lose)(struct recovering *recovering);
    /* The failure is about to be detected: whether it left survivors, to be cancelled. */
    bool (*survives)(const struct recovering *recovering);
    /* After lose(): whether there is nothing to recover, and it runs on at once. NULL: never. */
    bool (*runs_on)(const struct recovering *recovering);
    /* The failure is detected: what restarts with it stops. NULL: all of it has stopped. */
    void (*detected)(struct recovering *recovering);
    /* A state has begun. */
    void (*enter)(struct recovering *recovering, enum activity activity);
    /* It wants nodes for what it lacks; NULL: it has them. */
    void (*request)(struct recovering *recovering);
    /* How long it waits for nodes that it lacks; NaN: until recovering_nodes_ready(). */
    double (*wait_s)(const struct recovering *recovering);
    /* Deltas to read after the base of the recovery line. */
    uint64_t (*deltas)(const struct recovering *recovering);
    /* Bytes that each stream of a transfer reads, of the base and so many deltas. */
    double (*bytes)(const struct recovering *recovering, uint64_t transfer, uint64_t *deltas);
    /* Restores the state from recovery.sources: how long that takes, or NaN: recovering_restored()
     * is called by each of transfers_left. NULL: it has none, nor what cuts it off. */
    double (*restore)(struct recovering *recovering);
    void (*abort_restore)(struct recovering *recovering);
    /* The level of storage that it reads. NULL, or returns NULL: checkpoint.device, or
     * recovery.restore. */
    const struct level *(*level)(const struct recovering *recovering);
    /* It runs again, from its recovery line. */
    void (*resume)(struct recovering *recovering);
    /* What the episode cost was regained at time_s, which need not be now. */
    void (*caught_up)(struct recovering *recovering, double time_s);
};

struct recovering {
    /* Set by the plane before recovering_init(). */
    struct run *run;                    /* borrowed */
    const struct recovery_plane *plane; /* borrowed */
    const char *name;                   /* borrowed: what restarts; NULL: the whole batch job */
    struct scope *scope;                /* borrowed: its tasks; NULL: of a batch job */
    uint64_t index;                     /* of its random streams */
    bool may_wait;                      /* for nodes */
    bool is_unseen;                     /* nobody does anything about it: it ends by itself */
    bool restores;                      /* its state was lost and must be read back */
    uint64_t n_transfers;               /* to read it, if there is a device, each of */
    uint64_t streams;                   /* equal streams */

    enum recovery_state state;
    double since_s;    /* when the state was entered */
    double duration_s; /* how long it lasts undisturbed; NaN: until somebody says so */
    double constant_s[N_RECOVERY_STATES]; /* how long a state always lasts; NaN: it varies */
    bool may_skip[N_RECOVERY_STATES];     /* a state that never takes time */
    bool is_absent[N_RECOVERY_STATES];    /* a state that the scenario does not ask for */
    bool has_parts;                       /* parts of the restart phase are told apart */
    struct event state_end;               /* owner: this */
    struct event rescale;                 /* owner: this */
    struct episode episode;
    int struck; /* enum strikes: what the last failure struck; set before it is told */
    bool is_counted, is_uncounted; /* some failure since the last restart counts as a retry; does
                                      not */
    enum domain severity;          /* of the last failure */
    bool was_running;              /* at a failure that is not detected yet */
    bool cancels;                  /* tasks that survived the failure */
    double detected_s;             /* when the last failure was detected */
    struct backoff backoff;
    struct retries retries;        /* its own */
    bool deferred;                 /* a failure that takes effect when the recovery has ended */
    enum domain deferred_severity; /* the worst of those */
    bool has_restore_draw;
    double restore_draw_s;
    struct transfer *transfers; /* owned */
    uint64_t transfers_left;
    struct rng detection_rng, downtime_rng, restart_rng, restore_rng, start_rng, device_rng;
    struct rng cancel_rng, backoff_rng, request_rng, allocate_rng, localise_rng;
    uint64_t censored;
    struct sum read_bytes;    /* by transfers that ended */
    struct sum aborted_bytes; /* that aborted transfers would have read */
};

/* Of a batch job that does not run: its recovery line is an older one now. */
void recovering_work_falls_back(struct run *run);
/* The one recovery of a batch job. */
void recovering_init_work(struct recovering *recovering, struct run *run);
/* Once per run structure. */
void recovering_init(struct recovering *recovering);
void recovering_release(struct recovering *recovering);
/* At the start of each replication: it runs. */
void recovering_start(struct recovering *recovering);
/* The first start begins. */
void recovering_load(struct recovering *recovering);
/* It has failed now, with that loss. */
void recovering_fail(struct recovering *recovering, enum domain severity);
/* It runs, is stopped now, and restarts at once: there is nothing to detect. */
void recovering_restart(struct recovering *recovering);
/* What strikes it; the failure follows. */
void recovering_struck_by(struct recovering *recovering, const struct failure_params *failure);
/* Tasks of it that lived are struck while a failure of it is being detected. */
void recovering_struck_again(struct recovering *recovering);
/* The coordinator is up again: a recovery that waits for it goes on. */
void recovering_admit(struct recovering *recovering);
/* What it goes back to has been lost meanwhile, and is found anew. */
void recovering_line_is_lost(struct recovering *recovering);
/* The job has failed: it does not start again. */
void recovering_give_up(struct recovering *recovering);
/* It runs, and goes back to its recovery line: nothing is down. */
void recovering_roll_back(struct recovering *recovering);
/* What the episode's first failure cost is regained at time_s. */
void recovering_caught_up(struct recovering *recovering, double time_s);
/* A part of what is restored from recovery.sources is. */
void recovering_restored(struct recovering *recovering);
/* Nodes have come: a recovery that lacks none any more goes on. */
void recovering_nodes_ready(struct recovering *recovering);
/* The end of the run: an episode that is still open is counted as censored. */
void recovering_end(struct recovering *recovering);

#endif
