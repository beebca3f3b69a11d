// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One task alone, as far into the window as it can go: the loop that messages
 * run through. There is a copy of it for each kind of input and output, since
 * a choice per message would cost as much as the message.
 */
#include "model/stream_pass_run.h"
#include "model/stream_route.h"

INLINE void open_run(struct passes *passes, uint32_t rank, struct run *run,
                     const enum pass_input input, const enum pass_output output)
{
    const struct stream *stream = passes->stream;
    const struct task *task = &stream->tasks[rank];
    run->until_s = passes->until_s;
    run->measure_from_s = stream->measure_from_s;
    run->since_s = passes->tasks[rank].since_s;
    run->law = run_law(stream, task);
    run->mean_s = task->service.mean;
    bool is_held = output == TO_NOBODY && stream->options.transactional;
    run->noted = stream->observer || passes->has_bytes || is_held;
    run->rng = task->service_rng;
    run->own = tape_open(&stream->operator_latency[task->operator]);
    run->rewound_s = task->rewound_s;
    run->silent_s = 0;
    run->totals = (struct totals){0};
    if (output == TO_NOBODY)
        run->end_to_end = tape_open(is_held ? &passes->unheard : stream->latency);
    if (output == TO_ONE || output == TO_HASHED || output == TO_BLOCK) {
        struct outlet outlet;
        run_open_outlet(passes, rank, &outlet);
        run->outlet = outlet;
    }
    if (input == FROM_SOURCE) {
        struct reader reader;
        run_open_reader(passes, rank, &reader);
        run->reader = reader;
    }
    if (input == FROM_BLOCK) {
        struct inlet inlet;
        run_open_inlet(passes, rank, &inlet);
        run->inlet = inlet;
    }
}

/* ---- inputs ---- */

INLINE enum stop next_of_queue(struct passes *passes, uint32_t rank, const struct run *run,
                               struct served *served)
{
    struct message_queue *queue = &passes->stream->tasks[rank].queue;
    if (queue->n == 0)
        return STOP_EMPTY;
    const struct message *head = queue_at(queue, 0);
    served->start_s = later_of(head->entry_s, run->since_s);
    if (served->start_s > run->until_s)
        return STOP_LATER;
    served->message = *head;
    queue_pop(queue);
    passes->tasks[rank].n_taken++;
    if (served->message.channel != NO_CHANNEL)
        pass_note_start(passes, served->message.channel, served->start_s);
    return STOP_NONE;
}

INLINE enum stop next_of_reader(struct passes *passes, uint32_t rank, struct run *run,
                                struct served *served)
{
    struct reader *reader = &run->reader;
    if (reader->next == LOG_BLOCK) {
        reader->next = 0;
        reader->first += LOG_BLOCK;
        reader->id += LOG_BLOCK;
        reader->times_s = run_next_block(passes, rank, reader->first);
    }
    double ready_s = reader->times_s[reader->next];
    served->start_s = later_of(ready_s, run->since_s);
    if (!(served->start_s <= run->until_s)) /* infinity: no more will come */
        return STOP_LATER;
    uint64_t id = reader->id + reader->next;
    if (reader->first + reader->next < reader->highest)
        id |= ID_REPLAYED;
    served->message = (struct message){ready_s, ready_s, id, NO_CHANNEL, 0};
    if (reader->has_bytes) {
        reader->log->position = reader->first + reader->next;
        served->message.bytes = (float)durable_log_bytes(reader->log);
    }
    reader->next++;
    reader->after_s += served->start_s - reader->base_s;
    pass_note_read(&passes->tasks[rank], served->start_s);
    return STOP_NONE;
}

INLINE enum stop next_of_block(const struct block *block, struct run *run, struct served *served)
{
    struct inlet *inlet = &run->inlet;
    uint32_t i = inlet->place;
    if (i == block->end)
        return STOP_EMPTY;
    served->start_s = later_of(block->entry_s[i], run->since_s);
    if (served->start_s > run->until_s)
        return STOP_LATER;
    served->message = (struct message){block->origin_s[i], block->entry_s[i], block->id[i],
                                       inlet->channel, block->bytes[i]};
    inlet->place++;
    inlet->starts[inlet->started++ & inlet->mask] = served->start_s;
    return STOP_NONE;
}

