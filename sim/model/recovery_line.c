// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/recovery_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* The cuts of a task that are kept: rows of counts, the first of them on the line. */
struct task_cuts {
    uint32_t *out, *in; /* owned: channels, ascending */
    uint32_t n_out, n_in;
    uint64_t *counts;    /* owned: rows of n_out + n_in */
    size_t n_rows, room; /* rows, those of n_dropped at the front included */
    size_t n_dropped;    /* rows before the line that still take room */
    uint64_t first;      /* number of the cut on the line */
    uint64_t cursor;     /* of a search */
    bool is_queued;      /* its channels are to be looked at */
};

struct channel_ends {
    uint32_t from, to;
    uint32_t sent_at, received_at; /* column in a row of the sender, of the receiver */
};

struct recovery_line {
    struct task_cuts *tasks; /* owned */
    size_t n_tasks;
    struct channel_ends *channels; /* owned */
    size_t n_channels;
    uint32_t *queue; /* owned: tasks whose channels are to be looked at */
    size_t n_queued;
    uint64_t n_useless;
};

/* ---- life ---- */

static void add_channel(struct recovery_line *line, uint32_t c, const struct line_channel *channel)
{
    struct task_cuts *from = &line->tasks[channel->from];
    struct task_cuts *to = &line->tasks[channel->to];
    assert(channel->from < line->n_tasks && channel->to < line->n_tasks);
    from->out = mem_resize(from->out, from->n_out + 1, sizeof *from->out);
    to->in = mem_resize(to->in, to->n_in + 1, sizeof *to->in);
    line->channels[c] = (struct channel_ends){
        .from = channel->from,
        .to = channel->to,
        .sent_at = from->n_out,
        .received_at = to->n_in,
    };
    from->out[from->n_out++] = c;
    to->in[to->n_in++] = c;
}

struct recovery_line *recovery_line_new(size_t n_tasks, const struct line_channel *channels,
                                        size_t n_channels)
{
    struct recovery_line *line = mem_alloc(1, sizeof *line);
    line->n_tasks = n_tasks;
    line->tasks = mem_alloc(n_tasks, sizeof *line->tasks);
    line->queue = mem_alloc(n_tasks, sizeof *line->queue);
    line->n_channels = n_channels;
    line->channels = mem_alloc(n_channels, sizeof *line->channels);
    for (uint32_t c = 0; c < n_channels; c++)
        add_channel(line, c, &channels[c]);
    for (size_t i = 0; i < n_channels; i++) /* columns of what is received follow those of sent */
        line->channels[i].received_at += line->tasks[line->channels[i].to].n_out;
    recovery_line_clear(line);
    return line;
}

void recovery_line_free(struct recovery_line *line)
{
    if (!line)
        return;
    for (size_t i = 0; i < line->n_tasks; i++) {
        free(line->tasks[i].out);
        free(line->tasks[i].in);
        free(line->tasks[i].counts);
    }
    free(line->tasks);
    free(line->channels);
    free(line->queue);
    free(line);
}

/* ---- cuts ---- */

static size_t width_of(const struct task_cuts *task)
{
    return (size_t)task->n_out + task->n_in;
}

static uint64_t latest_of(const struct task_cuts *task)
{
    return task->first + (task->n_rows - task->n_dropped) - 1;
}

static uint64_t *row_of(const struct task_cuts *task, uint64_t cut)
{
    return task->counts + (task->n_dropped + (size_t)(cut - task->first)) * width_of(task);
}

static uint64_t sent(const struct recovery_line *line, const struct channel_ends *ends,
                     uint64_t cut)
{
    return row_of(&line->tasks[ends->from], cut)[ends->sent_at];
}

static uint64_t received(const struct recovery_line *line, const struct channel_ends *ends,
                         uint64_t cut)
{
    return row_of(&line->tasks[ends->to], cut)[ends->received_at];
}

