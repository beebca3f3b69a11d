// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"

enum { PROGRESS_MS = 100 };

struct pool {
    const struct workers_job *job;
    atomic_size_t next;
    atomic_size_t done;
    atomic_bool failed;
    pthread_mutex_t mutex;
    pthread_cond_t finished;
    unsigned running; /* under the mutex */
};

struct worker {
    struct pool *pool;
    unsigned index;
    pthread_t thread;
    bool started;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    const struct workers_job *job = pool->job;
    for (;;) {
        size_t item = atomic_fetch_add(&pool->next, 1);
        if (item >= job->n_items || atomic_load(&pool->failed))
            break;
        if (!job->work(job->context, worker->index, item))
            atomic_store(&pool->failed, true);
        atomic_fetch_add(&pool->done, 1);
    }
    pthread_mutex_lock(&pool->mutex);
    pool->running--;
    pthread_cond_signal(&pool->finished);
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void wait_with_progress(struct pool *pool)
{
    const struct workers_job *job = pool->job;
    pthread_mutex_lock(&pool->mutex);
    while (pool->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PROGRESS_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        if (pthread_cond_timedwait(&pool->finished, &pool->mutex, &until) == ETIMEDOUT &&
            job->progress) {
            pthread_mutex_unlock(&pool->mutex);
            job->progress(job->progress_context, atomic_load(&pool->done));
            pthread_mutex_lock(&pool->mutex);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
}

static bool run_alone(const struct workers_job *job)
{
    for (size_t item = 0; item < job->n_items; item++) {
        if (!job->work(job->context, 0, item))
            return false;
        if (job->progress)
            job->progress(job->progress_context, item + 1);
    }
    return true;
}

bool workers_run(const struct workers_job *job, unsigned threads)
{
    if (threads > job->n_items)
        threads = (unsigned)job->n_items;
    if (threads <= 1)
        return run_alone(job);
    struct pool pool = {.job = job, .running = threads};
    pthread_mutex_init(&pool.mutex, NULL);
    pthread_cond_init(&pool.finished, NULL);
    struct worker *workers = mem_alloc(threads, sizeof *workers);
    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (struct worker){.pool = &pool, .index = i};
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
        if (!workers[i].started) {
            /* No more threads to be had: those that run do the rest, the first here if none. */
            pthread_mutex_lock(&pool.mutex);
            pool.running -= threads - i - (i == 0);
            pthread_mutex_unlock(&pool.mutex);
            if (i == 0)
                (void)work(&workers[0]);
            break;
        }
    }
    wait_with_progress(&pool);
    for (unsigned i = 0; i < threads; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
    free(workers);
    pthread_cond_destroy(&pool.finished);
    pthread_mutex_destroy(&pool.mutex);
    return !atomic_load(&pool.failed);
}

struct workers_lock {
    pthread_mutex_t mutex;
};

struct workers_lock *workers_lock_new(void)
{
    struct workers_lock *lock = mem_alloc(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

void workers_lock_free(struct workers_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void workers_lock(struct workers_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void workers_unlock(struct workers_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

unsigned workers_available(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}