INLINE enum stop next_message(struct passes *passes, uint32_t rank, struct run *run,
                              struct served *served, const enum pass_input input,
                              const enum pass_output output)
{
    if (output == TO_BLOCK && input != FROM_BLOCK && run->totals.n == passes->block.room)
        return STOP_FULL;
    if (input == FROM_QUEUE)
        return next_of_queue(passes, rank, run, served);
    if (input == FROM_SOURCE)
        return next_of_reader(passes, rank, run, served);
    if (input == FROM_BLOCK)
        return next_of_block(&passes->block, run, served);
    struct message message; /* others may see the address of this one */
    double start_s;
    enum stop stop = pass_next_of_any(passes, rank, run->since_s, &message, &start_s);
    if (stop == STOP_NONE) {
        served->message = message;
        served->start_s = start_s;
    }
    return stop;
}

/* ---- service ---- */

INLINE double service_s(struct passes *passes, uint32_t rank, struct run *run, uint64_t id)
{
    if (run->law == LAW_EXPONENTIAL)
        return run->mean_s * draw_exponential(&run->rng);
    if (run->law == LAW_CONSTANT)
        return run->mean_s;
    struct rng copy = run->rng;
    double other_s = run_other_service_s(passes, rank, id, &copy);
    run->rng = copy;
    return other_s;
}

/* ---- outputs ---- */

/* A message that came from the block stays in its place, and so does most of what it is. */
INLINE void into_block(struct block *block, uint64_t i, const struct message *message,
                       double entry_s, const enum pass_input input)
{
    block->entry_s[i] = entry_s;
    if (input != FROM_BLOCK) {
        block->origin_s[i] = message->origin_s;
        block->id[i] = message->id;
        block->bytes[i] = message->bytes;
    } else if (block->id[i] != message->id) {
        block->id[i] = message->id; /* it was replayed, but not here */
    }
}

/* Over the only channel. */
INLINE bool depart_by_one(struct passes *passes, struct run *run, const struct served *served,
                          double *at_s, const enum pass_input input, const enum pass_output output)
{
    struct outlet *outlet = &run->outlet;
    if (outlet->needed >= outlet->started)
        return false;
    *at_s = later_of(outlet->starts[(uint64_t)outlet->needed++ & outlet->mask], *at_s);
    if (output == TO_BLOCK) {
        uint64_t i = input == FROM_BLOCK ? run->inlet.place - 1 : BLOCK_HEAD + run->totals.n;
        into_block(&passes->block, i, &served->message, *at_s + outlet->latency_s, input);
        return true;
    }
    struct message message = served->message;
    message.entry_s = *at_s + outlet->latency_s;
    message.channel = outlet->channel;
    pass_send(passes, passes->stream->channels[outlet->channel].to, outlet->sole, &message);
    return true;
}

/* Over the only edge; *c is the channel. */
INLINE bool depart_by_hash(struct passes *passes, const struct outlet *outlet,
                           const struct served *served, double *at_s, uint32_t *c)
{
    uint64_t id = served->message.id;
    *c = outlet->channel + (outlet->hashes ? route_hash(outlet->alias, outlet->salt, id)
                                           : route_round_robin(outlet->alias->n, id));
    if (!pass_find_room(passes, *c, outlet->capacity, at_s))
        return false;
    struct channel *channel = &passes->stream->channels[*c];
    channel->sent++;
    struct message message = served->message;
    message.entry_s = *at_s + outlet->latency_s;
    message.channel = *c;
    pass_send(passes, channel->to, outlet->sole, &message);
    return true;
}

