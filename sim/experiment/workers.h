// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The only threads of the program: a pool that works through numbered items.
 * Which thread does which item is left to chance, so an item may write only
 * what is its own; everything that depends on order is done after the join.
 */
#ifndef EXPERIMENT_WORKERS_H
#define EXPERIMENT_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

struct workers_job {
    size_t n_items;
    /* Does item `item`; `worker` is 0 .. threads - 1. False ends the whole job early. */
    bool (*work)(void *context, unsigned worker, size_t item);
    void *context;
    /* Told now and then, from the calling thread, how many items are done; may be NULL. */
    void (*progress)(void *context, size_t done);
    void *progress_context;
};

/* Runs the job with so many threads (at least 1; 1 runs in the caller); whether all work() did. */
bool workers_run(const struct workers_job *job, unsigned threads);

/* A lock for what items share now and then. */
struct workers_lock;
struct workers_lock *workers_lock_new(void);
void workers_lock_free(struct workers_lock *lock);
void workers_lock(struct workers_lock *lock);
void workers_unlock(struct workers_lock *lock);

/* Processors that this process may use. */
unsigned workers_available(void);

#endif
