// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of a stream job between control plane and message plane, shared by
 * streaming*.c, rounds*.c and recovering_stream.c.
 *
 * A scope is a set of tasks that one recovery deals with. Restart scopes
 * partition the tasks (recovery.restart.scope). A failure process that loses
 * nothing has a scope for each of its units besides: it interrupts these tasks,
 * whatever else happens to them.
 */
#ifndef MODEL_STREAMING_STATE_H
#define MODEL_STREAMING_STATE_H

#include "model/activity.h"
#include "model/element_metrics.h"
#include "model/failure.h"
#include "model/metrics.h"
#include "model/recovering.h"
#include "model/rounds.h"
#include "model/stream.h"
#include "model/trace_sink.h"

struct member;

enum { SCOPE_NAME_SIZE = 64 };

struct scope {
    char name[SCOPE_NAME_SIZE];
    struct recovering *recovering; /* borrowed */
    uint32_t *tasks;               /* owned: by rank */
    size_t n_tasks;
    uint32_t *readers; /* owned: those of them that read partitions or logs */
    size_t n_readers;
    bool is_hit;    /* by the failure at hand */
    bool is_unseen; /* of an interruption: it ends by itself */

    bool is_fresh;     /* its tasks have not run yet */
    bool is_stopped;   /* all its tasks have stopped, and what that lost is known */
    bool owes_loss;    /* a failure whose loss is known at its detection */
    double failed_s;   /* then */
    double repaired_s; /* when the unit of an interruption is up again */
    bool is_watched;   /* its lag, by the plane */
    struct lag_watch watch;
    const struct task_cut **cuts; /* owned: room for those of its tasks */

    /* Of the episode. */
    double lost_work_s, rollback_s;
    uint64_t replayed, lag_peak;
};

/* What the control plane knows of a task. */
struct stream_task {
    struct scope *scope; /* borrowed: what it restarts with */
    uint32_t place;      /* of its node */
    bool is_dead;
    enum domain severity;   /* the worst of the failures that struck it since it ran last */
    bool is_struck;         /* by the failure at hand */
    uint32_t interruptions; /* under way */
    enum activity interrupted_as;
    bool is_preempted;     /* stopped within a message by its checkpoint */
    bool in_checkpoint;    /* stands for it */
    double write_share;    /* of its speed that goes into a write beside its work */
    double pace;           /* share of its speed that is left while it is slow, else 1 */
    double speed;          /* as the plane knows it */
    struct task_cut stop;  /* owned: where it stopped last, and the service it had done */
    double restarted_at_s; /* service done when it restarted last */

    enum activity activity;
    double entered_s; /* the activity */
    double booked_s;  /* time is booked up to here */
    double n_booked;  /* so often */
    struct sum spent_s[N_ACTIVITIES];
    double slowed_since_s;
    struct sum slowed_s;    /* write_share x time */
    struct sum straggled_s; /* what else its speed lacked x time */
};

/* All that is counted, at the end of the warm-up; zeroed when there is none. */
struct stream_snapshot {
    struct task_counts *tasks;           /* owned */
    double (*spent_s)[N_ACTIVITIES];     /* owned: of each task */
    double *slowed_s;                    /* owned: of each task */
    double straggled_s;                  /* of all tasks */
    struct partition_counts *partitions; /* owned */
    double *lag_s; /* owned: age of each partition's lag, summed over samples */
    uint64_t n_samples;
    uint64_t failures_hit, failures_ignored;
    struct round_counts rounds;
    struct storage_totals storage;
    double moved_bytes[DIRECTIONS];
};

/* Totals at the last sample. */
struct sampling {
    uint64_t k; /* samples so far */
    struct event due;
    uint64_t arrived, outputs;
    double busy_s;
    uint64_t n_latencies;
    double latency_sum_s;
};

/* Sums over the parts that an operator's tasks had in checkpoints, from E_OPERATOR_START_DELAY on.
 */
enum { N_PART_MEANS = E_OPERATOR_IN_FLIGHT_BYTES - E_OPERATOR_START_DELAY + 1 };

struct part_means {
    double sum[N_PART_MEANS];
    uint64_t n[N_PART_MEANS];
};

