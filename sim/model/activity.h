// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the control plane makes of the time of a job, or of a task of a stream
 * job: at every instant exactly one of these.
 */
#ifndef MODEL_ACTIVITY_H
#define MODEL_ACTIVITY_H

enum activity {
    ACTIVITY_START,
    ACTIVITY_WORK, /* of a task of a stream job: it runs, whatever it finds to do */
    ACTIVITY_REWORK,
    ACTIVITY_CHECKPOINT,
    ACTIVITY_DOWN,
    ACTIVITY_RECOVERY,
    N_ACTIVITIES
};

/* As in traces: "start", "work", ... */
extern const char *const activity_names[N_ACTIVITIES];

#endif
