// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stream_agenda.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

void agenda_init(struct agenda *agenda, uint32_t n_tasks)
{
    uint32_t n_leaves = 1;
    while (n_leaves < n_tasks)
        n_leaves *= 2;
    *agenda = (struct agenda){
        .n_tasks = n_tasks,
        .n_leaves = n_leaves,
        .keys = mem_alloc(2 * (size_t)n_leaves, sizeof *agenda->keys),
        .tasks = mem_alloc(2 * (size_t)n_leaves, sizeof *agenda->tasks),
        .n_words = (n_tasks + 63) / 64,
    };
    agenda->due = mem_alloc(agenda->n_words, sizeof *agenda->due);
    agenda_clear(agenda);
}

void agenda_release(struct agenda *agenda)
{
    free(agenda->keys);
    free(agenda->tasks);
    free(agenda->due);
    *agenda = (struct agenda){0};
}

void agenda_clear(struct agenda *agenda)
{
    for (size_t i = 2 * (size_t)agenda->n_leaves; i-- > 1;) {
        bool is_leaf = i >= agenda->n_leaves;
        agenda->keys[i] = agenda_key((double)INFINITY);
        agenda->tasks[i] = is_leaf ? (uint32_t)i - agenda->n_leaves : agenda->tasks[2 * i];
    }
    memset(agenda->due, 0, agenda->n_words * sizeof *agenda->due);
    agenda->first_word = agenda->n_words;
}
