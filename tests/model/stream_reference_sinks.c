// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Transactional sinks of the reference: every output that was ever written is kept, and what
 * becomes of it is found by looking at all of them.
 */
#include "core/memory.h"
#include "stream_reference_state.h"

void sink_write(struct reference *reference, uint32_t task, const struct service *service)
{
    struct actor *actor = &reference->actors[task];
    actor->written = mem_grow(actor->written, actor->n_written, &actor->written_capacity,
                              sizeof *actor->written);
    actor->written[actor->n_written++] = (struct written){
        .origin_s = service->message.origin_s,
        .departure_s = reference->now_s,
        .id = service->message.id & ~ID_REPLAYED,
        .transaction = actor->transaction,
    };
}

/* Whether an output of the same message went before it, and was not thrown away. */
static bool is_again(const struct actor *actor, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (actor->written[k].id == actor->written[i].id && !actor->written[k].thrown_away)
            return true;
    return false;
}

static void record(struct latency_record *record, double latency_s)
{
    record->n++;
    record->sum += latency_s;
    record->square += latency_s * latency_s;
}

static void make_visible(struct reference *reference, struct actor *actor, size_t i)
{
    struct written *written = &actor->written[i];
    bool again = is_again(actor, i);
    written->visible = true;
    actor->counts.visible++;
    actor->counts.duplicates += again;
    if (again || written->origin_s < reference->measure_from_s)
        return;
    record(reference->latency, reference->now_s - written->origin_s);
    record(reference->commit_latency, reference->now_s - written->departure_s);
}

/* When the first output of the transaction was written. */
static double opened_s(const struct actor *actor, uint64_t transaction)
{
    size_t i = 0;
    while (actor->written[i].transaction != transaction)
        i++;
    return actor->written[i].departure_s;
}

static void commit(struct reference *reference, struct actor *actor, const struct task_cut *cut)
{
    double timeout_s = reference->options.transaction_timeout_s;
    for (size_t i = 0; i < cut->n_outputs; i++) {
        struct written *written = &actor->written[i];
        if (written->visible || written->thrown_away || written->timed_out)
            continue;
        double open_s = reference->now_s - opened_s(actor, written->transaction);
        written->timed_out = timeout_s > 0 && open_s > timeout_s;
        if (written->timed_out)
            actor->counts.timed_out++;
        else
            make_visible(reference, actor, i);
    }
}

void reference_record_commits(struct reference *reference, struct latency_record *commit_latency)
{
    reference->commit_latency = commit_latency;
}

void reference_commit_outputs(struct reference *reference, uint32_t task,
                              const struct task_cut *cut)
{
    if (reference->actors[task].mode != TASK_DEAD)
        commit(reference, &reference->actors[task], cut);
}

void sink_roll_back(struct reference *reference, uint32_t task, const struct task_cut *cut)
{
    struct actor *actor = &reference->actors[task];
    commit(reference, actor, cut);
    for (size_t i = cut->n_outputs; i < actor->n_written; i++) {
        actor->counts.thrown_away += !actor->written[i].thrown_away;
        actor->written[i].thrown_away = true;
    }
    actor->transaction++;
}
