// SPDX-License-Identifier: GPL-3.0-or-later
/* What the control plane does to the reference. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream_reference_state.h"

/* ---- speed ---- */

static void split(struct service *service, double now_s, double old, double speed)
{
    if (service->ended)
        return;
    double left_s = old > 0 ? (service->end_s - now_s) * old : service->left_s;
    service->left_s = left_s;
    service->end_s = speed > 0 ? now_s + left_s / speed : (double)INFINITY;
}

void reference_set_speed(struct reference *reference, uint32_t task, double speed)
{
    struct actor *actor = &reference->actors[task];
    if (speed >= actor->speed && speed <= actor->speed)
        return;
    for (uint32_t i = 0; i < actor->n_services; i++) {
        struct service *service = &actor->services[i];
        split(service, reference->now_s, actor->speed, speed);
        if (!service->ended && speed > 0)
            set_alarm(reference, service->end_s, task);
    }
    actor->speed = speed;
    wake_all(reference);
}

/* ---- hold, release ---- */

bool reference_hold(struct reference *reference, uint32_t task, bool even_blocked)
{
    struct actor *actor = &reference->actors[task];
    if (actor->mode == TASK_STANDING)
        return true;
    actor->hold = true;
    actor->hold_blocked = even_blocked;
    return comes_to_stand(reference, task);
}

/* The markers of all its channels have come. */
static bool is_aligned(const struct actor *actor)
{
    return actor->n_marked > 0 && actor->n_marked == actor->n_pipelined;
}

/* What was held back by the alignment goes before the queue. */
static void end_alignment(struct reference *reference, uint32_t task)
{
    const struct task_place *place = &reference->topology->tasks[task];
    struct actor *actor = &reference->actors[task];
    for (uint32_t i = 0; i < place->n_in; i++)
        reference->channels[place->in[i]].marked = false;
    while (actor->aside.n > 0)
        line_add(&actor->queue, 0, line_take(&actor->aside, actor->aside.n - 1));
    actor->round = 0;
    actor->n_marked = 0;
}

void reference_release(struct reference *reference, uint32_t task)
{
    struct actor *actor = &reference->actors[task];
    assert(actor->mode != TASK_DEAD);
    actor->hold = false;
    if (actor->mode == TASK_STANDING) {
        actor->mode = TASK_RUNNING;
        if (is_aligned(actor))
            end_alignment(reference, task);
    }
    wake_all(reference);
}

/* ---- markers ---- */

void reference_send_markers(struct reference *reference, uint32_t task, uint64_t round)
{
    const struct topology *topology = reference->topology;
    const struct task_place *place = &topology->tasks[task];
    assert(reference->actors[task].mode == TASK_STANDING || !(reference->actors[task].speed > 0));
    for (uint32_t c = place->first_out; c < place->first_out + place->n_out; c++) {
        if (is_log_channel(reference, c))
            continue;
        uint32_t e = topology->channels[c].edge;
        struct channel *channel = &reference->channels[c];
        struct message marker = {.id = ID_MARKER | round, .channel = c};
        uint64_t drawn_from = id_mix(round, id_mix(c, 0)); /* by channel, not by edge */
        double u = id_uniform(id_mix(drawn_from, reference->edge_salts[e] + 1));
        double entry_s = reference->now_s + sampler_quantile(&topology->edges[e].latency, u);
        channel->last_entry_s = fmax(channel->last_entry_s, entry_s);
        marker.entry_s = round == reference->overtaking ? entry_s : channel->last_entry_s;
        reference->last_round[c] = round;
        enqueue(reference, topology->channels[c].to, marker, false);
    }
}

static void forget_notices(struct reference *reference, uint32_t task, uint64_t round)
{
    size_t kept = 0;
    for (size_t i = 0; i < reference->n_notices; i++) {
        const struct notice *notice = &reference->notices[i];
        if (notice->task != task && (round == 0 || notice->round != round))
            reference->notices[kept++] = *notice;
    }
    reference->n_notices = kept;
}

void reference_forget_round(struct reference *reference, uint64_t round)
{
    reference->forgotten = mem_grow(reference->forgotten, reference->n_forgotten,
                                    &reference->forgotten_capacity, sizeof *reference->forgotten);
    reference->forgotten[reference->n_forgotten++] = round;
    forget_notices(reference, NO_TASK, round);
    if (reference->overtaking == round)
        reference->overtaking = 0;
    for (uint32_t t = 0; t < reference->topology->n_tasks; t++) {
        struct actor *actor = &reference->actors[t];
        if (actor->cut_round == round)
            actor->cut_round = 0;
        if (actor->round == round && !is_aligned(actor))
            end_alignment(reference, t);
    }
    wake_all(reference);
}

