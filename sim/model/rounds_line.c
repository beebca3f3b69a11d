// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What checkpoints of tasks that cut on their own have besides: the maximal
 * recovery line, and cuts that messages force.
 *
 * With recovery_line: maximal a durable cut does not replace the one before it:
 * it waits in member.later until the line has moved there, and the line of other
 * tasks may move with it. What lies before the line is deleted then. Uncommitted
 * cuts are never part of it. Deltas build on the line.
 */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "model/microbatch.h"
#include "model/rounds_state.h"
#include "model/run.h"
#include "model/streaming_state.h"

/* ---- life ---- */

void rounds_line_init(struct run *run, struct rounds *rounds)
{
    const struct topology *topology = run->model->topology;
    if (checkpoint_line(&run->model->checkpoint) != LINE_MAXIMAL)
        return;
    struct line_channel *channels = mem_alloc(topology->n_channels, sizeof *channels);
    for (size_t c = 0; c < topology->n_channels; c++)
        channels[c] = (struct line_channel){topology->channels[c].from, topology->channels[c].to};
    rounds->maximal = recovery_line_new(topology->n_tasks, channels, topology->n_channels);
    free(channels);
}

/* The task's first n cuts after the line are deleted. */
static void drop_later(struct member *member, size_t n)
{
    for (size_t i = 0; i < n; i++)
        task_cut_release(&member->later[i].cut);
    member->n_later -= n;
    if (n > 0)
        memmove(member->later, member->later + n, member->n_later * sizeof *member->later);
}

void rounds_line_free(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->n_members; i++) {
        drop_later(&rounds->members[i], rounds->members[i].n_later);
        free(rounds->members[i].later);
    }
    recovery_line_free(rounds->maximal);
}

void rounds_line_start(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->n_members; i++)
        drop_later(&rounds->members[i], rounds->members[i].n_later);
    if (rounds->maximal)
        recovery_line_clear(rounds->maximal);
}

/* ---- the line moves ---- */

/* The line of the task is where the maximal line is. */
static void follow_line(const struct rounds *rounds, struct member *member)
{
    uint64_t number = recovery_line_first(rounds->maximal, member->task);
    if (number == member->line_number)
        return;
    size_t k = (size_t)(number - member->line_number) - 1;
    member_move_line(member, &member->later[k]);
    member->line_number = number;
    drop_later(member, k + 1);
}

bool rounds_line_takes(struct member *member, struct line_cut *durable)
{
    struct rounds *rounds = member->group->run->streaming->rounds;
    if (!rounds->maximal)
        return false;
    member->later =
        mem_grow(member->later, member->n_later, &member->later_room, sizeof *member->later);
    member->later[member->n_later++] = *durable;
    bool moves = recovery_line_add(rounds->maximal, member->task, durable->cut.counts);
    durable->cut = (struct task_cut){0};
    for (size_t i = 0; moves && i < rounds->n_members; i++)
        follow_line(rounds, &rounds->members[i]);
    return true;
}

/* ---- failures ---- */

/* How far the dominoes have fallen, and how many orphans there would have been without a line. */
static void record_fall(struct run *run)
{
    struct rounds *rounds = run->streaming->rounds;
    const struct topology *topology = run->model->topology;
    size_t deepest = 0;
    for (size_t i = 0; i < rounds->n_members; i++)
        deepest = rounds->members[i].n_later > deepest ? rounds->members[i].n_later : deepest;
    streaming_record(run, M_DOMINO_DEPTH, (double)deepest);
    for (size_t c = 0; c < topology->n_channels; c++) {
        const struct channel_place *ends = &topology->channels[c];
        rounds->counts.orphans += recovery_line_orphans(
            rounds->maximal, c, recovery_line_latest(rounds->maximal, ends->from),
            recovery_line_latest(rounds->maximal, ends->to));
    }
}

void rounds_tasks_rolled_back(struct run *run, const uint32_t *tasks, size_t n)
{
    struct rounds *rounds = run->streaming->rounds;
    if (!rounds->maximal)
        return;
    record_fall(run);
    recovery_line_roll_back(rounds->maximal, NULL);
    if (checkpoint_logging(&run->model->checkpoint) == LOGGING_NONE)
        recovery_line_lose_transit(rounds->maximal);
    for (size_t i = 0; i < n; i++)
        drop_later(&rounds->members[tasks[i]], rounds->members[tasks[i]].n_later);
}

struct round_counts rounds_counts(const struct run *run)
{
    const struct rounds *rounds = run->streaming->rounds;
    if (run->streaming->batches)
        return microbatch_counts(run);
    struct round_counts counts = rounds->counts;
    if (rounds->maximal)
        counts.useless = recovery_line_useless(rounds->maximal);
    return counts;
}

/* ---- forced checkpoints ---- */

void member_set_index(struct member *member)
{
    struct stream *stream = member->group->run->streaming->stream;
    if (!group_coordination(member->group)->forces_cuts)
        return;
    uint64_t next = stream_index(stream, member->task) + 1;
    stream_set_index(stream, member->task,
                     member->forced_index > next ? member->forced_index : next);
    member->forced_index = 0;
}
