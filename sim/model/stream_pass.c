// SPDX-License-Identifier: GPL-3.0-or-later
/* Windows and passes: see stream_pass.h. */
#include <stdlib.h>

#include "model/stream_pass.h"

/* ---- when ---- */

bool passes_may_run(const struct stream *stream)
{
    if (!stream->passes || !pass_can_watch(stream))
        return false;
    if (stream->n_disturbed == 0)
        return true;
    /* Tasks that stand or are dead start nothing, which is all that matters here. */
    for (size_t i = 0; i < stream->topology->n_tasks; i++) {
        const struct task *task = &stream->tasks[i];
        if (task->disturbed && (task->mode == TASK_RUNNING || task->round != 0 ||
                                task->n_markers > 0 || task->cut_round != 0))
            return false;
    }
    return true;
}

bool passes_pay(const struct stream *stream, double to_s)
{
    return to_s - stream->now_s >= stream->passes->least_s;
}

/* ---- bounds ---- */

/* The soonest time at which a task of the sending operator may still send on the edge to `index`.
 */
static double soonest_send_s(const struct passes *passes, const struct edge *edge, uint32_t index)
{
    const struct operator_place *from = &passes->stream->topology->operators[edge->from];
    const struct pass_task *senders = &passes->tasks[from->first_task];
    if (edge->by == ROUTE_FORWARD)
        return senders[index].send_s;
    double soonest_s = (double)INFINITY;
    for (uint32_t i = 0; i < from->n_tasks; i++)
        if (senders[i].send_s < soonest_s)
            soonest_s = senders[i].send_s;
    return soonest_s;
}

/* What lies strictly before the bound, and not after the window, may be taken in. */
static double limit_before(const struct passes *passes, double bound_s)
{
    return bound_s > passes->until_s ? passes->until_s : nextafter(bound_s, -(double)INFINITY);
}

/* Takes in what the task's senders will not precede any more. */
static void take_in(struct passes *passes, uint32_t rank)
{
    struct stream *stream = passes->stream;
    const struct topology *topology = stream->topology;
    const struct task_place *place = &topology->tasks[rank];
    const struct operator_place *operator= & topology->operators[place->operator];
    struct pass_task *mine = &passes->tasks[rank];
    uint32_t log = 0;
    mine->bound_s = (double)INFINITY;
    for (uint32_t i = 0; i < operator->n_in_edges; i++) {
        const struct edge *edge = &topology->edges[operator->in_edges[i]];
        double sent_s = soonest_send_s(passes, edge, place->index);
        double entry_s = sent_s + (edge->latency.kind == SAMPLER_CONSTANT ? edge->latency.mean : 0);
        if (edge->channel == CHANNEL_PIPELINED) {
            mine->bound_s = entry_s < mine->bound_s ? entry_s : mine->bound_s;
            continue;
        }
        mine->log_inboxes[log].bound_s = entry_s;
        passes->moved |= pass_take_in_log(passes, rank, log++, limit_before(passes, sent_s));
    }
    mine->wait_s = mine->bound_s;
    if (mine->inbox.n > 0)
        passes->moved |= pass_take_in(&mine->inbox, &stream->tasks[rank].queue, &passes->sorter,
                                      limit_before(passes, mine->bound_s));
}

/* ---- windows ---- */

static void start_window(struct passes *passes, double until_s)
{
    const struct stream *stream = passes->stream;
    passes->until_s = until_s;
    passes->n_open = (uint32_t)stream->topology->n_tasks;
    passes->n_done = 0;
    for (size_t i = 0; i < stream->topology->n_tasks; i++) {
        struct pass_task *mine = &passes->tasks[i];
        mine->closed = false;
        mine->next_s = mine->send_s = stream->now_s;
    }
}

/* Each task in turn goes as far as it can. */
static void pass_over_tasks(struct passes *passes)
{
    const struct topology *topology = passes->stream->topology;
    passes->moved = false;
    for (size_t i = 0; i < topology->n_operators; i++) {
        const struct operator_place *place = &topology->operators[passes->order[i]];
        for (uint32_t k = 0; k < place->n_tasks; k++) {
            uint32_t rank = place->first_task + k;
            if (passes->tasks[rank].closed)
                continue;
            if (place->n_in_edges > 0)
                take_in(passes, rank);
            pass_run(passes, rank);
        }
    }
}

static void run_passes(struct passes *passes)
{
    while (passes->n_open > 0) {
        pass_over_tasks(passes);
        if (!passes->moved && passes->n_open > 0 && !pass_force(passes))
            break; /* nothing more can start in this window */
    }
}

static void run_window(struct passes *passes, double until_s)
{
    bool watches = passes->stream->watches != NULL;
    start_window(passes, until_s);
    if (watches)
        pass_begin_watching(passes);
    if (passes->chains)
        pass_run_chains(passes);
    else
        run_passes(passes);
    if (watches)
        pass_end_watching(passes);
    passes->stream->now_s = until_s;
}

