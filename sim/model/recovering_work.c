// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What recovering means to a batch job: all of it stops at the failure, goes
 * back to the progress of the recovery line, and has caught up when the
 * progress at the failure is regained.
 */
#include <math.h>

#include "model/run.h"

static void stop(struct recovering *recovering)
{
    struct run *run = recovering->run;
    segment_stop(run);
    checkpointing_abort(run);
    run_break_segment(run);
}

static double target(const struct recovering *recovering)
{
    return recovering->run->work.progress_s;
}

/* To the recovery line; returns the work that must be done again. */
static double go_back(struct run *run)
{
    double now_s = run->calendar.now_s;
    const struct recovery_line *line = &run->checkpointing.line;
    double lost_s = fmax(run->work.progress_s - line->progress_s, 0);
    work_roll_back(&run->work, now_s, line->progress_s);
    run_record(run, M_LOST_WORK, lost_s);
    run_record(run, M_ROLLBACK, now_s - line->cut_s);
    return lost_s;
}

void recovering_work_falls_back(struct run *run)
{
    run->checkpointing.number = run->checkpointing.line.number + 1;
    run->checkpointing.draw.valid = run->checkpointing.is_prepared = false;
    run->checkpointing.needs_base = false;
    (void)go_back(run);
    recovering_line_is_lost(run->recoveries);
}

static void lose(struct recovering *recovering)
{
    struct run *run = recovering->run;
    double now_s = run->calendar.now_s;
    if (checkpointing_lose(run, recovering->severity))
        recovering->has_restore_draw = false;
    double lost_s = go_back(run);
    if (run->trace)
        run_trace(run, now_s, "failed", &(struct trace_value){"lost_work_s", lost_s, NULL}, 1);
}

/* The ranks of other units, unless the job failed as a whole or had failed before. */
static bool survives(const struct recovering *recovering)
{
    const struct run *run = recovering->run;
    bool alone =
        recovering->struck == STRIKES_NODE ? run->nodes.needed == 1 : run->model->job.tasks == 1;
    return recovering->was_running && recovering->struck != STRIKES_JOB && !alone;
}

static bool runs_on(const struct recovering *recovering)
{
    const struct run *run = recovering->run;
    return run->checkpointing.retake ||
           (run->model->recovery.from_input == FROM_INPUT_AT_ONCE && !checkpointing_has_line(run));
}

static void enter(struct recovering *recovering, enum activity activity)
{
    run_set_activity(recovering->run, activity);
}

static void request(struct recovering *recovering)
{
    struct run *run = recovering->run;
    for (uint32_t place = 0; run->nodes.n_held > 0 && place < run->nodes.needed; place++)
        nodes_request(run, place);
}

static double wait_s(const struct recovering *recovering)
{
    const struct nodes *nodes = &recovering->run->nodes;
    return nodes->missing + nodes->n_held > nodes->n_shared ? (double)NAN : 0;
}

static uint64_t deltas(const struct recovering *recovering)
{
    return recovering->run->checkpointing.line.chain.deltas;
}

/* Each task reads its share of the base and of every delta. */
static double bytes(const struct recovering *recovering, uint64_t transfer, uint64_t *n_deltas)
{
    (void)transfer;
    const struct job_params *job = &recovering->run->model->job;
    *n_deltas = deltas(recovering);
    return (job_state_bytes(job) + (double)*n_deltas * job_delta_bytes(job)) / (double)job->tasks;
}

static const struct level *level(const struct recovering *recovering)
{
    const struct levels *levels = &recovering->run->checkpointing.levels;
    return levels->n > 0 ? &levels->items[levels->source] : NULL;
}

static void resume(struct recovering *recovering)
{
    if (level(recovering))
        levels_restored(recovering->run);
    segment_restart(recovering->run);
}

static void caught_up(struct recovering *recovering, double time_s)
{
    run_change_activity(recovering->run, ACTIVITY_WORK, time_s);
}

static const struct recovery_plane recovery_of_work = {
    .is_alone = true,
    .stop = stop,
    .target = target,
    .lose = lose,
    .survives = survives,
    .runs_on = runs_on,
    .enter = enter,
    .request = request,
    .wait_s = wait_s,
    .deltas = deltas,
    .bytes = bytes,
    .level = level,
    .resume = resume,
    .caught_up = caught_up,
};

void recovering_init_work(struct recovering *recovering, struct run *run)
{
    const struct model *model = run->model;
    double bytes = job_state_bytes(&model->job) / (double)model->job.tasks;
    bool by_levels = run->checkpointing.levels.n > 0;
    bool together =
        by_levels ||
        (run->device && !device_tells_streams_apart(run->device->params, DIRECTION_READ, bytes));
    *recovering = (struct recovering){
        .run = run,
        .plane = &recovery_of_work,
        .may_wait = run->nodes.followed,
        .restores = true,
        .n_transfers = together ? 1 : model->job.tasks,
        .streams = together ? model->job.tasks : 1,
    };
    recovering_init(recovering);
}