static void push_row(struct task_cuts *task, const uint64_t *counts)
{
    size_t width = width_of(task);
    if (task->n_rows == task->room) {
        task->room = task->room > 0 ? 2 * task->room : 4;
        task->counts = mem_resize(task->counts, task->room * width + 1, sizeof *task->counts);
    }
    uint64_t *row = task->counts + task->n_rows * width;
    for (size_t i = 0; i < width; i++) {
        assert(task->n_rows == task->n_dropped || counts[i] >= row[i - width]);
        row[i] = counts[i];
    }
    task->n_rows++;
}

/* The task's cuts before this one are forgotten; the rows move when half of them are. */
static void forget_before(struct task_cuts *task, uint64_t cut)
{
    task->n_dropped += (size_t)(cut - task->first);
    task->first = cut;
    if (2 * task->n_dropped < task->n_rows)
        return;
    size_t width = width_of(task);
    task->n_rows -= task->n_dropped;
    memmove(task->counts, task->counts + task->n_dropped * width,
            task->n_rows * width * sizeof *task->counts);
    task->n_dropped = 0;
}

void recovery_line_clear(struct recovery_line *line)
{
    line->n_useless = 0;
    for (size_t i = 0; i < line->n_tasks; i++) {
        struct task_cuts *task = &line->tasks[i];
        task->n_rows = task->n_dropped = 0;
        task->first = 0;
        uint64_t *zeros = mem_alloc(width_of(task) + 1, sizeof *zeros);
        push_row(task, zeros);
        free(zeros);
    }
}

/* ---- searches ---- */

static void look_at(struct recovery_line *line, uint32_t task)
{
    if (line->tasks[task].is_queued)
        return;
    line->tasks[task].is_queued = true;
    line->queue[line->n_queued++] = task;
}

static uint32_t next_task(struct recovery_line *line)
{
    uint32_t task = line->queue[--line->n_queued];
    line->tasks[task].is_queued = false;
    return task;
}

