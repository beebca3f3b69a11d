// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files of a job of stages at work. */
#ifndef MODEL_STAGING_STATE_H
#define MODEL_STAGING_STATE_H

#include "core/bits.h"
#include "core/calendar.h"
#include "core/rng.h"
#include "core/stats.h"
#include "model/device.h"
#include "model/failure.h"
#include "model/metrics.h"
#include "model/nodes.h"
#include "model/scheduler.h"
#include "model/stage.h"
#include "model/staging.h"

#define NO_TASK UINT32_MAX
#define NO_SLOT UINT32_MAX
#define NO_EPISODE UINT32_MAX

enum { N_BUDGET = M_TIME_ALIGNING - M_TIME_START + 1 };

enum slot_state {
    SLOT_HELD, /* the job starts */
    SLOT_FREE,
    SLOT_STARTING,
    SLOT_WAITING, /* for inputs that are not done */
    SLOT_FETCHING,
    SLOT_STALLED, /* fetching from a node that is lost, which nobody has noticed */
    SLOT_WORKING,
    SLOT_WRITING,
    SLOT_DEAD, /* its process has failed, which nobody has noticed */
    SLOT_DOWN, /* its node, or the job */
};

/* A slot, and the attempt that runs in it or did when it failed. */
struct slot {
    enum slot_state state;
    uint32_t node;
    uint32_t task;    /* NO_TASK: none */
    uint32_t episode; /* of the failure that cut it off */
    bool is_copy;
    bool side;     /* its place among the task's slots */
    bool is_first; /* the task's first attempt */
    double started_s;
    double since_s;                  /* in this state */
    double spent_s;                  /* reading, working and writing, in the states before */
    double fetch_s, work_s, write_s; /* to come, or drawn */
    struct event next; /* of the attempt: end of its state; when dead: its detection */
    uint32_t input;    /* that it reads next, of those of its stage */
    struct transfer transfer;
    struct rng device_rng;
};

struct stage_node {
    bool is_down;      /* under repair */
    bool is_lost;      /* it has failed, which nobody has noticed */
    bool is_excluded;  /* tasks have failed on it too often */
    uint64_t failures; /* of tasks */
    uint32_t episode;  /* of its last failure */
    uint32_t first;    /* node that failed with it, and has the event of their detection */
    struct event noticed, repaired;
};

struct task {
    uint32_t attempts; /* started */
    uint32_t slots[2]; /* of its attempts, of which one is a copy; or NO_SLOT */
    uint64_t failures;
    bool done; /* its output is thought to be there */
    bool ever_done;
    uint32_t node;         /* that has its output */
    uint32_t episode;      /* that is over only when it is done again; NO_EPISODE: none */
    double kept_s;         /* what its output took */
    struct event back_off; /* scheduled: it must wait before its next attempt */
};

struct stage_state {
    uint32_t missing;    /* tasks that are not done */
    uint32_t undone;     /* tasks that never were */
    uint32_t hidden;     /* outputs on lost nodes, thought to be there */
    uint32_t *held;      /* owned: outputs on each node that are lost with it */
    uint64_t *pending;   /* owned: bits of tasks that wait for a slot */
    double *durations_s; /* owned, ascending: of attempts that were the first to make an output */
    uint32_t n_durations;
    double started_s;      /* NaN: not yet */
    struct device *device; /* borrowed: that has its outputs; NULL: none that takes time */
    struct kept kept;      /* on it */
};

/* What a failure has undone, until it is done again. */
struct stage_episode {
    double since_s;
    double noticed_s; /* NaN: not yet */
    double running_s; /* when the first of its tasks ran again; NaN: not yet */
    double lost_s;    /* work that must be redone */
    uint32_t owed;    /* tasks that must be done again */
    bool hits;        /* whether it counts as one that did something */
    bool has_owed;
    bool is_over;
};

enum job_phase { JOB_STARTING, JOB_RUNS, JOB_DOWN };

struct staging {
    const struct stage_graph *graph; /* borrowed */
    struct stage_state *stages;      /* owned, as all below */
    struct task *tasks;
    struct slot *slots; /* slot i is on node i mod n_nodes */
    struct stage_node *nodes;
    uint64_t *free_slots; /* bits */
    uint32_t n_slots, n_nodes;
    struct stage_episode *episodes;
    size_t n_episodes, episode_capacity;
    bool *wanted; /* scratch: of each task, whether it has still to read its inputs */

    enum job_phase phase;
    bool has_started;  /* the job, once */
    struct event job;  /* end of its start or downtime */
    struct event look; /* for slow tasks */
    uint32_t n_waiting, n_running, n_copies, n_excluded;
    uint32_t results_missing; /* tasks of the last stages */
    uint32_t n_lost;          /* tasks that were done and are not */
    struct rng detection_rng, downtime_rng, start_rng, struck_rng, backoff_rng;
    struct backoff backoff; /* of the job */

    struct sum budget_s[N_BUDGET]; /* slot-seconds, by metric from M_TIME_START */
    struct sum useful_s, kept_work_s, lost_s, recomputed_s, speculative_s;
    struct sum read_bytes, written_bytes;                 /* by transfers that ended */
    struct sum aborted_read_bytes, aborted_written_bytes; /* of others, whole */
    uint64_t attempts, completed, cut, beaten, given_back;
    uint64_t outputs_lost, recomputed, copies_made, copies_won, job_restarts;
    bool gave_up;
};

