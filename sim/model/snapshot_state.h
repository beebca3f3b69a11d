// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The state of a task's checkpoints, shared by snapshot.c (their life) and snapshot_capture.c (what
 * each kind of content writes and keeps).
 */
#ifndef MODEL_SNAPSHOT_STATE_H
#define MODEL_SNAPSHOT_STATE_H

#include "model/snapshot.h"

/* A checkpoint that is pending or retained. */
struct held {
    uint64_t number;
    struct snapshot snapshot;
    struct store_point point;
    struct files_cut files;  /* what it refers to: its image, or the files of an LSM store */
    uint64_t since_base;     /* checkpoints since the last base */
    double log_from, log_to; /* part of the log that a restore reads, on the time line */
};

/* A base that is being written beside, or the last one that was. */
struct base {
    struct files_cut files; /* as those of a checkpoint */
    double log_from;        /* changes from here on are not in it */
};

struct snapshots {
    const struct store *store;
    struct capture capture;
    uint64_t retain;
    bool has_files; /* the content makes use of the files of an LSM store */
    struct rng rng;

    /* Where the task is. */
    struct store_point point;
    double restarted_s; /* the instant at which its time line would have begun without failures */
    struct store_files files;
    struct store_log log;

    /* Its log: changes since the last flush, and in all on the time line. */
    struct store_point flush_point;
    double since_flush_bytes, at_flush_bytes;
    struct sum volume_bytes;

    struct held *held; /* owned: retained, then pending, by number */
    size_t n_retained, n_held, capacity;
    struct sum stored_bytes; /* images that retained checkpoints refer to, and the base */

    struct base base; /* the last one written beside, or of a committed checkpoint */
    bool has_base, is_in_background;
    struct base next_base;
    double rebase_bytes;
    double background_s; /* when the next one is looked at */
};

/* The line; NULL: there is none. */
const struct held *snapshots_line(const struct snapshots *snapshots);
/* Position of the log on the time line. */
double snapshots_log_position(const struct snapshots *snapshots);

bool capture_next_is_base(const struct snapshots *snapshots);
/* Fills what the checkpoint refers to, what it writes and whether it is a base. */
void capture_cut(struct snapshots *snapshots, struct held *held);
/* A base becomes what later checkpoints build on. */
void capture_adopt_base(struct snapshots *snapshots, const struct files_cut *files,
                        double log_from);

#endif
