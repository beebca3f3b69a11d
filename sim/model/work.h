// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The `work` data plane: ranks in lock-step whose progress is seconds of
 * useful work. Between two control events it is asked nothing; the verbs are
 * those that every data plane offers: advance, set the speed (0 pauses), cut,
 * roll back, read the lag.
 */
#ifndef MODEL_WORK_H
#define MODEL_WORK_H

struct work {
    double total_s;    /* useful work of the job, per task */
    double progress_s; /* as of since_s */
    double since_s;
    double speed;  /* useful seconds per second: 1, less while a write takes capacity or a rank is
                      slow, 0 paused */
    double slow;   /* what of a second is lost to slow ranks */
    double slow_s; /* so much time was, as of since_s */
};

static inline void work_advance(struct work *work, double now_s)
{
    work->progress_s += (now_s - work->since_s) * work->speed;
    work->slow_s += (now_s - work->since_s) * work->slow;
    work->since_s = now_s;
}

static inline void work_set_speed(struct work *work, double now_s, double speed)
{
    work_advance(work, now_s);
    work->speed = speed;
}

/* Puts the plane at a progress that is known exactly, running or paused. */
static inline void work_place(struct work *work, double now_s, double progress_s, double speed)
{
    work->progress_s = progress_s;
    work->since_s = now_s;
    work->speed = speed;
}

/* Back to the progress of a cut; what lies between is lost. */
static inline void work_roll_back(struct work *work, double now_s, double progress_s)
{
    work_place(work, now_s, progress_s, 0);
}

/* When the progress will be reached at the present speed; infinity while paused. */
static inline double work_time_of(const struct work *work, double progress_s)
{
    double left_s = progress_s - work->progress_s;
    /* The usual speed needs no division, which costs more than all the rest. */
    return work->since_s + (work->speed < 1 ? left_s / work->speed : left_s);
}

/* Useful work still to do before `progress_s` is regained. */
static inline double work_lag_s(const struct work *work, double progress_s)
{
    return progress_s > work->progress_s ? progress_s - work->progress_s : 0;
}

#endif
