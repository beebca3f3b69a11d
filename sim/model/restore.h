// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where the state of a task comes from when it restarts: recovery.sources, an ordered list of
 * candidates. Each has its own rule of when it can be used, and says what reading and applying it
 * takes; the first that can be used is. Restores at work are in model/restoring.h.
 *
 * The positions that a task goes back to are always those of its recovery line. What a source
 * restores may be newer: a log that is replayed to its end, a copy that followed it. Then the
 * state has seen messages that will be processed again.
 */
#ifndef MODEL_RESTORE_H
#define MODEL_RESTORE_H

#include "core/dist.h"
#include "core/field.h"
#include "model/metrics.h"
#include "model/restore_flow.h"
#include "model/task_state.h"

struct model;
struct run;

/* What a log is applied up to. */
enum restore_target {
    TARGET_CHECKPOINT, /* what it holds beyond is undone */
    TARGET_NEWEST,
};

/* How a log is applied. */
struct replay_rule {
    int target;              /* enum restore_target */
    double rollback_valid_s; /* a line older than this cannot be gone back to; NaN: any can */
    double bytes_per_s;      /* at which it is applied, and undone; NaN: as fast as it is read */
};

/* What all sources have; the first member of each. */
struct restore_common {
    struct dist check; /* time to find out whether it can be used */
};

enum local_copy {
    LOCAL_LINK, /* in place as it is */
    LOCAL_READ, /* read from the device */
};

struct local_source {
    struct restore_common common;
    const char *device;  /* NULL: none that would take time */
    int copy;            /* enum local_copy */
    bool is_written;     /* to the device, by each checkpoint */
    double max_age_s;    /* NaN: any */
    double marker_bytes; /* NaN: written down with each checkpoint */
    bool clean_close_only;
    struct replay_rule replay;
};

struct standby_source {
    struct restore_common common;
    uint64_t copies;
    struct dist lag;
    double max_lag_bytes; /* NaN: any */
    int target;           /* enum restore_target */
    double bytes_per_s;   /* at which what it lacks is applied; NaN: as fast as it is read */
};

struct peer_source {
    struct restore_common common;
    const char *device;
    uint64_t copies;
    bool is_written; /* to the device, by each checkpoint */
};

struct remote_source {
    struct restore_common common;
    uint64_t streams;
    double bytes_per_s; /* at which what is not the base is applied; NaN: as fast as it is read */
};

struct replay_source {
    struct restore_common common;
    const char *device; /* NULL: checkpoint.device */
    struct replay_rule replay;
};

/* ---- what a source is asked, and what it answers ---- */

/* Of a task that restores now. */
struct restore_view {
    struct run *run;
    uint32_t task;
    struct task_state *state;
    struct restore_size size;
    double line_s, line_age_s; /* when its line was cut, and for how long that is past */
    struct rng *rng;           /* for what a source draws */
};

/* The check, the copy itself, and a log that is applied and undone. */
enum { MOST_PLAN_STEPS = MOST_RESTORE_STEPS - 1 };

struct restore_plan {
    struct restore_step steps[MOST_PLAN_STEPS];
    size_t n;
    bool is_ahead;       /* the state is newer than the positions */
    double undone_bytes; /* of the log: old values are written to it again */
};

struct restore_type {
    struct variant variant;
    enum metric counted_as;
    bool is_always_there; /* so that none after it would be tried */
    /* What its keys need; NULL: nothing but what all need. */
    void (*check)(const void *params, const struct model *model, const char *pointer,
                  struct err *err);
    /* Whether it may restore what is newer than the line; NULL: it never does. */
    bool (*may_be_ahead)(const void *params);
    /* Device that it reads besides checkpoint.device; NULL: none. */
    const char *(*device)(const void *params);
    /* Copies that each checkpoint writes to that device, beside itself; NULL: none ever. */
    uint64_t (*written)(const void *params);
    /* Whether the task can be restored from it; what that takes goes to *plan, all zero before. */
    bool (*plan)(const void *params, const struct restore_view *view, struct restore_plan *plan);
};

struct restore_source {
    struct tagged from; /* by restore_source_union */
};

static inline const struct restore_type *restore_type_of(const struct restore_source *source)
{
    return (const struct restore_type *)source->from.variant;
}

/* Most sources whose copies are written. */
enum { MOST_WRITTEN = 2 };

/* Copies of it that checkpoints write; 0: none. */
static inline uint64_t restore_written(const struct restore_source *source)
{
    const struct restore_type *type = restore_type_of(source);
    return type->written ? type->written(source->from.params) : 0;
}

/* The parameters of the source that has standby copies; NULL: there is none. */
const struct standby_source *restore_standby_source(const struct list *sources);

extern const struct union_type restore_source_union;
/* The row for a list of struct restore_source. */
extern const struct field restore_source_element;

/* The keys of each. */
extern const struct field local_restore_fields[], standby_restore_fields[], peer_restore_fields[],
    remote_restore_fields[], replay_restore_fields[];

#endif