/* A length nearer to what is wanted, after a window of that length; and ready for bursts. */
static double next_span_s(const struct passes *passes, double span_s)
{
    const double most_s = 16 * passes->span_s;
    double wanted = (double)passes->stream->topology->n_tasks * WINDOW_MESSAGES;
    double factor = wanted / ((double)passes->n_done + 1);
    double next_s = span_s * (factor < 0.5 ? 0.5 : factor > 2 ? 2 : factor);
    return next_s < most_s ? next_s : most_s;
}

/* ---- between windows and steps ---- */

/* The state as passes need it: messages that have not entered yet may still be overtaken. */
static void begin(struct passes *passes)
{
    struct stream *stream = passes->stream;
    if (stream->now_s < passes->clock_s) /* a new replication */
        memset(passes->starts, 0, passes->n_starts * sizeof *passes->starts);
    for (size_t i = 0; i < stream->topology->n_tasks; i++) {
        struct task *task = &stream->tasks[i];
        struct pass_task *mine = &passes->tasks[i];
        task->use_s[task->use] += stream->now_s - task->since_s;
        task->since_s = mine->since_s = mine->handed_s = stream->now_s;
        mine->n_waited = task->queue.n;
        mine->n_taken = mine->n_replayed = 0;
        mine->wait_s = stream->topology->tasks[i].n_in > 0 ? 0 : (double)INFINITY;
        if (task->n_blocked > 0)
            mine->n_started = stream->channels[task->hands[0].waits_for].started;
        for (uint32_t k = 0; k < task->n_logs; k++)
            mine->log_inboxes[k].last_entry_s =
                task->logs[k].end > task->logs[k].first
                    ? log_at(&task->logs[k], task->logs[k].end - 1)->entry_s
                    : 0;
        if (passes->operators[task->operator].sole)
            continue;
        uint32_t n = task->queue.n;
        while (n > task->queue.n_fixed && queue_at(&task->queue, n - 1)->entry_s > stream->now_s)
            n--;
        for (uint32_t k = n; k < task->queue.n; k++)
            inbox_add(&mine->inbox, queue_at(&task->queue, k));
        task->queue.n = n;
    }
}

/* A task that stands does not go on, but is told all the same that there may be room for it. */
static void release_standing(struct stream *stream, const struct task *task, uint64_t n_started)
{
    if (task->mode == TASK_RUNNING || task->n_blocked == 0)
        return;
    struct channel *channel = &stream->channels[task->hands[0].waits_for];
    if (channel->started > n_started)
        channel->waiter = NO_TASK;
}

/* The state as steps need it. */
static void end(struct passes *passes)
{
    struct stream *stream = passes->stream;
    for (uint32_t i = 0; i < stream->topology->n_tasks; i++) {
        struct task *task = &stream->tasks[i];
        struct pass_task *mine = &passes->tasks[i];
        if (mine->inbox.n > 0)
            (void)pass_take_in(&mine->inbox, &task->queue, &passes->sorter, (double)INFINITY);
        for (uint32_t k = 0; k < task->n_logs; k++)
            (void)pass_take_in_log(passes, i, k, (double)INFINITY);
        release_standing(stream, task, mine->n_started);
        uint64_t n = mine->n_taken + task->queue.n - mine->n_waited;
        task->counts.received += n;
        task->fresh += n - mine->n_replayed;
    }
    passes->clock_s = stream->now_s;
}

/*
 * Between two windows: whether all is drained, and that is to be told. The clock goes back then to
 * when the last task became idle, which is when the last message departed.
 */
static bool came_to_drain(struct passes *passes)
{
    struct stream *stream = passes->stream;
    if (!stream->owes_drained)
        return false;
    end(passes);
    if (!stream_is_drained(stream)) {
        begin(passes);
        return false;
    }
    double last_s = 0;
    for (size_t i = 0; i < stream->topology->n_tasks; i++)
        if (stream->tasks[i].since_s > last_s)
            last_s = stream->tasks[i].since_s;
    stream->now_s = passes->clock_s = last_s;
    return true;
}

void passes_advance(struct stream *stream, double to_s)
{
    struct passes *passes = stream->passes;
    begin(passes);
    double span_s = passes->span_s;
    while (stream->now_s < to_s) {
        /* Chains need no windows, but notes of reads should not grow without bound. */
        bool whole = passes->chains && !stream->watches;
        double until_s = whole ? to_s : stream->now_s + span_s;
        run_window(passes, until_s < to_s ? until_s : to_s);
        if (came_to_drain(passes))
            return;
        span_s = next_span_s(passes, span_s);
    }
    end(passes);
}