void reference_let_overtake(struct reference *reference, uint64_t round)
{
    reference->overtaking = round;
    wake_all(reference);
}

/* ---- cuts ---- */

void reference_cut_add(struct task_cut *cut, const struct message *message)
{
    cut->messages = mem_grow(cut->messages, cut->n_messages, &cut->capacity, sizeof *cut->messages);
    cut->messages[cut->n_messages++] = *message;
    cut->bytes += (double)message->bytes;
}

static void cut_line(struct task_cut *cut, const struct line *line)
{
    for (size_t i = 0; i < line->n; i++)
        if (!(line->at[i].message.id & ID_MARKER))
            reference_cut_add(cut, &line->at[i].message);
}

/* A message that was read from a log is put back as the task's own. */
static void cut_service(const struct reference *reference, struct task_cut *cut,
                        struct message message)
{
    if (is_log_channel(reference, message.channel))
        message.channel = NO_CHANNEL;
    reference_cut_add(cut, &message);
}

/* Outputs that were not handed on. */
static void cut_outputs(const struct actor *actor, struct task_cut *cut)
{
    for (uint32_t i = 0; i < actor->n_services; i++) {
        const struct service *service = &actor->services[i];
        for (size_t k = service->n_handed_on; k < service->n_outputs; k++)
            reference_cut_add(cut, &service->outputs[k]);
    }
}

static void cut_messages(const struct reference *reference, const struct actor *actor,
                         bool channels, struct task_cut *cut)
{
    for (uint32_t i = 0; i < actor->n_services; i++)
        if (!actor->services[i].ended)
            cut_service(reference, cut, actor->services[i].message);
    if (!channels)
        return;
    cut_line(cut, &actor->aside);
    cut_line(cut, &actor->queue);
    cut_outputs(actor, cut);
}

static void cut_begin(const struct reference *reference, uint32_t task, struct task_cut *cut)
{
    const struct task_place *place = &reference->topology->tasks[task];
    struct actor *actor = &reference->actors[task];
    size_t n = place->n_partitions + actor->n_logs;
    cut->n_outputs = actor->n_written;
    actor->transaction++;
    cut->positions = mem_resize(cut->positions, n + 1, sizeof *cut->positions);
    for (uint32_t i = 0; i < place->n_partitions; i++)
        cut->positions[i] = reference->partitions[place->partitions[i]].position;
    for (size_t i = 0; i < actor->n_logs; i++)
        cut->positions[place->n_partitions + i] = actor->logs[i].position;
    cut->n_messages = 0;
    cut->bytes = 0;
    cut->service_s = actor->service_s;
}

void reference_cut(struct reference *reference, uint32_t task, bool channels, struct task_cut *cut)
{
    cut_begin(reference, task, cut);
    cut_messages(reference, &reference->actors[task], channels, cut);
}

void reference_cut_in_flight(struct reference *reference, uint32_t task, uint64_t round,
                             struct task_cut *cut)
{
    struct actor *actor = &reference->actors[task];
    assert(actor->mode == TASK_STANDING && (actor->round == round || actor->n_pipelined == 0));
    actor->n_awaited = actor->n_pipelined - actor->n_marked;
    actor->cut_round = round;
    actor->cut = cut;
    end_alignment(reference, task);
    cut_begin(reference, task, cut);
    for (size_t i = 0; i < actor->queue.n; i++) {
        const struct waiting *waiting = &actor->queue.at[i];
        if (!(waiting->message.id & ID_MARKER) && waiting->after_round < round)
            reference_cut_add(cut, &waiting->message);
    }
    cut_outputs(actor, cut);
    wake_all(reference);
}

/* ---- failures ---- */

static void stays_unfinished(struct actor *actor, uint64_t id)
{
    if (!(id & ID_REPLAYED))
        id_set_add(&actor->unfinished, id);
}

/* A message that the task had taken in. */
static void lose(struct reference *reference, struct actor *actor, uint64_t id)
{
    actor->counts.lost++;
    actor->counts.gone += reference->options.keeps_positions;
    stays_unfinished(actor, id);
}

