// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The checkpoints of one task of a stream job: what each writes, what storage keeps, and what a
 * restore reads.
 *
 *   pending:  cut, and being written; several at a time, in the order of their numbers
 *   line:     the last one committed, which a failure goes back to
 *   retained: the last n committed, the line among them; older ones are deleted
 *
 * What a checkpoint need not write again is relative to the line, not to those that are pending:
 * only what is confirmed can be built on (Flink, RocksIncrementalSnapshotStrategy). The first one
 * has nothing to build on and is a base. A roll-back gives up all that are pending.
 *
 * The caller says how many messages the task has processed on its present time line: after a
 * roll-back that is what it was at the cut it went back to. Time never goes back.
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include "model/store.h"
#include "model/store_log.h"

enum capture_kind {
    CAPTURE_POSITIONS, /* nothing of the state */
    CAPTURE_FULL,      /* all of it */
    CAPTURE_DELTA,     /* what changed, upon a base; or the new files of an LSM store */
    CAPTURE_CHANGELOG, /* nothing: changes go to a compacted log as they are made */
    CAPTURE_BASE_LOG,  /* the log of the changes since a base, which is made beside */
};

/* What a content asks of the checkpoints of its tasks. */
struct capture {
    enum capture_kind kind;
    double position_bytes; /* written by each checkpoint beside all else */
    uint64_t base_every;   /* deltas: checkpoints from one base to the next; 0: never again */
    uint64_t rebase_above; /* deltas: more than these on the base ask for a new one, made
                              beside; UINT64_MAX: never */
    double background_s;   /* time between checks for that, or between bases; infinity: never */
    double replication;    /* copies of the log */
    const struct log_params *log; /* changelog; borrowed */
};

/* Whether changes of the state are written to a log as well. */
bool capture_has_log(const struct capture *capture);

/* A checkpoint as it was cut. */
struct snapshot {
    double full_bytes;  /* the state it stands for */
    double write_bytes; /* to be written to the device */
    double sync_bytes;  /* that the task flushes before it goes on: a memtable, a cache */
    double sync_s;      /* that this takes */
    bool is_base;       /* it builds on nothing */
    uint64_t deltas;    /* to read on top of its base */
};

struct snapshots;

/* The store and what the capture refers to are borrowed; so many checkpoints are retained. */
struct snapshots *snapshots_new(const struct store *store, const struct capture *capture,
                                uint64_t retain);
void snapshots_free(struct snapshots *snapshots);
/* At time 0 of a replication: the state is as at the start, no checkpoint has been made. */
void snapshots_start(struct snapshots *snapshots, uint64_t seed, uint64_t replication,
                     uint64_t task);

/* ---- the life of a checkpoint ---- */

/* The task has processed so many messages by now; to be said before it is rolled back, too. */
void snapshots_advance(struct snapshots *snapshots, double messages, double now_s);
/* Cuts checkpoint `number`, above all before it. */
struct snapshot snapshots_cut(struct snapshots *snapshots, double messages, double now_s,
                              uint64_t number);
/* It becomes the line; older ones that are pending are subsumed, and those beyond `retain` deleted.
 */
void snapshots_commit(struct snapshots *snapshots, uint64_t number);
/* It is given up; nothing happens when it is not pending. */
void snapshots_abort(struct snapshots *snapshots, uint64_t number);
/* The task goes on from the line, or from the start when there is none; time to the next base made
 * beside begins anew. */
void snapshots_roll_back(struct snapshots *snapshots, double now_s);

/* ---- bases made beside, in the background ---- */

/* When snapshots_background_start() is to be called; infinity: never, or one is being made. */
double snapshots_background_s(const struct snapshots *snapshots);
/* Bytes that a base takes to write from now on; 0: none is needed, the next call is later. */
double snapshots_background_start(struct snapshots *snapshots, double messages, double now_s);
/* It is written: what was logged before it began, or the deltas under it, are not needed any more
 * by checkpoints cut from now on. A roll-back gives it up. */
void snapshots_background_end(struct snapshots *snapshots, double now_s);

/* ---- what there is now ---- */

bool snapshots_has_line(const struct snapshots *snapshots);
/* Whether a checkpoint cut now would be a base. */
bool snapshots_next_is_base(const struct snapshots *snapshots);
/* Bytes to read to restore the line (0 without one), and deltas among them. */
double snapshots_restore_bytes(const struct snapshots *snapshots);
uint64_t snapshots_restore_deltas(const struct snapshots *snapshots);
/* What a restore of the line can read, in parts. */
struct restore_size {
    bool has_line;
    bool has_changelog;    /* the state is in its log, whatever the line */
    double base_bytes;     /* the image, with its deltas, or the files */
    uint64_t deltas;       /* among them */
    double log_bytes;      /* of the log, as a full restore reads it */
    double line_log_bytes; /* logged on the time line up to the line */
    double new_log_bytes;  /* and since: entries that the line does not know */
};
struct restore_size snapshots_restore_size(const struct snapshots *snapshots);
/* Bytes of the state that changed in the last lag_s seconds, at the mean rate of the time line. */
double snapshots_recent_bytes(struct snapshots *snapshots, double lag_s);
/* What the log knows and the line does not is undone: old values are written to it once more. */
void snapshots_undo(struct snapshots *snapshots, double bytes, double now_s);
/* Bytes on storage: of retained checkpoints, each file once, bases made beside, and the log. */
double snapshots_retained_bytes(const struct snapshots *snapshots);
/* Length of the log that a restore would read. */
double snapshots_log_bytes(const struct snapshots *snapshots);
/* Written to the log since the start, all copies. */
double snapshots_log_volume_bytes(const struct snapshots *snapshots);

#endif