struct streaming {
    struct stream *stream;      /* owned */
    struct rounds *rounds;      /* owned */
    struct restores *restores;  /* owned: NULL: recovery.sources is not given */
    struct microbatch *batches; /* owned: in place of rounds; NULL: messages flow */
    const struct topology *topology;
    struct stream_task *tasks; /* owned: by rank */
    uint32_t n_tasks;
    uint32_t *units;      /* owned: rank of each task in the order of the scenario */
    struct scope *scopes; /* owned: those that restart, then those that are interrupted */
    size_t n_scopes;
    size_t n_restarts;         /* of them restart */
    size_t *first_interrupted; /* owned: of each failure process that loses nothing */
    uint32_t *struck, *living; /* owned: room for tasks */
    uint32_t n_in[N_ACTIVITIES];
    struct scope **watched; /* owned: room for all; the first n_watched, in no order */
    size_t n_watched;
    struct rng any_unit; /* of failures that do not say whom they strike */
    struct latency_record latency, commit_latency;
    struct latency_record *operator_latency; /* owned */
    struct part_means *part_means;           /* owned: of each operator */
    struct event warm;
    struct stream_snapshot before, now;
    struct sampling sampling;
};

/* ---- scopes ---- */

/* Sets up the scopes and, in run->recoveries, what recovers each. */
void streaming_init_scopes(struct run *run);
void streaming_release_scopes(struct streaming *streaming);
/* Puts the tasks of a unit into streaming->struck; how many. A node is one of the topology's. */
size_t streaming_find_struck(struct streaming *streaming, enum strikes strikes, uint64_t unit);
/* The lag of what the scope reads, messages. */
uint64_t scope_lag(const struct run *run, const struct scope *scope);

/* ---- tasks ---- */

/* Books the task's time up to now. */
void streaming_book(struct run *run, uint32_t task);
/* The end of the run for the task. */
void streaming_end_task(struct run *run, uint32_t task);
/* Changes what it does now, and moves the failure clocks. */
void streaming_set_activity(struct run *run, uint32_t task, enum activity activity);
/* Sets speed and activity of a task that lives, from what goes on with it. */
void streaming_settle(struct run *run, uint32_t task);
/* So much of the task's speed goes into a write beside its work from now on. */
void streaming_set_share(struct run *run, uint32_t task, double share);
/* Units have become slow, or fast again. */
void streaming_set_paces(struct run *run);
/* They fail, or are stopped; all of them lived. */
void streaming_kill(struct run *run, const uint32_t *tasks, size_t n);
/* The scopes of the tasks, as far as they run, stop now and restart at once. */
void streaming_restart(struct run *run, struct member *const *members, size_t n);
/* The scopes with tasks at the place, as far as they run, stop now and restart at once. */
void streaming_restart_place(struct run *run, uint32_t place);
/* An enum exposure: the phase of a number of tasks, n_in[] of them in each activity. */
unsigned streaming_phase(const uint32_t n_in[N_ACTIVITIES]);
/* An event of a metric, unless it is warm-up. */
void streaming_record(struct run *run, enum metric metric, double value);
/* What a checkpoint holds, over its tasks. */
struct checkpoint_size {
    double full_bytes, written_bytes;
    double in_flight_bytes;
    uint64_t n_in_flight; /* messages */
};
/* The task's part of it. */
void checkpoint_size_add(struct run *run, struct checkpoint_size *size, uint32_t task,
                         const struct snapshot *snapshot, const struct task_cut *cut);
void streaming_record_size(struct run *run, const struct checkpoint_size *size);
/* An event of a task's part in a checkpoint: of its operator, unless it is warm-up. */
void streaming_record_part(struct run *run, uint32_t task, enum element_metric metric,
                           double value);
/* For traces: number and name of a task; `text` has room for SCOPE_NAME_SIZE. */
struct trace_value streaming_task_value(const struct run *run, uint32_t task, char *text);

/* ---- series and metrics ---- */

void sampling_start(struct run *run);
/* An episode, which is over or was cut short by the end of the run. */
void streaming_tell_recovery(struct run *run, const struct scope *scope);
void streaming_init_metrics(struct streaming *streaming);
void streaming_release_metrics(struct streaming *streaming);
void streaming_start_metrics(struct run *run);
void streaming_fill_metrics(struct run *run);

/* ---- recoveries, recovering_stream.c ---- */

extern const struct recovery_plane recovery_of_restart, recovery_of_interruption;

/* Tasks of a scope that were struck although its failure is being detected already: they stop. */
void scope_survivors_fail(struct scope *scope);
/* Scopes whose lag is small again have caught up. */
void streaming_look_at_watches(struct run *run);

#endif
