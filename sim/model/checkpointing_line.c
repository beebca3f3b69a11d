// SPDX-License-Identifier: GPL-3.0-or-later
/* What a batch job can go back to after a failure or a silent error. */
#include <math.h>
#include <string.h>

#include "model/checkpointing_internal.h"

/* The oldest goes when there are too many. */
void checkpointing_retain(struct checkpointing *checkpointing, uint64_t retain)
{
    if (checkpointing->n_retained == retain)
        memmove(checkpointing->retained, checkpointing->retained + 1,
                (size_t)--checkpointing->n_retained * sizeof *checkpointing->retained);
    checkpointing->retained[checkpointing->n_retained++] = checkpointing->line;
}

/* The chain of the last checkpoint, and what older ones that are retained do not share with it. */
static double kept_bytes(const struct run *run)
{
    const struct checkpointing *checkpointing = &run->checkpointing;
    const struct recovery_line *retained = checkpointing->retained;
    double base_bytes = bytes_of(run, true);
    double delta_bytes = bytes_of(run, false);
    if (!(checkpointing->line.progress_s > 0))
        return 0;
    const struct recovery_line *first = retained ? retained : &checkpointing->line;
    double bytes = base_bytes + (double)first->chain.deltas * delta_bytes;
    for (uint64_t i = 1; retained && i < checkpointing->n_retained; i++)
        bytes += retained[i].chain.deltas > 0 ? delta_bytes : base_bytes;
    return bytes;
}

void checkpointing_keep(struct run *run, double time_s)
{
    struct kept *kept = &run->checkpointing.kept;
    double bytes = kept_bytes(run);
    if (bytes < kept->bytes || bytes > kept->bytes)
        device_keep(run->device, kept, time_s, kept->bytes, bytes);
}

void checkpointing_corrupt(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->silent_errors++;
    if (isnan(checkpointing->corrupt_since_s))
        checkpointing->corrupt_since_s = run->calendar.now_s;
    if (run->trace)
        run_trace(run, run->calendar.now_s, "corrupted", NULL, 0);
}

/* The newest of the checkpoints that are kept and sound; none: the start of the job. */
static struct recovery_line newest_sound(struct checkpointing *checkpointing)
{
    while (checkpointing->n_retained > 0) {
        const struct recovery_line *last = &checkpointing->retained[checkpointing->n_retained - 1];
        if (last->cut_s <= checkpointing->corrupt_since_s)
            return *last;
        checkpointing->n_retained--;
    }
    return (struct recovery_line){0};
}

/* Each checkpoint is looked at until a sound one is found: those that were cut since are not. */
static void distrust(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    double since_s = checkpointing->corrupt_since_s;
    if (checkpointing->levels.n > 0)
        levels_distrust(run, since_s);
    else if (checkpointing->line.cut_s > since_s)
        checkpointing->line = newest_sound(checkpointing);
}

/* Checkpoints that have one place are lost with it. */
static struct recovery_line line_left(struct run *run, enum domain severity)
{
    if (run->checkpointing.levels.n > 0)
        return levels_lose(run, severity);
    bool is_lost = run->device && severity > (enum domain)run->device->params->survives;
    if (!is_lost)
        return run->checkpointing.line;
    run->checkpointing.n_retained = 0;
    return (struct recovery_line){0};
}

bool checkpointing_lose(struct run *run, enum domain severity)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    double progress_s = checkpointing->line.progress_s;
    if (checkpointing->error_found)
        distrust(run);
    checkpointing->line = line_left(run, severity);
    checkpointing->number = checkpointing->line.number + 1;
    checkpointing->error_found = checkpointing->needs_base = false;
    if (checkpointing->line.cut_s <= checkpointing->corrupt_since_s)
        checkpointing->corrupt_since_s = (double)NAN;
    bool is_older = checkpointing->line.progress_s < progress_s;
    if (is_older) /* the next checkpoint is another one than was prepared */
        checkpointing->draw.valid = checkpointing->is_prepared = checkpointing->retake = false;
    if (is_older && checkpointing->n_transfers > 0)
        checkpointing_keep(run, run->calendar.now_s);
    return is_older;
}

/* Checkpoints have one place, and it is empty now: the next one cannot build on any. */
static void lose_place(struct run *run)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    checkpointing->line = (struct recovery_line){0};
    checkpointing->n_retained = 0;
    checkpointing->needs_base = checkpointing->cut_is_base = true;
    checkpointing->cut.chain.deltas = 0;
    checkpointing_write_anew(run);
    checkpointing_keep(run, run->calendar.now_s);
}

bool checkpointing_lose_device(struct run *run, const struct device *device)
{
    struct checkpointing *checkpointing = &run->checkpointing;
    double progress_s = checkpointing->line.progress_s;
    bool other_source = false;
    if (checkpointing->levels.n > 0)
        other_source = levels_lose_device(run, device, &checkpointing->line);
    else if (checkpointing->n_transfers > 0 && run->device == device)
        lose_place(run);
    return other_source || checkpointing->line.progress_s < progress_s;
}