/* Hands all outputs on; false when one waits for room, in channel *c. */
INLINE bool depart(struct passes *passes, uint32_t rank, struct run *run,
                   const struct served *served, double *at_s, uint32_t *c,
                   const enum pass_input input, const enum pass_output output)
{
    if (output == TO_NOBODY)
        return true;
    if (output == TO_HASHED)
        return depart_by_hash(passes, &run->outlet, served, at_s, c);
    if (output != TO_MANY) {
        *c = run->outlet.channel;
        return depart_by_one(passes, run, served, at_s, input, output);
    }
    struct served copy = *served;
    double handed_s = *at_s;
    uint32_t full = 0;
    bool done = run_depart_by_many(passes, rank, &copy, &handed_s, &full);
    *at_s = handed_s;
    *c = full;
    return done;
}

/* ---- accounts ---- */

INLINE void count_departure(struct run *run, const struct served *served, double departure_s,
                            const enum pass_output output)
{
    const struct message *message = &served->message;
    run->totals.blocked_s += departure_s - served->end_s;
    if (message->origin_s >= run->measure_from_s && !is_rework(served)) {
        tape_add(&run->own, departure_s - message->entry_s);
        if (output == TO_NOBODY)
            tape_add(&run->end_to_end, departure_s - message->origin_s);
    } else {
        run->totals.n_silent++;
        bool is_late = is_rework(served) && message->entry_s < run->rewound_s;
        run->silent_s += departure_s - (is_late ? run->rewound_s : message->entry_s);
    }
}

/* ---- the loop ---- */

/* What the loop had in local variables about the task's inputs and outputs. */
INLINE void put_back(struct passes *passes, uint32_t rank, const struct run *run,
                     const enum pass_input input, const enum pass_output output)
{
    struct stream *stream = passes->stream;
    struct task *task = &stream->tasks[rank];
    const struct totals *totals = &run->totals;
    if (input == FROM_SOURCE) {
        struct reader reader = run->reader;
        run_close_reader(passes, rank, &reader);
    }
    if (input == FROM_BLOCK) {
        stream->channels[run->inlet.channel].started = run->inlet.started;
        passes->tasks[rank].n_taken += run->inlet.place - passes->block.first;
    }
    if (input == FROM_BLOCK && run->inlet.place < passes->block.end)
        pass_queue_rest(passes, rank, run->inlet.place);
    if (input != FROM_BLOCK && output == TO_BLOCK)
        passes->block.first = BLOCK_HEAD;
    if (output == TO_BLOCK)
        passes->block.end = passes->block.first + (uint32_t)totals->n;
    else if (input == FROM_BLOCK)
        passes->block.end = passes->block.first;
    if (output == TO_ONE || output == TO_BLOCK)
        stream->channels[run->outlet.channel].sent += totals->n;
    if (output == TO_BLOCK)
        passes->tasks[stream->channels[run->outlet.channel].to].n_replayed += totals->n_rework;
    if (output != TO_MANY)
        task->counts.emitted += totals->n;
    task->counts.sojourn_s += run->own.sum + run->silent_s;
    struct tape own = run->own;
    tape_close(&own, totals->n - totals->n_silent);
    if (output != TO_NOBODY)
        return;
    struct tape end_to_end = run->end_to_end;
    tape_close(&end_to_end, totals->n - totals->n_silent);
    if (!stream->options.transactional)
        task->counts.duplicates += totals->n_rework;
}

/*
 * Serves messages until there is a reason to stop. `input` and `output` are constants wherever
 * this is called, so the compiler makes the choices between them.
 */
