// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Levels of storage for the checkpoints of a batch job, from the one that is cheap and survives
 * little to the one that survives most: their parameters. What they hold while the job runs is in
 * levels.h.
 *
 * A checkpoint has a number, counted in intervals from the start of the job, and is due at every
 * level whose `every` divides it. Moody et al. 2010 (SCR), Bautista-Gomez et al. 2011 (FTI).
 */
#ifndef MODEL_LEVEL_H
#define MODEL_LEVEL_H

#include "core/dist.h"
#include "core/field.h"
#include "model/domain.h"

enum drain { DRAIN_SYNC, DRAIN_ASYNC };
/* Which of the levels that are due a checkpoint is written to. */
enum level_writes { LEVEL_WRITES_ALL, LEVEL_WRITES_HIGHEST };

struct level_params {
    const char *name;
    uint64_t every;      /* checkpoints */
    struct dist cost;    /* of a write, in place of a device */
    const char *device;  /* name in storage */
    struct dist restore; /* not given: read from the device, or nothing */
    int survives;        /* 1 + enum domain; 0: as the device, or everything */
    int drain;           /* enum drain */
    double share;        /* of the capacity that an asynchronous drain takes */
};

extern const struct field level_fields[];
/* The row for a list of levels. */
extern const struct field level_element;

struct model;
struct err;

/* Checks of the levels and of keys that do not go with them. */
void model_prepare_levels(const struct model *model, struct err *err);
/* Warns of severities that make no difference; when all else is right. */
void model_warn_of_severity(const struct model *model, struct err *err);
/* Whether any of a list of levels is on a device, or drains asynchronously. */
bool levels_use_devices(const struct list *levels);
bool levels_drain(const struct list *levels);
/* The widest domain whose loss the contents of the level survive. */
enum domain level_survives(const struct model *model, const struct level_params *level);
/* Mean time that a write to it, or a read from it, takes when it has the device for itself. */
double level_write_s(const struct model *model, const struct level_params *level);
double level_read_s(const struct model *model, const struct level_params *level);
/* Mean time that a checkpoint takes from the work, over all of them. */
double levels_mean_cost_s(const struct model *model);

#endif