/* ---- slots, staging_slots.c ---- */

/* The slot is in another state: books the time in the one before. */
void staging_enter(struct run *run, struct slot *slot, enum slot_state state);
static inline struct slot *slot_of_transfer(struct transfer *transfer)
{
    return (struct slot *)(void *)((char *)transfer - offsetof(struct slot, transfer));
}

/* It has no attempt any more: free, held or down. */
void staging_settle(struct run *run, struct slot *slot);
void staging_settle_all(struct run *run);
/* Takes the attempt out of its slot, which settles. */
void staging_release_slot(struct run *run, struct slot *slot);
/* Whether the attempt runs, as far as is true. */
bool slot_is_alive(const struct slot *slot);
/* Reading, working and writing by the attempt so far. */
double slot_spent_s(const struct run *run, const struct slot *slot);
struct slot *staging_slot(struct staging *staging, uint32_t index);
/* "map/3", in the buffer. */
const char *staging_task_name(const struct staging *staging, uint32_t task, char name[64]);
/* Tells who watches, with the name of a task; NO_TASK: without. */
void staging_tell(struct run *run, const char *event, uint32_t task);
void staging_tell_slot(struct run *run, const char *event, const struct slot *slot);

/* ---- attempts, staging_attempt.c ---- */

void staging_launch(struct run *run, uint32_t task, struct slot *slot, bool is_copy);
/* All inputs are there, as far as is known. */
bool staging_has_inputs(const struct staging *staging, uint32_t task);
/* The same, or enough of them for it to wait in a slot. */
bool staging_may_start(const struct run *run, uint32_t task);
/* The attempt leaves its slot; the task waits for another, unless another attempt is at it. */
void staging_give_back(struct run *run, struct slot *slot);
/* Those that wait in slots go on where their inputs have come, or are back. */
void staging_wake(struct run *run);
/* A lost node was noticed: its readers must wait, or may read on. */
void staging_review_fetches(struct run *run);
/* Whether an input of the task is on that lost node. */
bool staging_reads_node(const struct staging *staging, uint32_t task, uint32_t node);
/* What holds its attempt up is reported after a while. */
void staging_stall(struct run *run, struct slot *slot);

/* Reads on: the next input on a device, or else it begins to work. */
void staging_read_on(struct run *run, struct slot *slot);
/* It has written its output, or has none to write. */
void staging_complete(struct run *run, struct slot *slot);

/* ---- through devices, staging_transfers.c ---- */

/* Begins to read its next input on a device, or to write its output. False: there is none. */
bool staging_reads(struct run *run, struct slot *slot);
bool staging_writes(struct run *run, struct slot *slot);
/* What the attempt does is cut off. */
void staging_stop_attempt(struct run *run, struct slot *slot);
/* So many more outputs of the stage are kept, or fewer. */
void staging_keep(struct run *run, uint32_t s, double outputs);
/* The end of the run: transfers are given up, ledgers are checked. */
void staging_end_transfers(struct run *run);

/* ---- who is next, staging_schedule.c ---- */

/* Gives slots to tasks, then to copies. */
void staging_dispatch(struct run *run);
/* The task waits for a slot. */
void staging_queue(struct staging *staging, uint32_t task);
bool staging_is_queued(const struct staging *staging, uint32_t task);
/* When somebody must next be looked at as slow. */
void staging_copy_slow(struct run *run);

/* ---- failures: staging_failures.c, staging_nodes.c, staging_lineage.c ---- */

/* The job starts, for the first time or after it was cut off while it did. */
void staging_begin(struct run *run);
/* How long a failure of such a unit, an enum strikes, stays unnoticed. */
double staging_detection_s(struct run *run, int strikes);
/* The attempt ends here; its slot keeps it until that is noticed. */
void staging_cut_off(struct run *run, struct slot *slot, enum slot_state state, uint32_t episode);
/* That is noticed: the slot lets go of the attempt, and the task is tried again. */
void staging_try_again(struct run *run, struct slot *slot);
/* The whole job fails, or starts again for the failure of a part, an enum strikes. */
void staging_job_fails(struct run *run, uint32_t episode, int strikes);
/* The nodes in run->struck, by one failure. False when that does nothing to the job. */
bool staging_nodes_fail(struct run *run, const struct failure_params *failure, double repair_s);
/* A lost node becomes known, at the latest then, and those that failed with it. */
void staging_notice_by(struct run *run, uint32_t node, double time_s);
/* Its output is gone. */
void staging_lose_output(struct run *run, uint32_t task);
/* Lost outputs that somebody still has to read are made again, on the episode's account. */
void staging_demand(struct run *run, uint32_t episode);

/* ---- episodes and results, staging_results.c ---- */

uint32_t staging_open_episode(struct run *run);
/* The task must be done again; that stays with the episode it belongs to. */
void staging_owe(struct run *run, uint32_t task, uint32_t episode);
void staging_episode_noticed(struct run *run, uint32_t episode, double time_s);
void staging_task_runs(struct run *run, uint32_t task);
void staging_task_regained(struct run *run, uint32_t task);
void staging_fill_metrics(struct run *run);
void staging_check(struct run *run);

#endif