static void lose_services(struct reference *reference, struct actor *actor)
{
    for (uint32_t i = 0; i < actor->n_services; i++) {
        struct service *service = &actor->services[i];
        if (!service->ended)
            lose(reference, actor, service->message.id);
        for (size_t k = service->n_handed_on; k < service->n_outputs; k++) {
            const struct message *output = &service->outputs[k];
            uint32_t receiver = reference->topology->channels[output->channel].to;
            reference->actors[receiver].counts.gone += reference->options.keeps_positions;
            stays_unfinished(&reference->actors[receiver], output->id);
        }
        service_release(service);
    }
    actor->n_services = 0;
}

static void lose_line(struct reference *reference, struct actor *actor, struct line *line)
{
    for (size_t i = 0; i < line->n; i++)
        if (!(line->at[i].message.id & ID_MARKER))
            lose(reference, actor, line->at[i].message.id);
    line->n = 0;
}

static void lose_all(struct reference *reference, uint32_t task)
{
    const struct task_place *place = &reference->topology->tasks[task];
    struct actor *actor = &reference->actors[task];
    lose_services(reference, actor);
    lose_line(reference, actor, &actor->aside);
    lose_line(reference, actor, &actor->queue);
    for (uint32_t i = 0; i < place->n_in; i++) {
        struct channel *channel = &reference->channels[place->in[i]];
        channel->started = channel->sent;
        channel->bytes = 0;
        channel->marked = false;
        if (!is_log_channel(reference, place->in[i]))
            channel->last_entry_s = 0;
    }
    actor->n_marked = 0;
    actor->round = 0;
    actor->cut_round = 0;
    actor->hold = false;
}

void reference_kill(struct reference *reference, uint32_t task)
{
    lose_all(reference, task);
    reference->actors[task].mode = TASK_DEAD;
    forget_notices(reference, task, 0);
    wake_all(reference);
}

static void seek(struct reference *reference, uint32_t task, const struct task_cut *cut)
{
    const struct task_place *place = &reference->topology->tasks[task];
    struct actor *actor = &reference->actors[task];
    for (uint32_t i = 0; i < place->n_partitions; i++)
        durable_log_seek(&reference->partitions[place->partitions[i]],
                         cut->positions ? cut->positions[i] : 0);
    for (size_t i = 0; i < actor->n_logs; i++)
        actor->logs[i].position = cut->positions ? cut->positions[place->n_partitions + i] : 0;
}

/* The task that a message of the cut of `task` waited for. */
static uint32_t waited_for(const struct reference *reference, uint32_t task,
                           const struct message *message)
{
    return message->channel == NO_CHANNEL ? task
                                          : reference->topology->channels[message->channel].to;
}

static void put_back(struct reference *reference, uint32_t receiver, struct message message)
{
    message.id |= ID_REPLAYED;
    message.entry_s = reference->now_s;
    enqueue(reference, receiver, message, true);
}

/* What waited for the task itself, or what waited to be sent by it. */
static void put_all_back(struct reference *reference, uint32_t task, const struct task_cut *cut,
                         bool own)
{
    for (size_t k = 0; k < cut->n_messages; k++) {
        uint32_t receiver = waited_for(reference, task, &cut->messages[k]);
        if ((receiver == task) == own)
            put_back(reference, receiver, cut->messages[k]);
    }
}

void reference_roll_back(struct reference *reference, const uint32_t *tasks, size_t n,
                         const struct task_cut *const *cuts)
{
    for (size_t i = 0; i < n; i++) {
        lose_all(reference, tasks[i]);
        forget_notices(reference, tasks[i], 0);
    }
    for (size_t i = 0; i < n; i++) {
        struct actor *actor = &reference->actors[tasks[i]];
        if (!reference->options.keeps_positions) {
            sink_roll_back(reference, tasks[i], cuts[i]);
            seek(reference, tasks[i], cuts[i]);
        }
        actor->mode = TASK_RUNNING;
        actor->speed = 1;
        actor->rewound_s = reference->now_s;
        actor->ready_s = -(double)INFINITY;
    }
    bool goes_back = !reference->options.keeps_positions;
    for (size_t i = 0; i < n && goes_back; i++)
        put_all_back(reference, tasks[i], cuts[i], true);
    for (size_t i = 0; i < n && goes_back; i++)
        put_all_back(reference, tasks[i], cuts[i], false);
    wake_all(reference);
}
