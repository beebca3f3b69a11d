// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Which task of the message plane has its turn next: the soonest by (time, rank).
 *
 * A task has at most one time in the future at which it will do something by
 * itself. These times are the leaves of a tournament: each inner node holds
 * the winner of the two below it, so that a change of one leaf is put right
 * on the way up to the root. Turns at the present instant, of which there are
 * many (a message comes to an idle task, a sender is released), are bits in a
 * map instead, and cost the tournament nothing.
 */
#ifndef MODEL_STREAM_AGENDA_H
#define MODEL_STREAM_AGENDA_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct agenda {
    uint32_t n_tasks;
    uint32_t n_leaves; /* a power of two, at least n_tasks */
    /* Owned; the root is 1, below i are 2 i and 2 i + 1, the leaves start at n_leaves. */
    uint64_t *keys;  /* the time: bits of doubles from 0 on are ordered as the doubles are */
    uint32_t *tasks; /* the winner */
    uint64_t *due;   /* owned; bit map of the tasks with a turn at the present instant */
    uint32_t n_words;
    uint32_t first_word; /* no bit is set before this word */
};

void agenda_init(struct agenda *agenda, uint32_t n_tasks);
void agenda_release(struct agenda *agenda);
/* No task has a turn. */
void agenda_clear(struct agenda *agenda);

static inline uint64_t agenda_key(double time_s)
{
    uint64_t key;
    memcpy(&key, &time_s, sizeof key);
    return key;
}

static inline double agenda_time(uint64_t key)
{
    double time_s;
    memcpy(&time_s, &key, sizeof time_s);
    return time_s;
}

/* The task's next time of its own, >= 0; infinity: none. */
static inline void agenda_set(struct agenda *agenda, uint32_t task, double time_s)
{
    uint64_t *keys = agenda->keys;
    uint32_t *tasks = agenda->tasks;
    uint64_t key = agenda_key(time_s); /* of the winner so far */
    uint64_t i = agenda->n_leaves + task;
    if (keys[i] == key)
        return;
    for (keys[i] = key; i > 1; keys[i] = key, tasks[i] = task) {
        /* Of equals the left one wins, whose rank is lower; i is even there. Who wins is a coin
         * toss that no processor predicts: conditional moves instead of a branch. */
        uint64_t other = keys[i ^ 1];
        uint32_t other_task = tasks[i ^ 1];
        bool loses = other < key + (i & 1);
        key = __builtin_expect_with_probability(loses, 1, 0.5) ? other : key;
        task = __builtin_expect_with_probability(loses, 1, 0.5) ? other_task : task;
        i /= 2;
    }
}

static inline double agenda_time_s(const struct agenda *agenda, uint32_t task)
{
    return agenda_time(agenda->keys[agenda->n_leaves + task]);
}

/* The task has a turn at the present instant too. */
static inline void agenda_set_due(struct agenda *agenda, uint32_t task)
{
    uint32_t word = task / 64;
    agenda->due[word] |= UINT64_C(1) << task % 64;
    if (word < agenda->first_word)
        agenda->first_word = word;
}

/* The lowest task with a turn at the present instant; n_tasks: none. */
static inline uint32_t agenda_first_due(struct agenda *agenda)
{
    uint32_t word = agenda->first_word;
    while (word < agenda->n_words && agenda->due[word] == 0)
        word++;
    agenda->first_word = word;
    if (word == agenda->n_words)
        return agenda->n_tasks;
    return word * 64 + (uint32_t)__builtin_ctzll(agenda->due[word]);
}

/*
 * The task whose turn is next, not after `to_s`, and its time, from *now_s on; n_tasks: none. A
 * turn at the present instant is thereby over.
 */
static inline uint32_t agenda_next(struct agenda *agenda, double to_s, double *now_s)
{
    uint32_t due = agenda_first_due(agenda);
    uint32_t task = agenda->tasks[1];
    double time_s = agenda_time(agenda->keys[1]);
    if (due < agenda->n_tasks && !(time_s <= *now_s && task < due)) {
        agenda->due[due / 64] &= ~(UINT64_C(1) << due % 64);
        return due;
    }
    if (time_s > to_s)
        return agenda->n_tasks;
    if (time_s > *now_s)
        *now_s = time_s;
    return task;
}

#endif