/* The first cut after its cursor by which the sender had sent that many; 0: it has none. */
static uint64_t first_that_sent(const struct recovery_line *line, const struct channel_ends *ends,
                                uint64_t least)
{
    const struct task_cuts *task = &line->tasks[ends->from];
    uint64_t low = task->cursor + 1;
    uint64_t high = latest_of(task);
    if (low > high || sent(line, ends, high) < least)
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (sent(line, ends, middle) >= least)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The last cut before its cursor by which the receiver had received no more than that. */
static uint64_t last_that_received(const struct recovery_line *line,
                                   const struct channel_ends *ends, uint64_t most)
{
    const struct task_cuts *task = &line->tasks[ends->to];
    uint64_t low = task->first; /* it had: the line is consistent */
    uint64_t high = task->cursor - 1;
    while (low < high) {
        uint64_t middle = high - (high - low) / 2;
        if (received(line, ends, middle) <= most)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/*
 * Whether some consistent line goes through the task's latest cut: from the present line upwards,
 * each sender must have a cut by which it had sent what its receivers have received.
 */
static bool rises_to(struct recovery_line *line, uint32_t newest)
{
    bool rises = true;
    for (size_t i = 0; i < line->n_tasks; i++)
        line->tasks[i].cursor = line->tasks[i].first;
    line->tasks[newest].cursor = latest_of(&line->tasks[newest]);
    look_at(line, newest);
    while (line->n_queued > 0) {
        const struct task_cuts *task = &line->tasks[next_task(line)];
        for (uint32_t i = 0; rises && i < task->n_in; i++) {
            const struct channel_ends *ends = &line->channels[task->in[i]];
            struct task_cuts *sender = &line->tasks[ends->from];
            uint64_t least = received(line, ends, task->cursor);
            if (sent(line, ends, sender->cursor) >= least)
                continue;
            sender->cursor = first_that_sent(line, ends, least);
            rises = sender->cursor > 0;
            look_at(line, ends->from);
        }
    }
    return rises;
}

/* Rollback propagation: from the latest cuts down to the maximal line, which the cursors are then.
 */
static void fall(struct recovery_line *line)
{
    for (uint32_t i = 0; i < line->n_tasks; i++) {
        line->tasks[i].cursor = latest_of(&line->tasks[i]);
        look_at(line, i);
    }
    while (line->n_queued > 0) {
        const struct task_cuts *task = &line->tasks[next_task(line)];
        for (uint32_t i = 0; i < task->n_out; i++) {
            const struct channel_ends *ends = &line->channels[task->out[i]];
            struct task_cuts *receiver = &line->tasks[ends->to];
            uint64_t most = sent(line, ends, task->cursor);
            if (received(line, ends, receiver->cursor) <= most)
                continue;
            receiver->cursor = last_that_received(line, ends, most);
            look_at(line, ends->to);
        }
    }
}

bool recovery_line_add(struct recovery_line *line, uint32_t task, const uint64_t *counts)
{
    push_row(&line->tasks[task], counts);
    if (!rises_to(line, task))
        return false;
    fall(line);
    for (size_t i = 0; i < line->n_tasks; i++) {
        struct task_cuts *cuts = &line->tasks[i];
        if (cuts->cursor > cuts->first)
            line->n_useless += cuts->cursor - cuts->first - 1;
        forget_before(cuts, cuts->cursor);
    }
    return true;
}

/* ---- failures ---- */

void recovery_line_find(struct recovery_line *line, const uint64_t *const *present, uint64_t *cuts)
{
    for (size_t i = 0; i < line->n_tasks; i++)
        if (present[i])
            push_row(&line->tasks[i], present[i]);
    fall(line);
    for (size_t i = 0; i < line->n_tasks; i++) {
        struct task_cuts *task = &line->tasks[i];
        cuts[i] = present[i] && task->cursor == latest_of(task) ? LINE_PRESENT : task->cursor;
        if (present[i])
            task->n_rows--;
    }
}

void recovery_line_roll_back(struct recovery_line *line, const uint64_t *cuts)
{
    for (size_t i = 0; i < line->n_tasks; i++) {
        struct task_cuts *task = &line->tasks[i];
        uint64_t cut = cuts ? cuts[i] : task->first;
        if (cut == LINE_PRESENT)
            continue;
        assert(cut >= task->first && cut <= latest_of(task));
        line->n_useless += latest_of(task) - cut;
        task->n_rows = task->n_dropped + (size_t)(cut - task->first) + 1;
    }
}

void recovery_line_lose_transit(struct recovery_line *line)
{
    for (size_t c = 0; c < line->n_channels; c++) {
        const struct channel_ends *ends = &line->channels[c];
        uint64_t had_sent = sent(line, ends, line->tasks[ends->from].first);
        const struct task_cuts *receiver = &line->tasks[ends->to];
        row_of(receiver, receiver->first)[ends->received_at] = had_sent;
    }
}

/* ---- what they are ---- */

uint64_t recovery_line_first(const struct recovery_line *line, uint32_t task)
{
    return line->tasks[task].first;
}

uint64_t recovery_line_latest(const struct recovery_line *line, uint32_t task)
{
    return latest_of(&line->tasks[task]);
}

uint64_t recovery_line_orphans(const struct recovery_line *line, size_t channel, uint64_t from_cut,
                               uint64_t to_cut)
{
    const struct channel_ends *ends = &line->channels[channel];
    uint64_t had_sent = sent(line, ends, from_cut);
    uint64_t had_received = received(line, ends, to_cut);
    return had_received > had_sent ? had_received - had_sent : 0;
}

uint64_t recovery_line_in_transit(const struct recovery_line *line, size_t channel,
                                  uint64_t from_cut, uint64_t to_cut)
{
    const struct channel_ends *ends = &line->channels[channel];
    uint64_t had_sent = sent(line, ends, from_cut);
    uint64_t had_received = received(line, ends, to_cut);
    return had_sent > had_received ? had_sent - had_received : 0;
}

uint64_t recovery_line_useless(const struct recovery_line *line)
{
    return line->n_useless;
}
