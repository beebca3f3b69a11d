// SPDX-License-Identifier: GPL-3.0-or-later
/* Between the files of the levels at work. */
#ifndef MODEL_LEVELS_INTERNAL_H
#define MODEL_LEVELS_INTERNAL_H

#include "model/run.h"

static inline struct levels *levels_of(struct run *run)
{
    return &run->checkpointing.levels;
}

/* What is only in the memory of the job (NULL) survives nothing. */
static inline enum domain level_survives_as(const struct level *level)
{
    return level ? level->survives : DOMAIN_NONE;
}

/* All of a checkpoint begins to go to the level's device; what follows a write, and a drain. */
void level_move(struct run *run, struct level *level,
                void (*done)(void *context, struct transfer *transfer));
void level_written(void *context, struct transfer *transfer);
void level_drained(void *context, struct transfer *transfer);
/* A write or a drain ends without effect. */
void level_give_up(struct run *run, struct level *level);
/* Its drain is over: the next one begins, if one waits. */
void level_start_waiting(struct run *run, struct level *level);
/* It holds that checkpoint; or nothing, but the last level has the start of the job. */
void level_hold(struct run *run, struct level *level, const struct recovery_line *line);
void level_clear(struct run *run, struct level *level, bool is_last);
/* After drains have begun or ended. */
void levels_find_speed(struct run *run);

#endif