INLINE void serve_all(struct passes *passes, uint32_t rank, const enum pass_input input,
                      const enum pass_output output)
{
    struct task *task = &passes->stream->tasks[rank];
    struct run run;
    open_run(passes, rank, &run, input, output);
    struct served served = {0};
    enum stop stop;
    double departure_s = 0;
    uint32_t c = NO_CHANNEL;
    for (;;) {
        stop = next_message(passes, rank, &run, &served, input, output);
        if (stop != STOP_NONE)
            break;
        (void)message_is_rework(task, &served.message);
        run.totals.idle_s += served.start_s - run.since_s;
        served.end_s = served.start_s + service_s(passes, rank, &run, served.message.id);
        departure_s = served.end_s;
        if (served.end_s > run.until_s) {
            stop = STOP_SERVING;
            break;
        }
        if (!depart(passes, rank, &run, &served, &departure_s, &c, input, output)) {
            stop = STOP_WAITING;
            break;
        }
        count_service(&run.totals, &served);
        count_departure(&run, &served, departure_s, output);
        run.since_s = departure_s;
        if (run.noted) {
            struct served copy = served;
            run_note_departure(passes, rank, &copy, departure_s);
        }
    }
    put_back(passes, rank, &run, input, output);
    task->service_rng = run.rng;
    struct totals totals = run.totals;
    struct served last = served;
    if (stop == STOP_SERVING)
        run_stay_in_service(passes, rank, &totals, &last);
    else if (stop == STOP_WAITING)
        run_wait_for_room(passes, rank, &totals, &last, c, departure_s);
    else
        run_stay_idle(passes, rank, &totals, run.since_s, stop);
}

/* ---- which loop ---- */

INLINE void serve_to(struct passes *passes, uint32_t rank, const enum pass_input input,
                     enum pass_output output)
{
    switch (output) {
    case TO_NOBODY:
        serve_all(passes, rank, input, TO_NOBODY);
        break;
    case TO_ONE:
        serve_all(passes, rank, input, TO_ONE);
        break;
    case TO_HASHED:
        serve_all(passes, rank, input, TO_HASHED);
        break;
    case TO_BLOCK:
        serve_all(passes, rank, input, TO_BLOCK);
        break;
    case TO_MANY:
    default:
        serve_all(passes, rank, input, TO_MANY);
        break;
    }
}

static void serve_from(struct passes *passes, uint32_t rank, enum pass_input input,
                       enum pass_output output)
{
    switch (input) {
    case FROM_QUEUE:
        serve_to(passes, rank, FROM_QUEUE, output);
        break;
    case FROM_SOURCE:
        serve_to(passes, rank, FROM_SOURCE, output);
        break;
    case FROM_BLOCK: /* in chains only */
        if (output == TO_NOBODY)
            serve_all(passes, rank, FROM_BLOCK, TO_NOBODY);
        else
            serve_all(passes, rank, FROM_BLOCK, TO_BLOCK);
        break;
    case FROM_ANY:
    default:
        serve_to(passes, rank, FROM_ANY, output == TO_ONE ? TO_MANY : output);
        break;
    }
}

/* Where a task takes messages from, if not from a block. */
static enum pass_input input_of(const struct passes *passes, const struct task *task)
{
    bool batched = passes->stream->options.batched;
    if (task->n_sources == 1 && task->queue.n == 0 && !batched)
        return FROM_SOURCE;
    return task->n_sources > 0 || passes->operators[task->operator].takes_any ? FROM_ANY
                                                                              : FROM_QUEUE;
}

bool pass_may_start(struct passes *passes, uint32_t rank)
{
    const struct task *task = &passes->stream->tasks[rank];
    if (task->mode == TASK_RUNNING && task->n_busy > 0 && !pass_finish_hand(passes, rank))
        return false;
    if (task->mode == TASK_RUNNING && task->speed > 0)
        return true;
    pass_close(passes, rank);
    return false;
}

void pass_run(struct passes *passes, uint32_t rank)
{
    const struct task *task = &passes->stream->tasks[rank];
    if (pass_may_start(passes, rank))
        serve_from(passes, rank, input_of(passes, task), passes->operators[task->operator].output);
}

void pass_run_stage(struct passes *passes, uint32_t rank)
{
    const struct task *task = &passes->stream->tasks[rank];
    bool is_last = passes->operators[task->operator].output == TO_NOBODY;
    enum pass_input input = block_is_empty(&passes->block) ? input_of(passes, task) : FROM_BLOCK;
    if (passes->tasks[rank].closed)
        pass_queue_block(passes, rank);
    else
        serve_from(passes, rank, input, is_last ? TO_NOBODY : TO_BLOCK);
}
