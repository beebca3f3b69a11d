// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The recovery at work: its life cycle from a failure until the lost work is
 * regained. Part of struct run (model/run.h); parameters are in
 * model/recovery.h.
 */
#ifndef MODEL_RECOVERING_H
#define MODEL_RECOVERING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/device.h"

struct run;

enum recovery_state {
    RECOVERY_NONE, /* the job runs */
    RECOVERY_LOADING,
    RECOVERY_DETECTING,
    RECOVERY_DOWN,
    RECOVERY_WAITING,
    RECOVERY_STARTING,
    RECOVERY_RESTORING,
    N_RECOVERY_STATES
};

/* From a failure until its progress is regained; further failures extend it. */
struct episode {
    bool open;
    double since_s;
    double progress_s; /* to be regained */
    double running_since_s;
    double detect_s, restart_s, restore_s, catch_up_s;
};

struct recovering {
    enum recovery_state state;
    double since_s;    /* when the state was entered */
    double duration_s; /* how long it lasts undisturbed; NaN: until somebody says so */
    double constant_s[N_RECOVERY_STATES]; /* how long a state always lasts; NaN: it varies */
    bool may_skip[N_RECOVERY_STATES];     /* a state that never takes time */
    struct event state_end;
    struct episode episode;
    bool deferred; /* a failure that takes effect when the recovery has ended */
    bool has_restore_draw;
    double restore_draw_s;
    struct transfer *transfers; /* owned */
    uint64_t n_transfers;
    uint64_t transfers_left;
    struct rng detection_rng, downtime_rng, restart_rng, restore_rng, start_rng, device_rng;
    uint64_t censored;
    struct sum read_bytes;    /* by restores that ended */
    struct sum aborted_bytes; /* that aborted restores would have read */
};

/* Once per run structure; at the start of each replication, which begins with the first start. */
void recovering_init(struct run *run);
void recovering_start(struct run *run);
void recovering_release(struct run *run);
/* The job has failed now. */
void recovering_fail(struct run *run);
/* The progress at the episode's first failure is regained at time_s. */
void recovering_caught_up(struct run *run, double time_s);
/* The job has all the nodes it needs: a recovery that waits for them goes on. */
void recovering_nodes_ready(struct run *run);
/* The end of the run: an episode that is still open is counted as censored. */
void recovering_end(struct run *run);
/* Bytes read so far. */
double recovering_bytes(const struct run *run);

#endif
